/* SPDX-License-Identifier: BSD-2-Clause */
/* The line that is typed: readline's keys, history, and what is seen of it. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tui/prompt.h"

#define CONTROL(letter) ((letter) & 0x1fu)
#define WIDE "\xe4\xb8\xad"

struct desk {
	struct prompt p;
	struct line_history h;
	struct canvas c;
};

static int setup(void **state)
{
	static struct desk d;

	setlocale(LC_CTYPE, "C.UTF-8");
	d = (struct desk){.c = {.rows = 0}};
	prompt_open(&d.p, "/", &d.h, SLICE_EMPTY);
	canvas_resize(&d.c, 2, 12);
	*state = &d;
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	prompt_free(&d->p);
	line_history_free(&d->h);
	canvas_free(&d->c);
	return 0;
}

static void type(struct desk *d, const char *ascii)
{
	for (; *ascii; ascii++)
		assert_int_equal(prompt_key(&d->p, (uint8_t)*ascii), PROMPT_GOES_ON);
}

static void key(struct desk *d, uint32_t k)
{
	assert_int_equal(prompt_key(&d->p, k), PROMPT_GOES_ON);
}

/* '|' stands for the cursor. */
static void expect(struct desk *d, const char *wanted)
{
	char text[PROMPT_MAX + 2];

	memcpy(text, d->p.text.data, d->p.cursor);
	text[d->p.cursor] = '|';
	memcpy(text + d->p.cursor + 1, d->p.text.data + d->p.cursor, d->p.text.len - d->p.cursor);
	text[d->p.text.len + 1] = 0;
	assert_string_equal(text, wanted);
}

static void test_typing(void **state)
{
	struct desk *d = *state;

	type(d, "abd");
	expect(d, "abd|");
	key(d, KEYS_LEFT);
	type(d, "c");
	expect(d, "abc|d");
	key(d, CONTROL('a'));
	key(d, 0x4e2d);
	key(d, 0x1f600);
	expect(d, WIDE "\xf0\x9f\x98\x80|abcd");
	key(d, CONTROL('b'));
	expect(d, WIDE "|\xf0\x9f\x98\x80" "abcd");
	key(d, KEYS_DELETE);
	expect(d, WIDE "|abcd");
	key(d, KEYS_BACKSPACE);
	expect(d, "|abcd");
	key(d, KEYS_LEFT);
	key(d, CONTROL('h'));
	expect(d, "|abcd");
	key(d, KEYS_RIGHT);
	key(d, CONTROL('f'));
	key(d, CONTROL('d'));
	expect(d, "ab|d");
	key(d, KEYS_END);
	key(d, KEYS_RIGHT);
	key(d, CONTROL('d'));
	expect(d, "abd|");
	key(d, KEYS_HOME);
	expect(d, "|abd");
	key(d, CONTROL('e'));
	expect(d, "abd|");
	/* Keys that mean nothing here. */
	key(d, KEYS_F1);
	key(d, KEYS_TAB);
	key(d, KEYS_PAGE_DOWN);
	expect(d, "abd|");
}

static void test_rubbing_out(void **state)
{
	struct desk *d = *state;

	type(d, "name == MSG  ");
	key(d, CONTROL('w'));
	expect(d, "name == |");
	key(d, CONTROL('w'));
	expect(d, "name |");
	type(d, "x y");
	key(d, KEYS_LEFT);
	key(d, CONTROL('u'));
	expect(d, "|y");
	type(d, "ab");
	key(d, KEYS_LEFT);
	key(d, CONTROL('k'));
	expect(d, "a|");
	key(d, CONTROL('u'));
	key(d, CONTROL('u'));
	key(d, CONTROL('k'));
	key(d, CONTROL('w'));
	expect(d, "|");
	assert_int_equal(prompt_key(&d->p, KEYS_BACKSPACE), PROMPT_CANCELLED);
}

static void test_end(void **state)
{
	static const uint32_t cancel[] = {KEYS_ESCAPE, CONTROL('c'), CONTROL('g')};
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof(cancel) / sizeof(cancel[0]); i++) {
		type(d, "x");
		assert_int_equal(prompt_key(&d->p, cancel[i]), PROMPT_CANCELLED);
	}
	assert_int_equal(d->h.count, 0);
	assert_int_equal(prompt_key(&d->p, KEYS_ENTER), PROMPT_ACCEPTED);
	assert_int_equal(d->h.count, 1);
	assert_string_equal(d->h.lines[0], "xxx");
	assert_int_equal(prompt_key(&d->p, '\n'), PROMPT_ACCEPTED);
	assert_int_equal(d->h.count, 1);
	prompt_open(&d->p, "File: ", NULL, SLICE_LIT("name"));
	expect(d, "name|");
	key(d, KEYS_UP);
	key(d, KEYS_DOWN);
	expect(d, "name|");
	assert_int_equal(prompt_key(&d->p, KEYS_ENTER), PROMPT_ACCEPTED);
}

