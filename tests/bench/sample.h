/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversations that the benchmark inputs repeat: sample captures, and file
 * transfers made here.  Each time one is played, it is another user's: clients
 * get an address of their own, switchboard cookies and gateway sessions other
 * digits, and accounts another domain of the same length (only where no MSNObject, whose checksum
 * covers the account, stands in the sample).
 */
#ifndef MSNSCOPE_BENCH_SAMPLE_H
#define MSNSCOPE_BENCH_SAMPLE_H

#include "frame.h"

#define TRANSFER_COOKIE "17262799.1104537600.3117"

struct site {
	uint32_t packet, at; /* at: in the frame */
	uint32_t len;        /* of digits; 0: an account's domain */
};

struct sample {
	uint8_t *bytes;
	size_t used, capacity;
	size_t *frames; /* offsets in bytes, count + 1 of them */
	uint32_t count, frames_capacity;
	struct site *sites; /* in order */
	uint32_t site_count, sites_capacity;
	unsigned version; /* of the protocol, 0 when not said */
};

void sample_add(struct sample *s, const uint8_t *frame, uint32_t len);
/* From a pcap file as samples/mkpcap.py writes it.  first_only: nothing but the first connection. */
void sample_load(struct sample *s, const char *path, bool first_only);
/*
 * A file of that many kilobytes over a switchboard, sent by that side of the
 * connection; as in MSNP9 to 11, or in MSNP12 to 15.
 */
void sample_transfer(struct sample *s, unsigned version, int sender, uint32_t kilobytes);
/* The conversation of another sample carried in sessions of the HTTP gateway; to is empty. */
void sample_gateway(struct sample *to, const struct sample *inner);
/* Finds what differs from one user to the next.  To be called when all frames are there. */
void sample_prepare(struct sample *s);
void sample_free(struct sample *s);

/* A conversation on its way. */
struct player {
	const struct sample *sample;
	uint32_t user, next, site;
};

void player_start(struct player *p, const struct sample *s, uint32_t user);
/* Writes the next frame; false when there was none left. */
bool player_step(struct player *p, struct writer *w);

#endif
