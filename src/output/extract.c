/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/extract.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "output/json_object.h"
#include "output/text_records.h"
#include "util/media_type.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* Longest extension of a file name from the wire that stays one. */
#define EXTENSION_MAX 8u

/* An object whose bytes are coming in. */
struct extract_file {
	uint64_t id;
	char *name;           /* of the file while it is not complete */
	int fd;               /* only of the one that was written to last; else -1 */
	uint64_t bytes;       /* written */
	uint64_t not_written; /* bytes that stood too far behind the others */
	bool failed;
	UT_hash_handle hh;
};

/* A complete object that was written. */
struct extract_known {
	uint8_t sha1[20];
	char *name;
	UT_hash_handle hh;
};

static void fail(struct extract *x, const char *name, int error)
{
	if (x->failed)
		x->failed(x->failed_ctx, name, error);
}

/* --- manifest --- */

static int begin_manifest(struct extract *x)
{
	int fd = folder_create(x->folder, SLICE_LIT("manifest"), ".json", &x->name);

	output_init(&x->manifest, fd, false);
	x->json = json_to(&x->manifest.buffer, true);
	if (fd < 0)
		return errno;
	json_begin_object(&x->json);
	JSON_KEY(&x->json, "schema");
	json_u64(&x->json, 1);
	JSON_KEY(&x->json, "files");
	json_begin_array(&x->json);
	return 0;
}

/* An entry with the file's name (NULL: none was written); the JSON object stays open. */
static struct json *begin_entry(struct extract *x, const char *what, const char *file)
{
	json_begin_object(&x->json);
	JSON_KEY(&x->json, "file");
	json_str(&x->json, file);
	JSON_KEY(&x->json, "capture");
	json_string(&x->json, buffer_slice(&x->capture));
	JSON_KEY(&x->json, "what");
	json_str(&x->json, what);
	return &x->json;
}

static void end_entry(struct extract *x)
{
	json_end_object(&x->json);
	output_record(&x->manifest);
}

static void begin_line(struct extract *x, const char *file)
{
	struct buffer *out = &x->list->buffer;

	buffer_add_str(out, file ? file : "(no file)");
	buffer_add_str(out, "  ");
}

static void end_line(struct extract *x)
{
	buffer_add_byte(&x->list->buffer, '\n');
	output_record(x->list);
}

/* --- objects --- */

