/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays TLS connections of the samples to the transport stage in other pieces, and writes down what comes out. */
#ifndef MSNSCOPE_TESTS_TLS_PLAYER_H
#define MSNSCOPE_TESTS_TLS_PLAYER_H

#include "secrets/tls_secrets.h"
#include "transport/transport.h"
#include "util/buffer.h"

#define TLS_PLAYED_MAX 8u

/* A piece of one side of a connection, or a gap (ptr NULL). */
struct tls_step {
	unsigned connection;
	int side;
	struct slice data;
};

/* What the capture of a sample holds, in order. */
struct tls_sample {
	struct tls_step *steps;
	size_t count;
	size_t bytes;
	uint8_t *memory;
};

/* NAME of samples/tls/NAME.pcap.  Ends with tls_sample_free. */
struct tls_sample tls_sample_read(const char *name);
void tls_sample_free(struct tls_sample *s);

/* The path of a file of samples/tls; valid until the next call. */
const char *tls_sample_path(const char *file);

/* What came of one connection. */
struct tls_played {
	struct stream_connection tcp;
	bool known, ignored;
	struct buffer plain[2]; /* of client and server; a hole is "[N]" or "[?]" */
	unsigned handshakes, failures, holes, ends; /* told */
	enum tls_trouble trouble;
	const char *resumed, *secret; /* of the latest report */
	uint16_t version;
};

struct tls_player {
	struct transport *transport;
	struct stream_consumer stream;
	struct tls_played played[TLS_PLAYED_MAX];
	uint64_t frame;
};

/* secrets may be NULL. */
void tls_player_init(struct tls_player *p, struct tls_secrets *secrets);
void tls_player_step(struct tls_player *p, const struct tls_step *step);
/* The same in pieces of that many bytes. */
void tls_player_pieces(struct tls_player *p, const struct tls_step *step, size_t piece);
/* Ends what is open. */
void tls_player_finish(struct tls_player *p);
void tls_player_free(struct tls_player *p);

#endif
