/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events of the view as arrows between the parties:
 *
 *	 Time (UTC)          client       dispatch    notification
 *	              alice@example.com   192.0.2.1     192.0.2.2
 *	19:02:11.001000      ├── VER 1 MSNP8 ──>│
 *	19:02:11.002000      │<─ VER 1 MSNP8 ───┤
 */
#include <inttypes.h>
#include <stdlib.h>

#include "tui/ladder_parties.h"
#include "tui/row_text.h"
#include "tui/timeline_columns.h"
#include "tui/view_list.h"
#include "util/memory.h"

/* Lines of the heading. */
#define HEADING 2
/* From one lifeline to the next, and from the edge to the first. */
#define GAP_MIN 20
#define GAP_MAX 80
#define MARGIN 8
/* Areas from this width on show the number of the connection, in so many columns. */
#define WIDE 100
#define CONNECTION_WIDTH 6
/* Areas narrower than this show no time. */
#define NARROW 50
/* On a shaft as long as this the text stands further in. */
#define SHAFT_LONG 24
/* A summary is begun when there is room for so much of it. */
#define SUMMARY_MIN 8

struct ladder {
	struct panel panel;
	struct list list;
	struct parties *parties;
	int gap, room;         /* between lifelines; columns of the screen for them */
	int shift;             /* columns scrolled to the left */
	uint32_t shown;        /* row that the shift was made for */
};

/* Where a line is drawn. */
struct line {
	const struct ladder *ladder;
	struct canvas *canvas;
	struct area area;      /* of the lifelines */
	uint32_t row;
};

/* --- columns --- */

static int place_of(const struct ladder *l, int column)
{
	return MARGIN + column * l->gap;
}

static int last_shift(const struct ladder *l)
{
	int width = place_of(l, parties_count(l->parties) - 1) + MARGIN + 1;

	return width > l->room ? width - l->room : 0;
}

static void set_shift(struct ladder *l, int shift)
{
	int last = last_shift(l);

	l->shift = shift < 0 ? 0 : shift > last ? last : shift;
}

/* Brings both ends of the event under the cursor onto the screen, as far as they fit. */
static void show_ends(struct ladder *l)
{
	const struct app *app = l->panel.app;
	int sender, receiver;

	if (app->row == l->shown || app->row == STORE_NONE)
		return;
	l->shown = app->row;
	if (!parties_of_row(l->parties, store_row(app->store, app->row), &sender, &receiver))
		return;
	int begin = place_of(l, sender < receiver ? sender : receiver) - MARGIN;
	int end = place_of(l, sender < receiver ? receiver : sender) + MARGIN + 1;
	if (end > l->shift + l->room)
		set_shift(l, end - l->room);
	if (begin < l->shift)
		set_shift(l, begin);
}

static void lay_out(struct ladder *l, int room)
{
	int count = parties_count(l->parties), gap = count > 1 ? (room - 2 * MARGIN - 1) / (count - 1) : GAP_MAX;

	l->room = room;
	l->gap = gap < GAP_MIN ? GAP_MIN : gap > GAP_MAX ? GAP_MAX : gap;
	show_ends(l);
	set_shift(l, l->shift);
}

/* --- drawing at places that are scrolled --- */

static bool is_visible(const struct line *d, int at)
{
	return at >= d->ladder->shift && at < d->ladder->shift + d->area.columns;
}

static void put(const struct line *d, int at, enum look look, const char *text)
{
	if (is_visible(d, at))
		canvas_str(d->canvas, d->area.row, d->area.column + at - d->ladder->shift, 1, look, text);
}

/* Draws text from a place to another; returns its columns on the screen. */
static int put_text(const struct line *d, int at, int end, enum look look, struct slice text)
{
	int skip = at < d->ladder->shift ? d->ladder->shift - at : 0, from = at + skip - d->ladder->shift;

	if (end > d->ladder->shift + d->area.columns)
		end = d->ladder->shift + d->area.columns;
	if (at + skip >= end)
		return 0;
	return canvas_text_from(d->canvas, d->area.row, d->area.column + from, end - at - skip, look, text, skip);
}

