/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages: elements without one around them.
 *
 *	<PHONE pri="1"><LOC>1</LOC><NUM>5550100</NUM></PHONE><TEXT xml:space="preserve" enc="utf-8">running late</TEXT>
 */
#include "dissectors/page.h"

#include "dissectors/payload_xml.h"
#include "util/utf8.h"

/* Characters of a page that are delivered. */
#define PAGE_CHARACTERS_MAX 113u
/* Bytes of the text that the summary shows. */
#define SHOWN_MAX 160u

/* Moves a range left by shift, clipped to the first length bytes. */
static void clip(size_t *offset, size_t *range, size_t shift, size_t length)
{
	size_t end = *offset + *range;

	*offset = *offset > shift ? *offset - shift : 0;
	end = end > shift ? end - shift : 0;
	*offset = *offset < length ? *offset : length;
	end = end < length ? end : length;
	*range = end > *offset ? end - *offset : 0;
}

/* As deep as the parser goes. */
static void clip_all(struct xml_element *e, size_t shift, size_t length)
{
	for (; e; e = e->next) {
		clip(&e->offset, &e->length, shift, length);
		clip(&e->inner_offset, &e->inner_length, shift, length);
		for (struct xml_attribute *a = e->attributes; a; a = a->next)
			clip(&a->offset, &a->length, shift, length);
		clip_all(e->first, shift, length);
	}
}

/* The payload within an element of ours; the ranges are those in the payload. */
static struct xml_document parse(struct arena *arena, struct slice text)
{
	const struct slice open = SLICE_LIT("<page>"), close = SLICE_LIT("</page>");
	uint8_t *out = arena_alloc_raw(arena, open.len + text.len + close.len);

	memcpy(out, open.ptr, open.len);
	if (text.len)
		memcpy(out + open.len, text.ptr, text.len);
	memcpy(out + open.len + text.len, close.ptr, close.len);
	struct xml_document document = xml_parse(arena, slice_of(out, open.len + text.len + close.len));
	clip_all(document.root, open.len, text.len);
	return document;
}

static void add_phone(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	static const struct payload_xml_row attributes[] = {{"pri", F_PAGE_PRIORITY}, {NULL, 0}};
	struct field *f = xml_add_branch(x, parent, F_PAGE_PHONE, e);

	payload_xml_attributes(x, f, e, attributes);
	for (const struct xml_element *child = e->first; child; child = child->next) {
		enum field_id id = payload_xml_named(child, "LOC") ? F_PAGE_LOCATION : F_PAGE_NUMBER;
		bool known = id == F_PAGE_LOCATION || payload_xml_named(child, "NUM");

		if (known && !child->first && !child->attributes && !field_child(f, &field_defs[id]))
			xml_add_text(x, f, id, child);
		else
			xml_add_other(x, f, child);
	}
}

static size_t characters(struct slice s)
{
	size_t count = 0, at = 0, len;
	uint32_t codepoint;
	bool valid = true;

	while ((len = utf8_next(s, at, &codepoint, &valid)) > 0) {
		at += len;
		count++;
	}
	return count;
}

static void add_text(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	struct field *f = xml_add_branch(x, parent, F_PAGE_MESSAGE, e);
	size_t count = characters(e->text);

	xml_add_attribute(x, f, F_PAGE_SPACE, e, "space");
	const struct field *encoding = xml_add_attribute(x, f, F_PAGE_ENCODING, e, "enc");
	if (encoding && !slice_case_eq(encoding->value.text, SLICE_LIT("utf-8")))
		finding_add(x->d, x->rule, encoding, "encoding of the text is \"%.*s\", not utf-8",
			    SLICE_ARG(payload_xml_cut(encoding->value.text)));
	const struct field *text = field_add_text(x->d, f, F_PAGE_TEXT, e->text, x->source, x->base + e->inner_offset,
						  e->inner_length);
	if (count > PAGE_CHARACTERS_MAX)
		finding_add(x->d, x->rule, text, "%zu characters, more than %u", count, PAGE_CHARACTERS_MAX);
	dissection_summary_add(x->d, "\"%.*s\"%s", SLICE_ARG(utf8_cut(e->text, SHOWN_MAX)),
			       e->text.len > SHOWN_MAX ? "..." : "");
	for (const struct xml_attribute *a = e->attributes; a; a = a->next)
		if (!slice_eq_str(a->name, "space") && !slice_eq_str(a->name, "enc"))
			xml_add_other_attribute(x, f, e, a);
	for (const struct xml_element *child = e->first; child; child = child->next)
		xml_add_other(x, f, child);
}

static void add_elements(const struct payload_xml *p)
{
	const struct xml_origin *x = &p->x;
	size_t texts = 0;

	for (const struct xml_element *e = p->root->first; e && !x->d->fields_left_out; e = e->next) {
		if (payload_xml_named(e, "PHONE"))
			add_phone(x, p->parent, e);
		else if (payload_xml_named(e, "TEXT") && texts++ == 0)
			add_text(x, p->parent, e);
		else
			xml_add_other(x, p->parent, e);
	}
	xml_add_other_text(x, p->parent, p->root);
	if (texts != 1)
		finding_add(x->d, x->rule, NULL, "%zu TEXT elements, not one", texts);
}

void page_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		  const struct msnp_context *context)
{
	struct slice text = slice_sub(d->sources[source].data, offset, length);
	struct xml_document document = parse(d->arena, text);

	(void)context;
	if (document.broken)
		finding_add(d, RULE_XML_BROKEN, NULL, "the payload: %.*s", SLICE_ARG(document.error));
	if (!document.root || !document.root->first) {
		finding_add(d, RULE_PAGE_VALUE, NULL, "no elements");
		payload_xml_shown(d, parent, (struct range){source, offset, length});
		return;
	}
	struct payload_xml p = {{d, source, offset, RULE_PAGE_VALUE}, parent, length, document.root, document.broken};
	add_elements(&p);
	payload_xml_finish(&p);
}
