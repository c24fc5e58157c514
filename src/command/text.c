/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/text.h"

#include <stdlib.h>

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "util/memory.h"

static void *open_writer(const struct options *o, const struct run *r, struct output *out)
{
	struct text_events *writer = memory_alloc(sizeof(*writer));

	text_events_init(writer, out,
			 (struct text_options){
				 .colour = r->colour,
				 .show_secrets = o->show_secrets,
				 .verbose = o->verbose,
			 });
	return writer;
}

static struct event_sink sink_of(void *writer)
{
	return text_events_sink(writer);
}

static void close_writer(void *writer)
{
	text_events_free(writer);
	free(writer);
}

int command_text(const struct options *o)
{
	static const struct run_writer writer = {.open = open_writer, .sink = sink_of, .close = close_writer};
	struct run run;

	if (!run_open(&run, o, true))
		return STATUS_UNUSABLE;
	run_files(&run, o, &writer);
	return run_close(&run);
}
