/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes events of the store through the writers of output/.  Connections are
 * told of as those writers expect it: before their first event and behind
 * their last one, at the latest at the end of their file.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tui/save_internal.h"
#include "util/memory.h"

/* How long the store is locked at a time. */
#define SLICE_NS 2000000

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void save_events_begin(struct app *app, struct save *s)
{
	bool single = s->kind == SAVE_EVENT_TEXT || s->kind == SAVE_EVENT_JSON, secrets = app->options->show_secrets;

	/* Written by ourselves, without the lock. */
	output_init(&s->out, -1, false);
	s->file = s->ending = STORE_NONE;
	if (s->kind == SAVE_TEXT || s->kind == SAVE_EVENT_TEXT) {
		text_events_init(&s->text, &s->out, (struct text_options){.show_secrets = secrets, .verbose = single ? 2 : 0});
		s->sink = text_events_sink(&s->text);
	} else if (s->kind == SAVE_TRANSCRIPT) {
		/* It is meant to be shown to others. */
		s->placeholders = secrets ? NULL : placeholders_new();
		transcript_init(&s->transcript, &s->out,
				(struct transcript_options){.show_secrets = secrets, .placeholders = s->placeholders});
		s->sink = transcript_sink(&s->transcript);
	} else {
		json_events_init(&s->json, &s->out, (struct json_options){.payload = single, .ranges = single});
		s->sink = json_events_sink(&s->json);
	}
}

void save_events_free(struct save *s)
{
	text_events_free(&s->text);
	transcript_free(&s->transcript);
	if (s->placeholders)
		placeholders_free(s->placeholders);
	s->placeholders = NULL;
	arena_free(&s->arena);
	buffer_free(&s->packed);
	free(s->rows);
	free(s->told);
}

/* --- with the store locked --- */

static uint8_t *told_of(struct app *app, struct save *s, uint32_t connection)
{
	if (connection >= s->told_count) {
		uint32_t count = store_connections(app->store);

		s->told = memory_realloc(s->told, count);
		memset(s->told + s->told_count, TOLD_NOTHING, count - s->told_count);
		s->told_count = count;
	}
	return &s->told[connection];
}

static void tell_file(struct app *app, struct save *s, uint32_t file)
{
	const struct store_file *f = store_file(app->store, file);
	struct capture_info info = {.file = f->name, .format = f->format};

	s->file = file;
	s->sink.capture(s->sink.ctx, &info);
}

static void tell_start(struct app *app, struct save *s, uint32_t connection)
{
	uint8_t *told = told_of(app, s, connection);

	if (*told == TOLD_NOTHING && s->sink.connection_start)
		s->sink.connection_start(s->sink.ctx, &store_connection(app->store, connection)->info);
	if (*told == TOLD_NOTHING)
		*told = TOLD_START;
}

static void tell_end(struct app *app, struct save *s, uint32_t connection)
{
	const struct store_connection *c = store_connection(app->store, connection);
	uint8_t *told = told_of(app, s, connection);

	if (*told != TOLD_START || !c->ended)
		return;
	*told = TOLD_END;
	if (s->sink.connection_end)
		s->sink.connection_end(s->sink.ctx, &c->info);
}

static void write_row(struct app *app, struct save *s, uint32_t row)
{
	uint32_t connection = store_row(app->store, row)->connection;
	struct event e;

	tell_start(app, s, connection);
	arena_reset(&s->arena);
	if (store_event(app->store, row, &s->arena, &s->packed, &e))
		s->sink.event(s->sink.ctx, &e);
	else
		s->unreadable++;
	if (store_connection(app->store, connection)->last_row == row)
		tell_end(app, s, connection);
	s->at++;
}

/* One connection of the file that has ended; false behind the last. */
static bool end_connection(struct app *app, struct save *s)
{
	if (s->ending >= s->told_count || store_connection(app->store, s->ending)->file != s->file) {
		s->ending = s->file = STORE_NONE;
		return false;
	}
	tell_end(app, s, s->ending++);
	return true;
}

static void begin_ending(struct app *app, struct save *s)
{
	s->ending = store_file(app->store, s->file)->first_connection;
}

static void tell_unreadable(struct app *app, struct save *s)
{
	char text[80];
	int len = snprintf(text, sizeof(text), "%" PRIu32 " events could not be read back and are not here", s->unreadable);
	struct notice n = {.file = app->options->name, .severity = SEVERITY_ERROR, .text = slice_of(text, (size_t)len)};

	if (s->unreadable)
		s->sink.notice(s->sink.ctx, &n);
}

static void write_end(struct app *app, struct save *s)
{
	tell_unreadable(app, s);
	if (s->kind == SAVE_JSON || s->kind == SAVE_EVENT_JSON)
		json_events_end(&s->json);
}

/* Writes the next row, or what stands between two.  Returns false at the end. */
static bool write_next(struct app *app, struct save *s)
{
	if (s->ending != STORE_NONE)
		return end_connection(app, s) || s->at < s->row_count;
	if (s->at == s->row_count) {
		if (s->file != STORE_NONE)
			begin_ending(app, s);
		return s->ending != STORE_NONE;
	}
	uint32_t row = s->rows ? s->rows[s->at] : s->at;
	uint32_t file = store_connection(app->store, store_row(app->store, row)->connection)->file;
	if (s->file == file) {
		write_row(app, s, row);
	} else if (s->file == STORE_NONE) {
		tell_file(app, s, file);
		write_row(app, s, row);
	} else {
		begin_ending(app, s);
	}
	return true;
}

/* --- without --- */

bool save_events_step(struct app *app, struct save *s)
{
	bool more = true;

	store_lock(app->store);
	for (int64_t end = now_ns() + SLICE_NS; more && s->out.buffer.len < OUTPUT_FLUSH_BYTES && now_ns() < end;)
		more = write_next(app, s);
	if (!more)
		write_end(app, s);
	store_unlock(app->store);
	s->out.fd = s->fd;
	bool written = output_flush(&s->out);
	s->out.fd = -1;
	return written && more;
}
