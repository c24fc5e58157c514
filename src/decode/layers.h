/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of decode/ share: each header parser takes the reader at its
 * first byte and ends by calling the parser of what the header announces.
 */
#ifndef MSNSCOPE_DECODE_LAYERS_H
#define MSNSCOPE_DECODE_LAYERS_H

#include "decode/decode.h"
#include "decode/fragment.h"
#include "util/reader.h"

struct decoder {
	bool verify_checksums;
	struct decode_counters counters;
	struct fragments *fragments;
};

/* One packet on its way through the layers. */
struct layers {
	struct decoder *decoder;
	struct segment *segment;
	uint64_t cut;     /* bytes of the packet that were not captured; they would follow the last one */
	unsigned nesting; /* headers so far that can hold themselves again */
};

/* False once there are too many headers inside one another. */
static inline bool layers_enter(struct layers *l)
{
	return ++l->nesting <= DECODE_NESTING_MAX;
}

/* Not TCP, provided that all was there that told so. */
static inline enum decode_result layers_other(const struct reader *r)
{
	return r->truncated ? DECODE_BROKEN : DECODE_OTHER;
}

typedef enum decode_result layer_decode(struct layers *l, struct reader *r);

/* The parser for a link type, or NULL. */
layer_decode *link_find(int linktype);

/* What follows an Ethernet type, or an IEEE 802.3 length. */
enum decode_result link_ethertype(struct layers *l, uint16_t type, struct reader *r);

/* IEEE 802.2 LLC, with SNAP. */
enum decode_result link_llc(struct layers *l, struct reader *r);

layer_decode ppp_decode;          /* PPP, with or without address and control field */
layer_decode ppp_hdlc_decode;     /* LINKTYPE_PPP_HDLC */
layer_decode ppp_cisco_decode;    /* LINKTYPE_C_HDLC */
layer_decode ppp_with_dir_decode; /* LINKTYPE_PPP_WITH_DIR */
layer_decode pppoe_decode;        /* PPPoE session */

layer_decode wifi_decode;          /* IEEE 802.11 */
layer_decode wifi_radiotap_decode; /* with radiotap header */
layer_decode wifi_prism_decode;
layer_decode wifi_avs_decode;

layer_decode exported_pdu_decode;

layer_decode ip_decode; /* either version, told by the first bits */
layer_decode ipv4_decode;
layer_decode ipv6_decode;

/*
 * A TCP segment of length bytes, of which data was captured.  The addresses
 * are in l->segment already.
 */
enum decode_result tcp_decode(struct layers *l, struct slice data, uint32_t length);

/* ---- checksum.c ---- */

/* Adds the big-endian 16-bit words of data to sum; odd data is padded with a 0. */
uint64_t checksum_add(uint64_t sum, struct slice data);

/* Is a sum that includes the checksum field right? */
bool checksum_good(uint64_t sum);

#endif
