/* SPDX-License-Identifier: BSD-2-Clause */
/* Which bytes of a message or object are there. */
#ifndef MSNSCOPE_SESSION_P2P_RANGES_H
#define MSNSCOPE_SESSION_P2P_RANGES_H

#include "util/slice.h"

/* Bytes that wait for those before them. */
struct p2p_piece {
	struct p2p_piece *next;
	size_t len;
	uint8_t data[];
};

struct p2p_range {
	uint64_t offset, end;
	struct p2p_piece *first, *last; /* in order; the owner of the ranges frees them */
};

struct p2p_ranges {
	struct p2p_range *list; /* ascending, none touch */
	size_t count, room;
	uint64_t covered;       /* bytes in all ranges */
};

/* The next part of at..end that is not there yet; moves *at behind it.  False when there is none. */
bool p2p_ranges_next(const struct p2p_ranges *r, uint64_t *at, uint64_t end, uint64_t *from, uint64_t *to);

/*
 * Adds a part that is not there yet, with the piece that holds its bytes or
 * NULL.  False when that would be one range more than max.
 */
bool p2p_ranges_add(struct p2p_ranges *r, uint64_t from, uint64_t to, struct p2p_piece *piece, size_t max);

/* Bytes from 0 on without a hole. */
uint64_t p2p_ranges_start(const struct p2p_ranges *r);

void p2p_ranges_free(struct p2p_ranges *r);

#endif
