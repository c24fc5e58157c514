/* SPDX-License-Identifier: BSD-2-Clause */
/* User sessions for a person to read. */
#ifndef MSNSCOPE_OUTPUT_SESSION_REPORT_H
#define MSNSCOPE_OUTPUT_SESSION_REPORT_H

#include "output/output.h"
#include "session/event.h"

/* How `msnscope sessions` writes. */
struct session_report {
	struct output *out;
	bool colour;
	bool json;        /* one JSON object a line */
	bool verbose;     /* all contacts, groups and changes of presence */
	bool files;       /* there are several: names each */
};

/* One line without its end: "alice@example.com (MSMSGS 5.0.0515, MSNP8, Passport sign-in), 2003-05-16 19:02:11 to
 * 19:04:07, signed out; connections 1-4". */
void session_report_line(struct buffer *out, const struct user_session *s);

/* --- paragraphs of the report; each ends with a line end --- */

/* Adds three lines: who it is, what client it was, when it was and how it ended. */
void session_report_about(struct buffer *out, const struct user_session *s, bool colour);
/* Adds a line that counts messages, events and findings. */
void session_report_counts(struct buffer *out, const struct user_session *s, bool colour);
/* Adds the beginning of such a line. */
void session_report_label(struct buffer *out, const char *label, bool colour);

/* Adds how it ended: "signed out". */
void session_report_end(struct buffer *out, const struct user_session *s);
/* How a connection was recognised as one of a session: "same account, inferred". */
const char *session_report_link(const struct user_session *s, enum session_link how);

/* A sink that writes each session; r must live as long as it is used. */
struct event_sink session_report_sink(struct session_report *r);

#endif
