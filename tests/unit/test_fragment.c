/* SPDX-License-Identifier: BSD-2-Clause */
/* Reassembly of IP fragments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "packets.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SECOND_NS 1000000000

/* The TCP segment, 40 bytes of data "A..." behind a header of 20, to be sent in pieces. */
#define DATAGRAM_BYTES 60u

struct piece {
	unsigned offset, len;
	bool more;
	unsigned id;
	unsigned cut;  /* bytes the snapshot length took */
	int seconds;   /* when it was captured */
	uint8_t change; /* added to its first byte */
};

static void datagram(uint8_t *out, size_t size)
{
	struct buffer b = packets_from_hex("04 13 07 47 00 00 03 fb 00 00 13 96 50 18 ff ff 00 00 00 00");

	memset(out, 0, size);
	for (size_t i = 20; i < size; i++)
		out[i] = (uint8_t)('A' + (i - 20) % 26);
	memcpy(out, b.data, size < 20 ? size : 20);
	buffer_free(&b);
}

static struct buffer piece_packet(const struct piece *p, bool v6)
{
	uint8_t bytes[70000];
	struct buffer b = {0};

	datagram(bytes, sizeof(bytes));
	bytes[p->offset] = (uint8_t)(bytes[p->offset] + p->change);
	if (v6) {
		unsigned len = p->len + 8, field = p->offset | p->more;
		uint8_t head[] = {0x60, 0, 0, 0, (uint8_t)(len >> 8), (uint8_t)len, 44, 64};
		uint8_t fragment[] = {6, 0, (uint8_t)(field >> 8), (uint8_t)field, 0, 0, 0, (uint8_t)p->id};

		buffer_add(&b, head, sizeof(head));
		packets_hex(&b, ADDRESSES6);
		buffer_add(&b, fragment, sizeof(fragment));
	} else {
		unsigned len = p->len + 20, field = p->offset / 8 | (p->more ? 0x2000 : 0);
		uint8_t head[] = {0x45, 0, (uint8_t)(len >> 8), (uint8_t)len, (uint8_t)(p->id >> 8), (uint8_t)p->id,
				  (uint8_t)(field >> 8), (uint8_t)field, 64, 6, 0, 0};

		buffer_add(&b, head, sizeof(head));
		packets_hex(&b, "c0 00 02 0a c0 00 02 50");
	}
	buffer_add(&b, bytes + p->offset, p->len);
	return b;
}

static enum decode_result send_piece(struct decoder *d, const struct piece *p, bool v6, struct segment *s)
{
	struct buffer b = piece_packet(p, v6);
	uint8_t *memory = malloc(b.len);
	struct packet packet = {
		.frame = 1,
		.time_ns = (int64_t)p->seconds * SECOND_NS,
		.linktype = 101,
		.wire_len = (uint32_t)b.len,
		.data = slice_of(memory, b.len - p->cut),
	};

	memcpy(memory, b.data, b.len);
	enum decode_result result = decoder_packet(d, &packet, s);
	free(memory);
	buffer_free(&b);
	return result;
}

static void check_whole(const struct segment *s)
{
	uint8_t bytes[DATAGRAM_BYTES];

	datagram(bytes, sizeof(bytes));
	assert_int_equal(s->seq, 0x3fb);
	assert_int_equal(s->source.port, 1043);
	assert_int_equal(s->payload_len, DATAGRAM_BYTES - 20);
	assert_int_equal(s->payload.len, DATAGRAM_BYTES - 20);
	assert_memory_equal(s->payload.ptr, bytes + 20, DATAGRAM_BYTES - 20);
}

static const struct piece four[] = {
	{0, 16, true, 1, 0, 0, 0}, {16, 16, true, 1, 0, 0, 0}, {32, 16, true, 1, 0, 0, 0}, {48, 12, false, 1, 0, 0, 0}};

/* All 256 ways to send four of four fragments, with repetitions: whole once each has come. */
static void any_order(bool v6)
{
	for (unsigned way = 0; way < 256; way++) {
		struct decoder *d = decoder_new(false);
		unsigned come = 0;
		struct segment s;

		for (unsigned n = 0; n < 4; n++) {
			unsigned which = way >> n * 2 & 3;
			enum decode_result result = send_piece(d, &four[which], v6, &s);

			come |= 1u << which;
			assert_int_equal(result, come == 15 ? DECODE_TCP : DECODE_FRAGMENT);
			if (come == 15)
				check_whole(&s);
		}
		const struct decode_counters *c = decoder_finish(d);
		assert_int_equal(c->packets, 4);
		assert_int_equal(c->fragments, 4);
		assert_int_equal(c->datagrams_complete, come == 15);
		assert_int_equal(c->datagrams_lost, come != 15);
		assert_int_equal(c->fragment_conflicts, 0);
		assert_int_equal(c->tcp, come == 15);
		decoder_free(d);
	}
}

