/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/save.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "output/extract.h"
#include "tui/app_internal.h"
#include "tui/menu.h"
#include "tui/save_internal.h"
#include "util/memory.h"

static const struct {
	const char *item, *label;
} kinds[SAVE_KINDS] = {
	[SAVE_TEXT] = {"events shown, as text", "Save events as text to: "},
	[SAVE_JSON] = {"events shown, as JSON, secrets included", "Save events as JSON to: "},
	[SAVE_TRANSCRIPT] = {"events shown, as a transcript for a wiki", "Save transcript to: "},
	[SAVE_EVENT_TEXT] = {"this event, as text with fields and bytes", "Save event as text to: "},
	[SAVE_EVENT_JSON] = {"this event, as JSON, secrets included", "Save event as JSON to: "},
	[SAVE_PAYLOAD] = {"bytes of the payload of this event", "Save payload to: "},
	[SAVE_FIELD] = {"bytes of the selected field", "Save bytes of the field to: "},
	[SAVE_OBJECT] = {"object that this event belongs to", "Save object to: "},
	[SAVE_SESSION_PACKETS] = {"packets of this session, as pcap", "Save packets to: "},
	[SAVE_CONNECTION_PACKETS] = {"packets of this connection, as pcap", "Save packets to: "},
};

/* --- what there is to save; with the store locked --- */

static struct slice field_bytes(const struct app *app, const struct event *e)
{
	const struct field *f = app->current.field;

	if (!e || !f || !f->def || f->source >= e->dissection->source_count)
		return SLICE_EMPTY;
	return slice_sub(e->dissection->sources[f->source].data, f->offset, f->length);
}

static uint64_t call_session(const struct event *e)
{
	const struct field *f = field_find(&e->dissection->root, SLICE_LIT("p2p.session_id"));

	return f && f->has_value && f->def->type != FIELD_TEXT ? f->value.number : 0;
}

static bool has_step(const struct object *o, uint64_t event)
{
	return event == o->invited.event || event == o->accepted.event || event == o->first_data.event ||
	       event == o->last_data.event || event == o->ended.event;
}

/* Was the event within the transfer, and names the transfer's session? */
static bool is_within(const struct object *o, const struct event *e, uint64_t session)
{
	uint64_t first = o->invited.event ? o->invited.event : o->first_data.event;
	uint64_t last = o->ended.event ? o->ended.event : UINT64_MAX;

	return session && session == o->session_id && first && e->id >= first && e->id <= last &&
	       (e->connection->id == o->connection || e->connection->id == o->direct_connection);
}

/* The object that the event ended, was a step of, or carried bytes of; STORE_NONE when there is none. */
static uint32_t object_of(struct app *app, const struct event *e)
{
	uint32_t file = store_connection(app->store, store_row(app->store, app->row)->connection)->file;
	uint32_t within = STORE_NONE;
	uint64_t session = call_session(e);

	for (uint32_t i = 0; i < store_objects(app->store); i++) {
		const struct store_object *o = store_object(app->store, i);

		if (o->file != file || o->chunk_count == 0)
			continue;
		if (o->row == app->row || has_step(&o->info, e->id))
			return i;
		if (is_within(&o->info, e, session))
			within = i;
	}
	return within;
}

static bool is_there(struct app *app, enum save_kind kind)
{
	const struct event *e = app_current(app);
	const struct store_row *r = app->row == STORE_NONE ? NULL : store_row(app->store, app->row);
	bool packets = r && app->options->reader && app->options->reader->save_packets;

	switch (kind) {
	case SAVE_TEXT:
	case SAVE_JSON:
	case SAVE_TRANSCRIPT:
		return view_count(app->view) > 0;
	case SAVE_EVENT_TEXT:
	case SAVE_EVENT_JSON:
		return e != NULL;
	case SAVE_PAYLOAD:
		return e && e->payload.len > 0;
	case SAVE_FIELD:
		return field_bytes(app, e).len > 0;
	case SAVE_OBJECT:
		return e && object_of(app, e) != STORE_NONE;
	case SAVE_SESSION_PACKETS:
		return packets && store_row_session(app->store, r) != STORE_NONE;
	case SAVE_CONNECTION_PACKETS:
		return packets;
	case SAVE_KINDS:
		break;
	}
	return false;
}

