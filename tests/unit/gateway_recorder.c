/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateway_recorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "util/memory.h"

#define STEP_NS 100000000

static const char *const end_names[] = {
	[STREAM_END_FIN] = "FIN",   [STREAM_END_RST] = "RST",     [STREAM_END_REUSE] = "REUSE",
	[STREAM_END_IDLE] = "IDLE", [STREAM_END_LIMIT] = "LIMIT", [STREAM_END_CAPTURE] = "CAPTURE",
};

static const char *const notice_names[] = {
	[GATEWAY_UNOPENED] = "unopened", [GATEWAY_UNANSWERED] = "unanswered",  [GATEWAY_HTTP_ERROR] = "error",
	[GATEWAY_CLOSED] = "closed",     [GATEWAY_AFTER_CLOSE] = "after",      [GATEWAY_REPEATED] = "repeated",
	[GATEWAY_MOVED] = "moved",       [GATEWAY_CHAIN_GAP] = "chain",        [GATEWAY_POLL] = "poll",
};

/* --- what comes out --- */

static uint64_t number_of(struct gateway_recorder *r, struct stream_connection *c)
{
	if (!c->user) {
		c->user = (void *)(uintptr_t)++r->sessions;
		r->open++;
	}
	return (uint64_t)(uintptr_t)c->user;
}

static void begin_piece(struct gateway_recorder *r)
{
	if (r->log.len > 0)
		buffer_add_byte(&r->log, ' ');
	r->last_session = 0;
}

static void check(const struct gateway_recorder *r, const struct stream_connection *c, const struct stream_origin *origin)
{
	assert_true(c->first_frame <= origin->frame && origin->frame <= c->last_frame && c->last_frame <= r->frame);
	assert_true(c->start_ns <= origin->time_ns && origin->time_ns <= c->end_ns);
	assert_string_equal(c->wrapping->transport, "http-gateway");
}

static void begin_bytes(struct gateway_recorder *r, uint64_t session, int side)
{
	if (r->last_session == session && r->last_side == side)
		return;
	begin_piece(r);
	buffer_printf(&r->log, "%llu%c", (unsigned long long)session, side == 0 ? '>' : '<');
	r->last_session = session;
	r->last_side = side;
}

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct gateway_recorder *r = ctx;
	uint64_t session = number_of(r, c);

	assert_true(data.len > 0);
	check(r, c, origin);
	begin_bytes(r, session, side);
	buffer_add_slice(&r->log, data);
	if (!r->ignore_at || slice_find(data, slice_str(r->ignore_at)) == data.len)
		return STREAM_CONTINUE;
	r->open--;
	return STREAM_IGNORE;
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	struct gateway_recorder *r = ctx;
	uint64_t session = number_of(r, c);

	assert_true(len > 0);
	check(r, c, origin);
	begin_bytes(r, session, side);
	if (len == STREAM_GAP_UNKNOWN)
		buffer_add_str(&r->log, "[?]");
	else
		buffer_printf(&r->log, "[%llu]", (unsigned long long)len);
	return STREAM_CONTINUE;
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	struct gateway_recorder *r = ctx;
	uint64_t session = number_of(r, c);

	begin_piece(r);
	buffer_printf(&r->log, "%llu.%s", (unsigned long long)session, end_names[why]);
	r->open--;
}

static void on_gateway(void *ctx, struct stream_connection *c, enum gateway_notice what, const char *text,
		       const struct stream_origin *origin, const struct http_exchange *x)
{
	struct gateway_recorder *r = ctx;

	(void)x;
	check(r, c, origin);
	begin_piece(r);
	/* A notice may come before the first byte, or behind the end. */
	buffer_printf(&r->log, "%llu!%s", (unsigned long long)(uintptr_t)c->user, notice_names[what]);
	if (r->texts)
		buffer_printf(&r->log, "(%s)", text);
}

void gateway_recorder_init(struct gateway_recorder *r)
{
	static const uint8_t client[RECORDER_TCPS] = {1, 1, 2, 3};

	memset(r, 0, sizeof(*r));
	r->consumer.stream = (struct stream_consumer){.data = on_data, .gap = on_gap, .end = on_end, .ctx = r};
	r->consumer.gateway = on_gateway;
	r->consumer.gateway_ctx = r;
	for (size_t i = 0; i < RECORDER_TCPS; i++) {
		struct stream_connection *c = &r->tcp[i];

		c->address[0] = (struct address){{192, 0, 2, client[i]}, (uint16_t)(4000 + i), 4};
		c->address[1] = (struct address){{198, 51, 100, 1}, 80, 4};
	}
	r->gateway = gateway_new(&r->options, &r->consumer, &r->counters);
}

