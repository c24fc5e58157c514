/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/app_draw.h"

#include <inttypes.h>
#include <stdio.h>

#include "output/escape.h"
#include "tui/app_internal.h"
#include "tui/menu.h"

/* Panes stand side by side where the screen is as wide as this. */
#define WIDE_COLUMNS 100

/* --- layout --- */

static struct area inside(const struct app *app)
{
	return area_rows(canvas_area(&app->canvas), 1, app->canvas.rows - 2);
}

static void split_rows(struct layout *l, struct area a, int upper, struct area *above, struct area *below)
{
	l->divider_row = a.row + upper;
	*above = area_rows(a, 0, upper);
	*below = area_rows(a, upper + 1, a.rows);
}

static void split_columns(struct layout *l, struct area a, int left, struct area *before, struct area *behind)
{
	l->divider_column = a.column + left;
	*before = area_columns(a, 0, left);
	*behind = area_columns(a, left + 1, a.columns);
}

static void lay_out_two(const struct app *app, struct layout *l, struct area a)
{
	bool wide = a.columns >= WIDE_COLUMNS;

	if (app->screen == SCREEN_SESSIONS)
		split_rows(l, a, a.rows / 2, &l->areas[0], &l->areas[1]);
	else if (app->screen == SCREEN_REFERENCE || wide)
		split_columns(l, a, a.columns / 3, &l->areas[0], &l->areas[1]);
	else
		split_rows(l, a, a.rows / 3, &l->areas[0], &l->areas[1]);
}

struct layout app_layout(const struct app *app)
{
	struct layout l = {.divider_row = -1, .divider_column = -1};
	struct area a = inside(app), lower;

	l.count = app_panes(app, l.panes);
	size_t focus = app->focus[app->screen] < l.count ? app->focus[app->screen] : 0;
	if (app->zoomed || l.count == 1) {
		l.areas[app->zoomed ? focus : 0] = a;
	} else if (l.count == 2) {
		lay_out_two(app, &l, a);
	} else {
		split_rows(&l, a, a.rows * 2 / 5, &l.areas[0], &lower);
		/* Bytes want 4 columns each, and their offset. */
		split_columns(&l, lower, lower.columns >= 150 ? lower.columns - 77 : lower.columns / 2, &l.areas[1], &l.areas[2]);
	}
	return l;
}

/* --- the first line --- */

static void add_progress(const struct app *app, struct buffer *out)
{
	const struct tui_status *s = &app->status;
	uint32_t rows = store_rows(app->store), looked = view_looked(app->view);

	if (app->find.running)
		buffer_add_str(out, "searching  ");
	if (app->viewing && rows - looked > rows / 50)
		buffer_printf(out, "filtering %d %%  ", (int)(looked * UINT64_C(100) / rows));
	if (app->paused)
		buffer_add_str(out, "PAUSED  ");
	if (s->live)
		buffer_printf(out, "%s %" PRIu64 " packets", s->running ? "live" : "ended", s->packets);
	if (s->live && s->dropped)
		buffer_printf(out, ", %" PRIu64 " dropped", s->dropped);
	if (s->live || !s->running)
		return;
	if (s->files > 1)
		buffer_printf(out, "file %" PRIu32 " of %" PRIu32 ", ", s->file, s->files);
	if (s->total_bytes)
		buffer_printf(out, "reading %d %%", (int)(100 * (double)s->bytes / (double)s->total_bytes));
	else
		buffer_printf(out, "reading, %" PRIu64 " packets", s->packets);
}

static void add_what(const struct app *app, struct buffer *out)
{
	uint32_t rows = store_rows(app->store), shown = view_count(app->view);

	buffer_add_byte(out, ' ');
	escape_add_str(out, app->options->name);
	buffer_add_str(out, "  ");
	if (shown != rows)
		buffer_printf(out, "%" PRIu32 " of ", shown);
	buffer_printf(out, "%" PRIu32 " event%s", rows, rows == 1 ? "" : "s");
	if (app->only_session != STORE_NONE)
		buffer_printf(out, "  session %" PRIu64, store_session(app->store, app->only_session)->info.id);
	if (app->only_connection != STORE_NONE)
		buffer_printf(out, "  connection %" PRIu64, store_connection(app->store, app->only_connection)->info.id);
	if (app->filter_text.len) {
		buffer_add_str(out, "  & ");
		escape_add(out, buffer_slice(&app->filter_text));
	}
}

static void draw_top(struct app *app)
{
	static const char *const names[SCREEN_COUNT] = {"Sessions", "Timeline", "Ladder", "Chat", "Findings", "Statistics", "Reference", "Help"};
	struct canvas *c = &app->canvas;
	struct buffer text = {NULL, 0, 0};
	int right = c->columns;

	canvas_fill(c, (struct area){0, 0, 1, c->columns}, LOOK_BAR);
	add_progress(app, &text);
	if (text.len) {
		int width = text_columns(buffer_slice(&text));

		right = width + 2 < c->columns ? c->columns - width - 1 : 1;
		canvas_text(c, 0, right, c->columns - right, app->status.dropped ? LOOK_ERROR : LOOK_BAR, buffer_slice(&text));
	}
	text.len = 0;
	buffer_printf(&text, " %s ", names[app->screen]);
	int at = canvas_text(c, 0, 0, right - 1, LOOK_BAR_KEY, buffer_slice(&text));
	text.len = 0;
	add_what(app, &text);
	canvas_text(c, 0, at, right - at - 1, LOOK_BAR, buffer_slice(&text));
	buffer_free(&text);
}

