/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens at the limits of http.h: flags, no more memory, and the rest goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <zlib.h>

#include "http_recorder.h"

static void long_heads(void **state)
{
	struct http_recorder r;
	char log[64];

	(void)state;
	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, C("GET /a HTTP/1.1\r\nX: "));
	http_recorder_repeat(&r, CLIENT, "0123456789abcdef", HTTP_HEAD_MAX / 16);
	PLAY_ALL(&r, C("\r\n\r\n"), OK("1", "a"), GET("/b"), OK("1", "b"));
	assert_int_equal(transport_counters(r.transport)->http_given_up, 1);
	FINISH(&r, "1<200{a} 1. 2>GET /b{} 2<200{b} 2.");

	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, C("GET /a HTTP/1.1\r\n"));
	for (unsigned i = 0; i < 2 * HTTP_HEADERS_MAX; i++) {
		snprintf(log, sizeof(log), "X-%u: y\r\n", i);
		http_recorder_repeat(&r, CLIENT, log, 1);
	}
	PLAY_ALL(&r, C("\r\n"));
	assert_int_equal(r.last[0].header_count, HTTP_HEADERS_MAX);
	PLAY_ALL(&r, OK("1", "a"));
	FINISH(&r, "1>GET /a{} 1<200{a} 1.");
}

static void long_bodies(void **state)
{
	static const char block[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	struct http_recorder r;

	(void)state;
	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, GET("/"), S("HTTP/1.1 200 OK\r\nContent-Length: 8388672\r\n\r\n"));
	http_recorder_repeat(&r, SERVER, block, HTTP_BODY_MAX / 64 + 1);
	assert_int_equal(r.last[1].body.len, HTTP_BODY_MAX);
	assert_true(r.last[1].body_over_limit);
	assert_false(r.last[1].incomplete);
	http_recorder_finish(&r, STREAM_END_FIN);
	http_recorder_free(&r);

	/* holes that cannot all be told */
	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, GET("/"), S("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n"));
	for (unsigned i = 0; i < 20; i++)
		PLAY_ALL(&r, S("x"), GAP(SERVER, 1));
	assert_int_equal(r.last[1].gap_count, HTTP_GAPS_MAX);
	assert_int_equal(r.last[1].body.len, HTTP_GAPS_MAX + 1);
	assert_true(r.last[1].body_over_limit);
	http_recorder_finish(&r, STREAM_END_FIN);
	http_recorder_free(&r);
}

/* Bodies of requests that wait for their responses, up to HTTP_TOTAL_MAX and beyond. */
static void many_bodies(void **state)
{
	struct http_recorder r;
	uint8_t *zeros = calloc(1, HTTP_BODY_MAX);
	struct http_step body = {STEP_DATA, CLIENT, {zeros, HTTP_BODY_MAX}, 0};

	(void)state;
	assert_non_null(zeros);
	http_recorder_init(&r, CLIENT);
	for (unsigned i = 0; i < HTTP_TOTAL_MAX / HTTP_BODY_MAX; i++) {
		assert_false(r.last[0].body_over_limit);
		PLAY_ALL(&r, C("POST /a HTTP/1.1\r\nContent-Length: 8388608\r\n\r\n"));
		http_recorder_play(&r, &body, 0, 1u << 20);
	}
	assert_true(r.last[0].body_over_limit);
	/* what is done with makes room again */
	for (unsigned i = 0; i < HTTP_TOTAL_MAX / HTTP_BODY_MAX; i++)
		PLAY_ALL(&r, OK("0", ""));
	PLAY_ALL(&r, C("POST /a HTTP/1.1\r\nContent-Length: 8388608\r\n\r\n"));
	http_recorder_play(&r, &body, 0, 0);
	assert_int_equal(r.last[0].body.len, HTTP_BODY_MAX);
	assert_false(r.last[0].body_over_limit);
	http_recorder_finish(&r, STREAM_END_FIN);
	http_recorder_free(&r);
	free(zeros);
}

/* Sixteen megabytes of nothing in sixteen kilobytes. */
static void bomb(void **state)
{
	uLong size = 2 * HTTP_BODY_MAX;
	uLong packed_size = compressBound(size);
	uint8_t *zeros = calloc(1, size), *packed = malloc(packed_size);
	struct http_recorder r;
	char head_text[128];

	(void)state;
	assert_non_null(zeros);
	assert_non_null(packed);
	assert_int_equal(compress(packed, &packed_size, zeros, size), Z_OK);
	snprintf(head_text, sizeof(head_text), "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: %lu\r\n\r\n",
		 packed_size);
	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, GET("/"));
	http_recorder_repeat(&r, SERVER, head_text, 1);
	struct http_step body = {STEP_DATA, SERVER, {packed, packed_size}, 0};
	http_recorder_play(&r, &body, 0, 1000);
	assert_int_equal(r.last[1].body.len, HTTP_BODY_MAX);
	assert_true(r.last[1].body_over_limit);
	assert_false(r.last[1].body_undecoded);
	http_recorder_finish(&r, STREAM_END_FIN);
	http_recorder_free(&r);
	free(zeros);
	free(packed);
}

static void waiting(void **state)
{
	struct http_recorder r;

	(void)state;
	/* requests without end */
	http_recorder_init(&r, CLIENT);
	http_recorder_repeat(&r, CLIENT, "GET /a HTTP/1.1\r\n\r\n", HTTP_PIPELINE_MAX + 1);
	buffer_add_byte(&r.log, '\0');
	assert_string_equal((const char *)r.log.data + r.log.len - 1 - strlen("1. 65>GET /a{}"), "1. 65>GET /a{}");
	http_recorder_finish(&r, STREAM_END_FIN);
	http_recorder_free(&r);
	/* responses without requests */
	http_recorder_init(&r, CLIENT);
	http_recorder_repeat(&r, SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", HTTP_ORPHANS_MAX + 1);
	buffer_add_byte(&r.log, '\0');
	assert_string_equal((const char *)r.log.data, "1<200{a} 1.");
	r.log.len--;
	http_recorder_finish(&r, STREAM_END_FIN);
	http_recorder_free(&r);
	/* garbage without end */
	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, GET("/a"), OK("0", ""));
	http_recorder_repeat(&r, SERVER, "0123456789abcdef0123456789abcdef", HTTP_ASTRAY_MAX / 32 + 1);
	assert_true(r.ignored);
	assert_int_equal(transport_counters(r.transport)->http_given_up, 1);
	assert_int_equal(r.why, STREAM_END_LIMIT);
	FINISH(&r, "1>GET /a{} 1<200{} 1.");
	/* a tunnel that nobody opens */
	http_recorder_init(&r, CLIENT);
	r.ignore_at = "bcd";
	PLAY_ALL(&r, CONNECT);
	http_recorder_repeat(&r, CLIENT, "abcd", 2000);
	assert_true(r.ignored);
	FINISH(&r, "1>CONNECT ns.example.com:1863{} 1. raw(http-connect ns.example.com:1863) A:abcd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_heads), cmocka_unit_test(long_bodies), cmocka_unit_test(many_bodies),
		cmocka_unit_test(bomb),	      cmocka_unit_test(waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
