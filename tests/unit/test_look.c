/* SPDX-License-Identifier: BSD-2-Clause */
/* Themes: the built-in one, and lines of the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/look.h"

static void expect(const struct theme *t, enum look l, int foreground, int background, unsigned attributes, unsigned plain)
{
	const struct look_style *s = &t->look[l];

	assert_int_equal(s->foreground, foreground);
	assert_int_equal(s->background, background);
	assert_int_equal(s->attributes, attributes);
	assert_int_equal(s->plain, plain);
}

static const char *line(struct theme *t, const char *text)
{
	return theme_line(t, slice_str(text));
}

/* Colours are those of terminals: 0 black, 1 red, ..., 7 white. */
static void test_default(void **state)
{
	struct theme t;

	(void)state;
	memset(&t, 0x55, sizeof(t));
	theme_default(&t);
	expect(&t, LOOK_NORMAL, -1, -1, 0, 0);
	expect(&t, LOOK_DIM, -1, -1, PAINT_DIM, PAINT_DIM);
	expect(&t, LOOK_BAR, 0, 6, 0, PAINT_REVERSE);
	expect(&t, LOOK_ERROR, 1, -1, PAINT_BOLD, PAINT_BOLD | PAINT_UNDERLINE);
	expect(&t, LOOK_WEB, 4, -1, PAINT_BOLD, 0);
	expect(&t, LOOK_PARTNER, -1, -1, PAINT_BOLD | PAINT_UNDERLINE, PAINT_BOLD | PAINT_UNDERLINE);
}

/* Every line of the table can be given in a file, and says what it is. */
static void test_table(void **state)
{
	struct theme t, again;

	(void)state;
	theme_default(&t);
	theme_default(&again);
	for (size_t i = 0; i < LOOK_COUNT; i++) {
		char text[128] = "";

		assert_true(strlen(look_name((enum look)i)) > 0 && strlen(look_meaning((enum look)i)) > 0);
		strcat(text, look_name((enum look)i));
		strcat(text, " = 200 on 17 bold");
		assert_null(line(&t, text));
		expect(&t, (enum look)i, 200, 17, PAINT_BOLD, PAINT_BOLD);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(look_name((enum look)i), look_name((enum look)k));
	}
}

static void test_lines(void **state)
{
	struct theme t;

	(void)state;
	theme_default(&t);
	assert_null(line(&t, "client = cyan bold"));
	expect(&t, LOOK_CLIENT, 6, -1, PAINT_BOLD, PAINT_BOLD);
	assert_null(line(&t, "  selected=black on\tcyan  # the cursor"));
	expect(&t, LOOK_SELECTED, 0, 6, 0, 0);
	assert_null(line(&t, "error = 196 on default underline / reverse"));
	expect(&t, LOOK_ERROR, 196, -1, PAINT_UNDERLINE, PAINT_REVERSE);
	assert_null(line(&t, "error = reverse dim 255 on 0"));
	expect(&t, LOOK_ERROR, 255, 0, PAINT_REVERSE | PAINT_DIM, PAINT_REVERSE | PAINT_DIM);
	assert_null(line(&t, "error ="));
	expect(&t, LOOK_ERROR, -1, -1, 0, 0);
	assert_null(line(&t, ""));
	assert_null(line(&t, " \t "));
	assert_null(line(&t, "# client = red"));
	expect(&t, LOOK_CLIENT, 6, -1, PAINT_BOLD, PAINT_BOLD);
}

/* A wrong line changes nothing. */
static void test_wrong(void **state)
{
	static const struct {
		const char *text, *wrong;
	} rows[] = {
		{"client", "wants NAME = COLOURS"},
		{"= red", "no such thing is shown"},
		{"clients = red", "no such thing is shown"},
		{"Client = red", "no such thing is shown"},
		{"client = red on", "a colour is missing behind 'on'"},
	};
	struct theme t, before;

	(void)state;
	theme_default(&t);
	theme_default(&before);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(line(&t, rows[i].text), rows[i].wrong);
	assert_non_null(line(&t, "client = purple"));
	assert_non_null(line(&t, "client = 256"));
	assert_non_null(line(&t, "client = -1"));
	assert_non_null(line(&t, "client = red / purple"));
	assert_non_null(line(&t, "client = \xff\x1b"));
	for (size_t i = 0; i < LOOK_COUNT; i++)
		expect(&t, (enum look)i, before.look[i].foreground, before.look[i].background, before.look[i].attributes,
		       before.look[i].plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
