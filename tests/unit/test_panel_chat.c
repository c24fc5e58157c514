/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of conversations, and what was said in one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "panel_play.h"

#define LIST PANEL_CONVERSATIONS
#define CHAT PANEL_CHAT

/* samples/msnp8-login.dialogue: Alice with Bob and Carol, then with Dave. */
static void test_sample(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	assert_string_equal(panel_play_draw(&p, LIST, 4, 100),
			    " No. Start (UTC)      Texts Kind        Seen      User                   With\n"
			    "   1 2003-05-16 19:02     6 switchboard           alice@example.com      bob@example.com, carol@exa…\n"
			    "   2 2003-05-16 19:03     2 switchboard           alice@example.com      dave@example.com, carol@ex…\n"
			    "\n");
	assert_int_equal(p.app->conversation, 0);
	assert_string_equal(panel_play_draw(&p, CHAT, 9, 66),
			    "conversation 1: switchboard, alice@example.com with bob@example.c…\n"
			    "2003-05-16\n"
			    "19:02:34 * Alice ☺ <alice@example.com> joins\n"
			    "19:02:34 * Alice ☺ <alice@example.com> invites bob@example.com\n"
			    "19:02:34 * Bob (at work) <bob@example.com> joins\n"
			    "19:02:37 Alice ☺ <alice@example.com>: Hi Bob! Are you still at\n"
			    "         work? ☺\n"
			    "19:02:43 Bob (at work) <bob@example.com>: Just leaving. Café at\n"
			    "         eight?\n");
	assert_int_equal(panel_play_look_of(&p, "Bob (at work) <bob@example.com>: J"), LOOK_SERVER);
	assert_int_equal(panel_play_look_of(&p, "Just leaving"), LOOK_NORMAL);
	assert_int_equal(panel_play_look_of(&p, "invites bob"), LOOK_DIM);
	assert_int_equal(panel_play_look_of(&p, "19:02:34 * Alice ☺ <alice@example.com> joins"), LOOK_SELECTED);
	panel_play_act(&p, CHAT, ACTION_BOTTOM);
	panel_play_draw(&p, CHAT, 9, 66);
	assert_int_equal(panel_play_line(&p, "See you there (F)"), 5);
	assert_int_equal(panel_play_line(&p, "19:03:01 * the conversation ends"), 8);
	assert_int_equal(panel_play_look_of(&p, "19:03:01 *"), LOOK_SELECTED);
	/* The other one. */
	panel_play_act(&p, LIST, ACTION_DOWN);
	panel_play_draw(&p, CHAT, 9, 66);
	assert_int_equal(panel_play_line(&p, "conversation 2: "), 0);
	panel_play_end(&p);
}

/* Who types is shown when asked for only: carol@example.com does at 19:02:55. */
static void test_typing(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	panel_play_draw(&p, LIST, 4, 80);
	panel_play_draw(&p, CHAT, 40, 80);
	assert_int_equal(panel_play_line(&p, "is typing"), -1);
	panel_play_act(&p, CHAT, ACTION_UNFOLD_ALL);
	panel_play_draw(&p, CHAT, 40, 80);
	assert_true(panel_play_line(&p, "19:02:55 * Carol ♫ <carol@example.com> is typing") > 0);
	panel_play_act(&p, CHAT, ACTION_FOLD_ALL);
	panel_play_draw(&p, CHAT, 40, 80);
	assert_int_equal(panel_play_line(&p, "is typing"), -1);
	panel_play_end(&p);
}

