/* SPDX-License-Identifier: BSD-2-Clause */
/* Notification and dispatch servers: sessions begin, are sent on, give cookies, and end. */
#include "session/users_internal.h"

#include <arpa/inet.h>

/* The port, and the address where it is no name. */
static struct address target_of(const struct field *server)
{
	const struct field *port = users_field(server, F_HOST_PORT);
	struct slice host = users_text(server, F_HOST_NAME);
	struct address a = {.version = 0};
	char text[INET6_ADDRSTRLEN];

	if (port && port->value.number <= UINT16_MAX)
		a.port = (uint16_t)port->value.number;
	if (host.len == 0 || host.len >= sizeof(text))
		return a;
	memcpy(text, host.ptr, host.len);
	text[host.len] = 0;
	if (inet_pton(AF_INET, text, a.ip) == 1)
		a.version = 4;
	return a;
}

static void add_redirect(struct users *u, struct users_connection *c, const struct users_session *s,
			 const struct event *e, const struct field *root)
{
	const struct field *server = users_field(root, P_host_port);
	struct users_entry *entry;

	if (!server)
		server = users_field(root, F_MSNP24_TARGET);

	if (!server)
		return;
	entry = users_map_add(&u->tokens, users_hash_host(KEY_REDIRECT, &c->client));
	entry->session = s->record.id;
	entry->account = s->account;
	entry->time_ns = e->time_ns;
	entry->target = target_of(server);
}

/* Proxies and gateways hide where a connection goes to. */
static bool target_fits(const struct users_entry *entry, const struct users_connection *c, const struct event *e)
{
	bool hidden = e->connection->target || strcmp(e->connection->transport, "tcp") != 0;

	if (hidden)
		return true;
	return (!entry->target.port || entry->target.port == c->server.port) &&
	       (!entry->target.version || users_same_host(&entry->target, &c->server));
}

/* Redirections of the client's host that the connection may be the consequence of. */
struct redirects {
	struct users_entry *oldest;
	size_t count;   /* that name this server */
	size_t others;  /* that name another one: it may have two addresses */
	struct users_entry *other; /* of the same account */
};

static struct redirects find_redirects(struct users *u, struct users_connection *c, const struct event *e,
				       uint64_t account)
{
	struct users_entry *entry = users_map_find(&u->tokens, users_hash_host(KEY_REDIRECT, &c->client));
	struct redirects r = {NULL, 0, 0, NULL};

	for (size_t i = 0; entry && i < USERS_LOOK_MAX; entry = entry->next, i++) {
		if (entry->connection || e->time_ns - entry->time_ns > USERS_NEAR_NS ||
		    (account && entry->account && account != entry->account) || !users_find(u, entry->session))
			continue;
		if (target_fits(entry, c, e)) {
			r.oldest = entry;
			r.count++;
			continue;
		}
		r.others++;
		if (account && entry->account)
			r.other = entry;
	}
	return r;
}

/* Commands with which a client begins, before an account must have been named. */
static bool is_greeting(const struct event *e)
{
	return slice_eq_str(e->name, "VER") || slice_eq_str(e->name, "INF") || slice_eq_str(e->name, "CVR") ||
	       slice_eq_str(e->name, "CNT");
}

/* The account that a client's greeting names. */
static struct slice greeting_account(const struct event *e, const struct field *root)
{
	if (e->from == MSNP_CLIENT && (slice_eq_str(e->name, "CVR") || slice_eq_str(e->name, "USR")))
		return users_text(root, P_passport);
	return SLICE_EMPTY;
}

/* Whatever looked like the end was none. */
static void goes_on(struct users_session *s)
{
	s->ended = s->end_known = false;
	s->changed = true;
	s->record.end = SESSION_END_CAPTURE;
	users_drop(&s->record.end_text);
}

/* The session goes on, or begins, with this server. */
void users_serve(struct users *u, struct users_connection *c, struct users_session *s, enum session_link how)
{
	users_link(u, c, s, how);
	s->began |= c->greeted;
	s->server = c->id;
	goes_on(s);
}

/* A connection to a notification server: where the session was sent on to, or where one begins. */
static void find_session(struct users *u, struct users_connection *c, const struct event *e, uint64_t account)
{
	struct redirects r = find_redirects(u, c, e, account);

	struct users_entry *entry = r.count == 1 || account ? r.oldest : NULL;

	if (!entry)
		entry = r.other;
	if (entry) {
		entry->connection = c->id;
		c->provisional = !account;
		users_serve(u, c, users_find(u, entry->session), LINK_REDIRECT);
	} else if (r.count + r.others == 0 || account || !is_greeting(e)) {
		users_serve(u, c, users_begin(u, c), LINK_SIGN_IN);
	}
}

/* Another user of the same host: gives the redirection back. */
static void leave_session(struct users *u, struct users_connection *c)
{
	struct users_entry *entry = users_map_find(&u->tokens, users_hash_host(KEY_REDIRECT, &c->client));

	for (size_t i = 0; entry && i < USERS_LOOK_MAX; entry = entry->next, i++)
		if (entry->connection == c->id)
			entry->connection = 0;
	users_unlink(u, c);
}

