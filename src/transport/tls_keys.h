/* SPDX-License-Identifier: BSD-2-Clause */
/* From the secrets of a TLS connection to the keys of its records (RFC 6101, 2246, 5246, 7627, 8446). */
#ifndef MSNSCOPE_TRANSPORT_TLS_KEYS_H
#define MSNSCOPE_TRANSPORT_TLS_KEYS_H

#include "secrets/crypto.h"
#include "util/slice.h"

#define TLS_MASTER_BYTES 48u
/* Longest traffic secret of TLS 1.3. */
#define TLS_SECRET_BYTES 64u

/* Of one direction. */
struct tls_keys {
	uint8_t mac[48], key[32], iv[16];
	size_t mac_len, key_len, iv_len; /* bytes; iv: of AEAD the part that stays */
};

/* What both sides said in the clear. */
struct tls_exchanged {
	struct crypto *crypto;
	uint16_t version;
	const struct tls_suite *suite;
	uint8_t client_random[32], server_random[32];
};

/*
 * The master secret of a pre-master secret; handshake: all messages up to
 * ClientKeyExchange for an extended master secret, else empty.  False when
 * OpenSSL cannot do it.
 */
bool tls_master(const struct tls_exchanged *x, struct slice pre_master, struct slice handshake,
		uint8_t out[TLS_MASTER_BYTES]);

/* The keys of both directions, that of the client first (SSL 3.0 to TLS 1.2). */
bool tls_keys_of_master(const struct tls_exchanged *x, const uint8_t master[TLS_MASTER_BYTES], struct tls_keys out[2]);

/* The keys of a traffic secret (TLS 1.3). */
bool tls_keys_of_secret(const struct tls_exchanged *x, struct slice secret, struct tls_keys *out);

/* The traffic secret that follows a key update; replaces the len bytes of secret. */
bool tls_next_secret(const struct tls_exchanged *x, uint8_t *secret, size_t len);

/* Digest of a run of slices; returns its length, 0 when OpenSSL cannot do it.  out has room for EVP_MAX_MD_SIZE. */
size_t tls_digest(struct crypto *c, const char *digest, const struct slice *parts, size_t count, uint8_t *out);

#endif
