/* SPDX-License-Identifier: BSD-2-Clause */
/* What events say about peer-to-peer transfers: whose packet it is, what it acknowledges, where it goes on. */
#include "session/p2p.h"

#include <stdlib.h>

#include <utlist.h>

#include "session/p2p_internal.h"
#include "util/utf8.h"

/* Party of a direct connection that belongs to no call. */
#define OTHER_SIDE 2u

struct p2p_table *p2p_new(const struct event_sink *sink)
{
	struct p2p_table *t = memory_zalloc(sizeof(*t));

	t->sink = *sink;
	return t;
}

/* --- texts --- */

struct slice p2p_keep(struct slice s)
{
	s = utf8_cut(s, P2P_NAME_KEPT_MAX);
	if (s.len == 0)
		return SLICE_EMPTY;
	return slice_of(memcpy(memory_alloc(s.len), s.ptr, s.len), s.len);
}

void p2p_drop(struct slice *s)
{
	free((void *)(uintptr_t)s->ptr);
	*s = SLICE_EMPTY;
}

void p2p_learn(struct slice *kept, struct slice s)
{
	if (kept->len == 0)
		*kept = p2p_keep(s);
}

/* FNV-1a; small numbers have other meanings. */
uint64_t p2p_hash(struct slice s)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		hash = (hash ^ (c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c)) * 0x100000001b3u;
	}
	return hash | (uint64_t)1 << 63;
}

uint64_t p2p_hash_account(struct slice s)
{
	return p2p_hash(slice_sub(s, 0, slice_find_byte(s, ';')));
}

uint64_t p2p_pair(uint64_t a, uint64_t b)
{
	uint64_t low = a < b ? a : b, high = a < b ? b : a;

	return low * 0x9e3779b97f4a7c15u ^ high;
}

const struct field *p2p_child(const struct field *parent, enum field_id id)
{
	const struct field *f = parent ? field_child(parent, &field_defs[id]) : NULL;

	return f && (f->has_value || f->def->type == FIELD_BRANCH || f->def->type == FIELD_DICT) ? f : NULL;
}

struct slice p2p_text(const struct field *parent, enum field_id id)
{
	const struct field *f = p2p_child(parent, id);

	return f ? f->value.text : SLICE_EMPTY;
}

struct slice p2p_address(struct arena *arena, const struct field *f)
{
	struct slice account = p2p_text(f, F_ADDRESS_ACCOUNT), endpoint = p2p_text(f, F_ADDRESS_ENDPOINT);

	if (!f)
		return SLICE_EMPTY;
	if (account.len == 0)
		return f->has_value ? f->value.text : SLICE_EMPTY;
	if (endpoint.len == 0)
		return account;
	return arena_printf(arena, "%.*s;%.*s", SLICE_ARG(account), SLICE_ARG(endpoint));
}

/* --- vantages --- */

struct p2p_vantage *p2p_vantage_find(struct p2p_table *t, uint64_t id)
{
	struct p2p_vantage *v;

	HASH_FIND(hh, t->vantages, &id, sizeof(id), v);
	return v;
}

static struct p2p_vantage *vantage_of(struct p2p_table *t, const struct connection *c)
{
	struct p2p_vantage *v = p2p_vantage_find(t, c->id);

	if (v)
		return v;
	v = memory_zalloc(sizeof(*v));
	v->id = c->id;
	v->whole = c->direction_from == DIRECTION_SYN;
	HASH_ADD(hh, t->vantages, id, sizeof(v->id), v);
	return v;
}

static void vantage_free(struct p2p_table *t, struct p2p_vantage *v)
{
	HASH_DEL(t->vantages, v);
	p2p_drop(&v->own);
	free(v->acks);
	free(v);
}

static void vantage_end(struct p2p_table *t, struct p2p_vantage *v)
{
	/* Calls know best why their objects are not whole. */
	p2p_calls_drop(t, v->id, "connection ended");
	p2p_messages_drop(t, v->id);
	vantage_free(t, v);
}

static void set_own(struct p2p_vantage *v, struct slice account, bool certain)
{
	account = slice_sub(account, 0, slice_find_byte(account, ';'));
	if (account.len == 0 || v->own_certain || (v->own_account && !certain))
		return;
	p2p_drop(&v->own);
	v->own = p2p_keep(account);
	v->own_account = p2p_hash_account(account);
	v->own_certain = certain;
}

