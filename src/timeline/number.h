/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers as few bytes (LEB128): seven bits a byte, low ones first, the eighth
 * says that more follow.  Signed ones are folded before: 0, -1, 1, -2, ...
 */
#ifndef MSNSCOPE_TIMELINE_NUMBER_H
#define MSNSCOPE_TIMELINE_NUMBER_H

#include "util/buffer.h"
#include "util/reader.h"

/* Bytes of the longest. */
#define NUMBER_MAX 10u

static inline void number_put(struct buffer *out, uint64_t n)
{
	buffer_reserve(out, NUMBER_MAX);
	uint8_t *to = out->data + out->len;
	while (n >= 0x80) {
		*to++ = (uint8_t)(n | 0x80);
		n >>= 7;
	}
	*to++ = (uint8_t)n;
	out->len = (size_t)(to - out->data);
}

/* Sets truncated, and returns 0, when there is none. */
static inline uint64_t number_get(struct reader *r)
{
	uint64_t n = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = reader_u8(r);

		n |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return n;
	}
	r->truncated = true;
	return 0;
}

/* Folds, and back. */
static inline uint64_t number_fold(int64_t n)
{
	return (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0);
}

static inline uint64_t number_unfold(uint64_t n)
{
	return n >> 1 ^ (n & 1 ? UINT64_MAX : 0);
}

#endif
