/* SPDX-License-Identifier: BSD-2-Clause */
/* Handshake messages, written by hand from RFC 5246, 6066, 8446 and 8701: read whole, and cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/tls_message.h"

#define BYTES(text) slice_of(text, sizeof(text) - 1)
#define RANDOM "0123456789abcdefghijklmnopqrstuv"
#define RETRY \
	"\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

/* One compression: none. */
#define OLD_CLIENT "\3\0" RANDOM "\0" "\0\4\0\4\0\12" "\1\0"
#define SERVER_NAME "\0\0\0\21\0\17\0\0\14live.example"
#define ALPN "\0\20\0\16\0\14\2h2\10http/1.1"
#define GREASE "\x0a\x0a\0\0" "\xfa\xfa\0\1\0"
#define VERSIONS "\0\53\0\7\6\x5a\x5a\3\4\3\3"
#define TICKET "\0\43\0\3abc"
#define PSK "\0\51\0\14\0\10\0\2id\1\2\3\4\0\0"
#define FLAGS "\0\26\0\0" "\0\27\0\0" "\0\52\0\0"
#define EXTENSIONS GREASE SERVER_NAME ALPN VERSIONS TICKET FLAGS PSK
#define NEW_CLIENT_HEAD "\3\3" RANDOM "\4sess" "\0\6\x8a\x8a\x13\1\xc0\57" "\1\0"

/* A copy without a byte behind it. */
static uint8_t *copy(struct slice s)
{
	uint8_t *p = malloc(s.len ? s.len : 1);

	assert_non_null(p);
	if (s.len)
		memcpy(p, s.ptr, s.len);
	return p;
}

/* How long the longest beginning is that is refused, at any length in front of it. */
static void expect_cuts(bool (*read)(struct slice, struct tls_hello *), struct slice whole, size_t least)
{
	for (size_t len = 0; len <= whole.len; len++) {
		uint8_t *p = copy(slice_sub(whole, 0, len));
		struct tls_hello h;
		bool good = read(slice_of(p, len), &h);

		if (good != (len >= least))
			fail_msg("%zu of %zu bytes are %s", len, whole.len, good ? "taken" : "refused");
		const struct slice parts[] = {h.session_id, h.suites, h.compressions, h.server_name, h.alpn, h.ticket, h.psk_identity};
		for (size_t i = 0; good && i < sizeof(parts) / sizeof(parts[0]); i++)
			assert_true(parts[i].len == 0 || (parts[i].ptr >= p && parts[i].ptr + parts[i].len <= p + len));
		free(p);
	}
}

static bool equals(struct slice s, const char *text)
{
	return slice_eq_str(s, text);
}

static void old_client(void **state)
{
	struct tls_hello h;

	(void)state;
	assert_true(tls_client_hello(BYTES(OLD_CLIENT), &h));
	assert_int_equal(h.version, SSL_3_0);
	assert_memory_equal(h.random, RANDOM, 32);
	assert_int_equal(h.session_id.len, 0);
	assert_int_equal(h.suites.len, 4);
	assert_int_equal(h.compressions.len, 1);
	assert_false(h.has_ticket || h.has_psk || h.early_data || h.encrypt_then_mac || h.extended_master_secret || h.ssl2);
	expect_cuts(tls_client_hello, BYTES(OLD_CLIENT), sizeof(OLD_CLIENT) - 1);
	/* Not of SSL; an odd number of bytes; a session id that is too long. */
	assert_false(tls_client_hello(BYTES("\2\0" RANDOM "\0\0\2\0\4\1\0"), &h));
	assert_false(tls_client_hello(BYTES("\3\0" RANDOM "\0\0\3\0\4\5\1\0"), &h));
	assert_false(tls_client_hello(BYTES("\3\0" RANDOM "\41" RANDOM "x\0\2\0\4\1\0"), &h));
	assert_true(tls_client_hello(BYTES("\3\0" RANDOM "\40" RANDOM "\0\2\0\4\1\0"), &h));
	assert_int_equal(h.session_id.len, 32);
}

