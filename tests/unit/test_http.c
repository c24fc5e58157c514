/* SPDX-License-Identifier: BSD-2-Clause */
/* Dialogues of HTTP (RFC 9110, 9112), whole and cut at every byte, and what must come of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "http_recorder.h"

static void exchange(void **state)
{
	(void)state;
	PLAY("1>GET /a{} 1<200{ok} 1.", GET("/a"), OK("2", "ok"));
	PLAY("1>POST http://h/x?y{abc} 1<200{} 1.", C("POST http://h/x?y HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
	     OK("0", ""));
	/* keep-alive */
	PLAY("1>GET /a{} 1<200{1} 1. 2>GET /b{} 2<404{22} 2.", GET("/a"), OK("1", "1"), GET("/b"),
	     S("HTTP/1.1 404 Not Found\r\ncontent-length:2\r\n\r\n22"));
	/* pipelining */
	PLAY("1>GET /a{} 2>GET /b{} 3>GET /c{} 1<200{1} 1. 2<200{} 2. 3<200{3} 3.", GET("/a"), GET("/b"), GET("/c"),
	     OK("1", "1"), OK("0", ""), OK("1", "3"));
	/* the answer comes before the end of the request */
	PLAY("1>POST /{abcdef} 1<413{no} 1.", C("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc"),
	     S("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"), C("def"));
	/* line ends without CR, no reason, empty lines in front */
	PLAY("1>GET /a{} 1<200{ok} 1. 2>GET /b{} 2<200{} 2.", C("GET /a HTTP/1.1\nHost: a\n\n"),
	     S("HTTP/1.1 200\nContent-Length: 2\n\nok"), C("\r\n\r\nGET /b HTTP/1.0\r\n\r\n"), OK("0", ""));
}

