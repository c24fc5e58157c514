/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages from their packets.  Version 1 says of each packet where in the
 * message it stands.  Version 2 says how much is still to come, so that the
 * place is known once the first piece is.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "session/p2p_internal.h"

/* Flags of version 1, and TF types of version 2, on bytes of objects and files. */
#define FLAG_FILE 0x10u
#define FLAGS_OBJECT 0x30u
#define TF_OBJECT 4u
#define TF_FILE 6u

/* --- ends --- */

static void early_free(struct p2p_table *t, struct p2p_message *m)
{
	for (size_t i = 0; i < m->early_count; i++) {
		t->bytes -= sizeof(struct p2p_piece) + m->early[i].piece->len;
		free(m->early[i].piece);
	}
	free(m->early);
	m->early = NULL;
	m->early_count = 0;
}

void p2p_message_free(struct p2p_table *t, struct p2p_message *m)
{
	if (m->object)
		m->object->message = NULL;
	early_free(t, m);
	t->bytes -= m->room;
	free(m->bytes);
	p2p_ranges_free(&m->ranges);
	HASH_DEL(t->messages, m);
	free(m);
}

void p2p_messages_drop(struct p2p_table *t, uint64_t vantage)
{
	struct p2p_message *m, *next;
	struct p2p_done *done, *next_done;

	HASH_ITER(hh, t->messages, m, next) {
		if (vantage && m->key.vantage != vantage)
			continue;
		if (m->object)
			p2p_object_stop(t, NULL, m->object, NULL, OBJECT_INCOMPLETE,
					vantage ? SLICE_LIT("connection ended") : SLICE_LIT("capture ended"));
		p2p_message_free(t, m);
	}
	HASH_ITER(hh, t->done, done, next_done) {
		if (vantage && done->key.vantage != vantage)
			continue;
		HASH_DEL(t->done, done);
		free(done);
	}
}

/* The message has all its packets: only its number is kept. */
static void retire(struct p2p_table *t, struct p2p_message *m)
{
	struct p2p_done *done, *known;

	HASH_FIND(hh, t->done, &m->key, sizeof(m->key), known);
	if (!known && HASH_COUNT(t->done) >= P2P_DONE_MAX)
		known = t->done;
	if (known) {
		HASH_DEL(t->done, known);
		free(known);
	}
	done = memory_zalloc(sizeof(*done));
	done->key = m->key;
	done->session = m->session;
	done->mark = m->mark;
	done->has_total = m->has_total;
	done->total = m->total;
	HASH_ADD(hh, t->done, key, sizeof(done->key), done);
	p2p_message_free(t, m);
}

/* The oldest gives way. */
static void evict(struct p2p_view *w)
{
	struct p2p_message *m = w->t->messages;

	if (!w->again)
		finding_add(w->d, RULE_P2P_LIMIT, w->packet, "too many P2P messages at once: the oldest is given up");
	if (m->object)
		p2p_object_stop(w->t, w->e, m->object, NULL, OBJECT_INCOMPLETE, SLICE_LIT("limit"));
	p2p_message_free(w->t, m);
}

/* --- which message --- */

static struct p2p_message_key key_of(const struct p2p_view *w, const struct p2p_packet *p)
{
	struct p2p_message_key key;

	memset(&key, 0, sizeof(key));
	key.vantage = w->v->id;
	key.sender = w->sender.full;
	key.addressee = w->addressee.full;
	key.version = (uint64_t)p->version;
	key.id = p->version == 2 ? p->package : p->identifier;
	key.session = p->version == 2 ? p->session : 0;
	return key;
}

static uint32_t mark_of(const struct p2p_packet *p)
{
	return p->version == 2 ? p->identifier : p->ack_id;
}

/* Does a packet begin a message anew, rather than come again? */
static bool begins(const struct p2p_packet *p, bool has_first, uint32_t mark)
{
	return p->first && has_first && mark != mark_of(p);
}

/* A packet of a message that is there already. */
static bool is_repeated(const struct p2p_view *w, const struct p2p_message_key *key, const struct p2p_packet *p)
{
	struct p2p_done *done;

	HASH_FIND(hh, w->t->done, key, sizeof(*key), done);
	if (!done || done->session != p->session || begins(p, true, done->mark))
		return false;
	if (p->version == 1)
		return done->total == p->total;
	/* Pieces of a new message of the same number come behind its first one. */
	return done->has_total && p->remaining + p->data.len <= done->total &&
	       p->identifier - done->mark < done->total * 2;
}

