/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/prompt.h"

#include <stdlib.h>

#include "util/memory.h"
#include "util/utf8.h"

#define CONTROL(letter) ((letter) & 0x1f)

/* --- history --- */

void line_history_add(struct line_history *h, struct slice line)
{
	if (line.len == 0 || (h->count && slice_eq_str(line, h->lines[h->count - 1])))
		return;
	if (h->count == HISTORY_MAX) {
		free(h->lines[0]);
		memmove(h->lines, h->lines + 1, (HISTORY_MAX - 1) * sizeof(h->lines[0]));
		h->count--;
	}
	char *copy = memory_alloc(line.len + 1);
	memcpy(copy, line.ptr, line.len);
	copy[line.len] = 0;
	h->lines[h->count++] = copy;
}

void line_history_free(struct line_history *h)
{
	for (size_t i = 0; i < h->count; i++)
		free(h->lines[i]);
	h->count = 0;
}

/* --- text --- */

static void set_text(struct prompt *p, struct slice text)
{
	p->text.len = 0;
	buffer_add_slice(&p->text, utf8_cut(text, PROMPT_MAX));
	p->cursor = p->text.len;
}

void prompt_open(struct prompt *p, const char *label, struct line_history *history, struct slice text)
{
	p->label = label;
	p->history = history;
	p->place = history ? history->count : 0;
	p->error[0] = 0;
	p->error_column = 0;
	p->own.len = 0;
	set_text(p, text);
}

void prompt_free(struct prompt *p)
{
	buffer_free(&p->text);
	buffer_free(&p->own);
	*p = (struct prompt){.label = NULL};
}

/* Bytes of the character before, or behind, an offset. */
static size_t length_before(const struct prompt *p, size_t at)
{
	size_t n = at ? 1 : 0;

	while (n < at && (p->text.data[at - n] & 0xc0) == 0x80)
		n++;
	return n;
}

static size_t length_behind(const struct prompt *p, size_t at)
{
	uint32_t character;
	bool valid;

	return utf8_next(buffer_slice(&p->text), at, &character, &valid);
}

static void remove_bytes(struct prompt *p, size_t begin, size_t end)
{
	p->cursor = begin;
	if (begin == end)
		return;
	memmove(p->text.data + begin, p->text.data + end, p->text.len - end);
	p->text.len -= end - begin;
}

static void insert(struct prompt *p, const uint8_t *bytes, size_t n)
{
	if (p->text.len + n > PROMPT_MAX)
		return;
	buffer_reserve(&p->text, n);
	memmove(p->text.data + p->cursor + n, p->text.data + p->cursor, p->text.len - p->cursor);
	memcpy(p->text.data + p->cursor, bytes, n);
	p->text.len += n;
	p->cursor += n;
}

void prompt_replace(struct prompt *p, size_t begin, struct slice text)
{
	remove_bytes(p, begin, p->cursor);
	if (text.len)
		insert(p, text.ptr, text.len);
}

/* Beginning of the word before the cursor. */
static size_t word_begin(const struct prompt *p)
{
	size_t at = p->cursor;

	while (at > 0 && p->text.data[at - 1] == ' ')
		at--;
	while (at > 0 && p->text.data[at - 1] != ' ')
		at--;
	return at;
}

/* Shows another line of the history; the user's own is kept. */
static void show_history(struct prompt *p, bool older)
{
	if (!p->history || (older ? p->place == 0 : p->place >= p->history->count))
		return;
	if (p->place == p->history->count) {
		p->own.len = 0;
		buffer_add_slice(&p->own, buffer_slice(&p->text));
	}
	p->place = older ? p->place - 1 : p->place + 1;
	set_text(p, p->place < p->history->count ? slice_str(p->history->lines[p->place]) : buffer_slice(&p->own));
}

/* --- keys --- */

