/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From secrets to keys.  TLS 1.0 and 1.2: vectors of NIST (CAVP, SP 800-135);
 * TLS 1.3: RFC 8448, 3.  SSL 3.0, export suites and the extended master secret:
 * RFC 6101, RFC 2246 and RFC 7627 written out in Python with hashlib and hmac.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "transport/tls_keys.h"
#include "util/tls_message.h"

/* Hexadecimal digits into bytes; returns their number. */
static size_t unhex(const char *text, uint8_t *out)
{
	size_t n = strlen(text) / 2;
	uint64_t byte;

	for (size_t i = 0; i < n; i++) {
		assert_true(slice_hex_u64(slice_of(text + 2 * i, 2), &byte));
		out[i] = (uint8_t)byte;
	}
	return n;
}

static void expect_bytes(const uint8_t *bytes, size_t len, const char *hex)
{
	uint8_t wanted[128];

	assert_int_equal(len, unhex(hex, wanted));
	assert_memory_equal(bytes, wanted, len);
}

/* Without randoms: 40 41 ... 5f of the client, 80 81 ... 9f of the server. */
static struct tls_exchanged exchanged(uint16_t version, uint16_t suite, const char *client, const char *server)
{
	struct tls_exchanged x = {.crypto = crypto_new(), .version = version, .suite = tls_suite_find(suite)};

	assert_non_null(x.suite);
	for (uint8_t i = 0; i < 32; i++) {
		x.client_random[i] = (uint8_t)(0x40 + i);
		x.server_random[i] = (uint8_t)(0x80 + i);
	}
	if (client)
		unhex(client, x.client_random);
	if (server)
		unhex(server, x.server_random);
	return x;
}

static void expect_master(struct tls_exchanged x, const char *pre_master, const char *handshake, const char *master)
{
	uint8_t secret[64], out[TLS_MASTER_BYTES];
	size_t len = unhex(pre_master, secret);

	assert_true(tls_master(&x, slice_of(secret, len), slice_str(handshake), out));
	expect_bytes(out, sizeof(out), master);
	crypto_free(x.crypto);
}

/* MAC key, key and IV of client and server. */
static void expect_keys(struct tls_exchanged x, const char *master, const char *const wanted[6])
{
	uint8_t secret[TLS_MASTER_BYTES];
	struct tls_keys k[2];

	assert_int_equal(unhex(master, secret), sizeof(secret));
	assert_true(tls_keys_of_master(&x, secret, k));
	for (size_t i = 0; i < 2; i++) {
		expect_bytes(k[i].mac, k[i].mac_len, wanted[i]);
		expect_bytes(k[i].key, k[i].key_len, wanted[2 + i]);
		expect_bytes(k[i].iv, k[i].iv_len, wanted[4 + i]);
	}
	crypto_free(x.crypto);
}

#define EXPECT_KEYS(x, master, ...) expect_keys(x, master, (const char *const[6]){__VA_ARGS__})

/* 00 01 02 ... 2f; c0 c1 ... ef */
#define MASTER "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
#define PRE_MASTER "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeef"

enum {
	RC4_40_MD5 = 0x0003,
	RC4_SHA = 0x0005,
	DES40_SHA = 0x0008,
	AES128_SHA = 0x002f,
	AES128_SHA256 = 0x003c,
	AES128_GCM = 0x009c,
	AES256_GCM = 0x009d,
	CHACHA = 0xcca8,
	TLS13_AES128 = 0x1301,
	TLS13_AES256 = 0x1302,
};

