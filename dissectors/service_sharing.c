/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sharing service: which accounts stand on which list of which service.
 *
 *	Services/Service*: Info/Handle, LastChange, Memberships/Membership*
 *	    MemberRole, Members/Member* (@type says what kind)
 *
 * Source: web services 5 (PURPLE, PAPYON, MSNPSHARP, ESCARGOT).
 */
#include "dissectors/service_table.h"

/* Members that a summary names. */
#define NAMED_MAX 4u

static const struct service_lift service_rows[] = {
	{"Info/Handle/Id", F_SHARING_SERVICE_ID},
	{"Info/Handle/Type", F_SHARING_SERVICE_TYPE},
	{"Info/Handle/ForeignId", F_SHARING_SERVICE_FOREIGN},
	{"LastChange", F_SHARING_LAST_CHANGE},
	{"Deleted", F_SHARING_DELETED},
	{NULL, 0},
};

static const struct service_lift member_rows[] = {
	{"@type", F_SHARING_MEMBER_KIND},
	{"Type", F_SHARING_MEMBER_TYPE},
	{"MembershipId", F_SHARING_MEMBERSHIP_ID},
	{"State", F_SHARING_STATE},
	{"Deleted", F_SHARING_DELETED},
	{"LastChanged", F_SHARING_LAST_CHANGE},
	{"JoinedDate", F_SHARING_JOINED},
	{"DisplayName", F_SHARING_NAME},
	{"CID", F_SHARING_CID},
	{NULL, 0},
};

/* Whichever there is, in this order. */
static const char *const account_paths[] = {"PassportName", "Email", "PhoneNumber", "CircleId", "MembershipId"};
#define ACCOUNT_PATHS (sizeof(account_paths) / sizeof(account_paths[0]))

static const struct service_lift find_rows[] = {
	{"serviceFilter/Types/ServiceType", F_SHARING_WANTED},
	{"View", F_SHARING_VIEW},
	{"view", F_SHARING_VIEW},
	{"deltasOnly", F_SHARING_DELTAS},
	{"lastChange", F_SHARING_LAST_CHANGE},
	{NULL, 0},
};

static const struct service_lift handle_rows[] = {
	{"serviceHandle/Id", F_SHARING_SERVICE_ID},
	{"serviceHandle/Type", F_SHARING_SERVICE_TYPE},
	{"serviceHandle/ForeignId", F_SHARING_SERVICE_FOREIGN},
	{NULL, 0},
};

static const struct service_lift owner_rows[] = {
	{"CreatorPassportName", F_SHARING_OWNER},
	{"CreatorCID", F_SHARING_OWNER_CID},
	{NULL, 0},
};

static const struct xml_element *account_element(const struct xml_element *e)
{
	for (size_t i = 0; i < ACCOUNT_PATHS; i++)
		if (xml_text(e, account_paths[i]).len)
			return xml_child(e, account_paths[i]);
	return NULL;
}

static void member(const struct service_call *c, struct field *parent, const struct xml_element *e)
{
	struct field *f = service_branch(c, parent, F_SHARING_MEMBER, e);
	const struct xml_element *account = account_element(e);
	const struct xml_element *a = xml_path(e, "Annotations/Annotation");

	service_lift(c, f, e, member_rows);
	if (account && !slice_eq_str(account->name, "MembershipId"))
		field_add_text(c->d, f, F_SHARING_ACCOUNT, xml_text(account, ""), c->source, account->inner_offset,
			       account->inner_length);
	for (; a; a = xml_same(a)) {
		const struct xml_element *value = xml_child(a, "Value");

		if (!value || value->text.len == 0 || !slice_eq_str(xml_text(a, "Name"), "MSN.IM.InviteMessage"))
			continue;
		field_add_text(c->d, f, F_SHARING_INVITE, value->text, c->source, value->inner_offset,
			       value->inner_length);
		return;
	}
}

/* Returns how many are on the list. */
static unsigned membership(const struct service_call *c, struct field *parent, const struct xml_element *e)
{
	static const struct service_lift rows[] = {{"MemberRole", F_SHARING_ROLE}, {NULL, 0}};
	struct field *f = service_branch(c, parent, F_SHARING_MEMBERSHIP, e);
	unsigned count = 0;

	service_lift(c, f, e, rows);
	for (const struct xml_element *m = xml_path(e, "Members/Member"); m; m = xml_same(m), count++)
		member(c, f, m);
	return count;
}

