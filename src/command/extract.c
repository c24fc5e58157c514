/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/extract.h"

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"

struct extraction {
	struct run run;
	const char *path;
};

static void on_failed(void *ctx, const char *name, int error)
{
	struct extraction *e = ctx;

	message("%s/%s: %s", e->path, name, strerror(error));
	e->run.status = STATUS_UNUSABLE;
}

static void extract_all(struct extraction *e, const struct options *o, struct folder *folder)
{
	struct extract writer;
	int error = extract_init(&writer, folder, &e->run.out, o->kinds ? o->kinds : EXTRACT_OBJECTS);

	writer.failed = on_failed;
	writer.failed_ctx = e;
	if (!error) {
		struct event_sink sink = extract_sink(&writer);

		run_captures(&e->run, o, &sink);
	}
	int end = extract_end(&writer);
	if (error || end)
		on_failed(e, "manifest.json", error ? error : end);
}

int command_extract(const struct options *o)
{
	/* -o is the folder; what was written there is told on standard output. */
	struct options listing = *o;
	struct extraction e = {.path = o->output};
	struct folder folder;

	if (!o->output) {
		message("extract wants a folder to write to: -o DIR");
		return STATUS_UNUSABLE;
	}
	listing.output = NULL;
	if (!run_open(&e.run, &listing, true))
		return STATUS_UNUSABLE;
	int error = folder_open(&folder, o->output);
	if (error) {
		message("%s: %s", o->output, strerror(error));
		e.run.status = STATUS_UNUSABLE;
	} else {
		extract_all(&e, &listing, &folder);
	}
	folder_close(&folder);
	return run_close(&e.run);
}
