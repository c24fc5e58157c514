/* SPDX-License-Identifier: BSD-2-Clause */
/* Payloads of ADL, RML and FQY.  Source: XML payloads 1 (PAPYON, PURPLE, ESCARGOT, NINA-13, NINA-14, MSNPSHARP). */
#ifndef MSNSCOPE_DISSECTORS_CONTACT_LIST_H
#define MSNSCOPE_DISSECTORS_CONTACT_LIST_H

#include "dissectors/payload.h"

payload_dissector contact_list_dissect;

/* The same list in an error: that the server refuses what is in it is said by the error already. */
payload_dissector contact_list_refused;

/*
 * What holds for the lists of a client (ADL, RML) and for its questions (FQY):
 * adds findings about what was dissected into parent.
 */
void contact_list_check_client(struct dissection *d, const struct field *parent, struct slice command);

#endif
