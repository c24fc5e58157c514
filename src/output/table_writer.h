/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes one table as MediaWiki, Markdown (GitHub's tables), CSV (RFC 4180) or
 * JSON (an array of objects).  What a cell holds is shown as it is: whatever
 * has a meaning in the format is escaped.  Control bytes and what is no UTF-8
 * become \xNN, in JSON as json_string has it.
 */
#ifndef MSNSCOPE_OUTPUT_TABLE_WRITER_H
#define MSNSCOPE_OUTPUT_TABLE_WRITER_H

#include "output/json.h"
#include "output/output.h"

enum table_format { TABLE_MEDIAWIKI, TABLE_MARKDOWN, TABLE_CSV, TABLE_JSON, TABLE_FORMATS };

/* "mediawiki", "markdown", "csv", "json" */
const char *table_format_name(enum table_format f);

struct table_column {
	const char *name;    /* in CSV and JSON: lower case, _ */
	const char *heading; /* in MediaWiki and Markdown */
};

struct table_writer {
	struct output *out;
	enum table_format format;
	const struct table_column *columns;
	size_t count;       /* of columns */
	size_t column;      /* that the next cell is in */
	bool rows;          /* there is one already */
	struct json json;   /* the row that is being written */
	struct buffer cell; /* being made */
};

/* Begins the table.  The columns outlive the writer; the caption, one line, stands over MediaWiki and Markdown. */
void table_begin(struct table_writer *w, struct output *out, enum table_format format, const char *caption,
		 const struct table_column *columns, size_t count);

/* The cell of the next column; the row ends with that of the last.  Line ends are bytes like others. */
void table_text(struct table_writer *w, struct slice text);

/* The same for a text of our own, whose line ends part lines of the cell.  NULL and "" give an empty cell. */
void table_lines(struct table_writer *w, const char *text);

void table_number(struct table_writer *w, uint64_t n);

/* Nothing to be said: null in JSON. */
void table_empty(struct table_writer *w);

/* Ends the table, after a whole row. */
void table_end(struct table_writer *w);

#endif
