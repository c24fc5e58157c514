/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/p2p_ranges.h"

#include <stdlib.h>

#include "util/memory.h"

/* Index of the first range that ends at or behind offset. */
static size_t find(const struct p2p_ranges *r, uint64_t offset)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->list[middle].end < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool p2p_ranges_next(const struct p2p_ranges *r, uint64_t *at, uint64_t end, uint64_t *from, uint64_t *to)
{
	for (size_t i = find(r, *at); i < r->count && r->list[i].offset <= *at && *at < end; i++)
		if (r->list[i].end > *at)
			*at = r->list[i].end;
	if (*at >= end)
		return false;
	size_t next = find(r, *at);
	while (next < r->count && r->list[next].offset <= *at)
		next++;
	*from = *at;
	*to = next < r->count && r->list[next].offset < end ? r->list[next].offset : end;
	*at = *to;
	return true;
}

static struct p2p_range *insert(struct p2p_ranges *r, size_t at)
{
	if (r->count == r->room) {
		r->room = r->room ? r->room * 2 : 4;
		r->list = memory_realloc(r->list, r->room * sizeof(r->list[0]));
	}
	memmove(&r->list[at + 1], &r->list[at], (r->count - at) * sizeof(r->list[0]));
	r->count++;
	return &r->list[at];
}

/* Joins a range with the next one, which it touches. */
static void join(struct p2p_ranges *r, size_t at)
{
	struct p2p_range *a = &r->list[at], *b = a + 1;

	a->end = b->end;
	if (b->first) {
		if (a->last)
			a->last->next = b->first;
		else
			a->first = b->first;
		a->last = b->last;
	}
	r->count--;
	memmove(b, b + 1, (r->count - at - 1) * sizeof(*b));
}

bool p2p_ranges_add(struct p2p_ranges *r, uint64_t from, uint64_t to, struct p2p_piece *piece, size_t max)
{
	size_t at = find(r, from);
	bool before = at < r->count && r->list[at].end == from;
	size_t behind = before ? at + 1 : at;
	bool after = behind < r->count && r->list[behind].offset == to;

	if (!before && !after && r->count >= max)
		return false;
	*insert(r, behind) = (struct p2p_range){from, to, piece, piece};
	if (after)
		join(r, behind);
	if (before)
		join(r, at);
	r->covered += to - from;
	return true;
}

uint64_t p2p_ranges_start(const struct p2p_ranges *r)
{
	return r->count && r->list[0].offset == 0 ? r->list[0].end : 0;
}

void p2p_ranges_free(struct p2p_ranges *r)
{
	free(r->list);
	*r = (struct p2p_ranges){0};
}
