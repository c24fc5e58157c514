/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of the store beside its rows: records, their texts, ids, names, notices. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "timeline/store_internal.h"
#include "util/utf8.h"

/* What the allocator and, of ids, the hash table take in addition to a block. */
#define BLOCK_OVERHEAD 16u
#define ID_OVERHEAD 16u

bool store_take(struct store *s, size_t bytes)
{
	if (bytes > STORE_RECORDS_MAX - s->record_bytes) {
		store_miss(s, STORE_SHORT_OF_RECORDS);
		return false;
	}
	s->record_bytes += bytes;
	return true;
}

void store_give(struct store *s, size_t bytes)
{
	s->record_bytes -= bytes;
}

/* --- records --- */

bool store_grow(struct store *s, void **array, size_t *capacity, size_t count, size_t size)
{
	size_t more = *capacity ? *capacity : 4;

	if (count < *capacity)
		return true;
	if (!store_take(s, more * size))
		return false;
	*capacity += more;
	*array = memory_realloc(*array, *capacity * size);
	return true;
}

/* Files and notices about what is missing are few, and come even beyond the limit. */
void *store_record_new(struct store *s, struct store_records *r, size_t size, bool must)
{
	size_t bytes = size + BLOCK_OVERHEAD + (r->count == r->capacity ? (r->capacity + 4) * sizeof(*r->at) : 0);

	if (must)
		s->record_bytes += s->record_bytes + bytes <= STORE_RECORDS_MAX ? bytes : 0;
	else if (!store_take(s, bytes))
		return NULL;
	if (r->count == r->capacity) {
		r->capacity += r->capacity + 4;
		r->at = memory_realloc(r->at, r->capacity * sizeof(*r->at));
	}
	r->at[r->count] = memory_zalloc(size);
	return r->at[r->count++];
}

/* --- texts --- */

static size_t texts_size(const struct store_text_list *l)
{
	size_t size = 0;

	for (size_t i = 0; i < l->slice_count; i++)
		size += l->slices[i]->len;
	for (size_t i = 0; i < l->string_count; i++)
		size += *l->strings[i] ? strlen(*l->strings[i]) + 1 : 0;
	return size;
}

static bool is_same(const uint8_t *block, const struct store_text_list *l)
{
	for (size_t i = 0; i < l->slice_count; block += l->slices[i++]->len)
		if (l->slices[i]->len && memcmp(block, l->slices[i]->ptr, l->slices[i]->len) != 0)
			return false;
	for (size_t i = 0; i < l->string_count; i++) {
		size_t size = *l->strings[i] ? strlen(*l->strings[i]) + 1 : 0;

		if (size && memcmp(block, *l->strings[i], size) != 0)
			return false;
		block += size;
	}
	return true;
}

/* Lets the list point to the block, which already holds the texts unless they are to be copied. */
static void point(uint8_t *block, const struct store_text_list *l, bool copy)
{
	for (size_t i = 0; i < l->slice_count; i++) {
		size_t len = l->slices[i]->len;

		if (copy && len)
			memcpy(block, l->slices[i]->ptr, len);
		*l->slices[i] = slice_of(block, len);
		block += len;
	}
	for (size_t i = 0; i < l->string_count; i++) {
		size_t size = *l->strings[i] ? strlen(*l->strings[i]) + 1 : 0;

		if (size == 0)
			continue;
		if (copy)
			memcpy(block, *l->strings[i], size);
		*l->strings[i] = (const char *)block;
		block += size;
	}
}

static void no_texts(const struct store_text_list *l)
{
	for (size_t i = 0; i < l->slice_count; i++)
		*l->slices[i] = SLICE_EMPTY;
	for (size_t i = 0; i < l->string_count; i++)
		*l->strings[i] = *l->strings[i] ? "" : NULL;
}

void store_texts_keep(struct store *s, struct store_texts *t, const struct store_text_list *list)
{
	size_t size = texts_size(list);
	uint8_t *block = NULL;

	if (size == t->size && size && is_same(t->block, list)) {
		point(t->block, list, false);
		return;
	}
	if (size == 0 || !store_take(s, size + BLOCK_OVERHEAD)) {
		no_texts(list);
		size = 0;
	} else {
		block = memory_alloc(size);
		point(block, list, true);
	}
	if (t->size)
		store_give(s, t->size + BLOCK_OVERHEAD);
	free(t->block);
	*t = (struct store_texts){block, size};
}

/* --- ids --- */

static struct store_key key_of(enum store_kind kind, uint32_t file, uint64_t id)
{
	return (struct store_key){id, file, (uint32_t)kind};
}

uint32_t store_id_find(const struct store *s, enum store_kind kind, uint32_t file, uint64_t id)
{
	struct store_key key = key_of(kind, file, id);
	struct store_id *found;

	HASH_FIND(hh, s->ids, &key, sizeof(key), found);
	return found ? found->number : STORE_NONE;
}

/* Its bytes are counted, but are not the ones to be refused: the record is there. */
void store_id_add(struct store *s, enum store_kind kind, uint32_t file, uint64_t id, uint32_t number)
{
	struct store_id *new = memory_zalloc(sizeof(*new));

	new->key = key_of(kind, file, id);
	new->number = number;
	HASH_ADD(hh, s->ids, key, sizeof(new->key), new);
	if (s->record_bytes + sizeof(*new) + ID_OVERHEAD <= STORE_RECORDS_MAX)
		s->record_bytes += sizeof(*new) + ID_OVERHEAD;
}

