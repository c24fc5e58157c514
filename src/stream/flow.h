/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The flow table: one small entry for every pair of addresses and ports.
 * What a connection needs to be delivered is allocated when its first data
 * comes, so that handshakes, scans and connections nobody wants stay cheap.
 */
#ifndef MSNSCOPE_STREAM_FLOW_H
#define MSNSCOPE_STREAM_FLOW_H

#include "stream/stream.h"
#include "util/memory.h"

/* Allocation failure ends the program as everywhere else. */
#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

struct connection;

enum flow_state {
	FLOW_OPENING, /* no data yet */
	FLOW_LIVE,    /* has a connection that is delivered */
	FLOW_IGNORED, /* the consumer does not want it */
	FLOW_CLOSED,  /* ended; stays to swallow late segments */
};

/* How the sequence number of the first byte of a side is known. */
enum start_known {
	START_UNKNOWN,
	START_SEEN,      /* from a segment of this side without data; a keep-alive is one too low */
	START_ACKED,     /* from an acknowledgement by the other side */
	START_DATA,      /* from data: the capture began in the middle */
	START_SYN,
	START_CONFIRMED, /* the other side has acknowledged the SYN */
};

/* Both ends in an order that does not depend on the direction. */
struct flow_key {
	uint8_t ip[STREAM_SIDES][16];
	uint16_t port[STREAM_SIDES];
	uint8_t version;
};
#define FLOW_KEY_LEN (offsetof(struct flow_key, version) + 1)

struct flow {
	UT_hash_handle hh;
	struct flow *newer, *older; /* in the list of its class; also links free entries */
	int64_t last_ns;            /* latest packet, by the clock of the table */
	uint64_t number;            /* of its latest connection, from 1 */
	union {
		struct {
			int64_t start_ns;
			uint64_t first_frame;
			uint32_t start[STREAM_SIDES]; /* sequence number of the first byte */
		} opening;
		struct connection *connection;  /* FLOW_LIVE */
		struct {
			int64_t time_ns;              /* of the end */
			uint32_t start[STREAM_SIDES]; /* sequence number of the first byte */
			uint32_t end[STREAM_SIDES];   /* behind the last byte */
		} closed;
	} u;
	struct flow_key key;
	uint8_t first;               /* which end of key is side 0 */
	uint8_t state;               /* enum flow_state */
	uint8_t known[STREAM_SIDES]; /* enum start_known */
	uint8_t fin;                 /* bit per side, FLOW_OPENING only */
	uint8_t reset;               /* the same for RST */
	int8_t opener;
};

/* Live flows give way only when the others are few. */
enum flow_class { FLOW_CLASS_LIVE, FLOW_CLASS_OTHER, FLOW_CLASSES };

struct flow_chunk;

struct flow_table {
	struct flow *by_key;
	struct flow *oldest[FLOW_CLASSES]; /* ordered by the second of last_ns */
	uint32_t count[FLOW_CLASSES];
	struct flow *unused;
	struct flow_chunk *chunks;
	uint64_t seed[2];
};

void flow_table_init(struct flow_table *table);
void flow_table_free(struct flow_table *table);

/* Fills the key of a pair of addresses; returns which end of it is the source. */
int flow_key_of(struct flow_key *key, const struct address *source, const struct address *destination);

/* A seed for flow_hash that nobody can foresee. */
void flow_seed(uint64_t seed[2]);

uint32_t flow_hash(const uint64_t seed[2], const struct flow_key *key);

/* NULL when there is none. */
struct flow *flow_find(const struct flow_table *table, const struct flow_key *key, uint32_t hash);

/* A new entry, FLOW_OPENING and zero but for its key and time. */
struct flow *flow_add(struct flow_table *table, const struct flow_key *key, uint32_t hash, int64_t now);

void flow_remove(struct flow_table *table, struct flow *f);

/* A packet of the flow came. */
void flow_touch(struct flow_table *table, struct flow *f, int64_t now);

void flow_set_state(struct flow_table *table, struct flow *f, enum flow_state state);

/* The entry that gives way to a new one; NULL when the table is empty. */
struct flow *flow_victim(const struct flow_table *table, uint32_t limit);

#endif
