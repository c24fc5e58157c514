/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrows between the parties: over a sample, and over connections of every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "panel_play.h"

#define PANEL PANEL_LADDER

/* Steps of samples/msnp8-login.dialogue: dispatch server, notification server, two switchboards. */
static void test_sample(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	assert_string_equal(
		panel_play_draw(&p, PANEL, 9, 80),
		" Time (UTC)           client             dispatch          notification\n"
		"                 alice@example.com     198.51.100.5        198.51.100.20       …\n"
		" 19:02:11.042460         ┌─ VER 1 MSNP8 C… ─>┬\n"
		" 19:02:11.101461         │< VER 1 MSNP8 ─────┤\n"
		" 19:02:11.110270         ├─ CVR 2 0x0409 … ─>│\n"
		" 19:02:11.165216         │< CVR 2 5.0.0544… ─┤\n"
		" 19:02:11.170730         ├─ USR 3 TWN I a… ─>│\n"
		" 19:02:11.221022         │< XFR 3 NS 198.5… ─┘\n"
		" 19:02:11.358026         ├── VER 4 MSNP8 CVR0  offer protocol… ─>┬\n");
	assert_int_equal(panel_play_look_of(&p, "┌─ VER 1"), LOOK_SELECTED);
	assert_int_equal(panel_play_look_of(&p, "├─ CVR 2"), LOOK_CLIENT);
	assert_int_equal(panel_play_look_of(&p, "< CVR 2"), LOOK_SERVER);
	panel_play_act(&p, PANEL, ACTION_DOWN);
	assert_int_equal(p.app->row, 1);
	/* The last event is the client's OUT on its notification server; with room for all parties. */
	panel_play_act(&p, PANEL, ACTION_BOTTOM);
	panel_play_draw(&p, PANEL, 9, 200);
	assert_int_equal(panel_play_line(&p, " Time (UTC)      Conn.      client "), 0);
	assert_int_equal(panel_play_line(&p, " switchboard "), 0);
	assert_int_equal(panel_play_line(&p, " 203.0.113.31 "), 1);
	assert_int_equal(panel_play_line(&p, " 203.0.113.44\n"), 1);
	assert_int_equal(panel_play_line(&p, "   2          └── OUT  sign out ─"), 8);
	assert_int_equal(p.app->row, 117);
	/* Enter is the application's: it opens the detail. */
	assert_false(panel_play_act(&p, PANEL, ACTION_OPEN));
	panel_play_end(&p);
}

/* The times are those of the timeline. */
static void test_times(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	p.app->time_mode = TIME_SINCE_START;
	panel_play_draw(&p, PANEL, 5, 80);
	assert_int_equal(panel_play_line(&p, " Since start "), 0);
	assert_int_equal(panel_play_line(&p, "        0.000000 "), 2);
	assert_int_equal(panel_play_line(&p, "        0.059001 "), 3);
	panel_play_end(&p);
}

/* --- parties --- */

static void play(struct panel_play *p, const struct connection *c, uint64_t id)
{
	panel_play_event(p, c, id, MSNP_CLIENT, "AAA 1", RULE_MSNP_BAD_VALUE, NULL, 0);
}

static void test_scrolling(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	panel_play_draw(&p, PANEL, 12, 60);
	assert_int_equal(panel_play_line(&p, " client "), 0);
	assert_int_equal(panel_play_line(&p, "203.0.113.31"), -1);
	panel_play_act(&p, PANEL, ACTION_RIGHT);
	panel_play_act(&p, PANEL, ACTION_RIGHT);
	panel_play_draw(&p, PANEL, 12, 60);
	assert_int_equal(panel_play_line(&p, " client "), -1);
	assert_int_equal(panel_play_line(&p, "203.0.113.31"), 1);
	for (int i = 0; i < 10; i++)
		panel_play_act(&p, PANEL, ACTION_LEFT);
	panel_play_draw(&p, PANEL, 12, 60);
	assert_int_equal(panel_play_line(&p, "alice@example.com"), 1);
	panel_play_end(&p);
}

