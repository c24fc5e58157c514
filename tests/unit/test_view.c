/* SPDX-License-Identifier: BSD-2-Clause */
/* Views hold the rows that a filter wants, however the time is cut; texts are found where they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "timeline/view.h"

#define ROWS 1000u

struct play {
	struct store *store;
	struct view *view;
	struct event_sink sink;
	struct connection connection[4];
	struct arena arena;
	uint64_t next_id;
};

/* Event n is on connection n % 4; every fifth has a payload, every seventh a finding. */
static void send_one(struct play *p, unsigned n, uint64_t session)
{
	struct dissection d;
	char line[64];
	struct event e = {.id = ++p->next_id, .kind = EVENT_COMMAND, .connection = &p->connection[n % 4], .session = session,
			  .protocol = "msnp", .name = n % 2 ? SLICE_LIT("MSG") : SLICE_LIT("CHG"), .dissection = &d};

	snprintf(line, sizeof(line), "%s %u Some Words", n % 2 ? "MSG" : "CHG", n);
	e.line = slice_str(line);
	if (n % 5 == 0)
		e.payload = SLICE_LIT("payload Text: here");
	arena_reset(&p->arena);
	dissection_init(&d, &p->arena, e.line, e.payload);
	if (e.payload.len)
		field_add_range(&d, &d.root, F_MSG_CONTENT_TYPE, SOURCE_PAYLOAD, 8, 5)->key = SLICE_LIT("a-Key");
	if (n % 7 == 0)
		finding_add(&d, RULE_MSNP_UNKNOWN_COMMAND, NULL, "is Odd");
	dissection_summarise(&d, "number <%u>", n);
	p->sink.event(p->sink.ctx, &e);
}

static void start(struct play *p, unsigned rows)
{
	*p = (struct play){.store = store_new(0)};
	p->view = view_new(p->store);
	p->sink = store_sink(p->store);
	for (size_t i = 0; i < 4; i++)
		p->connection[i] = (struct connection){.id = i + 1, .transport = "tcp"};
	for (unsigned n = 0; n < rows; n++)
		send_one(p, n, 0);
}

static void stop(struct play *p)
{
	arena_free(&p->arena);
	view_free(p->view);
	store_free(p->store);
}

static void set(struct play *p, const char *filter, uint32_t session, uint32_t connection)
{
	struct filter_error error;

	view_set(p->view, filter ? filter_compile(filter, &error) : NULL, session, connection);
}

static void look_at_all(struct play *p)
{
	while (view_step(p->view, 1000000))
		;
	assert_int_equal(view_looked(p->view), store_rows(p->store));
}

static void all_rows(void **state)
{
	struct play p;

	(void)state;
	start(&p, ROWS);
	assert_int_equal(view_count(p.view), 0);
	assert_false(view_step(p.view, 0));
	assert_int_equal(view_count(p.view), ROWS);
	assert_int_equal(view_looked(p.view), ROWS);
	assert_int_equal(view_row(p.view, 77), 77);
	assert_int_equal(view_place(p.view, 77), 77);
	assert_int_equal(view_place(p.view, ROWS), ROWS);
	assert_true(view_bytes(p.view) == 0);
	send_one(&p, 1, 0);
	assert_int_equal(view_count(p.view), ROWS);
	view_step(p.view, 0);
	assert_int_equal(view_count(p.view), ROWS + 1);
	stop(&p);
}

static void filtered_rows(void **state)
{
	struct play p;

	(void)state;
	start(&p, ROWS);
	set(&p, "name == MSG", STORE_NONE, STORE_NONE);
	look_at_all(&p);
	assert_int_equal(view_count(p.view), ROWS / 2);
	assert_int_equal(view_row(p.view, 3), 7);
	assert_int_equal(view_place(p.view, 7), 3);
	assert_int_equal(view_place(p.view, 8), 4);
	assert_int_equal(view_place(p.view, 0), 0);
	assert_int_equal(view_place(p.view, ROWS - 1), ROWS / 2 - 1);
	assert_int_equal(view_place(p.view, ROWS), ROWS / 2);
	set(&p, "finding", STORE_NONE, STORE_NONE);
	assert_int_equal(view_count(p.view), 0);
	look_at_all(&p);
	assert_int_equal(view_count(p.view), 143);
	set(&p, "finding", STORE_NONE, 3);
	look_at_all(&p);
	assert_int_equal(view_count(p.view), 36); /* 7, 35, ... 987 */
	assert_int_equal(view_row(p.view, 1), 35);
	set(&p, NULL, STORE_NONE, 3);
	look_at_all(&p);
	assert_int_equal(view_count(p.view), ROWS / 4);
	set(&p, NULL, STORE_NONE, STORE_NONE);
	view_step(p.view, 0);
	assert_int_equal(view_count(p.view), ROWS);
	stop(&p);
}

