/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address book service: contacts, groups and circles, and the headers that
 * it shares with the sharing service.
 *
 *	Header/ABApplicationHeader, ABAuthHeader; of an answer ServiceHeader
 *	Body/Operation/abId, contacts/Contact*, groups/Group*, groupFilter/groupIds/guid*, ...
 *
 * Late operations (MSNP18 on) write names with capitals: both are looked for.
 * Source: web services 4 (PURPLE, PAPYON, MSNPSHARP, ESCARGOT).
 */
#include "dissectors/service_table.h"

/* Things that a summary names. */
#define NAMED_MAX 4u

static const struct service_lift header_rows[] = {
	{"ABApplicationHeader/ApplicationId", F_AB_APPLICATION},
	{"ABApplicationHeader/IsMigration", F_AB_MIGRATION},
	{"ABApplicationHeader/PartnerScenario", F_AB_SCENARIO},
	{"ABApplicationHeader/BrandId", F_AB_BRAND},
	{"ABApplicationHeader/CacheKey", F_AB_CACHE_KEY},
	{"ABAuthHeader/TicketToken", F_AB_TICKET},
	{"ServiceHeader/Version", F_AB_SERVER_VERSION},
	{"ServiceHeader/CacheKey", F_AB_CACHE_KEY},
	{"ServiceHeader/PreferredHostName", F_AB_PREFERRED_HOST},
	{"ServiceHeader/SessionId", F_AB_SESSION},
	{NULL, 0},
};

static const struct service_lift contact_rows[] = {
	{"contactId", F_AB_CONTACT_ID},
	{"contactInfo/contactType", F_AB_CONTACT_TYPE},
	{"contactInfo/passportName", F_AB_ACCOUNT},
	{"contactInfo/displayName", F_AB_DISPLAY_NAME},
	{"contactInfo/quickName", F_AB_QUICK_NAME},
	{"contactInfo/firstName", F_AB_FIRST_NAME},
	{"contactInfo/lastName", F_AB_LAST_NAME},
	{"contactInfo/CID", F_AB_CID},
	{"contactInfo/puid", F_AB_PUID},
	{"contactInfo/isMessengerUser", F_AB_MESSENGER},
	{"contactInfo/isFavorite", F_AB_FAVORITE},
	{"contactInfo/isMobileIMEnabled", F_AB_MOBILE},
	{"contactInfo/hasSpace", F_AB_SPACE},
	{"contactInfo/groupIds/guid", F_AB_GROUP_ID},
	{"propertiesChanged", F_AB_CHANGED},
	{"fDeleted", F_AB_DELETED},
	{"lastChange", F_AB_LAST_CHANGE},
	{"CreateDate", F_AB_CREATED},
	{NULL, 0},
};

static const struct service_lift email_rows[] = {
	{"contactEmailType", F_AB_EMAIL_TYPE},
	{"email", F_AB_EMAIL_ADDRESS},
	{"isMessengerEnabled", F_AB_EMAIL_MESSENGER},
	{"Capability", F_AB_EMAIL_CAPABILITY},
	{NULL, 0},
};

static const struct service_lift phone_rows[] = {
	{"contactPhoneType", F_AB_PHONE_TYPE},
	{"number", F_AB_PHONE_NUMBER},
	{NULL, 0},
};

static const struct service_lift network_rows[] = {
	{"DomainId", F_AB_NETWORK_DOMAIN},
	{"SourceId", F_AB_NETWORK_SOURCE},
	{"DisplayName", F_AB_NETWORK_NAME},
	{"RelationshipType", F_AB_RELATIONSHIP_TYPE},
	{"RelationshipState", F_AB_RELATIONSHIP_STATE},
	{"RelationshipStateDate", F_AB_RELATIONSHIP_DATE},
	{"RelationshipRole", F_AB_RELATIONSHIP_ROLE},
	{"InviterEmail", F_AB_INVITER},
	{"InviterName", F_AB_INVITER_NAME},
	{"InviterCID", F_AB_INVITER_CID},
	{"InviterMessage", F_AB_INVITE},
	{NULL, 0},
};

