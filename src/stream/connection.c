/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream/connection.h"

#include <utlist.h>

/* A RST may lie so far behind what was already delivered. */
#define RST_BEHIND_MAX 65536u

static void begin_closing(struct stream_table *t, struct connection *c, enum stream_end why)
{
	c->closing = true;
	c->closing_why = why;
	c->closing_packet = c->packets;
	c->closing_ns = t->now;
	DL_APPEND2(t->closing, c, closing_prev, closing_next);
}

static void begin_reset(struct stream_table *t, struct connection *c, int side, uint64_t at)
{
	c->half[side].rst = true;
	c->half[side].rst_at = at;
	if (!c->closing)
		begin_closing(t, c, STREAM_END_RST);
}

struct connection *connection_new(struct stream_table *t, struct flow *f)
{
	struct connection *c = memory_zalloc(sizeof(*c));

	c->flow = f;
	c->serial = t->serial++;
	c->pub.opener = f->opener;
	c->pub.start_ns = f->u.opening.start_ns;
	c->pub.first_frame = f->u.opening.first_frame;
	for (int side = 0; side < STREAM_SIDES; side++) {
		struct address *a = &c->pub.address[side];
		int end = side ^ f->first;

		memcpy(a->ip, f->key.ip[end], sizeof(a->ip));
		a->port = f->key.port[end];
		a->version = f->key.version;
		if (f->known[side] == START_UNKNOWN)
			continue;
		half_start(&c->half[side], f->u.opening.start[side], f->known[side]);
		if (f->fin & 1u << side)
			connection_fin(t, c, side, STREAM_START);
	}
	for (int side = 0; side < STREAM_SIDES; side++)
		if (f->reset & 1u << side)
			begin_reset(t, c, side, STREAM_START);
	flow_set_state(&t->flows, f, FLOW_LIVE);
	f->u.connection = c;
	return c;
}

static void cancel_closing(struct stream_table *t, struct connection *c)
{
	DL_DELETE2(t->closing, c, closing_prev, closing_next);
	c->closing = false;
}

static void on_rst(struct stream_table *t, struct connection *c, int side, const struct segment *s)
{
	const struct half *h = &c->half[side];
	uint64_t at = half_offset(h, s->seq);

	/* Far from what this side would send, it is forged or of another connection. */
	if (h->known != START_UNKNOWN && (at + RST_BEHIND_MAX < h->next || at > half_sent(h) + STREAM_NEAR))
		return;
	begin_reset(t, c, side, h->known == START_UNKNOWN ? UINT64_MAX : at);
}

/* A side that goes on after its RST did not send that RST. */
static void contradict_rst(struct stream_table *t, struct connection *c, int side, uint64_t end)
{
	struct half *h = &c->half[side];

	if (!h->rst || end <= h->rst_at)
		return;
	h->rst = false;
	if (c->closing && c->closing_why == STREAM_END_RST && !c->half[!side].rst)
		cancel_closing(t, c);
}

/*
 * A keep-alive repeats the sequence number before the next one, with one byte
 * of anything or none.
 */
static bool is_keep_alive(const struct half *h, uint64_t at, const struct segment *s)
{
	return s->payload_len == 1 && at + 1 == h->next && !(s->flags & (TCP_SYN | TCP_FIN));
}

/* Of a connection seen from the middle: what may be its first segment, with a byte that was never data. */
static bool looks_like_keep_alive(const struct segment *s)
{
	return s->payload_len == 1 && s->payload.len == 1 && s->payload.ptr[0] == 0 && s->flags == TCP_ACK;
}

void connection_begin_earlier(struct connection *c, int side, uint64_t at)
{
	if (at >= c->half[side].next)
		return;
	c->half[side].next = at;
	c->pub.fin[side] = false; /* there is something before the FIN after all */
}

/* The start of a side seen from the middle was inferred; its first data may correct it. */
static void correct_start(struct connection *c, int side, uint64_t at)
{
	struct half *h = &c->half[side];

	if (h->started || h->known >= START_SYN)
		return;
	if (h->known == START_SEEN && at == h->next + 1 && !h->fin)
		h->next = at; /* what was seen was a keep-alive */
	else if (at + STREAM_NEAR >= STREAM_START)
		connection_begin_earlier(c, side, at);
}

/* Offset of the first payload byte (or the FIN); false when it is not to be used. */
static bool locate(struct connection *c, int side, const struct segment *s, uint64_t *at)
{
	struct half *h = &c->half[side];
	uint32_t seq = s->seq + (s->flags & TCP_SYN ? 1 : 0);

	if (h->known == START_UNKNOWN) {
		if (looks_like_keep_alive(s))
			return false;
		half_start(h, s->ordered ? 0 : seq, START_DATA);
	}
	*at = s->ordered ? h->next : half_offset(h, seq);
	if (is_keep_alive(h, *at, s))
		return false;
	correct_start(c, side, *at);
	return true;
}

