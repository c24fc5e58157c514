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
	case DIRECTION_TRANSCRIPT:
		return "transcript";
	case DIRECTION_PORT:
		break;
	}
	return "port";
}

const char *connection_role_name(const struct connection *c)
{
	if (c->web)
		return "WS";
	if (c->peer)
		return "P2P";
	return c->role ? msnp_role_name(c->role) : NULL;
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

const char *session_link_name(enum session_link v)
{
	static const char *const names[] = {
		[LINK_SIGN_IN] = "sign-in",
		[LINK_REDIRECT] = "redirect",
		[LINK_COOKIE] = "cookie",
		[LINK_RING] = "ring",
		[LINK_TICKET] = "ticket",
		[LINK_ACCOUNT] = "account",
		[LINK_ADDRESS] = "address",
		[LINK_CALL] = "call",
	};

	return names[v];
}

bool session_link_inferred(enum session_link v)
{
	return v == LINK_ACCOUNT || v == LINK_ADDRESS;
}

const char *session_end_name(enum session_end v)
{
	static const char *const names[] = {
		[SESSION_END_SIGNED_OUT] = "signed-out",
		[SESSION_END_OTHER_PLACE] = "other-place",
		[SESSION_END_SHUTDOWN] = "shutdown",
		[SESSION_END_BY_SERVER] = "by-server",
		[SESSION_END_REFUSED] = "refused",
		[SESSION_END_CLOSED] = "closed",
		[SESSION_END_RESET] = "reset",
		[SESSION_END_LOST] = "lost",
		[SESSION_END_CAPTURE] = "capture",
	};

	return names[v];
}

const char *conversation_kind_name(enum conversation_kind v)
{
	static const char *const names[] = {
		[CONVERSATION_SWITCHBOARD] = "switchboard",
		[CONVERSATION_DIRECT] = "direct",
		[CONVERSATION_CIRCLE] = "circle",
		[CONVERSATION_GROUP] = "group",
		[CONVERSATION_OFFLINE] = "offline",
	};

	return names[v];
}

const char *talk_kind_name(enum talk_kind v)
{
	static const char *const names[] = {
		[TALK_JOIN] = "join",
		[TALK_LEAVE] = "leave",
		[TALK_INVITE] = "invite",
		[TALK_TEXT] = "text",
		[TALK_ACTION] = "action",
		[TALK_NUDGE] = "nudge",
		[TALK_WINK] = "wink",
		[TALK_VOICE] = "voice-clip",
		[TALK_INK] = "ink",
		[TALK_TYPING] = "typing",
		[TALK_EMOTICON] = "emoticon",
		[TALK_OFFER] = "offer",
		[TALK_OBJECT] = "object",
		[TALK_FAILED] = "failed",
		[TALK_CLOSED] = "closed",
	};

	return names[v];
}

bool connection_in_tls(const struct connection *c)
{
	for (size_t i = 0; i < CONNECTION_OUTER_MAX && c->outer[i]; i++)
		if (strcmp(c->outer[i], "tls") == 0)
			return true;
	return false;
}
