/* SPDX-License-Identifier: BSD-2-Clause */
/* Lets through to a consumer only the events that a filter wants. */
#ifndef MSNSCOPE_TIMELINE_FILTER_SINK_H
#define MSNSCOPE_TIMELINE_FILTER_SINK_H

#include "timeline/filter.h"

struct shown_connection;

/*
 * Connections come with their first wanted event, and not without one; the
 * summary counts what was wanted.  What is told of offline messages and objects
 * as a whole belongs to no event and does not come.
 */
struct filter_sink {
	const struct filter *filter;
	struct event_sink inner;
	struct shown_connection *shown;
	uint64_t events, connections, findings[3];
};

void filter_sink_init(struct filter_sink *s, const struct filter *filter, const struct event_sink *inner);
struct event_sink filter_sink(struct filter_sink *s);
void filter_sink_free(struct filter_sink *s);

#endif
