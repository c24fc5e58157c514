/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of conversations on their way to the sink, and views of the same conversation. */
#include <stdlib.h>

#include "session/talks_internal.h"
#include "util/utf8.h"

/* --- views of the same conversation --- */

static uint64_t server_hash(const struct connection *n)
{
	/* What a proxy or gateway stands before shows another address. */
	if (n->outer[0] || strcmp(n->transport, "tcp") != 0)
		return 0;
	return talks_hash(0, slice_of(n->server.ip, sizeof(n->server.ip)));
}

static uint64_t people_hash(const struct talks_conversation *c)
{
	uint64_t all = 0;

	for (size_t i = 0; i < c->info.participant_count; i++)
		all ^= talks_hash(0, c->people[i]->account);
	return all;
}

static void add_mark(struct talks *t, const struct talks_mark *like)
{
	struct talks_mark *m;

	if (HASH_COUNT(t->marks) == TALKS_MARKS_MAX) {
		m = t->marks;
		HASH_DEL(t->marks, m);
		free(m);
	}
	m = memory_alloc(sizeof(*m));
	*m = *like;
	HASH_ADD(hh, t->marks, hash, sizeof(m->hash), m);
}

/* Looks for another view that had this mark, else leaves the mark for other views. */
static void hold_against(struct talks *t, struct talks_conversation *c, struct talks_mark *mark, int64_t seconds)
{
	struct talks_mark *m;

	mark->conversation = c->info.same_as ? c->info.same_as : c->info.id;
	mark->connection = c->info.connection;
	HASH_FIND(hh, t->marks, &mark->hash, sizeof(mark->hash), m);
	if (!m) {
		add_mark(t, mark);
		return;
	}
	int64_t span = seconds * INT64_C(1000000000), apart = mark->time_ns - m->time_ns;
	bool near = apart <= span && apart >= -span;
	bool servers = !m->server || !mark->server || m->server == mark->server;
	/* What one user says twice on two switchboards is no view of another. */
	bool users = !mark->user || m->user != mark->user;
	if (near && servers && users && m->people == mark->people && m->connection != mark->connection) {
		if (m->conversation < c->info.id && !c->info.same_as)
			c->info.same_as = m->conversation;
		return;
	}
	mark->hh = m->hh;
	*m = *mark;
}

void talks_switchboard_session(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice id)
{
	struct talks_mark mark = {.time_ns = e->time_ns, .server = server_hash(e->connection)};

	if (id.len == 0 || c->info.switchboard_session.len)
		return;
	c->info.switchboard_session = talks_keep(id);
	mark.hash = talks_hash(1, c->info.switchboard_session);
	if (!c->info.id)
		c->info.id = ++t->next_id;
	hold_against(t, c, &mark, TALKS_SESSION_SECONDS);
}

static void mark_text(struct talks *t, struct talks_conversation *c, const struct talk *line)
{
	struct talks_mark mark = {.time_ns = line->time_ns, .people = people_hash(c)};

	/* Stored messages are read at another time than they are sent. */
	if (c->marked == TALKS_MARKED_TEXTS || line->offline || line->who.len == 0 || c->info.user.len == 0)
		return;
	c->marked++;
	mark.user = talks_hash(0, c->info.user);
	mark.hash = talks_hash(talks_hash(2 + c->key.kind, line->who), line->text);
	hold_against(t, c, &mark, TALKS_SAME_SECONDS);
}

/* --- lines --- */

static uint64_t session_of(const struct talks *t, uint64_t connection)
{
	return t->users && connection ? users_session(t->users, connection) : 0;
}

static struct slice name_of(const struct talks *t, struct talks_conversation *c, struct slice who)
{
	uint64_t session = session_of(t, c->info.connection);
	struct slice name = session ? users_name(t->users, session, who) : SLICE_EMPTY;
	const struct talks_person *p = talks_person(c, who);

	return utf8_cut(name.len ? name : p ? p->name : SLICE_EMPTY, TALKS_NAME_MAX);
}

