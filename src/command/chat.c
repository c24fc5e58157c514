/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/chat.h"

#include <stdlib.h>

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/json_talks.h"
#include "util/memory.h"

static void *open_log(const struct options *o, const struct run *r, struct output *out)
{
	struct chat *log = memory_alloc(sizeof(*log));

	chat_init(log, out,
		  (struct chat_options){
			  .colour = r->colour,
			  .typing = o->verbose > 0,
			  .both = o->both,
			  .name_files = o->operand_count > 1,
		  });
	return log;
}

static struct event_sink log_sink(void *log)
{
	return chat_sink(log);
}

static void close_log(void *log)
{
	chat_free(log);
	free(log);
}

static void *open_json(const struct options *o, const struct run *r, struct output *out)
{
	struct json_events *writer = memory_alloc(sizeof(*writer));

	(void)o;
	(void)r;
	json_events_init(writer, out, (struct json_options){.pretty = false});
	return writer;
}

static struct event_sink json_sink(void *writer)
{
	return json_talks_sink(writer);
}

static void close_json(void *writer)
{
	json_events_end(writer);
	free(writer);
}

int command_chat(const struct options *o)
{
	static const struct run_writer log = {.open = open_log, .sink = log_sink, .close = close_log};
	static const struct run_writer json = {.open = open_json, .sink = json_sink, .close = close_json};
	struct run run;

	if (!run_open(&run, o, true))
		return STATUS_UNUSABLE;
	run_files(&run, o, o->json ? &json : &log);
	return run_close(&run);
}
