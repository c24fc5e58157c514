/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/tls_opener.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>

#include "util/memory.h"
#include "util/tls_message.h"

#define EXPLICIT_NONCE 8u
#define NONCE_BYTES 12u
/* Sequence number, type, version, length. */
#define PSEUDO_HEAD 13u
/* Bytes of keystream that are passed over at once. */
#define SKIP_BYTES 4096u
/* Padding of the MAC of SSL 3.0: 48 bytes with MD5, 40 with SHA-1 (RFC 6101, 5.2.3.1). */
#define SSL3_PADDING 48u

struct tls_opener {
	struct crypto *crypto;
	const struct cipher_facts *facts;
	uint16_t version;
	enum tls_mac mac;
	bool encrypt_then_mac;
	struct tls_keys keys;  /* iv of CBC before TLS 1.1: last block of the record before */
	uint64_t sequence;
	EVP_CIPHER_CTX *cipher; /* NULL: no encryption */
	EVP_MAC_CTX *hmac;      /* NULL: AEAD, SSL 3.0 or no MAC */
};

static const char *mac_digest(enum tls_mac mac)
{
	switch (mac) {
	case TLS_MAC_MD5:
		return "MD5";
	case TLS_MAC_SHA1:
		return "SHA1";
	case TLS_MAC_SHA256:
		return "SHA256";
	case TLS_MAC_SHA384:
		return "SHA384";
	case TLS_MAC_NULL:
	case TLS_MAC_AEAD:
		break;
	}
	return NULL;
}

static bool is_aead(const struct tls_opener *o)
{
	return o->facts->tag > 0;
}

/* CBC records begin with an IV of their own. */
static bool explicit_iv(const struct tls_opener *o)
{
	return o->facts->mode == MODE_CBC && o->version >= TLS_1_1;
}

static bool start_cipher(struct tls_opener *o, const EVP_CIPHER *cipher)
{
	o->cipher = EVP_CIPHER_CTX_new();
	if (!o->cipher || EVP_DecryptInit_ex(o->cipher, cipher, NULL, NULL, NULL) != 1)
		return false;
	if (is_aead(o) && EVP_CIPHER_CTX_ctrl(o->cipher, EVP_CTRL_AEAD_SET_IVLEN, (int)NONCE_BYTES, NULL) != 1)
		return false;
	if (o->facts->mode == MODE_CCM)
		return EVP_CIPHER_CTX_ctrl(o->cipher, EVP_CTRL_AEAD_SET_TAG, o->facts->tag, NULL) == 1;
	if (!is_aead(o) && EVP_CIPHER_CTX_set_key_length(o->cipher, (int)o->keys.key_len) != 1)
		return false;
	return EVP_DecryptInit_ex(o->cipher, NULL, NULL, o->keys.key, is_aead(o) ? NULL : o->keys.iv) == 1 &&
	       (is_aead(o) || EVP_CIPHER_CTX_set_padding(o->cipher, 0) == 1);
}

static bool start_mac(struct tls_opener *o)
{
	const char *digest = mac_digest(o->mac);
	EVP_MAC *hmac = crypto_hmac(o->crypto);

	if (!digest || o->version == SSL_3_0)
		return true;
	const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)digest, 0),
				     OSSL_PARAM_construct_end()};
	o->hmac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	return o->hmac && EVP_MAC_init(o->hmac, o->keys.mac, o->keys.mac_len, params) == 1;
}

struct tls_opener *tls_opener_new(const struct tls_exchanged *x, bool encrypt_then_mac, const struct tls_keys *keys)
{
	const struct cipher_facts *f = cipher_facts(x->suite->cipher);
	const EVP_CIPHER *cipher = crypto_cipher(x->crypto, x->suite->cipher);
	struct tls_opener *o;

