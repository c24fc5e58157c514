/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures from an interface: -i and what goes with it. */
#ifndef MSNSCOPE_COMMAND_LIVE_H
#define MSNSCOPE_COMMAND_LIVE_H

#include "command/options.h"

/* Do the options of a live capture go with each other and the rest?  Returns false after a message. */
bool live_check(const struct options *o);

/*
 * Opens the interface, gives up privileges, then makes the files of -w and -W:
 * nobody can make the program write where he himself cannot.  From here on
 * SIGINT and SIGTERM end the capture, and the second of a kind the program.
 * Returns NULL after a message; else the caller ends with live_end.
 */
struct pipeline_live *live_begin(const struct options *o);

void live_end(struct pipeline_live *live);

/* Writes the list of -D.  Returns false after a message when there is nothing to list. */
bool live_list(struct buffer *out);

#endif
