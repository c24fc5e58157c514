/* SPDX-License-Identifier: BSD-2-Clause */
/* Help, as made of the tables and the user's keys; and the settings that it tells of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "panel_play.h"
#include "tui/settings.h"

/* --- help --- */

static void test_help(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	keymap_line(&p.app->keymap, SLICE_LIT("quit = X"));
	keymap_line(&p.app->keymap, SLICE_LIT("mark ="));
	panel_play_draw(&p, PANEL_HELP, 200, 120);
	assert_int_equal(panel_play_line(&p, "Everywhere\n"), 0);
	assert_int_equal(panel_play_line(&p, "  ? F1              help             this page\n"), 1);
	assert_int_equal(panel_play_line(&p, "  X                 quit             end the program\n"), 2);
	assert_true(panel_play_line(&p, "                    mark             mark this event, or take the mark away\n") > 2);
	assert_true(panel_play_line(&p, "\nMoving\n  k Up C-p          up               one up\n") > 2);
	assert_true(panel_play_line(&p, "\nSettings\n  neither XDG_CONFIG_HOME nor HOME") > 2);
	/* Each action and each look is told of, and looks look like it. */
	for (size_t i = 0; i < ACTION_COUNT; i++)
		assert_true(panel_play_line(&p, action_info((enum action)i)->name) > 0);
	for (size_t i = 0; i < LOOK_COUNT; i++) {
		char line[64];

		snprintf(line, sizeof(line), "  %-17s %.20s", look_name((enum look)i), look_meaning((enum look)i));
		int row = panel_play_line(&p, line);
		assert_true(row > 0);
		assert_int_equal(p.canvas.cells[row * 120 + 1].look, LOOK_NORMAL);
		assert_int_equal(p.canvas.cells[row * 120 + 2].look, i);
		assert_int_equal(p.canvas.cells[row * 120 + 20].look, LOOK_NORMAL);
	}
	panel_play_end(&p);
}

static void test_small(void **state)
{
	struct panel_play p;

	(void)state;
	panel_play_begin(&p, NULL);
	panel_play_draw(&p, PANEL_HELP, 24, 40);
	assert_int_equal(panel_play_line(&p, "  ? F1              help"), 1);
	assert_true(panel_play_find(&p, PANEL_HELP, "marked events", true));
	panel_play_draw(&p, PANEL_HELP, 24, 80);
	assert_int_equal(panel_play_look_of(&p, "marked events"), LOOK_FOUND);
	assert_true(panel_play_act(&p, PANEL_HELP, ACTION_BOTTOM));
	assert_false(panel_play_act(&p, PANEL_HELP, ACTION_TIME));
	panel_play_draw(&p, PANEL_HELP, 1, 1);
	panel_play_end(&p);
}

/* --- settings --- */

struct settings_test {
	struct panel_play p;
	char folder[64];
};

static void path_of(const struct settings_test *t, const char *name, char path[128])
{
	snprintf(path, 128, "%s/msnscope/%s", t->folder, name);
}

static void write_file(const struct settings_test *t, const char *name, struct slice content)
{
	char path[128];
	FILE *f;

	path_of(t, name, path);
	f = fopen(path, "w");
	assert_non_null(f);
	fwrite(content.ptr, 1, content.len, f);
	fclose(f);
}

static int settings_setup(void **state)
{
	static struct settings_test t;
	char path[128];

	snprintf(t.folder, sizeof(t.folder), "/tmp/msnscope-test-XXXXXX");
	if (!mkdtemp(t.folder))
		return -1;
	path_of(&t, "", path);
	mkdir(path, 0700);
	setenv("XDG_CONFIG_HOME", t.folder, 1);
	panel_play_begin(&t.p, NULL);
	*state = &t;
	return 0;
}

static int settings_teardown(void **state)
{
	struct settings_test *t = *state;
	static const char *const names[] = {"theme", "keys", ""};
	char path[128];

	panel_play_end(&t->p);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(t, names[i], path);
		if (unlink(path) != 0)
			rmdir(path);
	}
	return rmdir(t->folder);
}

static void expect_wrong(struct settings_test *t, const char *wanted)
{
	struct buffer *wrong = &t->p.app->settings_wrong;

	buffer_add_byte(wrong, 0);
	assert_string_equal((const char *)wrong->data, wanted);
	wrong->len--;
}

static void test_no_files(void **state)
{
	struct settings_test *t = *state;

	settings_read(t->p.app);
	expect_wrong(t, "");
	assert_string_equal(t->p.app->message, "");
	panel_play_draw(&t->p, PANEL_HELP, 200, 100);
	assert_true(panel_play_line(&t->p, "\nSettings\n  in /tmp/msnscope-test-") > 0);
	assert_int_equal(panel_play_line(&t->p, "Wrong in these files"), -1);
}

static void test_files(void **state)
{
	struct settings_test *t = *state;

	write_file(t, "theme", SLICE_LIT("# mine\r\nclient = red\r\n\nserver = 40 on 17"));
	write_file(t, "keys", SLICE_LIT("quit = X\n"));
	settings_read(t->p.app);
	expect_wrong(t, "");
	assert_int_equal(t->p.app->theme.look[LOOK_CLIENT].foreground, 1);
	assert_int_equal(t->p.app->theme.look[LOOK_SERVER].background, 17);
	assert_int_equal(keymap_action(&t->p.app->keymap, 'X'), ACTION_QUIT);
	assert_int_equal(keymap_action(&t->p.app->keymap, 'Q'), ACTION_NONE);
}