static void new_client(void **state)
{
	static const char text[] = NEW_CLIENT_HEAD "\0\136" EXTENSIONS;
	struct tls_hello h;

	(void)state;
	assert_int_equal(sizeof(EXTENSIONS) - 1, 0136);
	assert_true(tls_client_hello(BYTES(text), &h));
	assert_int_equal(h.version, TLS_1_3);
	assert_memory_equal(h.version_at.ptr, "\x5a\x5a\3\4\3\3", 6);
	assert_true(equals(h.session_id, "sess"));
	assert_int_equal(h.suites.len, 6);
	assert_true(equals(h.server_name, "live.example"));
	assert_memory_equal(h.alpn.ptr, "\2h2\10http/1.1", 12);
	assert_int_equal(h.alpn.len, 12);
	assert_true(equals(h.ticket, "abc") && h.has_ticket);
	assert_true(equals(h.psk_identity, "id") && h.has_psk);
	assert_true(h.encrypt_then_mac && h.extended_master_secret && h.early_data);
	/* Extensions that are cut are left out. */
	expect_cuts(tls_client_hello, BYTES(text), sizeof(NEW_CLIENT_HEAD) - 1);
	struct slice shorter = slice_sub(BYTES(text), 0, sizeof(text) - 2);
	assert_true(tls_client_hello(shorter, &h));
}

/* Lengths that are not true, within extensions. */
static void lies(void **state)
{
	struct tls_hello h;

	(void)state;
	/* The name is longer than the list, the list than the extension, the extension than all. */
	assert_true(tls_client_hello(BYTES(OLD_CLIENT "\0\11\0\0\0\5\0\3\0\0\11"), &h));
	assert_int_equal(h.server_name.len, 0);
	assert_true(tls_client_hello(BYTES(OLD_CLIENT "\0\12\0\0\0\6\0\377\0\0\1x"), &h));
	assert_int_equal(h.server_name.len, 0);
	assert_true(tls_client_hello(BYTES(OLD_CLIENT "\0\12\0\0\0\377\0\4\0\0\1x"), &h));
	assert_int_equal(h.server_name.len, 0);
	assert_true(tls_client_hello(BYTES(OLD_CLIENT "\0\377\0\27\0\0"), &h));
	assert_false(h.extended_master_secret);
	assert_true(tls_client_hello(BYTES(OLD_CLIENT "\0\4\0\27\0\5"), &h));
	assert_false(h.extended_master_secret);
	/* A name of another kind goes first. */
	assert_true(tls_client_hello(BYTES(OLD_CLIENT "\0\16\0\0\0\12\0\10\7\0\1x\0\0\1y"), &h));
	assert_true(equals(h.server_name, "y"));
	/* Only values of no meaning, and versions that do not exist yet. */
	assert_true(tls_client_hello(BYTES(OLD_CLIENT "\0\13\0\53\0\7\6\x0a\x0a\x7f\x1c\3\5"), &h));
	assert_int_equal(h.version, SSL_3_0);
	assert_true(tls_client_hello(BYTES(OLD_CLIENT "\0\6\0\53\0\2\1\3"), &h));
	assert_int_equal(h.version, SSL_3_0);
	assert_true(tls_client_hello(BYTES(OLD_CLIENT "\0\4\0\51\0\0"), &h));
	assert_true(h.has_psk);
	assert_int_equal(h.psk_identity.len, 0);
}

static void server(void **state)
{
	struct tls_hello h;

	(void)state;
	assert_true(tls_server_hello(BYTES("\3\1" RANDOM "\2id\0\57\1"), &h));
	assert_int_equal(h.version, TLS_1_0);
	assert_true(equals(h.session_id, "id"));
	assert_memory_equal(h.suites.ptr, "\0\57", 2);
	assert_int_equal(h.compressions.ptr[0], 1);
	expect_cuts(tls_server_hello, BYTES("\3\1" RANDOM "\2id\0\57\1"), 40);
	/* ALPN has one name in the list; supported_versions and pre_shared_key only a number. */
	assert_true(tls_server_hello(BYTES("\3\3" RANDOM "\0\x13\2\0" "\0\25" "\0\20\0\5\0\3\2h2" "\0\53\0\2\3\4" "\0\51\0\2\0\0"), &h));
	assert_int_equal(h.version, TLS_1_3);
	assert_true(equals(h.alpn, "h2"));
	assert_true(h.has_psk && !h.retry);
	assert_int_equal(h.version_at.len, 2);
	assert_true(tls_server_hello(BYTES("\3\3" RETRY "\0\x13\1\0" "\0\6\0\53\0\2\3\4"), &h));
	assert_true(h.retry);
	assert_false(tls_server_hello(BYTES("\4\0" RANDOM "\0\0\57\0"), &h));
	assert_true(tls_server_hello(BYTES("\3\3" RANDOM "\0\0\57\0" "\0\4\0\43\0\0"), &h));
	assert_true(h.has_ticket);
	assert_int_equal(h.ticket.len, 0);
}

