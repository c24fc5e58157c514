/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/stats_tables.h"

#include <stdlib.h>

#include "output/csv.h"
#include "output/escape.h"
#include "output/json.h"
#include "output/stats_columns.h"
#include "output/style.h"
#include "output/timestamp.h"
#include "util/memory.h"
#include "util/utf8.h"

/* Columns of all tables together have less names than this. */
#define COLUMNS_MAX 64u

/* --- what comes, in which order --- */

static bool wanted(const struct stats_style *style, size_t table)
{
	return style->tables == 0 || (style->tables >> table & 1);
}

static uint64_t weight(enum stats_table t, const struct stats_row *r)
{
	switch (t) {
	case STATS_VERSIONS:
	case STATS_ROLES:
	case STATS_TRANSPORTS:
		return r->sum[SUM_CONNECTIONS];
	case STATS_COMMANDS:
	case STATS_CONTENT_TYPES:
	case STATS_OPERATIONS:
	case STATS_ERRORS:
	case STATS_FINDINGS:
		return r->sum[SUM_COUNT];
	default:
		return 0;
	}
}

struct place {
	const struct stats_row *row;
	uint64_t weight;
	size_t index; /* by name */
};

static int compare(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* The rows of a table in the order of output, the others last. */
struct ordered {
	struct stats_view view;
	struct place *rows;
	size_t count;
};

static void order(struct ordered *o, const struct stats *s, enum stats_table t, struct arena *arena)
{
	const struct stats_rows *rows = &s->table[t];

	*o = (struct ordered){.view = {s, 0, arena}};
	o->rows = memory_alloc((rows->count + 1) * sizeof(*o->rows));
	for (size_t i = 0; i < rows->count; i++)
		o->rows[o->count++] = (struct place){rows->row[i], weight(t, rows->row[i]), i};
	qsort(o->rows, o->count, sizeof(*o->rows), compare);
	if (rows->others)
		o->rows[o->count++] = (struct place){rows->others, 0, 0};
	for (size_t i = 0; i < o->count; i++)
		o->view.events += o->rows[i].row->sum[SUM_COUNT];
}

static struct cell cell_at(const struct ordered *o, size_t row, const struct stats_column *c)
{
	return c->value(&o->view, o->rows[row].row, c->which);
}

/* --- JSON --- */

static void add_millionths(struct buffer *out, uint64_t n)
{
	duration_add(out, (int64_t)n * 1000, false);
}

static void json_cell(struct json *j, const struct cell *c)
{
	switch (c->kind) {
	case CELL_NULL:
		json_null(j);
		break;
	case CELL_TEXT:
		json_string(j, c->text);
		break;
	case CELL_NUMBER:
		json_u64(j, c->number);
		break;
	case CELL_TIME:
		json_time(j, c->time_ns, c->nanoseconds);
		break;
	case CELL_SPAN:
		json_seconds(j, c->number > INT64_MAX ? INT64_MAX : (int64_t)c->number, c->nanoseconds);
		break;
	case CELL_SHARE:
		json_value(j);
		add_millionths(j->out, c->number);
		break;
	}
}

static void write_json(struct output *out, const struct stats_style *style, const struct ordered *o, enum stats_table t,
		       const char *set)
{
	for (size_t i = 0; i < o->count; i++) {
		struct json j = json_to(&out->buffer, false);

		json_begin_object(&j);
		JSON_KEY(&j, "table");
		json_str(&j, stats_table_name(t));
		if (style->sets) {
			JSON_KEY(&j, "set");
			json_str(&j, set);
		}
		for (const struct stats_column *c = stats_columns(t); c->name; c++) {
			struct cell cell = cell_at(o, i, c);

			json_key_plain(&j, c->name, strlen(c->name));
			json_cell(&j, &cell);
		}
		if (o->rows[i].row->key.len == 0) {
			JSON_KEY(&j, "others");
			json_bool(&j, true);
		}
		json_end_object(&j);
		buffer_add_byte(&out->buffer, '\n');
		output_record(out);
	}
}

/* --- CSV --- */

/* The names of the columns of all tables that are wanted, each once. */
struct header {
	const char *name[COLUMNS_MAX];
	size_t count;
	bool table; /* says in the first column of which table a line is */
};

static void make_header(struct header *h, const struct stats_style *style)
{
	unsigned tables = 0;

	*h = (struct header){.count = 0};
	for (size_t t = 0; t < STATS_TABLES; t++) {
		if (!wanted(style, t))
			continue;
		tables++;
		for (const struct stats_column *c = stats_columns((enum stats_table)t); c->name; c++) {
			size_t i = 0;

			while (i < h->count && strcmp(h->name[i], c->name) != 0)
				i++;
			if (i == h->count && h->count < COLUMNS_MAX)
				h->name[h->count++] = c->name;
		}
	}
	h->table = tables > 1;
}

static void csv_text(struct buffer *out, struct slice text)
{
	struct buffer plain = {NULL, 0, 0};

	escape_add(&plain, text);
	csv_add(out, buffer_slice(&plain));
	buffer_free(&plain);
}

static void csv_cell(struct buffer *out, const struct cell *c)
{
	switch (c->kind) {
	case CELL_NULL:
		break;
	case CELL_TEXT:
		csv_text(out, c->text);
		break;
	case CELL_NUMBER:
		buffer_add_u64(out, c->number);
		break;
	case CELL_TIME:
		timestamp_add(out, c->time_ns, 'T', c->nanoseconds);
		buffer_add_byte(out, 'Z');
		break;
	case CELL_SPAN:
		duration_add(out, c->number > INT64_MAX ? INT64_MAX : (int64_t)c->number, c->nanoseconds);
		break;
	case CELL_SHARE:
		add_millionths(out, c->number);
		break;
	}
}

static const struct stats_column *column_named(enum stats_table t, const char *name)
{
	for (const struct stats_column *c = stats_columns(t); c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static void write_csv(struct output *out, const struct stats_style *style, const struct ordered *o, enum stats_table t,
		      const char *set)
{
	struct header h;

	make_header(&h, style);
	for (size_t i = 0; i < o->count; i++) {
		if (h.table) {
			buffer_add_str(&out->buffer, stats_table_name(t));
			buffer_add_byte(&out->buffer, ',');
		}
		if (style->sets) {
			csv_text(&out->buffer, slice_str(set));
			buffer_add_byte(&out->buffer, ',');
		}
		for (size_t k = 0; k < h.count; k++) {
			const struct stats_column *c = column_named(t, h.name[k]);
			struct cell cell = c ? cell_at(o, i, c) : (struct cell){.kind = CELL_NULL};

			if (k)
				buffer_add_byte(&out->buffer, ',');
			csv_cell(&out->buffer, &cell);
		}
		buffer_add_str(&out->buffer, "\r\n");
		output_record(out);
	}
}

void stats_tables_begin(struct output *out, const struct stats_style *style)
{
	struct header h;

	if (style->format != STATS_CSV)
		return;
	make_header(&h, style);
	if (h.table)
		buffer_add_str(&out->buffer, "table,");
	if (style->sets)
		buffer_add_str(&out->buffer, "set,");
	for (size_t k = 0; k < h.count; k++)
		buffer_printf(&out->buffer, "%s%s", k ? "," : "", h.name[k]);
	buffer_add_str(&out->buffer, "\r\n");
	output_record(out);
}

/* --- text --- */

/* A table as texts, a column behind the other. */
struct grid {
	const struct stats_column *column[COLUMNS_MAX];
	size_t width[COLUMNS_MAX]; /* characters */
	size_t count, rows;
	struct slice *text;        /* [column * rows + row] */
};

static size_t characters(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += (s.ptr[i] & 0xc0) != 0x80;
	return n;
}

/* Latencies in milliseconds with one digit, other spans in seconds, shares in percent. */
static struct slice text_of(struct arena *arena, const struct cell *c, bool milliseconds)
{
	struct buffer b = {NULL, 0, 0};

	if (c->kind == CELL_TEXT)
		escape_add(&b, c->text);
	else if (c->kind == CELL_TIME)
		timestamp_add(&b, c->time_ns, 'T', false);
	else if (c->kind == CELL_SHARE)
		buffer_printf(&b, "%.1f", (double)c->number / 1e4);
	else if (c->kind == CELL_SPAN && milliseconds)
		buffer_printf(&b, "%.1f", (double)c->number / 1e6);
	else if (c->kind != CELL_NULL)
		csv_cell(&b, c);
	if (b.len == 0)
		buffer_add_byte(&b, '-');
	/* A time is told to the second. */
	struct slice s = arena_copy(arena, slice_sub(buffer_slice(&b), 0, c->kind == CELL_TIME ? 19 : b.len));
	buffer_free(&b);
	return s;
}

static void fill_grid(struct grid *g, const struct ordered *o, enum stats_table t)
{
	bool milliseconds = t == STATS_COMMANDS || t == STATS_OPERATIONS;

	*g = (struct grid){.rows = o->count};
	for (const struct stats_column *c = stats_columns(t); c->name; c++)
		if (!(c->flags & COLUMN_DATA))
			g->column[g->count++] = c;
	g->text = memory_alloc(g->count * g->rows * sizeof(*g->text));
	for (size_t k = 0; k < g->count; k++) {
		g->width[k] = strlen(g->column[k]->heading);
		for (size_t i = 0; i < g->rows; i++) {
			struct cell cell = cell_at(o, i, g->column[k]);
			struct slice text = text_of(o->view.arena, &cell, milliseconds);
			size_t width = characters(text);

			g->text[k * g->rows + i] = text;
			g->width[k] = width > g->width[k] ? width : g->width[k];
		}
	}
}

/* Which columns one block shows: the keys, and others from one on up to, not including, another. */
struct block {
	size_t begin, end;
	size_t gap; /* blanks between columns */
};

static bool shows(const struct grid *g, const struct block *b, size_t k)
{
	return (g->column[k]->flags & COLUMN_KEY) || (k >= b->begin && k < b->end);
}

static void add_blanks(struct buffer *out, size_t n)
{
	while (n-- > 0)
		buffer_add_byte(out, ' ');
}

/* Row g->rows is the line of headings. */
static void write_line(struct buffer *out, const struct grid *g, const struct block *b, size_t row)
{
	size_t missing = 0; /* blanks that stand only before something else */

	for (size_t k = 0; k < g->count; k++) {
		struct slice text = row == g->rows ? slice_str(g->column[k]->heading) : g->text[k * g->rows + row];
		size_t fill = g->width[k] - characters(text);
		bool left = g->column[k]->flags & COLUMN_LEFT;

		if (!shows(g, b, k))
			continue;
		add_blanks(out, missing + (left ? 0 : fill));
		buffer_add_slice(out, text);
		missing = b->gap + (left ? fill : 0);
	}
	buffer_add_byte(out, '\n');
}

/* How far a block that begins there can go: at least one column beside the keys. */
static size_t block_end(const struct grid *g, size_t begin, size_t gap, size_t room)
{
	size_t width = 0, taken = 0, k;

	for (k = 0; k < g->count; k++)
		if (g->column[k]->flags & COLUMN_KEY)
			width += g->width[k] + gap;
	for (k = begin; k < g->count; k++) {
		if (g->column[k]->flags & COLUMN_KEY)
			continue;
		width += g->width[k] + gap;
		if (taken++ && width > room + gap)
			break;
	}
	return k;
}

static void write_grid(struct output *out, const struct grid *g, const struct stats_style *style)
{
	size_t room = style->width ? style->width : STATS_TEXT_WIDTH;
	/* Two blanks are easier to read, unless one makes a single block of it. */
	size_t gap = block_end(g, 0, 2, room) < g->count && block_end(g, 0, 1, room) == g->count ? 1 : 2;

	for (struct block b = {0, 0, gap}; b.end < g->count; b.begin = b.end) {
		if (b.begin)
			buffer_add_byte(&out->buffer, '\n');
		b.end = block_end(g, b.begin, gap, room);
		style_begin(&out->buffer, style->colour, STYLE_DIM);
		write_line(&out->buffer, g, &b, g->rows);
		style_end(&out->buffer, style->colour, STYLE_DIM);
		for (size_t i = 0; i < g->rows; i++) {
			write_line(&out->buffer, g, &b, i);
			output_record(out);
		}
	}
}

static void write_text(struct output *out, const struct stats_style *style, const struct ordered *o, enum stats_table t)
{
	struct grid g;

	if (o->count == 0 && style->tables == 0)
		return;
	style_begin(&out->buffer, style->colour, STYLE_HEADING);
	buffer_add_str(&out->buffer, stats_table_name(t));
	style_end(&out->buffer, style->colour, STYLE_HEADING);
	buffer_add_str(&out->buffer, o->count ? "\n" : ": none\n");
	if (o->count) {
		fill_grid(&g, o, t);
		write_grid(out, &g, style);
		free(g.text);
	}
	buffer_add_byte(&out->buffer, '\n');
	output_record(out);
}

/* --- all --- */

void stats_tables_write(struct output *out, const struct stats_style *style, const struct stats *s, const char *set)
{
	struct arena arena;
	struct ordered o;

	arena_init(&arena);
	for (size_t i = 0; i < STATS_TABLES; i++) {
		enum stats_table t = (enum stats_table)i;

		if (!wanted(style, i))
			continue;
		order(&o, s, t, &arena);
		if (style->format == STATS_JSON)
			write_json(out, style, &o, t, set);
		else if (style->format == STATS_CSV)
			write_csv(out, style, &o, t, set);
		else
			write_text(out, style, &o, t);
		free(o.rows);
		arena_reset(&arena);
	}
	arena_free(&arena);
}
