/* SPDX-License-Identifier: BSD-2-Clause */
/* Breaks up the value of one command parameter by its kind. */
#ifndef MSNSCOPE_DISSECTORS_MSNP_VALUE_H
#define MSNSCOPE_DISSECTORS_MSNP_VALUE_H

#include "dissectors/msnp_table.h"

/*
 * Adds the field of one parameter, with its parts as children, under the root.
 * offset and length give the word in SOURCE_LINE.  A value that does not have
 * the form its kind asks for is kept as text, with a finding.
 */
void msnp_value(struct dissection *d, enum field_id param, size_t offset, size_t length);

/* Percent-decodes into the arena; "%" without two hex digits stays as it is. */
struct slice percent_decode(struct arena *arena, struct slice s);

/* Decodes base64 (blanks and line ends ignored).  Returns false when it is not base64. */
bool base64_decode(struct arena *arena, struct slice s, struct slice *out);

/*
 * Breaks up an MSNObject (decoded XML text), registered as source, as children
 * of parent.  Source: MSNObject in spec (NINA-OBJ, PURPLE, PAPYON, AMSN).
 */
void msnobject_dissect(struct dissection *d, struct field *parent, unsigned source);

#endif
