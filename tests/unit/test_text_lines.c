/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of many lines on a canvas: colours, long lines, scrolling, searching. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "output/style.h"
#include "tui/text_lines.h"

struct page {
	struct text_lines t;
	struct canvas c;
	struct buffer out;
};

static int setup(void **state)
{
	static struct page page;

	page = (struct page){.c = {.rows = 0}};
	setlocale(LC_CTYPE, "C.UTF-8");
	*state = &page;
	return 0;
}

static int teardown(void **state)
{
	struct page *p = *state;

	text_lines_free(&p->t);
	canvas_free(&p->c);
	buffer_free(&p->out);
	return 0;
}

static void draw(struct page *p, int rows, int columns, bool cursor)
{
	canvas_resize(&p->c, rows, columns);
	text_lines_draw(&p->t, &p->c, canvas_area(&p->c), cursor, true);
}

static void expect(struct page *p, const char *wanted)
{
	p->out.len = 0;
	canvas_dump(&p->c, false, &p->out);
	buffer_add_byte(&p->out, 0);
	assert_string_equal((const char *)p->out.data, wanted);
}

/* Looks of a row as letters: '.' normal, else what stands in the table. */
static void expect_looks(struct page *p, int row, const char *wanted)
{
	static const char letters[LOOK_COUNT] = {
		[LOOK_NORMAL] = '.', [LOOK_DIM] = 'd', [LOOK_TITLE] = 't', [LOOK_CLIENT] = 'c', [LOOK_SERVER] = 's', [LOOK_NOTE] = 'n',
		[LOOK_WARNING] = 'w', [LOOK_ERROR] = 'e', [LOOK_FOUND] = 'f', [LOOK_SELECTED] = 'S', [LOOK_SELECTED_ASIDE] = 'A',
	};
	char got[128] = "";

	for (int i = 0; i < p->c.columns; i++) {
		char letter = letters[p->c.cells[row * p->c.columns + i].look];

		got[i] = letter ? letter : '?';
	}
	assert_string_equal(got, wanted);
}

static void set(struct page *p, const char *text)
{
	text_lines_set(&p->t, slice_str(text));
}

static bool find(struct page *p, const char *text, bool forward)
{
	return text_lines_find(&p->t, slice_str(text), forward);
}

/* Each style of output/ has its look here; what is no sequence of theirs is shown as it stands. */
static void test_styles(void **state)
{
	static const char looks[STYLE_COUNT] = {'.', 'd', 't', 'c', 's', 'n', 'w', 'e'};
	struct page *p = *state;
	struct buffer text = {NULL, 0, 0};

	for (size_t i = 0; i < STYLE_COUNT; i++) {
		style_begin(&text, true, (enum style)i);
		buffer_add_str(&text, "ab");
		style_end(&text, true, (enum style)i);
		buffer_add_str(&text, "c\n");
	}
	text_lines_set(&p->t, buffer_slice(&text));
	buffer_free(&text);
	draw(p, STYLE_COUNT, 4, false);
	expect(p, "abc\nabc\nabc\nabc\nabc\nabc\nabc\nabc\n");
	for (int i = 0; i < (int)STYLE_COUNT; i++) {
		const char wanted[] = {looks[i], looks[i], '.', '.', 0};

		expect_looks(p, i, wanted);
	}
	set(p, "\033[35mx\n\033");
	draw(p, 2, 8, false);
	expect(p, "\xef\xbf\xbd[35mx\n\xef\xbf\xbd\n");
}

/* A style that goes on over line ends and cuts. */
static void test_style_goes_on(void **state)
{
	struct page *p = *state;

	p->t.wrap = true;
	set(p, "a\033[36mbcdef\ngh\033[0mi");
	draw(p, 3, 4, false);
	expect(p, "abcd\nef\nghi\n");
	expect_looks(p, 0, ".ccc");
	expect_looks(p, 1, "cc..");
	expect_looks(p, 2, "cc..");
}

static void test_lines(void **state)
{
	struct page *p = *state;

	draw(p, 2, 5, false);
	expect(p, "\n\n");
	set(p, "one\n\ntwo");
	draw(p, 4, 5, false);
	expect(p, "one\n\ntwo\n\n");
	assert_int_equal(p->t.count, 3);
	set(p, "one\n");
	draw(p, 4, 5, false);
	assert_int_equal(p->t.count, 1);
	set(p, "");
	draw(p, 1, 1, false);
	assert_int_equal(p->t.count, 0);
	set(p, "x");
	text_lines_draw(&p->t, &p->c, (struct area){0, 0, 0, 0}, false, true);
}

