/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/split.h"

#include <inttypes.h>
#include <stdlib.h>

#include "dissectors/mime.h"
#include "util/memory.h"
#include "util/utf8.h"

/* Bytes kept of a sender and of a Message-ID; of longer ones the beginnings are compared. */
#define NAME_KEPT_MAX 256u
/* Bytes of a Message-ID that texts show. */
#define SHOWN_MAX 80u

struct part {
	uint32_t index;
	size_t len;
	uint8_t data[];
};

/* A message of which not all parts have come. */
struct message {
	uint64_t connection;
	uint64_t event;           /* of the part that came first */
	enum msnp_sender from;
	struct slice sender, id;  /* owned */
	uint32_t wanted;          /* number of parts; 0: the first has not come */
	struct part **parts;      /* by ascending index */
	size_t count, capacity;
	size_t bytes;             /* kept, all told */
	bool given_up;            /* too long: what comes is dropped */
	bool damaged;             /* bytes of a part are not in the capture */
};

struct split_table {
	struct message *list[SPLIT_MESSAGES_MAX]; /* oldest first */
	size_t count, bytes;
};

/* A part as an event has it. */
struct arrived {
	struct slice sender, id, data; /* data: headers and body of the first part, the body of others */
	bool has_index;                /* has Chunk */
	uint64_t index, wanted;        /* wanted 0: has no Chunks */
	const struct field *field;     /* for findings */
};

struct split_table *split_new(void)
{
	return memory_zalloc(sizeof(struct split_table));
}

/* --- messages --- */

static struct slice keep(struct slice s)
{
	s = slice_sub(s, 0, NAME_KEPT_MAX);
	if (s.len == 0)
		return SLICE_EMPTY;
	return slice_of(memcpy(memory_alloc(s.len), s.ptr, s.len), s.len);
}

static void drop_parts(struct split_table *t, struct message *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->parts[i]);
	free(m->parts);
	m->parts = NULL;
	m->count = m->capacity = 0;
	t->bytes -= m->bytes;
	m->bytes = 0;
}

static void take_out(struct split_table *t, size_t at)
{
	struct message *m = t->list[at];

	drop_parts(t, m);
	free((void *)(uintptr_t)m->sender.ptr);
	free((void *)(uintptr_t)m->id.ptr);
	free(m);
	t->count--;
	memmove(&t->list[at], &t->list[at + 1], (t->count - at) * sizeof(t->list[0]));
}

void split_free(struct split_table *t)
{
	while (t->count)
		take_out(t, t->count - 1);
	free(t);
}

static size_t find(const struct split_table *t, const struct event *e, const struct arrived *a)
{
	struct slice sender = slice_sub(a->sender, 0, NAME_KEPT_MAX), id = slice_sub(a->id, 0, NAME_KEPT_MAX);

	for (size_t i = t->count; i-- > 0;) {
		const struct message *m = t->list[i];

		if (m->connection == e->connection->id && m->from == e->from && slice_eq(m->id, id) &&
		    slice_eq(m->sender, sender))
			return i;
	}
	return t->count;
}

static void give_up_oldest(struct split_table *t, struct dissection *d, const struct field *f)
{
	finding_add(d, RULE_MSG_CHUNK, f, "too many split messages wait for their parts: message %.*s is given up",
		    SLICE_ARG(utf8_cut(t->list[0]->id, SHOWN_MAX)));
	take_out(t, 0);
}

static struct message *message_new(struct split_table *t, const struct event *e, struct dissection *d,
				   const struct arrived *a)
{
	struct message *m = memory_zalloc(sizeof(*m));

	if (t->count == SPLIT_MESSAGES_MAX)
		give_up_oldest(t, d, a->field);
	m->connection = e->connection->id;
	m->event = e->id;
	m->from = e->from;
	m->sender = keep(a->sender);
	m->id = keep(a->id);
	t->list[t->count++] = m;
	return m;
}

/* --- parts --- */

/* Where a part of that index belongs; parts come in order as a rule. */
static size_t place_of(const struct message *m, uint32_t index)
{
	size_t at = m->count;

	while (at > 0 && m->parts[at - 1]->index >= index)
		at--;
	return at;
}

static void insert(struct split_table *t, struct message *m, size_t at, const struct arrived *a)
{
	struct part *p = memory_alloc(sizeof(*p) + a->data.len);

	*p = (struct part){(uint32_t)a->index, a->data.len};
	if (a->data.len)
		memcpy(p->data, a->data.ptr, a->data.len);
	if (m->count == m->capacity) {
		m->capacity = m->capacity ? 2 * m->capacity : 4;
		m->parts = memory_realloc(m->parts, m->capacity * sizeof(struct part *));
	}
	memmove(&m->parts[at + 1], &m->parts[at], (m->count - at) * sizeof(struct part *));
	m->parts[at] = p;
	m->count++;
	size_t bytes = sizeof(*p) + sizeof(struct part *) + a->data.len;
	m->bytes += bytes;
	t->bytes += bytes;
}

