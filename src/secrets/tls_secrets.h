/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the user has at hand to decrypt TLS: key logs and private keys.  Shared
 * by all threads that read captures.  Nothing of it is ever shown or written.
 */
#ifndef MSNSCOPE_SECRETS_TLS_SECRETS_H
#define MSNSCOPE_SECRETS_TLS_SECRETS_H

#include "secrets/key_log.h"
#include "secrets/private_key.h"
#include "util/address.h"

/* Secrets out of all key logs together. */
#define TLS_SECRETS_MAX (1u << 18)
/* Key logs and private keys. */
#define TLS_KEY_LOGS_MAX 64u
#define TLS_PRIVATE_KEYS_MAX 64u
/* Longest host in front of a private key, with NUL. */
#define TLS_HOST_MAX 256u
#define TLS_SECRETS_MESSAGE_MAX 512u

struct tls_secrets;

struct tls_secrets *tls_secrets_new(void);
void tls_secrets_free(struct tls_secrets *s);

/*
 * Reads a key log.  A regular file is read on when it has grown and a secret
 * is missing.  False with a message (TLS_SECRETS_MESSAGE_MAX bytes) that
 * does not name the file when it cannot be read.
 */
bool tls_secrets_add_key_log(struct tls_secrets *s, const char *path, char *message);

/*
 * Reads the private key "FILE" or "HOST:PORT=FILE"; HOST is a name, an IPv4
 * address or an IPv6 address in brackets.  passphrase may be NULL.  *path is
 * set to where the name of the file begins, for messages.
 */
bool tls_secrets_add_private_key(struct tls_secrets *s, const char *text, const char *passphrase, const char **path,
				 char *message);

/* Of all key logs so far. */
struct tls_secrets_counters {
	uint64_t entries;   /* kept */
	uint64_t refused;   /* beyond TLS_SECRETS_MAX */
	uint64_t malformed; /* lines */
	const char *malformed_in; /* the first file with such a line, and the line's number */
	uint64_t malformed_line;
};
struct tls_secrets_counters tls_secrets_counters(struct tls_secrets *s);

/* Are there key logs, private keys?  s may be NULL. */
bool tls_secrets_has_logs(const struct tls_secrets *s);
bool tls_secrets_has_keys(const struct tls_secrets *s);

/* Copies the secret to out (KEY_LOG_SECRET_MAX bytes); returns its length, 0 when there is none. */
size_t tls_secrets_find(struct tls_secrets *s, enum key_log_kind kind, struct slice key, uint8_t *out);

/* What is known of the server whose key is looked for. */
struct tls_server {
	struct address address;     /* as in the packets */
	const char *target;         /* host:port that a proxy was asked for, or NULL */
	struct slice name;          /* that the client asked for, or empty */
	struct slice certificate;   /* DER, or empty */
};

enum private_key_result {
	PRIVATE_KEY_FOUND,
	PRIVATE_KEY_NONE,    /* no private keys, or none for this host and port */
	PRIVATE_KEY_OTHER,   /* those there are belong to other certificates */
	PRIVATE_KEY_REFUSED, /* the key fits, but what the client sent does not decrypt */
};

/* Decrypts the pre-master secret with the key of that server. */
enum private_key_result tls_secrets_decrypt(struct tls_secrets *s, const struct tls_server *server, struct slice encrypted,
					    uint8_t out[48]);

#endif
