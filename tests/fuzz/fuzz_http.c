/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection through the transport stage.  The input is one byte (03 who
 * opened it, 3 for not seen; 04 the consumer wants no exchange; 08 it refuses
 * raw streams), then records of 2 bytes, and bytes behind those of data:
 *
 *	0  01 side; 06 kind: data, gap, anomaly, close; f8 upper bits of the length
 *	1  lower bits of the length
 */
#include <stdio.h>
#include <stdlib.h>

#include "transport/transport.h"
#include "util/reader.h"

enum { KIND_DATA, KIND_GAP, KIND_ANOMALY, KIND_CLOSE };

#define OPENER 0x03
#define UNWANTED 0x04
#define REFUSE 0x08

#define CHECK(condition)                                                              \
	do {                                                                          \
		if (!(condition)) {                                                   \
			fprintf(stderr, "fuzz_http: %s (line %d)\n", #condition, __LINE__); \
			abort();                                                      \
		}                                                                     \
	} while (0)

/* What the consumer knows of a raw stream. */
struct raw {
	uint64_t bytes[STREAM_SIDES], lost[STREAM_SIDES];
};

/* What it knows of an exchange. */
struct seen {
	bool request, response;
};

struct run {
	uint8_t choice;
	struct transport *transport;
	struct stream_consumer stream;
	struct stream_connection tcp;
	struct stream_origin origin;
	uint64_t open, exchanges, connections;
	uint64_t given;                  /* bytes, of both sides */
	uint64_t raw_bytes;              /* and those that came out of plain streams */
	unsigned sum;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte is there to be read. */
static void touch(struct run *r, struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		r->sum += s.ptr[i];
}

static struct raw *know(struct run *r, struct stream_connection *c)
{
	struct raw *k = c->user;

	if (!k) {
		k = calloc(1, sizeof(*k));
		CHECK(k);
		c->user = k;
		r->open++;
	}
	bool gateway = c->wrapping && strcmp(c->wrapping->transport, "tcp") != 0;
	CHECK(gateway || memcmp(k->bytes, c->bytes, sizeof(k->bytes)) == 0);
	CHECK(gateway || memcmp(k->lost, c->lost, sizeof(k->lost)) == 0);
	return k;
}

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct run *r = ctx;
	struct raw *k = know(r, c);

	CHECK(data.len > 0);
	CHECK(origin->frame <= r->origin.frame);
	touch(r, data);
	k->bytes[side] += data.len;
	r->raw_bytes += c->wrapping ? 0 : data.len;
	if (!(r->choice & REFUSE))
		return STREAM_CONTINUE;
	free(k);
	c->user = NULL;
	r->open--;
	return STREAM_IGNORE;
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	(void)origin;
	CHECK(len > 0);
	know(ctx, c)->lost[side] += len;
	return STREAM_CONTINUE;
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	struct run *r = ctx;

	(void)why;
	free(know(r, c));
	c->user = NULL;
	r->open--;
}

static void on_anomaly(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
		       const struct stream_origin *origin)
{
	(void)side;
	(void)what;
	(void)origin;
	know(ctx, c);
}

static void check_message(struct run *r, const struct http_message *m)
{
	touch(r, m->head);
	touch(r, m->method);
	touch(r, m->target);
	touch(r, m->host);
	touch(r, m->path);
	touch(r, m->query);
	touch(r, m->reason);
	touch(r, m->body);
	CHECK(m->head.len > 0 && m->head.len <= HTTP_HEAD_MAX && m->body.len <= HTTP_BODY_MAX);
	CHECK(m->header_count <= HTTP_HEADERS_MAX);
	for (size_t i = 0; i < m->header_count; i++) {
		touch(r, m->headers[i].name);
		touch(r, m->headers[i].value);
	}
	CHECK(m->frame_count > 0 && m->frame_count <= HTTP_FRAMES_MAX && m->gap_count <= HTTP_GAPS_MAX);
	for (size_t i = 1; i < m->frame_count; i++)
		CHECK(m->frames[i - 1] < m->frames[i]);
	for (size_t i = 0; i < m->gap_count; i++)
		CHECK(m->gaps[i].at <= m->body.len && (i == 0 || m->gaps[i - 1].at < m->gaps[i].at));
	CHECK(m->start_ns <= m->end_ns);
}

static bool on_wanted(void *ctx, const struct http_exchange *x)
{
	struct run *r = ctx;

	CHECK(x->connection && (x->request || x->response) && !x->user);
	return !(r->choice & UNWANTED);
}

static struct seen *seen_of(struct run *r, struct http_exchange *x)
{
	CHECK(!(r->choice & UNWANTED));
	if (!x->user) {
		x->user = calloc(1, sizeof(struct seen));
		CHECK(x->user);
		r->exchanges++;
	}
	return x->user;
}

static void on_request(void *ctx, struct http_exchange *x)
{
	struct seen *s = seen_of(ctx, x);

	CHECK(!s->request && !s->response && !x->response);
	s->request = true;
	check_message(ctx, x->request);
	CHECK(x->request->method.len > 0);
}

static void on_response(void *ctx, struct http_exchange *x)
{
	struct seen *s = seen_of(ctx, x);

	CHECK(!s->response && s->request == (x->request != NULL));
	s->response = true;
	check_message(ctx, x->response);
	CHECK(x->response->status >= 100 && x->response->status <= 999);
}

static void on_done(void *ctx, struct http_exchange *x)
{
	struct run *r = ctx;
	struct seen *s = seen_of(r, x);

	CHECK(s->request == (x->request != NULL) && s->response == (x->response != NULL));
	free(s);
	x->user = NULL;
	r->exchanges--;
	if (!*x->connection_user) {
		*x->connection_user = calloc(1, 1);
		r->connections++;
	}
}

static void on_ended(void *ctx, struct stream_connection *c, int client_side, void *user, enum stream_end why)
{
	struct run *r = ctx;

	(void)why;
	CHECK(c && user && (client_side == 0 || client_side == 1));
	free(user);
	r->connections--;
}

static void on_gateway(void *ctx, struct stream_connection *c, enum gateway_notice what, const char *text,
		       const struct stream_origin *origin, const struct http_exchange *x)
{
	(void)what;
	(void)text;
	(void)origin;
	(void)ctx;
	(void)x;
	CHECK(c);
}

/* Returns whether the connection is still of interest. */
static bool play(struct run *r, struct reader *in)
{
	uint8_t first = reader_u8(in);
	size_t len = (size_t)(first & 0xf8) << 5 | reader_u8(in);
	int side = first & 1;
	enum stream_verdict verdict = STREAM_CONTINUE;

	r->origin.frame++;
	r->origin.time_ns += 1000;
	if ((first >> 1 & 3) == KIND_ANOMALY)
		r->stream.anomaly(r->stream.ctx, &r->tcp, side, STREAM_OVERLAP_CONFLICT, &r->origin);
	else if ((first >> 1 & 3) == KIND_CLOSE)
		r->tcp.fin[side] = true;
	if ((first >> 1 & 3) > KIND_GAP || len == 0)
		return true;
	if ((first >> 1 & 3) == KIND_GAP) {
		verdict = r->stream.gap(r->stream.ctx, &r->tcp, side, len, &r->origin);
		r->tcp.lost[side] += len;
		return verdict == STREAM_CONTINUE;
	}
	struct slice data = reader_bytes(in, len < reader_left(in) ? len : reader_left(in));
	if (data.len)
		verdict = r->stream.data(r->stream.ctx, &r->tcp, side, data, &r->origin);
	r->tcp.bytes[side] += data.len;
	r->given += data.len;
	return verdict == STREAM_CONTINUE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader in = reader_over(slice_of(data, size));
	struct run r = {.choice = reader_u8(&in)};
	struct transport_options options = {.polls = true};
	struct transport_consumer consumer = {
		.stream = {on_data, on_gap, on_end, on_anomaly, &r},
		.http = {on_wanted, on_request, on_response, on_done, on_ended, &r},
		.gateway = on_gateway,
		.gateway_ctx = &r,
	};
	bool going = true;

	r.transport = transport_new(&options, &consumer);
	r.stream = transport_stream(r.transport);
	r.tcp.opener = (r.choice & OPENER) < 2 ? r.choice & OPENER : -1;
	r.tcp.address[0].version = r.tcp.address[1].version = 4;
	while (going && reader_left(&in))
		going = play(&r, &in);
	if (going && r.tcp.user)
		r.stream.end(r.stream.ctx, &r.tcp, STREAM_END_CAPTURE);
	CHECK(!r.tcp.user);
	transport_finish(r.transport);
	const struct transport_counters *c = transport_counters(r.transport);
	CHECK(r.exchanges == 0 && r.open == 0 && r.connections == 0);
	CHECK(c->http_wanted <= c->http_exchanges && c->http_connections <= STREAM_OUTER_MAX + 1);
	/* What begins as no other protocol comes out as it went in. */
	CHECK(r.raw_bytes <= r.given);
	CHECK(c->http_connections || r.raw_bytes == r.given || r.raw_bytes == 0 || (r.choice & REFUSE));
	transport_free(r.transport);
	return 0;
}
