/* SPDX-License-Identifier: BSD-2-Clause */
/* What the address book and the sharing service say about contacts and groups. */
#include <stdio.h>

#include "session/roster_internal.h"

#define OWN_BOOK "00000000-0000-0000-0000-000000000000"

static bool is(const struct field *f, enum field_id id)
{
	return f->def == &field_defs[id];
}

static bool operation(const struct observed *o, const char *name)
{
	return slice_eq_str(o->e->name, name);
}

/* The books of circles hold other people's contacts. */
static bool own_book(const struct observed *o)
{
	struct slice book = roster_text(o->root, F_AB_BOOK);

	return book.len == 0 || slice_case_eq(book, SLICE_LIT(OWN_BOOK));
}

/* A text put together, for accounts; must outlive the change. */
struct joined {
	char bytes[ROSTER_TEXT_MAX];
};

static struct slice join(struct joined *j, const char *before, struct slice s, const char *behind)
{
	int n;

	s = slice_sub(s, 0, ROSTER_TEXT_MAX / 2);
	n = snprintf(j->bytes, sizeof(j->bytes), "%s%.*s%s", before, SLICE_ARG(s), behind);
	return slice_of(j->bytes, n > 0 ? (size_t)n : 0);
}

/* As MSNP writes it. */
static struct slice telephone(struct joined *j, struct slice number)
{
	return slice_case_has_prefix(number, SLICE_LIT("tel:")) ? number : join(j, "tel:", number, "");
}

static struct slice circle(struct joined *j, struct slice id)
{
	return slice_find_byte(id, '@') < id.len ? id : join(j, "", id, "@live.com");
}

/* --- contacts --- */

/* Accounts of other networks stand among the mail addresses. */
static bool add_email(const struct field *contact, struct change *c)
{
	for (const struct field *f = contact->first; f; f = f->next) {
		if (!is(f, F_AB_EMAIL) || !roster_number(f, F_AB_EMAIL_MESSENGER))
			continue;
		c->account = roster_text(f, F_AB_EMAIL_ADDRESS);
		c->network = (unsigned)roster_number(f, F_AB_EMAIL_CAPABILITY);
		c->lists = ROSTER_FORWARD;
		return true;
	}
	return false;
}

static struct change contact_of(const struct field *contact, struct joined *j)
{
	const struct field *phone = roster_child(contact, F_AB_PHONE);
	struct change c = {.kind = CHANGE_PUT,
			   .contact_id = roster_text(contact, F_AB_CONTACT_ID),
			   .account = roster_text(contact, F_AB_ACCOUNT),
			   .name = roster_text(contact, F_AB_DISPLAY_NAME)};

	if (c.account.len && slice_eq_str(roster_text(contact, F_AB_CONTACT_TYPE), "Circle")) {
		c.account = circle(j, c.account);
		c.network = 9;
		c.lists = ROSTER_FORWARD;
	} else if (c.account.len) {
		c.network = 1;
	} else if (!add_email(contact, &c) && phone && roster_number(contact, F_AB_MOBILE)) {
		c.account = telephone(j, roster_text(phone, F_AB_PHONE_NUMBER));
		c.network = 4;
	}
	if (roster_number(contact, F_AB_MESSENGER))
		c.lists = ROSTER_FORWARD;
	return c;
}

static bool is_own(const struct field *contact)
{
	return slice_eq_str(roster_text(contact, F_AB_CONTACT_TYPE), "Me");
}

static void join_groups(const struct observed *o, const struct field *contact, struct change c)
{
	c.kind = CHANGE_JOIN;
	c.name = SLICE_EMPTY;
	for (const struct field *f = contact->first; f; f = f->next)
		if (is(f, F_AB_GROUP_ID)) {
			c.group = f->value.text;
			roster_change(o, &c);
		}
}

/* A contact as the book has it. */
static void listed_contact(const struct observed *o, const struct field *contact)
{
	struct joined j;
	struct change c = contact_of(contact, &j);

	if (is_own(contact)) {
		/* What the book has may be older than what was told in the session. */
		if (o->r->self.c.name.len == 0)
			roster_set(o->r, &o->r->self.c.name, c.name);
		return;
	}
	if (roster_number(contact, F_AB_DELETED)) {
		c.kind = CHANGE_TAKE;
		c.lists = ROSTER_FORWARD;
	} else if (!c.lists) {
		c.kind = CHANGE_KNOW;
	}
	roster_change(o, &c);
	if (c.kind == CHANGE_PUT)
		join_groups(o, contact, c);
}

/* Contacts of the book of a circle: names only. */
static void foreign_contact(const struct observed *o, const struct field *contact)
{
	struct slice account = roster_text(contact, F_AB_ACCOUNT), name = roster_text(contact, F_AB_DISPLAY_NAME);

	if (account.len && name.len && !roster_find(o->r, account))
		roster_learn_name(o->r, account, name);
}

