/* SPDX-License-Identifier: BSD-2-Clause */
/* What commands say about contacts and groups. */
#include "session/roster_internal.h"

struct slice roster_account(const struct field *address, unsigned *network)
{
	const struct field *account = roster_child(address, F_ADDRESS_ACCOUNT);
	const struct field *number = roster_child(address, F_ADDRESS_NETWORK);

	if (number && number->has_value)
		*network = (unsigned)number->value.number;
	if (account)
		return account->value.text;
	if (!address || !address->has_value)
		return SLICE_EMPTY;
	return slice_sub(address->value.text, 0, slice_find_byte(address->value.text, ';'));
}

static unsigned list_bit(struct slice name)
{
	static const char names[][3] = {"FL", "AL", "BL", "RL", "PL"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_eq_str(name, names[i]))
			return 1u << i;
	return 0;
}

/* Who a command is about, as far as it says. */
static struct change about(const struct observed *o, enum change_kind kind)
{
	struct change c = {.kind = kind,
			   .contact_id = roster_text(o->root, P_contact_guid),
			   .network = (unsigned)roster_number(o->root, P_network_id),
			   .name = roster_text(o->root, P_friendly_name)};

	c.account = roster_account(roster_child(o->root, P_passport), &c.network);
	return c;
}

static struct slice group_id(const struct observed *o)
{
	struct slice id = roster_text(o->root, P_group_id);

	return id.len ? id : roster_text(o->root, P_group_guid);
}

/* Into all groups of a list of ids. */
static void join_groups(const struct observed *o, struct change c, enum field_id list)
{
	const struct field *ids = roster_child(o->root, list);

	c.kind = CHANGE_JOIN;
	c.name = SLICE_EMPTY;
	for (const struct field *f = ids ? ids->first : NULL; f; f = f->next) {
		c.group = f->value.text;
		roster_change(o, &c);
	}
}

/* --- lists --- */

static void on_syn(const struct observed *o)
{
	const struct field *count = roster_child(o->root, P_contact_count);

	if (count && count->has_value)
		roster_change(o, &(struct change){.kind = CHANGE_COMPLETE});
}

/* One line a contact with all its lists, or in old versions one for each list that it is on. */
static void on_lst(const struct observed *o)
{
	const struct field *bits = roster_child(o->root, P_list_bits);
	struct change c = about(o, bits ? CHANGE_SET : CHANGE_PUT);

	c.lists = bits ? (unsigned)(bits->has_value ? bits->value.number : 0) : list_bit(roster_text(o->root, P_list));
	/* On other lists old names stand. */
	c.weak_name = !(c.lists & ROSTER_FORWARD);
	roster_change(o, &(struct change){.kind = CHANGE_COMPLETE});
	if (c.account.len == 0)
		return;
	roster_change(o, &c);
	join_groups(o, c, P_group_ids);
	join_groups(o, c, P_group_guids);
}

/* ADD and ADC; with nothing but an id and a group ADC only puts somebody into that. */
static void on_add(const struct observed *o)
{
	struct change c = about(o, CHANGE_PUT);

	c.lists = list_bit(roster_text(o->root, P_list));
	c.group = group_id(o);
	roster_change(o, &c);
	c.kind = CHANGE_JOIN;
	if (c.group.len)
		roster_change(o, &c);
}

static void on_rem(const struct observed *o)
{
	const struct field *who = roster_child(o->root, P_passport_or_guid);
	struct change c = about(o, CHANGE_TAKE);

	if (who && is_guid(who->value.text))
		c.contact_id = who->value.text;
	else if (who)
		c.account = roster_account(who, &c.network);
	c.lists = list_bit(roster_text(o->root, P_list));
	c.group = group_id(o);
	/* With a group only that membership goes. */
	if (c.group.len)
		c.kind = CHANGE_LEAVE;
	roster_change(o, &c);
}

/* The user's own name goes by this command too. */
static void on_rea(const struct observed *o)
{
	struct change c = about(o, CHANGE_KNOW);

	if (roster_is_user(o->r, c.account))
		roster_tell(o, &(struct telling){.name = c.name});
	else
		roster_change(o, &c);
}

/* BPR and SBP: of the properties only the name is kept. */
static void on_property(const struct observed *o)
{
	struct change c = about(o, CHANGE_KNOW);

	c.name = roster_text(o->root, P_value);
	if (slice_eq_str(roster_text(o->root, P_property), "MFN"))
		roster_change(o, &c);
}

/* What stands among the lists is no change. */
static void on_prp(const struct observed *o)
{
	struct slice name = roster_text(o->root, P_value);

	if (!slice_eq_str(roster_text(o->root, P_property), "MFN") || name.len == 0)
		return;
	if (o->e->has_trid)
		roster_tell(o, &(struct telling){.name = name});
	else
		roster_set(o->r, &o->r->self.c.name, name);
}