static void close_file(struct extract_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static void free_file(struct extract *x, struct extract_file *f)
{
	close_file(f);
	HASH_DEL(x->files, f);
	free(f->name);
	free(f);
}

static char *copy_name(const struct buffer *name)
{
	return memcpy(memory_alloc(name->len + 1), name->data, name->len + 1);
}

static struct extract_file *find_file(struct extract *x, uint64_t id)
{
	struct extract_file *f;

	HASH_FIND(hh, x->files, &id, sizeof(id), f);
	return f;
}

static struct extract_file *begin_file(struct extract *x, uint64_t id)
{
	struct extract_file *f = memory_zalloc(sizeof(*f));

	f->id = id;
	x->base.len = 0;
	buffer_printf(&x->base, "%04" PRIu64, id);
	f->fd = folder_create(x->folder, buffer_slice(&x->base), ".part", &x->name);
	f->name = copy_name(&x->name);
	if (f->fd < 0) {
		f->failed = true;
		fail(x, f->name, errno);
	}
	HASH_ADD(hh, x->files, id, sizeof(f->id), f);
	return f;
}

/* Only one file is kept open: there may be thousands. */
static void open_file(struct extract *x, struct extract_file *f)
{
	if (f->fd >= 0)
		return;
	for (struct extract_file *other = x->files; other; other = other->hh.next)
		close_file(other);
	f->fd = folder_reopen(x->folder, f->name);
	if (f->fd < 0) {
		f->failed = true;
		fail(x, f->name, errno);
	}
}

static void on_data(void *ctx, const struct object *o, uint64_t offset, struct slice data)
{
	struct extract *x = ctx;
	struct extract_file *f = find_file(x, o->id);

	if (!(x->wanted & EXTRACT_OBJECTS))
		return;
	if (!f)
		f = begin_file(x, o->id);
	if (f->failed)
		return;
	if (offset > f->bytes && offset - f->bytes > EXTRACT_HOLES_MAX) {
		f->not_written += data.len;
		return;
	}
	open_file(x, f);
	int error = f->failed ? 0 : folder_write_at(f->fd, offset, data);
	if (error) {
		f->failed = true;
		fail(x, f->name, error);
	}
	f->bytes += data.len;
}

/* The name of a file from the wire in two parts, the extension with its point. */
static struct slice split_extension(struct slice name, struct slice *extension)
{
	size_t at = name.len;

	while (at > 0 && name.ptr[at - 1] != '.')
		at--;
	if (at <= 1 || name.len - at == 0 || name.len - at > EXTENSION_MAX) {
		*extension = SLICE_EMPTY;
		return name;
	}
	*extension = slice_sub(name, at - 1, name.len);
	return slice_sub(name, 0, at - 1);
}

/* "0001-file-notes" and ".txt", "0002-display-picture-alice@example.com" and ".png". */
static void object_name(struct extract *x, const struct object *o, struct buffer *extension)
{
	bool file = o->kind == OBJECT_FILE && o->name.len;
	struct slice tail = SLICE_EMPTY;
	struct slice name = file ? split_extension(o->name, &tail)
				 : slice_sub(o->from, 0, slice_find_byte(o->from, ';'));

	x->base.len = 0;
	buffer_printf(&x->base, "%04" PRIu64 "-%s", o->id, o->kind == OBJECT_UNKNOWN ? "object" : object_kind_name(o->kind));
	if (name.len) {
		buffer_add_byte(&x->base, '-');
		folder_add_name(&x->base, name);
	}
	if (tail.len > 1) {
		buffer_add_byte(extension, '.');
		folder_add_name(extension, slice_sub(tail, 1, tail.len));
	} else if (media_type_extension(o->media_type)) {
		buffer_add_str(extension, media_type_extension(o->media_type));
	}
	if (o->state != OBJECT_COMPLETE)
		buffer_add_str(extension, ".part");
	buffer_add_byte(extension, 0);
}

static struct extract_known *find_known(struct extract *x, const struct object *o)
{
	struct extract_known *k = NULL;

	if (o->has_sha1 && o->state == OBJECT_COMPLETE)
		HASH_FIND(hh, x->known, o->sha1, sizeof(o->sha1), k);
	return k;
}

static void remember(struct extract *x, const struct object *o)
{
	if (!o->has_sha1 || o->state != OBJECT_COMPLETE || HASH_COUNT(x->known) >= EXTRACT_KNOWN_MAX)
		return;
	struct extract_known *k = memory_zalloc(sizeof(*k));
	memcpy(k->sha1, o->sha1, sizeof(k->sha1));
	k->name = copy_name(&x->name);
	HASH_ADD(hh, x->known, sha1, sizeof(k->sha1), k);
}

/* Gives the file of an object its last name, or removes it when its bytes are there already.  NULL: no file. */
static const char *finish_file(struct extract *x, const struct object *o, struct extract_file *f)
{
	struct extract_known *known = find_known(x, o);
	struct buffer extension = {NULL, 0, 0};

	if (known && !f->failed) {
		close_file(f);
		folder_remove(x->folder, f->name);
		return known->name;
	}
	object_name(x, o, &extension);
	int error = folder_rename(x->folder, f->name, buffer_slice(&x->base), (const char *)extension.data, &x->name);
	buffer_free(&extension);
	if (error) {
		fail(x, f->name, error);
		return f->name;
	}
	if (!f->failed)
		remember(x, o);
	return (const char *)x->name.data;
}

/* An object of no bytes has a file, too, when it is complete. */
static void on_object(void *ctx, const struct object *o)
{
	struct extract *x = ctx;
	struct extract_file *f = find_file(x, o->id);
	const char *name = NULL;

	if (!(x->wanted & EXTRACT_OBJECTS))
		return;
	if (!f && o->state == OBJECT_COMPLETE)
		f = begin_file(x, o->id);
	if (f)
		name = finish_file(x, o, f);
	struct json *j = begin_entry(x, "object", name);
	json_object_members(j, o);
	JSON_KEY(j, "not_written");
	json_u64(j, f ? f->not_written : 0);
	end_entry(x);
	begin_line(x, name);
	text_add_object(&x->list->buffer, o);
	end_line(x);
	if (f)
		free_file(x, f);
}

/* --- bodies --- */

/* Writes bytes that are there at once into a file of their own; NULL when that failed. */
static const char *write_whole(struct extract *x, const char *extension, struct slice data)
{
	int fd = folder_create(x->folder, buffer_slice(&x->base), extension, &x->name);
	int error = fd < 0 ? errno : folder_write_at(fd, 0, data);

	if (fd >= 0)
		close(fd);
	if (error)
		fail(x, (const char *)x->name.data, error);
	return error ? NULL : (const char *)x->name.data;
}

static struct json *begin_body_entry(struct extract *x, const char *what, const char *file, const struct event *e,
				     struct slice bytes)
{
	struct json *j = begin_entry(x, what, file);

	JSON_KEY(j, "event");
	json_u64(j, e->id);
	JSON_KEY(j, "time");
	json_time(j, e->time_ns, e->nanoseconds);
	JSON_KEY(j, "connection");
	json_u64(j, e->connection->id);
	JSON_KEY(j, "sender");
	json_str(j, e->from == MSNP_CLIENT ? "client" : "server");
	JSON_KEY(j, "length");
	json_u64(j, bytes.len);
	return j;
}

static void list_body(struct extract *x, const char *file, const struct event *e, struct slice bytes)
{
	begin_line(x, file);
	buffer_printf(&x->list->buffer, "event %" PRIu64 ", %zu bytes", e->id, bytes.len);
	end_line(x);
}

static struct slice text_of(const struct field *parent, enum field_id id)
{
	const struct field *f = field_child(parent, &field_defs[id]);

	return f && f->has_value ? f->value.text : SLICE_EMPTY;
}

static void add_mail(struct extract *x, const struct event *e)
{
	const struct field *root = &e->dissection->root, *mail = field_child(root, &field_defs[F_OIM_MAIL]);

	if (!mail)
		return;
	struct slice bytes = slice_sub(e->dissection->sources[mail->source].data, mail->offset, mail->length);
	struct slice from = text_of(mail, F_OIM_FROM);
	x->base.len = 0;
	buffer_printf(&x->base, "oim-%06" PRIu64, e->id);
	if (from.len) {
		buffer_add_byte(&x->base, '-');
		folder_add_name(&x->base, from);
	}
	const char *name = write_whole(x, ".eml", bytes);
	struct json *j = begin_body_entry(x, "oim", name, e, bytes);
	JSON_KEY(j, "from");
	json_known(j, from);
	JSON_KEY(j, "run_id");
	json_known(j, text_of(mail, F_OIM_RUN_ID));
	end_entry(x);
	list_body(x, name, e, bytes);
}

static void add_soap(struct extract *x, const struct event *e)
{
	if (strcmp(e->protocol, "soap") != 0 || e->payload.len == 0)
		return;
	x->base.len = 0;
	buffer_printf(&x->base, "soap-%06" PRIu64 "-", e->id);
	folder_add_name(&x->base, e->name);
	buffer_add_str(&x->base, e->from == MSNP_CLIENT ? "-request" : "-response");
	const char *name = write_whole(x, ".xml", e->payload);
	struct json *j = begin_body_entry(x, "soap", name, e, e->payload);
	JSON_KEY(j, "operation");
	json_known(j, e->name);
	end_entry(x);
	list_body(x, name, e, e->payload);
}

static void on_event(void *ctx, const struct event *e)
{
	struct extract *x = ctx;

	if (e->kind == EVENT_EXCHANGE && x->wanted & EXTRACT_OIM)
		add_mail(x, e);
	if (e->kind == EVENT_EXCHANGE && x->wanted & EXTRACT_SOAP)
		add_soap(x, e);
}

static void on_chat(void *ctx, const struct chat_file *file, const struct talk *line)
{
	struct extract *x = ctx;
	struct json *j = begin_entry(x, "chat", file->file);

	JSON_KEY(j, "conversation");
	json_u64(j, file->id);
	JSON_KEY(j, "kind");
	json_str(j, conversation_kind_name(file->kind));
	JSON_KEY(j, "connection");
	if (file->connection)
		json_u64(j, file->connection);
	else
		json_null(j);
	JSON_KEY(j, "with");
	json_known(j, file->with);
	JSON_KEY(j, "time");
	json_time(j, line->time_ns, line->nanoseconds);
	end_entry(x);
	begin_line(x, file->file);
	buffer_printf(&x->list->buffer, "conversation %" PRIu64, file->id);
	if (file->connection)
		buffer_printf(&x->list->buffer, " on connection %" PRIu64, file->connection);
	end_line(x);
}

static void on_start(void *ctx, const struct conversation_info *c)
{
	chat_log_start(&((struct extract *)ctx)->chats, c);
}

static void on_talk(void *ctx, const struct talk *line)
{
	chat_log_talk(&((struct extract *)ctx)->chats, line);
}

static void on_end(void *ctx, const struct conversation_info *c)
{
	chat_log_end(&((struct extract *)ctx)->chats, c);
}

/* Objects of the capture before that did not end were not wanted: numbers begin anew. */
static void drop_unwanted(struct extract *x)
{
	struct extract_file *f, *next;

	HASH_ITER(hh, x->files, f, next) {
		folder_remove(x->folder, f->name);
		free_file(x, f);
	}
}

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct extract *x = ctx;

	drop_unwanted(x);
	x->capture.len = 0;
	buffer_add_str(&x->capture, c->file);
}

