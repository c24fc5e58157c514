/* SPDX-License-Identifier: BSD-2-Clause */
/* Private keys in all their forms, which of them is used, and key logs that grow.  The files are those of samples/tls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "secrets/tls_secrets.h"
#include "util/buffer.h"

static const char *sample(const char *file)
{
	static char path[512];
	const char *top = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/samples/tls/%s", top ? top : ".", file);
	return path;
}

/* A file in the folder for temporary ones, which the caller removes. */
static void write_file(char path[64], const void *data, size_t len)
{
	strcpy(path, "/tmp/test_tls_secrets.XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	close(fd);
}

static void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* --- forms of keys --- */

static EVP_PKEY *pem_key(const char *file)
{
	FILE *f = fopen(sample(file), "r");

	assert_non_null(f);
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	assert_non_null(key);
	fclose(f);
	return key;
}

/* Either the key of that PEM file, or this message. */
static void expect_file(const char *path, const char *passphrase, const char *same_as, const char *message)
{
	char why[PRIVATE_KEY_MESSAGE_MAX] = "";
	struct crypto *c = crypto_new();
	EVP_PKEY *key = private_key_read(c, path, passphrase, why);

	if (same_as) {
		EVP_PKEY *other = pem_key(same_as);

		if (!key)
			fail_msg("%s: %s", path, why);
		assert_int_equal(EVP_PKEY_eq(key, other), 1);
		EVP_PKEY_free(other);
	} else {
		assert_null(key);
		assert_string_equal(why, message);
	}
	EVP_PKEY_free(key);
	crypto_free(c);
}

static void expect_key(const char *file, const char *passphrase, const char *same_as, const char *message)
{
	char path[512];

	strcpy(path, sample(file));
	expect_file(path, passphrase, same_as, message);
}

#define MISSING "is encrypted, and the passphrase is missing"
#define WRONG "is encrypted, and the passphrase does not open it"
#define NOTHING "holds no private key that can be read (PEM, DER, PKCS#12)"

static void sample_files(void **state)
{
	(void)state;
	expect_key("rsa1024.pem", NULL, "rsa1024.pem", NULL); /* PKCS#1 */
	expect_key("rsa2048.pem", NULL, "rsa2048.pem", NULL); /* PKCS#8 */
	expect_key("rsa512.pem", NULL, "rsa512.pem", NULL);
	/* A passphrase that is not needed does no harm. */
	expect_key("rsa2048.pem", "anything", "rsa2048.pem", NULL);
	expect_key("rsa1024-password.pem", "msnscope", "rsa1024.pem", NULL);
	expect_key("rsa1024-password.pem", "wrong", NULL, WRONG);
	expect_key("rsa1024-password.pem", NULL, NULL, MISSING);
	expect_key("rsa2048-password.pem", "msnscope", "rsa2048.pem", NULL);
	expect_key("rsa2048-password.pem", "", NULL, WRONG);
	expect_key("rsa2048-password.pem", NULL, NULL, MISSING);
	expect_key("rsa1024.p12", "msnscope", "rsa1024.pem", NULL); /* ciphers of the nineties */
	expect_key("rsa2048.p12", "msnscope", "rsa2048.pem", NULL);
	expect_key("rsa2048.p12", "wrong", NULL, WRONG);
	expect_key("rsa2048.p12", NULL, NULL, MISSING);
	expect_key("rsa2048-empty-password.p12", NULL, "rsa2048.pem", NULL);
	expect_key("rsa2048-empty-password.p12", "", "rsa2048.pem", NULL);
	expect_key("rsa2048.crt", NULL, NULL, NOTHING);
	expect_key("MANIFEST.tsv", NULL, NULL, NOTHING);
	expect_key("no-such-file", NULL, NULL, "No such file or directory");
}

static void expect_der(int (*write)(unsigned char **out, EVP_PKEY *key), EVP_PKEY *key, const char *same_as, const char *message)
{
	unsigned char *der = NULL;
	char path[64];
	int len = write(&der, key);

	assert_true(len > 0);
	write_file(path, der, (size_t)len);
	expect_file(path, NULL, same_as, message);
	unlink(path);
	OPENSSL_free(der);
}

static int pkcs1(unsigned char **out, EVP_PKEY *key)
{
	return i2d_PrivateKey(key, out);
}

static int pkcs8(unsigned char **out, EVP_PKEY *key)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	int len = i2d_PKCS8_PRIV_KEY_INFO(info, out);

	PKCS8_PRIV_KEY_INFO_free(info);
	return len;
}

