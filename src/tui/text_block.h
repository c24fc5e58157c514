/* SPDX-License-Identifier: BSD-2-Clause */
/* A few texts cut into lines of one width, each with its look. */
#ifndef MSNSCOPE_TUI_TEXT_BLOCK_H
#define MSNSCOPE_TUI_TEXT_BLOCK_H

#include "dissectors/field.h"
#include "tui/canvas.h"

struct block_line {
	size_t begin, len;         /* in text */
	int indent;                /* columns */
	enum look look;
	const struct field *field; /* it is about, or NULL */
};

struct text_block {
	struct buffer text;
	struct block_line *lines;
	uint32_t count, capacity;
};

/* Zero-initialised memory is an empty block. */
void text_block_free(struct text_block *b);
void text_block_clear(struct text_block *b);

/*
 * Makes lines of what was added to b->text since the last call (since begin):
 * cut at blanks where there are some; all lines but the first are indented.
 */
void text_block_add(struct text_block *b, size_t begin, int width, int indent, enum look look, const struct field *field);

static inline struct slice text_block_line(const struct text_block *b, uint32_t line)
{
	return slice_sub(buffer_slice(&b->text), b->lines[line].begin, b->lines[line].len);
}

/* Draws one line. */
void text_block_draw(const struct text_block *b, uint32_t line, struct canvas *c, struct area a);

#endif
