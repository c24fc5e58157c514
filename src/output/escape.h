/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text from the wire on its way to a person.  Bytes that are no printable
 * UTF-8 become \xNN: control characters (C0, DEL, C1), broken sequences, line
 * and paragraph separators, and the invisible characters that change the
 * direction of text.  A backslash is doubled where it could be taken for the
 * beginning of such an escape, so that the bytes can be told exactly.
 */
#ifndef MSNSCOPE_OUTPUT_ESCAPE_H
#define MSNSCOPE_OUTPUT_ESCAPE_H

#include "util/buffer.h"

void escape_add(struct buffer *out, struct slice s);

/* The same for a C string. */
void escape_add_str(struct buffer *out, const char *s);

/* Length of the longest beginning of s that stands for itself in text and JSON: printable ASCII but for quote and backslash. */
size_t escape_plain_prefix(struct slice s);

#endif
