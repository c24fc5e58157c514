/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of secrets: names, limits, and which of two counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "secrets/secret_table.h"

static void add(struct secret_table *t, enum key_log_kind kind, const char *key, const char *secret, bool replace)
{
	secret_table_add(t, kind, slice_str(key), slice_str(secret), replace);
}

static void expect(const struct secret_table *t, enum key_log_kind kind, const char *key, const char *secret)
{
	struct slice s = secret_table_find(t, kind, slice_str(key));

	assert_int_equal(s.len, strlen(secret));
	assert_true(slice_eq_str(s, secret));
}

/* Kind and key together name a secret. */
static void names(void **state)
{
	struct secret_table t = {.max = 10};
	uint8_t key[300];

	(void)state;
	expect(&t, KEY_LOG_MASTER, "a", "");
	add(&t, KEY_LOG_MASTER, "a", "one", false);
	add(&t, KEY_LOG_EARLY, "a", "two", false);
	add(&t, KEY_LOG_MASTER, "ab", "three", false);
	add(&t, KEY_LOG_MASTER, "", "four", false);
	expect(&t, KEY_LOG_MASTER, "a", "one");
	expect(&t, KEY_LOG_EARLY, "a", "two");
	expect(&t, KEY_LOG_MASTER, "ab", "three");
	expect(&t, KEY_LOG_MASTER, "", "four");
	expect(&t, KEY_LOG_EARLY, "ab", "");
	memset(key, 1, sizeof(key));
	secret_table_add(&t, KEY_LOG_MASTER, slice_of(key, 255), slice_str("long"), false);
	assert_true(slice_eq_str(secret_table_find(&t, KEY_LOG_MASTER, slice_of(key, 255)), "long"));
	assert_int_equal(secret_table_find(&t, KEY_LOG_MASTER, slice_of(key, 254)).len, 0);
	assert_int_equal(t.count, 5);
	secret_table_free(&t);
}

static void which_counts(void **state)
{
	struct secret_table t = {.max = 10};

	(void)state;
	add(&t, KEY_LOG_MASTER, "a", "first", false);
	add(&t, KEY_LOG_MASTER, "a", "other", false);
	expect(&t, KEY_LOG_MASTER, "a", "first");
	add(&t, KEY_LOG_MASTER, "a", "third", true);
	expect(&t, KEY_LOG_MASTER, "a", "third");
	/* A line that was half written was read as a shorter secret. */
	add(&t, KEY_LOG_EARLY, "a", "half", false);
	add(&t, KEY_LOG_EARLY, "a", "half and half", false);
	expect(&t, KEY_LOG_EARLY, "a", "half and half");
	add(&t, KEY_LOG_EARLY, "a", "half", false);
	expect(&t, KEY_LOG_EARLY, "a", "half and half");
	assert_int_equal(t.count, 2);
	assert_int_equal(t.refused, 0);
	secret_table_free(&t);
	assert_int_equal(t.count, 0);
}

static void full(void **state)
{
	struct secret_table keeps = {.max = 2}, forgets = {.max = 2, .forgets = true};

	(void)state;
	for (const char *key = "abcd"; *key; key++) {
		const char name[] = {*key, '\0'};

		add(&keeps, KEY_LOG_MASTER, name, name, false);
		add(&forgets, KEY_LOG_MASTER, name, name, false);
	}
	assert_int_equal(keeps.count, 2);
	assert_int_equal(keeps.refused, 2);
	expect(&keeps, KEY_LOG_MASTER, "a", "a");
	expect(&keeps, KEY_LOG_MASTER, "b", "b");
	expect(&keeps, KEY_LOG_MASTER, "c", "");
	assert_int_equal(forgets.count, 2);
	assert_int_equal(forgets.refused, 0);
	expect(&forgets, KEY_LOG_MASTER, "b", "");
	expect(&forgets, KEY_LOG_MASTER, "c", "c");
	expect(&forgets, KEY_LOG_MASTER, "d", "d");
	/* What is there already takes no room; what is replaced is young again. */
	add(&keeps, KEY_LOG_MASTER, "a", "z", true);
	expect(&keeps, KEY_LOG_MASTER, "a", "z");
	add(&forgets, KEY_LOG_MASTER, "c", "y", true);
	add(&forgets, KEY_LOG_MASTER, "e", "e", false);
	expect(&forgets, KEY_LOG_MASTER, "c", "y");
	expect(&forgets, KEY_LOG_MASTER, "d", "");
	assert_int_equal(keeps.refused, 2);
	secret_table_free(&keeps);
	secret_table_free(&forgets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(which_counts),
		cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
