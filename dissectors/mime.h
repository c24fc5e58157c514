/* SPDX-License-Identifier: BSD-2-Clause */
/* MIME headers of messages, and text/plain. */
#ifndef MSNSCOPE_DISSECTORS_MIME_H
#define MSNSCOPE_DISSECTORS_MIME_H

#include "dissectors/payload.h"

/* Header lines of one message; more are left out, with a finding. */
#define MIME_HEADERS_MAX 256u

/* Headers, content type, then the body through the registry. */
payload_dissector mime_message_dissect;

/* Body of text/plain. */
payload_dissector text_plain_dissect;

#endif