/* --- the last line --- */

static int draw_hint(struct app *app, int at, enum action a)
{
	struct canvas *c = &app->canvas;
	struct buffer keys = {NULL, 0, 0};
	uint32_t key = app->keymap.key[a][0];

	if (!key)
		return at;
	buffer_add_byte(&keys, ' ');
	key_add_name(&keys, key);
	buffer_add_byte(&keys, ' ');
	int width = text_columns(buffer_slice(&keys)), name = (int)strlen(action_info(a)->name);
	if (at + width + name + 2 <= c->columns) {
		canvas_text(c, c->rows - 1, at, width, LOOK_BAR_KEY, buffer_slice(&keys));
		canvas_str(c, c->rows - 1, at + width, name, LOOK_BAR, action_info(a)->name);
		at += width + name + 1;
	}
	buffer_free(&keys);
	return at;
}

static void draw_hints(struct app *app)
{
	const enum action *hint = app->panels[app_focused(app)]->class->hints;
	int at = 0;

	canvas_fill(&app->canvas, (struct area){app->canvas.rows - 1, 0, 1, app->canvas.columns}, LOOK_BAR);
	at = draw_hint(app, at, ACTION_HELP);
	for (; hint && *hint != ACTION_NONE; hint++)
		at = draw_hint(app, at, *hint);
	at = draw_hint(app, at, ACTION_NEXT_PANE);
	draw_hint(app, at, ACTION_BACK);
}

static void draw_bottom(struct app *app)
{
	struct canvas *c = &app->canvas;

	if (app->asked != ASK_NOTHING) {
		prompt_draw(&app->prompt, c, c->rows - 1);
	} else if (app->message[0]) {
		canvas_fill(c, (struct area){c->rows - 1, 0, 1, c->columns}, LOOK_NORMAL);
		canvas_str(c, c->rows - 1, 0, c->columns, app->message_look, app->message);
	} else {
		draw_hints(app);
	}
}

/* --- panes --- */

static void draw_divider_title(struct app *app, const struct layout *l, size_t pane)
{
	const struct area *a = &l->areas[pane];
	const char *title = app->panels[l->panes[pane]]->class->title;

	if (l->divider_row < 0 || a->row != l->divider_row + 1 || a->columns < 4)
		return;
	bool focused = app_focused(app) == l->panes[pane];
	canvas_printf(&app->canvas, l->divider_row, a->column + 1, a->columns - 2, focused ? LOOK_TITLE : LOOK_FRAME, " %s ", title);
}

static void draw_dividers(struct app *app, const struct layout *l)
{
	struct canvas *c = &app->canvas;
	int first = l->divider_row >= 0 ? l->divider_row : 1;

	for (int i = 0; l->divider_row >= 0 && i < c->columns; i++)
		canvas_str(c, l->divider_row, i, 1, LOOK_FRAME, "─");
	for (int i = first; l->divider_column >= 0 && i < c->rows - 1; i++)
		canvas_str(c, i, l->divider_column, 1, LOOK_FRAME, i == l->divider_row ? "┬" : "│");
	for (size_t i = 0; i < l->count; i++)
		draw_divider_title(app, l, i);
}

void app_draw(struct app *app)
{
	struct canvas *c = &app->canvas;
	struct layout l;

	store_lock(app->store);
	app->generation = store_generation(app->store);
	canvas_fill(c, canvas_area(c), LOOK_NORMAL);
	c->cursor_row = -1;
	l = app_layout(app);
	draw_dividers(app, &l);
	for (size_t i = 0; i < l.count; i++) {
		struct panel *p = app->panels[l.panes[i]];

		if (l.areas[i].rows > 0 && l.areas[i].columns > 0)
			p->class->draw(p, c, l.areas[i], app_focused(app) == l.panes[i]);
	}
	draw_top(app);
	draw_bottom(app);
	if (app->menu)
		menu_draw(app, c);
	store_unlock(app->store);
}

void app_click(struct app *app, int row, int column)
{
	struct layout l = app_layout(app);

	store_lock(app->store);
	for (size_t i = 0; i < l.count; i++) {
		struct panel *p = app->panels[l.panes[i]];
		const struct area *a = &l.areas[i];

		if (row < a->row || row >= a->row + a->rows || column < a->column || column >= a->column + a->columns)
			continue;
		app->focus[app->screen] = i;
		if (p->class->click)
			p->class->click(p, row - a->row);
	}
	store_unlock(app->store);
	app->generation = UINT64_MAX;
}
