/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A checked cursor over a slice, the only way to read wire bytes.  A read
 * past the end returns zeros (or an empty slice), moves the cursor to the end
 * and sets the sticky truncated flag; the caller may read a whole structure
 * and look at the flag once.
 */
#ifndef MSNSCOPE_UTIL_READER_H
#define MSNSCOPE_UTIL_READER_H

#include "util/slice.h"

struct reader {
	struct slice data;
	size_t at;      /* offset of the next byte, never beyond data.len */
	bool truncated; /* some read did not fit */
};

static inline struct reader reader_over(struct slice data)
{
	return (struct reader){data, 0, false};
}

static inline size_t reader_left(const struct reader *r)
{
	return r->data.len - r->at;
}

/* Is there a run of n bytes?  Sets truncated when not. */
static inline bool reader_need(struct reader *r, size_t n)
{
	if (reader_left(r) >= n)
		return true;
	r->at = r->data.len;
	r->truncated = true;
	return false;
}

static inline struct slice reader_bytes(struct reader *r, size_t n)
{
	if (!reader_need(r, n))
		return SLICE_EMPTY;
	r->at += n;
	return slice_sub(r->data, r->at - n, n);
}

static inline void reader_skip(struct reader *r, size_t n)
{
	if (reader_need(r, n))
		r->at += n;
}

/* All that is left. */
static inline struct slice reader_rest(struct reader *r)
{
	return reader_bytes(r, reader_left(r));
}

static inline uint8_t reader_u8(struct reader *r)
{
	return reader_need(r, 1) ? r->data.ptr[r->at++] : 0;
}

static inline uint16_t reader_be16(struct reader *r)
{
	const uint8_t *p = reader_bytes(r, 2).ptr;

	return (uint16_t)(p ? p[0] << 8 | p[1] : 0);
}

static inline uint32_t reader_be32(struct reader *r)
{
	const uint8_t *p = reader_bytes(r, 4).ptr;

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint16_t reader_le16(struct reader *r)
{
	const uint8_t *p = reader_bytes(r, 2).ptr;

	return (uint16_t)(p ? p[1] << 8 | p[0] : 0);
}

static inline uint32_t reader_le32(struct reader *r)
{
	const uint8_t *p = reader_bytes(r, 4).ptr;

	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

#endif
