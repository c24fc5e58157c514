/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of the roster: what is known, and how it changes. */
#ifndef MSNSCOPE_SESSION_ROSTER_INTERNAL_H
#define MSNSCOPE_SESSION_ROSTER_INTERNAL_H

#include <uthash.h>

#include "dissectors/msnp_value.h"
#include "session/roster.h"
#include "util/buffer.h"

/* Bytes kept of one text; longer ones are cut. */
#define ROSTER_TEXT_MAX 1024u
/* Bytes that all texts of one roster take; beyond, new ones are empty. */
#define ROSTER_TEXTS_MAX (8u << 20)
/* Of these, what may be taken when a change of presence is still written down. */
#define ROSTER_LOG_TEXTS_MAX (6u << 20)
/* Accounts whose name is known, contacts and others. */
#define ROSTER_PEOPLE_MAX 16384u
/* Ids of contacts and of list entries that stand for accounts. */
#define ROSTER_ALIASES_MAX 32768u
/* Requests that wait for their answer, and changes in all of them; the oldest give way. */
#define ROSTER_PENDING_MAX 256u
#define ROSTER_CHANGES_MAX 16384u
/* Groups that one request puts contacts in. */
#define ROSTER_REQUEST_GROUPS_MAX 16u

/* Bits of contact.lists. */
enum {
	ROSTER_FORWARD = 1,
	ROSTER_ALLOW = 2,
	ROSTER_BLOCK = 4,
	ROSTER_REVERSE = 8,
	ROSTER_PENDING = 16,
	ROSTER_LISTS = 31,
};

/* What is known of one account; slices are kept texts. */
struct person {
	struct slice key;  /* account in lower case */
	struct contact c;  /* groups and removed are filled in for the view only */
	bool is_contact;
	bool was_listed;
	bool omitted;      /* counted as one contact too many */
	uint64_t in[SESSION_GROUPS_MAX / 64]; /* bits: groups, by their numbers */
	UT_hash_handle hh;
};

struct roster_group {
	struct slice key;  /* id in lower case */
	struct group g;
	size_t number;
	UT_hash_handle hh; /* of the latest group with that id */
};

/* A kind ('c' contact, 'm' entry of a list) and an id in lower case. */
struct roster_alias {
	struct slice key;
	struct person *person;
	UT_hash_handle hh;
};

/* What somebody's presence is said to be.  No account: the user. */
struct telling {
	struct slice account;
	unsigned network;
	bool in_group; /* seen through a circle or group: no contact because of that */
	bool has_message, has_media;
	struct slice status, name, message, media; /* status and name: empty when not told */
};

enum change_kind {
	CHANGE_PUT,        /* put on the lists */
	CHANGE_TAKE,       /* taken off the lists; off the forward list is out of all groups */
	CHANGE_SET,        /* on these lists, and in no group so far */
	CHANGE_KNOW,       /* only ids, name and network */
	CHANGE_JOIN,       /* into the group */
	CHANGE_LEAVE,
	CHANGE_GROUP,      /* a group has that name */
	CHANGE_GROUP_GONE,
	CHANGE_PRESENCE,
	CHANGE_COMPLETE,   /* the lists were seen */
};

/*
 * One change.  Who: an account, or the id of a contact or of a list entry; ids
 * beside an account are remembered for it.
 */
struct change {
	enum change_kind kind;
	struct slice account, contact_id, member_id;
	unsigned network, lists;
	struct slice name;   /* of the contact or group; empty when not told */
	bool weak_name;      /* counts only when none is known */
	struct slice group;
	struct telling telling;
};

/* Changes that count when the request is answered. */
struct roster_pending {
	uint64_t request;
	struct change *list; /* slices are kept texts */
	size_t count, capacity;
	UT_hash_handle hh;
};

struct roster_text;

