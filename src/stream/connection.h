/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection that is delivered: both directions with their offsets, and the
 * table it belongs to.
 *
 * Offsets count the bytes of a direction in 64 bits; the first byte after the
 * SYN, or the first one known, has offset STREAM_START.  It is not 0 so that
 * data before a start that was only inferred still has an offset.
 */
#ifndef MSNSCOPE_STREAM_CONNECTION_H
#define MSNSCOPE_STREAM_CONNECTION_H

#include "stream/flow.h"
#include "stream/history.h"
#include "stream/reassembly.h"

#define STREAM_START (UINT64_C(1) << 32)
/* The largest TCP window (RFC 7323, 2.3).  What lies further ahead or behind
 * does not belong to the connection. */
#define STREAM_WINDOW_MAX (1u << 30)
/* What is further from the expected sequence number was not sent by the same
 * connection, when there is no other evidence (late SYN, RST, after the end). */
#define STREAM_NEAR (1u << 20)
/* Blocks waiting in one direction. */
#define STREAM_BLOCKS_MAX 4096u
/* A connection that was closed, but has holes, or was reset waits so long (or
 * STREAM_REORDER_PACKETS of its packets) for segments captured late. */
#define STREAM_CLOSING_NS 1000000000

struct half {
	uint64_t next;     /* offset of the next byte to deliver */
	uint64_t acked;    /* by the latest acknowledgement of the other side; 0 before the first */
	uint64_t acked_before; /* by the latest one that differed */
	uint64_t fin_at;   /* offset behind the last byte, with fin */
	uint64_t rst_at;   /* with rst */
	uint64_t hole_end; /* the hole at next was acknowledged up to here; not above next: no hole */
	uint64_t hole_since; /* number of the packet that acknowledged it */
	int64_t hole_ns;     /* time of that packet */
	uint32_t start;    /* sequence number at STREAM_START */
	uint32_t first;    /* of the first byte; below start when that was found out later */
	uint8_t known;     /* enum start_known */
	bool started;      /* data or a gap were delivered */
	bool fin;          /* a FIN was seen; it may lie behind a hole */
	bool rst;          /* a RST was seen that this side did not contradict */
	struct reassembly waiting;
	struct history history;
};

struct connection {
	struct stream_connection pub;
	struct half half[STREAM_SIDES];
	struct flow *flow;
	struct connection *waiting_prev, *waiting_next; /* those with waiting bytes, longest waiting first */
	struct connection *holes_prev, *holes_next; /* those with acknowledged holes, in order of holes_ns */
	struct connection *closing_prev, *closing_next; /* those about to end, in order of closing_ns */
	uint64_t serial;
	uint64_t packets;
	uint64_t closing_packet; /* number of the packet that began the closing */
	int64_t closing_ns;
	enum stream_end closing_why; /* STREAM_END_FIN or STREAM_END_RST */
	bool closing;
	int64_t holes_ns;
	bool has_holes;
	bool has_waiting;
	bool reported; /* some callback was called */
	bool ignored;  /* the consumer said so; to be freed when the call stack allows */
};

struct stream_table {
	struct stream_limits limits;
	struct stream_consumer consumer;
	struct stream_counters counters;
	struct flow_table flows;
	struct connection *waiting, *closing, *holes;
	uint64_t waiting_cost; /* of all connections */
	uint64_t history_left; /* of HISTORY_TOTAL_MAX */
	uint64_t serial;
	int64_t now; /* latest time seen: captures may be out of order, the clock is not */
	bool clock_set;
};

static inline uint64_t elapsed(const struct stream_table *t, int64_t since)
{
	return t->now > since ? (uint64_t)t->now - (uint64_t)since : 0;
}

/* --- half.c: sequence numbers and offsets --- */

enum syn_verdict {
	SYN_SAME, /* of this connection; start and known are up to date */
	SYN_NEW,  /* of another one */
};

/*
 * Judges a SYN against what is known of the start of its side; learns from it.
 * *start is the sequence number of the first byte.
 */
enum syn_verdict half_judge_syn(uint8_t *known, uint32_t *start, uint32_t syn_seq);

void half_start(struct half *h, uint32_t start, enum start_known known);

static inline uint64_t half_offset(const struct half *h, uint32_t seq)
{
	uint32_t next_seq = (uint32_t)h->next + h->start;

	return h->next + (uint64_t)(int64_t)(int32_t)(seq - next_seq);
}

static inline uint32_t half_seq(const struct half *h, uint64_t offset)
{
	return (uint32_t)offset + h->start;
}

/* Could an offset belong to this direction now? */
static inline bool half_in_window(const struct half *h, uint64_t at)
{
	return at + STREAM_WINDOW_MAX >= h->next && at <= h->next + STREAM_WINDOW_MAX;
}

/* The other side acknowledged everything before seq. */
void half_ack(struct half *h, uint32_t seq);

/* The offset up to which bytes are known to have been sent. */
uint64_t half_sent(const struct half *h);

/*
 * Up to where bytes that were not delivered are known to be acknowledged; not
 * above next when there are none.
 */
uint64_t half_acked_hole(const struct half *h);

/* The same at the end of the connection, where a FIN tells as much. */
uint64_t half_final_hole(const struct half *h);

/* --- delivery.c: what reaches the consumer --- */

/* Bytes of one side at an offset, before or behind the next one.  Delivers what can be. */
void connection_receive(struct stream_table *t, struct connection *c, int side, uint64_t at, struct slice data,
			const struct stream_origin *origin);

/* Declares the hole in front of `end`, or of the first waiting block if that is nearer, a gap. */
void connection_skip(struct stream_table *t, struct connection *c, int side, uint64_t end);

/* The direction ends at an offset, not before next. */
void connection_fin(struct stream_table *t, struct connection *c, int side, uint64_t at);

void connection_anomaly(struct stream_table *t, struct connection *c, int side, enum stream_anomaly what,
			const struct stream_origin *origin);

/* Gaps until the limits on waiting bytes hold for this connection. */
void connection_limit(struct stream_table *t, struct connection *c);

/* Turns the oldest hole of a connection with waiting bytes into a gap because of a limit. */
void connection_force(struct stream_table *t, struct connection *c);

/* Delivers everything that waits, with gaps, up to what is known to have been sent. */
void connection_flush(struct stream_table *t, struct connection *c);

/* Frees all memory; the flow is left to the caller. */
void connection_free(struct stream_table *t, struct connection *c);

/* --- connection.c: TCP --- */

/* From what the flow knows; makes it FLOW_LIVE. */
struct connection *connection_new(struct stream_table *t, struct flow *f);

/* One segment of the connection that is not the SYN of another one. */
void connection_segment(struct stream_table *t, struct connection *c, int side, const struct segment *s);

/* Moves the start of a side of which nothing was delivered to a lower offset, if it is lower. */
void connection_begin_earlier(struct connection *c, int side, uint64_t at);

/* Is it over, and why?  Asked after every segment. */
/* STREAM_REORDER_NS have passed for its holes: calls them gaps. */
void connection_give_up_holes(struct stream_table *t, struct connection *c);

bool connection_over(struct stream_table *t, struct connection *c, enum stream_end *why);

#endif
