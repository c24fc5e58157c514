/* SPDX-License-Identifier: BSD-2-Clause */
/* What -v and -vv add below the line of an event. */
#ifndef MSNSCOPE_OUTPUT_TEXT_FIELDS_H
#define MSNSCOPE_OUTPUT_TEXT_FIELDS_H

#include "output/text.h"

/* Frames, pairing, the form of the command, then every field, a line each. */
void text_fields_add(struct text_events *w, const struct event *e);

/* Hex dumps of line and payload. */
void text_bytes_add(struct text_events *w, const struct event *e);

#endif
