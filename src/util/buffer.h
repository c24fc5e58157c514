/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing byte buffer, owned by whoever holds the struct.  Used for
 * unconsumed stream bytes and for output lines.
 */
#ifndef MSNSCOPE_UTIL_BUFFER_H
#define MSNSCOPE_UTIL_BUFFER_H

#include "util/slice.h"

struct buffer {
	uint8_t *data; /* may be NULL while capacity is 0 */
	size_t len;
	size_t capacity;
};

void buffer_free(struct buffer *b);

/* Room for n more bytes behind len. */
void buffer_grow(struct buffer *b, size_t n);

static inline void buffer_reserve(struct buffer *b, size_t n)
{
	if (b->capacity - b->len < n)
		buffer_grow(b, n);
}

static inline void buffer_add(struct buffer *b, const void *data, size_t n)
{
	buffer_reserve(b, n);
	if (n)
		memcpy(b->data + b->len, data, n);
	b->len += n;
}

static inline void buffer_add_slice(struct buffer *b, struct slice s)
{
	buffer_add(b, s.ptr, s.len);
}

static inline void buffer_add_byte(struct buffer *b, uint8_t c)
{
	buffer_reserve(b, 1);
	b->data[b->len++] = c;
}

/* A C string without its NUL. */
static inline void buffer_add_str(struct buffer *b, const char *s)
{
	buffer_add(b, s, strlen(s));
}

/* Decimal digits of n. */
void buffer_add_u64(struct buffer *b, uint64_t n);

void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Drops the first n bytes (at most all). */
void buffer_consume(struct buffer *b, size_t n);

static inline struct slice buffer_slice(const struct buffer *b)
{
	return slice_of(b->data, b->len);
}

#endif
