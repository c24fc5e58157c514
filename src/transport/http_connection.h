/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both directions of one stream of HTTP, cut into messages and paired into
 * exchanges.  Heads go to libhtp whole, each to a parser of its own, so that
 * no message, gap or segment boundary can disturb another.
 */
#ifndef MSNSCOPE_TRANSPORT_HTTP_CONNECTION_H
#define MSNSCOPE_TRANSPORT_HTTP_CONNECTION_H

#include "transport/held.h"
#include "transport/http_exchange.h"
#include "transport/http_head.h"

struct http {
	struct http_shared shared;
	struct http_heads *heads;
};

enum http_verdict {
	HTTP_GO_ON,
	HTTP_OVER,   /* nothing that follows can be wanted, or be understood */
	HTTP_TUNNEL, /* what follows in both directions is another stream */
};

enum http_side_state {
	HTTP_SIDE_START, /* between messages, or in search of the next one */
	HTTP_SIDE_HEAD,
	HTTP_SIDE_BODY,
	HTTP_SIDE_WAIT,  /* the client, behind CONNECT: the response decides what follows */
};

struct http_side {
	enum http_side_state state;
	enum http_head_end head_end;
	bool judged;              /* HEAD: it does begin like one */
	bool in_step;             /* a message was found */
	bool after_gap;           /* bytes were lost or passed over since the last message */
	unsigned anomalies;       /* for the next message */
	struct http_draft *draft; /* HEAD, and BODY when it is wanted */
	struct exchange *exchange; /* BODY */
	struct http_framing framing; /* BODY */
};

struct http_connection {
	struct http *http;
	struct http_side side[STREAM_SIDES];
	int client_side;
	struct exchanges exchanges;
	enum http_verdict verdict;
	bool leads_away;          /* the response that comes begins a tunnel */
	bool lost_track;          /* counted as given up */
	uint64_t astray;          /* bytes passed over in a row */
	struct held held;         /* of the client, in HTTP_SIDE_WAIT */
	const char *tunnel;       /* HTTP_TUNNEL: "http-connect", "http-upgrade" */
	char target[256];         /* of CONNECT, "" when not seen */
};

/* c stays valid; from_start says that no byte in front of what comes is missing.  Ends with http_connection_end. */
struct http_connection *http_connection_new(struct http *http, struct stream_connection *c, int client_side,
					    bool from_start);

/* *used is less than data.len only with a verdict other than HTTP_GO_ON, after which only held is of use. */
enum http_verdict http_connection_data(struct http_connection *hc, int side, struct slice data,
				       const struct stream_origin *origin, size_t *used);
/* len may be STREAM_GAP_UNKNOWN. */
enum http_verdict http_connection_gap(struct http_connection *hc, int side, uint64_t len,
				      const struct stream_origin *origin);
void http_connection_anomaly(struct http_connection *hc, int side, enum stream_anomaly what);

/* Tells what there is to tell, then frees. */
void http_connection_end(struct http_connection *hc, enum stream_end why);

#endif
