/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng files in memory; those in tests/captures are read by test_capture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "blocks.h"
#include "capture/pcapng_file.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A file of one section, one interface with these options and an enhanced packet with this time and lengths. */
struct sample {
	const char *options;
	size_t options_len;
	uint32_t time_high, time_low;
	uint32_t interface, captured, original;
};

static struct buffer sample_bytes(const struct sample *s)
{
	struct buffer b = {0};

	blocks_start(&b);
	b.len -= BLOCKS_INTERFACE_BYTES; /* the interface again, with options */
	blocks_begin(&b, 1, 8 + (uint32_t)s->options_len);
	blocks_le32(&b, 1);
	blocks_le32(&b, 0);
	buffer_add(&b, s->options, s->options_len);
	blocks_le32(&b, 20 + (uint32_t)s->options_len);
	blocks_begin(&b, 6, 24);
	blocks_le32(&b, s->interface);
	blocks_le32(&b, s->time_high);
	blocks_le32(&b, s->time_low);
	blocks_le32(&b, s->captured);
	blocks_le32(&b, s->original);
	blocks_le32(&b, 0x64636261);
	blocks_le32(&b, 36);
	return b;
}

static enum capture_result read_memory(struct buffer b, struct packet *p, char *message)
{
	struct source *s = source_memory(buffer_slice(&b));
	struct pcapng ng = {0};
	enum capture_result result = CAPTURE_CUT;

	if (pcapng_file_open(&ng, s, message))
		result = pcapng_file_next(&ng, s, p, message);
	pcapng_free(&ng);
	source_free(s);
	buffer_free(&b);
	return result;
}

#define RESOLUTION(byte) "\x09\0\x01\0" byte "\0\0\0", 8
#define RESOLUTION_OFFSET(byte, seconds) "\x09\0\x01\0" byte "\0\0\0\x0e\0\x08\0" seconds, 20

