/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/http_exchange.h"

#include <stdlib.h>
#include <utlist.h>

#include "util/memory.h"

static struct exchange *exchange_new(struct exchanges *l)
{
	struct exchange *e = memory_zalloc(sizeof(*e));

	e->x.number = ++l->shared->counters->http_exchanges;
	e->x.connection = l->connection;
	e->x.client_side = l->client_side;
	DL_APPEND(l->list, e);
	l->count++;
	return e;
}

static void exchange_free(struct exchanges *l, struct exchange *e)
{
	http_draft_free(e->request);
	http_draft_free(e->response);
	DL_DELETE(l->list, e);
	l->count--;
	free(e);
}

/* Tells what can be told by now, the request first. */
static void tell(struct exchanges *l, struct exchange *e)
{
	const struct http_consumer *k = e->consumer;

	if (e->request_part != HTTP_PART_OVER)
		return;
	if (!e->request_told && e->request && k && k->request)
		k->request(k->ctx, &e->x);
	e->request_told = true;
	if (e->response_part != HTTP_PART_OVER)
		return;
	if (e->response)
		e->x.response = &e->response->m;
	if (e->response && k && k->response)
		k->response(k->ctx, &e->x);
	if (k && k->done)
		k->done(k->ctx, &e->x);
	exchange_free(l, e);
}

/* Asks once, when the first head of the two is known. */
static void ask(struct exchanges *l, struct exchange *e)
{
	const struct http_shared *s = l->shared;

	if (e->asked)
		return;
	e->asked = true;
	for (size_t i = 0; i < HTTP_CONSUMERS; i++) {
		const struct http_consumer *k = &s->consumers[i];

		e->x.connection_user = &l->user[i];
		if (!k->wanted || !k->wanted(k->ctx, &e->x))
			continue;
		e->consumer = k;
		l->wanted[i] = true;
		s->counters->http_wanted++;
		return;
	}
}

static bool is_orphan(const struct exchange *e)
{
	return e->request_part == HTTP_PART_AWAITED;
}

/* One that nobody wants and that is not being put together any more. */
static void drop_response(struct exchange *e)
{
	if (e->consumer || e->response_part != HTTP_PART_OVER)
		return;
	http_draft_free(e->response);
	e->response = NULL;
}

/* No request comes: the response alone says whether it is wanted. */
static void orphan_over(struct exchanges *l, struct exchange *e)
{
	l->orphans--;
	e->request_part = HTTP_PART_OVER;
	if (e->response) {
		e->x.response = &e->response->m;
		ask(l, e);
		e->x.response = NULL;
	}
	drop_response(e);
	tell(l, e);
}

/* The requests of these responses were not captured, then. */
static void give_up_orphans(struct exchanges *l, unsigned leave)
{
	struct exchange *e, *next;

	DL_FOREACH_SAFE(l->list, e, next) {
		if (l->orphans <= leave)
			return;
		if (!is_orphan(e))
			continue;
		orphan_over(l, e);
	}
}

/* Too many wait: the oldest that no response has begun for counts as unanswered. */
static void limit_waiting(struct exchanges *l)
{
	struct exchange *e, *next;

	DL_FOREACH_SAFE(l->list, e, next) {
		if (l->count < HTTP_PIPELINE_MAX)
			return;
		if (e->request_part == HTTP_PART_OVER && e->response_part == HTTP_PART_AWAITED)
			exchange_response_over(l, e);
	}
}

/* A response that came before its request was captured. */
static struct exchange *find_orphan(struct exchanges *l, uint64_t frame, bool lossy)
{
	struct exchange *e, *next;

	DL_FOREACH_SAFE(l->list, e, next) {
		if (!is_orphan(e))
			continue;
		if (!lossy || frame < e->response_frame)
			return e;
		/* Behind a gap: it answers a request that was lost, and none of those that follow. */
		orphan_over(l, e);
	}
	return NULL;
}

static bool method_is(const struct http_draft *d, const char *name)
{
	return d && slice_eq_str(d->m.method, name);
}

