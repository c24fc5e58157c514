/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/json_events.h"
#include "util/memory.h"

static void *open_writer(const struct options *o, const struct run *r, struct output *out)
{
	struct json_events *writer = memory_alloc(sizeof(*writer));

	(void)r;
	json_events_init(writer, out,
			 (struct json_options){
				 .payload = o->payload,
				 .ranges = o->ranges,
				 .pretty = o->pretty,
			 });
	return writer;
}

static struct event_sink sink_of(void *writer)
{
	return json_events_sink(writer);
}

static void close_writer(void *writer)
{
	json_events_end(writer);
	free(writer);
}

int command_json(const struct options *o)
{
	static const struct run_writer writer = {.open = open_writer, .sink = sink_of, .close = close_writer};
	struct run run;

	if (!run_open(&run, o, true))
		return STATUS_UNUSABLE;
	run_files(&run, o, &writer);
	return run_close(&run);
}
