/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/style.h"

static const char *sequence(enum style style)
{
	switch (style) {
	case STYLE_PLAIN:
		break;
	case STYLE_DIM:
		return "\033[2m";
	case STYLE_HEADING:
		return "\033[1m";
	case STYLE_CLIENT:
		return "\033[36m";
	case STYLE_SERVER:
		return "\033[32m";
	case STYLE_NOTE:
		return "\033[34m";
	case STYLE_WARNING:
		return "\033[33m";
	case STYLE_ERROR:
		return "\033[1;31m";
	}
	return NULL;
}

enum style style_of_severity(enum severity s)
{
	switch (s) {
	case SEVERITY_NOTE:
		return STYLE_NOTE;
	case SEVERITY_WARNING:
		return STYLE_WARNING;
	case SEVERITY_ERROR:
		return STYLE_ERROR;
	}
	return STYLE_PLAIN;
}

void style_begin(struct buffer *out, bool colour, enum style style)
{
	const char *s = colour ? sequence(style) : NULL;

	if (s)
		buffer_add_str(out, s);
}

void style_end(struct buffer *out, bool colour, enum style style)
{
	if (colour && sequence(style))
		buffer_add_str(out, "\033[0m");
}
