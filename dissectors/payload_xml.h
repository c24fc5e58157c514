/* SPDX-License-Identifier: BSD-2-Clause */
/* What all payloads that are XML have in common. */
#ifndef MSNSCOPE_DISSECTORS_PAYLOAD_XML_H
#define MSNSCOPE_DISSECTORS_PAYLOAD_XML_H

#include "dissectors/msnp_value.h"
#include "dissectors/xml_add.h"

struct payload_xml {
	struct xml_origin x;
	struct field *parent;
	size_t length;                  /* bytes of the payload, from x.base on */
	const struct xml_element *root; /* not NULL */
	bool broken;
};

/*
 * Parses a payload.  Tells by a finding when it is broken.  Returns false when
 * nothing could be parsed: the payload is then shown as a whole.
 */
bool payload_xml_parse(struct payload_xml *p, struct dissection *d, struct field *parent, struct range r,
		       enum finding_rule_id rule);

/* Shows a root that the payload should not have, with a finding. */
void payload_xml_wrong_root(const struct payload_xml *p);

/*
 * To be called when all fields are there: white space between elements, and
 * what stands before and behind the root, become syntax of the fields beside
 * them; what could not be parsed behind the root is shown.
 */
void payload_xml_finish(const struct payload_xml *p);

/* Shows bytes that are no XML: as text, or as bytes where they are not UTF-8. */
void payload_xml_shown(struct dissection *d, struct field *parent, struct range r);

/* Where the decoded text of a field stands as it is: in the field's range, or in a new source of that name. */
struct range payload_xml_range(struct dissection *d, const struct field *f, struct slice text, const char *name);

bool payload_xml_named(const struct xml_element *e, const char *name);

/* An attribute that becomes a field. */
struct payload_xml_row {
	const char *name; /* NULL ends a table */
	enum field_id id;
};

/* Adds all attributes of the element: as the table says, others below xml.other; then text directly inside it. */
void payload_xml_attributes(const struct xml_origin *x, struct field *parent, const struct xml_element *e,
			    const struct payload_xml_row *table);

/* Adds only those that the table does not name. */
void payload_xml_attributes_other(const struct xml_origin *x, struct field *parent, const struct xml_element *e,
				  const struct payload_xml_row *table);

/* A text as findings and summaries show it. */
struct slice payload_xml_cut(struct slice s);

#endif
