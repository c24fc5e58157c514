/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream/stream.h"

#include <stdlib.h>

#include "stream/connection.h"

#define SECOND_NS UINT64_C(1000000000)

struct stream_table *stream_table_new(const struct stream_limits *limits, const struct stream_consumer *consumer)
{
	struct stream_table *t = memory_zalloc(sizeof(*t));
	struct stream_limits *l = &t->limits;

	*l = *limits;
	if (l->flows == 0)
		l->flows = STREAM_FLOWS_DEFAULT;
	if (l->flow_bytes == 0)
		l->flow_bytes = STREAM_FLOW_BYTES_DEFAULT;
	if (l->total_bytes == 0)
		l->total_bytes = STREAM_TOTAL_BYTES_DEFAULT;
	if (l->idle_seconds == 0)
		l->idle_seconds = STREAM_IDLE_SECONDS_DEFAULT;
	t->consumer = *consumer;
	t->history_left = HISTORY_TOTAL_MAX;
	flow_table_init(&t->flows);
	return t;
}

const struct stream_counters *stream_table_counters(const struct stream_table *t)
{
	return &t->counters;
}

/* --- the end of a connection --- */

/* The flow stays behind, to know late segments by. */
static void entomb(struct stream_table *t, struct connection *c)
{
	struct flow *f = c->flow;

	flow_set_state(&t->flows, f, FLOW_CLOSED);
	for (int side = 0; side < STREAM_SIDES; side++) {
		f->known[side] = c->half[side].known;
		f->u.closed.start[side] = c->half[side].first;
		f->u.closed.end[side] = half_seq(&c->half[side], c->half[side].next);
	}
	f->u.closed.time_ns = t->now;
	connection_free(t, c);
}

/* The same for a flow that never had data. */
static void entomb_unused(struct stream_table *t, struct flow *f)
{
	const uint32_t start[STREAM_SIDES] = {f->u.opening.start[0], f->u.opening.start[1]};

	memcpy(f->u.closed.start, start, sizeof(start));
	memcpy(f->u.closed.end, start, sizeof(start));
	f->u.closed.time_ns = t->now;
	flow_set_state(&t->flows, f, FLOW_CLOSED);
}

static void end_connection(struct stream_table *t, struct connection *c, enum stream_end why)
{
	connection_flush(t, c);
	if (c->ignored)
		t->counters.ignored++;
	else if (c->reported)
		t->consumer.end(t->consumer.ctx, &c->pub, why);
	entomb(t, c);
}

/* After anything that may have called the consumer. */
static void settle(struct stream_table *t, struct connection *c)
{
	enum stream_end why;

	if (c->ignored) {
		struct flow *f = c->flow;

		t->counters.ignored++;
		connection_free(t, c);
		flow_set_state(&t->flows, f, FLOW_IGNORED);
	} else if (connection_over(t, c, &why)) {
		end_connection(t, c, why);
	}
}

static void drop_flow(struct stream_table *t, struct flow *f, enum stream_end why)
{
	if (f->state == FLOW_LIVE)
		end_connection(t, f->u.connection, why);
	flow_remove(&t->flows, f);
}

/* --- flows that were not delivered yet --- */

/* Forgets what was; the next segment is the first one of a new connection. */
static void restart(struct stream_table *t, struct flow *f, int source, const struct segment *s)
{
	if (f->state == FLOW_LIVE)
		end_connection(t, f->u.connection, STREAM_END_REUSE);
	flow_set_state(&t->flows, f, FLOW_OPENING);
	memset(&f->u, 0, sizeof(f->u));
	f->u.opening.start_ns = s->time_ns;
	f->u.opening.first_frame = s->frame;
	f->first = (uint8_t)source;
	f->known[0] = f->known[1] = START_UNKNOWN;
	f->fin = 0;
	f->reset = 0;
	f->opener = -1;
	f->number = ++t->counters.connections;
}

/* A SYN tells who opened: its sender, or the other side when it is an answer. */
static int8_t opener_of(const struct segment *s, int side)
{
	return (int8_t)(s->flags & TCP_ACK ? !side : side);
}

/* Is this SYN an answer to the SYN of the other side, though not the first answer? */
static bool answers(const struct segment *s, uint8_t known, uint32_t start)
{
	return s->flags & TCP_ACK && known >= START_SYN && s->ack == start;
}

/* Returns false when the SYN is of another connection. */
static bool opening_syn(struct flow *f, int side, const struct segment *s)
{
	uint32_t *start = f->u.opening.start;

	if (half_judge_syn(&f->known[side], &start[side], s->seq) == SYN_NEW) {
		if (!answers(s, f->known[!side], start[!side]))
			return false;
		/* SYN cookies: each answer has another number, the acknowledged one counts. */
		if (f->known[side] != START_CONFIRMED) {
			start[side] = s->seq + 1;
			f->known[side] = START_SYN;
		}
	}
	if (f->opener < 0)
		f->opener = opener_of(s, side);
	return true;
}

