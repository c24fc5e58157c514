/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every dialogue in samples/ and tests/dialogues/ must come out of the session
 * stage as it stands in the file, and the same in whatever pieces its bytes
 * arrive.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/dialogue.h"
#include "util/memory.h"

/* Dialogues up to this size are cut once at every byte; larger ones at every byte at once and at random. */
#define EVERY_CUT_MAX 3000u
#define RANDOM_CUTS 20u

static void expect_same(const struct buffer *expected, const struct dialogue *d, enum dialogue_cut cut, size_t at)
{
	struct buffer report = {NULL, 0, 0};

	dialogue_play(d, cut, at, &report, NULL);
	if (!slice_eq(buffer_slice(expected), buffer_slice(&report))) {
		size_t same = 0;

		while (same < report.len && same < expected->len && report.data[same] == expected->data[same])
			same++;
		same -= same < 80 ? same : 80;
		print_error("cut %d at %zu differs:\nexpected ...%.*s\n     got ...%.*s\n", (int)cut, at,
			    (int)(expected->len - same < 300 ? expected->len - same : 300), expected->data + same,
			    (int)(report.len - same < 300 ? report.len - same : 300), report.data + same);
		fail();
	}
	buffer_free(&report);
}

static void play(void **state)
{
	const char *path = *state;
	struct dialogue *d = dialogue_read(path);
	struct buffer report = {NULL, 0, 0}, failures = {NULL, 0, 0};

	dialogue_play(d, CUT_COMMANDS, 0, &report, &failures);
	if (failures.len) {
		print_error("%.*s", (int)failures.len, failures.data);
		fail();
	}
	expect_same(&report, d, CUT_BYTES, 0);
	expect_same(&report, d, CUT_JOINED, 0);
	for (size_t seed = 1; seed <= RANDOM_CUTS; seed++)
		expect_same(&report, d, CUT_RANDOM, seed);
	for (size_t at = 1; dialogue_size(d) <= EVERY_CUT_MAX && at < dialogue_size(d); at++)
		expect_same(&report, d, CUT_AT, at);
	buffer_free(&report);
	buffer_free(&failures);
	dialogue_free(d);
}

static void find(const char *srcdir, const char *folder, glob_t *found, int flags)
{
	char pattern[4096];

	snprintf(pattern, sizeof(pattern), "%s/%s/*.dialogue", srcdir, folder);
	glob(pattern, flags, NULL, found);
}

int main(void)
{
	const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
	glob_t found = {0};

	find(srcdir, "samples", &found, 0);
	find(srcdir, "tests/dialogues", &found, GLOB_APPEND);
	struct CMUnitTest *tests = memory_zalloc((found.gl_pathc + 1) * sizeof(*tests));
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *slash = strrchr(found.gl_pathv[i], '/');

		tests[i] = (struct CMUnitTest){.name = slash + 1, .test_func = play, .initial_state = found.gl_pathv[i]};
	}
	int failed = found.gl_pathc == 0 ? 1 : _cmocka_run_group_tests("dialogues", tests, found.gl_pathc, NULL, NULL);
	free(tests);
	globfree(&found);
	return failed;
}
