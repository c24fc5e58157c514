/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts, bytes and latencies of what a sink is handed.  Collectors that saw
 * different files can be merged, in any order and grouping, and hold the same
 * as one that saw all of them.
 */
#ifndef MSNSCOPE_OUTPUT_STATS_H
#define MSNSCOPE_OUTPUT_STATS_H

#include "output/stats_rows.h"
#include "session/event.h"

/* In the order of output. */
enum stats_table {
	STATS_FILES,
	STATS_VERSIONS,
	STATS_ROLES,
	STATS_TRANSPORTS,
	STATS_CONNECTIONS,
	STATS_COMMANDS,
	STATS_CONTENT_TYPES,
	STATS_OPERATIONS,
	STATS_ERRORS,
	STATS_FINDINGS,
	STATS_TABLES
};

/* "files", "versions", ..., "content-types", ... */
const char *stats_table_name(enum stats_table t);

/* Rows that the tables keep; the others are added up in one row. */
#define STATS_FILES_MAX 16384u
#define STATS_CONNECTIONS_MAX 16384u
#define STATS_COMMANDS_MAX 4096u
#define STATS_OTHER_MAX 1024u

/* Events, counted back from the newest, that replies are still matched with. */
#define STATS_REQUESTS_MAX 65536u

/* Bytes of its name that are kept for the table of errors. */
#define STATS_ANSWERED_MAX 15u

/* What was asked.  The name stands here too, as the row may be that of the others. */
struct stats_request {
	uint64_t event; /* 0: none */
	struct stats_row *row;
	uint8_t name[STATS_ANSWERED_MAX], name_len;
};

struct stats {
	struct stats_rows table[STATS_TABLES];
	uint64_t next_file;  /* number that the next file gets; counts up from 1 */
	bool nanoseconds;    /* some file has a clock finer than microseconds */
	struct stats_request *requests; /* STATS_REQUESTS_MAX, by event; of the file that is being read */
	uint64_t file;       /* number of that, 0: none so far */
	bool file_nanoseconds;
};

/* Ends with stats_free. */
struct stats *stats_new(void);
void stats_free(struct stats *s);

/* Collects.  Connections and files count when they end. */
struct event_sink stats_sink(struct stats *s);

/* Adds what from has collected of further files, which get the next numbers; these numbers change in from, too. */
void stats_append(struct stats *to, struct stats *from);

/* Adds what from has collected.  Files that have the same number in both are taken to be the same. */
void stats_merge(struct stats *to, const struct stats *from);

#endif
