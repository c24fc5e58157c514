/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the cursor goes, and what is on the screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/list.h"

static void expect(const struct list *l, uint32_t selected, uint32_t top)
{
	assert_int_equal(l->selected, selected);
	assert_int_equal(l->top, top);
}

static void test_moves(void **state)
{
	struct list l = {0, 0, 0, 0};

	(void)state;
	list_layout(&l, 100, 10);
	expect(&l, 0, 0);
	assert_true(list_act(&l, ACTION_UP));
	expect(&l, 0, 0);
	for (int i = 0; i < 10; i++)
		assert_true(list_act(&l, ACTION_DOWN));
	expect(&l, 10, 1);
	/* One line of the page before can still be seen. */
	list_act(&l, ACTION_PAGE_DOWN);
	expect(&l, 19, 10);
	list_act(&l, ACTION_HALF_DOWN);
	expect(&l, 24, 15);
	list_act(&l, ACTION_HALF_UP);
	expect(&l, 19, 15);
	list_act(&l, ACTION_PAGE_UP);
	expect(&l, 10, 10);
	list_act(&l, ACTION_BOTTOM);
	expect(&l, 99, 90);
	list_act(&l, ACTION_PAGE_DOWN);
	expect(&l, 99, 90);
	list_act(&l, ACTION_TOP);
	expect(&l, 0, 0);
	assert_false(list_act(&l, ACTION_LEFT));
	assert_false(list_act(&l, ACTION_NONE));
}

static void test_layout(void **state)
{
	struct list l = {0, 0, 0, 0};

	(void)state;
	list_layout(&l, 0, 10);
	expect(&l, 0, 0);
	assert_true(list_act(&l, ACTION_DOWN));
	expect(&l, 0, 0);
	list_layout(&l, 100, 10);
	list_act(&l, ACTION_BOTTOM);
	/* More lines: the place stays.  Fewer: no blank lines at the end. */
	list_layout(&l, 200, 10);
	expect(&l, 99, 90);
	list_layout(&l, 50, 10);
	expect(&l, 49, 40);
	list_layout(&l, 50, 20);
	expect(&l, 49, 30);
	list_layout(&l, 50, 5);
	expect(&l, 49, 45);
	list_layout(&l, 5, 10);
	expect(&l, 4, 0);
	list_layout(&l, 0, 10);
	expect(&l, 0, 0);
	/* No room at all. */
	list_layout(&l, 3, 0);
	list_act(&l, ACTION_PAGE_DOWN);
	expect(&l, 1, 1);
	list_act(&l, ACTION_HALF_DOWN);
	expect(&l, 2, 2);
	list_layout(&l, 3, -7);
	expect(&l, 2, 2);
}

static void test_jump(void **state)
{
	struct list l = {0, 0, 0, 0};

	(void)state;
	list_layout(&l, 100, 10);
	list_jump(&l, 9);
	expect(&l, 9, 0);
	list_jump(&l, 50);
	expect(&l, 50, 45);
	list_jump(&l, 2);
	expect(&l, 2, 0);
	list_jump(&l, 98);
	expect(&l, 98, 90);
	list_jump(&l, 1000);
	expect(&l, 99, 90);
	list_select(&l, 89);
	expect(&l, 89, 89);
}

static void test_scroll(void **state)
{
	struct list l = {0, 0, 0, 0};

	(void)state;
	list_layout(&l, 100, 10);
	assert_true(list_scroll(&l, ACTION_DOWN));
	expect(&l, 1, 1);
	assert_true(list_scroll(&l, ACTION_PAGE_DOWN));
	expect(&l, 10, 10);
	assert_true(list_scroll(&l, ACTION_BOTTOM));
	expect(&l, 90, 90);
	assert_true(list_scroll(&l, ACTION_TOP));
	expect(&l, 0, 0);
	assert_false(list_scroll(&l, ACTION_SAVE));
	/* All fits. */
	list_layout(&l, 5, 10);
	assert_true(list_scroll(&l, ACTION_DOWN));
	expect(&l, 0, 0);
}

/* As many lines as there can be events, and more. */
static void test_huge(void **state)
{
	struct list l = {0, 0, 0, 0};

	(void)state;
	list_layout(&l, UINT32_MAX, 60);
	list_act(&l, ACTION_BOTTOM);
	expect(&l, UINT32_MAX - 1, UINT32_MAX - 60);
	list_act(&l, ACTION_DOWN);
	expect(&l, UINT32_MAX - 1, UINT32_MAX - 60);
	list_act(&l, ACTION_TOP);
	expect(&l, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_jump),
		cmocka_unit_test(test_scroll),
		cmocka_unit_test(test_huge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
