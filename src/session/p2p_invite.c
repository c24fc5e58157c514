/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that text/x-msmsgsinvite offers and MSNFTP brings. */
#include <inttypes.h>
#include <stdlib.h>

#include <utlist.h>

#include "session/p2p_internal.h"

static const char transport[] = "msnftp";

/* --- invitations --- */

static void invitation_free(struct p2p_table *t, struct p2p_invitation *i)
{
	if (i->object)
		i->object->invitation = NULL;
	DL_DELETE2(t->invitations, i, previous, next);
	t->invitation_count--;
	p2p_drop(&i->auth_cookie);
	free(i);
}

void p2p_invitation_forget(struct p2p_table *t, struct p2p_object *o)
{
	if (o->invitation)
		invitation_free(t, o->invitation);
	for (size_t i = 0; o->ftp && i < P2P_SIDES_MAX; i++)
		if (o->ftp->object[i] == o)
			o->ftp->object[i] = NULL;
	o->ftp = NULL;
}

/* Files that come already go on without the connection that they were offered on. */
void p2p_invitations_drop(struct p2p_table *t, uint64_t vantage, const char *cause)
{
	struct p2p_invitation *i, *next_invitation;

	DL_FOREACH_SAFE2(t->invitations, i, next_invitation, next)
		if (!vantage || (i->vantage == vantage && !i->object->ftp))
			p2p_object_stop(t, NULL, i->object, NULL, OBJECT_INCOMPLETE, slice_str(cause));
}

static struct p2p_invitation *invitation_of(struct p2p_table *t, uint64_t vantage, uint64_t cookie)
{
	struct p2p_invitation *i;

	DL_FOREACH2(t->invitations, i, next)
		if (i->vantage == vantage && i->cookie == cookie)
			return i;
	return NULL;
}

static void offer(struct p2p_view *w, const struct field *root, const struct field *cookie)
{
	const struct field *size = p2p_child(root, F_INVITE_FILE_SIZE);
	struct p2p_invitation *i;
	struct p2p_object *o;

	if (w->t->invitation_count == P2P_INVITATIONS_MAX)
		p2p_object_stop(w->t, w->e, w->t->invitations->object, NULL, OBJECT_INCOMPLETE, SLICE_LIT("limit"));
	o = p2p_object_new(w->t, w->e, OBJECT_FILE, transport);
	o->vantage = w->v->id;
	o->object.from = p2p_keep(w->sender.text);
	o->object.to = p2p_keep(w->addressee.text);
	o->object.name = p2p_keep(p2p_text(root, F_INVITE_FILE));
	o->object.call_id = p2p_keep(arena_printf(w->d->arena, "%" PRIu64, cookie->value.number));
	o->object.has_size = size != NULL;
	o->object.size = size ? size->value.number : 0;
	o->object.invited = (struct object_step){w->e->id, w->e->time_ns};
	i = memory_zalloc(sizeof(*i));
	i->vantage = w->v->id;
	i->cookie = cookie->value.number;
	i->inviter_own = w->from_own;
	i->object = o;
	o->invitation = i;
	DL_APPEND2(w->t->invitations, i, previous, next);
	w->t->invitation_count++;
}

static void accept(struct p2p_view *w, const struct field *root, struct p2p_invitation *i)
{
	const struct field *port = p2p_child(root, F_INVITE_PORT);

	if (w->from_own != i->inviter_own && !i->accepted) {
		i->accepted = true;
		i->object->object.accepted = (struct object_step){w->e->id, w->e->time_ns};
		p2p_learn(&i->object->object.to, w->sender.text);
	}
	p2p_learn(&i->auth_cookie, p2p_text(root, F_INVITE_AUTH_COOKIE));
	if (!port)
		return;
	i->port = port->value.number;
	i->place = p2p_place(p2p_text(root, F_INVITE_IP), port->value.number);
}

static void cancel(struct p2p_view *w, const struct field *root, struct p2p_invitation *i)
{
	struct slice code = p2p_text(root, F_INVITE_CANCEL_CODE);
	bool declined = !i->accepted && w->from_own != i->inviter_own;

	p2p_object_stop(w->t, w->e, i->object, w->d, declined ? OBJECT_DECLINED : OBJECT_CANCELLED,
			code.len ? code : declined ? SLICE_LIT("declined") : SLICE_LIT("cancelled"));
}

