/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream_recorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MILLISECOND 1000000

static const char *const end_names[] = {
	[STREAM_END_FIN] = "FIN",   [STREAM_END_RST] = "RST",     [STREAM_END_REUSE] = "REUSE",
	[STREAM_END_IDLE] = "IDLE", [STREAM_END_LIMIT] = "LIMIT", [STREAM_END_CAPTURE] = "CAPTURE",
};

static const char *const anomaly_names[] = {
	[STREAM_OVERLAP_CONFLICT] = "conflict",
	[STREAM_CUT_SEGMENT] = "cut",
	[STREAM_BUFFER_LIMIT] = "limit",
	[STREAM_BAD_CHECKSUM] = "checksum",
};

/* Side 0 is whoever was seen first; the log names the ends. */
static int end_of(const struct stream_connection *c, int side)
{
	return c->address[side].port == 1863 ? B : A;
}

static void separate(struct recorder *r)
{
	if (r->log.len > 0)
		buffer_add_byte(&r->log, ' ');
}

static void begin_piece(struct recorder *r, int end)
{
	if (r->last_side == end)
		return;
	separate(r);
	buffer_add_str(&r->log, end == A ? "A:" : "B:");
	r->last_side = end;
}

static void write_gap(struct recorder *r, int end)
{
	if (r->gap[end] > 0)
		buffer_printf(&r->side[end], "[%llu]", (unsigned long long)r->gap[end]);
	r->gap[end] = 0;
}

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct recorder *r = ctx;
	int end = end_of(c, side);

	assert_true(data.len > 0);
	assert_true(origin->frame >= c->first_frame && origin->frame <= c->last_frame);
	begin_piece(r, end);
	buffer_add_slice(&r->log, data);
	write_gap(r, end);
	buffer_add_slice(&r->side[end], data);
	return r->ignore_at && slice_find(data, slice_str(r->ignore_at)) < data.len ? STREAM_IGNORE : STREAM_CONTINUE;
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	struct recorder *r = ctx;
	int end = end_of(c, side);

	assert_true(len > 0);
	assert_true(origin->frame >= c->first_frame && origin->frame <= c->last_frame);
	begin_piece(r, end);
	buffer_printf(&r->log, "[%llu]", (unsigned long long)len);
	r->gap[end] += len;
	return STREAM_CONTINUE;
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	struct recorder *r = ctx;

	assert_null(c->user);
	separate(r);
	buffer_printf(&r->log, "end:%s", end_names[why]);
	r->last_side = -1;
	r->ends++;
}

static void on_anomaly(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
		       const struct stream_origin *origin)
{
	struct recorder *r = ctx;

	(void)c;
	(void)side;
	(void)origin;
	separate(r);
	buffer_printf(&r->log, "!%s", anomaly_names[what]);
	r->last_side = -1;
}

void recorder_init(struct recorder *r, const struct stream_limits *limits, uint32_t isn)
{
	struct stream_consumer consumer = {on_data, on_gap, on_end, on_anomaly, r};

	memset(r, 0, sizeof(*r));
	r->table = stream_table_new(limits, &consumer);
	r->isn[A] = isn;
	r->isn[B] = isn + 0x40000000;
	r->last_side = -1;
}

void recorder_send(struct recorder *r, const struct step *step)
{
	const struct address a = {{192, 0, 2, 7}, step->port ? step->port : 4000, 4};
	const struct address b = {{192, 0, 2, 1}, 1863, 4};
	struct segment s = {0};

	r->time_ns += step->wait_ms * MILLISECOND;
	s.source = step->from == A ? a : b;
	s.destination = step->from == A ? b : a;
	s.seq = r->isn[step->from] + (uint32_t)step->seq + (step->flags & TCP_SYN ? 0 : 1);
	s.ack = step->flags & TCP_ACK ? r->isn[!step->from] + 1 + (uint32_t)step->ack : 0;
	s.flags = (uint8_t)step->flags;
	s.ordered = step->ordered;
	s.bad_checksum = step->bad_checksum;
	s.payload = slice_str(step->data);
	s.payload_len = (uint32_t)s.payload.len;
	s.payload.len -= step->cut;
	for (unsigned i = 0; i < (step->repeat ? step->repeat : 1); i++) {
		s.frame = ++r->frame;
		s.time_ns = r->time_ns += MILLISECOND;
		stream_table_segment(r->table, &s);
	}
}

const char *recorder_finish(struct recorder *r)
{
	stream_table_finish(r->table);
	for (int end = A; end <= B; end++) {
		write_gap(r, end);
		buffer_add_byte(&r->side[end], 0);
	}
	buffer_add_byte(&r->log, 0);
	return (const char *)r->log.data;
}

void recorder_free(struct recorder *r)
{
	stream_table_free(r->table);
	buffer_free(&r->log);
	buffer_free(&r->side[A]);
	buffer_free(&r->side[B]);
}
