/* SPDX-License-Identifier: BSD-2-Clause */
/* The conversations, a line each; one that was captured at both ends once, unless all are asked for. */
#include <inttypes.h>
#include <stdlib.h>

#include "output/escape.h"
#include "output/talk_text.h"
#include "tui/app.h"
#include "tui/table.h"
#include "tui/text_match.h"
#include "util/memory.h"

enum { NUMBER, START, TEXTS, KIND, ENDS, USER, WITH, COLUMNS };

static const struct table_column columns[COLUMNS] = {
	{"No.", 4, 6, 9, true},
	{"Start (UTC)", 16, 16, 8, false},
	{"Texts", 5, 6, 7, true},
	{"Kind", 11, 11, 4, false},
	{"Seen", 9, 9, 3, false},
	{"User", 17, 36, 5, false},
	{"With", 12, 60, 10, false},
};

struct conversations {
	struct panel panel;
	struct list list;
	uint64_t generation;      /* of the store that the rest was made of */
	uint32_t *shown;          /* numbers, by line */
	uint32_t shown_count;
	bool *both;               /* by number: seen from another side, too */
	uint32_t capacity;        /* of both arrays */
	bool all;                 /* both sides of those that were captured at both ends */
};

/* --- what is gathered from the store --- */

/* A conversation seen from another side names the one that came before it. */
static void gather_one(struct conversations *v, uint32_t number)
{
	const struct store *store = v->panel.app->store;
	const struct store_conversation *n = store_conversation(store, number);
	uint32_t other = n->info.same_as ? store_find_conversation(store, n->file, n->info.same_as) : STORE_NONE;

	v->both[number] = other != STORE_NONE;
	if (other < number)
		v->both[other] = true;
	if (other == STORE_NONE || v->all)
		v->shown[v->shown_count++] = number;
}

static void gather(struct conversations *v)
{
	const struct store *store = v->panel.app->store;
	uint32_t count = store_conversations(store);

	if (v->generation == store_generation(store))
		return;
	v->generation = store_generation(store);
	if (count > v->capacity) {
		v->capacity = count + count / 2;
		v->shown = memory_realloc(v->shown, v->capacity * sizeof(*v->shown));
		v->both = memory_realloc(v->both, v->capacity * sizeof(*v->both));
	}
	v->shown_count = 0;
	for (uint32_t i = 0; i < count; i++)
		gather_one(v, i);
}

/* --- texts --- */

static void add_start(struct buffer *out, int64_t ns)
{
	struct buffer time = {NULL, 0, 0};

	talk_text_date(out, ns);
	buffer_add_byte(out, ' ');
	talk_text_time(&time, ns);
	/* Without the seconds. */
	buffer_add_slice(out, slice_sub(buffer_slice(&time), 0, 5));
	buffer_free(&time);
}

static void add_others(struct buffer *out, const struct conversation_info *c)
{
	const char *before = "";

	if (c->group.len) {
		escape_add(out, c->group);
		before = ": ";
	}
	for (size_t i = 0; i < c->participant_count; i++) {
		if (slice_case_eq(c->participants[i], c->user))
			continue;
		buffer_add_str(out, before);
		escape_add(out, c->participants[i]);
		before = ", ";
	}
	if (c->participants_omitted)
		buffer_printf(out, " and %" PRIu64 " more", c->participants_omitted);
}

static void add_ends(const struct conversations *v, struct buffer *out, const struct store_conversation *n)
{
	if (n->info.same_as)
		buffer_printf(out, "as %" PRIu64, n->info.same_as);
	else if (v->both[n->number])
		buffer_add_str(out, "both ends");
}

static void add_text(const struct conversations *v, struct buffer *out, unsigned column, const struct store_conversation *n)
{
	const struct conversation_info *c = &n->info;

	switch (column) {
	case NUMBER:
		if (store_files(v->panel.app->store) > 1)
			buffer_printf(out, "%" PRIu32 ".", n->file + 1);
		buffer_add_u64(out, c->id);
		break;
	case START:
		add_start(out, c->start_ns);
		break;
	case TEXTS:
		buffer_add_u64(out, c->texts);
		break;
	case KIND:
		buffer_add_str(out, conversation_kind_name(c->kind));
		break;
	case ENDS:
		add_ends(v, out, n);
		break;
	case USER:
		escape_add(out, c->user);
		break;
	case WITH:
		add_others(out, c);
		break;
	default:
		break;
	}
}

/* --- drawing --- */