static const struct service_lift group_rows[] = {
	{"groupId", F_AB_GROUP_ID},
	{"groupInfo/name", F_AB_GROUP_NAME},
	{"groupInfo/groupType", F_AB_GROUP_TYPE},
	{"groupInfo/IsFavorite", F_AB_FAVORITE},
	{"propertiesChanged", F_AB_CHANGED},
	{"fDeleted", F_AB_DELETED},
	{"lastChange", F_AB_LAST_CHANGE},
	{NULL, 0},
};

static const struct service_lift circle_rows[] = {
	{"Content/Handle/Id", F_AB_CIRCLE_ID},
	{"Content/Info/DisplayName", F_AB_CIRCLE_NAME},
	{"Content/Info/HostedDomain", F_AB_CIRCLE_DOMAIN},
	{"PersonalInfo/MembershipInfo/CirclePersonalMembership/Role", F_AB_CIRCLE_ROLE},
	{"PersonalInfo/MembershipInfo/CirclePersonalMembership/State", F_AB_CIRCLE_STATE},
	{"Deleted", F_AB_DELETED},
	{NULL, 0},
};

static const struct service_lift book_rows[] = {
	{"abId", F_AB_BOOK},
	{"abInfo/name", F_AB_NAME},
	{"abInfo/ownerEmail", F_AB_OWNER},
	{"abInfo/OwnerCID", F_AB_OWNER_CID},
	{"abInfo/ownerPuid", F_AB_OWNER_PUID},
	{"lastChange", F_AB_LAST_CHANGE},
	{"createDate", F_AB_CREATED},
	{NULL, 0},
};

static const struct service_lift request_rows[] = {
	{"abId", F_AB_BOOK},
	{"ABHandle/ABId", F_AB_BOOK},
	{"abHandle/ABId", F_AB_BOOK},
	{"abView", F_AB_VIEW},
	{"extendedContent", F_AB_EXTENDED},
	{"deltasOnly", F_AB_DELTAS},
	{"lastChange", F_AB_LAST_CHANGE},
	{"dynamicItemLastChange", F_AB_DYNAMIC_LAST_CHANGE},
	{"filterOptions/DeltasOnly", F_AB_DELTAS},
	{"filterOptions/LastChanged", F_AB_LAST_CHANGE},
	{"abInfo/name", F_AB_NAME},
	{"abInfo/ownerEmail", F_AB_OWNER},
	{"abInfo/ownerPuid", F_AB_OWNER_PUID},
	{"contactIds/guid", F_AB_CONTACT_ID},
	{"groupFilter/groupIds/guid", F_AB_GROUP_ID},
	{"options/EnableAllowListManagement", F_AB_INVITE_LIST},
	/* with a capital, of the operations since MSNP18 */
	{"contactId", F_AB_CONTACT_ID},
	{"contactHandle/Email", F_AB_ACCOUNT},
	{"ContactHandle/Email", F_AB_ACCOUNT},
	{"contactHandle/Cid", F_AB_CID},
	{"ContactHandle/Cid", F_AB_CID},
	{"contactHandle/CircleId", F_AB_CIRCLE_ID},
	{"ContactHandle/CircleId", F_AB_CIRCLE_ID},
	{"connection", F_AB_CONNECTION},
	{"presence", F_AB_PRESENCE},
	{"action", F_AB_ACTION},
	{"relationshipType", F_AB_RELATIONSHIP_TYPE},
	{"relationshipRole", F_AB_RELATIONSHIP_ROLE},
	{"blockContact", F_AB_BLOCK},
	{"deleteContact", F_AB_DELETE},
	{NULL, 0},
};

static const struct service_lift item_rows[] = {
	{"@type", F_AB_ITEM_TYPE},
	{"PassportName", F_AB_ACCOUNT},
	{"CID", F_AB_CID},
	{"LastChanged", F_AB_LAST_CHANGE},
	{NULL, 0},
};

