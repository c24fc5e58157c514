/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the client fetches about itself: MsgrConfig by SOAP, where the answer
 * holds the configuration as text, or by GET, where it is the configuration;
 * the lists of tabs of older clients; text advertisements.
 *
 * Source: web services 9, 10 (YELLOWS111, ESCARGOT).
 */
#include "dissectors/service_table.h"
#include "util/encoding.h"

static const struct service_lift client_rows[] = {
	{"clientinfo/Country", F_CONFIG_COUNTRY},
	{"clientinfo/CLCID", F_CONFIG_CLCID},
	{"clientinfo/PLCID", F_CONFIG_PLCID},
	{"clientinfo/GeoID", F_CONFIG_GEOID},
	{"clientinfo/ver", F_CONFIG_VERSION},
	{NULL, 0},
};

static const struct service_lift config_rows[] = {
	{"Config/ExpiresInDays", F_CONFIG_EXPIRES},
	{"AbchCfg/abchconfig/url", F_CONFIG_AB_URL},
	{"LocalizedConfig@Market", F_CONFIG_MARKET},
	{"LocalizedConfig/AdMainConfig/TextAdServer", F_CONFIG_TEXT_AD},
	{"LocalizedConfig/AppDirConfig/AppDirPageURL", F_CONFIG_APP_DIR},
	{"LocalizedConfig/MsnTodayConfig/MsnTodayURL", F_CONFIG_TODAY},
	{"Config/TrustedDomains/domain@name", F_CONFIG_DOMAIN},
	{NULL, 0},
};

static const struct service_lift tab_rows[] = {
	{"name", F_CONFIG_TAB_NAME},   {"contenturl", F_CONFIG_TAB_URL}, {"@name", F_CONFIG_TAB_NAME},
	{"@contenturl", F_CONFIG_TAB_URL}, {NULL, 0},
};

/* Parameters of "?op=GetClientConfig&Country=...". */
static const struct {
	const char *name;
	enum field_id field;
} query_rows[] = {
	{"Country", F_CONFIG_COUNTRY}, {"CLCID", F_CONFIG_CLCID}, {"PLCID", F_CONFIG_PLCID},
	{"GeoID", F_CONFIG_GEOID},     {"ver", F_CONFIG_VERSION},
};

static void query_part(const struct service_call *c, struct slice name, struct slice value)
{
	struct slice head = c->d->sources[SOURCE_LINE].data;
	size_t at = slice_find(head, value);

	for (size_t i = 0; i < sizeof(query_rows) / sizeof(query_rows[0]); i++)
		if (slice_case_eq(name, slice_str(query_rows[i].name)) && value.len &&
		    !field_child(&c->d->root, &field_defs[query_rows[i].field]))
			field_add_text(c->d, &c->d->root, query_rows[i].field, percent_decode(c->d->arena, value),
				       SOURCE_LINE, at < head.len ? at : 0, at < head.len ? value.len : 0);
}

static struct slice value_of(const struct service_call *c, enum field_id id)
{
	const struct field *f = field_child(&c->d->root, &field_defs[id]);

	return f && f->has_value && f->def->type == FIELD_TEXT ? service_shown(f->value.text) : SLICE_EMPTY;
}

void service_config_request(const struct service_call *c)
{
	struct slice rest = c->m->query;

	service_lift(c, &c->d->root, c->content, client_rows);
	while (rest.len) {
		struct slice part = slice_sub(rest, 0, slice_find_byte(rest, '&'));
		size_t equals = slice_find_byte(part, '=');

		query_part(c, slice_sub(part, 0, equals), slice_sub(part, equals + 1, part.len));
		rest = slice_sub(rest, part.len + 1, rest.len);
	}
	struct slice version = value_of(c, F_CONFIG_VERSION), country = value_of(c, F_CONFIG_COUNTRY);
	if (version.len)
		dissection_summary_add(c->d, "version %.*s", SLICE_ARG(version));
	if (country.len)
		dissection_summary_add(c->d, "country %.*s", SLICE_ARG(country));
}

static void tabs(const struct service_call *c, const struct xml_element *e)
{
	for (; e; e = xml_same(e))
		service_lift(c, service_branch(c, &c->d->root, F_CONFIG_TAB, e), e, tab_rows);
}

static void configuration(const struct service_call *c, const struct xml_element *root)
{
	service_lift(c, &c->d->root, root, config_rows);
	tabs(c, xml_path(root, "TabConfig/msntabdata/tab"));
	tabs(c, xml_path(root, "LocalizedConfig/TabConfig/msntabdata/tab"));
	struct slice url = value_of(c, F_CONFIG_AB_URL), market = value_of(c, F_CONFIG_MARKET);
	if (market.len)
		dissection_summary_add(c->d, "market %.*s", SLICE_ARG(market));
	if (url.len)
		dissection_summary_add(c->d, "address book at %.*s", SLICE_ARG(url));
}

void service_config_response(const struct service_call *c)
{
	struct slice inner = xml_text(c->content, "GetClientConfigResult");
	struct service_call nested = *c;

	if (!c->content)
		return;
	if (!xml_looks_like(inner)) {
		configuration(c, slice_eq_str(c->content->name, "MsgrConfig")
					 ? c->content
					 : xml_path(c->content, "GetClientConfigResult/MsgrConfig"));
		return;
	}
	struct xml_document document = xml_parse(c->d->arena, inner);
	nested.source = dissection_add_source(c->d, "configuration", inner);
	nested.content = document.root;
	configuration(&nested, document.root);
	struct field *dict = field_add(c->d, &c->d->root, F_CONFIG_DOCUMENT, nested.source, 0, inner.len);
	if (document.root)
		xml_fields(c->d, dict, document.root, nested.source, 0);
	if (document.broken)
		finding_add(c->d, RULE_XML_BROKEN, dict, "the configuration: %.*s", SLICE_ARG(document.error));
}

/* <tabs><tab><name/><contenturl/></tab>...; names of the outer elements vary. */
void service_tabs_response(const struct service_call *c)
{
	unsigned count = 0;

	for (const struct xml_element *e = xml_child(c->content, "tab"); e; e = xml_same(e))
		count++;
	tabs(c, xml_child(c->content, "tab"));
	tabs(c, xml_path(c->content, "msntabdata/tab"));
	if (count)
		dissection_summary_add(c->d, "%u tab%s", count, count == 1 ? "" : "s");
}

void service_textad_response(const struct service_call *c)
{
	static const struct service_lift rows[] = {
		{"adtext", F_CONFIG_ADVERT},  {"hiturl", F_CONFIG_ADVERT_URL}, {"TEXTAD/adtext", F_CONFIG_ADVERT},
		{"TEXTAD/hiturl", F_CONFIG_ADVERT_URL}, {NULL, 0},
	};

	service_lift(c, &c->d->root, c->content, rows);
	struct slice text = value_of(c, F_CONFIG_ADVERT);
	if (text.len)
		dissection_summary_add(c->d, "\"%.*s\"", SLICE_ARG(text));
}
