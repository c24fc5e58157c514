/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where HTTP messages begin and end: what a start line looks like, where a
 * head ends, and how a body is delimited (RFC 9112, 6 and 7).  All of it works
 * on any split of the bytes and knows how far a gap can be jumped over, which
 * libhtp does not: there, what becomes of odd bytes behind a body depends on
 * where segments end, and gaps outside of plain bodies end the parsing.
 */
#ifndef MSNSCOPE_TRANSPORT_HTTP_FRAMING_H
#define MSNSCOPE_TRANSPORT_HTTP_FRAMING_H

#include "util/slice.h"

enum http_start {
	HTTP_START_NO,
	HTTP_START_MORE, /* so far it could be one */
	HTTP_START_YES,
};

/* Do bytes begin with a method and a target, or with a version and a status? */
enum http_start http_start_request(struct slice s);
enum http_start http_start_response(struct slice s);

/* How far a search for the end of a head has come; zero-initialised before the first byte. */
enum http_head_end { HTTP_HEAD_IN_LINE, HTTP_HEAD_LINE_START, HTTP_HEAD_CR, HTTP_HEAD_END };

/* How many bytes of data belong to the head; *at is then HTTP_HEAD_END when these end it. */
size_t http_head_scan(enum http_head_end *at, struct slice data);

enum http_framing_kind {
	HTTP_FRAMING_NONE,    /* no body */
	HTTP_FRAMING_LENGTH,
	HTTP_FRAMING_CHUNKED,
	HTTP_FRAMING_CLOSE,   /* to the end of the connection */
	HTTP_FRAMING_UNKNOWN, /* the head is broken or not all there */
};

enum http_chunk {
	HTTP_CHUNK_SIZE,
	HTTP_CHUNK_EXTENSION, /* to the end of the line */
	HTTP_CHUNK_DATA,
	HTTP_CHUNK_DATA_END,
	HTTP_CHUNK_TRAILER,
};

/* Of one body; set kind, and left for HTTP_FRAMING_LENGTH, the rest 0. */
struct http_framing {
	enum http_framing_kind kind;
	enum http_chunk chunk;
	bool digits;              /* HTTP_CHUNK_SIZE: at least one was seen */
	enum http_head_end trailer;
	uint64_t left;            /* bytes of the body, or of the chunk, to come */
	bool over;                /* the message has ended */
	bool broken;              /* where it ends is not known any more */
};

/*
 * Takes bytes from the front of data, at least one unless the message is over
 * or broken, and returns how many; *payload is the part of them, perhaps empty,
 * that belongs to the body.
 */
size_t http_framing_take(struct http_framing *f, struct slice data, struct slice *payload);

/* Jumps over lost bytes; returns how many belong to the message.  May end it, or make it broken. */
uint64_t http_framing_gap(struct http_framing *f, uint64_t len);

#endif