/* Some rows at a time, more of them coming in between. */
static void steps(void **state)
{
	struct play p;
	unsigned count = 0;

	(void)state;
	start(&p, ROWS);
	set(&p, "name == CHG", STORE_NONE, STORE_NONE);
	assert_true(view_step(p.view, 0));
	assert_true(view_looked(p.view) < ROWS && view_count(p.view) > 0);
	for (; view_step(p.view, 0); count++)
		if (count < 10)
			send_one(&p, count, 0);
	assert_int_equal(view_count(p.view), ROWS / 2 + 5);
	assert_false(view_step(p.view, 0));
	stop(&p);
}

/* Rows that turn out to be of the session later come in at their places. */
static void session_that_is_known_later(void **state)
{
	struct play p;

	(void)state;
	start(&p, 8);
	send_one(&p, 1, 3);
	set(&p, NULL, 0, STORE_NONE);
	look_at_all(&p);
	assert_int_equal(view_count(p.view), 3); /* 1 and 5 go with their connection */
	p.connection[2].session = 3;
	p.sink.connection_end(p.sink.ctx, &p.connection[2]);
	look_at_all(&p);
	assert_int_equal(view_count(p.view), 5);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(view_row(p.view, i), ((uint32_t[]){1, 2, 5, 6, 8})[i]);
	stop(&p);
}

/* --- texts --- */

static uint32_t find(struct play *p, const char *text, bool forward, uint32_t from)
{
	enum view_found found;
	uint32_t at = from;

	while ((found = view_find(p->view, slice_str(text), forward, &at, 0)) == VIEW_SEARCHING)
		;
	return found == VIEW_FOUND ? at : STORE_NONE;
}

static void texts_are_found(void **state)
{
	struct play p;

	(void)state;
	start(&p, ROWS);
	view_step(p.view, 0);
	assert_int_equal(find(&p, "number <812>", true, 0), 812);
	assert_int_equal(find(&p, "number <812>", true, 812), 812);
	assert_true(find(&p, "number <812>", true, 813) == STORE_NONE);
	assert_int_equal(find(&p, "number <12>", false, ROWS - 1), 12);
	assert_int_equal(find(&p, "number <12>", false, UINT32_MAX), 12);
	assert_true(find(&p, "number <12>", false, 11) == STORE_NONE);
	assert_int_equal(find(&p, "some words", true, 5), 5);     /* line */
	assert_int_equal(find(&p, "Some Words", true, 5), 5);
	assert_true(find(&p, "some Words", true, 5) == STORE_NONE);
	assert_int_equal(find(&p, "text:", true, 1), 5);          /* field */
	assert_int_equal(find(&p, "a-key", true, 1), 5);
	assert_true(find(&p, "payload", true, 1) == STORE_NONE);  /* in no field */
	assert_true(find(&p, "here", true, 1) == STORE_NONE);
	assert_int_equal(find(&p, "is odd", false, 13), 7);       /* finding */
	assert_int_equal(find(&p, "unknown_command", true, 8), 14);
	assert_true(find(&p, "", true, 0) == STORE_NONE);
	set(&p, "name == MSG", STORE_NONE, STORE_NONE);
	look_at_all(&p);
	assert_int_equal(find(&p, "is odd", true, 4), 10);        /* row 21 */
	stop(&p);
}

static void texts_of_an_event(void **state)
{
	struct arena arena = {0};
	struct dissection d;
	struct event e = {.line = SLICE_LIT("aaaaaAAB Z"), .dissection = &d};

	(void)state;
	dissection_init(&d, &arena, e.line, SLICE_EMPTY);
	assert_true(view_holds(&e, SLICE_LIT("aab")));
	assert_true(view_holds(&e, SLICE_LIT("AAB")));
	assert_true(view_holds(&e, SLICE_LIT("aaaaaaab z")));
	assert_true(view_holds(&e, SLICE_LIT("z")));
	assert_true(view_holds(&e, SLICE_LIT(" ")));
	assert_false(view_holds(&e, SLICE_LIT("aabb")));
	assert_false(view_holds(&e, SLICE_LIT("aaaaaAABB")));
	assert_false(view_holds(&e, SLICE_LIT("aaaaaaab z ")));
	assert_false(view_holds(&e, SLICE_LIT("AAAB")));
	assert_false(view_holds(&e, SLICE_EMPTY));
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_rows),
		cmocka_unit_test(filtered_rows),
		cmocka_unit_test(steps),
		cmocka_unit_test(session_that_is_known_later),
		cmocka_unit_test(texts_are_found),
		cmocka_unit_test(texts_of_an_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
