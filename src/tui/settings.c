/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/escape.h"

/* One file that is read. */
struct settings_file {
	struct app *app;
	const char *name;
	const char *(*take)(struct app *app, struct slice line);
	size_t *wrong;        /* messages of both files */
};

static void complain(const struct settings_file *f, size_t line, const char *what)
{
	struct buffer *out = &f->app->settings_wrong;

	if ((*f->wrong)++ >= SETTINGS_WRONG_MAX)
		return;
	buffer_add_str(out, f->name);
	if (line)
		buffer_printf(out, ":%zu", line);
	buffer_printf(out, ": %s\n", what);
}

static const char *take_theme(struct app *app, struct slice line)
{
	return theme_line(&app->theme, line);
}

static const char *take_keys(struct app *app, struct slice line)
{
	return keymap_line(&app->keymap, line);
}

static void take_lines(const struct settings_file *f, struct slice text)
{
	size_t number = 0;

	while (text.len) {
		size_t end = slice_find_byte(text, '\n');
		struct slice line = slice_sub(text, 0, end);
		const char *wrong = NULL;

		number++;
		/* Editors of other systems end lines so. */
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (line.len > SETTINGS_LINE_MAX)
			wrong = "the line is too long";
		else
			wrong = f->take(f->app, line);
		if (wrong)
			complain(f, number, wrong);
		text = slice_sub(text, end + 1, text.len);
	}
}

/* Reads what there is, up to one byte more than is taken.  Returns 0, or the error. */
static int read_all(int fd, struct buffer *text)
{
	while (text->len <= SETTINGS_FILE_MAX) {
		buffer_reserve(text, SETTINGS_FILE_MAX + 1);
		ssize_t n = read(fd, text->data + text->len, SETTINGS_FILE_MAX + 1 - text->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : 0;
		text->len += (size_t)n;
	}
	return 0;
}

static void read_open(const struct settings_file *f, int fd)
{
	struct buffer text = {NULL, 0, 0};
	struct stat info;
	int error = 0;

	if (fstat(fd, &info) != 0)
		error = errno;
	else if (!S_ISREG(info.st_mode))
		complain(f, 0, "not a file");
	else
		error = read_all(fd, &text);
	if (error)
		complain(f, 0, strerror(error));
	if (text.len > SETTINGS_FILE_MAX) {
		complain(f, 0, "only the first 64 KiB are read");
		text.len = SETTINGS_FILE_MAX;
		/* Not half a line. */
		while (text.len && text.data[text.len - 1] != '\n')
			text.len--;
	}
	take_lines(f, buffer_slice(&text));
	buffer_free(&text);
}

static void read_file(const struct settings_file *f)
{
	struct buffer path = {NULL, 0, 0};

	buffer_add_slice(&path, buffer_slice(&f->app->settings_folder));
	buffer_printf(&path, "/%s", f->name);
	buffer_add_byte(&path, 0);
	/* Whoever put a pipe there is not waited for. */
	int fd = open((const char *)path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	buffer_free(&path);
	if (fd < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			complain(f, 0, strerror(errno));
		return;
	}
	read_open(f, fd);
	close(fd);
}

/* A relative path is none, as the XDG base directory specification says. */
static void find_folder(struct buffer *out)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config == '/')
		buffer_printf(out, "%s/msnscope", config);
	else if (home && *home == '/')
		buffer_printf(out, "%s/.config/msnscope", home);
}

static void say(struct app *app, size_t wrong)
{
	struct slice text = buffer_slice(&app->settings_wrong);
	struct slice first = slice_sub(text, 0, slice_find_byte(text, '\n'));

	if (wrong > 1)
		app_say(app, LOOK_WARNING, "%zu lines of settings are wrong, see help; %.*s", wrong, SLICE_ARG(first));
	else if (wrong)
		app_say(app, LOOK_WARNING, "%.*s", SLICE_ARG(first));
	if (wrong > SETTINGS_WRONG_MAX)
		buffer_printf(&app->settings_wrong, "and %zu more\n", wrong - SETTINGS_WRONG_MAX);
}

void settings_read(struct app *app)
{
	size_t wrong = 0;
	const struct settings_file files[] = {{app, "theme", take_theme, &wrong}, {app, "keys", take_keys, &wrong}};

	find_folder(&app->settings_folder);
	if (app->settings_folder.len == 0)
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		read_file(&files[i]);
	say(app, wrong);
}
