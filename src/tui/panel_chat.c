/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was said in the conversation under the cursor.  Only the lines around
 * the selected one are read: one takes a line of the screen at least, so that
 * as many as fit before and behind it are enough.
 */
#include <stdlib.h>

#include "output/style.h"
#include "output/talk_text.h"
#include "tui/app.h"
#include "tui/text_lines.h"
#include "tui/text_match.h"
#include "util/memory.h"

/* Columns of the time, and what further lines are indented by. */
#define INDENT 9u

struct chat {
	struct panel panel;
	struct list list;         /* lines of the conversation: shown */
	uint32_t conversation;    /* that the rest is made of */
	uint32_t *shown;          /* its talks that are shown */
	uint32_t looked;          /* talks looked at */
	size_t capacity;
	bool typing;              /* who types is shown, too */
	int above;                /* lines of the screen above the selected one; negative: it begins above the screen */
	int height;               /* lines of the screen that the selected one takes */
	int rows;                 /* lines of the screen */
	struct text_lines text;   /* the lines around */
	struct buffer source;
	uint32_t begin, end;      /* that it holds */
	size_t *lines;            /* the first line of text of each, and behind the last */
	size_t lines_capacity;
	struct arena arena;
};

/* --- what is shown --- */

static const struct store_conversation *conversation(const struct chat *h)
{
	const struct app *app = h->panel.app;

	return app->conversation < store_conversations(app->store) ? store_conversation(app->store, app->conversation) : NULL;
}

static const struct store_talk *talk_at(const struct chat *h, uint32_t line)
{
	return &conversation(h)->talks[h->shown[line]];
}

static void forget(struct chat *h)
{
	h->looked = 0;
	h->list = (struct list){.count = 0};
	h->above = 0;
}

static void gather(struct chat *h)
{
	const struct store_conversation *c = conversation(h);
	uint32_t count = c ? (uint32_t)c->talk_count : 0, shown = h->list.count;

	if (h->conversation != h->panel.app->conversation || count < h->looked) {
		forget(h);
		shown = 0;
	}
	h->conversation = h->panel.app->conversation;
	if (count > h->capacity) {
		h->capacity = count + count / 2;
		h->shown = memory_realloc(h->shown, h->capacity * sizeof(*h->shown));
	}
	for (; h->looked < count; h->looked++)
		if (h->typing || c->talks[h->looked].kind != TALK_TYPING)
			h->shown[shown++] = h->looked;
	/* The page of the list moves its cursor; what is at the top is known in lines of the screen only. */
	list_layout(&h->list, shown, h->rows);
}

/* --- texts --- */

static enum style style_of(enum talk_kind kind)
{
	switch (kind) {
	case TALK_TEXT:
	case TALK_ACTION:
		return STYLE_PLAIN;
	case TALK_FAILED:
		return STYLE_ERROR;
	case TALK_NUDGE:
	case TALK_WINK:
	case TALK_VOICE:
	case TALK_INK:
	case TALK_OFFER:
	case TALK_OBJECT:
		return STYLE_NOTE;
	default:
		return STYLE_DIM;
	}
}

/* Anything but what is said has one colour; in that the speaker's stands out. */
static void add_line(struct chat *h, struct buffer *out, const struct store_talk *t)
{
	enum style style = style_of((enum talk_kind)t->kind);
	struct talk line;

	style_begin(out, true, STYLE_DIM);
	talk_text_time(out, t->time_ns);
	style_end(out, true, STYLE_DIM);
	buffer_add_byte(out, ' ');
	style_begin(out, true, style);
	if (store_talk_line(h->panel.app->store, t, &h->arena, &line)) {
		talk_text_line(out, &line, style == STYLE_PLAIN, INDENT);
		out->len--; /* the line end */
	} else {
		buffer_add_str(out, "(this line could not be kept)");
	}
	style_end(out, true, style);
	buffer_add_byte(out, '\n');
	arena_reset(&h->arena);
}

