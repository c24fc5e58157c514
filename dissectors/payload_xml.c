/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/payload_xml.h"

#include "util/utf8.h"

/* Bytes of a text that findings and summaries show. */
#define SHOWN_MAX 80u

struct slice payload_xml_cut(struct slice s)
{
	return utf8_cut(s, SHOWN_MAX);
}

bool payload_xml_named(const struct xml_element *e, const char *name)
{
	return e && slice_eq_str(e->name, name);
}

struct range payload_xml_range(struct dissection *d, const struct field *f, struct slice text, const char *name)
{
	if (slice_eq(text, slice_sub(d->sources[f->source].data, f->offset, f->length)))
		return (struct range){f->source, f->offset, f->length};
	return (struct range){dissection_add_source(d, name, text), 0, text.len};
}

void payload_xml_shown(struct dissection *d, struct field *parent, struct range r)
{
	struct slice bytes = slice_sub(d->sources[r.source].data, r.offset, r.length);
	bool text = utf8_is_valid(bytes) && slice_find_byte(bytes, 0) == bytes.len;

	field_add_range(d, parent, text ? F_PAYLOAD_TEXT : F_PAYLOAD_DATA, r.source, r.offset, r.length);
	if (text)
		dissection_summary_add(d, "\"%.*s\"%s", SLICE_ARG(payload_xml_cut(bytes)),
				       bytes.len > SHOWN_MAX ? "..." : "");
	else
		dissection_summary_add(d, "%zu byte%s", bytes.len, bytes.len == 1 ? "" : "s");
}

/* The parser leaves references that it does not know out of attributes; the text of links with a bare "&" has them. */
static void mend_attributes(struct arena *arena, struct xml_element *e, struct slice text)
{
	bool sound;

	for (; e; e = e->next) {
		for (struct xml_attribute *a = e->attributes; a; a = a->next) {
			struct slice raw = slice_sub(text, a->offset, a->length);

			/* With a tag in it, this is not the place of the value alone. */
			if (slice_find_byte(raw, '<') == raw.len && slice_find_byte(raw, '&') < raw.len)
				a->value = xml_unescape(arena, raw, &sound);
		}
		mend_attributes(arena, e->first, text);
	}
}

bool payload_xml_parse(struct payload_xml *p, struct dissection *d, struct field *parent, struct range r,
		       enum finding_rule_id rule)
{
	struct slice text = slice_sub(d->sources[r.source].data, r.offset, r.length);
	struct xml_document document = xml_parse(d->arena, text);

	*p = (struct payload_xml){{d, r.source, r.offset, rule}, parent, text.len, document.root, document.broken};
	if (document.broken) {
		finding_add(d, RULE_XML_BROKEN, NULL, "the payload: %.*s", SLICE_ARG(document.error));
		mend_attributes(d->arena, document.root, text);
	}
	if (!document.root)
		payload_xml_shown(d, parent, r);
	return document.root;
}

void payload_xml_wrong_root(const struct payload_xml *p)
{
	finding_add(p->x.d, RULE_XML_WRONG_ROOT, NULL, "the first element is %.*s",
		    SLICE_ARG(payload_xml_cut(p->root->name)));
	xml_add_other(&p->x, p->parent, p->root);
	dissection_summary_add(p->x.d, "unexpected <%.*s>", SLICE_ARG(payload_xml_cut(p->root->name)));
}

/* --- what stands between elements --- */

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Bytes of white space and comments that the text begins with. */
static size_t blank_length(struct slice text)
{
	size_t at = 0;

	while (at < text.len) {
		struct slice rest = slice_sub(text, at, text.len);

		if (is_space(rest.ptr[0])) {
			at++;
		} else if (slice_has_prefix(rest, SLICE_LIT("<!--"))) {
			size_t end = slice_find(rest, SLICE_LIT("-->"));

			if (end == rest.len)
				break;
			at += end + 3;
		} else {
			break;
		}
	}
	return at;
}