/* --- names --- */

static uint16_t add_name(struct store *s, struct slice name)
{
	struct store_name_entry *n;

	if (s->name_entries.count > STORE_NAMES_MAX)
		return 0;
	n = store_record_new(s, &s->name_entries, sizeof(*n) + name.len, false);
	if (!n)
		return 0;
	n->number = (uint16_t)(s->name_entries.count - 1);
	n->name = slice_of(n + 1, name.len);
	if (name.len)
		memcpy(n + 1, name.ptr, name.len);
	HASH_ADD_KEYPTR(hh, s->names, n->name.ptr, n->name.len, n);
	return n->number;
}

uint16_t store_name_number(struct store *s, struct slice name)
{
	struct store_name_entry *n;

	name = utf8_cut(name, STORE_NAME_LENGTH_MAX);
	if (s->name_entries.count == 0)
		add_name(s, SLICE_LIT("?"));
	HASH_FIND(hh, s->names, name.ptr, name.len, n);
	return n ? n->number : add_name(s, name);
}

struct slice store_name(const struct store *s, uint16_t name)
{
	const struct store_name_entry *n = name < s->name_entries.count ? s->name_entries.at[name] : NULL;

	return n ? n->name : SLICE_LIT("?");
}

/* --- files and notices --- */

uint32_t store_file_number(const struct store *s)
{
	return s->files.count ? s->files.count - 1 : 0;
}

void store_notice_add(struct store *s, enum severity severity, struct slice text)
{
	struct store_notice_record *n = store_record_new(s, &s->notices, sizeof(*n), false);
	struct store_text_list list = {.slice_count = 1};

	if (!n)
		return;
	n->notice = (struct store_notice){store_file_number(s), severity, text};
	list.slices[0] = &n->notice.text;
	store_texts_keep(s, &n->texts, &list);
}

static int write_missing(const struct store *s, enum store_shortage why, char *to, size_t size)
{
	uint64_t n = s->missing[why].count;
	char error[96] = "";

	switch (why) {
	case STORE_SHORT_OF_ROWS:
		return snprintf(to, size, "more than %u events: %" PRIu64 " further ones are not kept", STORE_ROWS_MAX, n);
	case STORE_SHORT_OF_RECORDS:
		return snprintf(to, size,
				"more than %u MiB of connections, sessions, conversations and objects: %" PRIu64
				" further ones, parts of them and events on them are not kept",
				STORE_RECORDS_MAX >> 20, n);
	default:
		if (strerror_r(spill_error(s->spill), error, sizeof(error)) != 0)
			snprintf(error, sizeof(error), "error %d", spill_error(s->spill));
		return snprintf(to, size, "the temporary file cannot be written: %s: %" PRIu64 " events, lines and parts of objects are not kept",
				error, n);
	}
}

static void tell(struct store *s, enum store_shortage why)
{
	struct store_missing *m = &s->missing[why];
	int len = write_missing(s, why, m->text, sizeof(m->text));

	m->notice->notice.text = slice_of(m->text, len < 0 ? 0 : (size_t)len < sizeof(m->text) ? (size_t)len : sizeof(m->text) - 1);
}

void store_miss(struct store *s, enum store_shortage why)
{
	struct store_missing *m = &s->missing[why];

	m->count++;
	if (m->notice)
		return;
	m->notice = store_record_new(s, &s->notices, sizeof(*m->notice), true);
	m->notice->notice.file = store_file_number(s);
	m->notice->notice.severity = SEVERITY_WARNING;
	tell(s, why);
}

void store_tell_missing(struct store *s)
{
	for (size_t i = 0; i < STORE_SHORTAGES; i++)
		if (s->missing[i].notice)
			tell(s, (enum store_shortage)i);
}

/* --- the end --- */

static void records_free(struct store_records *r)
{
	for (uint32_t i = 0; i < r->count; i++)
		free(r->at[i]);
	free(r->at);
}

void store_records_free(struct store *s)
{
	struct store_id *id, *next;

	for (uint32_t i = 0; i < s->files.count; i++)
		free(((struct store_file_record *)s->files.at[i])->texts.block);
	for (uint32_t i = 0; i < s->connections.count; i++)
		free(((struct store_connection_record *)s->connections.at[i])->texts.block);
	for (uint32_t i = 0; i < s->sessions.count; i++)
		free(((struct store_session_record *)s->sessions.at[i])->texts.block);
	for (uint32_t i = 0; i < s->notices.count; i++)
		free(((struct store_notice_record *)s->notices.at[i])->texts.block);
	for (uint32_t i = 0; i < s->conversations.count; i++) {
		struct store_conversation_record *c = s->conversations.at[i];

		free(c->texts.block);
		free(c->conversation.talks);
	}
	for (uint32_t i = 0; i < s->objects.count; i++) {
		struct store_object_record *o = s->objects.at[i];

		free(o->texts.block);
		free(o->object.chunks);
	}
	HASH_CLEAR(hh, s->names);
	HASH_ITER(hh, s->ids, id, next) {
		HASH_DEL(s->ids, id);
		free(id);
	}
	records_free(&s->files);
	records_free(&s->connections);
	records_free(&s->sessions);
	records_free(&s->conversations);
	records_free(&s->objects);
	records_free(&s->notices);
	records_free(&s->name_entries);
}
