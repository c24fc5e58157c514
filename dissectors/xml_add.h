/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Elements and attributes of parsed XML as fields with descriptions of their
 * own.  The range of an element's field is what stands between its tags; the
 * tags are its syntax.
 */
#ifndef MSNSCOPE_DISSECTORS_XML_ADD_H
#define MSNSCOPE_DISSECTORS_XML_ADD_H

#include "dissectors/xml.h"

/* Where the parsed text lies, and the rule that findings about it are made under. */
struct xml_origin {
	struct dissection *d;
	unsigned source;
	size_t base; /* offset of the parsed text in the source */
	enum finding_rule_id rule;
};

/*
 * What no field stands for: the element with all in it, or the attribute, in
 * the F_XML_OTHER below parent, which is made when there is none yet.
 */
void xml_add_other(const struct xml_origin *x, struct field *parent, const struct xml_element *e);
void xml_add_other_attribute(const struct xml_origin *x, struct field *parent, const struct xml_element *e,
			     const struct xml_attribute *a);
/* The text directly inside an element that should have none, unless it is blank. */
void xml_add_other_text(const struct xml_origin *x, struct field *parent, const struct xml_element *e);

/* Makes what stands around the root of sound XML (blanks, line ends) syntax of the root's field, too. */
void xml_document_syntax(struct field *root, const struct xml_document *document, struct slice text);

/* An attribute that becomes a field. */
struct xml_known_attribute {
	const char *name;
	enum field_id id;
};

/* All attributes of an element: those of the table as fields, others, and what stands there twice, in F_XML_OTHER. */
void xml_add_attributes(const struct xml_origin *x, struct field *parent, const struct xml_known_attribute *table,
			size_t count, const struct xml_element *e);

/* Each adds nothing when the element (or the attribute) is not there, and returns the field or NULL. */
struct field *xml_add_branch(const struct xml_origin *x, struct field *parent, enum field_id id,
			     const struct xml_element *e);
struct field *xml_add_text(const struct xml_origin *x, struct field *parent, enum field_id id,
			   const struct xml_element *e);
/* Another text, of which the element's range is the origin. */
struct field *xml_add_decoded(const struct xml_origin *x, struct field *parent, enum field_id id,
			      const struct xml_element *e, struct slice text);
/* A number; what is none gives a field without value, and a finding. */
struct field *xml_add_number(const struct xml_origin *x, struct field *parent, enum field_id id,
			     const struct xml_element *e);
/* true, false, 1 or 0. */
struct field *xml_add_bool(const struct xml_origin *x, struct field *parent, enum field_id id,
			   const struct xml_element *e);
struct field *xml_add_attribute(const struct xml_origin *x, struct field *parent, enum field_id id,
				const struct xml_element *e, const char *name);
struct field *xml_add_number_attribute(const struct xml_origin *x, struct field *parent, enum field_id id,
				       const struct xml_element *e, const char *name);

#endif
