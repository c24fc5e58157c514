/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/tls_keys.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "util/tls_message.h"

/* Two MAC keys, two keys, two IVs. */
#define KEY_BLOCK_MAX (2u * (48 + 32 + 16))
/* Fixed part of the nonce of GCM and CCM in TLS 1.2; the whole nonce. */
#define SALT_BYTES 4u
#define NONCE_BYTES 12u

static const size_t mac_lengths[] = {
	[TLS_MAC_NULL] = 0, [TLS_MAC_MD5] = 16, [TLS_MAC_SHA1] = 20, [TLS_MAC_SHA256] = 32, [TLS_MAC_SHA384] = 48, [TLS_MAC_AEAD] = 0,
};

static const char *hash_name(const struct tls_exchanged *x)
{
	return x->suite->hash == TLS_HASH_SHA384 ? "SHA384" : "SHA256";
}

size_t tls_digest(struct crypto *c, const char *digest, const struct slice *parts, size_t count, uint8_t *out)
{
	const EVP_MD *md = crypto_digest(c, digest);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned len = 0;
	bool good = md && ctx && EVP_DigestInit_ex(ctx, md, NULL) == 1;

	for (size_t i = 0; i < count && good; i++)
		good = EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) == 1;
	good = good && EVP_DigestFinal_ex(ctx, out, &len) == 1;
	EVP_MD_CTX_free(ctx);
	return good ? len : 0;
}

/* --- SSL 3.0 --- */

/* MD5(secret + SHA1("A" + secret + a + b)), MD5(secret + SHA1("BB" + ...)), ... (RFC 6101, 6.1 and 6.2.2) */
static bool ssl3_expand(const struct tls_exchanged *x, struct slice secret, struct slice a, struct slice b, uint8_t *out,
			size_t len)
{
	uint8_t letters[26], sha1[EVP_MAX_MD_SIZE], md5[EVP_MAX_MD_SIZE];

	for (size_t i = 0; len; i++) {
		if (i == sizeof(letters))
			return false;
		memset(letters, 'A' + (int)i, i + 1);
		const struct slice inner[] = {slice_of(letters, i + 1), secret, a, b};
		const struct slice outer[] = {secret, slice_of(sha1, 20)};

		if (tls_digest(x->crypto, "SHA1", inner, 4, sha1) != 20 || tls_digest(x->crypto, "MD5", outer, 2, md5) != 16)
			return false;
		size_t n = len < 16 ? len : 16;
		memcpy(out, md5, n);
		out += n;
		len -= n;
	}
	return true;
}

/* --- TLS 1.0 to 1.2 --- */

static bool derive(struct crypto *c, const char *kdf, const OSSL_PARAM *params, uint8_t *out, size_t len)
{
	EVP_KDF *k = EVP_KDF_fetch(crypto_library(c), kdf, NULL);
	EVP_KDF_CTX *ctx = k ? EVP_KDF_CTX_new(k) : NULL;
	bool good = ctx && EVP_KDF_derive(ctx, out, len, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(k);
	return good;
}

/* The pseudorandom function. */
static bool prf(const struct tls_exchanged *x, struct slice secret, const char *label, struct slice a, struct slice b,
		uint8_t *out, size_t len)
{
	const char *digest = x->version < TLS_1_2 ? "MD5-SHA1" : hash_name(x);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, (void *)secret.ptr, secret.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, (void *)label, strlen(label)),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, (void *)a.ptr, a.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, (void *)b.ptr, b.len),
		OSSL_PARAM_construct_end(),
	};

	return derive(x->crypto, "TLS1-PRF", params, out, len);
}

bool tls_master(const struct tls_exchanged *x, struct slice pre_master, struct slice handshake,
		uint8_t out[TLS_MASTER_BYTES])
{
	struct slice client = slice_of(x->client_random, 32), server = slice_of(x->server_random, 32);
	uint8_t hash[2 * EVP_MAX_MD_SIZE];
	size_t len = 0;

	if (x->version == SSL_3_0)
		return ssl3_expand(x, pre_master, client, server, out, TLS_MASTER_BYTES);
	if (!handshake.len)
		return prf(x, pre_master, "master secret", client, server, out, TLS_MASTER_BYTES);
	if (x->version < TLS_1_2) {
		len = tls_digest(x->crypto, "MD5", &handshake, 1, hash);
		len += tls_digest(x->crypto, "SHA1", &handshake, 1, hash + len);
	} else {
		len = tls_digest(x->crypto, hash_name(x), &handshake, 1, hash);
	}
	return len && prf(x, pre_master, "extended master secret", slice_of(hash, len), SLICE_EMPTY, out, TLS_MASTER_BYTES);
}

