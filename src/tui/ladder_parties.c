/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/ladder_parties.h"

#include <stdlib.h>

#include "dissectors/dissection.h"
#include "output/escape.h"
#include "util/memory.h"

/* Done at a time: rows of the view, and events read for the host of a web service. */
#define ROWS_AT_A_TIME 1000000u
#define EVENTS_AT_A_TIME 200u
/* Port that goes without saying. */
#define MSNP_PORT 1863
#define MSNP_PORT_TEXT ":1863"

/* A connection, and the state of the store that its parties were found in. */
struct link {
	uint32_t client, server; /* parties, STORE_NONE: not found yet */
	uint32_t session;
	unsigned role;
	bool used;               /* has events in the view */
	bool named;              /* the account of its session is known */
	bool asked;              /* for the host */
	char *host;              /* of a web service, or NULL */
};

struct parties {
	struct party *party;
	uint32_t count, capacity;
	uint32_t *order;         /* parties by column */
	int columns;
	struct link *links;      /* by number of the connection */
	uint32_t link_count, link_capacity;
	uint32_t looked;         /* rows of the view */
	uint64_t generation;     /* of the store */
	uint32_t only_session, only_connection;
	struct buffer filter;
	struct arena arena;
	struct buffer packed;
};

struct parties *parties_new(void)
{
	struct parties *p = memory_zalloc(sizeof(*p));

	p->only_session = p->only_connection = STORE_NONE;
	p->generation = UINT64_MAX;
	return p;
}

static void forget_parties(struct parties *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		buffer_free(&p->party[i].name);
		buffer_free(&p->party[i].key);
	}
	p->count = 0;
	p->columns = 0;
}

void parties_free(struct parties *p)
{
	forget_parties(p);
	for (uint32_t i = 0; i < p->link_count; i++)
		free(p->links[i].host);
	free(p->party);
	free(p->order);
	free(p->links);
	buffer_free(&p->filter);
	arena_free(&p->arena);
	buffer_free(&p->packed);
	free(p);
}

/* --- parties --- */

/* FNV-1a of a key; ASCII case is ignored.  Captures have many connections, and few keys are worth comparing. */
static uint64_t hash_of(struct slice key)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < key.len; i++) {
		uint8_t c = key.ptr[i];

		hash = (hash ^ (c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c)) * 0x100000001b3u;
	}
	return hash;
}

static uint32_t add_party(struct parties *p, enum party_kind kind, struct slice key, struct slice name, const char *role,
			  const struct address *address)
{
	if (p->count == p->capacity) {
		p->capacity = p->capacity ? 2 * p->capacity : 16;
		p->party = memory_realloc(p->party, p->capacity * sizeof(*p->party));
		p->order = memory_realloc(p->order, p->capacity * sizeof(*p->order));
	}
	struct party *new = &p->party[p->count];
	*new = (struct party){.kind = kind, .role = role, .address = *address, .hash = hash_of(key), .column = -1};
	buffer_add_slice(&new->key, key);
	escape_add(&new->name, name);
	return p->count++;
}

static bool same_role(const struct party *p, const char *role)
{
	return role ? p->role && strcmp(p->role, role) == 0 : !p->role;
}

/* Those in use are looked for by kind and key; beyond the limit they share the one without a key. */
static uint32_t party_of(struct parties *p, enum party_kind kind, struct slice name, const char *role,
			 const struct address *address)
{
	bool full = p->count >= PARTIES_MAX;
	struct slice key = full ? SLICE_EMPTY : name;
	uint64_t hash = hash_of(name);

	for (uint32_t i = 0; i < p->count; i++) {
		const struct party *known = &p->party[i];
		if (known->hash == hash && known->kind == kind && same_role(known, role) && slice_case_eq(buffer_slice(&known->key), name))
			return i;
	}
	if (!full)
		return add_party(p, kind, key, name, role, address);
	for (uint32_t i = 0; i < p->count; i++)
		if (p->party[i].kind == kind && p->party[i].key.len == 0)
			return i;
	return add_party(p, kind, key, SLICE_LIT("(others)"), NULL, address);
}

/* The client's party with that address, which is one of two ends of a connection between clients. */
static uint32_t client_at(const struct parties *p, const struct address *a)
{
	for (uint32_t i = 0; i < p->count; i++) {
		const struct party *known = &p->party[i];

		if (known->kind == PARTY_CLIENT && known->use && known->address.version == a->version &&
		    memcmp(known->address.ip, a->ip, sizeof(a->ip)) == 0)
			return i;
	}
	return STORE_NONE;
}

/* --- who the ends of a connection are --- */

/* "192.0.2.7" or "192.0.2.7:80". */
static struct slice address_name(const struct address *a, bool with_port, char text[ADDRESS_TEXT_MAX])
{
	struct slice s = slice_of(text, address_text(a, text));

