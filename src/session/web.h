/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Web services: HTTP exchanges become events, a request and a response each,
 * of a connection for every TCP connection that carries such exchanges.
 */
#ifndef MSNSCOPE_SESSION_WEB_H
#define MSNSCOPE_SESSION_WEB_H

#include "dissectors/service.h"
#include "session/conversation.h"
#include "transport/http.h"

/* A TCP connection with exchanges that are of interest. */
struct web_connection {
	struct session *session;
	struct connection connection; /* as the sink gets it */
	bool started;                 /* the sink knows it */
};

/* A copy of an exchange, for as long as events of it wait. */
struct web_exchange {
	unsigned references;
	struct arena arena;
	struct web_connection *web;
	uint64_t number;
	struct service_message request, response;
	struct slice request_head, response_head;
	bool has_request;
	bool request_wanted;      /* it was an MSN service, so the response is, too */
	uint64_t request_event;   /* id, 0 before it was handed over */
	int64_t request_ns;
	uint64_t lost_bytes[2];   /* of request and response */
	bool incomplete[2], undecoded[2], over_limit[2];
};

/* Its record begins.  The connection ends with ITEM_WEB_END. */
struct web_connection *web_connection_new(struct session *s, const struct stream_connection *c, int client_side);

/* The callbacks to give to transport/. */
struct http_consumer web_consumer(struct session *s);

/* emit.c: fills the event of an ITEM_REQUEST or ITEM_RESPONSE; false when it is no MSN service after all. */
bool web_fill_event(struct session *s, const struct item *item, struct event *e);

void web_release(struct web_exchange *x);

#endif
