/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What contacts did: the What's New feed (2009 on) and the contact cards of
 * Spaces (8.x).
 *
 *	GetContactsRecentActivityResult/FeedUrl, Activities/ActivityDetails*
 *	GetXmlFeedResult/contactCard/elements/element* (title, url)
 *
 * Source: web services 7 (MSNPSHARP, PAPYON).
 */
#include "dissectors/service_table.h"

static const struct service_lift ask_rows[] = {
	{"entityHandle/Cid", F_FEED_CID},
	{"locales/string", F_FEED_LOCALE},
	{"count", F_FEED_COUNT},
	{NULL, 0},
};

static const struct service_lift activity_rows[] = {
	{"OwnerCID", F_FEED_OWNER},
	{"ActivityDate", F_FEED_DATE},
	{"ApplicationId", F_FEED_APPLICATION},
	{"ObjectId", F_FEED_OBJECT},
	{"TemplateVariables/TemplateVariable/Value", F_FEED_VALUE},
	{"TemplateVariables/TemplateVariable/Text", F_FEED_VALUE},
	{NULL, 0},
};

static const struct service_lift card_rows[] = {
	{"refreshInformation/cid", F_FEED_CID},
	{"refreshInformation/market", F_FEED_LOCALE},
	{"refreshInformation/maxElementCount", F_FEED_COUNT},
	{NULL, 0},
};

static const struct service_lift item_rows[] = {
	{"title", F_FEED_ITEM_TITLE},
	{"url", F_FEED_ITEM_URL},
	{"published", F_FEED_DATE},
	{NULL, 0},
};

static void ask_for_news(const struct service_call *c)
{
	struct slice cid = service_shown(xml_text(c->content, "entityHandle/Cid"));

	service_lift(c, &c->d->root, c->content, ask_rows);
	if (cid.len)
		dissection_summary_add(c->d, "news for %.*s", SLICE_ARG(cid));
}

static void news(const struct service_call *c)
{
	static const struct service_lift rows[] = {{"FeedUrl", F_FEED_URL}, {NULL, 0}};
	const struct xml_element *result = c->content->first;
	unsigned count = 0;

	service_lift(c, &c->d->root, result, rows);
	for (const struct xml_element *e = xml_path(result, "Activities/ActivityDetails"); e; e = xml_same(e), count++)
		service_lift(c, service_branch(c, &c->d->root, F_FEED_ACTIVITY, e), e, activity_rows);
	dissection_summary_add(c->d, "%u activit%s", count, count == 1 ? "y" : "ies");
}

static void ask_for_card(const struct service_call *c)
{
	struct slice cid = service_shown(xml_text(c->content, "refreshInformation/cid"));

	service_lift(c, &c->d->root, c->content, card_rows);
	if (cid.len)
		dissection_summary_add(c->d, "contact card of %.*s", SLICE_ARG(cid));
}

static void card(const struct service_call *c)
{
	static const struct service_lift rows[] = {
		{"title", F_FEED_CARD_OWNER}, {"url", F_FEED_CARD_URL}, {NULL, 0}};
	const struct xml_element *e = xml_child(c->content->first, "contactCard");
	struct slice title = service_shown(xml_text(e, "title"));

	service_lift(c, &c->d->root, e, rows);
	for (e = xml_path(e, "elements/element"); e; e = xml_same(e)) {
		struct field *f = service_branch(c, &c->d->root, F_FEED_ITEM, e);

		service_lift(c, f, e, item_rows);
	}
	if (title.len)
		dissection_summary_add(c->d, "\"%.*s\"", SLICE_ARG(title));
}

const struct service_operation service_feed_operations[] = {
	{"GetContactsRecentActivity", ask_for_news, news},
	{"GetBatchRecentActivity", ask_for_news, news},
	{NULL, NULL, NULL},
};

const struct service_operation service_spaces_operations[] = {
	{"GetXmlFeed", ask_for_card, card},
	{NULL, NULL, NULL},
};
