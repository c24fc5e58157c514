/* SPDX-License-Identifier: BSD-2-Clause */
/* All that the reference explains, a line each.  While a text to search for is typed, only entries that hold it. */
#include "tui/panel_reference.h"

#include <stdlib.h>

#include "output/escape.h"
#include "tui/tabs.h"
#include "util/memory.h"

/* Columns of names that meanings stand behind where there is room. */
#define NAME_COLUMNS 5

struct reference {
	struct panel panel;
	struct reference_entries entries;
	size_t entry;         /* under the cursor */
	struct list list;
	uint32_t *shown;      /* entries */
	size_t shown_count;
	struct buffer typed;  /* that they hold; empty: all */
	struct buffer last;   /* text searched for last */
};

/* --- what is shown --- */

static void show(struct reference *r, struct slice typed)
{
	r->typed.len = 0;
	buffer_add_slice(&r->typed, typed);
	r->shown_count = 0;
	for (size_t i = 0; i < r->entries.count; i++)
		if (reference_entry_holds(&r->entries.entry[i], typed))
			r->shown[r->shown_count++] = (uint32_t)i;
}

static struct slice typed_now(const struct app *app, bool focused)
{
	bool searching = app->asked == ASK_SEARCH || app->asked == ASK_SEARCH_BACK;

	return focused && searching ? buffer_slice(&app->prompt.text) : SLICE_EMPTY;
}

/* Place of an entry among those shown, or of the one behind it. */
static uint32_t place_of(const struct reference *r, size_t entry)
{
	size_t place = 0;

	while (place < r->shown_count && r->shown[place] < entry)
		place++;
	return (uint32_t)place;
}

static size_t pointed_at(const struct reference *r)
{
	return r->typed.len ? reference_entry_best(&r->entries, buffer_slice(&r->typed)) : r->entry;
}

static void take_look_up(struct reference *r)
{
	struct app *app = r->panel.app;

	if (app->look_up.len == 0)
		return;
	size_t entry = reference_entry_named(&r->entries, app->look_up);
	if (entry < r->entries.count) {
		r->entry = entry;
	} else {
		struct buffer name = {NULL, 0, 0};

		escape_add(&name, app->look_up);
		app_say(app, LOOK_WARNING, "the reference has nothing about %.*s", SLICE_ARG(buffer_slice(&name)));
		buffer_free(&name);
	}
	app->look_up = SLICE_EMPTY;
}

const struct reference_entry *panel_reference_entry(struct panel *p)
{
	struct reference *r = (struct reference *)p;

	take_look_up(r);
	size_t entry = pointed_at(r);
	return entry < r->entries.count ? &r->entries.entry[entry] : NULL;
}

/* --- drawing --- */

static void draw_line(const struct reference *r, struct canvas *c, struct area a, uint32_t place, bool focused)
{
	const struct reference_entry *e = &r->entries.entry[r->shown[place]];
	int at = canvas_str(c, a.row, a.column, a.columns, LOOK_NAME, e->name);

	at = (at < NAME_COLUMNS ? NAME_COLUMNS : at) + 1;
	canvas_str(c, a.row, a.column + at, a.columns - at, LOOK_MEANING, e->meaning);
	if (place == r->list.selected)
		canvas_tint(c, a, focused ? LOOK_SELECTED : LOOK_SELECTED_ASIDE);
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct reference *r = (struct reference *)p;
	const char *names[REFERENCE_KINDS];
	struct slice typed = typed_now(p->app, focused);

	take_look_up(r);
	if (!slice_eq(typed, buffer_slice(&r->typed)))
		show(r, typed);
	size_t entry = pointed_at(r);
	for (size_t i = 0; i < REFERENCE_KINDS; i++)
		names[i] = reference_kind_name((enum reference_kind)i);
	tabs_draw(c, a, names, REFERENCE_KINDS, r->entries.entry[entry < r->entries.count ? entry : r->entry].kind);
	a = area_rows(a, 1, a.rows);
	list_layout(&r->list, (uint32_t)r->shown_count, a.rows);
	list_jump(&r->list, place_of(r, entry));
	for (int i = 0; i < a.rows && r->list.top + (uint32_t)i < r->shown_count; i++)
		draw_line(r, c, area_rows(a, i, 1), r->list.top + (uint32_t)i, focused);
	if (r->shown_count == 0)
		canvas_str(c, a.row, a.column, a.columns, LOOK_DIM, "no entry holds that text");
}

/* --- moving --- */

/* To the first entry of the kind before or behind. */
static void change_kind(struct reference *r, bool forward)
{
	size_t kind = r->entries.entry[r->entry].kind;

	r->entry = r->entries.first[(kind + (forward ? 1 : REFERENCE_KINDS - 1)) % REFERENCE_KINDS];
}

static bool act(struct panel *p, enum action a)
{
	struct reference *r = (struct reference *)p;

	if (a == ACTION_LEFT || a == ACTION_RIGHT) {
		change_kind(r, a == ACTION_RIGHT);
		return true;
	}
	if (a == ACTION_OPEN) {
		p->app->focus[SCREEN_REFERENCE] = 1;
		return true;
	}
	/* It may have been moved since it was drawn. */
	list_select(&r->list, place_of(r, r->entry));
	if (!list_act(&r->list, a))
		return false;
	if (r->list.selected < r->shown_count)
		r->entry = r->shown[r->list.selected];
	return true;
}

/* A text that was not looked for before leads to the entry most like it, from there on to others that hold it. */
static bool find(struct panel *p, struct slice text, bool forward)
{
	struct reference *r = (struct reference *)p;
	size_t count = r->entries.count, best = reference_entry_best(&r->entries, text);

	if (text.len == 0 || best == count)
		return false;
	if (!slice_eq(text, buffer_slice(&r->last))) {
		r->last.len = 0;
		buffer_add_slice(&r->last, text);
		r->entry = best;
		return true;
	}
	do
		r->entry = (r->entry + (forward ? 1 : count - 1)) % count;
	while (!reference_entry_holds(&r->entries.entry[r->entry], text));
	return true;
}

static void click(struct panel *p, int line)
{
	struct reference *r = (struct reference *)p;
	uint32_t place = r->list.top + (uint32_t)line - 1;

	if (line > 0 && place < r->shown_count)
		r->entry = r->shown[place];
}

static void reference_free(struct panel *p)
{
	struct reference *r = (struct reference *)p;

	reference_entries_free(&r->entries);
	free(r->shown);
	buffer_free(&r->typed);
	buffer_free(&r->last);
	free(r);
}

struct panel *panel_reference_new(struct app *app)
{
	static const enum action hints[] = {ACTION_SEARCH, ACTION_FIND_NEXT, ACTION_LEFT, ACTION_RIGHT, ACTION_NONE};
	static const struct panel_class class = {"Reference", hints, draw, act, find, click, reference_free};
	struct reference *r = memory_zalloc(sizeof(*r));

	r->panel = (struct panel){&class, app};
	reference_entries_init(&r->entries);
	r->shown = memory_alloc(r->entries.count * sizeof(*r->shown));
	show(r, SLICE_EMPTY);
	return &r->panel;
}