const char *gateway_recorder_finish(struct gateway_recorder *r)
{
	gateway_finish(r->gateway);
	assert_int_equal(r->open, 0);
	buffer_add_byte(&r->log, '\0');
	return (const char *)r->log.data;
}

void gateway_recorder_free(struct gateway_recorder *r)
{
	gateway_free(r->gateway);
	buffer_free(&r->log);
}

/* --- what goes in --- */

static struct slice keep(struct recorded_message *m, const char *text)
{
	size_t at = m->text.len;

	buffer_add_str(&m->text, text);
	return slice_sub(buffer_slice(&m->text), at, m->text.len);
}

static void add_header(struct recorded_message *m, const char *name, const char *value)
{
	m->headers[m->message.header_count++] = (struct header){slice_str(name), keep(m, value)};
	m->message.headers = m->headers;
}

static void begin_message(struct gateway_recorder *r, struct recorded_message *m, size_t room)
{
	buffer_reserve(&m->text, room + 64); /* slices point into it */
	m->message.frames[0] = ++r->frame;
	m->message.frames[1] = ++r->frame;
	m->message.frame_count = 2;
	m->message.start_ns = r->time_ns += STEP_NS;
	m->message.end_ns = m->message.start_ns + 1;
}

struct recorded_exchange *gateway_prepare(struct gateway_recorder *r, size_t tcp, const char *query, const char *body)
{
	struct recorded_exchange *e = memory_zalloc(sizeof(*e));
	struct recorded_message *m = &e->request;

	e->http.number = ++r->exchanges;
	e->http.connection = &r->tcp[tcp];
	begin_message(r, m, strlen(query) + strlen(body));
	m->message.method = SLICE_LIT("POST");
	m->message.path = SLICE_LIT("/gateway/gateway.dll");
	m->message.query = keep(m, query);
	m->message.body = keep(m, body);
	e->http.request = &m->message;
	return e;
}

void gateway_tell_request(struct gateway_recorder *r, struct recorded_exchange *e)
{
	assert_true(gateway_wants(&e->http));
	gateway_request(r->gateway, &e->http);
}

struct recorded_exchange *gateway_send(struct gateway_recorder *r, size_t tcp, const char *query, const char *body)
{
	struct recorded_exchange *e = gateway_prepare(r, tcp, query, body);

	gateway_tell_request(r, e);
	return e;
}

void gateway_prepare_answer(struct gateway_recorder *r, struct recorded_exchange *e, int status, const char *header,
			    const char *body)
{
	struct recorded_message *m = &e->response;

	begin_message(r, m, strlen(header) + strlen(body));
	m->message.status = status;
	m->message.reason = status == 200 ? SLICE_LIT("OK") : SLICE_LIT("Bad Request");
	if (*header)
		add_header(m, "x-msn-messenger", header);
	m->message.body = keep(m, body);
}

void gateway_conclude(struct gateway_recorder *r, struct recorded_exchange *e)
{
	if (e->response.message.frame_count) {
		e->http.response = &e->response.message;
		gateway_response(r->gateway, &e->http);
	}
	gateway_done(r->gateway, &e->http);
	assert_null(e->http.user);
	buffer_free(&e->request.text);
	buffer_free(&e->response.text);
	/* Nothing may point there any more. */
	memset(e, 0xa5, sizeof(*e));
	free(e);
}

void gateway_answer_header(struct gateway_recorder *r, struct recorded_exchange *e, int status, const char *header,
			   const char *body)
{
	gateway_prepare_answer(r, e, status, header, body);
	gateway_conclude(r, e);
}

void gateway_answer(struct gateway_recorder *r, struct recorded_exchange *e, const char *id, const char *body)
{
	char header[256];

	snprintf(header, sizeof(header), "SessionID=%s; GW-IP=192.0.2.10", id);
	gateway_answer_header(r, e, 200, header, body);
}

void gateway_exchange(struct gateway_recorder *r, size_t tcp, const char *used, const char *request, const char *next,
		      const char *answer)
{
	char query[256];

	snprintf(query, sizeof(query), "%sSessionID=%s", *request ? "" : "Action=poll&", used);
	gateway_answer(r, gateway_send(r, tcp, query, request), next, answer);
}
