/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream/reassembly.h"

#include <stdlib.h>

#include "util/memory.h"

#define CAPACITY_MIN 8u

static uint64_t block_end(const struct reassembly_block *b)
{
	return b->at + b->len;
}

static uint64_t block_cost(const struct reassembly_block *b)
{
	return (uint64_t)b->len + REASSEMBLY_BLOCK_COST;
}

/* Index (from first) of the first block that ends behind an offset. */
static uint32_t find(const struct reassembly *r, uint64_t at)
{
	uint32_t low = 0, high = r->count;

	if (at >= reassembly_end(r))
		return r->count; /* the common case: behind everything */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (block_end(r->block[r->first + middle]) > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Makes sure that there is a free place behind the last pointer. */
static void make_room(struct reassembly *r)
{
	if (r->first + r->count < r->capacity)
		return;
	if (r->first > r->capacity / 2) {
		memmove(r->block, r->block + r->first, r->count * sizeof(*r->block));
		r->first = 0;
		return;
	}
	r->capacity = r->capacity ? r->capacity * 2 : CAPACITY_MIN;
	r->block = memory_realloc(r->block, r->capacity * sizeof(*r->block));
}

static void insert(struct reassembly *r, uint32_t index, uint64_t at, struct slice data,
		   const struct stream_origin *origin)
{
	struct reassembly_block *b = memory_alloc(sizeof(*b) + data.len);

	b->at = at;
	b->origin = *origin;
	b->len = (uint32_t)data.len;
	memcpy(b->data, data.ptr, data.len);
	make_room(r);
	struct reassembly_block **place = r->block + r->first + index;
	memmove(place + 1, place, (r->count - index) * sizeof(*place));
	*place = b;
	r->count++;
	r->cost += block_cost(b);
}

struct reassembly_overlap reassembly_add(struct reassembly *r, uint64_t at, struct slice data,
					 const struct stream_origin *origin)
{
	struct reassembly_overlap overlap = {0, false};

	for (uint32_t i = find(r, at); data.len > 0; i++) {
		const struct reassembly_block *b = i < r->count ? r->block[r->first + i] : NULL;
		size_t n = data.len;

		if (b && b->at <= at) {
			if (n > block_end(b) - at)
				n = (size_t)(block_end(b) - at);
			overlap.bytes += (uint32_t)n;
			if (memcmp(b->data + (at - b->at), data.ptr, n) != 0)
				overlap.conflict = true;
		} else {
			if (b && n > b->at - at)
				n = (size_t)(b->at - at);
			insert(r, i, at, slice_sub(data, 0, n), origin);
		}
		at += n;
		data = slice_sub(data, n, data.len);
	}
	return overlap;
}

void reassembly_pop(struct reassembly *r)
{
	struct reassembly_block *b = r->block[r->first];

	r->cost -= block_cost(b);
	free(b);
	r->first++;
	r->count--;
	if (r->count == 0)
		r->first = 0;
}

uint64_t reassembly_truncate(struct reassembly *r, uint64_t end)
{
	uint64_t dropped = 0;

	while (r->count > 0) {
		struct reassembly_block *b = r->block[r->first + r->count - 1];

		if (block_end(b) <= end)
			break;
		uint32_t keep = b->at < end ? (uint32_t)(end - b->at) : 0;
		dropped += b->len - keep;
		r->cost -= b->len - keep;
		b->len = keep;
		if (keep)
			break;
		r->cost -= REASSEMBLY_BLOCK_COST;
		free(b);
		r->count--;
	}
	return dropped;
}

void reassembly_clear(struct reassembly *r)
{
	for (uint32_t i = 0; i < r->count; i++)
		free(r->block[r->first + i]);
	free(r->block);
	*r = (struct reassembly){NULL, 0, 0, 0, 0};
}
