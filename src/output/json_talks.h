/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversations as JSON records, as docs/json.md describes them. */
#ifndef MSNSCOPE_OUTPUT_JSON_TALKS_H
#define MSNSCOPE_OUTPUT_JSON_TALKS_H

#include "output/json_events.h"

/* A sink that writes conversations and their lines, and no events, through w. */
struct event_sink json_talks_sink(struct json_events *w);

#endif
