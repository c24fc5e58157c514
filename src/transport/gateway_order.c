/* SPDX-License-Identifier: BSD-2-Clause */
/* Which part of which exchange is the next of its stream. */
#include <stdlib.h>
#include <utlist.h>

#include "transport/gateway_session.h"

bool gateway_knows(const struct gateway_session *s, uint64_t id_hash)
{
	for (size_t i = 0; i < GATEWAY_IDS; i++)
		if (s->ids[i] == id_hash)
			return true;
	return false;
}

static void remember(struct gateway_session *s, uint64_t id_hash)
{
	if (id_hash == 0 || gateway_knows(s, id_hash))
		return;
	s->ids[s->next_id] = id_hash;
	s->next_id = (s->next_id + 1) % GATEWAY_IDS;
}

void gateway_enter(struct gateway_session *s, struct gateway_exchange *e)
{
	struct gateway_exchange *before = s->exchanges ? s->exchanges->prev : NULL; /* the last one */

	e->session = s;
	while (before && before->start_ns > e->start_ns)
		before = before == s->exchanges ? NULL : before->prev;
	if (before)
		DL_APPEND_ELEM(s->exchanges, before, e);
	else
		DL_PREPEND(s->exchanges, e);
	s->exchange_count++;
}

void gateway_leave(struct gateway *g, struct gateway_exchange *e)
{
	struct gateway_session *s = e->session;

	for (int i = 0; i < STREAM_SIDES; i++)
		gateway_part_settle(g, s, &e->part[i]);
	DL_DELETE(s->exchanges, e);
	s->exchange_count--;
	e->session = NULL;
	if (!e->http)
		free(e);
}

/* --- repeats --- */

/*
 * The same bytes behind the same id are a repeat.  Where ids never change that
 * says nothing, unless the first exchange was left without answer.
 */
static bool is_repeat(const struct gateway_session *s, const struct gateway_exchange *e, int side)
{
	const struct gateway_part *p = &e->part[side];
	uint64_t hash = gateway_hash(p->body);

	if (p->body.len == 0 || e->used_hash == 0)
		return false;
	for (size_t i = 0; i < GATEWAY_BODIES; i++) {
		const struct gateway_body *b = &s->bodies[i];

		if (b->side == side && b->used_hash == e->used_hash && b->body_hash == hash && b->len == p->body.len &&
		    b->number != e->number && (s->changing || e->repeated || (side == GATEWAY_CLIENT && !b->answered)))
			return true;
	}
	return false;
}

static void remember_body(struct gateway_session *s, const struct gateway_exchange *e, int side)
{
	struct slice body = e->part[side].body;

	if (body.len == 0 || e->used_hash == 0)
		return;
	s->bodies[s->next_body] =
		(struct gateway_body){e->used_hash, gateway_hash(body), body.len, side, e->number, side == GATEWAY_SERVER};
	s->next_body = (s->next_body + 1) % GATEWAY_BODIES;
}

static void mark_answered(struct gateway_session *s, const struct gateway_exchange *e)
{
	for (size_t i = 0; i < GATEWAY_BODIES; i++)
		if (s->bodies[i].number == e->number)
			s->bodies[i].answered = true;
}

static void deliver_part(struct gateway *g, struct gateway_session *s, struct gateway_exchange *e, int side)
{
	struct gateway_part *p = &e->part[side];

	if (is_repeat(s, e, side)) {
		e->repeated |= side == GATEWAY_CLIENT;
		gateway_tell(g, s, GATEWAY_REPEATED, e, side, "%s of %zu bytes", side == GATEWAY_CLIENT ? "request" : "answer",
			     p->body.len);
	} else {
		remember_body(s, e, side);
		gateway_deliver(g, s, side, p);
	}
	gateway_part_settle(g, s, p);
}

/* --- the chain --- */

static void link_exchange(struct gateway_session *s, struct gateway_exchange *e)
{
	e->linked = true;
	s->started = true;
	remember(s, e->used_hash);
}

