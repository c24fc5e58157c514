/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/talks.h"

#include <stdlib.h>

#include "session/talks_internal.h"

struct talks *talks_new(const struct event_sink *sink, const struct users *users)
{
	struct talks *t = memory_zalloc(sizeof(*t));

	t->sink = *sink;
	t->users = users;
	return t;
}

void talks_observe(struct talks *t, const struct event *e, const struct field *root)
{
	unsigned role = e->connection->role;

	if (e->kind != EVENT_COMMAND)
		return;
	if (role == 0 && e->form)
		role = e->form->roles;
	if (role == MSNP_SB)
		talks_observe_switchboard(t, e, root);
	else
		talks_observe_routed(t, e, root);
}

/* --- objects --- */

static struct talks_conversation *of_object(struct talks *t, const struct object *o)
{
	struct talks_conversation *c = talks_find(t, CONVERSATION_SWITCHBOARD, o->connection, SLICE_EMPTY);
	struct slice from = talks_account(o->from), to = talks_account(o->to);

	if (c)
		return c;
	bool own = talks_is_user(t, o->connection, from);
	if (!own && !talks_is_user(t, o->connection, to))
		return NULL;
	return talks_find(t, CONVERSATION_DIRECT, o->connection, own ? to : from);
}

void talks_object(struct talks *t, const struct object *o)
{
	struct talks_conversation *c = of_object(t, o);
	const struct object_step *end = o->ended.event ? &o->ended : o->last_data.event ? &o->last_data : &o->invited;
	struct talk line = {.event = end->event,
			    .time_ns = end->time_ns,
			    .nanoseconds = o->nanoseconds,
			    .kind = TALK_OBJECT,
			    .who = o->from,
			    .whom = talks_account(o->to),
			    .text = o->name,
			    .object = o};

	if (c)
		talks_tell(t, c, &line);
}

/* --- stored messages --- */

static bool was_told(const struct talks *t, const struct offline_step *step)
{
	struct talks_stored *s;

	HASH_FIND(hh, t->stored, &step->event, sizeof(step->event), s);
	return s != NULL;
}

static void tell_stored(struct talks *t, const struct offline_message *m, const struct offline_step *step, struct slice user,
			struct slice other)
{
	char with[2 * TALKS_NAME_MAX];
	size_t len = 0;
	struct talk line = {.event = step->event, .time_ns = step->time_ns, .nanoseconds = m->nanoseconds, .kind = TALK_TEXT};

	if (user.len)
		memcpy(with, user.ptr, user.len);
	len += user.len;
	with[len++] = ' ';
	/* The last byte of a key is its end. */
	other = slice_sub(other, 0, sizeof(with) - 1 - len);
	if (other.len)
		memcpy(with + len, other.ptr, other.len);
	len += other.len;
	struct talks_conversation *c = talks_get(t, CONVERSATION_OFFLINE, 0, slice_of(with, len));
	if (!c->started && user.len) {
		c->info.user = talks_keep(user);
		talks_person_add(c, user);
		talks_person_add(c, other);
	}
	line.who = m->from;
	line.text = m->text;
	line.offline = true;
	talks_tell(t, c, &line);
	if (m->refused.event && step == &m->sent) {
		struct talk failed = {.event = m->refused.event,
				      .time_ns = m->refused.time_ns,
				      .nanoseconds = m->nanoseconds,
				      .kind = TALK_FAILED,
				      .who = m->from,
				      .text = SLICE_LIT("the service refuses it"),
				      .about = step->event};
		talks_tell(t, c, &failed);
	}
}

void talks_offline(struct talks *t, const struct offline_message *m)
{
	struct slice from = talks_account(m->from), to = talks_account(m->to);
	const struct offline_step *step = m->sent.event && !was_told(t, &m->sent) ? &m->sent : &m->fetched;

	if (!m->has_text || !step->event || was_told(t, step))
		return;
	if (step == &m->sent)
		tell_stored(t, m, step, from, to);
	else
		tell_stored(t, m, step, to, from);
}

/* --- endings --- */

static struct slice end_text(const char *reason)
{
	static const struct {
		const char *reason, *text;
	} texts[] = {{"rst", "connection reset"}, {"reuse", "connection replaced"}, {"idle", "nothing came for a long time"},
		     {"limit", "given up at a limit"}, {"capture", "the capture ends"}};

	for (size_t i = 0; reason && i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(reason, texts[i].reason) == 0)
			return slice_str(texts[i].text);
	return SLICE_EMPTY;
}

void talks_connection_end(struct talks *t, const struct connection *c)
{
	struct talks_connection *n;

	HASH_FIND(hh, t->connections, &c->id, sizeof(c->id), n);
	if (!n)
		return;
	while (n->conversations) {
		struct talk line = {.time_ns = c->end_ns, .kind = TALK_CLOSED, .text = end_text(c->end_reason)};

		if (n->conversations->started)
			talks_tell(t, n->conversations, &line);
		talks_drop(t, n->conversations);
	}
	HASH_DEL(t->connections, n);
	free((void *)(uintptr_t)n->account.ptr);
	free(n);
}

static void forget_connections(struct talks *t)
{
	struct talks_connection *n, *next;

	HASH_ITER(hh, t->connections, n, next) {
		HASH_DEL(t->connections, n);
		free((void *)(uintptr_t)n->account.ptr);
		free(n);
	}
}

static void forget_marks(struct talks *t)
{
	struct talks_mark *m, *next_mark;
	struct talks_stored *s, *next_stored;

	HASH_ITER(hh, t->marks, m, next_mark) {
		HASH_DEL(t->marks, m);
		free(m);
	}
	HASH_ITER(hh, t->stored, s, next_stored) {
		HASH_DEL(t->stored, s);
		free(s);
	}
}

void talks_finish(struct talks *t)
{
	while (t->conversations)
		talks_drop(t, t->conversations);
	forget_connections(t);
	forget_marks(t);
	t->next_id = 0;
}

void talks_free(struct talks *t)
{
	if (!t)
		return;
	t->sink = (struct event_sink){0};
	talks_finish(t);
	buffer_free(&t->scratch);
	free(t);
}
