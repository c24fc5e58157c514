/* SPDX-License-Identifier: BSD-2-Clause */
/* Text in cells: what takes how many columns, what is cut, what is overwritten, what is no character. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/canvas.h"

#define WIDE "\xe4\xb8\xad"          /* U+4E2D, two columns */
#define ACUTE "\xcc\x81"             /* U+0301, combining */
#define MARK "\xe2\x80\x8e"          /* U+200E, left-to-right mark */
#define DOTS "\xe2\x80\xa6"
#define BAD "\xef\xbf\xbd"           /* U+FFFD */
#define ALEF "\xd7\x90"
#define BET "\xd7\x91"

static int setup(void **state)
{
	static struct canvas c;

	setlocale(LC_CTYPE, "C.UTF-8");
	c = (struct canvas){.rows = 0};
	canvas_resize(&c, 1, 10);
	*state = &c;
	return 0;
}

static int teardown(void **state)
{
	canvas_free(*state);
	return 0;
}

static void expect(const struct canvas *c, const char *wanted)
{
	struct buffer out = {NULL, 0, 0};

	canvas_dump(c, false, &out);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, wanted);
	buffer_free(&out);
}

/* Draws into a blank line of ten columns. */
static int drawn(struct canvas *c, int width, const char *text, int skip)
{
	canvas_fill(c, canvas_area(c), LOOK_NORMAL);
	return canvas_text_from(c, 0, 0, width, LOOK_NORMAL, slice_str(text), skip);
}

static const struct cell *cell(const struct canvas *c, int column)
{
	return &c->cells[column];
}

static void expect_cell(const struct canvas *c, int column, const char *wanted)
{
	char text[CELL_BYTES + 1] = "";

	memcpy(text, cell(c, column)->text, cell(c, column)->len);
	assert_string_equal(text, wanted);
}

static void test_plain(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(drawn(c, 10, "abc", 0), 3);
	expect(c, "abc\n");
	assert_int_equal(drawn(c, 10, "0123456789", 0), 10);
	expect(c, "0123456789\n");
	assert_int_equal(drawn(c, 10, "0123456789a", 0), 10);
	expect(c, "012345678" DOTS "\n");
	assert_int_equal(drawn(c, 99, "0123456789a", 0), 10);
	expect(c, "012345678" DOTS "\n");
	assert_int_equal(drawn(c, 1, "ab", 0), 1);
	expect(c, DOTS "\n");
	assert_int_equal(drawn(c, 0, "ab", 0), 0);
	assert_int_equal(drawn(c, -3, "ab", 0), 0);
	expect(c, "\n");
	assert_int_equal(canvas_printf(c, 0, 4, 6, LOOK_NORMAL, "%d%s", 12, "x"), 3);
	expect(c, "    12x\n");
}

/* What lies outside is not drawn. */
static void test_outside(void **state)
{
	struct canvas *c = *state;

	canvas_str(c, -1, 0, 10, LOOK_NORMAL, "a");
	canvas_str(c, 1, 0, 10, LOOK_NORMAL, "a");
	canvas_str(c, 0, 10, 10, LOOK_NORMAL, "a");
	expect(c, "\n");
	canvas_str(c, 0, -2, 10, LOOK_NORMAL, "abcd");
	expect(c, "cd\n");
	canvas_str(c, 0, -1, 10, LOOK_NORMAL, WIDE "x");
	expect(c, "cx\n");
	canvas_fill(c, (struct area){-5, -5, 50, 6}, LOOK_BAR);
	canvas_tint(c, (struct area){-5, 9, 50, 50}, LOOK_BAR);
	assert_int_equal(cell(c, 0)->look, LOOK_BAR);
	assert_int_equal(cell(c, 1)->look, LOOK_NORMAL);
	assert_int_equal(cell(c, 9)->look, LOOK_BAR);
}

static void test_wide(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(drawn(c, 10, WIDE "a", 0), 3);
	expect(c, WIDE "a\n");
	assert_int_equal(cell(c, 1)->len, 0);
	assert_int_equal(drawn(c, 4, WIDE WIDE, 0), 4);
	expect(c, WIDE WIDE "\n");
	/* Half of it does not fit: dots stand for it, where it would have begun. */
	assert_int_equal(drawn(c, 3, WIDE WIDE, 0), 3);
	expect(c, WIDE DOTS "\n");
	/* The last one gives way to the dots, and leaves a blank. */
	assert_int_equal(drawn(c, 4, WIDE WIDE "a", 0), 4);
	expect(c, WIDE " " DOTS "\n");
	assert_int_equal(drawn(c, 1, WIDE, 0), 1);
	expect(c, DOTS "\n");
}