static void on_chat_failed(void *ctx, const char *file, int error)
{
	fail(ctx, file, error);
}

/* --- all of it --- */

int extract_init(struct extract *x, struct folder *folder, struct output *list, unsigned wanted)
{
	*x = (struct extract){.folder = folder, .list = list, .wanted = wanted};
	chat_log_init(&x->chats, folder);
	x->chats.begun = on_chat;
	x->chats.failed = on_chat_failed;
	x->chats.ctx = x;
	return begin_manifest(x);
}

struct event_sink extract_sink(struct extract *x)
{
	return (struct event_sink){
		.capture = on_capture,
		.event = on_event,
		.conversation_start = x->wanted & EXTRACT_CHAT ? on_start : NULL,
		.talk = x->wanted & EXTRACT_CHAT ? on_talk : NULL,
		.conversation_end = x->wanted & EXTRACT_CHAT ? on_end : NULL,
		.object_data = on_data,
		.object = on_object,
		.ctx = x,
	};
}

static void free_all(struct extract *x)
{
	struct extract_known *k, *next_known;

	drop_unwanted(x);
	HASH_ITER(hh, x->known, k, next_known) {
		HASH_DEL(x->known, k);
		free(k->name);
		free(k);
	}
	chat_log_free(&x->chats);
	buffer_free(&x->base);
	buffer_free(&x->name);
	buffer_free(&x->capture);
}

int extract_end(struct extract *x)
{
	int error = 0;

	free_all(x);
	if (x->manifest.fd >= 0) {
		json_end_array(&x->json);
		json_end_object(&x->json);
		buffer_add_byte(&x->manifest.buffer, '\n');
		output_flush(&x->manifest);
		error = x->manifest.error;
		if (close(x->manifest.fd) != 0 && !error)
			error = errno;
	}
	output_free(&x->manifest);
	return error;
}
