/* SPDX-License-Identifier: BSD-2-Clause */
/* Payloads of PAG and PGD, messages to telephones.  Source: XML payloads 5 (NINA-8M, NINA-9). */
#ifndef MSNSCOPE_DISSECTORS_PAGE_H
#define MSNSCOPE_DISSECTORS_PAGE_H

#include "dissectors/payload.h"

payload_dissector page_dissect;

#endif
