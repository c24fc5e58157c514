/* SPDX-License-Identifier: BSD-2-Clause */
/* Web services: tickets, accounts and time tell whose exchange it is. */
#include "session/users_internal.h"

#include <stdlib.h>

#include <utlist.h>

/* Fields of one exchange that are looked at for tickets. */
#define FIELDS_LOOKED_AT 4096u
/* Texts shorter than that are no tickets. */
#define TICKET_MIN 4u

/* --- sign-ins --- */

static void sign_in_free(struct users *u, struct users_sign_in *in)
{
	HASH_DEL(u->sign_ins, in);
	DL_DELETE2(u->oldest_sign_in, in, previous, next);
	free(in);
}

void users_sign_ins_clear(struct users *u)
{
	while (u->oldest_sign_in)
		sign_in_free(u, u->oldest_sign_in);
}

static struct users_sign_in *sign_in_find(const struct users *u, uint64_t id)
{
	struct users_sign_in *in;

	HASH_FIND(hh, u->sign_ins, &id, sizeof(id), in);
	return in;
}

static struct users_sign_in *sign_in_new(struct users *u, const struct users_connection *c)
{
	struct users_sign_in *in = memory_zalloc(sizeof(*in));

	if (HASH_COUNT(u->sign_ins) == USERS_SIGN_INS_MAX)
		sign_in_free(u, u->oldest_sign_in);
	in->id = ++u->next_sign_in;
	in->connection = c ? c->id : 0;
	HASH_ADD(hh, u->sign_ins, id, sizeof(in->id), in);
	DL_APPEND2(u->oldest_sign_in, in, previous, next);
	return in;
}

/* --- tickets --- */

/* The part that all users of a ticket have: "t=...&p=..." is also shown without "t=", and without "p". */
static uint64_t ticket_key(struct slice ticket)
{
	if (slice_has_prefix(ticket, SLICE_LIT("t=")))
		ticket = slice_sub(ticket, 2, ticket.len);
	ticket = slice_sub(ticket, 0, slice_find_byte(ticket, '&'));
	return ticket.len < TICKET_MIN ? 0 : users_hash(KEY_TICKET, ticket, false);
}

static struct users_sign_in *sign_in_of(struct users *u, uint64_t key)
{
	const struct users_entry *entry = key ? users_map_find(&u->tokens, key) : NULL;

	return entry ? sign_in_find(u, entry->sign_in) : NULL;
}

static void add_ticket(struct users *u, uint64_t key, const struct users_sign_in *in)
{
	if (key)
		users_map_add(&u->tokens, key)->sign_in = in->id;
}

static struct users_connection *connection_of_sign_in(const struct users *u, const struct users_sign_in *in)
{
	struct users_connection *c;

	HASH_FIND(hh, u->connections, &in->connection, sizeof(in->connection), c);
	return c;
}

void users_ticket_used(struct users *u, struct users_session *s, struct slice ticket)
{
	uint64_t key = ticket_key(ticket);
	struct users_sign_in *in = sign_in_of(u, key);

	if (!key)
		return;
	if (!in) {
		in = sign_in_new(u, NULL);
		add_ticket(u, key, in);
	}
	/* Some clients use a ticket for several sign-ins: from now on it belongs to this one. */
	bool first = !in->session || in->inferred;
	in->session = s->record.id;
	in->inferred = false;
	struct users_connection *c = connection_of_sign_in(u, in);
	if (c && first) {
		if (c->session && c->session != s->record.id && session_link_inferred(c->how))
			users_unlink(u, c);
		users_link(u, c, s, LINK_TICKET);
	}
}

/* --- an exchange --- */

/* The sign-in whose ticket stands somewhere in the fields, or the key of a ticket that is not known. */
struct shown {
	struct users_sign_in *in;
	uint64_t unknown;
};

static void look_at(struct users *u, struct slice text, struct shown *shown)
{
	uint64_t key = ticket_key(text);

	if (!shown->in)
		shown->in = sign_in_of(u, key);
}

/* "MSPAuth=...; MSPProf=..." */
static void look_at_cookies(struct users *u, struct slice text, struct shown *shown)
{
	for (size_t i = 0; text.len && i < USERS_LOOK_MAX; i++) {
		struct slice part = slice_trim(slice_sub(text, 0, slice_find_byte(text, ';')));

		text = slice_sub(text, slice_find_byte(text, ';') + 1, text.len);
		look_at(u, slice_sub(part, slice_find_byte(part, '=') + 1, part.len), shown);
	}
}

static bool is_ticket(const struct field *f)
{
	static const enum field_id tickets[] = {F_AB_TICKET, F_STORAGE_TICKET, F_OIM_TICKET, F_OIM_COOKIE_T};

	for (size_t i = 0; i < sizeof(tickets) / sizeof(tickets[0]); i++)
		if (f->def == &field_defs[tickets[i]])
			return true;
	return false;
}

static void look_at_field(struct users *u, const struct field *f, struct shown *shown)
{
	if (!f->has_value || !(f->def->flags & FIELD_SECRET) || f->def->type != FIELD_TEXT)
		return;
	if (f->def == &field_defs[F_HTTP_SECRET_HEADER])
		look_at_cookies(u, f->value.text, shown);
	else
		look_at(u, f->value.text, shown);
	if (is_ticket(f) && !shown->unknown)
		shown->unknown = ticket_key(f->value.text);
}

/* All fields in order, without recursion. */
static struct shown find_tickets(struct users *u, const struct field *root)
{
	struct shown shown = {NULL, 0};
	const struct field *f = root;