/* --- contacts, groups, circles --- */

/* The same rows for each element of a list, each a branch. */
static void branches(const struct service_call *c, struct field *parent, const struct xml_element *first,
		     enum field_id id, const struct service_lift *rows)
{
	for (; first; first = xml_same(first))
		service_lift(c, service_branch(c, parent, id, first), first, rows);
}

/* Name and Value of each, keyed by the name; the text of an invitation has a field of its own too. */
static void annotations(const struct service_call *c, struct field *parent, const struct xml_element *list)
{
	const struct xml_element *e = xml_child(list, "Annotation");
	struct field *dict = e ? service_branch(c, parent, F_AB_ANNOTATIONS, list) : NULL;
	bool invited = false;

	for (; e; e = xml_same(e)) {
		const struct xml_element *value = xml_child(e, "Value");
		struct slice name = xml_text(e, "Name");

		if (!value)
			continue;
		field_add_text(c->d, dict, F_AB_ANNOTATION, value->text, c->source, value->inner_offset,
			       value->inner_length)
			->key = name;
		if (slice_eq_str(name, "MSN.IM.InviteMessage") && value->text.len && !invited) {
			field_add_text(c->d, parent, F_AB_INVITE, value->text, c->source, value->inner_offset,
				       value->inner_length);
			invited = true;
		}
	}
}

static void contact(const struct service_call *c, struct field *parent, const struct xml_element *e)
{
	const struct xml_element *info = xml_child(e, "contactInfo");
	struct field *f = service_branch(c, parent, F_AB_CONTACT, e);
	const struct xml_element *list = xml_path(info, "MessengerMemberInfo/PendingAnnotations");

	service_lift(c, f, e, contact_rows);
	branches(c, f, xml_path(info, "emails/ContactEmail"), F_AB_EMAIL, email_rows);
	branches(c, f, xml_path(info, "phones/ContactPhone"), F_AB_PHONE, phone_rows);
	annotations(c, f, xml_child(info, "annotations") ? xml_child(info, "annotations") : list);
	branches(c, f, xml_path(info, "NetworkInfoList/NetworkInfo"), F_AB_NETWORK, network_rows);
}

