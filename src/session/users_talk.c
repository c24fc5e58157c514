/* SPDX-License-Identifier: BSD-2-Clause */
/* Switchboards, connections between clients, and what can only be inferred. */
#include "session/users_internal.h"

/* --- switchboards --- */

/* Both ends of a conversation show the same key. */
static void meet(struct users *u, struct users_session *s, uint64_t key)
{
	struct users_entry *entry = users_map_find(&u->tokens, key);

	for (size_t i = 0; entry && i < USERS_LOOK_MAX; entry = entry->next, i++) {
		struct users_session *other = users_find(u, entry->session);

		if (entry->session == s->record.id)
			return;
		if (!other)
			continue;
		other->record.other_end = s->record.other_end = true;
		other->changed = true;
	}
	users_map_add(&u->tokens, key)->session = s->record.id;
}

/* The session id of the switchboard: in ANS of who was called, and in the answer to CAL of who calls. */
static void at_switchboard(struct users *u, const struct users_connection *c, const struct field *root)
{
	struct slice id = users_text(root, P_session_id);
	struct users_session *s = users_find(u, c->session);

	if (id.len && s)
		meet(u, s, users_hash(KEY_SWITCHBOARD, id, false) * 31 ^ users_hash_host(KEY_SWITCHBOARD, &c->server));
}

static void own_account(struct users_connection *c, struct slice account)
{
	if (c->account.len || account.len == 0)
		return;
	users_keep(&c->account, users_account_part(account));
	users_keep(&c->endpoint, users_endpoint_part(account));
	c->account_hash = users_hash_account(account);
}

/* The session that the cookie was given to: of equal cookies that of the same account. */
static struct users_session *given_to(struct users *u, const struct users_connection *c, uint64_t key)
{
	const struct users_entry *entry = users_map_find(&u->tokens, key);
	struct users_session *unnamed = NULL;

	for (size_t i = 0; entry && i < USERS_LOOK_MAX; entry = entry->next, i++) {
		struct users_session *s = users_find(u, entry->session);

		if (s && s->account && s->account == c->account_hash)
			return s;
		/* What was told by something that fits only may be wrong. */
		if (s && !s->account_certain && !unnamed)
			unnamed = s;
	}
	return unnamed;
}

static void show_cookie(struct users *u, struct users_connection *c, struct slice cookie, bool ring)
{
	struct users_session *s = given_to(u, c, users_hash(ring ? KEY_RING : KEY_COOKIE, cookie, false));

	if (s) {
		users_learn_account(u, s, c->account, true);
		users_learn_endpoint(s, c->endpoint);
		users_link(u, c, s, ring ? LINK_RING : LINK_COOKIE);
		return;
	}
	uint64_t asked = users_hash(ring ? KEY_ASKED_RING : KEY_ASKED_COOKIE, cookie, false);
	users_map_add(&u->tokens, asked)->connection = c->id;
}

static void open_switchboard(struct users *u, struct users_connection *c, const struct event *e,
			     const struct field *root, bool ring)
{
	struct slice account = users_text(root, P_passport_epid);
	struct slice cookie = users_text(root, P_cookie);

	own_account(c, account.len ? account : users_text(root, P_passport));
	if (!c->session && cookie.len)
		show_cookie(u, c, cookie, ring);
	if (c->session)
		return;
	struct users_session *s = users_by_account(u, c->account_hash, c->endpoint, &c->client, e->time_ns);
	if (s && !s->ended)
		users_link(u, c, s, LINK_ACCOUNT);
}

/* Seen from the middle: who types is the user, and so is whom packets of others are for. */
static void learn_own(struct users *u, struct users_connection *c, const struct event *e, const struct field *root)
{
	if (e->from == MSNP_CLIENT)
		own_account(c, users_text(root, F_MSG_TYPING));
	else if (slice_eq_str(e->name, "MSG"))
		own_account(c, users_text(users_field(root, F_P2P_DESTINATION), F_ADDRESS_ACCOUNT));
	else if (slice_eq_str(e->name, "ANS") || slice_eq_str(e->name, "USR"))
		own_account(c, users_text(root, P_passport_epid).len ? users_text(root, P_passport_epid) :
								       users_text(root, P_passport));
	if (c->session || !c->account_hash)
		return;
	struct users_session *s = users_by_account(u, c->account_hash, c->endpoint, &c->client, e->time_ns);
	if (s && !s->ended)
		users_link(u, c, s, LINK_ACCOUNT);
}

