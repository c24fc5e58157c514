/* SPDX-License-Identifier: BSD-2-Clause */
#include "secrets/private_key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>

#include "util/memory.h"

/* What OpenSSL asks for the passphrase of. */
struct asked {
	const char *passphrase;
	bool asked;
};

static int on_passphrase(char *out, int size, int rwflag, void *ctx)
{
	struct asked *a = ctx;
	size_t len = a->passphrase ? strlen(a->passphrase) : 0;

	(void)rwflag;
	a->asked = true;
	if (!a->passphrase || len > (size_t)size)
		return a->passphrase ? -1 : 0;
	memcpy(out, a->passphrase, len);
	return (int)len;
}

/* The whole file as memory of OpenSSL's, or NULL with a message. */
static BIO *read_file(const char *path, char *message)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = memory_alloc(PRIVATE_KEY_FILE_MAX);
	BIO *bio = NULL;

	if (!f) {
		snprintf(message, PRIVATE_KEY_MESSAGE_MAX, "%s", strerror(errno));
		free(data);
		return NULL;
	}
	size_t len = fread(data, 1, PRIVATE_KEY_FILE_MAX, f);
	if (ferror(f)) {
		snprintf(message, PRIVATE_KEY_MESSAGE_MAX, "%s", strerror(errno));
	} else if (len == PRIVATE_KEY_FILE_MAX) {
		snprintf(message, PRIVATE_KEY_MESSAGE_MAX, "is too large for a key");
	} else {
		bio = BIO_new(BIO_s_mem());
		if (bio && len)
			BIO_write(bio, data, (int)len);
	}
	OPENSSL_cleanse(data, len);
	free(data);
	fclose(f);
	return bio;
}

/* The first private key among what the file holds. */
static EVP_PKEY *first_key(struct crypto *c, BIO *bio, UI_METHOD *ui, struct asked *asked)
{
	OSSL_STORE_CTX *store = OSSL_STORE_attach(bio, "file", crypto_library(c), NULL, ui, asked, NULL, NULL, NULL);
	EVP_PKEY *key = NULL;

	while (store && !key && !OSSL_STORE_eof(store)) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);

		if (!info && OSSL_STORE_error(store))
			break;
		if (info && OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			key = OSSL_STORE_INFO_get1_PKEY(info);
		OSSL_STORE_INFO_free(info);
	}
	if (store)
		OSSL_STORE_close(store);
	return key;
}

/* Of PKCS#12, whose old ciphers the store looks for in the default library context only.  Sets asked when it is encrypted. */
static EVP_PKEY *pkcs12_key(struct crypto *c, BIO *bio, struct asked *asked)
{
	const unsigned char *at = NULL;
	long len = BIO_get_mem_data(bio, (char **)&at);
	PKCS12 *p = PKCS12_init_ex(NID_pkcs7_data, crypto_library(c), NULL);
	EVP_PKEY *key = NULL;

	if (p && d2i_PKCS12(&p, &at, len) && PKCS12_parse(p, asked->passphrase, &key, NULL, NULL) != 1)
		asked->asked = true;
	PKCS12_free(p);
	return key;
}

EVP_PKEY *private_key_read(struct crypto *c, const char *path, const char *passphrase, char *message)
{
	struct asked asked = {passphrase, false};
	UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(on_passphrase, 0);
	BIO *bio = read_file(path, message);
	EVP_PKEY *key = NULL;

	if (!bio) {
		UI_destroy_method(ui);
		return NULL;
	}
	/* Old PKCS#12 files are encrypted with RC2. */
	crypto_legacy(c);
	key = pkcs12_key(c, bio, &asked);
	if (!key && !asked.asked)
		key = first_key(c, bio, ui, &asked);
	if (!key && asked.asked)
		snprintf(message, PRIVATE_KEY_MESSAGE_MAX, "is encrypted, and the passphrase %s",
			 passphrase ? "does not open it" : "is missing");
	else if (!key)
		snprintf(message, PRIVATE_KEY_MESSAGE_MAX, "holds no private key that can be read (PEM, DER, PKCS#12)");
	if (key && !EVP_PKEY_is_a(key, "RSA")) {
		snprintf(message, PRIVATE_KEY_MESSAGE_MAX, "holds no RSA key: other key exchanges need a key log");
		EVP_PKEY_free(key);
		key = NULL;
	}
	BIO_free(bio);
	UI_destroy_method(ui);
	ERR_clear_error();
	return key;
}

bool private_key_fits(EVP_PKEY *key, OSSL_LIB_CTX *library, struct slice certificate)
{
	const unsigned char *at = certificate.ptr;
	X509 *x = X509_new_ex(library, NULL);
	bool fits = false;

	if (x && certificate.len && d2i_X509(&x, &at, (long)certificate.len)) {
		EVP_PKEY *other = X509_get0_pubkey(x);

		fits = other && EVP_PKEY_eq(other, key) == 1;
	}
	X509_free(x);
	ERR_clear_error();
	return fits;
}

bool private_key_decrypt(EVP_PKEY *key, OSSL_LIB_CTX *library, struct slice encrypted, uint8_t out[48])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(library, key, NULL);
	int most = EVP_PKEY_get_size(key);
	uint8_t *plain = memory_alloc(most > 0 ? (size_t)most : 1);
	size_t len = most > 0 ? (size_t)most : 0;
	bool good = ctx && EVP_PKEY_decrypt_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_decrypt(ctx, plain, &len, encrypted.ptr, encrypted.len) == 1 && len == 48;

	if (good)
		memcpy(out, plain, 48);
	if (most > 0)
		OPENSSL_cleanse(plain, (size_t)most);
	free(plain);
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return good;
}
