/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections and user sessions, and which rows are theirs. */
#include "timeline/store_internal.h"

/* --- connections --- */

static void add_string(struct store_text_list *l, const char **string)
{
	l->strings[l->string_count++] = string;
}

static void add_slice(struct store_text_list *l, struct slice *slice)
{
	l->slices[l->slice_count++] = slice;
}

static void keep_connection(struct store *s, struct store_connection_record *r, const struct connection *c)
{
	struct connection *info = &r->connection.info;
	struct store_text_list list;

	list.slice_count = list.string_count = 0;
	*info = *c;
	add_string(&list, &info->transport);
	for (size_t i = 0; i < CONNECTION_OUTER_MAX; i++)
		add_string(&list, &info->outer[i]);
	add_string(&list, &info->gateway_session);
	add_string(&list, &info->target);
	add_string(&list, &info->transcript);
	add_string(&list, &info->log_name);
	add_string(&list, &info->peer);
	add_string(&list, &info->end_reason);
	store_texts_keep(s, &r->texts, &list);
}

static struct store_connection_record *new_connection(struct store *s, const struct connection *c)
{
	struct store_connection_record *r = store_record_new(s, &s->connections, sizeof(*r), false);
	struct store_connection *n;

	if (!r)
		return NULL;
	n = &r->connection;
	n->file = store_file_number(s);
	n->number = s->connections.count - 1;
	n->session = n->first_row = n->last_row = STORE_NONE;
	r->first_unsaid = r->last_unsaid = STORE_NONE;
	store_id_add(s, STORE_CONNECTION, n->file, c->id, n->number);
	return r;
}

struct store_connection_record *store_connection_of(struct store *s, const struct connection *c)
{
	store_current_file(s);
	uint32_t number = store_id_find(s, STORE_CONNECTION, store_file_number(s), c->id);
	struct store_connection_record *r = number == STORE_NONE ? new_connection(s, c) : s->connections.at[number];

	if (r)
		keep_connection(s, r, c);
	return r;
}

/* --- rows of sessions --- */

static void widen(struct store_session *u, uint32_t first, uint32_t last)
{
	if (u->first_row == STORE_NONE || first < u->first_row)
		u->first_row = first;
	if (u->last_row == STORE_NONE || last > u->last_row)
		u->last_row = last;
}

/* The rows that say nothing themselves go with their connection. */
static void join(struct store *s, struct store_connection_record *c, uint32_t session)
{
	struct store_session_record *from, *to = s->sessions.at[session];
	uint32_t old = c->connection.session;

	if (old == session)
		return;
	c->connection.session = session;
	if (c->unsaid == 0)
		return;
	to->session.rows += c->unsaid;
	to->session.joined++;
	widen(&to->session, c->first_unsaid, c->last_unsaid);
	if (old == STORE_NONE)
		return;
	from = s->sessions.at[old];
	from->session.rows -= c->unsaid;
	from->session.joined++;
}

static struct store_session_record *session_of(struct store *s, uint64_t id)
{
	uint32_t file = store_file_number(s), number = store_id_find(s, STORE_SESSION, file, id);
	struct store_session_record *r;

	if (number != STORE_NONE)
		return s->sessions.at[number];
	r = store_record_new(s, &s->sessions, sizeof(*r), false);
	if (!r)
		return NULL;
	number = s->sessions.count - 1;
	r->session = (struct store_session){.info = {.id = id}, .file = file, .number = number, .first_row = STORE_NONE,
					    .last_row = STORE_NONE};
	store_id_add(s, STORE_SESSION, file, id, number);
	return r;
}

