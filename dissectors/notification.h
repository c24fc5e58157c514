/* SPDX-License-Identifier: BSD-2-Clause */
/* Payloads of NOT and IPG.  Source: XML payloads 4 and 5 (HYP-NOTIF, YEL-NOT, ESCARGOT, MSNPSHARP). */
#ifndef MSNSCOPE_DISSECTORS_NOTIFICATION_H
#define MSNSCOPE_DISSECTORS_NOTIFICATION_H

#include "dissectors/payload.h"

payload_dissector notification_dissect;

#endif
