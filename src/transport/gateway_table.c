/* SPDX-License-Identifier: BSD-2-Clause */
/* Which session an exchange belongs to, and when sessions end. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <utlist.h>

#include "transport/gateway_session.h"

#define SECOND_NS INT64_C(1000000000)

static bool same_client(const struct gateway_session *s, const struct address *client)
{
	const struct address *own = &s->connection.address[GATEWAY_CLIENT];

	return own->version == client->version && memcmp(own->ip, client->ip, sizeof(own->ip)) == 0;
}

/* --- the table by stem --- */

static struct gateway_session *first_alike(const struct gateway *g, const char *stem, size_t len)
{
	struct gateway_session *s = NULL;

	HASH_FIND(hh, g->by_stem, stem, len, s);
	return s;
}

static void table_add(struct gateway *g, struct gateway_session *s)
{
	struct gateway_session *first = first_alike(g, s->stem, strlen(s->stem));

	if (first) {
		s->alike = first->alike;
		first->alike = s;
	} else {
		HASH_ADD_KEYPTR(hh, g->by_stem, s->stem, strlen(s->stem), s);
	}
}

static void table_remove(struct gateway *g, struct gateway_session *s)
{
	struct gateway_session *first = first_alike(g, s->stem, strlen(s->stem)), *next = s->alike;

	s->alike = NULL;
	if (first == s) {
		HASH_DELETE(hh, g->by_stem, s);
		if (next)
			HASH_ADD_KEYPTR(hh, g->by_stem, next->stem, strlen(next->stem), next);
		return;
	}
	while (first->alike != s)
		first = first->alike;
	first->alike = next;
}

static bool has_outstanding(const struct gateway_session *s)
{
	const struct gateway_exchange *e;

	DL_FOREACH (s->exchanges, e)
		if (e->http)
			return true;
	return false;
}

/*
 * A client behind several proxies shows several addresses.  The id must be one
 * that was issued here; one that never changes must be long enough to be
 * unique.  Not while a request is out: that may be the same one, captured on
 * both sides of a proxy.
 */
static bool may_have_moved(const struct gateway_session *s, struct slice id)
{
	size_t stem_len = strlen(s->stem);

	if (s->ended || has_outstanding(s))
		return false;
	return id.len > stem_len ? gateway_knows(s, gateway_hash(id)) : stem_len >= 16;
}

struct gateway_session *gateway_session_find(struct gateway *g, const struct address *client, struct slice id)
{
	struct slice stem = gateway_stem(id);
	struct gateway_session *first = stem.len ? first_alike(g, (const char *)stem.ptr, stem.len) : NULL, *s;

	for (s = first; s; s = s->alike)
		if (same_client(s, client))
			return s;
	for (s = first; s; s = s->alike)
		if (may_have_moved(s, id))
			return s;
	return NULL;
}

bool gateway_is_opening(const struct gateway *g, const struct address *client)
{
	const struct gateway_session *s;

	if (g->opening == 0)
		return false;
	DL_FOREACH (g->sessions, s)
		if (!s->stem[0] && same_client(s, client))
			return true;
	return false;
}

/* --- sessions --- */

static void copy_outer(struct stream_wrapping *to, const struct stream_wrapping *from)
{
	if (!from)
		return;
	for (size_t i = 0; i < STREAM_OUTER_MAX; i++)
		to->outer[i] = from->outer[i];
}

struct gateway_session *gateway_session_new(struct gateway *g, const struct http_exchange *x)
{
	const struct stream_connection *tcp = x->connection;
	struct gateway_session *s;

	if (g->session_count >= GATEWAY_SESSIONS_MAX)
		gateway_session_drop(g, g->sessions, STREAM_END_LIMIT);
	s = memory_zalloc(sizeof(*s));
	s->connection.address[GATEWAY_CLIENT] = tcp->address[x->client_side];
	s->connection.address[GATEWAY_SERVER] = tcp->address[!x->client_side];
	s->connection.opener = -1;
	s->connection.wrapping = &s->wrapping;
	s->wrapping.transport = "http-gateway";
	copy_outer(&s->wrapping, tcp->wrapping);
	s->last_ns = g->now;
	DL_APPEND(g->sessions, s);
	g->session_count++;
	g->opening++;
	g->counters->gateway_sessions++;
	return s;
}

void gateway_session_forget(struct gateway *g, struct gateway_session *s)
{
	while (s->exchanges)
		gateway_leave(g, s->exchanges);
	gateway_set_waiting(g, s, false, 0);
	if (s->closing)
		DL_DELETE2(g->closing, s, closing_prev, closing_next);
	if (s->stem[0])
		table_remove(g, s);
	else
		g->opening--;
	DL_DELETE(g->sessions, s);
	g->session_count--;
	free(s);
}

