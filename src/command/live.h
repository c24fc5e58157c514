/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures from an interface: -i and what goes with it. */
#ifndef MSNSCOPE_COMMAND_LIVE_H
#define MSNSCOPE_COMMAND_LIVE_H

#include "command/options.h"

/* Do the options of a live capture go with each other and the rest?  Returns false after a message. */
bool live_check(const struct options *o);

/*
 * Opens the interface, gives up privileges, then makes the files of -w and -W:
 * nobody can make the program write where he himself cannot.
 * Returns NULL after a message; else the caller ends with live_end.
 */
struct pipeline_live *live_begin(const struct options *o);

/* From here on SIGINT and SIGTERM end the capture, and the second of a kind the program. */
void live_end_by_signals(void);

/* Bytes of packets kept where no file of the user's keeps them. */
#define LIVE_KEPT_MAX (UINT64_C(1) << 30)

/* A file without a name, gone with the program. */
struct live_kept {
	char path[32]; /* to read it by */
	int fd;        /* -1: none */
};

/* Makes one for the packets of MSN connections.  kept must outlive live.  Returns false after a message. */
bool live_keep(struct pipeline_live *live, struct live_kept *kept);
void live_kept_close(struct live_kept *kept);

void live_end(struct pipeline_live *live);

/* Writes the list of -D.  Returns false after a message when there is nothing to list. */
bool live_list(struct buffer *out);

#endif