static void test_wrap(void **state)
{
	struct page *p = *state;

	p->t.wrap = true;
	p->t.indent = 2;
	set(p, "the quick brown fox\nabcdefghijklmnop\n  in front\n");
	draw(p, 9, 10, false);
	expect(p, "the quick\n  brown\n  fox\nabcdefghij\n  klmnop\n  in front\n\n\n\n");
	assert_int_equal(text_lines_source(&p->t, 0), 0);
	assert_int_equal(text_lines_source(&p->t, 2), 0);
	assert_int_equal(text_lines_source(&p->t, 3), 1);
	assert_int_equal(text_lines_source(&p->t, 5), 2);
	assert_int_equal(text_lines_source(&p->t, 99), 0);
	assert_int_equal(text_lines_line(&p->t, 1), 3);
	assert_int_equal(text_lines_line(&p->t, 2), 5);
	assert_int_equal(text_lines_line(&p->t, 99), 5);
	/* The indent gives way where there is no room. */
	set(p, "abcd");
	draw(p, 4, 1, false);
	expect(p, "a\nb\nc\nd\n");
	draw(p, 4, 3, false);
	expect(p, "abc\n d\n\n\n");
	/* A word that ends at the edge. */
	set(p, "abcd efg hijk");
	draw(p, 3, 8, false);
	expect(p, "abcd efg\n  hijk\n\n");
	/* A line that fits exactly, and blanks at its end. */
	set(p, "abc\nab   \n");
	draw(p, 3, 3, false);
	expect(p, "abc\nab\n\n");
	assert_int_equal(p->t.count, 2);
}

/* A wide character is not cut in two; combining ones stay with their letter. */
static void test_wide(void **state)
{
	struct page *p = *state;

	p->t.wrap = true;
	set(p, "a\xe4\xb8\xad\xe6\x96\x87z\ne\xcc\x81" "e\xcc\x81" "e\xcc\x81" "e\xcc\x81");
	draw(p, 4, 4, false);
	expect(p, "a\xe4\xb8\xad\n\xe6\x96\x87z\ne\xcc\x81" "e\xcc\x81" "e\xcc\x81" "e\xcc\x81\n\n");
	draw(p, 5, 3, false);
	expect(p, "a\xe4\xb8\xad\n\xe6\x96\x87z\ne\xcc\x81" "e\xcc\x81" "e\xcc\x81\ne\xcc\x81\n\n");
	/* No room for it at all: still every line of the screen takes one. */
	set(p, "\xe4\xb8\xad\xe6\x96\x87");
	draw(p, 3, 1, false);
	assert_int_equal(p->t.count, 2);
	set(p, "\xff\xfe\x80");
	draw(p, 2, 2, false);
	expect(p, "\xef\xbf\xbd\xef\xbf\xbd\n\xef\xbf\xbd\n");
}

static void test_shift(void **state)
{
	struct page *p = *state;

	set(p, "0123456789\033[2mabcdef\033[0m\nshort\n");
	draw(p, 2, 8, false);
	expect(p, "0123456\xe2\x80\xa6\nshort\n");
	assert_true(text_lines_act(&p->t, ACTION_RIGHT));
	draw(p, 2, 8, false);
	expect(p, "89abcdef\n\n");
	expect_looks(p, 0, "..dddddd");
	/* All has been seen. */
	assert_true(text_lines_act(&p->t, ACTION_RIGHT));
	assert_int_equal(p->t.shift, 8);
	assert_true(text_lines_act(&p->t, ACTION_LEFT));
	assert_int_equal(p->t.shift, 0);
	/* Something of another colour stands right behind the edge. */
	draw(p, 2, 10, false);
	expect(p, "012345678\xe2\x80\xa6\nshort\n");
	assert_false(text_lines_act(&p->t, ACTION_SAVE));
	p->t.wrap = true;
	assert_false(text_lines_act(&p->t, ACTION_RIGHT));
}

