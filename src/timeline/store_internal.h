/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of the store. */
#ifndef MSNSCOPE_TIMELINE_STORE_INTERNAL_H
#define MSNSCOPE_TIMELINE_STORE_INTERNAL_H

#include <pthread.h>

#include "timeline/pack.h"
#include "timeline/store.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* Rows lie in blocks of this many, so that they need not move. */
#define STORE_BLOCK 16384u
#define STORE_BLOCKS_MAX ((STORE_ROWS_MAX + STORE_BLOCK - 1) / STORE_BLOCK)
/* A buffer for the bytes of an event that has grown larger is not kept. */
#define STORE_PACKED_KEPT (1u << 20)
/* Names of commands are numbered; the first is that of those without a number of their own. */
#define STORE_NAMES_MAX 65535u
#define STORE_NAME_LENGTH_MAX 64u
#define STORE_NOTICE_MAX 192

enum store_kind { STORE_CONNECTION, STORE_SESSION, STORE_CONVERSATION, STORE_OBJECT };

/* From the id of something in its file to its number. */
struct store_key {
	uint64_t id;
	uint32_t file;
	uint32_t kind; /* enum store_kind */
};

struct store_id {
	struct store_key key;
	uint32_t number;
	UT_hash_handle hh;
};

struct store_name_entry {
	uint16_t number;
	struct slice name;
	UT_hash_handle hh;
};

/* Ids of events that count up with their rows: from the first up to the next run. */
struct store_run {
	uint64_t id;
	uint32_t row;
};

/* Records of one kind, each a block of its own. */
struct store_records {
	void **at;
	uint32_t count, capacity;
};

/* All texts of a record, one behind the other. */
struct store_texts {
	uint8_t *block;
	size_t size;
};

/* Where the texts of a record stand; strings keep their NUL. */
#define STORE_SLICES_MAX (CONVERSATION_PARTICIPANTS_MAX + 8)
#define STORE_STRINGS_MAX 12
struct store_text_list {
	struct slice *slices[STORE_SLICES_MAX];
	size_t slice_count;
	const char **strings[STORE_STRINGS_MAX];
	size_t string_count;
};

/* Records begin with what readers see. */
struct store_file_record {
	struct store_file file;
	struct store_texts texts;
	size_t first_run;
};

struct store_connection_record {
	struct store_connection connection;
	struct store_texts texts;
	uint32_t unsaid, first_unsaid, last_unsaid; /* rows without a session of their own */
};

struct store_session_record {
	struct store_session session;
	struct store_texts texts;
	bool told; /* by the sink; else made up from its events */
};

struct store_conversation_record {
	struct store_conversation conversation;
	struct store_texts texts;
};

struct store_object_record {
	struct store_object object;
	struct store_texts texts;
};

struct store_notice_record {
	struct store_notice notice;
	struct store_texts texts;
};

/* Bytes of an object that were handed over and are likely to come again, in the payload of the next event. */
#define STORE_PENDING_MAX 16u
#define STORE_PENDING_BYTES_MAX (1u << 20)
struct store_pending {
	uint32_t object;
	uint64_t offset;
	uintptr_t was_at; /* in memory, when it was handed over */
	size_t at, len;   /* in pending_bytes */
};

/* Why something is missing, told by a notice each. */
enum store_shortage { STORE_SHORT_OF_ROWS, STORE_SHORT_OF_RECORDS, STORE_SHORT_OF_SPILL, STORE_SHORTAGES };

struct store_missing {
	uint64_t count;
	struct store_notice_record *notice;
	char text[STORE_NOTICE_MAX];
};

struct store {
	pthread_mutex_t turn, lock; /* see store_lock */
	struct spill *spill;
	struct buffer packed;       /* of the thread that fills the store, as the next three are */
	struct store_pending pending[STORE_PENDING_MAX];
	size_t pending_count;
	struct buffer pending_bytes;
	struct store_row *blocks[STORE_BLOCKS_MAX];
	uint32_t rows;
	struct store_run *runs;
	size_t run_count, run_capacity;
	struct store_records files, connections, sessions, conversations, objects, notices;
	struct store_id *ids;
	struct store_name_entry *names;
	struct store_records name_entries; /* by number */
	struct store_missing missing[STORE_SHORTAGES];
	uint64_t generation, record_bytes;
};

/* --- store_records.c --- */

/* Takes further bytes into account, which may be given back later; false (counted as missing) when there is no room. */
bool store_take(struct store *s, size_t bytes);
void store_give(struct store *s, size_t bytes);

/* A new record, zeroed, or NULL when there is no room; always one when it must be. */
void *store_record_new(struct store *s, struct store_records *r, size_t size, bool must);

/* Makes the texts in the list, which are somebody else's, the record's own; the ones before are freed. */
void store_texts_keep(struct store *s, struct store_texts *t, const struct store_text_list *list);

/* Room for one more element behind count, false when there is none; elements move. */
bool store_grow(struct store *s, void **array, size_t *capacity, size_t count, size_t size);

uint32_t store_id_find(const struct store *s, enum store_kind kind, uint32_t file, uint64_t id);
void store_id_add(struct store *s, enum store_kind kind, uint32_t file, uint64_t id, uint32_t number);

uint16_t store_name_number(struct store *s, struct slice name);

/* The file that is read; one without a name when none has begun. */
struct store_file_record *store_current_file(struct store *s);
uint32_t store_file_number(const struct store *s);

void store_notice_add(struct store *s, enum severity severity, struct slice text);
/* Counts something that is not kept.  The first time of each kind makes a notice. */
void store_miss(struct store *s, enum store_shortage why);
/* Brings the counts in these notices up to date. */
void store_tell_missing(struct store *s);

void store_records_free(struct store *s);

/* --- store_sessions.c --- */

/* The record of a connection, as it is now; NULL when there is no room. */
struct store_connection_record *store_connection_of(struct store *s, const struct connection *c);
/* A row of that connection, with the session of the event or none. */
void store_session_row(struct store *s, const struct event *e, struct store_connection_record *c, uint32_t row);
void store_on_connection(void *ctx, const struct connection *c);
void store_on_connection_end(void *ctx, const struct connection *c);
void store_on_session(void *ctx, const struct user_session *u);
void store_on_session_so_far(void *ctx, const struct user_session *u);

/* --- store_talks.c --- */

void store_on_conversation(void *ctx, const struct conversation_info *c);
void store_on_conversation_end(void *ctx, const struct conversation_info *c);
void store_on_talk(void *ctx, const struct talk *t);
/* An event was added, with its payload at that place of the packed bytes (0: none); or NULL when there is none to come. */
void store_place_pending(struct store *s, const struct event *e, uint64_t packed_place, size_t payload_at);
void store_on_object_data(void *ctx, const struct object *o, uint64_t offset, struct slice data);
void store_on_object(void *ctx, const struct object *o);

/* --- store.c --- */

/* Locks, and counts the change. */
void store_begin(struct store *s);
struct store_row *store_row_at(struct store *s, uint32_t row);
/* The bytes of an event, in place of those in packed. */
bool store_packed(struct store *s, uint32_t row, struct buffer *packed);

#endif
