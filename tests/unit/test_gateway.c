/* SPDX-License-Identifier: BSD-2-Clause */
/* Exchanges in, streams of sessions out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway_recorder.h"

#define SECOND INT64_C(1000000000)
#define OPEN "Action=open&Server=NS&IP=messenger.example.com"

static int setup(void **state)
{
	struct gateway_recorder *r = malloc(sizeof(*r));

	assert_non_null(r);
	gateway_recorder_init(r);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	gateway_recorder_free(*state);
	free(*state);
	return 0;
}

#define EXPECT(log) assert_string_equal(gateway_recorder_finish(r), log)

/* With other options, or another consumer. */
static void restart(struct gateway_recorder *r)
{
	gateway_free(r->gateway);
	r->gateway = gateway_new(&r->options, &r->consumer, &r->counters);
}

/* The session that most tests go on with: ids 7.1, 7.2, ... */
static void open_session(struct gateway_recorder *r)
{
	gateway_answer(r, gateway_send(r, 0, OPEN, "VER;"), "7.1", "VER!");
}

static void plain(void **state)
{
	struct gateway_recorder *r = *state;

	open_session(r);
	gateway_exchange(r, 0, "7.1", "CVR;USR;", "7.2", "CVR!US");
	gateway_exchange(r, 1, "7.2", "", "7.3", "R!");
	gateway_exchange(r, 0, "7.3", "", "7.4", "");
	gateway_answer_header(r, gateway_send(r, 0, "SessionID=7.4", "OUT;"), 200,
			      " SessionID=7.5 ;GW-IP=192.0.2.10; session = CLOSE", "OUT!");
	EXPECT("1>VER; 1<VER! 1>CVR;USR; 1<CVR!USR! 1>OUT; 1<OUT! 1!closed 1.FIN");
	assert_int_equal(r->counters.gateway_sessions, 1);
	assert_int_equal(r->counters.gateway_polls, 1);
}

/* What the consumer may know of a session, from the first byte on. */
static enum stream_verdict check_open(void *ctx, struct stream_connection *c, int side, struct slice data,
				      const struct stream_origin *origin)
{
	const struct stream_wrapping *w = c->wrapping;

	(void)ctx;
	(void)data;
	assert_string_equal(w->transport, "http-gateway");
	assert_string_equal(w->gateway_session, "700100200");
	assert_string_equal(w->gateway_server, "SB");
	assert_string_equal(w->target_name, "203.0.113.5");
	assert_int_equal(w->target.version, 4);
	assert_int_equal(w->target.ip[3], 5);
	assert_string_equal(w->outer[0], "socks5");
	assert_null(w->outer[1]);
	assert_int_equal(c->opener, 0);
	assert_int_equal(c->address[0].port, 4000);
	assert_int_equal(c->address[1].port, 80);
	assert_int_equal(origin->frame, side == 0 ? 2 : 4);
	assert_int_equal(c->first_frame, 1);
	return STREAM_CONTINUE;
}

static void wrapping(void **state)
{
	struct gateway_recorder *r = *state;
	struct stream_wrapping outer = {.transport = "tcp", .outer = {"socks5"}};

	r->tcp[0].wrapping = &outer;
	r->consumer.stream.data = check_open;
	restart(r);
	gateway_answer(r, gateway_send(r, 0, "ip=203.0.113.5&SERVER=sb&sessionid=&action=Open", "USR;"),
		       "700100200.11", "USR!");
	assert_int_equal(r->counters.gateway_sessions, 1);
}

static void wanted(void **state)
{
	struct header media = {SLICE_LIT("content-type"), SLICE_LIT("Application/x-msn-messenger; x=y")};
	struct header answer = {SLICE_LIT("X-MSN-Messenger"), SLICE_LIT("SessionID=1.2")};
	struct http_message m = {.method = SLICE_LIT("POST"), .path = SLICE_LIT("/x/Gateway/gateway.DLL")};
	struct http_message other = {.method = SLICE_LIT("POST"), .path = SLICE_LIT("/RST.srf")};
	struct http_message response = {.status = 200, .headers = &answer, .header_count = 1};

	(void)state;
	assert_true(gateway_wants(&(struct http_exchange){.request = &m}));
	m.method = SLICE_LIT("OPTIONS");
	assert_false(gateway_wants(&(struct http_exchange){.request = &m}));
	assert_false(gateway_wants(&(struct http_exchange){.request = &other}));
	other.headers = &media;
	other.header_count = 1;
	assert_true(gateway_wants(&(struct http_exchange){.request = &other}));
	assert_true(gateway_wants(&(struct http_exchange){.response = &response}));
	assert_false(gateway_wants(&(struct http_exchange){.request = NULL}));
}

