/* SPDX-License-Identifier: BSD-2-Clause */
/* Direct connections, which belong to the calls that name their GUID, and drawings. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "session/p2p_internal.h"

struct p2p_direct *p2p_direct_of(struct p2p_table *t, uint64_t connection)
{
	struct p2p_direct *direct;

	HASH_FIND(hh, t->directs, &connection, sizeof(connection), direct);
	return direct;
}

void p2p_direct_free(struct p2p_table *t, struct p2p_direct *direct)
{
	HASH_DEL(t->directs, direct);
	for (size_t i = 0; i < direct->side_count; i++) {
		p2p_drop(&direct->side[i].own.text);
		p2p_drop(&direct->side[i].peer.text);
	}
	free(direct);
}

/*
 * The nonce of the call that the GUID is, or NULL.  Of hashed nonces each side
 * shows its own; of plain ones both show the listening side's.
 */
static const struct p2p_nonce *nonce_of(const struct p2p_call *c, uint64_t plain, uint64_t hashed)
{
	for (size_t i = 0; i < c->nonce_count; i++)
		if (c->nonces[i].hash == (c->nonces[i].hashed ? hashed : plain))
			return &c->nonces[i];
	return NULL;
}

uint64_t p2p_place_of(const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];

	return p2p_hash(slice_of(text, address_text(a, text))) | 1;
}

static bool has_side(const struct p2p_direct *direct, uint64_t vantage)
{
	for (size_t i = 0; i < direct->side_count; i++)
		if (direct->side[i].vantage == vantage)
			return true;
	return false;
}

static void add_side(struct p2p_table *t, struct p2p_direct *direct, struct p2p_call *c, const struct p2p_nonce *n,
		     enum msnp_sender from)
{
	struct p2p_vantage *v = p2p_vantage_find(t, c->vantage);
	bool shows_own = n->hashed || from == MSNP_SERVER;
	bool sender_own = shows_own == n->own;

	if (!v || direct->side_count == P2P_SIDES_MAX || has_side(direct, c->vantage))
		return;
	struct p2p_side *side = &direct->side[direct->side_count++];
	side->vantage = c->vantage;
	side->own = c->own;
	side->peer = c->peer;
	side->own.text = p2p_keep(c->inviter_own ? c->inviter : c->invitee);
	side->peer.text = p2p_keep(c->inviter_own ? c->invitee : c->inviter);
	side->own_is_client = (from == MSNP_CLIENT) == sender_own;
	v->directs++;
}

uint64_t p2p_place(struct slice ip, uint64_t port)
{
	char text[INET6_ADDRSTRLEN];
	struct address a = {.port = (uint16_t)port};

	if (ip.len == 0 || ip.len >= sizeof(text) || slice_find_byte(ip, 0) < ip.len || port > UINT16_MAX)
		return 0;
	memcpy(text, ip.ptr, ip.len);
	text[ip.len] = 0;
	a.version = inet_pton(AF_INET, text, a.ip) == 1 ? 4 : inet_pton(AF_INET6, text, a.ip) == 1 ? 6 : 0;
	return a.version ? p2p_place_of(&a) : 0;
}

/* Does the call say which nonce the sender of the event must show? */
static bool says_nonce(const struct p2p_call *c, enum msnp_sender from)
{
	for (size_t i = 0; i < c->nonce_count; i++)
		if (!c->nonces[i].hashed || c->nonces[i].own == ((from == MSNP_SERVER) == c->listener_own))
			return true;
	return false;
}

/* Where bytes are missing, another call may have named the address. */
static bool is_of_place(struct p2p_table *t, const struct p2p_call *c, uint64_t place)
{
	const struct p2p_vantage *v = p2p_vantage_find(t, c->vantage);
	bool found = false;

	for (size_t i = 0; i < c->place_count; i++)
		found |= c->places[i] == place;
	return found && v && v->whole && !c->ended;
}

static void check_nonce(struct p2p_table *t, const struct event *e, struct dissection *d)
{
	uint64_t place = p2p_place_of(&e->connection->server);
	struct p2p_call *c, *next;

	HASH_ITER(hh, t->calls, c, next) {
		if (!is_of_place(t, c, place) || !says_nonce(c, e->from))
			continue;
		finding_add(d, RULE_P2P_HANDSHAKE, p2p_child(&d->root, F_P2P_NONCE), "not the nonce of the call that named this address");
		return;
	}
}

void p2p_direct_open(struct p2p_table *t, const struct event *e, struct dissection *d, struct slice guid, struct slice hashed)
{
	uint64_t plain_hash = p2p_hash(guid), hashed_hash = p2p_hash(hashed);
	struct p2p_direct *direct = p2p_direct_of(t, e->connection->id);
	struct p2p_call *c, *next;
	bool known = false;

	if (!direct) {
		direct = memory_zalloc(sizeof(*direct));
		direct->connection = e->connection->id;
		HASH_ADD(hh, t->directs, connection, sizeof(direct->connection), direct);
	}
	if (direct->side_count == P2P_SIDES_MAX)
		return;
	HASH_ITER(hh, t->calls, c, next) {
		const struct p2p_nonce *n = nonce_of(c, plain_hash, hashed_hash);

		if (n)
			add_side(t, direct, c, n, e->from);
		known |= n != NULL;
	}
	if (!known)
		check_nonce(t, e, d);
}

size_t p2p_seen_from(struct p2p_table *t, uint64_t connection, uint64_t seen_from[P2P_SIDES_MAX])
{
	const struct p2p_direct *direct = p2p_direct_of(t, connection);
	const struct p2p_ftp *ftp;
	size_t count = 0;

	HASH_FIND(hh, t->ftps, &connection, sizeof(connection), ftp);
	for (size_t i = 0; direct && i < direct->side_count; i++)
		seen_from[count++] = direct->side[i].vantage;
	for (size_t i = 0; ftp && count < P2P_SIDES_MAX && i < P2P_SIDES_MAX; i++)
		if (ftp->object[i])
			seen_from[count++] = ftp->object[i]->vantage;
	return count;
}

void p2p_links_drop(struct p2p_table *t)
{
	struct p2p_direct *direct, *next;
	struct p2p_ftp *ftp, *next_ftp;

	HASH_ITER(hh, t->directs, direct, next)
		p2p_direct_free(t, direct);
	HASH_ITER(hh, t->ftps, ftp, next_ftp)
		p2p_ftp_free(t, ftp);
}

void p2p_ink(struct p2p_view *w, const struct field *ink, const char *transport)
{
	struct slice drawing = p2p_text(ink, F_INK_DATA);
	struct p2p_object *o;

	if (drawing.len == 0)
		return;
	o = p2p_object_new(w->t, w->e, OBJECT_INK, transport);
	o->object.from = p2p_keep(w->sender.text);
	o->object.to = p2p_keep(w->addressee.text);
	o->object.direct_connection = w->direct;
	o->has_total = true;
	o->total = drawing.len;
	o->object.has_size = true;
	o->object.size = drawing.len;
	field_add_number(w->d, (struct field *)(uintptr_t)ink, F_P2P_OBJECT, o->object.id, ink->source, ink->offset, 0);
	p2p_object_data(w->t, w->e, o, 0, drawing);
	p2p_object_complete(w->t, w->e, o, NULL);
}
