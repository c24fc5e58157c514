/* SPDX-License-Identifier: BSD-2-Clause */
/* The detail of an event: what it shows, what is selected, folding, finding.  Dialogues: samples/README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/dissection.h"
#include "tests/unit/tui_play.h"

/* Events of samples/msnp8-login.dialogue. */
enum { VER = 1, USR_TWN = 5, XFR = 6, USR_TWN_2 = 11, USR_TICKET = 13, LST_BOB = 26 };
/* A line of samples/revival-quirks.dialogue whose name is no percent-encoding and whose id is no GUID. */
enum { LST_QUIRK = 41 };

#define MANY 100000u

static const char *field_name(const struct tui_play *p)
{
	return p->app->current.field ? p->app->current.field->def->name : "";
}

static const char *shown(struct tui_play *p, int rows, int columns)
{
	return tui_play_panel(p, PANEL_DETAIL, rows, columns, false);
}

static void assert_has(const char *screen, const char *text)
{
	if (!strstr(screen, text))
		fail_msg("the screen lacks \"%s\":\n%s", text, screen);
}

static void assert_lacks(const char *screen, const char *text)
{
	if (strstr(screen, text))
		fail_msg("the screen has \"%s\":\n%s", text, screen);
}

static void act(struct tui_play *p, enum action a)
{
	assert_true(tui_play_act(p, PANEL_DETAIL, a));
}

static void test_screen(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TWN);
	shown(&p, 14, 60);
	act(&p, ACTION_BOTTOM);
	assert_string_equal(shown(&p, 14, 60),
			    "event 5, frame 8\n"
			    "USR of MSNP8 to MSNP14: start of Passport (tweener) login\n"
			    "  msnp.name: \"USR\"\n"
			    "  msnp.trid: 3\n"
			    "  msnp.auth_package: \"TWN\"  tweener: Passport 1.4 ticket, 8…\n"
			    "  msnp.stage: \"I\"  initiate: names the account\n"
			    "  msnp.passport: \"alice@example.com\"\n"
			    "\n"
			    "\n"
			    "────────────────────────────────────────────────────────────\n"
			    "msnp.passport  text  @line 12+17\n"
			    "account\n"
			    "on the wire: alice@example.com\n"
			    "USR trid TWN I passport\n");
	tui_play_end(&p);
}

static void test_narrow(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TWN);
	const char *screen = shown(&p, 13, 39);
	assert_has(screen, "USR of MSNP8 to MSNP14: start of\n    Passport (tweener) login\n");
	assert_int_equal(p.app->current.field->def - field_defs, F_MSNP_NAME);
	/* The selection stays where it is when another width takes another number of lines above. */
	act(&p, ACTION_DOWN);
	shown(&p, 13, 200);
	assert_string_equal(field_name(&p), "msnp.trid");
	act(&p, ACTION_DOWN);
	assert_string_equal(field_name(&p), "msnp.auth_package");
	tui_play_end(&p);
}

static void test_any_size(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "revival-quirks.pcap");
	tui_play_go(&p, LST_QUIRK);
	for (int rows = 1; rows < 14; rows++)
		for (int columns = 1; columns < 50; columns += columns < 12 ? 1 : 9)
			shown(&p, rows, columns);
	act(&p, ACTION_BOTTOM);
	assert_has(shown(&p, 1, 60), "id.item: \"1\"");
	tui_play_end(&p);
}

static void test_no_event(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, NULL);
	assert_string_equal(shown(&p, 2, 20), "no event\n\n");
	assert_false(tui_play_act(&p, PANEL_DETAIL, ACTION_DOWN));
	assert_false(tui_play_find(&p, PANEL_DETAIL, "a", true));
	tui_play_end(&p);
}

/* The field of the same name is selected in the next event; where there is none it is not forgotten. */
static void test_same_name(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TWN);
	shown(&p, 20, 60);
	act(&p, ACTION_BOTTOM);
	assert_string_equal(field_name(&p), "msnp.passport");
	assert_int_equal(p.app->current.source, SOURCE_LINE);
	assert_int_equal(p.app->current.field->offset, 12);
	tui_play_go(&p, USR_TWN_2);
	shown(&p, 20, 60);
	assert_string_equal(field_name(&p), "msnp.passport");
	tui_play_go(&p, VER);
	shown(&p, 20, 60);
	assert_string_equal(field_name(&p), "msnp.name");
	tui_play_go(&p, LST_BOB);
	shown(&p, 20, 60);
	assert_string_equal(field_name(&p), "msnp.passport");
	/* The event is made anew when the cursor comes back: nothing that is kept points into the old one. */
	p.app->row = STORE_NONE;
	app_current(p.app);
	tui_play_go(&p, LST_BOB);
	shown(&p, 20, 60);
	assert_string_equal(field_name(&p), "msnp.passport");
	tui_play_end(&p);
}

