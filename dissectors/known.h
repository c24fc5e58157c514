/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that the specification describes, whether or not they are broken up further: see known.def. */
#ifndef MSNSCOPE_DISSECTORS_KNOWN_H
#define MSNSCOPE_DISSECTORS_KNOWN_H

#include "dissectors/msnp.h"

/* A header of MSG and its relatives; case is ignored. */
bool known_header(struct slice name);

/* A content type of theirs, without parameters.  *places: roles of servers that MSG carries it through, 0 when not known. */
bool known_content_type(struct slice type, unsigned *places);

/* An operation of a SOAP service. */
bool known_operation(struct slice name);

#endif
