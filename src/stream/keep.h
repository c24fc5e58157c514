/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Picks the packets of the connections that turn out to be wanted, from their
 * first packet on.  The latest packets of a connection about which nothing is
 * known yet are kept until an event is told to come from one of them; then
 * they are written, and the later ones at once.
 *
 * Within a connection packets are written in the order they came; the first
 * ones of a connection stand behind packets of others that came while it was
 * not recognised.
 */
#ifndef MSNSCOPE_STREAM_KEEP_H
#define MSNSCOPE_STREAM_KEEP_H

#include "stream/stream.h"

/* Bytes kept of one connection, and of all together; the oldest packets give way. */
#define KEEP_FLOW_BYTES (256u << 10)
#define KEEP_TOTAL_BYTES (32u << 20)
/* Kept packets are known by their frame numbers as long as no more frames than this came later; a power of two. */
#define KEEP_FRAMES 65536u
/* Connections known; those that were silent longest are forgotten and begin anew. */
#define KEEP_FLOWS 65536u

struct keep;

/* write gets each packet that is wanted.  Ends with keep_free. */
struct keep *keep_new(void (*write)(void *ctx, const struct packet *packet), void *ctx);

/* A packet that holds a segment, before the stream table gets it; keep_end comes when the table is done with it. */
void keep_begin(struct keep *k, const struct packet *packet, const struct segment *segment);
void keep_end(struct keep *k);

/* What a consumer of the stream table said to data or a gap of a connection. */
void keep_verdict(struct keep *k, const struct stream_connection *c, enum stream_verdict verdict);

/* An event comes from these frames: their connections are wanted. */
void keep_frames(struct keep *k, const uint64_t *frames, size_t count);

/* Packets of wanted connections that had given way before that was known. */
uint64_t keep_missed(const struct keep *k);

void keep_free(struct keep *k);

#endif