/* --- groups --- */

static void on_group(const struct observed *o)
{
	roster_change(o, &(struct change){.kind = CHANGE_GROUP,
					  .group = group_id(o),
					  .name = roster_text(o->root, P_group_name)});
}

static void on_group_gone(const struct observed *o)
{
	roster_change(o, &(struct change){.kind = CHANGE_GROUP_GONE, .group = group_id(o)});
}

/* --- lists as XML --- */

/* MSNP21 names lists of each service; those of messages are what they were before. */
static unsigned lists_of(const struct field *contact)
{
	unsigned lists = (unsigned)roster_number(contact, F_LIST_LISTS);

	for (const struct field *f = contact->first; f; f = f->next) {
		if (f->def != &field_defs[F_LIST_SERVICE])
			continue;
		if (slice_eq_str(roster_text(f, F_LIST_SERVICE_NAME), "IM"))
			return (unsigned)roster_number(f, F_LIST_LISTS);
		lists |= (unsigned)roster_number(f, F_LIST_LISTS);
	}
	return lists;
}

static void list_contacts(const struct observed *o, enum change_kind kind)
{
	const struct field *list = roster_child(o->root, F_LIST);

	for (const struct field *f = list ? list->first : NULL; f; f = f->next) {
		struct change c = {.kind = kind};

		if (f->def != &field_defs[F_LIST_CONTACT])
			continue;
		c.account = roster_text(f, F_LIST_ACCOUNT);
		c.network = (unsigned)roster_number(f, F_LIST_NETWORK);
		c.name = roster_text(f, F_LIST_NICKNAME);
		c.lists = lists_of(f);
		/* An answer to FQY is about anybody: only who is known already counts. */
		if (kind != CHANGE_KNOW || roster_find(o->r, c.account))
			roster_change(o, &c);
	}
	if (kind == CHANGE_PUT && list && roster_number(list, F_LIST_INITIAL))
		roster_change(o, &(struct change){.kind = CHANGE_COMPLETE});
}

static void on_adl(const struct observed *o)
{
	list_contacts(o, CHANGE_PUT);
}

static void on_rml(const struct observed *o)
{
	list_contacts(o, CHANGE_TAKE);
}

static void on_fqy(const struct observed *o)
{
	list_contacts(o, CHANGE_KNOW);
}

/* MSNP24: the client tells the server its list of contacts. */
static void on_put(const struct observed *o)
{
	bool any = false;

	for (const struct field *f = o->root->first; f; f = f->next) {
		if (f->def != &field_defs[F_MSNP24_CONTACT])
			continue;
		any = true;
		roster_change(o, &(struct change){.kind = CHANGE_PUT,
						  .account = f->value.text,
						  .lists = ROSTER_FORWARD});
	}
	if (any)
		roster_change(o, &(struct change){.kind = CHANGE_COMPLETE});
}

/* --- names in passing --- */

/* Who signs in, or is in a conversation, or asks for one. */
static void on_name(const struct observed *o)
{
	unsigned network = 0;
	const struct field *address = roster_child(o->root, P_passport);
	struct slice account =
		roster_account(address ? address : roster_child(o->root, P_passport_epid), &network);
	struct slice name = roster_text(o->root, P_friendly_name);

	if (account.len == 0 || name.len == 0)
		return;
	roster_learn_name(o->r, account, name);
}

static void on_usr(const struct observed *o)
{
	if (slice_eq_str(roster_text(o->root, P_stage), "OK"))
		on_name(o);
}

/* --- all commands --- */

static const struct roster_command rows[] = {
	{"ADC", false, on_add},      {"ADD", false, on_add},        {"ADG", false, on_group},
	{"ADL", false, on_adl},      {"ADL", true, on_adl},         {"BPR", false, on_property},
	{"FQY", false, on_fqy},      {"IRO", false, on_name},       {"JOI", false, on_name},
	{"LSG", false, on_group},    {"LST", false, on_lst},        {"PRP", false, on_prp},
	{"PUT", true, on_put},       {"REA", false, on_rea},        {"REG", false, on_group},
	{"REM", false, on_rem},      {"RMG", false, on_group_gone}, {"RML", false, on_rml},
	{"RML", true, on_rml},       {"RNG", false, on_name},       {"SBP", false, on_property},
	{"SYN", false, on_syn},      {"USR", false, on_usr},
};

bool roster_observe_command(const struct observed *o)
{
	return roster_call(o, rows, sizeof(rows) / sizeof(rows[0]));
}
