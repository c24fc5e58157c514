/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects: their bytes go on as they come, what is kept is where there are holes. */
#include <inttypes.h>
#include <stdlib.h>

#include <utlist.h>

#include "session/p2p_internal.h"
#include "util/encoding.h"
#include "util/utf8.h"

#define SHA1_LEN 20u
#define SHOWN_MAX 80u

struct p2p_object *p2p_object_new(struct p2p_table *t, const struct event *e, enum object_kind kind,
				  const char *transport)
{
	struct p2p_object *o = memory_zalloc(sizeof(*o));

	o->object.id = ++t->next_object;
	o->object.kind = kind;
	o->object.transport = transport;
	o->object.connection = e->connection->id;
	o->object.nanoseconds = e->nanoseconds;
	DL_APPEND2(t->running, o, previous, next);
	return o;
}

/* --- SHA-1 --- */

static void piece_free(struct p2p_table *t, struct p2p_piece *piece)
{
	t->bytes -= sizeof(*piece) + piece->len;
	free(piece);
}

static void pieces_free(struct p2p_table *t, struct p2p_range *r)
{
	while (r->first) {
		struct p2p_piece *piece = r->first;

		r->first = piece->next;
		piece_free(t, piece);
	}
	r->last = NULL;
}

static void give_up_hash(struct p2p_table *t, struct p2p_object *o)
{
	o->hash_given_up = true;
	for (size_t i = 0; i < o->ranges.count; i++)
		pieces_free(t, &o->ranges.list[i]);
	EVP_MD_CTX_free(o->md);
	o->md = NULL;
}

static void hash_update(struct p2p_table *t, struct p2p_object *o, struct slice data)
{
	if (o->hash_given_up)
		return;
	if (!o->md) {
		o->md = EVP_MD_CTX_new();
		if (!o->md || EVP_DigestInit_ex(o->md, EVP_sha1(), NULL) != 1) {
			give_up_hash(t, o);
			return;
		}
	}
	if (EVP_DigestUpdate(o->md, data.ptr, data.len) != 1)
		give_up_hash(t, o);
}

/* Pieces that waited for what has come now. */
static void hash_waiting(struct p2p_table *t, struct p2p_object *o)
{
	struct p2p_range *r = o->ranges.list;

	if (o->ranges.count == 0 || r->offset != 0)
		return;
	for (struct p2p_piece *piece = r->first; piece && !o->hash_given_up; piece = piece->next) {
		o->waiting -= sizeof(*piece) + piece->len;
		hash_update(t, o, slice_of(piece->data, piece->len));
	}
	pieces_free(t, r);
}

/* A copy of bytes that came before those in front of them; NULL when that is beyond a limit. */
static struct p2p_piece *wait_piece(struct p2p_table *t, struct p2p_object *o, struct slice data)
{
	size_t size = sizeof(struct p2p_piece) + data.len;

	if (o->hash_given_up)
		return NULL;
	if (o->waiting + size > P2P_HASH_WAITING_MAX || t->bytes + size > P2P_TOTAL_BYTES_MAX) {
		give_up_hash(t, o);
		return NULL;
	}
	struct p2p_piece *piece = memory_alloc(size);
	piece->next = NULL;
	piece->len = data.len;
	memcpy(piece->data, data.ptr, data.len);
	o->waiting += size;
	t->bytes += size;
	return piece;
}

/* --- bytes --- */

static void keep_head(struct p2p_object *o, uint64_t offset, struct slice data)
{
	if (offset >= sizeof(o->head))
		return;
	data = slice_sub(data, 0, sizeof(o->head) - (size_t)offset);
	memcpy(o->head + offset, data.ptr, data.len);
}

static bool take_part(struct p2p_table *t, struct p2p_object *o, uint64_t offset, struct slice part)
{
	bool in_order = offset == p2p_ranges_start(&o->ranges);
	struct p2p_piece *piece = in_order ? NULL : wait_piece(t, o, part);

	if (!p2p_ranges_add(&o->ranges, offset, offset + part.len, piece, P2P_RANGES_MAX)) {
		if (piece) {
			o->waiting -= sizeof(*piece) + piece->len;
			piece_free(t, piece);
		}
		return false;
	}
	if (in_order) {
		hash_update(t, o, part);
		hash_waiting(t, o);
	}
	keep_head(o, offset, part);
	o->object.received += part.len;
	if (t->sink.object_data)
		t->sink.object_data(t->sink.ctx, &o->object, offset, part);
	return true;
}