static void ssl3(void **state)
{
	(void)state;
	expect_master(exchanged(SSL_3_0, RC4_SHA, NULL, NULL), PRE_MASTER, "",
		      "b026830004e746d209a1633557fe14c07d7813e224d57919cc9632cb47007b8002d56dbeb8f8736586d5cd35a7cf6bb6");
	EXPECT_KEYS(exchanged(SSL_3_0, RC4_SHA, NULL, NULL), MASTER, "71b9ad5d98cdb492416c838b2ff2546976d79200",
		    "2515e7b7dd9800aeb703a96f5a5f60204a944c55", "004e2181c402bdcd6ea4fef321d0ca96", "d97c32071019602812e7f7012b9397f8",
		    "", "");
	EXPECT_KEYS(exchanged(SSL_3_0, RC4_40_MD5, NULL, NULL), MASTER, "71b9ad5d98cdb492416c838b2ff25469",
		    "76d792002515e7b7dd9800aeb703a96f", "c547fbf9a58a8e45a17830475b3576d0", "c70bff64753fc5863485081b1728415d", "", "");
	EXPECT_KEYS(exchanged(SSL_3_0, DES40_SHA, NULL, NULL), MASTER, "71b9ad5d98cdb492416c838b2ff2546976d79200",
		    "2515e7b7dd9800aeb703a96f5a5f60204a944c55", "d1d6e2e8d31848ee", "e7bcfdbd6f665d50", "5e2dc597dc8f71e2",
		    "63b8f42b13dbccad");
}

static void tls10(void **state)
{
	(void)state;
	expect_master(exchanged(TLS_1_0, AES128_SHA, "e5acaf549cd25c22d964c0d930fa4b5261d2507fad84c33715b7b9a864020693",
				"135e4d557fdf3aa6406d82975d5c606a9734c9334b42136e96990fbd5358cdb2"),
		      "bded7fa5c1699c010be23dd06ada3a48349f21e5f86263d512c0c5cc379f0e780ec55d9844b2f1db02a96453513568d0", "",
		      "2f6962dfbc744c4b2138bb6b3d33054c5ecc14f24851d9896395a44ab3964efc2090c5bf51a0891209f46c1e1e998f62");
	EXPECT_KEYS(exchanged(TLS_1_1, AES128_SHA, "d58a7b1cd4fedaa232159df652ce188f9d997e061b9bf48e83b62990440931f6",
			      "67267e650eb32444119d222a368c191af3082888dc35afe8368e638c828874be"),
		    "2f6962dfbc744c4b2138bb6b3d33054c5ecc14f24851d9896395a44ab3964efc2090c5bf51a0891209f46c1e1e998f62",
		    "3088825988e77fce68d19f756e18e43eb7fe6724", "33504feaf99b3c503d9091b164f166db301d70c9",
		    "fc0870b4a94563907bee1a61fb786cb7", "17576890bcc51cb9ead97e01d0a2fea9", "9c953377b195205ff07b369589178796",
		    "edc963fd80fdbe518a2fc1c35c18ae8d");
	EXPECT_KEYS(exchanged(TLS_1_0, DES40_SHA, NULL, NULL), MASTER, "c8d7f2a96d11fcf322bc8642653ee7863891bcae",
		    "449ecdbf5ead09a4be5a290dff561d90f5daa632", "7b951fee17f39477", "7b42d600ccc222bb", "a1954aa00f605f6c",
		    "b14dbdf693dd0bd8");
	expect_master(exchanged(TLS_1_0, AES128_SHA, NULL, NULL), PRE_MASTER, "handshake messages",
		      "36d737641b47c8149a1f635a1151dcf1651a71e70f6d9fb556b45bb995e30fae12f7960a57736346cacfcf0950c2e1c1");
}

