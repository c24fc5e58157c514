/* SPDX-License-Identifier: BSD-2-Clause */
/* The TUI without a terminal: keys in, canvas out, over a sample whose dialogue says what must be there. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/sample_model.h"
#include "tui/app.h"

#define STEP_NS 100000000

/* Events of samples/msnp8-login.dialogue. */
enum { EVENT_FIRST = 1, EVENT_CVR = 3, EVENT_LST_BOB = 26, MSG_COUNT = 16 };

struct reader {
	struct tui_status status;
	bool stopped;
};

struct fixture {
	struct tui_model *model;
	struct reader reader;
	struct tui_reader calls;
	struct tui_options options;
	struct app *app;
	struct buffer dump;
};

static void get_status(void *ctx, struct tui_status *out)
{
	*out = ((struct reader *)ctx)->status;
}

static void stop(void *ctx)
{
	((struct reader *)ctx)->stopped = true;
}

static void end(struct fixture *f)
{
	app_free(f->app);
	tui_model_free(f->model);
	buffer_free(&f->dump);
}

/* Draws, all work done. */
static const char *screen(struct fixture *f)
{
	while (app_step(f->app, STEP_NS))
		continue;
	app_changed(f->app);
	app_draw(f->app);
	f->dump.len = 0;
	canvas_dump(&f->app->canvas, false, &f->dump);
	buffer_add_byte(&f->dump, 0);
	return (const char *)f->dump.data;
}

static void begin(struct fixture *f, const char *sample, bool live)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	*f = (struct fixture){.model = sample_model(sample)};
	f->reader.status.live = f->reader.status.running = live;
	f->calls = (struct tui_reader){get_status, stop, NULL, &f->reader};
	f->options = (struct tui_options){.model = f->model, .reader = &f->calls, .name = sample ? sample : "eth0", .colour = true};
	f->app = app_new(&f->options);
	app_resize(f->app, 24, 80);
	screen(f);
}

static void type(struct fixture *f, const char *keys)
{
	for (; *keys; keys++) {
		app_key(f->app, (uint8_t)*keys == '\n' ? KEYS_ENTER : (uint32_t)(uint8_t)*keys);
		screen(f);
	}
}

static void key(struct fixture *f, uint32_t code)
{
	app_key(f->app, code);
	screen(f);
}

/* The event under the cursor. */
static uint64_t at(struct fixture *f)
{
	uint64_t id = 0;

	store_lock(f->app->store);
	const struct event *e = app_current(f->app);
	id = e ? e->id : 0;
	store_unlock(f->app->store);
	return id;
}

static void assert_shows(struct fixture *f, const char *text)
{
	const char *shown = screen(f);

	if (!strstr(shown, text))
		fail_msg("the screen lacks \"%s\":\n%s", text, shown);
}

static void assert_line_begins(struct fixture *f, int line, const char *text)
{
	const char *shown = screen(f);

	while (line-- > 0)
		shown = strchr(shown, '\n') + 1;
	if (strncmp(shown, text, strlen(text)) != 0)
		fail_msg("the line does not begin with \"%s\":\n%s", text, shown);
}

static void test_first_screen(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	assert_line_begins(&f, 1, " No.    Time (UTC)");
	assert_line_begins(&f, 2, "      1 19:02:11.042460 1 DS  >>>  VER 1 MSNP8 CVR0");
	assert_line_begins(&f, 3, "      2 19:02:11.101461 1 DS  <<<  VER 1 MSNP8");
	assert_int_equal(at(&f), EVENT_FIRST);
	end(&f);
}

static void test_moving(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, "jj");
	assert_int_equal(at(&f), EVENT_CVR);
	type(&f, "k");
	assert_int_equal(at(&f), EVENT_CVR - 1);
	type(&f, "G");
	assert_int_equal(at(&f), store_rows(f.app->store));
	assert_false(f.app->follow);
	type(&f, "g");
	assert_int_equal(at(&f), EVENT_FIRST);
	/* 21 lines of events below two bars and the headings; a page keeps one line. */
	type(&f, " ");
	assert_int_equal(at(&f), EVENT_FIRST + 20);
	type(&f, "b");
	assert_int_equal(at(&f), EVENT_FIRST);
	end(&f);
}

static void test_filter(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, "&name == MSG\n");
	assert_int_equal(view_count(f.app->view), MSG_COUNT);
	assert_shows(&f, "16 of ");
	assert_shows(&f, "& name == MSG");
	/* Wrong: the line stays and says where; what was shown before still is. */
	type(&f, "&\x15" "nmae == MSG\n");
	assert_int_equal(f.app->asked, ASK_FILTER);
	assert_int_equal(f.app->prompt.error_column, 1);
	assert_int_equal(view_count(f.app->view), MSG_COUNT);
	key(&f, KEYS_ESCAPE);
	assert_int_equal(f.app->asked, ASK_NOTHING);
	/* The history has both, the latest first. */
	type(&f, "&");
	key(&f, KEYS_UP);
	assert_true(slice_eq_str(buffer_slice(&f.app->prompt.text), "nmae == MSG"));
	key(&f, KEYS_UP);
	assert_true(slice_eq_str(buffer_slice(&f.app->prompt.text), "name == MSG"));
	key(&f, KEYS_ESCAPE);
	type(&f, "u");
	assert_int_equal(view_count(f.app->view), store_rows(f.app->store));
	end(&f);
}

