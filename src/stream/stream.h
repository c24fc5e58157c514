/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From TCP segments to ordered bytes per connection and direction.  Bytes come
 * in order, exactly once, or as an explicit gap; never silently joined.
 */
#ifndef MSNSCOPE_STREAM_STREAM_H
#define MSNSCOPE_STREAM_STREAM_H

#include "decode/decode.h"
#include "util/address.h"

/*
 * What happens to segments that do not simply follow each other:
 *
 * - The first copy of a byte counts.  A retransmission is compared with bytes
 *   that wait and with the latest delivered ones.
 * - A hole becomes a gap when the other side has acknowledged it and
 *   STREAM_REORDER_PACKETS of the connection have passed, or
 *   STREAM_REORDER_PACKETS_MIN and STREAM_REORDER_NS of capture time; or when a
 *   limit forces it, or at the end of the connection.  A cut segment leaves a
 *   hole like a lost one.
 * - A connection seen from the middle starts with its first data, or where the
 *   other side's first acknowledgement says.  Earlier bytes are still taken
 *   while nothing was delivered.
 * - After both FINs, when everything is delivered, the connection ends at once.
 *   With holes, and after a RST, it stays open for STREAM_REORDER_PACKETS of
 *   its packets or one second, as captures may hold segments out of order.
 * - What comes later is swallowed until a SYN, or data at sequence numbers far
 *   away, begin a new connection.
 * - Bytes acknowledged but never seen at the end of a connection are a gap, but
 *   for a single one: that is the sequence number of a FIN that was not seen.
 */

/* The two ends of a connection; 0 is the one whose packet was seen first. */
enum { STREAM_SIDES = 2 };

enum stream_end {
	STREAM_END_FIN,     /* both sides closed */
	STREAM_END_RST,     /* reset */
	STREAM_END_REUSE,   /* a new connection took the same addresses and ports */
	STREAM_END_IDLE,    /* nothing for limits.idle_seconds */
	STREAM_END_LIMIT,   /* gave way to younger connections */
	STREAM_END_CAPTURE, /* open when the capture ended */
};

enum stream_verdict {
	STREAM_CONTINUE, /* go on delivering */
	STREAM_IGNORE,   /* not wanted: never deliver, buffer or report this connection again, not even its end */
};

enum stream_anomaly {
	STREAM_OVERLAP_CONFLICT, /* a retransmission carries other bytes; the first copy was kept */
	STREAM_CUT_SEGMENT,      /* the snapshot length cut a segment; the rest is in a gap */
	STREAM_BUFFER_LIMIT,     /* a gap was forced because limits.flow_bytes or total_bytes was reached */
	STREAM_BAD_CHECKSUM,     /* segment->bad_checksum was set; the bytes were used all the same */
};

struct stream_limits {
	uint32_t flows;        /* connections tracked at a time; the longest idle gives way, and while they are
				* half or more, one that was ignored, has ended or had no data yet */
	uint32_t flow_bytes;   /* bytes waiting for a hole to be filled, per connection; 64 more for each segment */
	uint64_t total_bytes;  /* the same for all connections together; the one that waits longest gives way */
	uint32_t idle_seconds; /* of capture time, give or take one */
};

#define STREAM_FLOWS_DEFAULT 65536u
#define STREAM_FLOW_BYTES_DEFAULT (1u << 20)
#define STREAM_TOTAL_BYTES_DEFAULT (16u << 20)
#define STREAM_IDLE_SECONDS_DEFAULT 7200u
/* Packets of a connection that may pass, after the other side acknowledged
 * beyond a hole, before the hole is called a gap: captures may hold the
 * acknowledgement before the segment. */
#define STREAM_REORDER_PACKETS 16u
/* On connections where little happens, so many packets and so much capture
 * time are enough. */
#define STREAM_REORDER_PACKETS_MIN 3u
#define STREAM_REORDER_NS 60000000

/* Protocols that can be wrapped around a stream, outermost first. */
#define STREAM_OUTER_MAX 4u

