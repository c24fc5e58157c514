/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of `msnscope stats`, all of them or one. */
#include <stdlib.h>
#include <time.h>

#include "output/stats_tables.h"
#include "output/style.h"
#include "tui/app.h"
#include "tui/tabs.h"
#include "tui/text_lines.h"
#include "util/memory.h"

/* While events come, the tables are written again after this time, or this many times that it takes, if that is longer. */
#define REFRESH_NS 2000000000
#define REFRESH_COST 20

struct statistics {
	struct panel panel;
	struct text_lines lines;
	size_t tab;           /* 0: all tables, else 1 + enum stats_table */
	/* What the text was made of: */
	bool made;
	uint64_t generation;
	size_t made_tab;
	int made_columns;
	bool made_running;
	int64_t stale_ns;     /* time from which on it may be made again for newer events */
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void add_remark(const struct app *app, struct buffer *out)
{
	if (!app->status.running)
		return;
	style_begin(out, true, STYLE_DIM);
	buffer_add_str(out, "so far; files and connections count when they end");
	style_end(out, true, STYLE_DIM);
	buffer_add_str(out, "\n\n");
}

static void make(struct statistics *s, int columns)
{
	struct app *app = s->panel.app;
	struct stats_style style = {.format = STATS_TEXT, .tables = s->tab ? 1u << (s->tab - 1) : 0, .colour = true,
				    .width = (unsigned)columns};
	struct output out;
	int64_t begin = now_ns();

	output_init(&out, -1, false);
	add_remark(app, &out.buffer);
	stats_tables_write(&out, &style, app->options->model->stats, NULL);
	if (out.buffer.len == 0)
		buffer_add_str(&out.buffer, "nothing to count");
	text_lines_set(&s->lines, buffer_slice(&out.buffer));
	output_free(&out);
	s->made = true;
	s->generation = store_generation(app->store);
	s->made_tab = s->tab;
	s->made_columns = columns;
	s->made_running = app->status.running;
	int64_t end = now_ns(), cost = (end - begin) * REFRESH_COST;
	s->stale_ns = end + (cost > REFRESH_NS ? cost : REFRESH_NS);
}

static void refresh(struct statistics *s, int columns)
{
	struct app *app = s->panel.app;
	bool newer = s->generation != store_generation(app->store);
	bool due = newer && (!app->status.running || now_ns() >= s->stale_ns);

	if (!s->made || due || s->made_tab != s->tab || s->made_columns != columns || s->made_running != app->status.running)
		make(s, columns);
	else if (newer)
		/* It is looked at again soon, even when nothing more comes. */
		app->generation = UINT64_MAX;
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct statistics *s = (struct statistics *)p;
	const char *names[1 + STATS_TABLES] = {"all"};

	for (size_t i = 0; i < STATS_TABLES; i++)
		names[1 + i] = stats_table_name((enum stats_table)i);
	tabs_draw(c, a, names, 1 + STATS_TABLES, s->tab);
	refresh(s, a.columns);
	text_lines_draw(&s->lines, c, area_rows(a, 1, a.rows), false, focused);
}

static bool act(struct panel *p, enum action a)
{
	struct statistics *s = (struct statistics *)p;

	if (a == ACTION_LEFT || a == ACTION_RIGHT) {
		s->tab = (s->tab + (a == ACTION_RIGHT ? 1 : STATS_TABLES)) % (1 + STATS_TABLES);
		s->lines.list.top = 0;
		return true;
	}
	return text_lines_act(&s->lines, a);
}

static bool find(struct panel *p, struct slice text, bool forward)
{
	return text_lines_find(&((struct statistics *)p)->lines, text, forward);
}

static void statistics_free(struct panel *p)
{
	text_lines_free(&((struct statistics *)p)->lines);
	free(p);
}

struct panel *panel_statistics_new(struct app *app)
{
	static const enum action hints[] = {ACTION_LEFT, ACTION_RIGHT, ACTION_SEARCH, ACTION_FIND_NEXT, ACTION_NONE};
	static const struct panel_class class = {"Statistics", hints, draw, act, find, NULL, statistics_free};
	struct statistics *s = memory_zalloc(sizeof(*s));

	s->panel = (struct panel){&class, app};
	return &s->panel;
}
