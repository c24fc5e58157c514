/* SPDX-License-Identifier: BSD-2-Clause */
/* SOCKS handshakes (RFC 1928, 1929, the SOCKS 4 memos), alone and around streams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http_recorder.h"
#include "transport/socks.h"

#define GREETING "\5\1\0"
#define CHOICE "\5\0"
#define TO_IPV4 "\5\1\0\1\300\0\2\12\7\107"  /* 192.0.2.10:1863 */
#define GRANTED "\5\0\0\1\300\0\2\1\20\0"
#define TO_NAME "\5\1\0\3\13example.com\7\107"
#define TO_IPV6 "\5\1\0\4\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1\7\107"
#define SOCKS4 "\4\1\7\107\300\0\2\12ana\0"
#define SOCKS4A "\4\1\7\107\0\0\0\1ana\0example.com\0"
#define SOCKS4_GRANTED "\0\132\0\0\0\0\0\0"

static enum socks_result parse(const char *client, size_t client_len, const char *server, size_t server_len,
			       struct socks *s)
{
	return socks_parse(slice_of(client, client_len), slice_of(server, server_len), s);
}

#define PARSE(client, server) parse(client, sizeof(client) - 1, server, sizeof(server) - 1, &s)

static void targets(void **state)
{
	struct socks s;

	(void)state;
	assert_int_equal(PARSE(GREETING TO_IPV4 "VER", CHOICE GRANTED "OK"), SOCKS_YES);
	assert_int_equal(s.version, 5);
	assert_int_equal(s.client_len, 13);
	assert_int_equal(s.server_len, 12);
	assert_string_equal(s.target_name, "192.0.2.10:1863");
	assert_int_equal(s.target.version, 4);
	assert_int_equal(s.target.port, 1863);
	assert_int_equal(PARSE(GREETING TO_IPV6, CHOICE GRANTED), SOCKS_YES);
	assert_string_equal(s.target_name, "[2001:db8::1]:1863");
	assert_int_equal(s.target.version, 6);
	assert_int_equal(PARSE(GREETING TO_NAME, CHOICE GRANTED), SOCKS_YES);
	assert_string_equal(s.target_name, "example.com:1863");
	assert_int_equal(s.target.version, 0);
	assert_int_equal(PARSE(SOCKS4 "VER", SOCKS4_GRANTED), SOCKS_YES);
	assert_int_equal(s.version, 4);
	assert_int_equal(s.client_len, 12);
	assert_int_equal(s.server_len, 8);
	assert_string_equal(s.target_name, "192.0.2.10:1863");
	assert_int_equal(PARSE(SOCKS4A, SOCKS4_GRANTED), SOCKS_YES);
	assert_string_equal(s.target_name, "example.com:1863");
	assert_int_equal(s.target.version, 0);
}

/* Every part of a handshake could become one, and no part is one. */
static void parts(void **state)
{
	static const char client[] = "\5\2\0\2" "\1\3ana\2pw" TO_NAME, server[] = "\5\2" "\1\0" GRANTED;
	struct socks s;

	(void)state;
	for (size_t c = 1; c < sizeof(client) - 1; c++)
		assert_int_equal(parse(client, c, server, sizeof(server) - 1, &s), SOCKS_MORE);
	for (size_t b = 0; b < sizeof(server) - 1; b++)
		assert_int_equal(parse(client, sizeof(client) - 1, server, b, &s), SOCKS_MORE);
	assert_int_equal(parse(client, sizeof(client) - 1, server, sizeof(server) - 1, &s), SOCKS_YES);
	for (size_t c = 1; c < sizeof(SOCKS4A) - 1; c++)
		assert_int_equal(parse(SOCKS4A, c, "", 0, &s), SOCKS_MORE);
	for (size_t b = 0; b < sizeof(SOCKS4_GRANTED) - 1; b++)
		assert_int_equal(parse(SOCKS4A, sizeof(SOCKS4A) - 1, SOCKS4_GRANTED, b, &s), SOCKS_MORE);
}

