/* SPDX-License-Identifier: BSD-2-Clause */
/* What keys do, what looks mean, where settings lie: made of the tables of actions and looks, with the user's own keys. */
#include <stdlib.h>

#include "output/escape.h"
#include "output/style.h"
#include "tui/app.h"
#include "tui/text_lines.h"
#include "util/memory.h"

/* Columns behind which the names of actions and what they do stand. */
#define NAME_COLUMN 20
#define HELP_COLUMN 37
/* And what looks mean. */
#define MEANING_COLUMN 20
/* Columns that names of looks begin behind. */
#define LOOK_COLUMN 2

struct help {
	struct panel panel;
	struct text_lines lines;
	size_t legend;        /* line of the text that names the first look */
};

static void heading(struct buffer *out, const char *text)
{
	if (out->len)
		buffer_add_byte(out, '\n');
	style_begin(out, true, STYLE_HEADING);
	buffer_add_str(out, text);
	style_end(out, true, STYLE_HEADING);
	buffer_add_byte(out, '\n');
}

/* Blanks up to a column of the line that began there; at least one. */
static void pad(struct buffer *out, size_t begin, int column)
{
	do
		buffer_add_byte(out, ' ');
	while (text_columns(slice_sub(buffer_slice(out), begin, out->len)) < column);
}

static void add_action(struct buffer *out, const struct keymap *keymap, enum action a)
{
	size_t begin = out->len;

	buffer_add_str(out, "  ");
	keymap_add_names(out, keymap, a);
	pad(out, begin, NAME_COLUMN);
	buffer_add_str(out, action_info(a)->name);
	pad(out, begin, HELP_COLUMN);
	buffer_add_str(out, action_info(a)->help);
	buffer_add_byte(out, '\n');
}

static void add_keys(struct buffer *out, const struct keymap *keymap)
{
	const char *group = NULL;

	for (size_t i = 0; i < ACTION_COUNT; i++) {
		const struct action_info *info = action_info((enum action)i);

		if (!group || strcmp(group, info->group) != 0)
			heading(out, info->group);
		group = info->group;
		add_action(out, keymap, (enum action)i);
	}
	heading(out, "In a question");
	buffer_add_str(out, "  Enter answers it, Esc closes it; Up and Down bring back earlier answers; keys of Emacs move and rub out.\n");
}

static void add_row(struct buffer *out, const char *name, const char *meaning)
{
	size_t begin = out->len;

	for (int i = 0; i < LOOK_COLUMN; i++)
		buffer_add_byte(out, ' ');
	buffer_add_str(out, name);
	pad(out, begin, MEANING_COLUMN);
	buffer_add_str(out, meaning);
	buffer_add_byte(out, '\n');
}

static void add_signs(struct buffer *out)
{
	heading(out, "Times");
	add_row(out, "12:30:05.123456", "time of day, UTC");
	add_row(out, "5.123456", "seconds since the first event, or since the event before among those shown");
	heading(out, "Signs before events");
	add_row(out, "!", "has findings; the colour tells how grave");
	add_row(out, "*", "marked");
}

static void add_settings(struct buffer *out, const struct app *app)
{
	heading(out, "Settings");
	if (app->settings_folder.len == 0) {
		buffer_add_str(out, "  neither XDG_CONFIG_HOME nor HOME says where they lie\n");
	} else {
		buffer_add_str(out, "  in ");
		escape_add(out, buffer_slice(&app->settings_folder));
		buffer_add_byte(out, '\n');
	}
	add_row(out, "theme", "lines like: client = cyan bold");
	add_row(out, "keys", "lines like: next-finding = e ]");
	if (app->settings_wrong.len == 0)
		return;
	heading(out, "Wrong in these files");
	style_begin(out, true, STYLE_WARNING);
	buffer_add_slice(out, buffer_slice(&app->settings_wrong));
	style_end(out, true, STYLE_WARNING);
}

static size_t count_lines(const struct buffer *text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text->len; i++)
		lines += text->data[i] == '\n';
	return lines;
}

/* Cheap enough to be made whenever it is drawn; lines that stay the same are not cut anew. */
static void refresh(struct help *h)
{
	const struct app *app = h->panel.app;
	struct buffer text = {NULL, 0, 0};

	add_keys(&text, &app->keymap);
	add_signs(&text);
	heading(&text, "Looks");
	h->legend = count_lines(&text);
	for (size_t i = 0; i < LOOK_COUNT; i++)
		add_row(&text, look_name((enum look)i), look_meaning((enum look)i));
	add_settings(&text, app);
	text_lines_set(&h->lines, buffer_slice(&text));
	buffer_free(&text);
}

/* Names of looks look like it. */
static void tint_looks(const struct help *h, struct canvas *c, struct area a)
{
	for (int i = 0; i < a.rows && h->lines.list.top + (uint32_t)i < h->lines.count; i++) {
		uint32_t line = h->lines.list.top + (uint32_t)i;
		size_t look = text_lines_source(&h->lines, line) - h->legend;

		if (look >= LOOK_COUNT || text_lines_line(&h->lines, look + h->legend) != line)
			continue;
		canvas_tint(c, area_columns(area_rows(a, i, 1), LOOK_COLUMN, (int)strlen(look_name((enum look)look))), (enum look)look);
	}
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct help *h = (struct help *)p;

	refresh(h);
	text_lines_draw(&h->lines, c, a, false, focused);
	tint_looks(h, c, a);
}

static bool act(struct panel *p, enum action a)
{
	return text_lines_act(&((struct help *)p)->lines, a);
}

static bool find(struct panel *p, struct slice text, bool forward)
{
	return text_lines_find(&((struct help *)p)->lines, text, forward);
}

static void help_free(struct panel *p)
{
	text_lines_free(&((struct help *)p)->lines);
	free(p);
}

struct panel *panel_help_new(struct app *app)
{
	static const enum action hints[] = {ACTION_SEARCH, ACTION_FIND_NEXT, ACTION_NONE};
	static const struct panel_class class = {"Help", hints, draw, act, find, NULL, help_free};
	struct help *h = memory_zalloc(sizeof(*h));

	h->panel = (struct panel){&class, app};
	h->lines.wrap = true;
	h->lines.indent = HELP_COLUMN;
	return &h->panel;
}