	if (with_port && a->port != MSNP_PORT)
		return s;
	while (s.len && s.ptr[s.len - 1] != ':')
		s.len--;
	return slice_sub(s, 0, s.len ? s.len - 1 : 0);
}

/* What a proxy was asked to connect to. */
static struct slice target_name(const char *target)
{
	struct slice name = slice_str(target), port = SLICE_LIT(MSNP_PORT_TEXT);

	if (name.len > port.len && slice_eq(slice_sub(name, name.len - port.len, port.len), port))
		name.len -= port.len;
	return name;
}

static enum party_kind server_kind(const struct connection *n)
{
	if (n->web)
		return PARTY_WEB;
	if (strcmp(n->transport, "http-gateway") == 0)
		return PARTY_GATEWAY;
	switch (n->role) {
	case MSNP_DS:
		return PARTY_DISPATCH;
	case MSNP_NS:
		return PARTY_NOTIFICATION;
	case MSNP_SB:
		return PARTY_SWITCHBOARD;
	default:
		return PARTY_SERVER;
	}
}

static uint32_t find_client(struct parties *p, const struct app *app, const struct connection *n, uint32_t session)
{
	char text[ADDRESS_TEXT_MAX];
	struct slice name = session == STORE_NONE ? SLICE_EMPTY : store_session(app->store, session)->info.user;

	if (name.len == 0)
		name = address_name(&n->client, false, text);
	return party_of(p, PARTY_CLIENT, name, NULL, &n->client);
}

static uint32_t find_server(struct parties *p, const struct link *l, const struct connection *n)
{
	char text[ADDRESS_TEXT_MAX];
	enum party_kind kind = server_kind(n);
	struct slice name = l->host ? slice_str(l->host) : target_name(n->target);

	if (name.len == 0)
		name = address_name(&n->server, true, text);
	return party_of(p, kind, name, kind == PARTY_GATEWAY ? connection_role_name(n) : NULL, &n->server);
}

/* One end of a connection between clients: a client that is known, or another one. */
static uint32_t find_peer(struct parties *p, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];
	uint32_t client = client_at(p, a);

	return client != STORE_NONE ? client : party_of(p, PARTY_PEER, address_name(a, true, text), NULL, a);
}

/* The host of a web service stands in its first request. */
static void ask_host(struct parties *p, struct app *app, const struct store_connection *n, struct link *l)
{
	struct event e;

	l->asked = true;
	if (store_event(app->store, n->first_row, &p->arena, &p->packed, &e)) {
		const struct field *host = field_find(&e.dissection->root, slice_str(field_defs[F_HTTP_HOST].name));

		if (host && host->has_value && host->value.text.len) {
			l->host = memory_alloc(host->value.text.len + 1);
			memcpy(l->host, host->value.text.ptr, host->value.text.len);
			l->host[host->value.text.len] = 0;
		}
	}
	arena_reset(&p->arena);
}

static void release(struct parties *p, struct link *l)
{
	if (l->client != STORE_NONE)
		p->party[l->client].use--;
	if (l->server != STORE_NONE)
		p->party[l->server].use--;
	l->client = l->server = STORE_NONE;
}

/* Finds the parties of a connection, anew when something about it has become known.  peers: those between clients. */
static void resolve(struct parties *p, const struct app *app, const struct store_connection *n, struct link *l)
{
	const struct connection *info = &n->info;
	bool named = n->session != STORE_NONE && store_session(app->store, n->session)->info.user.len > 0;

	if (l->client != STORE_NONE && l->session == n->session && l->role == info->role && l->named == named)
		return;
	release(p, l);
	l->session = n->session;
	l->role = info->role;
	l->named = named;
	l->client = info->peer ? find_peer(p, &info->client) : find_client(p, app, info, n->session);
	l->server = info->peer ? find_peer(p, &info->server) : find_server(p, l, info);
	p->party[l->client].use++;
	p->party[l->server].use++;
}

/* --- keeping up --- */

static void begin_anew(struct parties *p, const struct app *app)
{
	forget_parties(p);
	for (uint32_t i = 0; i < p->link_count; i++) {
		p->links[i].used = false;
		p->links[i].client = p->links[i].server = STORE_NONE;
	}
	p->looked = 0;
	p->generation = UINT64_MAX;
	p->only_session = app->only_session;
	p->only_connection = app->only_connection;
	p->filter.len = 0;
	buffer_add_slice(&p->filter, buffer_slice(&app->filter_text));
}

static bool is_another_view(const struct parties *p, const struct app *app)
{
	return p->only_session != app->only_session || p->only_connection != app->only_connection ||
	       !slice_eq(buffer_slice(&p->filter), buffer_slice(&app->filter_text)) || view_count(app->view) < p->looked;
}

