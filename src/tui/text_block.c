/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/text_block.h"

#include <stdlib.h>

#include "util/memory.h"
#include "util/utf8.h"

void text_block_free(struct text_block *b)
{
	buffer_free(&b->text);
	free(b->lines);
	*b = (struct text_block){.lines = NULL};
}

void text_block_clear(struct text_block *b)
{
	b->text.len = 0;
	b->count = 0;
}

static void add_line(struct text_block *b, struct block_line line)
{
	if (b->count == b->capacity) {
		b->capacity = b->capacity ? 2 * b->capacity : 16;
		b->lines = memory_realloc(b->lines, b->capacity * sizeof(*b->lines));
	}
	b->lines[b->count++] = line;
}

/* Bytes of the first line: up to the last blank that fits, and at least one character. */
static size_t line_length(struct slice text, int columns)
{
	size_t fits = text_fit(text, columns), at = fits;
	uint32_t character;
	bool valid;

	if (fits == text.len)
		return fits;
	while (at > 0 && text.ptr[at] != ' ')
		at--;
	if (at > 0)
		return at;
	return fits > 0 ? fits : utf8_next(text, 0, &character, &valid);
}

void text_block_add(struct text_block *b, size_t begin, int width, int indent, enum look look, const struct field *field)
{
	struct slice text = buffer_slice(&b->text);
	int shift = 0;

	while (begin < text.len) {
		size_t len = line_length(slice_sub(text, begin, text.len), width - shift);

		add_line(b, (struct block_line){begin, len, shift, look, field});
		begin += len;
		while (begin < text.len && text.ptr[begin] == ' ')
			begin++;
		shift = indent < width / 2 ? indent : 0;
	}
}

void text_block_draw(const struct text_block *b, uint32_t line, struct canvas *c, struct area a)
{
	const struct block_line *l = &b->lines[line];

	canvas_text(c, a.row, a.column + l->indent, a.columns - l->indent, l->look, text_block_line(b, line));
}
