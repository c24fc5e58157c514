/* SPDX-License-Identifier: BSD-2-Clause */
/* The reference: finding an entry by cursor, by typing, by search and from elsewhere; what is told of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "panel_play.h"

static void draw(struct panel_play *p, int rows, int columns)
{
	panel_play_draw(p, PANEL_REFERENCE, rows, columns);
}

static const char *text(struct panel_play *p, int rows, int columns)
{
	return panel_play_draw(p, PANEL_REFERENCE_TEXT, rows, columns);
}

static void look_up(struct panel_play *p, const char *name)
{
	p->app->look_up = slice_str(name);
	draw(p, 10, 40);
}

/* The name under the cursor, with a blank behind. */
static void expect_selected(struct panel_play *p, const char *name)
{
	draw(p, 10, 60);
	if (panel_play_look_of(p, name) != LOOK_SELECTED)
		fail_msg("%s is not selected:\n%s", name, (const char *)p->dump.data);
}

static void test_list(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	draw(&p, 4, 60);
	assert_int_equal(panel_play_line(&p, "  commands  errors  fields  sets  findings\n"), 0);
	assert_int_equal(panel_play_line(&p, "ACK   delivered (types A "), 1);
	assert_int_equal(panel_play_look_of(&p, "commands"), LOOK_SELECTED);
	expect_selected(&p, "ACK ");
	assert_true(panel_play_act(&p, PANEL_REFERENCE, ACTION_DOWN));
	expect_selected(&p, "ADC ");
	/* From kind to kind. */
	assert_true(panel_play_act(&p, PANEL_REFERENCE, ACTION_RIGHT));
	expect_selected(&p, "errors");
	expect_selected(&p, "100 ");
	assert_true(panel_play_act(&p, PANEL_REFERENCE, ACTION_RIGHT));
	expect_selected(&p, "fields");
	assert_true(panel_play_act(&p, PANEL_REFERENCE, ACTION_LEFT));
	assert_true(panel_play_act(&p, PANEL_REFERENCE, ACTION_LEFT));
	assert_true(panel_play_act(&p, PANEL_REFERENCE, ACTION_LEFT));
	expect_selected(&p, "findings");
	assert_true(panel_play_act(&p, PANEL_REFERENCE, ACTION_TOP));
	expect_selected(&p, "ACK ");
	/* Enter goes over to the details. */
	p.app->screen = SCREEN_REFERENCE;
	assert_true(panel_play_act(&p, PANEL_REFERENCE, ACTION_OPEN));
	assert_int_equal(p.app->focus[SCREEN_REFERENCE], 1);
	assert_false(panel_play_act(&p, PANEL_REFERENCE, ACTION_TIME));
	draw(&p, 1, 1);
	panel_play_end(&p);
}

/* Each name stands once, however many forms the command has. */
static void test_once(void **state)
{
	struct panel_play p;
	const char *first;

	(void)state;
	panel_play_begin(&p, NULL);
	draw(&p, 1000, 60);
	first = strstr((const char *)p.dump.data, "\nUSR ");
	assert_non_null(first);
	assert_null(strstr(first + 1, "\nUSR "));
	panel_play_end(&p);
}

static void test_look_up(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	look_up(&p, "USR");
	assert_int_equal(p.app->look_up.len, 0);
	expect_selected(&p, "USR ");
	look_up(&p, "911");
	expect_selected(&p, "911 ");
	look_up(&p, "msg.content_type");
	expect_selected(&p, "msg.content_type ");
	/* A beginning; the exact name goes before what begins so. */
	look_up(&p, "msg.content_ty");
	expect_selected(&p, "msg.content_type ");
	look_up(&p, "msnp.bare_lf");
	expect_selected(&p, "msnp.bare_lf ");
	/* What is not known is told, escaped; the cursor stays. */
	look_up(&p, "XQZ\x1b");
	expect_selected(&p, "msnp.bare_lf ");
	assert_string_equal(p.app->message, "the reference has nothing about XQZ\\x1b");
	/* Also when only the details are on the screen. */
	p.app->look_up = SLICE_LIT("CHL");
	text(&p, 3, 80);
	assert_int_equal(panel_play_line(&p, "CHL trid"), 0);
	panel_play_end(&p);
}

static void search(struct panel_play *p, const char *typed)
{
	p->app->asked = ASK_SEARCH;
	prompt_open(&p->app->prompt, "/", &p->app->history[ASK_SEARCH], slice_str(typed));
}

