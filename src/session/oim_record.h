/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of oim: messages that are known so far. */
#ifndef MSNSCOPE_SESSION_OIM_RECORD_H
#define MSNSCOPE_SESSION_OIM_RECORD_H

#include "session/oim.h"

/* A message; its slices are its own. */
struct oim_record {
	struct offline_message message;
	struct slice run;      /* run id; empty when not known */
	uint64_t sequence;     /* meaningful with run */
	bool accepted;         /* the service stored it */
	bool has_arrival;
	int64_t arrival_ns;    /* at the service, by its clock */
};

struct oim_records {
	struct event_sink sink;
	struct oim_record *list[OIM_MESSAGES_MAX]; /* oldest first */
	size_t count;
};

/* What a mail says, or another message that was stored. */
struct oim_content {
	struct slice from, to, run;
	uint64_t sequence;
	bool has_text;
	struct slice text;
};

/* A new record; when there are too many the oldest is handed over. */
struct oim_record *oim_record_new(struct oim_records *r);

/* The record of that id, new when there is none. */
struct oim_record *oim_record_by_id(struct oim_records *r, struct slice id);

/* The record of an earlier call that stored the same and was not accepted, or NULL. */
struct oim_record *oim_record_repeated(struct oim_records *r, const struct oim_content *c);

/* Takes over what the record does not know yet. */
void oim_record_learn(struct oim_record *record, const struct oim_content *c);

/* Joins the record, whose text is known, with that of its sending, which then goes away. */
void oim_record_link(struct oim_records *r, struct oim_record *record);

/* The steps that are this event did not happen: it was a request that was refused by that event. */
void oim_records_refused(struct oim_records *r, uint64_t request, const struct event *refusal);

/* The event stored a message. */
void oim_records_accepted(struct oim_records *r, uint64_t request);

/* Links by time what is left, and hands all over. */
void oim_records_finish(struct oim_records *r);

void oim_records_free(struct oim_records *r);

/* A copy of at most max bytes, to be freed; empty slices own nothing. */
struct slice oim_keep(struct slice s, size_t max);
void oim_drop(struct slice *s);

#endif