static bool carries_object(const struct p2p_view *w, const struct p2p_packet *p)
{
	if (p->session == 0 || p->session == P2P_INK_SESSION)
		return false;
	if (w->call && w->call->carries_object)
		return true;
	if (p->version == 2)
		return (p->tf & ~1u) == TF_OBJECT || (p->tf & ~1u) == TF_FILE;
	return (p->flags & FLAGS_OBJECT) != 0;
}

static enum object_kind kind_of(const struct p2p_packet *p)
{
	if ((p->version == 1 && p->flags & FLAG_FILE) || (p->version == 2 && (p->tf & ~1u) == TF_FILE))
		return OBJECT_FILE;
	switch (p->footer) {
	case 2:
		return OBJECT_FILE;
	case 11:
		return OBJECT_EMOTICON;
	case 12:
		return OBJECT_DISPLAY_PICTURE;
	default:
		return OBJECT_UNKNOWN;
	}
}

/* The object whose bytes a message brings: that of the invitation, if it has not come yet. */
static void bind_object(struct p2p_view *w, struct p2p_message *m, const struct p2p_packet *p)
{
	struct p2p_object *o = w->call ? w->call->object : NULL;
	const char *transport = p->version == 2 ? "p2p-v2" : "p2p-v1";

	if (!o || o->message) {
		if (w->call && w->call->carries_object) {
			o = p2p_call_object(w, w->call, transport);
		} else {
			o = p2p_object_new(w->t, w->e, kind_of(p), transport);
			o->object.session_id = p->session;
			o->object.call = w->call ? w->call->number : 0;
			o->vantage = w->v->id;
			if (w->call)
				p2p_learn(&o->object.call_id, w->call->call_id);
		}
	}
	p2p_learn(&o->object.from, w->sender.text);
	p2p_learn(&o->object.to, w->addressee.text);
	o->object.transport = transport;
	o->message = m;
	m->object = o;
}

static struct p2p_message *message_new(struct p2p_view *w, const struct p2p_message_key *key,
				       const struct p2p_packet *p)
{
	struct p2p_table *t = w->t;
	struct p2p_message *m;

	if (HASH_COUNT(t->messages) >= P2P_MESSAGES_MAX)
		evict(w);
	m = memory_zalloc(sizeof(*m));
	m->key = *key;
	m->session = p->session;
	m->mark = mark_of(p);
	m->footer = p->footer;
	m->carries_object = carries_object(w, p);
	HASH_ADD(hh, t->messages, key, sizeof(m->key), m);
	if (m->carries_object)
		bind_object(w, m, p);
	return m;
}

/* Ends a message that another one replaces. */
static void replace(struct p2p_view *w, struct p2p_message *m)
{
	if (m->object)
		p2p_object_stop(w->t, w->e, m->object, w->again ? NULL : w->d, OBJECT_INCOMPLETE, SLICE_LIT("lost"));
	p2p_message_free(w->t, m);
}

static struct p2p_message *message_of(struct p2p_view *w, const struct p2p_packet *p)
{
	struct p2p_message_key key = key_of(w, p);
	struct p2p_table *t = w->t;
	struct p2p_message *m;

	HASH_FIND(hh, t->messages, &key, sizeof(key), m);
	if (m && begins(p, m->has_first, m->mark)) {
		replace(w, m);
		m = NULL;
	}
	if (!m)
		return is_repeated(w, &key, p) ? NULL : message_new(w, &key, p);
	HASH_DEL(t->messages, m);
	HASH_ADD(hh, t->messages, key, sizeof(m->key), m);
	return m;
}

/* --- bytes --- */

/* Room for the bytes of a message up to end; false beyond the limits. */
static bool keep_room(struct p2p_view *w, struct p2p_message *m, uint64_t end)
{
	size_t room = m->room ? m->room : 2048;

	if (end > P2P_MESSAGE_BYTES_MAX)
		return false;
	while (room < end)
		room *= 2;
	while (w->t->bytes + room - m->room > P2P_TOTAL_BYTES_MAX && w->t->messages != m)
		evict(w);
	if (w->t->bytes + room - m->room > P2P_TOTAL_BYTES_MAX)
		return false;
	if (room == m->room)
		return true;
	m->bytes = memory_realloc(m->bytes, room);
	w->t->bytes += room - m->room;
	m->room = room;
	return true;
}

static bool keep(struct p2p_view *w, struct p2p_message *m, uint64_t offset, struct slice data)
{
	uint64_t at = offset, from, to;

	if (m->total > P2P_MESSAGE_BYTES_MAX || !keep_room(w, m, offset + data.len))
		return false;
	while (p2p_ranges_next(&m->ranges, &at, offset + data.len, &from, &to)) {
		if (!p2p_ranges_add(&m->ranges, from, to, NULL, P2P_RANGES_MAX))
			return false;
		memcpy(m->bytes + from, data.ptr + (from - offset), (size_t)(to - from));
	}
	return true;
}

