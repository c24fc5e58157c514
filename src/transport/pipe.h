/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One stream and what is found inside of it, layer by layer: a pipe looks at
 * the first bytes and then passes on, takes a tunnel's handshake off and hands
 * the rest to a pipe inside, or has it parsed as HTTP.
 */
#ifndef MSNSCOPE_TRANSPORT_PIPE_H
#define MSNSCOPE_TRANSPORT_PIPE_H

#include "transport/http_connection.h"
#include "transport/tls_report.h"

/* Bytes of a connection seen from the middle within which HTTP can begin: while the consumer keeps it, and after. */
#define PIPE_SEARCH_KEPT 8192u
#define PIPE_SEARCH_IGNORED (1u << 20)

/* What the TLS connections of one capture share: secrets, OpenSSL. */
struct tls_learned;
struct tls_secrets;
struct tls_shared {
	struct tls_consumer consumer;
	struct tls_secrets *given;   /* of the user, or NULL */
	struct tls_learned *learned; /* out of the capture */
};

/* What all pipes share. */
struct pipe_shared {
	struct stream_consumer consumer; /* of what has nothing around it any more */
	struct http http;
	struct tls_shared tls;
	struct budget budget;
};

struct pipe;

/* c stays valid; c->user is the consumer's during its callbacks and changes.  Ends with pipe_free. */
struct pipe *pipe_new(struct pipe_shared *shared, struct stream_connection *c);

/* As in struct stream_consumer. */
enum stream_verdict pipe_data(struct pipe *p, int side, struct slice data, const struct stream_origin *origin);
enum stream_verdict pipe_gap(struct pipe *p, int side, uint64_t len, const struct stream_origin *origin);
void pipe_anomaly(struct pipe *p, int side, enum stream_anomaly what, const struct stream_origin *origin);
void pipe_end(struct pipe *p, enum stream_end why);

/* After pipe_end or STREAM_IGNORE. */
void pipe_free(struct pipe *p);

#endif
