/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The filter language of -Y: which events are wanted.
 *
 *	name == MSG and msg.content_type contains "p2p"
 *	version in {8..12} and from == client
 *	finding.severity >= warning
 *	not (role == WS) and time >= "2011-08-10T03:17:00"
 *
 * A name is a property of events (filter_properties), a field of the field
 * table, or the part before a field's dot, which stands for all of those.
 * Compiled once; matching allocates nothing.
 */
#ifndef MSNSCOPE_TIMELINE_FILTER_H
#define MSNSCOPE_TIMELINE_FILTER_H

#include "session/event.h"

/* Longest expression, and deepest parentheses. */
#define FILTER_LENGTH_MAX 65536u
#define FILTER_DEPTH_MAX 100u
#define FILTER_ERROR_MAX 256u

struct filter;

struct filter_error {
	size_t column;               /* in characters, from 1 */
	char text[FILTER_ERROR_MAX]; /* one line */
};

/* NULL with *error filled in when the expression is wrong.  Ends with filter_free. */
struct filter *filter_compile(const char *expression, struct filter_error *error);

bool filter_matches(const struct filter *f, const struct event *e);

void filter_free(struct filter *f);

/* What is known of a property, for help and manual. */
struct filter_property_info {
	const char *name;
	const char *kind;    /* "number", "text", "time", "seconds", or the words it can be: "client, server" */
	const char *meaning;
};

/* The property of that number, from 0; NULL behind the last. */
const struct filter_property_info *filter_property(size_t i);

#endif
