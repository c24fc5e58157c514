/* SPDX-License-Identifier: BSD-2-Clause */
/* Elements and attributes of the XML about offline messages as fields. */
#ifndef MSNSCOPE_DISSECTORS_OIM_XML_H
#define MSNSCOPE_DISSECTORS_OIM_XML_H

#include "dissectors/xml.h"

/* Where the parsed text lies, and the rule that findings about it are made under. */
struct oim_xml {
	struct dissection *d;
	unsigned source;
	size_t base; /* offset of the parsed text in the source */
	enum finding_rule_id rule;
};

/* Each adds nothing when the element (or the attribute) is not there, and returns the field or NULL. */
struct field *oim_add_branch(const struct oim_xml *x, struct field *parent, enum field_id id,
			     const struct xml_element *e);
struct field *oim_add_text(const struct oim_xml *x, struct field *parent, enum field_id id,
			   const struct xml_element *e);
/* Another text, of which the element's range is the origin. */
struct field *oim_add_decoded(const struct oim_xml *x, struct field *parent, enum field_id id,
			      const struct xml_element *e, struct slice text);
/* A number; what is none gives a field without value, and a finding. */
struct field *oim_add_number(const struct oim_xml *x, struct field *parent, enum field_id id,
			     const struct xml_element *e);
/* true, false, 1 or 0. */
struct field *oim_add_bool(const struct oim_xml *x, struct field *parent, enum field_id id,
			   const struct xml_element *e);
struct field *oim_add_attribute(const struct oim_xml *x, struct field *parent, enum field_id id,
				const struct xml_element *e, const char *name);
struct field *oim_add_number_attribute(const struct oim_xml *x, struct field *parent, enum field_id id,
				       const struct xml_element *e, const char *name);

#endif