void p2p_invitation_observe(struct p2p_view *w, const struct field *root)
{
	struct slice command = p2p_text(root, F_INVITE_COMMAND);
	const struct field *cookie = p2p_child(root, F_INVITE_COOKIE);
	struct p2p_invitation *i = cookie ? invitation_of(w->t, w->v->id, cookie->value.number) : NULL;

	if (!cookie)
		return;
	if (slice_case_eq(command, SLICE_LIT("INVITE")) && !i && p2p_child(root, F_INVITE_FILE))
		offer(w, root, cookie);
	else if (slice_case_eq(command, SLICE_LIT("ACCEPT")) && i)
		accept(w, root, i);
	else if (slice_case_eq(command, SLICE_LIT("CANCEL")) && i)
		cancel(w, root, i);
}

/* --- MSNFTP --- */

static struct p2p_ftp *ftp_of(struct p2p_table *t, uint64_t connection)
{
	struct p2p_ftp *ftp;

	HASH_FIND(hh, t->ftps, &connection, sizeof(connection), ftp);
	return ftp;
}

static struct p2p_ftp *ftp_new(struct p2p_table *t, uint64_t connection)
{
	struct p2p_ftp *ftp = memory_zalloc(sizeof(*ftp));

	ftp->connection = connection;
	HASH_ADD(hh, t->ftps, connection, sizeof(ftp->connection), ftp);
	return ftp;
}

void p2p_ftp_free(struct p2p_table *t, struct p2p_ftp *ftp)
{
	HASH_DEL(t->ftps, ftp);
	for (size_t i = 0; i < P2P_SIDES_MAX; i++)
		if (ftp->object[i])
			ftp->object[i]->ftp = NULL;
	p2p_drop(&ftp->account);
	free(ftp);
}

/* The file of an invitation comes on this connection; a capture of both sides has the invitation twice. */
static void bind(struct p2p_ftp *ftp, struct p2p_object *o)
{
	if (ftp->objects == P2P_SIDES_MAX || o->ftp)
		return;
	o->ftp = ftp;
	o->object.direct_connection = ftp->connection;
	p2p_learn(&o->object.to, ftp->account);
	ftp->object[ftp->objects++] = o;
}

static void bind_by_cookie(struct p2p_table *t, struct p2p_ftp *ftp, struct slice cookie)
{
	struct p2p_invitation *i;

	DL_FOREACH2(t->invitations, i, next)
		if (cookie.len && slice_eq(i->auth_cookie, cookie))
			bind(ftp, i->object);
}

static void bind_by_port(struct p2p_table *t, struct p2p_ftp *ftp, uint16_t port)
{
	struct p2p_invitation *i;

	DL_FOREACH2(t->invitations, i, next)
		if (i->port == port && i->object->object.has_size && i->object->object.size == ftp->size)
			bind(ftp, i->object);
}

/* Who comes for the file: the one who was invited, with the cookie that was given for this address. */
static void check_guest(struct p2p_table *t, const struct event *e, struct p2p_ftp *ftp, struct dissection *d)
{
	const struct field *account = p2p_child(&d->root, F_MSNFTP_ACCOUNT), *cookie = p2p_child(&d->root, F_MSNFTP_COOKIE);
	const struct p2p_object *o = ftp->objects ? ftp->object[0] : NULL;
	struct p2p_invitation *i;

	if (o && account && o->object.to.len && p2p_hash_account(o->object.to) != p2p_hash_account(account->value.text))
		finding_add(d, RULE_MSNFTP_GUEST, account, "invited was %.*s", SLICE_ARG(o->object.to));
	if (ftp->objects || !cookie)
		return;
	uint64_t place = p2p_place_of(&e->connection->server);
	DL_FOREACH2(t->invitations, i, next) {
		if (i->place != place || i->auth_cookie.len == 0)
			continue;
		finding_add(d, RULE_MSNFTP_GUEST, cookie, "the invitation to this address has AuthCookie %.*s", SLICE_ARG(i->auth_cookie));
		return;
	}
}

/* A file whose invitation is not in the capture. */
static void bind_new(struct p2p_table *t, const struct event *e, struct p2p_ftp *ftp)
{
	bind(ftp, p2p_object_new(t, e, OBJECT_FILE, transport));
}

