/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keeps what a sink is handed, for consumers that go to and fro: events in
 * rows, everything else as records that stay where they are.  An event takes a
 * row of fixed size in memory; the rest of it, payload and fields included, is
 * spilled.
 *
 * One thread fills the store through its sink while another reads it.  Each
 * call of the sink locks the store for itself; the reader holds the lock while
 * it uses rows and records, for a few milliseconds at most.  Whoever waits for
 * the lock gets it next.
 */
#ifndef MSNSCOPE_TIMELINE_STORE_H
#define MSNSCOPE_TIMELINE_STORE_H

#include "session/event.h"
#include "timeline/spill.h"
#include "util/buffer.h"

/* Rows kept; further events are counted only, and a notice says so. */
#define STORE_ROWS_MAX 50000000u
/*
 * Bytes of everything in memory that is no row; beyond, further records (and
 * events of connections that have none) are counted only, and a notice says so.
 */
#define STORE_RECORDS_MAX (512u << 20)

/* Number of no row, connection, ... */
#define STORE_NONE UINT32_MAX

/* row.flags */
enum {
	ROW_PAYLOAD = 1,     /* has one */
	ROW_NANOSECONDS = 2,
	ROW_NOT_KEPT = 4,    /* nothing but the row is there: see spill_error */
};

/* An event.  Numbers of rows, connections, files and names count from 0 over all files. */
struct store_row {
	int64_t time_ns;
	uint64_t place;          /* of its bytes */
	uint64_t frame;          /* the last */
	uint32_t size;           /* bytes */
	uint32_t connection;     /* number */
	uint32_t session;        /* number of the user session, STORE_NONE: none (yet); see store_row_session */
	uint32_t request;        /* row that it replies to, or is about, STORE_NONE: none */
	uint32_t reply;          /* first row that replies to it, STORE_NONE: none */
	uint16_t name;           /* store_name */
	uint8_t kind;            /* enum event_kind */
	uint8_t from;            /* enum msnp_sender */
	uint8_t severity;        /* 1 + enum severity of the worst finding, 0: none */
	uint8_t findings;        /* at most 255 */
	uint8_t flags;
};

struct store_file {
	const char *name, *format;
	uint32_t first_row, rows;      /* its events, in order */
	uint32_t first_connection, first_session;
	uint64_t packets;
	int64_t first_ns, last_ns;     /* when it has ended */
	bool ended;
};

struct store_connection {
	struct connection info;        /* as last told; texts are the store's */
	uint32_t file, number;
	uint32_t session;              /* number, STORE_NONE: none (yet) */
	bool ended;
	uint32_t first_row, last_row;  /* STORE_NONE: none yet */
};

/* A user session as last told; the lists and presence are not kept. */
struct store_session {
	struct user_session info;
	uint32_t file, number;
	bool final;
	uint32_t rows;                 /* events so far */
	uint32_t first_row, last_row;  /* STORE_NONE: none yet */
	uint32_t joined;               /* counts up when earlier rows turn out to be its own, or not to be */
};

/* A line of a conversation; texts are spilled: store_talk. */
struct store_talk {
	uint64_t place;
	int64_t time_ns;
	uint32_t size;
	uint32_t row;                  /* its event, STORE_NONE: none */
	uint8_t kind;                  /* enum talk_kind */
	bool nanoseconds;
};

struct store_conversation {
	struct conversation_info info; /* as last told */
	uint32_t file, number;
	bool ended;
	struct store_talk *talks;
	size_t talk_count, talk_capacity;
};

/* Bytes of an object. */
struct store_chunk {
	uint64_t offset, place;
	uint32_t size;
};

struct store_object {
	struct object info;            /* as last told */
	uint32_t file, number;
	bool ended;
	uint32_t row;                  /* the event that it ended with, or came last before that */
	struct store_chunk *chunks;    /* in the order they came */
	size_t chunk_count, chunk_capacity;
};

struct store_notice {
	uint32_t file;
	enum severity severity;
	struct slice text;
};

struct store;

/* memory: bytes of spilled data kept in memory, 0 for the default.  Ends with store_free. */
struct store *store_new(size_t memory);
void store_free(struct store *s);

/* Collects; of one thread. */
struct event_sink store_sink(struct store *s);

void store_lock(struct store *s);
void store_unlock(struct store *s);

/* --- with the lock held; records stay where they are until store_free, what they say may change --- */

uint32_t store_rows(const struct store *s);
const struct store_row *store_row(const struct store *s, uint32_t row);
uint32_t store_files(const struct store *s);
const struct store_file *store_file(const struct store *s, uint32_t file);
uint32_t store_connections(const struct store *s);
const struct store_connection *store_connection(const struct store *s, uint32_t connection);
uint32_t store_sessions(const struct store *s);
const struct store_session *store_session(const struct store *s, uint32_t session);
uint32_t store_conversations(const struct store *s);
const struct store_conversation *store_conversation(const struct store *s, uint32_t conversation);
uint32_t store_objects(const struct store *s);
const struct store_object *store_object(const struct store *s, uint32_t object);
size_t store_notices(const struct store *s);
const struct store_notice *store_notice(const struct store *s, size_t notice);

/* Name of a command, as row.name numbers them; too many different ones share "?". */
struct slice store_name(const struct store *s, uint16_t name);

/* Number of the session of a row: its own, or that of its connection, which may become known later. */
uint32_t store_row_session(const struct store *s, const struct store_row *row);

/*
 * From ids, which count anew in each file, to rows and numbers, and back.
 * STORE_NONE when there is none.
 */
uint64_t store_row_id(const struct store *s, uint32_t row);
uint32_t store_row_file(const struct store *s, uint32_t row);
uint32_t store_find_row(const struct store *s, uint32_t file, uint64_t event);
uint32_t store_find_connection(const struct store *s, uint32_t file, uint64_t id);
uint32_t store_find_session(const struct store *s, uint32_t file, uint64_t id);
uint32_t store_find_conversation(const struct store *s, uint32_t file, uint64_t id);
uint32_t store_find_object(const struct store *s, uint32_t file, uint64_t id);

/* Counts up with every change that a reader may want to see. */
uint64_t store_generation(const struct store *s);

const struct spill *store_spill(const struct store *s);

/*
 * The event of a row as it was handed over, but for its connection, which is
 * the store's, as last told.  It lies in arena and in packed, whose bytes it
 * replaces.  Returns false when it was not kept, or cannot be read back.
 */
bool store_event(struct store *s, uint32_t row, struct arena *arena, struct buffer *packed, struct event *e);

/* A line of a conversation as it was handed over, in arena; its object is the store's, as last told. */
bool store_talk_line(struct store *s, const struct store_talk *talk, struct arena *arena, struct talk *line);

/* Bytes of an object from a chunk, added to out.  Returns false when they cannot be read back. */
bool store_chunk_read(struct store *s, const struct store_chunk *chunk, struct buffer *out);

#endif
