/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP/1.x, parsed passively with libhtp: both directions of one stream in,
 * requests and responses out.
 */
#ifndef MSNSCOPE_TRANSPORT_HTTP_H
#define MSNSCOPE_TRANSPORT_HTTP_H

#include "stream/stream.h"
#include "util/header.h"

/* Longest start line with headers; a message with more is given up. */
#define HTTP_HEAD_MAX 65536u
/* Header lines of one message; more are left out. */
#define HTTP_HEADERS_MAX 256u
/* Longest body after decoding; the rest is dropped and told.  Also ends decompression bombs. */
#define HTTP_BODY_MAX (8u << 20)
/* Requests of one connection that wait for their responses; beyond, the oldest counts as unanswered. */
#define HTTP_PIPELINE_MAX 64u
/* Responses without request that wait in case their requests were captured late; beyond, the oldest has none. */
#define HTTP_ORPHANS_MAX 8u
/* Bytes passed over in a row, in search of a start line, after which a connection is given up. */
#define HTTP_ASTRAY_MAX (1u << 20)
/* Heads and bodies of all connections together. */
#define HTTP_TOTAL_MAX (64u << 20)
/* Frames listed for one message. */
#define HTTP_FRAMES_MAX 64u
/* Holes in one body that are told apart; the body ends before a further one. */
#define HTTP_GAPS_MAX 16u

/* Bytes of a body that are not in the capture. */
struct http_gap {
	size_t at;    /* offset in body of the first byte behind the hole, ascending; body.len when nothing follows */
	uint64_t len; /* 0: not known, as in a coded or a chunked body */
};

struct http_message {
	struct slice head;              /* start line and headers with their line ends, as on the wire */
	struct slice method, target;    /* requests: "POST", "http://host/path?query" or "/path?query" */
	struct slice host;              /* requests: of an absolute target, else of Host; lower case, without port */
	struct slice path, query;       /* requests: of the target; query without '?' */
	int status;                     /* responses: 200 */
	struct slice reason;            /* responses */
	const struct header *headers;   /* several of one name are one, their values joined with ", " */
	size_t header_count;
	struct slice body;              /* transfer and content codings undone, as far as it could be */
	bool body_over_limit;           /* HTTP_BODY_MAX or HTTP_TOTAL_MAX cut it */
	bool body_undecoded;            /* its content coding is unknown or broken; body is as far as it went */
	uint64_t lost_bytes;            /* gaps inside the message */
	struct http_gap gaps[HTTP_GAPS_MAX]; /* those inside the body, which does not hold the lost bytes */
	size_t gap_count;
	bool after_gap;                 /* bytes of its direction were lost or passed over in front of it */
	bool incomplete;                /* the connection or capture ended first, or a gap swallowed the end */
	unsigned anomalies;             /* bits of enum stream_anomaly noticed in its direction since the message before */
	uint64_t frames[HTTP_FRAMES_MAX];
	size_t frame_count;             /* ascending */
	uint64_t frames_omitted;        /* left out between the last but one and the last */
	int64_t start_ns, end_ns;       /* of the first byte, and of the latest frame */
};

/* One request with its response, in the order of one connection. */
struct http_exchange {
	uint64_t number;                    /* from 1, over all connections */
	struct stream_connection *connection;
	int client_side;
	const struct http_message *request; /* NULL when it was not seen */
	const struct http_message *response; /* NULL when it is not there (yet) */
	void *user;                         /* the consumer's, NULL at first */
	void **connection_user;             /* the consumer's for the whole connection, NULL at first */
};

/*
 * The consumer.  wanted is asked once, when the head of the request is known
 * (or of the response, when the request was not seen); with false the bodies
 * are dropped as they come and nothing more is told of the exchange.  request
 * and response are called when the message is complete, or will never be; done
 * once, last, for every wanted exchange.  Messages are valid until done
 * returns.  ended is called once for every connection of which an exchange was
 * wanted, after the last done, with what connection_user pointed to; as
 * STREAM_END_REUSE when a tunnel follows, as STREAM_END_LIMIT when it is given up.
 */
struct http_consumer {
	bool (*wanted)(void *ctx, const struct http_exchange *x);
	void (*request)(void *ctx, struct http_exchange *x);
	void (*response)(void *ctx, struct http_exchange *x);
	void (*done)(void *ctx, struct http_exchange *x);
	void (*ended)(void *ctx, struct stream_connection *c, int client_side, void *user, enum stream_end why);
	void *ctx;
};

#endif
