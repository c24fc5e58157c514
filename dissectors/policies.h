/* SPDX-License-Identifier: BSD-2-Clause */
/* Payloads of GCF: what the server switches off.  Source: XML payloads 3 (YEL-SHIELD, ESCARGOT, NINA-13). */
#ifndef MSNSCOPE_DISSECTORS_POLICIES_H
#define MSNSCOPE_DISSECTORS_POLICIES_H

#include "dissectors/payload.h"

/* <config> (to MSNP12) or <Policies> (from MSNP13). */
payload_dissector policies_dissect;

#endif