static void check_size(const struct p2p_ftp *ftp, struct dissection *d, const struct field *size)
{
	const struct p2p_object *o = ftp->objects ? ftp->object[0] : NULL;

	if (o && o->object.has_size && o->object.size != size->value.number)
		finding_add(d, RULE_OBJECT_SIZE, size, "%" PRIu64 " bytes where %" PRIu64 " were announced", size->value.number,
			    o->object.size);
}

static void set_size(struct p2p_table *t, const struct event *e, struct p2p_ftp *ftp, struct dissection *d, const struct field *field)
{
	uint64_t size = field->value.number;

	ftp->size = size;
	if (ftp->objects == 0)
		bind_by_port(t, ftp, e->connection->server.port);
	if (ftp->objects == 0)
		bind_new(t, e, ftp);
	check_size(ftp, d, field);
	for (size_t i = 0; i < ftp->objects; i++) {
		struct p2p_object *o = ftp->object[i];

		if (!o)
			continue;
		o->has_total = true;
		o->total = size;
		if (!o->object.has_size) {
			o->object.has_size = true;
			o->object.size = size;
		}
		if (p2p_object_whole(o))
			p2p_object_complete(t, e, o, NULL);
	}
}

static void block(struct p2p_table *t, const struct event *e, struct p2p_ftp *ftp, struct dissection *d)
{
	const struct field *offset = p2p_child(&d->root, F_MSNFTP_OFFSET);
	struct slice data = p2p_text(&d->root, F_MSNFTP_DATA);
	uint64_t at = offset ? offset->value.number : 0;

	if (!offset || data.len == 0)
		return;
	if (ftp->objects == 0)
		bind_new(t, e, ftp);
	for (size_t i = 0; i < ftp->objects; i++) {
		struct p2p_object *o = ftp->object[i];

		if (!o || (o->has_total && (at > o->total || data.len > o->total - at)))
			continue;
		if (i == 0)
			field_add_number(d, &d->root, F_P2P_OBJECT, o->object.id, offset->source, offset->offset, 0);
		p2p_object_data(t, e, o, at, data);
		if (p2p_object_whole(o))
			p2p_object_complete(t, e, o, i == 0 ? d : NULL);
	}
}

static void stop(struct p2p_table *t, const struct event *e, struct p2p_ftp *ftp, struct dissection *d,
		 const char *cause)
{
	for (size_t i = 0; i < ftp->objects; i++) {
		struct p2p_object *o = ftp->object[i];

		if (o && ftp->lost)
			p2p_object_stop(t, e, o, i == 0 ? d : NULL, OBJECT_INCOMPLETE, SLICE_LIT("lost"));
		else if (o)
			p2p_object_stop(t, e, o, i == 0 ? d : NULL, e ? OBJECT_CANCELLED : OBJECT_INCOMPLETE,
					slice_str(cause));
	}
}

void p2p_ftp_observe(struct p2p_table *t, const struct event *e, struct dissection *d)
{
	const struct field *size = p2p_child(&d->root, F_MSNFTP_SIZE);
	const struct field *type = p2p_child(&d->root, F_MSNFTP_BLOCK_TYPE);
	struct p2p_ftp *ftp = ftp_of(t, e->connection->id);

	if (!ftp)
		ftp = ftp_new(t, e->connection->id);
	if (slice_eq_str(e->name, "USR")) {
		p2p_learn(&ftp->account, p2p_text(&d->root, F_MSNFTP_ACCOUNT));
		bind_by_cookie(t, ftp, p2p_text(&d->root, F_MSNFTP_COOKIE));
		check_guest(t, e, ftp, d);
	} else if (size) {
		set_size(t, e, ftp, d, size);
	} else if (type && type->value.number == 1) {
		stop(t, e, ftp, d, "the sender cancelled");
	} else if (type) {
		block(t, e, ftp, d);
	} else if (slice_eq_str(e->name, "CCL")) {
		stop(t, e, ftp, d, "the receiver cancelled");
	} else if (slice_eq_str(e->name, "BYE")) {
		stop(t, e, ftp, d, "BYE before all bytes were sent");
	}
}

void p2p_ftp_lost(struct p2p_table *t, uint64_t connection)
{
	struct p2p_ftp *ftp = ftp_of(t, connection);

	if (ftp)
		ftp->lost = true;
}

void p2p_ftp_end(struct p2p_table *t, uint64_t connection)
{
	struct p2p_ftp *ftp = ftp_of(t, connection);

	if (!ftp)
		return;
	stop(t, NULL, ftp, NULL, "connection ended");
	p2p_ftp_free(t, ftp);
}
