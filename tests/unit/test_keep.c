/* SPDX-License-Identifier: BSD-2-Clause */
/* Which packets are kept of connections that are wanted, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "stream/keep.h"
#include "util/memory.h"

#define BIG 60000u

struct record {
	struct keep *keep;
	char text[4096]; /* frames that were written, each followed by a blank */
	uint64_t count, last;
	uint8_t bytes[BIG];
};

static void on_write(void *ctx, const struct packet *packet)
{
	struct record *r = ctx;
	size_t used = strlen(r->text);

	r->count++;
	r->last = packet->frame;
	/* The bytes are those of the packet. */
	assert_true(packet->data.len >= 8);
	assert_memory_equal(packet->data.ptr, &packet->frame, 8);
	assert_int_equal(packet->time_ns, (int64_t)packet->frame * 1000);
	assert_int_equal(packet->wire_len, packet->data.len + 1);
	snprintf(r->text + used, sizeof(r->text) - used, "%llu ", (unsigned long long)packet->frame);
}

static struct record *start(void)
{
	struct record *r = memory_zalloc(sizeof(*r));

	r->keep = keep_new(on_write, r);
	return r;
}

static void stop(struct record *r)
{
	keep_free(r->keep);
	free(r);
}

static struct address end_of(unsigned port)
{
	struct address a = {.version = 4, .port = (uint16_t)port};

	a.ip[3] = (uint8_t)(port >> 16);
	return a;
}

static void begin(struct record *r, struct packet *p, uint64_t frame, unsigned client, uint8_t flags, size_t len)
{
	struct segment s = {.frame = frame, .source = end_of(client), .destination = end_of(1863), .flags = flags};

	/* Every other packet is a reply. */
	if (frame % 2) {
		s.source = end_of(1863);
		s.destination = end_of(client);
	}
	memcpy(r->bytes, &frame, sizeof(frame));
	*p = (struct packet){frame, (int64_t)frame * 1000, 1, (uint32_t)len + 1, slice_of(r->bytes, len)};
	keep_begin(r->keep, p, &s);
}

static void packet(struct record *r, uint64_t frame, unsigned client, uint8_t flags, size_t len)
{
	struct packet p;

	begin(r, &p, frame, client, flags, len);
	keep_end(r->keep);
}

static void verdict(struct record *r, unsigned client, enum stream_verdict v)
{
	struct stream_connection c = {.address = {end_of(1863), end_of(client)}};

	keep_verdict(r->keep, &c, v);
}

static void event(struct record *r, uint64_t first, uint64_t last)
{
	const uint64_t frames[] = {first, last};

	keep_frames(r->keep, frames, 2);
}

static void waits_until_wanted(void **state)
{
	struct record *r = start();

	(void)state;
	packet(r, 1, 4000, TCP_SYN, 60);
	packet(r, 2, 4001, TCP_SYN, 60);
	packet(r, 3, 4000, TCP_ACK, 70);
	assert_string_equal(r->text, "");
	event(r, 3, 3);
	assert_string_equal(r->text, "1 3 ");
	event(r, 1, 3);
	packet(r, 4, 4001, TCP_ACK, 60);
	packet(r, 5, 4000, TCP_ACK, 60);
	assert_string_equal(r->text, "1 3 5 ");
	event(r, 77, 2);
	assert_string_equal(r->text, "1 3 5 2 4 ");
	assert_int_equal(keep_missed(r->keep), 0);
	stop(r);
}

/* The packet that tells is not kept yet. */
static void told_by_the_packet_itself(void **state)
{
	struct record *r = start();
	struct packet p;

	(void)state;
	packet(r, 1, 4000, TCP_SYN, 60);
	begin(r, &p, 2, 4000, TCP_ACK, 60);
	event(r, 2, 2);
	assert_string_equal(r->text, "1 ");
	keep_end(r->keep);
	assert_string_equal(r->text, "1 2 ");
	stop(r);
}