static void test_open(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, "msnp8-login.pcap");
	p.app->screen = SCREEN_CHAT;
	panel_play_draw(&p, LIST, 4, 80);
	panel_play_draw(&p, CHAT, 12, 80);
	panel_play_act(&p, LIST, ACTION_OPEN);
	assert_int_equal(p.app->focus[SCREEN_CHAT], 1);
	assert_true(panel_play_find(&p, CHAT, "lovely", true));
	panel_play_draw(&p, CHAT, 12, 80);
	assert_int_equal(panel_play_look_of(&p, "19:02:47"), LOOK_SELECTED);
	panel_play_act(&p, CHAT, ACTION_OPEN);
	assert_int_equal(p.app->screen, SCREEN_TIMELINE);
	struct slice name = store_name(p.app->store, store_row(p.app->store, p.app->row)->name);
	assert_true(slice_eq_str(name, "MSG"));
	/* "the conversation ends" is no event's. */
	p.app->screen = SCREEN_CHAT;
	panel_play_act(&p, CHAT, ACTION_BOTTOM);
	panel_play_act(&p, CHAT, ACTION_OPEN);
	assert_int_equal(p.app->screen, SCREEN_CHAT);
	panel_play_end(&p);
}

/* --- by hand --- */

static void begin_conversation(struct panel_play *p, uint64_t id, uint64_t same_as, const char *user)
{
	struct event_sink sink = tui_model_sink(p->model);
	struct conversation_info c = {.id = id, .connection = 1, .user = slice_str(user), .same_as = same_as};

	c.participants[c.participant_count++] = SLICE_LIT("alice@example.com");
	c.participants[c.participant_count++] = SLICE_LIT("bob@example.com");
	sink.conversation_start(sink.ctx, &c);
	if (same_as)
		sink.conversation_end(sink.ctx, &c);
}

static void say(struct panel_play *p, uint64_t conversation, int64_t seconds, const char *text)
{
	struct event_sink sink = tui_model_sink(p->model);
	struct talk t = {.conversation = conversation, .time_ns = seconds * 1000000000, .kind = TALK_TEXT};

	t.who = SLICE_LIT("bob@example.com");
	t.text = slice_str(text);
	sink.talk(sink.ctx, &t);
}

static void test_both_ends(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	begin_conversation(&p, 1, 0, "alice@example.com");
	begin_conversation(&p, 2, 1, "bob@example.com");
	begin_conversation(&p, 3, 0, "alice@example.com");
	panel_play_draw(&p, LIST, 5, 100);
	assert_int_equal(panel_play_line(&p, "   1 1970-01-01 00:00     0 switchboard both ends alice@example.com "), 1);
	assert_int_equal(panel_play_line(&p, "   3 "), 2);
	panel_play_act(&p, LIST, ACTION_DOWN);
	assert_int_equal(p.app->conversation, 2);
	panel_play_act(&p, LIST, ACTION_UNFOLD_ALL);
	panel_play_draw(&p, LIST, 5, 100);
	assert_int_equal(panel_play_line(&p, "   2 1970-01-01 00:00     0 switchboard as 1      bob@example.com "), 2);
	assert_int_equal(panel_play_line(&p, "   3 "), 3);
	assert_int_equal(p.app->conversation, 2);
	panel_play_act(&p, LIST, ACTION_UP);
	assert_int_equal(p.app->conversation, 1);
	panel_play_act(&p, LIST, ACTION_FOLD_ALL);
	panel_play_draw(&p, LIST, 5, 100);
	assert_int_equal(panel_play_line(&p, "   2 "), -1);
	assert_int_equal(p.app->conversation, 2);
	panel_play_end(&p);
}

/* Wide and combining characters are wrapped between characters, behind the indentation. */
static void test_wrapping(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	begin_conversation(&p, 1, 0, "alice@example.com");
	say(&p, 1, 5, "一二三四五六七八九十");
	say(&p, 1, 6, "e\xcc\x81\033x");
	panel_play_draw(&p, LIST, 3, 80);
	assert_string_equal(panel_play_draw(&p, CHAT, 8, 30),
			    "conversation 1: switchboard, …\n"
			    "1970-01-01\n"
			    "00:00:05 bob@example.com:\n"
			    "         一二三四五六七八九十\n"
			    "00:00:06 bob@example.com:\n"
			    "         e\xcc\x81\\x1bx\n"
			    "\n\n");
	panel_play_end(&p);
}

