/* SPDX-License-Identifier: BSD-2-Clause */
/* Payloads of error lines: the contacts that were refused, or a text.  Source: XML payloads 10 (PURPLE, PAPYON). */
#ifndef MSNSCOPE_DISSECTORS_ERROR_DETAIL_H
#define MSNSCOPE_DISSECTORS_ERROR_DETAIL_H

#include "dissectors/payload.h"

payload_dissector error_detail_dissect;

#endif