static void observe_user(struct p2p_table *t, const struct event *e, const struct field *root)
{
	const struct field *f = p2p_child(root, P_passport);

	if (!f)
		f = p2p_child(root, P_passport_epid);
	if (f && f->def->type == FIELD_TEXT)
		set_own(vantage_of(t, e->connection), f->value.text, true);
}

static void loses(struct p2p_vantage *v)
{
	v->whole = false;
	v->losses++;
}

static void observe_loss(struct p2p_table *t, const struct event *e)
{
	struct p2p_direct *direct = p2p_direct_of(t, e->connection->id);

	for (size_t i = 0; direct && i < direct->side_count; i++)
		loses(p2p_vantage_find(t, direct->side[i].vantage));
	p2p_ftp_lost(t, e->connection->id);
	loses(vantage_of(t, e->connection));
}

/* --- who and to whom --- */

static struct p2p_party party(const struct p2p_vantage *v, struct slice text)
{
	struct p2p_party p = {p2p_hash_account(text), p2p_hash(text), text};

	if (text.len == 0)
		return (struct p2p_party){0, 0, SLICE_EMPTY};
	if (p.account == v->own_account)
		p.account = p.full = P2P_OWN;
	return p;
}

static struct p2p_party own_party(const struct p2p_vantage *v, struct slice text)
{
	return (struct p2p_party){P2P_OWN, P2P_OWN, text.len ? text : v->own};
}

/* The first of the fields that names somebody. */
static struct slice first_address(struct arena *arena, const struct field *a, const struct field *b)
{
	struct slice text = p2p_address(arena, a);

	return text.len ? text : p2p_address(arena, b);
}

/* Through a server: headers of the packet say it, or the routing block, or the command line. */
static void set_parties(struct p2p_view *w)
{
	const struct field *root = &w->d->root, *routing = p2p_child(root, F_ROUTING);
	const struct field *from = p2p_child(root, F_P2P_SOURCE), *to = p2p_child(root, F_P2P_DESTINATION);
	const struct field *other = p2p_child(root, P_passport);

	if (!other)
		other = p2p_child(root, P_passport_epid);
	if (routing) {
		from = p2p_child(routing, F_ROUTING_FROM);
		to = p2p_child(routing, F_ROUTING_TO);
		other = NULL;
	}
	struct slice sender = first_address(w->d->arena, from, w->from_own ? NULL : other);
	struct slice addressee = first_address(w->d->arena, to, w->from_own ? other : NULL);
	if (w->from_own) {
		set_own(w->v, sender, true);
		w->sender = own_party(w->v, sender);
		w->addressee = party(w->v, addressee);
		return;
	}
	set_own(w->v, addressee, false);
	w->sender = party(w->v, sender);
	w->addressee = addressee.len ? party(w->v, addressee) : own_party(w->v, addressee);
	if (w->addressee.account == P2P_OWN)
		w->addressee = own_party(w->v, addressee);
}

static void set_side(struct p2p_view *w, const struct p2p_side *side)
{
	w->from_own = (w->e->from == MSNP_CLIENT) == side->own_is_client;
	w->sender = w->from_own ? side->own : side->peer;
	w->addressee = w->from_own ? side->peer : side->own;
}

/* --- acknowledgements --- */

static struct p2p_ack *ack_find(struct p2p_acks *acks, uint64_t sender, uint64_t addressee, uint32_t id)
{
	for (size_t i = 1; i <= P2P_ACKS_MAX; i++) {
		struct p2p_ack *a = &acks->ring[(acks->next + P2P_ACKS_MAX - i) % P2P_ACKS_MAX];

		if (!a->used)
			return NULL;
		if (a->id == id && a->sender == sender && a->addressee == addressee)
			return a;
	}
	return NULL;
}

static struct p2p_acks *acks_of(struct p2p_view *w, bool own)
{
	if (!w->v->acks)
		w->v->acks = memory_zalloc(2 * sizeof(*w->v->acks));
	return &w->v->acks[own];
}

/*
 * A packet that may be acknowledged.  Packets of version 2 without data have
 * the same number as the one before them: some clients acknowledge these too,
 * but while the data is not acknowledged it is what is meant.
 */
