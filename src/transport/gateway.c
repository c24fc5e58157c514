/* SPDX-License-Identifier: BSD-2-Clause */
/* The gateway's exchanges as they come in. */
#include "transport/gateway.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <utlist.h>

#include "transport/gateway_session.h"

struct gateway *gateway_new(const struct transport_options *options, const struct transport_consumer *consumer,
			    struct transport_counters *counters)
{
	struct gateway *g = memory_zalloc(sizeof(*g));

	g->options = *options;
	g->consumer = *consumer;
	g->counters = counters;
	g->now = INT64_MIN;
	return g;
}

bool gateway_wants(const struct http_exchange *x)
{
	if (x->request)
		return gateway_is_request(x->request);
	return x->response && gateway_is_response(x->response);
}

/* --- requests --- */

static void copy_text(char *to, size_t size, struct slice text)
{
	text = slice_sub(text, 0, size - 1);
	if (text.len)
		memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
}

/* The address in IP=, when it is one. */
static struct address read_address(const char *text)
{
	struct address a = {{0}, 0, 0};

	if (inet_pton(AF_INET, text, a.ip) == 1)
		a.version = 4;
	else if (inet_pton(AF_INET6, text, a.ip) == 1)
		a.version = 6;
	return a;
}

/* What the open request says of the session. */
static void note_open(struct gateway_session *s, const struct gateway_query *q)
{
	struct stream_wrapping *w = &s->wrapping;

	s->opened = true;
	s->connection.opener = GATEWAY_CLIENT;
	if (q->server.len)
		w->gateway_server = slice_case_eq(q->server, SLICE_LIT("NS")) ? "NS" : "SB";
	if (q->ip.len == 0 || q->ip.len > GATEWAY_NAME_MAX)
		return;
	copy_text(s->name, sizeof(s->name), q->ip);
	w->target_name = s->name;
	w->target = read_address(s->name);
}

/* The session reaches over this message. */
static void note_message(struct gateway_session *s, const struct http_message *m)
{
	struct stream_connection *c = &s->connection;
	uint64_t first = m->frame_count ? m->frames[0] : 0, last = m->frame_count ? m->frames[m->frame_count - 1] : 0;
	bool fresh = c->last_frame == 0;

	if (fresh || first < c->first_frame)
		c->first_frame = first;
	if (last > c->last_frame)
		c->last_frame = last;
	if (fresh || m->start_ns < c->start_ns)
		c->start_ns = m->start_ns;
	if (fresh || m->end_ns > c->end_ns)
		c->end_ns = m->end_ns;
}

/* The session of a request; a new one where it opens one or nobody knows its id. */
static struct gateway_session *session_of_request(struct gateway *g, const struct http_exchange *x,
						  const struct gateway_query *q)
{
	const struct address *client = &x->connection->address[x->client_side];
	struct gateway_session *s = gateway_stem(q->id).len ? gateway_session_find(g, client, q->id) : NULL;

	if (s)
		return s;
	s = gateway_session_new(g, x);
	if (gateway_stem(q->id).len)
		gateway_session_name(g, s, q->id);
	else
		note_open(s, q);
	return s;
}

/* Too many are out: of one that is linked, only the response may still come, and finds its session by itself. */
static void limit_exchanges(struct gateway *g, struct gateway_session *s)
{
	while (s->exchange_count > GATEWAY_EXCHANGES_MAX)
		if (!gateway_force(g, s))
			gateway_leave(g, s->exchanges);
	while (s->bytes > GATEWAY_WAITING_MAX && gateway_force(g, s))
		;
}

static void run(struct gateway *g, struct gateway_session *s)
{
	gateway_run(g, s);
	limit_exchanges(g, s);
}

static struct gateway_exchange *exchange_new(struct gateway *g, struct http_exchange *x)
{
	struct gateway_exchange *e = memory_zalloc(sizeof(*e));

	e->http = x;
	e->number = x->number;
	e->since_ns = g->now;
	e->wordless = !x->request;
	x->user = e;
	return e;
}

/* An exchange is first heard of: by its request, or by a response that came before that was complete. */
static struct gateway_exchange *begin(struct gateway *g, struct http_exchange *x)
{
	struct gateway_exchange *e = exchange_new(g, x);
	struct gateway_query q = gateway_query_read(x->request->query);
	struct gateway_session *s = session_of_request(g, x, &q);

