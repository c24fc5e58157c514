/* SPDX-License-Identifier: BSD-2-Clause */
#include "timeline/filter_sink.h"

#include <stdlib.h>

#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* A connection that the consumer knows and that has not ended. */
struct shown_connection {
	uint64_t id;
	UT_hash_handle hh;
};

void filter_sink_init(struct filter_sink *s, const struct filter *filter, const struct event_sink *inner)
{
	*s = (struct filter_sink){.filter = filter, .inner = *inner};
}

static void forget(struct filter_sink *s, struct shown_connection *c)
{
	HASH_DEL(s->shown, c);
	free(c);
}

void filter_sink_free(struct filter_sink *s)
{
	struct shown_connection *c, *next;

	HASH_ITER(hh, s->shown, c, next)
		forget(s, c);
}

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct filter_sink *s = ctx;

	if (s->inner.capture)
		s->inner.capture(s->inner.ctx, c);
}

static void show_connection(struct filter_sink *s, const struct connection *n)
{
	struct shown_connection *c;

	HASH_FIND(hh, s->shown, &n->id, sizeof(n->id), c);
	if (c)
		return;
	c = memory_zalloc(sizeof(*c));
	c->id = n->id;
	HASH_ADD(hh, s->shown, id, sizeof(c->id), c);
	s->connections++;
	if (s->inner.connection_start)
		s->inner.connection_start(s->inner.ctx, n);
}

static void on_event(void *ctx, const struct event *e)
{
	struct filter_sink *s = ctx;

	if (!filter_matches(s->filter, e))
		return;
	show_connection(s, e->connection);
	s->events++;
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		s->findings[f->rule->severity]++;
	if (s->inner.event)
		s->inner.event(s->inner.ctx, e);
}

static void on_connection_end(void *ctx, const struct connection *n)
{
	struct filter_sink *s = ctx;
	struct shown_connection *c;

	HASH_FIND(hh, s->shown, &n->id, sizeof(n->id), c);
	if (!c)
		return;
	forget(s, c);
	if (s->inner.connection_end)
		s->inner.connection_end(s->inner.ctx, n);
}

static void on_notice(void *ctx, const struct notice *n)
{
	struct filter_sink *s = ctx;

	if (s->inner.notice)
		s->inner.notice(s->inner.ctx, n);
}

static void on_summary(void *ctx, const struct summary *all)
{
	struct filter_sink *s = ctx;
	struct summary shown = {all->packets, s->events, s->connections, {s->findings[0], s->findings[1], s->findings[2]}};

	if (s->inner.summary)
		s->inner.summary(s->inner.ctx, &shown);
}

struct event_sink filter_sink(struct filter_sink *s)
{
	return (struct event_sink){
		.capture = on_capture,
		.event = on_event,
		.connection_end = on_connection_end,
		.notice = on_notice,
		.summary = on_summary,
		.ctx = s,
	};
}
