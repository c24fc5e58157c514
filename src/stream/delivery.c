/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream/connection.h"

#include <stdlib.h>
#include <utlist.h>

static void note_verdict(struct connection *c, enum stream_verdict verdict)
{
	if (verdict == STREAM_IGNORE)
		c->ignored = true;
}

static void deliver_data(struct stream_table *t, struct connection *c, int side, struct slice data,
			 const struct stream_origin *origin)
{
	struct half *h = &c->half[side];

	c->reported = true;
	h->started = true;
	note_verdict(c, t->consumer.data(t->consumer.ctx, &c->pub, side, data, origin));
	h->next += data.len;
	c->pub.bytes[side] += data.len;
	if (!c->ignored)
		history_add(&h->history, data, &t->history_left);
}

static void deliver_gap(struct stream_table *t, struct connection *c, int side, uint64_t len,
			const struct stream_origin *origin)
{
	struct half *h = &c->half[side];

	c->reported = true;
	h->started = true;
	t->counters.gaps++;
	t->counters.gap_bytes += len;
	note_verdict(c, t->consumer.gap(t->consumer.ctx, &c->pub, side, len, origin));
	h->next += len;
	c->pub.lost[side] += len;
	history_reset(&h->history);
}

void connection_anomaly(struct stream_table *t, struct connection *c, int side, enum stream_anomaly what,
			const struct stream_origin *origin)
{
	if (c->ignored)
		return;
	c->reported = true;
	t->consumer.anomaly(t->consumer.ctx, &c->pub, side, what, origin);
}

/* Keeps the sums of the table right after waiting bytes of c changed. */
static void account(struct stream_table *t, struct connection *c, uint64_t cost_before)
{
	uint64_t cost = c->half[0].waiting.cost + c->half[1].waiting.cost;

	t->waiting_cost += cost - cost_before;
	if (t->waiting_cost > t->counters.buffered_peak)
		t->counters.buffered_peak = t->waiting_cost;
	if (cost > 0 && !c->has_waiting)
		DL_APPEND2(t->waiting, c, waiting_prev, waiting_next);
	else if (cost == 0 && c->has_waiting)
		DL_DELETE2(t->waiting, c, waiting_prev, waiting_next);
	c->has_waiting = cost > 0;
}

static uint64_t cost_of(const struct connection *c)
{
	return c->half[0].waiting.cost + c->half[1].waiting.cost;
}

static void deliver_first(struct stream_table *t, struct connection *c, int side)
{
	struct reassembly *r = &c->half[side].waiting;
	const struct reassembly_block *b = reassembly_first(r);
	uint64_t before = cost_of(c);

	deliver_data(t, c, side, slice_of(b->data, b->len), &b->origin);
	reassembly_pop(r);
	account(t, c, before);
}

/* Delivers the blocks that are next, and the FIN behind them. */
static void drain(struct stream_table *t, struct connection *c, int side)
{
	struct half *h = &c->half[side];
	const struct reassembly_block *b;

	while (!c->ignored && (b = reassembly_first(&h->waiting)) && b->at == h->next)
		deliver_first(t, c, side);
	if (h->fin && h->next == h->fin_at)
		c->pub.fin[side] = true;
}

static void note_overlap(struct stream_table *t, struct connection *c, int side, size_t bytes, bool conflict,
			 const struct stream_origin *origin)
{
	t->counters.retransmitted_bytes += bytes;
	if (conflict)
		connection_anomaly(t, c, side, STREAM_OVERLAP_CONFLICT, origin);
}

/* The part of data that was delivered before; returns its length. */
static size_t compare_delivered(struct stream_table *t, struct connection *c, int side, uint64_t at,
				struct slice data, const struct stream_origin *origin)
{
	const struct half *h = &c->half[side];
	uint64_t back = h->next - at;
	size_t n = back < data.len ? (size_t)back : data.len;

	note_overlap(t, c, side, n, !history_matches(&h->history, back, slice_sub(data, 0, n)), origin);
	return n;
}

