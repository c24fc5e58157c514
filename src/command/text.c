/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/text.h"

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"

int command_text(const struct options *o)
{
	struct text_events writer;
	struct run run;

	if (!run_open(&run, o, true))
		return STATUS_UNUSABLE;
	text_events_init(&writer, &run.out,
			 (struct text_options){
				 .colour = run.colour,
				 .show_secrets = o->show_secrets,
				 .verbose = o->verbose,
			 });
	struct event_sink sink = text_events_sink(&writer);
	run_captures(&run, o, &sink);
	text_events_free(&writer);
	return run_close(&run);
}
