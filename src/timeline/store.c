/* SPDX-License-Identifier: BSD-2-Clause */
#include "timeline/store.h"

#include <stdlib.h>

#include "timeline/store_internal.h"

struct store *store_new(size_t memory)
{
	struct store *s = memory_zalloc(sizeof(*s));

	pthread_mutex_init(&s->turn, NULL);
	pthread_mutex_init(&s->lock, NULL);
	s->spill = spill_new(memory);
	return s;
}

void store_free(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < STORE_BLOCKS_MAX && s->blocks[i]; i++)
		free(s->blocks[i]);
	store_records_free(s);
	free(s->runs);
	buffer_free(&s->packed);
	buffer_free(&s->pending_bytes);
	spill_free(s->spill);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->turn);
	free(s);
}

/* Who waits for the lock has the turn, so that a thread that comes back at once does not get ahead of it. */
void store_lock(struct store *s)
{
	pthread_mutex_lock(&s->turn);
	pthread_mutex_lock(&s->lock);
	pthread_mutex_unlock(&s->turn);
}

void store_unlock(struct store *s)
{
	pthread_mutex_unlock(&s->lock);
}

void store_begin(struct store *s)
{
	store_lock(s);
	s->generation++;
}

/* --- files --- */

static void begin_file(struct store *s, const char *name, const char *format)
{
	struct store_file_record *f = store_record_new(s, &s->files, sizeof(*f), true);
	struct store_text_list list = {.strings = {&f->file.name, &f->file.format}, .string_count = 2};

	f->file.name = name;
	f->file.format = format;
	f->file.first_row = s->rows;
	f->file.first_connection = s->connections.count;
	f->file.first_session = s->sessions.count;
	f->first_run = s->run_count;
	store_texts_keep(s, &f->texts, &list);
}

struct store_file_record *store_current_file(struct store *s)
{
	if (s->files.count == 0)
		begin_file(s, "", "");
	return s->files.at[s->files.count - 1];
}

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct store *s = ctx;

	store_begin(s);
	begin_file(s, c->file, c->format);
	store_unlock(s);
}

static void on_capture_end(void *ctx, const struct capture_totals *t)
{
	struct store *s = ctx;

	store_begin(s);
	store_place_pending(s, NULL, SPILL_NOWHERE, 0);
	struct store_file *f = &store_current_file(s)->file;
	f->packets = t->packets;
	f->first_ns = t->first_ns;
	f->last_ns = t->last_ns;
	f->ended = true;
	store_tell_missing(s);
	store_unlock(s);
}

static void on_notice(void *ctx, const struct notice *n)
{
	struct store *s = ctx;

	store_begin(s);
	store_notice_add(s, n->severity, n->text);
	store_unlock(s);
}

/* --- rows --- */

struct store_row *store_row_at(struct store *s, uint32_t row)
{
	return &s->blocks[row / STORE_BLOCK][row % STORE_BLOCK];
}

/* Ids that count up go with the run before them. */
static bool keep_id(struct store *s, const struct store_file_record *f, uint64_t id)
{
	const struct store_run *last = s->run_count > f->first_run ? &s->runs[s->run_count - 1] : NULL;

	if (last && id == last->id + (s->rows - last->row))
		return true;
	if (!store_grow(s, (void **)&s->runs, &s->run_capacity, s->run_count, sizeof(*s->runs)))
		return false;
	s->runs[s->run_count++] = (struct store_run){id, s->rows};
	return true;
}

static struct store_row *new_row(struct store *s)
{
	struct store_row **block = &s->blocks[s->rows / STORE_BLOCK];

	if (!*block)
		*block = memory_alloc(STORE_BLOCK * sizeof(**block));
	s->rows++;
	return store_row_at(s, s->rows - 1);
}

static void look_at_findings(struct store_row *r, const struct event *e)
{
	for (const struct finding *f = e->dissection->findings; f; f = f->next) {
		if (f->rule->severity + 1u > r->severity)
			r->severity = (uint8_t)(f->rule->severity + 1u);
		if (r->findings < UINT8_MAX)
			r->findings++;
	}
}

