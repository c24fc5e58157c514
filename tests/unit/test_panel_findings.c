/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of findings: notices first, then one line for each finding of each event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "panel_play.h"

#define PANEL PANEL_FINDINGS

static void add_notice(struct panel_play *p, enum severity severity, const char *text)
{
	struct event_sink sink = tui_model_sink(p->model);
	struct notice n = {"some.pcap", severity, slice_str(text)};

	sink.notice(sink.ctx, &n);
}

static void play(struct panel_play *p)
{
	static const char *const one[] = {"first"}, *const two[] = {"second", "名前 third"};
	struct connection c = panel_play_connection(1, MSNP_NS);
	struct capture_info info = {.file = "some.pcap", .format = "pcap"};
	struct event_sink sink = tui_model_sink(p->model);

	sink.capture(sink.ctx, &info);
	panel_play_event(p, &c, 1, MSNP_CLIENT, "VER 1", RULE_MSNP_BAD_VALUE, NULL, 0);
	panel_play_event(p, &c, 2, MSNP_CLIENT, "VER 2", RULE_MSNP_BAD_VALUE, one, 1);
	panel_play_event(p, &c, 3, MSNP_CLIENT, "VER 3", RULE_MSNP_WRONG_VERSION, two, 2);
	panel_play_event(p, &c, 4, MSNP_CLIENT, "VER 4", RULE_MSNP_BAD_VALUE, one, 1);
}

/* bad_value is a warning, wrong_version a note: dissectors/findings.def. */
static void test_list(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	play(&p);
	add_notice(&p, SEVERITY_ERROR, "cut\tshort");
	assert_string_equal(panel_play_draw(&p, PANEL, 8, 80),
			    " 1 error, 2 warnings, 2 notes\n"
			    " Event            Time Severity Rule                 Finding\n"
			    "                  file error    some.pcap: cut\\x09short\n"
			    "     2 00:00:02.000000 warning  msnp.bad_value       first\n"
			    "     3 00:00:03.000000 note     msnp.wrong_version   second\n"
			    "     3 00:00:03.000000 note     msnp.wrong_version   名前 third\n"
			    "     4 00:00:04.000000 warning  msnp.bad_value       first\n"
			    "\n");
	assert_int_equal(panel_play_look_of(&p, "1 error"), LOOK_ERROR);
	assert_int_equal(panel_play_look_of(&p, "2 warnings"), LOOK_WARNING);
	assert_int_equal(panel_play_look_of(&p, "note     msnp"), LOOK_NOTE);
	assert_int_equal(panel_play_look_of(&p, "some.pcap"), LOOK_SELECTED);
	panel_play_end(&p);
}

static void test_cursor(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	p.app->screen = SCREEN_FINDINGS;
	play(&p);
	panel_play_draw(&p, PANEL, 8, 80);
	panel_play_act(&p, PANEL, ACTION_DOWN);
	panel_play_act(&p, PANEL, ACTION_DOWN);
	assert_int_equal(p.app->row, 2);
	panel_play_act(&p, PANEL, ACTION_OPEN);
	assert_int_equal(p.app->screen, SCREEN_TIMELINE);
	assert_true(panel_play_find(&p, PANEL, "bad_value", true));
	assert_int_equal(p.app->row, 3);
	assert_true(panel_play_find(&p, PANEL, "名前", false));
	assert_int_equal(p.app->row, 2);
	/* A notice that comes above does not move the cursor. */
	add_notice(&p, SEVERITY_NOTE, "something");
	panel_play_draw(&p, PANEL, 8, 80);
	assert_int_equal(panel_play_look_of(&p, "名前"), LOOK_SELECTED);
	panel_play_end(&p);
}

static void test_limit(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	play(&p);
	add_notice(&p, SEVERITY_NOTE, "something");
	panel_play_draw(&p, PANEL, 9, 80);
	for (int i = 0; i < 3; i++)
		panel_play_act(&p, PANEL, ACTION_DOWN);
	assert_true(panel_play_act(&p, PANEL, ACTION_RIGHT));
	panel_play_draw(&p, PANEL, 9, 80);
	assert_int_equal(panel_play_line(&p, "0 errors, 2 warnings, 3 notes; notes are not shown"), 0);
	assert_int_equal(panel_play_line(&p, "     2 00:00:02"), 2);
	assert_int_equal(panel_play_line(&p, "     4 00:00:04"), 3);
	assert_int_equal(panel_play_line(&p, "note  "), -1);
	/* The event behind the one that was under the cursor. */
	assert_int_equal(panel_play_look_of(&p, "     4 00"), LOOK_SELECTED);
	panel_play_act(&p, PANEL, ACTION_RIGHT);
	panel_play_draw(&p, PANEL, 9, 80);
	assert_int_equal(panel_play_line(&p, "only errors are shown"), 0);
	assert_int_equal(panel_play_line(&p, "nothing is wrong"), 2);
	panel_play_act(&p, PANEL, ACTION_LEFT);
	panel_play_act(&p, PANEL, ACTION_LEFT);
	panel_play_act(&p, PANEL, ACTION_LEFT);
	panel_play_draw(&p, PANEL, 9, 80);
	assert_int_equal(panel_play_line(&p, "file note     "), 2);
	panel_play_end(&p);
}

/* Further events are added to what is listed. */
static void test_grows(void **state)
{
	static const char *const texts[] = {"later"};
	struct connection c = panel_play_connection(1, MSNP_NS);
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	play(&p);
	panel_play_draw(&p, PANEL, 9, 80);
	for (uint64_t id = 5; id < 3005; id++)
		panel_play_event(&p, &c, id, MSNP_SERVER, "CHL 0", RULE_MSNP_BAD_VALUE, texts, 1);
	panel_play_draw(&p, PANEL, 9, 80);
	assert_int_equal(panel_play_line(&p, "0 errors, 3002 warnings, 2 notes"), 0);
	panel_play_act(&p, PANEL, ACTION_BOTTOM);
	panel_play_draw(&p, PANEL, 9, 80);
	assert_int_equal(panel_play_line(&p, "  3004 00:50:04.000000 warning  msnp.bad_value       later"), 8);
	for (int columns = 1; columns < 80; columns++)
		panel_play_draw(&p, PANEL, 1 + columns % 5, columns);
	panel_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_cursor),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
