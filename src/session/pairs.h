/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests and replies: by TrID; by order where the protocol has no TrID or 0;
 * and links between commands that are no reply (a CAL and its JOI, an XFR SB
 * and the USR that shows its cookie, a RNG and its ANS).
 */
#ifndef MSNSCOPE_SESSION_PAIRS_H
#define MSNSCOPE_SESSION_PAIRS_H

#include "session/event.h"

/* Requests of one connection that wait for their reply. */
#define PAIRS_WAITING_MAX 256u
/* Cookies and invitations that wait, over all connections. */
#define PAIRS_LINKS_MAX 4096u

struct pairs;

struct pairs *pairs_new(void);

/*
 * To be called for each command before it is handed over.  Fills in reply_to,
 * latency_ns and reply_by, adds fields (pair.*) and findings to d.
 */
void pairs_observe(struct pairs *p, struct event *e, struct dissection *d);

/* Name of the client's command of that TrID, for the dissection of a reply; empty when not known. */
struct slice pairs_request(const struct pairs *p, uint64_t connection, uint64_t trid);

/*
 * A connection has ended: what was never answered is told through the sink as a
 * notice, one for the connection.
 */
void pairs_connection_end(struct pairs *p, const struct connection *c, const struct event_sink *sink, const char *file);

void pairs_finish(struct pairs *p);
void pairs_free(struct pairs *p);

#endif