static void refused(void **state)
{
	struct socks s;

	(void)state;
	assert_int_equal(PARSE("", ""), SOCKS_NO);
	assert_int_equal(PARSE("\3\1\0", ""), SOCKS_NO);
	assert_int_equal(PARSE("\5\0", ""), SOCKS_NO);
	assert_int_equal(PARSE("\5\1\377", ""), SOCKS_NO);
	assert_int_equal(PARSE(GREETING, "\5\377"), SOCKS_NO);
	assert_int_equal(PARSE(GREETING, "\5\2"), SOCKS_NO); /* not offered */
	assert_int_equal(PARSE("\5\1\1", "\5\1"), SOCKS_NO); /* GSSAPI */
	assert_int_equal(PARSE(GREETING, "\4\0"), SOCKS_NO);
	assert_int_equal(PARSE("\5\1\2" "\1\1a\1b", "\5\2" "\1\1"), SOCKS_NO);
	assert_int_equal(PARSE("\5\1\2" "\2\1a\1b", "\5\2"), SOCKS_NO);
	assert_int_equal(PARSE(GREETING "\5\2\0\1\300\0\2\12\7\107", CHOICE), SOCKS_NO); /* BIND */
	assert_int_equal(PARSE(GREETING "\5\1\0\2\300\0\2\12\7\107", CHOICE), SOCKS_NO); /* type of address */
	assert_int_equal(PARSE(GREETING TO_IPV4, CHOICE "\5\5\0\1"), SOCKS_NO);
	assert_int_equal(PARSE("\4\2", ""), SOCKS_NO);
	assert_int_equal(PARSE(SOCKS4, "\0\133"), SOCKS_NO);
	assert_int_equal(PARSE(SOCKS4, "VER"), SOCKS_NO);
}

/* Without the server's packets, what the client does next tells. */
static void one_sided(void **state)
{
	struct socks s;

	(void)state;
	assert_int_equal(PARSE(GREETING TO_NAME "V", ""), SOCKS_YES);
	assert_int_equal(PARSE("\5\2\0\2" "\1\3ana\2pw" TO_NAME "V", ""), SOCKS_YES);
	assert_int_equal(PARSE(SOCKS4 "V", ""), SOCKS_YES);
	assert_int_equal(s.client_len, 12);
}

static void streams(void **state)
{
	(void)state;
	PLAY("raw(socks5 192.0.2.10:1863) A:VER 1 B:VER 1! A:CVR end", C(GREETING), S(CHOICE), C(TO_IPV4), S(GRANTED),
	     C("VER 1"), S("VER 1!"), C("CVR"));
	PLAY("raw(socks5 example.com:1863) A:VER B:OK end", C("\5\2\0\2"), S("\5\2"), C("\1\3ana\2pw"), S("\1\0"),
	     C(TO_NAME), S(GRANTED), C("VER"), S("OK"));
	PLAY("raw(socks4 example.com:1863) A:VER B:OK end", C(SOCKS4A), S(SOCKS4_GRANTED), C("VER"), S("OK"));
	/* who opened the connection was not seen */
	PLAY_FROM(-1, "raw(socks5 192.0.2.10:1863) A:VER B:OK end", C(GREETING), S(CHOICE), C(TO_IPV4), S(GRANTED), C("VER"),
		  S("OK"));
	PLAY("raw(socks5 192.0.2.10:1863) A:VER B:[5] B:OK end", C(GREETING), S(CHOICE), C(TO_IPV4), S(GRANTED), C("VER"),
	     GAP(SERVER, 5), S("OK"));
	/* one in the other */
	PLAY("raw(socks5 socks4 192.0.2.10:1863) A:VER B:OK end", C(GREETING), S(CHOICE), C(TO_NAME), S(GRANTED), C(SOCKS4),
	     S(SOCKS4_GRANTED), C("VER"), S("OK"));
	PLAY("1>GET /a{} 1<200{b} 1.", C(GREETING), S(CHOICE), C(TO_IPV4), S(GRANTED), C("GET /a HTTP/1.1\r\n\r\n"),
	     S("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb"));
}

/* What is no SOCKS goes through as it is, each byte once and in order. */
static void nothing(void **state)
{
	(void)state;
	PLAY("raw A:\5\1 end", C("\5\1"));
	PLAY("raw A:\5\1\1 B:\5\2 A:x B:y end", C("\5\1\1"), S("\5\2"), C("x"), S("y"));
	PLAY("raw A:\4\1ab B:ok end", C("\4\1ab"), S("ok"));
	PLAY("raw A:\5\1 A:[3] A:xyz end", C("\5\1"), GAP(CLIENT, 3), C("xyz"));
	PLAY("raw ! A:\5\1\1 ! B:ok end", ANOMALY(CLIENT), C("\5\1\1"), ANOMALY(SERVER), S("ok"));
}

/* The limit on what is around a stream. */
static void deep(void **state)
{
	(void)state;
	PLAY("raw(socks4 socks4 socks4 socks4 192.0.2.10:1863) A:\4\1\7\107 B:OK end",
	     C("\4\1\7\107\300\0\2\12\0"), S(SOCKS4_GRANTED), C("\4\1\7\107\300\0\2\12\0"), S(SOCKS4_GRANTED),
	     C("\4\1\7\107\300\0\2\12\0"), S(SOCKS4_GRANTED), C("\4\1\7\107\300\0\2\12\0"), S(SOCKS4_GRANTED),
	     C("\4\1\7\107"), S("OK"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets), cmocka_unit_test(parts),   cmocka_unit_test(refused), cmocka_unit_test(one_sided),
		cmocka_unit_test(streams), cmocka_unit_test(nothing), cmocka_unit_test(deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