static void test_search(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	/* The cursor goes along with what is typed, and back when it is given up. */
	type(&f, "/LST b");
	assert_int_equal(at(&f), EVENT_LST_BOB);
	key(&f, KEYS_ESCAPE);
	assert_int_equal(at(&f), EVENT_FIRST);
	type(&f, "/lst bob\n");
	assert_int_equal(at(&f), EVENT_LST_BOB);
	type(&f, "n");
	assert_int_equal(at(&f), EVENT_LST_BOB);
	assert_shows(&f, "continued at the other end");
	type(&f, "G\\LST\n");
	uint64_t last = at(&f);
	assert_true(last > EVENT_LST_BOB);
	type(&f, "n");
	assert_true(at(&f) < last);
	type(&f, "N");
	assert_int_equal(at(&f), last);
	type(&f, "/no such text\n");
	assert_shows(&f, "not found");
	end(&f);
}

/* n goes on in the direction of the search, also after N went against it. */
static void test_search_direction(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, "/LST bob\n");
	type(&f, "/LST\n");
	uint64_t first = at(&f);
	type(&f, "nN");
	assert_int_equal(at(&f), first);
	type(&f, "n");
	assert_true(at(&f) > first);
	end(&f);
}

/* Keys may come faster than filters are done. */
static void test_search_at_once(void **state)
{
	static const char keys[] = "u/LST bob\n";
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, "&name == MSG\n");
	for (size_t i = 0; keys[i]; i++)
		app_key(f.app, keys[i] == '\n' ? KEYS_ENTER : (uint32_t)keys[i]);
	screen(&f);
	assert_int_equal(at(&f), EVENT_LST_BOB);
	end(&f);
}

static void test_partner(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, "%");
	assert_int_equal(at(&f), 2);
	type(&f, "%");
	assert_int_equal(at(&f), 1);
	type(&f, "/LST bob\n%");
	assert_shows(&f, "event");
	end(&f);
}

static void test_jumps(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	/* The next VER is the notification server's. */
	type(&f, "*");
	assert_int_equal(at(&f), 2);
	type(&f, "*");
	assert_int_equal(at(&f), 7);
	type(&f, "#");
	assert_int_equal(at(&f), 2);
	/* The dispatch server's connection has six events. */
	type(&f, ">>>>");
	assert_int_equal(at(&f), 6);
	type(&f, ">");
	assert_int_equal(at(&f), 6);
	assert_shows(&f, "no later event of this connection");
	type(&f, "<");
	assert_int_equal(at(&f), 5);
	end(&f);
}

static void test_marks(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, "'");
	assert_shows(&f, "no event is marked");
	type(&f, "mjjjm");
	assert_true(app_is_marked(f.app, 0) && app_is_marked(f.app, 3) && !app_is_marked(f.app, 1));
	/* 19:02:11.165216 - 19:02:11.042460 */
	type(&f, "'");
	assert_int_equal(at(&f), 1);
	assert_shows(&f, "0.122756 s earlier than event 4");
	type(&f, "'");
	assert_shows(&f, "0.122756 s later than event 1");
	type(&f, "m");
	assert_false(app_is_marked(f.app, 3));
	end(&f);
}

static void test_go_to(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, ":26\n");
	assert_int_equal(at(&f), EVENT_LST_BOB);
	/* The first event at 19:02:16 or later is URL at 16.285608. */
	type(&f, ":19:02:16\n");
	assert_shows(&f, "URL 11 INBOX");
	uint64_t url = at(&f);
	type(&f, ":+5\n");
	assert_int_equal(at(&f), url);
	type(&f, ":2003-05-16T19:02:21.3\n");
	assert_int_equal(at(&f), url + 2);
	type(&f, ":25:00\n");
	assert_int_equal(f.app->asked, ASK_GO_TO);
	assert_shows(&f, "wants an event's number");
	type(&f, "\x15" "99999\n");
	assert_shows(&f, "no such event");
	key(&f, KEYS_ESCAPE);
	assert_int_equal(at(&f), url + 2);
	end(&f);
}

static void test_only(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, "i");
	assert_int_equal(view_count(f.app->view), 6);
	assert_shows(&f, "connection 1");
	type(&f, "i");
	assert_int_equal(view_count(f.app->view), store_rows(f.app->store));
	/* All four connections are of one session. */
	type(&f, "I");
	assert_shows(&f, "session 1");
	assert_int_equal(view_count(f.app->view), store_rows(f.app->store));
	end(&f);
}

static void test_back(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, "34");
	assert_int_equal(f.app->screen, SCREEN_CHAT);
	type(&f, "q");
	assert_int_equal(f.app->screen, SCREEN_LADDER);
	type(&f, "q");
	assert_int_equal(f.app->screen, SCREEN_TIMELINE);
	type(&f, "\n");
	assert_true(f.app->detail_open);
	type(&f, "zq");
	assert_true(f.app->detail_open);
	type(&f, "q");
	assert_false(f.app->detail_open);
	key(&f, KEYS_ESCAPE);
	assert_false(f.app->done);
	type(&f, "q");
	assert_true(f.app->done);
	end(&f);
}