/* A poll is parked while a command goes over another connection; both used the same id. */
static void overlap(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *poll;

	open_session(r);
	poll = gateway_send(r, 0, "Action=poll&Lifespan=60&SessionID=7.1", "");
	gateway_exchange(r, 1, "7.1", "CHG;", "7.2", "CHG!");
	gateway_exchange(r, 1, "7.2", "PNG;", "7.3", "QNG!");
	gateway_answer(r, poll, "7.4", "NLN!");
	gateway_exchange(r, 0, "7.3", "XFR;", "7.5", "XFR!");
	gateway_exchange(r, 0, "7.4", "OUT;", "7.6", "");
	EXPECT("1>VER; 1<VER! 1>CHG; 1<CHG! 1>PNG; 1<QNG!NLN! 1>XFR; 1<XFR! 1>OUT; 1.CAPTURE");
}

/* Ids that never change: the order is that of time. */
static void constant_id(void **state)
{
	struct gateway_recorder *r = *state;
	const char *id = "0f8b1c9e-5d1f-4c55-9a2e-27d3a1f7b6aa";
	char query[128];
	struct recorded_exchange *poll;

	snprintf(query, sizeof(query), "SessionID=%s&", id);
	gateway_answer(r, gateway_send(r, 0, "SessionID=&Action=open&Server=NS", "VER;"), id, "VER!");
	gateway_exchange(r, 0, id, "PNG;", id, "QNG!");
	poll = gateway_send(r, 0, query, "");
	gateway_exchange(r, 1, id, "PNG;", id, "QNG!");
	gateway_answer(r, poll, id, "NLN!");
	/* sent again because no answer came; the answer may have been lost */
	gateway_conclude(r, gateway_send(r, 1, query, "UUX;"));
	gateway_exchange(r, 1, id, "UUX;", id, "UUX!");
	EXPECT("1>VER; 1<VER! 1>PNG; 1<QNG! 1>PNG; 1<QNG!NLN! 1>UUX; 1!unanswered 1!repeated 1<[?]UUX! 1.CAPTURE");
}

/* The TCP connection of an answer had a hole: later exchanges are complete before it. */
static void late_answer(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *first, *second;

	open_session(r);
	first = gateway_send(r, 0, "SessionID=7.1", "CVR;");
	gateway_prepare_answer(r, first, 200, "SessionID=7.2", "CVR!");
	second = gateway_prepare(r, 1, "SessionID=7.2", "USR;");
	gateway_prepare_answer(r, second, 200, "SessionID=7.3", "USR!");
	gateway_tell_request(r, second);
	gateway_conclude(r, second);
	gateway_exchange(r, 1, "7.3", "SYN;", "7.4", "SYN!");
	gateway_conclude(r, first);
	EXPECT("1>VER; 1<VER! 1>CVR; 1<CVR! 1>USR; 1<USR! 1>SYN; 1<SYN! 1.CAPTURE");
}

/* The same with the answer that opens the session. */
static void late_open(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *first, *second;

	first = gateway_send(r, 0, OPEN, "VER;");
	gateway_prepare_answer(r, first, 200, "SessionID=7.1", "VER!");
	second = gateway_send(r, 1, "SessionID=7.1", "CVR;");
	gateway_answer(r, second, "7.2", "CVR!");
	gateway_exchange(r, 1, "7.2", "USR;", "7.3", "USR!");
	gateway_conclude(r, first);
	assert_int_equal(r->counters.gateway_sessions, 1);
	EXPECT("1>VER; 1<VER! 1>CVR; 1<CVR! 1>USR; 1<USR! 1.CAPTURE");
}