/* The first exchange of a session that nobody was seen to open. */
static void start_unopened(struct gateway *g, struct gateway_session *s, struct gateway_exchange *e)
{
	link_exchange(s, e);
	gateway_tell(g, s, GATEWAY_UNOPENED, e, GATEWAY_CLIENT, "session %s", s->stem);
}

static void link_known(struct gateway *g, struct gateway_session *s)
{
	struct gateway_exchange *e;

	DL_FOREACH (s->exchanges, e) {
		if (e->linked || e->late)
			continue;
		if (!s->started && !e->opens) {
			if (!gateway_is_opening(g, &s->connection.address[GATEWAY_CLIENT]))
				start_unopened(g, s, e);
		} else if (e->opens || e->used_hash == 0 || gateway_knows(s, e->used_hash)) {
			link_exchange(s, e);
		}
	}
}

/* Was its id issued by another one that waits? */
static bool has_waiting_issuer(const struct gateway_session *s, const struct gateway_exchange *e)
{
	const struct gateway_exchange *other;

	DL_FOREACH (s->exchanges, other)
		if (other != e && !other->linked && other->issued_hash == e->used_hash)
			return true;
	return false;
}

/* Is an answer missing that may have issued the id that nobody knows? */
static bool lacks_answer(const struct gateway_session *s)
{
	const struct gateway_exchange *e;

	DL_FOREACH (s->exchanges, e)
		if (e->linked && !e->part[GATEWAY_SERVER].present)
			return true;
	return s->answer_lost;
}

static struct gateway_exchange *first_unlinked(const struct gateway_session *s)
{
	struct gateway_exchange *e, *first = NULL;

	DL_FOREACH (s->exchanges, e) {
		if (e->linked || e->late)
			continue;
		if (!has_waiting_issuer(s, e))
			return e;
		if (!first)
			first = e;
	}
	return first;
}

bool gateway_force(struct gateway *g, struct gateway_session *s)
{
	struct gateway_exchange *e = first_unlinked(s);
	const struct stream_origin *origin;

	if (!e)
		return false;
	if (!s->started) {
		start_unopened(g, s, e);
		gateway_run(g, s);
		return true;
	}
	origin = &e->part[e->part[GATEWAY_CLIENT].present ? GATEWAY_CLIENT : GATEWAY_SERVER].origin;
	gateway_tell(g, s, GATEWAY_CHAIN_GAP, e, GATEWAY_CLIENT,
		     "the answer that issued session id %s is not in the capture", e->used);
	if (!lacks_answer(s))
		gateway_deliver_gap(g, s, GATEWAY_CLIENT, STREAM_GAP_UNKNOWN, origin);
	gateway_deliver_gap(g, s, GATEWAY_SERVER, STREAM_GAP_UNKNOWN, origin);
	s->answer_lost = false;
	link_exchange(s, e);
	gateway_run(g, s);
	return true;
}

/* --- delivery --- */

/* A request behind the session's end, or behind an error, counts only when the gateway takes it. */
static void judge_late(struct gateway *g, struct gateway_session *s, struct gateway_exchange *e)
{
	if (e->good && !s->closed && !s->ended) {
		e->late = false;
		s->failed = false;
		return;
	}
	if (e->http)
		return;
	if (e->part[GATEWAY_SERVER].present)
		gateway_tell(g, s, GATEWAY_AFTER_CLOSE, e, GATEWAY_SERVER, "request with %zu bytes, answer %d with %zu bytes",
			     e->part[GATEWAY_CLIENT].body.len, e->status, e->part[GATEWAY_SERVER].body.len);
	else
		gateway_tell(g, s, GATEWAY_AFTER_CLOSE, e, GATEWAY_CLIENT, "request with %zu bytes, no answer",
			     e->part[GATEWAY_CLIENT].body.len);
	gateway_leave(g, e);
}