bool p2p_object_data(struct p2p_table *t, const struct event *e, struct p2p_object *o, uint64_t offset,
		     struct slice data)
{
	uint64_t at = offset, from, to;
	bool room = true;

	if (data.len == 0 || UINT64_MAX - offset < data.len)
		return true;
	o->object.last_data = (struct object_step){e->id, e->time_ns};
	if (!o->object.first_data.event)
		o->object.first_data = o->object.last_data;
	while (room && p2p_ranges_next(&o->ranges, &at, offset + data.len, &from, &to))
		room = take_part(t, o, from, slice_sub(data, (size_t)(from - offset), (size_t)(to - from)));
	return room;
}

bool p2p_object_whole(const struct p2p_object *o)
{
	return o->has_total && o->ranges.covered == o->total && p2p_ranges_start(&o->ranges) == o->total;
}

/* --- the end --- */

/* All that is to come: what really is sent, else what was announced. */
static bool length_of(const struct p2p_object *o, uint64_t *length)
{
	*length = o->has_total ? o->total : o->object.size;
	return o->has_total || o->object.has_size;
}

static void add_missing(struct object *o, uint64_t from, uint64_t to)
{
	if (o->missing_count == OBJECT_MISSING_MAX) {
		struct object_range *last = &o->missing[OBJECT_MISSING_MAX - 1];

		last->length = to - last->offset;
		return;
	}
	o->missing[o->missing_count++] = (struct object_range){from, to - from};
}

static void list_missing(struct p2p_object *o)
{
	uint64_t at = 0, end, from, to;

	if (!length_of(o, &end))
		end = o->ranges.count ? o->ranges.list[o->ranges.count - 1].end : 0;
	while (p2p_ranges_next(&o->ranges, &at, end, &from, &to))
		add_missing(&o->object, from, to);
}

/* Holes with bytes behind them: the sender did not just stop. */
static bool has_hole(const struct p2p_object *o)
{
	return o->ranges.count > 1 || (o->ranges.count == 1 && o->ranges.list[0].offset != 0);
}

static void finish_hash(struct p2p_object *o)
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	if (!o->md || EVP_DigestFinal_ex(o->md, digest, NULL) != 1)
		return;
	memcpy(o->object.sha1, digest, SHA1_LEN);
	o->object.has_sha1 = true;
}

static void sniff(struct p2p_object *o)
{
	uint64_t known = p2p_ranges_start(&o->ranges);
	struct slice head = slice_of(o->head, known < sizeof(o->head) ? (size_t)known : sizeof(o->head));

	o->object.media_type = media_type_sniff(head);
}

static void judge(struct p2p_object *o)
{
	struct arena arena = {0};
	struct slice wanted;

	if (o->object.has_sha1 && base64_decode(&arena, o->object.sha1d, &wanted) && wanted.len == SHA1_LEN)
		o->object.verdict = memcmp(wanted.ptr, o->object.sha1, SHA1_LEN) == 0 ? OBJECT_MATCH : OBJECT_MISMATCH;
	arena_free(&arena);
}

struct slice p2p_object_words(struct arena *arena, enum object_kind kind)
{
	struct slice words = arena_copy(arena, slice_str(object_kind_name(kind)));
	uint8_t *text = (uint8_t *)(uintptr_t)words.ptr;

	for (size_t i = 0; i < words.len; i++)
		if (text[i] == '-')
			text[i] = ' ';
	return words;
}

static struct slice described(struct dissection *d, const struct object *o)
{
	struct slice words = o->kind == OBJECT_UNKNOWN ? SLICE_LIT("object") : p2p_object_words(d->arena, o->kind);

