/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes of lists, groups and presence; those of a request wait for its answer. */
#include <stdlib.h>

#include "session/roster_internal.h"
#include "util/memory.h"

/* --- lists and groups --- */

static bool in_group(const struct person *p, size_t number)
{
	return p->in[number / 64] >> number % 64 & 1;
}

/* Who is meant; what the change says beside the account is remembered. */
static struct person *subject(struct roster *r, const struct change *c)
{
	struct person *p = roster_person(r, c->account);

	if (c->account.len == 0)
		p = roster_by_id(r, 'c', c->contact_id);
	if (!p && c->account.len == 0)
		p = roster_by_id(r, 'm', c->member_id);
	if (!p)
		return NULL;
	roster_add_id(r, 'c', c->contact_id, p);
	roster_add_id(r, 'm', c->member_id, p);
	if (c->network)
		p->c.network = c->network;
	if (c->name.len && !(c->weak_name && p->c.name.len))
		roster_set(r, &p->c.name, c->name);
	return p;
}

static void change_lists(struct roster *r, struct person *p, const struct change *c)
{
	unsigned lists = c->lists & ROSTER_LISTS;

	if (!roster_make_contact(r, p))
		return;
	if (c->kind == CHANGE_PUT)
		p->c.lists |= lists;
	else if (c->kind == CHANGE_TAKE)
		p->c.lists &= ~lists;
	else
		p->c.lists = lists;
	/* What is taken off was on it, seen or not. */
	p->was_listed |= lists != 0;
	if (c->kind == CHANGE_SET || (c->kind == CHANGE_TAKE && lists & ROSTER_FORWARD))
		memset(p->in, 0, sizeof(p->in));
}

static void change_membership(struct roster *r, struct person *p, const struct change *c)
{
	const struct roster_group *g =
		c->kind == CHANGE_JOIN ? roster_group(r, c->group) : roster_find_group(r, c->group);
	uint64_t bit;

	if (!g || !roster_make_contact(r, p))
		return;
	bit = UINT64_C(1) << g->number % 64;
	if (c->kind == CHANGE_JOIN && !in_group(p, g->number))
		p->in[g->number / 64] |= bit;
	else if (c->kind == CHANGE_LEAVE)
		p->in[g->number / 64] &= ~bit;
}

static void change_group(struct roster *r, const struct change *c)
{
	struct roster_group *g =
		c->kind == CHANGE_GROUP ? roster_group(r, c->group) : roster_find_group(r, c->group);

	if (!g)
		return;
	if (c->name.len)
		roster_set(r, &g->g.name, c->name);
	g->g.removed = c->kind == CHANGE_GROUP_GONE;
}

static void apply(const struct observed *o, const struct change *c)
{
	struct person *p = NULL;

	switch (c->kind) {
	case CHANGE_PRESENCE:
		roster_tell(o, &c->telling);
		return;
	case CHANGE_COMPLETE:
		o->r->has_lists = true;
		return;
	case CHANGE_GROUP:
	case CHANGE_GROUP_GONE:
		change_group(o->r, c);
		return;
	case CHANGE_PUT:
	case CHANGE_TAKE:
	case CHANGE_SET:
		p = subject(o->r, c);
		if (p)
			change_lists(o->r, p, c);
		return;
	case CHANGE_JOIN:
	case CHANGE_LEAVE:
		p = subject(o->r, c);
		if (p)
			change_membership(o->r, p, c);
		return;
	case CHANGE_KNOW:
		subject(o->r, c);
		return;
	}
}

/* --- presence --- */

static struct presence_change *new_entry(struct roster *r)
{
	if (r->presence_count == SESSION_PRESENCE_MAX || r->text_bytes > ROSTER_LOG_TEXTS_MAX) {
		r->presence_omitted++;
		return NULL;
	}
	if (r->presence_count == r->presence_capacity) {
		r->presence_capacity = r->presence_capacity ? 2 * r->presence_capacity : 8;
		r->presence = memory_realloc(r->presence, r->presence_capacity * sizeof(r->presence[0]));
	}
	return &r->presence[r->presence_count++];
}

static struct person *teller(const struct observed *o, const struct telling *t)
{
	struct person *p;

	if (t->account.len == 0 || roster_is_user(o->r, t->account))
		return &o->r->self;
	p = roster_person(o->r, t->account);
	if (p && !t->in_group)
		roster_make_contact(o->r, p);
	if (p && t->network)
		p->c.network = t->network;
	return p;
}

