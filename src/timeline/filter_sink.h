/* SPDX-License-Identifier: BSD-2-Clause */
/* Lets through to a consumer only the events that a filter wants. */
#ifndef MSNSCOPE_TIMELINE_FILTER_SINK_H
#define MSNSCOPE_TIMELINE_FILTER_SINK_H

#include "timeline/filter.h"

struct shown;

/*
 * Connections come with their first wanted event, and not without one; so do
 * user sessions.  A line of a conversation comes when its event is wanted; all
 * conversations come, some of them without lines.  An object comes when the
 * event that ends it is wanted.  What is told of offline messages as a whole
 * belongs to no event and does not come.
 */
struct filter_sink {
	const struct filter *filter;
	struct event_sink inner;
	struct shown *connections, *sessions; /* ids of those that were shown */
	uint64_t last_event;                  /* id of the latest one that was wanted */
	struct summary summary;               /* what was wanted; without packets */
};

void filter_sink_init(struct filter_sink *s, const struct filter *filter, const struct event_sink *inner);
struct event_sink filter_sink(struct filter_sink *s);
/* Forgets what belongs to one file. */
void filter_sink_end_file(struct filter_sink *s);
void filter_sink_free(struct filter_sink *s);

#endif