	copy_text(e->used, sizeof(e->used), q.id);
	e->used_hash = gateway_hash(q.id);
	e->opens = gateway_stem(q.id).len == 0;
	e->start_ns = x->request->start_ns;
	e->late = s->failed || s->ended || (s->closed && e->start_ns > s->closed_ns);
	gateway_enter(s, e);
	return e;
}

void gateway_request(struct gateway *g, struct http_exchange *x)
{
	struct gateway_exchange *e = x->user;

	if (!x->request)
		return;
	gateway_tick(g, x->request->end_ns);
	if (!e)
		e = begin(g, x);
	if (!e->session)
		return;
	gateway_part_read(&e->part[GATEWAY_CLIENT], x->request, x->number, true);
	note_message(e->session, x->request);
	gateway_touch(g, e->session);
	run(g, e->session);
}

/* --- responses --- */

/* A response without its request, or whose session has ended meanwhile. */
static void begin_wordless(struct gateway *g, struct http_exchange *x, struct gateway_exchange *e,
			   const struct gateway_answer *a)
{
	const struct address *client = &x->connection->address[x->client_side];
	struct gateway_session *s = gateway_stem(a->id).len ? gateway_session_find(g, client, a->id) : NULL;

	if (!s) {
		s = gateway_session_new(g, x);
		gateway_session_name(g, s, a->id);
	}
	memset(e->part, 0, sizeof(e->part));
	e->wordless = true;
	e->opens = e->linked = false;
	e->used_hash = 0;
	e->used[0] = '\0';
	e->late = s->ended;
	e->start_ns = x->response->start_ns;
	gateway_enter(s, e);
}

/* Tells when the session has gone to another machine. */
static void follow(struct gateway *g, struct gateway_session *s, const struct gateway_exchange *e, const char *what,
		   struct slice value, uint64_t *latest)
{
	uint64_t hash = gateway_hash(value);

	if (hash == 0 || hash == *latest)
		return;
	if (*latest)
		gateway_tell(g, s, GATEWAY_MOVED, e, GATEWAY_SERVER, "%s %.*s", what,
			     (int)(value.len < GATEWAY_NAME_MAX ? value.len : GATEWAY_NAME_MAX), (const char *)value.ptr);
	*latest = hash;
}

static void tell_error(struct gateway *g, const struct gateway_exchange *e, const struct http_message *m)
{
	struct slice reason = slice_sub(m->reason, 0, GATEWAY_NAME_MAX);

	if (e->good || e->late)
		return;
	if (e->status == 200)
		gateway_tell(g, e->session, GATEWAY_HTTP_ERROR, e, GATEWAY_SERVER,
			     "200 without X-MSN-Messenger, %zu bytes that are not the gateway's", m->body.len);
	else
		gateway_tell(g, e->session, GATEWAY_HTTP_ERROR, e, GATEWAY_SERVER, "%d %.*s", e->status, (int)reason.len,
			     reason.len ? (const char *)reason.ptr : "");
}

static void take_answer(struct gateway *g, struct gateway_exchange *e, const struct http_message *m,
			const struct gateway_answer *a)
{
	struct gateway_session *s = e->session;

	e->status = m->status;
	e->good = a->good;
	e->closes = a->good && a->closes;
	gateway_part_read(&e->part[GATEWAY_SERVER], m, e->http ? e->http->number : 0, a->good);
	note_message(s, m);
	if (a->good && !s->stem[0])
		gateway_session_name(g, s, a->id);
	if (a->good)
		e->issued_hash = gateway_hash(a->id);
	if (e->used_hash && e->issued_hash && e->used_hash != e->issued_hash)
		s->changing = true;
	if (!e->late)
		s->failed = !a->good && e->status != 407;
}

/* An answer of a session already known whose request is not in the capture. */
static void tell_lost_request(struct gateway *g, const struct gateway_exchange *e)
{
	struct gateway_session *s = e->session;

	if (!s->started || e->late)
		return;
	gateway_tell(g, s, GATEWAY_CHAIN_GAP, e, GATEWAY_SERVER, "the request of an answer is not in the capture");
	gateway_deliver_gap(g, s, GATEWAY_CLIENT, STREAM_GAP_UNKNOWN, &e->part[GATEWAY_SERVER].origin);
}

