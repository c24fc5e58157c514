/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contact lists, groups and presence of one user, as the commands and web
 * services of a session show them.
 */
#ifndef MSNSCOPE_SESSION_ROSTER_H
#define MSNSCOPE_SESSION_ROSTER_H

#include "session/event.h"

struct roster;

struct roster *roster_new(void);

/*
 * To be called for each event of the session (notification server and web
 * services; switchboards, for names), with the root of its fields.  user is the
 * account of the session, empty when not known.  Returns false when nothing
 * can have changed.
 */
bool roster_observe(struct roster *r, const struct event *e, const struct field *root, struct slice user);

/* What is known; valid until the next roster_observe. */
struct roster_view roster_view(struct roster *r);

/* Own friendly name as last known; empty when not. */
struct slice roster_own_name(const struct roster *r);

/* Friendly name of an account as last known (case is ignored); empty when not known. */
struct slice roster_name(const struct roster *r, struct slice account);

/* Bytes of memory that it takes, about. */
size_t roster_bytes(const struct roster *r);

void roster_free(struct roster *r);

#endif
