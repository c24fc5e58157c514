/* SPDX-License-Identifier: BSD-2-Clause */
/* Hands each call of a sink on to the store, and, with the store locked, to the collector of statistics. */
#include "tui/model.h"

#include <stdlib.h>

#include "util/memory.h"

struct tui_model *tui_model_new(void)
{
	struct tui_model *m = memory_zalloc(sizeof(*m));

	m->store = store_new(0);
	m->stats = stats_new();
	m->inner[0] = store_sink(m->store);
	m->inner[1] = stats_sink(m->stats);
	return m;
}

void tui_model_free(struct tui_model *m)
{
	if (!m)
		return;
	store_free(m->store);
	stats_free(m->stats);
	free(m);
}

/* The store locks for itself. */
#define HAND_ON(member, argument) \
	do { \
		const struct tui_model *m = ctx; \
		const struct event_sink *store = &m->inner[0], *stats = &m->inner[1]; \
\
		if (store->member) \
			store->member(store->ctx, argument); \
		if (!stats->member) \
			break; \
		store_lock(m->store); \
		stats->member(stats->ctx, argument); \
		store_unlock(m->store); \
	} while (0)

static void on_capture(void *ctx, const struct capture_info *c)
{
	HAND_ON(capture, c);
}

static void on_connection_start(void *ctx, const struct connection *c)
{
	HAND_ON(connection_start, c);
}

static void on_event(void *ctx, const struct event *e)
{
	HAND_ON(event, e);
}

static void on_connection_end(void *ctx, const struct connection *c)
{
	HAND_ON(connection_end, c);
}

static void on_notice(void *ctx, const struct notice *n)
{
	HAND_ON(notice, n);
}

static void on_offline_message(void *ctx, const struct offline_message *o)
{
	HAND_ON(offline_message, o);
}

static void on_object_data(void *ctx, const struct object *o, uint64_t offset, struct slice data)
{
	const struct tui_model *m = ctx;

	m->inner[0].object_data(m->inner[0].ctx, o, offset, data);
}

static void on_object(void *ctx, const struct object *o)
{
	HAND_ON(object, o);
}

static void on_user_session(void *ctx, const struct user_session *s)
{
	HAND_ON(user_session, s);
}

static void on_user_session_so_far(void *ctx, const struct user_session *s)
{
	HAND_ON(user_session_so_far, s);
}

static void on_conversation_start(void *ctx, const struct conversation_info *c)
{
	HAND_ON(conversation_start, c);
}

static void on_talk(void *ctx, const struct talk *t)
{
	HAND_ON(talk, t);
}

static void on_conversation_end(void *ctx, const struct conversation_info *c)
{
	HAND_ON(conversation_end, c);
}

static void on_capture_end(void *ctx, const struct capture_totals *t)
{
	HAND_ON(capture_end, t);
}

static void on_summary(void *ctx, const struct summary *s)
{
	HAND_ON(summary, s);
}

struct event_sink tui_model_sink(struct tui_model *m)
{
	return (struct event_sink){
		.capture = on_capture,
		.connection_start = on_connection_start,
		.event = on_event,
		.connection_end = on_connection_end,
		.notice = on_notice,
		.offline_message = on_offline_message,
		.object_data = on_object_data,
		.object = on_object,
		.user_session = on_user_session,
		.user_session_so_far = on_user_session_so_far,
		.conversation_start = on_conversation_start,
		.talk = on_talk,
		.conversation_end = on_conversation_end,
		.capture_end = on_capture_end,
		.summary = on_summary,
		.ctx = m,
	};
}
