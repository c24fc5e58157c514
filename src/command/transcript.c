/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/transcript.h"

#include <stdlib.h>

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "util/memory.h"

struct writer {
	struct transcript transcript;
	struct placeholders *placeholders; /* NULL with --verbatim */
};

static void *open_writer(const struct options *o, const struct run *r, struct output *out)
{
	struct writer *w = memory_zalloc(sizeof(*w));

	(void)r;
	if (!o->verbatim)
		w->placeholders = placeholders_new();
	transcript_init(&w->transcript, out,
			(struct transcript_options){
				.style = o->letters ? TRANSCRIPT_LETTERS : TRANSCRIPT_ARROWS,
				.show_secrets = o->show_secrets,
				.placeholders = w->placeholders,
			});
	return w;
}

static struct event_sink sink_of(void *writer)
{
	return transcript_sink(&((struct writer *)writer)->transcript);
}

static void close_writer(void *writer)
{
	struct writer *w = writer;

	transcript_free(&w->transcript);
	if (w->placeholders)
		placeholders_free(w->placeholders);
	free(w);
}

int command_transcript(const struct options *o)
{
	static const struct run_writer writer = {.open = open_writer, .sink = sink_of, .close = close_writer};
	struct run run;

	if (!run_open(&run, o, true))
		return STATUS_UNUSABLE;
	run_files(&run, o, &writer);
	return run_close(&run);
}
