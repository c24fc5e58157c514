/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files that save. */
#ifndef MSNSCOPE_TUI_SAVE_INTERNAL_H
#define MSNSCOPE_TUI_SAVE_INTERNAL_H

#include "output/json_events.h"
#include "output/text.h"
#include "output/transcript.h"
#include "tui/app.h"

enum save_kind {
	SAVE_TEXT,               /* events of the view */
	SAVE_JSON,
	SAVE_TRANSCRIPT,
	SAVE_EVENT_TEXT,         /* the event under the cursor */
	SAVE_EVENT_JSON,
	SAVE_PAYLOAD,            /* its bytes */
	SAVE_FIELD,
	SAVE_OBJECT,
	SAVE_SESSION_PACKETS,
	SAVE_CONNECTION_PACKETS,
	SAVE_KINDS
};

/* What has been written about a connection. */
enum save_told { TOLD_NOTHING, TOLD_START, TOLD_END };

struct save {
	enum save_kind kind;
	bool begun;              /* the file name is known */
	struct buffer path;      /* with a NUL behind it */
	int fd;                  /* -1: none */
	bool made;               /* the file is ours, and is removed unless all is written */
	struct output out;

	/* events */
	uint32_t *rows;          /* or NULL: the first row_count rows of the store */
	uint32_t row_count;
	uint32_t at;             /* rows that were written */
	uint32_t unreadable;     /* of them that could not be read back */
	uint32_t file;           /* of the latest event; STORE_NONE: none yet */
	uint32_t ending;         /* connection that is looked at next at the end of a file; STORE_NONE: it has not ended */
	uint8_t *told;           /* enum save_told, of the first told_count connections */
	uint32_t told_count;
	struct event_sink sink;
	struct text_events text;
	struct json_events json;
	struct transcript transcript;
	struct placeholders *placeholders; /* of the transcript; or NULL */
	struct arena arena;
	struct buffer packed;

	/* bytes */
	struct buffer data;      /* of a payload or field; of the latest chunk of an object */
	uint32_t object;
	size_t chunk;            /* the next one */
	uint64_t written, not_written; /* bytes of the object */

	/* packets */
	uint32_t *connections;
	size_t connection_count;
	bool announced;
};

static inline bool save_writes_events(const struct save *s)
{
	return s->kind <= SAVE_EVENT_JSON;
}

/* --- save_name.c; with the store locked --- */

/* Adds the name that a file gets when the user has no other wish; no such file is there. */
void save_add_name(const struct app *app, const struct save *s, uint32_t row, struct buffer *out);

/* --- save_events.c --- */

/* Begins to write events to s->fd. */
void save_events_begin(struct app *app, struct save *s);
/* Writes some more; takes the lock.  Returns false when all are written, or writing failed: see s->out.error. */
bool save_events_step(struct app *app, struct save *s);
void save_events_free(struct save *s);

#endif
