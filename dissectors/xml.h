/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XML through libxml2, hardened: no network, no external entities, no entity
 * expansion, limits on depth and size.  Broken XML is given as far as it can
 * be made out.
 */
#ifndef MSNSCOPE_DISSECTORS_XML_H
#define MSNSCOPE_DISSECTORS_XML_H

#include "dissectors/dissection.h"

/* Beyond these the rest of the document is left out, and it counts as broken. */
#define XML_DEPTH_MAX 64u
#define XML_SIZE_MAX (8u << 20)
#define XML_NODES_MAX 100000u /* elements and attributes */
#define XML_ERRORS_MAX 100u

struct xml_attribute {
	struct slice name, value; /* local name; value decoded */
	size_t offset, length;    /* of the value as it stands there; of the whole start tag when that is not known */
	struct xml_attribute *next;
};

/* An element; names without prefix.  All memory is the arena's. */
struct xml_element {
	struct slice name, namespace_uri;
	struct slice text;                   /* character data directly inside, joined, entities decoded */
	size_t offset, length;               /* of the whole element in the parsed bytes */
	size_t inner_offset, inner_length;   /* of what stands between its tags */
	struct xml_attribute *attributes;
	struct xml_element *parent, *first, *last, *next;
};

struct xml_document {
	struct xml_element *root; /* NULL when nothing could be parsed */
	bool broken;              /* not well-formed, or cut by a limit */
	struct slice error;       /* what is wrong and where, when broken */
};

/*
 * Parses UTF-8 or UTF-16, or what charset_decode knows where the XML
 * declaration names that, into the arena.  Offsets are exact in UTF-8; in
 * other encodings, and where bytes are not sound, each range is the whole text.
 *
 * After an error the parser goes on where it can: a bare "&" and a reference
 * to an unknown entity stay in the text as they are.  A document type
 * declaration declares nothing here.
 */
struct xml_document xml_parse(struct arena *arena, struct slice text);

/* To be called before threads parse at the same time. */
void xml_prepare_threads(void);

/* Does the text begin as XML does: blanks or a byte order mark, then "<" and what can follow that? */
bool xml_looks_like(struct slice text);

/*
 * The text with the predefined entities and character references replaced; a
 * "&" that begins none of these stays, and *sound is then false.
 */
struct slice xml_unescape(struct arena *arena, struct slice raw, bool *sound);

/* The first child of that local name, or NULL; e may be NULL. */
const struct xml_element *xml_child(const struct xml_element *e, const char *name);
/* The next sibling of the same name, or NULL. */
const struct xml_element *xml_same(const struct xml_element *e);
/* Down a path of local names, "Body/Fault/faultcode"; NULL when a step is missing. */
const struct xml_element *xml_path(const struct xml_element *e, const char *path);
/* Text of the element there, without white space at both ends; empty when missing. */
struct slice xml_text(const struct xml_element *e, const char *path);
/* The attribute of that local name, or NULL; e may be NULL. */
const struct xml_attribute *xml_attribute(const struct xml_element *e, const char *name);
/* Its value, empty when missing. */
struct slice xml_attribute_value(const struct xml_element *e, const char *name);

/*
 * Adds an element with all its children and attributes as fields below dict, a
 * FIELD_DICT keyed by names:
 *
 *	an element without children or attributes    xml.text
 *	any other                                    xml.element, a dictionary again, with its children and
 *	    "@name" xml.attribute, "@xmlns" xml.namespace where it is not the parent's, "#text" xml.text
 *
 * Texts and attributes that hold passwords, tickets and keys are xml.secret
 * and xml.secret_attribute.  Nothing is left out within the limits of the
 * dissection, but white space between elements.  What was parsed stands at
 * offset base of the source.
 */
void xml_fields(struct dissection *d, struct field *dict, const struct xml_element *e, unsigned source, size_t base);
/* One attribute alone, as an entry "@name". */
void xml_attribute_field(struct dissection *d, struct field *dict, const struct xml_element *e,
			 const struct xml_attribute *a, unsigned source, size_t base);

/* Makes the tags of the element the syntax of the field, whose range is what stands between them. */
void xml_field_syntax(struct field *f, const struct xml_element *e);

/* Does the element's text hold a password, ticket or key, going by its name? */
bool xml_is_secret(const struct xml_element *e);

#endif
