/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A slice is a pointer and a length: bytes that somebody else owns.  Text
 * from the wire is never assumed to end in NUL or to be UTF-8.
 */
#ifndef MSNSCOPE_UTIL_SLICE_H
#define MSNSCOPE_UTIL_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const uint8_t *ptr; /* may be NULL only when len is 0 */
	size_t len;         /* bytes */
};

#define SLICE_EMPTY ((struct slice){NULL, 0})

/* A slice over a string literal, without its NUL. */
#define SLICE_LIT(s) ((struct slice){(const uint8_t *)("" s), sizeof(s) - 1})

static inline struct slice slice_of(const void *ptr, size_t len)
{
	return (struct slice){ptr, len};
}

/* A slice over a C string, without its NUL; s may be NULL. */
static inline struct slice slice_str(const char *s)
{
	return (struct slice){(const uint8_t *)s, s ? strlen(s) : 0};
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool slice_eq_str(struct slice a, const char *s)
{
	return slice_eq(a, slice_str(s));
}

/* The part of s from offset on, at most len bytes; clipped to s. */
static inline struct slice slice_sub(struct slice s, size_t offset, size_t len)
{
	if (offset >= s.len)
		return (struct slice){s.ptr ? s.ptr + s.len : NULL, 0};
	if (len > s.len - offset)
		len = s.len - offset;
	return (struct slice){s.ptr + offset, len};
}

/* Offset of the first byte c in s, or s.len when there is none. */
static inline size_t slice_find_byte(struct slice s, uint8_t c)
{
	const uint8_t *p = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return p ? (size_t)(p - s.ptr) : s.len;
}

/* ASCII case is ignored. */
bool slice_case_eq(struct slice a, struct slice b);
bool slice_has_prefix(struct slice s, struct slice prefix);
bool slice_case_has_prefix(struct slice s, struct slice prefix);

/* Offset of the first occurrence of needle in s, or s.len when absent. */
size_t slice_find(struct slice s, struct slice needle);

/* s without blanks and tabs at both ends. */
struct slice slice_trim(struct slice s);

/*
 * A decimal number that fills the whole slice.  Returns false when s is
 * empty, holds anything but digits or does not fit 64 bits; *out is then
 * untouched.
 */
bool slice_u64(struct slice s, uint64_t *out);

/* The same for hexadecimal digits of either case, without prefix. */
bool slice_hex_u64(struct slice s, uint64_t *out);

#endif
