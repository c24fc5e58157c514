/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversations: who was there, who said what, in order, whatever carried it: a
 * switchboard, SDG, UUM and UBM, offline messages.
 */
#ifndef MSNSCOPE_SESSION_TALKS_H
#define MSNSCOPE_SESSION_TALKS_H

#include "session/users.h"

/* Conversations that are followed at a time; the oldest end. */
#define TALKS_MAX 4096u
/* Bytes of a name or group that are kept. */
#define TALKS_NAME_MAX 256u

struct talks;

/*
 * users is asked for accounts and names and must outlive the table; NULL: only
 * what the connections themselves say is known.  The sink is copied.
 */
struct talks *talks_new(const struct event_sink *sink, const struct users *users);

/* To be called behind each event (the sink has it). */
void talks_observe(struct talks *t, const struct event *e, const struct field *root);
/* An object has ended, as the sink's object gets it. */
void talks_object(struct talks *t, const struct object *o);
/* A stored message, as the sink's offline_message gets it, at the end of the file. */
void talks_offline(struct talks *t, const struct offline_message *m);
/* Before the sink's connection_end, behind users_connection_end: what is inferred then is used. */
void talks_connection_end(struct talks *t, const struct connection *c);
/* A file has ended: ends all conversations and forgets everything. */
void talks_finish(struct talks *t);
void talks_free(struct talks *t);

#endif
