/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spans of time, counted in classes that grow with the span: 32 to each
 * doubling, so that a quantile is wrong by at most 1/64 (1.6 %).  Number, sum,
 * least and greatest are exact.  The same spans give the same struct in
 * whatever order and grouping they are added and merged.
 */
#ifndef MSNSCOPE_OUTPUT_LATENCY_H
#define MSNSCOPE_OUTPUT_LATENCY_H

#include <stdint.h>

struct latency_class {
	uint32_t index;
	uint64_t count;
};

/* Zero-initialised memory is an empty one; ends with latency_free. */
struct latency {
	uint64_t count;
	uint64_t sum, min, max;        /* nanoseconds; sum stays at UINT64_MAX when it would be more */
	struct latency_class *classes; /* ascending, of those that are not empty; there are less than 2000 */
	uint32_t used, room;
};

/* A negative span (the capture's clock went back) counts as 0. */
void latency_add(struct latency *l, int64_t ns);
void latency_merge(struct latency *to, const struct latency *from);

/* The span that permille of all are not longer than, nearest rank: 500 is the (lower) median.  0 when there are none. */
uint64_t latency_quantile(const struct latency *l, unsigned permille);

void latency_free(struct latency *l);

#endif
