/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of offline messages: who sent each, when the server announced it,
 * when it was fetched and deleted, and its text.  Sending (Store, or UUM with
 * Dest-Agent) and receiving are joined where the capture has both:
 *
 *	run     sender, addressee, X-OIM-Run-Id and X-OIM-Sequence-Num are the same
 *	text    sender, addressee and text are the same
 *	time    sender and addressee are the same, and it arrived when the other
 *	        was sent; only for messages that were not seen being fetched
 *
 * A Store that was refused and is repeated is one message.
 */
#ifndef MSNSCOPE_SESSION_OIM_H
#define MSNSCOPE_SESSION_OIM_H

#include "session/event.h"

/* Messages of which more may come; beyond, the oldest are handed over and forgotten. */
#define OIM_MESSAGES_MAX 1024u
/* Bytes kept of a text. */
#define OIM_TEXT_KEPT_MAX 8192u
/* Bytes kept of ids and accounts; longer ones are cut. */
#define OIM_NAME_KEPT_MAX 256u
/* Notification connections whose user is known; the oldest give way. */
#define OIM_USERS_MAX 256u
/* Hosts whose latest lock key challenge is known; the oldest give way. */
#define OIM_CHALLENGES_MAX 64u
/* Seconds between sending and arrival that linking by time allows: clocks differ. */
#define OIM_LINK_SECONDS 300

struct oim_table;

/* Records go to the sink's offline_message.  The sink is copied.  Ends with oim_free. */
struct oim_table *oim_new(const struct event_sink *sink);

/* To be called for each event, with the root of its fields. */
void oim_observe(struct oim_table *t, const struct event *e, const struct field *root);

/*
 * The latest lock key challenge that the host of this client got, for
 * service_message.lock_challenge; empty when none was seen.  Valid until the
 * next oim_observe.
 */
struct slice oim_lock_challenge(const struct oim_table *t, const struct address *client);

/* Hands over all messages, those first that were received or sent first, and forgets them. */
void oim_finish(struct oim_table *t);

/* What was not handed over is dropped. */
void oim_free(struct oim_table *t);

#endif
