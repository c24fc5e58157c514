/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/users_map.h"

#include <stdlib.h>

#include <utlist.h>

#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

struct users_bucket {
	uint64_t key;
	struct users_entry *entries; /* newest first */
	UT_hash_handle hh;
};

static struct users_bucket *bucket_find(const struct users_map *m, uint64_t key)
{
	struct users_bucket *b;

	HASH_FIND(hh, m->buckets, &key, sizeof(key), b);
	return b;
}

static struct users_bucket *bucket_of(struct users_map *m, uint64_t key)
{
	struct users_bucket *b = bucket_find(m, key);

	if (b)
		return b;
	b = memory_zalloc(sizeof(*b));
	b->key = key;
	HASH_ADD(hh, m->buckets, key, sizeof(b->key), b);
	return b;
}

struct users_entry *users_map_add(struct users_map *m, uint64_t key)
{
	struct users_entry *e = memory_zalloc(sizeof(*e));

	if (m->count == m->max)
		users_map_remove(m, m->oldest);
	e->bucket = bucket_of(m, key);
	DL_PREPEND2(e->bucket->entries, e, previous, next);
	DL_APPEND2(m->oldest, e, older, newer);
	m->count++;
	return e;
}

struct users_entry *users_map_find(const struct users_map *m, uint64_t key)
{
	struct users_bucket *b = bucket_find(m, key);

	return b ? b->entries : NULL;
}

void users_map_remove(struct users_map *m, struct users_entry *e)
{
	struct users_bucket *b = e->bucket;

	DL_DELETE2(b->entries, e, previous, next);
	DL_DELETE2(m->oldest, e, older, newer);
	m->count--;
	free(e);
	if (!b->entries) {
		HASH_DEL(m->buckets, b);
		free(b);
	}
}

void users_map_clear(struct users_map *m)
{
	while (m->oldest)
		users_map_remove(m, m->oldest);
}
