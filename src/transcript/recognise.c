/* SPDX-License-Identifier: BSD-2-Clause */
/* Which form a text has, told by the commands that each form finds in its beginning. */
#include "transcript/forms.h"

/* Words of a command that no sentence has by chance. */
#define TELLING_WORDS 3u
/* Points that a form must have: marks that text of other kinds has too need more than one short command. */
#define POINTS_STRONG 1u
#define POINTS_WEAK 2u
#define POINTS_UNMARKED 4u
/* Rows of a hex dump that must begin where the one before ended. */
#define ROWS_MIN 2u

struct look {
	unsigned points[FORM_COUNT];
	enum form_id follow;       /* of a header, or FORM_COUNT */
	size_t row_end[2];         /* offset behind the last row of a hex dump, of each side */
	bool own;
};

static size_t words_of(struct slice text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == ' ';
	return n;
}

static void count_command(struct look *l, enum form_id form, struct slice text)
{
	if (l->points[form] < POINTS_UNMARKED && is_known_command(text))
		l->points[form] += words_of(text) >= TELLING_WORDS ? 2 : 1;
}

static void look_at_row(struct look *l, struct slice line)
{
	struct dump_row row;

	if (!dump_row_read(line, &row))
		return;
	size_t *end = &l->row_end[row.indented];

	if (row.offset == *end)
		l->points[FORM_HEX_DUMP]++;
	*end = row.offset + row.count;
}

/* Without its end, and without mark-up: that changes no command into none. */
static void look_at_line(struct look *l, struct slice line)
{
	struct mark m;
	enum form_id form = mark_find(line, &m);

	if (l->follow == FORM_COUNT)
		l->follow = follow_form(line);
	l->own |= form == FORM_MSNSCOPE && m.kind == MARK_OPEN;
	if (form != FORM_COUNT && m.kind == MARK_COMMAND)
		count_command(l, form, m.text);
	else if (form == FORM_MIRANDA && m.kind == MARK_CHUNK)
		l->points[form]++;
	else if (form == FORM_MSNPSHARP && m.kind == MARK_NEXT)
		l->points[form]++;
	else if (form == FORM_COUNT)
		count_command(l, FORM_LINES, line);
	look_at_row(l, line);
}

static struct slice without_end(struct slice line)
{
	while (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static unsigned points_needed(enum form_id form)
{
	if (form == FORM_LINES)
		return POINTS_UNMARKED;
	return form == FORM_LETTERS || form == FORM_SINGLE_ARROWS || form == FORM_DOUBLE_ARROWS ? POINTS_WEAK : POINTS_STRONG;
}

static const struct transcript_form *judge(const struct look *l)
{
	enum form_id best = FORM_COUNT;

	if (l->follow != FORM_COUNT)
		return &transcript_forms[l->follow];
	if (l->own)
		return &transcript_forms[FORM_MSNSCOPE];
	if (l->points[FORM_HEX_DUMP] >= ROWS_MIN)
		return &transcript_forms[FORM_HEX_DUMP];
	for (size_t i = 0; i <= FORM_LINES; i++)
		if (l->points[i] >= points_needed((enum form_id)i) && (best == FORM_COUNT || (l->points[i] > l->points[best] && i != FORM_LINES)))
			best = (enum form_id)i;
	return best == FORM_COUNT ? NULL : &transcript_forms[best];
}

/* What stands in front of all lines of an example: MediaWiki shows such lines as they are, Markdown as code. */
static const char *const margins[] = {"", " ", "    ", "\t", "  "};

#define MARGINS (sizeof(margins) / sizeof(margins[0]))

/* Lines without the margin are prose. */
static struct look look_behind(struct slice beginning, bool whole, const char *margin)
{
	struct look l = {.follow = FORM_COUNT};
	struct slice rest = beginning, line;

	take(&rest, "\xef\xbb\xbf");
	while (take_until(&rest, '\n', &line))
		if (take(&line, margin))
			look_at_line(&l, without_end(line));
	if (whole && rest.len && take(&rest, margin))
		look_at_line(&l, without_end(rest));
	return l;
}

/* Only examples on pages have a margin. */
static const struct transcript_form *judge_example(const struct look *l)
{
	const struct transcript_form *form = judge(l);
	bool example = form == &transcript_forms[FORM_ARROWS] || form == &transcript_forms[FORM_LETTERS] ||
		       form == &transcript_forms[FORM_SINGLE_ARROWS] || form == &transcript_forms[FORM_DOUBLE_ARROWS];

	return example ? form : NULL;
}

static const struct transcript_form *find(struct slice beginning, bool whole, const char **margin)
{
	const struct transcript_form *form = NULL;

	for (size_t i = 0; i < MARGINS && !form; i++) {
		struct look l = look_behind(beginning, whole, margins[i]);

		form = i ? judge_example(&l) : judge(&l);
		*margin = margins[i];
	}
	return form;
}

const struct transcript_form *transcript_recognise(struct slice beginning, bool whole)
{
	const char *margin;

	return find(beginning, whole, &margin);
}

const char *find_margin(struct slice beginning)
{
	const char *margin;

	return find(beginning, true, &margin) ? margin : "";
}

const struct transcript_form *transcript_form_at(size_t i)
{
	return i < FORM_COUNT ? &transcript_forms[i] : NULL;
}
