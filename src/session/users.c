/* SPDX-License-Identifier: BSD-2-Clause */
/* User sessions: what is known of them, and what is counted. */
#include "session/users.h"

#include <stdlib.h>

#include <utlist.h>

#include "session/users_internal.h"
#include "util/utf8.h"

struct users *users_new(const struct event_sink *sink)
{
	struct users *u = memory_zalloc(sizeof(*u));

	u->sink = *sink;
	u->tokens.max = USERS_TOKENS_MAX;
	u->index.max = USERS_INDEX_MAX;
	return u;
}

/* --- texts and hashes --- */

void users_drop(struct slice *s)
{
	free((void *)(uintptr_t)s->ptr);
	*s = SLICE_EMPTY;
}

void users_keep(struct slice *kept, struct slice s)
{
	uint8_t *copy;

	s = utf8_cut(s, USERS_TEXT_MAX);
	if (slice_eq(*kept, s))
		return;
	copy = s.len ? memcpy(memory_alloc(s.len), s.ptr, s.len) : NULL;
	users_drop(kept);
	*kept = slice_of(copy, s.len);
}

/* FNV-1a */
static uint64_t hash_bytes(uint64_t hash, const uint8_t *bytes, size_t len, bool fold)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t c = bytes[i];

		hash = (hash ^ (fold && c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c)) * 0x100000001b3u;
	}
	return hash;
}

static uint64_t hash_start(enum users_key kind)
{
	return (0xcbf29ce484222325u ^ (uint64_t)kind) * 0x100000001b3u;
}

uint64_t users_hash(enum users_key kind, struct slice s, bool fold)
{
	uint64_t hash = hash_bytes(hash_start(kind), s.ptr, s.len, fold);

	return hash ? hash : 1;
}

uint64_t users_hash_account(struct slice account)
{
	account = users_account_part(account);
	return account.len ? users_hash(KEY_ACCOUNT, account, true) : 0;
}

uint64_t users_hash_host(enum users_key kind, const struct address *a)
{
	uint64_t hash = hash_bytes(hash_start(kind), a->ip, sizeof(a->ip), false);

	return hash ? hash : 1;
}

