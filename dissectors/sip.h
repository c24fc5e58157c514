/* SPDX-License-Identifier: BSD-2-Clause */
/* SIP messages of voice and video calls, as notifications carry them. */
#ifndef MSNSCOPE_DISSECTORS_SIP_H
#define MSNSCOPE_DISSECTORS_SIP_H

#include "dissectors/dissection.h"

/* Lines of a session description that are shown one by one; the rest is an F_SIP_BODY. */
#define SIP_SDP_LINES_MAX 500u

/* Does the text begin as a SIP message does: a request line or a status line? */
bool sip_looks_like(struct slice text);

/* Adds an F_SIP under parent for the message in that range, and to the summary what it is. */
void sip_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length);

/*
 * The same for a message in XML, <sip e="base64" fid="1" i="call id"><msg>base64</msg></sip>:
 * adds an F_SIP_TUNNEL.  Returns false and adds nothing when the range is not that.
 */
bool sip_tunnel_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length);

#endif
