/* SPDX-License-Identifier: BSD-2-Clause */
/* Colours, by what is shown. */
#ifndef MSNSCOPE_OUTPUT_STYLE_H
#define MSNSCOPE_OUTPUT_STYLE_H

#include "dissectors/dissection.h"
#include "util/buffer.h"

enum style {
	STYLE_PLAIN,
	STYLE_DIM,     /* times, offsets */
	STYLE_HEADING, /* connections, names in references */
	STYLE_CLIENT,  /* what the client sent */
	STYLE_SERVER,  /* what the server sent */
	STYLE_NOTE,
	STYLE_WARNING,
	STYLE_ERROR,
	STYLE_COUNT
};

/* The escape sequence that begins a style, NULL for STYLE_PLAIN; and the one that ends any. */
const char *style_sequence(enum style style);
#define STYLE_SEQUENCE_END "\033[0m"

enum style style_of_severity(enum severity s);

/* Adds the escape sequence that begins a style, or nothing when colour is off. */
void style_begin(struct buffer *out, bool colour, enum style style);
void style_end(struct buffer *out, bool colour, enum style style);

#endif
