/* SPDX-License-Identifier: BSD-2-Clause */
/* wcwidth() */
#include "config.h"

#include "tui/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include "output/escape.h"
#include "util/memory.h"
#include "util/utf8.h"

static const struct cell blank = {LOOK_NORMAL, 1, " "};
static const char ellipsis[] = "\xe2\x80\xa6";

#define LEFT_TO_RIGHT_MARK "\xe2\x80\x8e"
#define JOINER 0x200du
#define VARIATION_TEXT 0xfe0eu
#define VARIATION_PICTURE 0xfe0fu
/* Letters of scripts that a joiner shapes stand before. */
#define FIRST_SYMBOL 0x2000u

void canvas_resize(struct canvas *c, int rows, int columns)
{
	c->rows = rows < 1 ? 1 : rows > CANVAS_ROWS_MAX ? CANVAS_ROWS_MAX : rows;
	c->columns = columns < 1 ? 1 : columns > CANVAS_COLUMNS_MAX ? CANVAS_COLUMNS_MAX : columns;
	c->cursor_row = -1;
	c->cells = memory_realloc(c->cells, (size_t)c->rows * (size_t)c->columns * sizeof(*c->cells));
	canvas_fill(c, canvas_area(c), LOOK_NORMAL);
}

void canvas_free(struct canvas *c)
{
	free(c->cells);
	*c = (struct canvas){NULL, 0, 0, -1, 0};
}

struct area area_rows(struct area a, int first, int rows)
{
	first = first < 0 ? 0 : first > a.rows ? a.rows : first;
	rows = rows < 0 ? 0 : rows > a.rows - first ? a.rows - first : rows;
	return (struct area){a.row + first, a.column, rows, a.columns};
}

struct area area_columns(struct area a, int first, int columns)
{
	first = first < 0 ? 0 : first > a.columns ? a.columns : first;
	columns = columns < 0 ? 0 : columns > a.columns - first ? a.columns - first : columns;
	return (struct area){a.row, a.column + first, a.rows, columns};
}

static struct cell *cell_at(struct canvas *c, int row, int column)
{
	if (row < 0 || row >= c->rows || column < 0 || column >= c->columns)
		return NULL;
	return &c->cells[(size_t)row * (size_t)c->columns + (size_t)column];
}

/* A wide character whose other half is overwritten gives way as a whole. */
static void detach(struct canvas *c, int row, int column)
{
	struct cell *cell = cell_at(c, row, column), *neighbour = NULL;

	if (cell && cell->len == 0)
		neighbour = cell_at(c, row, column - 1);
	else
		neighbour = cell_at(c, row, column + 1);
	if (neighbour && cell && (cell->len == 0 || neighbour->len == 0)) {
		neighbour->len = 1;
		neighbour->text[0] = ' ';
	}
}

void canvas_fill(struct canvas *c, struct area a, enum look look)
{
	for (int row = a.row; row < a.row + a.rows; row++) {
		detach(c, row, a.column);
		detach(c, row, a.column + a.columns - 1);
		for (int column = a.column; column < a.column + a.columns; column++) {
			struct cell *cell = cell_at(c, row, column);

			if (!cell)
				continue;
			*cell = blank;
			cell->look = (uint8_t)look;
		}
	}
}

void canvas_tint(struct canvas *c, struct area a, enum look look)
{
	for (int row = a.row; row < a.row + a.rows; row++) {
		for (int column = a.column; column < a.column + a.columns; column++) {
			struct cell *cell = cell_at(c, row, column);

			if (cell)
				cell->look = (uint8_t)look;
		}
	}
}

/* --- characters --- */

/* Which way a character runs. */
enum direction { NEITHER, LEFT_TO_RIGHT, RIGHT_TO_LEFT };

/* A character with the columns it takes: 0 for combining ones. */
struct glyph {
	uint32_t codepoint;
	char text[UTF8_MAX];
	size_t len, source_len;
	int width;
	enum direction direction;
};