/* What its events say of a session that nothing has been told of. */
static void make_up(struct user_session *u, const struct event *e)
{
	const struct connection *c = e->connection;

	if (u->events == 0) {
		u->start_ns = c->start_ns;
		u->first_event = e->id;
		u->connections[0] = (struct session_connection){c->id, LINK_SIGN_IN};
		u->connection_count = 1;
		u->end = SESSION_END_CAPTURE;
	}
	u->events++;
	u->end_ns = e->time_ns;
	u->last_event = e->id;
	u->nanoseconds = e->nanoseconds;
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		u->findings[f->rule->severity]++;
	if (c->id == u->connections[0].connection && !c->web && !c->peer) {
		u->version = c->version;
		u->version_from = c->version_from;
	}
}

static void count_unsaid(struct store *s, struct store_connection_record *c, uint32_t row)
{
	struct store_session *u;

	if (c->unsaid++ == 0)
		c->first_unsaid = row;
	c->last_unsaid = row;
	if (c->connection.session == STORE_NONE)
		return;
	u = &((struct store_session_record *)s->sessions.at[c->connection.session])->session;
	u->rows++;
	widen(u, row, row);
}

void store_session_row(struct store *s, const struct event *e, struct store_connection_record *c, uint32_t row)
{
	struct store_session_record *r = e->session ? session_of(s, e->session) : NULL;
	struct store_row *to = store_row_at(s, row);

	to->session = STORE_NONE;
	if (!r) {
		count_unsaid(s, c, row);
		return;
	}
	to->session = r->session.number;
	r->session.rows++;
	widen(&r->session, row, row);
	if (!r->told)
		make_up(&r->session.info, e);
	if (c->connection.session == STORE_NONE)
		join(s, c, r->session.number);
}

uint32_t store_row_session(const struct store *s, const struct store_row *row)
{
	const struct store_connection_record *c;

	if (row->session != STORE_NONE)
		return row->session;
	c = s->connections.at[row->connection];
	return c->connection.session;
}

/* --- what the sink is told --- */

void store_on_connection(void *ctx, const struct connection *c)
{
	struct store *s = ctx;

	store_begin(s);
	store_connection_of(s, c);
	store_unlock(s);
}

/* Its session is final now, and may be another than its first event was given. */
void store_on_connection_end(void *ctx, const struct connection *c)
{
	struct store *s = ctx;

	store_begin(s);
	struct store_connection_record *r = store_connection_of(s, c);
	struct store_session_record *u = r && c->session ? session_of(s, c->session) : NULL;
	if (r)
		r->connection.ended = true;
	if (u)
		join(s, r, u->session.number);
	store_unlock(s);
}

static void join_listed(struct store *s, const struct store_session *u)
{
	for (size_t i = 0; i < u->info.connection_count; i++) {
		uint32_t number = store_id_find(s, STORE_CONNECTION, u->file, u->info.connections[i].connection);
		struct store_connection_record *c = number == STORE_NONE ? NULL : s->connections.at[number];

		if (c && c->connection.session == STORE_NONE)
			join(s, c, u->number);
	}
}

static void keep_session(struct store *s, const struct user_session *u, bool final)
{
	struct store_session_record *r;
	struct store_text_list list;
	struct user_session *info;

	store_current_file(s);
	r = session_of(s, u->id);
	if (!r)
		return;
	info = &r->session.info;
	*info = *u;
	info->roster = (struct roster_view){.contacts = NULL};
	list.slice_count = list.string_count = 0;
	add_slice(&list, &info->user);
	add_slice(&list, &info->endpoint);
	add_slice(&list, &info->name);
	add_slice(&list, &info->client);
	add_slice(&list, &info->client_version);
	add_slice(&list, &info->os);
	add_slice(&list, &info->end_text);
	add_string(&list, &info->sign_in);
	store_texts_keep(s, &r->texts, &list);
	r->told = true;
	r->session.final = final;
	join_listed(s, &r->session);
}

void store_on_session(void *ctx, const struct user_session *u)
{
	struct store *s = ctx;

	store_begin(s);
	keep_session(s, u, true);
	store_unlock(s);
}

void store_on_session_so_far(void *ctx, const struct user_session *u)
{
	struct store *s = ctx;

	store_begin(s);
	keep_session(s, u, false);
	store_unlock(s);
}