static void draw_one(const struct conversations *v, const struct table *t, struct canvas *c, struct area a, uint32_t line)
{
	const struct store_conversation *n = store_conversation(v->panel.app->store, v->shown[line]);
	struct buffer text = {NULL, 0, 0};

	for (unsigned i = 0; i < COLUMNS; i++) {
		text.len = 0;
		add_text(v, &text, i, n);
		table_cell(t, i, c, a, i == USER ? LOOK_CLIENT : i == WITH ? LOOK_SERVER : LOOK_DIM, buffer_slice(&text));
	}
	buffer_free(&text);
}

/* Line of a conversation, or of the next one that is shown. */
static uint32_t line_of(const struct conversations *v, uint32_t number)
{
	uint32_t low = 0, high = v->shown_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (v->shown[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void take_cursor(struct conversations *v)
{
	v->panel.app->conversation = v->list.count ? v->shown[v->list.selected] : STORE_NONE;
}

static void lay_out(struct conversations *v, int rows)
{
	uint32_t number = v->panel.app->conversation, line;

	gather(v);
	list_layout(&v->list, v->shown_count, rows);
	line = number == STORE_NONE ? 0 : line_of(v, number);
	if (line != v->list.selected)
		list_jump(&v->list, line);
	take_cursor(v);
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct conversations *v = (struct conversations *)p;
	struct table t;

	table_layout(&t, columns, COLUMNS, a.columns);
	table_header(&t, c, a);
	a = area_rows(a, 1, a.rows - 1);
	lay_out(v, a.rows);
	for (int i = 0; i < a.rows && v->list.top + (uint32_t)i < v->list.count; i++) {
		draw_one(v, &t, c, area_rows(a, i, 1), v->list.top + (uint32_t)i);
		if (v->list.top + (uint32_t)i == v->list.selected)
			canvas_tint(c, area_rows(a, i, 1), focused ? LOOK_SELECTED : LOOK_SELECTED_ASIDE);
	}
	if (v->list.count == 0 && a.rows > 0)
		canvas_str(c, a.row, a.column + 1, a.columns - 1, LOOK_DIM,
			   p->app->status.running ? "nothing yet" : "no conversations");
}

/* --- acting --- */

static void show_all(struct conversations *v, bool all)
{
	v->all = all;
	v->generation = UINT64_MAX;
	app_say(v->panel.app, LOOK_NORMAL, all ? "both sides of conversations that were captured at both ends are shown"
					       : "conversations that were captured at both ends are shown once");
}

static bool act(struct panel *p, enum action a)
{
	struct conversations *v = (struct conversations *)p;

	lay_out(v, (int)v->list.page);
	if (list_act(&v->list, a))
		take_cursor(v);
	else if (a == ACTION_UNFOLD_ALL || a == ACTION_FOLD_ALL)
		show_all(v, a == ACTION_UNFOLD_ALL);
	else if (a == ACTION_OPEN)
		p->app->focus[SCREEN_CHAT] = 1;
	else
		return false;
	return true;
}

static bool holds(void *ctx, uint32_t line, struct slice wanted)
{
	const struct conversations *v = ctx;
	struct buffer text = {NULL, 0, 0};
	bool found = false;

	for (unsigned i = 0; i < COLUMNS && !found; i++) {
		text.len = 0;
		add_text(v, &text, i, store_conversation(v->panel.app->store, v->shown[line]));
		found = text_match(buffer_slice(&text), wanted);
	}
	buffer_free(&text);
	return found;
}

static bool find(struct panel *p, struct slice text, bool forward)
{
	struct conversations *v = (struct conversations *)p;

	lay_out(v, (int)v->list.page);
	bool found = list_find(&v->list, forward, holds, v, text);
	take_cursor(v);
	return found;
}

static void click(struct panel *p, int line)
{
	struct conversations *v = (struct conversations *)p;

	if (line < 1 || v->list.top + (uint32_t)line - 1 >= v->list.count)
		return;
	list_select(&v->list, v->list.top + (uint32_t)line - 1);
	take_cursor(v);
}

static void conversations_free(struct panel *p)
{
	struct conversations *v = (struct conversations *)p;

	free(v->shown);
	free(v->both);
	free(v);
}

struct panel *panel_conversations_new(struct app *app)
{
	static const enum action hints[] = {ACTION_OPEN, ACTION_SEARCH, ACTION_UNFOLD_ALL, ACTION_FOLD_ALL, ACTION_NONE};
	static const struct panel_class class = {"Conversations", hints, draw, act, find, click, conversations_free};
	struct conversations *v = memory_zalloc(sizeof(*v));

	v->panel = (struct panel){&class, app};
	v->generation = UINT64_MAX;
	return &v->panel;
}
