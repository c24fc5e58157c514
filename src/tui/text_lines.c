/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/text_lines.h"

#include <stdlib.h>

#include "output/style.h"
#include "util/memory.h"
#include "util/utf8.h"

/* Bytes that are looked at together, so that a long line is not looked through for each of its pieces. */
#define RUN_MAX 1024u
/* Columns that a text is scrolled by at a time. */
#define SHIFT_STEP 8

#define ESCAPE 0x1b
/* Bytes of an escape sequence. */
#define SEQUENCE_MAX 8u

void text_lines_free(struct text_lines *t)
{
	buffer_free(&t->text);
	buffer_free(&t->found);
	free(t->pieces);
	*t = (struct text_lines){.count = 0};
}

/* --- colours --- */

/* Length of the escape sequence that is there, 0 when none is; the look that it begins. */
static size_t sequence_at(struct slice text, size_t at, enum look *look)
{
	static const enum look looks[STYLE_COUNT] = {
		[STYLE_PLAIN] = LOOK_NORMAL, [STYLE_DIM] = LOOK_DIM,       [STYLE_HEADING] = LOOK_TITLE,
		[STYLE_CLIENT] = LOOK_CLIENT, [STYLE_SERVER] = LOOK_SERVER, [STYLE_NOTE] = LOOK_NOTE,
		[STYLE_WARNING] = LOOK_WARNING, [STYLE_ERROR] = LOOK_ERROR,
	};
	struct slice rest = slice_sub(text, at, text.len);

	if (rest.len == 0 || rest.ptr[0] != ESCAPE)
		return 0;
	for (size_t i = 0; i < STYLE_COUNT; i++) {
		const char *sequence = style_sequence((enum style)i);

		if (!sequence)
			sequence = STYLE_SEQUENCE_END;
		if (slice_has_prefix(rest, slice_str(sequence))) {
			*look = looks[i];
			return strlen(sequence);
		}
	}
	return 0;
}

/* The text from *at on that has one look; *at moves behind it.  Empty at the end. */
static struct slice next_run(struct slice text, size_t *at, size_t end, enum look *look)
{
	size_t n;

	while (*at < end && (n = sequence_at(text, *at, look)) > 0)
		*at += n;
	struct slice rest = slice_sub(text, *at, *at < end ? end - *at : 0), run = utf8_cut(rest, RUN_MAX);
	enum look unused;
	for (n = run.len ? 1 : 0; n < run.len; n++) {
		n += slice_find_byte(slice_sub(run, n, run.len), ESCAPE);
		if (n < run.len && sequence_at(text, *at + n, &unused) > 0)
			break;
	}
	run.len = n < run.len ? n : run.len;
	*at += run.len;
	return run;
}

static enum look look_behind(struct slice text, size_t begin, size_t end, enum look look)
{
	for (size_t at = begin; at < end; at++) {
		at += slice_find_byte(slice_sub(text, at, end - at), ESCAPE);
		sequence_at(text, at, &look);
	}
	return look;
}

/* --- pieces --- */

static void add_piece(struct text_lines *t, const struct text_piece *piece)
{
	if (t->count == t->capacity) {
		t->capacity = t->capacity ? t->capacity * 2 : 64;
		t->pieces = memory_realloc(t->pieces, t->capacity * sizeof(*t->pieces));
	}
	t->pieces[t->count++] = *piece;
}

/* How far the text goes that fits in so many columns; at least one character. */
static size_t fitting_end(struct slice text, size_t begin, size_t end, int columns)
{
	enum look look = LOOK_NORMAL;
	uint32_t codepoint;
	bool valid, first = true;

	for (size_t at = begin; at < end;) {
		struct slice run = next_run(text, &at, end, &look);
		size_t fit = text_fit(run, columns);

		if (fit < run.len && fit == 0 && first)
			fit = utf8_next(run, 0, &codepoint, &valid);
		if (fit < run.len)
			return at - run.len + fit;
		columns -= text_columns(run);
		first = first && run.len == 0;
	}
	return end;
}

/* A line is rather ended at a blank, when there is one in its second half. */
static size_t break_at_blank(struct slice text, size_t begin, size_t end)
{
	if (text.ptr[end] == ' ')
		return end;
	for (size_t at = end; at > begin + (end - begin) / 2; at--)
		if (text.ptr[at - 1] == ' ')
			return at;
	return end;
}

static int indent_in(const struct text_lines *t, int columns)
{
	return (int)t->indent < columns / 2 ? (int)t->indent : columns / 2;
}

static void cut_line(struct text_lines *t, size_t end)
{
	struct slice text = buffer_slice(&t->text);
	struct text_piece p = {t->done, end, t->count ? t->pieces[t->count - 1].source + 1 : 0, t->look, false};
	int columns = t->width;

	while (t->width > 0 && (p.end = fitting_end(text, p.begin, end, columns)) < end) {
		size_t next = break_at_blank(text, p.begin, p.end);

		p.end = next;
		while (p.end > p.begin + 1 && text.ptr[p.end - 1] == ' ')
			p.end--;
		while (next < end && text.ptr[next] == ' ')
			next++;
		add_piece(t, &p);
		p.look = (uint8_t)look_behind(text, p.begin, next, p.look);
		p.begin = next;
		p.continues = true;
		columns = t->width - indent_in(t, t->width);
	}
	if (p.begin < end || !p.continues)
		add_piece(t, &p);
	t->look = (uint8_t)look_behind(text, p.begin, end, p.look);
}

