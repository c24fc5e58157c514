/* SPDX-License-Identifier: BSD-2-Clause */
#include "http_recorder.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* What the consumer of raw streams knows of one. */
struct known {
	uint64_t bytes[STREAM_SIDES], lost[STREAM_SIDES];
};

static void blank(struct http_recorder *r)
{
	if (r->log.len)
		buffer_add_byte(&r->log, ' ');
	r->last_side = -1;
}

static void add_wrapping(struct http_recorder *r, const struct stream_connection *c)
{
	const struct stream_wrapping *w = c->wrapping;

	if (!w)
		return;
	if (strcmp(w->transport, "tcp") != 0) {
		buffer_add_str(&r->log, "(gateway)");
		return;
	}
	buffer_add_byte(&r->log, '(');
	for (size_t i = 0; i < STREAM_OUTER_MAX && w->outer[i]; i++)
		buffer_printf(&r->log, "%s ", w->outer[i]);
	buffer_printf(&r->log, "%s)", w->target_name ? w->target_name : "?");
	assert_int_equal(c->opener, CLIENT);
	assert_memory_equal(c->address, r->tcp.address, sizeof(c->address));
}

/* --- raw streams --- */

static struct known *know(struct http_recorder *r, struct stream_connection *c)
{
	struct known *k = c->user;

	if (!k) {
		k = calloc(1, sizeof(*k));
		assert_non_null(k);
		c->user = k;
		r->open++;
		blank(r);
		buffer_add_str(&r->log, "raw");
		add_wrapping(r, c);
	}
	assert_memory_equal(k->bytes, c->bytes, sizeof(k->bytes));
	assert_memory_equal(k->lost, c->lost, sizeof(k->lost));
	return k;
}

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct http_recorder *r = ctx;
	struct known *k = know(r, c);

	assert_true(origin->frame > 0 && origin->frame <= r->frame);
	if (r->last_side != side) {
		blank(r);
		buffer_add_str(&r->log, side ? "B:" : "A:");
	}
	r->last_side = side;
	buffer_add_slice(&r->log, data);
	k->bytes[side] += data.len;
	if (!r->ignore_at || slice_find(data, slice_str(r->ignore_at)) == data.len)
		return STREAM_CONTINUE;
	free(k);
	r->open--;
	c->user = NULL;
	return STREAM_IGNORE;
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	struct http_recorder *r = ctx;
	struct known *k = know(r, c);

	(void)origin;
	blank(r);
	buffer_printf(&r->log, "%c:[%" PRIu64 "]", side ? 'B' : 'A', len);
	k->lost[side] += len;
	return STREAM_CONTINUE;
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	struct http_recorder *r = ctx;
	struct known *k = know(r, c);

	(void)why;
	blank(r);
	buffer_add_str(&r->log, "end");
	free(k);
	c->user = NULL;
	r->open--;
}

static void on_anomaly(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
		       const struct stream_origin *origin)
{
	struct http_recorder *r = ctx;

	(void)side;
	(void)what;
	(void)origin;
	know(r, c);
	blank(r);
	buffer_add_byte(&r->log, '!');
}

/* --- exchanges --- */

static void add_flags(struct http_recorder *r, const struct http_message *m)
{
	for (size_t i = 0; i < m->gap_count; i++)
		buffer_printf(&r->log, "[%zu+%" PRIu64 "]", m->gaps[i].at, m->gaps[i].len);
	if (m->incomplete)
		buffer_add_str(&r->log, "!incomplete");
	if (m->body_over_limit)
		buffer_add_str(&r->log, "!limit");
	if (m->body_undecoded)
		buffer_add_str(&r->log, "!undecoded");
	if (m->lost_bytes)
		buffer_printf(&r->log, "!lost%" PRIu64, m->lost_bytes);
	if (m->anomalies)
		buffer_add_str(&r->log, "!anomaly");
}

