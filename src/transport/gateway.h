/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts gateway sessions together: every session becomes one synthetic
 * stream_connection with a byte stream for each direction, from the bodies of
 * its exchanges, over however many TCP connections.
 *
 * - A session is known by the part of its id that stays, and by the client's
 *   address; by the id alone when a client of another address uses an id that
 *   was issued there.
 * - Side 0 is the client, with the address and port of the first TCP
 *   connection; opener is 0 when the request that opened it was seen, else -1.
 *   wrapping says "http-gateway", the id, and what is around HTTP.
 * - Bytes count as of the end of the HTTP message that carries them.
 * - Bodies are in the order of sending, and of the chain of ids: an exchange
 *   whose id nobody issued waits for the answer that does, and later ones with
 *   it; after a limit (see transport.h) both streams get a gap of unknown length
 *   and it goes on from there.
 * - The same body behind the same id is delivered once.
 * - Behind an HTTP error only requests that the gateway took count.
 * - A session ends as STREAM_END_FIN after Session=close; _RST when an HTTP
 *   error was the last thing, or when it never got an id; _REUSE when a new one
 *   got its id; _IDLE, _LIMIT, _CAPTURE.
 */
#ifndef MSNSCOPE_TRANSPORT_GATEWAY_H
#define MSNSCOPE_TRANSPORT_GATEWAY_H

#include "transport/transport.h"

struct gateway;

/* The consumer is copied, the counters are the caller's.  Ends with gateway_free. */
struct gateway *gateway_new(const struct transport_options *options, const struct transport_consumer *consumer,
			    struct transport_counters *counters);

/*
 * Is it an exchange with the gateway?  A POST by path or media type, a response
 * whose request was not seen by X-MSN-Messenger header or media type.
 */
bool gateway_wants(const struct http_exchange *x);

/*
 * As struct http_consumer, for exchanges that gateway_wants; x->user is the
 * gateway's.  Callbacks come out of these calls, for this and other sessions.
 */
void gateway_request(struct gateway *g, struct http_exchange *x);
void gateway_response(struct gateway *g, struct http_exchange *x);
void gateway_done(struct gateway *g, struct http_exchange *x);

/* Ends all sessions, in order of first frame; every exchange must be done. */
void gateway_finish(struct gateway *g);

/* Frees without callbacks. */
void gateway_free(struct gateway *g);

#endif
