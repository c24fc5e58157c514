/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIP: a start line, header lines, a blank line, a body, which is a session
 * description (SDP) as a rule: lines of one letter, "=" and a value.
 *
 *	INVITE sip:bob@example.com;mepid=... SIP/2.0
 *	SIP/2.0 180 Ringing
 *
 * Source: RFC 3261, RFC 8866; notifications in the specification (PAPYON).
 */
#include "dissectors/sip.h"

#include "dissectors/headers.h"
#include "dissectors/xml_add.h"
#include "util/encoding.h"
#include "util/utf8.h"

/* Bytes of a text that the summary or a finding shows. */
#define SHOWN_MAX 100u

static const char version[] = "SIP/2.0";

struct line {
	size_t end;  /* without line end */
	size_t next; /* with it */
};

static struct line first_line(struct slice text)
{
	struct line l = {0, 0};

	while (l.end < text.len && text.ptr[l.end] != '\r' && text.ptr[l.end] != '\n')
		l.end++;
	l.next = l.end;
	if (l.next < text.len && text.ptr[l.next] == '\r')
		l.next++;
	if (l.next < text.len && text.ptr[l.next] == '\n')
		l.next++;
	return l;
}

static bool is_status_line(struct slice line)
{
	return slice_has_prefix(line, SLICE_LIT("SIP/2.0 "));
}

static bool is_request_line(struct slice line)
{
	struct slice wanted = slice_str(version);

	return line.len > wanted.len + 1 && line.ptr[0] >= 'A' && line.ptr[0] <= 'Z' &&
	       line.ptr[line.len - wanted.len - 1] == ' ' &&
	       slice_eq(slice_sub(line, line.len - wanted.len, wanted.len), wanted);
}

bool sip_looks_like(struct slice text)
{
	struct slice line = slice_sub(text, 0, first_line(text).end);

	return is_status_line(line) || is_request_line(line);
}

static void summarise(struct dissection *d, struct slice start)
{
	if (is_status_line(start))
		dissection_summary_add(d, "SIP %.*s",
				       SLICE_ARG(utf8_cut(slice_sub(start, strlen(version) + 1, start.len), SHOWN_MAX)));
	else if (is_request_line(start))
		dissection_summary_add(
			d, "SIP %.*s",
			SLICE_ARG(utf8_cut(slice_sub(start, 0, start.len - strlen(version) - 1), SHOWN_MAX)));
	else
		dissection_summary_add(d, "SIP without start line");
}

/* Headers that prove who sends, by a password or ticket. */
static void hide_secrets(struct field *headers)
{
	for (struct field *f = headers->first; f; f = f->next)
		if (slice_case_eq(f->key, SLICE_LIT("Authorization")) ||
		    slice_case_eq(f->key, SLICE_LIT("Proxy-Authorization")))
			f->def = &field_defs[F_SIP_SECRET_HEADER];
}

static enum field_id sdp_id(struct slice line)
{
	static const char *const secrets[] = {"k=", "a=crypto:", "a=ice-pwd:"};

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (slice_has_prefix(line, slice_str(secrets[i])))
			return F_SIP_SDP_SECRET;
	return F_SIP_SDP_LINE;
}

static void add_body(struct dissection *d, struct field *sip, const struct field *headers, unsigned source,
		     size_t offset, size_t length)
{
	struct slice body = slice_sub(d->sources[source].data, offset, length);
	const struct field *type = headers_find(headers, "Content-Type");
	size_t at = 0;

	if (type && slice_case_has_prefix(type->value.text, SLICE_LIT("application/sdp"))) {
		for (unsigned i = 0; at < body.len && i < SIP_SDP_LINES_MAX; i++) {
			struct slice rest = slice_sub(body, at, body.len);
			struct line l = first_line(rest);
			enum field_id id = sdp_id(slice_sub(rest, 0, l.end));
			struct field *f = field_add_range(d, sip, id, source, offset + at, l.end);

			field_syntax(f, 0, l.next - l.end);
			at += l.next;
		}
	}
	if (at < body.len)
		field_add_range(d, sip, F_SIP_BODY, source, offset + at, body.len - at);
}

void sip_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length)
{
	struct slice text = slice_sub(d->sources[source].data, offset, length);
	struct field *sip = field_add(d, parent, F_SIP, source, offset, text.len);
	struct line l = first_line(text);
	struct slice start = slice_sub(text, 0, l.end);
	bool ended;

	struct field *f = field_add_range(d, sip, F_SIP_START, source, offset, l.end);
	field_syntax(f, 0, l.next - l.end);
	if (!sip_looks_like(text))
		finding_add(d, RULE_SIP_BROKEN, f, "no SIP start line: \"%.*s\"", SLICE_ARG(utf8_cut(start, SHOWN_MAX)));
	struct field *headers = field_add(d, sip, F_SIP_HEADERS, source, offset + l.next, 0);
	size_t block = headers_dissect(d, headers, F_SIP_HEADER, source, offset + l.next, text.len - l.next, &ended);
	hide_secrets(headers);
	add_body(d, sip, headers, source, offset + l.next + block, text.len - l.next - block);
	summarise(d, start);
}

/* --- in XML --- */

static const struct xml_known_attribute attributes[] = {
	{"e", F_SIP_TUNNEL_ENCODING},
	{"fid", F_SIP_TUNNEL_FID},
	{"i", F_SIP_TUNNEL_CALL},
};

#define ATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

/* False when the message cannot be read. */
static bool add_message(const struct xml_origin *x, struct field *tunnel, const struct xml_element *message)
{
	struct slice encoding = xml_attribute_value(message->parent, "e"), decoded;
	struct field *f = xml_add_branch(x, tunnel, F_SIP_TUNNEL_MESSAGE, message);

	if (encoding.len && !slice_case_eq(encoding, SLICE_LIT("base64"))) {
		finding_add(x->d, x->rule, f, "encoding not known: \"%.*s\"", SLICE_ARG(utf8_cut(encoding, SHOWN_MAX)));
		return false;
	}
	if (!base64_decode(x->d->arena, message->text, &decoded)) {
		finding_add(x->d, x->rule, f, "message is not base64");
		return false;
	}
	sip_dissect(x->d, f, dissection_add_source(x->d, "sip", decoded), 0, decoded.len);
	return true;
}

bool sip_tunnel_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length)
{
	struct slice text = slice_sub(d->sources[source].data, offset, length);
	struct xml_document doc = xml_parse(d->arena, text);
	struct xml_origin x = {d, source, offset, RULE_SIP_BROKEN};
	const struct xml_element *message = xml_child(doc.root, "msg");

	if (!doc.root || !slice_eq_str(doc.root->name, "sip"))
		return false;
	struct field *tunnel = xml_add_branch(&x, parent, F_SIP_TUNNEL, doc.root);
	xml_document_syntax(tunnel, &doc, text);
	if (doc.broken)
		finding_add(d, RULE_XML_BROKEN, tunnel, "%.*s", SLICE_ARG(doc.error));
	xml_add_attributes(&x, tunnel, attributes, ATTRIBUTES, doc.root);
	for (const struct xml_element *e = doc.root->first; e; e = e->next)
		if (e != message)
			xml_add_other(&x, tunnel, e);
	if (!message)
		finding_add(d, x.rule, tunnel, "no message");
	if (!message || !add_message(&x, tunnel, message))
		dissection_summary_add(d, "SIP that cannot be read");
	return true;
}
