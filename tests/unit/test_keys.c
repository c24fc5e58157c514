/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys: the built-in ones, lines of the file, and their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/keys.h"

static const char *line(struct keymap *m, const char *text)
{
	return keymap_line(m, slice_str(text));
}

static void expect_names(const struct keymap *m, enum action a, const char *wanted)
{
	struct buffer out = {NULL, 0, 0};

	keymap_add_names(&out, m, a);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, wanted);
	buffer_free(&out);
}

/* Each key of the table is one, asks for its own action only, and its name is the one in the table. */
static void test_table(void **state)
{
	struct keymap m;

	(void)state;
	keymap_default(&m);
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		const struct action_info *info = action_info((enum action)i);

		expect_names(&m, (enum action)i, info->keys);
		assert_true(strlen(info->name) > 0 && strlen(info->help) > 0 && strlen(info->group) > 0);
		for (size_t k = 0; k < KEYMAP_KEYS; k++)
			if (m.key[i][k])
				assert_int_equal(keymap_action(&m, m.key[i][k]), i);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(info->name, action_info((enum action)k)->name);
	}
	/* Help names each group once. */
	for (size_t i = 2; i < ACTION_COUNT; i++)
		for (size_t k = 0; k + 1 < i; k++)
			if (strcmp(action_info((enum action)i)->group, action_info((enum action)k)->group) == 0)
				assert_string_equal(action_info((enum action)(i - 1))->group, action_info((enum action)i)->group);
}

static void test_default(void **state)
{
	struct keymap m;

	(void)state;
	keymap_default(&m);
	assert_int_equal(keymap_action(&m, 'k'), ACTION_UP);
	assert_int_equal(keymap_action(&m, KEYS_UP), ACTION_UP);
	assert_int_equal(keymap_action(&m, 'p' - 'a' + 1), ACTION_UP);
	assert_int_equal(keymap_action(&m, KEYS_F1), ACTION_HELP);
	assert_int_equal(keymap_action(&m, KEYS_F1 + 9), ACTION_QUIT);
	assert_int_equal(keymap_action(&m, KEYS_ENTER), ACTION_OPEN);
	assert_int_equal(keymap_action(&m, '#'), ACTION_PREVIOUS_SAME);
	assert_int_equal(keymap_action(&m, ' '), ACTION_PAGE_DOWN);
	assert_int_equal(keymap_action(&m, KEYS_NONE), ACTION_NONE);
	assert_int_equal(keymap_action(&m, 0), ACTION_NONE);
	assert_int_equal(keymap_action(&m, 0xe9), ACTION_NONE);
}

static void test_lines(void **state)
{
	struct keymap m;

	(void)state;
	keymap_default(&m);
	assert_null(line(&m, "  next-finding =  e\t] F12 S-Tab "));
	expect_names(&m, ACTION_NEXT_FINDING, "e ] F12 S-Tab");
	/* Tab before went to another pane; nothing else asks for it any more. */
	expect_names(&m, ACTION_PREVIOUS_PANE, "");
	assert_int_equal(keymap_action(&m, KEYS_BACK_TAB), ACTION_NEXT_FINDING);
	assert_null(line(&m, "search = = # \xc3\xa9 C-X"));
	expect_names(&m, ACTION_SEARCH, "= # \xc3\xa9 C-x");
	assert_int_equal(keymap_action(&m, 0xe9), ACTION_SEARCH);
	expect_names(&m, ACTION_PREVIOUS_SAME, "");
	assert_null(line(&m, "mark = C-\\ esc backspace del"));
	expect_names(&m, ACTION_MARK, "C-\\ Esc Backspace Del");
	/* Without keys. */
	assert_null(line(&m, "save ="));
	expect_names(&m, ACTION_SAVE, "");
	assert_int_equal(keymap_action(&m, 's'), ACTION_NONE);
	assert_null(line(&m, ""));
	assert_null(line(&m, "# search = x"));
	assert_int_equal(keymap_action(&m, 'x'), ACTION_NONE);
}

/* A wrong line changes nothing. */
static void test_wrong(void **state)
{
	static const char *const keys[] = {"save = ab", "save = C-", "save = C-1", "save = F0", "save = F13", "save = f1",
					   "save = a b c d e", "save = \xff", "save = \x7f", "save = \xc2\x9b", "save = Up Upp",
					   "save = \x01"};
	struct keymap m, before;

	(void)state;
	keymap_default(&m);
	keymap_default(&before);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_true(slice_has_prefix(slice_str(line(&m, keys[i])), SLICE_LIT("not keys, at most four:")));
	assert_string_equal(line(&m, "save s"), "wants ACTION = KEYS");
	assert_string_equal(line(&m, "safe = s"), "no such action");
	assert_string_equal(line(&m, "= s"), "no such action");
	assert_memory_equal(&m, &before, sizeof(m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
