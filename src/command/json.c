/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/json_events.h"

int command_json(const struct options *o)
{
	struct json_events writer;
	struct run run;

	if (!run_open(&run, o, true))
		return STATUS_UNUSABLE;
	json_events_init(&writer, &run.out,
			 (struct json_options){
				 .payload = o->payload,
				 .ranges = o->ranges,
				 .pretty = o->pretty,
			 });
	struct event_sink sink = json_events_sink(&writer);
	run_captures(&run, o, &sink);
	json_events_end(&writer);
	return run_close(&run);
}
