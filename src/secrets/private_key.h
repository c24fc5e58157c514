/* SPDX-License-Identifier: BSD-2-Clause */
/* Private keys of servers, for the RSA key exchange. */
#ifndef MSNSCOPE_SECRETS_PRIVATE_KEY_H
#define MSNSCOPE_SECRETS_PRIVATE_KEY_H

#include "secrets/crypto.h"
#include "util/slice.h"

/* Longest file that is read, and longest passphrase. */
#define PRIVATE_KEY_FILE_MAX (1u << 20)
#define PRIVATE_KEY_PASSPHRASE_MAX 1024u
/* Room for messages. */
#define PRIVATE_KEY_MESSAGE_MAX 512u

/*
 * The RSA key in a file: PEM, DER or PKCS#12, encrypted or not.  passphrase
 * may be NULL; PKCS#12 is then tried with an empty one.  NULL with a message,
 * which holds nothing of the key, when there is none.  The caller frees it
 * with EVP_PKEY_free, before c.
 */
EVP_PKEY *private_key_read(struct crypto *c, const char *path, const char *passphrase, char *message);

/* Is it the key of this certificate (DER)?  False, too, when that is no certificate. */
bool private_key_fits(EVP_PKEY *key, OSSL_LIB_CTX *library, struct slice certificate);

/* Decrypts a pre-master secret of 48 bytes. */
bool private_key_decrypt(EVP_PKEY *key, OSSL_LIB_CTX *library, struct slice encrypted, uint8_t out[48]);

#endif