void users_switchboard(struct users *u, struct users_connection *c, const struct event *e, const struct field *root)
{
	bool answer = slice_eq_str(e->name, "ANS");

	if (e->kind != EVENT_COMMAND)
		return;
	if (e->from == MSNP_CLIENT && (answer || slice_eq_str(e->name, "USR")))
		open_switchboard(u, c, e, root, answer);
	if (!c->account.len)
		learn_own(u, c, e, root);
	if (!c->other && e->from == MSNP_SERVER && slice_eq_str(e->name, "MSG"))
		c->other = users_hash_account(users_text(root, P_passport));
	if (answer || slice_eq_str(e->name, "CAL"))
		at_switchboard(u, c, root);
}

/* --- texts over a notification server --- */

static uint64_t direct_key(struct slice from, struct slice to)
{
	uint64_t sender = users_hash_account(from), addressee = users_hash_account(to);

	return sender && addressee ? (sender * 31 ^ addressee) + KEY_DIRECT : 0;
}

void users_direct(struct users *u, struct users_session *s, const struct event *e, const struct field *root)
{
	const struct field *routing = users_field(root, F_ROUTING);
	struct slice from, to;

	if (!users_field(root, F_MSG_TEXT) || e->kind != EVENT_COMMAND)
		return;
	if (routing) {
		from = users_text(users_field(routing, F_ROUTING_FROM), F_ADDRESS_ACCOUNT);
		to = users_text(users_field(routing, F_ROUTING_TO), F_ADDRESS_ACCOUNT);
	} else {
		from = e->from == MSNP_CLIENT ? s->record.user : users_text(root, P_passport);
		to = e->from == MSNP_CLIENT ? users_text(root, P_passport) : s->record.user;
	}
	uint64_t key = direct_key(from, to);
	if (key)
		meet(u, s, key);
}

/* --- connections between clients --- */

void users_peer(struct users *u, struct users_connection *c)
{
	struct users_session *client, *server, *s;

	if (c->session)
		return;
	client = users_by_host(u, &c->client, c->last_ns, c->last_ns, false, 0);
	server = users_by_host(u, &c->server, c->last_ns, c->last_ns, false, 0);
	s = client;
	if (!s || (server && server->record.id < s->record.id))
		s = server;
	if (s)
		users_link(u, c, s, LINK_ADDRESS);
}

void users_call(struct users *u, const struct connection *n, uint64_t seen_from)
{
	struct users_connection *c = users_connection_of(u, n);
	struct users_session *s = users_find(u, users_session(u, seen_from)), *now = users_find(u, c->session);

	if (!s)
		return;
	/* What was told by address gives way; of the two sides that know of the call the first counts. */
	if (now && now != s && (session_link_inferred(c->how) || s->record.id < now->record.id)) {
		enum session_link how = c->how;

		users_unlink(u, c);
		users_link(u, c, s, LINK_CALL);
		if (!session_link_inferred(how))
			users_link(u, c, now, LINK_CALL);
		return;
	}
	users_link(u, c, s, LINK_CALL);
}

/* --- inferring --- */

/* A switchboard alone, as the notification server is not in the capture. */
static void begin_lone(struct users *u, struct users_connection *c)
{
	struct users_session *s = users_begin(u, c);

	s->lone = true;
	s->server = c->id;
	users_learn_account(u, s, c->account, true);
	users_learn_endpoint(s, c->endpoint);
	users_link(u, c, s, LINK_ACCOUNT);
}

static void infer_switchboard(struct users *u, struct users_connection *c)
{
	struct users_session *s = users_by_account(u, c->account_hash, c->endpoint, &c->client, c->start_ns);

	if (!s && c->account_hash)
		s = users_by_account(u, c->account_hash, c->endpoint, &c->client, c->last_ns);
	if (s) {
		users_link(u, c, s, LINK_ACCOUNT);
		/* Goes on as long as there are switchboards. */
		if (s->lone)
			s->server = c->id;
		return;
	}
	s = users_by_host(u, &c->client, c->start_ns, c->last_ns, c->account_hash != 0, c->other);
	if (s) {
		users_learn_account(u, s, c->account, false);
		users_link(u, c, s, LINK_ADDRESS);
	} else if (c->account_hash) {
		begin_lone(u, c);
	}
}

void users_infer(struct users *u, struct users_connection *c, const struct connection *n)
{
	if (c->session || c->tally.events == 0)
		return;
	if (n->peer)
		users_peer(u, c);
	else if (n->role == MSNP_SB)
		infer_switchboard(u, c);
	else if (n->web || !n->role)
		users_infer_web(u, c);
	else
		users_serve(u, c, users_begin(u, c), LINK_SIGN_IN);
}
