/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications.
 *
 *	<NOTIFICATION ver="2" id="1" siteid="1" siteurl="http://calendar.example.com">
 *	  <TO pid="0x00000001:0x00000002" name="alice@example.com" email=".."><VIA agent="messenger"/></TO>
 *	  <FROM pid=".." name="tel:+15550100"/>
 *	  <MSG pri="1" id="1">
 *	    <ACTION url="/a.asp"/><SUBSCR url="/s.asp"/><CAT id="110"/>
 *	    <BODY lang="1033" icon="/i.gif"><TEXT>lunch</TEXT><TEXTX>..</TEXTX></BODY>
 *	  </MSG>
 *	</NOTIFICATION>
 *
 * Of the address book, BODY holds escaped XML:
 *
 *	<NotificationData><Service>ABCHInternal</Service><CID>1</CID><LastModifiedDate>..</LastModifiedDate>
 *	  <HasNewItem>true</HasNewItem><CircleId>..</CircleId></NotificationData>
 */
#include "dissectors/notification.h"

#include "dissectors/payload_xml.h"

/* Sites whose notifications have forms of their own. */
#define SITE_ADDRESS_BOOK 45705u
#define SITE_MOBILE 111100400u

static const struct payload_xml_row no_attributes[] = {{NULL, 0}};

/* --- the address book's data --- */

static void add_data(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	static const struct payload_xml_row rows[] = {
		{"Service", F_NOTIFICATION_SERVICE},         {"CID", F_NOTIFICATION_CID},
		{"LastModifiedDate", F_NOTIFICATION_MODIFIED}, {"HasNewItem", F_NOTIFICATION_NEW_ITEM},
		{"CircleId", F_NOTIFICATION_CIRCLE},         {NULL, 0},
	};
	struct field *f = xml_add_branch(x, parent, F_NOTIFICATION_DATA, e);

	payload_xml_attributes(x, f, e, no_attributes);
	for (const struct xml_element *child = e->first; child; child = child->next) {
		const struct payload_xml_row *row = rows;

		while (row->name && !slice_eq_str(child->name, row->name))
			row++;
		if (!row->name || child->first || child->attributes || field_child(f, &field_defs[row->id]))
			xml_add_other(x, f, child);
		else if (row->id == F_NOTIFICATION_NEW_ITEM)
			xml_add_bool(x, f, row->id, child);
		else
			xml_add_text(x, f, row->id, child);
	}
}

/* Servers take no longer bodies. */
#define BODY_MAX 1024u

/* The text of BODY itself, which is XML again as a rule. */
static void add_content(const struct xml_origin *x, struct field *body, const struct xml_element *e, bool must_be_xml)
{
	struct slice text = xml_text(e, "");

	if (text.len == 0)
		return;
	struct field *f = field_add_text(x->d, body, F_NOTIFICATION_CONTENT, text, x->source,
					 x->base + e->inner_offset, e->inner_length);
	/* Without room for a source the text is all there is to show. */
	if ((!xml_looks_like(text) && !must_be_xml) || x->d->source_count == DISSECTION_SOURCES_MAX)
		return;
	struct xml_document document = xml_parse(x->d->arena, text);
	if (document.broken)
		finding_add(x->d, must_be_xml ? x->rule : RULE_XML_BROKEN, f, "XML in the body: %.*s",
			    SLICE_ARG(document.error));
	if (!document.root)
		return;
	struct xml_origin inner = {x->d, dissection_add_source(x->d, "notification_data", text), 0, x->rule};
	struct payload_xml p = {inner, f, text.len, document.root, document.broken};
	if (payload_xml_named(p.root, "NotificationData"))
		add_data(&inner, f, p.root);
	else
		xml_add_other(&inner, f, p.root);
	payload_xml_finish(&p);
}

/* --- MSG --- */

/* The text of BODY is told already. */
static void add_other_attributes(const struct xml_origin *x, struct field *body, const struct xml_element *e,
				 const struct payload_xml_row *known)
{
	for (const struct xml_attribute *a = e->attributes; a; a = a->next) {
		const struct payload_xml_row *row = known;

		while (row->name && !slice_eq_str(a->name, row->name))
			row++;
		if (!row->name)
			xml_add_other_attribute(x, body, e, a);
	}
}