/* A response that is there before its request is complete. */
static void early_answer(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *e;

	open_session(r);
	e = gateway_prepare(r, 0, "SessionID=7.1", "CVR;");
	gateway_prepare_answer(r, e, 200, "SessionID=7.2", "CVR!");
	e->http.response = &e->response.message;
	gateway_response(r->gateway, &e->http);
	gateway_tell_request(r, e);
	e->response.message.frame_count = 0;
	gateway_conclude(r, e);
	gateway_exchange(r, 0, "7.2", "USR;", "7.3", "USR!");
	EXPECT("1>VER; 1<VER! 1>CVR; 1<CVR! 1>USR; 1<USR! 1.CAPTURE");
}

static void lost_exchange(void **state)
{
	struct gateway_recorder *r = *state;

	open_session(r);
	/* 7.1 to 7.2 is not in the capture */
	gateway_exchange(r, 0, "7.2", "USR;", "7.3", "USR!");
	gateway_exchange(r, 0, "7.3", "SYN;", "7.4", "SYN!");
	r->time_ns += 11 * SECOND;
	gateway_exchange(r, 0, "7.4", "CHG;", "7.5", "CHG!");
	EXPECT("1>VER; 1<VER! 1!chain 1>[?] 1<[?] 1>USR; 1<USR! 1>SYN; 1<SYN! 1>CHG; 1<CHG! 1.CAPTURE");
}

/* Without later exchanges it shows at the end. */
static void lost_exchange_at_end(void **state)
{
	struct gateway_recorder *r = *state;

	r->texts = true;
	open_session(r);
	gateway_exchange(r, 0, "7.2", "USR;", "7.3", "USR!");
	EXPECT("1>VER; 1<VER! 1!chain(the answer that issued session id 7.2 is not in the capture) "
	       "1>[?] 1<[?] 1>USR; 1<USR! 1.CAPTURE");
}

/* Only an answer is missing: nothing is missing of the client. */
static void lost_answer(void **state)
{
	struct gateway_recorder *r = *state;

	open_session(r);
	gateway_conclude(r, gateway_send(r, 0, "SessionID=7.1", "CVR;"));
	gateway_exchange(r, 0, "7.2", "USR;", "7.3", "USR!");
	EXPECT("1>VER; 1<VER! 1>CVR; 1!unanswered 1!chain 1<[?] 1>USR; 1<USR! 1.CAPTURE");
}

static void lost_request(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *e;

	open_session(r);
	e = gateway_prepare(r, 0, "", "");
	gateway_prepare_answer(r, e, 200, "SessionID=7.2", "CVR!");
	e->http.request = NULL;
	gateway_conclude(r, e);
	gateway_exchange(r, 0, "7.2", "USR;", "7.3", "USR!");
	EXPECT("1>VER; 1<VER! 1!chain 1>[?] 1<CVR! 1>USR; 1<USR! 1.CAPTURE");
}

/* A request with the answer that issued its id, which came before it: its own answer is with the next request. */
static struct recorded_exchange *shifted(struct gateway_recorder *r, const char *query, const char *request,
					 const char *header, const char *answer)
{
	struct recorded_exchange *e = gateway_prepare(r, 0, query, request);

	gateway_prepare_answer(r, e, 200, header, answer);
	e->response.message.start_ns = e->request.message.start_ns - 2;
	e->response.message.end_ns = e->request.message.start_ns - 1;
	return e;
}

/* Bytes were lost on both sides of the TCP connection, and answers were paired with wrong requests. */
static void mispaired(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *e[3];

	open_session(r);
	e[0] = shifted(r, "SessionID=7.2", "USR;", "SessionID=7.2", "CVR!");
	e[0]->request.message.after_gap = true;
	e[0]->response.message.after_gap = true;
	e[1] = shifted(r, "SessionID=7.3", "SYN;", "SessionID=7.3", "USR!");
	e[2] = shifted(r, "SessionID=7.4", "CHG;", "SessionID=7.4", "SYN!");
	for (size_t i = 0; i < 3; i++) {
		gateway_tell_request(r, e[i]);
		gateway_conclude(r, e[i]);
	}
	EXPECT("1>VER; 1<VER![?]CVR! 1>[?]USR; 1<USR! 1>SYN; 1<SYN! 1>CHG; 1.CAPTURE");
}