	for (size_t i = 0; i < FIELDS_LOOKED_AT && f && !shown.in; i++) {
		look_at_field(u, f, &shown);
		if (f->first) {
			f = f->first;
			continue;
		}
		while (f && f != root && !f->next)
			f = f->parent;
		f = f && f != root ? f->next : NULL;
	}
	return shown;
}

/* The account that an exchange says is the user's own. */
static struct slice own_account(const struct event *e, const struct field *root)
{
	static const enum field_id asked[] = {F_RST_USERNAME, F_PASSPORT_SIGN_IN, F_OIM_FROM};
	static const enum field_id answered[] = {F_AB_OWNER, F_SHARING_OWNER};
	bool request = e->from == MSNP_CLIENT;
	const enum field_id *ids = request ? asked : answered;
	size_t count = request ? sizeof(asked) / sizeof(asked[0]) : sizeof(answered) / sizeof(answered[0]);

	for (size_t i = 0; i < count; i++)
		if (users_text(root, ids[i]).len)
			return users_text(root, ids[i]);
	return SLICE_EMPTY;
}

static void give_tickets(struct users *u, struct users_connection *c, const struct event *e, const struct field *root,
			 const struct users_session *s)
{
	struct users_sign_in *in = NULL;

	if (e->from == MSNP_CLIENT)
		return;
	for (const struct field *f = root->first; f; f = f->next) {
		struct slice ticket = f->def == &field_defs[F_RST_TOKEN] ? users_text(f, F_RST_TICKET) :
				      f->def == &field_defs[F_PASSPORT_TICKET] && f->has_value ? f->value.text :
												SLICE_EMPTY;

		if (!ticket_key(ticket))
			continue;
		if (!in)
			in = sign_in_new(u, c);
		add_ticket(u, ticket_key(ticket), in);
	}
	if (!in)
		return;
	in->account = c->account_hash;
	in->session = s ? s->record.id : 0;
	in->inferred = true;
	c->sign_in = in->id;
}

/* The session on this host whose server waits for a ticket, when there is only one. */
static struct users_session *waits_for_ticket(struct users *u, const struct users_connection *c)
{
	const struct users_entry *entry = users_map_find(&u->index, users_hash_host(KEY_HOST, &c->client));
	struct users_session *found = NULL;

	for (size_t i = 0; entry && i < USERS_LOOK_MAX; entry = entry->next, i++) {
		struct users_session *s = users_find(u, entry->session);

		if (!s || !s->asked_for_ticket || s->ended || !users_same_host(&s->host, &c->client))
			continue;
		if (found)
			return NULL;
		found = s;
	}
	return found;
}

/* Is it an exchange that only a sign-in makes? */
static bool is_sign_in(const struct event *e)
{
	static const char *const names[] = {"nexus", "login", "RST", "RST2"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_str(e->name, names[i]))
			return true;
	return false;
}

struct guess {
	struct users_session *session;
	enum session_link how;
};

static struct guess guess(struct users *u, struct users_connection *c, const struct event *e, const struct field *root)
{
	struct shown shown = find_tickets(u, root);
	struct guess g = {NULL, LINK_TICKET};
	uint64_t account = users_hash_account(own_account(e, root));

	if (account)
		c->account_hash = account;
	if (!shown.in && e->from == MSNP_SERVER && e->reply_to && e->reply_to == c->request)
		shown.in = sign_in_find(u, c->sign_in);
	if (!shown.in && shown.unknown) {
		shown.in = sign_in_new(u, NULL);
		add_ticket(u, shown.unknown, shown.in);
	}
	if (shown.in && !shown.in->account)
		shown.in->account = account;
	if (shown.in && !account)
		account = shown.in->account;
	if (e->from == MSNP_CLIENT)
		c->sign_in = shown.in ? shown.in->id : 0;
	g.session = shown.in ? users_find(u, shown.in->session) : NULL;
	if (!g.session && account) {
		g.session = users_by_account(u, account, SLICE_EMPTY, &c->client, e->time_ns);
		g.how = LINK_ACCOUNT;
		if (g.session && shown.in) {
			shown.in->session = g.session->record.id;
			shown.in->inferred = true;
		}
	}
	if (!g.session && !account && is_sign_in(e)) {
		g.session = waits_for_ticket(u, c);
		g.how = LINK_ADDRESS;
	}
	return g;
}

void users_infer_web(struct users *u, struct users_connection *c)
{
	const struct users_sign_in *in = sign_in_find(u, c->sign_in);
	struct users_session *s = in ? users_find(u, in->session) : NULL;

	if (s) {
		users_link(u, c, s, in->inferred ? LINK_ACCOUNT : LINK_TICKET);
		return;
	}
	s = users_by_account(u, c->account_hash, SLICE_EMPTY, &c->client, c->last_ns);
	if (s) {
		users_link(u, c, s, LINK_ACCOUNT);
		return;
	}
	s = users_by_host(u, &c->client, c->start_ns, c->last_ns, false, 0);
	if (s && (!s->account || !c->account_hash))
		users_link(u, c, s, LINK_ADDRESS);
}

uint64_t users_web(struct users *u, struct users_connection *c, const struct event *e, const struct field *root)
{
	struct guess g = guess(u, c, e, root);

	if (!g.session && e->from == MSNP_SERVER && e->reply_to && e->reply_to == c->request) {
		g.session = users_find(u, c->request_session);
		g.how = c->request_how;
	}
	if (e->from == MSNP_CLIENT) {
		c->request = e->id;
		c->request_session = g.session ? g.session->record.id : 0;
		c->request_how = g.how;
	}
	give_tickets(u, c, e, root, g.session);
	if (!g.session)
		return c->session;
	/* What was inferred of the whole connection gives way to what an exchange shows. */
	users_link(u, c, g.session, g.how);
	return g.session->record.id;
}