static void begin_message(struct http_recorder *r, const struct http_exchange *x, char mark)
{
	assert_int_equal(x->client_side, CLIENT);
	assert_non_null(x->connection);
	blank(r);
	buffer_printf(&r->log, "%" PRIu64, x->number);
	if (r->tunnels)
		add_wrapping(r, x->connection);
	buffer_add_byte(&r->log, (uint8_t)mark);
}

static void end_message(struct http_recorder *r, const struct http_message *m)
{
	buffer_add_byte(&r->log, '{');
	buffer_add_slice(&r->log, m->body);
	buffer_add_byte(&r->log, '}');
	add_flags(r, m);
	assert_true(m->frame_count > 0 && m->frame_count <= HTTP_FRAMES_MAX);
	for (size_t i = 1; i < m->frame_count; i++)
		assert_true(m->frames[i - 1] < m->frames[i]);
	assert_true(m->frames[0] > 0);
	assert_true(m->start_ns <= m->end_ns);
}

static bool on_wanted(void *ctx, const struct http_exchange *x)
{
	struct http_recorder *r = ctx;

	assert_true(x->request || x->response);
	assert_null(x->user);
	return !r->no_bodies && !(x->request && slice_find(x->request->target, SLICE_LIT("unwanted")) < x->request->target.len);
}

/* Something that lasts as long as the connection. */
static void keep(struct http_recorder *r, struct http_exchange *x)
{
	if (*x->connection_user)
		return;
	*x->connection_user = calloc(1, 1);
	assert_non_null(*x->connection_user);
	r->connections++;
}

static void on_request(void *ctx, struct http_exchange *x)
{
	struct http_recorder *r = ctx;

	assert_null(x->response);
	assert_null(x->user);
	x->user = r;
	begin_message(r, x, '>');
	buffer_add_slice(&r->log, x->request->method);
	buffer_add_byte(&r->log, ' ');
	buffer_add_slice(&r->log, x->request->target);
	end_message(r, x->request);
	r->last[0] = *x->request;
}

static void on_response(void *ctx, struct http_exchange *x)
{
	struct http_recorder *r = ctx;

	assert_true((x->request != NULL) == (x->user != NULL));
	begin_message(r, x, '<');
	buffer_printf(&r->log, "%d", x->response->status);
	end_message(r, x->response);
	r->last[1] = *x->response;
}

static void on_done(void *ctx, struct http_exchange *x)
{
	begin_message(ctx, x, '.');
	keep(ctx, x);
}

static void on_ended(void *ctx, struct stream_connection *c, int client_side, void *user, enum stream_end why)
{
	struct http_recorder *r = ctx;

	assert_non_null(c);
	assert_int_equal(client_side, CLIENT);
	assert_non_null(user);
	free(user);
	r->connections--;
	r->why = why;
}

static void on_gateway(void *ctx, struct stream_connection *c, enum gateway_notice what, const char *text,
		       const struct stream_origin *origin, const struct http_exchange *x)
{
	struct http_recorder *r = ctx;

	(void)c;
	(void)text;
	(void)origin;
	(void)x;
	blank(r);
	buffer_printf(&r->log, "notice%d", (int)what);
}

/* --- playing --- */

void http_recorder_init(struct http_recorder *r, int opener)
{
	struct transport_options options = {.polls = false};
	struct transport_consumer consumer = {
		.stream = {on_data, on_gap, on_end, on_anomaly, r},
		.http = {on_wanted, on_request, on_response, on_done, on_ended, r},
		.gateway = on_gateway,
		.gateway_ctx = r,
	};

	*r = (struct http_recorder){.last_side = -1};
	r->transport = transport_new(&options, &consumer);
	r->stream = transport_stream(r->transport);
	r->tcp.opener = opener;
	r->tcp.address[CLIENT] = (struct address){{192, 0, 2, 1}, 4000, 4};
	r->tcp.address[SERVER] = (struct address){{192, 0, 2, 2}, 80, 4};
}