void gateway_response(struct gateway *g, struct http_exchange *x)
{
	struct gateway_exchange *e = x->user;
	struct gateway_answer a;

	if (!x->response)
		return;
	gateway_tick(g, x->response->end_ns);
	a = gateway_answer_read(x->response);
	if (!e && x->request)
		e = begin(g, x);
	if (!e)
		e = exchange_new(g, x);
	if (!e->session)
		begin_wordless(g, x, e, &a);
	take_answer(g, e, x->response, &a);
	gateway_touch(g, e->session);
	if (!x->request)
		tell_lost_request(g, e);
	run(g, e->session);
	if (!e->session)
		return;
	tell_error(g, e, x->response);
	follow(g, e->session, e, "GW-IP", a.gw_ip, &e->session->gw_ip_hash);
	follow(g, e->session, e, "X-MSN-Host", a.host, &e->session->host_hash);
	if (e->closes && !e->late)
		gateway_tell(g, e->session, GATEWAY_CLOSED, e, GATEWAY_SERVER, "Session=close");
}

/* --- the end of exchanges --- */

static void tell_unanswered(struct gateway *g, struct gateway_session *s, const struct gateway_exchange *e,
			    const struct http_exchange *x)
{
	const struct stream_connection *tcp = x->connection;
	size_t len = x->request ? x->request->body.len : 0;

	if (e->late)
		return;
	if (len)
		gateway_tell(g, s, GATEWAY_UNANSWERED, e, GATEWAY_CLIENT, "request with %zu bytes", len);
	else
		gateway_tell(g, s, GATEWAY_UNANSWERED, e, GATEWAY_CLIENT, "request without bytes");
	/* A client that hung up first did not want the answer. */
	if (!tcp->fin[x->client_side] || tcp->lost[!x->client_side])
		s->answer_lost = true;
}

static void count_poll(struct gateway *g, struct gateway_session *s, const struct gateway_exchange *e,
		       const struct http_exchange *x)
{
	if (!x->request || !e->good || e->opens || e->late || x->request->body.len || x->response->body.len)
		return;
	g->counters->gateway_polls++;
	s->wrapping.polls++;
	if (g->options.polls)
		gateway_tell(g, s, GATEWAY_POLL, e, GATEWAY_SERVER, "nothing either way");
}

void gateway_done(struct gateway *g, struct http_exchange *x)
{
	struct gateway_exchange *e = x->user;
	struct gateway_session *s = e ? e->session : NULL;

	x->user = NULL;
	if (!s) {
		free(e);
		return;
	}
	e->unanswered = !e->part[GATEWAY_SERVER].present;
	gateway_run(g, s);
	if (e->unanswered)
		tell_unanswered(g, s, e, x);
	else
		count_poll(g, s, e, x);
	e->http = NULL;
	for (int i = 0; i < STREAM_SIDES; i++)
		gateway_part_keep(g, s, &e->part[i]);
	run(g, s);
	if (!s->stem[0]) /* no id will come any more */
		gateway_session_drop(g, s, STREAM_END_RST);
}

static int by_first_frame(const void *a, const void *b)
{
	const struct gateway_session *const *s = a, *const *t = b;
	uint64_t first[2] = {(*s)->connection.first_frame, (*t)->connection.first_frame};

	return first[0] < first[1] ? -1 : first[0] > first[1];
}

void gateway_finish(struct gateway *g)
{
	struct gateway_session **all = memory_alloc((g->session_count + 1) * sizeof(struct gateway_session *)), *s;
	size_t count = 0;

	DL_FOREACH (g->sessions, s)
		all[count++] = s;
	qsort(all, count, sizeof(struct gateway_session *), by_first_frame);
	for (size_t i = 0; i < count; i++)
		gateway_session_drop(g, all[i], STREAM_END_CAPTURE);
	free(all);
}

void gateway_free(struct gateway *g)
{
	while (g->sessions)
		gateway_session_forget(g, g->sessions);
	free(g);
}
