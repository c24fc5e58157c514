/* SPDX-License-Identifier: BSD-2-Clause */
/* What came of a connection before it was known what it is, to be played again. */
#ifndef MSNSCOPE_TRANSPORT_HELD_H
#define MSNSCOPE_TRANSPORT_HELD_H

#include "stream/stream.h"
#include "transport/budget.h"
#include "util/buffer.h"

/* Pieces and bytes held of one connection. */
#define HELD_PIECES_MAX 1024u
#define HELD_BYTES_MAX 65536u

enum held_kind { HELD_DATA, HELD_GAP, HELD_ANOMALY };

struct held_piece {
	enum held_kind kind;
	int side;
	uint64_t len;             /* HELD_DATA, HELD_GAP */
	enum stream_anomaly what; /* HELD_ANOMALY */
	struct stream_origin origin;
	uint64_t bytes[STREAM_SIDES], lost[STREAM_SIDES]; /* as they were in the connection */
};

/* Zero-initialised memory holds nothing. */
struct held {
	struct buffer bytes[STREAM_SIDES];
	size_t before_gap[STREAM_SIDES]; /* bytes in front of the latest gap */
	bool gap;                   /* there is one */
	struct held_piece *pieces;
	size_t count, capacity;
	uint64_t charged;
};

/*
 * Each adds a piece, and returns false when a limit does not allow it.  c is
 * the connection as it was given with the piece.
 */
bool held_data(struct held *h, struct budget *budget, const struct stream_connection *c, int side, struct slice data,
	       const struct stream_origin *origin);
bool held_gap(struct held *h, struct budget *budget, const struct stream_connection *c, int side, uint64_t len,
	      const struct stream_origin *origin);
bool held_anomaly(struct held *h, struct budget *budget, const struct stream_connection *c, int side,
		  enum stream_anomaly what, const struct stream_origin *origin);

/* Bytes of a side since its latest gap. */
struct slice held_view(const struct held *h, int side);

void held_free(struct held *h, struct budget *budget);

#endif
