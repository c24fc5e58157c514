/* SPDX-License-Identifier: BSD-2-Clause */
/* The cipher suites of SSL 3.0 to TLS 1.3 by number: names, and what they are made of. */
#ifndef MSNSCOPE_UTIL_TLS_SUITE_H
#define MSNSCOPE_UTIL_TLS_SUITE_H

#include <stdbool.h>
#include <stdint.h>

enum tls_exchange {
	TLS_EXCHANGE_RSA,   /* the client encrypts the pre-master secret with the server's key */
	TLS_EXCHANGE_OTHER, /* Diffie-Hellman, pre-shared keys, ...: no private key unlocks it */
	TLS_EXCHANGE_TLS13,
};

enum tls_cipher {
	TLS_CIPHER_UNKNOWN,
	TLS_CIPHER_NULL,
	TLS_CIPHER_RC4_40, TLS_CIPHER_RC4_56, TLS_CIPHER_RC4_128,
	TLS_CIPHER_RC2_40, TLS_CIPHER_RC2_56,
	TLS_CIPHER_DES_40, TLS_CIPHER_DES_56, TLS_CIPHER_DES, TLS_CIPHER_DES3,
	TLS_CIPHER_IDEA, TLS_CIPHER_SEED,
	TLS_CIPHER_AES_128_CBC, TLS_CIPHER_AES_256_CBC,
	TLS_CIPHER_CAMELLIA_128_CBC, TLS_CIPHER_CAMELLIA_256_CBC,
	TLS_CIPHER_ARIA_128_CBC, TLS_CIPHER_ARIA_256_CBC,
	TLS_CIPHER_AES_128_GCM, TLS_CIPHER_AES_256_GCM,
	TLS_CIPHER_CAMELLIA_128_GCM, TLS_CIPHER_CAMELLIA_256_GCM,
	TLS_CIPHER_ARIA_128_GCM, TLS_CIPHER_ARIA_256_GCM,
	TLS_CIPHER_AES_128_CCM, TLS_CIPHER_AES_256_CCM,
	TLS_CIPHER_AES_128_CCM_8, TLS_CIPHER_AES_256_CCM_8,
	TLS_CIPHER_CHACHA20_POLY1305,
	TLS_CIPHER_COUNT,
};

enum tls_mac { TLS_MAC_NULL, TLS_MAC_MD5, TLS_MAC_SHA1, TLS_MAC_SHA256, TLS_MAC_SHA384, TLS_MAC_AEAD };
enum tls_hash { TLS_HASH_SHA256, TLS_HASH_SHA384 };

struct tls_suite {
	uint16_t number;
	const char *name;
	enum tls_exchange exchange;
	enum tls_cipher cipher;
	enum tls_mac mac;
	enum tls_hash hash; /* of the key derivation in TLS 1.2 and 1.3 */
};

/* The row of that number, or NULL. */
const struct tls_suite *tls_suite_find(uint16_t number);

/* "SSL 3.0", "TLS 1.2" for 0x0300 to 0x0304; NULL for another number. */
const char *tls_version_name(uint16_t version);

#endif
