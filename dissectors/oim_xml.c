/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/oim_xml.h"

#include "util/utf8.h"

/* Bytes of a value that a finding shows. */
#define SHOWN_MAX 40u

static struct field *add(const struct oim_xml *x, struct field *parent, enum field_id id, size_t offset, size_t length)
{
	return field_add(x->d, parent, id, x->source, x->base + offset, length);
}

static void set_text(struct field *f, struct slice text)
{
	f->has_value = true;
	f->value.text = text;
}

static void set_number(const struct oim_xml *x, struct field *f, struct slice name, struct slice text)
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

struct field *oim_add_branch(const struct oim_xml *x, struct field *parent, enum field_id id,
			     const struct xml_element *e)
{
	return e ? add(x, parent, id, e->offset, e->length) : NULL;
}

struct field *oim_add_decoded(const struct oim_xml *x, struct field *parent, enum field_id id,
			      const struct xml_element *e, struct slice text)
{
	struct field *f = e ? add(x, parent, id, e->inner_offset, e->inner_length) : NULL;

	if (f)
		set_text(f, text);
	return f;
}

struct field *oim_add_text(const struct oim_xml *x, struct field *parent, enum field_id id,
			   const struct xml_element *e)
{
	return oim_add_decoded(x, parent, id, e, xml_text(e, ""));
}

struct field *oim_add_number(const struct oim_xml *x, struct field *parent, enum field_id id,
			     const struct xml_element *e)
{
	struct field *f = e ? add(x, parent, id, e->inner_offset, e->inner_length) : NULL;

	if (f)
		set_number(x, f, e->name, xml_text(e, ""));
	return f;
}

struct field *oim_add_bool(const struct oim_xml *x, struct field *parent, enum field_id id,
			   const struct xml_element *e)
{
	struct field *f = e ? add(x, parent, id, e->inner_offset, e->inner_length) : NULL;
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

struct field *oim_add_attribute(const struct oim_xml *x, struct field *parent, enum field_id id,
				const struct xml_element *e, const char *name)
{
	const struct xml_attribute *a = xml_attribute(e, name);
	struct field *f = a ? add(x, parent, id, a->offset, a->length) : NULL;

	if (f)
		set_text(f, a->value);
	return f;
}

struct field *oim_add_number_attribute(const struct oim_xml *x, struct field *parent, enum field_id id,
				       const struct xml_element *e, const char *name)
{
	const struct xml_attribute *a = xml_attribute(e, name);
	struct field *f = a ? add(x, parent, id, a->offset, a->length) : NULL;

	if (f)
		set_number(x, f, a->name, a->value);
	return f;
}