static void test_fragments_any_order(void **state)
{
	(void)state;
	any_order(false);
	any_order(true);
}

/* Pieces in order; the last completes the datagram, unless whole is false. */
static void play(const struct piece *pieces, size_t count, bool whole, unsigned conflicts, unsigned lost)
{
	for (int v6 = 0; v6 < 2; v6++) {
		struct decoder *d = decoder_new(false);
		struct segment s;

		for (size_t i = 0; i < count; i++)
			assert_int_equal(send_piece(d, &pieces[i], v6, &s),
					 whole && i + 1 == count ? DECODE_TCP : DECODE_FRAGMENT);
		if (whole)
			check_whole(&s);
		assert_int_equal(decoder_counters(d)->fragment_conflicts, conflicts);
		assert_int_equal(decoder_counters(d)->datagrams_lost, lost);
		decoder_free(d);
	}
}

#define PLAY(whole, conflicts, lost, ...)                                            \
	do {                                                                         \
		const struct piece pieces[] = {__VA_ARGS__};                         \
		play(pieces, COUNT(pieces), whole, conflicts, lost);                 \
	} while (0)

static void test_fragment_overlaps(void **state)
{
	(void)state;
	/* the same bytes twice */
	PLAY(true, 0, 0, {0, 40, true, 1, 0, 0, 0}, {24, 36, false, 1, 0, 0, 0});
	PLAY(true, 0, 0, {24, 36, false, 1, 0, 0, 0}, {0, 40, true, 1, 0, 0, 0});
	PLAY(true, 0, 0, {16, 8, true, 1, 0, 0, 0}, {32, 8, true, 1, 0, 0, 0}, {48, 12, false, 1, 0, 0, 0},
	     {0, 56, true, 1, 0, 0, 0});
	/* other bytes the second time: the first copy stays */
	PLAY(true, 1, 0, {24, 36, false, 1, 0, 0, 0}, {24, 8, true, 1, 0, 0, 1}, {0, 24, true, 1, 0, 0, 0});
	PLAY(true, 1, 0, {0, 40, true, 1, 0, 0, 0}, {24, 36, false, 1, 0, 0, 5});
	/* another end */
	PLAY(true, 1, 0, {48, 12, false, 1, 0, 0, 0}, {48, 8, false, 1, 0, 0, 0}, {0, 48, true, 1, 0, 0, 0});
	PLAY(true, 1, 0, {48, 12, false, 1, 0, 0, 0}, {56, 8, true, 1, 0, 0, 0}, {0, 48, true, 1, 0, 0, 0});
	PLAY(true, 1, 0, {0, 56, true, 1, 0, 0, 0}, {40, 8, false, 1, 0, 0, 0}, {56, 4, false, 1, 0, 0, 0});
}

static void test_fragments_of_others(void **state)
{
	(void)state;
	PLAY(true, 0, 0, {0, 32, true, 1, 0, 0, 0}, {32, 28, false, 2, 0, 0, 0}, {32, 28, false, 1, 0, 0, 0});
}

static void test_fragment_timeout(void **state)
{
	(void)state;
	PLAY(true, 0, 0, {0, 32, true, 1, 0, 100, 0}, {32, 28, false, 1, 0, 160, 0});
	PLAY(false, 0, 1, {0, 32, true, 1, 0, 100, 0}, {32, 28, false, 1, 0, 161, 0});
	PLAY(true, 0, 1, {0, 32, true, 1, 0, 100, 0}, {32, 28, false, 1, 0, 161, 0}, {0, 32, true, 1, 0, 162, 0});
	/* clocks may jump back */
	PLAY(true, 0, 0, {0, 32, true, 1, 0, 100, 0}, {32, 28, false, 1, 0, 3, 0});
}

static void test_fragment_limits(void **state)
{
	struct decoder *d = decoder_new(false);
	struct segment s;

	(void)state;
	/* one datagram more than there may be: the oldest, number 0, gives way */
	for (unsigned id = 0; id <= DECODE_DATAGRAMS_MAX; id++)
		send_piece(d, &(struct piece){0, 32, true, id, 0, 0, 0}, false, &s);
	assert_int_equal(decoder_counters(d)->datagrams_lost, 1);
	assert_int_equal(send_piece(d, &(struct piece){32, 28, false, 1, 0, 0, 0}, false, &s), DECODE_TCP);
	assert_int_equal(send_piece(d, &(struct piece){32, 28, false, 0, 0, 0, 0}, false, &s), DECODE_FRAGMENT);
	assert_int_equal(decoder_finish(d)->datagrams_lost, 1 + DECODE_DATAGRAMS_MAX);
	decoder_free(d);

	d = decoder_new(false);
	for (unsigned n = 0; n <= DECODE_FRAGMENTS_MAX; n++)
		assert_int_equal(send_piece(d, &(struct piece){0, 32, true, 1, 0, 0, 0}, false, &s), DECODE_FRAGMENT);
	assert_int_equal(decoder_counters(d)->datagrams_lost, 1);
	decoder_free(d);
}

