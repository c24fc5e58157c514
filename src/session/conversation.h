/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of session/: one MSNP connection, and events that wait. */
#ifndef MSNSCOPE_SESSION_CONVERSATION_H
#define MSNSCOPE_SESSION_CONVERSATION_H

#include "dissectors/link.h"
#include "dissectors/msnp_framer.h"
#include "dissectors/msnp_state.h"
#include "session/oim.h"
#include "session/order.h"
#include "session/origins.h"
#include "session/p2p.h"
#include "session/pairs.h"
#include "session/recall.h"
#include "session/session.h"
#include "session/split.h"
#include "session/talks.h"
#include "session/users.h"
#include "transport/transport.h"
#include "util/buffer.h"

struct peer;
struct web_exchange;
struct web_connection;
struct tls_told;

/* One direction. */
struct direction {
	struct msnp_framer framer;
	struct origins origins;
	unsigned anomalies;      /* bits of enum stream_anomaly, not yet told by an event */
	uint64_t anomaly_frame;
	int64_t anomaly_time_ns;
};

/* A connection that was recognised as MSNP. */
struct conversation {
	struct session *session;
	struct connection connection; /* as the sink gets it */
	char *gateway_session, *target, *log_name; /* its texts */
	bool dots;                    /* bytes that are no ASCII were dots in the text they were read from */
	struct msnp_state state;
	struct msnp_context context;  /* for the framers: what is certain */
	struct direction direction[2]; /* by enum msnp_sender */
	struct order order;
	struct recall recall;
	bool inherited;               /* version known from the notification server */
	bool settled;                 /* decided, forced or ended: events need not wait */
	bool started;                 /* the sink knows it */
};

enum item_kind {
	ITEM_COMMAND,
	ITEM_LOST,
	ITEM_SKIPPED,
	ITEM_GATEWAY,
	ITEM_END,
	ITEM_REQUEST,
	ITEM_RESPONSE,
	ITEM_WEB_END,
	ITEM_PEER,
	ITEM_PEER_END,
	ITEM_TLS,
};

/* Something that becomes an event (or the end of a connection). */
struct item {
	struct item *next;
	enum item_kind kind;
	struct conversation *conversation; /* NULL for ITEM_REQUEST and behind, and with peer; ITEM_TLS may have one */
	struct peer *peer;                 /* ITEM_PEER, ITEM_PEER_END, ITEM_LOST of such a connection; else NULL */
	struct web_exchange *web;          /* ITEM_REQUEST, ITEM_RESPONSE; a reference is held */
	struct web_connection *web_end;    /* ITEM_WEB_END, ITEM_TLS without conversation */
	struct tls_told *tls;              /* ITEM_TLS; owned */
	enum gateway_notice notice;        /* ITEM_GATEWAY */
	uint64_t exchange;                 /* number of the HTTP exchange, 0: none */
	enum msnp_sender from;
	struct framed framed;     /* slices as in the live stream, or into the item's own bytes */
	struct link_message link; /* ITEM_PEER; its line and payload are those of framed.message */
	uint64_t lost;            /* ITEM_LOST; EVENT_LOST_UNKNOWN when nobody knows */
	struct slice challenge;   /* ITEM_COMMAND: pending challenge; ITEM_GATEWAY: text */
	size_t web_bytes;         /* that the exchange holds for this item */
	int64_t time_ns;
	size_t frame_count;
	uint64_t frames_omitted;
	unsigned anomalies;
	size_t held_bytes;
	struct queue_block *block;        /* where a waiting item lies */
	uint64_t frames[EVENT_FRAMES_MAX]; /* last: of a waiting item only frame_count are there */
};

struct cookie {
	uint64_t hash;
	struct msnp_versions versions;
};

struct session {
	struct session_options options;
	struct event_sink sink;
	bool nanoseconds;
	const char *file;      /* being read, or NULL */
	struct session_totals totals;
	uint64_t next_connection, next_event;
	uint64_t tls_passed_over; /* connections of this file */
	struct framer_budget budget;
	size_t peer_bytes;     /* that framers of connections between clients may still keep */
	struct arena arena;    /* of the event being handed over */
	struct arena scratch;  /* of the line being looked at */
	struct item *first, **last; /* waiting, oldest first */
	struct queue_block *newest_block, *spare_block;
	size_t held_events, held_bytes;
	uint64_t kept;         /* items that ever had to wait */
	struct {
		uint64_t time, kept;
	} mark;                /* the latest one made by session_tick */
	struct cookie cookies[SESSION_COOKIES];
	size_t next_cookie;
	struct {
		uint64_t hash;
		struct conversation *conversation; /* NULL: free */
	} asked[SESSION_COOKIES_ASKED];
	size_t next_asked;
	struct dissection dissection;
	struct oim_table *oim;
	struct p2p_table *p2p;
	struct split_table *split;
	struct pairs *pairs;
	struct talks *talks;   /* NULL: the sink does not want conversations */
	struct users *users;
};

/* conversation.c */
struct conversation *conversation_new(struct session *s, const struct stream_connection *c, int client_side);
void conversation_data(struct conversation *v, enum msnp_sender from, struct slice data,
		       const struct stream_origin *origin);
/* len may be STREAM_GAP_UNKNOWN. */
void conversation_gap(struct conversation *v, enum msnp_sender from, uint64_t len, const struct stream_origin *origin);
/* A command that was framed elsewhere: all of item but conversation, from, anomalies and challenge is set. */
void conversation_framed(struct conversation *v, struct item *item);
void conversation_end(struct conversation *v, const struct stream_connection *c, enum stream_end why);
/* The first bytes of a side were no commands and were dropped before the connection was recognised; shown: the first of them. */
void conversation_missed(struct conversation *v, enum msnp_sender from, uint64_t skipped, struct slice shown,
			 const struct stream_origin *first, const struct stream_origin *last);
void conversation_free(struct conversation *v);
/* Final values of a connection that has ended. */
void connection_finish(struct connection *n, const struct stream_connection *c, int client_side, enum stream_end why);

/* queue.c: takes an item now, or keeps a copy in blocks of memory until its turn comes. */
void queue_free(struct session *s);
void queue_item(struct session *s, const struct item *item);
/* Hands over what no longer has to wait. */
void queue_run(struct session *s);
/* Hands over all but the `newer` items that came last. */
void queue_release(struct session *s, uint64_t newer);

/* emit.c: makes an event of an item and hands it to the sink; ITEM_END frees the conversation. */
void emit_item(struct session *s, const struct item *item);
/* Something about a gateway session whose stream is not recognised: a notice about the file. */
void session_gateway_notice(struct session *s, const struct stream_connection *c, enum gateway_notice what,
			    const char *text);

#endif
