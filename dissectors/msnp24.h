/* SPDX-License-Identifier: BSD-2-Clause */
/* Payloads of MSNP24, the protocol of Skype clients.  Source: MSNP21 page of the specification, 13. */
#ifndef MSNSCOPE_DISSECTORS_MSNP24_H
#define MSNSCOPE_DISSECTORS_MSNP24_H

#include "dissectors/payload.h"

/*
 * Header lines, perhaps none, and a blank line; then XML (xml.document, of which
 * what matters is msnp24.* too), a routed payload, or nothing.
 */
payload_dissector msnp24_dissect;

#endif
