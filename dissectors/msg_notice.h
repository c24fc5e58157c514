/* SPDX-License-Identifier: BSD-2-Clause */
/* Small messages: of the server about itself, of clients about themselves. */
#ifndef MSNSCOPE_DISSECTORS_MSG_NOTICE_H
#define MSNSCOPE_DISSECTORS_MSG_NOTICE_H

#include "dissectors/payload.h"

/* Body of application/x-msmsgssystemmessage. */
payload_dissector system_message_dissect;

/* Body of text/x-clientcaps and text/x-clientinfo; some clients put the lines into the headers. */
payload_dissector client_info_dissect;

/* Body of text/x-keepalive, which is empty. */
payload_dissector keepalive_dissect;

/* Body of text/search-query: text. */
payload_dissector search_query_dissect;

#endif