static void learn_name(struct talks_person *p, struct slice name)
{
	if (!p || name.len == 0 || slice_eq(p->name, name))
		return;
	free((void *)(uintptr_t)p->name.ptr);
	p->name = talks_keep(name);
}

static void give_line(struct talks *t, struct talks_conversation *c, struct talk *line)
{
	struct slice account = talks_account(line->who);

	line->conversation = c->info.id;
	line->own = account.len ? c->info.user.len && slice_case_eq(account, c->info.user) : line->own;
	line->who = account;
	if (line->name.len == 0 && account.len)
		line->name = name_of(t, c, account);
	line->name = utf8_cut(line->name, TALKS_NAME_MAX);
	if (line->time_ns > c->info.end_ns)
		c->info.end_ns = line->time_ns;
	c->info.texts += line->kind == TALK_TEXT || line->kind == TALK_ACTION;
	c->info.typings += line->kind == TALK_TYPING;
	c->info.nudges += line->kind == TALK_NUDGE;
	c->info.objects += line->kind == TALK_OBJECT;
	if (line->kind == TALK_TEXT)
		mark_text(t, c, line);
	if (t->sink.talk)
		t->sink.talk(t->sink.ctx, line);
}

/* Who was there before anybody said anything. */
static void tell_waiting(struct talks *t, struct talks_conversation *c, const struct talk *first)
{
	for (size_t i = 0; i < c->info.participant_count; i++) {
		struct talks_person *p = c->people[i];
		struct talk line = {.kind = TALK_JOIN, .event = p->join_event, .time_ns = p->join_ns, .who = p->account};

		line.nanoseconds = first->nanoseconds;
		if (p->told || !p->present)
			continue;
		p->told = true;
		give_line(t, c, &line);
	}
}

static void start(struct talks *t, struct talks_conversation *c, const struct talk *line)
{
	c->started = true;
	if (!c->info.id)
		c->info.id = ++t->next_id;
	c->info.start_ns = c->info.end_ns = line->time_ns;
	for (size_t i = 0; i < c->info.participant_count; i++) {
		const struct talks_person *p = c->people[i];

		if (!p->told && p->present && p->join_ns < c->info.start_ns)
			c->info.start_ns = p->join_ns;
	}
	if (t->sink.conversation_start)
		t->sink.conversation_start(t->sink.ctx, &c->info);
	tell_waiting(t, c, line);
}

/* Whose side it is may become known late. */
static void learn_side(struct talks *t, struct talks_conversation *c)
{
	struct slice user = c->info.connection ? talks_user(t, c->info.connection) : SLICE_EMPTY;

	uint64_t session = session_of(t, c->info.connection);

	if (session)
		c->info.session = session;
	if (c->info.user.len || user.len == 0)
		return;
	c->info.user = talks_keep(user);
	talks_person_add(c, user);
}

void talks_tell(struct talks *t, struct talks_conversation *c, struct talk *line)
{
	learn_side(t, c);
	if (!c->started)
		start(t, c, line);
	give_line(t, c, line);
}

static struct talk line_of(const struct event *e, enum talk_kind kind)
{
	return (struct talk){.event = e->id, .time_ns = e->time_ns, .nanoseconds = e->nanoseconds, .kind = kind};
}

/* --- what people do --- */

static void remember_deed(struct talks *t, struct talks_conversation *c, const struct event *e)
{
	struct talks_connection *n = talks_connection(t, e->connection->id);

	if (e->from != MSNP_CLIENT)
		return;
	n->deeds[n->next_deed] = (struct talks_deed){e->id, e->has_trid ? e->trid : 0, c};
	n->next_deed = (n->next_deed + 1) % TALKS_DEEDS_MAX;
}

