/* SPDX-License-Identifier: BSD-2-Clause */
/* Payloads of which no more is known than their bytes tell. */
#ifndef MSNSCOPE_DISSECTORS_ERROR_DETAIL_H
#define MSNSCOPE_DISSECTORS_ERROR_DETAIL_H

#include "dissectors/payload.h"

/* Of error lines: the contacts that were refused, or a text.  Source: XML payloads 10 (PURPLE, PAPYON). */
payload_dissector error_detail_dissect;

/* Of commands that are not known, or whose payload is not: XML as it stands, a text, or bytes. */
payload_dissector payload_other_dissect;

#endif
