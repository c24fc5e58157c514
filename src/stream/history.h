/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The latest bytes delivered of one direction, kept so that a retransmission
 * can be compared with them.
 */
#ifndef MSNSCOPE_STREAM_HISTORY_H
#define MSNSCOPE_STREAM_HISTORY_H

#include "util/slice.h"

/* Bytes kept for each direction; a power of two. */
#define HISTORY_BYTES_MAX 4096u
/* Bytes kept for all connections together; those that come later have none. */
#define HISTORY_TOTAL_MAX (16u << 20)

/* Zero-initialised memory is an empty history. */
struct history {
	uint8_t *ring;
	uint32_t capacity; /* of ring: a power of two, HISTORY_BYTES_MAX at most */
	uint32_t len;      /* bytes known */
	uint32_t at;       /* where the next byte goes, below capacity; len while the ring was never full */
};

/* Notes delivered bytes.  *left is what all histories together may still allocate. */
void history_add(struct history *h, struct slice data, uint64_t *left);

/* Are these bytes, of which the first was delivered `back` bytes before the
 * end, equal to those kept?  What is not kept counts as equal; data.len is
 * at most back. */
bool history_matches(const struct history *h, uint64_t back, struct slice data);

/* Forgets the bytes (what follows does not continue them), keeps the memory. */
void history_reset(struct history *h);

void history_free(struct history *h, uint64_t *left);

#endif
