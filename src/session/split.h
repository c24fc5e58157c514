/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages that were split (Message-ID with Chunks, then Chunk): puts them
 * together over the events of a connection.  Parts belong together that come
 * on one connection from one side and one sender, under one Message-ID; they
 * may come in any order.  Bodies stand behind each other in order of their
 * index, the one of the first part being 0.
 */
#ifndef MSNSCOPE_SESSION_SPLIT_H
#define MSNSCOPE_SESSION_SPLIT_H

#include "session/event.h"

/* Messages being put together at once, over all connections; beyond, the oldest are given up. */
#define SPLIT_MESSAGES_MAX 256u
/* Bytes kept of one message; a longer one is not put together. */
#define SPLIT_MESSAGE_BYTES_MAX (1u << 20)
/* The same for all messages together; beyond, the oldest are given up. */
#define SPLIT_TOTAL_BYTES_MAX (8u << 20)

struct split_table;

struct split_table *split_new(void);

/*
 * To be called for each event that has a MIME message as payload, before it is
 * handed over; d is its dissection, context what it was dissected with.  In the
 * event that completes a message adds the whole as a source "message", its
 * fields under an F_MSG_JOINED, and its summary; says what does not fit.
 */
void split_observe(struct split_table *t, const struct event *e, struct dissection *d,
		   const struct msnp_context *context);

/*
 * A connection has ended: tells the sink's notice, in the name of file, which
 * messages are not complete, and forgets them.
 */
void split_connection_end(struct split_table *t, const struct connection *c, const struct event_sink *sink,
			  const char *file);

void split_free(struct split_table *t);

#endif
