/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections between clients: direct P2P connections, MSNFTP, webcam video.
 * Each is a connection of its own, with an event for every message.
 */
#ifndef MSNSCOPE_SESSION_PEER_H
#define MSNSCOPE_SESSION_PEER_H

#include "dissectors/link.h"
#include "session/conversation.h"

/* A connection that was recognised; its client is who opened it, as far as known. */
struct peer {
	struct session *session;
	struct connection connection; /* as the sink gets it */
	struct link_state state;
	struct {
		struct link_framer framer;
		struct origins origins;
		unsigned anomalies; /* bits of enum stream_anomaly, not yet told by an event */
	} side[2];              /* by enum msnp_sender */
	bool started;           /* the sink knows it */
};

/* connector: side (enum msnp_sender) that is known to have opened it, or -1: the start is missing. */
struct peer *peer_new(struct session *s, const struct stream_connection *c, int client_side, enum direction_from from,
		      enum link_protocol protocol, int connector);
void peer_data(struct peer *p, enum msnp_sender from, struct slice data, const struct stream_origin *origin);
/* len may be STREAM_GAP_UNKNOWN. */
void peer_gap(struct peer *p, enum msnp_sender from, uint64_t len, const struct stream_origin *origin);
/* The first bytes of a side, of which shown are the first, were dropped before the connection was recognised. */
void peer_missed(struct peer *p, enum msnp_sender from, uint64_t skipped, struct slice shown,
		 const struct stream_origin *first, const struct stream_origin *last);
/* The peer goes on to live until its last event is handed over. */
void peer_end(struct peer *p, const struct stream_connection *c, enum stream_end why);
void peer_free(struct peer *p);

/* emit.c: fills the event of an ITEM_PEER. */
void peer_fill_event(struct session *s, const struct item *item, struct event *e);

#endif