#define CHALLENGE "0123456789abcdef"
#define OLD_SUITES "\1\0\200\0\0\4\0\0\12"

static void ssl2(void **state)
{
	static const char text[] = "\1\3\1\0\11\0\0\0\20" OLD_SUITES CHALLENGE;
	struct tls_hello h;

	(void)state;
	assert_true(tls_client_hello_ssl2(BYTES(text), &h));
	assert_int_equal(h.version, TLS_1_0);
	assert_true(h.ssl2);
	assert_int_equal(h.suites.len, 9);
	/* A shorter challenge is the end of the random, behind zeros (RFC 5246, E.2). */
	assert_memory_equal(h.random, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" CHALLENGE, 32);
	expect_cuts(tls_client_hello_ssl2, BYTES(text), sizeof(text) - 1);
	assert_true(tls_client_hello_ssl2(BYTES("\1\3\0\0\3\0\0\0\40\0\0\4" RANDOM), &h));
	assert_memory_equal(h.random, RANDOM, 32);
	/* SSL 2.0 itself; suites of two bytes, or none; challenges that are too short and too long; another message. */
	assert_false(tls_client_hello_ssl2(BYTES("\1\0\2\0\3\0\0\0\20\0\0\4" CHALLENGE), &h));
	assert_false(tls_client_hello_ssl2(BYTES("\1\3\0\0\2\0\0\0\20\0\4" CHALLENGE), &h));
	assert_false(tls_client_hello_ssl2(BYTES("\1\3\0\0\0\0\0\0\20" CHALLENGE), &h));
	assert_false(tls_client_hello_ssl2(BYTES("\1\3\0\0\3\0\0\0\17\0\0\4" "0123456789abcde"), &h));
	assert_false(tls_client_hello_ssl2(BYTES("\1\3\0\0\3\0\0\0\41\0\0\4" RANDOM "x"), &h));
	assert_false(tls_client_hello_ssl2(BYTES("\4\3\0\0\3\0\0\0\20\0\0\4" CHALLENGE), &h));
}

static void certificates(void **state)
{
	(void)state;
	assert_true(equals(tls_first_certificate(BYTES("\0\0\13\0\0\3DER\0\0\2ca"), false), "DER"));
	assert_true(equals(tls_first_certificate(BYTES("\3ctx\0\0\10\0\0\3DER\0\0"), true), "DER"));
	assert_int_equal(tls_first_certificate(BYTES("\0\0\0"), false).len, 0);
	assert_int_equal(tls_first_certificate(BYTES("\0\0\0\0"), true).len, 0);
	assert_int_equal(tls_first_certificate(BYTES(""), false).len, 0);
	assert_int_equal(tls_first_certificate(BYTES("\0\0\5\0\0\3DE"), false).len, 0);
	assert_int_equal(tls_first_certificate(BYTES("\0\0\6\0\0\4DER"), false).len, 0);
	assert_int_equal(tls_first_certificate(BYTES("\377\377\377\0\0\3DER"), false).len, 0);
}

static void others(void **state)
{
	struct slice run = BYTES("\1\0\0\2ab\16\0\0\0\13\0\0\4x"), body;
	struct tls_hello h;
	uint8_t type;

	(void)state;
	assert_true(tls_next_message(&run, &type, &body));
	assert_int_equal(type, TLS_CLIENT_HELLO);
	assert_true(equals(body, "ab"));
	assert_true(tls_next_message(&run, &type, &body));
	assert_int_equal(type, TLS_SERVER_HELLO_DONE);
	assert_int_equal(body.len, 0);
	assert_false(tls_next_message(&run, &type, &body));
	assert_int_equal(run.len, 5);
	run = SLICE_EMPTY;
	assert_false(tls_next_message(&run, &type, &body));
	tls_encrypted_extensions(BYTES("\0\21\0\20\0\5\0\3\2h2\0\52\0\0" "\0\0\0\0"), &h);
	assert_true(equals(h.alpn, "h2") && h.early_data);
	tls_encrypted_extensions(BYTES("\0\0"), &h);
	assert_true(h.alpn.len == 0 && !h.early_data);
	tls_encrypted_extensions(BYTES(""), &h);
	assert_false(h.early_data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_client), cmocka_unit_test(new_client), cmocka_unit_test(lies),   cmocka_unit_test(server),
		cmocka_unit_test(ssl2),       cmocka_unit_test(certificates), cmocka_unit_test(others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
