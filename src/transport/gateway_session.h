/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared by the files of the gateway: a session with the exchanges that are
 * not yet through.
 *
 * Every answer issues the id that the next request has to use, so an exchange
 * is linked when its id was issued (or used) by one that was linked before;
 * until then it waits, and with it what was sent later, but for the answer it
 * waits for.  Otherwise requests and answers are delivered in the order they
 * were sent.  An exchange that waited too long is linked behind a gap.  Which
 * answer belongs to which request matters little: where bytes were lost on
 * both sides of a TCP connection, that can be wrong.
 */
#ifndef MSNSCOPE_TRANSPORT_GATEWAY_SESSION_H
#define MSNSCOPE_TRANSPORT_GATEWAY_SESSION_H

#include <stdarg.h>

#include "transport/gateway.h"
#include "transport/gateway_message.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* Longest IP= that is kept. */
#define GATEWAY_NAME_MAX 128u
/* Bodies of a session that are remembered to recognise repeats. */
#define GATEWAY_BODIES 16u

enum { GATEWAY_CLIENT, GATEWAY_SERVER }; /* sides of a session's connection */

/* What one message adds to the stream of its side. */
struct gateway_part {
	bool present, settled;       /* seen; delivered or dropped */
	bool after_gap;              /* its TCP connection lost bytes in front of it */
	struct slice body;
	const struct http_gap *gaps;
	size_t gap_count;
	uint64_t tail;               /* lost behind the body, may be STREAM_GAP_UNKNOWN */
	void *own;                   /* where body and gaps lie once the exchange is over */
	int64_t start_ns;            /* of the message */
	struct stream_origin origin; /* where it ended */
};

/* An exchange, from its first message until it is over and both parts are settled. */
struct gateway_exchange {
	struct gateway_exchange *prev, *next;
	struct gateway_session *session;   /* NULL when that ended first */
	const struct http_exchange *http;  /* NULL when over */
	uint64_t number;
	struct gateway_part part[STREAM_SIDES];
	char used[GATEWAY_ID_MAX + 1];     /* id in the request */
	uint64_t used_hash, issued_hash;   /* of the ids, 0: none */
	int status;
	bool opens;     /* asks for a session */
	bool wordless;  /* the request was not seen */
	bool unanswered; /* no response will come */
	bool linked;
	bool late;      /* sent when the session had ended or failed */
	bool repeated;  /* its request is a repeat */
	bool good, closes; /* its answer is the gateway's; with Session=close */
	int64_t start_ns;  /* when it was sent; of the answer when wordless */
	int64_t since_ns;  /* waiting since */
};

/* A body that was delivered. */
struct gateway_body {
	uint64_t used_hash, body_hash;
	size_t len;
	int side;
	uint64_t number; /* of its exchange */
	bool answered;
};

struct gateway_session {
	struct gateway_session *prev, *next;           /* all, longest idle first */
	struct gateway_session *closing_prev, *closing_next; /* those closed, for a while, in order of closed_ns */
	struct gateway_session *wait_prev, *wait_next; /* those with exchanges not linked, in order of deadline */
	struct gateway_session *alike;                 /* next one with the same stem, of another client */
	UT_hash_handle hh;                             /* by stem; only the first of those alike is in the table */
	struct stream_connection connection;
	struct stream_wrapping wrapping;
	char stem[GATEWAY_ID_MAX + 1]; /* empty until known */
	char name[GATEWAY_NAME_MAX + 1];
	bool opened;      /* the request that opened it was seen */
	bool started;     /* an exchange was linked */
	bool changing;    /* its ids change */
	bool closed, failed; /* Session=close; latest answer was an error */
	bool closing;     /* closed, and what was sent before may still come */
	bool ended;       /* remains to recognise late requests */
	bool ignored, reported, waiting;
	bool torn[STREAM_SIDES]; /* latest came a gap of unknown length */
	bool answer_lost; /* a request remained without answer, the next one may show that there was one */
	uint64_t gw_ip_hash, host_hash; /* latest, 0: none yet */
	uint64_t ids[GATEWAY_IDS];
	size_t next_id;
	struct gateway_body bodies[GATEWAY_BODIES];
	size_t next_body;
	struct gateway_exchange *exchanges; /* by time of sending */
	size_t exchange_count, bytes;
	int64_t last_ns, deadline_ns, closed_ns;
};

struct gateway {
	struct transport_options options;
	struct transport_consumer consumer;
	struct transport_counters *counters;
	struct gateway_session *by_stem, *sessions, *waiting, *closing;
	size_t session_count, opening; /* all; those without an id yet */
	size_t bytes;
	int64_t now;
};

/* 0 for nothing, never 0 else. */
uint64_t gateway_hash(struct slice s);

/* gateway_deliver.c: to the consumer */

/* Fills a part from a message; without its body when that is none of the session's. */
void gateway_part_read(struct gateway_part *p, const struct http_message *m, uint64_t exchange, bool with_body);
/* The message goes away: copies what is still needed. */
void gateway_part_keep(struct gateway *g, struct gateway_session *s, struct gateway_part *p);
/* Nothing more to be done with it. */
void gateway_part_settle(struct gateway *g, struct gateway_session *s, struct gateway_part *p);

void gateway_deliver(struct gateway *g, struct gateway_session *s, int side, const struct gateway_part *p);
void gateway_deliver_gap(struct gateway *g, struct gateway_session *s, int side, uint64_t len,
			 const struct stream_origin *origin);
void gateway_deliver_end(struct gateway *g, struct gateway_session *s, enum stream_end why);

/* A notice, with the origin of the exchange's message of that side, or of the other when there is none. */
void gateway_tell(struct gateway *g, struct gateway_session *s, enum gateway_notice what,
		  const struct gateway_exchange *e, int side, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/* gateway_order.c: which part is next */

/* Takes the exchange into the session, by time of sending. */
void gateway_enter(struct gateway_session *s, struct gateway_exchange *e);
/* Takes it out; it is freed unless its HTTP exchange still refers to it. */
void gateway_leave(struct gateway *g, struct gateway_exchange *e);
/* Delivers what can be delivered. */
void gateway_run(struct gateway *g, struct gateway_session *s);
/* Links the exchange that has waited longest behind a gap; false when none waits. */
bool gateway_force(struct gateway *g, struct gateway_session *s);
/* Was the id issued or used in this session? */
bool gateway_knows(const struct gateway_session *s, uint64_t id_hash);

/* gateway_table.c: which session */

struct gateway_session *gateway_session_new(struct gateway *g, const struct http_exchange *x);
/* The session that a request with this id belongs to, or NULL. */
struct gateway_session *gateway_session_find(struct gateway *g, const struct address *client, struct slice id);
/* The session has got its id. */
void gateway_session_name(struct gateway *g, struct gateway_session *s, struct slice id);
/* Does the client wait for the id of a new session? */
bool gateway_is_opening(const struct gateway *g, const struct address *client);
/* Ends it, if it has not, and forgets it; why unless it had an end of its own. */
void gateway_session_drop(struct gateway *g, struct gateway_session *s, enum stream_end why);
/* Frees it without callbacks. */
void gateway_session_forget(struct gateway *g, struct gateway_session *s);
/* Something came: the clock goes on, what is overdue is done. */
void gateway_touch(struct gateway *g, struct gateway_session *s);
void gateway_tick(struct gateway *g, int64_t now);
/* Has exchanges that are not linked, since then; or none any more. */
void gateway_set_waiting(struct gateway *g, struct gateway_session *s, bool waiting, int64_t since_ns);
#endif
