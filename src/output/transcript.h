/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events as pages about the protocol write them:
 *
 *	# connection 2: 192.0.2.10:1038 -> 198.51.100.20:1863 NS MSNP8
 *	>>> USR 7 TWN S ***
 *	<<< MSG Hotmail Hotmail 14
 *	    Two lines
 *	    of text
 *
 * Line ends are not written.  Lines of a payload are indented; from the first
 * one with control characters on it stands as a dump.  What is no command is a
 * remark behind "#".
 */
#ifndef MSNSCOPE_OUTPUT_TRANSCRIPT_H
#define MSNSCOPE_OUTPUT_TRANSCRIPT_H

#include "output/mask.h"
#include "output/output.h"
#include "session/event.h"

enum transcript_style {
	TRANSCRIPT_ARROWS, /* ">>> " from the client, "<<< " from the server */
};

struct transcript_options {
	enum transcript_style style;
	bool show_secrets;
};

struct transcript {
	struct output *out;
	struct transcript_options options;
	struct masks masks;  /* of the event being written */
	uint64_t connection; /* of the latest event; 0: none yet in this file */
	bool begun;          /* something was written */
};

/* The caller ends with transcript_free. */
void transcript_init(struct transcript *w, struct output *out, struct transcript_options options);
void transcript_free(struct transcript *w);

/* A sink that writes through w. */
struct event_sink transcript_sink(struct transcript *w);

#endif
