/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/xml_add.h"

#include "util/utf8.h"

/* Bytes of a value that a finding shows. */
#define SHOWN_MAX 40u

/* A field for what stands between the tags of an element. */
static struct field *add_element(const struct xml_origin *x, struct field *parent, enum field_id id,
				 const struct xml_element *e)
{
	if (!e)
		return NULL;
	struct field *f = field_add(x->d, parent, id, x->source, x->base + e->inner_offset, e->inner_length);
	xml_field_syntax(f, e);
	return f;
}

static struct field *add_attribute(const struct xml_origin *x, struct field *parent, enum field_id id,
				   const struct xml_attribute *a)
{
	return a ? field_add(x->d, parent, id, x->source, x->base + a->offset, a->length) : NULL;
}

static void set_text(struct field *f, struct slice text)
{
	f->has_value = true;
	f->value.text = text;
}

static void set_number(const struct xml_origin *x, struct field *f, struct slice name, struct slice text)
{
	uint64_t number;

	if (slice_u64(text, &number)) {
		f->has_value = true;
		f->value.number = number;
		return;
	}
	finding_add(x->d, x->rule, f, "%.*s is no number: \"%.*s\"", SLICE_ARG(utf8_cut(name, SHOWN_MAX)),
		    SLICE_ARG(utf8_cut(text, SHOWN_MAX)));
}

void xml_document_syntax(struct field *root, const struct xml_document *document, struct slice text)
{
	const struct xml_element *e = document->root;

	if (!document->broken && e->offset + e->length <= text.len)
		field_syntax(root, root->lead + e->offset, root->trail + text.len - e->offset - e->length);
}

struct field *xml_add_branch(const struct xml_origin *x, struct field *parent, enum field_id id,
			     const struct xml_element *e)
{
	return add_element(x, parent, id, e);
}

struct field *xml_add_decoded(const struct xml_origin *x, struct field *parent, enum field_id id,
			      const struct xml_element *e, struct slice text)
{
	struct field *f = add_element(x, parent, id, e);

	if (f)
		set_text(f, text);
	return f;
}

struct field *xml_add_text(const struct xml_origin *x, struct field *parent, enum field_id id,
			   const struct xml_element *e)
{
	return xml_add_decoded(x, parent, id, e, xml_text(e, ""));
}

struct field *xml_add_number(const struct xml_origin *x, struct field *parent, enum field_id id,
			     const struct xml_element *e)
{
	struct field *f = add_element(x, parent, id, e);

	if (f)
		set_number(x, f, e->name, xml_text(e, ""));
	return f;
}

struct field *xml_add_bool(const struct xml_origin *x, struct field *parent, enum field_id id,
			   const struct xml_element *e)
{
	struct field *f = add_element(x, parent, id, e);
	struct slice text = xml_text(e, "");

	if (!f)
		return NULL;
	f->value.number = slice_eq_str(text, "true") || slice_eq_str(text, "1");
	f->has_value = f->value.number || slice_eq_str(text, "false") || slice_eq_str(text, "0");
	if (!f->has_value)
		finding_add(x->d, x->rule, f, "%.*s is neither true nor false: \"%.*s\"",
			    SLICE_ARG(utf8_cut(e->name, SHOWN_MAX)), SLICE_ARG(utf8_cut(text, SHOWN_MAX)));
	return f;
}

struct field *xml_add_attribute(const struct xml_origin *x, struct field *parent, enum field_id id,
				const struct xml_element *e, const char *name)
{
	const struct xml_attribute *a = xml_attribute(e, name);
	struct field *f = add_attribute(x, parent, id, a);

	if (f)
		set_text(f, a->value);
	return f;
}

struct field *xml_add_number_attribute(const struct xml_origin *x, struct field *parent, enum field_id id,
				       const struct xml_element *e, const char *name)
{
	const struct xml_attribute *a = xml_attribute(e, name);
	struct field *f = add_attribute(x, parent, id, a);

	if (f)
		set_number(x, f, a->name, a->value);
	return f;
}

/* The last child first: what is not known stands together as a rule. */
static struct field *other(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	if (parent->last && parent->last->def == &field_defs[F_XML_OTHER])
		return parent->last;
	for (struct field *f = parent->first; f; f = f->next)
		if (f->def == &field_defs[F_XML_OTHER])
			return f;
	return field_add(x->d, parent, F_XML_OTHER, x->source, x->base + e->offset, e->length);
}

void xml_add_other(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	xml_fields(x->d, other(x, parent, e), e, x->source, x->base);
}

void xml_add_other_attribute(const struct xml_origin *x, struct field *parent, const struct xml_element *e,
			     const struct xml_attribute *a)
{
	xml_attribute_field(x->d, other(x, parent, e), e, a, x->source, x->base);
}

void xml_add_attributes(const struct xml_origin *x, struct field *parent, const struct xml_known_attribute *table,
			size_t count, const struct xml_element *e)
{
	for (const struct xml_attribute *a = e->attributes; a; a = a->next) {
		size_t i = 0;

		while (i < count && !slice_eq_str(a->name, table[i].name))
			i++;
		if (i < count && !field_child(parent, &field_defs[table[i].id]))
			xml_add_attribute(x, parent, table[i].id, e, table[i].name);
		else
			xml_add_other_attribute(x, parent, e, a);
	}
}

void xml_add_other_text(const struct xml_origin *x, struct field *parent, const struct xml_element *e)
{
	struct slice text = xml_text(e, "");

	if (text.len)
		field_add_text(x->d, other(x, parent, e), F_XML_TEXT, e->text, x->source, x->base + e->inner_offset,
			       e->inner_length)->key = SLICE_LIT("#text");
}
