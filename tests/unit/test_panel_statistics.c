/* SPDX-License-Identifier: BSD-2-Clause */
/* Statistics on the screen: which table, how wide, when it is made anew.  The numbers are those of the dialogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "output/stats_tables.h"
#include "panel_play.h"

static void go(struct panel_play *p, enum action a, int times)
{
	while (times-- > 0)
		assert_true(panel_play_act(p, PANEL_STATISTICS, a));
}

/* In samples/msnp8-login.dialogue 217 answers CAL and 913 answers XFR, each once. */
static void test_tables(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	panel_play_draw(&p, PANEL_STATISTICS, 200, 100);
	assert_int_equal(panel_play_line(&p, "  all  files  versions  roles  transports  connections  commands  content-types"), 0);
	assert_int_equal(panel_play_look_of(&p, "all"), LOOK_SELECTED);
	assert_true(panel_play_line(&p, "\nversions\n") > 0);
	assert_true(panel_play_line(&p, "  913  not_allowed_offline  XFR          1\n") > panel_play_line(&p, "content-types\n"));
	go(&p, ACTION_LEFT, 2);
	assert_string_equal(panel_play_draw(&p, PANEL_STATISTICS, 6, 80),
			    "< roles  transports  connections  commands  content-types  operations  errors  >\n"
			    "errors\n"
			    "error  name                 answers  count\n"
			    "  217  not_online           CAL          1\n"
			    "  913  not_allowed_offline  XFR          1\n"
			    "\n");
	assert_int_equal(panel_play_look_of(&p, "error  name"), LOOK_DIM);
	go(&p, ACTION_RIGHT, 1);
	assert_string_equal(panel_play_draw(&p, PANEL_STATISTICS, 2, 30), "< errors  findings\nfindings: none\n");
	go(&p, ACTION_RIGHT, 1);
	assert_string_equal(panel_play_draw(&p, PANEL_STATISTICS, 2, 30), "  all  files  versions       >\nfiles\n");
	panel_play_draw(&p, PANEL_STATISTICS, 1, 1);
	assert_false(panel_play_act(&p, PANEL_STATISTICS, ACTION_TIME));
	panel_play_end(&p);
}

/* A table that is wider than the panel goes on below; scrolling and searching. */
static void test_width(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	go(&p, ACTION_RIGHT, 3);
	panel_play_draw(&p, PANEL_STATISTICS, 12, 100);
	assert_int_equal(panel_play_line(&p, "DS              1       6         3         3        120        173     0         0\n"), 4);
	panel_play_draw(&p, PANEL_STATISTICS, 12, 40);
	assert_int_equal(panel_play_line(&p, "role  connections  events  cmds >>>\n"), 2);
	assert_int_equal(panel_play_line(&p, "role  cmds <<<  bytes >>>  bytes <<<\n"), 7);
	assert_true(panel_play_find(&p, PANEL_STATISTICS, "bytes", true));
	panel_play_draw(&p, PANEL_STATISTICS, 3, 40);
	assert_true(panel_play_find(&p, PANEL_STATISTICS, "bytes", true));
	panel_play_draw(&p, PANEL_STATISTICS, 3, 40);
	assert_true(panel_play_line(&p, "bytes") > 0);
	assert_int_equal(panel_play_look_of(&p, "bytes"), LOOK_FOUND);
	panel_play_end(&p);
}

static void expect_same(const struct buffer *before, const struct stats *s)
{
	struct stats_style style = {.format = STATS_JSON};
	struct output out;

	output_init(&out, -1, false);
	stats_tables_write(&out, &style, s, NULL);
	assert_true(slice_eq(buffer_slice(before), buffer_slice(&out.buffer)));
	output_free(&out);
}

/* Showing leaves the collector as it is. */
static void test_unchanged(void **state)
{
	struct stats_style style = {.format = STATS_JSON};
	struct panel_play p;
	struct output out;

	(void)state;
	panel_play_begin(&p, "gateway-msnp9.pcap");
	output_init(&out, -1, false);
	stats_tables_write(&out, &style, p.model->stats, NULL);
	assert_true(out.buffer.len > 1000);
	for (int i = 0; i < 12; i++) {
		panel_play_draw(&p, PANEL_STATISTICS, 24, 80);
		go(&p, ACTION_RIGHT, 1);
		expect_same(&out.buffer, p.model->stats);
	}
	output_free(&out);
	panel_play_end(&p);
}

/* While events come the tables are not made for each of them, but it is looked again; at the end they are true. */
static void test_running(void **state)
{
	struct connection c = panel_play_connection(1, MSNP_NS);
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	p.app->status.running = true;
	go(&p, ACTION_RIGHT, 6);
	panel_play_draw(&p, PANEL_STATISTICS, 6, 80);
	assert_int_equal(panel_play_line(&p, "so far; files and connections count when they end"), 1);
	assert_int_equal(panel_play_line(&p, "commands: none"), 3);
	panel_play_event(&p, &c, 1, MSNP_CLIENT, "PNG", RULE_MSNP_BAD_VALUE, NULL, 0);
	p.app->generation = 1;
	panel_play_draw(&p, PANEL_STATISTICS, 6, 80);
	assert_int_equal(panel_play_line(&p, "commands: none"), 3);
	assert_true(p.app->generation == UINT64_MAX);
	/* A key is answered at once. */
	go(&p, ACTION_RIGHT, 1);
	go(&p, ACTION_LEFT, 1);
	panel_play_draw(&p, PANEL_STATISTICS, 6, 80);
	p.app->status.running = false;
	panel_play_draw(&p, PANEL_STATISTICS, 6, 80);
	assert_int_equal(panel_play_line(&p, "commands\n"), 1);
	assert_int_equal(panel_play_line(&p, "PNG"), 3);
	p.app->generation = 1;
	panel_play_draw(&p, PANEL_STATISTICS, 6, 80);
	assert_true(p.app->generation == 1);
	panel_play_end(&p);
}

static void test_empty(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	assert_string_equal(panel_play_draw(&p, PANEL_STATISTICS, 3, 50),
			    "  all  files  versions  roles  transports        >\nnothing to count\n\n");
	panel_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_running),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
