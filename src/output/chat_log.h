/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversations as logs for reading, one file for each. */
#ifndef MSNSCOPE_OUTPUT_CHAT_LOG_H
#define MSNSCOPE_OUTPUT_CHAT_LOG_H

#include "output/folder.h"
#include "session/event.h"

/* A conversation that has begun and not ended. */
struct chat_file {
	uint64_t id, connection; /* connection 0: stored messages */
	enum conversation_kind kind;
	struct slice with;       /* the other side, or the group; empty on switchboards; owned */
	char *file;              /* NULL: nothing was written yet */
	uint64_t length;         /* bytes written */
};

struct chat_entry;

struct chat_log {
	struct folder *folder;
	struct chat_entry *entries;
	struct buffer line;
	/* A file was begun, with this line. */
	void (*begun)(void *ctx, const struct chat_file *file, const struct talk *line);
	void (*failed)(void *ctx, const char *file, int error);
	void *ctx;
};

/* folder stays the caller's.  begun and failed must be set by the caller. */
void chat_log_init(struct chat_log *l, struct folder *folder);
/* For the calls of struct event_sink. */
void chat_log_start(struct chat_log *l, const struct conversation_info *c);
void chat_log_talk(struct chat_log *l, const struct talk *line);
void chat_log_end(struct chat_log *l, const struct conversation_info *c);
void chat_log_free(struct chat_log *l);

#endif