static void keep_bytes(struct store *s, struct store_row *r)
{
	uint64_t place = s->packed.len <= UINT32_MAX ? spill_add(s->spill, buffer_slice(&s->packed)) : SPILL_NOWHERE;

	r->place = place;
	r->size = (uint32_t)s->packed.len;
	if (place != SPILL_NOWHERE)
		return;
	r->flags |= ROW_NOT_KEPT;
	store_miss(s, STORE_SHORT_OF_SPILL);
}

static void link_reply(struct store *s, uint32_t row, const struct event *e)
{
	struct store_row *r = store_row_at(s, row);

	if (e->reply_to || e->about)
		r->request = store_find_row(s, store_file_number(s), e->reply_to ? e->reply_to : e->about);
	if (r->request == STORE_NONE || e->about)
		return;
	struct store_row *request = store_row_at(s, r->request);
	if (request->reply == STORE_NONE)
		request->reply = row;
}

static const struct store_row *add_row(struct store *s, const struct event *e, struct store_connection_record *c)
{
	struct store_connection *n = &c->connection;
	struct store_row *r = new_row(s);
	uint32_t row = s->rows - 1;

	*r = (struct store_row){
		.time_ns = e->time_ns,
		.frame = e->frame_count ? e->frames[e->frame_count - 1] : 0,
		.connection = n->number,
		.request = STORE_NONE,
		.reply = STORE_NONE,
		.name = store_name_number(s, e->name),
		.kind = (uint8_t)e->kind,
		.from = (uint8_t)e->from,
		.flags = (uint8_t)((e->has_payload ? ROW_PAYLOAD : 0) | (e->nanoseconds ? ROW_NANOSECONDS : 0)),
	};
	keep_bytes(s, r);
	look_at_findings(r, e);
	link_reply(s, row, e);
	store_session_row(s, e, c, row);
	store_current_file(s)->file.rows++;
	if (n->first_row == STORE_NONE)
		n->first_row = row;
	n->last_row = row;
	return r;
}

/* Packing needs no lock: the buffer is of the thread that fills the store. */
static void on_event(void *ctx, const struct event *e)
{
	struct store *s = ctx;
	uint64_t place = SPILL_NOWHERE;

	s->packed.len = 0;
	size_t payload_at = event_pack(&s->packed, e);
	store_begin(s);
	struct store_connection_record *c = store_connection_of(s, e->connection);
	if (c && s->rows == STORE_ROWS_MAX)
		store_miss(s, STORE_SHORT_OF_ROWS);
	else if (c && keep_id(s, store_current_file(s), e->id))
		place = add_row(s, e, c)->place;
	store_place_pending(s, e, place, payload_at);
	store_unlock(s);
	if (s->packed.capacity > STORE_PACKED_KEPT)
		buffer_free(&s->packed);
}

struct event_sink store_sink(struct store *s)
{
	return (struct event_sink){
		.capture = on_capture,
		.connection_start = store_on_connection,
		.event = on_event,
		.connection_end = store_on_connection_end,
		.notice = on_notice,
		.object_data = store_on_object_data,
		.object = store_on_object,
		.user_session = store_on_session,
		.user_session_so_far = store_on_session_so_far,
		.conversation_start = store_on_conversation,
		.talk = store_on_talk,
		.conversation_end = store_on_conversation_end,
		.capture_end = on_capture_end,
		.ctx = s,
	};
}

bool store_packed(struct store *s, uint32_t row, struct buffer *packed)
{
	const struct store_row *r = store_row(s, row);

	packed->len = 0;
	if (r->flags & ROW_NOT_KEPT)
		return false;
	buffer_reserve(packed, r->size);
	if (!spill_read(s->spill, r->place, packed->data, r->size))
		return false;
	packed->len = r->size;
	return true;
}

