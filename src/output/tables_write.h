/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes what tables have collected. */
#ifndef MSNSCOPE_OUTPUT_TABLES_WRITE_H
#define MSNSCOPE_OUTPUT_TABLES_WRITE_H

#include "output/table_writer.h"
#include "output/tables.h"

enum tables_kind { TABLES_COMMANDS, TABLES_WIKI, TABLES_VALUES, TABLES_TYPES, TABLES_COVERAGE, TABLES_KINDS };

struct tables_style {
	enum tables_kind kind;
	enum table_format format;
	bool verbatim; /* what is private is shown as it is */
	int version;   /* coverage: only forms of that version; 0: all */
};

/* Without verbatim t has placeholders in the names of its files afterwards. */
void tables_write(struct output *out, const struct tables_style *style, struct tables *t);

/* What stands over a table: what it is, and of how much it was made; at most TABLES_CAPTION_MAX bytes with the NUL. */
#define TABLES_CAPTION_MAX 192u
void tables_caption(char *caption, const char *what, const struct tables *t);

/* For tables_wiki.c: the table of that kind; the name of the file a row was first seen in; how often a row was seen. */
void tables_write_wiki(struct output *out, enum table_format format, const struct tables *t);
const char *tables_first_file(const struct tables *t, const struct stats_row *r);
uint64_t tables_count(const struct stats_row *r);

#endif
