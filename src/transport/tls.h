/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TLS connection (SSL 3.0 to TLS 1.3): follows the handshake, decrypts
 * records where a secret is at hand, and gives what is inside to a stream of
 * its own.  What cannot be decrypted is counted.
 */
#ifndef MSNSCOPE_TRANSPORT_TLS_H
#define MSNSCOPE_TRANSPORT_TLS_H

#include "transport/tunnel.h"

/* Bytes of handshake messages of one side, and of the longest one, that are kept. */
#define TLS_HANDSHAKE_MAX (128u << 10)
/* Bytes behind a hole among which the next record is looked for at a time, and in all. */
#define TLS_SEARCH_MAX (64u << 10)
#define TLS_SEARCHED_MAX (1u << 20)
/* Bytes decrypted in vain for that, per connection: records can be guessed wrong. */
#define TLS_GUESSED_MAX (64u << 20)
/* Records at the beginning of TLS 1.3 that may fail while the keys change. */
#define TLS_TRIALS_MAX 64u
/* Pieces of one side that wait for a secret which is not logged yet. */
#define TLS_PATIENCE 8u
/* Sessions remembered, so that resumed ones can be decrypted; the oldest give way. */
#define TLS_SESSIONS_MAX 4096u
/* Secrets out of captures; the oldest give way. */
#define TLS_CAPTURED_MAX 65536u

enum tls_guess {
	TLS_GUESS_NO,
	TLS_GUESS_MORE, /* so far it could be */
	TLS_GUESS_YES,
};

/*
 * Is it TLS?  The first bytes of a side, or with middle any.  *from_client
 * tells which side they are of: 1 client, 0 server, -1 not known.
 */
enum tls_guess tls_recognise(struct slice data, bool middle, int *from_client);

struct tls;

/* Around c, which stays valid; only when a tunnel fits.  from_start: no byte is missing in front.  Ends with tls_free. */
struct tls *tls_new(struct pipe_shared *shared, struct stream_connection *c, int client_side, bool from_start);
void tls_free(struct tls *t);

/* As of struct pipe. */
enum stream_verdict tls_data(struct tls *t, int side, struct slice data, const struct stream_origin *origin);
enum stream_verdict tls_gap(struct tls *t, int side, uint64_t len, const struct stream_origin *origin);
void tls_anomaly(struct tls *t, int side, enum stream_anomaly what, const struct stream_origin *origin);
void tls_end(struct tls *t, enum stream_end why);

/* What all connections of a capture learn.  Ends with tls_learned_free, after them. */
struct tls_learned *tls_learned_new(bool (*more)(void *ctx), void *more_ctx);
/* A key log out of the capture itself. */
void tls_learned_key_log(struct tls_learned *l, struct slice text);
void tls_learned_free(struct tls_learned *l);

#endif