static void on_payload(struct stream_table *t, struct connection *c, int side, const struct segment *s, uint64_t at)
{
	struct half *h = &c->half[side];
	struct stream_origin origin = {s->frame, s->time_ns, 0};
	struct slice data = s->payload;
	uint64_t end = at + s->payload_len;

	contradict_rst(t, c, side, end);
	if (h->fin && end > h->fin_at) {
		struct slice kept = slice_sub(data, 0, at < h->fin_at ? (size_t)(h->fin_at - at) : 0);

		t->counters.stray_bytes += data.len - kept.len;
		data = kept;
		end = h->fin_at;
	}
	connection_receive(t, c, side, at, data, &origin);
	if (s->bad_checksum)
		connection_anomaly(t, c, side, STREAM_BAD_CHECKSUM, &origin);
	if (s->payload.len >= s->payload_len || end <= h->next)
		return;
	connection_anomaly(t, c, side, STREAM_CUT_SEGMENT, &origin);
	if (s->ordered && !c->ignored)
		connection_skip(t, c, side, end); /* nothing will ever fill it */
}

static void on_sequence(struct stream_table *t, struct connection *c, int side, const struct segment *s)
{
	struct half *h = &c->half[side];
	uint64_t at;

	if (!locate(c, side, s, &at))
		return;
	if (!half_in_window(h, at)) {
		t->counters.stray_bytes += s->payload.len;
		return;
	}
	if (s->payload_len > 0)
		on_payload(t, c, side, s, at);
	at += s->payload_len;
	if (s->flags & TCP_FIN && !h->fin && at >= h->next && !c->ignored)
		connection_fin(t, c, side, at);
}

static void watch_holes(struct stream_table *t, struct connection *c)
{
	if (c->has_holes)
		return;
	c->has_holes = true;
	c->holes_ns = t->now;
	DL_APPEND2(t->holes, c, holes_prev, holes_next);
}

static void unwatch_holes(struct stream_table *t, struct connection *c)
{
	if (!c->has_holes)
		return;
	c->has_holes = false;
	DL_DELETE2(t->holes, c, holes_prev, holes_next);
}

static bool is_overdue(const struct stream_table *t, const struct connection *c, const struct half *h)
{
	uint64_t packets = c->packets - h->hole_since;

	return packets >= STREAM_REORDER_PACKETS ||
	       (packets >= STREAM_REORDER_PACKETS_MIN && elapsed(t, h->hole_ns) >= STREAM_REORDER_NS);
}

/* Calls an acknowledged hole a gap when no segment has filled it for a while. */
static void check_hole(struct stream_table *t, struct connection *c, int side)
{
	struct half *h = &c->half[side];
	uint64_t end = half_acked_hole(h);

	if (end <= h->next) {
		h->hole_end = 0;
		return;
	}
	if (h->hole_end <= h->next) {
		h->hole_end = end;
		h->hole_since = c->packets;
		h->hole_ns = t->now;
		watch_holes(t, c);
		return;
	}
	/* Only what was acknowledged back then is overdue, and still is acknowledged. */
	if (end < h->hole_end)
		h->hole_end = end;
	if (is_overdue(t, c, h))
		connection_skip(t, c, side, h->hole_end);
}

void connection_give_up_holes(struct stream_table *t, struct connection *c)
{
	bool more = false;

	unwatch_holes(t, c);
	for (int side = 0; side < STREAM_SIDES && !c->ignored; side++) {
		check_hole(t, c, side);
		more |= c->half[side].hole_end > c->half[side].next;
	}
	if (more && !c->ignored)
		watch_holes(t, c);
}

void connection_segment(struct stream_table *t, struct connection *c, int side, const struct segment *s)
{
	c->packets++;
	c->pub.end_ns = s->time_ns;
	c->pub.last_frame = s->frame;
	if (s->flags & TCP_ACK)
		half_ack(&c->half[!side], s->ack);
	if (s->flags & TCP_RST) {
		on_rst(t, c, side, s);
	} else {
		if (s->payload_len > 0 || s->flags & TCP_FIN)
			on_sequence(t, c, side, s);
	}
	for (int i = 0; i < STREAM_SIDES && !c->ignored; i++)
		check_hole(t, c, i);
	connection_limit(t, c);
}

bool connection_over(struct stream_table *t, struct connection *c, enum stream_end *why)
{
	if (c->pub.fin[0] && c->pub.fin[1]) {
		*why = STREAM_END_FIN;
		return true;
	}
	if (!c->closing && c->half[0].fin && c->half[1].fin)
		begin_closing(t, c, STREAM_END_FIN);
	*why = c->closing_why;
	return c->closing && c->packets - c->closing_packet >= STREAM_REORDER_PACKETS;
}
