/* SPDX-License-Identifier: BSD-2-Clause */
/* All that is known of the entry under the cursor of the reference. */
#include <stdlib.h>

#include "tui/panel_reference.h"
#include "tui/text_lines.h"
#include "util/memory.h"

/* Columns that continued lines are set in. */
#define INDENT 6

struct reference_text {
	struct panel panel;
	struct text_lines lines;
	const struct reference_entry *entry; /* that it is about */
};

static void refresh(struct reference_text *t)
{
	const struct reference_entry *entry = panel_reference_entry(t->panel.app->panels[PANEL_REFERENCE]);
	struct buffer text = {NULL, 0, 0};

	if (entry == t->entry)
		return;
	t->entry = entry;
	if (entry)
		reference_entry_text(&text, entry);
	text_lines_set(&t->lines, buffer_slice(&text));
	t->lines.list.top = 0;
	buffer_free(&text);
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct reference_text *t = (struct reference_text *)p;

	refresh(t);
	text_lines_draw(&t->lines, c, a, false, focused);
}

static bool act(struct panel *p, enum action a)
{
	return text_lines_act(&((struct reference_text *)p)->lines, a);
}

static bool find(struct panel *p, struct slice text, bool forward)
{
	return text_lines_find(&((struct reference_text *)p)->lines, text, forward);
}

static void text_free(struct panel *p)
{
	text_lines_free(&((struct reference_text *)p)->lines);
	free(p);
}

struct panel *panel_reference_text_new(struct app *app)
{
	static const enum action hints[] = {ACTION_SEARCH, ACTION_FIND_NEXT, ACTION_NONE};
	static const struct panel_class class = {"Details", hints, draw, act, find, NULL, text_free};
	struct reference_text *t = memory_zalloc(sizeof(*t));

	t->panel = (struct panel){&class, app};
	t->lines.wrap = true;
	t->lines.indent = INDENT;
	return &t->panel;
}