bool store_event(struct store *s, uint32_t row, struct arena *arena, struct buffer *packed, struct event *e)
{
	const struct store_connection_record *c = s->connections.at[store_row(s, row)->connection];

	return store_packed(s, row, packed) && event_unpack(buffer_slice(packed), &c->connection.info, arena, e);
}

/* --- ids --- */

/* The last run between two that begins at or below row, or below id; there is one. */
static size_t find_run(const struct store *s, size_t low, size_t high, uint64_t wanted, bool by_row)
{
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if ((by_row ? s->runs[middle].row : s->runs[middle].id) <= wanted)
			low = middle;
		else
			high = middle;
	}
	return low;
}

uint64_t store_row_id(const struct store *s, uint32_t row)
{
	const struct store_run *r = &s->runs[find_run(s, 0, s->run_count, row, true)];

	return r->id + (row - r->row);
}

uint32_t store_row_file(const struct store *s, uint32_t row)
{
	const struct store_connection_record *c = s->connections.at[store_row(s, row)->connection];

	return c->connection.file;
}

uint32_t store_find_row(const struct store *s, uint32_t file, uint64_t event)
{
	const struct store_file_record *f = file < s->files.count ? s->files.at[file] : NULL;
	size_t end = file + 1 < s->files.count ? ((struct store_file_record *)s->files.at[file + 1])->first_run : s->run_count;

	if (!f || end <= f->first_run)
		return STORE_NONE;
	size_t i = find_run(s, f->first_run, end, event, false);
	uint32_t last = i + 1 < s->run_count ? s->runs[i + 1].row : s->rows;
	if (event < s->runs[i].id || event - s->runs[i].id >= last - s->runs[i].row)
		return STORE_NONE;
	return s->runs[i].row + (uint32_t)(event - s->runs[i].id);
}

uint32_t store_find_connection(const struct store *s, uint32_t file, uint64_t id)
{
	return store_id_find(s, STORE_CONNECTION, file, id);
}

uint32_t store_find_session(const struct store *s, uint32_t file, uint64_t id)
{
	return store_id_find(s, STORE_SESSION, file, id);
}

uint32_t store_find_conversation(const struct store *s, uint32_t file, uint64_t id)
{
	return store_id_find(s, STORE_CONVERSATION, file, id);
}

uint32_t store_find_object(const struct store *s, uint32_t file, uint64_t id)
{
	return store_id_find(s, STORE_OBJECT, file, id);
}

/* --- reading --- */

uint32_t store_rows(const struct store *s)
{
	return s->rows;
}

const struct store_row *store_row(const struct store *s, uint32_t row)
{
	return &s->blocks[row / STORE_BLOCK][row % STORE_BLOCK];
}

uint32_t store_files(const struct store *s)
{
	return s->files.count;
}

const struct store_file *store_file(const struct store *s, uint32_t file)
{
	return s->files.at[file];
}

uint32_t store_connections(const struct store *s)
{
	return s->connections.count;
}

const struct store_connection *store_connection(const struct store *s, uint32_t connection)
{
	return s->connections.at[connection];
}

uint32_t store_sessions(const struct store *s)
{
	return s->sessions.count;
}

const struct store_session *store_session(const struct store *s, uint32_t session)
{
	return s->sessions.at[session];
}

uint32_t store_conversations(const struct store *s)
{
	return s->conversations.count;
}

const struct store_conversation *store_conversation(const struct store *s, uint32_t conversation)
{
	return s->conversations.at[conversation];
}

uint32_t store_objects(const struct store *s)
{
	return s->objects.count;
}

const struct store_object *store_object(const struct store *s, uint32_t object)
{
	return s->objects.at[object];
}

size_t store_notices(const struct store *s)
{
	return s->notices.count;
}

const struct store_notice *store_notice(const struct store *s, size_t notice)
{
	return s->notices.at[notice];
}

uint64_t store_generation(const struct store *s)
{
	return s->generation;
}

const struct spill *store_spill(const struct store *s)
{
	return s->spill;
}
