/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events as pages about the protocol write them:
 *
 *	# connection 2: 192.0.2.10:1038 -> 198.51.100.20:1863 NS MSNP8
 *	>>> USR 7 TWN S ***		C: USR 7 TWN S ***
 *	<<< MSG Hotmail Hotmail 20	S: MSG Hotmail Hotmail 20
 *	    Two lines			    Two lines
 *	    of text			    of text
 *
 * Lines of a payload are indented; CR LF at their ends is not written, LF alone
 * as "\n", and the length says whether there is a line end behind the last one.
 * From the first line on that cannot be shown so - control characters, a CR
 * alone, "\n" as text - the payload stands as a dump.  What is no command is a
 * remark behind "#".  In letters long lines go on behind ".. ", and who ends
 * the connection is said where it was said.
 *
 * transcript/ reads all of this back.
 */
#ifndef MSNSCOPE_OUTPUT_TRANSCRIPT_H
#define MSNSCOPE_OUTPUT_TRANSCRIPT_H

#include "output/mask.h"
#include "output/output.h"
#include "output/redact.h"
#include "session/event.h"

enum transcript_style {
	TRANSCRIPT_ARROWS,  /* ">>> " from the client, "<<< " from the server */
	TRANSCRIPT_LETTERS, /* "C: ", "S: " */
};

struct transcript_options {
	enum transcript_style style;
	bool show_secrets;
	struct placeholders *placeholders; /* for what is private; NULL: it is shown, and only secrets are masked */
};

struct transcript {
	struct output *out;
	struct transcript_options options;
	struct masks masks;  /* of the event being written */
	uint64_t connection; /* of the latest event; 0: none yet in this file */
	bool begun;          /* something was written */
	struct redaction redaction;
	struct {
		uint64_t connection;
		enum msnp_sender from;
	} goodbye;           /* who said OUT last */
};

/* The caller ends with transcript_free. */
void transcript_init(struct transcript *w, struct output *out, struct transcript_options options);
void transcript_free(struct transcript *w);

/* A sink that writes through w. */
struct event_sink transcript_sink(struct transcript *w);

#endif
