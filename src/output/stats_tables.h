/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes what was collected as aligned text, CSV (RFC 4180) or JSON Lines.
 * Rows are sorted by count, the highest first, then by name; files and
 * connections as they come.  What was added up at a limit comes last.
 */
#ifndef MSNSCOPE_OUTPUT_STATS_TABLES_H
#define MSNSCOPE_OUTPUT_STATS_TABLES_H

#include "output/output.h"
#include "output/stats.h"

/* Columns that text keeps to where it can, unless told otherwise: what does not fit stands in a second block of the table. */
#define STATS_TEXT_WIDTH 100u

enum stats_format { STATS_TEXT, STATS_CSV, STATS_JSON };

struct stats_style {
	enum stats_format format;
	unsigned tables;  /* bits 1 << enum stats_table; 0: all, in text those that are not empty */
	bool colour;
	unsigned width;   /* columns of text; 0: STATS_TEXT_WIDTH */
	bool sets;        /* several sets follow each other: CSV and JSON say in a column "set" whose it is */
};

/* The header line of CSV; nothing in the other formats. */
void stats_tables_begin(struct output *out, const struct stats_style *style);

/* All tables that are wanted.  set is the name of the file they are of; NULL with several. */
void stats_tables_write(struct output *out, const struct stats_style *style, const struct stats *s, const char *set);

#endif
