/* SPDX-License-Identifier: BSD-2-Clause */
/* What the HTTP messages of the gateway say: query parameters of requests, the X-MSN-Messenger header of answers. */
#ifndef MSNSCOPE_TRANSPORT_GATEWAY_MESSAGE_H
#define MSNSCOPE_TRANSPORT_GATEWAY_MESSAGE_H

#include "transport/transport.h"

struct gateway_query {
	struct slice id;     /* SessionID; empty when a session is to be opened */
	struct slice server; /* Server: "NS", "SB" */
	struct slice ip;     /* IP: where the client would have connected to */
};

/* Names are compared without case, in any order; of a repeated one the first counts. */
struct gateway_query gateway_query_read(struct slice query);

struct gateway_answer {
	bool good;          /* the gateway's own, with status 200: its body belongs to the session */
	bool closes;        /* Session=close */
	struct slice id;    /* SessionID for the next request; may be empty */
	struct slice gw_ip; /* GW-IP */
	struct slice host;  /* X-MSN-Host */
};

struct gateway_answer gateway_answer_read(const struct http_message *response);

/* The stable part of an id: up to the dot, or all of it. */
struct slice gateway_stem(struct slice id);

/* By path, media type or X-MSN-Messenger; either message may be NULL. */
bool gateway_is_request(const struct http_message *request);
bool gateway_is_response(const struct http_message *response);

#endif