/* The date stands above the first line of each day. */
static void add_date(const struct chat *h, struct buffer *out, uint32_t line)
{
	struct buffer before = {NULL, 0, 0}, date = {NULL, 0, 0};

	talk_text_date(&date, talk_at(h, line)->time_ns);
	if (line > 0)
		talk_text_date(&before, talk_at(h, line - 1)->time_ns);
	if (!slice_eq(buffer_slice(&before), buffer_slice(&date))) {
		style_begin(out, true, STYLE_HEADING);
		buffer_add_slice(out, buffer_slice(&date));
		style_end(out, true, STYLE_HEADING);
		buffer_add_byte(out, '\n');
	}
	buffer_free(&before);
	buffer_free(&date);
}

static size_t count_lines(struct slice text)
{
	size_t count = 0, at;

	while ((at = slice_find_byte(text, '\n')) < text.len) {
		count++;
		text = slice_sub(text, at + 1, text.len);
	}
	return count;
}

/* Makes the text around the selected line. */
static void make_text(struct chat *h)
{
	uint32_t page = (uint32_t)(h->rows > 0 ? h->rows : 1), selected = h->list.selected;
	size_t lines = 0;

	h->begin = selected > page ? selected - page : 0;
	h->end = h->list.count - selected > page ? selected + page + 1 : h->list.count;
	if (h->end - h->begin + 1 > h->lines_capacity) {
		h->lines_capacity = 2 * page + 3;
		h->lines = memory_realloc(h->lines, h->lines_capacity * sizeof(*h->lines));
	}
	h->source.len = 0;
	for (uint32_t i = h->begin; i < h->end; i++) {
		size_t from = h->source.len;

		h->lines[i - h->begin] = lines;
		add_date(h, &h->source, i);
		add_line(h, &h->source, talk_at(h, i));
		lines += count_lines(slice_sub(buffer_slice(&h->source), from, h->source.len));
	}
	h->lines[h->end - h->begin] = lines;
	text_lines_set(&h->text, buffer_slice(&h->source));
}

/* --- drawing --- */

