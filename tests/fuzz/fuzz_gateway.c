/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exchanges made from the input through the gateway.  The input is a row of
 * steps, each one byte, some with more:
 *
 *	00-3f  a request is complete: TCP connection (03), form (3c); then the id it uses
 *	40-7f  a response is complete: of which exchange (07), form (38); then the id it issues
 *	80-bf  an exchange is over: which (07)
 *	c0-ff  time passes: 03 none, a second, a minute, an hour; 04 back
 *
 * An id is one byte: 80 without dot, 70 the stem, 0f what follows the dot.
 * Bodies hold the number of their message, so that it shows when one comes
 * twice or in the wrong stream.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "transport/gateway.h"

#define TCPS 4u
#define OUT 8u
#define SECOND INT64_C(1000000000)

#define CHECK(condition)                                                              \
	do {                                                                          \
		if (!(condition)) {                                                   \
			fprintf(stderr, "fuzz_gateway: %s (line %d)\n", #condition, __LINE__); \
			abort();                                                      \
		}                                                                     \
	} while (0)

/* What the consumer knows of one session. */
struct seen {
	uint64_t length[STREAM_SIDES], lost[STREAM_SIDES];
};

struct exchange {
	struct http_exchange http;
	struct http_message request, response;
	struct header headers[2];
	char query[96], answer[96];
	uint8_t request_body[8], response_body[8];
};

struct run {
	struct gateway *gateway;
	struct transport_counters counters;
	struct transport_consumer consumer;
	struct stream_connection tcp[TCPS];
	struct exchange *out[OUT];
	uint64_t number, frame, messages;
	int64_t time_ns;
	uint64_t open, refused;
	uint8_t delivered[8192]; /* by number of the message */
	uint64_t digest;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void digest(struct run *r, uint64_t value)
{
	r->digest = (r->digest ^ value) * UINT64_C(0x100000001b3);
}

/* --- what comes out --- */

static struct seen *seen_of(struct run *r, struct stream_connection *c, int side, const struct stream_origin *origin)
{
	struct seen *seen;

	if (!c->user) {
		c->user = calloc(1, sizeof(struct seen));
		CHECK(c->user);
		r->open++;
	}
	seen = c->user;
	CHECK(side == 0 || side == 1);
	CHECK(c->first_frame <= origin->frame && origin->frame <= c->last_frame && c->last_frame <= r->frame);
	CHECK(c->wrapping && c->wrapping->transport);
	CHECK(seen->length[side] == c->bytes[side] && seen->lost[side] == c->lost[side]);
	digest(r, origin->frame);
	return seen;
}

/* The number of the message in the body, and whether it has not been delivered before. */
static void check_message(struct run *r, struct slice data, int side)
{
	size_t number;

	if (data.len < 4 || data.ptr[0] == 's' || data.ptr[0] == '!')
		return; /* a part of a body, or one that is always the same */
	CHECK(data.ptr[0] == (side == 0 ? '>' : '<'));
	number = (size_t)data.ptr[1] << 8 | data.ptr[2];
	CHECK(number < sizeof(r->delivered) && !r->delivered[number]);
	r->delivered[number] = 1;
}

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct run *r = ctx;
	struct seen *seen = seen_of(r, c, side, origin);

	CHECK(data.len > 0);
	check_message(r, data, side);
	for (size_t i = 0; i < data.len; i++)
		digest(r, data.ptr[i]);
	seen->length[side] += data.len;
	if (data.ptr[0] != '!')
		return STREAM_CONTINUE;
	free(seen);
	c->user = NULL;
	r->refused++;
	return STREAM_IGNORE;
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	struct run *r = ctx;
	struct seen *seen = seen_of(r, c, side, origin);

	CHECK(len > 0);
	if (len != STREAM_GAP_UNKNOWN)
		seen->lost[side] += len;
	digest(r, len);
	return STREAM_CONTINUE;
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	struct run *r = ctx;

	CHECK(c->user);
	digest(r, why);
	free(c->user);
	c->user = NULL;
	r->open--;
}

static void on_notice(void *ctx, struct stream_connection *c, enum gateway_notice what, const char *text,
		      const struct stream_origin *origin, const struct http_exchange *x)
{
	struct run *r = ctx;

	CHECK(c->first_frame <= origin->frame && origin->frame <= c->last_frame && c->last_frame <= r->frame);
	CHECK(text && (!x || x->connection));
	digest(r, what);
	digest(r, origin->frame);
}

/* --- what goes in --- */

static void make_id(uint8_t choice, char *out, size_t size)
{
	if (choice & 0x80)
		snprintf(out, size, "%s%u", choice & 0x40 ? "4f0c6a9e-0000-1111-" : "", choice >> 4 & 7u);
	else
		snprintf(out, size, "%u.%u", choice >> 4 & 7u, choice & 15u);
}

/* A body: none, one of its own, one that is always the same, one that the consumer refuses. */
static struct slice make_body(struct run *r, uint8_t form, int side, uint8_t *out)
{
	uint64_t number = ++r->messages;

	if (form == 0)
		return SLICE_EMPTY;
	memcpy(out, form == 2 ? "same" : "!no!", 4);
	if (form == 1 && number < sizeof(r->delivered)) {
		out[0] = side == 0 ? '>' : '<';
		out[1] = (uint8_t)(number >> 8);
		out[2] = (uint8_t)number;
	}
	return slice_of(out, 4);
}

static void make_message(struct run *r, struct http_message *m, bool torn)
{
	m->frames[0] = ++r->frame;
	m->frames[1] = ++r->frame;
	m->frame_count = 2;
	m->start_ns = m->end_ns = r->time_ns;
	m->incomplete = torn;
	if (!torn)
		return;
	m->gaps[0] = (struct http_gap){2, 7};
	m->gaps[1] = (struct http_gap){9, 0};
	m->gap_count = 2;
}

static void finish(struct run *r, size_t i)
{
	struct exchange *e = r->out[i];

	if (!e)
		return;
	gateway_done(r->gateway, &e->http);
	CHECK(!e->http.user);
	memset(e, 0xa5, sizeof(*e)); /* nothing may point there any more */
	free(e);
	r->out[i] = NULL;
}

static void send(struct run *r, uint8_t step, uint8_t choice)
{
	size_t i = r->number % OUT;
	struct exchange *e;
	char id[32] = "";

	finish(r, i);
	e = r->out[i] = calloc(1, sizeof(*e));
	CHECK(e);
	e->http.number = ++r->number;
	e->http.connection = &r->tcp[step & 3];
	if (step & 0x20 && step & 0x10)
		return; /* the request is not seen */
	if (!(step & 0x20))
		make_id(choice, id, sizeof(id));
	snprintf(e->query, sizeof(e->query), "Action=%s&SessionID=%s", *id ? "poll" : "open", id);
	make_message(r, &e->request, step & 0x10);
	e->request.method = SLICE_LIT("POST");
	e->request.path = SLICE_LIT("/gateway/gateway.dll");
	e->request.query = slice_str(e->query);
	e->request.body = make_body(r, step >> 2 & 3, 0, e->request_body);
	e->http.request = &e->request;
	gateway_request(r->gateway, &e->http);
}

static void answer(struct run *r, uint8_t step, uint8_t choice)
{
	struct exchange *e = r->out[step & 7];
	char id[32];

	if (!e || e->http.response)
		return;
	make_id(choice, id, sizeof(id));
	snprintf(e->answer, sizeof(e->answer), "SessionID=%s; GW-IP=192.0.2.%u%s", id, choice & 1u,
		 choice == 0x7f ? "; Session=close" : "");
	make_message(r, &e->response, (step & 0x38) == 0x38);
	e->response.status = (step & 0x38) == 0x30 ? choice & 1 ? 407 : 400 : 200;
	e->headers[0] = (struct header){SLICE_LIT("X-MSN-Messenger"), slice_str(e->answer)};
	e->headers[1] = (struct header){SLICE_LIT("Content-Length"), SLICE_LIT("12")};
	e->response.headers = e->headers;
	e->response.header_count = e->response.status == 200 ? 2 : 0;
	e->response.body = make_body(r, step >> 3 & 3, 1, e->response_body);
	e->http.response = &e->response;
	gateway_response(r->gateway, &e->http);
}

static void pass_time(struct run *r, uint8_t step)
{
	static const int64_t seconds[] = {0, 1, 60, 3600};

	r->time_ns += (step & 4 ? -1 : 1) * seconds[step & 3] * SECOND;
}

/* Returns how many bytes of the input it took. */
static size_t take_step(struct run *r, const uint8_t *data, size_t left)
{
	uint8_t choice = left > 1 ? data[1] : 0;

	switch (data[0] >> 6) {
	case 0:
		send(r, data[0], choice);
		return 2;
	case 1:
		answer(r, data[0], choice);
		return 2;
	case 2:
		finish(r, data[0] & 7);
		return 1;
	default:
		pass_time(r, data[0]);
		return 1;
	}
}

static uint64_t play(const uint8_t *data, size_t size)
{
	struct transport_options options = {.polls = true};
	struct run r = {.consumer = {.stream = {.data = on_data, .gap = on_gap, .end = on_end}, .gateway = on_notice}};

	r.consumer.stream.ctx = r.consumer.gateway_ctx = &r;
	for (size_t i = 0; i < TCPS; i++) {
		r.tcp[i].address[0] = (struct address){{192, 0, 2, (uint8_t)(i / 2)}, (uint16_t)(4000 + i), 4};
		r.tcp[i].address[1] = (struct address){{198, 51, 100, 1}, 80, 4};
		r.tcp[i].fin[0] = i == 3;
	}
	r.gateway = gateway_new(&options, &r.consumer, &r.counters);
	for (size_t at = 0; at < size;)
		at += take_step(&r, data + at, size - at);
	for (size_t i = 0; i < OUT; i++)
		finish(&r, i);
	gateway_finish(r.gateway);
	CHECK(r.open == r.refused);
	/* when a session has gone, an answer that still comes for it may begin another */
	CHECK(r.counters.gateway_polls <= r.number && r.counters.gateway_sessions <= 2 * r.number);
	gateway_free(r.gateway);
	return r.digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		CHECK(play(data, size) == play(data, size));
	return 0;
}