static void test_history(void **state)
{
	struct desk *d = *state;

	line_history_add(&d->h, SLICE_LIT("first"));
	line_history_add(&d->h, SLICE_LIT("second"));
	line_history_add(&d->h, SLICE_LIT("second"));
	line_history_add(&d->h, SLICE_EMPTY);
	assert_int_equal(d->h.count, 2);
	prompt_open(&d->p, "/", &d->h, SLICE_EMPTY);
	type(d, "own");
	key(d, KEYS_UP);
	expect(d, "second|");
	key(d, CONTROL('p'));
	expect(d, "first|");
	key(d, KEYS_UP);
	expect(d, "first|");
	type(d, "!");
	key(d, KEYS_DOWN);
	expect(d, "second|");
	key(d, CONTROL('n'));
	expect(d, "own|");
	key(d, KEYS_DOWN);
	expect(d, "own|");
	/* What was found there stays as it was. */
	assert_string_equal(d->h.lines[0], "first");
}

static void test_history_is_full(void **state)
{
	struct desk *d = *state;

	for (unsigned i = 0; i < HISTORY_MAX + 5; i++) {
		char line[16];

		snprintf(line, sizeof(line), "%u", i);
		line_history_add(&d->h, slice_str(line));
	}
	assert_int_equal(d->h.count, HISTORY_MAX);
	assert_string_equal(d->h.lines[0], "5");
	assert_string_equal(d->h.lines[HISTORY_MAX - 1], "104");
}

static void test_limit(void **state)
{
	struct desk *d = *state;

	for (unsigned i = 0; i < PROMPT_MAX - 1; i++)
		type(d, "x");
	/* Two bytes do not fit, one does. */
	key(d, 0xe9);
	assert_int_equal(d->p.text.len, PROMPT_MAX - 1);
	type(d, "xx");
	assert_int_equal(d->p.text.len, PROMPT_MAX);
}

static void test_replace(void **state)
{
	struct desk *d = *state;

	type(d, "msg.cont == 1");
	for (int i = 0; i < 5; i++)
		key(d, KEYS_LEFT);
	prompt_replace(&d->p, 4, SLICE_LIT("content_type"));
	expect(d, "msg.content_type| == 1");
	prompt_replace(&d->p, 3, SLICE_EMPTY);
	expect(d, "msg| == 1");
}

static void expect_screen(struct desk *d, const char *wanted, int cursor)
{
	struct buffer out = {NULL, 0, 0};

	prompt_draw(&d->p, &d->c, d->c.rows - 1);
	canvas_dump(&d->c, false, &out);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, wanted);
	assert_int_equal(d->c.cursor_row, d->c.rows - 1);
	assert_int_equal(d->c.cursor_column, cursor);
	buffer_free(&out);
}

static void test_drawing(void **state)
{
	struct desk *d = *state;

	expect_screen(d, "\n/\n", 1);
	type(d, "abc");
	expect_screen(d, "\n/abc\n", 4);
	key(d, KEYS_LEFT);
	expect_screen(d, "\n/abc\n", 3);
	key(d, KEYS_END);
	type(d, "defghij");
	expect_screen(d, "\n/abcdefghij\n", 11);
	type(d, "kl");
	expect_screen(d, "\n/cdefghijkl\n", 11);
	key(d, KEYS_HOME);
	expect_screen(d, "\n/abcdefghij\xe2\x80\xa6\n", 1);
	key(d, CONTROL('k'));
	key(d, 0x4e2d);
	expect_screen(d, "\n/" WIDE "\n", 3);
	/* A label that takes half of the screen, and a screen of one cell. */
	prompt_open(&d->p, "Go to event: ", NULL, SLICE_LIT("1234567"));
	expect_screen(d, "\nGo to\xe2\x80\xa6" "34567\n", 11);
	canvas_resize(&d->c, 1, 1);
	prompt_draw(&d->p, &d->c, 0);
	assert_int_equal(d->c.cursor_column, 0);
}

/* What is wrong stands in the line above, and where; with the next key it is gone. */
static void test_error(void **state)
{
	struct desk *d = *state;

	key(d, 0x4e2d);
	type(d, "nam");
	strcpy(d->p.error, "no such name");
	d->p.error_column = 2;
	expect_screen(d, "no such name\n/" WIDE "nam\n", 6);
	for (int i = 0; i < 12; i++)
		assert_int_equal(d->c.cells[12 + i].look, i == 0 ? LOOK_PROMPT : i == 3 ? LOOK_FOUND : LOOK_NORMAL);
	d->p.error_column = 99;
	expect_screen(d, "no such name\n/" WIDE "nam\n", 6);
	key(d, KEYS_LEFT);
	canvas_fill(&d->c, canvas_area(&d->c), LOOK_NORMAL);
	expect_screen(d, "\n/" WIDE "nam\n", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_typing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rubbing_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_history, setup, teardown),
		cmocka_unit_test_setup_teardown(test_history_is_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replace, setup, teardown),
		cmocka_unit_test_setup_teardown(test_drawing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_error, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
