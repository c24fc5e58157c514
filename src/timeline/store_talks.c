/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversations with their lines, objects with their bytes. */
#include "timeline/number.h"
#include "timeline/store_internal.h"

/* --- conversations --- */

static struct store_conversation_record *conversation_of(struct store *s, uint64_t id)
{
	store_current_file(s);
	uint32_t file = store_file_number(s), number = store_id_find(s, STORE_CONVERSATION, file, id);
	struct store_conversation_record *r;

	if (number != STORE_NONE)
		return s->conversations.at[number];
	r = store_record_new(s, &s->conversations, sizeof(*r), false);
	if (!r)
		return NULL;
	number = s->conversations.count - 1;
	r->conversation = (struct store_conversation){.info = {.id = id}, .file = file, .number = number};
	store_id_add(s, STORE_CONVERSATION, file, id, number);
	return r;
}

static void keep_conversation(struct store *s, const struct conversation_info *c, bool ended)
{
	struct store_conversation_record *r = conversation_of(s, c->id);
	struct store_text_list list;
	struct conversation_info *info;

	if (!r)
		return;
	info = &r->conversation.info;
	*info = *c;
	list.slice_count = list.string_count = 0;
	list.slices[list.slice_count++] = &info->user;
	list.slices[list.slice_count++] = &info->group;
	list.slices[list.slice_count++] = &info->switchboard_session;
	for (size_t i = 0; i < info->participant_count; i++)
		list.slices[list.slice_count++] = &info->participants[i];
	store_texts_keep(s, &r->texts, &list);
	r->conversation.ended = ended;
}

void store_on_conversation(void *ctx, const struct conversation_info *c)
{
	struct store *s = ctx;

	store_begin(s);
	keep_conversation(s, c, false);
	store_unlock(s);
}

void store_on_conversation_end(void *ctx, const struct conversation_info *c)
{
	struct store *s = ctx;

	store_begin(s);
	keep_conversation(s, c, true);
	store_unlock(s);
}

/* --- objects --- */

static struct store_object_record *object_of(struct store *s, const struct object *o)
{
	store_current_file(s);
	uint32_t file = store_file_number(s), number = store_id_find(s, STORE_OBJECT, file, o->id);
	struct store_object_record *r;

	if (number != STORE_NONE)
		return s->objects.at[number];
	r = store_record_new(s, &s->objects, sizeof(*r), false);
	if (!r)
		return NULL;
	number = s->objects.count - 1;
	r->object = (struct store_object){.info = {.id = o->id}, .file = file, .number = number, .row = STORE_NONE};
	store_id_add(s, STORE_OBJECT, file, o->id, number);
	return r;
}

/* Texts of an object are told anew with each of its bytes, and seldom change. */
static struct store_object_record *keep_object(struct store *s, const struct object *o)
{
	struct store_object_record *r = object_of(s, o);
	struct store_text_list list;
	struct object *info;

	if (!r)
		return NULL;
	info = &r->object.info;
	*info = *o;
	list.slice_count = list.string_count = 0;
	list.slices[list.slice_count++] = &info->from;
	list.slices[list.slice_count++] = &info->to;
	list.slices[list.slice_count++] = &info->name;
	list.slices[list.slice_count++] = &info->friendly;
	list.slices[list.slice_count++] = &info->call_id;
	list.slices[list.slice_count++] = &info->sha1d;
	list.slices[list.slice_count++] = &info->cause;
	list.strings[list.string_count++] = &info->transport;
	list.strings[list.string_count++] = &info->sha1c;
	list.strings[list.string_count++] = &info->media_type;
	store_texts_keep(s, &r->texts, &list);
	return r;
}

static uint32_t last_row(const struct store *s)
{
	const struct store_file_record *f = s->files.count ? s->files.at[s->files.count - 1] : NULL;

	return f && f->file.rows ? f->file.first_row + f->file.rows - 1 : STORE_NONE;
}

static void add_chunk(struct store *s, struct store_object *o, const struct store_chunk *chunk)
{
	if (chunk->place == SPILL_NOWHERE)
		store_miss(s, STORE_SHORT_OF_SPILL);
	else if (store_grow(s, (void **)&o->chunks, &o->chunk_capacity, o->chunk_count, sizeof(*o->chunks)))
		o->chunks[o->chunk_count++] = *chunk;
}

/* Where in the packed event the bytes stand that were handed over before it; 0 when they do not. */
static size_t find_pending(const struct store *s, const struct store_pending *p, const struct event *e, size_t payload_at)
{
	uintptr_t payload = (uintptr_t)e->payload.ptr;
	size_t delta = (size_t)(p->was_at - payload);

	if (payload_at == 0 || p->was_at < payload || delta > e->payload.len || p->len > e->payload.len - delta)
		return 0;
	return memcmp(s->packed.data + payload_at + delta, s->pending_bytes.data + p->at, p->len) == 0 ? payload_at + delta : 0;
}

void store_place_pending(struct store *s, const struct event *e, uint64_t packed_place, size_t payload_at)
{
	for (size_t i = 0; i < s->pending_count; i++) {
		const struct store_pending *p = &s->pending[i];
		size_t at = e && packed_place != SPILL_NOWHERE ? find_pending(s, p, e, payload_at) : 0;
		struct store_chunk chunk = {p->offset, packed_place + at, (uint32_t)p->len};

		if (at == 0)
			chunk.place = spill_add(s->spill, slice_of(s->pending_bytes.data + p->at, p->len));
		add_chunk(s, &((struct store_object_record *)s->objects.at[p->object])->object, &chunk);
	}
	s->pending_count = s->pending_bytes.len = 0;
}

