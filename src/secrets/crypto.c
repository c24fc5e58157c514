/* SPDX-License-Identifier: BSD-2-Clause */
#include "secrets/crypto.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "util/memory.h"

#define DIGESTS_MAX 8u

struct crypto {
	OSSL_LIB_CTX *library;
	OSSL_PROVIDER *standard, *legacy;
	bool legacy_tried;
	EVP_CIPHER *ciphers[TLS_CIPHER_COUNT];
	struct {
		char name[16];
		EVP_MD *digest;
	} digests[DIGESTS_MAX];
	EVP_MAC *hmac;
};

#define CBC(name, key, block) {name, MODE_CBC, key, key, block, 0, false, false}
#define OLD_CBC(name, key, material, block, exported) {name, MODE_CBC, key, material, block, 0, exported, true}
#define RC4(name, key, exported) {name, MODE_STREAM, 16, key, 0, 0, exported, true}
#define AEAD(name, mode, key, tag) {name, mode, key, key, 0, tag, false, false}
static const struct cipher_facts facts[TLS_CIPHER_COUNT] = {
	[TLS_CIPHER_UNKNOWN] = {NULL, MODE_NONE, 0, 0, 0, 0, false, false},
	[TLS_CIPHER_NULL] = {NULL, MODE_STREAM, 0, 0, 0, 0, false, false},
	/* An exported RC4 key has 128 bits, too: those made of the 40 or 56 secret ones. */
	[TLS_CIPHER_RC4_40] = RC4("RC4", 5, true),
	[TLS_CIPHER_RC4_56] = RC4("RC4", 7, true),
	[TLS_CIPHER_RC4_128] = RC4("RC4", 16, false),
	[TLS_CIPHER_RC2_40] = OLD_CBC("RC2-CBC", 16, 5, 8, true),
	[TLS_CIPHER_RC2_56] = OLD_CBC("RC2-CBC", 16, 7, 8, true),
	[TLS_CIPHER_DES_40] = OLD_CBC("DES-CBC", 8, 5, 8, true),
	[TLS_CIPHER_DES_56] = OLD_CBC("DES-CBC", 8, 8, 8, true),
	[TLS_CIPHER_DES] = OLD_CBC("DES-CBC", 8, 8, 8, false),
	[TLS_CIPHER_DES3] = CBC("DES-EDE3-CBC", 24, 8),
	[TLS_CIPHER_IDEA] = OLD_CBC("IDEA-CBC", 16, 16, 8, false),
	[TLS_CIPHER_SEED] = OLD_CBC("SEED-CBC", 16, 16, 16, false),
	[TLS_CIPHER_AES_128_CBC] = CBC("AES-128-CBC", 16, 16),
	[TLS_CIPHER_AES_256_CBC] = CBC("AES-256-CBC", 32, 16),
	[TLS_CIPHER_CAMELLIA_128_CBC] = CBC("CAMELLIA-128-CBC", 16, 16),
	[TLS_CIPHER_CAMELLIA_256_CBC] = CBC("CAMELLIA-256-CBC", 32, 16),
	[TLS_CIPHER_ARIA_128_CBC] = CBC("ARIA-128-CBC", 16, 16),
	[TLS_CIPHER_ARIA_256_CBC] = CBC("ARIA-256-CBC", 32, 16),
	[TLS_CIPHER_AES_128_GCM] = AEAD("AES-128-GCM", MODE_GCM, 16, 16),
	[TLS_CIPHER_AES_256_GCM] = AEAD("AES-256-GCM", MODE_GCM, 32, 16),
	[TLS_CIPHER_CAMELLIA_128_GCM] = AEAD("CAMELLIA-128-GCM", MODE_GCM, 16, 16),
	[TLS_CIPHER_CAMELLIA_256_GCM] = AEAD("CAMELLIA-256-GCM", MODE_GCM, 32, 16),
	[TLS_CIPHER_ARIA_128_GCM] = AEAD("ARIA-128-GCM", MODE_GCM, 16, 16),
	[TLS_CIPHER_ARIA_256_GCM] = AEAD("ARIA-256-GCM", MODE_GCM, 32, 16),
	[TLS_CIPHER_AES_128_CCM] = AEAD("AES-128-CCM", MODE_CCM, 16, 16),
	[TLS_CIPHER_AES_256_CCM] = AEAD("AES-256-CCM", MODE_CCM, 32, 16),
	[TLS_CIPHER_AES_128_CCM_8] = AEAD("AES-128-CCM", MODE_CCM, 16, 8),
	[TLS_CIPHER_AES_256_CCM_8] = AEAD("AES-256-CCM", MODE_CCM, 32, 8),
	[TLS_CIPHER_CHACHA20_POLY1305] = AEAD("ChaCha20-Poly1305", MODE_CHACHA, 32, 16),
};
#undef CBC
#undef OLD_CBC
#undef RC4
#undef AEAD

const struct cipher_facts *cipher_facts(enum tls_cipher cipher)
{
	return &facts[cipher];
}

struct crypto *crypto_new(void)
{
	struct crypto *c = memory_zalloc(sizeof(*c));

	c->library = OSSL_LIB_CTX_new();
	if (c->library)
		c->standard = OSSL_PROVIDER_load(c->library, "default");
	return c;
}

void crypto_free(struct crypto *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < TLS_CIPHER_COUNT; i++)
		EVP_CIPHER_free(c->ciphers[i]);
	for (size_t i = 0; i < DIGESTS_MAX; i++)
		EVP_MD_free(c->digests[i].digest);
	EVP_MAC_free(c->hmac);
	if (c->legacy)
		OSSL_PROVIDER_unload(c->legacy);
	if (c->standard)
		OSSL_PROVIDER_unload(c->standard);
	OSSL_LIB_CTX_free(c->library);
	free(c);
}

OSSL_LIB_CTX *crypto_library(const struct crypto *c)
{
	return c->library;
}

bool crypto_legacy(struct crypto *c)
{
	if (!c->legacy_tried && c->library)
		c->legacy = OSSL_PROVIDER_load(c->library, "legacy");
	c->legacy_tried = true;
	return c->legacy != NULL;
}

const EVP_CIPHER *crypto_cipher(struct crypto *c, enum tls_cipher cipher)
{
	const struct cipher_facts *f = &facts[cipher];

	if (!f->openssl || (f->legacy && !crypto_legacy(c)))
		return NULL;
	if (!c->ciphers[cipher])
		c->ciphers[cipher] = EVP_CIPHER_fetch(c->library, f->openssl, NULL);
	return c->ciphers[cipher];
}

const EVP_MD *crypto_digest(struct crypto *c, const char *name)
{
	size_t i = 0;

	while (i < DIGESTS_MAX && c->digests[i].digest && strcmp(c->digests[i].name, name) != 0)
		i++;
	if (i == DIGESTS_MAX || strlen(name) >= sizeof(c->digests[i].name))
		return NULL;
	if (!c->digests[i].digest) {
		c->digests[i].digest = EVP_MD_fetch(c->library, name, NULL);
		strcpy(c->digests[i].name, name);
	}
	return c->digests[i].digest;
}

EVP_MAC *crypto_hmac(struct crypto *c)
{
	if (!c->hmac)
		c->hmac = EVP_MAC_fetch(c->library, "HMAC", NULL);
	return c->hmac;
}
