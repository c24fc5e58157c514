/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong or strange: notices about the files, then the findings of all events. */
#include <inttypes.h>
#include <stdlib.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "output/timestamp.h"
#include "tui/app.h"
#include "tui/findings_index.h"
#include "tui/table.h"
#include "tui/text_match.h"
#include "tui/timeline_columns.h"
#include "util/memory.h"

enum { NUMBER, TIME, SEVERITY, RULE, VERDICT, TEXT, COLUMNS };

static const struct table_column columns[COLUMNS] = {
	{"Event", 6, 10, 4, true},
	{"Time", 15, 18, 2, true},
	{"Severity", 8, 8, 3, false},
	{"Rule", 20, 30, 1, false},
	{"Verdict", 11, 11, 0, false},
	{"Finding", 20, 400, 5, false},
};

/* Lines above the list: counts, and the headings of its columns. */
#define HEADING 2

struct findings {
	struct panel panel;
	struct list list;          /* notices that are severe enough, then findings */
	struct findings_index index;
	size_t *notices;           /* those shown */
	size_t notice_count, notice_capacity;
	size_t notices_looked;
	uint64_t notice_counts[3];
	struct masks masks;
};

static const enum look looks[] = {[SEVERITY_NOTE] = LOOK_NOTE, [SEVERITY_WARNING] = LOOK_WARNING, [SEVERITY_ERROR] = LOOK_ERROR};

/* --- what is shown --- */

static void show_notice(struct findings *f, size_t notice)
{
	if (store_notice(f->panel.app->store, notice)->severity < f->index.least)
		return;
	if (f->notice_count == f->notice_capacity) {
		f->notice_capacity = f->notice_capacity ? 2 * f->notice_capacity : 16;
		f->notices = memory_realloc(f->notices, f->notice_capacity * sizeof(*f->notices));
	}
	f->notices[f->notice_count++] = notice;
}

/* What is left is seen at the next drawing, which is then asked for.  The cursor stays on its finding. */
static void gather(struct findings *f, int rows)
{
	struct app *app = f->panel.app;
	size_t before = f->notice_count;

	if (findings_index_step(&f->index, app->store))
		app->generation = UINT64_MAX;
	for (; f->notices_looked < store_notices(app->store); f->notices_looked++) {
		f->notice_counts[store_notice(app->store, f->notices_looked)->severity]++;
		show_notice(f, f->notices_looked);
	}
	if (f->list.count && f->list.selected >= before)
		f->list.selected += (uint32_t)(f->notice_count - before);
	list_layout(&f->list, (uint32_t)f->notice_count + f->index.shown_count, rows);
}

/* The entry of the index on a line; STORE_NONE: a notice. */
static uint32_t entry_at(const struct findings *f, uint32_t line)
{
	return line < f->notice_count ? STORE_NONE : f->index.shown[line - f->notice_count];
}

/* --- texts --- */

static void add_text(const struct findings *f, struct buffer *out, const struct finding *found)
{
	masks_add_text(out, found->text.len ? found->text : slice_str(found->rule->explanation), &f->masks);
}

static void add_notice(const struct findings *f, struct buffer *out, uint32_t line)
{
	const struct store_notice *n = store_notice(f->panel.app->store, f->notices[line]);

	if (n->file < store_files(f->panel.app->store)) {
		escape_add_str(out, store_file(f->panel.app->store, n->file)->name);
		buffer_add_str(out, ": ");
	}
	escape_add(out, n->text);
}

/* Reads the finding of a line; NULL when its event was not kept. */
static const struct finding *read_line(struct findings *f, uint32_t line)
{
	struct event e;
	const struct finding *found = findings_index_read(&f->index, f->panel.app->store, entry_at(f, line), &e);

	if (found)
		event_text_masks(&f->masks, &e);
	return found;
}

/* --- drawing --- */

