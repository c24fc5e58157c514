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
	struct pipeline_live *live; /* the interface of -i, or NULL */
	int status; /* what the program will end with, so far */
};

/*
 * Opens the interface, if there is one, and the output (-o, else standard
 * output).  reads says that the operands
 * are captures: then an output that is one of them is refused.  Returns false
 * after a message; else the caller ends with run_close.
 */
bool run_open(struct run *r, const struct options *o, bool reads);

/*
 * Reads the captures named by the operands or the interface, standard input when there are none,
 * one after the other into the sink.  Tells of what cannot be read or is
 * damaged and goes on.  -Y is applied.
 */
void run_captures(struct run *r, const struct options *o, const struct event_sink *sink);

/* What makes an output of events, once for all files or, with workers, once for each. */
struct run_writer {
	/* The writer goes to out, which outlives it. */
	void *(*open)(const struct options *o, const struct run *r, struct output *out);
	struct event_sink (*sink)(void *writer);
	void (*close)(void *writer);
	/*
	 * NULL, or: takes over what the writer of the next file holds, and frees that writer; nothing was
	 * written by it and close is not called for it.
	 */
	void (*join)(void *all, void *next);
};

/*
 * The same with the files shared out among the workers of -j.  What is written
 * is the same, in the order of the operands.
 */
void run_files(struct run *r, const struct options *o, const struct run_writer *w);

/* Writes what is left and closes.  Returns the exit status. */
int run_close(struct run *r);

#endif