/* The first line of the screen that belongs to a line of text, or to one behind it. */
static uint32_t screen_line(const struct chat *h, size_t line)
{
	uint32_t low = 0, high = h->text.list.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (text_lines_source(&h->text, middle) < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The selected line stays where it is on the screen as far as it can. */
static int place(struct chat *h, uint32_t first)
{
	int lines = (int)h->text.list.count, top;

	if (h->above + h->height > h->rows)
		h->above = h->rows - h->height > 0 || h->above > 0 ? h->rows - h->height : h->above;
	if (h->above < 0 && h->height <= h->rows)
		h->above = 0;
	if (h->height > h->rows)
		h->above = h->above > 0 ? 0 : h->above < h->rows - h->height ? h->rows - h->height : h->above;
	top = (int)first - h->above;
	/* No blank lines above the first or below the last one. */
	if (top + h->rows > lines)
		top = lines - h->rows;
	if (top < 0)
		top = 0;
	h->above = (int)first - top;
	return top;
}

static void draw_heading(const struct chat *h, struct canvas *c, struct area a)
{
	struct buffer text = {NULL, 0, 0};

	canvas_fill(c, area_rows(a, 0, 1), LOOK_HEADER);
	if (conversation(h))
		talk_text_heading(&text, &conversation(h)->info, false);
	canvas_text(c, a.row, a.column, a.columns, LOOK_HEADER, buffer_slice(&text));
	buffer_free(&text);
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct chat *h = (struct chat *)p;

	draw_heading(h, c, a);
	a = area_rows(a, 1, a.rows - 1);
	h->rows = a.rows;
	gather(h);
	if (h->list.count == 0 || a.rows == 0 || a.columns == 0)
		return;
	make_text(h);
	/* Drawn once to learn how many lines of the screen there are. */
	text_lines_draw(&h->text, c, a, false, focused);
	size_t *lines = &h->lines[h->list.selected - h->begin];
	uint32_t first = screen_line(h, lines[0]), behind = screen_line(h, lines[1]);
	h->height = (int)(behind - first);
	int top = place(h, first);
	canvas_fill(c, a, LOOK_NORMAL);
	h->text.list.top = h->text.list.selected = (uint32_t)top;
	text_lines_draw(&h->text, c, a, false, focused);
	canvas_tint(c, area_rows(a, h->above, h->height + (h->above < 0 ? h->above : 0)), focused ? LOOK_SELECTED : LOOK_SELECTED_ASIDE);
}

/* --- acting --- */

/* A line longer than the screen is gone through before the next one is. */
static bool scroll_inside(struct chat *h, enum action a)
{
	if (a == ACTION_DOWN && h->above + h->height > h->rows)
		h->above--;
	else if (a == ACTION_UP && h->above < 0)
		h->above++;
	else
		return false;
	return true;
}

/* Where the new line comes to stand when it is seen already; else at the end it came from. */
static void move(struct chat *h, uint32_t before)
{
	uint32_t now = h->list.selected;

	if (now < h->begin || now >= h->end || before < h->begin || before >= h->end)
		h->above = now < before ? 0 : h->rows;
	else
		h->above += (int)screen_line(h, h->lines[now - h->begin]) - (int)screen_line(h, h->lines[before - h->begin]);
	if (now != before && h->above < 0)
		h->above = 0;
}

static void open_event(struct chat *h)
{
	struct app *app = h->panel.app;
	uint32_t row = h->list.count ? talk_at(h, h->list.selected)->row : STORE_NONE;

	if (row == STORE_NONE)
		app_say(app, LOOK_WARNING, "no event stands behind this line");
	else if (app_go_to_row(app, row))
		app_show(app, SCREEN_TIMELINE);
}

static void show_typing(struct chat *h, bool typing)
{
	h->typing = typing;
	forget(h);
	app_say(h->panel.app, LOOK_NORMAL, typing ? "who types is shown" : "who types is not shown");
}

static bool act(struct panel *p, enum action a)
{
	struct chat *h = (struct chat *)p;
	uint32_t before;

	gather(h);
	before = h->list.selected;
	if (scroll_inside(h, a))
		return true;
	if (list_act(&h->list, a))
		move(h, before);
	else if (a == ACTION_OPEN)
		open_event(h);
	else if (a == ACTION_UNFOLD_ALL || a == ACTION_FOLD_ALL)
		show_typing(h, a == ACTION_UNFOLD_ALL);
	else
		return false;
	return true;
}

static bool holds(void *ctx, uint32_t line, struct slice wanted)
{
	struct chat *h = ctx;
	struct buffer text = {NULL, 0, 0};
	struct talk said;
	bool found = false;

	if (store_talk_line(h->panel.app->store, talk_at(h, line), &h->arena, &said)) {
		talk_text_line(&text, &said, false, 0);
		found = text_match(buffer_slice(&text), wanted);
	}
	arena_reset(&h->arena);
	buffer_free(&text);
	return found;
}

static bool find(struct panel *p, struct slice text, bool forward)
{
	struct chat *h = (struct chat *)p;
	uint32_t before;

	gather(h);
	before = h->list.selected;
	h->text.found.len = 0;
	buffer_add_slice(&h->text.found, text);
	if (!list_find(&h->list, forward, holds, h, text))
		return false;
	move(h, before);
	return true;
}

static void click(struct panel *p, int line)
{
	struct chat *h = (struct chat *)p;
	uint32_t before = h->list.selected, at = h->text.list.top + (uint32_t)(line > 0 ? line - 1 : 0);

	if (line < 1 || at >= h->text.list.count || h->list.count == 0)
		return;
	for (uint32_t i = h->begin; i < h->end && i < h->list.count; i++)
		if (h->lines[i - h->begin] <= text_lines_source(&h->text, at))
			list_select(&h->list, i);
	move(h, before);
}

static void chat_free(struct panel *p)
{
	struct chat *h = (struct chat *)p;

	text_lines_free(&h->text);
	buffer_free(&h->source);
	arena_free(&h->arena);
	free(h->shown);
	free(h->lines);
	free(h);
}

struct panel *panel_chat_new(struct app *app)
{
	static const enum action hints[] = {ACTION_OPEN, ACTION_SEARCH, ACTION_UNFOLD_ALL, ACTION_FOLD_ALL, ACTION_NONE};
	static const struct panel_class class = {"Chat", hints, draw, act, find, click, chat_free};
	struct chat *h = memory_zalloc(sizeof(*h));

	h->panel = (struct panel){&class, app};
	h->conversation = STORE_NONE;
	h->text.wrap = true;
	h->text.indent = INDENT;
	return &h->panel;
}