static void book(const struct observed *o)
{
	bool own = own_book(o);

	for (const struct field *f = o->root->first; own && f; f = f->next)
		if (is(f, F_AB_GROUP))
			roster_change(o, &(struct change){.kind = roster_number(f, F_AB_DELETED) ? CHANGE_GROUP_GONE :
												   CHANGE_GROUP,
							  .group = roster_text(f, F_AB_GROUP_ID),
							  .name = roster_text(f, F_AB_GROUP_NAME)});
	for (const struct field *f = o->root->first; f; f = f->next) {
		if (is(f, F_AB_CONTACT) && own)
			listed_contact(o, f);
		else if (is(f, F_AB_CONTACT))
			foreign_contact(o, f);
		if (!is(f, F_AB_CIRCLE) || !own)
			continue;
		struct joined j;
		roster_change(o, &(struct change){.kind = roster_number(f, F_AB_DELETED) ? CHANGE_TAKE : CHANGE_PUT,
						  .account = circle(&j, roster_text(f, F_AB_CIRCLE_ID)),
						  .network = 9,
						  .lists = ROSTER_FORWARD,
						  .name = roster_text(f, F_AB_CIRCLE_NAME)});
	}
	if (own)
		roster_change(o, &(struct change){.kind = CHANGE_COMPLETE});
}

/* ABContactAdd, ABContactUpdate: fields that are not there do not change. */
static void change_contact(const struct observed *o, const struct field *contact)
{
	struct joined j;
	struct change c = contact_of(contact, &j);
	const struct field *messenger = roster_child(contact, F_AB_MESSENGER);

	if (is_own(contact)) {
		if (c.name.len)
			roster_change(o, &(struct change){.kind = CHANGE_PRESENCE, .telling = {.name = c.name}});
		return;
	}
	if (!c.lists && messenger && messenger->has_value && operation(o, "ABContactUpdate")) {
		c.kind = CHANGE_TAKE;
		c.lists = ROSTER_FORWARD;
	} else if (!c.lists) {
		c.kind = CHANGE_KNOW;
	}
	roster_change(o, &c);
}

static void drop_contact(const struct observed *o, struct slice id)
{
	roster_change(o, &(struct change){.kind = CHANGE_TAKE, .contact_id = id, .lists = ROSTER_FORWARD});
}

static void change_contacts(const struct observed *o)
{
	bool gone = operation(o, "ABContactDelete");

	if (!own_book(o))
		return;
	for (const struct field *f = o->root->first; f; f = f->next) {
		if (gone && is(f, F_AB_CONTACT_ID))
			drop_contact(o, f->value.text);
		if (!is(f, F_AB_CONTACT))
			continue;
		if (gone)
			drop_contact(o, roster_text(f, F_AB_CONTACT_ID));
		else
			change_contact(o, f);
	}
}

/* DeleteContact, and BreakConnection where it says so. */
static void drop_one(const struct observed *o)
{
	if (own_book(o) && (operation(o, "DeleteContact") || roster_number(o->root, F_AB_DELETE)))
		drop_contact(o, roster_text(o->root, F_AB_CONTACT_ID));
}

/* --- groups --- */

static void change_groups(const struct observed *o)
{
	for (const struct field *f = o->root->first; f; f = f->next) {
		if (is(f, F_AB_GROUP))
			roster_change(o, &(struct change){.kind = CHANGE_GROUP,
							  .group = roster_text(f, F_AB_GROUP_ID),
							  .name = roster_text(f, F_AB_GROUP_NAME)});
		if (is(f, F_AB_GROUP_ID) && operation(o, "ABGroupDelete"))
			roster_change(o, &(struct change){.kind = CHANGE_GROUP_GONE, .group = f->value.text});
	}
}

/* Contacts into the groups, or out of them; one that is not in the book yet is added to it. */
static void change_members(const struct observed *o)
{
	bool joins = operation(o, "ABGroupContactAdd");
	unsigned groups = 0;

	for (const struct field *g = o->root->first; g && groups < ROSTER_REQUEST_GROUPS_MAX; g = g->next) {
		if (!is(g, F_AB_GROUP_ID))
			continue;
		groups++;
		for (const struct field *f = o->root->first; f; f = f->next) {
			struct joined j;
			struct change c;

			if (!is(f, F_AB_CONTACT) && !is(f, F_AB_CONTACT_ID))
				continue;
			c = is(f, F_AB_CONTACT) ? contact_of(f, &j) : (struct change){.contact_id = f->value.text};
			if (joins && c.lists)
				roster_change(o, &c);
			c.kind = joins ? CHANGE_JOIN : CHANGE_LEAVE;
			c.group = g->value.text;
			roster_change(o, &c);
		}
	}
}

