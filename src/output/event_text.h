/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands for an event, or a part of it, in a line that a person reads: escaped, secrets masked, no line end. */
#ifndef MSNSCOPE_OUTPUT_EVENT_TEXT_H
#define MSNSCOPE_OUTPUT_EVENT_TEXT_H

#include "output/mask.h"
#include "output/style.h"
#include "session/event.h"

/* Takes the secrets of an event, as everything below wants them. */
void event_text_masks(struct masks *m, const struct event *e);

/* Adds the command line, or "(gateway)", "(lost 12 bytes)", "(skipped 3 bytes) abc". */
void event_text_command(struct buffer *out, const struct event *e, const struct masks *m);

/* Adds how many bytes of an event are missing that is there, with two blanks before it; nothing when none are. */
void event_text_partial(struct buffer *out, const struct event *e);

/* Adds "event 7, frames 3 4, answers event 5 after 0.040000 s, payload of 12 bytes". */
void event_text_about(struct buffer *out, const struct event *e);

/* Adds "USR of MSNP8 to MSNP21: sign in with a ticket". */
void event_text_form(struct buffer *out, const struct msnp_form *form);

/* Adds the value of a field (not of a branch), with the name and the meaning of a value that is known. */
void event_text_value(struct buffer *out, const struct event *e, const struct field *f, const struct masks *m);

/* The same in two pieces: the value alone, and what it means (or nothing). */
void event_text_plain_value(struct buffer *out, const struct event *e, const struct field *f, const struct masks *m);
void event_text_meaning(struct buffer *out, const struct field *f, const struct masks *m);

enum style event_text_style(const struct event *e);

/* Adds "1 event", "2 events". */
void text_add_count(struct buffer *out, uint64_t n, const char *what);

#endif
