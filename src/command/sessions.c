/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/session_report.h"
#include "util/memory.h"

static void *open_writer(const struct options *o, const struct run *r, struct output *out)
{
	struct session_report *writer = memory_alloc(sizeof(*writer));

	*writer = (struct session_report){.out = out,
					  .colour = r->colour,
					  .json = o->json,
					  .verbose = o->verbose > 0,
					  .files = o->operand_count > 1};
	return writer;
}

static struct event_sink sink_of(void *writer)
{
	return session_report_sink(writer);
}

int command_sessions(const struct options *o)
{
	static const struct run_writer writer = {.open = open_writer, .sink = sink_of, .close = free};
	struct run run;

	if (!run_open(&run, o, true))
		return STATUS_UNUSABLE;
	run_files(&run, o, &writer);
	return run_close(&run);
}
