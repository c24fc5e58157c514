/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends segments through a stream table and writes down what comes out. */
#ifndef MSNSCOPE_TESTS_STREAM_RECORDER_H
#define MSNSCOPE_TESTS_STREAM_RECORDER_H

#include "stream/stream.h"
#include "util/buffer.h"

/* Ends of the conversation: A is the one at port 4000, B the one at 1863. */
enum { A, B };

/*
 * One segment.  seq and ack count from the first byte after the SYN, so the
 * same steps can be played from any initial sequence number.
 */
struct step {
	int from;
	unsigned flags;
	int64_t seq, ack;
	const char *data;
	uint32_t cut;     /* bytes of data the snapshot length took */
	unsigned repeat;  /* times to send it, 0 is 1 */
	int64_t wait_ms;  /* before it */
	uint16_t port;    /* of A, 0 is 4000 */
	bool ordered;
	bool bad_checksum;
};

/*
 * What came out: "A:" and bytes, "[n]" for a gap, "!what" for an anomaly,
 * "end:WHY", joined by blanks; bytes of one side that follow each other are one
 * piece.  The bytes of each side alone are in side[], gaps as "[n]", those that
 * touch as one.
 */
struct recorder {
	struct stream_table *table;
	struct buffer log, side[STREAM_SIDES];
	uint64_t gap[STREAM_SIDES]; /* at the end of side[], not yet written there */
	uint32_t isn[STREAM_SIDES]; /* of A and B */
	uint64_t frame;
	int64_t time_ns;
	int last_side;       /* of data at the end of log, else -1 */
	const char *ignore_at; /* data that contains this is answered with STREAM_IGNORE */
	unsigned ends;
};

/* isn is that of A, B's is far from it.  The caller ends with recorder_free. */
void recorder_init(struct recorder *r, const struct stream_limits *limits, uint32_t isn);
void recorder_send(struct recorder *r, const struct step *step);

/* Finishes the table; the log is then complete and ends in NUL. */
const char *recorder_finish(struct recorder *r);
void recorder_free(struct recorder *r);

#endif