static void test_times(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	type(&f, "t");
	assert_line_begins(&f, 3, "      2        0.059001 1 DS");
	assert_line_begins(&f, 4, "      3        0.067810 1 DS");
	type(&f, "t");
	assert_line_begins(&f, 4, "      3        0.008809 1 DS");
	end(&f);
}

/* An event without fields, as a sink gets it. */
static void send_event(struct fixture *f, uint64_t id)
{
	static const struct connection connection = {.id = 1, .transport = "tcp", .role = MSNP_NS, .version = 8};
	struct event_sink sink = tui_model_sink(f->model);
	struct arena arena;
	struct dissection d;
	uint64_t frame = id;

	arena_init(&arena);
	dissection_init(&d, &arena, SLICE_LIT("PNG"), SLICE_EMPTY);
	if (id == 1) {
		struct capture_info info = {.file = "eth0", .format = "live"};

		sink.capture(sink.ctx, &info);
		sink.connection_start(sink.ctx, &connection);
	}
	struct event e = {.id = id, .kind = EVENT_COMMAND, .time_ns = (int64_t)id * 1000000000, .frames = &frame, .frame_count = 1,
			  .connection = &connection, .protocol = "msnp", .name = SLICE_LIT("PNG"), .line = SLICE_LIT("PNG"), .dissection = &d};
	sink.event(sink.ctx, &e);
	arena_free(&arena);
}

static void test_live(void **state)
{
	struct fixture f;
	uint64_t id = 0;

	(void)state;
	begin(&f, NULL, true);
	assert_shows(&f, "nothing yet");
	while (id < 50)
		send_event(&f, ++id);
	screen(&f);
	assert_int_equal(at(&f), 50);
	/* Scrolled away it stays, at the end it follows again. */
	type(&f, "k");
	send_event(&f, ++id);
	screen(&f);
	assert_int_equal(at(&f), 49);
	type(&f, "G");
	send_event(&f, ++id);
	screen(&f);
	assert_int_equal(at(&f), 52);
	type(&f, "p");
	assert_shows(&f, "PAUSED");
	send_event(&f, ++id);
	screen(&f);
	assert_int_equal(at(&f), 52);
	assert_int_equal(view_count(f.app->view), 52);
	type(&f, "p");
	assert_int_equal(at(&f), 53);
	f.reader.status.dropped = 7;
	f.app->asked_ns = 0;
	assert_shows(&f, "7 dropped");
	end(&f);
}

/* Also of what went wrong before there was a screen. */
static void test_trouble(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	app_free(f.app);
	snprintf(f.reader.status.message, sizeof(f.reader.status.message), "cut at frame 7\033[2J");
	f.app = app_new(&f.options);
	assert_shows(&f, "cut at frame 7\\x1b[2J");
	type(&f, "j");
	assert_null(strstr(screen(&f), "cut at frame 7"));
	end(&f);
}

static void test_interrupt(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, NULL, true);
	key(&f, 3);
	assert_true(f.reader.stopped);
	assert_false(f.app->done);
	key(&f, 3);
	assert_true(f.app->done);
	end(&f);
}

/* No size is too small for any screen. */
static void test_sizes(void **state)
{
	static const int sizes[][2] = {{1, 1}, {2, 2}, {3, 10}, {5, 40}, {24, 10}, {1, 300}, {300, 1}, {60, 250}};
	struct fixture f;

	(void)state;
	begin(&f, "oim.pcap", false);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		app_resize(f.app, sizes[i][0], sizes[i][1]);
		type(&f, "1234567?2\njjl\t\tqc");
		key(&f, KEYS_ESCAPE);
	}
	end(&f);
}

static void test_theme_of_rows(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "msnp8-login.pcap", false);
	screen(&f);
	/* The selected line is tinted whole; the reply below it is told apart in its first columns. */
	const struct cell *row = f.app->canvas.cells + 2 * 80;
	for (int i = 0; i < 80; i++)
		assert_int_equal(row[i].look, LOOK_SELECTED);
	assert_int_equal(row[80 + 3].look, LOOK_PARTNER);
	assert_int_equal(row[80 + 40].look, LOOK_SERVER);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_screen), cmocka_unit_test(test_moving),  cmocka_unit_test(test_filter),
		cmocka_unit_test(test_search),       cmocka_unit_test(test_search_direction),
		cmocka_unit_test(test_search_at_once), cmocka_unit_test(test_partner), cmocka_unit_test(test_jumps),
		cmocka_unit_test(test_marks),        cmocka_unit_test(test_go_to),   cmocka_unit_test(test_only),
		cmocka_unit_test(test_back),         cmocka_unit_test(test_times),   cmocka_unit_test(test_live),
		cmocka_unit_test(test_trouble),      cmocka_unit_test(test_interrupt),    cmocka_unit_test(test_sizes),   cmocka_unit_test(test_theme_of_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