/* --- heading --- */

static void draw_heading(const struct line *d, int column)
{
	const struct ladder *l = d->ladder;
	const struct party *p = parties_at(l->parties, column);
	int at = place_of(l, column), last = parties_count(l->parties) - 1;
	/* Half the way to the neighbours, the whole margin at the edges. */
	int begin = column == 0 ? 0 : at - l->gap / 2 + 1, end = column == last ? at + MARGIN + 1 : at + (l->gap + 1) / 2;
	struct buffer kind = {NULL, 0, 0};

	buffer_add_str(&kind, party_kind_name(p->kind));
	if (p->role)
		buffer_printf(&kind, " %s", p->role);
	for (int i = 0; i < HEADING; i++) {
		struct slice text = i == 0 ? buffer_slice(&kind) : buffer_slice(&p->name);
		int half = text_columns(text) / 2, from = at - half;
		struct line line = *d;

		line.area = area_rows(d->area, i, 1);
		if (from + 2 * half >= end)
			from = end - 2 * half - 1;
		if (line.area.rows > 0)
			put_text(&line, from < begin ? begin : from, end, LOOK_HEADER, text);
	}
	buffer_free(&kind);
}

/* --- arrows --- */

static bool is_alive(const struct party *p, uint32_t row)
{
	return p->first_row <= row && (p->last_row == STORE_NONE || row <= p->last_row);
}

static void draw_lifelines(const struct line *d)
{
	const struct ladder *l = d->ladder;
	int first = (l->shift - MARGIN) / l->gap;

	for (int i = first < 0 ? 0 : first; i < parties_count(l->parties) && place_of(l, i) < l->shift + l->room; i++)
		if (is_alive(parties_at(l->parties, i), d->row))
			put(d, place_of(l, i), LOOK_FRAME, "│");
}

/* The end of an arrow on a lifeline, which may begin or end here. */
static const char *joint(const struct party *p, uint32_t row, bool sends, bool to_the_right)
{
	static const char *const joints[3][3] = {
		/* receives, sends to the right, sends to the left */
		{"│", "├", "┤"},
		{"┬", "┌", "┐"},
		{"┴", "└", "┘"},
	};
	int life = p->first_row == row ? 1 : p->last_row == row ? 2 : 0;

	return joints[life][!sends ? 0 : to_the_right ? 1 : 2];
}

/* Command and, where there is room, what it means; on a shaft that is seen from begin to end. */
static void draw_text(const struct line *d, int begin, int end, bool to_the_right, const struct row_text *text)
{
	int at = begin + (end - begin >= SHAFT_LONG ? 3 : 2), stop = end - (to_the_right ? 3 : 2);

	if (at >= stop)
		return;
	put(d, at - 1, text->look, " ");
	at += put_text(d, at, stop, text->look, text->command);
	if (text->summary.len && at + 2 + SUMMARY_MIN <= stop) {
		put(d, at, text->look, " ");
		put(d, at + 1, text->look, " ");
		at += 2 + put_text(d, at + 2, stop, LOOK_NORMAL, text->summary);
	}
	put(d, at, text->look, " ");
}

static void draw_shaft(const struct line *d, int from, int to, const struct row_text *text, bool broken)
{
	int left = from < to ? from : to, right = from < to ? to : from, shift = d->ladder->shift;
	int begin = left + 1 > shift ? left + 1 : shift, end = right < shift + d->area.columns ? right : shift + d->area.columns;

	for (int at = begin; at < end; at++)
		put(d, at, text->look, broken && at % 2 ? " " : "─");
	for (int i = 0; i < parties_count(d->ladder->parties); i++) {
		int at = place_of(d->ladder, i);

		if (at >= end)
			break;
		if (at > left && is_alive(parties_at(d->ladder->parties, i), d->row))
			put(d, at, text->look, "┼");
	}
	draw_text(d, begin, end, from < to, text);
	put(d, from < to ? to - 1 : to + 1, text->look, from < to ? ">" : "<");
}