/* --- asking --- */

static void save_free(struct save *s)
{
	save_events_free(s);
	output_free(&s->out);
	buffer_free(&s->path);
	buffer_free(&s->data);
	free(s->connections);
	free(s);
}

/* The view as it is now: later filters do not change what is saved.  Without a filter the numbers need no copy. */
static void take_view(struct app *app, struct save *s)
{
	s->row_count = view_count(app->view);
	if (view_row(app->view, s->row_count - 1) == s->row_count - 1)
		return;
	s->rows = memory_alloc(s->row_count * sizeof(*s->rows));
	for (uint32_t i = 0; i < s->row_count; i++)
		s->rows[i] = view_row(app->view, i);
}

static void take_row(struct app *app, struct save *s)
{
	s->rows = memory_alloc(sizeof(*s->rows));
	s->rows[0] = app->row;
	s->row_count = 1;
}

static void take_connections(struct app *app, struct save *s)
{
	const struct store_row *r = store_row(app->store, app->row);
	uint32_t session = store_row_session(app->store, r), count = store_connections(app->store);

	s->connections = memory_alloc((s->kind == SAVE_CONNECTION_PACKETS ? 1 : count) * sizeof(*s->connections));
	for (uint32_t i = 0; i < count; i++) {
		bool same = store_connection(app->store, i)->session == session;

		if (s->kind == SAVE_CONNECTION_PACKETS ? i == r->connection : same)
			s->connections[s->connection_count++] = i;
	}
}

static void take(struct app *app, struct save *s)
{
	const struct event *e = app_current(app);

	switch (s->kind) {
	case SAVE_TEXT:
	case SAVE_JSON:
	case SAVE_TRANSCRIPT:
		take_view(app, s);
		break;
	case SAVE_EVENT_TEXT:
	case SAVE_EVENT_JSON:
		take_row(app, s);
		break;
	case SAVE_PAYLOAD:
		buffer_add_slice(&s->data, e->payload);
		break;
	case SAVE_FIELD:
		buffer_add_slice(&s->data, field_bytes(app, e));
		break;
	case SAVE_OBJECT:
		s->object = object_of(app, e);
		break;
	case SAVE_SESSION_PACKETS:
	case SAVE_CONNECTION_PACKETS:
		take_connections(app, s);
		break;
	case SAVE_KINDS:
		break;
	}
}

static void chosen(struct app *app, int id, bool ticked)
{
	struct buffer name = {NULL, 0, 0};

	(void)ticked;
	store_lock(app->store);
	if (is_there(app, (enum save_kind)id)) {
		struct save *s = memory_zalloc(sizeof(*s));

		s->kind = (enum save_kind)id;
		s->fd = -1;
		take(app, s);
		save_add_name(app, s, app->row, &name);
		app->save = s;
		app_ask(app, ASK_FILE, kinds[id].label, buffer_slice(&name));
	} else {
		app_say(app, LOOK_WARNING, "there is nothing of that to be saved any more");
	}
	store_unlock(app->store);
	buffer_free(&name);
}

void save_ask(struct app *app)
{
	struct menu_item items[SAVE_KINDS];

	if (app->save) {
		app_say(app, LOOK_WARNING, "the file before is still being written");
		return;
	}
	for (int i = 0; i < SAVE_KINDS; i++)
		items[i] = (struct menu_item){kinds[i].item, i, false, !is_there(app, (enum save_kind)i)};
	menu_open(app, "Save", items, SAVE_KINDS, false, chosen);
}

/* --- the file --- */

static bool refuse(struct app *app, const char *why)
{
	snprintf(app->prompt.error, sizeof(app->prompt.error), "%s", why);
	return false;
}

static const char *why(int error)
{
	return error == EEXIST ? "there is a file of that name; it is not overwritten" : strerror(error);
}