static void framing(void **state)
{
	(void)state;
	/* chunks, with extensions, blanks and trailers */
	PLAY("1>POST /{abcdef} 1<200{0123456789abcdef.} 1. 2>GET /{} 2<200{} 2.",
	     C("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3;x=y\r\ndef\r\n0\r\n\r\n"),
	     S("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n10 \r\n0123456789abcdef\r\n01\r\n.\r\n"
	       "000\r\nTrailer: x\r\nOther: y\r\n\r\n"),
	     GET("/"), OK("0", ""));
	/* both: the length does not count */
	PLAY("1>GET /{} 1<200{abc} 1.", GET("/"),
	     S("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
	/* no body, whatever the length says */
	PLAY("1>HEAD /{} 1<200{} 1. 2>GET /{} 2<304{} 2. 3>GET /{} 3<204{} 3. 4>GET /{} 4<200{x} 4.",
	     C("HEAD / HTTP/1.1\r\n\r\n"), OK("5", ""), GET("/"),
	     S("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), GET("/"),
	     S("HTTP/1.1 204 No Content\r\n\r\n"), GET("/"), OK("1", "x"));
	/* to the end of the connection */
	PLAY("1>GET /{} 1<200{abc} 1.", GET("/"), S("HTTP/1.0 200 OK\r\n\r\nabc"), CLOSE(SERVER));
	PLAY("1>GET /{} 1<200{abc}!incomplete 1.", GET("/"), S("HTTP/1.0 200 OK\r\n\r\nabc"));
	/* interim responses */
	PLAY("1>POST /{a} 1<200{} 1.", C("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"),
	     S("HTTP/1.1 100 Continue\r\nServer: x\r\n\r\n"), C("a"), S("HTTP/1.1 100 Continue\r\n\r\n"),
	     S("HTTP/1.1 103 Early Hints\r\nLink: y\r\n\r\n"), OK("0", ""));
	/* without version, as some clients ask for the Passport nexus */
	PLAY("1>GET /rdr/pprdr.asp{} 1<200{} 1.", C("GET /rdr/pprdr.asp\r\n\r\n"),
	     S("HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n"));
}

static void expect_text(struct slice s, const char *text)
{
	char copy[256];

	assert_true(s.len < sizeof(copy));
	snprintf(copy, sizeof(copy), "%.*s", (int)s.len, s.len ? (const char *)s.ptr : "");
	assert_string_equal(copy, text);
}

/* Looks at the message while it is valid. */
static bool check_head(void *ctx, const struct http_exchange *x)
{
	const struct http_message *m = x->request;
	unsigned *seen = ctx;

	(*seen)++;
	assert_null(x->response);
	expect_text(m->method, "POST");
	expect_text(m->target, "http://GW.Example.com:80/Gate%20way/x.dll?Action=open&IP=a?b");
	expect_text(m->host, "gw.example.com");
	expect_text(m->path, "/Gate%20way/x.dll");
	expect_text(m->query, "Action=open&IP=a?b");
	expect_text(header_find(m->headers, m->header_count, "x-folded"), "one  two");
	expect_text(header_find(m->headers, m->header_count, "Empty"), "");
	expect_text(header_find(m->headers, m->header_count, "cookie"), "a=1, b=2");
	expect_text(m->headers[0].name, "HOST");
	expect_text(slice_sub(m->head, 0, 13), "POST http://G");
	expect_text(slice_sub(m->head, m->head.len - 7, 7), "b=2\r\n\r\n");
	return false;
}

static void head(void **state)
{
	static const struct http_step step =
		C("POST http://GW.Example.com:80/Gate%20way/x.dll?Action=open&IP=a?b HTTP/1.1\r\nHOST: other\r\n"
		  "X-Folded: one\r\n  two\r\nEmpty:\r\nCookie:  a=1 \r\nContent-Length: 0\r\nCookie: b=2\r\n\r\n");
	unsigned seen = 0;
	struct transport_consumer consumer = {.http = {.wanted = check_head, .ctx = &seen}};
	struct transport_options options = {.polls = false};
	struct stream_connection c = {.opener = CLIENT};
	struct stream_origin origin = {.frame = 1, .time_ns = 1};

	(void)state;
	for (size_t piece = 1; piece <= step.data.len; piece++) {
		struct transport *t = transport_new(&options, &consumer);
		struct stream_consumer s = transport_stream(t);

		for (size_t at = 0; at < step.data.len; at += piece)
			s.data(s.ctx, &c, CLIENT, slice_sub(step.data, at, piece), &origin);
		assert_int_equal(seen, piece);
		s.end(s.ctx, &c, STREAM_END_FIN);
		transport_free(t);
	}
}

static void origins(void **state)
{
	struct http_recorder r;

	(void)state;
	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, C("GET / HT"), C("TP/1.1\r\n"), C("\r\n"), S("HTTP/1.1 200 OK\r\n"),
		 S("Content-Length: 3\r\n\r\na"), S("b"), S("cHTTP/1.1"));
	assert_int_equal(r.last[0].frame_count, 3);
	assert_int_equal(r.last[0].frames[0], 1);
	assert_int_equal(r.last[0].frames[2], 3);
	assert_int_equal(r.last[0].start_ns, 1000);
	assert_int_equal(r.last[0].end_ns, 3000);
	assert_int_equal(r.last[1].frame_count, 4);
	assert_int_equal(r.last[1].frames[0], 4);
	assert_int_equal(r.last[1].frames[3], 7);
	http_recorder_finish(&r, STREAM_END_FIN);
	http_recorder_free(&r);

	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, GET("/"), S("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
	for (unsigned i = 0; i < 100; i++)
		PLAY_ALL(&r, S("x"));
	assert_int_equal(r.last[1].frame_count, HTTP_FRAMES_MAX);
	assert_int_equal(r.last[1].frames[HTTP_FRAMES_MAX - 1], 102);
	assert_int_equal(r.last[1].frames_omitted, 101 - HTTP_FRAMES_MAX);
	http_recorder_finish(&r, STREAM_END_FIN);
	http_recorder_free(&r);
}

#define HELLO "hello hello hello"
#define GZIP "\037\213\010\0\0\0\0\0\002\003\313\110\315\311\311\127\310\100\220\000\200\210\371\345\021\0\0\0"
#define ZLIB "\170\234\313\110\315\311\311\127\310\100\220\000\072\056\006\175"
#define RAW "\313\110\315\311\311\127\310\100\220\000"
#define BOTH                                                                                                           \
	"\037\213\010\0\0\0\0\0\002\003\253\230\163\332\343\354\311\223\341\047\034\046\060\130"                       \
	"\351\261\325\002\0\144\344\121\306\020\0\0\0"
#define CODED(coding, length, body)                                                                                    \
	S("HTTP/1.1 200 OK\r\nContent-Encoding: " coding "\r\nContent-Length: " length "\r\n\r\n" body)

static void content(void **state)
{
	(void)state;
	PLAY("1>GET /{} 1<200{" HELLO "} 1.", GET("/"), CODED("gzip", "28", GZIP));
	PLAY("1>GET /{} 1<200{" HELLO "} 1.", GET("/"), CODED("X-GZIP", "28", GZIP));
	PLAY("1>GET /{} 1<200{" HELLO "} 1.", GET("/"), CODED("deflate", "16", ZLIB));
	PLAY("1>GET /{} 1<200{" HELLO "} 1.", GET("/"), CODED("deflate", "10", RAW));
	PLAY("1>GET /{} 1<200{" HELLO "} 1.", GET("/"), CODED("deflate, gzip", "37", BOTH));
	PLAY("1>POST /{" HELLO "} 1<200{abc} 1.",
	     C("POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 28\r\n\r\n" GZIP),
	     CODED("identity", "3", "abc"));
	PLAY("1>GET /{} 1<200{abc}!undecoded 1.", GET("/"), CODED("br", "3", "abc"));
	PLAY("1>GET /{} 1<200{abc}!undecoded 1.", GET("/"), CODED("gzip", "3", "abc"));
	PLAY("1>GET /{} 1<200{} 1.", GET("/"), CODED("gzip", "0", ""));
	/* half of it */
	PLAY("1>GET /{} 1<200{hello }!incomplete!undecoded 1.", GET("/"),
	     S("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 28\r\n\r\n"
	       "\037\213\010\0\0\0\0\0\002\003\313\110\315\311\311\127\310"));
	PLAY("1>GET /{} 1<200{hello }[6+0]!undecoded!lost5 1.", GET("/"),
	     S("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 28\r\n\r\n"
	       "\037\213\010\0\0\0\0\0\002\003\313\110\315\311\311\127\310"),
	     GAP(SERVER, 5), S("\371\345\021\0\0\0"));
}

static void unwanted(void **state)
{
	(void)state;
	PLAY("2>GET /b{} 2<200{ok} 2.", C("POST /unwanted HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"), OK("5", "abcde"),
	     GET("/b"), OK("2", "ok"));
	PLAY("2>GET /b{} 2<200{ok} 2.", GET("/unwanted"),
	     S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), GET("/b"), OK("2", "ok"));
	PLAY("2>GET /b{} 2<200{ok} 2.", C("HEAD /unwanted HTTP/1.1\r\n\r\n"), OK("5", ""), GET("/b"), OK("2", "ok"));
	PLAY("2>GET /b{} 2<200{ok} 2.", GET("/unwanted"), S("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc"),
	     GAP(SERVER, 90), S("abcdef"), GET("/b"), OK("2", "ok"));
	/* nothing can follow a body that lasts to the end; waited for only when something was wanted before */
	struct http_recorder r;
	PLAY("1>GET /a{} 1<200{ok} 1.", GET("/a"), OK("2", "ok"), GET("/unwanted"), S("HTTP/1.1 200 OK\r\n\r\nabc"));
	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, GET("/unwanted"), S("HTTP/1.1 200 OK\r\n\r\nabc"));
	assert_true(r.ignored);
	FINISH(&r, "");
}

static void one_sided(void **state)
{
	(void)state;
	PLAY("1>GET /a{} 2>GET /b{} 1. 2.", GET("/a"), GET("/b"));
	PLAY("1<200{a} 1. 2<200{b} 2.", OK("1", "a"), OK("1", "b"));
	/* the response is captured first */
	PLAY("1>GET /a{} 1<200{a} 1. 2>GET /b{} 2<200{b} 2.", OK("1", "a"), GET("/a"), GET("/b"), OK("1", "b"));
	/* cut off */
	PLAY("1>GET /a{}!incomplete 1.", C("GET /a HTTP/1.1\r\nHost: a\r\nX-Y"));
	PLAY("1>GET /a{} 1<200{}!incomplete 1.", GET("/a"), S("HTTP/1.1 200 OK\r\n"));
	PLAY("1>GET /a{} 1.", GET("/a"), S("HTTP/1.1 200 O"));
	PLAY("1>POST /a{abc}!incomplete 1.", C("POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"));
	PLAY("1>GET /a{} 1<200{ab}!incomplete 1.", GET("/a"),
	     S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"));
}

/* The connection was there before the capture. */
static void middle(void **state)
{
	(void)state;
	PLAY_FROM(-1, "1>GET /a{} 1<200{a} 1.", GET("/a"), OK("1", "a"));
	PLAY_WHOLE_FROM(-1, "raw B:middle of a body end 1>GET /a{} 1<200{a} 1.", S("middle of a body"), GET("/a"),
			OK("1", "a"));
	PLAY_WHOLE_FROM(-1, "raw A:param=1&b=2 end 1<200{a} 1. 2>GET /b{} 2<200{b} 2.", C("param=1&b=2"), OK("1", "a"),
			GET("/b"), OK("1", "b"));
	/* from the start of a connection, what does not begin as HTTP is none */
	PLAY_WHOLE("raw A:VER 1 B:VER 1 A:GET /a HTTP/1.1\r\n\r\n end", C("VER 1"), S("VER 1"),
		   C("GET /a HTTP/1.1\r\n\r\n"));
	/* a consumer that is not interested does not end the search */
	struct http_recorder r;
	http_recorder_init(&r, -1);
	r.ignore_at = "middle";
	PLAY_ALL(&r, S("middle of a body"), S("more"), GET("/a"), OK("1", "a"));
	FINISH(&r, "raw B:middle of a body 1>GET /a{} 1<200{a} 1.");
	http_recorder_init(&r, CLIENT);
	r.ignore_at = "VER";
	PLAY_ALL(&r, C("VER 1"));
	assert_true(r.ignored);
	FINISH(&r, "raw A:VER 1");
}

static void gaps(void **state)
{
	(void)state;
	/* in bodies */
	PLAY("1>POST /{abghi}[2+4]!lost4 1<200{ok} 1.", C("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab"),
	     GAP(CLIENT, 4), C("ghi"), OK("2", "ok"));
	PLAY("1>GET /{} 1<200{abefi}[2+2][4+1]!lost3 1. 2>GET /{} 2<200{} 2.", GET("/"), OK("8", "ab"), GAP(SERVER, 2),
	     S("ef"), GAP(SERVER, 1), S("i"), GET("/"), OK("0", ""));
	PLAY("1>GET /{} 1<200{ab}[2+3]!lost3 1. 2>GET /{} 2<200{} 2.", GET("/"), OK("5", "ab"), GAP(SERVER, 3),
	     GET("/"), OK("0", ""));
	PLAY("1>GET /{} 1<200{abfgh}[2+3]!lost3 1.", GET("/"),
	     S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nab"), GAP(SERVER, 3),
	     S("f\r\n2\r\ngh\r\n0\r\n\r\n"));
	PLAY("1>GET /{} 1<200{abef}[2+2]!lost2 1.", GET("/"), S("HTTP/1.0 200 OK\r\n\r\nab"), GAP(SERVER, 2), S("ef"),
	     CLOSE(SERVER));
	/* over the end of a body */
	PLAY("1>GET /{} 1<200{ab}[2+3]!incomplete!lost3 1. 2>GET /b{} 2<200{c} 2.", GET("/"), OK("5", "ab"),
	     GAP(SERVER, 300), GET("/b"), OK("1", "c"));
	PLAY("1>GET /{} 1<200{abc}!incomplete!lost9 1. 2>GET /b{} 2<200{c} 2.", GET("/"),
	     S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), GAP(SERVER, 9), GET("/b"),
	     OK("1", "c"));
	/* in heads: what is known of them is told */
	PLAY("1>GET /a{}!incomplete!lost7 1<200{x} 1. 2>GET /b{} 2<200{y} 2.", C("GET /a HTTP/1.1\r\nHost: a\r\nX-"),
	     GAP(CLIENT, 7), OK("1", "x"), GET("/b"), OK("1", "y"));
	PLAY("1>GET /a{} 1<200{}!incomplete!lost9 1. 2>GET /b{} 2<200{y} 2.", GET("/a"), S("HTTP/1.1 200 OK\r\nServer"),
	     GAP(SERVER, 9), GET("/b"), OK("1", "y"));
	/* a start line that is not whole is no message, but its exchange was there */
	PLAY("1<200{x} 1. 2>GET /b{} 2<200{y} 2.", C("GET /a HT"), GAP(CLIENT, 20), OK("1", "x"), GET("/b"),
	     OK("1", "y"));
	PLAY("1>GET /a{} 1. 2>GET /b{} 2<200{y} 2.", GET("/a"), S("HTTP/1.1 200 "), GAP(SERVER, 20), GET("/b"),
	     OK("1", "y"));
}

/* Whole messages are lost: the others must find each other all the same. */
static void losses(void **state)
{
	(void)state;
	/* a response */
	PLAY("1>GET /a{} 2>GET /b{} 1. 2<200{b} 2.", GET("/a"), GAP(SERVER, 100), GET("/b"), OK("1", "b"));
	PLAY("1>GET /a{} 2>GET /b{} 1. 2<200{b} 2.", GET("/a"), GET("/b"), GAP(SERVER, 100), OK("1", "b"));
	/* a request; known at once, or only behind the next */
	PLAY("1<200{a} 1. 2>GET /b{} 2<200{b} 2.", GAP(CLIENT, 100), OK("1", "a"), GET("/b"), OK("1", "b"));
	PLAY("1<200{a} 1. 2>GET /b{} 2<200{b} 2.", OK("1", "a"), GAP(CLIENT, 100), GET("/b"), OK("1", "b"));
	/* a tail of which nothing is known */
	PLAY_WHOLE("1>GET /a{} 1<200{ab}[2+3]!incomplete!lost3 1. 2>GET /b{} 2<200{c} 2.", GET("/a"), OK("5", "ab"),
		   GAP(SERVER, 300), S("middle of something"), S("and more"), GET("/b"), OK("1", "c"));
}

/* A hole in front of two requests becomes a gap only after their responses. */
static void late(void **state)
{
	struct http_recorder r;

	(void)state;
	http_recorder_init(&r, CLIENT);
	r.frame = 1;
	PLAY_ALL(&r, OK("1", "a"));
	r.frame = 3;
	PLAY_ALL(&r, OK("1", "b"));
	PLAY_ALL(&r, GAP(CLIENT, 100));
	r.frame = 0;
	PLAY_ALL(&r, GET("/a"));
	r.frame = 2;
	PLAY_ALL(&r, GET("/b"));
	r.frame = 5;
	FINISH(&r, "1>GET /a{} 1<200{a} 1. 2>GET /b{} 2<200{b} 2.");
}

static void broken(void **state)
{
	(void)state;
	/* lengths */
	PLAY_WHOLE("1>POST /{}!incomplete 1<400{} 1. 2>GET /{} 2<200{} 2.",
		   C("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"), C("abc"),
		   S("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"), GET("/"), OK("0", ""));
	PLAY_WHOLE("1>POST /{}!incomplete 1<400{} 1.", C("POST / HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\nabc"),
		   S("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"));
	PLAY("1>GET /{} 1<200{abc} 1.", GET("/"), S("HTTP/1.1 200 OK\r\nContent-Length: -\r\n\r\nabc"), CLOSE(SERVER));
	/* chunks */
	PLAY_WHOLE("1>GET /{} 1<200{abc}!incomplete 1. 2>GET /b{} 2<200{} 2.", GET("/"),
		   S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n"), GET("/b"),
		   OK("0", ""));
	PLAY_WHOLE("1>GET /{} 1<200{}!incomplete 1. 2>GET /b{} 2<200{} 2.", GET("/"),
		   S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffff\r\nabc"), GET("/b"),
		   OK("0", ""));
	/* no HTTP after all, and then some */
	PLAY_WHOLE("2>GET /b{} 2<200{} 2.", C("GET /a b c FTP\r\n\r\n"), C("more"), S("HTTP/1.1 2x\r\n\r\n"), GET("/b"),
		   OK("0", ""));
	PLAY_WHOLE("1>GET /a{} 1<200{} 1. 2>GET /b{} 2<200{} 2.", GET("/a"), OK("0", ""), S("unexpected\r\n"),
		   GET("/b"), OK("0", ""));
	PLAY("1>GET /a{} 1<200{x} 1.", C("GET /a HTTP/1.1\r\nno colon\r\n: no name\r\n\r\n"),
	     S("HTTP/1.1 200 OK\r\n no: blank\r\n\r\nx"), CLOSE(SERVER));
}

/* What begins like HTTP but is MSNP, and whatever else. */
static void raw(void **state)
{
	(void)state;
	PLAY("raw A:VER 1 MSNP12 CVR0\r\n B:VER 1 MSNP12\r\n A:OUT\r\n end", C("VER 1 MSNP12 CVR0\r\n"),
	     S("VER 1 MSNP12\r\n"), C("OUT\r\n"));
	PLAY("raw A:PUT 12 34\r\n B:PUT 12 OK\r\n end", C("PUT 12 34\r\n"), S("PUT 12 OK\r\n"));
	PLAY("raw B:MSG Hotmail Hotmail 5\r\n A:GET end", S("MSG Hotmail Hotmail 5\r\n"), C("GET"));
	PLAY("raw A:GE B:HT A:x end", C("GE"), S("HT"), C("x"));
	PLAY("raw A:POST h B:[4] A:ello end", C("POST h"), GAP(SERVER, 4), C("ello"));
	PLAY("raw A:DELETE end", C("DELETE"));
	PLAY("raw ! A:VER 1 ! A:CVR end", ANOMALY(CLIENT), C("VER 1"), ANOMALY(CLIENT), C("CVR"));
	PLAY("raw A:[5] A:VER 1 end", GAP(CLIENT, 5), C("VER 1"));
	PLAY("1>GET /{}!anomaly 1<200{}!anomaly 1.", ANOMALY(CLIENT), GET("/"), ANOMALY(SERVER), OK("0", ""));
}

static void tunnels(void **state)
{
	(void)state;
	PLAY("1>CONNECT ns.example.com:1863{} 1<200{} 1. raw(http-connect ns.example.com:1863) A:VER 1 B:VER 1! A:OUT end",
	     CONNECT, CONNECTED, C("VER 1"), S("VER 1!"), C("OUT"));
	/* the client does not wait */
	PLAY("1>CONNECT ns.example.com:1863{} 1<200{} 1. raw(http-connect ns.example.com:1863) A:VER 1 B:OK end",
	     CONNECT, C("VER 1"), CONNECTED, S("OK"));
	/* refused, once or for good */
	PLAY("1>CONNECT ns.example.com:1863{} 1<407{auth} 1. 2>CONNECT ns.example.com:1863{} 2<200{} 2. "
	     "raw(http-connect ns.example.com:1863) A:VER end",
	     CONNECT, S("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nauth"), CONNECT,
	     CONNECTED, C("VER"));
	PLAY("1>CONNECT ns.example.com:1863{} 1<403{} 1. 2>GET /{} 2<200{} 2.", CONNECT, GET("/"),
	     S("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"), OK("0", ""));
	/* HTTP and more tunnels inside */
	PLAY("1>CONNECT ns.example.com:1863{} 1<200{} 1. 2>GET /a{} 2<200{ok} 2.", CONNECT, CONNECTED, GET("/a"),
	     OK("2", "ok"));
	PLAY("1>CONNECT ns.example.com:1863{} 1<200{} 1. raw(http-connect socks4 192.0.2.10:1863) A:VER B:OK end",
	     CONNECT, CONNECTED, C("\4\1\7\107\300\0\2\12\0"), S("\0\132\0\0\0\0\0\0"), C("VER"), S("OK"));
	/* one side only */
	PLAY("1>CONNECT ns.example.com:1863{} 1. raw(http-connect ns.example.com:1863) A:VER end", CONNECT, C("VER"));
	PLAY("1<200{} 1. raw(http-connect ?) B:VER end", CONNECTED, S("VER"));
	/* the response was lost */
	PLAY("1>CONNECT ns.example.com:1863{} 1. raw(http-connect ns.example.com:1863) A:VER B:VER! end", CONNECT,
	     GAP(SERVER, 39), C("VER"), S("VER!"));
	PLAY("1>CONNECT ns.example.com:1863{} 1<200{} 1. raw(http-connect ns.example.com:1863) A:VER A:[3] B:OK end",
	     CONNECT, C("VER"), GAP(CLIENT, 3), CONNECTED, S("OK"));
	/* other protocols over what was HTTP */
	PLAY("1>GET /{} 1<101{} 1. raw(http-upgrade ?) B:\1\2 A:\3 end", GET("/"),
	     S("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), S("\1\2"), C("\3"));
}

static void tunnel_target(void **state)
{
	struct http_recorder r;

	(void)state;
	http_recorder_init(&r, CLIENT);
	r.tunnels = true;
	PLAY_ALL(&r, C("CONNECT [2001:db8::1]:80 HTTP/1.1\r\n\r\n"), CONNECTED, GET("/a"), OK("0", ""));
	assert_int_equal(r.why, STREAM_END_REUSE);
	FINISH(&r, "1>CONNECT [2001:db8::1]:80{} 1<200{} 1. 2(http-connect [2001:db8::1]:80)>GET /a{} "
		   "2(http-connect [2001:db8::1]:80)<200{} 2(http-connect [2001:db8::1]:80).");
}

static void counters(void **state)
{
	struct http_recorder r;

	(void)state;
	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r, GET("/unwanted"), OK("1", "a"), GET("/b"), OK("0", ""));
	assert_int_equal(transport_counters(r.transport)->http_connections, 1);
	assert_int_equal(transport_counters(r.transport)->http_exchanges, 2);
	assert_int_equal(transport_counters(r.transport)->http_wanted, 1);
	assert_int_equal(transport_counters(r.transport)->http_given_up, 0);
	FINISH(&r, "2>GET /b{} 2<200{} 2.");
	assert_int_equal(r.why, STREAM_END_CAPTURE);
	/* the gateway's exchanges are not the consumer's */
	http_recorder_init(&r, CLIENT);
	PLAY_ALL(&r,
		 C("POST /gateway/gateway.dll?Action=open&Server=NS&IP=a HTTP/1.1\r\nContent-Length: 19\r\n\r\n"
		   "VER 1 MSNP12 CVR0\r\n"),
		 S("HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID=1.2; GW-IP=192.0.2.1\r\nContent-Length: 14\r\n\r\n"
		   "VER 1 MSNP12\r\n"));
	assert_int_equal(transport_counters(r.transport)->http_wanted, 1);
	assert_int_equal(transport_counters(r.transport)->gateway_sessions, 1);
	FINISH(&r, "raw(gateway) A:VER 1 MSNP12 CVR0\r\n B:VER 1 MSNP12\r\n end");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exchange),  cmocka_unit_test(framing), cmocka_unit_test(head),
		cmocka_unit_test(origins),   cmocka_unit_test(content), cmocka_unit_test(unwanted),
		cmocka_unit_test(one_sided), cmocka_unit_test(middle),	cmocka_unit_test(gaps),
		cmocka_unit_test(losses),    cmocka_unit_test(late),	cmocka_unit_test(broken),
		cmocka_unit_test(raw),	     cmocka_unit_test(tunnels), cmocka_unit_test(tunnel_target),
		cmocka_unit_test(counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
