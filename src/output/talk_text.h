/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversations and their lines as text for reading. */
#ifndef MSNSCOPE_OUTPUT_TALK_TEXT_H
#define MSNSCOPE_OUTPUT_TALK_TEXT_H

#include "session/event.h"
#include "util/buffer.h"

/*
 * What is said or done, without time, with a line end: "Alice
 * <alice@example.com>: text" or "* Alice <alice@example.com> sends a nudge".
 * Further lines of the text stand behind indent blanks.
 */
void talk_text_line(struct buffer *out, const struct talk *line, bool colour, unsigned indent);

/* "19:02:51" */
void talk_text_time(struct buffer *out, int64_t ns);
/* "2003-05-16" */
void talk_text_date(struct buffer *out, int64_t ns);

/* "conversation 3: switchboard, alice@example.com with bob@example.com", without line end. */
void talk_text_heading(struct buffer *out, const struct conversation_info *c, bool colour);

#endif