static void note_packet(struct p2p_view *w, const struct p2p_packet *p)
{
	struct p2p_acks *acks = acks_of(w, w->sender.account == P2P_OWN);
	uint32_t id = p->version == 2 ? p->identifier + p->length : p->identifier;
	struct p2p_ack *a;

	if (p->kind == P2P_KIND_BROKEN || (p->version == 1 && p->data.len == 0))
		return;
	a = ack_find(acks, w->sender.account, w->addressee.account, id);
	if (a && a->data && !a->acked && p->data.len == 0)
		return;
	if (!a) {
		a = &acks->ring[acks->next];
		acks->next = (acks->next + 1) % P2P_ACKS_MAX;
		acks->overflowed |= a->used;
	}
	*a = (struct p2p_ack){w->sender.account, w->addressee.account, w->e->id, id, true, p->data.len > 0, false};
}

static void link_ack(struct p2p_view *w, const struct p2p_packet *p)
{
	bool v1 = p->version == 1 && p->kind == P2P_KIND_ACK;
	uint32_t id = v1 ? p->ack_id : p->acked;
	struct p2p_acks *acks = acks_of(w, w->addressee.account == P2P_OWN);
	struct p2p_ack *a;

	if (!v1 && !(p->version == 2 && p->has_acked))
		return;
	a = ack_find(acks, w->addressee.account, w->sender.account, id);
	if (a) {
		a->acked = true;
		field_add_number(w->d, w->packet, F_P2P_ACKS, a->event, w->packet->source, w->packet->offset, 0);
	} else if (w->v->whole && !w->direct && !acks->overflowed && !acks->told) {
		acks->told = true;
		finding_add(w->d, RULE_P2P_ACK_UNKNOWN, w->packet, "acknowledges a packet that was not seen");
	}
}

/* --- packets --- */

void p2p_content_observe(struct p2p_view *w, struct field *f)
{
	const struct field *slp = p2p_child(f, F_SLP), *ink = p2p_child(f, F_INK);

	if (w->again)
		return;
	w->packet = f;
	if (slp)
		p2p_call_slp(w, slp);
	if (ink)
		p2p_ink(w, ink, w->version == 2 ? "p2p-v2" : "p2p-v1");
}

static void observe_packet(struct p2p_view *w, const struct p2p_packet *p)
{
	bool closes = p->kind == P2P_KIND_CLOSE || p->kind == P2P_KIND_CANCEL || p->kind == P2P_KIND_ERROR;

	w->version = p->version;
	if (!w->again)
		link_ack(w, p);
	note_packet(w, p);
	w->call = p2p_call_of_packet(w, p);
	p2p_call_fields(w);
	p2p_check_packet(w, p);
	if (closes && p->data.len == 0)
		p2p_call_closed(w, p);
	if (p->data.len == 0 || p->kind == P2P_KIND_PREPARATION || p->kind == P2P_KIND_BROKEN)
		return;
	if (p->whole)
		p2p_content_observe(w, w->packet);
	p2p_message_packet(w, p);
}

static void observe_direct_packet(struct p2p_view *w, const struct p2p_packet *p)
{
	struct p2p_direct *direct = p2p_direct_of(w->t, w->e->connection->id);
	struct p2p_side alone = {.own = {P2P_OWN, P2P_OWN, SLICE_EMPTY},
				 .peer = {OTHER_SIDE, OTHER_SIDE, SLICE_EMPTY},
				 .own_is_client = true};
	struct field *packet = w->packet;

	w->direct = w->e->connection->id;
	if (!direct || direct->side_count == 0) {
		w->v = vantage_of(w->t, w->e->connection);
		set_side(w, &alone);
		observe_packet(w, p);
		return;
	}
	for (size_t i = 0; i < direct->side_count; i++) {
		w->v = p2p_vantage_find(w->t, direct->side[i].vantage);
		w->again = i > 0;
		w->packet = packet;
		set_side(w, &direct->side[i]);
		observe_packet(w, p);
	}
}

static bool is_direct(const struct event *e)
{
	return strcmp(e->connection->transport, "p2p") == 0;
}

static struct p2p_view view_of(struct p2p_table *t, const struct event *e, struct dissection *d, struct field *f)
{
	return (struct p2p_view){.t = t, .e = e, .d = d, .packet = f, .from_own = e->from == MSNP_CLIENT};
}