/* White space behind the field's end tag, and for the first element of its parent before its start tag. */
static void take_blanks(const struct payload_xml *p, struct field *f, bool first)
{
	struct slice data = p->x.d->sources[p->x.source].data;
	size_t end = (size_t)f->offset + f->length + f->trail;
	size_t start = f->lead < f->offset ? f->offset - f->lead : 0;
	size_t parent_start = f->parent->def && f->parent->source == f->source ? f->parent->offset : p->x.base;
	size_t trail = f->trail, lead = f->lead;

	if (end < p->x.base + p->length)
		trail += blank_length(slice_sub(data, end, p->x.base + p->length - end));
	if (first && parent_start < start &&
	    blank_length(slice_sub(data, parent_start, start - parent_start)) == start - parent_start)
		lead += start - parent_start;
	field_syntax(f, lead, trail);
}

/* As deep as the XML was, and a few more. */
static void take_all_blanks(const struct payload_xml *p, const struct field *parent)
{
	bool first = true;

	for (struct field *f = parent->first; f; f = f->next) {
		if (f->source != p->x.source || f->offset < p->x.base)
			continue;
		if (f->lead || f->trail) {
			take_blanks(p, f, first);
			first = false;
		}
		take_all_blanks(p, f);
	}
}

/* The XML declaration before the root, where nothing else stands there. */
static void take_declaration(const struct payload_xml *p, struct field *f)
{
	struct slice before = slice_sub(p->x.d->sources[p->x.source].data, p->x.base, p->root->offset);
	size_t at = slice_has_prefix(before, SLICE_LIT("\xef\xbb\xbf")) ? 3 : 0;

	if (slice_has_prefix(slice_sub(before, at, before.len), SLICE_LIT("<?xml"))) {
		size_t end = at + slice_find(slice_sub(before, at, before.len), SLICE_LIT("?>"));

		at = end < before.len ? end + 2 : at;
	}
	at += blank_length(slice_sub(before, at, before.len));
	if (at == before.len && before.len)
		field_syntax(f, f->lead + before.len, f->trail);
}

/* The field of the root is the first whose start tag begins where the root does. */
static struct field *root_field(const struct payload_xml *p)
{
	size_t inner = p->x.base + p->root->inner_offset;

	for (struct field *f = p->parent->first; f; f = f->next)
		if (f->source == p->x.source && f->offset == inner && f->length == p->root->inner_length && f->lead)
			return f;
	return NULL;
}

void payload_xml_finish(const struct payload_xml *p)
{
	struct slice text = slice_sub(p->x.d->sources[p->x.source].data, p->x.base, p->length);
	size_t end = p->root->offset + p->root->length;
	struct field *root = root_field(p);

	if (root)
		take_declaration(p, root);
	take_all_blanks(p, p->parent);
	end += blank_length(slice_sub(text, end, text.len));
	if (end < text.len)
		payload_xml_shown(p->x.d, p->parent, (struct range){p->x.source, p->x.base + end, text.len - end});
}

/* --- attributes --- */

void payload_xml_attributes(const struct xml_origin *x, struct field *parent, const struct xml_element *e,
			    const struct payload_xml_row *table)
{
	for (const struct xml_attribute *a = e->attributes; a; a = a->next) {
		const struct payload_xml_row *row = table;

		while (row->name && !slice_eq_str(a->name, row->name))
			row++;
		if (!row->name || field_child(parent, &field_defs[row->id]))
			xml_add_other_attribute(x, parent, e, a);
		else if (field_defs[row->id].type == FIELD_TEXT)
			xml_add_attribute(x, parent, row->id, e, row->name);
		else
			xml_add_number_attribute(x, parent, row->id, e, row->name);
	}
	xml_add_other_text(x, parent, e);
}

void payload_xml_attributes_other(const struct xml_origin *x, struct field *parent, const struct xml_element *e,
				  const struct payload_xml_row *table)
{
	for (const struct xml_attribute *a = e->attributes; a; a = a->next) {
		const struct payload_xml_row *row = table;

		while (row->name && !slice_eq_str(a->name, row->name))
			row++;
		if (!row->name)
			xml_add_other_attribute(x, parent, e, a);
	}
	xml_add_other_text(x, parent, e);
}
