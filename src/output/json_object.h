/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects that users sent each other, as members of a JSON object. */
#ifndef MSNSCOPE_OUTPUT_JSON_OBJECT_H
#define MSNSCOPE_OUTPUT_JSON_OBJECT_H

#include "output/json.h"
#include "session/event.h"

/* All that is known about the object; the JSON object is open. */
void json_object_members(struct json *j, const struct object *o);

/* A string, or null when it is empty. */
void json_known(struct json *j, struct slice s);

/* A number, or null for 0. */
void json_id(struct json *j, uint64_t id);

/* The member "findings": how many of each severity. */
void json_findings(struct json *j, const uint64_t counts[3]);

/* {"event":...,"time":...}, or null when event is 0. */
void json_step(struct json *j, uint64_t event, int64_t time_ns, bool nanoseconds);

#endif