static void find_server_session(struct users *u, struct users_connection *c, const struct event *e,
				const struct field *root)
{
	uint64_t account = users_hash_account(greeting_account(e, root));
	const struct users_session *s = users_find(u, c->session);

	if (s && c->provisional && account) {
		c->provisional = false;
		if (s->account && s->account != account)
			leave_session(u, c);
	}
	if (!c->session)
		find_session(u, c, e, account);
}

/* Cookies are compared with the account that they were given to, as far as that is known. */
static void give_cookie(struct users *u, struct users_session *s, const struct event *e, const struct field *root,
			bool ring)
{
	struct slice cookie = users_text(root, P_cookie);
	struct users_entry *entry, *asked;

	if (cookie.len == 0)
		return;
	entry = users_map_add(&u->tokens, users_hash(ring ? KEY_RING : KEY_COOKIE, cookie, false));
	entry->session = s->record.id;
	entry->time_ns = e->time_ns;
	asked = users_map_find(&u->tokens, users_hash(ring ? KEY_ASKED_RING : KEY_ASKED_COOKIE, cookie, false));
	for (size_t i = 0; asked && i < USERS_LOOK_MAX; asked = asked->next, i++) {
		struct users_connection *c;

		HASH_FIND(hh, u->connections, &asked->connection, sizeof(asked->connection), c);
		if (!c || c->session || (s->account && c->account_hash && s->account != c->account_hash))
			continue;
		users_learn_account(u, s, c->account, true);
		users_link(u, c, s, ring ? LINK_RING : LINK_COOKIE);
	}
}

static const char *sign_in_name(struct slice package)
{
	static const char *const names[] = {"CTP", "MD5", "TWN", "SSO", "WEB"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_str(package, names[i]))
			return names[i];
	return NULL;
}

static void client_usr(struct users *u, struct users_session *s, const struct field *root)
{
	const char *name = sign_in_name(users_text(root, P_auth_package));

	if (!name)
		return;
	s->began = true;
	s->record.sign_in = name;
	/* Who was refused may try again as somebody else. */
	if (users_text(root, P_passport).len && !s->record.signed_in)
		s->account_certain = false;
	users_learn_account(u, s, users_text(root, P_passport), true);
	users_learn_endpoint(s, users_text(root, P_machine_guid));
	if (users_text(root, P_ticket).len) {
		s->asked_for_ticket = false;
		users_ticket_used(u, s, users_text(root, P_ticket));
	}
}

static void client_cvr(struct users *u, struct users_session *s, const struct event *e, const struct field *root)
{
	struct slice system = users_text(root, P_os_type), version = users_text(root, P_os_version);

	s->began = true;
	users_learn_account(u, s, users_text(root, P_passport), true);
	users_keep(&s->record.client, users_text(root, P_client_name));
	users_keep(&s->record.client_version, users_text(root, P_client_version));
	users_keep(&s->record.os,
		   arena_printf(e->dissection->arena, "%.*s%s%.*s", SLICE_ARG(system),
				system.len && version.len ? " " : "", SLICE_ARG(version)));
}

static void server_usr(struct users *u, struct users_session *s, const struct field *root)
{
	struct slice stage = users_text(root, P_stage);

	if (slice_eq_str(stage, "S"))
		s->asked_for_ticket = true;
	if (!slice_eq_str(stage, "OK"))
		return;
	s->asked_for_ticket = false;
	s->record.signed_in = true;
	goes_on(s);
	users_learn_account(u, s, users_text(root, P_passport), true);
	if (users_text(root, P_friendly_name).len)
		users_keep(&s->record.name, users_text(root, P_friendly_name));
}

static void ends(struct users_session *s, const struct event *e, enum session_end how, struct slice text)
{
	s->end_known = true;
	s->record.end = how;
	s->record.end_ns = e->time_ns;
	users_keep(&s->record.end_text, text);
}

/* What a server says with OUT is the end, whatever the client answers. */
static void observe_out(struct users_session *s, const struct event *e, const struct field *root)
{
	struct slice reason = users_text(root, P_out_reason);

	if (s->end_known)
		return;
	s->ended = true;
	if (e->from == MSNP_CLIENT)
		ends(s, e, SESSION_END_SIGNED_OUT, SLICE_EMPTY);
	else if (slice_eq_str(reason, "OTH"))
		ends(s, e, SESSION_END_OTHER_PLACE, reason);
	else
		ends(s, e, slice_eq_str(reason, "SSD") ? SESSION_END_SHUTDOWN : SESSION_END_BY_SERVER, reason);
}

static void observe_error(struct users_session *s, const struct event *e, const struct field *root)
{
	struct slice failed = users_text(root, F_MSNP_FAILED);
	struct slice name = users_text(root, F_MSNP_ERROR);

	if (s->record.signed_in || !slice_eq_str(failed, "USR"))
		return;
	s->asked_for_ticket = false;
	ends(s, e, SESSION_END_REFUSED,
	     arena_printf(e->dissection->arena, "%.*s%s%.*s", SLICE_ARG(e->name), name.len ? " " : "", SLICE_ARG(name)));
}

