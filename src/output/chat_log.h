/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversations as logs for reading, one file for each switchboard, and on
 * notification servers one for each pair of users or group.
 */
#ifndef MSNSCOPE_OUTPUT_CHAT_LOG_H
#define MSNSCOPE_OUTPUT_CHAT_LOG_H

#include "output/folder.h"
#include "session/event.h"

/* Conversations that are followed at a time; the oldest give way, and go on in a further file. */
#define CHAT_LOGS_MAX 1024u
/* Bytes of an account or group that are kept. */
#define CHAT_NAME_MAX 256u

struct chat;
struct chat_owner;

struct chat_log {
	struct folder *folder;
	struct chat *chats;         /* newest last */
	size_t count;
	struct chat_owner *owners;  /* whose connection it is */
	struct buffer line;
	/* A file was begun: its name, the connection, the other side (empty on switchboards). */
	void (*begun)(void *ctx, const char *file, const struct event *e, struct slice with);
	void (*failed)(void *ctx, const char *file, int error);
	void *ctx;
};

/* folder stays the caller's.  begun and failed must be set by the caller. */
void chat_log_init(struct chat_log *l, struct folder *folder);
void chat_log_event(struct chat_log *l, const struct event *e);
void chat_log_connection_end(struct chat_log *l, const struct connection *c);
void chat_log_free(struct chat_log *l);

#endif
