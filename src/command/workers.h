/* SPDX-License-Identifier: BSD-2-Clause */
/* Several files read at a time, what is written standing in their order. Shared by run.c and workers.c. */
#ifndef MSNSCOPE_COMMAND_WORKERS_H
#define MSNSCOPE_COMMAND_WORKERS_H

#include "command/run.h"
#include "timeline/filter.h"

/* Files that workers may be ahead of the output, for each worker: finished ones take room in temporary files. */
#define WORKERS_AHEAD 4u

/* What came of one file: its part of the summary, and what is to be told. */
struct outcome {
	bool any; /* something was handed to the sink */
	int status;
	char reason[CAPTURE_MESSAGE_MAX];
	struct summary summary;
};

/* Reads one file, or from the interface unless that is NULL, into the sink, through the filter unless that is NULL. */
struct outcome outcome_of_file(const struct options *o, const char *file, const struct pipeline_live *live,
			       const struct filter *filter, const struct event_sink *sink);

/* Compiles -Y.  False after a message; NULL in *filter when there is none. */
bool run_filter(struct run *r, const struct options *o, struct filter **filter);

/* Tells what went wrong with a file, behind what was written before. */
void outcome_tell(struct run *r, const char *file, const struct outcome *outcome);

/* Unusable input outweighs damaged input. */
void run_set_status(struct run *r, int status);

void outcome_add_summary(struct summary *to, const struct summary *from);

/* The file of that number, or the interface: "-" when there are none. */
const char *run_file(const struct options *o, size_t i);
size_t run_file_count(const struct options *o);

/* Reads all files with that many workers, each file with a writer of its own; -Y is known to be right. */
void workers_run(struct run *r, const struct options *o, const struct run_writer *writer, size_t count);

#endif
