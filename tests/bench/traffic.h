/* SPDX-License-Identifier: BSD-2-Clause */
/* What captures hold beside MSNP: bulk TCP transfers, HTTP, DNS, and small connections of all kinds. */
#ifndef MSNSCOPE_BENCH_TRAFFIC_H
#define MSNSCOPE_BENCH_TRAFFIC_H

#include "frame.h"

/* Random bytes that payloads are taken from. */
struct noise {
	uint8_t *bytes;
};
void noise_init(struct noise *n);
void noise_free(struct noise *n);

enum traffic_kind {
	TRAFFIC_BULK,  /* 100 kB to 2 MB in full segments */
	TRAFFIC_HTTP,  /* several requests, responses of 1 to 100 kB */
	TRAFFIC_SMALL, /* one small request and response; some never end */
};

/* One TCP connection on its way.  Zero-initialised memory is one that has ended. */
struct connection {
	struct ends ends;
	enum traffic_kind kind;
	unsigned step;
	uint32_t left;     /* bytes of the transfer or response */
	unsigned requests; /* to come */
	unsigned unacknowledged;
};

void connection_start(struct connection *c, enum traffic_kind kind, uint32_t number, struct prng *r);
/* Writes the next frame.  Returns its size in the file, 0 when there was none left. */
uint32_t connection_step(struct connection *c, const struct noise *n, struct writer *w);

/* Writes a query and its response.  Returns their size in the file. */
uint32_t dns_lookup(struct writer *w);

#endif
