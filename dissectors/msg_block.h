/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages whose matter stands in lines "Name: value": in the MIME headers, or
 * in a second block of such lines that is the body.
 */
#ifndef MSNSCOPE_DISSECTORS_MSG_BLOCK_H
#define MSNSCOPE_DISSECTORS_MSG_BLOCK_H

#include "dissectors/headers.h"
#include "dissectors/payload.h"

enum msg_line_kind {
	MSG_LINE_TEXT,
	MSG_LINE_NUMBER, /* decimal, for FIELD_UINT and FIELD_HEX */
	MSG_LINE_HALF,   /* signed or unsigned decimal of 32 bits, for FIELD_HEX */
	MSG_LINE_BOOL,   /* 0 or 1 */
	MSG_LINE_WORDS,  /* text with encoded words (RFC 2047) */
};

/* A line that becomes a field. */
struct msg_line {
	const char *name; /* compared without case */
	enum field_id id;
	enum msg_line_kind kind;
};

/*
 * The body as a block of lines, F_MSG_FIELDS under parent, and what follows it
 * (see mime_rest_dissect).  Returns the block; NULL when the body is blank.
 */
const struct field *msg_block_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset,
				      size_t length);

/* The line of that name in the body's block or else among the MIME headers of parent, or NULL. */
const struct field *msg_line_find(const struct field *parent, const char *name);

/*
 * Adds to parent a field for each line of the table that is there and not
 * empty.  What has not its form is a field without value (or a text as it
 * stands), with a finding.
 */
void msg_lines_add(struct dissection *d, struct field *parent, const struct msg_line *lines, size_t count);

/* The child of parent with a value, or NULL. */
const struct field *msg_value(const struct field *parent, enum field_id id);

#endif