	if (o->kind == OBJECT_FILE && o->name.len)
		return arena_printf(d->arena, "%.*s \"%.*s\"", SLICE_ARG(words), SLICE_ARG(utf8_cut(o->name, SHOWN_MAX)));
	return words;
}

static void tell_complete(struct dissection *d, const struct object *o)
{
	struct slice what = described(d, o);

	dissection_summary_add(d, "complete: %.*s, %" PRIu64 " bytes%s%s%s", SLICE_ARG(what), o->received,
			       o->media_type ? ", " : "", o->media_type ? o->media_type : "",
			       o->verdict == OBJECT_MATCH    ? ", SHA1D matches" :
			       o->verdict == OBJECT_MISMATCH ? ", SHA1D does not match" :
							       "");
	if (o->has_size && o->size != o->received)
		finding_add(d, RULE_OBJECT_SIZE, NULL, "%" PRIu64 " bytes where %" PRIu64 " were announced", o->received,
			    o->size);
	if (o->verdict == OBJECT_MISMATCH)
		finding_add(d, RULE_OBJECT_SHA1D, NULL, "the bytes do not have the SHA-1 that SHA1D gives: \"%.*s\"",
			    SLICE_ARG(utf8_cut(o->sha1d, SHOWN_MAX)));
}

/* Nobody may add to it any more; it waits to be handed over. */
static void let_go(struct p2p_table *t, struct p2p_object *o)
{
	if (o->call && o->call->object == o)
		o->call->object = NULL;
	if (o->message)
		o->message->object = NULL;
	p2p_invitation_forget(t, o);
	o->call = NULL;
	o->message = NULL;
	DL_DELETE2(t->running, o, previous, next);
	DL_APPEND2(t->ended, o, previous, next);
}

static void end(struct p2p_table *t, const struct event *e, struct p2p_object *o, enum object_state state)
{
	o->object.state = state;
	if (e)
		o->object.ended = (struct object_step){e->id, e->time_ns};
	sniff(o);
	let_go(t, o);
}

void p2p_object_complete(struct p2p_table *t, const struct event *e, struct p2p_object *o, struct dissection *d)
{
	if (o->total == 0)
		hash_update(t, o, SLICE_EMPTY);
	finish_hash(o);
	judge(o);
	end(t, e, o, OBJECT_COMPLETE);
	if (d)
		tell_complete(d, &o->object);
}

void p2p_object_stop(struct p2p_table *t, const struct event *e, struct p2p_object *o, struct dissection *d,
		     enum object_state state, struct slice cause)
{
	uint64_t length;

	list_missing(o);
	if (has_hole(o) && state != OBJECT_DECLINED) {
		state = OBJECT_INCOMPLETE;
		cause = SLICE_LIT("lost");
	}
	p2p_learn(&o->object.cause, cause);
	end(t, e, o, state);
	if (!d || state != OBJECT_INCOMPLETE)
		return;
	struct slice what = described(d, &o->object);
	if (length_of(o, &length))
		finding_add(d, RULE_P2P_INCOMPLETE, NULL, "%.*s: %" PRIu64 " of %" PRIu64 " bytes are there",
			    SLICE_ARG(what), o->object.received, length);
	else
		finding_add(d, RULE_P2P_INCOMPLETE, NULL, "%.*s: %" PRIu64 " bytes are there, not all", SLICE_ARG(what),
			    o->object.received);
}

static void object_free(struct p2p_table *t, struct p2p_object *o)
{
	struct slice *texts[] = {&o->object.from,     &o->object.to,	  &o->object.name,  &o->object.friendly,
				 &o->object.call_id, &o->object.sha1d, &o->object.cause};

	for (size_t i = 0; i < o->ranges.count; i++)
		pieces_free(t, &o->ranges.list[i]);
	p2p_ranges_free(&o->ranges);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		p2p_drop(texts[i]);
	EVP_MD_CTX_free(o->md);
	free(o);
}

void p2p_objects_flush(struct p2p_table *t)
{
	while (t->ended) {
		struct p2p_object *o = t->ended;

		DL_DELETE2(t->ended, o, previous, next);
		if (t->sink.object)
			t->sink.object(t->sink.ctx, &o->object);
		object_free(t, o);
	}
}
