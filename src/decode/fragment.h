/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts fragments of IP datagrams together (RFC 791, RFC 815; RFC 8200, 4.5). */
#ifndef MSNSCOPE_DECODE_FRAGMENT_H
#define MSNSCOPE_DECODE_FRAGMENT_H

#include "decode/decode.h"

struct fragment {
	struct address source, destination;
	uint8_t protocol;  /* IPv4: protocol; IPv6: next header */
	uint32_t id;
	uint32_t offset;   /* in the datagram, a multiple of 8 */
	bool more;         /* others follow behind */
	struct slice data; /* what was captured */
	uint32_t length;   /* of all of it */
	int64_t time_ns;
	bool bad_checksum;
};

struct datagram {
	uint8_t protocol;
	struct slice data; /* up to the first byte that was not captured; valid until the next fragments_add */
	uint32_t length;   /* of all of it */
	bool bad_checksum; /* of some fragment */
};

enum fragment_result {
	FRAGMENT_KEPT,
	FRAGMENT_COMPLETE, /* *datagram is filled */
	FRAGMENT_BROKEN,   /* its numbers are not possible */
};

struct fragments;

/* The caller ends with fragments_free. */
struct fragments *fragments_new(void);

/* Where copies overlap, the first stays. */
enum fragment_result fragments_add(struct fragments *f, const struct fragment *fragment, struct datagram *datagram,
				   struct decode_counters *counters);

/* Gives up all datagrams that are not complete. */
void fragments_give_up(struct fragments *f, struct decode_counters *counters);

void fragments_free(struct fragments *f);

#endif
