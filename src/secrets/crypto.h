/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSSL as it is used here: a library context of its own, so that nothing
 * global changes, with the legacy provider for ciphers of the nineties.
 */
#ifndef MSNSCOPE_SECRETS_CRYPTO_H
#define MSNSCOPE_SECRETS_CRYPTO_H

#include <openssl/evp.h>

#include "util/tls_suite.h"

struct crypto;

/* For one thread.  Ends with crypto_free, after all that was made with it. */
struct crypto *crypto_new(void);
void crypto_free(struct crypto *c);

OSSL_LIB_CTX *crypto_library(const struct crypto *c);

/* The legacy provider, loaded at the first call.  False: it cannot be loaded. */
bool crypto_legacy(struct crypto *c);

/* The cipher, or NULL when this OpenSSL does not have it.  Belongs to c. */
const EVP_CIPHER *crypto_cipher(struct crypto *c, enum tls_cipher cipher);

/* "MD5", "SHA1", "SHA256", ...; NULL as above.  Belongs to c. */
const EVP_MD *crypto_digest(struct crypto *c, const char *name);

/* HMAC. */
EVP_MAC *crypto_hmac(struct crypto *c);

/* What kind of cipher, and its lengths in bytes. */
enum cipher_mode { MODE_NONE, MODE_STREAM, MODE_CBC, MODE_GCM, MODE_CCM, MODE_CHACHA };
struct cipher_facts {
	const char *openssl;   /* OpenSSL's name, or NULL: none is needed or known */
	enum cipher_mode mode;
	uint8_t key;           /* length */
	uint8_t material;      /* of an exported cipher: of the secret part of the key; else as key */
	uint8_t block;         /* CBC: block and IV */
	uint8_t tag;           /* AEAD */
	bool exported, legacy; /* weakened for export; in the legacy provider */
};
const struct cipher_facts *cipher_facts(enum tls_cipher cipher);

#endif
