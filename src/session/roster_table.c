/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts, accounts, ids and groups of a roster, each found by hash. */
#include <stdlib.h>

#include "session/roster_internal.h"
#include "util/memory.h"
#include "util/utf8.h"

/* Equal texts are kept once: names and statuses come again and again. */
struct roster_text {
	size_t references;
	UT_hash_handle hh;
	uint8_t bytes[];
};

/* --- texts --- */

struct slice roster_keep(struct roster *r, struct slice s)
{
	struct roster_text *t;

	s = utf8_cut(s, ROSTER_TEXT_MAX);
	if (s.len == 0)
		return SLICE_EMPTY;
	HASH_FIND(hh, r->texts, s.ptr, s.len, t);
	if (!t) {
		if (r->text_bytes + sizeof(*t) + s.len > ROSTER_TEXTS_MAX)
			return SLICE_EMPTY;
		r->text_bytes += sizeof(*t) + s.len;
		t = memory_zalloc(sizeof(*t) + s.len);
		memcpy(t->bytes, s.ptr, s.len);
		HASH_ADD_KEYPTR(hh, r->texts, t->bytes, s.len, t);
	}
	t->references++;
	return slice_of(t->bytes, s.len);
}

void roster_drop(struct roster *r, struct slice *kept)
{
	struct roster_text *t;

	if (kept->len == 0)
		return;
	t = (struct roster_text *)(void *)((uint8_t *)(uintptr_t)kept->ptr - offsetof(struct roster_text, bytes));
	if (--t->references == 0) {
		HASH_DEL(r->texts, t);
		r->text_bytes -= sizeof(*t) + kept->len;
		free(t);
	}
	*kept = SLICE_EMPTY;
}

bool roster_set(struct roster *r, struct slice *kept, struct slice s)
{
	struct slice text = utf8_cut(s, ROSTER_TEXT_MAX), copy;

	if (slice_eq(*kept, text))
		return false;
	copy = roster_keep(r, text);
	roster_drop(r, kept);
	*kept = copy;
	return true;
}

/* --- keys --- */

struct key {
	uint8_t bytes[1 + ROSTER_TEXT_MAX];
	size_t len;
};

static void add_lower(struct key *key, struct slice s)
{
	s = utf8_cut(s, ROSTER_TEXT_MAX - 1);
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		key->bytes[key->len++] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
	}
}

/* GUIDs stand in braces in some places. */
static struct slice bare(struct slice id)
{
	if (id.len > 2 && id.ptr[0] == '{' && id.ptr[id.len - 1] == '}')
		return slice_sub(id, 1, id.len - 2);
	return id;
}

/* --- people --- */

bool roster_is_user(const struct roster *r, struct slice account)
{
	return r->user.len && slice_case_eq(r->user, account);
}

struct person *roster_find(const struct roster *r, struct slice account)
{
	struct key key = {.len = 0};
	struct person *p;

	add_lower(&key, account);
	HASH_FIND(hh, r->people, key.bytes, key.len, p);
	return p;
}

struct person *roster_person(struct roster *r, struct slice account)
{
	struct person *p = account.len ? roster_find(r, account) : NULL;
	struct key key = {.len = 0};
	struct slice kept;

	if (p || account.len == 0 || HASH_COUNT(r->people) >= ROSTER_PEOPLE_MAX)
		return p;
	add_lower(&key, account);
	kept = roster_keep(r, slice_of(key.bytes, key.len));
	if (kept.len == 0)
		return NULL;
	p = memory_zalloc(sizeof(*p));
	p->key = kept;
	p->c.account = roster_keep(r, account);
	HASH_ADD_KEYPTR(hh, r->people, p->key.ptr, p->key.len, p);
	return p;
}

bool roster_make_contact(struct roster *r, struct person *p)
{
	if (p->is_contact)
		return true;
	if (r->contact_count == SESSION_CONTACTS_MAX) {
		r->contacts_omitted += !p->omitted;
		p->omitted = true;
		return false;
	}
	if (r->contact_count == r->contact_capacity) {
		r->contact_capacity = r->contact_capacity ? 2 * r->contact_capacity : 8;
		r->contacts = memory_realloc(r->contacts, r->contact_capacity * sizeof(struct person *));
	}
	r->contacts[r->contact_count++] = p;
	p->is_contact = true;
	return true;
}

