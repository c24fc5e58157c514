/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversations and connections that are followed, and who takes part. */
#include <stdlib.h>

#include "session/talks_internal.h"
#include "util/utf8.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

uint64_t talks_hash(uint64_t hash, struct slice s)
{
	hash ^= 0xcbf29ce484222325u;
	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ lower(s.ptr[i])) * 0x100000001b3u;
	return hash ? hash : 1;
}

struct slice talks_keep(struct slice s)
{
	s = utf8_cut(s, TALKS_NAME_MAX);
	return s.len ? slice_of(memcpy(memory_alloc(s.len), s.ptr, s.len), s.len) : SLICE_EMPTY;
}

static void drop_text(struct slice *s)
{
	free((void *)(uintptr_t)s->ptr);
	*s = SLICE_EMPTY;
}

struct slice talks_account(struct slice account)
{
	return utf8_cut(slice_sub(account, 0, slice_find_byte(account, ';')), TALKS_NAME_MAX);
}

/* --- connections --- */

struct talks_connection *talks_connection(struct talks *t, uint64_t id)
{
	struct talks_connection *n;

	HASH_FIND(hh, t->connections, &id, sizeof(id), n);
	if (n)
		return n;
	n = memory_zalloc(sizeof(*n));
	n->id = id;
	HASH_ADD(hh, t->connections, id, sizeof(n->id), n);
	return n;
}

void talks_learn_user(struct talks *t, uint64_t connection, struct slice account)
{
	struct talks_connection *n = talks_connection(t, connection);

	if (n->account.len == 0)
		n->account = talks_keep(talks_account(account));
}

struct slice talks_user(struct talks *t, uint64_t connection)
{
	struct talks_connection *n;

	HASH_FIND(hh, t->connections, &connection, sizeof(connection), n);
	if (n && n->account.len)
		return n->account;
	uint64_t session = t->users ? users_session(t->users, connection) : 0;
	return session ? talks_account(users_account(t->users, session)) : SLICE_EMPTY;
}

bool talks_is_user(struct talks *t, uint64_t connection, struct slice account)
{
	struct slice user = talks_user(t, connection);

	return user.len && slice_case_eq(user, account);
}

/* --- people --- */

struct talks_person *talks_person(struct talks_conversation *c, struct slice account)
{
	for (size_t i = 0; i < c->info.participant_count; i++)
		if (slice_case_eq(c->people[i]->account, account))
			return c->people[i];
	return NULL;
}

struct talks_person *talks_person_add(struct talks_conversation *c, struct slice account)
{
	struct talks_person *p = talks_person(c, account);

	if (p || account.len == 0)
		return p;
	if (c->info.participant_count == CONVERSATION_PARTICIPANTS_MAX) {
		c->info.participants_omitted++;
		return NULL;
	}
	p = memory_zalloc(sizeof(*p));
	c->people[c->info.participant_count] = p;
	p->account = talks_keep(account);
	p->told = true;
	c->info.participants[c->info.participant_count++] = p->account;
	return p;
}

/* --- conversations --- */

static struct talks_key make_key(enum conversation_kind kind, uint64_t connection, struct slice with)
{
	struct talks_key key;

	memset(&key, 0, sizeof(key));
	key.connection = connection;
	key.kind = kind;
	for (size_t i = 0; i < with.len && i < sizeof(key.with) - 1; i++)
		key.with[i] = (char)lower(with.ptr[i]);
	return key;
}

struct talks_conversation *talks_find(struct talks *t, enum conversation_kind kind, uint64_t connection, struct slice with)
{
	struct talks_key key = make_key(kind, connection, with);
	struct talks_conversation *c;

	HASH_FIND(hh, t->conversations, &key, sizeof(key), c);
	return c;
}

struct talks_conversation *talks_get(struct talks *t, enum conversation_kind kind, uint64_t connection, struct slice with)
{
	struct talks_conversation *c = talks_find(t, kind, connection, with);

	if (c)
		return c;
	if (HASH_COUNT(t->conversations) == TALKS_MAX)
		talks_drop(t, t->conversations);
	c = memory_zalloc(sizeof(*c));
	c->key = make_key(kind, connection, with);
	c->info.kind = kind;
	c->info.connection = connection;
	c->waits = kind == CONVERSATION_CIRCLE;
	if (kind == CONVERSATION_CIRCLE || kind == CONVERSATION_GROUP)
		c->info.group = talks_keep(with);
	if (connection) {
		c->on = talks_connection(t, connection);
		c->next_on = c->on->conversations;
		if (c->next_on)
			c->next_on->before_on = c;
		c->on->conversations = c;
		talks_person_add(c, talks_user(t, connection));
	}
	HASH_ADD(hh, t->conversations, key, sizeof(c->key), c);
	return c;
}

static void take_off(struct talks_conversation *c)
{
	if (c->next_on)
		c->next_on->before_on = c->before_on;
	if (c->before_on)
		c->before_on->next_on = c->next_on;
	else
		c->on->conversations = c->next_on;
	for (size_t i = 0; i < TALKS_DEEDS_MAX; i++)
		if (c->on->deeds[i].conversation == c)
			c->on->deeds[i].conversation = NULL;
}

void talks_drop(struct talks *t, struct talks_conversation *c)
{
	if (c->started && t->sink.conversation_end)
		t->sink.conversation_end(t->sink.ctx, &c->info);
	if (c->on)
		take_off(c);
	HASH_DEL(t->conversations, c);
	for (size_t i = 0; i < c->info.participant_count; i++) {
		drop_text(&c->people[i]->account);
		drop_text(&c->people[i]->name);
		free(c->people[i]);
	}
	drop_text(&c->info.user);
	drop_text(&c->info.group);
	drop_text(&c->info.switchboard_session);
	free(c);
}