static void take(struct p2p_view *w, struct p2p_message *m, uint64_t offset, struct slice data)
{
	bool taken = true;

	if (m->object) {
		m->object->has_total = m->has_total;
		m->object->total = m->total;
		if (w->direct)
			m->object->object.direct_connection = w->direct;
		taken = p2p_object_data(w->t, w->e, m->object, offset, data);
	} else if (!m->carries_object) {
		taken = keep(w, m, offset, data);
	}
	if (taken || m->told || w->again)
		return;
	m->told = true;
	finding_add(w->d, RULE_P2P_LIMIT, w->packet,
		    "bytes of this message are left out: it is too long, or in too many parts");
}

/* --- version 2: pieces before the first --- */

static void take_early(struct p2p_view *w, struct p2p_message *m)
{
	for (size_t i = 0; i < m->early_count; i++) {
		struct p2p_piece *piece = m->early[i].piece;
		uint64_t behind = m->early[i].remaining + piece->len;

		if (behind <= m->total)
			take(w, m, m->total - behind, slice_of(piece->data, piece->len));
	}
	early_free(w->t, m);
}

static void set_total(struct p2p_view *w, struct p2p_message *m, uint64_t total)
{
	m->has_total = true;
	m->total = total;
	take_early(w, m);
}

/* The beginning will not come: what came first counts as the start. */
static void assume_total(struct p2p_view *w, struct p2p_message *m, const struct p2p_packet *p)
{
	uint64_t total = p->remaining + p->data.len;

	for (size_t i = 0; i < m->early_count; i++)
		if (m->early[i].remaining + m->early[i].piece->len > total)
			total = m->early[i].remaining + m->early[i].piece->len;
	m->told = true;
	if (m->object)
		m->object->headless = true;
	set_total(w, m, total);
}

static void wait_early(struct p2p_view *w, struct p2p_message *m, const struct p2p_packet *p)
{
	size_t size = sizeof(struct p2p_piece) + p->data.len;
	struct p2p_piece *piece;

	if (m->early_count == P2P_EARLY_MAX || w->t->bytes + size > P2P_TOTAL_BYTES_MAX) {
		assume_total(w, m, p);
		return;
	}
	if (!m->early)
		m->early = memory_zalloc(P2P_EARLY_MAX * sizeof(m->early[0]));
	piece = memory_alloc(size);
	*piece = (struct p2p_piece){NULL, p->data.len};
	memcpy(piece->data, p->data.ptr, p->data.len);
	w->t->bytes += size;
	m->early[m->early_count++] = (struct p2p_early){p->remaining, piece};
}

/* Is it the last piece of its message? */
static bool is_last(const struct p2p_packet *p)
{
	if (p->version == 1)
		return p->offset + p->data.len == p->total;
	return p->shifted ? p->data.len < P2P_SHIFTED_PIECE : p->remaining == 0;
}

/* Pieces that do not say how much is to come stand one behind the other. */
static bool place_shifted(struct p2p_view *w, struct p2p_message *m, const struct p2p_packet *p, uint64_t *offset)
{
	if (m->next && p->identifier == m->latest)
		return false;
	m->latest = p->identifier;
	if (!m->has_total && m->object && m->object->object.has_size)
		set_total(w, m, m->object->object.size);
	if (!m->has_total && is_last(p))
		set_total(w, m, m->next + p->data.len);
	*offset = m->next;
	if (m->has_total && is_last(p) && p->data.len <= m->total)
		*offset = m->total - p->data.len;
	m->next += p->data.len;
	return !m->has_total || (*offset <= m->total && p->data.len <= m->total - *offset);
}

/* Where a piece of version 2 stands; false when that is not known (yet). */
static bool place_v2(struct p2p_view *w, struct p2p_message *m, const struct p2p_packet *p, uint64_t *offset)
{
	uint64_t behind = p->remaining + p->data.len;

	if (p->first && !m->has_first) {
		m->has_first = true;
		m->mark = p->identifier;
		if (!m->has_total && !p->shifted)
			set_total(w, m, behind);
	}
	if (p->shifted)
		return place_shifted(w, m, p, offset);
	if (!m->has_total && m->object && m->object->object.has_size && m->object->object.size >= behind)
		set_total(w, m, m->object->object.size);
	if (!m->has_total)
		wait_early(w, m, p);
	if (!m->has_total)
		return false;
	*offset = m->total - behind;
	return true;
}

