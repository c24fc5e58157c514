/* SPDX-License-Identifier: BSD-2-Clause */
/* The timeline for people: one line for each event, in order of time. */
#ifndef MSNSCOPE_OUTPUT_TEXT_H
#define MSNSCOPE_OUTPUT_TEXT_H

#include "output/mask.h"
#include "output/output.h"
#include "session/event.h"

struct text_options {
	bool colour;
	bool show_secrets;
	unsigned verbose; /* 1: fields; 2: all of them, and the bytes */
};

struct text_events {
	struct output *out;
	struct text_options options;
	struct masks masks; /* of the event being written */
	bool nanoseconds;   /* the clock of the latest event is finer than microseconds */
};

/* The caller ends with text_events_free. */
void text_events_init(struct text_events *w, struct output *out, struct text_options options);
void text_events_free(struct text_events *w);

/* A sink that writes through w. */
struct event_sink text_events_sink(struct text_events *w);

#endif
