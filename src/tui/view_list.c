/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/view_list.h"

/* Columns that show that an event is the request or the reply of the one under the cursor. */
#define PARTNER_TINT 6

void view_list_layout(struct app *app, struct list *l, int rows)
{
	uint32_t count = view_count(app->view);

	list_layout(l, count, rows);
	if (app->follow && count)
		app->row = view_row(app->view, count - 1);
	if (app->row == STORE_NONE && count)
		app->row = view_row(app->view, 0);
	uint32_t place = app->row == STORE_NONE ? 0 : view_place(app->view, app->row);
	if (place != l->selected)
		list_jump(l, place);
	if (count && (place >= count || view_row(app->view, place) != app->row))
		app->row = view_row(app->view, l->selected);
}

static void take_cursor(struct app *app, const struct list *l)
{
	if (l->count)
		app->row = view_row(app->view, l->selected);
	app->follow = app->status.live && l->count && l->selected + 1 == l->count;
}

bool view_list_act(struct app *app, struct list *l, enum action a)
{
	/* The cursor may have been moved from elsewhere since the last drawing. */
	view_list_layout(app, l, (int)l->page);
	if (!list_act(l, a))
		return false;
	take_cursor(app, l);
	/* A file that is still read is followed only when asked for. */
	if (a == ACTION_BOTTOM)
		app->follow = app->status.live;
	return true;
}

void view_list_click(struct app *app, struct list *l, int line)
{
	if (line < 0 || (uint32_t)line >= l->page || l->top + (uint32_t)line >= l->count)
		return;
	list_select(l, l->top + (uint32_t)line);
	take_cursor(app, l);
}

void view_list_draw_mark(const struct app *app, struct canvas *c, struct area a, uint32_t row)
{
	static const enum look severities[] = {LOOK_NORMAL, LOOK_NOTE, LOOK_WARNING, LOOK_ERROR};
	const struct store_row *r = store_row(app->store, row);

	if (app_is_marked(app, row))
		canvas_str(c, a.row, a.column, 1, LOOK_MARK, "*");
	else if (r->severity)
		canvas_str(c, a.row, a.column, 1, severities[r->severity], "!");
}

void view_list_tint(const struct app *app, struct canvas *c, struct area a, uint32_t row, bool focused)
{
	const struct store_row *r = store_row(app->store, row);
	const struct store_row *current = app->row == STORE_NONE ? NULL : store_row(app->store, app->row);

	if (row == app->row)
		canvas_tint(c, a, focused ? LOOK_SELECTED : LOOK_SELECTED_ASIDE);
	else if (current && (current->request == row || current->reply == row || r->request == app->row))
		canvas_tint(c, area_columns(a, 1, PARTNER_TINT), LOOK_PARTNER);
}

void view_list_draw_empty(const struct app *app, struct canvas *c, struct area a)
{
	canvas_str(c, a.row, a.column + 1, a.columns - 1, LOOK_DIM,
		   app->viewing || app->status.running ? "nothing yet" : "no events");
}
