/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of one direction that came before the bytes in front of them.  They
 * are kept as blocks at 64-bit offsets, sorted and without overlap: the first
 * copy of a byte stays.
 */
#ifndef MSNSCOPE_STREAM_REASSEMBLY_H
#define MSNSCOPE_STREAM_REASSEMBLY_H

#include "stream/stream.h"

/* Charged for every block beside its bytes: header, pointer and allocator. */
#define REASSEMBLY_BLOCK_COST 64u

struct reassembly_block {
	uint64_t at; /* offset of the first byte */
	struct stream_origin origin;
	uint32_t len;
	uint8_t data[];
};

/* Zero-initialised memory is an empty buffer. */
struct reassembly {
	struct reassembly_block **block; /* block[first] is the one with the lowest offset */
	uint32_t first, count, capacity;
	uint64_t cost; /* bytes held, with REASSEMBLY_BLOCK_COST for each block */
};

/* What reassembly_add found of its bytes. */
struct reassembly_overlap {
	uint32_t bytes; /* were there already */
	bool conflict;  /* and differ */
};

static inline struct reassembly_block *reassembly_first(const struct reassembly *r)
{
	return r->count ? r->block[r->first] : NULL;
}

/* The offset behind the last byte, 0 when empty. */
static inline uint64_t reassembly_end(const struct reassembly *r)
{
	const struct reassembly_block *last = r->count ? r->block[r->first + r->count - 1] : NULL;

	return last ? last->at + last->len : 0;
}

/* Copies the bytes of data that are not there yet. */
struct reassembly_overlap reassembly_add(struct reassembly *r, uint64_t at, struct slice data,
					 const struct stream_origin *origin);

/* Frees the first block; there is one. */
void reassembly_pop(struct reassembly *r);

/* Drops what lies at or behind an offset; returns the number of bytes. */
uint64_t reassembly_truncate(struct reassembly *r, uint64_t end);

/* Frees everything; the buffer can be used again. */
void reassembly_clear(struct reassembly *r);

#endif
