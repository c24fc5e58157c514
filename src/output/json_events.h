/* SPDX-License-Identifier: BSD-2-Clause */
/* Events as JSON, schema 1; docs/json.md describes the records. */
#ifndef MSNSCOPE_OUTPUT_JSON_EVENTS_H
#define MSNSCOPE_OUTPUT_JSON_EVENTS_H

#include "output/json.h"
#include "output/output.h"
#include "session/event.h"

#define JSON_SCHEMA 1

struct json_options {
	bool payload; /* payload_base64 with each event */
	bool ranges;  /* sources and ranges with each event */
	bool pretty;  /* one indented array instead of a record a line */
};

struct json_events {
	struct output *out;
	struct json_options options;
	struct json json;
	bool nanoseconds; /* the clock of the latest event is finer than microseconds */
};

/* Begins the output. */
void json_events_init(struct json_events *w, struct output *out, struct json_options options);

/* A sink that writes through w. */
struct event_sink json_events_sink(struct json_events *w);

/* A record of that type, and its end; members are written in between. */
struct json *json_record_begin(struct json_events *w, const char *type);
void json_record_end(struct json_events *w);

/* Ends the output (closes the array of pretty); the caller flushes. */
void json_events_end(struct json_events *w);

#endif
