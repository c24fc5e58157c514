/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * User sessions: which connections belong to one signed-in user.
 *
 *	XFR NS     the dispatch server's connection and the notification server's
 *	XFR SB     cookie, shown by USR on the switchboard
 *	RNG        cookie, shown by ANS on the switchboard
 *	web        tickets that a sign-in service gave, account names, addresses and time
 */
#ifndef MSNSCOPE_SESSION_USERS_H
#define MSNSCOPE_SESSION_USERS_H

#include "session/event.h"

/* User sessions of one file that are kept; the oldest are handed over and forgotten. */
#define USERS_MAX 4096u
/* Bytes of their lists and presence, in all; beyond, those that have ended go first, else the oldest. */
#define USERS_ROSTERS_MAX (16u << 20)
/* Cookies and tickets (hashes) that wait for the connection that shows them; the oldest give way. */
#define USERS_TOKENS_MAX 16384u
/* Connections that have ended and are still known: they may get a session yet, or be asked for. */
#define USERS_WAITING_MAX 4096u

struct users;

/* Sessions go to the sink.  The sink is copied.  Ends with users_free. */
struct users *users_new(const struct event_sink *sink);

/*
 * To be called for each event before it is handed over: finds, or begins, the
 * session of its connection and returns its id, 0 when none is known yet.
 */
uint64_t users_observe(struct users *u, const struct event *e, const struct field *root);

/*
 * A connection between clients carries a call of a conversation that is seen
 * from the connection seen_from.  To be called before users_observe.
 */
void users_call(struct users *u, const struct connection *c, uint64_t seen_from);

/* The session of a connection, 0 when none is known; also for a while after its end: see USERS_WAITING_MAX. */
uint64_t users_session(const struct users *u, uint64_t connection);
/* Account of a session; empty when not known. */
struct slice users_account(const struct users *u, uint64_t session);
/* Friendly name of an account as that session knows it at this moment; empty when not known. */
struct slice users_name(const struct users *u, uint64_t session, struct slice account);

/* To be called before the sink's connection_end; what is inferred is inferred now.  Returns the session's id or 0. */
uint64_t users_connection_end(struct users *u, const struct connection *c);

/*
 * Tells the sink's user_session_so_far of all sessions that have changed since
 * the last call.  One that is still on has SESSION_END_CAPTURE as its end, and
 * the time of its latest event.
 */
void users_so_far(struct users *u);

/* A file has ended: hands over all sessions and forgets everything. */
void users_finish(struct users *u);

void users_free(struct users *u);

#endif
