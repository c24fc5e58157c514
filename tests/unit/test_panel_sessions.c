/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of sessions and the report below it, over samples whose dialogues say what must be there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "panel_play.h"

/* samples/msnp8-login.dialogue: one session, from the first command to OUT. */
static void test_one_session(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	assert_string_equal(panel_play_draw(&p, PANEL_SESSIONS, 3, 80),
			    " No. User                 Version Start (UTC)           Length  Events Findings\n"
			    "   1 alice@example.com    MSNP8   2003-05-16 19:02:11  0:01:56     118\n"
			    "\n");
	assert_int_equal(p.app->session, 0);
	assert_int_equal(panel_play_look_of(&p, "alice@example.com"), LOOK_SELECTED);
	assert_int_equal(panel_play_look_of(&p, "Version"), LOOK_HEADER);
	/* Where there is room: friendly name, client, transport, how it ended. */
	panel_play_draw(&p, PANEL_SESSIONS, 3, 200);
	assert_int_equal(panel_play_line(&p, "alice@example.com \"Alice ☺ (café)\""), 1);
	assert_int_equal(panel_play_line(&p, "MSNMSGR 5.0.0544"), 1);
	assert_int_equal(panel_play_line(&p, " tcp "), 1);
	assert_int_equal(panel_play_line(&p, "signed out"), 1);
	/* The least important columns have gone. */
	assert_string_equal(panel_play_draw(&p, PANEL_SESSIONS, 2, 30),
			    " No. User               Events\n"
			    "   1 alice@example.com     118\n");
	panel_play_end(&p);
}

static void test_open(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	p.app->screen = SCREEN_SESSIONS;
	assert_true(panel_play_act(&p, PANEL_SESSIONS, ACTION_OPEN));
	assert_int_equal(p.app->only_session, 0);
	assert_int_equal(p.app->screen, SCREEN_TIMELINE);
	assert_false(panel_play_act(&p, PANEL_SESSIONS, ACTION_TIME));
	panel_play_end(&p);
}

static void test_report(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	panel_play_draw(&p, PANEL_SESSIONS, 10, 80);
	panel_play_draw(&p, PANEL_SESSION_REPORT, 20, 120);
	assert_int_equal(panel_play_line(&p, "session 1: alice@example.com \"Alice ☺ (café)\"\n"), 0);
	assert_int_equal(panel_play_line(&p, "MSNMSGR 5.0.0544, MSNP8, Passport sign-in accepted, on winnt 5.1"), 1);
	assert_int_equal(panel_play_line(&p, "2003-05-16 19:02:11 to 19:04:07, signed out"), 2);
	assert_int_equal(panel_play_line(&p, "5 sent, 3 received; 118 events"), 3);
	assert_int_equal(panel_play_line(&p, "4 connections\n"), 4);
	assert_int_equal(panel_play_line(&p, "1 DS 198.51.100.5:1863, tcp, MSNP8 negotiated (began here), 6 events, ended by fin"), 5);
	assert_int_equal(panel_play_line(&p, "2 NS 198.51.100.20:1863, tcp, MSNP8 negotiated (sent on here), 79 events"), 6);
	assert_int_equal(panel_play_line(&p, "3 SB 203.0.113.31:1863, tcp, MSNP8 inferred (cookie), 22 events"), 7);
	assert_int_equal(panel_play_line(&p, "4 SB 203.0.113.44:1863, tcp, MSNP8 inferred (invited), 11 events"), 8);
	/* The file where no session is selected. */
	p.app->session = STORE_NONE;
	panel_play_draw(&p, PANEL_SESSION_REPORT, 20, 120);
	assert_int_equal(panel_play_line(&p, "msnp8-login.pcap: pcap"), 0);
	assert_true(panel_play_line(&p, ", 118 events") > 0);
	panel_play_end(&p);
}

/* --- by hand --- */

static void add_session(struct panel_play *p, uint64_t id, const char *user, const char *name, bool final)
{
	struct user_session u = {.id = id, .user = slice_str(user), .name = slice_str(name), .version = 8, .end_ns = 3725000000000};
	struct event_sink sink = tui_model_sink(p->model);

	u.end = SESSION_END_REFUSED;
	u.findings[SEVERITY_WARNING] = 2;
	u.findings[SEVERITY_ERROR] = 1;
	(final ? sink.user_session : sink.user_session_so_far)(sink.ctx, &u);
}