/* A wide character of which one half is overwritten leaves a blank in place of the other. */
static void test_halves(void **state)
{
	struct canvas *c = *state;

	drawn(c, 10, WIDE "b", 0);
	canvas_str(c, 0, 0, 1, LOOK_NORMAL, "x");
	expect(c, "x b\n");
	drawn(c, 10, WIDE "b", 0);
	canvas_str(c, 0, 1, 1, LOOK_NORMAL, "x");
	expect(c, " xb\n");
	drawn(c, 10, WIDE WIDE "b", 0);
	canvas_str(c, 0, 1, 2, LOOK_NORMAL, WIDE);
	expect(c, " " WIDE " b\n");
	drawn(c, 10, WIDE WIDE "b", 0);
	canvas_str(c, 0, 0, 2, LOOK_NORMAL, WIDE);
	expect(c, WIDE WIDE "b\n");
	drawn(c, 10, WIDE WIDE "b", 0);
	canvas_fill(c, (struct area){0, 1, 1, 2}, LOOK_BAR);
	expect(c, "    b\n");
	assert_int_equal(cell(c, 0)->len, 1);
	assert_int_equal(cell(c, 3)->len, 1);
}

static void test_combining(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(drawn(c, 10, "e" ACUTE "x", 0), 2);
	expect_cell(c, 0, "e" ACUTE);
	expect_cell(c, 1, "x");
	assert_int_equal(drawn(c, 10, WIDE ACUTE "x", 0), 3);
	expect_cell(c, 0, WIDE ACUTE);
	/* With nothing before it, it has nothing to join, least of all what stood there. */
	assert_int_equal(drawn(c, 10, ACUTE "x", 0), 1);
	expect(c, "x\n");
	canvas_str(c, 0, 1, 9, LOOK_NORMAL, ACUTE "y");
	expect(c, "xy\n");
	/* At the edge it still belongs to the last letter. */
	assert_int_equal(drawn(c, 2, "ae" ACUTE, 0), 2);
	expect(c, "ae" ACUTE "\n");
	/* More than a cell holds is dropped. */
	assert_int_equal(drawn(c, 10, "e" ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE "x", 0), 2);
	expect(c, "e" ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE "x\n");
}

/*
 * Pictures joined to one, and signs that become pictures: terminals do not agree
 * on their width, so each is drawn for itself.  Joiners of scripts stay.
 */
static void test_emoji(void **state)
{
	struct canvas *c = *state;

	/* man, ZWJ, woman, ZWJ, girl */
	assert_int_equal(drawn(c, 10, "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7!", 0), 7);
	expect(c, "\xf0\x9f\x91\xa8\xf0\x9f\x91\xa9\xf0\x9f\x91\xa7!\n");
	/* heart, variation selector 16 */
	assert_int_equal(drawn(c, 10, "\xe2\x9d\xa4\xef\xb8\x8f!", 0), 2);
	expect(c, "\xe2\x9d\xa4!\n");
	/* ka, virama, ZWJ, ssa */
	assert_int_equal(drawn(c, 10, "\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d\xe0\xa4\xb7", 0), 2);
	expect_cell(c, 0, "\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d");
}

/* Behind what runs from right to left stands a mark, before anything that runs the other way, or at the end. */
static void test_right_to_left(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(drawn(c, 10, ALEF BET, 0), 2);
	expect(c, ALEF BET MARK "\n");
	assert_int_equal(drawn(c, 10, ALEF "a", 0), 2);
	expect(c, ALEF MARK "a\n");
	assert_int_equal(drawn(c, 10, ALEF " 12", 0), 4);
	expect(c, ALEF MARK " 12\n");
	assert_int_equal(drawn(c, 10, ALEF " " BET "|", 0), 4);
	expect(c, ALEF " " BET MARK "|\n");
	assert_int_equal(drawn(c, 3, ALEF BET ALEF BET, 0), 3);
	expect(c, ALEF BET MARK DOTS "\n");
	/* However much joins the last letter, there is room for the mark. */
	assert_int_equal(drawn(c, 10, ALEF ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE, 0), 1);
	expect(c, ALEF ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE ACUTE MARK "\n");
}

