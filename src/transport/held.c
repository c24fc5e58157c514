/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/held.h"

#include <stdlib.h>

#include "util/memory.h"

static bool add(struct held *h, struct budget *budget, const struct stream_connection *c, struct held_piece piece)
{
	uint64_t cost = sizeof(piece) + (piece.kind == HELD_DATA ? piece.len : 0);

	if (h->count == HELD_PIECES_MAX || h->charged + cost > HELD_PIECES_MAX * sizeof(piece) + HELD_BYTES_MAX ||
	    !budget_take(budget, cost))
		return false;
	h->charged += cost;
	if (h->count == h->capacity) {
		h->capacity = h->capacity ? h->capacity * 2 : 4;
		h->pieces = memory_realloc(h->pieces, h->capacity * sizeof(*h->pieces));
	}
	for (int side = 0; side < STREAM_SIDES; side++) {
		piece.bytes[side] = c->bytes[side];
		piece.lost[side] = c->lost[side];
	}
	h->pieces[h->count++] = piece;
	return true;
}

bool held_data(struct held *h, struct budget *budget, const struct stream_connection *c, int side, struct slice data,
	       const struct stream_origin *origin)
{
	struct held_piece piece = {.kind = HELD_DATA, .side = side, .len = data.len, .origin = *origin};

	if (data.len > HELD_BYTES_MAX - h->bytes[side].len || !add(h, budget, c, piece))
		return false;
	buffer_add_slice(&h->bytes[side], data);
	return true;
}

bool held_gap(struct held *h, struct budget *budget, const struct stream_connection *c, int side, uint64_t len,
	      const struct stream_origin *origin)
{
	struct held_piece piece = {.kind = HELD_GAP, .side = side, .len = len, .origin = *origin};

	h->before_gap[side] = h->bytes[side].len;
	h->gap = true;
	return add(h, budget, c, piece);
}

bool held_anomaly(struct held *h, struct budget *budget, const struct stream_connection *c, int side,
		  enum stream_anomaly what, const struct stream_origin *origin)
{
	struct held_piece piece = {.kind = HELD_ANOMALY, .side = side, .what = what, .origin = *origin};

	return add(h, budget, c, piece);
}

struct slice held_view(const struct held *h, int side)
{
	return slice_sub(buffer_slice(&h->bytes[side]), h->before_gap[side], h->bytes[side].len);
}

void held_free(struct held *h, struct budget *budget)
{
	for (int side = 0; side < STREAM_SIDES; side++)
		buffer_free(&h->bytes[side]);
	free(h->pieces);
	budget_give(budget, h->charged);
	*h = (struct held){.count = 0};
}