/* What stands for a contact where there is no account. */
static struct slice contact_name(const struct xml_element *e)
{
	static const char *const paths[] = {
		"contactInfo/passportName", "contactInfo/emails/ContactEmail/email",
		"contactInfo/phones/ContactPhone/number", "contactInfo/contactType", "contactId",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (xml_text(e, paths[i]).len)
			return service_shown(xml_text(e, paths[i]));
	return SLICE_LIT("?");
}

static unsigned contacts(const struct service_call *c, const struct xml_element *first)
{
	unsigned count = 0;

	for (; first; first = xml_same(first), count++)
		contact(c, &c->d->root, first);
	return count;
}

/* --- headers --- */

void service_ab_request(const struct service_call *c)
{
	service_lift(c, &c->d->root, c->header, header_rows);
}

void service_ab_response(const struct service_call *c)
{
	service_lift(c, &c->d->root, c->header, header_rows);
}

void service_ab_fault(const struct service_call *c)
{
	struct slice conflict = xml_text(c->fault, "detail/additionalDetails/conflictObjectId");

	if (conflict.len)
		dissection_summary_add(c->d, "%.*s", SLICE_ARG(service_shown(conflict)));
}

/* --- operations --- */

static void ask_for_book(const struct service_call *c)
{
	struct slice since = xml_text(c->content, "lastChange");
	bool deltas = slice_eq_str(xml_text(c->content, "deltasOnly"), "true") ||
		      slice_eq_str(xml_text(c->content, "filterOptions/DeltasOnly"), "true");

	service_lift(c, &c->d->root, c->content, request_rows);
	if (since.len == 0)
		since = xml_text(c->content, "filterOptions/LastChanged");
	dissection_summary_add(c->d, "ask for the address book");
	if (deltas)
		dissection_summary_add(c->d, "deltas since %.*s", SLICE_ARG(service_shown(since)));
}

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

/* Both forms of answer: names of the late one begin with capitals. */
static void book(const struct service_call *c)
{
	const struct xml_element *result = c->content->first;
	const struct xml_element *list = xml_child(result, "contacts"), *groups = xml_child(result, "groups");
	const struct xml_element *circles = xml_path(result, "CircleResult/Circles/CircleInverseInfo");
	unsigned n = contacts(c, xml_child(list ? list : xml_child(result, "Contacts"), "Contact"));
	const struct xml_element *group = xml_child(groups ? groups : xml_child(result, "Groups"), "Group");
	unsigned n_groups = 0, n_circles = 0;
	static const struct service_lift ticket[] = {{"CircleResult/CircleTicket", F_AB_CIRCLE_TICKET}, {NULL, 0}};

	branches(c, &c->d->root, group, F_AB_GROUP, group_rows);
	branches(c, &c->d->root, circles, F_AB_CIRCLE, circle_rows);
	branches(c, &c->d->root, xml_path(result, "DynamicItems/DynamicItem"), F_AB_ITEM, item_rows);
	service_lift(c, &c->d->root, result, ticket);
	service_lift(c, &c->d->root, xml_child(result, "ab") ? xml_child(result, "ab") : xml_child(result, "Ab"),
		     book_rows);
	for (; group; group = xml_same(group))
		n_groups++;
	for (; circles; circles = xml_same(circles))
		n_circles++;
	dissection_summary_add(c->d, "%u contact%s", n, plural(n));
	dissection_summary_add(c->d, "%u group%s", n_groups, plural(n_groups));
	if (n_circles)
		dissection_summary_add(c->d, "%u circle%s", n_circles, plural(n_circles));
}

/* Which contacts, and what changes. */
static void change_contacts(const struct service_call *c)
{
	const struct xml_element *e = xml_path(c->content, "contacts/Contact");
	const struct xml_element *group = xml_path(c->content, "groupFilter/groupIds/guid");
	unsigned n = 0;

	service_lift(c, &c->d->root, c->content, request_rows);
	contacts(c, e);
	for (; e; e = xml_same(e), n++) {
		struct slice changed = xml_text(e, "propertiesChanged"), type = xml_text(e, "contactInfo/contactType");

		if (n >= NAMED_MAX)
			continue;
		dissection_summary_add(c->d, "%.*s", SLICE_ARG(contact_name(e)));
		if (changed.len)
			dissection_summary_add(c->d, "changed %.*s", SLICE_ARG(service_shown(changed)));
		else if (type.len && !slice_eq(service_shown(type), contact_name(e)))
			dissection_summary_add(c->d, "%.*s", SLICE_ARG(service_shown(type)));
	}
	if (n > NAMED_MAX)
		dissection_summary_add(c->d, "%u more", n - NAMED_MAX);
	if (group)
		dissection_summary_add(c->d, "group %.*s", SLICE_ARG(service_shown(xml_text(group, ""))));
}

static void change_groups(const struct service_call *c)
{
	const struct xml_element *added = xml_path(c->content, "groupInfo/GroupInfo");
	const struct xml_element *e = xml_path(c->content, "groups/Group");
	const struct xml_element *id = xml_path(c->content, "groupFilter/groupIds/guid");
	static const struct service_lift added_rows[] = {
		{"name", F_AB_GROUP_NAME}, {"groupType", F_AB_GROUP_TYPE}, {NULL, 0}};

	service_lift(c, &c->d->root, c->content, request_rows);
	branches(c, &c->d->root, added, F_AB_GROUP, added_rows);
	branches(c, &c->d->root, e, F_AB_GROUP, group_rows);
	for (; added; added = xml_same(added))
		dissection_summary_add(c->d, "\"%.*s\"", SLICE_ARG(service_shown(xml_text(added, "name"))));
	for (; e; e = xml_same(e))
		dissection_summary_add(c->d, "%.*s is \"%.*s\"", SLICE_ARG(service_shown(xml_text(e, "groupId"))),
				       SLICE_ARG(service_shown(xml_text(e, "groupInfo/name"))));
	for (; id; id = xml_same(id))
		dissection_summary_add(c->d, "%.*s", SLICE_ARG(service_shown(xml_text(id, ""))));
}

/* One contact by account, id or circle, and what becomes of it. */
static void change_connection(const struct service_call *c)
{
	static const char *const paths[] = {
		"contactHandle/Email", "ContactHandle/Email", "contactHandle/CircleId", "ContactHandle/CircleId",
		"contactHandle/Cid",   "ContactHandle/Cid",   "contactId",
	};
	const struct xml_element *list = xml_child(c->content, "annotations");

	service_lift(c, &c->d->root, c->content, request_rows);
	annotations(c, &c->d->root, list);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct slice text = service_shown(xml_text(c->content, paths[i]));

		if (text.len) {
			dissection_summary_add(c->d, "%.*s", SLICE_ARG(text));
			return;
		}
	}
}

