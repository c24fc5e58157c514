/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stored profile (8.5 on), and the directory that gives the same as a list
 * of attributes (MSNP21).
 *
 *	GetProfileResult/ResourceID, ExpressionProfile/DisplayName, PersonalStatus, Photo/DocumentStreams/...
 *	Get, Set: Views/.../Attributes/A: N (name), V (value)
 *
 * Source: web services 6 (PAPYON, PURPLE, MSNPSHARP, ESCARGOT).
 */
#include "dissectors/service_table.h"

static const struct service_lift header_rows[] = {
	{"StorageApplicationHeader/ApplicationID", F_STORAGE_APPLICATION},
	{"StorageApplicationHeader/Scenario", F_STORAGE_SCENARIO},
	{"StorageUserHeader/TicketToken", F_STORAGE_TICKET},
	{"StorageUserHeader/Cid", F_STORAGE_OWNER_CID},
	{NULL, 0},
};

/* Of the operations that read and write profiles. */
static const struct service_lift profile_rows[] = {
	{"ResourceID", F_STORAGE_RESOURCE},
	{"ExpressionProfile/ResourceID", F_STORAGE_RESOURCE},
	{"ExpressionProfile/DisplayName", F_STORAGE_DISPLAY_NAME},
	{"ExpressionProfile/DisplayNameLastModified", F_STORAGE_DISPLAY_NAME_CHANGED},
	{"ExpressionProfile/PersonalStatus", F_STORAGE_STATUS},
	{"ExpressionProfile/PersonalStatusLastModified", F_STORAGE_STATUS_CHANGED},
	{"ExpressionProfile/FreeText", F_STORAGE_FREE_TEXT},
	{"ExpressionProfile/Flags", F_STORAGE_FLAGS},
	{"ExpressionProfile/StaticUserTilePublicURL", F_STORAGE_TILE_URL},
	{"ExpressionProfile/Photo/ResourceID", F_STORAGE_RESOURCE},
	{"DateModified", F_STORAGE_CHANGED},
	{NULL, 0},
};

static const struct service_lift handle_rows[] = {
	{"profileHandle/Alias/Name", F_STORAGE_CID},
	{"profileHandle/RelationshipName", F_STORAGE_RELATIONSHIP},
	{"objectHandle/Alias/Name", F_STORAGE_CID},
	{"objectHandle/RelationshipName", F_STORAGE_RELATIONSHIP},
	{"parentHandle/Alias/Name", F_STORAGE_CID},
	{"parentHandle/RelationshipName", F_STORAGE_RELATIONSHIP},
	{"sourceHandle/Alias/Name", F_STORAGE_CID},
	{"sourceHandle/RelationshipName", F_STORAGE_RELATIONSHIP},
	{"sourceHandle/ResourceID", F_STORAGE_RESOURCE},
	{"targetHandles/ObjectHandle/ResourceID", F_STORAGE_TARGET},
	{"relationships/Relationship/SourceID", F_STORAGE_RESOURCE},
	{"relationships/Relationship/TargetID", F_STORAGE_TARGET},
	{"relationships/Relationship/RelationshipName", F_STORAGE_RELATIONSHIP},
	{"document/ResourceID", F_STORAGE_RESOURCE},
	{"document/Name", F_STORAGE_NAME},
	{NULL, 0},
};

static const struct service_lift stream_rows[] = {
	{"DocumentStreamName", F_STORAGE_STREAM_NAME},
	{"DocumentStreamType", F_STORAGE_STREAM_NAME},
	{"MimeType", F_STORAGE_MIME_TYPE},
	{"DataSize", F_STORAGE_SIZE},
	{"PreAuthURL", F_STORAGE_URL},
	{NULL, 0},
};

static unsigned streams(const struct service_call *c, const struct xml_element *list)
{
	unsigned count = 0;

	for (const struct xml_element *e = xml_child(list, "DocumentStream"); e; e = xml_same(e), count++)
		service_lift(c, service_branch(c, &c->d->root, F_STORAGE_STREAM, e), e, stream_rows);
	return count;
}

void service_storage_request(const struct service_call *c)
{
	service_lift(c, &c->d->root, c->header, header_rows);
	service_lift(c, &c->d->root, c->content, handle_rows);
}

