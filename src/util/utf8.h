/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading and writing UTF-8, strictly: surrogates, overlong forms and code
 * points beyond U+10FFFF are broken.  A broken sequence is as long as its
 * longest beginning that could have become a character (at least one byte), so
 * that replacing each by U+FFFD gives what the Unicode standard recommends and
 * what Python's errors="replace" gives.
 */
#ifndef MSNSCOPE_UTIL_UTF8_H
#define MSNSCOPE_UTIL_UTF8_H

#include "util/slice.h"

#define UTF8_REPLACEMENT 0xfffdu

/* Most bytes of one character. */
#define UTF8_MAX 4u

/*
 * Reads the character at offset at and returns its length in bytes, 0 at the
 * end of s.  A broken sequence gives U+FFFD and *valid = false.
 */
size_t utf8_next(struct slice s, size_t at, uint32_t *codepoint, bool *valid);

/* Writes a character and returns its length; what is none is written as U+FFFD. */
size_t utf8_put(uint32_t codepoint, uint8_t out[UTF8_MAX]);

/* Length of the longest valid part at the beginning of s: s.len when all of s is UTF-8. */
size_t utf8_valid_prefix(struct slice s);

static inline bool utf8_is_valid(struct slice s)
{
	return utf8_valid_prefix(s) == s.len;
}

/* The part of s from its beginning that has at most max bytes and does not end within a character. */
struct slice utf8_cut(struct slice s, size_t max);

#endif