/* 100,000 lines: what is on the screen is read, and no more. */
static void test_long(void **state)
{
	struct panel_play p;
	char text[32];

	(void)state;
	panel_play_begin(&p, NULL);
	begin_conversation(&p, 1, 0, "alice@example.com");
	for (int i = 0; i < 100000; i++) {
		snprintf(text, sizeof(text), "line %d", i);
		say(&p, 1, i / 10, text);
	}
	panel_play_draw(&p, LIST, 3, 80);
	panel_play_draw(&p, CHAT, 24, 80);
	assert_int_equal(panel_play_line(&p, ": line 0\n"), 2);
	panel_play_act(&p, CHAT, ACTION_PAGE_DOWN);
	panel_play_draw(&p, CHAT, 24, 80);
	assert_int_equal(panel_play_look_of(&p, "00:00:02 bob@example.com: line 22"), LOOK_SELECTED);
	panel_play_act(&p, CHAT, ACTION_BOTTOM);
	panel_play_draw(&p, CHAT, 24, 80);
	assert_int_equal(panel_play_line(&p, ": line 99977\n"), 1);
	assert_int_equal(panel_play_line(&p, ": line 99999\n"), 23);
	panel_play_act(&p, CHAT, ACTION_UP);
	panel_play_draw(&p, CHAT, 24, 80);
	assert_int_equal(panel_play_line(&p, ": line 99999\n"), 23);
	assert_int_equal(panel_play_look_of(&p, "02:46:39 bob@example.com: line 99998"), LOOK_SELECTED);
	/* More comes while the last but one is read. */
	say(&p, 1, 10001, "new");
	panel_play_draw(&p, CHAT, 24, 80);
	assert_int_equal(panel_play_line(&p, ": line 99999\n"), 23);
	panel_play_act(&p, CHAT, ACTION_DOWN);
	panel_play_act(&p, CHAT, ACTION_DOWN);
	panel_play_draw(&p, CHAT, 24, 80);
	assert_int_equal(panel_play_line(&p, ": new\n"), 23);
	panel_play_end(&p);
}

/* A text of more lines than the screen is gone through line by line. */
static void test_higher_than_the_screen(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	begin_conversation(&p, 1, 0, "alice@example.com");
	say(&p, 1, 1, "a\nb\nc\nd\ne\nf");
	say(&p, 1, 2, "z");
	panel_play_draw(&p, LIST, 3, 80);
	panel_play_draw(&p, CHAT, 4, 80);
	assert_int_equal(panel_play_line(&p, "         b\n"), 3);
	/* The date takes a line, too. */
	for (int i = 0; i < 4; i++) {
		panel_play_act(&p, CHAT, ACTION_DOWN);
		panel_play_draw(&p, CHAT, 4, 80);
	}
	assert_int_equal(panel_play_line(&p, "         f\n"), 3);
	assert_int_equal(panel_play_look_of(&p, "         f"), LOOK_SELECTED);
	panel_play_act(&p, CHAT, ACTION_DOWN);
	panel_play_draw(&p, CHAT, 4, 80);
	assert_int_equal(panel_play_line(&p, "         f\n"), 2);
	assert_int_equal(panel_play_look_of(&p, "00:00:02"), LOOK_SELECTED);
	panel_play_end(&p);
}

static void test_sizes(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	panel_play_draw(&p, LIST, 1, 1);
	panel_play_draw(&p, CHAT, 1, 1);
	panel_play_draw(&p, LIST, 5, 80);
	assert_int_equal(panel_play_line(&p, "no conversations"), 1);
	assert_true(panel_play_act(&p, CHAT, ACTION_OPEN));
	panel_play_end(&p);
	panel_play_begin(&p, "msnp18-login.pcap");
	for (int rows = 1; rows < 6; rows++) {
		for (int columns = 1; columns < 100; columns += 5) {
			panel_play_draw(&p, LIST, rows, columns);
			panel_play_draw(&p, CHAT, rows, columns);
			panel_play_act(&p, CHAT, rows % 2 ? ACTION_PAGE_DOWN : ACTION_UP);
		}
	}
	panel_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),	  cmocka_unit_test(test_typing),
		cmocka_unit_test(test_open),	  cmocka_unit_test(test_both_ends),
		cmocka_unit_test(test_wrapping),  cmocka_unit_test(test_long),
		cmocka_unit_test(test_higher_than_the_screen), cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