struct roster {
	struct roster_text *texts;
	size_t text_bytes;
	struct person *people;
	struct person **contacts;
	size_t contact_count, contact_capacity;
	uint64_t contacts_omitted;
	struct roster_alias *aliases;
	struct roster_group *group_ids;
	struct roster_group *groups[SESSION_GROUPS_MAX];
	size_t group_count;
	uint64_t groups_omitted;
	struct presence_change *presence; /* slices are kept texts */
	size_t presence_count, presence_capacity;
	uint64_t presence_omitted;
	struct person self;
	struct slice user;
	bool has_lists;
	struct roster_pending *pending;
	size_t pending_changes;
	/* what the last view points to */
	struct contact *view_contacts;
	struct group *view_groups;
	struct buffer view_numbers; /* of uint16_t */
};

/* An event that is looked at. */
struct observed {
	struct roster *r;
	const struct event *e;
	const struct field *root;
	bool wait; /* changes count only when the server has answered */
};

/* --- fields --- */

static inline const struct field *roster_child(const struct field *parent, enum field_id id)
{
	return parent ? field_child(parent, &field_defs[id]) : NULL;
}

static inline struct slice roster_text(const struct field *parent, enum field_id id)
{
	const struct field *f = roster_child(parent, id);

	return f && f->has_value && f->def->type == FIELD_TEXT ? f->value.text : SLICE_EMPTY;
}

/* 0 when there is none. */
static inline uint64_t roster_number(const struct field *parent, enum field_id id)
{
	const struct field *f = roster_child(parent, id);

	return f && f->has_value && f->def->type != FIELD_TEXT ? f->value.number : 0;
}

/* --- texts (roster_table.c) --- */

/* A copy of at most ROSTER_TEXT_MAX bytes; empty when there is no room.  Each is dropped as often as it is kept. */
struct slice roster_keep(struct roster *r, struct slice s);
void roster_drop(struct roster *r, struct slice *kept);
/* Replaces a kept text; says whether it differs. */
bool roster_set(struct roster *r, struct slice *kept, struct slice s);

/* --- who and which group (roster_table.c) --- */

bool roster_is_user(const struct roster *r, struct slice account);
struct person *roster_find(const struct roster *r, struct slice account);
/* New when there is none; NULL without account, or when there are too many. */
struct person *roster_person(struct roster *r, struct slice account);
/* Makes it a contact; false when there are too many. */
bool roster_make_contact(struct roster *r, struct person *p);
struct person *roster_by_id(const struct roster *r, char kind, struct slice id);
void roster_add_id(struct roster *r, char kind, struct slice id, struct person *p);
struct roster_group *roster_find_group(const struct roster *r, struct slice id);
/* New when there is none, or it is gone; NULL without id, or when there are too many. */
struct roster_group *roster_group(struct roster *r, struct slice id);
void roster_tables_free(struct roster *r);

/* --- changes (roster_change.c) --- */

/* Makes the change, or keeps it until the answer. */
void roster_change(const struct observed *o, const struct change *c);
/* Presence as told, unless nothing is new. */
void roster_tell(const struct observed *o, const struct telling *t);
/* A name that was seen in passing. */
void roster_learn_name(struct roster *r, struct slice account, struct slice name);
/* The request was answered: its changes count, or not; false when none waited.  made is the id of what it made, or empty. */
bool roster_answered(const struct observed *o, bool accepted, struct slice made);
void roster_pending_free(struct roster *r);

/* --- what events say --- */

/* A command that says something. */
struct roster_command {
	char name[4];
	bool request; /* sent by the client, counts with the answer; else sent by the server */
	void (*observe)(const struct observed *o);
};

/* Calls what the first of the rows that fits says; false when none does. */
static inline bool roster_call(const struct observed *o, const struct roster_command *rows, size_t count)
{
	struct slice name = o->e->name;
	struct observed at = *o;

	at.wait = o->e->from == MSNP_CLIENT;
	for (size_t i = 0; i < count && name.len == 3; i++)
		if (rows[i].request == at.wait && memcmp(name.ptr, rows[i].name, 3) == 0) {
			rows[i].observe(&at);
			return true;
		}
	return false;
}

/* False when it says nothing. */
bool roster_observe_command(const struct observed *o);   /* roster_commands.c */
bool roster_observe_presence(const struct observed *o);  /* roster_presence.c */
void roster_observe_exchange(const struct observed *o);  /* roster_services.c */

/* Account of an address, without endpoint and way; network stays as it is when none is given. */
struct slice roster_account(const struct field *address, unsigned *network);

#endif