/* Two clients that nothing else is known of stand at the right end. */
static void test_columns_of_the_cursor(void **state)
{
	struct connection ns = panel_play_connection(1, MSNP_NS), sb = panel_play_connection(2, MSNP_SB),
			  other = panel_play_connection(3, MSNP_SB), peer = panel_play_connection(4, 0);
	struct panel_play p;

	(void)state;
	peer.peer = "msnftp";
	peer.client.ip[3] = 9;
	panel_play_begin(&p, NULL);
	play(&p, &ns, 1);
	play(&p, &sb, 2);
	play(&p, &other, 3);
	play(&p, &peer, 4);
	panel_play_draw(&p, PANEL, 6, 60);
	assert_int_equal(panel_play_line(&p, "10.0.0.1 "), 1);
	assert_int_equal(panel_play_line(&p, "192.0.2.4"), -1);
	panel_play_act(&p, PANEL, ACTION_BOTTOM);
	assert_string_equal(panel_play_draw(&p, PANEL, 6, 60),
			    " Time (UTC)              other client        other client\n"
			    "                        10.0.0.9:40004         192.0.2.4\n"
			    " 00:00:01.000000 << AAA 1\n"
			    " 00:00:02.000000 << AAA 1\n"
			    " 00:00:03.000000 << AAA 1\n"
			    " 00:00:04.000000               ┌─ AAA 1 ──────────>┬\n");
	/* What is too far to the right stands at that edge. */
	for (int i = 0; i < 9; i++)
		panel_play_act(&p, PANEL, ACTION_LEFT);
	panel_play_draw(&p, PANEL, 6, 60);
	assert_int_equal(panel_play_line(&p, "  AAA 1 >>\n"), 5);
	assert_int_equal(panel_play_line(&p, " 00:00:01.000000         ┌─ AAA 1 ──────────>┬"), 2);
	panel_play_end(&p);
}

/* Where in the heading a word begins. */
static size_t place(const struct panel_play *p, const char *word)
{
	const char *at = strstr((const char *)p->dump.data, word);

	assert_non_null(at);
	return (size_t)(at - (const char *)p->dump.data);
}

static void test_order_of_parties(void **state)
{
	struct connection peer = panel_play_connection(1, 0), web = panel_play_connection(2, 0),
			  gateway = panel_play_connection(3, MSNP_NS), sb = panel_play_connection(4, MSNP_SB),
			  ns = panel_play_connection(5, MSNP_NS), ds = panel_play_connection(6, MSNP_DS),
			  other = panel_play_connection(7, 0);
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	peer.peer = "p2p";
	web.web = true;
	gateway.transport = "http-gateway";
	gateway.target = "messenger.example.com:1863";
	const struct connection *all[] = {&peer, &web, &gateway, &sb, &ns, &ds, &other};
	for (uint64_t i = 0; i < 7; i++)
		play(&p, all[i], i + 1);
	panel_play_draw(&p, PANEL, 12, 250);
	assert_true(place(&p, "client") < place(&p, "dispatch"));
	assert_true(place(&p, "dispatch") < place(&p, "notification"));
	assert_true(place(&p, "notification") < place(&p, " server "));
	assert_true(place(&p, " server ") < place(&p, "switchboard"));
	assert_true(place(&p, "switchboard") < place(&p, "gateway NS"));
	assert_true(place(&p, "gateway NS") < place(&p, "web service"));
	assert_true(place(&p, "web service") < place(&p, "other client"));
	assert_int_equal(panel_play_line(&p, " messenger.example.com "), 1);
	/* One end of the connection between clients is the client that is known by its address. */
	assert_int_equal(panel_play_line(&p, " 10.0.0.1 "), 1);
	assert_int_equal(panel_play_line(&p, " 192.0.2.1\n"), 1);
	assert_int_equal(panel_play_line(&p, "10.0.0.1:"), -1);
	panel_play_end(&p);
}