	if (f->mode == MODE_NONE || (f->openssl && !cipher))
		return NULL;
	o = memory_zalloc(sizeof(*o));
	*o = (struct tls_opener){.crypto = x->crypto, .facts = f, .version = x->version, .mac = x->suite->mac,
				 .encrypt_then_mac = encrypt_then_mac && f->mode == MODE_CBC, .keys = *keys};
	if ((cipher && !start_cipher(o, cipher)) || !start_mac(o)) {
		tls_opener_free(o);
		o = NULL;
	}
	ERR_clear_error();
	return o;
}

struct tls_opener *tls_opener_copy(const struct tls_opener *o)
{
	struct tls_opener *copy = memory_alloc(sizeof(*copy));
	bool good = true;

	*copy = *o;
	copy->cipher = o->cipher ? EVP_CIPHER_CTX_new() : NULL;
	copy->hmac = o->hmac ? EVP_MAC_CTX_dup(o->hmac) : NULL;
	if (o->cipher)
		good = copy->cipher && EVP_CIPHER_CTX_copy(copy->cipher, o->cipher) == 1;
	if (good && (!o->hmac || copy->hmac))
		return copy;
	tls_opener_free(copy);
	return NULL;
}

void tls_opener_free(struct tls_opener *o)
{
	if (!o)
		return;
	EVP_CIPHER_CTX_free(o->cipher);
	EVP_MAC_CTX_free(o->hmac);
	OPENSSL_cleanse(o, sizeof(*o));
	free(o);
}

/* What MACs and AEAD authenticate in front of the content. */
static void pseudo_head(const struct tls_opener *o, const uint8_t *head, size_t len, uint8_t out[PSEUDO_HEAD])
{
	for (unsigned i = 0; i < 8; i++)
		out[i] = (uint8_t)(o->sequence >> (56 - 8 * i));
	memcpy(out + 8, head, 3);
	out[11] = (uint8_t)(len >> 8);
	out[12] = (uint8_t)len;
}

/* --- AEAD --- */

/* Splits the explicit part of the nonce off. */
static void nonce(const struct tls_opener *o, struct slice *fragment, uint8_t out[NONCE_BYTES])
{
	memcpy(out, o->keys.iv, o->keys.iv_len);
	if (o->version < TLS_1_3 && o->facts->mode != MODE_CHACHA) {
		memcpy(out + o->keys.iv_len, fragment->ptr, EXPLICIT_NONCE);
		*fragment = slice_sub(*fragment, EXPLICIT_NONCE, fragment->len);
		return;
	}
	for (unsigned i = 0; i < 8; i++)
		out[NONCE_BYTES - 1 - i] ^= (uint8_t)(o->sequence >> (8 * i));
}

static size_t aead_overhead(const struct tls_opener *o)
{
	return o->facts->tag + (o->version < TLS_1_3 && o->facts->mode != MODE_CHACHA ? EXPLICIT_NONCE : 0u);
}

static bool open_aead(struct tls_opener *o, const uint8_t *head, struct slice fragment, uint8_t *out, size_t *len)
{
	uint8_t iv[NONCE_BYTES], aad[PSEUDO_HEAD];
	int n = 0, last = 0;

	if (fragment.len < aead_overhead(o))
		return false;
	nonce(o, &fragment, iv);
	struct slice content = slice_sub(fragment, 0, fragment.len - o->facts->tag);
	const uint8_t *tag = fragment.ptr + content.len;
	size_t aad_len = PSEUDO_HEAD;
	if (o->version == TLS_1_3) {
		memcpy(aad, head, TLS_RECORD_HEAD);
		aad_len = TLS_RECORD_HEAD;
	} else {
		pseudo_head(o, head, content.len, aad);
	}
	*len = content.len;
	bool ccm = o->facts->mode == MODE_CCM;
	/* CCM takes the tag before the nonce, wants the length first, and says with the content whether the tag is right. */
	if ((!ccm && EVP_DecryptInit_ex(o->cipher, NULL, NULL, NULL, iv) != 1) ||
	    EVP_CIPHER_CTX_ctrl(o->cipher, EVP_CTRL_AEAD_SET_TAG, o->facts->tag, (void *)tag) != 1 ||
	    (ccm && (EVP_DecryptInit_ex(o->cipher, NULL, NULL, o->keys.key, iv) != 1 ||
		     EVP_DecryptUpdate(o->cipher, NULL, &n, NULL, (int)content.len) != 1)))
		return false;
	if (EVP_DecryptUpdate(o->cipher, NULL, &n, aad, (int)aad_len) != 1 ||
	    EVP_DecryptUpdate(o->cipher, out, &n, content.ptr, (int)content.len) != 1)
		return false;
	return ccm || EVP_DecryptFinal_ex(o->cipher, out + n, &last) == 1;
}

