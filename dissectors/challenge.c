/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Client challenges.  The server sends a text (CHL), the client answers with
 * its public product id and 32 hex digits (QRY) that only the owner of the
 * product key can compute:
 *
 *	MSNP6 to 10	MD5(challenge + key)
 *	MSNP11 on	the same MD5, mixed with numbers made of challenge + id
 */
#include "dissectors/challenge.h"

#include <openssl/evp.h>

#include "util/encoding.h"
#include "util/reader.h"

#define MD5_LEN 16u
#define WORDS 4

#define CHALLENGE_KEY(id, key, client, sources) {id, key, client, sources},
static const struct challenge_key keys[] = {
#include "dissectors/challenge_keys.def"
};
#undef CHALLENGE_KEY

const struct challenge_key *challenge_key_find(struct slice product_id)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (slice_eq_str(product_id, keys[i].product_id))
			return &keys[i];
	return NULL;
}

static bool md5_of_both(struct slice a, struct slice b, uint8_t digest[MD5_LEN])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = md && EVP_DigestInit_ex(md, EVP_md5(), NULL) == 1 && EVP_DigestUpdate(md, a.ptr, a.len) == 1 &&
		  EVP_DigestUpdate(md, b.ptr, b.len) == 1 && EVP_DigestFinal_ex(md, digest, NULL) == 1;

	EVP_MD_CTX_free(md);
	return ok;
}

#define MODULUS UINT64_C(0x7fffffff)

/*
 * The two numbers that the words of the digest are mixed with.  text is read
 * as pairs of little-endian words; k are the words of the digest without their
 * top bits.  All values stay below 2^31 before each product, but for low, whose
 * sum is reduced at the end: 64 bits hold it.
 */
static void mix(struct slice text, const uint64_t k[WORDS], uint32_t *high_out, uint32_t *low_out)
{
	struct reader r = reader_over(text);
	uint64_t high = 0, low = 0;

	while (reader_left(&r) >= 8) {
		uint64_t a = reader_le32(&r), b = reader_le32(&r);
		uint64_t t = 0x0e79a9c1 * a % MODULUS + high;

		t = (k[0] * t + k[1]) % MODULUS;
		high = (b + t) % MODULUS;
		high = (k[2] * high + k[3]) % MODULUS;
		low += high + t;
	}
	*high_out = (uint32_t)((high + k[1]) % MODULUS);
	*low_out = (uint32_t)((low + k[3]) % MODULUS);
}

/* Clients fill up with "0" to a multiple of eight, and add eight where it is one already. */
static void answer_msnp11(struct slice challenge, struct slice product_id, uint8_t digest[MD5_LEN])
{
	uint8_t text[2 * CHALLENGE_TEXT_MAX + 8];
	size_t len = challenge.len + product_id.len;
	size_t fill = 8 - len % 8;
	struct reader r = reader_over(slice_of(digest, MD5_LEN));
	uint32_t word[WORDS], mask[2];
	uint64_t k[WORDS];

	if (challenge.len)
		memcpy(text, challenge.ptr, challenge.len);
	if (product_id.len)
		memcpy(text + challenge.len, product_id.ptr, product_id.len);
	memset(text + len, '0', fill);
	for (int i = 0; i < WORDS; i++) {
		word[i] = reader_le32(&r);
		k[i] = word[i] & MODULUS;
	}
	mix(slice_of(text, len + fill), k, &mask[0], &mask[1]);
	for (int i = 0; i < WORDS; i++) {
		uint32_t mixed = word[i] ^ mask[i % 2];

		for (int byte = 0; byte < 4; byte++)
			digest[4 * i + byte] = (uint8_t)(mixed >> 8 * byte);
	}
}

bool challenge_answer(enum challenge_method method, struct slice challenge, struct slice product_id, struct slice key,
		      char out[CHALLENGE_DIGEST_LEN])
{
	uint8_t digest[MD5_LEN];

	if (challenge.len > CHALLENGE_TEXT_MAX || product_id.len > CHALLENGE_TEXT_MAX)
		return false;
	if (!md5_of_both(challenge, key, digest))
		return false;
	if (method == CHALLENGE_MSNP11)
		answer_msnp11(challenge, product_id, digest);
	hex_encode(slice_of(digest, MD5_LEN), out);
	return true;
}

enum challenge_verdict challenge_verify(struct slice challenge, struct slice product_id, struct slice response,
					enum challenge_method *method)
{
	static const enum challenge_method methods[] = {CHALLENGE_MSNP11, CHALLENGE_MD5};
	const struct challenge_key *key = challenge_key_find(product_id);
	char answer[CHALLENGE_DIGEST_LEN];

	if (!key || key->key[0] == '\0')
		return CHALLENGE_UNKNOWN_KEY;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (!challenge_answer(methods[i], challenge, product_id, slice_str(key->key), answer))
			return CHALLENGE_WRONG;
		if (slice_eq(response, slice_of(answer, sizeof(answer)))) {
			*method = methods[i];
			return CHALLENGE_RIGHT;
		}
	}
	return CHALLENGE_WRONG;
}