/* The request that the next answer is for comes later than one whose id nobody knows: order is that of time. */
static void held_up(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *first;

	open_session(r);
	first = gateway_send(r, 0, "SessionID=7.1", "CVR;");
	gateway_exchange(r, 1, "7.3", "SYN;", "7.4", "SYN!");
	gateway_answer(r, first, "7.2", "CVR!");
	gateway_exchange(r, 0, "7.2", "CHG;", "7.5", "CHG!");
	EXPECT("1>VER; 1<VER! 1>CVR; 1!chain 1>[?] 1<[?] 1>SYN; 1<SYN!CVR! 1>CHG; 1<CHG! 1.CAPTURE");
}

/* Bytes that are missing inside bodies. */
static void torn(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *e;

	open_session(r);
	e = gateway_send(r, 0, "SessionID=7.1", "CVR;");
	gateway_prepare_answer(r, e, 200, "SessionID=7.2", "abcdef");
	e->response.message.gaps[0] = (struct http_gap){2, 5};
	e->response.message.gaps[1] = (struct http_gap){6, 0};
	e->response.message.gap_count = 2;
	gateway_conclude(r, e);
	e = gateway_send(r, 0, "SessionID=7.2", "USR;");
	gateway_prepare_answer(r, e, 200, "SessionID=7.3", "abc");
	e->response.headers[1] = (struct header){SLICE_LIT("Content-Length"), SLICE_LIT("10")};
	e->response.message.header_count = 2;
	e->response.message.gaps[0] = (struct http_gap){1, 3};
	e->response.message.gap_count = 1;
	e->response.message.incomplete = true;
	gateway_conclude(r, e);
	e = gateway_send(r, 0, "SessionID=7.3", "");
	gateway_prepare_answer(r, e, 200, "SessionID=7.4", "xyz");
	e->response.message.incomplete = true;
	gateway_conclude(r, e);
	EXPECT("1>VER; 1<VER! 1>CVR; 1<ab[5]cdef[?] 1>USR; 1<a[3]bc[4]xyz[?] 1.CAPTURE");
}

static void repeated(void **state)
{
	struct gateway_recorder *r = *state;

	r->texts = true;
	open_session(r);
	gateway_exchange(r, 0, "7.1", "CVR;", "7.2", "CVR!");
	gateway_conclude(r, gateway_send(r, 0, "SessionID=7.2", "USR;"));
	gateway_exchange(r, 1, "7.2", "USR;", "7.3", "USR!");
	gateway_exchange(r, 1, "7.2", "USR;", "7.4", "USR!");
	/* the same bytes behind other ids are no repeat */
	gateway_exchange(r, 0, "7.4", "USR;", "7.5", "USR!");
	EXPECT("1>VER; 1<VER! 1>CVR; 1<CVR! 1>USR; 1!unanswered(request with 4 bytes) 1!repeated(request of 4 bytes) "
	       "1<USR! 1!repeated(request of 4 bytes) 1!repeated(answer of 4 bytes) 1>USR; 1<USR! 1.CAPTURE");
}

static void moved(void **state)
{
	struct gateway_recorder *r = *state;

	r->texts = true;
	open_session(r);
	gateway_answer_header(r, gateway_send(r, 1, "SessionID=7.1", "CVR;"), 200,
			      "SessionID=7.2; GW-IP=192.0.2.11:443; Action=open", "CVR!");
	gateway_answer_header(r, gateway_send(r, 1, "SessionID=7.2", ""), 200, "SessionID=7.3; GW-IP=192.0.2.11:443",
			      "");
	EXPECT("1>VER; 1<VER! 1>CVR; 1<CVR! 1!moved(GW-IP 192.0.2.11:443) 1.CAPTURE");
}

static void after_close(void **state)
{
	struct gateway_recorder *r = *state;

	r->texts = true;
	open_session(r);
	gateway_answer_header(r, gateway_send(r, 0, "SessionID=7.1", "OUT;"), 200, "SessionID=7.2; Session=close", "");
	gateway_answer_header(r, gateway_send(r, 0, "SessionID=7.2", "MSG;"), 400, "", "<html>");
	gateway_conclude(r, gateway_send(r, 0, "SessionID=7.2", "MSG;"));
	EXPECT("1>VER; 1<VER! 1>OUT; 1!closed(Session=close) 1!after(request with 4 bytes, answer 400 with 0 bytes) "
	       "1!after(request with 4 bytes, no answer) 1.FIN");
}