void gateway_session_drop(struct gateway *g, struct gateway_session *s, enum stream_end why)
{
	while (gateway_force(g, s))
		;
	if (!s->ended)
		gateway_deliver_end(g, s, s->closed ? STREAM_END_FIN : s->failed ? STREAM_END_RST : why);
	gateway_session_forget(g, s);
}

static void join_extent(struct stream_connection *to, const struct stream_connection *from)
{
	if (from->first_frame < to->first_frame)
		to->first_frame = from->first_frame;
	if (from->last_frame > to->last_frame)
		to->last_frame = from->last_frame;
	if (from->start_ns < to->start_ns)
		to->start_ns = from->start_ns;
	if (from->end_ns > to->end_ns)
		to->end_ns = from->end_ns;
}

/* The exchanges of a session that turns out to be the one opened here. */
static void take_over(struct gateway *g, struct gateway_session *to, struct gateway_session *from)
{
	while (from->exchanges) {
		struct gateway_exchange *e = from->exchanges;

		DL_DELETE(from->exchanges, e);
		from->exchange_count--;
		gateway_enter(to, e);
	}
	to->bytes += from->bytes;
	from->bytes = 0;
	join_extent(&to->connection, &from->connection);
	g->counters->gateway_sessions--;
	from->ended = true;
	gateway_session_forget(g, from);
}

void gateway_session_name(struct gateway *g, struct gateway_session *s, struct slice id)
{
	struct slice stem = gateway_stem(id);
	struct gateway_session *old = first_alike(g, (const char *)stem.ptr, stem.len);

	if (stem.len == 0)
		return;
	while (old && !same_client(old, &s->connection.address[GATEWAY_CLIENT]))
		old = old->alike;
	if (old && !old->started && !old->ended)
		take_over(g, s, old);
	else if (old)
		gateway_session_drop(g, old, STREAM_END_REUSE);
	memcpy(s->stem, stem.ptr, stem.len);
	s->wrapping.gateway_session = s->stem;
	g->opening--;
	table_add(g, s);
}

/* --- time --- */

void gateway_touch(struct gateway *g, struct gateway_session *s)
{
	s->last_ns = g->now;
	DL_DELETE(g->sessions, s);
	DL_APPEND(g->sessions, s);
}

void gateway_set_waiting(struct gateway *g, struct gateway_session *s, bool waiting, int64_t since_ns)
{
	struct gateway_session *before = g->waiting ? g->waiting->wait_prev : NULL;

	if (s->waiting && (!waiting || s->deadline_ns != since_ns)) {
		DL_DELETE2(g->waiting, s, wait_prev, wait_next);
		s->waiting = false;
		before = g->waiting ? g->waiting->wait_prev : NULL;
	}
	if (!waiting || s->waiting)
		return;
	s->waiting = true;
	s->deadline_ns = since_ns;
	while (before && before->deadline_ns > since_ns)
		before = before == g->waiting ? NULL : before->wait_prev;
	if (before)
		DL_APPEND_ELEM2(g->waiting, before, s, wait_prev, wait_next);
	else
		DL_PREPEND2(g->waiting, s, wait_prev, wait_next);
}

/* Time stamps may be anything: the difference is taken without overflow. */
static bool is_over(const struct gateway *g, int64_t since_ns, int64_t seconds)
{
	return g->now > since_ns && (uint64_t)g->now - (uint64_t)since_ns > (uint64_t)(seconds * SECOND_NS);
}

/* What was sent before the gateway closed the session has come by now. */
static void end_closed(struct gateway *g)
{
	struct gateway_session *s = g->closing;

	DL_DELETE2(g->closing, s, closing_prev, closing_next);
	s->closing = false;
	if (!s->exchanges && !s->ended)
		gateway_deliver_end(g, s, STREAM_END_FIN);
}

void gateway_tick(struct gateway *g, int64_t now)
{
	if (now > g->now)
		g->now = now;
	while (g->waiting && (is_over(g, g->waiting->deadline_ns, GATEWAY_WAITING_SECONDS) || g->bytes > GATEWAY_TOTAL_MAX))
		gateway_force(g, g->waiting);
	while (g->closing && is_over(g, g->closing->closed_ns, GATEWAY_CLOSING_SECONDS))
		end_closed(g);
	while (g->sessions && is_over(g, g->sessions->last_ns, GATEWAY_IDLE_SECONDS)) {
		struct gateway_session *s = g->sessions;

		if (has_outstanding(s))
			gateway_touch(g, s);
		else
			gateway_session_drop(g, s, STREAM_END_IDLE);
	}
}