static void packet(struct p2p_table *t, const struct event *e, struct dissection *d, struct field *f)
{
	struct p2p_view w = view_of(t, e, d, f);
	struct p2p_packet p;

	if (!p2p_packet_of(d, f, &p))
		return;
	/* A length of 0 with data behind it is one client's mistake; beyond any other length stands no data. */
	if (p.version == 1 && p.length && p.length < p.data.len)
		p.data.len = p.length;
	if (is_direct(e)) {
		if (p.has_nonce)
			p2p_direct_open(t, e, d, p2p_guid(d->arena, p.nonce), p2p_guid_hashed(d->arena, p.nonce));
		observe_direct_packet(&w, &p);
		return;
	}
	w.v = vantage_of(t, e->connection);
	set_parties(&w);
	observe_packet(&w, &p);
}

/* What stands in a message itself rather than in packets. */
static void unpacked(struct p2p_table *t, const struct event *e, struct dissection *d, struct field *f)
{
	struct p2p_view w = view_of(t, e, d, &d->root);

	w.v = vantage_of(t, e->connection);
	set_parties(&w);
	if (f->def == &field_defs[F_SLP])
		p2p_call_slp(&w, f);
	else if (f->def == &field_defs[F_INVITE_BLOCK])
		p2p_invitation_observe(&w, &d->root);
	else
		p2p_ink(&w, f, "message");
}

/* A message that was split: its last part has the whole. */
static void joined(struct p2p_table *t, const struct event *e, struct dissection *d, struct field *message)
{
	for (struct field *f = message->first; f; f = f->next)
		if (f->def == &field_defs[F_INK])
			unpacked(t, e, d, f);
}

void p2p_observe(struct p2p_table *t, const struct event *e, struct dissection *d)
{
	bool is_ftp = strcmp(e->protocol, "msnftp") == 0;

	if (e->connection->web)
		return;
	if (e->kind == EVENT_LOST || e->skipped_bytes || e->lost_bytes)
		observe_loss(t, e);
	/* Nobody knows which of its bytes are there. */
	if (e->lost_bytes)
		return;
	if (slice_eq_str(e->name, "USR") || slice_eq_str(e->name, "ANS"))
		observe_user(t, e, &d->root);
	if (is_ftp)
		p2p_ftp_observe(t, e, d);
	for (struct field *f = d->root.first; f; f = f->next) {
		if (f->def == &field_defs[F_P2P_PACKET])
			packet(t, e, d, f);
		else if (f->def == &field_defs[F_P2P_NONCE])
			p2p_direct_open(t, e, d, f->value.text, p2p_text(&d->root, F_P2P_NONCE_HASHED));
		else if (f->def == &field_defs[F_MSG_JOINED])
			joined(t, e, d, f);
		else if (f->def == &field_defs[F_SLP] || f->def == &field_defs[F_INVITE_BLOCK] ||
			 f->def == &field_defs[F_INK])
			unpacked(t, e, d, f);
	}
}

/* --- ends --- */

void p2p_flush(struct p2p_table *t)
{
	p2p_objects_flush(t);
}

void p2p_connection_end(struct p2p_table *t, const struct connection *c)
{
	struct p2p_direct *direct = p2p_direct_of(t, c->id);
	struct p2p_vantage *v = p2p_vantage_find(t, c->id);

	p2p_ftp_end(t, c->id);
	if (direct) {
		for (size_t i = 0; i < direct->side_count; i++) {
			struct p2p_vantage *of = p2p_vantage_find(t, direct->side[i].vantage);

			if (of && --of->directs == 0 && of->closed)
				vantage_end(t, of);
		}
		p2p_direct_free(t, direct);
	}
	if (v) {
		p2p_invitations_drop(t, v->id, "connection ended");
		v->closed = true;
		if (v->directs == 0)
			vantage_end(t, v);
	}
	p2p_flush(t);
}

void p2p_finish(struct p2p_table *t)
{
	struct p2p_object *o, *next_object;
	struct p2p_vantage *v, *next;

	p2p_calls_drop(t, 0, "capture ended");
	DL_FOREACH_SAFE2(t->running, o, next_object, next)
		p2p_object_stop(t, NULL, o, NULL, OBJECT_INCOMPLETE, SLICE_LIT("capture ended"));
	p2p_messages_drop(t, 0);
	p2p_invitations_drop(t, 0, "capture ended");
	p2p_links_drop(t);
	HASH_ITER(hh, t->vantages, v, next)
		vantage_free(t, v);
	t->call_evicted = false;
	p2p_flush(t);
}

void p2p_free(struct p2p_table *t)
{
	t->sink = (struct event_sink){0};
	p2p_finish(t);
	free(t);
}