static void errors(void **state)
{
	struct gateway_recorder *r = *state;

	r->texts = true;
	open_session(r);
	gateway_answer_header(r, gateway_send(r, 0, "SessionID=7.1", "CVR;"), 400, "", "<html>");
	gateway_answer_header(r, gateway_send(r, 0, "SessionID=7.1", "USR;"), 400, "", "");
	/* the gateway takes one: the session goes on */
	gateway_exchange(r, 0, "7.1", "SYN;", "7.2", "SYN!");
	gateway_answer_header(r, gateway_send(r, 0, "SessionID=7.2", "CHG;"), 200, "", "<html>");
	EXPECT("1>VER; 1<VER! 1>CVR; 1!error(400 Bad Request) 1!after(request with 4 bytes, answer 400 with 0 bytes) "
	       "1>SYN; 1<SYN! 1>CHG; 1!error(200 without X-MSN-Messenger, 6 bytes that are not the gateway's) 1.RST");
}

/* A proxy that wants a login stops a request; it is sent again. */
static void proxy_login(void **state)
{
	struct gateway_recorder *r = *state;

	gateway_answer_header(r, gateway_send(r, 0, OPEN, "VER;"), 407, "", "<html>");
	open_session(r);
	EXPECT("0!error 1>VER; 1<VER! 1.CAPTURE");
}

static void failed_open(void **state)
{
	struct gateway_recorder *r = *state;

	gateway_conclude(r, gateway_send(r, 0, OPEN, "VER;"));
	gateway_answer_header(r, gateway_send(r, 0, OPEN, "VER;"), 503, "", "<html>");
	open_session(r);
	EXPECT("1>VER; 1!unanswered 1.RST 2>VER; 2!error 2.RST 3>VER; 3<VER! 3.CAPTURE");
}

static void unopened(void **state)
{
	struct gateway_recorder *r = *state;

	r->texts = true;
	gateway_exchange(r, 0, "7.4", "", "7.5", "MSG!");
	gateway_exchange(r, 0, "7.5", "PNG;", "7.6", "QNG!");
	EXPECT("0!unopened(session 7) 1<MSG! 1>PNG; 1<QNG! 1.CAPTURE");
}

/* The id that stays is told apart by client; a client may show another address. */
static void clients(void **state)
{
	struct gateway_recorder *r = *state;

	open_session(r);
	gateway_answer(r, gateway_send(r, 2, OPEN, "VER2;"), "7.9", "VER2!");
	gateway_exchange(r, 2, "7.9", "CVR2;", "7.10", "CVR2!");
	gateway_exchange(r, 0, "7.1", "CVR;", "7.2", "CVR!");
	gateway_exchange(r, 3, "7.2", "USR;", "7.3", "USR!");
	gateway_exchange(r, 3, "7.77", "MSG;", "7.78", "MSG!");
	EXPECT("1>VER; 1<VER! 2>VER2; 2<VER2! 2>CVR2; 2<CVR2! 1>CVR; 1<CVR! 1>USR; 1<USR! 0!unopened 3>MSG; 3<MSG! "
	       "1.CAPTURE 2.CAPTURE 3.CAPTURE");
}

static void reuse(void **state)
{
	struct gateway_recorder *r = *state;

	open_session(r);
	open_session(r);
	EXPECT("1>VER; 1<VER! 1.REUSE 2>VER; 2<VER! 2.CAPTURE");
}

static void idle(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *poll;

	open_session(r);
	r->time_ns += (GATEWAY_IDLE_SECONDS - 1) * SECOND;
	poll = gateway_send(r, 0, "Action=poll&SessionID=7.1", "");
	r->time_ns += (GATEWAY_IDLE_SECONDS + 1) * SECOND;
	/* not while an answer is awaited */
	gateway_answer(r, gateway_send(r, 2, OPEN, "a"), "8.1", "b");
	gateway_answer(r, poll, "7.2", "NLN!");
	r->time_ns += (GATEWAY_IDLE_SECONDS + 1) * SECOND;
	gateway_exchange(r, 2, "8.1", "c", "8.2", "d");
	EXPECT("1>VER; 1<VER! 2>a 2<b 1<NLN! 2.IDLE 1.IDLE 0!unopened 3>c 3<d 3.CAPTURE");
}

