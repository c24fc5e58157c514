/* SPDX-License-Identifier: BSD-2-Clause */
/* The two stores behind a direction: bytes that wait, and bytes delivered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stream/history.h"
#include "stream/reassembly.h"

#define SPACE 64

static struct reassembly_overlap put(struct reassembly *r, uint64_t at, const char *text)
{
	const struct stream_origin origin = {at, 0, 0};

	return reassembly_add(r, at, slice_str(text), &origin);
}

/* The bytes by offset, '.' where there are none. */
static void expect(const struct reassembly *r, const char *map)
{
	char text[SPACE];
	uint64_t end = 0, cost = 0;

	memset(text, '.', sizeof(text));
	for (uint32_t i = 0; i < r->count; i++) {
		const struct reassembly_block *b = r->block[r->first + i];

		assert_true(b->at >= end && b->len > 0);
		end = b->at + b->len;
		assert_true(end <= SPACE);
		memcpy(text + b->at, b->data, b->len);
		cost += b->len + REASSEMBLY_BLOCK_COST;
	}
	assert_int_equal(reassembly_end(r), end);
	assert_int_equal(r->cost, cost);
	assert_int_equal(end, strlen(map));
	assert_memory_equal(text, map, end);
}

static void first_copy_stays(void **state)
{
	struct reassembly r = {0};
	struct reassembly_overlap overlap;

	(void)state;
	put(&r, 4, "ef");
	expect(&r, "....ef");
	put(&r, 10, "kl");
	put(&r, 7, "h");
	expect(&r, "....ef.h..kl");
	overlap = put(&r, 5, "fghij");
	assert_int_equal(overlap.bytes, 2);
	assert_false(overlap.conflict);
	expect(&r, "....efghijkl");
	overlap = put(&r, 2, "cdXXghXXXXmn");
	assert_int_equal(overlap.bytes, 8);
	assert_true(overlap.conflict);
	expect(&r, "..cdefghijklmn");
	overlap = put(&r, 6, "gh");
	assert_int_equal(overlap.bytes, 2);
	assert_false(overlap.conflict);
	reassembly_clear(&r);
	expect(&r, "");
}

static void pop_and_truncate(void **state)
{
	struct reassembly r = {0};

	(void)state;
	for (uint64_t i = 0; i < 30; i++)
		put(&r, 2 * i, "x");
	for (uint64_t i = 0; i < 25; i++) {
		assert_int_equal(reassembly_first(&r)->at, 2 * i);
		reassembly_pop(&r);
	}
	put(&r, 60, "yyy");
	expect(&r, "..................................................x.x.x.x.x.yyy");
	assert_int_equal(reassembly_truncate(&r, 61), 2);
	assert_int_equal(reassembly_truncate(&r, 55), 3);
	expect(&r, "..................................................x.x.x");
	assert_int_equal(reassembly_truncate(&r, 0), 3);
	assert_null(reassembly_first(&r));
	reassembly_clear(&r);
}

/* Against a plain array, with blocks put anywhere. */
static void like_an_array(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct reassembly r = {0};
		char map[SPACE + 1] = {0}, text[12];
		size_t end = 0;

		memset(map, '.', SPACE);
		for (int i = 0; i < 12; i++) {
			random = random * 1664525 + 1013904223;
			size_t at = random >> 8 & 31, len = 1 + (random >> 16) % 10;
			bool conflict = false;
			uint32_t known = 0;

			memset(text, 'a' + (char)(random >> 24) % 4, sizeof(text));
			text[len] = 0;
			for (size_t k = 0; k < len; k++) {
				known += map[at + k] != '.';
				conflict |= map[at + k] != '.' && map[at + k] != text[k];
				if (map[at + k] == '.')
					map[at + k] = text[k];
			}
			end = end < at + len ? at + len : end;
			struct reassembly_overlap overlap = put(&r, at, text);
			assert_int_equal(overlap.bytes, known);
			assert_int_equal(overlap.conflict, conflict);
		}
		map[end] = 0;
		expect(&r, map);
		reassembly_clear(&r);
	}
}

/* Every stretch of the bytes delivered compares as it should, at every fill of the ring. */
static void history(void **state)
{
	struct history h = {0};
	uint64_t left = HISTORY_TOTAL_MAX;
	uint8_t bytes[3 * HISTORY_BYTES_MAX];
	size_t len = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t n = 1; len + n <= sizeof(bytes); n = n * 5 % 1499 + 1) {
		history_add(&h, slice_of(bytes + len, n), &left);
		len += n;
		assert_int_equal(h.len, len < HISTORY_BYTES_MAX ? len : HISTORY_BYTES_MAX);
		for (size_t back = 1; back <= len; back += 97) {
			struct slice same = slice_of(bytes + len - back, back < 300 ? back : 300);
			uint8_t other[300];

			assert_true(history_matches(&h, back, same));
			memcpy(other, same.ptr, same.len);
			other[same.len - 1] ^= 1;
			assert_int_equal(history_matches(&h, back, slice_of(other, same.len)), back - same.len + 1 > h.len);
		}
	}
	assert_int_equal(left, HISTORY_TOTAL_MAX - HISTORY_BYTES_MAX);
	history_reset(&h);
	assert_true(history_matches(&h, 3, SLICE_LIT("xyz")));
	history_free(&h, &left);
	assert_int_equal(left, HISTORY_TOTAL_MAX);
}

static void history_without_memory(void **state)
{
	struct history h = {0};
	uint64_t left = 300;

	(void)state;
	history_add(&h, SLICE_LIT("abc"), &left);
	assert_int_equal(left, 300 - 256);
	for (int i = 0; i < 200; i++)
		history_add(&h, SLICE_LIT("abc"), &left); /* wraps at 256 */
	assert_int_equal(h.capacity, 256);
	assert_true(history_matches(&h, 4, SLICE_LIT("cabc")));
	assert_false(history_matches(&h, 4, SLICE_LIT("xabc")));
	left = 10000;
	history_add(&h, SLICE_LIT("def"), &left);
	assert_true(history_matches(&h, 6, SLICE_LIT("abcdef")));
	history_free(&h, &left);
	left = 100;
	history_add(&h, SLICE_LIT("abc"), &left);
	assert_true(history_matches(&h, 3, SLICE_LIT("xyz")));
	history_free(&h, &left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_copy_stays), cmocka_unit_test(pop_and_truncate), cmocka_unit_test(like_an_array),
		cmocka_unit_test(history),	    cmocka_unit_test(history_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
