/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Request Security Token, both forms (RST.srf and RST2.srf): sites are asked
 * for, tokens are given.  The forms differ in namespaces and in the spelling
 * of Lifetime; elements are matched by local names, so one file serves both.
 *
 *	Header/AuthInfo, Header/Security/UsernameToken
 *	Body/RequestMultipleSecurityTokens/RequestSecurityToken*
 *	    AppliesTo/EndpointReference/Address or ServiceName, PolicyReference@URI
 *
 *	Header/pp: the account
 *	Body/RequestSecurityTokenResponseCollection/RequestSecurityTokenResponse*
 *
 * Source: web services 2, 3 (PURPLE, PAPYON, MSNPSHARP, ESCARGOT).
 */
#include "dissectors/service_table.h"
#include "util/encoding.h"
#include "util/reader.h"

/* Sites or tokens that a summary names. */
#define SITES_SHOWN 4u

static const struct service_lift header_rows[] = {
	{"AuthInfo/HostingApp", F_RST_HOSTING_APP},
	{"AuthInfo/BinaryVersion", F_RST_BINARY_VERSION},
	{"AuthInfo/UIVersion", F_RST_UI_VERSION},
	{"Security/UsernameToken/Username", F_RST_USERNAME},
	{"Security/UsernameToken/Password", F_RST_PASSWORD},
	{"Security/Timestamp/Created", F_RST_STAMP_CREATED},
	{"Security/Timestamp/Expires", F_RST_STAMP_EXPIRES},
	{"Action", F_RST_ACTION},
	{"To", F_RST_TO},
	{"MessageID", F_RST_MESSAGE_ID},
	/* of an answer */
	{"pp/serverVersion", F_RST_SERVER_VERSION},
	{"pp/PUID", F_RST_PUID},
	{"pp/authstate", F_RST_AUTH_STATE},
	{"pp/reqstatus", F_RST_REQ_STATUS},
	{"pp/serverInfo", F_RST_SERVER_INFO},
	{"pp/serverInfo@ServerTime", F_RST_SERVER_TIME},
	{NULL, 0},
};

static const struct service_lift site_rows[] = {
	{"AppliesTo/EndpointReference/Address", F_RST_ADDRESS},
	{"AppliesTo/EndpointReference/ServiceName", F_RST_ADDRESS},
	{"PolicyReference@URI", F_RST_POLICY},
	{"RequestType", F_RST_REQUEST_TYPE},
	{NULL, 0},
};

static const struct service_lift token_rows[] = {
	{"AppliesTo/EndpointReference/Address", F_RST_ADDRESS},
	{"AppliesTo/EndpointReference/ServiceName", F_RST_ADDRESS},
	{"TokenType", F_RST_TOKEN_TYPE},
	{"LifeTime/Created", F_RST_CREATED},
	{"LifeTime/Expires", F_RST_EXPIRES},
	{"Lifetime/Created", F_RST_CREATED},
	{"Lifetime/Expires", F_RST_EXPIRES},
	{"RequestedSecurityToken/BinarySecurityToken", F_RST_TICKET},
	{"RequestedProofToken/BinarySecret", F_RST_SECRET},
	{NULL, 0},
};

/* --- request --- */

/* One string of the table: length as four bytes, little-endian, then that many bytes. */
static struct slice table_string(struct reader *r)
{
	return reader_bytes(r, reader_le32(r));
}

/* RequestParams: base64 of the number of pairs and the pairs. */
static void request_params(const struct service_call *c)
{
	const struct xml_element *e = xml_path(c->header, "AuthInfo/RequestParams");
	struct slice table;

	if (!e || !base64_decode(c->d->arena, xml_text(e, ""), &table) || table.len < 4)
		return;
	unsigned source = dissection_add_source(c->d, "request_params", table);
	struct field *dict = field_add(c->d, &c->d->root, F_RST_PARAMETERS, c->source, e->inner_offset,
				       e->inner_length);
	struct reader r = reader_over(table);
	for (uint32_t left = reader_le32(&r); left && !r.truncated; left--) {
		struct slice key = table_string(&r);
		struct slice value = table_string(&r);

		if (!r.truncated)
			field_add_text(c->d, dict, F_RST_PARAMETER, value, source, r.at - value.len, value.len)->key =
				key;
	}
}