struct exchange *exchanges_request(struct exchanges *l, struct http_draft *d, uint64_t frame, bool after_gap)
{
	struct exchange *e = find_orphan(l, frame, after_gap || l->lossy);

	if (e) {
		l->orphans--;
	} else {
		give_up_orphans(l, 0);
		limit_waiting(l);
		e = exchange_new(l);
	}
	e->request_part = d ? HTTP_PART_COMING : HTTP_PART_OVER;
	e->request = d;
	e->request_frame = frame;
	e->after_gap = after_gap;
	e->head = method_is(d, "HEAD");
	e->connect = method_is(d, "CONNECT");
	e->x.request = d ? &d->m : NULL;
	if (d)
		ask(l, e);
	if (!e->consumer) {
		http_draft_free(e->request);
		e->request = NULL;
		e->x.request = NULL;
		drop_response(e);
	}
	return e;
}

/* Requests that were sent before a response came; two may be a matter of how packets were captured. */
static void note_pipelining(struct exchanges *l, uint64_t frame)
{
	unsigned waiting = 0;
	struct exchange *e;

	if (l->lossy)
		return;
	DL_FOREACH(l->list, e)
		waiting += !is_orphan(e) && e->response_part == HTTP_PART_AWAITED && e->request_frame < frame;
	if (waiting > 2)
		l->pipelines = true;
}

struct exchange *exchanges_answered(struct exchanges *l, uint64_t frame, bool after_gap)
{
	struct exchange *e, *next, *found = NULL;

	note_pipelining(l, frame);
	bool latest = after_gap || (l->lossy && !l->pipelines);
	DL_FOREACH(l->list, e) {
		if (is_orphan(e) || e->response_part != HTTP_PART_AWAITED)
			continue;
		/* Its own response comes later; this one answers a request that was lost in front of it. */
		if ((e->after_gap || latest) && e->request_frame > frame)
			break;
		found = e;
		if (!latest)
			break;
	}
	if (!latest || !found)
		return found;
	/* The responses to those before are lost. */
	DL_FOREACH_SAFE(l->list, e, next) {
		if (e == found)
			break;
		if (!is_orphan(e) && e->response_part == HTTP_PART_AWAITED)
			exchange_response_over(l, e);
	}
	return found;
}

struct exchange *exchanges_response(struct exchanges *l, struct exchange *e, struct http_draft *d, uint64_t frame)
{
	if (!e) {
		give_up_orphans(l, HTTP_ORPHANS_MAX - 1);
		limit_waiting(l);
		e = exchange_new(l);
		l->orphans++;
	}
	e->response_part = d ? HTTP_PART_COMING : HTTP_PART_OVER;
	e->response = d;
	e->response_frame = frame;
	if (d && !is_orphan(e)) {
		e->x.response = &d->m;
		ask(l, e);
		e->x.response = NULL;
	}
	/* Of one without request the request may still come, and decides. */
	if (!e->consumer && !is_orphan(e)) {
		http_draft_free(e->response);
		e->response = NULL;
	}
	return e;
}

void exchange_request_over(struct exchanges *l, struct exchange *e)
{
	if (is_orphan(e)) {
		orphan_over(l, e);
		return;
	}
	e->request_part = HTTP_PART_OVER;
	tell(l, e);
}

void exchange_response_over(struct exchanges *l, struct exchange *e)
{
	e->response_part = HTTP_PART_OVER;
	tell(l, e);
}

bool exchanges_wanted(const struct exchanges *l)
{
	for (size_t i = 0; i < HTTP_CONSUMERS; i++)
		if (l->wanted[i])
			return true;
	return false;
}

void exchanges_end(struct exchanges *l, enum stream_end why)
{
	struct exchange *e, *next;

	DL_FOREACH_SAFE(l->list, e, next) {
		e->response_part = HTTP_PART_OVER;
		exchange_request_over(l, e);
	}
	for (size_t i = 0; i < HTTP_CONSUMERS; i++) {
		const struct http_consumer *k = &l->shared->consumers[i];

		if (l->wanted[i] && k->ended)
			k->ended(k->ctx, l->connection, l->client_side, l->user[i], why);
	}
}