static void play_data(struct http_recorder *r, int side, struct slice data)
{
	struct stream_origin origin = {.frame = r->frame, .time_ns = (int64_t)r->frame * 1000};
	/* A copy of its own, so that a read behind it is seen. */
	uint8_t *copy = malloc(data.len);

	assert_non_null(copy);
	memcpy(copy, data.ptr, data.len);
	r->ignored = r->stream.data(r->stream.ctx, &r->tcp, side, slice_of(copy, data.len), &origin) == STREAM_IGNORE;
	free(copy);
	r->tcp.bytes[side] += data.len;
}

void http_recorder_play(struct http_recorder *r, const struct http_step *step, size_t first, size_t piece)
{
	struct stream_origin origin = {.frame = r->frame + 1, .time_ns = (int64_t)r->frame * 1000 + 1000};
	struct slice rest = step->data;
	size_t n = first ? first : piece ? piece : rest.len;

	switch (step->kind) {
	case STEP_DATA:
		for (; rest.len && !r->ignored; rest = slice_sub(rest, n, rest.len), n = piece ? piece : rest.len) {
			r->frame++;
			play_data(r, step->side, slice_sub(rest, 0, n));
		}
		break;
	case STEP_GAP:
		if (!r->ignored)
			r->ignored = r->stream.gap(r->stream.ctx, &r->tcp, step->side, step->len, &origin) ==
				     STREAM_IGNORE;
		r->tcp.lost[step->side] += step->len;
		break;
	case STEP_ANOMALY:
		if (!r->ignored)
			r->stream.anomaly(r->stream.ctx, &r->tcp, step->side, STREAM_OVERLAP_CONFLICT, &origin);
		break;
	case STEP_CLOSE:
		r->tcp.fin[step->side] = true;
		break;
	}
}

void http_recorder_play_all(struct http_recorder *r, const struct http_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		http_recorder_play(r, &steps[i], 0, 0);
}

void http_recorder_repeat(struct http_recorder *r, int side, const char *text, size_t times)
{
	const struct http_step step = {STEP_DATA, side, slice_str(text), 0};

	for (size_t i = 0; i < times; i++)
		http_recorder_play(r, &step, 0, 0);
}

const char *http_recorder_finish(struct http_recorder *r, enum stream_end why)
{
	if (!r->ignored && r->tcp.user)
		r->stream.end(r->stream.ctx, &r->tcp, why);
	assert_null(r->tcp.user);
	transport_finish(r->transport);
	assert_int_equal(r->open, 0);
	assert_int_equal(r->connections, 0);
	buffer_add_byte(&r->log, '\0');
	return (const char *)r->log.data;
}

void http_recorder_free(struct http_recorder *r)
{
	transport_free(r->transport);
	buffer_free(&r->log);
}

/* Step `cut` in two pieces at `at`; all the others in pieces of that many bytes. */
static void play_once(int opener, const struct http_step *steps, size_t count, size_t cut, size_t at, size_t piece,
		      const char *expected)
{
	struct http_recorder r;

	http_recorder_init(&r, opener);
	for (size_t i = 0; i < count; i++)
		http_recorder_play(&r, &steps[i], i == cut ? at : 0, piece);
	const char *log = http_recorder_finish(&r, STREAM_END_CAPTURE);
	if (strcmp(log, expected) != 0)
		fprintf(stderr, "step %zu cut at %zu, pieces of %zu\n", cut, at, piece);
	assert_string_equal(log, expected);
	http_recorder_free(&r);
}

void http_play_whole(int opener, const struct http_step *steps, size_t count, const char *expected)
{
	play_once(opener, steps, count, 0, 0, 0, expected);
}

void http_play(int opener, const struct http_step *steps, size_t count, const char *expected)
{
	play_once(opener, steps, count, 0, 0, 0, expected);
	for (size_t piece = 1; piece <= 3; piece++)
		play_once(opener, steps, count, 0, 0, piece, expected);
	for (size_t i = 0; i < count; i++)
		for (size_t at = 1; at < steps[i].data.len; at++)
			play_once(opener, steps, count, i, at, 0, expected);
}
