/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/menu.h"

#include <stdlib.h>

#include "util/memory.h"

/* Items with a number to type. */
#define NUMBERED 9u
/* Columns of the number and the blank behind it, and of a tick. */
#define NUMBER_COLUMNS 2
#define TICK_COLUMNS 4

static const char tick_hint[] = " Space ticks, Enter closes ";

struct menu {
	const char *title;
	struct menu_item items[MENU_ITEMS_MAX];
	struct list list;
	bool ticks;
	void (*chosen)(struct app *app, int id, bool ticked);
};

void menu_open(struct app *app, const char *title, const struct menu_item *items, size_t count, bool ticks,
	       void (*chosen)(struct app *app, int id, bool ticked))
{
	struct menu *m = memory_zalloc(sizeof(*m));

	menu_close(app);
	count = count < MENU_ITEMS_MAX ? count : MENU_ITEMS_MAX;
	m->title = title;
	m->ticks = ticks;
	m->chosen = chosen;
	for (size_t i = 0; i < count; i++)
		m->items[i] = items[i];
	list_layout(&m->list, (uint32_t)count, (int)count);
	while (m->list.selected + 1 < count && items[m->list.selected].absent)
		list_select(&m->list, m->list.selected + 1);
	app->menu = m;
}

void menu_close(struct app *app)
{
	free(app->menu);
	app->menu = NULL;
}

/* --- keys --- */

static void choose(struct app *app, uint32_t line)
{
	struct menu *m = app->menu;
	void (*chosen)(struct app *, int, bool) = m->chosen;

	if (line >= m->list.count || m->items[line].absent)
		return;
	struct menu_item *item = &m->items[line];
	item->ticked = m->ticks && !item->ticked;
	int id = item->id;
	bool ticked = item->ticked;
	list_select(&m->list, line);
	if (!m->ticks)
		menu_close(app);
	chosen(app, id, ticked);
}

void menu_key(struct app *app, uint32_t key)
{
	struct menu *m = app->menu;
	enum action a = keymap_action(&app->keymap, key);

	if (key >= '1' && key < '1' + NUMBERED)
		choose(app, key - '1');
	else if (m->ticks ? key == ' ' : key == KEYS_ENTER)
		choose(app, m->list.selected);
	else if (key == KEYS_ENTER || a == ACTION_BACK || a == ACTION_INTERRUPT)
		menu_close(app);
	else
		list_act(&m->list, a);
}

/* --- drawing --- */

/* In the middle, as large as what it holds, and no larger than the canvas. */
static struct area box_of(const struct menu *m, const struct canvas *c)
{
	int width = text_columns(slice_str(m->title)), rows = (int)m->list.count + 2;

	for (uint32_t i = 0; i < m->list.count; i++) {
		int columns = text_columns(slice_str(m->items[i].text)) + NUMBER_COLUMNS + (m->ticks ? TICK_COLUMNS : 0);

		width = columns > width ? columns : width;
	}
	if (m->ticks && width < (int)sizeof(tick_hint) - 3)
		width = (int)sizeof(tick_hint) - 3;
	width = width + 4 < c->columns ? width + 4 : c->columns;
	rows = rows < c->rows ? rows : c->rows;
	return (struct area){(c->rows - rows) / 2, (c->columns - width) / 2, rows, width};
}

static void draw_edge(struct canvas *c, struct area a, int row, const char *left, const char *right)
{
	canvas_str(c, row, a.column, 1, LOOK_FRAME, left);
	for (int i = 1; i < a.columns - 1; i++)
		canvas_str(c, row, a.column + i, 1, LOOK_FRAME, "─");
	canvas_str(c, row, a.column + a.columns - 1, 1, LOOK_FRAME, right);
}

static void draw_frame(struct canvas *c, struct area a, const struct menu *m)
{
	canvas_fill(c, a, LOOK_NORMAL);
	draw_edge(c, a, a.row, "┌", "┐");
	draw_edge(c, a, a.row + a.rows - 1, "└", "┘");
	for (int i = 1; i < a.rows - 1; i++) {
		canvas_str(c, a.row + i, a.column, 1, LOOK_FRAME, "│");
		canvas_str(c, a.row + i, a.column + a.columns - 1, 1, LOOK_FRAME, "│");
	}
	canvas_printf(c, a.row, a.column + 1, a.columns - 2, LOOK_TITLE, " %s ", m->title);
	if (m->ticks)
		canvas_str(c, a.row + a.rows - 1, a.column + 1, a.columns - 2, LOOK_DIM, tick_hint);
}

static void draw_item(struct canvas *c, struct area a, const struct menu *m, uint32_t line)
{
	const struct menu_item *item = &m->items[line];
	enum look look = item->absent ? LOOK_DIM : LOOK_NORMAL;
	int at = a.column + NUMBER_COLUMNS;

	if (line < NUMBERED)
		canvas_printf(c, a.row, a.column, a.columns, LOOK_DIM, "%u", (unsigned)line + 1);
	if (m->ticks)
		at += canvas_str(c, a.row, at, a.column + a.columns - at, look, item->ticked ? "[x] " : "[ ] ");
	canvas_str(c, a.row, at, a.column + a.columns - at, look, item->text);
	if (line == m->list.selected)
		canvas_tint(c, a, LOOK_SELECTED);
}

void menu_draw(const struct app *app, struct canvas *c)
{
	const struct menu *m = app->menu;
	struct area a = box_of(m, c);
	struct list list = m->list;

	draw_frame(c, a, m);
	a = area_columns(area_rows(a, 1, a.rows - 2), 2, a.columns - 4);
	list_layout(&list, list.count, a.rows);
	for (int i = 0; i < a.rows && list.top + (uint32_t)i < list.count; i++)
		draw_item(c, area_rows(a, i, 1), m, list.top + (uint32_t)i);
}
