/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event under the cursor: what is known about it, its findings, its fields
 * as a tree, and an explanation of the field that is selected.
 */
#include <stdlib.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "output/reference.h"
#include "tui/app.h"
#include "tui/field_tree.h"
#include "tui/text_block.h"
#include "tui/text_match.h"
#include "util/memory.h"

/* Rows from which on some are given to the explanation, and how many at most. */
#define EXPLAINED_FROM 10
#define EXPLAINED_MAX 8
/* Columns of one level, and of the lines that go on. */
#define LEVEL 2
#define HANG 4
/* Bytes of a field that are shown in the explanation. */
#define RAW_MAX 4096u

struct detail {
	struct panel panel;
	struct field_tree tree;
	struct text_block head;       /* lines above the tree */
	int width;                    /* that head was made for */
	uint64_t made;                /* app->current.made that all of this was made for */
	struct list list;             /* lines of head, then those of the tree */
	const struct field_def *name; /* of the field that was selected last, and its key */
	struct buffer key;
	struct text_block explained;
	struct buffer text;           /* for one line */
};

/* --- lines above the tree --- */

static enum look severity_look(enum severity s)
{
	return s == SEVERITY_ERROR ? LOOK_ERROR : s == SEVERITY_WARNING ? LOOK_WARNING : LOOK_NOTE;
}

static void add_finding(struct buffer *out, const struct finding *f, const struct masks *masks)
{
	buffer_printf(out, "! %s %s: ", severity_name(f->rule->severity), f->rule->id);
	masks_add_text(out, f->text.len ? f->text : slice_str(f->rule->explanation), masks);
	if (f->field && f->field->def)
		buffer_printf(out, " [%s]", f->field->def->name);
	buffer_printf(out, " (%s", verdict_name(f->rule->verdict));
	if (*f->rule->reference)
		buffer_printf(out, ", %s", f->rule->reference);
	buffer_add_byte(out, ')');
}

static void make_head(struct detail *d, const struct event *e, int width)
{
	const struct masks *masks = &d->panel.app->current.masks;
	struct text_block *b = &d->head;

	text_block_clear(b);
	d->width = width;
	event_text_about(&b->text, e);
	text_block_add(b, 0, width, HANG, LOOK_DIM, NULL);
	if (e->form) {
		size_t begin = b->text.len;

		event_text_form(&b->text, e->form);
		text_block_add(b, begin, width, HANG, LOOK_NORMAL, NULL);
	}
	for (const struct finding *f = e->dissection->findings; f; f = f->next) {
		size_t begin = b->text.len;

		add_finding(&b->text, f, masks);
		text_block_add(b, begin, width, HANG, severity_look(f->rule->severity), f->field);
	}
}

/* --- selecting --- */

static uint32_t line_count(const struct detail *d)
{
	return d->head.count + d->tree.line_count;
}

/* Node under the cursor, or TREE_NONE. */
static uint32_t selected_node(const struct detail *d)
{
	uint32_t line = d->list.selected;

	return line >= d->head.count && line < line_count(d) ? d->tree.lines[line - d->head.count] : TREE_NONE;
}

/* A finding stands for the field that it is about. */
static const struct field *selected_field(const struct detail *d)
{
	uint32_t node = selected_node(d);

	if (node != TREE_NONE)
		return d->tree.nodes[node].field;
	return d->list.selected < d->head.count ? d->head.lines[d->list.selected].field : NULL;
}

/* Tells the application what is selected. */
static void publish(struct detail *d)
{
	struct current *current = &d->panel.app->current;

	current->field = selected_field(d);
	if (current->field)
		current->source = current->field->source;
}

/* The user has chosen a line. */
static void take(struct detail *d)
{
	uint32_t node = selected_node(d);

	publish(d);
	if (node == TREE_NONE)
		return;
	d->name = d->tree.nodes[node].field->def;
	d->key.len = 0;
	buffer_add_slice(&d->key, d->tree.nodes[node].field->key);
}

static void select_node(struct detail *d, uint32_t node)
{
	list_layout(&d->list, line_count(d), (int)d->list.page);
	list_jump(&d->list, d->head.count + field_tree_line(&d->tree, node));
	publish(d);
}

/* The first field of the name that was selected last, else the first of all. */
static uint32_t same_node(const struct detail *d)
{
	for (uint32_t i = 0; i < d->tree.count && d->name; i++) {
		const struct field *f = d->tree.nodes[i].field;

		if (f->def == d->name && slice_eq(f->key, buffer_slice(&d->key)))
			return i;
	}
	return 0;
}

