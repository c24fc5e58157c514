/* SPDX-License-Identifier: BSD-2-Clause */
/* What -v and -vv add below the line of an event. */
#ifndef MSNSCOPE_OUTPUT_TEXT_FIELDS_H
#define MSNSCOPE_OUTPUT_TEXT_FIELDS_H

#include "output/text.h"

/*
 * Frames, pairing, the form of the command, then every field, a line each.  Of
 * a web service's message the XML as a whole only with -vv, unless it is all
 * there is.
 */
void text_fields_add(struct text_events *w, const struct event *e);

/* Hex dumps of line and payload, or of head and body. */
void text_bytes_add(struct text_events *w, const struct event *e);

#endif
