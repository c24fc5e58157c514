/* SPDX-License-Identifier: BSD-2-Clause */
#include "timeline/wanted.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/memory.h"

static char *copy_of(struct slice s)
{
	char *out = memory_alloc(s.len + 1);

	if (s.len)
		memcpy(out, s.ptr, s.len);
	out[s.len] = 0;
	return out;
}

/* The part before the next tab, without blanks around it. */
static struct slice next_part(struct slice *rest)
{
	size_t tab = slice_find_byte(*rest, '\t');
	struct slice part = slice_trim(slice_sub(*rest, 0, tab));

	*rest = slice_trim(slice_sub(*rest, tab + 1, rest->len));
	return part;
}

static bool fail(struct wanted_error *error, const char *text)
{
	snprintf(error->text, sizeof(error->text), "%s", text);
	return false;
}

static bool add_line(struct wanted *w, struct slice line, struct wanted_error *error)
{
	struct slice rest = line, id = next_part(&rest), expression = next_part(&rest);
	struct filter_error wrong;

	if (!id.len || !expression.len || !rest.len || slice_find_byte(rest, '\t') < rest.len || memchr(line.ptr, 0, line.len))
		return fail(error, "is not id, expression and question, parted by tabs");
	for (size_t i = 0; i < w->count; i++)
		if (slice_eq_str(id, w->list[i].id))
			return fail(error, "has an id that another line has");
	if (w->count == WANTED_MAX)
		return fail(error, "is one question too many");
	struct wanted_question *q = &w->list[w->count++];
	*q = (struct wanted_question){copy_of(id), copy_of(expression), copy_of(rest), NULL};
	q->filter = filter_compile(q->expression, &wrong);
	if (!q->filter)
		snprintf(error->text, sizeof(error->text), "column %zu of the expression: %s", wrong.column, wrong.text);
	return q->filter != NULL;
}

struct wanted *wanted_parse(struct slice text, struct wanted_error *error)
{
	struct wanted *w = memory_zalloc(sizeof(*w));

	w->list = memory_zalloc(WANTED_MAX * sizeof(*w->list));
	error->line = 0;
	while (text.len) {
		size_t end = slice_find_byte(text, '\n');
		struct slice line = slice_sub(text, 0, end);

		text = slice_sub(text, end + 1, text.len);
		error->line++;
		if (slice_trim(line).len == 0 || line.ptr[0] == '#')
			continue;
		if (!add_line(w, line, error)) {
			wanted_free(w);
			return NULL;
		}
	}
	return w;
}

void wanted_free(struct wanted *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->count; i++) {
		free(w->list[i].id);
		free(w->list[i].expression);
		free(w->list[i].question);
		filter_free(w->list[i].filter);
	}
	free(w->list);
	free(w);
}
