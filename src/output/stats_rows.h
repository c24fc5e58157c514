/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of counts with a bounded number of rows.  It keeps the rows whose
 * keys come first in order and adds up the others in one row.  As that
 * depends on the keys alone, tables that are merged hold the same as one that
 * counted everything, in whatever order and grouping; all must have the same
 * limit.
 */
#ifndef MSNSCOPE_OUTPUT_STATS_ROWS_H
#define MSNSCOPE_OUTPUT_STATS_ROWS_H

#include "output/latency.h"
#include "util/address.h"
#include "util/slice.h"

/* Bytes of a text that a key keeps. */
#define STATS_TEXT_MAX 96u
#define STATS_KEY_MAX 256u

/* Parts one behind the other, each a byte of length and its bytes; compared part by part. */
struct stats_key {
	uint8_t bytes[STATS_KEY_MAX];
	size_t len;
};

/* A part that does not fit is left out; a text is cut. */
void stats_key_add_number(struct stats_key *k, uint64_t n);
void stats_key_add_text(struct stats_key *k, struct slice text);

/* Part number index, from 0: empty, or 0, when there is none. */
struct slice stats_key_text(const struct stats_key *k, unsigned index);
uint64_t stats_key_number(const struct stats_key *k, unsigned index);

/* What is added up; each table uses some. */
enum stats_sum {
	SUM_COUNT,
	SUM_PAYLOAD,        /* bytes */
	SUM_LINE,           /* bytes without line ends */
	SUM_ERRORS,         /* replies that tell of an error */
	SUM_REQUESTS,
	SUM_RESPONSES,
	SUM_CONNECTIONS,
	SUM_COMMANDS_CLIENT,
	SUM_COMMANDS_SERVER,
	SUM_BYTES_CLIENT,   /* of the stream */
	SUM_BYTES_SERVER,
	SUM_LOST_CLIENT,    /* bytes, as far as it is known how many */
	SUM_LOST_SERVER,
	SUM_FINDINGS,
	SUM_EVENTS,
	SUM_PACKETS,
	SUM_KINDS
};

#define STATS_OUTER_MAX 64u

/* What there is to say of one connection or file. */
struct stats_facts {
	char *name;                /* of a file; owned */
	const char *format;        /* of a file */
	struct address client, server;
	const char *role, *transport, *end_reason, *version_from; /* may be NULL; constants */
	char outer[STATS_OUTER_MAX]; /* "socks5/http-connect", or empty */
	int version;               /* 0: none */
	bool spans;                /* start and end are known */
	int64_t start_ns, end_ns;
	bool nanoseconds;
};

struct stats_row {
	struct stats_key key;
	uint64_t sum[SUM_KINDS];
	uint64_t first_file, first_event, first_frame; /* where it was first; 0: not told */
	struct latency latency;
	struct stats_facts *facts; /* or NULL */
	unsigned users;            /* that hold the row beside the table */
	bool dropped;              /* is in no table any more; its counts are in others */
};

struct stats_rows {
	struct stats_row **row; /* ascending */
	size_t count, room;
	size_t limit;           /* at least 1 */
	struct stats_row *others; /* NULL as long as all rows are kept; key is empty */
};

/* The row of that key, new if need be, or others. */
struct stats_row *stats_rows_at(struct stats_rows *t, const struct stats_key *key);

/* Sets a lower limit: the last rows give way. */
void stats_rows_limit(struct stats_rows *t, size_t limit);

/* A row stays in memory, dropped or not, until it is let go. */
void stats_row_hold(struct stats_row *r);
void stats_row_release(struct stats_row *r);

/* The row that counts for r now. */
struct stats_row *stats_rows_current(struct stats_rows *t, struct stats_row *r);

/* Keeps the first of these places. */
void stats_row_first(struct stats_row *r, uint64_t file, uint64_t event, uint64_t frame);

/* Adds to the numbers of files: in the places of first events and, with keys, in the first part of the keys. */
void stats_rows_shift(struct stats_rows *t, bool keys, uint64_t by);
void stats_rows_merge(struct stats_rows *to, const struct stats_rows *from);
void stats_rows_free(struct stats_rows *t);

#endif