/* Makes pieces of what has none yet. */
static void cut(struct text_lines *t)
{
	struct slice text = buffer_slice(&t->text);

	while (t->done < text.len) {
		size_t end = t->done + slice_find_byte(slice_sub(text, t->done, text.len), '\n');

		cut_line(t, end);
		t->done = end < text.len ? end + 1 : end;
	}
	t->list.count = (uint32_t)t->count;
}

static void forget(struct text_lines *t)
{
	t->count = t->done = 0;
	t->look = LOOK_NORMAL;
}

/* The piece that holds an offset, or the last one before. */
static uint32_t piece_at(const struct text_lines *t, size_t offset)
{
	size_t low = 0, high = t->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (t->pieces[middle].begin <= offset)
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)low;
}

static size_t offset_of(const struct text_lines *t, uint32_t line)
{
	return line < t->count ? t->pieces[line].begin : t->text.len;
}

/* The lines that were on the screen stay there when they are cut anew. */
static void lay_out(struct text_lines *t, int width)
{
	if (width != t->width) {
		size_t top = offset_of(t, t->list.top), selected = offset_of(t, t->list.selected);
		bool known = t->count > 0;

		forget(t);
		t->width = width;
		cut(t);
		t->list.top = known ? piece_at(t, top) : t->list.top;
		t->list.selected = known ? piece_at(t, selected) : t->list.selected;
	}
	cut(t);
}

void text_lines_set(struct text_lines *t, struct slice text)
{
	struct slice old = buffer_slice(&t->text);
	bool longer = slice_has_prefix(text, old) && old.len && old.ptr[old.len - 1] == '\n';

	if (slice_eq(text, old))
		return;
	if (!longer) {
		forget(t);
		t->place = 0;
		t->text.len = 0;
	}
	buffer_add_slice(&t->text, slice_sub(text, t->text.len, text.len));
}

size_t text_lines_source(const struct text_lines *t, uint32_t line)
{
	return line < t->count ? t->pieces[line].source : 0;
}

uint32_t text_lines_line(const struct text_lines *t, size_t source)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->pieces[middle].source < source)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)(low < t->count || low == 0 ? low : low - 1);
}

/* --- looking for text --- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

struct needle {
	struct slice haystack, text;
	bool exact;      /* capitals count */
};

static struct needle needle_of(const struct text_lines *t)
{
	struct needle n = {buffer_slice(&t->text), buffer_slice(&t->found), false};

	for (size_t i = 0; i < n.text.len; i++)
		n.exact |= lower(n.text.ptr[i]) != n.text.ptr[i];
	return n;
}

static bool same(const struct needle *n, uint8_t there, uint8_t wanted)
{
	return there == wanted || (!n->exact && lower(there) == wanted);
}

/* Does an escape sequence hold that byte, but as its first? */
static bool within_sequence(struct slice text, size_t at)
{
	enum look unused;

	for (size_t back = 1; back < SEQUENCE_MAX && back <= at; back++)
		if (text.ptr[at - back] == ESCAPE)
			return sequence_at(text, at - back, &unused) > back;
	return false;
}

/* End of the text where it begins at that offset, else 0; colours may change within. */
static size_t match_end(const struct needle *n, size_t at)
{
	size_t begin = at, skip;
	enum look unused;

	for (size_t i = 0; i < n->text.len; i++) {
		while (i && (skip = sequence_at(n->haystack, at, &unused)) > 0)
			at += skip;
		if (at >= n->haystack.len || !same(n, n->haystack.ptr[at], n->text.ptr[i]))
			return 0;
		at++;
	}
	return within_sequence(n->haystack, begin) ? 0 : at;
}

/* Offset of the first place from begin on that is before end; end: there is none. */
static size_t find_forward(const struct needle *n, size_t begin, size_t end)
{
	size_t at = begin;

	while (at < end && !match_end(n, at))
		at++;
	return at;
}

/* The last place that is before end and not before begin; end: there is none. */
static size_t find_backward(const struct needle *n, size_t begin, size_t end)
{
	for (size_t at = end; at > begin; at--)
		if (match_end(n, at - 1))
			return at - 1;
	return end;
}

/* The line that is searched from: that of the place found last as long as it can be seen. */
static uint32_t origin(const struct text_lines *t)
{
	uint32_t found = t->place ? piece_at(t, t->place - 1) : UINT32_MAX, line = t->list.top;

	if (t->cursor)
		line = t->list.selected;
	else if (found >= t->list.top && found - t->list.top < t->list.page)
		line = found;
	return line < t->count ? line : (uint32_t)t->count - 1;
}