static void test_impossible_fragments(void **state)
{
	static const struct piece pieces[] = {
		{0, 0, true, 1, 0, 0, 0},        /* nothing */
		{0, 12, true, 1, 0, 0, 0},       /* not a multiple of 8, and more to come */
		{65528, 8, false, 1, 0, 0, 0},   /* ends behind the longest datagram */
	};
	struct decoder *d = decoder_new(false);
	struct segment s;

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++)
		assert_int_equal(send_piece(d, &pieces[i], false, &s), DECODE_BROKEN);
	assert_int_equal(decoder_finish(d)->datagrams_lost, 0);
	decoder_free(d);
}

static void test_largest_datagram(void **state)
{
	struct decoder *d = decoder_new(false);
	struct segment s;

	(void)state;
	assert_int_equal(send_piece(d, &(struct piece){32768, 32767, false, 1, 0, 0, 0}, false, &s), DECODE_FRAGMENT);
	assert_int_equal(send_piece(d, &(struct piece){0, 32768, true, 1, 0, 0, 0}, false, &s), DECODE_TCP);
	assert_int_equal(s.payload_len, DECODE_DATAGRAM_BYTES_MAX - 20);
	assert_int_equal(s.payload.len, DECODE_DATAGRAM_BYTES_MAX - 20);
	assert_int_equal(s.payload.ptr[s.payload.len - 1], 'A' + (DECODE_DATAGRAM_BYTES_MAX - 21) % 26);
	decoder_free(d);
}

/* A snapshot length that cuts fragments: the data goes as far as it is without holes. */
static void test_cut_fragments(void **state)
{
	struct decoder *d = decoder_new(true);
	struct segment s;

	(void)state;
	send_piece(d, &(struct piece){0, 32, true, 1, 0, 0, 0}, false, &s);
	assert_int_equal(send_piece(d, &(struct piece){32, 28, false, 1, 20, 0, 0}, false, &s), DECODE_TCP);
	assert_int_equal(s.payload_len, 40);
	assert_int_equal(s.payload.len, 20);
	/* in the middle */
	send_piece(d, &(struct piece){0, 32, true, 2, 4, 0, 0}, false, &s);
	assert_int_equal(send_piece(d, &(struct piece){32, 28, false, 2, 0, 0, 0}, false, &s), DECODE_TCP);
	assert_int_equal(s.payload_len, 40);
	assert_int_equal(s.payload.len, 4); /* what is kept are units of 8 bytes */
	/* a whole copy fills the hole */
	send_piece(d, &(struct piece){0, 32, true, 3, 4, 0, 0}, false, &s);
	send_piece(d, &(struct piece){0, 32, true, 3, 0, 0, 0}, false, &s);
	assert_int_equal(send_piece(d, &(struct piece){32, 28, false, 3, 0, 0, 0}, false, &s), DECODE_TCP);
	check_whole(&s);
	/* in the TCP header */
	send_piece(d, &(struct piece){0, 32, true, 4, 20, 0, 0}, false, &s);
	assert_int_equal(send_piece(d, &(struct piece){32, 28, false, 4, 0, 0, 0}, false, &s), DECODE_BROKEN);
	decoder_free(d);
}

/* Only fragments that can be TCP are kept. */
static void test_other_fragments(void **state)
{
	struct decoder *d = decoder_new(false);
	struct segment s;

	(void)state;
	assert_int_equal(packets_decode_hex(d, 101, "45 00 00 1c 00 00 20 00 40 11 00 00 c0 00 02 0a c0 00 02 50 00 35 00 35 00 08 00 00",
				    &s), DECODE_OTHER);
	assert_int_equal(packets_decode_hex(d, 101, "60 00 00 00 00 10 2c 40 " ADDRESSES6
				    " 11 00 00 01 00 00 00 01 00 35 00 35 00 08 00 00", &s), DECODE_OTHER);
	assert_int_equal(decoder_finish(d)->fragments, 0);
	decoder_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fragments_any_order),
		cmocka_unit_test(test_fragment_overlaps),
		cmocka_unit_test(test_fragments_of_others),
		cmocka_unit_test(test_fragment_timeout),
		cmocka_unit_test(test_fragment_limits),
		cmocka_unit_test(test_impossible_fragments),
		cmocka_unit_test(test_largest_datagram),
		cmocka_unit_test(test_cut_fragments),
		cmocka_unit_test(test_other_fragments),
	};

	return cmocka_run_group_tests_name("fragment", tests, NULL, NULL);
}
