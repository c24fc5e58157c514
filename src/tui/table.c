/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/table.h"

/* Columns of the screen that all need that are still there. */
static int needed(const struct table *t)
{
	int sum = 0;

	for (size_t i = 0; i < t->count; i++)
		sum += t->width[i] ? t->width[i] + (sum > 0) : 0;
	return sum;
}

/* Returns false when one is left only. */
static bool drop_one(struct table *t)
{
	size_t least = t->count, left = 0;

	for (size_t i = 0; i < t->count; i++) {
		if (!t->width[i])
			continue;
		left++;
		if (least == t->count || t->columns[i].importance < t->columns[least].importance)
			least = i;
	}
	if (left > 1)
		t->width[least] = 0;
	return left > 1;
}

/* What is left over is shared by those that can use more, by how much they can. */
static void share(struct table *t, int rest)
{
	int wanted = 0;

	for (size_t i = 0; i < t->count; i++)
		wanted += t->width[i] ? t->columns[i].most - t->width[i] : 0;
	for (size_t i = 0; i < t->count && wanted > 0 && rest > 0; i++) {
		int wants = t->width[i] ? t->columns[i].most - t->width[i] : 0, gets = rest >= wanted ? wants : rest * wants / wanted;

		t->width[i] += gets;
		rest -= gets;
		wanted -= wants;
	}
}

void table_layout(struct table *t, const struct table_column *columns, size_t count, int width)
{
	int at = 0;

	t->columns = columns;
	t->count = count < TABLE_COLUMNS_MAX ? count : TABLE_COLUMNS_MAX;
	for (size_t i = 0; i < t->count; i++)
		t->width[i] = columns[i].width;
	while (needed(t) > width && drop_one(t))
		;
	share(t, width - needed(t));
	for (size_t i = 0; i < t->count; i++) {
		t->at[i] = at;
		/* The one that stays may still be too wide. */
		t->width[i] = t->width[i] > width - at ? (width > at ? width - at : 0) : t->width[i];
		at += t->width[i] ? t->width[i] + 1 : 0;
	}
}

void table_cell(const struct table *t, size_t column, struct canvas *c, struct area a, enum look look, struct slice text)
{
	int width = t->width[column], pad = 0;

	if (!width || a.rows < 1)
		return;
	if (t->columns[column].right) {
		int wide = text_columns(text);

		pad = wide < width ? width - wide : 0;
	}
	canvas_text(c, a.row, a.column + t->at[column] + pad, width - pad, look, text);
}

void table_header(const struct table *t, struct canvas *c, struct area a)
{
	a = area_rows(a, 0, 1);
	canvas_fill(c, a, LOOK_HEADER);
	for (size_t i = 0; i < t->count; i++)
		table_cell(t, i, c, a, LOOK_HEADER, slice_str(t->columns[i].title));
}
