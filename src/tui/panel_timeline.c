/* SPDX-License-Identifier: BSD-2-Clause */
/* The events of the view, a line each. */
#include <stdlib.h>

#include "tui/app.h"
#include "tui/row_text.h"
#include "tui/timeline_columns.h"
#include "tui/view_list.h"
#include "util/memory.h"

/* Columns that texts are scrolled by at a time. */
#define SHIFT_STEP 8

struct timeline {
	struct panel panel;
	struct list list;
};

static void draw_row(struct timeline *t, struct canvas *c, struct area a, uint32_t place, bool focused)
{
	struct app *app = t->panel.app;
	uint32_t row = view_row(app->view, place);

	columns_draw(app, c, area_columns(a, 1, a.columns), place);
	view_list_draw_mark(app, c, a, row);
	view_list_tint(app, c, a, row, focused);
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct timeline *t = (struct timeline *)p;

	columns_header(p->app, c, area_columns(area_rows(a, 0, 1), 1, a.columns));
	canvas_tint(c, area_rows(a, 0, 1), LOOK_HEADER);
	a = area_rows(a, 1, a.rows - 1);
	view_list_layout(p->app, &t->list, a.rows);
	for (int i = 0; i < a.rows && t->list.top + (uint32_t)i < t->list.count; i++)
		draw_row(t, c, area_rows(a, i, 1), t->list.top + (uint32_t)i, focused);
	if (t->list.count == 0)
		view_list_draw_empty(p->app, c, a);
}

static bool act(struct panel *p, enum action a)
{
	struct timeline *t = (struct timeline *)p;

	if (view_list_act(p->app, &t->list, a))
		return true;
	if (a == ACTION_LEFT)
		p->app->shift = p->app->shift > SHIFT_STEP ? p->app->shift - SHIFT_STEP : 0;
	else if (a == ACTION_RIGHT)
		p->app->shift += p->app->shift < (int)ROW_TEXT_MAX ? SHIFT_STEP : 0;
	else
		return false;
	return true;
}

static void click(struct panel *p, int line)
{
	struct timeline *t = (struct timeline *)p;

	view_list_click(p->app, &t->list, line - 1);
}

static void timeline_free(struct panel *p)
{
	free(p);
}

struct panel *panel_timeline_new(struct app *app)
{
	static const enum action hints[] = {ACTION_OPEN, ACTION_FILTER, ACTION_SEARCH, ACTION_NEXT_FINDING,
					    ACTION_PARTNER, ACTION_TIME, ACTION_SAVE, ACTION_NONE};
	static const struct panel_class class = {"Timeline", hints, draw, act, NULL, click, timeline_free};
	struct timeline *t = memory_zalloc(sizeof(*t));

	t->panel = (struct panel){&class, app};
	return &t->panel;
}
