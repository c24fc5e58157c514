/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/style.h"

const char *style_sequence(enum style style)
{
	static const char *const sequences[STYLE_COUNT] = {
		[STYLE_DIM] = "\033[2m",
		[STYLE_HEADING] = "\033[1m",
		[STYLE_CLIENT] = "\033[36m",
		[STYLE_SERVER] = "\033[32m",
		[STYLE_NOTE] = "\033[34m",
		[STYLE_WARNING] = "\033[33m",
		[STYLE_ERROR] = "\033[1;31m",
	};

	return sequences[style];
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
	const char *s = colour ? style_sequence(style) : NULL;

	if (s)
		buffer_add_str(out, s);
}

void style_end(struct buffer *out, bool colour, enum style style)
{
	if (colour && style_sequence(style))
		buffer_add_str(out, STYLE_SEQUENCE_END);
}
