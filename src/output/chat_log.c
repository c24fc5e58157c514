/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/chat_log.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "output/talk_text.h"
#include "output/timestamp.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* Further lines of a text stand behind so many blanks. */
#define INDENT 4u

struct chat_entry {
	uint64_t id;
	struct chat_file file;
	UT_hash_handle hh;
};

void chat_log_init(struct chat_log *l, struct folder *folder)
{
	*l = (struct chat_log){.folder = folder};
}

static void drop(struct chat_log *l, struct chat_entry *c)
{
	HASH_DEL(l->entries, c);
	free((void *)(uintptr_t)c->file.with.ptr);
	free(c->file.file);
	free(c);
}

void chat_log_free(struct chat_log *l)
{
	struct chat_entry *c, *next;

	HASH_ITER(hh, l->entries, c, next)
		drop(l, c);
	buffer_free(&l->line);
}

static struct chat_entry *find(struct chat_log *l, uint64_t id)
{
	struct chat_entry *c;

	HASH_FIND(hh, l->entries, &id, sizeof(id), c);
	return c;
}

/* --- files --- */

/* "chat-0003", "chat-0001-bob@example.com", "chat-offline-bob@example.com" */
static void add_base(struct buffer *base, const struct chat_file *c)
{
	if (c->connection)
		buffer_printf(base, "chat-%04llu", (unsigned long long)c->connection);
	else
		buffer_add_str(base, "chat-offline");
	if (c->with.len) {
		buffer_add_byte(base, '-');
		folder_add_name(base, c->with);
	}
}

/* False when the file cannot be made. */
static bool begin_file(struct chat_log *l, struct chat_file *c, const struct talk *line)
{
	struct buffer base = {NULL, 0, 0}, name = {NULL, 0, 0};

	add_base(&base, c);
	int fd = folder_create(l->folder, buffer_slice(&base), ".txt", &name);
	int error = errno;
	buffer_free(&base);
	if (fd < 0) {
		l->failed(l->ctx, (const char *)name.data, error);
		buffer_free(&name);
		return false;
	}
	close(fd);
	c->file = (char *)name.data;
	l->begun(l->ctx, c, line);
	return true;
}

/* Lines go to the end of the file, which is opened for each: many conversations may be going on. */
static void write_line(struct chat_log *l, struct chat_file *c)
{
	int fd = folder_reopen(l->folder, c->file);
	int error = fd < 0 ? errno : folder_write_at(fd, c->length, buffer_slice(&l->line));

	if (fd >= 0)
		close(fd);
	if (error)
		l->failed(l->ctx, c->file, error);
	c->length += l->line.len;
}

/* --- what comes --- */

static struct slice other_side(const struct conversation_info *c)
{
	if (c->kind == CONVERSATION_SWITCHBOARD)
		return SLICE_EMPTY;
	if (c->group.len)
		return c->group;
	for (size_t i = 0; i < c->participant_count; i++)
		if (!slice_case_eq(c->participants[i], c->user))
			return c->participants[i];
	return SLICE_EMPTY;
}

void chat_log_start(struct chat_log *l, const struct conversation_info *c)
{
	struct chat_entry *entry = memory_zalloc(sizeof(*entry));
	struct slice with = other_side(c);

	entry->id = c->id;
	entry->file = (struct chat_file){.id = c->id, .connection = c->connection, .kind = c->kind};
	if (with.len)
		entry->file.with = slice_of(memcpy(memory_alloc(with.len), with.ptr, with.len), with.len);
	HASH_ADD(hh, l->entries, id, sizeof(entry->id), entry);
}

/* "[2003-07-11 09:00:00.123456] Alice <alice@example.com>: text" */
void chat_log_talk(struct chat_log *l, const struct talk *line)
{
	struct chat_entry *c = find(l, line->conversation);

	if (!c || line->kind == TALK_TYPING || (line->kind == TALK_CLOSED && !c->file.file))
		return;
	if (!c->file.file && !begin_file(l, &c->file, line)) {
		drop(l, c);
		return;
	}
	l->line.len = 0;
	buffer_add_byte(&l->line, '[');
	timestamp_add(&l->line, line->time_ns, ' ', line->nanoseconds);
	buffer_add_str(&l->line, "] ");
	talk_text_line(&l->line, line, false, INDENT);
	write_line(l, &c->file);
}

void chat_log_end(struct chat_log *l, const struct conversation_info *c)
{
	struct chat_entry *entry = find(l, c->id);

	if (entry)
		drop(l, entry);
}
