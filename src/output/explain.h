/* SPDX-License-Identifier: BSD-2-Clause */
/* What the protocol's tables say of one command line, for somebody who reads it on a page. */
#ifndef MSNSCOPE_OUTPUT_EXPLAIN_H
#define MSNSCOPE_OUTPUT_EXPLAIN_H

#include "dissectors/msnp_table.h"
#include "util/buffer.h"

/* Forms of one command that a line is explained with; further ones are only counted. */
#define EXPLAIN_FORMS_MAX 8u

/* What is known of where the line was seen. */
struct explain_options {
	int version;    /* 0: any */
	unsigned roles; /* a set; 0: any */
	int direction;  /* an enum msnp_sender; -1: either */
};

/*
 * Adds a paragraph for each form of the command table that fits the line, or
 * for the closest one where none does: who sends it to whom in which versions,
 * every parameter with its value and meaning, and findings.  Line: without its
 * end.  Returns the number of forms that fit; 0: none, or the name is not known.
 */
size_t explain_line(struct buffer *out, struct slice line, const struct explain_options *options);

#endif
