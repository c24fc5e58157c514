/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key logs in the form of SSLKEYLOGFILE (draft-ietf-tls-keylogfile), with the
 * labels that NSS and Wireshark know beside:
 *
 *	CLIENT_RANDOM random master          SSL 3.0 to TLS 1.2
 *	RSA encrypted pre-master             the first 8 bytes of what the client encrypted
 *	PMS_CLIENT_RANDOM random pre-master
 *	RSA Session-ID:id Master-Key:master
 *	CLIENT_HANDSHAKE_TRAFFIC_SECRET random secret, and others of TLS 1.3
 */
#ifndef MSNSCOPE_SECRETS_KEY_LOG_H
#define MSNSCOPE_SECRETS_KEY_LOG_H

#include "util/buffer.h"

/* Longest line; a longer one counts as malformed. */
#define KEY_LOG_LINE_MAX 4096u
/* Longest secret in bytes: the pre-master of a Diffie-Hellman exchange. */
#define KEY_LOG_SECRET_MAX 1024u
/* Bytes that secrets are found by. */
#define KEY_LOG_KEY_MAX 32u

enum key_log_kind {
	KEY_LOG_MASTER,             /* by client random */
	KEY_LOG_MASTER_BY_SESSION,  /* by session id */
	KEY_LOG_PRE_MASTER,         /* by client random */
	KEY_LOG_PRE_MASTER_BY_RSA,  /* by 8 bytes */
	KEY_LOG_EARLY,              /* the traffic secrets of TLS 1.3, by client random */
	KEY_LOG_CLIENT_HANDSHAKE,
	KEY_LOG_SERVER_HANDSHAKE,
	KEY_LOG_CLIENT_TRAFFIC,
	KEY_LOG_SERVER_TRAFFIC,
};

struct key_log_entry {
	enum key_log_kind kind;
	struct slice key, secret; /* valid during the call */
};

/* Zero-initialised memory with entry and ctx set is a fresh parser; ends with key_log_free. */
struct key_log {
	void (*entry)(void *ctx, const struct key_log_entry *e);
	void *ctx;
	struct buffer line;       /* begun, not yet ended */
	bool overlong;            /* what was read of the line is dropped already */
	uint64_t lines;           /* ended so far */
	uint64_t malformed;       /* neither entry, comment nor empty */
	uint64_t first_malformed; /* number of the first such line, from 1 */
};

/* The next bytes of the text. */
void key_log_data(struct key_log *k, struct slice data);

/* The text ends here for now: a last line without line end counts if it is a whole entry. */
void key_log_pause(struct key_log *k);

void key_log_free(struct key_log *k);

#endif
