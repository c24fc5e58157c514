/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of "Name: value" lines, as MIME messages and other payloads have them. */
#ifndef MSNSCOPE_DISSECTORS_HEADERS_H
#define MSNSCOPE_DISSECTORS_HEADERS_H

#include "dissectors/dissection.h"

/* Lines of one block; what follows is left to the body, with a finding. */
#define HEADERS_MAX 256u

/*
 * Adds the lines of the block at offset in a source, at most length bytes, to
 * dict (a FIELD_DICT), each as a child of the description id keyed by its name.
 * Lines end in CR LF, CR or LF; a line that starts with a blank or tab goes on
 * with the line before.  Headers that hold tickets become F_MSG_SECRET_HEADER or F_MSNP24_SECRET_HEADER.
 * A line without a colon is a child whose key is empty.  Sets the length of dict, and the blank line as its syntax.
 *
 * Returns the bytes of the block with the blank line that ends it, or of all
 * when there is none: *ended says which.
 */
size_t headers_dissect(struct dissection *d, struct field *dict, enum field_id id, unsigned source, size_t offset,
		       size_t length, bool *ended);

/* The first child of dict with that name, or NULL; case is ignored.  dict may be NULL. */
const struct field *headers_find(const struct field *dict, const char *name);

#endif
