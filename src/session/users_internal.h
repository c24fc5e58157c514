/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files that find out which connections belong to one signed-in user. */
#ifndef MSNSCOPE_SESSION_USERS_INTERNAL_H
#define MSNSCOPE_SESSION_USERS_INTERNAL_H

#include "session/roster.h"
#include "session/users.h"
#include "session/users_map.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* Bytes kept of accounts, names and endpoints; longer ones are cut. */
#define USERS_TEXT_MAX 256u
/* Entries of the index of sessions by account and host. */
#define USERS_INDEX_MAX (4 * USERS_MAX)
/* Sign-ins with web services whose tickets are known. */
#define USERS_SIGN_INS_MAX 4096u
/* A connection belongs to a session that ended, or began, at most so long before, or after. */
#define USERS_NEAR_NS (INT64_C(120) * 1000000000)

/* What a key of the maps is made of. */
enum users_key {
	KEY_COOKIE = 1,   /* of XFR SB */
	KEY_RING,         /* of RNG */
	KEY_ASKED_COOKIE, /* shown on a switchboard before it was seen given */
	KEY_ASKED_RING,
	KEY_REDIRECT,     /* host that XFR NS sends on */
	KEY_TICKET,
	KEY_SWITCHBOARD,  /* session of a switchboard, with its server */
	KEY_DIRECT,       /* sender and addressee of a text over the notification server */
	KEY_ACCOUNT,
	KEY_HOST,
};

/* What was counted of some events. */
struct users_tally {
	uint64_t events, findings[3], sent, received;
	uint64_t first_event, last_event;
};

struct users_session {
	struct user_session record;
	struct roster *roster;
	struct address host;       /* of the client */
	uint64_t account;          /* hash; 0: not known */
	bool account_certain;
	uint64_t server;           /* id of the connection whose end ends the session */
	bool began;                /* the beginning of a sign-in was seen */
	bool asked_for_ticket;     /* the server waits for a ticket */
	bool end_known;            /* record.end says why, whatever the connection's end may look like */
	bool ended;
	bool lone;                 /* no notification server was seen */
	bool changed;              /* since it was last told */
	int64_t last_ns;           /* of its latest event */
	size_t roster_bytes;       /* as counted in all */
	struct users_session *previous, *next; /* in the order they began */
};

/* A connection, also for a while after its end. */
struct users_connection {
	uint64_t id;
	struct address client, server;
	uint64_t session;          /* id; 0: none yet */
	enum session_link how;
	bool greeted;              /* began as clients do that sign in */
	bool provisional;          /* followed a redirection; whether it is the same account is not yet known */
	int64_t start_ns, last_ns;
	struct slice account, endpoint; /* that it names as its own; empty when not known */
	uint64_t account_hash;
	uint64_t other;            /* hash of an account that speaks to this one */
	uint64_t sign_in;          /* web sign-in whose ticket it showed or got, 0: none */
	uint64_t request, request_session; /* latest web request, and the session found for it */
	enum session_link request_how;
	bool request_stores;       /* it stores an offline message */
	struct users_tally tally;  /* of the events counted for session, or waiting to be */
	uint64_t last_before;      /* last event of the session when it was linked */
	bool ended;
	struct users_connection *previous, *next; /* of those that have ended, oldest first */
	UT_hash_handle hh;         /* by id */
};

/* Somebody signed in with a web service; what tickets were given belongs to one session. */
struct users_sign_in {
	uint64_t id, session;
	bool inferred;             /* the session was told by account */
	uint64_t account;          /* hash */
	uint64_t connection;       /* that gave the tickets */
	struct users_sign_in *previous, *next; /* oldest first */
	UT_hash_handle hh;
};

struct users {
	struct event_sink sink;
	uint64_t next_session, next_sign_in;
	struct users_session *sessions;       /* oldest first */
	struct users_session *by_id[USERS_MAX]; /* by the remainder of the id */
	struct users_connection *connections;
	struct users_connection *ended;       /* oldest first */
	size_t ended_count;
	struct users_sign_in *sign_ins, *oldest_sign_in;
	struct users_map tokens;              /* what is shown elsewhere */
	struct users_map index;               /* sessions by account and host */
	size_t roster_bytes;                  /* of all sessions */
	struct user_session out;
};

/* --- users.c --- */

/* A text that stays; longer ones are cut. */
void users_keep(struct slice *kept, struct slice s);
void users_drop(struct slice *s);
/* Never 0.  fold: ASCII case is ignored. */
uint64_t users_hash(enum users_key kind, struct slice s, bool fold);
uint64_t users_hash_account(struct slice account);
uint64_t users_hash_host(enum users_key kind, const struct address *a);
bool users_same_host(const struct address *a, const struct address *b);
/* The part before ";", and what is behind it. */
struct slice users_account_part(struct slice s);
struct slice users_endpoint_part(struct slice s);
const struct field *users_field(const struct field *parent, enum field_id id);
struct slice users_text(const struct field *parent, enum field_id id);

struct users_connection *users_connection_of(struct users *u, const struct connection *n);
struct users_session *users_find(const struct users *u, uint64_t session);
struct users_session *users_begin(struct users *u, const struct users_connection *c);
/* certain: the server or a sign-in says so; else it was told by something that fits. */
void users_learn_account(struct users *u, struct users_session *s, struct slice account, bool certain);
void users_learn_endpoint(struct users_session *s, struct slice endpoint);
void users_tally_add(struct users_session *s, const struct users_tally *t);
/* Sessions that are on at that time, or nearly. */
bool users_near(const struct users_session *s, int64_t time_ns);

/* --- users_link.c --- */

/* The connection belongs to the session; what was counted on it so far is counted there, when it had none. */
void users_link(struct users *u, struct users_connection *c, struct users_session *s, enum session_link how);
void users_unlink(struct users *u, struct users_connection *c);
/* A session of the account that fits best, or NULL.  endpoint may be empty; host may be NULL. */
struct users_session *users_by_account(struct users *u, uint64_t account, struct slice endpoint,
				       const struct address *host, int64_t time_ns);
/*
 * The only session of that host and time, or NULL; unnamed: whose account is not
 * known.  It is not that of the account other (0: none), who is the other side.
 */
struct users_session *users_by_host(struct users *u, const struct address *host, int64_t from_ns, int64_t to_ns,
				    bool unnamed, uint64_t other);

/* --- users_server.c --- */

void users_notification(struct users *u, struct users_connection *c, const struct event *e, const struct field *root);
/* The session goes on, or begins, with this server. */
void users_serve(struct users *u, struct users_connection *c, struct users_session *s, enum session_link how);

/* --- users_talk.c --- */

void users_switchboard(struct users *u, struct users_connection *c, const struct event *e, const struct field *root);
/* Text over a notification server: have both ends been captured? */
void users_direct(struct users *u, struct users_session *s, const struct event *e, const struct field *root);
/* Between clients: by address, when no call is known. */
void users_peer(struct users *u, struct users_connection *c);
/* Nothing more will come: what can be inferred is. */
void users_infer(struct users *u, struct users_connection *c, const struct connection *n);

/* --- users_web.c --- */

/* Returns the session of this exchange, 0 when not known. */
uint64_t users_web(struct users *u, struct users_connection *c, const struct event *e, const struct field *root);
/* What tickets, account and address tell when the connection has ended. */
void users_infer_web(struct users *u, struct users_connection *c);
/* The session showed this ticket. */
void users_ticket_used(struct users *u, struct users_session *s, struct slice ticket);
void users_sign_ins_clear(struct users *u);

#endif