/* --- ids --- */

static struct key alias_key(char kind, struct slice id)
{
	struct key key = {.len = 0};

	key.bytes[key.len++] = (uint8_t)kind;
	add_lower(&key, bare(id));
	return key;
}

static struct roster_alias *find_alias(const struct roster *r, const struct key *key)
{
	struct roster_alias *a;

	HASH_FIND(hh, r->aliases, key->bytes, key->len, a);
	return a;
}

struct person *roster_by_id(const struct roster *r, char kind, struct slice id)
{
	struct key key = alias_key(kind, id);
	const struct roster_alias *a = id.len ? find_alias(r, &key) : NULL;

	return a ? a->person : NULL;
}

void roster_add_id(struct roster *r, char kind, struct slice id, struct person *p)
{
	struct key key = alias_key(kind, id);
	struct roster_alias *a = id.len ? find_alias(r, &key) : NULL;
	struct slice kept;

	if (a)
		a->person = p;
	if (a || id.len == 0 || HASH_COUNT(r->aliases) >= ROSTER_ALIASES_MAX)
		return;
	kept = roster_keep(r, slice_of(key.bytes, key.len));
	if (kept.len == 0)
		return;
	a = memory_zalloc(sizeof(*a));
	a->key = kept;
	a->person = p;
	HASH_ADD_KEYPTR(hh, r->aliases, a->key.ptr, a->key.len, a);
}

/* --- groups --- */

struct roster_group *roster_find_group(const struct roster *r, struct slice id)
{
	struct key key = {.len = 0};
	struct roster_group *g;

	add_lower(&key, bare(id));
	HASH_FIND(hh, r->group_ids, key.bytes, key.len, g);
	return g;
}

struct roster_group *roster_group(struct roster *r, struct slice id)
{
	struct roster_group *g = roster_find_group(r, id);
	struct key key = {.len = 0};
	struct slice kept;

	if ((g && !g->g.removed) || id.len == 0)
		return g;
	add_lower(&key, bare(id));
	if (r->group_count == SESSION_GROUPS_MAX) {
		r->groups_omitted++;
		return NULL;
	}
	kept = roster_keep(r, slice_of(key.bytes, key.len));
	if (kept.len == 0)
		return NULL;
	/* A number may be given anew: whoever was in the old group is not in this one. */
	if (g)
		HASH_DEL(r->group_ids, g);
	g = memory_zalloc(sizeof(*g));
	g->key = kept;
	g->g.id = roster_keep(r, bare(id));
	g->number = r->group_count;
	HASH_ADD_KEYPTR(hh, r->group_ids, g->key.ptr, g->key.len, g);
	r->groups[r->group_count++] = g;
	return g;
}

/* --- the end --- */

size_t roster_bytes(const struct roster *r)
{
	return sizeof(*r) + r->text_bytes + r->group_count * sizeof(struct roster_group) +
	       HASH_COUNT(r->people) * sizeof(struct person) + HASH_COUNT(r->aliases) * sizeof(struct roster_alias) +
	       r->presence_capacity * sizeof(r->presence[0]) + r->pending_changes * sizeof(struct change) +
	       HASH_OVERHEAD(hh, r->texts) + HASH_OVERHEAD(hh, r->people) + HASH_OVERHEAD(hh, r->aliases) +
	       HASH_OVERHEAD(hh, r->group_ids);
}

void roster_tables_free(struct roster *r)
{
	struct roster_text *t, *next_text;
	struct person *p, *next_person;
	struct roster_alias *a, *next_alias;

	HASH_CLEAR(hh, r->group_ids);
	for (size_t i = 0; i < r->group_count; i++)
		free(r->groups[i]);
	HASH_ITER(hh, r->people, p, next_person) {
		HASH_DEL(r->people, p);
		free(p);
	}
	HASH_ITER(hh, r->aliases, a, next_alias) {
		HASH_DEL(r->aliases, a);
		free(a);
	}
	free(r->contacts);
	HASH_ITER(hh, r->texts, t, next_text) {
		HASH_DEL(r->texts, t);
		free(t);
	}
}