/* Letters of scripts that run from right to left: Hebrew to Arabic Extended, presentation forms, and the scripts beyond. */
static bool is_right_to_left(uint32_t c)
{
	return (c >= 0x590 && c < 0x900) || (c >= 0xfb1d && c < 0xfe00) || (c >= 0xfe70 && c < 0xff00) ||
	       (c >= 0x10800 && c < 0x11000) || (c >= 0x1e800 && c < 0x1f000);
}

static bool is_letter_or_digit(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static struct glyph ascii_glyph(uint8_t c)
{
	return (struct glyph){c, {(char)c}, 1, 1, 1, is_letter_or_digit(c) ? LEFT_TO_RIGHT : NEITHER};
}

static bool next_glyph(struct slice text, size_t at, struct glyph *g)
{
	uint32_t codepoint;
	bool valid;

	if (at < text.len && text.ptr[at] >= 0x20 && text.ptr[at] < 0x7f) {
		*g = ascii_glyph(text.ptr[at]);
		return true;
	}
	g->source_len = utf8_next(text, at, &codepoint, &valid);
	if (g->source_len == 0)
		return false;
	valid = valid && escape_is_printable(codepoint);
	g->width = valid ? wcwidth((wchar_t)codepoint) : -1;
	/* Without a UTF-8 locale the C library knows no width; the terminal then shows a replacement. */
	if (valid && g->width < 0 && codepoint >= 0xa0)
		g->width = 1;
	if (g->width < 0) {
		codepoint = UTF8_REPLACEMENT;
		g->width = 1;
	}
	g->codepoint = codepoint;
	g->direction = is_right_to_left(codepoint) ? RIGHT_TO_LEFT : LEFT_TO_RIGHT;
	g->len = utf8_put(codepoint, (uint8_t *)g->text);
	return true;
}

int text_columns(struct slice text)
{
	struct glyph g;
	int columns = 0;

	for (size_t at = 0; next_glyph(text, at, &g); at += g.source_len)
		columns += g.width;
	return columns;
}

size_t text_fit(struct slice text, int columns)
{
	struct glyph g;
	size_t at = 0;

	while (next_glyph(text, at, &g) && g.width <= columns) {
		columns -= g.width;
		at += g.source_len;
	}
	return at;
}

static void cell_add(struct cell *cell, const char *text, size_t len, size_t max)
{
	if (cell->len + len <= max) {
		memcpy(cell->text + cell->len, text, len);
		cell->len = (uint8_t)(cell->len + len);
	}
}

static void put_glyph(struct canvas *c, int row, int column, enum look look, const struct glyph *g)
{
	for (int i = 0; i < g->width; i++) {
		struct cell *cell = cell_at(c, row, column + i);

		if (!cell)
			return;
		detach(c, row, column + i);
		cell->look = (uint8_t)look;
		cell->len = 0;
		if (i == 0)
			cell_add(cell, g->text, g->len, CELL_BYTES);
	}
}

static void put_blank(struct canvas *c, int row, int column, enum look look)
{
	struct glyph space = ascii_glyph(' ');

	put_glyph(c, row, column, look, &space);
}

/* Drawing one text. */
struct pen {
	struct canvas *canvas;
	int row, begin, end; /* columns, end not included */
	int at, last;        /* next column, and that of the latest character; last -1: none yet */
	int skip;            /* columns still to be passed over */
	enum look look;
	uint32_t base;       /* the latest character */
	int right_to_left;   /* column of the latest letter that runs so, with none behind that does not; -1: none */
};

/*
 * Terminals that reorder text would move what stands to the right of it, the
 * next column even: a left-to-right mark behind the last letter holds it.
 */
static void end_right_to_left(struct pen *p)
{
	struct cell *cell = p->right_to_left < 0 ? NULL : cell_at(p->canvas, p->row, p->right_to_left);

	if (cell && cell->len)
		cell_add(cell, LEFT_TO_RIGHT_MARK, sizeof(LEFT_TO_RIGHT_MARK) - 1, CELL_BYTES);
	p->right_to_left = -1;
}

/*
 * Does the character ask the terminal to make one picture of several, or
 * another one?  Terminals do not agree on how many columns that takes.
 */
static bool changes_width(uint32_t base, uint32_t c)
{
	return c == VARIATION_TEXT || c == VARIATION_PICTURE || (c == JOINER && base >= FIRST_SYMBOL);
}

static void pen_combine(const struct pen *p, const struct glyph *g)
{
	struct cell *cell = p->last < 0 ? NULL : cell_at(p->canvas, p->row, p->last);

	/* Room is left for the mark. */
	if (cell && !changes_width(p->base, g->codepoint))
		cell_add(cell, g->text, g->len, CELL_BYTES - (sizeof(LEFT_TO_RIGHT_MARK) - 1));
}

static void pen_put(struct pen *p, const struct glyph *g)
{
	if (g->width == 0) {
		pen_combine(p, g);
		return;
	}
	if (p->skip > 0) {
		p->skip -= g->width;
		/* Half of a wide character is passed over: a blank stands for the other half. */
		if (p->skip < 0)
			put_blank(p->canvas, p->row, p->at++, p->look);
		p->skip = p->skip < 0 ? 0 : p->skip;
		return;
	}
	if (g->direction == LEFT_TO_RIGHT)
		end_right_to_left(p);
	put_glyph(p->canvas, p->row, p->at, p->look, g);
	if (g->direction == RIGHT_TO_LEFT)
		p->right_to_left = p->at;
	p->last = p->at;
	p->base = g->codepoint;
	p->at += g->width;
}

static void pen_cut(struct pen *p)
{
	struct glyph dots = {0, {ellipsis[0], ellipsis[1], ellipsis[2]}, 3, 3, 1, NEITHER};

	/* Room is made by the last character; a wide one leaves a blank. */
	if (p->at > p->begin && p->at == p->end)
		p->at = p->end - 1;
	while (p->at < p->end - 1)
		put_blank(p->canvas, p->row, p->at++, p->look);
	if (p->right_to_left == p->at)
		p->right_to_left = p->at > p->begin ? p->at - 1 : -1;
	put_glyph(p->canvas, p->row, p->at, p->look, &dots);
	p->at++;
	p->last = p->end - 1;
}

int canvas_text_from(struct canvas *c, int row, int column, int width, enum look look, struct slice text, int skip)
{
	struct pen p = {c, row, column, column + width, column, -1, skip, look, 0, -1};
	struct glyph g;

	if (p.end > c->columns)
		p.end = c->columns;
	if (p.begin >= p.end)
		return 0;
	for (size_t at = 0; next_glyph(text, at, &g); at += g.source_len) {
		if (p.skip == 0 && p.at + g.width > p.end) {
			pen_cut(&p);
			break;
		}
		pen_put(&p, &g);
	}
	end_right_to_left(&p);
	return p.at - p.begin;
}

int canvas_str(struct canvas *c, int row, int column, int width, enum look look, const char *text)
{
	return canvas_text(c, row, column, width, look, slice_str(text));
}

int canvas_printf(struct canvas *c, int row, int column, int width, enum look look, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return canvas_str(c, row, column, width, look, text);
}

/* --- for tests --- */

static void dump_line(const struct cell *cells, int columns, bool looks, struct buffer *out)
{
	size_t begin = out->len;

	for (int i = 0; i < columns; i++) {
		if (looks)
			buffer_add_byte(out, (uint8_t)(cells[i].look == LOOK_NORMAL ? '.' : 'A' + cells[i].look));
		else
			buffer_add(out, cells[i].text, cells[i].len);
	}
	while (out->len > begin && out->data[out->len - 1] == ' ')
		out->len--;
	buffer_add_byte(out, '\n');
}

void canvas_dump(const struct canvas *c, bool looks, struct buffer *out)
{
	for (int block = 0; block <= (looks ? 1 : 0); block++)
		for (int row = 0; row < c->rows; row++)
			dump_line(c->cells + (size_t)row * (size_t)c->columns, c->columns, block == 1, out);
}