/* Rows appear while a file is read; events of no session have a line of their own at the end. */
static void test_so_far(void **state)
{
	struct connection c = panel_play_connection(1, MSNP_NS), loose = panel_play_connection(2, MSNP_SB);
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	p.app->status.running = true;
	panel_play_draw(&p, PANEL_SESSIONS, 3, 80);
	assert_int_equal(panel_play_line(&p, "nothing yet"), 1);
	panel_play_event(&p, &loose, 1, MSNP_CLIENT, "ANS 1", RULE_MSNP_BAD_VALUE, NULL, 0);
	panel_play_draw(&p, PANEL_SESSIONS, 3, 80);
	assert_int_equal(panel_play_line(&p, "all events; no session is known"), 1);
	c.session = 1;
	panel_play_event(&p, &c, 2, MSNP_CLIENT, "VER 1 MSNP8", RULE_MSNP_BAD_VALUE, NULL, 0);
	add_session(&p, 1, "张三@example.com", "小张", false);
	panel_play_draw(&p, PANEL_SESSIONS, 4, 120);
	assert_int_equal(panel_play_line(&p, "   1 张三@example.com"), 1);
	assert_int_equal(panel_play_line(&p, "(so far)"), 1);
	assert_int_equal(panel_play_line(&p, "1:02:05"), 1);
	assert_int_equal(panel_play_line(&p, "all events, 1 event of no session among them"), 2);
	/* Wide characters do not move what stands behind them. */
	assert_int_equal(panel_play_look_of(&p, "1E"), LOOK_SELECTED);
	add_session(&p, 1, "张三@example.com", "小张", true);
	add_session(&p, 2, "bob@example.com", "", true);
	panel_play_draw(&p, PANEL_SESSIONS, 4, 120);
	assert_int_equal(panel_play_line(&p, "sign-in refused"), 1);
	assert_int_equal(panel_play_line(&p, "bob@example.com"), 2);
	/* The last line stands for all. */
	panel_play_act(&p, PANEL_SESSIONS, ACTION_BOTTOM);
	assert_int_equal(p.app->session, STORE_NONE);
	panel_play_draw(&p, PANEL_SESSIONS, 5, 120);
	assert_int_equal(panel_play_look_of(&p, "1E"), LOOK_ERROR);
	assert_int_equal(panel_play_look_of(&p, "2W"), LOOK_WARNING);
	assert_int_equal(panel_play_look_of(&p, "all events"), LOOK_SELECTED);
	/* It stays there when another session comes. */
	add_session(&p, 3, "carol@example.com", "", false);
	panel_play_draw(&p, PANEL_SESSIONS, 6, 120);
	assert_int_equal(p.app->session, STORE_NONE);
	assert_int_equal(panel_play_look_of(&p, "all events"), LOOK_SELECTED);
	panel_play_act(&p, PANEL_SESSIONS, ACTION_OPEN);
	assert_int_equal(p.app->only_session, STORE_NONE);
	panel_play_end(&p);
}

static void test_find(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	add_session(&p, 1, "alice@example.com", "", true);
	add_session(&p, 2, "bob@example.com", "Grüße", true);
	add_session(&p, 3, "carol@example.com", "", true);
	panel_play_draw(&p, PANEL_SESSIONS, 10, 80);
	assert_true(panel_play_find(&p, PANEL_SESSIONS, "grü", true));
	assert_int_equal(p.app->session, 1);
	assert_false(panel_play_find(&p, PANEL_SESSIONS, "grü", true));
	assert_int_equal(p.app->session, 1);
	assert_false(panel_play_find(&p, PANEL_SESSIONS, "ALICE", false));
	assert_true(panel_play_find(&p, PANEL_SESSIONS, "alice", false));
	assert_int_equal(p.app->session, 0);
	panel_play_end(&p);
}

/* Whatever comes from the wire is escaped, and no area is too small. */
static void test_hostile(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	add_session(&p, 1, "\033[2J\n@example.com", "e\xcc\x81\xff", true);
	panel_play_draw(&p, PANEL_SESSIONS, 3, 200);
	assert_int_equal(panel_play_line(&p, "\\x1b[2J\\x0a@example.com \"e\xcc\x81\\xff\""), 1);
	for (int rows = 1; rows < 5; rows++) {
		for (int columns = 1; columns < 100; columns++) {
			panel_play_draw(&p, PANEL_SESSIONS, rows, columns);
			panel_play_draw(&p, PANEL_SESSION_REPORT, rows, columns);
		}
	}
	panel_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_session), cmocka_unit_test(test_open),  cmocka_unit_test(test_report),
		cmocka_unit_test(test_so_far),	    cmocka_unit_test(test_find), cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
