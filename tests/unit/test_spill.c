/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that are kept come back as they were, from memory, from the file and from what waits to be written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "timeline/spill.h"
#include "util/memory.h"

#define MIB (1u << 20)

/* Byte i of all that is kept. */
static uint8_t byte_at(uint64_t i)
{
	return (uint8_t)((i * 2654435761u) >> 13);
}

/* Adds len bytes of the pattern. */
static uint64_t add(struct spill *s, size_t len)
{
	uint64_t from = spill_bytes(s);
	uint8_t *data = memory_alloc(len);

	for (size_t i = 0; i < len; i++)
		data[i] = byte_at(from + i);
	uint64_t place = spill_add(s, slice_of(data, len));
	free(data);
	return place;
}

static void expect(struct spill *s, uint64_t place, size_t len)
{
	uint8_t *data = memory_alloc(len);

	assert_true(spill_read(s, place, data, len));
	for (size_t i = 0; i < len; i++)
		if (data[i] != byte_at(place + i))
			fail_msg("byte %zu of %zu from %llu is wrong", i, len, (unsigned long long)place);
	free(data);
}

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* Reads all of it in pieces of that length, upwards and downwards. */
static void expect_all(struct spill *s, size_t len)
{
	uint64_t end = spill_bytes(s), at = 0;

	for (; at + len <= end; at += len)
		expect(s, at, len);
	while (at >= len) {
		at -= len;
		expect(s, at, len);
	}
}

static void comes_back(void **state)
{
	struct spill *s = spill_new(MIB);
	uint64_t random = 7;

	(void)state;
	while (spill_bytes(s) < 9u * MIB) {
		size_t len = (size_t)(next_random(&random) % (next_random(&random) % 50 ? 3000 : 2500000));
		uint64_t place = spill_bytes(s);

		assert_true(add(s, len) == place);
		expect(s, place, len);
		if (place)
			expect(s, next_random(&random) % place, 1);
	}
	expect_all(s, 999);
	expect_all(s, 700001);
	expect(s, 0, (size_t)spill_bytes(s));
	assert_int_equal(spill_error(s), 0);
	spill_free(s);
}

static void nothing_is_kept_and_read(void **state)
{
	struct spill *s = spill_new(0);
	uint8_t byte;

	(void)state;
	assert_true(spill_add(s, SLICE_EMPTY) == 0);
	assert_true(spill_read(s, 0, &byte, 0));
	assert_false(spill_read(s, 0, &byte, 1));
	spill_free(s);
	spill_free(NULL);
}

static void other_places_are_refused(void **state)
{
	struct spill *s = spill_new(MIB);
	uint8_t byte[2];

	(void)state;
	add(s, 3u * MIB);
	assert_true(spill_read(s, 3u * MIB - 1, byte, 1));
	assert_false(spill_read(s, 3u * MIB - 1, byte, 2));
	assert_false(spill_read(s, 3u * MIB, byte, 1));
	assert_false(spill_read(s, SPILL_NOWHERE, byte, 1));
	assert_false(spill_read(s, 1, byte, SIZE_MAX));
	spill_free(s);
}

/* What came before stays readable. */
static void no_folder_for_the_file(void **state)
{
	struct spill *s = spill_new(MIB);

	(void)state;
	setenv("TMPDIR", "/nonexistent", 1);
	assert_true(add(s, MIB - 10) == 0);
	assert_true(add(s, 11) == SPILL_NOWHERE);
	assert_int_not_equal(spill_error(s), 0);
	assert_true(add(s, 1) == SPILL_NOWHERE);
	assert_true(spill_bytes(s) == MIB - 10);
	expect(s, 0, MIB - 10);
	unsetenv("TMPDIR");
	spill_free(s);
}

/* The file is closed under it: bytes that wait stay readable, those in the file do not. */
static void file_cannot_be_written(void **state)
{
	struct spill *s;
	uint8_t byte;
	int fd = dup(0);

	(void)state;
	close(fd);
	s = spill_new(MIB);
	assert_true(add(s, MIB) == 0);
	assert_true(add(s, MIB + MIB / 2) == MIB); /* one MiB is written, half a one waits */
	close(fd);                                 /* the lowest free number, so it is the file's */
	assert_true(add(s, MIB) == SPILL_NOWHERE);
	assert_int_not_equal(spill_error(s), 0);
	assert_true(spill_bytes(s) == 2u * MIB + MIB / 2);
	expect(s, 2u * MIB, MIB / 2);
	expect(s, 0, MIB);
	assert_false(spill_read(s, MIB + 1, &byte, 1));
	spill_free(s);
}

static void file_has_no_name(void **state)
{
	char folder[] = "/tmp/test_spill-XXXXXX";
	struct spill *s = spill_new(MIB);

	(void)state;
	assert_non_null(mkdtemp(folder));
	setenv("TMPDIR", folder, 1);
	add(s, 4u * MIB);
	expect(s, MIB, 3u * MIB);
	assert_int_equal(rmdir(folder), 0); /* empty */
	unsetenv("TMPDIR");
	spill_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back),
		cmocka_unit_test(nothing_is_kept_and_read),
		cmocka_unit_test(other_places_are_refused),
		cmocka_unit_test(no_folder_for_the_file),
		cmocka_unit_test(file_cannot_be_written),
		cmocka_unit_test(file_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
