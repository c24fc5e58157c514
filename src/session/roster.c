/* SPDX-License-Identifier: BSD-2-Clause */
/* The roster as its users see it. */
#include "session/roster.h"

#include <stdlib.h>

#include "session/roster_internal.h"
#include "util/memory.h"
#include "util/utf8.h"

struct roster *roster_new(void)
{
	return memory_zalloc(sizeof(struct roster));
}

void roster_observe(struct roster *r, const struct event *e, const struct field *root, struct slice user)
{
	struct observed o = {.r = r, .e = e, .root = root};

	if (user.len)
		roster_set(r, &r->user, user);
	if (e->kind == EVENT_EXCHANGE) {
		roster_observe_exchange(&o);
		return;
	}
	if (e->kind != EVENT_COMMAND)
		return;
	roster_answered(&o, !roster_child(root, F_MSNP_ERROR), SLICE_EMPTY);
	roster_observe_presence(&o);
	roster_observe_command(&o);
}

/* --- the view --- */

/* Adds the names of the groups that the contact is in; ids where these have no name. */
static void add_groups(struct roster *r, const struct person *p)
{
	size_t start = r->view_text.len;

	for (size_t i = 0; i < r->group_count; i++) {
		const struct group *g = &r->groups[i]->g;
		struct slice name = g->name.len ? g->name : g->id;

		if (!(p->in[i / 64] >> i % 64 & 1) || g->removed)
			continue;
		if (r->view_text.len - start + name.len > ROSTER_TEXT_MAX)
			return;
		if (r->view_text.len > start)
			buffer_add_str(&r->view_text, ", ");
		buffer_add_slice(&r->view_text, name);
	}
}

static void fill_contacts(struct roster *r)
{
	size_t at = 0;

	r->view_text.len = 0;
	r->view_contacts = memory_realloc(r->view_contacts, (r->contact_count + 1) * sizeof(struct contact));
	for (size_t i = 0; i < r->contact_count; i++) {
		const struct person *p = r->contacts[i];
		struct contact *c = &r->view_contacts[i];
		size_t start = r->view_text.len;

		*c = p->c;
		c->removed = p->was_listed && c->lists == 0;
		add_groups(r, p);
		c->groups.len = r->view_text.len - start;
	}
	/* The buffer stays where it is from here on. */
	for (size_t i = 0; i < r->contact_count; i++) {
		struct slice *groups = &r->view_contacts[i].groups;

		*groups = slice_sub(buffer_slice(&r->view_text), at, groups->len);
		at += groups->len;
	}
}

struct roster_view roster_view(struct roster *r)
{
	fill_contacts(r);
	r->view_groups = memory_realloc(r->view_groups, (r->group_count + 1) * sizeof(struct group));
	for (size_t i = 0; i < r->group_count; i++)
		r->view_groups[i] = r->groups[i]->g;
	return (struct roster_view){.contacts = r->view_contacts,
				    .contact_count = r->contact_count,
				    .contacts_omitted = r->contacts_omitted,
				    .groups = r->view_groups,
				    .group_count = r->group_count,
				    .groups_omitted = r->groups_omitted,
				    .presence = r->presence,
				    .presence_count = r->presence_count,
				    .presence_omitted = r->presence_omitted,
				    .status = r->self.c.status,
				    .message = r->self.c.message,
				    .media = r->self.c.media,
				    .has_lists = r->has_lists};
}

/* --- names --- */

struct slice roster_own_name(const struct roster *r)
{
	return r->self.c.name;
}

struct slice roster_name(const struct roster *r, struct slice account)
{
	const struct person *p = roster_find(r, account);

	if (roster_is_user(r, account) && r->self.c.name.len)
		return r->self.c.name;
	return p ? p->c.name : SLICE_EMPTY;
}

void roster_free(struct roster *r)
{
	if (!r)
		return;
	roster_pending_free(r);
	roster_tables_free(r);
	free(r->presence);
	free(r->view_contacts);
	free(r->view_groups);
	buffer_free(&r->view_text);
	free(r);
}