static void written_files(void **state)
{
	EVP_PKEY *key = pem_key("rsa1024.pem"), *ec = EVP_EC_gen("P-256");
	char path[64];

	(void)state;
	expect_der(pkcs1, key, "rsa1024.pem", NULL);
	expect_der(pkcs8, key, "rsa1024.pem", NULL);
	expect_der(pkcs8, ec, NULL, "holds no RSA key: other key exchanges need a key log");
	EVP_PKEY_free(key);
	EVP_PKEY_free(ec);
	write_file(path, "", 0);
	expect_file(path, NULL, NULL, NOTHING);
	unlink(path);
	uint8_t *large = calloc(1, PRIVATE_KEY_FILE_MAX);
	write_file(path, large, PRIVATE_KEY_FILE_MAX);
	expect_file(path, NULL, NULL, "is too large for a key");
	unlink(path);
	free(large);
	expect_file("/", NULL, NULL, "Is a directory");
}

/* --- which key --- */

static void add_key(struct tls_secrets *s, const char *host, const char *file)
{
	char message[TLS_SECRETS_MESSAGE_MAX], text[600], wanted[600];
	const char *path;

	snprintf(wanted, sizeof(wanted), "%s", sample(file));
	snprintf(text, sizeof(text), "%s%s", host, wanted);
	if (!tls_secrets_add_private_key(s, text, NULL, &path, message))
		fail_msg("%s: %s", path, message);
	assert_string_equal(path, wanted);
}

static const uint8_t secret[48] = {3, 1, 7, 7, 7};

/* As a client does for the owner of that key. */
static struct buffer encrypt(const char *file, size_t len)
{
	EVP_PKEY *key = pem_key(file);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	struct buffer out = {.data = NULL};
	size_t room = (size_t)EVP_PKEY_get_size(key);

	buffer_reserve(&out, room);
	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(ctx, out.data, &room, secret, len), 1);
	out.len = room;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return out;
}

static struct buffer certificate(const char *file)
{
	FILE *f = fopen(sample(file), "r");
	struct buffer out = {.data = NULL};
	unsigned char *der = NULL;

	assert_non_null(f);
	X509 *x = PEM_read_X509(f, NULL, NULL, NULL);
	assert_non_null(x);
	fclose(f);
	int len = i2d_X509(x, &der);
	buffer_add(&out, der, (size_t)len);
	OPENSSL_free(der);
	X509_free(x);
	return out;
}

static struct address ipv4(uint8_t last, uint16_t port)
{
	return (struct address){.version = 4, .ip = {203, 0, 113, last}, .port = port};
}

static void expect_result(struct tls_secrets *s, struct tls_server server, const char *encrypted_for, enum private_key_result wanted)
{
	struct buffer encrypted = encrypt(encrypted_for, sizeof(secret));
	uint8_t out[48] = {0};

	assert_int_equal(tls_secrets_decrypt(s, &server, buffer_slice(&encrypted), out), wanted);
	if (wanted == PRIVATE_KEY_FOUND)
		assert_memory_equal(out, secret, sizeof(secret));
	buffer_free(&encrypted);
}

static void by_certificate(void **state)
{
	struct tls_secrets *s = tls_secrets_new();
	struct buffer of_1024 = certificate("rsa1024.crt"), of_2048 = certificate("rsa2048.crt");
	struct tls_server server = {.address = ipv4(62, 443)};

	(void)state;
	assert_false(tls_secrets_has_keys(s));
	assert_false(tls_secrets_has_keys(NULL));
	expect_result(s, server, "rsa1024.pem", PRIVATE_KEY_NONE);
	add_key(s, "", "wrong.pem");
	assert_true(tls_secrets_has_keys(s));
	server.certificate = buffer_slice(&of_1024);
	expect_result(s, server, "rsa1024.pem", PRIVATE_KEY_OTHER);
	add_key(s, "", "rsa2048.pem");
	add_key(s, "", "rsa1024.pem");
	expect_result(s, server, "rsa1024.pem", PRIVATE_KEY_FOUND);
	/* It is the right key, but the client used another. */
	expect_result(s, server, "wrong.pem", PRIVATE_KEY_REFUSED);
	server.certificate = buffer_slice(&of_2048);
	expect_result(s, server, "rsa2048.pem", PRIVATE_KEY_FOUND);
	/* No certificate: whichever opens it. */
	server.certificate = SLICE_EMPTY;
	expect_result(s, server, "rsa2048.pem", PRIVATE_KEY_FOUND);
	expect_result(s, server, "rsa1024.pem", PRIVATE_KEY_FOUND);
	expect_result(s, server, "rsa512.pem", PRIVATE_KEY_REFUSED);
	server.certificate = slice_str("no certificate");
	expect_result(s, server, "rsa1024.pem", PRIVATE_KEY_OTHER);
	/* What is inside has 48 bytes. */
	struct buffer shorter = encrypt("rsa1024.pem", 47);
	uint8_t out[48];
	server.certificate = buffer_slice(&of_1024);
	assert_int_equal(tls_secrets_decrypt(s, &server, buffer_slice(&shorter), out), PRIVATE_KEY_REFUSED);
	assert_int_equal(tls_secrets_decrypt(s, &server, SLICE_EMPTY, out), PRIVATE_KEY_REFUSED);
	buffer_free(&shorter);
	buffer_free(&of_1024);
	buffer_free(&of_2048);
	tls_secrets_free(s);
}