static void test_scroll(void **state)
{
	struct page *p = *state;

	set(p, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
	draw(p, 3, 2, false);
	assert_true(text_lines_act(&p->t, ACTION_DOWN));
	draw(p, 3, 2, false);
	expect(p, "1\n2\n3\n");
	assert_true(text_lines_act(&p->t, ACTION_BOTTOM));
	draw(p, 3, 2, false);
	expect(p, "7\n8\n9\n");
	/* More comes: what is shown stays.  Less: the end is shown. */
	set(p, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n");
	draw(p, 3, 2, false);
	expect(p, "7\n8\n9\n");
	assert_int_equal(p->t.count, 11);
	set(p, "0\n1\n2\n3\n4\n");
	draw(p, 3, 2, false);
	expect(p, "2\n3\n4\n");
}

/* Lines added to an unfinished line are not taken for a new one. */
static void test_added(void **state)
{
	struct page *p = *state;

	p->t.wrap = true;
	set(p, "\033[36mab");
	draw(p, 3, 4, false);
	set(p, "\033[36mabc\nd");
	draw(p, 3, 4, false);
	expect(p, "abc\nd\n\n");
	set(p, "\033[36mabc\nd\n");
	draw(p, 3, 4, false);
	set(p, "\033[36mabc\nd\nefghi");
	draw(p, 4, 4, false);
	expect(p, "abc\nd\nefgh\ni\n");
	expect_looks(p, 3, "c...");
	assert_int_equal(text_lines_source(&p->t, 3), 2);
}

/* The text at the top stays when the width changes. */
static void test_resize(void **state)
{
	struct page *p = *state;

	p->t.wrap = true;
	set(p, "aaaabbbbcccc\nddddeeeeffff\ngggghhhhiiii\n");
	draw(p, 2, 4, false);
	for (int i = 0; i < 4; i++)
		text_lines_act(&p->t, ACTION_DOWN);
	draw(p, 2, 4, false);
	expect(p, "eeee\nffff\n");
	draw(p, 2, 8, false);
	expect(p, "ddddeeee\nffff\n");
}

static void test_cursor(void **state)
{
	struct page *p = *state;

	set(p, "a\nb\nc\nd\n");
	draw(p, 2, 3, true);
	expect_looks(p, 0, "SSS");
	expect_looks(p, 1, "...");
	text_lines_act(&p->t, ACTION_DOWN);
	text_lines_act(&p->t, ACTION_DOWN);
	draw(p, 2, 3, true);
	expect(p, "b\nc\n");
	expect_looks(p, 1, "SSS");
	text_lines_draw(&p->t, &p->c, canvas_area(&p->c), true, false);
	expect_looks(p, 1, "AAA");
}

static void test_find(void **state)
{
	struct page *p = *state;

	set(p, "Echo\nb\necho\nd\ne\nf ECHO\ng\nh\n");
	draw(p, 2, 8, false);
	assert_true(find(p, "echo", true));
	draw(p, 2, 8, false);
	expect(p, "Echo\nb\n");
	expect_looks(p, 0, "ffff....");
	assert_true(find(p, "echo", true));
	draw(p, 2, 8, false);
	expect(p, "b\necho\n");
	assert_true(find(p, "echo", true));
	draw(p, 2, 8, false);
	expect(p, "e\nf ECHO\n");
	expect_looks(p, 1, "..ffff..");
	/* Behind the last one to the first; and back. */
	assert_true(find(p, "echo", true));
	draw(p, 2, 8, false);
	expect(p, "Echo\nb\n");
	assert_true(find(p, "echo", false));
	draw(p, 2, 8, false);
	expect(p, "e\nf ECHO\n");
	assert_true(find(p, "echo", false));
	draw(p, 2, 8, false);
	expect(p, "b\necho\n");
	/* Capitals count where there are some. */
	assert_true(find(p, "ECHO", true));
	draw(p, 2, 8, false);
	expect(p, "e\nf ECHO\n");
	assert_false(find(p, "eCHO", true));
	assert_false(find(p, "absent", false));
	assert_false(find(p, "", true));
	set(p, "");
	assert_false(find(p, "echo", true));
}

/* All places are on the screen: each is visited, though nothing scrolls. */
static void test_find_short(void **state)
{
	struct page *p = *state;
	size_t first;

	set(p, "x\ny x\nz\n");
	draw(p, 5, 8, false);
	assert_true(find(p, "x", true));
	first = p->t.place;
	assert_true(find(p, "x", true));
	assert_true(p->t.place != first);
	assert_true(find(p, "x", true));
	assert_int_equal(p->t.place, first);
	/* Another text is looked for from the top, not from there on. */
	assert_true(find(p, "z", true));
	assert_true(find(p, "y", true));
	assert_int_equal(p->t.place, 3);
	assert_true(find(p, "x", true));
	assert_int_equal(p->t.place, 1);
}

/* Text is found through colours and over the end of the line of the screen, and never in the escape sequences. */
static void test_find_between(void **state)
{
	struct page *p = *state;

	p->t.wrap = true;
	set(p, "ab\033[36mcd\033[0mefgh\n");
	draw(p, 3, 5, false);
	assert_true(find(p, "bcdef", true));
	draw(p, 3, 5, false);
	expect(p, "abcde\nfgh\n\n");
	expect_looks(p, 0, ".ffff");
	expect_looks(p, 1, "f....");
	assert_false(find(p, "36m", true));
	assert_false(find(p, "0m", false));
	assert_false(find(p, "[", false));
	p->t.wrap = false;
	p->t.shift = 3;
	assert_true(find(p, "cd", true));
	draw(p, 1, 5, false);
	expect(p, "defgh\n");
	expect_looks(p, 0, "f....");
	/* Wide characters. */
	p->t.shift = 0;
	set(p, "\xe4\xb8\xad" "ab");
	assert_true(find(p, "a", true));
	draw(p, 1, 5, false);
	expect_looks(p, 0, "..f..");
}

static void test_find_cursor(void **state)
{
	struct page *p = *state;

	set(p, "x\nb\nx\nd\n");
	draw(p, 4, 2, true);
	assert_true(find(p, "x", true));
	assert_int_equal(p->t.list.selected, 2);
	assert_true(find(p, "x", true));
	assert_int_equal(p->t.list.selected, 0);
	assert_true(find(p, "b", false));
	assert_int_equal(p->t.list.selected, 1);
	/* A shorter text, before it is drawn. */
	p->t.list.selected = 3;
	set(p, "x\n");
	assert_true(find(p, "x", true));
	assert_int_equal(p->t.list.selected, 0);
}

#define BIG (10u << 20)
#define BIG_LINE "\033[2m12:00:00\033[0m <<< some line of text\n"

/* Ten megabytes, in lines and in one: cut once, drawn and searched often. */
static void test_big(void **state)
{
	struct page *p = *state;
	struct buffer text = {NULL, 0, 0};

	p->t.wrap = true;
	while (text.len < BIG)
		buffer_add_str(&text, BIG_LINE);
	text_lines_set(&p->t, buffer_slice(&text));
	draw(p, 24, 80, false);
	size_t lines = p->t.count, pieces = p->t.capacity;
	for (int i = 0; i < 200; i++) {
		text_lines_act(&p->t, i % 2 ? ACTION_TOP : ACTION_BOTTOM);
		draw(p, 24, 80, false);
	}
	assert_int_equal(lines, text.len / (sizeof(BIG_LINE) - 1));
	assert_int_equal(p->t.capacity, pieces);
	assert_false(find(p, "nowhere", true));
	for (size_t i = 0; i < text.len; i++)
		text.data[i] = 'x';
	text_lines_set(&p->t, buffer_slice(&text));
	draw(p, 24, 80, false);
	assert_int_equal(p->t.count, (text.len + 79) / 80);
	p->t.wrap = false;
	draw(p, 24, 80, false);
	assert_int_equal(p->t.count, 1);
	buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_styles, setup, teardown),
		cmocka_unit_test_setup_teardown(test_style_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wide, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shift, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scroll, setup, teardown),
		cmocka_unit_test_setup_teardown(test_added, setup, teardown),
		cmocka_unit_test_setup_teardown(test_resize, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cursor, setup, teardown),
		cmocka_unit_test_setup_teardown(test_find, setup, teardown),
		cmocka_unit_test_setup_teardown(test_find_short, setup, teardown),
		cmocka_unit_test_setup_teardown(test_find_between, setup, teardown),
		cmocka_unit_test_setup_teardown(test_find_cursor, setup, teardown),
		cmocka_unit_test_setup_teardown(test_big, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