/* data starts at the next byte: delivers it, or the block that lies there; returns how much of data that settles. */
static size_t deliver_next(struct stream_table *t, struct connection *c, int side, struct slice data,
			   const struct stream_origin *origin)
{
	struct half *h = &c->half[side];
	const struct reassembly_block *b = reassembly_first(&h->waiting);
	size_t n = data.len;

	if (!b || b->at > h->next) {
		if (b && n > b->at - h->next)
			n = (size_t)(b->at - h->next);
		deliver_data(t, c, side, slice_sub(data, 0, n), origin);
		return n;
	}
	if (n > b->len)
		n = b->len;
	note_overlap(t, c, side, n, memcmp(b->data, data.ptr, n) != 0, origin);
	deliver_first(t, c, side);
	return n;
}

static void keep(struct stream_table *t, struct connection *c, int side, uint64_t at, struct slice data,
		 const struct stream_origin *origin)
{
	uint64_t before = cost_of(c);
	struct reassembly_overlap overlap = reassembly_add(&c->half[side].waiting, at, data, origin);

	account(t, c, before);
	note_overlap(t, c, side, overlap.bytes, overlap.conflict, origin);
}

void connection_receive(struct stream_table *t, struct connection *c, int side, uint64_t at, struct slice data,
			const struct stream_origin *origin)
{
	struct half *h = &c->half[side];

	while (data.len > 0 && !c->ignored) {
		size_t n = data.len;

		if (at < h->next)
			n = compare_delivered(t, c, side, at, data, origin);
		else if (at == h->next)
			n = deliver_next(t, c, side, data, origin);
		else
			keep(t, c, side, at, data, origin);
		at += n;
		data = slice_sub(data, n, data.len);
	}
	drain(t, c, side);
}

void connection_skip(struct stream_table *t, struct connection *c, int side, uint64_t end)
{
	struct half *h = &c->half[side];
	const struct reassembly_block *b = reassembly_first(&h->waiting);
	struct stream_origin origin = {c->pub.last_frame, c->pub.end_ns, 0};

	if (b && b->at <= end) {
		end = b->at;
		origin = b->origin;
	}
	if (end > h->next)
		deliver_gap(t, c, side, end - h->next, &origin);
	drain(t, c, side);
}

void connection_fin(struct stream_table *t, struct connection *c, int side, uint64_t at)
{
	struct half *h = &c->half[side];
	uint64_t before = cost_of(c);

	h->fin = true;
	h->fin_at = at;
	t->counters.stray_bytes += reassembly_truncate(&h->waiting, at);
	account(t, c, before);
	drain(t, c, side);
}

/* The side whose first waiting block came first; -1 when nothing waits. */
static int side_waiting_longest(const struct connection *c)
{
	const struct reassembly_block *a = reassembly_first(&c->half[0].waiting);
	const struct reassembly_block *b = reassembly_first(&c->half[1].waiting);

	if (!a || !b)
		return a ? 0 : b ? 1 : -1;
	return b->origin.frame < a->origin.frame;
}

void connection_force(struct stream_table *t, struct connection *c)
{
	int side = side_waiting_longest(c);
	struct stream_origin origin = {c->pub.last_frame, c->pub.end_ns, 0};

	connection_anomaly(t, c, side, STREAM_BUFFER_LIMIT, &origin);
	connection_skip(t, c, side, UINT64_MAX);
}

void connection_limit(struct stream_table *t, struct connection *c)
{
	while (!c->ignored && (cost_of(c) > t->limits.flow_bytes || c->half[0].waiting.count > STREAM_BLOCKS_MAX ||
			       c->half[1].waiting.count > STREAM_BLOCKS_MAX))
		connection_force(t, c);
}

void connection_flush(struct stream_table *t, struct connection *c)
{
	int side;

	while (!c->ignored && (side = side_waiting_longest(c)) >= 0)
		connection_skip(t, c, side, UINT64_MAX);
	for (side = 0; side < STREAM_SIDES && !c->ignored; side++)
		connection_skip(t, c, side, half_final_hole(&c->half[side]));
}

void connection_free(struct stream_table *t, struct connection *c)
{
	uint64_t before = cost_of(c);

	for (int side = 0; side < STREAM_SIDES; side++) {
		reassembly_clear(&c->half[side].waiting);
		history_free(&c->half[side].history, &t->history_left);
	}
	account(t, c, before);
	if (c->has_holes)
		DL_DELETE2(t->holes, c, holes_prev, holes_next);
	if (c->closing)
		DL_DELETE2(t->closing, c, closing_prev, closing_next);
	free(c);
}
