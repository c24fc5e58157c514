/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A screen as cells, without a terminal: panels draw here, the terminal shows
 * it, tests read it.  Text may be any bytes: what is no printable character
 * becomes U+FFFD, a wide character takes two cells, combining ones join the
 * cell before them.
 */
#ifndef MSNSCOPE_TUI_CANVAS_H
#define MSNSCOPE_TUI_CANVAS_H

#include "tui/look.h"
#include "util/buffer.h"

/* Bytes of the character of one cell with what joins it; further combining characters are dropped. */
#define CELL_BYTES 22u

struct cell {
	uint8_t look;             /* enum look */
	uint8_t len;              /* bytes of text; 0: the right half of a wide character */
	char text[CELL_BYTES];
};

#define CANVAS_ROWS_MAX 1000
#define CANVAS_COLUMNS_MAX 1000

struct canvas {
	struct cell *cells;       /* rows * columns */
	int rows, columns;
	int cursor_row, cursor_column; /* row -1: hidden */
};

/* A rectangle of the canvas.  Drawing outside of the canvas does nothing. */
struct area {
	int row, column, rows, columns;
};

/* Zero-initialised memory is an empty canvas.  The size is cut to the limits; all cells are blank. */
void canvas_resize(struct canvas *c, int rows, int columns);
void canvas_free(struct canvas *c);

static inline struct area canvas_area(const struct canvas *c)
{
	return (struct area){0, 0, c->rows, c->columns};
}

/* Rows of an area, from a first one on; clipped. */
struct area area_rows(struct area a, int first, int rows);
struct area area_columns(struct area a, int first, int columns);

void canvas_fill(struct canvas *c, struct area a, enum look look);

/* Gives cells another look and leaves their text. */
void canvas_tint(struct canvas *c, struct area a, enum look look);

/*
 * Draws text in one row within at most width columns; what does not fit is cut,
 * with an ellipsis as the last character.  Text is shifted to the left by skip
 * columns first.  Returns the columns that were drawn.
 */
int canvas_text_from(struct canvas *c, int row, int column, int width, enum look look, struct slice text, int skip);

static inline int canvas_text(struct canvas *c, int row, int column, int width, enum look look, struct slice text)
{
	return canvas_text_from(c, row, column, width, look, text, 0);
}

int canvas_str(struct canvas *c, int row, int column, int width, enum look look, const char *text);
int canvas_printf(struct canvas *c, int row, int column, int width, enum look look, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/* Columns that text takes. */
int text_columns(struct slice text);

/* Bytes at the beginning of text that fit in so many columns. */
size_t text_fit(struct slice text, int columns);

/* The canvas as lines of text, without blanks at their ends, for tests; with looks: a second block of one letter a cell. */
void canvas_dump(const struct canvas *c, bool looks, struct buffer *out);

#endif