/* "~" and "~/..." are the user's own folder. */
static void take_path(struct buffer *out, struct slice path)
{
	const char *home = path.len && path.ptr[0] == '~' && (path.len == 1 || path.ptr[1] == '/') ? getenv("HOME") : NULL;

	out->len = 0;
	if (home) {
		buffer_add_str(out, home);
		path = slice_sub(path, 1, path.len);
	}
	buffer_add_slice(out, path);
	buffer_add_byte(out, 0);
}

static bool writes_packets(const struct save *s)
{
	return s->kind == SAVE_SESSION_PACKETS || s->kind == SAVE_CONNECTION_PACKETS;
}

/* Returns 0 or an errno.  The file of packets is made by the reader. */
static int make_file(struct save *s)
{
	const char *path = (const char *)s->path.data;
	struct stat st;

	if (writes_packets(s))
		return lstat(path, &st) == 0 ? EEXIST : errno == ENOENT ? 0 : errno;
	s->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	s->made = s->fd >= 0;
	return s->made ? 0 : errno;
}

/* Some file systems tell only now that there was no room.  Returns 0 or an errno. */
static int close_file(struct save *s)
{
	int error = s->fd >= 0 && close(s->fd) != 0 ? errno : 0;

	s->fd = -1;
	return error;
}

bool save_begin(struct app *app, struct slice path)
{
	struct save *s = app->save;

	if (!s)
		return true;
	if (path.len == 0)
		return refuse(app, "type the name of a file, or Esc");
	take_path(&s->path, path);
	int error = make_file(s);
	if (error)
		return refuse(app, why(error));
	if (save_writes_events(s))
		save_events_begin(app, s);
	s->begun = true;
	return true;
}

void save_cancel(struct app *app)
{
	struct save *s = app->save;

	if (!s)
		return;
	close_file(s);
	if (s->made)
		unlink((const char *)s->path.data);
	save_free(s);
	app->save = NULL;
}

/* --- telling --- */

/* "...: why", and the unfinished file is removed. */
static void fail(struct app *app, const char *reason)
{
	struct buffer text = {NULL, 0, 0};

	escape_add_str(&text, (const char *)app->save->path.data);
	buffer_add_str(&text, ": ");
	escape_add_str(&text, reason);
	buffer_add_str(&text, "; nothing was saved");
	save_cancel(app);
	app_say(app, LOOK_ERROR, "%.*s", SLICE_ARG(buffer_slice(&text)));
	buffer_free(&text);
}

static void add_events(struct buffer *out, const struct save *s)
{
	text_add_count(out, s->row_count - s->unreadable, "event");
}

static void add_unreadable(struct buffer *out, const struct save *s)
{
	if (!s->unreadable)
		return;
	buffer_add_str(out, "; ");
	text_add_count(out, s->unreadable, "event");
	buffer_add_str(out, " could not be read back");
}

static uint64_t missing_bytes(const struct object *o)
{
	uint64_t n = 0;

	for (size_t i = 0; i < o->missing_count; i++)
		n += o->missing[i].length;
	return n;
}

static void add_missing(struct app *app, struct buffer *out, const struct save *s)
{
	store_lock(app->store);
	const struct store_object *o = store_object(app->store, s->object);
	uint64_t missing = missing_bytes(&o->info);

	if (!o->ended)
		buffer_add_str(out, "; the transfer has not ended");
	else if (o->info.state != OBJECT_COMPLETE)
		buffer_printf(out, "; it is %s", object_state_name(o->info.state));
	if (missing) {
		buffer_add_str(out, ", ");
		text_add_count(out, missing, "byte");
		buffer_printf(out, missing == 1 ? " is missing, at %" PRIu64 : " are missing, the first at %" PRIu64,
			      o->info.missing[0].offset);
	}
	if (s->not_written)
		buffer_printf(out, "; %" PRIu64 " bytes were not written", s->not_written);
	store_unlock(app->store);
}

