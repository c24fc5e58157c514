/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A TLS connection through the transport stage.  The input is the bytes of one
 * side; those of the other are the same, shifted by one turn.  The last byte
 * says how: 01 the first bytes are of the server; 02 without keys; 0c a gap
 * now and then; f0 how long the pieces are.  Secrets that fit nothing are at
 * hand for whatever client random the input holds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/quiet_consumer.h"

#define BY_SERVER 0x01
#define NO_KEYS 0x02
#define GAPS 0x0c

#define CHECK(condition)                                                                    \
	do {                                                                                \
		if (!(condition)) {                                                         \
			fprintf(stderr, "fuzz_tls_record: %s (line %d)\n", #condition, __LINE__); \
			abort();                                                            \
		}                                                                           \
	} while (0)

struct run {
	uint64_t open, ended, plain, given;
	unsigned sum;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void touch(struct run *r, struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		r->sum += s.ptr[i];
}

static bool on_notice(void *ctx, enum tls_notice what, const struct tls_report *r, const struct stream_origin *origin)
{
	struct run *run = ctx;

	if (!*r->user) {
		*r->user = run;
		run->open++;
	}
	touch(run, r->hellos);
	CHECK(r->ssl2_length <= r->hellos.len && origin);
	CHECK(r->trouble <= TLS_TOO_MUCH);
	if (what == TLS_ENDED)
		run->ended++;
	return what != TLS_ENDED && r->decrypted;
}

static void on_plain(void *ctx, const struct tls_report *r, int side, struct slice data, const struct stream_origin *origin)
{
	struct run *run = ctx;

	(void)origin;
	CHECK(side == 0 || side == 1);
	if (!data.ptr)
		return;
	touch(run, data);
	run->plain += data.len;
	CHECK(r->opened[side] <= r->bytes[side]);
}

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	(void)c, (void)side, (void)origin;
	touch(ctx, data);
	return STREAM_CONTINUE;
}

static bool on_wanted(void *ctx, const struct http_exchange *x)
{
	(void)ctx;
	return x->number % 2;
}

/* A log with secrets of every kind for each place in the input that could be a client random. */
static void give_secrets(struct transport *t, struct slice data)
{
	static const char *const labels[] = {"CLIENT_RANDOM", "CLIENT_EARLY_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
					     "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"};
	static const size_t places[] = {6, 11, 12};
	char line[512];

	for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
		struct slice random = slice_sub(data, places[p], 32);

		for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]) && random.len == 32; i++) {
			int at = snprintf(line, sizeof(line), "%s ", labels[i]);

			for (size_t n = 0; n < 32; n++)
				at += snprintf(line + at, sizeof(line) - (size_t)at, "%02x", random.ptr[n]);
			at += snprintf(line + at, sizeof(line) - (size_t)at, " %096x\n", 7);
			transport_key_log(t, slice_of(line, (size_t)at));
		}
	}
}

/* False when the stream is not wanted any more. */
static bool feed(struct stream_consumer *stream, struct stream_connection *tcp, int side, struct slice piece, bool gap,
		 struct stream_origin *origin)
{
	enum stream_verdict verdict;

	origin->frame++;
	origin->time_ns += 1000000;
	tcp->last_frame = origin->frame;
	tcp->end_ns = origin->time_ns;
	if (gap) {
		verdict = stream->gap(stream->ctx, tcp, side, piece.len, origin);
		tcp->lost[side] += piece.len;
	} else {
		verdict = stream->data(stream->ctx, tcp, side, piece, origin);
		tcp->bytes[side] += piece.len;
	}
	return verdict == STREAM_CONTINUE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run r = {.sum = 0};
	struct transport_consumer consumer = quiet_consumer();
	struct transport_options options = {.polls = false};
	struct stream_connection tcp = {.address = {{.version = 4, .port = 1000}, {.version = 4, .port = 443}}, .opener = 0};
	struct stream_origin origin = {.frame = 1};
	uint8_t how = size ? data[size - 1] : 0;
	struct slice bytes = slice_of(data, size ? size - 1 : 0);
	consumer.tls = (struct tls_consumer){on_notice, on_plain, &r};
	consumer.http.wanted = on_wanted;
	consumer.stream.data = on_data;
	consumer.stream.ctx = &r;
	struct transport *t = transport_new(&options, &consumer);
	struct stream_consumer stream = transport_stream(t);
	size_t length = 1 + 7u * (how >> 4), at[2] = {0, 0};
	bool wanted = true;

	if (!(how & NO_KEYS))
		give_secrets(t, bytes);
	for (unsigned turn = 0; wanted && (at[0] < bytes.len || at[1] < bytes.len); turn++) {
		int side = (int)((turn + (how & BY_SERVER)) % 2);
		struct slice piece = slice_sub(bytes, at[side], length * (1 + turn % 3 * 40));

		at[side] += piece.len;
		if (piece.len)
			wanted = feed(&stream, &tcp, side, piece, (how & GAPS) && turn % 16 == 4 * (how >> 2 & 3), &origin);
		r.given += piece.len;
	}
	if (wanted)
		stream.end(stream.ctx, &tcp, STREAM_END_FIN);
	transport_finish(t);
	transport_free(t);
	CHECK(r.open == r.ended);
	return 0;
}