/* --- following the application --- */

static void take_event(struct detail *d, const struct event *e, int width)
{
	d->made = d->panel.app->current.made;
	make_head(d, e, width);
	field_tree_set(&d->tree, &e->dissection->root);
	d->list.top = 0;
	if (d->tree.count) {
		select_node(d, same_node(d));
	} else {
		list_layout(&d->list, line_count(d), (int)d->list.page);
		list_select(&d->list, 0);
		publish(d);
	}
}

static void change_width(struct detail *d, const struct event *e, int width)
{
	uint32_t before = d->head.count, line = d->list.selected;

	make_head(d, e, width);
	list_layout(&d->list, line_count(d), (int)d->list.page);
	list_select(&d->list, line >= before ? line - before + d->head.count : 0);
	publish(d);
}

/* Makes what is kept that of the event under the cursor, or of none. */
static const struct event *follow(struct detail *d, int width)
{
	const struct event *e = app_current(d->panel.app);

	if (!e) {
		text_block_clear(&d->head);
		field_tree_set(&d->tree, NULL);
		d->made = 0;
		list_layout(&d->list, 0, (int)d->list.page);
	} else if (d->made != d->panel.app->current.made) {
		take_event(d, e, width);
	} else if (d->width != width) {
		change_width(d, e, width);
	}
	return e;
}

/* --- drawing --- */

static void add_name(struct buffer *out, const struct field *f)
{
	if (f->key.len)
		escape_add(out, f->key);
	else
		buffer_add_str(out, f->def->name);
}

/* Draws what was added to the text, and empties it. */
static int draw_text(struct detail *d, struct canvas *c, struct area a, int at, enum look look)
{
	int drawn = at < a.columns ? canvas_text(c, a.row, a.column + at, a.columns - at, look, buffer_slice(&d->text)) : 0;

	d->text.len = 0;
	return at + drawn;
}

static void draw_node(struct detail *d, struct canvas *c, struct area a, const struct event *e, uint32_t node)
{
	const struct masks *masks = &d->panel.app->current.masks;
	const struct field *f = d->tree.nodes[node].field;
	int at = LEVEL * (int)d->tree.nodes[node].depth;

	at = at < a.columns / 2 ? at : a.columns / 2;
	if (f->first)
		canvas_str(c, a.row, a.column + at, 1, LOOK_DIM, field_tree_is_folded(&d->tree, node) ? "+" : "-");
	d->text.len = 0;
	add_name(&d->text, f);
	buffer_add_byte(&d->text, ':');
	at = draw_text(d, c, a, at + LEVEL, LOOK_NAME) + 1;
	event_text_plain_value(&d->text, e, f, masks);
	at = draw_text(d, c, a, at, LOOK_VALUE);
	event_text_meaning(&d->text, f, masks);
	draw_text(d, c, a, at + 2, LOOK_MEANING);
}

static void draw_line(struct detail *d, struct canvas *c, struct area a, const struct event *e, uint32_t line)
{
	if (line < d->head.count)
		text_block_draw(&d->head, line, c, a);
	else
		draw_node(d, c, a, e, d->tree.lines[line - d->head.count]);
}

/* --- explaining --- */

/* What was added behind begin becomes a paragraph. */
static void explain(struct detail *d, size_t begin, int width, enum look look)
{
	text_block_add(&d->explained, begin, width, HANG, look, NULL);
}

static void explain_place(struct buffer *out, const struct event *e, const struct field *f)
{
	buffer_add_str(out, f->def->name);
	if (f->key.len) {
		buffer_add_str(out, " \"");
		escape_add(out, f->key);
		buffer_add_byte(out, '"');
	}
	buffer_printf(out, "  %s", reference_type_name(f->def->type));
	if (f->source < e->dissection->source_count)
		buffer_printf(out, "  @%s %u+%u", e->dissection->sources[f->source].name, (unsigned)f->offset,
			      (unsigned)f->length);
}

static bool form_has(const struct msnp_form *form, const struct field_def *def)
{
	for (const struct msnp_param *p = form->params; p->rule != WORD_END; p++)
		if (def == &field_defs[p->field])
			return true;
	return false;
}

