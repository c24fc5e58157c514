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

/* A message of which not all parts have come. */
struct split_missing {
	uint64_t event;   /* of the part that came first */
	enum msnp_sender from;
	struct slice id;  /* its Message-ID, the beginning of a long one */
	size_t parts;     /* that are there */
	uint32_t wanted;  /* how many it has; 0: not known */
};

typedef void split_missing_fn(void *ctx, const struct split_missing *m);

/*
 * A connection has ended: tells which messages are not complete, and forgets
 * them.  Nothing is told of a text that may leave commands out
 * (connection.partial).
 */
void split_connection_end(struct split_table *t, const struct connection *c, split_missing_fn *tell, void *ctx);

void split_free(struct split_table *t);

#endif