static void expect_host(const char *host, struct tls_server server, bool fits)
{
	struct tls_secrets *s = tls_secrets_new();

	add_key(s, host, "rsa1024.pem");
	expect_result(s, server, "rsa1024.pem", fits ? PRIVATE_KEY_FOUND : PRIVATE_KEY_NONE);
	tls_secrets_free(s);
}

static void by_host(void **state)
{
	struct tls_server v4 = {.address = ipv4(62, 443)};
	struct tls_server v6 = {.address = {.version = 6, .ip = {0x20, 1, 0xd, 0xb8, 0, 0x62, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, .port = 443}};
	struct tls_server named = {.address = ipv4(62, 443), .name = slice_str("Login.Live.com")};
	struct tls_server proxied = {.address = ipv4(8, 3128), .target = "login.live.com:443"};
	struct tls_server proxied6 = {.address = ipv4(8, 3128), .target = "[2001:db8::1]:443"};

	(void)state;
	expect_host("203.0.113.62:443=", v4, true);
	expect_host("203.0.113.62:8843=", v4, false);
	expect_host("203.0.113.6:443=", v4, false);
	expect_host("[2001:db8:62::1]:443=", v6, true);
	expect_host("[2001:DB8:62::1]:443=", v6, true);
	expect_host("[2001:db8:62::2]:443=", v6, false);
	expect_host("login.live.com:443=", named, true);
	expect_host("live.com:443=", named, false);
	expect_host("login.live.com:80=", named, false);
	expect_host("203.0.113.62:443=", named, true);
	expect_host("login.live.com:443=", proxied, true);
	expect_host("LOGIN.live.com:443=", proxied, true);
	expect_host("login.live.com:3128=", proxied, false);
	expect_host("203.0.113.8:3128=", proxied, true);
	expect_host("[2001:db8::1]:443=", proxied6, true);
	expect_host("login.live.com:443=", v4, false);
}

/* A file whose name has an equals sign is one all the same. */
static void equals_signs(void **state)
{
	static const char *const names[] = {"no=host", "no:port=x", ":1=x", "a:0=x", "a:65536=x", "a:1x=x"};
	struct tls_secrets *s = tls_secrets_new();
	char message[TLS_SECRETS_MESSAGE_MAX];
	const char *path;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_false(tls_secrets_add_private_key(s, names[i], NULL, &path, message));
		assert_string_equal(path, names[i]);
		assert_string_equal(message, "No such file or directory");
	}
	assert_false(tls_secrets_add_private_key(s, "a:1=x", NULL, &path, message));
	assert_string_equal(path, "x");
	assert_false(tls_secrets_has_keys(s));
	tls_secrets_free(s);
}

static void too_many(void **state)
{
	struct tls_secrets *s = tls_secrets_new();
	char message[TLS_SECRETS_MESSAGE_MAX], empty[64];
	const char *path;

	(void)state;
	write_file(empty, "", 0);
	for (unsigned i = 0; i < TLS_PRIVATE_KEYS_MAX; i++)
		add_key(s, "", "rsa512.pem");
	for (unsigned i = 0; i < TLS_KEY_LOGS_MAX; i++)
		assert_true(tls_secrets_add_key_log(s, empty, message));
	assert_false(tls_secrets_add_private_key(s, sample("rsa512.pem"), NULL, &path, message));
	assert_string_equal(message, "is one key more than the 64 that can be used");
	assert_false(tls_secrets_add_key_log(s, empty, message));
	assert_string_equal(message, "is one key log more than the 64 that can be read");
	unlink(empty);
	tls_secrets_free(s);
}