static void add_what(struct app *app, struct buffer *out, const struct save *s)
{
	if (save_writes_events(s)) {
		add_events(out, s);
	} else if (writes_packets(s)) {
		buffer_add_str(out, "the packets of ");
		text_add_count(out, s->connection_count, "connection");
	} else {
		text_add_count(out, s->written, "byte");
	}
	buffer_add_str(out, " to ");
	escape_add_str(out, (const char *)s->path.data);
	if (save_writes_events(s))
		add_unreadable(out, s);
	if (s->kind == SAVE_OBJECT)
		add_missing(app, out, s);
}

/* All is written. */
static void finish(struct app *app, const char *remark)
{
	struct save *s = app->save;
	struct buffer text = {NULL, 0, 0};
	int error = close_file(s);

	if (error) {
		fail(app, strerror(error));
		return;
	}
	buffer_add_str(&text, "saved ");
	add_what(app, &text, s);
	if (remark[0]) {
		buffer_add_str(&text, "; ");
		escape_add_str(&text, remark);
	}
	bool whole = !s->unreadable && !s->not_written && !remark[0];
	s->made = false;
	save_cancel(app);
	app_say(app, whole ? LOOK_NORMAL : LOOK_WARNING, "%.*s", SLICE_ARG(buffer_slice(&text)));
	buffer_free(&text);
}

/* --- writing --- */

static void step_events(struct app *app, struct save *s)
{
	if (save_events_step(app, s))
		app_say(app, LOOK_NORMAL, "saving: %d %%", (int)(100.0 * s->at / s->row_count));
	else if (s->out.error)
		fail(app, strerror(s->out.error));
	else
		finish(app, "");
}

static void step_bytes(struct app *app, struct save *s)
{
	int error = folder_write_at(s->fd, 0, buffer_slice(&s->data));

	s->written = s->data.len;
	if (error)
		fail(app, strerror(error));
	else
		finish(app, "");
}

/* The next chunk of an object into s->data.  Returns false when there are no more. */
static bool read_chunk(struct app *app, struct save *s, uint64_t *offset)
{
	store_lock(app->store);
	const struct store_object *o = store_object(app->store, s->object);
	bool more = s->chunk < o->chunk_count;

	s->data.len = 0;
	if (more) {
		const struct store_chunk *chunk = &o->chunks[s->chunk++];

		*offset = chunk->offset;
		if ((chunk->offset > s->written && chunk->offset - s->written > EXTRACT_HOLES_MAX) ||
		    !store_chunk_read(app->store, chunk, &s->data))
			s->not_written += chunk->size;
	}
	store_unlock(app->store);
	return more;
}

static void step_object(struct app *app, struct save *s)
{
	uint64_t offset = 0;

	if (!read_chunk(app, s, &offset)) {
		finish(app, "");
		return;
	}
	int error = folder_write_at(s->fd, offset, buffer_slice(&s->data));
	s->written += s->data.len;
	if (error)
		fail(app, strerror(error));
	else
		app_say(app, LOOK_NORMAL, "saving: %" PRIu64 " bytes", s->written);
}

static void step_packets(struct app *app, struct save *s)
{
	const struct tui_reader *reader = app->options->reader;
	char message[TUI_MESSAGE_MAX] = "";

	if (reader->save_packets(reader->ctx, s->connections, s->connection_count, (const char *)s->path.data, message))
		finish(app, message);
	else
		fail(app, message);
}

static void step(struct app *app, struct save *s)
{
	if (save_writes_events(s))
		step_events(app, s);
	else if (writes_packets(s))
		step_packets(app, s);
	else if (s->kind == SAVE_OBJECT)
		step_object(app, s);
	else
		step_bytes(app, s);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool save_step(struct app *app, int64_t budget_ns)
{
	struct save *s = app->save;

	if (!s || !s->begun)
		return false;
	/* The screen says so before the reader begins: that takes as long as reading the file did. */
	if (writes_packets(s) && !s->announced) {
		s->announced = true;
		app_say(app, LOOK_NORMAL, "saving packets ...");
		return true;
	}
	for (int64_t end = now_ns() + budget_ns; app->save && now_ns() < end;)
		step(app, app->save);
	return app->save != NULL;
}