static void tls12(void **state)
{
	(void)state;
	expect_master(exchanged(TLS_1_2, AES128_SHA256, "36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364cae8c",
				"f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043abfb50053fce"),
		      "f8938ecc9edebc5030c0c6a441e213cd24e6f770a50dda07876f8d55da062bcadb386b411fd4fe4313a604fce6c17fbc", "",
		      "202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf");
	EXPECT_KEYS(exchanged(TLS_1_2, AES128_SHA256, "62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616",
			      "ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868"),
		    "202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf",
		    "d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531",
		    "016a2530c51a3a0f7e1d6590d0f0566b2f387f8d11fd4f731cdd572d2eae927f", "6f2f81410b25e6960be68985add6c384",
		    "45ad9f8c64bf8068bf9a6679485d966f", "1ad6f68b43495b10a683755ea2b858d7", "0ccac7ec8b053c6bd41ca299d4e51928");
	expect_master(exchanged(TLS_1_2, AES128_GCM, NULL, NULL), PRE_MASTER, "handshake messages",
		      "e30318d56f0d810c0900c960195b1fc94ce45a0c32a3b137b1db3791594ae4141f7778ce404d4d8df0bede9dbbf34065");
	expect_master(exchanged(TLS_1_2, AES256_GCM, NULL, NULL), PRE_MASTER, "handshake messages",
		      "363014be02c90eeb323f311b5889e4a8b691e8eba4d2ebdbc08000375f4ece81d329ce90dbd06b9b9b37e4642289deb6");
	EXPECT_KEYS(exchanged(TLS_1_2, AES256_GCM, NULL, NULL), MASTER, "", "",
		    "c01fa61789f58022d722461abcb5df04cf985a08f0d461ab4d544db598b85319",
		    "03c0472368c11f6751efc2d81d6b896d8db6be95536abb42a66b015259cf7264", "092ed6c5", "2036945c");
	EXPECT_KEYS(exchanged(TLS_1_2, CHACHA, NULL, NULL), MASTER, "", "",
		    "a1c8bdbce8830007e5719b5f9764ae0c42c3a103d08d01b711b292bfd1f33247",
		    "3e5667ef1f21ed64b616b533929f8e737406938bbae4d1387dbb67a32bbfd03f", "e3f3a5e61a434e9c07de3b04",
		    "218aeb811ebeced2da38d56b");
}

static void expect_phase(uint16_t suite, const char *secret, const char *key, const char *iv, const char *next)
{
	struct tls_exchanged x = exchanged(TLS_1_3, suite, NULL, NULL);
	uint8_t bytes[TLS_SECRET_BYTES];
	struct tls_keys k;
	size_t len = unhex(secret, bytes);

	assert_true(tls_keys_of_secret(&x, slice_of(bytes, len), &k));
	expect_bytes(k.key, k.key_len, key);
	expect_bytes(k.iv, k.iv_len, iv);
	assert_int_equal(k.mac_len, 0);
	assert_true(tls_next_secret(&x, bytes, len));
	expect_bytes(bytes, len, next);
	crypto_free(x.crypto);
}

/* RFC 8448 has no key update: the next secrets are from Python, with what it has reproduced. */
static void tls13(void **state)
{
	(void)state;
	expect_phase(TLS13_AES128, "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
		     "3fce516009c21727d0f2e4e86ee403bc", "5d313eb2671276ee13000b30",
		     "c5847ffa1bfea2d5c409eee45d2813181327a78a52ee6d02d8a5e10fbf0fface");
	expect_phase(TLS13_AES128, "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
		     "17422dda596ed5d9acd890e3c63f5051", "5b78923dee08579033e523d9",
		     "fcdfcc72725aaee48bf64e4fd8b749cdbdbab39d90da0b26e2245ca6ea167207");
	expect_phase(TLS13_AES128, "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
		     "9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984",
		     "51921b8aa3001976eb401d0a4319a8516416a6c56001a357e5d162031e84f916");
	expect_phase(TLS13_AES256, MASTER, "6877d022f1c61d24ebb7487c16752d9a4798e40431c75b39320e537c90e23225",
		     "42822531a0fe88648fc09e9f",
		     "401331b63e9d59f202e8f041042d9516f4cd7fa2e2ee14631d3b49fc340d7af37fc2c0c9f252d8036f81ec5b85cbe5db");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ssl3),
		cmocka_unit_test(tls10),
		cmocka_unit_test(tls12),
		cmocka_unit_test(tls13),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
