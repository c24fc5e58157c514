/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The findings of captures, one a line or as JSON objects or a SARIF log, with
 * a count for each rule at the end.  Checks that saw different files can be
 * joined.
 */
#ifndef MSNSCOPE_OUTPUT_CHECK_H
#define MSNSCOPE_OUTPUT_CHECK_H

#include "output/output.h"
#include "output/rule_set.h"
#include "output/sighting.h"

enum check_format { CHECK_TEXT, CHECK_JSON, CHECK_SARIF };

/* Findings of one rule that are shown of each file as text; the others are counted. */
#define CHECK_SHOWN_DEFAULT 10u

struct check_options {
	enum check_format format;
	enum severity least;        /* findings of less are left out */
	struct rule_set rules;      /* those of other rules, too */
	bool all;                   /* CHECK_TEXT: show each of them */
	bool colour, show_secrets;
};

struct check {
	struct output *out;
	struct check_options options;
	struct masks masks;
	struct sighting_frames frames;
	char *file;                        /* being read */
	uint64_t in_file[RULE_COUNT];      /* of that */
	uint64_t count[RULE_COUNT], files[RULE_COUNT];
	bool begun;                        /* CHECK_SARIF: something was written */
	bool any_result;                   /* CHECK_SARIF */
	uint64_t *errors;                  /* for the caller */
};

/* out is where records go while events come; it outlives the check.  Ends with check_free. */
void check_init(struct check *c, struct output *out, const struct check_options *options);
void check_free(struct check *c);

struct event_sink check_sink(struct check *c);

/* Takes over what another has counted, of which all was written; its out may be gone. */
void check_join(struct check *c, const struct check *from);

/* Writes what stands behind all findings. */
void check_finish(struct check *c);

/* Findings of a severity that were told, or of any that is higher. */
uint64_t check_count(const struct check *c, enum severity least);

#endif