bool users_same_host(const struct address *a, const struct address *b)
{
	return a->version == b->version && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

struct slice users_account_part(struct slice s)
{
	return slice_sub(s, 0, slice_find_byte(s, ';'));
}

struct slice users_endpoint_part(struct slice s)
{
	return slice_sub(s, slice_find_byte(s, ';') + 1, s.len);
}

const struct field *users_field(const struct field *parent, enum field_id id)
{
	const struct field *f = parent ? field_child(parent, &field_defs[id]) : NULL;

	return f && (f->has_value || f->def->type == FIELD_BRANCH || f->def->type == FIELD_DICT) ? f : NULL;
}

struct slice users_text(const struct field *parent, enum field_id id)
{
	const struct field *f = users_field(parent, id);

	return f && (f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES) ? f->value.text : SLICE_EMPTY;
}

/* --- sessions --- */

struct users_session *users_find(const struct users *u, uint64_t session)
{
	struct users_session *s = u->by_id[session % USERS_MAX];

	return s && s->record.id == session ? s : NULL;
}

static void session_free(struct users *u, struct users_session *s)
{
	struct user_session *r = &s->record;

	DL_DELETE2(u->sessions, s, previous, next);
	u->by_id[r->id % USERS_MAX] = NULL;
	u->roster_bytes -= s->roster_bytes;
	roster_free(s->roster);
	users_drop(&r->user);
	users_drop(&r->endpoint);
	users_drop(&r->name);
	users_drop(&r->client);
	users_drop(&r->client_version);
	users_drop(&r->os);
	users_drop(&r->end_text);
	free(s);
}

/* The record as it stands; its texts are the session's. */
static struct user_session record_of(const struct users_session *s)
{
	struct user_session r = s->record;
	struct slice name = roster_own_name(s->roster);

	r.roster = roster_view(s->roster);
	if (name.len)
		r.name = utf8_cut(name, USERS_TEXT_MAX);
	r.began_before = !s->began;
	return r;
}

static void hand_over(struct users *u, struct users_session *s)
{
	struct user_session r = record_of(s);

	if (u->sink.user_session)
		u->sink.user_session(u->sink.ctx, &r);
	session_free(u, s);
}

static void tell_so_far(struct users *u, struct users_session *s)
{
	struct user_session r = record_of(s);

	if (!s->ended && s->last_ns > r.end_ns)
		r.end_ns = s->last_ns;
	u->sink.user_session_so_far(u->sink.ctx, &r);
	s->changed = false;
}

void users_so_far(struct users *u)
{
	struct users_session *s;

	if (!u->sink.user_session_so_far)
		return;
	DL_FOREACH2(u->sessions, s, next)
		if (s->changed)
			tell_so_far(u, s);
}

/* At a limit; what comes later belongs to no session. */
static void give_way(struct users *u, struct users_session *s)
{
	if (!s->ended && !s->end_known)
		s->record.end = SESSION_END_LOST;
	hand_over(u, s);
}

static void count_roster(struct users *u, struct users_session *s)
{
	size_t bytes = roster_bytes(s->roster);

	u->roster_bytes += bytes - s->roster_bytes;
	s->roster_bytes = bytes;
}

/* Keeps the session, and room for some more. */
static void make_room(struct users *u, const struct users_session *keep)
{
	struct users_session *s, *next_session;

	for (int ended = 1; ended >= 0; ended--) {
		DL_FOREACH_SAFE2(u->sessions, s, next_session, next) {
			if (u->roster_bytes <= USERS_ROSTERS_MAX / 8 * 7)
				return;
			if (s != keep && (!ended || s->ended))
				give_way(u, s);
		}
	}
}

static void add_index(struct users *u, uint64_t key, const struct users_session *s)
{
	users_map_add(&u->index, key)->session = s->record.id;
}

struct users_session *users_begin(struct users *u, const struct users_connection *c)
{
	struct users_session *s = memory_zalloc(sizeof(*s));

	s->record.id = ++u->next_session;
	struct users_session **place = &u->by_id[s->record.id % USERS_MAX];
	if (*place)
		give_way(u, *place);
	*place = s;
	s->record.start_ns = c->start_ns;
	s->record.end_ns = c->last_ns;
	s->record.end = SESSION_END_CAPTURE;
	s->host = c->client;
	s->changed = true;
	s->roster = roster_new();
	count_roster(u, s);
	DL_APPEND2(u->sessions, s, previous, next);
	add_index(u, users_hash_host(KEY_HOST, &c->client), s);
	return s;
}

void users_learn_account(struct users *u, struct users_session *s, struct slice account, bool certain)
{
	uint64_t hash = users_hash_account(account);

	if (!hash || (s->account && s->account != hash && (s->account_certain || !certain)))
		return;
	s->account_certain |= certain;
	if (s->account == hash)
		return;
	s->account = hash;
	s->changed = true;
	users_keep(&s->record.user, users_account_part(account));
	add_index(u, hash, s);
}

void users_learn_endpoint(struct users_session *s, struct slice endpoint)
{
	if (!endpoint.len || s->record.endpoint.len)
		return;
	users_keep(&s->record.endpoint, endpoint);
	s->changed = true;
}

bool users_near(const struct users_session *s, int64_t time_ns)
{
	if (time_ns < s->record.start_ns)
		return s->record.start_ns - time_ns <= USERS_NEAR_NS;
	return !s->ended || time_ns <= s->record.end_ns || time_ns - s->record.end_ns <= USERS_NEAR_NS;
}

/* --- counting --- */

void users_tally_add(struct users_session *s, const struct users_tally *t)
{
	struct user_session *r = &s->record;

	if (t->events == 0)
		return;
	s->changed = true;
	r->events += t->events;
	for (size_t i = 0; i < 3; i++)
		r->findings[i] += t->findings[i];
	r->messages_sent += t->sent;
	r->messages_received += t->received;
	if (!r->first_event || t->first_event < r->first_event)
		r->first_event = t->first_event;
	if (t->last_event > r->last_event)
		r->last_event = t->last_event;
}

/* Does the event hold a text, whole or the last part of it? */
static bool is_text(const struct field *root)
{
	const struct field *joined = users_field(root, F_MSG_JOINED);

	if (joined)
		return users_field(joined, F_MSG_TEXT) != NULL;
	return users_field(root, F_MSG_TEXT) && !users_field(root, F_MSG_CHUNKS) && !users_field(root, F_MSG_CHUNK);
}

static void count_text(struct users_connection *c, const struct event *e, const struct field *root,
		       struct users_tally *t)
{
	bool service = e->kind == EVENT_EXCHANGE;

	if (e->kind == EVENT_COMMAND && is_text(root))
		*(e->from == MSNP_CLIENT ? &t->sent : &t->received) += 1;
	/* A message for later counts when the service took it. */
	if (service && e->from == MSNP_CLIENT)
		c->request_stores = users_field(root, F_OIM_MAIL) != NULL;
	if (!service || e->from == MSNP_CLIENT || users_field(root, F_OIM_FAULT) || users_field(root, F_SOAP_FAULT))
		return;
	t->received += users_field(root, F_OIM_MAIL) != NULL;
	t->sent += c->request_stores && e->reply_to && e->reply_to == c->request;
}

static struct users_tally tally_of(struct users_connection *c, const struct event *e, const struct field *root)
{
	struct users_tally t = {.events = 1, .first_event = e->id, .last_event = e->id};

	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		t.findings[f->rule->severity]++;
	count_text(c, e, root, &t);
	return t;
}

static void tally_join(struct users_tally *to, const struct users_tally *t)
{
	to->events += t->events;
	for (size_t i = 0; i < 3; i++)
		to->findings[i] += t->findings[i];
	to->sent += t->sent;
	to->received += t->received;
	if (!to->first_event)
		to->first_event = t->first_event;
	to->last_event = t->last_event;
}

/* --- connections --- */

static struct users_connection *connection_find(const struct users *u, uint64_t id)
{
	struct users_connection *c;

	HASH_FIND(hh, u->connections, &id, sizeof(id), c);
	return c;
}

struct users_connection *users_connection_of(struct users *u, const struct connection *n)
{
	struct users_connection *c = connection_find(u, n->id);

	if (c)
		return c;
	c = memory_zalloc(sizeof(*c));
	c->id = n->id;
	c->client = n->client;
	c->server = n->server;
	c->start_ns = c->last_ns = n->start_ns;
	HASH_ADD(hh, u->connections, id, sizeof(c->id), c);
	return c;
}

static void connection_free(struct users *u, struct users_connection *c)
{
	if (c->ended) {
		DL_DELETE2(u->ended, c, previous, next);
		u->ended_count--;
	}
	HASH_DEL(u->connections, c);
	users_drop(&c->account);
	users_drop(&c->endpoint);
	free(c);
}

static uint64_t observe(struct users *u, struct users_connection *c, const struct event *e, const struct field *root)
{
	if (e->connection->web)
		return users_web(u, c, e, root);
	if (e->connection->peer)
		users_peer(u, c);
	else if (e->connection->role == MSNP_SB)
		users_switchboard(u, c, e, root);
	else if (e->connection->role)
		users_notification(u, c, e, root);
	return c->session;
}

/* Lists and presence come over notification servers and web services, names over switchboards, too. */
static void tell_roster(struct users *u, struct users_session *s, const struct event *e, const struct field *root)
{
	const struct connection *n = e->connection;

	if (n->peer)
		return;
	if (roster_observe(s->roster, e, root, s->record.user))
		count_roster(u, s);
	if (u->roster_bytes > USERS_ROSTERS_MAX)
		make_room(u, s);
	if (!n->web && n->role != MSNP_SB)
		users_direct(u, s, e, root);
}

uint64_t users_observe(struct users *u, const struct event *e, const struct field *root)
{
	struct users_connection *c = users_connection_of(u, e->connection);

	c->last_ns = e->time_ns;
	uint64_t session = observe(u, c, e, root);
	struct users_session *s = session ? users_find(u, session) : NULL;
	struct users_tally t = tally_of(c, e, root);
	if (!session || session == c->session)
		tally_join(&c->tally, &t);
	if (!s)
		return session;
	s->record.nanoseconds |= e->nanoseconds;
	if (e->time_ns > s->last_ns)
		s->last_ns = e->time_ns;
	users_tally_add(s, &t);
	tell_roster(u, s, e, root);
	return session;
}

uint64_t users_session(const struct users *u, uint64_t connection)
{
	const struct users_connection *c = connection_find(u, connection);

	return c ? c->session : 0;
}

struct slice users_account(const struct users *u, uint64_t session)
{
	const struct users_session *s = users_find(u, session);

	return s ? s->record.user : SLICE_EMPTY;
}

struct slice users_name(const struct users *u, uint64_t session, struct slice account)
{
	const struct users_session *s = users_find(u, session);

	if (!s || account.len == 0)
		return SLICE_EMPTY;
	if (users_hash_account(account) != s->account)
		return roster_name(s->roster, account);
	struct slice own = roster_own_name(s->roster);
	return own.len ? own : s->record.name;
}

/* --- the end --- */

static enum session_end end_of(const struct connection *n)
{
	if (strcmp(n->end_reason, "fin") == 0)
		return SESSION_END_CLOSED;
	if (strcmp(n->end_reason, "rst") == 0)
		return SESSION_END_RESET;
	return strcmp(n->end_reason, "capture") == 0 ? SESSION_END_CAPTURE : SESSION_END_LOST;
}

static void server_ends(struct users_session *s, const struct connection *n)
{
	s->ended = true;
	s->changed = true;
	if (s->end_known)
		return;
	s->record.end = end_of(n);
	if (n->end_ns > s->record.end_ns)
		s->record.end_ns = n->end_ns;
}

uint64_t users_connection_end(struct users *u, const struct connection *n)
{
	struct users_connection *c = users_connection_of(u, n);

	if (c->ended)
		return c->session;
	users_infer(u, c, n);
	struct users_session *s = users_find(u, c->session);
	if (s && s->server == c->id)
		server_ends(s, n);
	c->ended = true;
	DL_APPEND2(u->ended, c, previous, next);
	u->ended_count++;
	uint64_t session = c->session;
	if (u->ended_count > USERS_WAITING_MAX)
		connection_free(u, u->ended);
	return session;
}

void users_finish(struct users *u)
{
	struct users_connection *c, *next_connection;
	struct users_session *s, *next_session;

	DL_FOREACH_SAFE2(u->sessions, s, next_session, next)
		hand_over(u, s);
	HASH_ITER(hh, u->connections, c, next_connection)
		connection_free(u, c);
	users_sign_ins_clear(u);
	users_map_clear(&u->tokens);
	users_map_clear(&u->index);
	u->next_session = 0;
}

void users_free(struct users *u)
{
	struct event_sink none = {.ctx = NULL};

	u->sink = none;
	users_finish(u);
	free(u);
}
