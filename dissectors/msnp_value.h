/* SPDX-License-Identifier: BSD-2-Clause */
/* Breaks up the value of one command parameter by its kind. */
#ifndef MSNSCOPE_DISSECTORS_MSNP_VALUE_H
#define MSNSCOPE_DISSECTORS_MSNP_VALUE_H

#include "dissectors/msnp_table.h"
#include "util/encoding.h"

/*
 * Adds the field of one parameter, with its parts as children, under the root.
 * offset and length give the word in SOURCE_LINE.  Where the word does not have
 * the form its kind asks for, a finding carries it: a text is kept as it
 * stands, a number has no value then.
 */
void msnp_value(struct dissection *d, enum field_id param, size_t offset, size_t length);

/*
 * The same kinds for values that stand elsewhere (headers, attributes of XML):
 * break up a range of a source as children of a field.
 */
struct range {
	unsigned source;
	size_t offset, length;
};

/* network:account[;via=...][;epid=...][;path=...], or account[;{guid}] */
void address_dissect(struct dissection *d, struct field *parent, struct range r);
/* word or word:word, each decimal */
void capabilities_dissect(struct dissection *d, struct field *parent, struct range r);
/* The lists whose bits are set in the number of the field; false when there are bits of no known list. */
bool list_bits_dissect(struct dissection *d, struct field *parent, struct range r);
/* host, host:port or [host]:port */
void host_port_dissect(struct dissection *d, struct field *parent, struct range r);

/* 8-4-4-4-12 hexadecimal digits, in braces or not. */
bool is_guid(struct slice s);

/*
 * Breaks up an MSNObject (decoded XML text), registered as source, as children
 * of parent.  Source: MSNObject in spec (NINA-OBJ, PURPLE, PAPYON, AMSN).
 */
void msnobject_dissect(struct dissection *d, struct field *parent, unsigned source);

#endif