/* Learns from an acknowledgement; true when it covers bytes that were not seen. */
static bool opening_ack(struct flow *f, int side, const struct segment *s)
{
	int other = !side;
	uint32_t *start = &f->u.opening.start[other];
	uint32_t ahead = s->ack - *start;

	if (f->known[other] == START_UNKNOWN) {
		f->known[other] = START_ACKED;
		*start = s->ack;
		return false;
	}
	if (s->flags & TCP_SYN)
		return false;
	if (ahead == 0 && f->known[other] == START_SYN)
		f->known[other] = START_CONFIRMED;
	/* The answer that was acknowledged is not the one that was seen (SYN cookies again). */
	if (f->known[other] == START_SYN && f->opener == side && ahead > STREAM_NEAR && -ahead > STREAM_NEAR) {
		f->known[other] = START_ACKED;
		*start = s->ack;
		return false;
	}
	/* The sequence number of an unseen FIN or of a keep-alive is no data. */
	return ahead > 1 && ahead <= STREAM_WINDOW_MAX;
}

/* Returns true when bytes are missing in front of it. */
static bool opening_fin(struct stream_table *t, struct flow *f, int side, const struct segment *s)
{
	uint32_t ahead = s->seq - f->u.opening.start[side];

	if (ahead != 0)
		return ahead <= STREAM_WINDOW_MAX;
	f->fin = (uint8_t)(f->fin | 1u << side);
	if (f->fin == 3)
		entomb_unused(t, f);
	return false;
}

/*
 * The flow stays open, as data may be captured after the RST.  Returns true
 * when bytes are missing in front of it.
 */
static bool opening_rst(struct flow *f, int side, const struct segment *s)
{
	uint32_t ahead = s->seq - f->u.opening.start[side];

	if (f->known[side] != START_UNKNOWN && ahead > 1 && -ahead > 1)
		return ahead <= STREAM_NEAR; /* else not of this connection */
	f->reset = (uint8_t)(f->reset | 1u << side);
	return false;
}

/* Returns true when the flow needs a connection, to deliver from. */
static bool opening_segment(struct stream_table *t, struct flow *f, int side, const struct segment *s)
{
	bool missing = false;

	if (s->ordered)
		return s->payload_len > 0;
	if (s->flags & TCP_RST)
		return opening_rst(f, side, s);
	if (s->flags & TCP_ACK)
		missing = opening_ack(f, side, s);
	if (s->payload_len > 0)
		return true;
	if (f->known[side] == START_UNKNOWN && !f->reset) {
		f->known[side] = START_SEEN;
		f->u.opening.start[side] = s->seq;
	}
	if (s->flags & TCP_FIN && opening_fin(t, f, side, s))
		missing = true;
	return missing && f->state == FLOW_OPENING;
}

/* --- segments by state of the flow --- */

/* A SYN of the connection that has just ended, captured twice. */
static bool repeats_closed(const struct stream_table *t, const struct flow *f, int side, const struct segment *s)
{
	return f->state == FLOW_CLOSED && f->known[side] >= START_SYN && f->u.closed.start[side] == s->seq + 1 &&
	       elapsed(t, f->u.closed.time_ns) < STREAM_CLOSING_NS;
}

/* Does a SYN say that the flow has a new connection?  If not, learns from it. */
static bool syn_is_new(const struct stream_table *t, struct flow *f, int side, const struct segment *s)
{
	if (f->state == FLOW_OPENING && !f->reset)
		return !opening_syn(f, side, s);
	if (f->state != FLOW_LIVE)
		return !(s->flags & TCP_ACK) && !repeats_closed(t, f, side, s);
	struct connection *c = f->u.connection;
	struct half *h = &c->half[side], *other = &c->half[!side];
	bool unknown = h->known == START_UNKNOWN;
	if (half_judge_syn(&h->known, &h->first, s->seq) == SYN_NEW)
		return !answers(s, other->known, other->first);
	if (unknown)
		half_start(h, h->first, START_SYN);
	else if (!h->started)
		connection_begin_earlier(c, side, half_offset(h, h->first));
	if (c->pub.opener < 0)
		c->pub.opener = opener_of(s, side);
	return false;
}

/* Data far from where the closed connection ended: a new one whose SYN was not captured. */
static bool closed_is_new(const struct flow *f, int side, const struct segment *s)
{
	uint32_t ahead = s->seq - f->u.closed.end[side];

	if (s->payload_len == 0 || s->flags & TCP_RST)
		return false;
	return s->ordered || (f->known[side] != START_UNKNOWN && ahead > STREAM_NEAR && -ahead > STREAM_NEAR);
}