static void ignored_is_dropped(void **state)
{
	struct record *r = start();

	(void)state;
	packet(r, 1, 4000, TCP_SYN, 60);
	packet(r, 2, 4000, TCP_ACK, 60);
	verdict(r, 4000, STREAM_IGNORE);
	packet(r, 3, 4000, TCP_ACK, 60);
	event(r, 1, 3);
	assert_string_equal(r->text, "");
	/* the same ends again: all of the new connection */
	packet(r, 4, 4000, TCP_SYN, 60);
	packet(r, 5, 4000, TCP_SYN | TCP_ACK, 60);
	event(r, 5, 5);
	assert_string_equal(r->text, "4 5 ");
	/* what is wanted stays so */
	verdict(r, 4000, STREAM_IGNORE);
	packet(r, 6, 4000, TCP_ACK, 60);
	assert_string_equal(r->text, "4 5 6 ");
	stop(r);
}

/* The stream table had forgotten that it is ignored. */
static void ignored_goes_on(void **state)
{
	struct record *r = start();
	struct packet p;

	(void)state;
	packet(r, 1, 4000, TCP_ACK, 60);
	verdict(r, 4000, STREAM_IGNORE);
	begin(r, &p, 2, 4000, TCP_ACK, 60);
	verdict(r, 4000, STREAM_CONTINUE);
	keep_end(r->keep);
	packet(r, 3, 4000, TCP_ACK, 60);
	event(r, 3, 3);
	assert_string_equal(r->text, "2 3 ");
	stop(r);
}

static void oldest_of_a_connection_give_way(void **state)
{
	struct record *r = start();
	unsigned fit = KEEP_FLOW_BYTES / BIG;

	(void)state;
	packet(r, 1, 4001, TCP_SYN, 60);
	for (uint64_t frame = 2; frame < 2 + fit + 3; frame++)
		packet(r, frame, 4000, TCP_ACK, BIG);
	assert_int_equal(keep_missed(r->keep), 0);
	event(r, 1 + fit + 3, 1 + fit + 3);
	assert_int_equal(r->count, fit);
	assert_int_equal(keep_missed(r->keep), 3);
	event(r, 1, 1);
	assert_int_equal(r->last, 1);
	assert_int_equal(keep_missed(r->keep), 3);
	stop(r);
}

static void oldest_of_all_give_way(void **state)
{
	struct record *r = start();
	unsigned fit = KEEP_TOTAL_BYTES / BIG;
	uint64_t frame;

	(void)state;
	for (frame = 1; frame <= 2 * fit; frame++)
		packet(r, frame, 4000 + (unsigned)frame, TCP_ACK, BIG);
	for (uint64_t f = 1; f < frame; f++)
		event(r, f, f);
	/* a little less, as each packet is charged for more than its bytes */
	assert_in_range(r->count, fit * 9 / 10, fit);
	assert_int_equal(r->last, 2 * fit);
	stop(r);
}

/* Numbers that share a place are not mixed up. */
static void old_frames_are_forgotten(void **state)
{
	struct record *r = start();

	(void)state;
	packet(r, 1, 4000, TCP_SYN, 60);
	packet(r, 1 + KEEP_FRAMES, 4001, TCP_SYN, 60);
	event(r, 1, 1);
	assert_string_equal(r->text, "");
	event(r, 1 + KEEP_FRAMES, 1 + KEEP_FRAMES);
	assert_int_equal(r->count, 1);
	assert_int_equal(r->last, 1 + KEEP_FRAMES);
	stop(r);
}

static void connections_are_limited(void **state)
{
	struct record *r = start();
	uint64_t frame;

	(void)state;
	packet(r, 1, 4000, TCP_SYN, 8);
	event(r, 1, 1);
	for (frame = 2; frame <= KEEP_FLOWS + 10; frame++)
		packet(r, frame, 0x10000 + (unsigned)frame, TCP_SYN, 8);
	/* forgotten, but recognised again */
	packet(r, frame, 4000, TCP_ACK, 8);
	assert_int_equal(r->count, 1);
	event(r, frame, frame);
	assert_int_equal(r->last, frame);
	stop(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_until_wanted),
		cmocka_unit_test(told_by_the_packet_itself),
		cmocka_unit_test(ignored_is_dropped),
		cmocka_unit_test(ignored_goes_on),
		cmocka_unit_test(oldest_of_a_connection_give_way),
		cmocka_unit_test(oldest_of_all_give_way),
		cmocka_unit_test(old_frames_are_forgotten),
		cmocka_unit_test(connections_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
