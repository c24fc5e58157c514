/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From ordered bytes to events: recognises MSNP connections by content, frames
 * them, learns their role and version, and hands events to the sink.  Events
 * of a connection whose version is not yet known wait, and those of other
 * connections behind them, so that the order stays that of the capture.
 */
#ifndef MSNSCOPE_SESSION_SESSION_H
#define MSNSCOPE_SESSION_SESSION_H

#include "session/event.h"
#include "stream/stream.h"
#include "transport/transport.h"

/* Events that wait, and the bytes they hold; beyond, versions are assumed. */
#define SESSION_HOLD_EVENTS_DEFAULT 8192u
#define SESSION_HOLD_BYTES_DEFAULT (8u << 20)
/* Switchboard cookies remembered to tell the version of switchboards; the oldest give way. */
#define SESSION_COOKIES 1024u
/* Switchboards that showed a cookie which was not seen handed out (yet). */
#define SESSION_COOKIES_ASKED 64u
/* Bytes of one side that are looked at before a connection counts as not
 * MSNP, when it was not seen from its start; on MSNP's own port, and elsewhere. */
#define SESSION_DETECT_BYTES_PORT 65536u
#define SESSION_DETECT_BYTES 8192u
/* Bytes of messages between clients that wait for their rest, over all connections. */
#define SESSION_PEER_BYTES (16u << 20)

/* Events wait for this long at least, and not much more than twice as long, where time is told by session_tick. */
#define SESSION_PATIENCE_NS 500000000u

struct session_options {
	uint32_t hold_events; /* 0: default */
	uint64_t hold_bytes;  /* 0: default */
	/* Told the frames of each event; NULL: nobody wants to know. */
	void (*frames)(void *ctx, const uint64_t *frames, size_t count);
	void *frames_ctx;
};

struct session_totals {
	uint64_t events, connections;
	uint64_t findings[3]; /* by severity */
};

struct session;

/* The sink is copied.  Ends with session_free. */
struct session *session_new(const struct session_options *options, const struct event_sink *sink);

/* The callbacks to give to a stream table; valid as long as s. */
struct stream_consumer session_consumer(struct session *s);

/* The callbacks to give to transport/: the same streams, web services and gateway sessions. */
struct transport_consumer session_transport_consumer(struct session *s);

/* The file that is being read, for notices; kept, not copied. */
void session_set_file(struct session *s, const char *file);

/* Time stamps of the coming packets are finer than microseconds. */
void session_set_nanoseconds(struct session *s, bool nanoseconds);

const struct session_totals *session_totals(const struct session *s);

/*
 * Time goes by while packets are awaited: events that have waited for
 * SESSION_PATIENCE_NS wait no longer.  now counts nanoseconds of any clock that
 * goes steadily; to be called several times a second.
 */
void session_tick(struct session *s, uint64_t now);

/* Hands over what is known so far of the user sessions that have changed, where the sink wants it. */
void session_so_far(struct session *s);

/* A file has ended, and all its connections: hands over what is told at the end. */
void session_end_file(struct session *s);

/* All connections must have ended. */
void session_free(struct session *s);

#endif