/* What is typed leaves only entries that hold it, and shows the one most like it; Esc brings all back. */
static void test_typing(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	search(&p, "content_ty");
	assert_string_equal(panel_play_draw(&p, PANEL_REFERENCE, 9, 110),
			    "  commands  errors  fields  sets  findings\n"
			    "msg.content_type media type of a message, lower case, without parameters\n"
			    "routing.content_type media type of what is published or told, lower case, without parameters\n"
			    "slp.content_type type of the body\n"
			    "oim.content_type media type of the mail or part, lower case, without parameters\n"
			    "http.content_type Content-Type of a message\n"
			    "put_content_type bodies of PUT, DEL and NFY\n"
			    "slp_content_type bodies of MSNSLP\n"
			    "msg.no_content_type message without Content-Type\n");
	assert_int_equal(panel_play_look_of(&p, "msg.content_type "), LOOK_SELECTED);
	text(&p, 2, 80);
	assert_int_equal(panel_play_line(&p, "msg.content_type\n"), 0);
	search(&p, "usr");
	draw(&p, 10, 80);
	assert_int_equal(panel_play_look_of(&p, "USR "), LOOK_SELECTED);
	search(&p, "no such thing");
	draw(&p, 3, 80);
	assert_int_equal(panel_play_line(&p, "no entry holds that text"), 1);
	assert_string_equal(text(&p, 2, 80), "\n\n");
	p.app->asked = ASK_NOTHING;
	expect_selected(&p, "ACK ");
	panel_play_end(&p);
}

static void test_find(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	assert_true(panel_play_find(&p, PANEL_REFERENCE, "http.content_type", true));
	expect_selected(&p, "http.content_type ");
	/* The name itself goes before others that hold it; then on, and back. */
	assert_true(panel_play_find(&p, PANEL_REFERENCE, "content_type", true));
	expect_selected(&p, "msg.content_type ");
	assert_true(panel_play_find(&p, PANEL_REFERENCE, "content_type", true));
	expect_selected(&p, "routing.content_type ");
	assert_true(panel_play_find(&p, PANEL_REFERENCE, "content_type", false));
	assert_true(panel_play_find(&p, PANEL_REFERENCE, "content_type", false));
	expect_selected(&p, "msg.no_content_type ");
	assert_true(panel_play_find(&p, PANEL_REFERENCE, "content_type", true));
	expect_selected(&p, "msg.content_type ");
	assert_false(panel_play_find(&p, PANEL_REFERENCE, "no such thing", true));
	assert_false(panel_play_find(&p, PANEL_REFERENCE, "", true));
	expect_selected(&p, "msg.content_type ");
	/* The cursor goes on from there, drawn or not. */
	assert_true(panel_play_find(&p, PANEL_REFERENCE, "ADC", true));
	assert_true(panel_play_act(&p, PANEL_REFERENCE, ACTION_UP));
	expect_selected(&p, "ACK ");
	panel_play_end(&p);
}

/* What the specification says of CHL, of error 911, of a field and its values. */
static void test_details(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	look_up(&p, "CHL");
	assert_string_equal(text(&p, 10, 90),
			    "CHL trid\n"
			    "  C>S, NS, MSNP6-21: ask to be challenged\n"
			    "  likely; sources: YEL-CHL\n"
			    "\n"
			    "CHL [trid] challenge\n"
			    "  S>C, NS, MSNP6-21: challenge digits; TrID is 0 when unasked, which is nearly always\n"
			    "    challenge                 msnp.challenge: challenge text to be answered\n"
			    "  sure; sources: HYP-V1 IMF PUR BB21 YEL-CHL\n"
			    "\n"
			    "\n");
	assert_int_equal(panel_play_look_of(&p, "CHL [trid]"), LOOK_TITLE);
	look_up(&p, "911");
	text(&p, 3, 60);
	assert_int_equal(panel_play_line(&p, "911 auth_failed"), 0);
	assert_true(panel_play_line(&p, "password, ticket, cookie or session id refused") >= 0);
	look_up(&p, "CHG");
	text(&p, 200, 100);
	assert_true(panel_play_line(&p, "values of status") > 0);
	assert_true(panel_play_line(&p, "    BSY ") > 0);
	look_up(&p, "msnp.status");
	text(&p, 200, 100);
	assert_int_equal(panel_play_line(&p, "msnp.status\n"), 0);
	assert_int_equal(panel_play_line(&p, "  text: "), 1);
	assert_int_equal(panel_play_line(&p, "values: status ("), 3);
	assert_true(panel_play_line(&p, "  parameter of CHG, ILN, ") > 3);
	look_up(&p, "status");
	text(&p, 200, 100);
	assert_int_equal(panel_play_line(&p, "status\n"), 0);
	assert_true(panel_play_line(&p, "\n  values of ") > 0);
	assert_true(panel_play_line(&p, "msnp.status") > panel_play_line(&p, "    HDN "));
	look_up(&p, "msnp.bare_lf");
	assert_string_equal(text(&p, 5, 60), "msnp.bare_lf\n  note: line ends in LF without CR\n  verdict: contradicts\n  see: framing\n\n");
	assert_int_equal(panel_play_look_of(&p, "note"), LOOK_NOTE);
	assert_true(panel_play_find(&p, PANEL_REFERENCE_TEXT, "framing", true));
	text(&p, 1, 1);
	panel_play_end(&p);
}

/* Another entry begins at its top. */
static void test_scrolled(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	look_up(&p, "USR");
	text(&p, 5, 60);
	assert_true(panel_play_act(&p, PANEL_REFERENCE_TEXT, ACTION_BOTTOM));
	text(&p, 5, 60);
	assert_int_equal(panel_play_line(&p, "USR trid"), -1);
	look_up(&p, "VER");
	text(&p, 5, 60);
	assert_int_equal(panel_play_line(&p, "VER trid"), 0);
	panel_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_look_up),
		cmocka_unit_test(test_typing),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_scrolled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