static void grow_links(struct parties *p, uint32_t count)
{
	if (count > p->link_capacity) {
		p->link_capacity = count + count / 2;
		p->links = memory_realloc(p->links, p->link_capacity * sizeof(*p->links));
	}
	while (p->link_count < count)
		p->links[p->link_count++] = (struct link){.client = STORE_NONE, .server = STORE_NONE, .session = STORE_NONE};
}

/* Which connections have events in the view?  Returns whether rows are left. */
static bool look_at_rows(struct parties *p, const struct app *app)
{
	uint32_t count = view_count(app->view), end = count - p->looked > ROWS_AT_A_TIME ? p->looked + ROWS_AT_A_TIME : count;
	bool all = app->only_session == STORE_NONE && app->only_connection == STORE_NONE && app->filter_text.len == 0;

	if (all) {
		for (uint32_t i = 0; i < p->link_count; i++)
			p->links[i].used = store_connection(app->store, i)->first_row != STORE_NONE;
		p->looked = count;
		return false;
	}
	for (; p->looked < end; p->looked++)
		p->links[store_row(app->store, view_row(app->view, p->looked))->connection].used = true;
	return p->looked < count;
}

/* Connections between clients come last: their ends may be clients that others make known. */
static bool resolve_all(struct parties *p, struct app *app, bool peers)
{
	unsigned events = 0;
	bool more = false;

	for (uint32_t i = 0; i < p->link_count; i++) {
		const struct store_connection *n = store_connection(app->store, i);
		struct link *l = &p->links[i];

		if (!l->used || peers != (n->info.peer != NULL))
			continue;
		if (n->info.web && !l->asked && n->first_row != STORE_NONE) {
			if (events++ >= EVENTS_AT_A_TIME) {
				more = true;
				continue;
			}
			ask_host(p, app, n, l);
			release(p, l);
		}
		resolve(p, app, n, l);
	}
	return more;
}

static void take_span(struct party *party, const struct store_connection *n)
{
	if (n->first_row < party->first_row)
		party->first_row = n->first_row;
	if (!n->ended)
		party->last_row = STORE_NONE;
	else if (party->last_row != STORE_NONE && n->last_row > party->last_row)
		party->last_row = n->last_row;
}

/* From the first event of its connections to the last. */
static void take_spans(struct parties *p, const struct app *app)
{
	for (uint32_t i = 0; i < p->count; i++) {
		p->party[i].first_row = STORE_NONE;
		p->party[i].last_row = 0;
	}
	for (uint32_t i = 0; i < p->link_count; i++) {
		const struct link *l = &p->links[i];

		if (!l->used || l->client == STORE_NONE)
			continue;
		take_span(&p->party[l->client], store_connection(app->store, i));
		take_span(&p->party[l->server], store_connection(app->store, i));
	}
}

static void put_in_order(struct parties *p)
{
	p->columns = 0;
	for (int kind = PARTY_CLIENT; kind <= PARTY_PEER; kind++) {
		for (uint32_t i = 0; i < p->count; i++) {
			if ((int)p->party[i].kind != kind || !p->party[i].use)
				continue;
			p->party[i].column = p->columns;
			p->order[p->columns++] = i;
		}
	}
}

bool parties_refresh(struct parties *p, struct app *app)
{
	uint32_t before = p->looked;
	bool more;

	if (is_another_view(p, app)) {
		begin_anew(p, app);
		before = UINT32_MAX;
	}
	if (p->generation == store_generation(app->store) && p->looked == view_count(app->view) && before == p->looked)
		return false;
	grow_links(p, store_connections(app->store));
	more = look_at_rows(p, app);
	more |= resolve_all(p, app, false);
	resolve_all(p, app, true);
	take_spans(p, app);
	put_in_order(p);
	p->generation = more ? UINT64_MAX : store_generation(app->store);
	return more;
}

/* --- what is drawn --- */

int parties_count(const struct parties *p)
{
	return p->columns;
}

const struct party *parties_at(const struct parties *p, int column)
{
	return &p->party[p->order[column]];
}

bool parties_of_row(const struct parties *p, const struct store_row *row, int *sender, int *receiver)
{
	const struct link *l = row->connection < p->link_count ? &p->links[row->connection] : NULL;

	if (!l || l->client == STORE_NONE)
		return false;
	int client = p->party[l->client].column, server = p->party[l->server].column;
	*sender = row->from == MSNP_CLIENT ? client : server;
	*receiver = row->from == MSNP_CLIENT ? server : client;
	return true;
}

const char *party_kind_name(enum party_kind kind)
{
	static const char *const names[] = {
		[PARTY_CLIENT] = "client",
		[PARTY_DISPATCH] = "dispatch",
		[PARTY_NOTIFICATION] = "notification",
		[PARTY_SERVER] = "server",
		[PARTY_SWITCHBOARD] = "switchboard",
		[PARTY_GATEWAY] = "gateway",
		[PARTY_WEB] = "web service",
		[PARTY_PEER] = "other client",
	};

	return names[kind];
}