static bool move_key(struct prompt *p, uint32_t key)
{
	switch (key) {
	case KEYS_LEFT:
	case CONTROL('b'):
		p->cursor -= length_before(p, p->cursor);
		return true;
	case KEYS_RIGHT:
	case CONTROL('f'):
		p->cursor += length_behind(p, p->cursor);
		return true;
	case KEYS_HOME:
	case CONTROL('a'):
		p->cursor = 0;
		return true;
	case KEYS_END:
	case CONTROL('e'):
		p->cursor = p->text.len;
		return true;
	case KEYS_UP:
	case CONTROL('p'):
		show_history(p, true);
		return true;
	case KEYS_DOWN:
	case CONTROL('n'):
		show_history(p, false);
		return true;
	default:
		return false;
	}
}

static bool delete_key(struct prompt *p, uint32_t key)
{
	switch (key) {
	case KEYS_BACKSPACE:
	case CONTROL('h'):
	case 127:
		remove_bytes(p, p->cursor - length_before(p, p->cursor), p->cursor);
		return true;
	case KEYS_DELETE:
	case CONTROL('d'):
		remove_bytes(p, p->cursor, p->cursor + length_behind(p, p->cursor));
		return true;
	case CONTROL('u'):
		remove_bytes(p, 0, p->cursor);
		return true;
	case CONTROL('k'):
		remove_bytes(p, p->cursor, p->text.len);
		return true;
	case CONTROL('w'):
		remove_bytes(p, word_begin(p), p->cursor);
		return true;
	default:
		return false;
	}
}

enum prompt_result prompt_key(struct prompt *p, uint32_t key)
{
	uint8_t bytes[UTF8_MAX];

	p->error[0] = 0;
	p->error_column = 0;
	if (key == KEYS_ESCAPE || key == CONTROL('c') || key == CONTROL('g'))
		return PROMPT_CANCELLED;
	if (key == KEYS_ENTER || key == '\n') {
		if (p->history)
			line_history_add(p->history, buffer_slice(&p->text));
		return PROMPT_ACCEPTED;
	}
	/* Rubbing out behind nothing leaves, as in less and vim. */
	if ((key == KEYS_BACKSPACE || key == 127) && p->text.len == 0)
		return PROMPT_CANCELLED;
	if (!move_key(p, key) && !delete_key(p, key) && key >= ' ' && key < KEYS_NONE)
		insert(p, bytes, utf8_put(key, bytes));
	return PROMPT_GOES_ON;
}

/* --- drawing --- */

/* Columns of the characters before one, which are counted from 1. */
static int columns_before(struct slice text, size_t character)
{
	uint32_t codepoint;
	bool valid;
	size_t offset = 0;

	while (character-- > 1)
		offset += utf8_next(text, offset, &codepoint, &valid);
	return text_columns(slice_sub(text, 0, offset));
}

void prompt_draw(const struct prompt *p, struct canvas *c, int row)
{
	struct slice text = buffer_slice(&p->text);
	int at = canvas_str(c, row, 0, c->columns / 2, LOOK_PROMPT, p->label);
	int width = c->columns - at - 1, before = text_columns(slice_sub(text, 0, p->cursor));
	int skip = before > width ? before - width : 0;

	canvas_fill(c, (struct area){row, at, 1, c->columns - at}, LOOK_NORMAL);
	canvas_text_from(c, row, at, width + 1, LOOK_NORMAL, text, skip);
	c->cursor_row = row;
	c->cursor_column = at + before - skip;
	if (!p->error[0])
		return;
	int mark = at + columns_before(text, p->error_column) - skip;
	canvas_fill(c, (struct area){row - 1, 0, 1, c->columns}, LOOK_NORMAL);
	if (p->error_column && mark >= at && mark < c->columns)
		canvas_tint(c, (struct area){row, mark, 1, 1}, LOOK_FOUND);
	canvas_str(c, row - 1, 0, c->columns, LOOK_ERROR, p->error);
}