static void add_body(const struct xml_origin *x, struct field *message, const struct xml_element *e, bool must_be_xml)
{
	static const struct payload_xml_row attributes[] = {
		{"lang", F_NOTIFICATION_LANGUAGE},
		{"lcid", F_NOTIFICATION_LCID},
		{"icon", F_NOTIFICATION_ICON},
		{NULL, 0},
	};
	struct field *f = xml_add_branch(x, message, F_NOTIFICATION_BODY, e);

	if (x->d->fields_left_out)
		return;
	if (e->inner_length > BODY_MAX)
		finding_add(x->d, x->rule, f, "body of %zu bytes, more than %u", (size_t)e->inner_length, BODY_MAX);
	for (size_t i = 0; attributes[i].name; i++)
		xml_add_attribute(x, f, attributes[i].id, e, attributes[i].name);
	add_content(x, f, e, must_be_xml && !e->first);
	for (const struct xml_element *child = e->first; child; child = child->next) {
		enum field_id id = payload_xml_named(child, "TEXT") ? F_NOTIFICATION_TEXT : F_NOTIFICATION_TEXTX;
		bool text = id == F_NOTIFICATION_TEXT || payload_xml_named(child, "TEXTX");

		if (text && !child->first && !child->attributes && !field_child(f, &field_defs[id]))
			xml_add_text(x, f, id, child);
		else if (payload_xml_named(child, "NotificationData") &&
			 !field_child(f, &field_defs[F_NOTIFICATION_DATA]))
			add_data(x, f, child);
		else
			xml_add_other(x, f, child);
	}
	add_other_attributes(x, f, e, attributes);
}

static bool ends_in_slash(struct slice s)
{
	return s.len && s.ptr[s.len - 1] == '/';
}

/* What the client opens, without the ids that it adds. */
static void add_link(const struct xml_origin *x, struct field *parent, struct slice site)
{
	const struct field *url = field_child(parent, &field_defs[F_NOTIFICATION_URL]);

	if (!url || url->value.text.len == 0 || site.len == 0)
		return;
	struct slice end = url->value.text;
	bool whole = slice_find(end, SLICE_LIT("://")) < end.len;
	bool slash = slice_has_prefix(end, SLICE_LIT("/"));
	if (ends_in_slash(site) && slash)
		site.len--;
	struct slice link = whole ? end
				  : arena_printf(x->d->arena, "%.*s%s%.*s", SLICE_ARG(site),
						 slash || ends_in_slash(site) ? "" : "/", SLICE_ARG(end));
	field_add_text(x->d, parent, F_NOTIFICATION_LINK, link, url->source, url->offset, url->length);
}

/* ACTION, SUBSCR, CAT: empty elements with one attribute. */
static struct field *add_empty(const struct xml_origin *x, struct field *message, enum field_id id,
			       const struct xml_element *e, const struct payload_xml_row *attributes)
{
	struct field *f = xml_add_branch(x, message, id, e);

	payload_xml_attributes(x, f, e, attributes);
	for (const struct xml_element *child = e->first; child; child = child->next)
		xml_add_other(x, f, child);
	return f;
}

static void add_message(const struct xml_origin *x, struct field *parent, const struct xml_element *e,
			const struct field *site, struct slice site_url)
{
	static const struct payload_xml_row attributes[] = {
		{"pri", F_NOTIFICATION_PRIORITY}, {"id", F_NOTIFICATION_MESSAGE_ID}, {NULL, 0},
	};
	static const struct payload_xml_row url[] = {{"url", F_NOTIFICATION_URL}, {NULL, 0}};
	static const struct payload_xml_row category[] = {{"id", F_NOTIFICATION_CATEGORY_ID}, {NULL, 0}};
	struct field *f = xml_add_branch(x, parent, F_NOTIFICATION_MESSAGE, e);

	if (x->d->fields_left_out)
		return;
	payload_xml_attributes(x, f, e, attributes);
	for (const struct xml_element *child = e->first; child; child = child->next) {
		if (payload_xml_named(child, "ACTION"))
			add_link(x, add_empty(x, f, F_NOTIFICATION_ACTION, child, url), site_url);
		else if (payload_xml_named(child, "SUBSCR"))
			add_link(x, add_empty(x, f, F_NOTIFICATION_SUBSCRIPTION, child, url), site_url);
		else if (payload_xml_named(child, "CAT"))
			add_empty(x, f, F_NOTIFICATION_CATEGORY, child, category);
		else if (payload_xml_named(child, "BODY"))
			add_body(x, f, child, site && site->has_value && site->value.number == SITE_ADDRESS_BOOK);
		else
			xml_add_other(x, f, child);
	}
}

/* --- TO and FROM --- */

static void add_person(const struct xml_origin *x, struct field *parent, enum field_id id, const struct xml_element *e)
{
	static const struct payload_xml_row attributes[] = {
		{"pid", F_NOTIFICATION_PID}, {"name", F_NOTIFICATION_NAME}, {"email", F_NOTIFICATION_EMAIL}, {NULL, 0},
	};
	static const struct payload_xml_row via[] = {{"agent", F_NOTIFICATION_AGENT}, {NULL, 0}};
	struct field *f = xml_add_branch(x, parent, id, e);

	payload_xml_attributes(x, f, e, attributes);
	for (const struct xml_element *child = e->first; child; child = child->next) {
		if (payload_xml_named(child, "VIA"))
			add_empty(x, f, F_NOTIFICATION_VIA, child, via);
		else
			xml_add_other(x, f, child);
	}
}