/* The weakened keys of export suites, made out of few secret bytes (RFC 6101, 6.2.2.1; RFC 2246, 6.3.1). */
static bool export_keys(const struct tls_exchanged *x, const struct cipher_facts *f, struct tls_keys keys[2])
{
	const struct slice random[2] = {slice_of(x->client_random, 32), slice_of(x->server_random, 32)};
	static const char *const labels[2] = {"client write key", "server write key"};
	uint8_t block[EVP_MAX_MD_SIZE];
	/* An HMAC key of zeros is that of an empty secret. */
	static const uint8_t nothing[1];

	for (int i = 0; i < 2; i++) {
		const struct slice parts[] = {slice_of(keys[i].key, f->material), random[i], random[!i]};
		struct slice secret = parts[0];

		if (x->version == SSL_3_0 ? tls_digest(x->crypto, "MD5", parts, 3, block) != 16 :
					    !prf(x, secret, labels[i], random[0], random[1], block, f->key))
			return false;
		memcpy(keys[i].key, block, f->key);
		if (!f->block)
			continue;
		if (x->version == SSL_3_0 ? tls_digest(x->crypto, "MD5", parts + 1, 2, block) != 16 :
					    !prf(x, slice_of(nothing, 1), "IV block", random[0], random[1], block, 2u * f->block))
			return false;
		memcpy(keys[i].iv, x->version == SSL_3_0 || i == 0 ? block : block + f->block, f->block);
	}
	return true;
}

static void take(uint8_t *to, const uint8_t **from, size_t n)
{
	memcpy(to, *from, n);
	*from += n;
}

bool tls_keys_of_master(const struct tls_exchanged *x, const uint8_t master[TLS_MASTER_BYTES], struct tls_keys out[2])
{
	const struct cipher_facts *f = cipher_facts(x->suite->cipher);
	struct slice secret = slice_of(master, TLS_MASTER_BYTES), client = slice_of(x->client_random, 32),
		     server = slice_of(x->server_random, 32);
	size_t mac = mac_lengths[x->suite->mac];
	size_t iv = f->mode == MODE_CBC ? f->block : f->mode == MODE_CHACHA ? NONCE_BYTES : f->tag ? SALT_BYTES : 0;
	size_t len = 2 * (mac + f->material + (f->exported ? 0 : iv));
	uint8_t block[KEY_BLOCK_MAX];
	const uint8_t *at = block;

	if (len && !(x->version == SSL_3_0 ? ssl3_expand(x, secret, server, client, block, len) :
					     prf(x, secret, "key expansion", server, client, block, len)))
		return false;
	for (int i = 0; i < 2; i++) {
		out[i] = (struct tls_keys){.mac_len = mac, .key_len = f->key, .iv_len = iv};
		take(out[i].mac, &at, mac);
	}
	for (int i = 0; i < 2; i++)
		take(out[i].key, &at, f->material);
	for (int i = 0; i < 2 && !f->exported; i++)
		take(out[i].iv, &at, iv);
	OPENSSL_cleanse(block, sizeof(block));
	return !f->exported || export_keys(x, f, out);
}

/* --- TLS 1.3 --- */

/* HKDF-Expand-Label without context (RFC 8446, 7.1). */
static bool expand_label(const struct tls_exchanged *x, struct slice secret, const char *label, uint8_t *out, size_t len)
{
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)hash_name(x), 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret.ptr, secret.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PREFIX, "tls13 ", 6),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_LABEL, (void *)label, strlen(label)),
		OSSL_PARAM_construct_end(),
	};

	return derive(x->crypto, "TLS13-KDF", params, out, len);
}

bool tls_keys_of_secret(const struct tls_exchanged *x, struct slice secret, struct tls_keys *out)
{
	const struct cipher_facts *f = cipher_facts(x->suite->cipher);

	*out = (struct tls_keys){.key_len = f->key, .iv_len = NONCE_BYTES};
	return expand_label(x, secret, "key", out->key, out->key_len) && expand_label(x, secret, "iv", out->iv, out->iv_len);
}

bool tls_next_secret(const struct tls_exchanged *x, uint8_t *secret, size_t len)
{
	uint8_t next[TLS_SECRET_BYTES];
	bool good = len <= sizeof(next) && expand_label(x, slice_of(secret, len), "traffic upd", next, len);

	if (good)
		memcpy(secret, next, len);
	OPENSSL_cleanse(next, sizeof(next));
	return good;
}
