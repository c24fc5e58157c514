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

bool roster_observe(struct roster *r, const struct event *e, const struct field *root, struct slice user)
{
	struct observed o = {.r = r, .e = e, .root = root};

	if (user.len)
		roster_set(r, &r->user, user);
	if (e->kind == EVENT_EXCHANGE) {
		roster_observe_exchange(&o);
		return true;
	}
	if (e->kind != EVENT_COMMAND)
		return false;
	bool answered = roster_answered(&o, !roster_child(root, F_MSNP_ERROR), SLICE_EMPTY);
	bool presence = roster_observe_presence(&o);
	return roster_observe_command(&o) || presence || answered;
}

/* --- the view --- */

/* Adds the numbers of the groups that the contact is in. */
static void add_groups(struct roster *r, const struct person *p)
{
	for (size_t i = 0; i < r->group_count; i++) {
		uint16_t number = (uint16_t)i;

		if (p->in[i / 64] >> i % 64 & 1 && !r->groups[i]->g.removed)
			buffer_add(&r->view_numbers, &number, sizeof(number));
	}
}

static void fill_contacts(struct roster *r)
{
	const uint16_t *numbers;

	r->view_numbers.len = 0;
	r->view_contacts = memory_realloc(r->view_contacts, (r->contact_count + 1) * sizeof(struct contact));
	for (size_t i = 0; i < r->contact_count; i++) {
		const struct person *p = r->contacts[i];
		struct contact *c = &r->view_contacts[i];
		size_t start = r->view_numbers.len;

		*c = p->c;
		c->removed = p->was_listed && c->lists == 0;
		add_groups(r, p);
		c->group_count = (r->view_numbers.len - start) / sizeof(*numbers);
	}
	/* The buffer stays where it is from here on. */
	numbers = (const uint16_t *)(const void *)r->view_numbers.data;
	for (size_t i = 0; i < r->contact_count; i++) {
		r->view_contacts[i].groups = numbers;
		if (numbers)
			numbers += r->view_contacts[i].group_count;
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
	buffer_free(&r->view_numbers);
	free(r);
}
