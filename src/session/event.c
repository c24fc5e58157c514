/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/event.h"

const char *version_from_name(enum version_from v)
{
	switch (v) {
	case VERSION_NEGOTIATED:
		return "negotiated";
	case VERSION_INFERRED:
		return "inferred";
	case VERSION_ASSUMED:
		break;
	}
	return "assumed";
}

const char *direction_from_name(enum direction_from d)
{
	switch (d) {
	case DIRECTION_SYN:
		return "syn";
	case DIRECTION_COMMANDS:
		return "commands";
	case DIRECTION_HTTP:
		return "http";
	case DIRECTION_PORT:
		break;
	}
	return "port";
}

const char *offline_link_name(enum offline_link l)
{
	switch (l) {
	case OFFLINE_BY_RUN:
		return "run";
	case OFFLINE_BY_TEXT:
		return "text";
	case OFFLINE_BY_TIME:
		return "time";
	case OFFLINE_UNLINKED:
		break;
	}
	return NULL;
}

const char *object_kind_name(enum object_kind k)
{
	static const char *const names[] = {
		[OBJECT_UNKNOWN] = "unknown",
		[OBJECT_AVATAR] = "avatar",
		[OBJECT_DISPLAY_PICTURE] = "display-picture",
		[OBJECT_EMOTICON] = "emoticon",
		[OBJECT_FILE] = "file",
		[OBJECT_BACKGROUND] = "background",
		[OBJECT_WINK] = "wink",
		[OBJECT_VOICE_CLIP] = "voice-clip",
		[OBJECT_INK] = "ink",
		[OBJECT_SCENE] = "scene",
		[OBJECT_SOUND] = "sound",
		[OBJECT_OTHER] = "other",
	};

	return names[k];
}

const char *object_state_name(enum object_state s)
{
	switch (s) {
	case OBJECT_COMPLETE:
		return "complete";
	case OBJECT_INCOMPLETE:
		return "incomplete";
	case OBJECT_DECLINED:
		return "declined";
	case OBJECT_CANCELLED:
		return "cancelled";
	case OBJECT_RUNNING:
		break;
	}
	return "running";
}

const char *object_verdict_name(enum object_verdict v)
{
	switch (v) {
	case OBJECT_MATCH:
		return "match";
	case OBJECT_MISMATCH:
		return "mismatch";
	case OBJECT_UNCHECKED:
		break;
	}
	return "unchecked";
}