static void test_time_resolution(void **state)
{
	static const struct {
		struct sample sample;
		int64_t expected;
	} cases[] = {
		{{"", 0, 0, 1234567, 0, 4, 4}, 1234567000},
		{{RESOLUTION("\0"), 0, 1234567, 0, 4, 4}, 1234567000000000},
		{{RESOLUTION("\x03"), 0, 1234567, 0, 4, 4}, 1234567000000},
		{{RESOLUTION("\x06"), 1, 0, 0, 4, 4}, 4294967296000},
		{{RESOLUTION("\x09"), 1, 5, 0, 4, 4}, 4294967301},
		{{RESOLUTION("\x0c"), 1, 0, 0, 4, 4}, 4294967},
		{{RESOLUTION("\x7f"), 0xffffffff, 0xffffffff, 0, 4, 4}, 0},
		{{RESOLUTION("\x80"), 0, 3, 0, 4, 4}, 3000000000},
		{{RESOLUTION("\x8a"), 0, 1536, 0, 4, 4}, 1500000000},
		{{RESOLUTION("\xa0"), 1, 0x40000000, 0, 4, 4}, 1250000000},
		{{RESOLUTION("\xbf"), 0x40000000, 0, 0, 4, 4}, 500000000},  /* 2^62 units of 2^-63 s */
		{{RESOLUTION("\xc0"), 0x80000000, 0, 0, 4, 4}, 500000000},  /* 2^63 of 2^-64 */
		{{RESOLUTION("\xff"), 0x80000000, 0, 0, 4, 4}, 0},          /* 2^63 of 2^-127 */
		{{RESOLUTION("\0"), 0xffffffff, 0, 0, 4, 4}, INT64_MAX},    /* far beyond what fits */
		{{RESOLUTION_OFFSET("\x06", "\x05\0\0\0\0\0\0\0"), 0, 1, 0, 4, 4}, 5000001000},
		{{RESOLUTION_OFFSET("\x06", "\xff\xff\xff\xff\xff\xff\xff\xff"), 0, 1000000, 0, 4, 4}, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[CAPTURE_MESSAGE_MAX] = "";
		struct packet p;

		assert_int_equal(read_memory(sample_bytes(&cases[i].sample), &p, message), CAPTURE_PACKET);
		if (p.time_ns != cases[i].expected)
			fail_msg("case %zu: %lld, not %lld", i, (long long)p.time_ns, (long long)cases[i].expected);
	}
}

static void test_bad_packets(void **state)
{
	static const struct {
		struct sample sample;
		const char *message;
	} cases[] = {
		{{"", 0, 0, 0, 1, 4, 4}, "interface 1 is not described, at frame 1, offset 48"},
		{{"", 0, 0, 0, 0, 5, 5}, "the block is too short for a packet of 5 bytes, at frame 1, offset 48"},
		{{"", 0, 0, 0, 0, 0x40001, 5}, "a packet of 262145 bytes is longer than 262144, at frame 1, offset 48"},
		{{"\x09\0\x09\0", 4, 0, 0, 0, 4, 4},
		 "an interface description block is too short for its contents, at frame 1, offset 28"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[CAPTURE_MESSAGE_MAX] = "";
		struct packet p;

		assert_int_equal(read_memory(sample_bytes(&cases[i].sample), &p, message), CAPTURE_CUT);
		assert_string_equal(message, cases[i].message);
	}
}

/* A captured length beyond the original one is taken for what there is. */
static void test_contradictory_lengths(void **state)
{
	static const struct sample sample = {"", 0, 0, 0, 0, 4, 2};
	char message[CAPTURE_MESSAGE_MAX];
	struct packet p;

	(void)state;
	assert_int_equal(read_memory(sample_bytes(&sample), &p, message), CAPTURE_PACKET);
	assert_int_equal(p.wire_len, 4);
}

static void test_bad_blocks(void **state)
{
	static const struct {
		uint32_t type, first, last;
		const char *message;
	} cases[] = {
		{6, 8, 8, "a block length of 8 is not possible, at frame 1, offset 48"},
		{6, 0xfffffffe, 12, "a block length of 4294967294 is not possible, at frame 1, offset 48"},
		{6, 0x7fffffff, 12, "a block of 2147483647 bytes is longer than 1310720, at frame 1, offset 48"},
		{7, 0x7fffffff, 12, "the file ends inside a block, at frame 1, offset 48"},
		{7, 12, 16, "a block length of 12 at its beginning and 16 at its end, at frame 1, offset 48"},
		{6, 12, 16, "a block length of 12 at its beginning and 16 at its end, at frame 1, offset 48"},
		{0x0a0d0d0a, 12, 12, "a section header block without byte-order magic, at frame 1, offset 48"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[CAPTURE_MESSAGE_MAX] = "";
		struct buffer b = {0};
		struct packet p;

		blocks_start(&b);
		blocks_le32(&b, cases[i].type);
		blocks_le32(&b, cases[i].first);
		blocks_le32(&b, cases[i].last);
		assert_int_equal(read_memory(b, &p, message), CAPTURE_CUT);
		assert_string_equal(message, cases[i].message);
	}
}

static void test_too_many_interfaces(void **state)
{
	char message[CAPTURE_MESSAGE_MAX] = "";
	struct buffer b = {0};
	struct packet p;

	(void)state;
	blocks_start(&b);
	for (unsigned i = 0; i < CAPTURE_INTERFACES_MAX; i++) {
		blocks_begin(&b, 1, 8);
		blocks_le32(&b, 1);
		blocks_le32(&b, 0);
		blocks_le32(&b, 20);
	}
	assert_int_equal(read_memory(b, &p, message), CAPTURE_CUT);
	assert_string_equal(message, "more than 1024 interfaces, at frame 1, offset 20508");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_resolution),
		cmocka_unit_test(test_bad_packets),
		cmocka_unit_test(test_contradictory_lengths),
		cmocka_unit_test(test_bad_blocks),
		cmocka_unit_test(test_too_many_interfaces),
	};

	return cmocka_run_group_tests_name("pcapng", tests, NULL, NULL);
}