/* What passes between nobody: its text stands beside the lifeline, where there is more room. */
static void draw_remark(const struct line *d, int column, const struct row_text *text)
{
	int at = place_of(d->ladder, column), end = d->ladder->shift + d->area.columns;
	int width = text_columns(text->command) + 2 + text_columns(text->summary);

	if (at + 2 + width <= end || at - d->ladder->shift < d->area.columns / 2) {
		at += 2;
	} else {
		int before = column > 0 ? place_of(d->ladder, column - 1) + 2 : 0;

		end = at - 1;
		at = at - 2 - width > before ? at - 2 - width : before;
	}
	at += put_text(d, at, end, text->look, text->command);
	if (at + 2 < end)
		put_text(d, at + 2, end, LOOK_NORMAL, text->summary);
}

/* An arrow that is not on the screen: its command stands at the edge that it lies beyond. */
static void draw_beyond(const struct line *d, bool left, const struct row_text *text)
{
	int width = d->area.columns, command = text_columns(text->command), at = 0;

	if (left) {
		at += canvas_str(d->canvas, d->area.row, d->area.column, width, LOOK_DIM, "<< ");
		canvas_text(d->canvas, d->area.row, d->area.column + at, width - at, LOOK_DIM, text->command);
		return;
	}
	at = command + 3 < width ? width - command - 3 : 0;
	at += canvas_text(d->canvas, d->area.row, d->area.column + at, width - 3 - at, LOOK_DIM, text->command);
	canvas_str(d->canvas, d->area.row, d->area.column + at, width - at, LOOK_DIM, " >>");
}

static bool is_beyond(const struct line *d, int sender, int receiver, bool *left)
{
	const struct ladder *l = d->ladder;
	int begin = place_of(l, sender < receiver ? sender : receiver), end = place_of(l, sender < receiver ? receiver : sender);

	*left = end < l->shift;
	return *left || begin >= l->shift + d->area.columns;
}

static void draw_arrow(const struct line *d, const struct store_row *r)
{
	const struct ladder *l = d->ladder;
	const struct row_text *text = row_text(l->panel.app->row_texts, d->row);
	int sender, receiver;
	bool left;

	if (!parties_of_row(l->parties, r, &sender, &receiver))
		return;
	if (is_beyond(d, sender, receiver, &left)) {
		draw_beyond(d, left, text);
		return;
	}
	if (sender == receiver || r->kind == EVENT_GATEWAY || r->kind == EVENT_MISSING || r->kind == EVENT_TLS) {
		const struct party *first = parties_at(l->parties, sender);
		int column = r->kind == EVENT_GATEWAY && first->kind != PARTY_GATEWAY ? receiver : sender;

		draw_remark(d, column, text);
		return;
	}
	bool to_the_right = sender < receiver;
	draw_shaft(d, place_of(l, sender), place_of(l, receiver), text, r->kind == EVENT_LOST);
	put(d, place_of(l, sender), text->look, joint(parties_at(l->parties, sender), d->row, true, to_the_right));
	put(d, place_of(l, receiver), text->look, joint(parties_at(l->parties, receiver), d->row, false, to_the_right));
}

/* --- the panel --- */

/* Mark, time and connection stand to the left.  Returns their columns. */
static int left_width(const struct ladder *l, int columns)
{
	if (columns < NARROW)
		return 1;
	return 2 + columns_time_width(l->panel.app) + (columns >= WIDE ? CONNECTION_WIDTH : 0);
}