/* Only parties of the connections that are in view have columns; more come as the view grows. */
static void test_columns_of_the_view(void **state)
{
	struct connection ns = panel_play_connection(1, MSNP_NS), sb = panel_play_connection(2, MSNP_SB);
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	play(&p, &ns, 1);
	panel_play_draw(&p, PANEL, 5, 100);
	assert_int_equal(panel_play_line(&p, "switchboard"), -1);
	play(&p, &sb, 2);
	panel_play_draw(&p, PANEL, 5, 100);
	assert_int_equal(panel_play_line(&p, "switchboard"), 0);
	app_only(p.app, STORE_NONE, 1);
	panel_play_draw(&p, PANEL, 5, 100);
	assert_int_equal(panel_play_line(&p, "switchboard"), 0);
	assert_int_equal(panel_play_line(&p, "notification"), -1);
	app_only(p.app, STORE_NONE, STORE_NONE);
	panel_play_draw(&p, PANEL, 5, 100);
	assert_int_equal(panel_play_line(&p, "notification"), 0);
	panel_play_end(&p);
}

/* The client is called by its account as soon as that is known. */
static void test_account_becomes_known(void **state)
{
	struct connection ns = panel_play_connection(1, MSNP_NS);
	struct user_session u = {.id = 1, .user = SLICE_LIT("小张@example.com")};
	struct event_sink sink;
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	ns.session = 1;
	play(&p, &ns, 1);
	panel_play_draw(&p, PANEL, 5, 100);
	assert_int_equal(panel_play_line(&p, "10.0.0.1"), 1);
	sink = tui_model_sink(p.model);
	sink.user_session_so_far(sink.ctx, &u);
	panel_play_draw(&p, PANEL, 5, 100);
	assert_int_equal(panel_play_line(&p, "小张@example.com"), 1);
	assert_int_equal(panel_play_line(&p, "10.0.0.1"), -1);
	panel_play_end(&p);
}

/* samples/lost-segment.dialogue leaves bytes out: 120 of the notification server's. */
static void test_lost(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "lost-segment.pcap");
	panel_play_draw(&p, PANEL, 60, 100);
	const char *lost = strstr((const char *)p.dump.data, "(lost 120 bytes)");
	assert_non_null(lost);
	const char *dashes = strstr(lost, "─ ─ ─");
	assert_non_null(dashes);
	/* In the same line, without saying it twice. */
	assert_true(dashes < strchr(lost, '\n') && !strstr(lost + 1, "(lost 120 bytes"));
	assert_int_equal(panel_play_look_of(&p, "(lost 120 bytes)"), LOOK_LOST);
	assert_int_equal(panel_play_look_of(&p, "!21:00:00.34"), LOOK_WARNING);
	panel_play_end(&p);
}

static void test_sizes(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	panel_play_draw(&p, PANEL, 1, 1);
	panel_play_draw(&p, PANEL, 24, 80);
	assert_int_equal(panel_play_line(&p, "no events"), 2);
	panel_play_end(&p);
	panel_play_begin(&p, "p2p.pcap");
	for (int rows = 1; rows < 5; rows++) {
		for (int columns = 1; columns < 150; columns += 7) {
			panel_play_draw(&p, PANEL, rows, columns);
			panel_play_act(&p, PANEL, columns % 2 ? ACTION_RIGHT : ACTION_BOTTOM);
		}
	}
	panel_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),		    cmocka_unit_test(test_times),
		cmocka_unit_test(test_scrolling), cmocka_unit_test(test_columns_of_the_cursor), cmocka_unit_test(test_order_of_parties),
		cmocka_unit_test(test_columns_of_the_view), cmocka_unit_test(test_account_becomes_known),
		cmocka_unit_test(test_lost),		    cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
