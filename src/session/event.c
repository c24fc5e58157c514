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