/* --- MAC --- */

static bool ssl3_mac(const struct tls_opener *o, const uint8_t pseudo[PSEUDO_HEAD], struct slice content, uint8_t *out)
{
	const char *digest = mac_digest(o->mac);
	size_t padding = o->mac == TLS_MAC_MD5 ? SSL3_PADDING : SSL3_PADDING - 8;
	uint8_t pad1[SSL3_PADDING], pad2[SSL3_PADDING], head[PSEUDO_HEAD - 2], inner[EVP_MAX_MD_SIZE];

	memset(pad1, 0x36, sizeof(pad1));
	memset(pad2, 0x5c, sizeof(pad2));
	/* As in TLS, but without the version. */
	memcpy(head, pseudo, 9);
	memcpy(head + 9, pseudo + 11, 2);
	struct slice secret = slice_of(o->keys.mac, o->keys.mac_len);
	const struct slice first[] = {secret, slice_of(pad1, padding), slice_of(head, sizeof(head)), content};
	size_t len = tls_digest(o->crypto, digest, first, 4, inner);
	const struct slice second[] = {secret, slice_of(pad2, padding), slice_of(inner, len)};
	return len == o->keys.mac_len && tls_digest(o->crypto, digest, second, 3, out) == len;
}

static bool right_mac(struct tls_opener *o, const uint8_t *head, struct slice content, const uint8_t *mac)
{
	uint8_t pseudo[PSEUDO_HEAD], computed[EVP_MAX_MD_SIZE];
	size_t len = 0;

	if (o->mac == TLS_MAC_NULL)
		return true;
	pseudo_head(o, head, content.len, pseudo);
	if (o->version == SSL_3_0)
		return ssl3_mac(o, pseudo, content, computed) && CRYPTO_memcmp(computed, mac, o->keys.mac_len) == 0;
	return EVP_MAC_init(o->hmac, NULL, 0, NULL) == 1 && EVP_MAC_update(o->hmac, pseudo, sizeof(pseudo)) == 1 &&
	       EVP_MAC_update(o->hmac, content.ptr, content.len) == 1 &&
	       EVP_MAC_final(o->hmac, computed, &len, sizeof(computed)) == 1 && len == o->keys.mac_len &&
	       CRYPTO_memcmp(computed, mac, len) == 0;
}

/* --- block and stream ciphers --- */

static bool decrypt(struct tls_opener *o, struct slice fragment, uint8_t *out)
{
	int n = 0;

	if (!o->cipher) {
		if (fragment.len)
			memcpy(out, fragment.ptr, fragment.len);
		return true;
	}
	return EVP_DecryptUpdate(o->cipher, out, &n, fragment.ptr, (int)fragment.len) == 1 && (size_t)n == fragment.len;
}

/* Takes the padding off; false when it is none. */
static bool unpad(const struct tls_opener *o, const uint8_t *data, size_t *len)
{
	size_t padding = data[*len - 1];

	if (padding + 1 > *len || (o->version == SSL_3_0 && padding >= o->facts->block))
		return false;
	for (size_t i = 0; i < padding && o->version != SSL_3_0; i++)
		if (data[*len - 2 - i] != padding)
			return false;
	*len -= padding + 1;
	return true;
}

