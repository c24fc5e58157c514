/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peer-to-peer transfers over many events: puts messages together from their
 * packets, ties packets, acknowledgements and MSNSLP dialogues to calls, and
 * follows objects (pictures, files, ink) to their last byte.  MSNFTP files and
 * objects that stand whole in a message are objects too.
 *
 * A transfer is seen from one side of a switchboard or notification server; a
 * capture of both sides holds it twice, as two objects.
 */
#ifndef MSNSCOPE_SESSION_P2P_H
#define MSNSCOPE_SESSION_P2P_H

#include "session/event.h"

/* Messages being put together at once, over all connections; the oldest give way. */
#define P2P_MESSAGES_MAX 1024u
/* Bytes of one message that is kept whole (MSNSLP, ink, typed data); objects are not kept, but handed on. */
#define P2P_MESSAGE_BYTES_MAX (256u << 10)
/* The same for all messages together, with bytes that wait for their SHA-1. */
#define P2P_TOTAL_BYTES_MAX (16u << 20)
/* Ranges that one message is known in; beyond, bytes that touch none of them are left out and count as missing. */
#define P2P_RANGES_MAX 256u
/* Bytes of an object that wait, having come out of order, for its SHA-1. */
#define P2P_HASH_WAITING_MAX (4u << 20)
/* Calls that are followed; the oldest give way. */
#define P2P_CALLS_MAX 1024u
/* Packets per connection and direction that an acknowledgement can still be linked to. */
#define P2P_ACKS_MAX 64u
/* Invitations (text/x-msmsgsinvite) whose file has not come yet. */
#define P2P_INVITATIONS_MAX 256u

struct p2p_table;

/* Objects go to the sink.  The sink is copied.  Ends with p2p_free. */
struct p2p_table *p2p_new(const struct event_sink *sink);

/*
 * To be called for each event before it is handed over.  d is the event's
 * dissection: fields, findings and words of the summary are added.  Calls the
 * sink's object_data; the sink's object only through p2p_flush.
 */
void p2p_observe(struct p2p_table *t, const struct event *e, struct dissection *d);

/* Sides that one direct connection or MSNFTP connection is followed for: a capture may hold both. */
#define P2P_SIDES_MAX 2u

/*
 * The connections (to servers) whose calls a connection between clients
 * carries, as far as known; returns how many.
 */
size_t p2p_seen_from(struct p2p_table *t, uint64_t connection, uint64_t seen_from[P2P_SIDES_MAX]);

/* To be called behind each event: hands over the objects that it ended. */
void p2p_flush(struct p2p_table *t);

/* A connection has ended: its messages get no further packets. */
void p2p_connection_end(struct p2p_table *t, const struct connection *c);

/* A file has ended: hands over all objects and forgets everything but the numbers. */
void p2p_finish(struct p2p_table *t);

void p2p_free(struct p2p_table *t);

#endif