/* What shows whose connection it is, when no sign-in was seen. */
static void learn_own(struct users *u, struct users_session *s, const struct event *e, const struct field *root)
{
	const struct field *own = users_field(users_field(root, F_ROUTING),
					      e->from == MSNP_CLIENT ? F_ROUTING_FROM : F_ROUTING_TO);
	const struct field *picture = e->from == MSNP_CLIENT ? users_field(root, P_msnobj) : NULL;

	if (s->account_certain && s->record.endpoint.len)
		return;
	users_learn_account(u, s, users_text(own, F_ADDRESS_ACCOUNT), e->from == MSNP_CLIENT);
	if (e->from == MSNP_CLIENT)
		users_learn_endpoint(s, users_text(own, F_ADDRESS_ENDPOINT));
	if (e->from == MSNP_SERVER && slice_eq_str(e->name, "UBM"))
		users_learn_account(u, s, users_text(root, P_dest_passport), false);
	users_learn_account(u, s, users_text(picture, F_MSNOBJ_CREATOR), false);
	users_learn_account(u, s, users_text(root, F_PROFILE_EMAIL), false);
}

/* MSNP24 signs in with CNT, ATH and BND. */
static void observe_msnp24(struct users *u, struct users_session *s, const struct event *e, const struct field *root)
{
	struct slice system = users_text(root, F_MSNP24_OS);

	if (e->from == MSNP_SERVER) {
		s->record.signed_in |= slice_eq_str(e->name, "ATH");
		return;
	}
	s->began = true;
	if (system.len)
		users_keep(&s->record.os, arena_printf(e->dissection->arena, "%.*s %.*s", SLICE_ARG(system),
						       SLICE_ARG(users_text(root, F_MSNP24_OS_VERSION))));
	if (slice_eq_str(e->name, "ATH"))
		s->record.sign_in = "ATH";
	users_learn_account(u, s, users_text(root, F_MSNP24_USER), true);
	users_learn_endpoint(s, users_text(root, F_MSNP24_EPID));
	if (!users_text(root, F_MSNP24_CLIENT).len)
		return;
	users_keep(&s->record.client, users_text(root, F_MSNP24_CLIENT));
	users_keep(&s->record.client_version, users_text(root, F_MSNP24_CLIENT_VERSION));
}

static bool is_msnp24(const struct event *e)
{
	return slice_eq_str(e->name, "CNT") || slice_eq_str(e->name, "ATH") || slice_eq_str(e->name, "BND");
}

/* The profile brings a ticket for web pages. */
static void observe_profile(struct users *u, struct users_session *s, const struct field *root)
{
	const struct field *headers = users_field(root, F_MSG_HEADERS);

	for (const struct field *f = headers ? headers->first : NULL; f; f = f->next)
		if (f->def == &field_defs[F_MSG_SECRET_HEADER] && slice_case_eq(f->key, SLICE_LIT("MSPAuth")))
			users_ticket_used(u, s, f->value.text);
}

static void from_client(struct users *u, struct users_session *s, const struct event *e, const struct field *root)
{
	if (slice_eq_str(e->name, "USR"))
		client_usr(u, s, root);
	else if (slice_eq_str(e->name, "CVR"))
		client_cvr(u, s, e, root);
	else if (is_greeting(e))
		s->began = true;
	else if (slice_eq_str(e->name, "OUT"))
		observe_out(s, e, root);
}

static void from_server(struct users *u, struct users_connection *c, struct users_session *s, const struct event *e,
			const struct field *root)
{
	if (slice_eq_str(e->name, "USR"))
		server_usr(u, s, root);
	else if (slice_eq_str(e->name, "XFR") && slice_eq_str(users_text(root, P_server_type), "SB"))
		give_cookie(u, s, e, root, false);
	else if (slice_eq_str(e->name, "XFR"))
		add_redirect(u, c, s, e, root);
	else if (slice_eq_str(e->name, "RNG"))
		give_cookie(u, s, e, root, true);
	else if (slice_eq_str(e->name, "MSG"))
		observe_profile(u, s, root);
	else if (slice_eq_str(e->name, "OUT"))
		observe_out(s, e, root);
	else if (users_field(root, F_MSNP_ERROR))
		observe_error(s, e, root);
}

void users_notification(struct users *u, struct users_connection *c, const struct event *e, const struct field *root)
{
	if (e->kind == EVENT_COMMAND) {
		c->greeted |= e->from == MSNP_CLIENT && is_greeting(e);
		find_server_session(u, c, e, root);
	}
	struct users_session *s = users_find(u, c->session);
	if (!s || e->kind != EVENT_COMMAND)
		return;
	if (s->server == c->id && e->connection->version) {
		s->record.version = e->connection->version;
		s->record.version_from = e->connection->version_from;
	}
	if (is_msnp24(e))
		observe_msnp24(u, s, e, root);
	else if (e->from == MSNP_CLIENT)
		from_client(u, s, e, root);
	else
		from_server(u, c, s, e, root);
	learn_own(u, s, e, root);
}