static bool open_cbc(struct tls_opener *o, const uint8_t *head, struct slice fragment, uint8_t *out, size_t *len)
{
	size_t block = o->facts->block, mac = o->keys.mac_len;
	struct slice all = fragment;
	uint8_t iv[16];

	if (o->encrypt_then_mac) {
		if (fragment.len < mac)
			return false;
		fragment = slice_sub(fragment, 0, fragment.len - mac);
		if (!right_mac(o, head, fragment, all.ptr + fragment.len))
			return false;
	}
	memcpy(iv, o->keys.iv, block);
	if (explicit_iv(o)) {
		if (fragment.len < block)
			return false;
		memcpy(iv, fragment.ptr, block);
		fragment = slice_sub(fragment, block, fragment.len);
	}
	if (fragment.len == 0 || fragment.len % block)
		return false;
	memcpy(o->keys.iv, fragment.ptr + fragment.len - block, block);
	if (EVP_DecryptInit_ex(o->cipher, NULL, NULL, NULL, iv) != 1 || !decrypt(o, fragment, out))
		return false;
	*len = fragment.len;
	if (!unpad(o, out, len))
		return false;
	if (o->encrypt_then_mac)
		return true;
	if (*len < mac)
		return false;
	*len -= mac;
	return right_mac(o, head, slice_of(out, *len), out + *len);
}

static bool open_stream(struct tls_opener *o, const uint8_t *head, struct slice fragment, uint8_t *out, size_t *len)
{
	if (!decrypt(o, fragment, out) || fragment.len < o->keys.mac_len)
		return false;
	*len = fragment.len - o->keys.mac_len;
	return right_mac(o, head, slice_of(out, *len), out + *len);
}

/* The type of the content stands behind it, in front of zeros (RFC 8446, 5.2). */
static bool inner_type(const uint8_t *data, size_t *len, uint8_t *type)
{
	while (*len && data[*len - 1] == 0)
		--*len;
	if (*len == 0)
		return false;
	*type = data[--*len];
	return true;
}

bool tls_opener_open(struct tls_opener *o, const uint8_t *head, struct slice fragment, uint8_t *type, uint8_t *out,
		     size_t *len)
{
	bool good;

	*type = head[0];
	if (is_aead(o))
		good = open_aead(o, head, fragment, out, len);
	else if (o->facts->mode == MODE_CBC)
		good = open_cbc(o, head, fragment, out, len);
	else
		good = open_stream(o, head, fragment, out, len);
	if (!good)
		ERR_clear_error();
	else if (o->version == TLS_1_3)
		good = inner_type(out, len, type);
	o->sequence++;
	return good;
}

bool tls_opener_skip(struct tls_opener *o, uint64_t bytes, uint64_t records, struct slice before)
{
	uint8_t zeros[SKIP_BYTES] = {0}, stream[SKIP_BYTES];
	size_t block = o->facts->block;

	if (records == 0 && bytes == 0)
		return true;
	o->sequence += records;
	if (o->facts->mode == MODE_CBC && !explicit_iv(o)) {
		if (before.len < block)
			return false;
		memcpy(o->keys.iv, before.ptr + before.len - block, block);
	}
	if (o->facts->mode != MODE_STREAM || !o->cipher)
		return true;
	if (records * TLS_RECORD_HEAD > bytes)
		return false;
	for (uint64_t left = bytes - records * TLS_RECORD_HEAD; left;) {
		size_t n = left < SKIP_BYTES ? (size_t)left : SKIP_BYTES;

		if (!decrypt(o, slice_of(zeros, n), stream))
			return false;
		left -= n;
	}
	return true;
}

bool tls_opener_is_stream(const struct tls_opener *o)
{
	return o->facts->mode == MODE_STREAM && o->cipher;
}

size_t tls_opener_overhead(const struct tls_opener *o)
{
	if (is_aead(o))
		return TLS_RECORD_HEAD + aead_overhead(o) + (o->version == TLS_1_3);
	return o->facts->mode == MODE_STREAM ? TLS_RECORD_HEAD + o->keys.mac_len : 0;
}

size_t tls_opener_least(const struct tls_opener *o)
{
	size_t fixed = tls_opener_overhead(o);

	return fixed ? fixed : TLS_RECORD_HEAD + (explicit_iv(o) ? 2u : 1u) * o->facts->block;
}