void talks_say(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice who,
	       const struct talks_said *said)
{
	struct talk line = line_of(e, said->kind);

	line.who = who;
	line.own = e->from == MSNP_CLIENT;
	line.name = said->nick.len ? said->nick : said->name;
	line.text = said->text;
	line.style = said->style;
	line.offline = said->offline;
	/* Who speaks is there, though the coming may not be in the capture. */
	struct talks_person *p = talks_person_add(c, talks_account(who));
	if (p)
		p->present = true;
	learn_name(p, said->name);
	if (said->kind != TALK_TYPING)
		remember_deed(t, c, e);
	talks_tell(t, c, &line);
}

static void add_endpoint(struct talks_person *p, struct slice account)
{
	struct slice endpoint = slice_sub(account, slice_find_byte(account, ';'), account.len);
	uint64_t hash = talks_hash(0, endpoint);

	for (size_t i = 0; i < p->endpoint_count; i++)
		if (p->endpoints[i] == hash)
			return;
	if (endpoint.len && p->endpoint_count < TALKS_ENDPOINTS_MAX)
		p->endpoints[p->endpoint_count++] = hash;
}

/* Is somebody gone when this leaves? */
static bool remove_endpoint(struct talks_person *p, struct slice account)
{
	struct slice endpoint = slice_sub(account, slice_find_byte(account, ';'), account.len);
	uint64_t hash = talks_hash(0, endpoint);

	for (size_t i = 0; i < p->endpoint_count && endpoint.len; i++)
		if (p->endpoints[i] == hash)
			p->endpoints[i--] = p->endpoints[--p->endpoint_count];
	return endpoint.len == 0 || p->endpoint_count == 0;
}

void talks_join(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice account, struct slice name)
{
	struct slice who = talks_account(account);
	struct talks_person *p = talks_person_add(c, who);
	struct talk line = line_of(e, TALK_JOIN);

	if (who.len == 0)
		return;
	if (p) {
		learn_name(p, name);
		add_endpoint(p, account);
		if (p->present)
			return;
		p->present = true;
		p->told = !c->waits || c->started;
		p->join_event = e->id;
		p->join_ns = e->time_ns;
	}
	if (c->waits && !c->started)
		return;
	line.who = who;
	line.name = name;
	talks_tell(t, c, &line);
}

void talks_leave(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice account, struct slice why)
{
	struct slice who = talks_account(account);
	struct talks_person *p = talks_person(c, who);
	struct talk line = line_of(e, TALK_LEAVE);

	if (p && (!p->present || !remove_endpoint(p, account)))
		return;
	if (p) {
		p->present = false;
		p->endpoint_count = 0;
	}
	if (who.len == 0 || (c->waits && !c->started))
		return;
	/* The coming was not seen. */
	if (!p)
		talks_person_add(c, who);
	line.who = who;
	line.text = why;
	talks_tell(t, c, &line);
}

void talks_invite(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice whom)
{
	struct talk line = line_of(e, TALK_INVITE);

	line.who = talks_user(t, e->connection->id);
	line.own = true;
	line.whom = talks_account(whom);
	remember_deed(t, c, e);
	talks_tell(t, c, &line);
}

static struct talks_deed *find_deed(struct talks *t, const struct event *e)
{
	struct talks_connection *n = talks_connection(t, e->connection->id);

	/* The newest first: numbers may come again. */
	for (size_t i = TALKS_DEEDS_MAX; i-- > 0;) {
		struct talks_deed *d = &n->deeds[(n->next_deed + i) % TALKS_DEEDS_MAX];

		if (!d->conversation)
			continue;
		if (e->reply_to ? d->event == e->reply_to : e->has_trid && e->trid && d->trid == e->trid)
			return d;
	}
	return NULL;
}

bool talks_fail(struct talks *t, const struct event *e, struct slice why)
{
	struct talks_deed *d = find_deed(t, e);
	struct talk line = line_of(e, TALK_FAILED);

	if (!d)
		return false;
	line.who = talks_user(t, e->connection->id);
	line.own = true;
	line.text = why;
	line.about = d->event;
	struct talks_conversation *c = d->conversation;
	d->conversation = NULL;
	talks_tell(t, c, &line);
	return true;
}
