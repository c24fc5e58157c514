/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What connections may be recognised by: hashes of cookies, tickets, accounts
 * and hosts, each with any number of entries.  Bounded; the oldest give way.
 */
#ifndef MSNSCOPE_SESSION_USERS_MAP_H
#define MSNSCOPE_SESSION_USERS_MAP_H

#include "util/address.h"

/* Entries of one key that are looked at, the newest first. */
#define USERS_LOOK_MAX 64u

struct users_bucket;

struct users_entry {
	uint64_t session;       /* id; 0: none */
	uint64_t connection;    /* id; 0: none.  Of a redirection: which followed it */
	uint64_t sign_in;       /* id of a web sign-in, 0: none */
	uint64_t account;       /* hash, 0: not known */
	int64_t time_ns;
	struct address target;  /* of a redirection; port 0: not known, version 0: only the port is known */
	struct users_entry *next; /* of the same key, older; NULL behind the last */
	struct users_entry *previous, *newer, *older;
	struct users_bucket *bucket;
};

struct users_map {
	struct users_bucket *buckets;
	struct users_entry *oldest; /* head of the list through newer */
	size_t count, max;
};

/* A new entry with nothing in it; valid until the map has taken max further ones. */
struct users_entry *users_map_add(struct users_map *m, uint64_t key);
/* The newest entry of that key, or NULL. */
struct users_entry *users_map_find(const struct users_map *m, uint64_t key);
void users_map_remove(struct users_map *m, struct users_entry *e);
void users_map_clear(struct users_map *m);

#endif