void roster_tell(const struct observed *o, const struct telling *t)
{
	struct roster *r = o->r;
	struct person *p = teller(o, t);
	struct presence_change change = {.event = o->e->id, .time_ns = o->e->time_ns}, *entry;
	bool cleared = false;

	if (!p)
		return;
	if (t->status.len) {
		p->c.status_ns = o->e->time_ns;
		if (roster_set(r, &p->c.status, t->status))
			change.status = p->c.status;
	}
	if (t->name.len && roster_set(r, &p->c.name, t->name))
		change.name = p->c.name;
	if (t->has_message && roster_set(r, &p->c.message, t->message)) {
		change.message = p->c.message;
		cleared = t->message.len == 0;
	}
	if (t->has_media && roster_set(r, &p->c.media, t->media)) {
		change.media = p->c.media;
		cleared |= t->media.len == 0;
	}
	change.cleared = cleared;
	if (!change.status.len && !change.name.len && !change.message.len && !change.media.len && !cleared)
		return;
	entry = new_entry(r);
	if (!entry)
		return;
	*entry = change;
	entry->who = p == &r->self ? SLICE_EMPTY : roster_keep(r, p->c.account);
	entry->status = roster_keep(r, change.status);
	entry->name = roster_keep(r, change.name);
	entry->message = roster_keep(r, change.message);
	entry->media = roster_keep(r, change.media);
}

void roster_learn_name(struct roster *r, struct slice account, struct slice name)
{
	struct person *p = roster_is_user(r, account) ? &r->self : roster_person(r, account);

	if (p && name.len)
		roster_set(r, &p->c.name, name);
}

/* --- waiting for the answer --- */

/* All slices of a change. */
#define CHANGE_TEXTS 9u

static void texts_of(struct change *c, struct slice *texts[CHANGE_TEXTS])
{
	struct slice *all[CHANGE_TEXTS] = {&c->account,        &c->contact_id,   &c->member_id,
					   &c->name,           &c->group,        &c->telling.status,
					   &c->telling.name,   &c->telling.message, &c->telling.media};

	memcpy(texts, all, sizeof(all));
}

static void pending_free(struct roster *r, struct roster_pending *p)
{
	struct slice *texts[CHANGE_TEXTS];

	HASH_DEL(r->pending, p);
	r->pending_changes -= p->count;
	for (size_t i = 0; i < p->count; i++) {
		texts_of(&p->list[i], texts);
		for (size_t k = 0; k < CHANGE_TEXTS; k++)
			roster_drop(r, texts[k]);
	}
	free(p->list);
	free(p);
}

static struct roster_pending *pending_of(struct roster *r, uint64_t request)
{
	struct roster_pending *p;

	HASH_FIND(hh, r->pending, &request, sizeof(request), p);
	return p;
}

static struct roster_pending *pending_new(struct roster *r, uint64_t request)
{
	struct roster_pending *p = memory_zalloc(sizeof(*p));

	/* uthash keeps the order in which they came: the first is the oldest. */
	if (HASH_COUNT(r->pending) >= ROSTER_PENDING_MAX)
		pending_free(r, r->pending);
	p->request = request;
	HASH_ADD(hh, r->pending, request, sizeof(p->request), p);
	return p;
}

static void wait_for_answer(const struct observed *o, const struct change *c)
{
	struct roster *r = o->r;
	struct roster_pending *p = pending_of(r, o->e->id);
	struct slice *texts[CHANGE_TEXTS];
	struct change *kept;

	if (!p)
		p = pending_new(r, o->e->id);
	while (r->pending_changes >= ROSTER_CHANGES_MAX && r->pending != p)
		pending_free(r, r->pending);
	if (r->pending_changes >= ROSTER_CHANGES_MAX)
		return;
	if (p->count == p->capacity) {
		p->capacity = p->capacity ? 2 * p->capacity : 4;
		p->list = memory_realloc(p->list, p->capacity * sizeof(p->list[0]));
	}
	kept = &p->list[p->count++];
	r->pending_changes++;
	*kept = *c;
	texts_of(kept, texts);
	for (size_t i = 0; i < CHANGE_TEXTS; i++)
		*texts[i] = roster_keep(r, *texts[i]);
}

void roster_change(const struct observed *o, const struct change *c)
{
	if (o->wait)
		wait_for_answer(o, c);
	else
		apply(o, c);
}

bool roster_answered(const struct observed *o, bool accepted, struct slice made)
{
	struct roster_pending *p = o->e->reply_to ? pending_of(o->r, o->e->reply_to) : NULL;

	if (!p)
		return false;
	for (size_t i = 0; accepted && i < p->count; i++) {
		struct change c = p->list[i];

		/* Only one thing is made: what the request names first. */
		if (c.account.len && c.contact_id.len == 0 && slice_eq(c.account, p->list[0].account))
			c.contact_id = made;
		if (c.kind == CHANGE_GROUP && c.group.len == 0 && i == 0)
			c.group = made;
		apply(o, &c);
	}
	pending_free(o->r, p);
	return true;
}

void roster_pending_free(struct roster *r)
{
	while (r->pending)
		pending_free(r, r->pending);
}