static void explain_raw(struct buffer *out, const struct event *e, const struct field *f, const struct masks *masks)
{
	struct slice bytes = slice_sub(e->dissection->sources[f->source].data, f->offset, f->length);

	buffer_add_str(out, "on the wire: ");
	if (masks_hide_field(masks, f)) {
		buffer_add_str(out, MASK_TEXT);
		return;
	}
	escape_add(out, slice_sub(bytes, 0, RAW_MAX));
	if (bytes.len > RAW_MAX)
		buffer_add_str(out, "...");
}

static void make_explanation(struct detail *d, const struct event *e, const struct field *f, int width)
{
	const struct masks *masks = &d->panel.app->current.masks;
	struct buffer *text = &d->explained.text;

	text_block_clear(&d->explained);
	explain_place(text, e, f);
	explain(d, 0, width, LOOK_NAME);
	size_t begin = text->len;
	buffer_add_str(text, f->def->meaning);
	explain(d, begin, width, LOOK_NORMAL);
	begin = text->len;
	event_text_meaning(text, f, masks);
	explain(d, begin, width, LOOK_VALUE);
	begin = text->len;
	if (f->source < e->dissection->source_count)
		explain_raw(text, e, f, masks);
	explain(d, begin, width, LOOK_DIM);
	begin = text->len;
	if (e->form && form_has(e->form, f->def))
		reference_syntax(text, e->form);
	explain(d, begin, width, LOOK_MEANING);
}

static void draw_explanation(struct detail *d, struct canvas *c, struct area a, const struct event *e)
{
	const struct field *f = selected_field(d);

	for (int i = 0; i < a.columns; i++)
		canvas_str(c, a.row, a.column + i, 1, LOOK_FRAME, "─");
	if (!f || !f->def)
		return;
	a = area_rows(a, 1, a.rows - 1);
	make_explanation(d, e, f, a.columns);
	for (int i = 0; i < a.rows && (uint32_t)i < d->explained.count; i++)
		text_block_draw(&d->explained, (uint32_t)i, c, area_rows(a, i, 1));
}

static int explanation_rows(int rows)
{
	int share = rows * 2 / 5;

	return rows < EXPLAINED_FROM ? 0 : share < EXPLAINED_MAX ? share : EXPLAINED_MAX;
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct detail *d = (struct detail *)p;
	int below = explanation_rows(a.rows);

	/* Where a new event is selected depends on the room. */
	d->list.page = (uint32_t)(a.rows - below);
	const struct event *e = follow(d, a.columns);
	if (!e) {
		canvas_str(c, a.row, a.column, a.columns, LOOK_DIM,
			   p->app->row == STORE_NONE ? "no event" : "this event could not be kept");
		return;
	}
	list_layout(&d->list, line_count(d), a.rows - below);
	for (int i = 0; i < a.rows - below && d->list.top + (uint32_t)i < d->list.count; i++) {
		uint32_t line = d->list.top + (uint32_t)i;

		draw_line(d, c, area_rows(a, i, 1), e, line);
		if (line == d->list.selected)
			canvas_tint(c, area_rows(a, i, 1), focused ? LOOK_SELECTED : LOOK_SELECTED_ASIDE);
	}
	if (below)
		draw_explanation(d, c, area_rows(a, a.rows - below, below), e);
}

/* --- acting --- */

/* The cursor stays on the node, or goes to the one that now hides it. */
static void fold(struct detail *d, uint32_t node, bool folded)
{
	field_tree_fold(&d->tree, node, folded);
	select_node(d, node);
	take(d);
}

static void go_left(struct detail *d, uint32_t node)
{
	uint32_t parent = field_tree_parent(&d->tree, node);

	if (tree_has_children(&d->tree, node) && !field_tree_is_folded(&d->tree, node)) {
		fold(d, node, true);
	} else if (parent != TREE_NONE) {
		select_node(d, parent);
		take(d);
	}
}

static void go_right(struct detail *d, uint32_t node)
{
	if (!tree_has_children(&d->tree, node))
		return;
	if (field_tree_is_folded(&d->tree, node)) {
		fold(d, node, false);
	} else {
		select_node(d, node + 1);
		take(d);
	}
}

static void fold_all(struct detail *d, bool folded)
{
	uint32_t node = selected_node(d);

	field_tree_fold_all(&d->tree, folded);
	if (node != TREE_NONE)
		select_node(d, node);
	else
		list_layout(&d->list, line_count(d), (int)d->list.page);
	take(d);
}

