/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of talks: the table of conversations, and how lines are told. */
#ifndef MSNSCOPE_SESSION_TALKS_INTERNAL_H
#define MSNSCOPE_SESSION_TALKS_INTERNAL_H

#include "session/talks.h"
#include "util/buffer.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* Endpoints of one participant that are told apart. */
#define TALKS_ENDPOINTS_MAX 8u
/* Own lines of one connection that a refusal can still be about. */
#define TALKS_DEEDS_MAX 32u
/* Texts at the beginning of a conversation that the other side's view is recognised by. */
#define TALKS_MARKED_TEXTS 4u
/* Session ids and texts that are remembered for that; the oldest give way. */
#define TALKS_MARKS_MAX 16384u
/* How far apart the two ends of a capture see the same text. */
#define TALKS_SAME_SECONDS 10
/* How far apart the two ends join a switchboard session; its number may come again later. */
#define TALKS_SESSION_SECONDS 86400
/* Events told as stored messages that are remembered, as they come again when the file ends. */
#define TALKS_STORED_MAX 4096u

struct talks_person {
	struct slice account, name; /* owned */
	bool present;
	bool told;                  /* the coming was told, or there is no need to */
	uint64_t join_event;        /* when told is not set */
	int64_t join_ns;
	uint64_t endpoints[TALKS_ENDPOINTS_MAX]; /* hashes */
	size_t endpoint_count;
};

struct talks_key {
	uint64_t connection; /* 0: stored messages */
	uint64_t kind;       /* an enum conversation_kind */
	char with[2 * TALKS_NAME_MAX]; /* who or which group, in lower case, filled up with zeros; empty on switchboards */
};

struct talks_conversation {
	struct talks_key key;
	struct conversation_info info; /* its texts are owned, those of participants by people */
	struct talks_person *people[CONVERSATION_PARTICIPANTS_MAX];
	bool started;     /* the sink knows it */
	bool waits;       /* who comes and goes does not start it: a circle is there without anybody talking */
	unsigned marked;  /* texts */
	struct talks_connection *on; /* NULL: none */
	struct talks_conversation *next_on, *before_on;
	UT_hash_handle hh;
};

/* Something that the user of a connection did and that may be refused. */
struct talks_deed {
	uint64_t event, trid;
	struct talks_conversation *conversation; /* NULL: none, or it has ended */
};

struct talks_connection {
	uint64_t id;
	struct slice account; /* owned; as its own commands say */
	struct talks_conversation *conversations; /* newest first */
	struct talks_deed deeds[TALKS_DEEDS_MAX];
	size_t next_deed;
	UT_hash_handle hh;
};

/* By what a view of a conversation is recognised. */
struct talks_mark {
	uint64_t hash;
	uint64_t conversation; /* the first one that was seen */
	uint64_t connection;
	uint64_t people;       /* hash of all accounts */
	uint64_t server;       /* hash of the address, 0 where it says nothing */
	uint64_t user;         /* hash of the account whose view it is; 0: it does not matter */
	int64_t time_ns;
	UT_hash_handle hh;
};

struct talks_stored {
	uint64_t event;
	UT_hash_handle hh;
};

struct talks {
	struct event_sink sink;
	const struct users *users;
	struct talks_conversation *conversations; /* oldest first */
	struct talks_connection *connections;
	struct talks_mark *marks;
	struct talks_stored *stored;
	uint64_t next_id;
	struct buffer scratch; /* of the line that is being told */
};

/* What a line says.  Texts need to live during the call. */
struct talks_said {
	enum talk_kind kind;
	struct slice text, style;
	struct slice nick; /* stands for the name in this line only */
	struct slice name; /* friendly name as the message says; empty when it does not */
	bool offline;
};

/* --- fields: talks_message.c --- */

/* A child with a value (or a branch), or NULL; parent may be NULL. */
const struct field *talks_child(const struct field *parent, enum field_id id);
/* Its text; empty when there is none. */
struct slice talks_text(const struct field *parent, enum field_id id);
/* What a message of any carrier says to the conversation; false when nothing. */
bool talks_read_message(struct talks *t, const struct field *root, struct talks_said *said);
/* Why a command was refused; empty when this is no error. */
struct slice talks_read_error(struct talks *t, const struct event *e, const struct field *root);

/* --- table: talks_table.c --- */

/* FNV-1a over bytes in lower case; hash: of what stands before them, or 0. */
uint64_t talks_hash(uint64_t hash, struct slice s);
struct slice talks_keep(struct slice s);
/* "alice@example.com;{guid}" without what follows the semicolon. */
struct slice talks_account(struct slice account);
struct talks_connection *talks_connection(struct talks *t, uint64_t id);
/* A command names the account of its connection. */
void talks_learn_user(struct talks *t, uint64_t connection, struct slice account);
/* The account of a connection; empty when not known. */
struct slice talks_user(struct talks *t, uint64_t connection);
bool talks_is_user(struct talks *t, uint64_t connection, struct slice account);
/* The conversation; NULL when there is none. */
struct talks_conversation *talks_find(struct talks *t, enum conversation_kind kind, uint64_t connection, struct slice with);
/* The same, made when there is none. */
struct talks_conversation *talks_get(struct talks *t, enum conversation_kind kind, uint64_t connection, struct slice with);
/* Ends a conversation; the sink is told when it knew of it. */
void talks_drop(struct talks *t, struct talks_conversation *c);
struct talks_person *talks_person(struct talks_conversation *c, struct slice account);
/* The same, made when there is none; NULL when the list is full. */
struct talks_person *talks_person_add(struct talks_conversation *c, struct slice account);

/* --- lines: talks_line.c --- */

/* Tells a line, and before it the beginning of the conversation. */
void talks_tell(struct talks *t, struct talks_conversation *c, struct talk *line);
/* who says or does something; remembers it when it may be refused. */
void talks_say(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice who,
	       const struct talks_said *said);
/* Somebody (account, may have an endpoint) is there, or leaves; repetitions say nothing. */
void talks_join(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice account, struct slice name);
void talks_leave(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice account,
		 struct slice why);
void talks_invite(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice whom);
/* The server refuses what the user said; false when nobody said it. */
bool talks_fail(struct talks *t, const struct event *e, struct slice why);
/* The number of the switchboard session is known now. */
void talks_switchboard_session(struct talks *t, struct talks_conversation *c, const struct event *e, struct slice id);

/* --- carriers --- */
void talks_observe_switchboard(struct talks *t, const struct event *e, const struct field *root);
void talks_observe_routed(struct talks *t, const struct event *e, const struct field *root);

#endif