/* --- packets --- */

static bool fits_v1(struct p2p_view *w, struct p2p_message *m, const struct p2p_packet *p)
{
	const char *wrong = NULL;

	if (!m->has_total) {
		m->has_total = true;
		m->total = p->total;
	}
	if (p->first && !m->has_first) {
		m->has_first = true;
		m->mark = p->ack_id;
	}
	if (m->total != p->total)
		wrong = "other total size than in the packets before";
	else if (m->session != p->session)
		wrong = "other session than in the packets before";
	if (wrong && !w->again)
		finding_add(w->d, RULE_P2P_CHUNK, w->packet, "%s", wrong);
	/* What reaches beyond the end of the message is told with the packet itself. */
	return !wrong && p->offset <= p->total && p->data.len <= p->total - p->offset;
}

static bool fits_v2(struct p2p_view *w, struct p2p_message *m, const struct p2p_packet *p)
{
	uint64_t behind = p->remaining + p->data.len;

	if (behind >= p->remaining && (!m->has_total || behind <= m->total))
		return true;
	if (!w->again)
		finding_add(w->d, RULE_P2P_CHUNK, w->packet, "more bytes to come than the message has");
	return false;
}

/* All bytes of a message that was kept: it is dissected like one that came in one packet. */
static void dissect(struct p2p_view *w, struct p2p_message *m)
{
	struct slice bytes = arena_copy(w->d->arena, slice_of(m->bytes, (size_t)m->total));
	unsigned source;
	struct field *f;

	if (w->again)
		return;
	source = dissection_add_source(w->d, "p2p-message", bytes);
	f = field_add(w->d, &w->d->root, F_P2P_MESSAGE, source, 0, bytes.len);
	field_add_number(w->d, f, F_P2P_MESSAGE_SIZE, m->total, source, 0, 0);
	field_add_number(w->d, f, F_P2P_MESSAGE_PACKETS, m->packets, source, 0, 0);
	p2p_content_dissect(w->d, f, source, 0, bytes.len, m->session, m->footer);
	p2p_content_observe(w, f);
}

static void tell_object(struct p2p_view *w, const struct p2p_object *o)
{
	if (!w->again && !p2p_child(w->packet, F_P2P_OBJECT))
		field_add_number(w->d, w->packet, F_P2P_OBJECT, o->object.id, w->packet->source, w->packet->offset, 0);
}

/* The last packet is here; objects are told to be incomplete when their call ends. */
static void tell_holes(struct p2p_view *w, struct p2p_message *m)
{
	if (m->told || w->again || m->carries_object)
		return;
	m->told = true;
	if (m->has_total)
		finding_add(w->d, RULE_P2P_INCOMPLETE, w->packet,
			    "%" PRIu64 " of %" PRIu64 " bytes of the message are missing", m->total - m->ranges.covered,
			    m->total);
	else
		finding_add(w->d, RULE_P2P_INCOMPLETE, w->packet, "the first packet of the message is missing");
}

static void after(struct p2p_view *w, struct p2p_message *m, bool last)
{
	struct p2p_object *o = m->object;

	if (o && m->has_total && p2p_object_whole(o)) {
		o->has_total = !o->headless;
		if (o->headless)
			p2p_object_stop(w->t, w->e, o, w->again ? NULL : w->d, OBJECT_INCOMPLETE, SLICE_LIT("lost"));
		else
			p2p_object_complete(w->t, w->e, o, w->again ? NULL : w->d);
		retire(w->t, m);
	} else if (!m->carries_object && m->has_total && p2p_ranges_start(&m->ranges) == m->total) {
		dissect(w, m);
		retire(w->t, m);
	} else if (last) {
		tell_holes(w, m);
	}
}

void p2p_message_packet(struct p2p_view *w, const struct p2p_packet *p)
{
	bool object = carries_object(w, p), last;
	struct p2p_message *m;
	uint64_t offset;

	if (p->whole && !object)
		return;
	m = message_of(w, p);
	if (!m || !(p->version == 2 ? fits_v2(w, m, p) : fits_v1(w, m, p)))
		return;
	m->packets++;
	if (m->object)
		tell_object(w, m->object);
	if (p->version == 1)
		take(w, m, p->offset, p->data);
	else if (place_v2(w, m, p, &offset))
		take(w, m, offset, p->data);
	last = is_last(p);
	if (last && !m->has_total && m->carries_object)
		assume_total(w, m, p);
	after(w, m, last);
}
