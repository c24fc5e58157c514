/* SPDX-License-Identifier: BSD-2-Clause */
/* What the subcommands share: the output they write to and the captures they read. */
#ifndef MSNSCOPE_COMMAND_RUN_H
#define MSNSCOPE_COMMAND_RUN_H

#include "command/options.h"
#include "output/output.h"

struct run {
	struct output out;
	const char *output_name; /* for messages */
	bool colour;
	int status; /* what the program will end with, so far */
};

/*
 * Opens the output (-o, else standard output).  reads says that the operands
 * are captures: then an output that is one of them is refused.  Returns false
 * after a message; else the caller ends with run_close.
 */
bool run_open(struct run *r, const struct options *o, bool reads);

/*
 * Reads the captures named by the operands, standard input when there are none,
 * into the sink.  Tells of what cannot be read or is damaged and goes on.
 */
void run_captures(struct run *r, const struct options *o, const struct event_sink *sink);

/* Writes what is left and closes.  Returns the exit status. */
int run_close(struct run *r);

#endif