static void profile(const struct service_call *c, const struct xml_element *e)
{
	struct slice name = service_shown(xml_text(e, "ExpressionProfile/DisplayName"));
	struct slice status = service_shown(xml_text(e, "ExpressionProfile/PersonalStatus"));

	service_lift(c, &c->d->root, e, profile_rows);
	unsigned pictures = streams(c, xml_path(e, "ExpressionProfile/Photo/DocumentStreams"));
	if (name.len)
		dissection_summary_add(c->d, "name \"%.*s\"", SLICE_ARG(name));
	if (status.len)
		dissection_summary_add(c->d, "personal message \"%.*s\"", SLICE_ARG(status));
	if (pictures)
		dissection_summary_add(c->d, "a picture");
}

static void ask_for_profile(const struct service_call *c)
{
	dissection_summary_add(c->d, "profile of %.*s",
			       SLICE_ARG(service_shown(xml_text(c->content, "profileHandle/Alias/Name"))));
}

static void profile_given(const struct service_call *c)
{
	profile(c, c->content->first);
}

static void change_profile(const struct service_call *c)
{
	profile(c, xml_child(c->content, "profile"));
}

static void change_document(const struct service_call *c)
{
	const struct xml_element *document = xml_child(c->content, "document");
	struct slice name = service_shown(xml_text(document, "Name"));

	streams(c, xml_child(document, "DocumentStreams"));
	if (name.len)
		dissection_summary_add(c->d, "\"%.*s\"", SLICE_ARG(name));
}

/* The id of what was made is the text of the result element itself. */
static void document_made(const struct service_call *c)
{
	static const struct service_lift rows[] = {
		{"CreateDocumentResult", F_STORAGE_RESOURCE},
		{"CreateProfileResult", F_STORAGE_RESOURCE},
		{NULL, 0},
	};

	service_lift(c, &c->d->root, c->content, rows);
	if (xml_text(c->content->first, "").len)
		dissection_summary_add(c->d, "%.*s", SLICE_ARG(service_shown(xml_text(c->content->first, ""))));
}

static void relate(const struct service_call *c)
{
	struct slice relationship = xml_text(c->content, "relationships/Relationship/RelationshipName");

	if (relationship.len)
		dissection_summary_add(c->d, "%.*s", SLICE_ARG(service_shown(relationship)));
}

const struct service_operation service_storage_operations[] = {
	{"GetProfile", ask_for_profile, profile_given},
	{"UpdateProfile", change_profile, NULL},
	{"CreateProfile", change_profile, document_made},
	{"CreateDocument", change_document, document_made},
	{"UpdateDocument", change_document, NULL},
	{"CreateRelationships", relate, NULL},
	{NULL, NULL, NULL},
};

/* --- directory --- */

/* Adds each A element below e; returns how many. */
static unsigned attributes(const struct service_call *c, struct field *dict, const struct xml_element *e)
{
	unsigned count = 0;

	for (const struct xml_element *child = e->first; child; child = child->next) {
		const struct xml_element *value = xml_child(child, "V");
		struct slice name = xml_text(child, "N");

		if (name.len == 0 || !value) {
			count += attributes(c, dict, child);
			continue;
		}
		field_add_text(c->d, dict, F_STORAGE_ATTRIBUTE, value->text, c->source, value->inner_offset,
			       value->inner_length)
			->key = name;
		count++;
	}
	return count;
}

static void directory(const struct service_call *c)
{
	static const struct service_lift rows[] = {
		{"request/Id/V1", F_STORAGE_CID},
		{"request/ViewName", F_STORAGE_VIEW},
		{"request/Ids/Id/V1", F_STORAGE_CID},
		{NULL, 0},
	};

	service_lift(c, &c->d->root, c->content, rows);
	unsigned count = attributes(c, service_branch(c, &c->d->root, F_STORAGE_ATTRIBUTES, c->content), c->content);
	struct slice cid = service_shown(xml_text(c->content, "request/Id/V1"));
	if (cid.len)
		dissection_summary_add(c->d, "profile of %.*s", SLICE_ARG(cid));
	if (count)
		dissection_summary_add(c->d, "%u attribute%s", count, count == 1 ? "" : "s");
}

const struct service_operation service_directory_operations[] = {
	{"Get", directory, directory},
	{"GetMany", directory, directory},
	{"Set", directory, directory},
	{NULL, NULL, NULL},
};
