/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of the event under the cursor in hexadecimal and as text: those of the
 * buffer that the selected field lies in, with its range lit.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "tui/app.h"
#include "util/memory.h"

/* Bytes that stand together. */
#define GROUP 8u
/* Largest number of rows; of more bytes the last ones are not shown. */
#define ROWS_MAX UINT32_MAX

struct bytes {
	struct panel panel;
	uint64_t made;             /* app->current.made, and the field and source that are shown */
	const struct field *field;
	unsigned source;
	bool placed;               /* the field was scrolled to */
	struct list list;          /* rows */
	unsigned row_bytes;        /* in the latest drawing */
};

/* --- which bytes --- */

static const struct dissection *dissection_of(const struct bytes *b)
{
	const struct event *e = app_current(b->panel.app);

	return e ? e->dissection : NULL;
}

static struct slice source_data(const struct dissection *d, unsigned source)
{
	return source < d->source_count ? d->sources[source].data : SLICE_EMPTY;
}

/* Without a field: the line, or the payload when there is no line. */
static unsigned usual_source(const struct dissection *d)
{
	return source_data(d, SOURCE_LINE).len || !source_data(d, SOURCE_PAYLOAD).len ? SOURCE_LINE : SOURCE_PAYLOAD;
}

/* Another event or field was selected: its source is shown. */
static void follow(struct bytes *b, const struct dissection *d)
{
	struct current *current = &b->panel.app->current;

	if (b->made == current->made && b->field == current->field)
		return;
	if (!current->field)
		current->source = usual_source(d);
	if (b->made != current->made || b->source != current->source)
		b->list.top = 0;
	b->made = current->made;
	b->field = current->field;
	b->source = current->source;
	b->placed = false;
}

/* The part of the source that is lit. */
static struct mask_range lit_range(const struct bytes *b)
{
	const struct field *f = b->field;

	if (!f || f->source != b->source)
		return (struct mask_range){0, 0};
	return (struct mask_range){f->offset, (size_t)f->offset + f->length};
}

/* --- layout --- */

struct grid {
	unsigned row_bytes;
	int digits;                /* of the offset */
	int gap;                   /* columns between offset, bytes and text */
};

static int offset_digits(size_t length)
{
	int digits = 4;

	for (size_t rest = length >> 16; rest; rest >>= 8)
		digits += 2;
	return digits;
}

/* Column of a byte; groups are parted by one more blank. */
static int hex_column(const struct grid *g, unsigned i)
{
	return g->digits + g->gap + 3 * (int)i + (int)(i / GROUP);
}

static int text_column(const struct grid *g, unsigned i)
{
	return hex_column(g, g->row_bytes - 1) + 2 + g->gap + (int)i;
}

/* As many bytes a row as fit. */
static struct grid make_grid(size_t length, int columns)
{
	static const unsigned counts[] = {32, 24, 16, 8, 4, 2, 1};
	struct grid g = {1, offset_digits(length), 1};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		for (int gap = 2; gap > 0; gap--) {
			g.row_bytes = counts[i];
			g.gap = gap;
			if (text_column(&g, g.row_bytes) <= columns)
				return g;
		}
	}
	return g;
}

/* The rows stay those of the same bytes when a row holds another number of them. */
static void lay_out(struct bytes *b, const struct grid *g, size_t length, int rows)
{
	uint64_t count = (length + g->row_bytes - 1) / g->row_bytes;
	struct mask_range lit = lit_range(b);
	struct list *l = &b->list;

	if (b->row_bytes && b->row_bytes != g->row_bytes)
		l->top = (uint32_t)((uint64_t)l->top * b->row_bytes / g->row_bytes);
	b->row_bytes = g->row_bytes;
	l->page = rows > 0 ? (uint32_t)rows : 1;
	if (!b->placed && lit.begin < lit.end) {
		uint32_t first = (uint32_t)(lit.begin / g->row_bytes), last = (uint32_t)((lit.end - 1) / g->row_bytes);

		if (last >= l->top + l->page)
			l->top = last - l->page + 1;
		if (first < l->top)
			l->top = first;
	}
	b->placed = true;
	l->selected = l->top;
	list_layout(l, count < ROWS_MAX ? (uint32_t)count : ROWS_MAX, rows);
}

/* --- drawing --- */

