/* SPDX-License-Identifier: BSD-2-Clause */
/* Which frames carried which bytes of one direction of a stream. */
#ifndef MSNSCOPE_SESSION_ORIGINS_H
#define MSNSCOPE_SESSION_ORIGINS_H

#include "stream/stream.h"

/* Pieces remembered per direction; of longer runs the middle is forgotten. */
#define ORIGINS_MAX 1024u

struct origin {
	uint64_t offset; /* of the first byte */
	uint64_t frame;
	int64_t time_ns;
	uint64_t exchange;
};

struct origins {
	struct origin *list; /* ascending offsets, from head on */
	size_t head, count, capacity;
};

void origins_add(struct origins *o, uint64_t offset, const struct stream_origin *from);

/* Bytes before offset will not be asked for again. */
void origins_forget(struct origins *o, uint64_t offset);

struct origin_range {
	size_t frames;      /* written to the array */
	uint64_t omitted;   /* left out between the last but one and the last */
	int64_t time_ns;    /* of the latest frame */
	uint64_t exchange;  /* of the latest frame */
};

/* Frames of the bytes from start to end (not included), ascending, at most max (2 or more). */
struct origin_range origins_frames(const struct origins *o, uint64_t start, uint64_t end, uint64_t *frames, size_t max);

void origins_free(struct origins *o);

#endif