/* One wrong line is told of; all others count. */
static void test_wrong(void **state)
{
	struct settings_test *t = *state;

	write_file(t, "theme", SLICE_LIT("client = red\n\nclients = red\nserver = blue\n"));
	settings_read(t->p.app);
	expect_wrong(t, "theme:3: no such thing is shown\n");
	assert_string_equal(t->p.app->message, "theme:3: no such thing is shown");
	assert_int_equal(t->p.app->theme.look[LOOK_SERVER].foreground, 4);
	panel_play_draw(&t->p, PANEL_HELP, 200, 100);
	assert_true(panel_play_line(&t->p, "\nWrong in these files\ntheme:3: no such thing is shown\n") > 0);
}

static void test_more_wrong(void **state)
{
	struct settings_test *t = *state;

	write_file(t, "theme", SLICE_LIT("a\n"));
	write_file(t, "keys", SLICE_LIT("\xff\x1b[2J\nquit = \x1b\n\0\n"));
	settings_read(t->p.app);
	assert_true(slice_has_prefix(slice_str(t->p.app->message),
				     SLICE_LIT("4 lines of settings are wrong, see help; theme:1: wants NAME = COLOURS")));
	assert_true(slice_find_byte(buffer_slice(&t->p.app->settings_wrong), 0x1b) == t->p.app->settings_wrong.len);
}

static void test_limits(void **state)
{
	struct settings_test *t = *state;
	struct buffer text = {NULL, 0, 0};

	for (unsigned i = 0; i <= SETTINGS_LINE_MAX; i++)
		buffer_add_byte(&text, ' ');
	buffer_add_str(&text, "\nquit = X\n");
	write_file(t, "keys", buffer_slice(&text));
	while (text.len < 2 * SETTINGS_FILE_MAX)
		buffer_add_str(&text, "# filler\n");
	buffer_add_str(&text, "client = red\n");
	write_file(t, "theme", buffer_slice(&text));
	settings_read(t->p.app);
	expect_wrong(t, "theme: only the first 64 KiB are read\ntheme:1: the line is too long\ntheme:2: no such thing is shown\n"
			"keys:1: the line is too long\n");
	assert_int_equal(keymap_action(&t->p.app->keymap, 'X'), ACTION_QUIT);
	assert_int_equal(t->p.app->theme.look[LOOK_CLIENT].foreground, 6);
	buffer_free(&text);
}

static void test_many_wrong(void **state)
{
	struct settings_test *t = *state;
	struct buffer text = {NULL, 0, 0};

	for (unsigned i = 0; i < SETTINGS_WRONG_MAX + 7; i++)
		buffer_add_str(&text, "x\n");
	write_file(t, "keys", buffer_slice(&text));
	settings_read(t->p.app);
	struct slice wrong = buffer_slice(&t->p.app->settings_wrong);
	size_t lines = 0;
	for (size_t i = 0; i < wrong.len; i++)
		lines += wrong.ptr[i] == '\n';
	assert_int_equal(lines, SETTINGS_WRONG_MAX + 1);
	assert_true(slice_find(wrong, SLICE_LIT("\nand 7 more\n")) < wrong.len);
	buffer_free(&text);
}

/* What is no file is not read, and not waited for. */
static void test_no_file(void **state)
{
	struct settings_test *t = *state;
	char path[128];

	path_of(t, "theme", path);
	assert_int_equal(mkfifo(path, 0600), 0);
	path_of(t, "keys", path);
	assert_int_equal(mkdir(path, 0700), 0);
	settings_read(t->p.app);
	expect_wrong(t, "theme: not a file\nkeys: not a file\n");
}

static void expect_folder(struct settings_test *t, const char *wanted)
{
	struct buffer *folder = &t->p.app->settings_folder;

	folder->len = 0;
	settings_read(t->p.app);
	buffer_add_byte(folder, 0);
	assert_string_equal((const char *)folder->data, wanted);
	folder->len--;
}

static void test_folder(void **state)
{
	struct settings_test *t = *state;

	setenv("HOME", "/nowhere", 1);
	setenv("XDG_CONFIG_HOME", "/elsewhere", 1);
	expect_folder(t, "/elsewhere/msnscope");
	setenv("XDG_CONFIG_HOME", "relative", 1);
	expect_folder(t, "/nowhere/.config/msnscope");
	unsetenv("XDG_CONFIG_HOME");
	expect_folder(t, "/nowhere/.config/msnscope");
	unsetenv("HOME");
	expect_folder(t, "");
	expect_wrong(t, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_small),
		cmocka_unit_test_setup_teardown(test_no_files, settings_setup, settings_teardown),
		cmocka_unit_test_setup_teardown(test_files, settings_setup, settings_teardown),
		cmocka_unit_test_setup_teardown(test_wrong, settings_setup, settings_teardown),
		cmocka_unit_test_setup_teardown(test_more_wrong, settings_setup, settings_teardown),
		cmocka_unit_test_setup_teardown(test_limits, settings_setup, settings_teardown),
		cmocka_unit_test_setup_teardown(test_many_wrong, settings_setup, settings_teardown),
		cmocka_unit_test_setup_teardown(test_no_file, settings_setup, settings_teardown),
		cmocka_unit_test_setup_teardown(test_folder, settings_setup, settings_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
