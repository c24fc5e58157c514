/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends exchanges to the gateway and writes down what comes out. */
#ifndef MSNSCOPE_TESTS_GATEWAY_RECORDER_H
#define MSNSCOPE_TESTS_GATEWAY_RECORDER_H

#include "transport/gateway.h"
#include "util/buffer.h"

#define RECORDER_TCPS 4u
#define RECORDER_HEADERS 4u

/* A message with the memory its slices lie in. */
struct recorded_message {
	struct http_message message;
	struct header headers[RECORDER_HEADERS];
	struct buffer text;
};

struct recorded_exchange {
	struct http_exchange http;
	struct recorded_message request, response;
};

/*
 * What came out, joined by blanks.  Each piece begins with the number of the
 * session, in the order they were first heard of: "1>bytes" of the client,
 * "1<bytes" of the server, "1>[5]" a gap, "1<[?]" one of unknown length,
 * "1!moved(text)" a notice, "1.FIN" its end.  Bytes of one side that follow
 * each other are one piece.
 */
struct gateway_recorder {
	struct gateway *gateway;
	struct transport_options options;
	struct transport_counters counters;
	struct transport_consumer consumer;
	struct stream_connection tcp[RECORDER_TCPS]; /* clients 192.0.2.1, .1, .2, .3, ports from 4000 on */
	struct buffer log;
	uint64_t sessions, frame, exchanges;
	uint64_t last_session; /* of data at the end of log, else 0 */
	int last_side;
	int64_t time_ns;       /* of the latest message; goes on by 100 ms each */
	bool texts;            /* notices with their texts */
	const char *ignore_at; /* data that contains this is answered with STREAM_IGNORE */
	unsigned open;         /* sessions that had a callback and no end */
};

void gateway_recorder_init(struct gateway_recorder *r);
/* Finishes the gateway; the log is then complete and ends in NUL. */
const char *gateway_recorder_finish(struct gateway_recorder *r);
void gateway_recorder_free(struct gateway_recorder *r);

/* A request with that query and body is complete.  The caller ends the exchange with one of the functions below. */
struct recorded_exchange *gateway_send(struct gateway_recorder *r, size_t tcp, const char *query, const char *body);
/* The same without telling the gateway. */
struct recorded_exchange *gateway_prepare(struct gateway_recorder *r, size_t tcp, const char *query, const char *body);
void gateway_tell_request(struct gateway_recorder *r, struct recorded_exchange *e);

/* Puts a response together: status, X-MSN-Messenger, body; without telling the gateway. */
void gateway_prepare_answer(struct gateway_recorder *r, struct recorded_exchange *e, int status, const char *header,
			    const char *body);
/* Tells the gateway of the response, when there is one, and that the exchange is over; frees it. */
void gateway_conclude(struct gateway_recorder *r, struct recorded_exchange *e);

/* A good answer with the id of the next request. */
void gateway_answer(struct gateway_recorder *r, struct recorded_exchange *e, const char *id, const char *body);
/* Any answer. */
void gateway_answer_header(struct gateway_recorder *r, struct recorded_exchange *e, int status, const char *header,
			   const char *body);

/* A whole exchange: the request with id used, the answer with id next. */
void gateway_exchange(struct gateway_recorder *r, size_t tcp, const char *used, const char *request, const char *next,
		      const char *answer);

#endif