static void ignored(void **state)
{
	struct gateway_recorder *r = *state;

	r->ignore_at = "CVR";
	open_session(r);
	gateway_exchange(r, 0, "7.1", "CVR;", "7.2", "CVR!");
	gateway_exchange(r, 0, "7.9", "USR;", "7.10", "USR!");
	EXPECT("1>VER; 1<VER! 1>CVR;");
}

static void polls(void **state)
{
	struct gateway_recorder *r = *state;

	r->options.polls = true;
	restart(r);
	open_session(r);
	gateway_exchange(r, 0, "7.1", "", "7.2", "");
	gateway_exchange(r, 0, "7.2", "", "7.3", "x");
	EXPECT("1>VER; 1<VER! 1!poll 1<x 1.CAPTURE");
}

static void limit_of_sessions(void **state)
{
	struct gateway_recorder *r = *state;
	char id[32];

	for (unsigned i = 0; i <= GATEWAY_SESSIONS_MAX; i++) {
		snprintf(id, sizeof(id), "%u.1", i);
		gateway_answer(r, gateway_send(r, 0, OPEN, "a"), id, "b");
		r->time_ns -= SECOND / 10;
		if (i == GATEWAY_SESSIONS_MAX - 1)
			r->log.len = 0;
	}
	buffer_add_byte(&r->log, '\0');
	assert_string_equal(r->log.data, "1.LIMIT 4097>a 4097<b");
	gateway_recorder_finish(r);
}

/* Exchanges that wait are limited in number and bytes. */
static void limit_of_waiting(void **state)
{
	struct gateway_recorder *r = *state;
	size_t size = GATEWAY_WAITING_MAX / 2 + 1, before;
	char *body = malloc(size + 1), used[32], next[32];

	memset(body, 'x', size);
	body[size] = '\0';
	open_session(r);
	before = r->log.len;
	gateway_exchange(r, 0, "7.3", body, "7.4", "");
	assert_int_equal(r->log.len, before);
	gateway_exchange(r, 0, "7.4", body, "7.5", "");
	assert_true(r->log.len > before + 2 * size);
	before = r->log.len;
	for (unsigned i = 8; i < 8 + GATEWAY_EXCHANGES_MAX; i++) {
		snprintf(used, sizeof(used), "7.%u", i);
		snprintf(next, sizeof(next), "7.%u", i + 1);
		gateway_exchange(r, 0, used, "", next, "");
		r->time_ns -= SECOND / 5; /* it is not about time */
	}
	assert_int_equal(r->log.len, before);
	gateway_exchange(r, 0, next, "y", "7.1000", "z");
	assert_true(r->log.len > before);
	free(body);
	gateway_recorder_finish(r);
}

/* Many requests out at a time: the oldest are let go, their answers find the session by themselves. */
static void limit_of_outstanding(void **state)
{
	struct gateway_recorder *r = *state;
	struct recorded_exchange *out[GATEWAY_EXCHANGES_MAX + 1];

	open_session(r);
	for (size_t i = 0; i <= GATEWAY_EXCHANGES_MAX; i++)
		out[i] = gateway_send(r, i % 2, "Action=poll&SessionID=7.1", "");
	r->log.len = 0;
	r->last_session = 0;
	for (size_t i = 0; i <= GATEWAY_EXCHANGES_MAX; i++)
		gateway_answer(r, out[i], "7.2", i < 2 ? "x" : "");
	EXPECT("1<xx 1.CAPTURE");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(plain),	     TEST(wrapping),	    TEST(wanted),	TEST(overlap),
		TEST(constant_id),   TEST(late_answer),     TEST(late_open),	TEST(early_answer),
		TEST(lost_exchange), TEST(lost_exchange_at_end), TEST(lost_answer), TEST(lost_request),
		TEST(mispaired),     TEST(held_up),
		TEST(torn),	     TEST(repeated),	    TEST(moved),	TEST(after_close),
		TEST(errors),	     TEST(proxy_login),     TEST(failed_open),	TEST(unopened),
		TEST(clients),	     TEST(reuse),	    TEST(idle),		TEST(ignored),
		TEST(polls),	     TEST(limit_of_sessions), TEST(limit_of_waiting), TEST(limit_of_outstanding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