static void arrive(struct text_lines *t, size_t at)
{
	t->place = at + 1;
	list_jump(&t->list, piece_at(t, at));
	if (!t->cursor)
		t->list.selected = t->list.top;
}

bool text_lines_find(struct text_lines *t, struct slice text, bool forward)
{
	bool fresh = !slice_eq(text, buffer_slice(&t->found));
	size_t len = t->text.len, at;

	cut(t);
	t->found.len = 0;
	buffer_add_slice(&t->found, text);
	if (t->count == 0 || text.len == 0)
		return false;
	t->place = fresh ? 0 : t->place;
	const struct needle n = needle_of(t);
	const struct text_piece *from = &t->pieces[origin(t)];
	/* What is looked for first may stand in the first line of the screen; but not under the cursor. */
	size_t begin = fresh && !t->cursor ? from->begin : from->end;
	if (forward) {
		if ((at = find_forward(&n, begin, len)) == len && (at = find_forward(&n, 0, begin)) == begin)
			return false;
	} else if ((at = find_backward(&n, 0, from->begin)) == from->begin && (at = find_backward(&n, from->begin, len)) == len) {
		return false;
	}
	arrive(t, at);
	return true;
}

/* --- drawing --- */

static void draw_piece(struct text_lines *t, struct canvas *c, struct area a, const struct text_piece *p)
{
	struct slice text = buffer_slice(&t->text);
	enum look look = (enum look)p->look;
	int at = 0, skip = t->wrap ? 0 : t->shift;

	for (size_t place = p->begin; place < p->end;) {
		struct slice run = next_run(text, &place, p->end, &look);

		/* What is scrolled away as a whole. */
		if (skip && text_fit(run, skip) == run.len) {
			skip -= text_columns(run);
			continue;
		}
		if (run.len && at >= a.columns) {
			canvas_str(c, a.row, a.column + a.columns - 1, 1, look, "\xe2\x80\xa6");
			t->more = true;
			return;
		}
		t->more |= text_fit(run, skip + a.columns - at) < run.len;
		at += canvas_text_from(c, a.row, a.column + at, a.columns - at, look, run, skip);
		skip = 0;
	}
}

/* Columns of text, seen from where it is counted from. */
struct ruler {
	size_t at;
	int column;
};

static int column_of(struct slice text, struct ruler *r, size_t offset)
{
	enum look unused = LOOK_NORMAL;

	while (r->at < offset)
		r->column += text_columns(next_run(text, &r->at, offset, &unused));
	return r->column;
}

static void light(const struct text_lines *t, struct canvas *c, struct area a, const struct text_piece *p)
{
	const struct needle n = needle_of(t);
	struct ruler ruler = {p->begin, t->wrap ? 0 : -t->shift};
	/* It may have begun in the line above. */
	size_t at = p->continues ? p[-1].begin : p->begin;

	for (; ruler.column < a.columns && (at = find_forward(&n, at, p->end)) < p->end; at++) {
		size_t end = match_end(&n, at);

		if (end <= p->begin)
			continue;
		int first = column_of(n.haystack, &ruler, at < p->begin ? p->begin : at);
		int last = column_of(n.haystack, &ruler, end < p->end ? end : p->end);
		first = first < 0 ? 0 : first;
		last = last < a.columns ? last : a.columns;
		if (first < last)
			canvas_tint(c, (struct area){a.row, a.column + first, 1, last - first}, LOOK_FOUND);
	}
}

static void draw_line(struct text_lines *t, struct canvas *c, struct area a, uint32_t line, enum look selected)
{
	const struct text_piece *p = &t->pieces[line];
	struct area inner = area_columns(a, p->continues ? indent_in(t, a.columns) : 0, a.columns);

	draw_piece(t, c, inner, p);
	if (t->cursor && line == t->list.selected)
		canvas_tint(c, a, selected);
	if (t->found.len)
		light(t, c, inner, p);
}

void text_lines_draw(struct text_lines *t, struct canvas *c, struct area a, bool cursor, bool focused)
{
	if (a.columns < 1)
		return;
	lay_out(t, t->wrap ? a.columns : 0);
	t->cursor = cursor;
	t->more = false;
	/* Without a cursor it is the first line that stays. */
	t->list.selected = cursor ? t->list.selected : t->list.top;
	list_layout(&t->list, (uint32_t)t->count, a.rows);
	for (int i = 0; i < a.rows && t->list.top + (uint32_t)i < t->count; i++)
		draw_line(t, c, area_rows(a, i, 1), t->list.top + (uint32_t)i, focused ? LOOK_SELECTED : LOOK_SELECTED_ASIDE);
}

bool text_lines_act(struct text_lines *t, enum action a)
{
	if (t->cursor ? list_act(&t->list, a) : list_scroll(&t->list, a))
		return true;
	if (t->wrap || (a != ACTION_LEFT && a != ACTION_RIGHT))
		return false;
	if (a == ACTION_LEFT)
		t->shift = t->shift > SHIFT_STEP ? t->shift - SHIFT_STEP : 0;
	else if (t->more)
		t->shift += SHIFT_STEP;
	return true;
}