static void test_folding(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, XFR);
	shown(&p, 20, 60);
	assert_true(tui_play_find(&p, PANEL_DETAIL, "host.name", true));
	assert_string_equal(field_name(&p), "host.name");
	act(&p, ACTION_LEFT);
	assert_string_equal(field_name(&p), "msnp.host_port");
	assert_has(shown(&p, 20, 60), "- msnp.host_port: \"198.51.100.20:1863\"\n    host.name: \"198.51.100.20\"\n");
	act(&p, ACTION_LEFT);
	assert_has(shown(&p, 20, 60), "+ msnp.host_port: \"198.51.100.20:1863\"\n  msnp.");
	/* Remembered by the name: XFR 12 SB has a host and a port, too. */
	tui_play_type(&p, "/XFR 12 SB 2\n");
	assert_has(shown(&p, 20, 60), "+ msnp.host_port: \"203.0.113.31:1863\"\n");
	assert_lacks(shown(&p, 20, 60), "host.name");
	act(&p, ACTION_UNFOLD_ALL);
	assert_has(shown(&p, 20, 60), "host.name: \"203.0.113.31\"");
	act(&p, ACTION_FOLD_ALL);
	assert_lacks(shown(&p, 20, 60), "host.name");
	/* What is looked for is unfolded; the other fields of lines above it stay. */
	act(&p, ACTION_TOP);
	assert_true(tui_play_find(&p, PANEL_DETAIL, "host.port", true));
	assert_string_equal(field_name(&p), "host.port");
	assert_has(shown(&p, 20, 60), "- msnp.host_port");
	/* To the right: unfold, then into it. */
	act(&p, ACTION_LEFT);
	act(&p, ACTION_LEFT);
	assert_has(shown(&p, 20, 60), "+ msnp.host_port");
	act(&p, ACTION_RIGHT);
	assert_string_equal(field_name(&p), "msnp.host_port");
	act(&p, ACTION_RIGHT);
	assert_string_equal(field_name(&p), "host.name");
	tui_play_end(&p);
}

static void test_findings(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "revival-quirks.pcap");
	tui_play_go(&p, LST_QUIRK);
	const char *screen = shown(&p, 20, 140);
	assert_has(screen, "event 41, frame 33, answers event 34 after 0.044998 s\n");
	assert_has(screen, "! warning msnp.bad_value: percent sign without two hexadecimal digits: \"100%_Bob\" [msnp.friendly_name] (");
	assert_has(shown(&p, 20, 160), "[msnp.friendly_name] (contradicts, command table)\n");
	shown(&p, 20, 140);
	/* A finding stands for its field. */
	act(&p, ACTION_TOP);
	assert_null(p.app->current.field);
	act(&p, ACTION_DOWN);
	act(&p, ACTION_DOWN);
	assert_string_equal(field_name(&p), "msnp.friendly_name");
	tui_play_end(&p);
}

static void test_secrets(void **state)
{
	struct tui_play p = {0}, open = {.options.show_secrets = true};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TICKET);
	shown(&p, 20, 80);
	act(&p, ACTION_BOTTOM);
	assert_has(shown(&p, 20, 80), "msnp.ticket: ***\n");
	assert_has(shown(&p, 20, 80), "on the wire: ***\n");
	assert_lacks(shown(&p, 20, 80), "JhFAjnDD3p9z1XN3D7z");
	assert_false(tui_play_find(&p, PANEL_DETAIL, "JhFA", false));
	tui_play_end(&p);
	tui_play_begin(&open, "msnp8-login.pcap");
	tui_play_go(&open, USR_TICKET);
	assert_has(shown(&open, 20, 80), "msnp.ticket: \"t=JhFAjnDD3p9z1XN3D7z");
	tui_play_end(&open);
}