/* Must what e sent then wait for one sent earlier that is not linked?  Not when its answer is what that one waits for. */
static bool is_held_up(const struct gateway_session *s, const struct gateway_exchange *e, int64_t start_ns)
{
	const struct gateway_exchange *other;

	DL_FOREACH (s->exchanges, other)
		if (!other->linked && !other->late && other->start_ns < start_ns && other->used_hash != e->issued_hash)
			return true;
	return false;
}

static bool request_is_due(const struct gateway_session *s, const struct gateway_exchange *e)
{
	const struct gateway_part *p = &e->part[GATEWAY_CLIENT];

	if (!e->linked || !p->present || p->settled || is_held_up(s, e, e->start_ns))
		return false;
	/* The consumer shall know the session's id from the first byte on. */
	return s->stem[0] || e->part[GATEWAY_SERVER].present || e->unanswered;
}

static void deliver_requests(struct gateway *g, struct gateway_session *s)
{
	struct gateway_exchange *e;

	DL_FOREACH (s->exchanges, e) {
		if (!request_is_due(s, e))
			continue;
		if (e->status == 407) /* a proxy stopped it; it comes again */
			gateway_part_settle(g, s, &e->part[GATEWAY_CLIENT]);
		else
			deliver_part(g, s, e, GATEWAY_CLIENT);
	}
}

/* An answer need not wait for a request that was paired with it by mistake: it was sent before that. */
static bool answer_is_due(const struct gateway_session *s, const struct gateway_exchange *e)
{
	const struct gateway_part *request = &e->part[GATEWAY_CLIENT], *p = &e->part[GATEWAY_SERVER];

	if (!s->started || e->late || !p->present || p->settled)
		return false;
	if (e->linked && !request->settled && !e->wordless && (request->present || e->http))
		return false;
	return !is_held_up(s, e, p->start_ns);
}

/* Of several due answers the one that was sent first. */
static bool deliver_answer(struct gateway *g, struct gateway_session *s)
{
	struct gateway_exchange *e, *first = NULL;

	DL_FOREACH (s->exchanges, e)
		if (answer_is_due(s, e) && (!first || e->part[GATEWAY_SERVER].start_ns < first->part[GATEWAY_SERVER].start_ns))
			first = e;
	if (!first)
		return false;
	if (s->answer_lost && !s->changing)
		gateway_deliver_gap(g, s, GATEWAY_SERVER, STREAM_GAP_UNKNOWN, &first->part[GATEWAY_SERVER].origin);
	s->answer_lost = false;
	deliver_part(g, s, first, GATEWAY_SERVER);
	if (first->good)
		mark_answered(s, first);
	remember(s, first->issued_hash);
	if (first->closes && !s->closed) {
		s->closed = true;
		s->closed_ns = first->part[GATEWAY_SERVER].start_ns;
		s->closing = true;
		DL_APPEND2(g->closing, s, closing_prev, closing_next);
	}
	return true;
}

static bool is_through(const struct gateway_exchange *e)
{
	return !e->http && e->linked && (!e->part[0].present || e->part[0].settled) &&
	       (!e->part[1].present || e->part[1].settled);
}

static void update_waiting(struct gateway *g, struct gateway_session *s)
{
	const struct gateway_exchange *e;
	bool waiting = false;
	int64_t since_ns = INT64_MAX;

	DL_FOREACH (s->exchanges, e) {
		if (e->linked || e->late)
			continue;
		waiting = true;
		if (e->since_ns < since_ns)
			since_ns = e->since_ns;
	}
	gateway_set_waiting(g, s, waiting, since_ns);
}

void gateway_run(struct gateway *g, struct gateway_session *s)
{
	struct gateway_exchange *e, *next;

	DL_FOREACH_SAFE (s->exchanges, e, next)
		if (e->late)
			judge_late(g, s, e);
	do {
		link_known(g, s);
		deliver_requests(g, s);
	} while (deliver_answer(g, s));
	DL_FOREACH_SAFE (s->exchanges, e, next)
		if (is_through(e))
			gateway_leave(g, e);
	update_waiting(g, s);
	if (s->closed && !s->closing && !s->exchanges && !s->ended)
		gateway_deliver_end(g, s, STREAM_END_FIN);
}
