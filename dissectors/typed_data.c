/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of webcam and activity sessions, little-endian:
 *
 *	0   0x80 and three bytes
 *	4   type, two bytes: 8 is a string
 *	6   bytes of the value, four bytes
 *	10  UTF-16LE with U+0000 at its end
 *
 * A webcam session says syn, ack, receivedViewerData, ReflData:<hex>, and
 * describes its two sides in XML, whose root is producer or viewer.
 */
#include "dissectors/slp.h"
#include "dissectors/xml_add.h"
#include "util/encoding.h"
#include "util/reader.h"
#include "util/utf8.h"

#define PREFIX_LENGTH 4u
#define HEADER_LENGTH 10u
#define MARK 0x80u
#define TYPE_STRING 8u

/* Bytes of a text that the summary shows. */
#define SHOWN_MAX 160u

struct typed {
	struct dissection *d;
	struct field *field; /* F_TYPED_DATA */
	unsigned source;
	size_t offset;       /* of the value */
	struct slice value;
};

bool typed_data_looks_like(struct slice message, bool expected)
{
	struct reader r = reader_over(message);
	uint8_t mark = reader_u8(&r);

	reader_skip(&r, PREFIX_LENGTH - 1);
	uint16_t type = reader_le16(&r);
	uint32_t length = reader_le32(&r);
	return !r.truncated && mark == MARK && type == TYPE_STRING && (expected || length == reader_left(&r));
}

/* --- the description of a side --- */

static void add_summary(const struct typed *t, const struct xml_element *root)
{
	struct slice ip = xml_text(root, "tcp/tcpipaddress1"), port = xml_text(root, "tcp/tcpport");
	struct slice session = xml_text(root, "session");

	dissection_summary_add(t->d, "webcam: %.*s", SLICE_ARG(utf8_cut(root->name, SHOWN_MAX)));
	if (session.len)
		dissection_summary_add(t->d, "session %.*s", SLICE_ARG(utf8_cut(session, SHOWN_MAX)));
	if (ip.len)
		dissection_summary_add(t->d, "%.*s:%.*s", SLICE_ARG(utf8_cut(ip, SHOWN_MAX)),
				       SLICE_ARG(utf8_cut(port, SHOWN_MAX)));
}

static void add_description(const struct typed *t, struct slice text)
{
	unsigned source = dissection_add_source(t->d, "typed_text", text);
	struct xml_document xml = xml_parse(t->d->arena, text);
	struct xml_origin x = {t->d, source, 0, RULE_WEBCAM_BROKEN};

	if (xml.broken)
		finding_add(t->d, RULE_WEBCAM_BROKEN, t->field, "XML is broken: %.*s",
			    SLICE_ARG(utf8_cut(xml.error, SHOWN_MAX)));
	if (!xml.root)
		return;
	field_add_text(t->d, t->field, F_WEBCAM_ROLE, xml.root->name, source, xml.root->offset, xml.root->length);
	xml_add_text(&x, t->field, F_WEBCAM_RID, xml_child(xml.root, "rid"));
	xml_add_text(&x, t->field, F_WEBCAM_SESSION, xml_child(xml.root, "session"));
	struct field *f = field_add(t->d, t->field, F_WEBCAM_DOCUMENT, source, xml.root->offset, xml.root->length);
	xml_fields(t->d, f, xml.root, source, 0);
	if (!xml_child(xml.root, "rid") || !xml_child(xml.root, "session"))
		finding_add(t->d, RULE_WEBCAM_BROKEN, f, "lacks rid or session");
	add_summary(t, xml.root);
}

/* --- texts --- */

static bool hex_decode(struct arena *arena, struct slice hex, struct slice *out)
{
	uint8_t *bytes = arena_alloc_raw(arena, hex.len / 2 + 1);
	uint64_t byte;

	for (size_t i = 0; i < hex.len; i += 2) {
		if (!slice_hex_u64(slice_sub(hex, i, 2), &byte) || i + 1 == hex.len)
			return false;
		bytes[i / 2] = (uint8_t)byte;
	}
	*out = slice_of(bytes, hex.len / 2);
	return true;
}