static void draw_notice(const struct findings *f, const struct table *t, struct canvas *c, struct area a, uint32_t line)
{
	enum severity severity = store_notice(f->panel.app->store, f->notices[line])->severity;
	struct buffer text = {NULL, 0, 0};

	table_cell(t, TIME, c, a, LOOK_DIM, SLICE_LIT("file"));
	table_cell(t, SEVERITY, c, a, looks[severity], slice_str(severity_name(severity)));
	add_notice(f, &text, line);
	/* No rule stands behind it: the text takes that room, too. */
	int at = t->at[t->width[RULE] ? RULE : TEXT];
	canvas_text(c, a.row, a.column + at, a.columns - at, LOOK_NORMAL, buffer_slice(&text));
	buffer_free(&text);
}

static void draw_finding(struct findings *f, const struct table *t, struct canvas *c, struct area a, uint32_t line)
{
	const struct app *app = f->panel.app;
	const struct finding_entry *entry = &f->index.entries[entry_at(f, line)];
	const struct finding *found = read_line(f, line);
	struct buffer text = {NULL, 0, 0};

	if (store_files(app->store) > 1)
		buffer_printf(&text, "%" PRIu32 ".", store_row_file(app->store, entry->row) + 1);
	buffer_add_u64(&text, store_row_id(app->store, entry->row));
	table_cell(t, NUMBER, c, a, LOOK_DIM, buffer_slice(&text));
	text.len = 0;
	columns_add_time(app, &text, entry->row, entry->row ? entry->row - 1 : STORE_NONE);
	table_cell(t, TIME, c, a, LOOK_DIM, buffer_slice(&text));
	table_cell(t, SEVERITY, c, a, looks[entry->severity], slice_str(severity_name((enum severity)entry->severity)));
	text.len = 0;
	if (found)
		add_text(f, &text, found);
	else
		buffer_add_str(&text, "(this event could not be kept)");
	table_cell(t, RULE, c, a, LOOK_NAME, slice_str(found ? found->rule->id : ""));
	table_cell(t, VERDICT, c, a, LOOK_DIM, slice_str(found ? verdict_name(found->rule->verdict) : ""));
	table_cell(t, TEXT, c, a, LOOK_NORMAL, buffer_slice(&text));
	buffer_free(&text);
}

/* "3 errors, 12 warnings, 40 notes; from warnings on" */
static void draw_counts(const struct findings *f, struct canvas *c, struct area a)
{
	static const char *const limits[] = {[SEVERITY_NOTE] = "", [SEVERITY_WARNING] = "; notes are not shown",
					     [SEVERITY_ERROR] = "; only errors are shown"};
	int at = 1;

	for (int i = SEVERITY_ERROR; i >= SEVERITY_NOTE; i--) {
		struct buffer text = {NULL, 0, 0};

		text_add_count(&text, f->index.counts[i] + f->notice_counts[i], severity_name((enum severity)i));
		if (i != SEVERITY_NOTE)
			buffer_add_byte(&text, ',');
		at += canvas_text(c, a.row, a.column + at, a.columns - at, looks[i], buffer_slice(&text)) + 1;
		buffer_free(&text);
	}
	at += canvas_str(c, a.row, a.column + at - 1, a.columns - at + 1, LOOK_DIM, limits[f->index.least]);
	if (f->index.omitted)
		canvas_printf(c, a.row, a.column + at - 1, a.columns - at + 1, LOOK_WARNING, "; the last %" PRIu64 " are not listed",
			      f->index.omitted);
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct findings *f = (struct findings *)p;
	struct table t;

	gather(f, a.rows - HEADING);
	table_layout(&t, columns, COLUMNS, a.columns);
	draw_counts(f, c, a);
	table_header(&t, c, area_rows(a, 1, 1));
	a = area_rows(a, HEADING, a.rows);
	for (int i = 0; i < a.rows && f->list.top + (uint32_t)i < f->list.count; i++) {
		uint32_t line = f->list.top + (uint32_t)i;

		if (line < f->notice_count)
			draw_notice(f, &t, c, area_rows(a, i, 1), line);
		else
			draw_finding(f, &t, c, area_rows(a, i, 1), line);
		if (line == f->list.selected)
			canvas_tint(c, area_rows(a, i, 1), focused ? LOOK_SELECTED : LOOK_SELECTED_ASIDE);
	}
	if (f->list.count == 0 && a.rows > 0)
		canvas_str(c, a.row, a.column + 1, a.columns - 1, LOOK_DIM,
			   p->app->status.running ? "nothing yet" : "nothing is wrong");
}

