/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs of conversations: lines in, text out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "output/chat.h"

#define SECOND INT64_C(1000000000)
/* 2003-05-16T23:59:58Z */
#define START (INT64_C(1053129598) * SECOND)

struct run {
	struct output out;
	struct chat chat;
	struct event_sink sink;
};

static void begin(struct run *r, struct chat_options options)
{
	output_init(&r->out, -1, false);
	chat_init(&r->chat, &r->out, options);
	r->sink = chat_sink(&r->chat);
}

static void end(struct run *r, const char *expected)
{
	assert_int_equal(r->chat.views == NULL, r->chat.kept == 0);
	chat_free(&r->chat);
	assert_int_equal(r->chat.kept, 0);
	buffer_add_byte(&r->out.buffer, 0);
	assert_string_equal((const char *)r->out.buffer.data, expected);
	output_free(&r->out);
}

static struct conversation_info info(uint64_t id, uint64_t same_as)
{
	return (struct conversation_info){.id = id,
					  .kind = CONVERSATION_DIRECT,
					  .same_as = same_as,
					  .user = SLICE_LIT("alice@example.com"),
					  .participants = {SLICE_LIT("alice@example.com"), SLICE_LIT("bob@example.com")},
					  .participant_count = 2,
					  .start_ns = START,
					  .end_ns = START + 5 * SECOND};
}

static void start(struct run *r, uint64_t id)
{
	struct conversation_info c = info(id, 0);

	r->sink.conversation_start(r->sink.ctx, &c);
}

static void stop(struct run *r, uint64_t id, uint64_t same_as)
{
	struct conversation_info c = info(id, same_as);

	r->sink.conversation_end(r->sink.ctx, &c);
}

static void say(struct run *r, uint64_t id, enum talk_kind kind, unsigned second, const char *text)
{
	struct talk line = {.conversation = id,
			    .kind = kind,
			    .time_ns = START + second * SECOND,
			    .who = SLICE_LIT("bob@example.com"),
			    .name = SLICE_LIT("Bob"),
			    .text = slice_str(text)};

	r->sink.talk(r->sink.ctx, &line);
}

/* What looks like a line of somebody else is told from one. */
static void say_forged(struct run *r, uint64_t id)
{
	struct talk line = {.conversation = id,
			    .kind = TALK_TEXT,
			    .time_ns = START,
			    .who = SLICE_LIT("bob@example.com\n23:59:59  a"),
			    .name = SLICE_LIT("Bob\r\n23:59:59  Alice"),
			    .text = SLICE_LIT("x\n23:59:59  Alice: y")};

	r->sink.talk(r->sink.ctx, &line);
}

#define HEADING(id) "conversation " id ": one to one, alice@example.com with bob@example.com"
#define SPAN "; 2003-05-16 23:59:58 to 2003-05-17 00:00:03"

/* In the order they began; texts of several lines; a new day; nothing from the wire reaches the terminal. */
static void test_log(void **state)
{
	struct run r;

	(void)state;
	begin(&r, (struct chat_options){.both = false});
	start(&r, 1);
	start(&r, 2);
	start(&r, 3);
	say(&r, 2, TALK_TEXT, 0, "one\r\ntwo\rthree\nfour \x1b[31m\xff");
	say(&r, 2, TALK_TYPING, 1, "");
	say(&r, 2, TALK_LEAVE, 3, "idle");
	say_forged(&r, 2);
	say(&r, 3, TALK_TEXT, 3, "again");
	say(&r, 3, TALK_CLOSED, 3, "");
	stop(&r, 2, 0);
	stop(&r, 3, 2);
	assert_int_equal(r.out.buffer.len, 0);
	say(&r, 1, TALK_TYPING, 1, "");
	say(&r, 1, TALK_FAILED, 1, "not delivered");
	stop(&r, 1, 0);
	end(&r, HEADING("1") SPAN "\n23:59:59  ! not delivered: not delivered\n\n"
		HEADING("2") SPAN "\n"
		"23:59:58  Bob <bob@example.com>: one\n          two\n          three\n          four \\x1b[31m\\xff\n"
		"-- 2003-05-17\n"
		"00:00:01  * Bob <bob@example.com> leaves (idle)\n"
		"-- 2003-05-16\n"
		"23:59:58  Bob\\x0d\\x0a23:59:59  Alice <bob@example.com\\x0a23:59:59  a>: x\n          23:59:59  Alice: y\n\n"
		HEADING("3") SPAN "\n          the same as conversation 2, from another side\n\n");
}

static void test_options(void **state)
{
	struct run r;

	(void)state;
	begin(&r, (struct chat_options){.both = true, .typing = true});
	start(&r, 1);
	say(&r, 1, TALK_TYPING, 0, "");
	say(&r, 1, TALK_CLOSED, 1, "the capture ends");
	stop(&r, 1, 9);
	/* There is nothing to tell of this one. */
	start(&r, 2);
	say(&r, 2, TALK_CLOSED, 1, "");
	stop(&r, 2, 0);
	end(&r, HEADING("1") SPAN "\n23:59:58  * Bob <bob@example.com> is typing\n"
		"23:59:59  * the conversation ends: the capture ends\n\n");
}

/* When too much waits, the oldest is written so far. */
static void test_continued(void **state)
{
	struct run r;

	(void)state;
	begin(&r, (struct chat_options){.kept_max = 1});
	start(&r, 1);
	start(&r, 2);
	say(&r, 2, TALK_TEXT, 0, "a");
	say(&r, 1, TALK_TEXT, 0, "b");
	say(&r, 2, TALK_TEXT, 1, "c");
	stop(&r, 2, 1);
	stop(&r, 1, 0);
	end(&r, HEADING("2") "\n23:59:58  Bob <bob@example.com>: a\n\n"
		HEADING("1") "\n23:59:58  Bob <bob@example.com>: b\n\n"
		HEADING("2") ", continued\n23:59:59  Bob <bob@example.com>: c\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_continued),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