/* --- summary --- */

static struct slice text_of(const struct field *parent, enum field_id id)
{
	const struct field *f = parent ? field_child(parent, &field_defs[id]) : NULL;

	return f && f->has_value && f->def->type == FIELD_TEXT ? payload_xml_cut(f->value.text) : SLICE_EMPTY;
}

static const struct field *child_of(const struct field *parent, enum field_id id)
{
	return parent ? field_child(parent, &field_defs[id]) : NULL;
}

static void summarise_data(struct dissection *d, const struct field *data)
{
	const struct field *new_item = child_of(data, F_NOTIFICATION_NEW_ITEM);
	struct slice service = text_of(data, F_NOTIFICATION_SERVICE), circle = text_of(data, F_NOTIFICATION_CIRCLE);

	dissection_summary_add(d, "%.*s has changed", SLICE_ARG(service.len ? service : SLICE_LIT("something")));
	if (circle.len)
		dissection_summary_add(d, "circle %.*s", SLICE_ARG(circle));
	if (new_item && new_item->value.number)
		dissection_summary_add(d, "with a new item");
}

static void summarise(struct dissection *d, const struct field *notification)
{
	const struct field *message = child_of(notification, F_NOTIFICATION_MESSAGE);
	const struct field *body = child_of(message, F_NOTIFICATION_BODY);
	const struct field *content = child_of(body, F_NOTIFICATION_CONTENT);
	const struct field *data = child_of(content, F_NOTIFICATION_DATA);
	const struct field *site = child_of(notification, F_NOTIFICATION_SITE_ID);
	struct slice from = text_of(child_of(notification, F_NOTIFICATION_FROM), F_NOTIFICATION_NAME);
	struct slice id = text_of(message, F_NOTIFICATION_MESSAGE_ID), text = text_of(body, F_NOTIFICATION_TEXT);
	const struct enum_row *row = site && site->has_value ? field_enum(site) : NULL;

	if (!data)
		data = child_of(body, F_NOTIFICATION_DATA);
	if (row && site->value.number == SITE_MOBILE && id.len && !slice_eq_str(id, "0") && !from.len)
		dissection_summary_add(d, "page %.*s failed: error %.*s",
				       SLICE_ARG(text_of(notification, F_NOTIFICATION_ID)), SLICE_ARG(id));
	else if (row)
		dissection_summary_add(d, "%s", site->value.number == SITE_ADDRESS_BOOK ? "address book" : row->name);
	else if (site && site->has_value)
		dissection_summary_add(d, "site %llu", (unsigned long long)site->value.number);
	if (from.len)
		dissection_summary_add(d, "from %.*s", SLICE_ARG(from));
	if (data)
		summarise_data(d, data);
	if (text.len == 0 && !data && content)
		text = payload_xml_cut(content->value.text);
	if (text.len)
		dissection_summary_add(d, "\"%.*s\"", SLICE_ARG(text));
}

/* --- the payload --- */

static void add_notification(const struct payload_xml *p)
{
	static const struct payload_xml_row attributes[] = {
		{"ver", F_NOTIFICATION_VERSION},         {"id", F_NOTIFICATION_ID},
		{"siteid", F_NOTIFICATION_SITE_ID},      {"siteurl", F_NOTIFICATION_SITE_URL},
		{NULL, 0},
	};
	const struct xml_origin *x = &p->x;
	struct field *f = xml_add_branch(x, p->parent, F_NOTIFICATION, p->root);

	payload_xml_attributes(x, f, p->root, attributes);
	const struct field *site = field_child(f, &field_defs[F_NOTIFICATION_SITE_ID]);
	const struct field *url = field_child(f, &field_defs[F_NOTIFICATION_SITE_URL]);
	for (const struct xml_element *e = p->root->first; e; e = e->next) {
		if (payload_xml_named(e, "TO"))
			add_person(x, f, F_NOTIFICATION_TO, e);
		else if (payload_xml_named(e, "FROM"))
			add_person(x, f, F_NOTIFICATION_FROM, e);
		else if (payload_xml_named(e, "MSG"))
			add_message(x, f, e, site, url ? url->value.text : SLICE_EMPTY);
		else
			xml_add_other(x, f, e);
	}
	summarise(x->d, f);
}

void notification_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			  const struct msnp_context *context)
{
	struct payload_xml p;

	(void)context;
	if (!payload_xml_parse(&p, d, parent, (struct range){source, offset, length}, RULE_NOTIFICATION_VALUE))
		return;
	if (payload_xml_named(p.root, "NOTIFICATION")) {
		add_notification(&p);
	} else if (payload_xml_named(p.root, "Notify")) {
		/* A later form, of which no description is known. */
		xml_add_other(&p.x, parent, p.root);
		dissection_summary_add(d, "alert of a later form");
	} else {
		payload_xml_wrong_root(&p);
	}
	payload_xml_finish(&p);
}