/* Shows the field in the reference; the name of a command as that command. */
static bool look_up(struct detail *d, const struct field *f)
{
	struct app *app = d->panel.app;

	if (!f || !f->def)
		return false;
	app->look_up = f->def == &field_defs[F_MSNP_NAME] ? store_name(app->store, store_row(app->store, app->row)->name)
							  : slice_str(f->def->name);
	app_show(app, SCREEN_REFERENCE);
	return true;
}

static bool is_command_word(const struct field *f)
{
	return strncmp(f->def->name, "msnp.", 5) == 0;
}

static void open_node(struct detail *d, uint32_t node)
{
	const struct field *f = d->tree.nodes[node].field;

	if (f->first && !is_command_word(f))
		fold(d, node, !field_tree_is_folded(&d->tree, node));
	else
		look_up(d, f);
}

static bool act_on_node(struct detail *d, enum action a, uint32_t node)
{
	switch (a) {
	case ACTION_LEFT:
		go_left(d, node);
		return true;
	case ACTION_RIGHT:
		go_right(d, node);
		return true;
	case ACTION_OPEN:
		open_node(d, node);
		return true;
	default:
		return false;
	}
}

static bool act(struct panel *p, enum action a)
{
	struct detail *d = (struct detail *)p;

	if (!follow(d, d->width))
		return false;
	uint32_t node = selected_node(d);
	if (list_act(&d->list, a))
		take(d);
	else if (a == ACTION_FOLD_ALL || a == ACTION_UNFOLD_ALL)
		fold_all(d, a == ACTION_FOLD_ALL);
	else if (a == ACTION_LOOK_UP)
		return look_up(d, selected_field(d));
	else if (node != TREE_NONE)
		return act_on_node(d, a, node);
	else
		return a == ACTION_LEFT || a == ACTION_RIGHT;
	return true;
}

static void click(struct panel *p, int line)
{
	struct detail *d = (struct detail *)p;
	uint32_t place = d->list.top + (uint32_t)line;

	if ((uint32_t)line >= d->list.page || place >= d->list.count || !follow(d, d->width))
		return;
	list_select(&d->list, place);
	take(d);
}

/* --- finding --- */

/* Places are the lines of head and then all nodes, folded away or not. */
static bool place_holds(struct detail *d, const struct event *e, uint32_t place, struct slice wanted)
{
	const struct masks *masks = &d->panel.app->current.masks;

	if (place < d->head.count)
		return text_match(text_block_line(&d->head, place), wanted);
	const struct field *f = d->tree.nodes[place - d->head.count].field;
	d->text.len = 0;
	add_name(&d->text, f);
	buffer_add_str(&d->text, ": ");
	event_text_plain_value(&d->text, e, f, masks);
	buffer_add_str(&d->text, "  ");
	event_text_meaning(&d->text, f, masks);
	return text_match(buffer_slice(&d->text), wanted);
}

static void go_to_place(struct detail *d, uint32_t place)
{
	if (place < d->head.count) {
		list_jump(&d->list, place);
	} else {
		field_tree_reveal(&d->tree, place - d->head.count);
		select_node(d, place - d->head.count);
	}
	take(d);
}

static bool find(struct panel *p, struct slice text, bool forward)
{
	struct detail *d = (struct detail *)p;
	const struct event *e = follow(d, d->width);

	if (!e)
		return false;
	uint32_t node = selected_node(d), count = d->head.count + d->tree.count;
	uint32_t place = node == TREE_NONE ? d->list.selected : d->head.count + node;
	while (forward ? ++place < count : place-- > 0) {
		if (place_holds(d, e, place, text)) {
			go_to_place(d, place);
			return true;
		}
	}
	return false;
}

/* --- beginning and end --- */

static void detail_free(struct panel *p)
{
	struct detail *d = (struct detail *)p;

	field_tree_free(&d->tree);
	text_block_free(&d->head);
	text_block_free(&d->explained);
	buffer_free(&d->key);
	buffer_free(&d->text);
	free(d);
}

struct panel *panel_detail_new(struct app *app)
{
	static const enum action hints[] = {ACTION_OPEN,    ACTION_FOLD_ALL, ACTION_UNFOLD_ALL,
					    ACTION_LOOK_UP, ACTION_ZOOM,     ACTION_NONE};
	static const struct panel_class class = {
		.title = "Detail",
		.hints = hints,
		.draw = draw,
		.act = act,
		.find = find,
		.click = click,
		.free = detail_free,
	};
	struct detail *d = memory_zalloc(sizeof(*d));

	d->panel = (struct panel){&class, app};
	d->list.page = 1;
	return &d->panel;
}