static void test_find(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, LST_BOB);
	shown(&p, 20, 80);
	/* Case is ignored unless there are capitals. */
	assert_true(tui_play_find(&p, PANEL_DETAIL, "bob (at", true));
	assert_string_equal(field_name(&p), "msnp.friendly_name");
	assert_false(tui_play_find(&p, PANEL_DETAIL, "bob (at", true));
	assert_false(tui_play_find(&p, PANEL_DETAIL, "BOB", true));
	assert_true(tui_play_find(&p, PANEL_DETAIL, "bob@", false));
	assert_string_equal(field_name(&p), "msnp.passport");
	/* Lines above the tree, too, and meanings of values. */
	assert_true(tui_play_find(&p, PANEL_DETAIL, "frame", false));
	assert_null(p.app->current.field);
	assert_true(tui_play_find(&p, PANEL_DETAIL, "forward list", true));
	assert_string_equal(field_name(&p), "list.name");
	tui_play_end(&p);
}

static void test_look_up(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, XFR);
	shown(&p, 20, 80);
	act(&p, ACTION_OPEN);
	assert_true(slice_eq_str(p.app->look_up, "XFR"));
	assert_int_equal(p.app->screen, SCREEN_REFERENCE);
	assert_true(tui_play_find(&p, PANEL_DETAIL, "msnp.host_port", true));
	act(&p, ACTION_OPEN);
	assert_true(slice_eq_str(p.app->look_up, "msnp.host_port"));
	assert_true(tui_play_find(&p, PANEL_DETAIL, "host.name", true));
	act(&p, ACTION_LOOK_UP);
	assert_true(slice_eq_str(p.app->look_up, "host.name"));
	tui_play_end(&p);
}

static void test_click(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, "msnp8-login.pcap");
	tui_play_go(&p, USR_TWN);
	shown(&p, 14, 60);
	struct panel *detail = p.app->panels[PANEL_DETAIL];
	detail->class->click(detail, 3);
	assert_string_equal(field_name(&p), "msnp.trid");
	/* Below the last line, and in the explanation: nothing. */
	detail->class->click(detail, 8);
	detail->class->click(detail, 12);
	assert_string_equal(field_name(&p), "msnp.trid");
	tui_play_end(&p);
}

/* An event of very many fields, each tenth one with the nine behind it as children. */
static void send_many(struct event_sink sink)
{
	static const char text[] = "0123456789";
	struct connection c = {.id = 1, .transport = "tcp", .version = 8, .role = MSNP_NS};
	struct capture_info info = {.file = "many.pcap", .format = "pcap"};
	struct event e = {.id = 1, .kind = EVENT_COMMAND, .protocol = "msnp", .name = SLICE_LIT("MSG"), .connection = &c};
	struct arena arena = {.block = NULL};
	struct dissection d;
	struct field *parent = NULL;

	e.line = slice_of(text, sizeof(text) - 1);
	dissection_init(&d, &arena, e.line, SLICE_EMPTY);
	for (unsigned i = 0; i < MANY; i++) {
		bool top = i % 10 == 0;
		struct field *f = field_add_number(&d, top ? &d.root : parent, top ? F_MSNP_TRID : F_HOST_PORT, i, SOURCE_LINE, 0, 1);

		if (top)
			parent = f;
	}
	e.dissection = &d;
	sink.capture(sink.ctx, &info);
	sink.connection_start(sink.ctx, &c);
	sink.event(sink.ctx, &e);
	arena_free(&arena);
}

static void test_many_fields(void **state)
{
	struct tui_play p = {0};

	(void)state;
	tui_play_begin(&p, NULL);
	send_many(tui_model_sink(p.model));
	tui_play_go(&p, 1);
	shown(&p, 20, 80);
	act(&p, ACTION_BOTTOM);
	assert_has(shown(&p, 20, 80), "host.port: 99999\n");
	act(&p, ACTION_LEFT);
	assert_has(shown(&p, 20, 80), "- msnp.trid: 99990\n");
	act(&p, ACTION_FOLD_ALL);
	/* One of ten lines is left, and the cursor is on the last of them. */
	assert_has(shown(&p, 20, 80), "+ msnp.trid: 99980\n+ msnp.trid: 99990\n──");
	act(&p, ACTION_UP);
	act(&p, ACTION_UP);
	assert_int_equal(p.app->current.field->value.number, 99970);
	assert_true(tui_play_find(&p, PANEL_DETAIL, "host.port: 4321", false));
	assert_int_equal(p.app->current.field->value.number, 43219);
	tui_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screen),    cmocka_unit_test(test_narrow),   cmocka_unit_test(test_any_size),
		cmocka_unit_test(test_no_event),  cmocka_unit_test(test_same_name), cmocka_unit_test(test_folding),
		cmocka_unit_test(test_findings),  cmocka_unit_test(test_secrets),  cmocka_unit_test(test_find),
		cmocka_unit_test(test_look_up),   cmocka_unit_test(test_click),    cmocka_unit_test(test_many_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