/* The contact that an operation since MSNP18 gives back. */
static void changed_contact(const struct service_call *c)
{
	const struct xml_element *e = c->content->first;

	if (!e || (!xml_child(e, "contactId") && !xml_child(e, "contactInfo")))
		return;
	contact(c, &c->d->root, e);
	dissection_summary_add(c->d, "%.*s", SLICE_ARG(contact_name(e)));
}

/* "guid": what was made or put into a group. */
static void made(const struct service_call *c)
{
	static const struct service_lift rows[] = {{"guid", F_AB_RESULT}, {NULL, 0}};
	const struct xml_element *result = c->content->first;
	struct slice id = xml_text(result, "guid");

	service_lift(c, &c->d->root, result, rows);
	if (id.len)
		dissection_summary_add(c->d, "id %.*s", SLICE_ARG(service_shown(id)));
}

static void change_items(const struct service_call *c)
{
	const struct xml_element *e = xml_path(c->content, "dynamicItems/DynamicItem");

	service_lift(c, &c->d->root, c->content, request_rows);
	branches(c, &c->d->root, e, F_AB_ITEM, item_rows);
	for (; e; e = xml_same(e))
		dissection_summary_add(c->d, "%.*s", SLICE_ARG(service_shown(xml_text(e, "PassportName"))));
}

static void add_book(const struct service_call *c)
{
	service_lift(c, &c->d->root, c->content, request_rows);
	dissection_summary_add(c->d, "an address book for %.*s",
			       SLICE_ARG(service_shown(xml_text(c->content, "abInfo/ownerEmail"))));
}

const struct service_operation service_ab_operations[] = {
	{"ABAdd", add_book, made},
	{"ABFindAll", ask_for_book, book},
	{"ABFindContactsPaged", ask_for_book, book},
	{"ABFindByContacts", ask_for_book, book},
	{"ABContactAdd", change_contacts, made},
	{"ABContactUpdate", change_contacts, NULL},
	{"ABContactDelete", change_contacts, NULL},
	{"ABGroupAdd", change_groups, made},
	{"ABGroupUpdate", change_groups, NULL},
	{"ABGroupDelete", change_groups, NULL},
	{"ABGroupContactAdd", change_contacts, made},
	{"ABGroupContactDelete", change_contacts, NULL},
	{"CreateContact", change_connection, changed_contact},
	{"ManageWLConnection", change_connection, changed_contact},
	{"BreakConnection", change_connection, NULL},
	{"DeleteContact", change_connection, NULL},
	{"AddDynamicItem", change_items, NULL},
	{"UpdateDynamicItem", change_items, NULL},
	{NULL, NULL, NULL},
};
