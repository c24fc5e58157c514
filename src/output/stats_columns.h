/* SPDX-License-Identifier: BSD-2-Clause */
/* What the columns of the tables of stats are, and the value that a row has in each. */
#ifndef MSNSCOPE_OUTPUT_STATS_COLUMNS_H
#define MSNSCOPE_OUTPUT_STATS_COLUMNS_H

#include "output/stats.h"
#include "util/arena.h"

enum cell_kind {
	CELL_NULL,
	CELL_TEXT,
	CELL_NUMBER,
	CELL_TIME,
	CELL_SPAN,  /* nanoseconds in number */
	CELL_SHARE, /* millionths in number */
};

struct cell {
	enum cell_kind kind;
	struct slice text; /* lives as long as row and arena */
	uint64_t number;
	int64_t time_ns;
	bool nanoseconds;
};

/* What a row is seen in. */
struct stats_view {
	const struct stats *stats;
	uint64_t events;     /* the sum of all counts of the table */
	struct arena *arena;
};

typedef struct cell column_value(const struct stats_view *v, const struct stats_row *r, unsigned which);

enum {
	COLUMN_KEY = 1,    /* tells the row: in text it stands in each block */
	COLUMN_LEFT = 2,   /* aligned to the left */
	COLUMN_DATA = 4,   /* not in text */
};

struct stats_column {
	const char *name;    /* in CSV and JSON */
	const char *heading; /* in text */
	unsigned flags;
	column_value *value;
	unsigned which;
};

/* The columns of a table, ended by one without name. */
const struct stats_column *stats_columns(enum stats_table t);

#endif
