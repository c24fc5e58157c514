/* SPDX-License-Identifier: BSD-2-Clause */
/* Columns of a list: how wide each is, and which give way when there is no room for all. */
#ifndef MSNSCOPE_TUI_TABLE_H
#define MSNSCOPE_TUI_TABLE_H

#include "tui/canvas.h"

#define TABLE_COLUMNS_MAX 16u

struct table_column {
	const char *title;
	int width, most;       /* columns of the screen: at least, and what more is of no use */
	int importance;        /* of those that do not fit, the least important is left out first */
	bool right;            /* numbers stand to the right */
};

/* Where the columns are; width 0: left out. */
struct table {
	const struct table_column *columns;
	size_t count;
	int at[TABLE_COLUMNS_MAX], width[TABLE_COLUMNS_MAX];
};

/* Lays out at most TABLE_COLUMNS_MAX columns with a blank between; they outlive the table.  The most important one stays. */
void table_layout(struct table *t, const struct table_column *columns, size_t count, int width);

/* Draw in the first row of an area as wide as the table was laid out for. */
void table_header(const struct table *t, struct canvas *c, struct area a);
void table_cell(const struct table *t, size_t column, struct canvas *c, struct area a, enum look look, struct slice text);

#endif
