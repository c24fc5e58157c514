/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Segments of two pairs of ports, made from the input, through the stream
 * table.  The input is one byte that chooses limits, then records of 6 bytes:
 *
 *	0  flags: FIN SYN RST PSH ACK as in TCP; 20 from B; 40 other ports; 80 no sequence numbers
 *	1  03 how the sequence number is given, 0c how much time passes,
 *	   10 cut, 20 bad checksum, 40 other bytes than those of the sequence numbers, 80 refused when delivered
 *	2  sequence number, as byte 1 says: from where this side is, or from its start
 *	4  acknowledgement, from where the other side is
 *	5  length of the payload
 *
 * Bytes follow from their sequence numbers, so that it shows when bytes are
 * delivered out of place.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "stream/stream.h"

#define RECORD 6
#define FLOWS 2

#define FROM_B 0x20
#define OTHER_PORTS 0x40
#define ORDERED 0x80
#define CUT 0x10
#define BAD_CHECKSUM 0x20
#define OTHER_BYTES 0x40
#define REFUSE 0x80

#define CHECK(condition)                                                              \
	do {                                                                          \
		if (!(condition)) {                                                   \
			fprintf(stderr, "fuzz_stream: %s (line %d)\n", #condition, __LINE__); \
			abort();                                                      \
		}                                                                     \
	} while (0)

/* What the consumer knows of one connection. */
struct seen {
	bool known[STREAM_SIDES];  /* is next known? */
	uint8_t next[STREAM_SIDES]; /* low byte of the next sequence number */
	uint64_t length[STREAM_SIDES];
	uint64_t frame;
};

struct run {
	struct stream_table *table;
	uint64_t frame;
	int64_t time_ns;
	uint32_t sent[FLOWS][2]; /* how far each end is */
	bool same_bytes;         /* no record had OTHER_BYTES or ORDERED: bytes can be checked */
	bool refuse;
	uint64_t open, refused;  /* connections that had a callback */
	uint64_t digest;         /* of all callbacks */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void digest(struct run *r, uint64_t value)
{
	r->digest = (r->digest ^ value) * UINT64_C(0x100000001b3);
}

static struct seen *seen_of(struct run *r, struct stream_connection *c, const struct stream_origin *origin)
{
	if (!c->user) {
		c->user = calloc(1, sizeof(struct seen));
		CHECK(c->user);
		r->open++;
	}
	CHECK(c->first_frame <= origin->frame && origin->frame <= c->last_frame && c->last_frame <= r->frame);
	digest(r, origin->frame);
	return c->user;
}

/* The lengths reported so far are those the table counts. */
static void check_length(const struct seen *seen, const struct stream_connection *c, int side)
{
	CHECK(seen->length[side] == c->bytes[side] + c->lost[side]);
	CHECK(!c->fin[side]);
}

static enum stream_verdict verdict(struct run *r, struct stream_connection *c)
{
	if (!r->refuse)
		return STREAM_CONTINUE;
	r->refuse = false;
	r->refused++;
	free(c->user);
	c->user = NULL;
	return STREAM_IGNORE;
}

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct run *r = ctx;
	struct seen *seen = seen_of(r, c, origin);

	CHECK(data.len > 0);
	check_length(seen, c, side);
	if (!seen->known[side])
		seen->next[side] = data.ptr[0];
	seen->known[side] = true;
	for (size_t i = 0; i < data.len; i++, seen->next[side]++) {
		digest(r, data.ptr[i]);
		CHECK(!r->same_bytes || data.ptr[i] == seen->next[side]);
	}
	seen->length[side] += data.len;
	return verdict(r, c);
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	struct run *r = ctx;
	struct seen *seen = seen_of(r, c, origin);

	CHECK(len > 0);
	check_length(seen, c, side);
	digest(r, len);
	seen->next[side] = (uint8_t)(seen->next[side] + len);
	seen->length[side] += len;
	return verdict(r, c);
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	struct run *r = ctx;
	struct seen *seen = c->user;

	CHECK(seen);
	for (int side = 0; side < STREAM_SIDES; side++)
		CHECK(seen->length[side] == c->bytes[side] + c->lost[side]);
	digest(r, why);
	r->open--;
	free(seen);
}

static void on_anomaly(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
		       const struct stream_origin *origin)
{
	struct run *r = ctx;

	seen_of(r, c, origin);
	CHECK(side == 0 || side == 1);
	digest(r, what);
}

static void choose_limits(struct stream_limits *l, uint8_t choice)
{
	*l = (struct stream_limits){0};
	if (choice & 1)
		l->flows = 1;
	if (choice & 2)
		l->flow_bytes = 300;
	if (choice & 4)
		l->total_bytes = 400;
	if (choice & 8)
		l->idle_seconds = 5;
}

static uint32_t signed_byte(uint8_t b)
{
	return b - (b & 0x80 ? 256u : 0u);
}

static uint32_t sequence(const struct run *r, int flow, int from, const uint8_t *record)
{
	uint32_t value = (uint32_t)record[2] | (uint32_t)record[3] << 8;

	switch (record[1] & 3) {
	case 0:
		return r->sent[flow][from] + signed_byte(record[2]);
	case 1:
		return r->sent[flow][from];
	case 2:
		return value - 0x4000;
	default:
		return value << 16;
	}
}

static void send(struct run *r, const uint8_t *record)
{
	static const int64_t step_ns[] = {0, 1000000, 600000000, 10000000000};
	uint8_t bytes[256];
	int from = record[0] & FROM_B ? 1 : 0, flow = record[0] & OTHER_PORTS ? 1 : 0;
	struct address end[2] = {{{10, 0, 0, 1}, (uint16_t)(4000 + flow), 4}, {{10, 0, 0, 2}, 1863, 4}};
	struct segment s = {.source = end[from], .destination = end[!from]};
	uint32_t first;

	s.frame = ++r->frame;
	s.time_ns = r->time_ns += step_ns[record[1] >> 2 & 3];
	s.ordered = record[0] & ORDERED;
	s.bad_checksum = record[1] & BAD_CHECKSUM;
	s.payload_len = record[5];
	s.payload = slice_of(bytes, record[1] & CUT ? record[5] / 2 : record[5]);
	if (!s.ordered) {
		s.seq = sequence(r, flow, from, record);
		s.flags = record[0] & 0x1f;
		s.ack = s.flags & TCP_ACK ? r->sent[flow][!from] + signed_byte(record[4]) : 0;
	}
	first = s.seq + (s.flags & TCP_SYN ? 1 : 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(first + i + (record[1] & OTHER_BYTES ? 1 : 0));
	if (!s.ordered)
		r->sent[flow][from] = first + s.payload_len + (s.flags & TCP_FIN ? 1 : 0);
	r->refuse = record[1] & REFUSE;
	stream_table_segment(r->table, &s);
	r->refuse = false;
}

static uint64_t play(const uint8_t *data, size_t size)
{
	struct run r = {.same_bytes = true};
	struct stream_consumer consumer = {on_data, on_gap, on_end, on_anomaly, &r};
	struct stream_limits limits;

	choose_limits(&limits, data[0]);
	for (size_t at = 1; size - at >= RECORD; at += RECORD)
		r.same_bytes &= !(data[at] & ORDERED || data[at + 1] & OTHER_BYTES);
	r.table = stream_table_new(&limits, &consumer);
	for (size_t at = 1; size - at >= RECORD; at += RECORD)
		send(&r, data + at);
	stream_table_finish(r.table);

	const struct stream_counters *counters = stream_table_counters(r.table);
	/* one segment may be one too much, and fill holes between many blocks */
	CHECK(!limits.total_bytes || counters->buffered_peak <= limits.total_bytes + 255 * 65);
	CHECK(r.open == r.refused && counters->ignored == r.refused);
	CHECK(counters->connections >= counters->ignored);
	stream_table_free(r.table);
	return r.digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		CHECK(play(data, size) == play(data, size));
	return 0;
}