static void flow_segment(struct stream_table *t, struct flow *f, int source, const struct segment *s)
{
	if ((s->flags & (TCP_SYN | TCP_RST)) == TCP_SYN && syn_is_new(t, f, source ^ f->first, s)) {
		restart(t, f, source, s);
		opening_syn(f, 0, s);
	}
	if (f->state == FLOW_CLOSED && closed_is_new(f, source ^ f->first, s))
		restart(t, f, source, s);
	int side = source ^ f->first;
	if (f->state == FLOW_CLOSED)
		t->counters.stray_bytes += s->payload.len;
	if (f->state == FLOW_OPENING && opening_segment(t, f, side, s))
		connection_new(t, f);
	if (f->state == FLOW_LIVE) {
		connection_segment(t, f->u.connection, side, s);
		settle(t, f->u.connection);
	}
}

/* --- the table --- */

static void advance_clock(struct stream_table *t, int64_t time_ns)
{
	if (t->clock_set && time_ns <= t->now)
		return;
	t->clock_set = true;
	t->now = time_ns;
	while (t->holes && elapsed(t, t->holes->holes_ns) >= STREAM_REORDER_NS) {
		struct connection *c = t->holes;

		connection_give_up_holes(t, c);
		settle(t, c);
	}
	while (t->closing && elapsed(t, t->closing->closing_ns) >= STREAM_CLOSING_NS)
		end_connection(t, t->closing, t->closing->closing_why);
	for (int class = 0; class < FLOW_CLASSES; class++) {
		struct flow *f;

		while ((f = t->flows.oldest[class]) && elapsed(t, f->last_ns) >= t->limits.idle_seconds * SECOND_NS)
			drop_flow(t, f, STREAM_END_IDLE);
	}
}

static struct flow *new_flow(struct stream_table *t, const struct flow_key *key, uint32_t hash, int source,
			     const struct segment *s)
{
	while (t->flows.count[FLOW_CLASS_LIVE] + t->flows.count[FLOW_CLASS_OTHER] >= t->limits.flows) {
		struct flow *victim = flow_victim(&t->flows, t->limits.flows);

		/* Nothing is lost with entries kept only for late segments of what has ended or was ignored. */
		t->counters.evicted += victim->state == FLOW_LIVE;
		drop_flow(t, victim, STREAM_END_LIMIT);
	}
	struct flow *f = flow_add(&t->flows, key, hash, t->now);
	restart(t, f, source, s);
	return f;
}

/* The connections that have waited longest give way. */
static void limit_total(struct stream_table *t)
{
	while (t->waiting_cost > t->limits.total_bytes) {
		struct connection *c = t->waiting;

		connection_force(t, c);
		settle(t, c);
	}
}

uint64_t stream_table_segment(struct stream_table *t, const struct segment *s)
{
	struct flow_key key;
	int source = flow_key_of(&key, &s->source, &s->destination);
	uint32_t hash = flow_hash(t->flows.seed, &key);

	advance_clock(t, s->time_ns);
	struct flow *f = flow_find(&t->flows, &key, hash);
	if (!f) {
		if (s->flags & TCP_RST)
			return 0; /* opens nothing and ends nothing */
		f = new_flow(t, &key, hash, source, s);
	} else {
		flow_touch(&t->flows, f, t->now);
	}
	flow_segment(t, f, source, s);
	limit_total(t);
	return f->number;
}

static int by_first_frame(const void *a, const void *b)
{
	const struct connection *x = *(struct connection *const *)a, *y = *(struct connection *const *)b;

	if (x->pub.first_frame != y->pub.first_frame)
		return x->pub.first_frame < y->pub.first_frame ? -1 : 1;
	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

void stream_table_finish(struct stream_table *t)
{
	uint32_t n = 0;
	struct connection **open = memory_alloc(t->flows.count[FLOW_CLASS_LIVE] * sizeof(struct connection *));

	for (struct flow *f = t->flows.oldest[FLOW_CLASS_LIVE]; f; f = f->newer)
		open[n++] = f->u.connection;
	qsort(open, n, sizeof(struct connection *), by_first_frame);
	for (uint32_t i = 0; i < n; i++)
		end_connection(t, open[i], open[i]->closing ? open[i]->closing_why : STREAM_END_CAPTURE);
	free(open);
	while (t->flows.oldest[FLOW_CLASS_OTHER])
		drop_flow(t, t->flows.oldest[FLOW_CLASS_OTHER], STREAM_END_CAPTURE);
}

void stream_table_free(struct stream_table *t)
{
	if (!t)
		return;
	for (struct flow *f = t->flows.oldest[FLOW_CLASS_LIVE]; f; f = f->newer)
		connection_free(t, f->u.connection);
	flow_table_free(&t->flows);
	free(t);
}