/* What transport/ found around a stream. */
struct stream_wrapping {
	const char *transport;               /* "tcp", "http-gateway", "transcript" */
	const char *outer[STREAM_OUTER_MAX]; /* "socks4", "socks5", "http-connect", ...: literals; NULL behind the last */
	const char *gateway_session;         /* stable part of the gateway's session id, or NULL */
	const char *gateway_server;          /* Server= of the request that opened it: "NS", "SB"; NULL when not seen */
	struct address target;               /* where a proxy was asked to connect to; version 0 when not known by number */
	const char *target_name;             /* the same as text "host:port", or NULL; of a gateway session the IP= of
					      * the request that opened it */
	uint64_t polls;                      /* of a gateway session: exchanges that carried nothing, so far */
	void **tls;                          /* what the consumer keeps of the TLS connection around it, or NULL */
	const char *transcript;              /* form of the text that the bytes were read from, or NULL */
	const char *log_name;                /* what that text calls the connection, or NULL */
	bool dots;                           /* bytes that are no ASCII stand there as dots */
};

/* What the consumer may know about a connection; read-only but for user. */
struct stream_connection {
	struct address address[STREAM_SIDES];
	int opener;               /* side that sent the SYN (or received SYN+ACK), -1 when not seen */
	bool fin[STREAM_SIDES];   /* this side has closed */
	int64_t start_ns, end_ns; /* time of first and latest packet */
	uint64_t first_frame, last_frame;
	uint64_t bytes[STREAM_SIDES]; /* delivered before this call */
	uint64_t lost[STREAM_SIDES];  /* in gaps delivered before this call, but for those of unknown length */
	void *user;               /* the consumer's; NULL at first */
	const struct stream_wrapping *wrapping; /* set by transport/; NULL: nothing around it, plain TCP */
};

/* Where delivered bytes came from.  For a gap: the first data behind it, or else the latest packet of the connection. */
struct stream_origin {
	uint64_t frame;
	int64_t time_ns; /* of that frame */
	uint64_t exchange; /* number of the HTTP exchange, when transport/ took it out of one; else 0 */
};

/* len of a gap: nobody knows how many bytes, perhaps none.  Only transport/ delivers such. */
#define STREAM_GAP_UNKNOWN UINT64_MAX

/*
 * The consumer.  data gets the next bytes of one side in order, valid during
 * the call.  gap says that the next len bytes of that side were lost.  anomaly
 * reports what was odd, at the place where it is noticed, which may be before
 * the first data; a bad checksum and a cut segment after the data of the
 * segment.  end is called once, last, for every connection for which one of the
 * others was called, unless it was ignored; a connection without data has no
 * callbacks.  With STREAM_IGNORE the consumer has given up what c->user points
 * to.  No callback may call back into the stream table.
 */
struct stream_consumer {
	enum stream_verdict (*data)(void *ctx, struct stream_connection *c, int side, struct slice data,
				    const struct stream_origin *origin);
	enum stream_verdict (*gap)(void *ctx, struct stream_connection *c, int side, uint64_t len,
				   const struct stream_origin *origin);
	void (*end)(void *ctx, struct stream_connection *c, enum stream_end why);
	void (*anomaly)(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
			const struct stream_origin *origin);
	void *ctx;
};

struct stream_counters {
	uint64_t connections; /* all, ignored ones and those without data included */
	uint64_t ignored;
	uint64_t evicted;     /* delivered connections that gave way at limits.flows */
	uint64_t gaps, gap_bytes; /* of connections not ignored */
	uint64_t retransmitted_bytes; /* seen before, keep-alive probes not counted */
	uint64_t stray_bytes;     /* behind a FIN, after the end or far outside the window: of no connection */
	uint64_t buffered_peak;   /* most bytes that ever waited, as they are counted against total_bytes */
};

struct stream_table;

/* limits with 0 mean the default.  The caller ends with stream_table_free. */
struct stream_table *stream_table_new(const struct stream_limits *limits, const struct stream_consumer *consumer);

/*
 * Returns the number of the connection that the segment belongs to, counted
 * from 1 in order of their first segments; 0: of none.
 */
uint64_t stream_table_segment(struct stream_table *t, const struct segment *segment);

/* The capture has ended: delivers what still waits (holes become gaps) and ends every connection, in order of first frame. */
void stream_table_finish(struct stream_table *t);

const struct stream_counters *stream_table_counters(const struct stream_table *t);

/* Frees without further callbacks; connections must have been ended with stream_table_finish. */
void stream_table_free(struct stream_table *t);

#endif
