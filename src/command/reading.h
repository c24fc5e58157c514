/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures that are read by a thread of its own, while somebody looks at what has come. */
#ifndef MSNSCOPE_COMMAND_READING_H
#define MSNSCOPE_COMMAND_READING_H

#include "command/options.h"
#include "tui/tui.h"

struct reading;

/*
 * Begins to read the captures of the options, or the interface unless that is
 * NULL, into the sink; -Y is not applied.  o and live outlive it; the sink is
 * called by the thread.  Ends with reading_end.
 */
struct reading *reading_begin(const struct options *o, const struct pipeline_live *live, const struct event_sink *sink);

/* Waits until all is read, but not longer than that.  Returns false when nothing could be read of any file. */
bool reading_wait(struct reading *r, unsigned milliseconds);

void reading_status(struct reading *r, struct tui_status *out);

/* What is being read is ended soon. */
void reading_stop(struct reading *r);

/* Stops and waits for that, then tells what went wrong, as messages.  Returns the exit status. */
int reading_end(struct reading *r);

#endif