static void add_reflector(const struct typed *t, const struct field *f, struct slice hex)
{
	struct slice text;

	if (!hex_decode(t->d->arena, slice_trim(hex), &text)) {
		finding_add(t->d, RULE_WEBCAM_BROKEN, f, "ReflData is not hexadecimal");
		dissection_summary_add(t->d, "webcam: reflector");
		return;
	}
	field_add_text(t->d, t->field, F_WEBCAM_REFLECTOR, text, t->source, f->offset, f->length);
	dissection_summary_add(t->d, "webcam: reflector %.*s", SLICE_ARG(utf8_cut(text, SHOWN_MAX)));
}

static bool is_word(struct slice text)
{
	return slice_eq_str(text, "syn") || slice_eq_str(text, "ack") || slice_eq_str(text, "receivedViewerData");
}

/* Does it begin as the description of a side does?  Activities send XML of their own. */
static bool is_description(struct slice text)
{
	if (slice_has_prefix(text, SLICE_LIT("<?xml")))
		return slice_find(text, SLICE_LIT("<producer")) < text.len ||
		       slice_find(text, SLICE_LIT("<viewer")) < text.len;
	return slice_has_prefix(text, SLICE_LIT("<producer")) || slice_has_prefix(text, SLICE_LIT("<viewer"));
}

static void add_text(const struct typed *t)
{
	static const struct slice reflector = {(const uint8_t *)"ReflData:", 9};
	size_t end = t->value.len;
	bool sound;

	if (end >= 2 && end % 2 == 0 && t->value.ptr[end - 1] == 0 && t->value.ptr[end - 2] == 0)
		end -= 2;
	struct slice text = utf16le_to_utf8(t->d->arena, slice_sub(t->value, 0, end), &sound);
	struct field *f = field_add_text(t->d, t->field, F_TYPED_TEXT, text, t->source, t->offset, end);
	field_syntax(f, 0, t->value.len - end);
	if (!sound)
		finding_add(t->d, RULE_WEBCAM_BROKEN, f, "text is not UTF-16LE");
	if (is_description(text))
		add_description(t, text);
	else if (slice_has_prefix(text, reflector))
		add_reflector(t, f, slice_sub(text, reflector.len, text.len));
	else if (is_word(text))
		dissection_summary_add(t->d, "webcam: %.*s", SLICE_ARG(text));
	else
		dissection_summary_add(t->d, "text \"%.*s\"%s", SLICE_ARG(utf8_cut(text, SHOWN_MAX)),
				       text.len > SHOWN_MAX ? "..." : "");
}

/* --- the whole --- */

static void add_value(const struct typed *t, uint16_t type)
{
	if (type == TYPE_STRING) {
		add_text(t);
		return;
	}
	if (t->value.len)
		field_add_range(t->d, t->field, F_TYPED_BYTES, t->source, t->offset, t->value.len);
	dissection_summary_add(t->d, "data of type %u, %zu bytes", type, t->value.len);
}

void typed_data_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length)
{
	struct slice message = slice_sub(d->sources[source].data, offset, length);
	struct reader r = reader_over(message);
	struct typed t = {d, field_add(d, parent, F_TYPED_DATA, source, offset, length), source,
			  offset + HEADER_LENGTH, slice_sub(message, HEADER_LENGTH, message.len)};

	if (message.len < HEADER_LENGTH) {
		field_add_range(d, t.field, F_TYPED_BYTES, source, offset, message.len);
		finding_add(d, RULE_WEBCAM_BROKEN, t.field, "%zu bytes, fewer than %u", message.len, HEADER_LENGTH);
		return;
	}
	field_add_range(d, t.field, F_TYPED_PREFIX, source, offset, PREFIX_LENGTH);
	reader_skip(&r, PREFIX_LENGTH);
	uint16_t type = reader_le16(&r);
	uint32_t declared = reader_le32(&r);
	field_add_number(d, t.field, F_TYPED_TYPE, type, source, offset + PREFIX_LENGTH, 2);
	const struct field *f = field_add_number(d, t.field, F_TYPED_LENGTH, declared, source,
						 offset + PREFIX_LENGTH + 2, 4);
	if (declared != t.value.len)
		finding_add(d, RULE_WEBCAM_BROKEN, f, "says %u bytes, there are %zu", declared, t.value.len);
	add_value(&t, type);
}
