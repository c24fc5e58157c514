/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts and typing notices. */
#ifndef MSNSCOPE_DISSECTORS_MSG_TEXT_H
#define MSNSCOPE_DISSECTORS_MSG_TEXT_H

#include "dissectors/payload.h"

/* Body of text/plain, and X-MMS-IM-Format. */
payload_dissector text_plain_dissect;

/* Body of text/x-msmsgscontrol: all it says stands in the headers. */
payload_dissector control_dissect;

/* Breaks up the value of a header X-MMS-IM-Format into an F_FORMAT under parent. */
void msg_format_dissect(struct dissection *d, struct field *parent, const struct field *header);

#endif
