/* SPDX-License-Identifier: BSD-2-Clause */
#include "timeline/filter_sink.h"

#include <stdlib.h>

#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* A connection or session that the consumer knows. */
struct shown {
	uint64_t id;
	UT_hash_handle hh;
};

void filter_sink_init(struct filter_sink *s, const struct filter *filter, const struct event_sink *inner)
{
	*s = (struct filter_sink){.filter = filter, .inner = *inner};
}

/* --- sets of ids --- */

static struct shown *find(struct shown *set, uint64_t id)
{
	struct shown *c;

	HASH_FIND(hh, set, &id, sizeof(id), c);
	return c;
}

/* True when it was not there. */
static bool add(struct shown **set, uint64_t id)
{
	if (find(*set, id))
		return false;
	struct shown *c = memory_zalloc(sizeof(*c));
	c->id = id;
	HASH_ADD(hh, *set, id, sizeof(c->id), c);
	return true;
}

/* True when it was there. */
static bool forget(struct shown **set, uint64_t id)
{
	struct shown *c = find(*set, id);

	if (!c)
		return false;
	HASH_DEL(*set, c);
	free(c);
	return true;
}

static void forget_all(struct shown **set)
{
	struct shown *c, *next;

	HASH_ITER(hh, *set, c, next) {
		HASH_DEL(*set, c);
		free(c);
	}
}

void filter_sink_end_file(struct filter_sink *s)
{
	forget_all(&s->connections);
	forget_all(&s->sessions);
	s->last_event = 0;
}

void filter_sink_free(struct filter_sink *s)
{
	filter_sink_end_file(s);
}

/* --- events --- */

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct filter_sink *s = ctx;

	if (s->inner.capture)
		s->inner.capture(s->inner.ctx, c);
}

static void on_event(void *ctx, const struct event *e)
{
	struct filter_sink *s = ctx;

	if (!filter_matches(s->filter, e))
		return;
	if (add(&s->connections, e->connection->id)) {
		s->summary.connections++;
		if (s->inner.connection_start)
			s->inner.connection_start(s->inner.ctx, e->connection);
	}
	if (e->session)
		add(&s->sessions, e->session);
	s->last_event = e->id;
	s->summary.events++;
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		s->summary.findings[f->rule->severity]++;
	if (s->inner.event)
		s->inner.event(s->inner.ctx, e);
}

static void on_connection_end(void *ctx, const struct connection *n)
{
	struct filter_sink *s = ctx;

	if (forget(&s->connections, n->id) && s->inner.connection_end)
		s->inner.connection_end(s->inner.ctx, n);
}

static void on_notice(void *ctx, const struct notice *n)
{
	struct filter_sink *s = ctx;

	if (s->inner.notice)
		s->inner.notice(s->inner.ctx, n);
}

static void on_capture_end(void *ctx, const struct capture_totals *t)
{
	struct filter_sink *s = ctx;

	if (s->inner.capture_end)
		s->inner.capture_end(s->inner.ctx, t);
}

/* --- what is made of several events --- */

/* Nobody knows yet whether the object will be wanted. */
static void on_object_data(void *ctx, const struct object *o, uint64_t offset, struct slice data)
{
	struct filter_sink *s = ctx;

	if (s->inner.object_data)
		s->inner.object_data(s->inner.ctx, o, offset, data);
}

static void on_object(void *ctx, const struct object *o)
{
	struct filter_sink *s = ctx;
	bool wanted = s->last_event && (o->ended.event == s->last_event || o->last_data.event == s->last_event);

	if (wanted && s->inner.object)
		s->inner.object(s->inner.ctx, o);
}

static void on_user_session(void *ctx, const struct user_session *u)
{
	struct filter_sink *s = ctx;

	if (find(s->sessions, u->id) && s->inner.user_session)
		s->inner.user_session(s->inner.ctx, u);
}

static void on_user_session_so_far(void *ctx, const struct user_session *u)
{
	struct filter_sink *s = ctx;

	if (find(s->sessions, u->id))
		s->inner.user_session_so_far(s->inner.ctx, u);
}

static void on_talk(void *ctx, const struct talk *t)
{
	struct filter_sink *s = ctx;

	if (!t->event || t->event != s->last_event)
		return;
	if (s->inner.talk)
		s->inner.talk(s->inner.ctx, t);
}

static void on_conversation_start(void *ctx, const struct conversation_info *c)
{
	struct filter_sink *s = ctx;

	if (s->inner.conversation_start)
		s->inner.conversation_start(s->inner.ctx, c);
}

static void on_conversation_end(void *ctx, const struct conversation_info *c)
{
	struct filter_sink *s = ctx;

	if (s->inner.conversation_end)
		s->inner.conversation_end(s->inner.ctx, c);
}

struct event_sink filter_sink(struct filter_sink *s)
{
	return (struct event_sink){
		.capture = on_capture,
		.event = on_event,
		.connection_end = on_connection_end,
		.notice = on_notice,
		.capture_end = on_capture_end,
		.object_data = on_object_data,
		.object = on_object,
		.user_session = on_user_session,
		.user_session_so_far = s->inner.user_session_so_far ? on_user_session_so_far : NULL,
		.conversation_start = on_conversation_start,
		.talk = on_talk,
		.conversation_end = on_conversation_end,
		.ctx = s,
	};
}