/* Says what is wrong with the index; false when the part cannot be used. */
static bool check_index(const struct message *m, struct dissection *d, const struct arrived *a)
{
	uint64_t wanted = a->wanted ? a->wanted : m->wanted;

	if (a->wanted && m->wanted && a->wanted != m->wanted) {
		finding_add(d, RULE_MSG_CHUNK, a->field, "message of %" PRIu64 " parts had %" PRIu32 " before", a->wanted,
			    m->wanted);
		return false;
	}
	if (a->index >= (wanted ? wanted : MIME_CHUNKS_MAX)) {
		/* What is beyond all bounds was said when the number was read. */
		if (wanted)
			finding_add(d, RULE_MSG_CHUNK, a->field, "part %" PRIu64 " of a message of %" PRIu64 " parts",
				    a->index + 1, wanted);
		return false;
	}
	size_t at = place_of(m, (uint32_t)a->index);
	if (at < m->count && m->parts[at]->index == a->index) {
		finding_add(d, RULE_MSG_CHUNK, a->field, "part %" PRIu64 " came before", a->index + 1);
		return false;
	}
	return true;
}

static void add_part(struct split_table *t, struct message *m, struct dissection *d, const struct arrived *a)
{
	if (a->wanted)
		m->wanted = (uint32_t)a->wanted;
	if (m->bytes + a->data.len > SPLIT_MESSAGE_BYTES_MAX) {
		finding_add(d, RULE_MSG_CHUNK, a->field, "message is longer than %u bytes and is not put together",
			    SPLIT_MESSAGE_BYTES_MAX);
		drop_parts(t, m);
		m->given_up = true;
		return;
	}
	insert(t, m, place_of(m, (uint32_t)a->index), a);
}

/* --- the whole --- */

static struct slice join(const struct message *m, struct arena *arena)
{
	size_t len = 0;

	for (size_t i = 0; i < m->count; i++)
		len += m->parts[i]->len;
	uint8_t *out = arena_alloc_raw(arena, len);
	len = 0;
	for (size_t i = 0; i < m->count; i++) {
		if (m->parts[i]->len)
			memcpy(out + len, m->parts[i]->data, m->parts[i]->len);
		len += m->parts[i]->len;
	}
	return slice_of(out, len);
}

static void dissect_whole(const struct message *m, struct dissection *d, const struct msnp_context *context)
{
	struct slice part = arena_copy(d->arena, d->summary);

	if (m->damaged) {
		dissection_summary_add(d, "the last one, but bytes of others were lost");
		return;
	}
	struct slice whole = join(m, d->arena);
	unsigned source = dissection_add_source(d, "message", whole);
	struct field *joined = field_add(d, &d->root, F_MSG_JOINED, source, 0, whole.len);
	dissection_summarise(d, "%s", "");
	mime_message_dissect(d, joined, source, 0, whole.len, context);
	struct slice text = arena_copy(d->arena, d->summary);
	dissection_summarise(d, "%.*s, complete: %.*s", SLICE_ARG(part), SLICE_ARG(text));
}

/* --- events --- */

static const struct field *number(const struct field *root, enum field_id id, uint64_t *out)
{
	const struct field *f = field_child(root, &field_defs[id]);

	if (!f || !f->has_value || f->value.number == 0 || f->value.number > MIME_CHUNKS_MAX)
		return NULL;
	*out = f->value.number;
	return f;
}

/* The first part is kept with its headers, later ones without. */
static bool read_part(const struct event *e, const struct field *root, struct arrived *a)
{
	const struct field *id = field_child(root, &field_defs[F_MSG_MESSAGE_ID]);
	const struct field *headers = field_child(root, &field_defs[F_MSG_HEADERS]);
	const struct field *sender = field_child(root, &field_defs[P_passport]);

	if (!id || !id->has_value || !headers || headers->source != SOURCE_PAYLOAD || !mime_is_chunk(root))
		return false;
	size_t body = (size_t)headers->offset + headers->length + headers->trail;
	const struct field *chunks = number(root, F_MSG_CHUNKS, &a->wanted);
	const struct field *chunk = number(root, F_MSG_CHUNK, &a->index);
	a->field = chunk ? chunk : chunks;
	a->has_index = chunk != NULL;
	a->id = id->value.text;
	a->sender = sender && sender->has_value ? sender->value.text : SLICE_EMPTY;
	a->data = chunk ? slice_sub(e->payload, body, e->payload.len) : e->payload;
	return a->field != NULL;
}

void split_observe(struct split_table *t, const struct event *e, struct dissection *d,
		   const struct msnp_context *context)
{
	struct arrived a = {.wanted = 0};

	if (!read_part(e, &d->root, &a))
		return;
	size_t at = find(t, e, &a);
	struct message *m = at < t->count ? t->list[at] : NULL;
	if (!m) {
		m = message_new(t, e, d, &a);
		if (a.has_index)
			finding_add(d, RULE_MSG_CHUNK, a.field, "the first part of the message was not seen before");
	}
	if (m->given_up || !check_index(m, d, &a))
		return;
	m->damaged |= e->lost_bytes > 0 || e->payload.len != e->declared_length;
	add_part(t, m, d, &a);
	while (t->bytes > SPLIT_TOTAL_BYTES_MAX && t->list[0] != m)
		give_up_oldest(t, d, a.field);
	if (m->given_up || m->wanted == 0 || m->count < m->wanted)
		return;
	dissect_whole(m, d, context);
	take_out(t, find(t, e, &a));
}

void split_connection_end(struct split_table *t, const struct connection *c, split_missing_fn *tell, void *ctx)
{
	for (size_t i = 0; i < t->count;) {
		const struct message *m = t->list[i];

		if (m->connection != c->id) {
			i++;
			continue;
		}
		struct split_missing missing = {m->event, m->from, utf8_cut(m->id, SHOWN_MAX), m->count, m->wanted};
		if (!m->given_up && !c->partial)
			tell(ctx, &missing);
		take_out(t, i);
	}
}
