/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Payload of UUN and UBN, by the type in the command line:
 *
 *	1	<SNM opcode="SNM" csid="{guid}" priority="0"/>
 *	2	SIP message
 *	3	MSNSLP message
 *	4, 8	goawyplzthxbye, gtfo
 *	5	number;host:port of a conversation
 *	6	<State> with <Service type="ab"/>
 *	11	numbers, parted by blanks
 *	12	<sip e="base64" fid="1" i="call id"><msg>...</msg></sip>
 *
 * Others are text or XML of which no more is known.  Source: UUN and UBN in the
 * specification (YEL-UBN, PAPYON, MIRANDA-B, ESCARGOT).
 */
#include "dissectors/uun.h"

#include "dissectors/msnp_value.h"
#include "dissectors/sip.h"
#include "dissectors/slp.h"
#include "dissectors/xml_add.h"
#include "util/utf8.h"

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 160u

enum {
	TYPE_SHARING = 1,
	TYPE_SIP = 2,
	TYPE_SLP = 3,
	TYPE_SIGN_OUT = 4,
	TYPE_CLOSED = 5,
	TYPE_STATE = 6,
	TYPE_SIGN_OUT_ALL = 8,
	TYPE_RTC = 11,
	TYPE_TUNNEL = 12,
};

/* The range that is dissected. */
struct body {
	struct dissection *d;
	struct field *parent;
	unsigned source;
	size_t offset;
	struct slice text;
};

static struct slice shown(struct slice s)
{
	return utf8_cut(s, SHOWN_MAX);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0;
}