/* --- lists of the sharing service --- */

static unsigned role_bit(struct slice role)
{
	static const struct {
		const char *name;
		unsigned bit;
	} roles[] = {{"Allow", ROSTER_ALLOW},
		     {"Block", ROSTER_BLOCK},
		     {"Reverse", ROSTER_REVERSE},
		     {"Pending", ROSTER_PENDING}};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (slice_case_eq(role, slice_str(roles[i].name)))
			return roles[i].bit;
	return 0;
}

static void member(const struct observed *o, const struct field *f, unsigned bit, bool on)
{
	struct slice type = roster_text(f, F_SHARING_MEMBER_TYPE), kind = roster_text(f, F_SHARING_MEMBER_KIND);
	struct slice id = roster_text(f, F_SHARING_MEMBERSHIP_ID);
	struct joined j;
	struct change c = {.kind = on && !roster_number(f, F_SHARING_DELETED) ? CHANGE_PUT : CHANGE_TAKE,
			   .account = roster_text(f, F_SHARING_ACCOUNT),
			   /* Clients send 0 for an id that they do not have. */
			   .member_id = slice_eq_str(id, "0") ? SLICE_EMPTY : id,
			   .name = roster_text(f, F_SHARING_NAME),
			   .weak_name = true,
			   .lists = bit};

	if (c.account.len && (slice_eq_str(type, "Phone") || slice_eq_str(kind, "PhoneMember"))) {
		c.account = telephone(&j, c.account);
		c.network = 4;
	} else if (c.account.len && (slice_eq_str(type, "Circle") || slice_eq_str(kind, "CircleMember"))) {
		c.account = circle(&j, c.account);
		c.network = 9;
	} else if (slice_eq_str(type, "Passport") || slice_eq_str(kind, "PassportMember")) {
		c.network = 1;
	}
	roster_change(o, &c);
}

static void memberships(const struct observed *o, const struct field *parent, bool on)
{
	for (const struct field *m = parent->first; m; m = m->next) {
		unsigned bit = is(m, F_SHARING_MEMBERSHIP) ? role_bit(roster_text(m, F_SHARING_ROLE)) : 0;

		for (const struct field *f = bit ? m->first : NULL; f; f = f->next)
			if (is(f, F_SHARING_MEMBER))
				member(o, f, bit, on);
	}
}

/* Other services have lists of the same names. */
static bool of_messenger(const struct field *service)
{
	struct slice type = roster_text(service, F_SHARING_SERVICE_TYPE);

	return type.len == 0 || slice_case_eq(type, SLICE_LIT("Messenger"));
}

static void change_members_of_lists(const struct observed *o)
{
	if (of_messenger(o->root))
		memberships(o, o->root, operation(o, "AddMember"));
}

static void lists(const struct observed *o)
{
	for (const struct field *f = o->root->first; f; f = f->next) {
		if (!is(f, F_SHARING_SERVICE) || !of_messenger(f))
			continue;
		memberships(o, f, true);
		roster_change(o, &(struct change){.kind = CHANGE_COMPLETE});
	}
}

/* --- all exchanges --- */

static const struct {
	const char *name;
	bool request;
	void (*observe)(const struct observed *o);
} rows[] = {
	{"ABContactAdd", true, change_contacts},
	{"ABContactDelete", true, change_contacts},
	{"ABContactUpdate", true, change_contacts},
	{"ABFindAll", false, book},
	{"ABFindByContacts", false, book},
	{"ABFindContactsPaged", false, book},
	{"ABGroupAdd", true, change_groups},
	{"ABGroupContactAdd", true, change_members},
	{"ABGroupContactDelete", true, change_members},
	{"ABGroupDelete", true, change_groups},
	{"ABGroupUpdate", true, change_groups},
	{"AddMember", true, change_members_of_lists},
	{"BreakConnection", true, drop_one},
	{"CreateContact", false, book},
	{"DeleteContact", true, drop_one},
	{"DeleteMember", true, change_members_of_lists},
	{"FindMembership", false, lists},
	{"FindMembershipByRole", false, lists},
	{"ManageWLConnection", false, book},
};

static bool is_good(const struct observed *o)
{
	uint64_t status = roster_number(o->root, F_HTTP_STATUS);

	return !roster_child(o->root, F_SOAP_FAULT) && (status == 0 || (status >= 200 && status < 300));
}

void roster_observe_exchange(const struct observed *o)
{
	bool request = o->e->from == MSNP_CLIENT;
	struct observed at = *o;

	at.wait = request;
	if (!request)
		roster_answered(o, is_good(o), roster_text(o->root, F_AB_RESULT));
	if (!request && !is_good(o))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].request == request && operation(o, rows[i].name)) {
			rows[i].observe(&at);
			return;
		}
}
