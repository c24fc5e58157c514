/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the lines of a transcript to commands of connections: which line is a
 * command, of whom, on which connection, and what of the text is its payload.
 * What the text did not keep is marked (event.unreliable), and never guessed.
 */
#ifndef MSNSCOPE_SESSION_LOG_H
#define MSNSCOPE_SESSION_LOG_H

#include "session/session.h"
#include "transcript/transcript.h"

/* Connections that a text may have open at a time; the one idle longest ends. */
#define LOG_CONNECTIONS_MAX 256u
/* Lines and bytes behind one command that may be its payload; what follows is passed over. */
#define LOG_BODY_LINES_MAX 16384u
#define LOG_BODY_BYTES_MAX (1u << 19)

struct session_log;

struct log_counters {
	uint64_t commands;
	uint64_t passed_over; /* lines, not empty, that are neither command nor payload */
	bool times;           /* some line had a time */
	int64_t first_ns, last_ns; /* with times */
};

/* s outlives it.  Ends with session_log_end. */
struct session_log *session_log_new(struct session *s, const struct transcript_form *form);

/* The next record of the text. */
void session_log_record(struct session_log *l, const struct transcript_record *r);

/* The text has ended, and all its connections.  Frees l. */
struct log_counters session_log_end(struct session_log *l);

#endif
