/* SPDX-License-Identifier: BSD-2-Clause */
/* Which earlier event, on whatever connection, an event goes back to: see pairs.h. */
#ifndef MSNSCOPE_SESSION_PAIRS_LINKS_H
#define MSNSCOPE_SESSION_PAIRS_LINKS_H

#include "session/event.h"

struct pair_links;

/* What a connection has told about itself.  Begins as zeros. */
struct pair_place {
	uint64_t account; /* hash of the user's account, 0 not known */
	uint64_t session; /* hash of the switchboard session, 0 not known */
	int64_t since_ns; /* the user has been in that session since then */
	bool shared;      /* another connection of the capture is in that session */
};

/* Four-byte form of a command name, to tell names apart quickly; 0 when it does not have three bytes. */
#define PAIR_NAME(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))

static inline uint32_t pair_name(struct slice name)
{
	return name.len == 3 ? PAIR_NAME(name.ptr[0], name.ptr[1], name.ptr[2]) : 0;
}

struct pair_links *pair_links_new(void);

/*
 * Learns from a command and links it: adds pair.link to d, and sets the event's
 * reply when the link is one and it has none.  Returns for a CAL a number for
 * pair_links_refused; else 0.
 */
uint64_t pair_links_observe(struct pair_links *l, struct pair_place *place, struct event *e, struct dissection *d);

/* The server answered the CAL, which is that event, with an error. */
void pair_links_refused(struct pair_links *l, uint64_t invitation, uint64_t event);

void pair_links_forget(struct pair_links *l);
void pair_links_free(struct pair_links *l);

#endif
