/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls_player.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "capture/capture.h"
#include "tests/quiet_consumer.h"
#include "util/memory.h"

/* --- reading --- */

const char *tls_sample_path(const char *file)
{
	static char path[512];
	const char *top = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/samples/tls/%s", top ? top : ".", file);
	return path;
}

struct reading {
	struct tls_sample sample;
	struct buffer memory;
	struct stream_connection *connections[TLS_PLAYED_MAX];
	unsigned count;
};

static unsigned number_of(struct reading *r, struct stream_connection *c)
{
	if (!c->user) {
		assert_true(r->count < TLS_PLAYED_MAX);
		r->connections[r->count++] = c;
		c->user = r;
		c->start_ns = r->count;
	}
	return (unsigned)c->start_ns - 1;
}

static enum stream_verdict read_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				     const struct stream_origin *origin)
{
	struct reading *r = ctx;
	struct tls_sample *s = &r->sample;

	(void)origin;
	s->steps = realloc(s->steps, (s->count + 1) * sizeof(s->steps[0]));
	assert_non_null(s->steps);
	s->steps[s->count++] = (struct tls_step){number_of(r, c), side, {NULL, data.len}};
	s->bytes += data.len;
	buffer_add_slice(&r->memory, data);
	return STREAM_CONTINUE;
}

static enum stream_verdict read_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				    const struct stream_origin *origin)
{
	(void)ctx, (void)c, (void)side, (void)len, (void)origin;
	fail_msg("the sample has a gap");
	return STREAM_CONTINUE;
}

static void read_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	(void)ctx, (void)c, (void)why;
}

static void read_anomaly(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
			 const struct stream_origin *origin)
{
	(void)ctx, (void)c, (void)side, (void)what, (void)origin;
}

struct tls_sample tls_sample_read(const char *name)
{
	struct reading r = {.count = 0};
	struct stream_consumer consumer = {read_data, read_gap, read_end, read_anomaly, &r};
	struct stream_limits limits = {.flows = 0};
	struct stream_table *streams = stream_table_new(&limits, &consumer);
	struct decoder *decoder = decoder_new(false);
	char message[CAPTURE_MESSAGE_MAX], file[256];
	struct packet packet;
	struct segment segment;

	snprintf(file, sizeof(file), "%s.pcap", name);
	struct capture *capture = capture_open(tls_sample_path(file), message);
	assert_non_null(capture);
	while (capture_next(capture, &packet, message) == CAPTURE_PACKET)
		if (decoder_packet(decoder, &packet, &segment) == DECODE_TCP)
			stream_table_segment(streams, &segment);
	stream_table_finish(streams);
	stream_table_free(streams);
	decoder_free(decoder);
	capture_close(capture);
	r.sample.memory = r.memory.data;
	size_t at = 0;
	for (size_t i = 0; i < r.sample.count; i++) {
		r.sample.steps[i].data.ptr = r.memory.data + at;
		at += r.sample.steps[i].data.len;
	}
	return r.sample;
}

void tls_sample_free(struct tls_sample *s)
{
	free(s->steps);
	free(s->memory);
}

/* --- playing --- */

static struct tls_played *played(struct tls_player *p, const struct tls_report *r)
{
	/* Each connection has a port of its own. */
	return &p->played[r->connection->address[0].port - 1000];
}

static bool on_notice(void *ctx, enum tls_notice what, const struct tls_report *r, const struct stream_origin *origin)
{
	struct tls_played *k = played(ctx, r);

	(void)origin;
	assert_int_equal(k->ends, 0);
	assert_true(r->ssl2_length <= r->hellos.len);
	k->handshakes += what == TLS_HANDSHAKE;
	k->failures += what == TLS_FAILED;
	k->holes += what == TLS_HOLE;
	k->ends += what == TLS_ENDED;
	k->trouble = r->trouble;
	k->resumed = r->resumed;
	k->secret = r->secret;
	k->version = r->version;
	return true;
}

static void on_plain(void *ctx, const struct tls_report *r, int side, struct slice data, const struct stream_origin *origin)
{
	struct buffer *b = &played(ctx, r)->plain[side != r->client_side];

	(void)origin;
	if (data.ptr)
		buffer_add_slice(b, data);
	else if (data.len == STREAM_GAP_UNKNOWN)
		buffer_add_str(b, "[?]");
	else
		buffer_printf(b, "[%zu]", data.len);
}

void tls_player_init(struct tls_player *p, struct tls_secrets *secrets)
{
	struct transport_consumer consumer = quiet_consumer();
	struct transport_options options = {.secrets = secrets};

	*p = (struct tls_player){.frame = 0};
	consumer.tls = (struct tls_consumer){on_notice, on_plain, p};
	p->transport = transport_new(&options, &consumer);
	p->stream = transport_stream(p->transport);
	for (unsigned i = 0; i < TLS_PLAYED_MAX; i++)
		p->played[i].tcp = (struct stream_connection){
			.address = {{.version = 4, .ip = {192, 0, 2, 10}, .port = (uint16_t)(1000 + i)},
				    {.version = 4, .ip = {203, 0, 113, 62}, .port = 443}},
			.opener = 0};
}

void tls_player_step(struct tls_player *p, const struct tls_step *step)
{
	struct tls_played *k = &p->played[step->connection];
	struct stream_origin origin = {.frame = ++p->frame, .time_ns = (int64_t)p->frame * 1000000};
	enum stream_verdict verdict;

	k->known = true;
	if (k->ignored)
		return;
	k->tcp.last_frame = origin.frame;
	k->tcp.end_ns = origin.time_ns;
	if (step->data.ptr) {
		verdict = p->stream.data(p->stream.ctx, &k->tcp, step->side, step->data, &origin);
		k->tcp.bytes[step->side] += step->data.len;
	} else {
		verdict = p->stream.gap(p->stream.ctx, &k->tcp, step->side, step->data.len, &origin);
		k->tcp.lost[step->side] += step->data.len;
	}
	k->ignored = verdict == STREAM_IGNORE;
}

void tls_player_pieces(struct tls_player *p, const struct tls_step *step, size_t piece)
{
	for (size_t at = 0; at < step->data.len; at += piece) {
		struct tls_step part = {step->connection, step->side, slice_sub(step->data, at, piece)};

		tls_player_step(p, &part);
	}
}

void tls_player_finish(struct tls_player *p)
{
	for (unsigned i = 0; i < TLS_PLAYED_MAX; i++)
		if (p->played[i].known && !p->played[i].ignored)
			p->stream.end(p->stream.ctx, &p->played[i].tcp, STREAM_END_FIN);
	transport_finish(p->transport);
}

void tls_player_free(struct tls_player *p)
{
	transport_free(p->transport);
	for (unsigned i = 0; i < TLS_PLAYED_MAX; i++) {
		buffer_free(&p->played[i].plain[0]);
		buffer_free(&p->played[i].plain[1]);
	}
}
