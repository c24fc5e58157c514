/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of files that are proposed: of the capture and of what is saved; nothing from the wire but an object's ending. */
#include <inttypes.h>
#include <sys/stat.h>

#include "output/folder.h"
#include "tui/save_internal.h"
#include "util/media_type.h"

/* Numbers that are tried when there is a file of the name. */
#define TRIES_MAX 99u

static bool ends_in(struct slice name, const char *ending)
{
	struct slice e = slice_str(ending);

	return name.len > e.len && slice_case_eq(slice_sub(name, name.len - e.len, e.len), e);
}

/* The last part of a path, without the endings of captures. */
static struct slice bare_name(struct slice path)
{
	static const char *const endings[] = {".gz", ".pcapng", ".pcap", ".cap", ".dmp"};

	for (size_t at = slice_find_byte(path, '/'); at < path.len; at = slice_find_byte(path, '/'))
		path = slice_sub(path, at + 1, path.len);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (ends_in(path, endings[i]))
			path.len -= strlen(endings[i]);
	return path;
}

/* The file that the row is of; for the whole view the only file, or what the application calls all of them. */
static const char *capture_of(const struct app *app, const struct save *s, uint32_t row)
{
	if (s->kind > SAVE_TRANSCRIPT && row != STORE_NONE) {
		const struct store_connection *c = store_connection(app->store, store_row(app->store, row)->connection);

		return store_file(app->store, c->file)->name;
	}
	return store_files(app->store) == 1 ? store_file(app->store, 0)->name : app->options->name;
}

/* Number of the row's event in its file. */
static uint64_t event_number(const struct app *app, uint32_t row)
{
	const struct store_connection *c = store_connection(app->store, store_row(app->store, row)->connection);

	return row - store_file(app->store, c->file)->first_row + UINT64_C(1);
}

static void add_object(const struct app *app, const struct save *s, struct buffer *out, const char **ending)
{
	const struct object *o = &store_object(app->store, s->object)->info;

	buffer_printf(out, "-object%" PRIu64, o->id);
	*ending = media_type_extension(o->media_type);
	if (!*ending)
		*ending = ".bin";
}

/* Adds what is saved and returns the ending. */
static const char *add_what(const struct app *app, const struct save *s, uint32_t row, struct buffer *out)
{
	const struct store_row *r = row == STORE_NONE ? NULL : store_row(app->store, row);
	const char *ending = ".bin";

	switch (s->kind) {
	case SAVE_TEXT:
		return ".txt";
	case SAVE_JSON:
		return ".json";
	case SAVE_TRANSCRIPT:
		buffer_add_str(out, "-transcript");
		return ".txt";
	case SAVE_EVENT_TEXT:
	case SAVE_EVENT_JSON:
		buffer_printf(out, "-event%" PRIu64, event_number(app, row));
		return s->kind == SAVE_EVENT_TEXT ? ".txt" : ".json";
	case SAVE_PAYLOAD:
		buffer_printf(out, "-event%" PRIu64 "-payload", event_number(app, row));
		return ending;
	case SAVE_FIELD:
		buffer_printf(out, "-event%" PRIu64 "-%s", event_number(app, row), app->current.field->def->name);
		return ending;
	case SAVE_OBJECT:
		add_object(app, s, out, &ending);
		return ending;
	case SAVE_SESSION_PACKETS:
		buffer_printf(out, "-session%" PRIu64, store_session(app->store, store_row_session(app->store, r))->info.id);
		return ".pcap";
	case SAVE_CONNECTION_PACKETS:
		buffer_printf(out, "-connection%" PRIu64, store_connection(app->store, r->connection)->info.id);
		return ".pcap";
	case SAVE_KINDS:
		break;
	}
	return ending;
}

static bool is_there(struct buffer *name)
{
	struct stat st;

	buffer_add_byte(name, 0);
	name->len--;
	return lstat((const char *)name->data, &st) == 0;
}

void save_add_name(const struct app *app, const struct save *s, uint32_t row, struct buffer *out)
{
	struct slice capture = slice_str(capture_of(app, s, row));
	size_t begin = out->len;

	folder_add_name(out, slice_eq_str(capture, "-") ? SLICE_LIT("stdin") : bare_name(capture));
	if (out->len == begin)
		buffer_add_str(out, "msnscope");
	const char *ending = add_what(app, s, row, out);
	size_t end = out->len;
	buffer_add_str(out, ending);
	for (unsigned try = 2; try <= TRIES_MAX && is_there(out); try++) {
		out->len = end;
		buffer_printf(out, "-%u%s", try, ending);
	}
}