static void draw_byte(const struct bytes *b, struct canvas *c, struct area a, const struct grid *g, unsigned i, size_t at)
{
	const struct masks *masks = &b->panel.app->current.masks;
	uint8_t byte = source_data(dissection_of(b), b->source).ptr[at];
	bool secret = b->source < masks->source_count && mask_has(&masks->source[b->source], at);
	struct mask_range lit = lit_range(b);
	enum look look = at >= lit.begin && at < lit.end ? LOOK_LIT : LOOK_NORMAL;
	int hex = hex_column(g, i), text = text_column(g, i);
	/* The blank between two bytes that are lit is lit, too. */
	bool joined = look == LOOK_LIT && at + 1 < lit.end && i + 1 < g->row_bytes;
	int width = joined ? hex_column(g, i + 1) - hex : 2;

	if (joined)
		canvas_tint(c, area_columns(a, hex, width), LOOK_LIT);
	if (secret)
		canvas_str(c, a.row, a.column + hex, a.columns - hex, look, "**");
	else
		canvas_printf(c, a.row, a.column + hex, a.columns - hex, look, "%02x", (unsigned)byte);
	char shown[] = {secret ? '*' : byte >= 0x20 && byte < 0x7f ? (char)byte : '.', 0};
	canvas_str(c, a.row, a.column + text, a.columns - text, look, shown);
}

static void draw_row(const struct bytes *b, struct canvas *c, struct area a, const struct grid *g, size_t at, size_t length)
{
	canvas_printf(c, a.row, a.column, a.columns, LOOK_DIM, "%0*zx", g->digits, at);
	for (unsigned i = 0; i < g->row_bytes && at + i < length; i++)
		draw_byte(b, c, a, g, i, at + i);
}

/* The source that is shown: its name and length, and its number when there are others. */
static void draw_heading(const struct bytes *b, struct canvas *c, struct area a, const struct dissection *d)
{
	size_t length = source_data(d, b->source).len;
	unsigned number = 0, count = 0;
	int at = 0;

	for (unsigned i = 0; i < d->source_count; i++) {
		count += source_data(d, i).len > 0;
		if (i == b->source)
			number = count;
	}
	if (b->source < d->source_count)
		at = canvas_printf(c, a.row, a.column, a.columns, LOOK_TITLE, "%s", d->sources[b->source].name);
	at += canvas_printf(c, a.row, a.column + at, a.columns - at, LOOK_NORMAL, ", %zu byte%s", length,
			    length == 1 ? "" : "s");
	if (count > 1 && length)
		canvas_printf(c, a.row, a.column + at, a.columns - at, LOOK_DIM, "  %u of %u", number, count);
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct bytes *b = (struct bytes *)p;
	const struct dissection *d = dissection_of(b);

	(void)focused;
	if (!d)
		return;
	follow(b, d);
	size_t length = source_data(d, b->source).len;
	struct grid g = make_grid(length, a.columns);
	draw_heading(b, c, area_rows(a, 0, 1), d);
	a = area_rows(a, 1, a.rows - 1);
	lay_out(b, &g, length, a.rows);
	for (int i = 0; i < a.rows && b->list.top + (uint32_t)i < b->list.count; i++)
		draw_row(b, c, area_rows(a, i, 1), &g, (size_t)(b->list.top + (uint32_t)i) * g.row_bytes, length);
}

/* --- acting --- */

/* The source before or behind that is not empty. */
static void change_source(struct bytes *b, const struct dissection *d, bool forward)
{
	unsigned source = b->source;

	while (forward ? ++source < d->source_count : source-- > 0) {
		if (source_data(d, source).len == 0)
			continue;
		b->panel.app->current.source = b->source = source;
		b->list.top = 0;
		b->placed = false;
		return;
	}
}

static bool act(struct panel *p, enum action a)
{
	struct bytes *b = (struct bytes *)p;
	const struct dissection *d = dissection_of(b);

	if (!d)
		return false;
	follow(b, d);
	if (a == ACTION_LEFT || a == ACTION_RIGHT)
		change_source(b, d, a == ACTION_RIGHT);
	else
		return list_scroll(&b->list, a);
	return true;
}

static void bytes_free(struct panel *p)
{
	free(p);
}

struct panel *panel_bytes_new(struct app *app)
{
	static const enum action hints[] = {ACTION_LEFT, ACTION_RIGHT, ACTION_ZOOM, ACTION_NONE};
	static const struct panel_class class = {
		.title = "Bytes",
		.hints = hints,
		.draw = draw,
		.act = act,
		.free = bytes_free,
	};
	struct bytes *b = memory_zalloc(sizeof(*b));

	b->panel = (struct panel){&class, app};
	b->list.page = 1;
	return &b->panel;
}