/* Nothing that a terminal would act on, and nothing that would move what stands beside it. */
static void test_no_characters(void **state)
{
	static const struct {
		const char *text, *wanted;
		int columns;
	} rows[] = {
		{"a\x1b[31mb", "a" BAD "[31mb\n", 7},
		{"\r\n\t\x7f", BAD BAD BAD BAD "\n", 4},
		{"\xc2\x9b", BAD "\n", 1},
		{"a\xff\xc0\xaf" "b", "a" BAD BAD BAD "b\n", 5},
		{"\xed\xa0\x80", BAD BAD BAD "\n", 3},
		{"\xe4\xb8", BAD "\n", 1},
		{"\xe2\x80\xae" "abc", BAD "abc\n", 4},
		{"a\xe2\x80\x8b" "b", "a" BAD "b\n", 3},
		{"a\xe2\x80\x8f" "b", "a" BAD "b\n", 3},
		{"\xef\xbb\xbf", BAD "\n", 1},
	};
	struct canvas *c = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(drawn(c, 10, rows[i].text, 0), rows[i].columns);
		expect(c, rows[i].wanted);
		assert_int_equal(text_columns(slice_str(rows[i].text)), rows[i].columns);
	}
}

static void test_skip(void **state)
{
	struct canvas *c = *state;

	assert_int_equal(drawn(c, 10, "abcdef", 2), 4);
	expect(c, "cdef\n");
	assert_int_equal(drawn(c, 10, "abcdef", 6), 0);
	expect(c, "\n");
	assert_int_equal(drawn(c, 10, "abcdef", 60), 0);
	/* Half of a wide character is passed over. */
	assert_int_equal(drawn(c, 10, WIDE "a", 1), 2);
	expect(c, " a\n");
	assert_int_equal(drawn(c, 10, WIDE "a", 2), 1);
	expect(c, "a\n");
	/* What joins a character that is passed over goes with it. */
	assert_int_equal(drawn(c, 10, "e" ACUTE "x", 1), 1);
	expect(c, "x\n");
	assert_int_equal(drawn(c, 3, "abcdef", 2), 3);
	expect(c, "cd" DOTS "\n");
}

static void test_measures(void **state)
{
	(void)state;
	assert_int_equal(text_columns(SLICE_EMPTY), 0);
	assert_int_equal(text_columns(SLICE_LIT("a" WIDE "e" ACUTE)), 4);
	assert_int_equal(text_fit(SLICE_LIT("a" WIDE "e" ACUTE), 2), 1);
	assert_int_equal(text_fit(SLICE_LIT("a" WIDE "e" ACUTE), 3), 4);
	assert_int_equal(text_fit(SLICE_LIT("a" WIDE "e" ACUTE), 4), 7);
	assert_int_equal(text_fit(SLICE_LIT("abc"), 0), 0);
	assert_int_equal(text_fit(SLICE_LIT("abc"), -1), 0);
}

static void test_areas(void **state)
{
	struct area a = {2, 3, 10, 20}, b = area_rows(a, 4, 100);

	(void)state;
	assert_int_equal(b.row, 6);
	assert_int_equal(b.rows, 6);
	assert_int_equal(b.column, 3);
	b = area_columns(a, 25, 1);
	assert_int_equal(b.column, 23);
	assert_int_equal(b.columns, 0);
	b = area_rows(a, -1, -1);
	assert_int_equal(b.row, 2);
	assert_int_equal(b.rows, 0);
}

static void test_looks(void **state)
{
	struct canvas *c = *state;
	struct buffer out = {NULL, 0, 0};

	canvas_str(c, 0, 1, 4, LOOK_CLIENT, WIDE "a");
	canvas_tint(c, (struct area){0, 3, 1, 2}, LOOK_DIM);
	canvas_dump(c, true, &out);
	buffer_add_byte(&out, 0);
	/* 'A' is the first look, LOOK_CLIENT the ninth. */
	assert_int_equal(LOOK_CLIENT, 8);
	assert_string_equal((const char *)out.data, " " WIDE "a\n.IIBB.....\n");
	buffer_free(&out);
}

static void test_sizes(void **state)
{
	struct canvas *c = *state;

	canvas_resize(c, 0, -5);
	assert_int_equal(c->rows, 1);
	assert_int_equal(c->columns, 1);
	canvas_str(c, 0, 0, 1, LOOK_NORMAL, WIDE);
	expect(c, DOTS "\n");
	canvas_resize(c, 100000, 100000);
	assert_int_equal(c->rows, CANVAS_ROWS_MAX);
	assert_int_equal(c->columns, CANVAS_COLUMNS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_plain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_outside, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wide, setup, teardown),
		cmocka_unit_test_setup_teardown(test_halves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_combining, setup, teardown),
		cmocka_unit_test_setup_teardown(test_emoji, setup, teardown),
		cmocka_unit_test_setup_teardown(test_right_to_left, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_characters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_skip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_measures, setup, teardown),
		cmocka_unit_test_setup_teardown(test_areas, setup, teardown),
		cmocka_unit_test_setup_teardown(test_looks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sizes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
