/* SPDX-License-Identifier: BSD-2-Clause */
/* Where something was seen: file, frame, event; and the frames of events that later ones are about. */
#ifndef MSNSCOPE_OUTPUT_SIGHTING_H
#define MSNSCOPE_OUTPUT_SIGHTING_H

#include "output/json.h"
#include "output/mask.h"
#include "session/event.h"

/* Events, counted back from the newest, whose frame is known. */
#define SIGHTING_EVENTS_MAX 65536u

struct sighting_frames {
	uint64_t *event, *frame; /* by event modulo SIGHTING_EVENTS_MAX */
};

void sighting_frames_init(struct sighting_frames *s);
void sighting_frames_free(struct sighting_frames *s);
/* Another file begins. */
void sighting_frames_clear(struct sighting_frames *s);

/* First frame of an event, or of the one that it is about; 0 when there is none or it is too long ago.  Remembers it. */
uint64_t sighting_frame(struct sighting_frames *s, const struct event *e);

/* Adds "file:12: event 7", or "file: event 7" for frame 0. */
void sighting_add(struct buffer *out, const char *file, uint64_t frame, uint64_t event);

/* Adds the members "file", "frame" (null for 0) and "event". */
void sighting_json(struct json *j, const char *file, uint64_t frame, uint64_t event);

/* Adds the command line as a person reads it, cut to a length that fits a line; masks are those of the event. */
void sighting_line(struct buffer *out, const struct event *e, const struct masks *masks);

#endif
