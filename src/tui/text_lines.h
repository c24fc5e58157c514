/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text of many lines, as the writers of output/ make it, for panels: coloured
 * by their escape sequences, scrolled, searched, long lines continued.
 */
#ifndef MSNSCOPE_TUI_TEXT_LINES_H
#define MSNSCOPE_TUI_TEXT_LINES_H

#include "tui/canvas.h"
#include "tui/list.h"

/* Part of a line of the text, that fits into a line of the screen. */
struct text_piece {
	size_t begin, end;        /* offsets in the text, with escape sequences */
	uint32_t source;          /* number of the line of the text */
	uint8_t look;             /* enum look that it begins with */
	bool continues;           /* a line that did not fit */
};

struct text_lines {
	struct buffer text;       /* as it was set */
	struct text_piece *pieces; /* lines of the screen */
	size_t count, capacity;
	size_t done;              /* bytes of the text that are in pieces */
	uint8_t look;             /* enum look behind them */
	int width;                /* they were made for; 0: lines are not continued */
	unsigned indent;          /* of the lines that continue one */
	struct list list;
	int shift;                /* without wrap: columns scrolled to the left */
	bool wrap;                /* long lines are continued, at a blank where there is one */
	bool cursor;              /* it was drawn with one */
	bool more;                /* and lines went on to the right of the area */
	struct buffer found;      /* text that is lit; empty: none */
	size_t place;             /* 1 + offset of the place found last; 0: none */
};

/* Zero-initialised memory is an empty text. */
void text_lines_free(struct text_lines *t);

/*
 * Takes a text, with colours as style_begin of output/ makes them.  The place
 * stays where it can; a text that begins with the one before costs what was added.
 */
void text_lines_set(struct text_lines *t, struct slice text);

/* With cursor: the selected line is tinted. */
void text_lines_draw(struct text_lines *t, struct canvas *c, struct area a, bool cursor, bool focused);

/* Moves the cursor where there is one, else scrolls; without wrap also sideways. */
bool text_lines_act(struct text_lines *t, enum action a);

/*
 * Goes to the next line, or the one before, that has the text, which is lit
 * from now on; behind the last one to the first.  ASCII case is ignored unless
 * the text has capitals.
 */
bool text_lines_find(struct text_lines *t, struct slice text, bool forward);

/* Number of the line of the text that a line of the screen belongs to. */
size_t text_lines_source(const struct text_lines *t, uint32_t line);

/* The first line of the screen that belongs to a line of the text, or the last of all. */
uint32_t text_lines_line(const struct text_lines *t, size_t source);

#endif
