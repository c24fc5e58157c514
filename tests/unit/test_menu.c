/* SPDX-License-Identifier: BSD-2-Clause */
/* Menus: what they show, what is chosen, what is ticked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/tui_play.h"
#include "tui/menu.h"

static const struct menu_item fruits[] = {
	{"apple", 10, true, true}, {"pear", 20, false, false}, {"quince", 30, true, false}, {"plum", 40, false, true}};

/* What was chosen last is kept where the application keeps a number of its own. */
static void chosen(struct app *app, int id, bool ticked)
{
	app->shift = ticked ? id : -id;
}

static void open_fruits(struct tui_play *p, bool ticks)
{
	menu_open(p->app, "Fruits", fruits, sizeof(fruits) / sizeof(fruits[0]), ticks, chosen);
	p->app->shift = 0;
}

static const char *shown(struct tui_play *p, int rows, int columns)
{
	struct canvas c = {.cells = NULL};

	canvas_resize(&c, rows, columns);
	menu_draw(p->app, &c);
	p->dump.len = 0;
	canvas_dump(&c, false, &p->dump);
	buffer_add_byte(&p->dump, 0);
	canvas_free(&c);
	return (const char *)p->dump.data;
}

static void test_drawing(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, NULL);
	open_fruits(&p, false);
	assert_string_equal(shown(&p, 8, 20), "\n"
					      "    ┌ Fruits ──┐\n"
					      "    │ 1 apple  │\n"
					      "    │ 2 pear   │\n"
					      "    │ 3 quince │\n"
					      "    │ 4 plum   │\n"
					      "    └──────────┘\n"
					      "\n");
	for (int rows = 1; rows < 8; rows++)
		for (int columns = 1; columns < 20; columns++)
			shown(&p, rows, columns);
	/* What does not fit is scrolled to. */
	tui_play_type(&p, "jj");
	assert_string_equal(shown(&p, 3, 20), "    ┌ Fruits ──┐\n    │ 4 plum   │\n    └──────────┘\n");
	tui_play_end(&p);
}

static void test_choosing(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, NULL);
	/* The cursor begins on the first one that can be chosen. */
	open_fruits(&p, false);
	tui_play_type(&p, "\n");
	assert_int_equal(p.app->shift, -20);
	assert_null(p.app->menu);
	open_fruits(&p, false);
	tui_play_type(&p, "3");
	assert_int_equal(p.app->shift, -30);
	/* What is absent is not chosen, nor what is not there. */
	open_fruits(&p, false);
	tui_play_type(&p, "4195");
	tui_play_type(&p, "kk\n");
	assert_int_equal(p.app->shift, 0);
	assert_non_null(p.app->menu);
	tui_play_key(&p, KEYS_ESCAPE);
	assert_null(p.app->menu);
	assert_int_equal(p.app->shift, 0);
	/* Another one takes the place of one that is open. */
	open_fruits(&p, false);
	open_fruits(&p, true);
	tui_play_type(&p, "q");
	assert_null(p.app->menu);
	assert_false(p.app->done);
	tui_play_end(&p);
}

static void test_ticks(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, NULL);
	open_fruits(&p, true);
	tui_play_type(&p, " ");
	assert_int_equal(p.app->shift, 20);
	tui_play_type(&p, " ");
	assert_int_equal(p.app->shift, -20);
	tui_play_type(&p, "j ");
	assert_int_equal(p.app->shift, -30);
	assert_non_null(strstr(shown(&p, 8, 40), "│ 2 [ ] pear                │\n"));
	assert_non_null(strstr(shown(&p, 8, 40), "│ 3 [ ] quince              │\n"));
	tui_play_type(&p, "2");
	assert_non_null(strstr(shown(&p, 8, 40), "│ 2 [x] pear                │\n"));
	assert_non_null(strstr(shown(&p, 8, 40), "└ Space ticks, Enter closes ┘\n"));
	/* Enter changes nothing. */
	p.app->shift = 0;
	tui_play_type(&p, "\n");
	assert_int_equal(p.app->shift, 0);
	assert_null(p.app->menu);
	tui_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drawing),
		cmocka_unit_test(test_choosing),
		cmocka_unit_test(test_ticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