static void draw_left(const struct ladder *l, struct canvas *c, struct area a, uint32_t place, int columns)
{
	const struct app *app = l->panel.app;
	uint32_t row = view_row(app->view, place);
	int width = columns_time_width(app), wide;
	struct buffer text = {NULL, 0, 0};

	view_list_draw_mark(app, c, a, row);
	if (columns < NARROW)
		return;
	columns_add_time(app, &text, row, place ? view_row(app->view, place - 1) : STORE_NONE);
	wide = text_columns(buffer_slice(&text));
	canvas_text(c, a.row, a.column + 1 + (wide < width ? width - wide : 0), width, LOOK_DIM, buffer_slice(&text));
	if (columns >= WIDE)
		canvas_printf(c, a.row, a.column + 1 + width, CONNECTION_WIDTH, LOOK_DIM, "%5" PRIu64,
			      store_connection(app->store, store_row(app->store, row)->connection)->info.id);
	buffer_free(&text);
}

static void draw_headings(const struct ladder *l, struct canvas *c, struct area a, int left)
{
	struct line d = {l, c, area_columns(area_rows(a, 0, HEADING), left, a.columns), STORE_NONE};

	canvas_fill(c, area_rows(a, 0, HEADING), LOOK_HEADER);
	for (int i = 0; i < parties_count(l->parties); i++)
		draw_heading(&d, i);
	if (a.columns < NARROW)
		return;
	canvas_str(c, a.row, a.column + 1, columns_time_width(l->panel.app), LOOK_HEADER, columns_time_title(l->panel.app));
	if (a.columns >= WIDE)
		canvas_str(c, a.row, a.column + left - CONNECTION_WIDTH, CONNECTION_WIDTH, LOOK_HEADER, "Conn.");
}

static void draw_event(const struct ladder *l, struct canvas *c, struct area a, uint32_t place, int left, bool focused)
{
	struct app *app = l->panel.app;
	uint32_t row = view_row(app->view, place);
	struct line d = {l, c, area_columns(a, left, a.columns), row};

	draw_left(l, c, a, place, a.columns);
	draw_lifelines(&d);
	draw_arrow(&d, store_row(app->store, row));
	view_list_tint(app, c, a, row, focused);
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct ladder *l = (struct ladder *)p;
	struct area lines = area_rows(a, HEADING, a.rows);
	int left = left_width(l, a.columns);

	/* What is left is seen at the next drawing, which is then asked for. */
	if (parties_refresh(l->parties, p->app))
		p->app->generation = UINT64_MAX;
	view_list_layout(p->app, &l->list, lines.rows);
	lay_out(l, a.columns - left > 0 ? a.columns - left : 1);
	if (a.rows > HEADING)
		draw_headings(l, c, a, left);
	for (int i = 0; i < lines.rows && l->list.top + (uint32_t)i < l->list.count; i++)
		draw_event(l, c, area_rows(lines, i, 1), l->list.top + (uint32_t)i, left, focused);
	if (l->list.count == 0)
		view_list_draw_empty(p->app, c, lines);
}

static bool act(struct panel *p, enum action a)
{
	struct ladder *l = (struct ladder *)p;

	if (view_list_act(p->app, &l->list, a))
		return true;
	if (a != ACTION_LEFT && a != ACTION_RIGHT)
		return false;
	set_shift(l, l->shift + (a == ACTION_LEFT ? -l->gap : l->gap));
	return true;
}

static void click(struct panel *p, int line)
{
	view_list_click(p->app, &((struct ladder *)p)->list, line - HEADING);
}

static void ladder_free(struct panel *p)
{
	parties_free(((struct ladder *)p)->parties);
	free(p);
}

struct panel *panel_ladder_new(struct app *app)
{
	static const enum action hints[] = {ACTION_OPEN, ACTION_ONLY_SESSION, ACTION_FILTER, ACTION_SEARCH,
					    ACTION_NEXT_FINDING, ACTION_TIME, ACTION_NONE};
	static const struct panel_class class = {"Ladder", hints, draw, act, NULL, click, ladder_free};
	struct ladder *l = memory_zalloc(sizeof(*l));

	l->panel = (struct panel){&class, app};
	l->parties = parties_new();
	l->shown = STORE_NONE;
	l->gap = GAP_MIN;
	l->room = 1;
	return &l->panel;
}