static void add_pending(struct store *s, uint32_t object, uint64_t offset, struct slice data)
{
	if (s->pending_count == STORE_PENDING_MAX || s->pending_bytes.len + data.len > STORE_PENDING_BYTES_MAX)
		store_place_pending(s, NULL, SPILL_NOWHERE, 0);
	s->pending[s->pending_count++] =
		(struct store_pending){object, offset, (uintptr_t)data.ptr, s->pending_bytes.len, data.len};
	buffer_add_slice(&s->pending_bytes, data);
}

void store_on_object_data(void *ctx, const struct object *o, uint64_t offset, struct slice data)
{
	struct store *s = ctx;

	store_begin(s);
	struct store_object_record *r = keep_object(s, o);
	if (r) {
		add_pending(s, r->object.number, offset, data);
		r->object.row = last_row(s);
	}
	store_unlock(s);
}

void store_on_object(void *ctx, const struct object *o)
{
	struct store *s = ctx;

	store_begin(s);
	store_place_pending(s, NULL, SPILL_NOWHERE, 0);
	struct store_object_record *r = keep_object(s, o);
	if (r) {
		uint32_t row = store_find_row(s, r->object.file, o->ended.event);

		r->object.ended = true;
		r->object.row = row != STORE_NONE ? row : last_row(s);
	}
	store_unlock(s);
}

bool store_chunk_read(struct store *s, const struct store_chunk *chunk, struct buffer *out)
{
	buffer_reserve(out, chunk->size);
	if (!spill_read(s->spill, chunk->place, out->data + out->len, chunk->size))
		return false;
	out->len += chunk->size;
	return true;
}

/* --- lines of conversations: numbers, then the texts, each behind its length --- */

enum { TALK_OWN = 1, TALK_OFFLINE = 2, TALK_NANOSECONDS = 4 };

static void pack_text(struct buffer *out, struct slice text)
{
	number_put(out, text.len);
	buffer_add_slice(out, text);
}

/* object: the number of its object, STORE_NONE: none. */
static void pack_talk(struct buffer *out, const struct talk *t, uint32_t object)
{
	number_put(out, t->conversation);
	number_put(out, t->event);
	number_put(out, number_fold(t->time_ns));
	number_put(out, (uint64_t)t->kind);
	number_put(out, (t->own ? TALK_OWN : 0u) | (t->offline ? TALK_OFFLINE : 0u) | (t->nanoseconds ? TALK_NANOSECONDS : 0u));
	number_put(out, t->about);
	number_put(out, object);
	pack_text(out, t->who);
	pack_text(out, t->name);
	pack_text(out, t->whom);
	pack_text(out, t->text);
	pack_text(out, t->style);
}

static struct slice unpack_text(struct reader *r)
{
	return reader_bytes(r, (size_t)number_get(r));
}

static bool unpack_talk(const struct store *s, struct slice packed, struct talk *t)
{
	struct reader r = reader_over(packed);
	uint64_t flags, object;

	*t = (struct talk){.conversation = number_get(&r)};
	t->event = number_get(&r);
	t->time_ns = (int64_t)number_unfold(number_get(&r));
	t->kind = (enum talk_kind)number_get(&r);
	flags = number_get(&r);
	t->own = flags & TALK_OWN;
	t->offline = flags & TALK_OFFLINE;
	t->nanoseconds = flags & TALK_NANOSECONDS;
	t->about = number_get(&r);
	object = number_get(&r);
	if (object < s->objects.count)
		t->object = &((const struct store_object_record *)s->objects.at[object])->object.info;
	t->who = unpack_text(&r);
	t->name = unpack_text(&r);
	t->whom = unpack_text(&r);
	t->text = unpack_text(&r);
	t->style = unpack_text(&r);
	return !r.truncated && reader_left(&r) == 0;
}

bool store_talk_line(struct store *s, const struct store_talk *talk, struct arena *arena, struct talk *line)
{
	uint8_t *packed = arena_alloc_raw(arena, talk->size ? talk->size : 1);

	return spill_read(s->spill, talk->place, packed, talk->size) && unpack_talk(s, slice_of(packed, talk->size), line);
}

static void add_talk(struct store *s, struct store_conversation *c, const struct talk *t)
{
	uint64_t place = s->packed.len <= UINT32_MAX ? spill_add(s->spill, buffer_slice(&s->packed)) : SPILL_NOWHERE;

	if (place == SPILL_NOWHERE)
		store_miss(s, STORE_SHORT_OF_SPILL);
	if (!store_grow(s, (void **)&c->talks, &c->talk_capacity, c->talk_count, sizeof(*c->talks)))
		return;
	c->talks[c->talk_count++] = (struct store_talk){
		.place = place,
		.time_ns = t->time_ns,
		.size = (uint32_t)s->packed.len,
		.row = store_find_row(s, c->file, t->event),
		.kind = (uint8_t)t->kind,
		.nanoseconds = t->nanoseconds,
	};
}

void store_on_talk(void *ctx, const struct talk *t)
{
	struct store *s = ctx;

	store_begin(s);
	struct store_conversation_record *c = conversation_of(s, t->conversation);
	struct store_object_record *o = t->object ? keep_object(s, t->object) : NULL;
	s->packed.len = 0;
	pack_talk(&s->packed, t, o ? o->object.number : STORE_NONE);
	if (c)
		add_talk(s, &c->conversation, t);
	store_unlock(s);
}