/* --- acting --- */

/* The event under the cursor follows, so that other screens show it. */
static void take_cursor(struct findings *f)
{
	uint32_t entry = f->list.count ? entry_at(f, f->list.selected) : STORE_NONE;

	if (entry == STORE_NONE)
		return;
	f->panel.app->row = f->index.entries[entry].row;
	f->panel.app->follow = false;
}

/* The cursor stays on its finding, or goes to the next one that is shown. */
static void limit(struct findings *f, bool more_severe)
{
	enum severity least = f->index.least;
	uint32_t entry = f->list.count ? entry_at(f, f->list.selected) : STORE_NONE;

	if (least == (more_severe ? SEVERITY_ERROR : SEVERITY_NOTE))
		return;
	uint32_t row = entry == STORE_NONE ? 0 : f->index.entries[entry].row;
	findings_index_limit(&f->index, (enum severity)((int)least + (more_severe ? 1 : -1)));
	f->notice_count = 0;
	for (size_t i = 0; i < f->notices_looked; i++)
		show_notice(f, i);
	list_layout(&f->list, (uint32_t)f->notice_count + f->index.shown_count, (int)f->list.page);
	list_jump(&f->list, entry == STORE_NONE ? 0 : (uint32_t)f->notice_count + findings_index_place(&f->index, row));
}

static void open_event(struct findings *f)
{
	struct app *app = f->panel.app;
	uint32_t entry = f->list.count ? entry_at(f, f->list.selected) : STORE_NONE;

	if (entry == STORE_NONE)
		app_say(app, LOOK_WARNING, "no event stands behind this line");
	else if (app_go_to_row(app, f->index.entries[entry].row))
		app_show(app, SCREEN_TIMELINE);
}

static bool act(struct panel *p, enum action a)
{
	struct findings *f = (struct findings *)p;

	gather(f, (int)f->list.page);
	if (list_act(&f->list, a))
		take_cursor(f);
	else if (a == ACTION_LEFT || a == ACTION_RIGHT)
		limit(f, a == ACTION_RIGHT);
	else if (a == ACTION_OPEN)
		open_event(f);
	else
		return false;
	return true;
}

static bool holds(void *ctx, uint32_t line, struct slice wanted)
{
	struct findings *f = ctx;
	struct buffer text = {NULL, 0, 0};
	const struct finding *found = line < f->notice_count ? NULL : read_line(f, line);

	if (found) {
		buffer_add_str(&text, found->rule->id);
		buffer_add_byte(&text, ' ');
		add_text(f, &text, found);
	} else if (line < f->notice_count) {
		add_notice(f, &text, line);
	}
	bool match = text_match(buffer_slice(&text), wanted);
	buffer_free(&text);
	return match;
}

static bool find(struct panel *p, struct slice text, bool forward)
{
	struct findings *f = (struct findings *)p;

	gather(f, (int)f->list.page);
	bool found = list_find(&f->list, forward, holds, f, text);
	take_cursor(f);
	return found;
}

static void click(struct panel *p, int line)
{
	struct findings *f = (struct findings *)p;

	if (line < HEADING || f->list.top + (uint32_t)(line - HEADING) >= f->list.count)
		return;
	list_select(&f->list, f->list.top + (uint32_t)(line - HEADING));
	take_cursor(f);
}

static void findings_free(struct panel *p)
{
	struct findings *f = (struct findings *)p;

	findings_index_free(&f->index);
	masks_free(&f->masks);
	free(f->notices);
	free(f);
}

struct panel *panel_findings_new(struct app *app)
{
	static const enum action hints[] = {ACTION_OPEN, ACTION_RIGHT, ACTION_LEFT, ACTION_SEARCH, ACTION_TIME, ACTION_NONE};
	static const struct panel_class class = {"Findings", hints, draw, act, find, click, findings_free};
	struct findings *f = memory_zalloc(sizeof(*f));

	f->panel = (struct panel){&class, app};
	masks_init(&f->masks, app->options->show_secrets);
	return &f->panel;
}