static struct slice without_blanks_behind(struct slice text)
{
	while (text.len && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

static struct field *add_range(const struct body *b, enum field_id id, size_t at, size_t length)
{
	return field_add_range(b->d, b->parent, id, b->source, b->offset + at, length);
}

static void add_text(const struct body *b)
{
	struct slice text = shown(b->text);

	if (!utf8_is_valid(b->text)) {
		add_range(b, F_PAYLOAD_DATA, 0, b->text.len);
		dissection_summary_add(b->d, "%zu bytes", b->text.len);
		return;
	}
	add_range(b, F_UUN_TEXT, 0, b->text.len);
	dissection_summary_add(b->d, "\"%.*s\"%s", SLICE_ARG(text), text.len < b->text.len ? "..." : "");
}

/* --- XML --- */

static const struct xml_known_attribute snm_attributes[] = {
	{"opcode", F_UUN_OPCODE},
	{"csid", F_UUN_CSID},
	{"priority", F_UUN_PRIORITY},
	{"reason", F_UUN_REASON},
};

#define SNM_ATTRIBUTES (sizeof(snm_attributes) / sizeof(snm_attributes[0]))

static struct field *add_snm(const struct xml_origin *x, struct field *parent, const struct xml_element *root)
{
	struct field *f = xml_add_branch(x, parent, F_UUN_SHARING, root);
	struct slice opcode = shown(xml_attribute_value(root, "opcode"));
	struct slice csid = shown(xml_attribute_value(root, "csid"));
	struct slice reason = shown(xml_attribute_value(root, "reason"));

	xml_add_attributes(x, f, snm_attributes, SNM_ATTRIBUTES, root);
	for (const struct xml_element *e = root->first; e; e = e->next)
		xml_add_other(x, f, e);
	if (opcode.len == 0)
		finding_add(x->d, x->rule, f, "SNM without opcode");
	dissection_summary_add(x->d, "sharing folder");
	if (opcode.len)
		dissection_summary_add(x->d, "%.*s", SLICE_ARG(opcode));
	if (csid.len)
		dissection_summary_add(x->d, "%.*s", SLICE_ARG(csid));
	if (reason.len)
		dissection_summary_add(x->d, "reason %.*s", SLICE_ARG(reason));
	return f;
}

/* Any other XML: all of it, keyed by its names. */
static void add_xml(const struct body *b, const struct xml_element *root)
{
	struct field *f = field_add(b->d, b->parent, F_UUN_XML, b->source, b->offset, b->text.len);

	xml_fields(b->d, f, root, b->source, b->offset);
}

/* <State><Service type="ab">... */
static void add_services(const struct xml_origin *x, struct field *parent, const struct xml_element *root)
{
	struct slice names = SLICE_EMPTY;

	for (const struct xml_element *e = xml_child(root, "Service"); e; e = xml_same(e)) {
		const struct field *f = xml_add_attribute(x, parent, F_UUN_SERVICE, e, "type");

		if (f && names.len < SHOWN_MAX)
			names = arena_printf(x->d->arena, "%.*s%s%.*s", SLICE_ARG(names), names.len ? ", " : "",
					     SLICE_ARG(shown(f->value.text)));
	}
	if (names.len)
		dissection_summary_add(x->d, "%.*s changed", SLICE_ARG(names));
}

/* Is it the element that a notification of that type holds, as far as that is known? */
static bool is_expected(uint64_t type, struct slice name)
{
	switch (type) {
	case TYPE_SHARING:
		return slice_eq_str(name, "SNM");
	case TYPE_STATE:
		return slice_eq_str(name, "State");
	default:
		return type != TYPE_SIP && type != TYPE_TUNNEL;
	}
}

/* False when nothing of it could be read. */
static bool xml_body(const struct body *b, uint64_t type)
{
	struct xml_document doc = xml_parse(b->d->arena, b->text);
	struct xml_origin x = {b->d, b->source, b->offset, RULE_UUN_BROKEN};

	if (!doc.root)
		return false;
	if (doc.broken)
		finding_add(b->d, RULE_XML_BROKEN, NULL, "%.*s", SLICE_ARG(doc.error));
	if (!is_expected(type, doc.root->name))
		finding_add(b->d, x.rule, NULL, "unexpected element %.*s", SLICE_ARG(shown(doc.root->name)));
	if (slice_eq_str(doc.root->name, "SNM")) {
		xml_document_syntax(add_snm(&x, b->parent, doc.root), &doc, b->text);
		return true;
	}
	add_xml(b, doc.root);
	if (slice_eq_str(doc.root->name, "State"))
		add_services(&x, b->parent, doc.root);
	else
		dissection_summary_add(b->d, "<%.*s>", SLICE_ARG(shown(doc.root->name)));
	return true;
}

/* --- short texts --- */

static bool sign_out_body(const struct body *b, uint64_t type)
{
	struct slice text = without_blanks_behind(b->text);
	const struct enum_row *row = enum_find(&enum_sets[SET_uun_sign_out], text);

	if (!row && type == TYPE_SIGN_OUT_ALL)
		return false;
	struct field *f = add_range(b, F_UUN_SIGN_OUT, 0, text.len);
	field_syntax(f, 0, b->text.len - text.len);
	if (row) {
		dissection_summary_add(b->d, "\"%.*s\": %s", SLICE_ARG(text), row->meaning);
		return true;
	}
	finding_add(b->d, RULE_MSNP_UNKNOWN_VALUE, f, "not a known value: \"%.*s\"", SLICE_ARG(shown(text)));
	dissection_summary_add(b->d, "\"%.*s\"", SLICE_ARG(shown(text)));
	return true;
}

static bool closed_body(const struct body *b)
{
	size_t semicolon = slice_find_byte(b->text, ';');

	if (semicolon == b->text.len || !utf8_is_valid(b->text))
		return false;
	field_syntax(add_range(b, F_UUN_CLOSED_ID, 0, semicolon), 0, 1);
	struct range server = {b->source, b->offset + semicolon + 1, b->text.len - semicolon - 1};
	struct field *f = add_range(b, F_UUN_CLOSED_SERVER, semicolon + 1, server.length);
	host_port_dissect(b->d, f, server);
	dissection_summary_add(b->d, "conversation %.*s at %.*s",
			       SLICE_ARG(shown(slice_sub(b->text, 0, semicolon))), SLICE_ARG(shown(f->value.text)));
	return true;
}

static bool rtc_body(const struct body *b)
{
	struct field *f = NULL;
	size_t at = 0;

	if (!utf8_is_valid(b->text))
		return false;
	for (unsigned i = 0; at < b->text.len && i < UUN_RTC_NUMBERS_MAX; i++) {
		size_t start = at, end;

		while (at < b->text.len && is_blank(b->text.ptr[at]))
			at++;
		end = at;
		while (end < b->text.len && !is_blank(b->text.ptr[end]))
			end++;
		if (end == at && f) {
			field_syntax(f, f->lead, at - start);
			break;
		}
		f = add_range(b, F_UUN_RTC_NUMBER, at, end - at);
		field_syntax(f, at - start, 0);
		at = end;
	}
	if (at < b->text.len)
		add_range(b, F_UUN_TEXT, at, b->text.len - at);
	dissection_summary_add(b->d, "\"%.*s\"", SLICE_ARG(shown(without_blanks_behind(b->text))));
	return true;
}

static bool known_body(const struct body *b, uint64_t type)
{
	switch (type) {
	case TYPE_SIP:
		if (!sip_looks_like(b->text))
			return false;
		sip_dissect(b->d, b->parent, b->source, b->offset, b->text.len);
		return true;
	case TYPE_SLP:
		if (!slp_looks_like(b->text))
			return false;
		slp_dissect(b->d, b->parent, b->source, b->offset, b->text.len);
		return true;
	case TYPE_SIGN_OUT:
	case TYPE_SIGN_OUT_ALL:
		return sign_out_body(b, type);
	case TYPE_CLOSED:
		return closed_body(b);
	case TYPE_RTC:
		return rtc_body(b);
	case TYPE_TUNNEL:
		return sip_tunnel_dissect(b->d, b->parent, b->source, b->offset, b->text.len);
	default:
		return false;
	}
}

static bool has_known_form(uint64_t type)
{
	return type == TYPE_SHARING || type == TYPE_SIP || type == TYPE_SLP || type == TYPE_STATE ||
	       type == TYPE_TUNNEL;
}

void uun_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		 const struct msnp_context *context)
{
	const struct field *param = field_child(&d->root, &field_defs[P_notification_type]);
	uint64_t type = param && param->has_value ? param->value.number : 0;
	struct body b = {d, parent, source, offset, slice_sub(d->sources[source].data, offset, length)};

	(void)context;
	if (b.text.len == 0 || known_body(&b, type))
		return;
	if (xml_looks_like(b.text) && xml_body(&b, type))
		return;
	if (has_known_form(type))
		finding_add(d, RULE_UUN_BROKEN, param, "payload does not have the form of this type");
	add_text(&b);
}