/* --- key logs --- */

#define RANDOM(digit) "00000000000000000000000000000000000000000000000000000000000000" digit
#define MASTER "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

static size_t find(struct tls_secrets *s, enum key_log_kind kind, uint8_t last, uint8_t *out)
{
	uint8_t random[32] = {0};

	random[31] = last;
	return tls_secrets_find(s, kind, slice_of(random, sizeof(random)), out);
}

static void growing(void **state)
{
	struct tls_secrets *s = tls_secrets_new();
	char message[TLS_SECRETS_MESSAGE_MAX], path[64];
	uint8_t out[KEY_LOG_SECRET_MAX];

	(void)state;
	write_file(path, "", 0);
	assert_int_equal(find(s, KEY_LOG_MASTER, 1, out), 0);
	assert_int_equal(find(NULL, KEY_LOG_MASTER, 1, out), 0);
	assert_false(tls_secrets_has_logs(s));
	assert_true(tls_secrets_add_key_log(s, path, message));
	assert_true(tls_secrets_has_logs(s));
	assert_int_equal(find(s, KEY_LOG_MASTER, 1, out), 0);
	append(path, "CLIENT_RANDOM " RANDOM("01") " " MASTER "\nCLIENT_RANDOM " RANDOM("02"));
	assert_int_equal(find(s, KEY_LOG_MASTER, 1, out), 48);
	assert_int_equal(out[0], 0xff);
	assert_int_equal(find(s, KEY_LOG_MASTER, 2, out), 0);
	append(path, " " MASTER);
	assert_int_equal(find(s, KEY_LOG_MASTER, 2, out), 48);
	assert_int_equal(tls_secrets_counters(s).entries, 2);
	assert_int_equal(tls_secrets_counters(s).malformed, 0);
	/* A secret of which a part is written is followed by the whole. */
	append(path, "\nCLIENT_TRAFFIC_SECRET_0 " RANDOM("03") " ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100");
	assert_int_equal(find(s, KEY_LOG_CLIENT_TRAFFIC, 3, out), 32);
	append(path, "ffeeddccbbaa99887766554433221100\n");
	assert_int_equal(find(s, KEY_LOG_CLIENT_TRAFFIC, 4, out), 0);
	assert_int_equal(find(s, KEY_LOG_CLIENT_TRAFFIC, 3, out), 48);
	assert_int_equal(tls_secrets_counters(s).malformed, 0);
	unlink(path);
	tls_secrets_free(s);
}

static void counters(void **state)
{
	struct tls_secrets *s = tls_secrets_new();
	char message[TLS_SECRETS_MESSAGE_MAX], good[64], bad[64];

	(void)state;
	write_file(good, "# fine\nCLIENT_RANDOM " RANDOM("01") " " MASTER "\n", strlen("# fine\nCLIENT_RANDOM " RANDOM("01") " " MASTER "\n"));
	write_file(bad, "#\ngarbage\nmore\n", 15);
	assert_true(tls_secrets_add_key_log(s, good, message));
	assert_null(tls_secrets_counters(s).malformed_in);
	assert_true(tls_secrets_add_key_log(s, bad, message));
	assert_true(tls_secrets_add_key_log(s, bad, message));
	struct tls_secrets_counters c = tls_secrets_counters(s);
	assert_int_equal(c.entries, 1);
	assert_int_equal(c.refused, 0);
	assert_int_equal(c.malformed, 4);
	assert_string_equal(c.malformed_in, bad);
	assert_int_equal(c.malformed_line, 2);
	assert_false(tls_secrets_add_key_log(s, "/no/such/file", message));
	assert_string_equal(message, "No such file or directory");
	assert_false(tls_secrets_add_key_log(s, "/", message));
	assert_string_equal(message, "Is a directory");
	assert_int_equal(tls_secrets_counters(s).malformed, 4);
	unlink(good);
	unlink(bad);
	tls_secrets_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_files), cmocka_unit_test(written_files), cmocka_unit_test(by_certificate),
		cmocka_unit_test(by_host),      cmocka_unit_test(equals_signs),  cmocka_unit_test(too_many),
		cmocka_unit_test(growing),      cmocka_unit_test(counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