static void site(const struct service_call *c, const struct xml_element *e, unsigned number)
{
	service_lift(c, service_branch(c, &c->d->root, F_RST_SITE, e), e, site_rows);
	struct slice address = xml_text(e, "AppliesTo/EndpointReference/Address");
	struct slice policy = xml_attribute_value(xml_child(e, "PolicyReference"), "URI");
	if (address.len == 0)
		address = xml_text(e, "AppliesTo/EndpointReference/ServiceName");
	address = service_shown(address);
	policy = service_shown(policy);
	if (number >= SITES_SHOWN)
		return;
	if (policy.len)
		dissection_summary_add(c->d, "%s%.*s (%.*s)", number ? "" : "tickets for ", SLICE_ARG(address),
				       SLICE_ARG(policy));
	else
		dissection_summary_add(c->d, "%s%.*s", number ? "" : "tickets for ", SLICE_ARG(address));
}

void service_rst_request(const struct service_call *c)
{
	const struct xml_element *e = c->content;
	struct slice account = service_shown(xml_text(c->header, "Security/UsernameToken/Username"));
	unsigned count = 0;

	service_lift(c, &c->d->root, c->header, header_rows);
	request_params(c);
	/* One alone needs no list around it. */
	if (e && !slice_eq_str(e->name, "RequestSecurityToken"))
		e = xml_child(e, "RequestSecurityToken");
	for (; e; e = xml_same(e))
		site(c, e, count++);
	if (count > SITES_SHOWN)
		dissection_summary_add(c->d, "%u more", count - SITES_SHOWN);
	if (account.len)
		dissection_summarise(c->d, "%.*s%sas %.*s", SLICE_ARG(arena_copy(c->d->arena, c->d->summary)),
				     c->d->summary.len ? " " : "", SLICE_ARG(account));
}

/* --- answer --- */

static void properties(const struct service_call *c)
{
	const struct xml_element *list = xml_path(c->header, "pp/credProperties");

	if (!list)
		return;
	struct field *dict = service_branch(c, &c->d->root, F_RST_PROPERTIES, list);
	for (const struct xml_element *e = list->first; e; e = e->next)
		field_add_text(c->d, dict, F_RST_PROPERTY, e->text, c->source, e->inner_offset, e->inner_length)->key =
			xml_attribute_value(e, "Name");
}

static struct slice expiry(const struct xml_element *e)
{
	struct slice expires = xml_text(e, "LifeTime/Expires");

	return expires.len ? expires : xml_text(e, "Lifetime/Expires");
}

/* Until when a token holds is told where the next one holds for another time: often all end together. */
static void summarise_token(struct dissection *d, const struct xml_element *e, unsigned number)
{
	struct slice address = service_shown(xml_text(e, "AppliesTo/EndpointReference/Address"));
	struct slice expires = expiry(e);
	bool same = xml_same(e) && slice_eq(expires, expiry(xml_same(e)));

	if (address.len == 0)
		address = service_shown(xml_text(e, "AppliesTo/EndpointReference/ServiceName"));
	if (number < SITES_SHOWN)
		dissection_summary_add(d, "%s%.*s", number ? "" : "tokens: ", SLICE_ARG(address));
	else if (!xml_same(e))
		dissection_summary_add(d, "%u more", number + 1 - SITES_SHOWN);
	if ((number < SITES_SHOWN && !same) || !xml_same(e))
		dissection_summarise(d, "%.*s until %.*s", SLICE_ARG(arena_copy(d->arena, d->summary)),
				     SLICE_ARG(service_shown(expires)));
}

void service_rst_response(const struct service_call *c)
{
	const struct xml_element *e = c->content;

	service_lift(c, &c->d->root, c->header, header_rows);
	properties(c);
	if (e && !slice_eq_str(e->name, "RequestSecurityTokenResponse"))
		e = xml_child(e, "RequestSecurityTokenResponse");
	for (unsigned number = 0; e; e = xml_same(e), number++) {
		service_lift(c, service_branch(c, &c->d->root, F_RST_TOKEN, e), e, token_rows);
		summarise_token(c->d, e, number);
	}
}

void service_rst_fault(const struct service_call *c)
{
	struct slice status = service_shown(xml_text(c->fault, "Detail/error/value"));
	struct slice redirect = service_shown(xml_text(c->fault, "redirectUrl"));

	if (status.len == 0)
		status = service_shown(xml_text(c->header, "pp/reqstatus"));
	if (status.len)
		dissection_summary_add(c->d, "%.*s", SLICE_ARG(status));
	if (redirect.len)
		dissection_summary_add(c->d, "go to %.*s", SLICE_ARG(redirect));
}
