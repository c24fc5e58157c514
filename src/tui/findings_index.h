/* SPDX-License-Identifier: BSD-2-Clause */
/* All findings of the store, in order of time, found bit by bit as it grows. */
#ifndef MSNSCOPE_TUI_FINDINGS_INDEX_H
#define MSNSCOPE_TUI_FINDINGS_INDEX_H

#include "timeline/store.h"

/* Findings that are listed; further ones are counted only. */
#define FINDINGS_MAX 5000000u

struct finding_entry {
	uint32_t row;
	uint8_t nth;           /* of the findings of its event */
	uint8_t severity;      /* enum severity */
};

struct findings_index {
	struct finding_entry *entries;
	uint32_t count, capacity;
	uint32_t *shown;       /* entries that are severe enough */
	uint32_t shown_count, shown_capacity;
	uint32_t looked;       /* rows looked at */
	enum severity least;
	uint64_t counts[3];    /* by severity */
	uint64_t omitted;
	struct arena arena;
	struct buffer packed;
};

/* Zero-initialised memory is an index of nothing, of all severities. */
void findings_index_free(struct findings_index *x);

/* Looks at what is new, for a while; with the store locked.  Returns whether there is more. */
bool findings_index_step(struct findings_index *x, struct store *s);

/* From now on only those that are as severe, or more. */
void findings_index_limit(struct findings_index *x, enum severity least);

/* The first of those shown whose row is not before the given one; shown_count when there is none. */
uint32_t findings_index_place(const struct findings_index *x, uint32_t row);

/*
 * The finding of an entry, in x until the next call, with its event.  NULL when
 * the event was not kept.
 */
const struct finding *findings_index_read(struct findings_index *x, struct store *s, uint32_t entry, struct event *e);

#endif
