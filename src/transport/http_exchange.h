/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which response answers which request of one connection, and what the
 * consumer is told of it when.
 *
 * Responses come in the order of the requests.  Once bytes were lost, frame
 * numbers help: a client that does not pipeline sends a request after it has
 * the response to the one before, so a response belongs to the latest request
 * in front of it.  A response without request waits a little, as the request
 * may stand behind a hole that is not yet called a gap.
 */
#ifndef MSNSCOPE_TRANSPORT_HTTP_EXCHANGE_H
#define MSNSCOPE_TRANSPORT_HTTP_EXCHANGE_H

#include "transport/http_draft.h"
#include "transport/transport.h"

#define HTTP_CONSUMERS 2u

/* What the exchanges of all connections share. */
struct http_shared {
	struct http_consumer consumers[HTTP_CONSUMERS]; /* the first that wants an exchange gets it */
	struct transport_counters *counters;
	struct budget *budget;
};

enum http_part {
	HTTP_PART_AWAITED,
	HTTP_PART_COMING, /* its head is known */
	HTTP_PART_OVER,   /* complete, or will never be */
};

struct exchange {
	struct http_exchange x; /* as the consumer gets it */
	const struct http_consumer *consumer; /* NULL: not wanted */
	struct http_draft *request, *response; /* NULL when not seen or not wanted */
	enum http_part request_part, response_part;
	bool request_told;
	bool asked;         /* whether it is wanted */
	bool after_gap;     /* bytes were lost in front of the request */
	bool head, connect; /* the request's method */
	uint64_t request_frame, response_frame;
	struct exchange *prev, *next;
};

/* Of one connection, in the order of their first messages. */
struct exchanges {
	const struct http_shared *shared;
	struct stream_connection *connection;
	int client_side;
	bool wanted[HTTP_CONSUMERS];  /* by which consumer an exchange was */
	void *user[HTTP_CONSUMERS];   /* what they keep of the connection */
	struct exchange *list;
	unsigned count, orphans;
	bool lossy;     /* bytes of either side were lost or passed over */
	bool pipelines; /* the client did, before that */
};

/*
 * A request whose head is known, or (d is NULL) one of which nothing can be
 * told.  d is the exchange's from now on, which frees it at once when it is not
 * wanted.
 */
struct exchange *exchanges_request(struct exchanges *l, struct http_draft *d, uint64_t frame, bool after_gap);

/* The exchange that a response answers whose first byte came in that frame, or NULL; those passed over stay unanswered. */
struct exchange *exchanges_answered(struct exchanges *l, uint64_t frame, bool after_gap);

/* The same for a response; e is what exchanges_answered found. */
struct exchange *exchanges_response(struct exchanges *l, struct exchange *e, struct http_draft *d, uint64_t frame);

/* A part is complete or will never be; e may be gone afterwards. */
void exchange_request_over(struct exchanges *l, struct exchange *e);
void exchange_response_over(struct exchanges *l, struct exchange *e);

/* Was any exchange wanted? */
bool exchanges_wanted(const struct exchanges *l);

/* Nothing more will come. */
void exchanges_end(struct exchanges *l, enum stream_end why);

#endif
