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

/* Is it a character that needs no escape? */
bool escape_is_printable(uint32_t codepoint);

/* The same for a C string. */
void escape_add_str(struct buffer *out, const char *s);

/*
 * Length of the longest beginning of s that stands for itself in text and JSON:
 * printable ASCII but for quote and backslash.  Eight bytes at a time; the sums
 * carry into the top bit of a byte that is out of range.
 */
static inline size_t escape_plain_prefix(struct slice s)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	size_t at = 0;

	while (s.len - at >= 8) {
		uint64_t w, quote, backslash, odd;

		memcpy(&w, s.ptr + at, 8);
		quote = w ^ ones * '"';
		backslash = w ^ ones * '\\';
		odd = w | (w - ones * 0x20) | (w + ones) | (quote - ones) | (backslash - ones);
		if (odd & tops)
			break;
		at += 8;
	}
	while (at < s.len && s.ptr[at] >= 0x20 && s.ptr[at] < 0x7f && s.ptr[at] != '"' && s.ptr[at] != '\\')
		at++;
	return at;
}

#endif