/* "Allow" as "allow" */
static struct slice role_of(const struct service_call *c, const struct xml_element *membership_element)
{
	struct slice role = service_shown(xml_text(membership_element, "MemberRole"));
	const struct enum_row *row = enum_find(field_defs[F_SHARING_ROLE].values, role);

	(void)c;
	return row ? slice_str(row->name) : role;
}

/* --- operations --- */

static void ask_for_lists(const struct service_call *c)
{
	struct slice since = xml_text(c->content, "lastChange");

	service_lift(c, &c->d->root, c->content, find_rows);
	service_lift(c, &c->d->root, c->content, handle_rows);
	dissection_summary_add(c->d, "ask for the membership lists");
	if (slice_eq_str(xml_text(c->content, "deltasOnly"), "true"))
		dissection_summary_add(c->d, "deltas since %.*s", SLICE_ARG(service_shown(since)));
}

static void one_service(const struct service_call *c, const struct xml_element *e)
{
	struct field *f = service_branch(c, &c->d->root, F_SHARING_SERVICE, e);
	bool messenger = slice_eq_str(xml_text(e, "Info/Handle/Type"), "Messenger");

	service_lift(c, f, e, service_rows);
	for (const struct xml_element *m = xml_path(e, "Memberships/Membership"); m; m = xml_same(m)) {
		unsigned count = membership(c, f, m);

		if (messenger)
			dissection_summary_add(c->d, "%u %.*s", count, SLICE_ARG(role_of(c, m)));
	}
}

static void lists(const struct service_call *c)
{
	const struct xml_element *result = c->content->first;
	const struct xml_element *owner = xml_path(result, "OwnerNamespace/Info");

	for (const struct xml_element *e = xml_path(result, "Services/Service"); e; e = xml_same(e))
		one_service(c, e);
	service_lift(c, &c->d->root, owner, owner_rows);
	if (!result)
		dissection_summary_add(c->d, "nothing");
	else if (c->d->summary.len == 0)
		dissection_summary_add(c->d, "no lists of the messenger");
}

static void change_lists(const struct service_call *c)
{
	unsigned count = 0;

	service_lift(c, &c->d->root, c->content, handle_rows);
	for (const struct xml_element *m = xml_path(c->content, "memberships/Membership"); m; m = xml_same(m)) {
		membership(c, &c->d->root, m);
		for (const struct xml_element *e = xml_path(m, "Members/Member"); e; e = xml_same(e), count++) {
			const struct xml_element *account = account_element(e);

			if (count < NAMED_MAX)
				dissection_summary_add(c->d, "%.*s %.*s", SLICE_ARG(role_of(c, m)),
						       SLICE_ARG(service_shown(xml_text(account, ""))));
		}
	}
	if (count > NAMED_MAX)
		dissection_summary_add(c->d, "%u more", count - NAMED_MAX);
}

static void make_circle(const struct service_call *c)
{
	static const struct service_lift rows[] = {
		{"properties/DisplayName", F_SHARING_CIRCLE_NAME},
		{"callerInfo/PublicDisplayName", F_SHARING_CALLER_NAME},
		{NULL, 0},
	};

	service_lift(c, &c->d->root, c->content, rows);
	dissection_summary_add(c->d, "\"%.*s\"",
			       SLICE_ARG(service_shown(xml_text(c->content, "properties/DisplayName"))));
}

static void circle_made(const struct service_call *c)
{
	static const struct service_lift rows[] = {{"Id", F_SHARING_CIRCLE}, {NULL, 0}};

	service_lift(c, &c->d->root, c->content->first, rows);
	if (c->content->first)
		dissection_summary_add(c->d, "circle %.*s",
				       SLICE_ARG(service_shown(xml_text(c->content->first, "Id"))));
}

static void add_service(const struct service_call *c)
{
	const struct xml_element *e = xml_child(c->content, "service");

	if (e)
		service_lift(c, service_branch(c, &c->d->root, F_SHARING_SERVICE, e), e, service_rows);
	dissection_summary_add(c->d, "%.*s", SLICE_ARG(service_shown(xml_text(e, "Info/Handle/Type"))));
}

const struct service_operation service_sharing_operations[] = {
	{"FindMembership", ask_for_lists, lists},
	{"FindMembershipByRole", ask_for_lists, lists},
	{"AddMember", change_lists, NULL},
	{"DeleteMember", change_lists, NULL},
	{"AddService", add_service, NULL},
	{"CreateCircle", make_circle, circle_made},
	{NULL, NULL, NULL},
};
