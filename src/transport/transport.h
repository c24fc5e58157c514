/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lies inside TCP streams: SOCKS and CONNECT tunnels are taken off, HTTP
 * is parsed, gateway sessions become streams of their own, and everything else
 * is passed on as it is.  Told by content, on any port.
 */
#ifndef MSNSCOPE_TRANSPORT_TRANSPORT_H
#define MSNSCOPE_TRANSPORT_TRANSPORT_H

#include "stream/stream.h"
#include "transport/http.h"
#include "transport/tls_report.h"

/* Gateway sessions at a time; the longest idle gives way. */
#define GATEWAY_SESSIONS_MAX 4096u
/* A gateway session without exchanges for this long has ended (capture time). */
#define GATEWAY_IDLE_SECONDS 600
/* Bytes of exchanges that wait for their turn: of one gateway session, and of all. */
#define GATEWAY_WAITING_MAX (1u << 20)
#define GATEWAY_TOTAL_MAX (16u << 20)
/* Exchanges of one gateway session that wait for their turn or their response. */
#define GATEWAY_EXCHANGES_MAX 64u
/* An exchange waits so long for the one that issued its id; then that one counts as lost (capture time). */
#define GATEWAY_WAITING_SECONDS 10
/* A session that the gateway closed waits so long for requests that were sent before (capture time). */
#define GATEWAY_CLOSING_SECONDS 2
/* Longest session id; of a longer one this much counts. */
#define GATEWAY_ID_MAX 128u
/* Ids that a session can still recognise as its own, the latest ones. */
#define GATEWAY_IDS 64u

struct transport_counters {
	uint64_t http_connections;   /* recognised */
	uint64_t http_exchanges;     /* all */
	uint64_t http_wanted;        /* given to the consumer */
	uint64_t gateway_sessions;
	uint64_t gateway_polls;      /* exchanges that carried nothing either way */
	uint64_t http_given_up;      /* connections with bytes that made no sense or were over a limit */
};

/*
 * Something to be told of a gateway session beside its bytes.  connection is
 * the session's own (synthetic) one.
 */
enum gateway_notice {
	GATEWAY_UNOPENED,    /* a session id that nobody was seen to open */
	GATEWAY_UNANSWERED,  /* a request without response: text says what it carried */
	GATEWAY_HTTP_ERROR,  /* status other than 200, or not the gateway's answer: text says which */
	GATEWAY_CLOSED,      /* Session=close */
	GATEWAY_AFTER_CLOSE, /* a request after the session's end; its bytes are dropped, text says how many */
	GATEWAY_REPEATED,    /* the same body again; dropped: text says which */
	GATEWAY_MOVED,       /* GW-IP or X-MSN-Host changed: text says where to */
	GATEWAY_CHAIN_GAP,   /* the id chain has a hole: exchanges were lost */
	GATEWAY_POLL,        /* an exchange that carried nothing; only when asked for */
};

struct transport_consumer {
	struct stream_consumer stream; /* raw streams: plain, taken out of tunnels, and of gateway sessions */
	struct http_consumer http;     /* exchanges other than gateway ones; its wanted decides */
	/* x is NULL when the exchange is over by now; origin is where the message ended that gave rise to it. */
	void (*gateway)(void *ctx, struct stream_connection *connection, enum gateway_notice what, const char *text,
			const struct stream_origin *origin, const struct http_exchange *x);
	void *gateway_ctx;
	struct tls_consumer tls;
};

struct tls_secrets;

struct transport_options {
	bool polls; /* GATEWAY_POLL notices */
	struct tls_secrets *secrets; /* to decrypt TLS with; NULL: none */
	/*
	 * Asked once, when a secret is not known: gives what the capture holds further on to transport_key_log, and returns
	 * whether there was anything.  Or NULL.
	 */
	bool (*more_key_logs)(void *ctx);
	void *more_ctx;
};

struct transport;

/* The consumer is copied.  Ends with transport_free. */
struct transport *transport_new(const struct transport_options *options, const struct transport_consumer *consumer);

/* The callbacks to give to a stream table. */
struct stream_consumer transport_stream(struct transport *t);

/* Secrets that stand in the capture itself, as a key log. */
void transport_key_log(struct transport *t, struct slice text);

/* The capture has ended, after stream_table_finish: ends the gateway sessions. */
void transport_finish(struct transport *t);

const struct transport_counters *transport_counters(const struct transport *t);

void transport_free(struct transport *t);

#endif
