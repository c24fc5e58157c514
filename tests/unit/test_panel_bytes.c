/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of an event: which source, how many a row, what is lit.  Dialogues: samples/README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/dissection.h"
#include "tests/unit/tui_play.h"

/* Events of samples/msnp8-login.dialogue. */
enum { USR_TWN = 5, USR_TICKET = 13 };

static const char *shown(struct tui_play *p, int rows, int columns)
{
	return tui_play_panel(p, PANEL_BYTES, rows, columns, false);
}

static const char *looks(struct tui_play *p, int rows, int columns)
{
	const char *all = tui_play_panel(p, PANEL_BYTES, rows, columns, true);

	for (int i = 0; i < rows; i++)
		all = strchr(all, '\n') + 1;
	return all;
}

static void select_field(struct tui_play *p, const char *name)
{
	tui_play_panel(p, PANEL_DETAIL, 20, 80, false);
	while (!p->app->current.field || strcmp(p->app->current.field->def->name, name) != 0) {
		const struct field *before = p->app->current.field;

		tui_play_act(p, PANEL_DETAIL, ACTION_DOWN);
		assert_true(before != p->app->current.field);
	}
}

static void assert_has(const char *screen, const char *text)
{
	if (!strstr(screen, text))
		fail_msg("the screen lacks \"%s\":\n%s", text, screen);
}

static void test_line(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TWN);
	assert_string_equal(shown(&p, 6, 39), "line, 29 bytes\n"
					      "0000  55 53 52 20 33 20 54 57  USR 3 TW\n"
					      "0008  4e 20 49 20 61 6c 69 63  N I alic\n"
					      "0010  65 40 65 78 61 6d 70 6c  e@exampl\n"
					      "0018  65 2e 63 6f 6d           e.com\n"
					      "\n");
	assert_string_equal(shown(&p, 3, 72),
			    "line, 29 bytes\n"
			    "0000  55 53 52 20 33 20 54 57  4e 20 49 20 61 6c 69 63  USR 3 TWN I alic\n"
			    "0010  65 40 65 78 61 6d 70 6c  65 2e 63 6f 6d           e@example.com\n");
	assert_has(shown(&p, 3, 140), "4e 20 49 20 61 6c 69 63  65 40 65 78 61 6d 70 6c  65 2e 63 6f 6d           USR 3 TWN I alice@example.com\n");
	assert_has(shown(&p, 4, 20), "0000  55 53  US\n0002  52 20  R\n");
	tui_play_end(&p);
}

static void test_lit(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TWN);
	/* "TWN" from byte 6 on: two in the first row, one in the second; a blank between lit bytes is lit, too. */
	select_field(&p, "msnp.auth_package");
	char lit = (char)('A' + LOOK_LIT), dim = (char)('A' + LOOK_DIM), expected[2 * 40 + 1] = "";
	memset(expected, '.', sizeof(expected) - 1);
	memset(expected, dim, 4);
	memset(expected + 6 + 3 * 6, lit, 5);
	memset(expected + 31 + 6, lit, 2);
	expected[39] = '\n';
	memset(expected + 40, dim, 4);
	memset(expected + 40 + 6, lit, 2);
	expected[40 + 31] = lit;
	expected[40 + 39] = '\n';
	const char *rows = strchr(looks(&p, 3, 39), '\n') + 1;
	assert_memory_equal(rows, expected, 2 * 40);
	tui_play_end(&p);
}

static void test_sources(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	/* Enter the event with a payload: MIME headers. */
	tui_play_type(&p, "/x-msmsgsprofile\n");
	assert_has(shown(&p, 3, 72), "line, ");
	assert_has(shown(&p, 3, 72), "  1 of 2\n0000  4d 53 47 20 48 6f 74 6d");
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_RIGHT));
	assert_has(shown(&p, 3, 72), "payload, ");
	assert_has(shown(&p, 3, 72), "  2 of 2\n0000  4d 49 4d 45 2d 56 65 72");
	assert_int_equal(p.app->current.source, SOURCE_PAYLOAD);
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_RIGHT));
	assert_int_equal(p.app->current.source, SOURCE_PAYLOAD);
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_LEFT));
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_LEFT));
	assert_int_equal(p.app->current.source, SOURCE_LINE);
	/* A field of the payload brings the payload back, scrolled to where it is lit. */
	assert_true(tui_play_find(&p, PANEL_DETAIL, "ClientPort", true) || tui_play_find(&p, PANEL_DETAIL, "client_port", true));
	assert_non_null(strchr(looks(&p, 3, 72), 'A' + LOOK_LIT));
	assert_has(shown(&p, 3, 72), "payload, ");
	/* Only once: the user scrolls away. */
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_TOP));
	assert_has(shown(&p, 3, 72), "  2 of 2\n0000  4d 49 4d 45 2d 56 65 72");
	tui_play_end(&p);
}

/* Buffers that were decoded out of the payload. */
static void test_decoded(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TWN);
	app_current(p.app);
	unsigned source = dissection_add_source((struct dissection *)p.app->current.event.dissection, "base64", SLICE_LIT("\0\x7f\xff~"));
	p.app->current.source = SOURCE_LINE;
	shown(&p, 3, 72);
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_RIGHT));
	assert_int_equal(p.app->current.source, source);
	assert_string_equal(shown(&p, 2, 39), "base64, 4 bytes  2 of 2\n0000  00 7f ff 7e              ...~\n");
	tui_play_end(&p);
}

static void test_scrolling(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TWN);
	shown(&p, 3, 39);
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_DOWN));
	assert_has(shown(&p, 3, 39), "bytes\n0008  ");
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_BOTTOM));
	assert_has(shown(&p, 3, 39), "bytes\n0010  ");
	/* What is at the top stays there in rows of another length. */
	assert_has(shown(&p, 2, 72), "bytes\n0010  ");
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_TOP));
	assert_has(shown(&p, 2, 72), "bytes\n0000  ");
	assert_false(tui_play_act(&p, PANEL_BYTES, ACTION_FILTER));
	/* Another event begins at its beginning. */
	assert_true(tui_play_act(&p, PANEL_BYTES, ACTION_BOTTOM));
	tui_play_go(&p, USR_TWN + 1);
	assert_has(shown(&p, 2, 39), "0000  58 46 52");
	tui_play_end(&p);
}

static void test_secrets(void **state)
{
	struct tui_play p = {0}, open = {.options.show_secrets = true};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TICKET);
	assert_has(shown(&p, 4, 39), "0008  4e 20 53 20 ** ** ** **  N S ****\n0010  ** ** ** ** ** ** ** **  ********\n");
	tui_play_end(&p);
	tui_play_begin(&open, "msnp8-login.pcap");
	tui_play_go(&open, USR_TICKET);
	assert_has(shown(&open, 4, 39), "0008  4e 20 53 20 74 3d 4a 68  N S t=Jh\n");
	tui_play_end(&open);
}

static void test_any_size(void **state)
{
	struct tui_play p = {0}, empty = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TWN);
	select_field(&p, "msnp.passport");
	for (int rows = 1; rows < 6; rows++)
		for (int columns = 1; columns < 150; columns += columns < 12 ? 1 : 9)
			shown(&p, rows, columns);
	tui_play_end(&p);
	tui_play_begin(&empty, NULL);
	assert_string_equal(shown(&empty, 2, 40), "\n\n");
	assert_false(tui_play_act(&empty, PANEL_BYTES, ACTION_DOWN));
	tui_play_end(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),      cmocka_unit_test(test_lit),     cmocka_unit_test(test_sources),
		cmocka_unit_test(test_decoded),   cmocka_unit_test(test_scrolling), cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
