/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a captured packet to a TCP segment: link layer, IPv4 and IPv6 with
 * extension headers, reassembly of IP fragments, TCP header.
 */
#ifndef MSNSCOPE_DECODE_DECODE_H
#define MSNSCOPE_DECODE_DECODE_H

#include "capture/capture.h"
#include "util/address.h"
#include "util/slice.h"

/* Datagrams in reassembly at a time; the oldest gives way. */
#define DECODE_DATAGRAMS_MAX 256u
/* Bytes held for reassembly of one datagram: the largest IP datagram. */
#define DECODE_DATAGRAM_BYTES_MAX 65535u
/* Fragments of one datagram. */
#define DECODE_FRAGMENTS_MAX 128u
/* A datagram that is not complete after this time is given up (RFC 791, 8200). */
#define DECODE_FRAGMENT_SECONDS 60
/* Nested link-layer headers (VLAN tags, PPPoE, ...) and IPv6 extension headers. */
#define DECODE_NESTING_MAX 16u

#define TCP_FIN 0x01u
#define TCP_SYN 0x02u
#define TCP_RST 0x04u
#define TCP_PSH 0x08u
#define TCP_ACK 0x10u

struct segment {
	uint64_t frame;       /* of the packet that completed it */
	int64_t time_ns;
	struct address source, destination;
	uint32_t seq, ack;    /* ack is meaningful with TCP_ACK only */
	uint8_t flags;        /* TCP_ */
	bool bad_checksum;    /* IPv4 or TCP checksum wrong; only computed when asked for */
	bool ordered;         /* no sequence numbers: an exported PDU, its bytes follow in capture order; seq, ack, flags are 0 */
	struct slice payload; /* the bytes that were captured, without padding */
	uint32_t payload_len; /* as the headers say; more than payload.len when the snapshot cut the packet */
};

enum decode_result {
	DECODE_TCP,         /* *segment is filled */
	DECODE_OTHER,       /* well-formed, not TCP (UDP, ARP, tunnels, ...) */
	DECODE_FRAGMENT,    /* kept until the other fragments come */
	DECODE_BROKEN,      /* headers cut or contradictory */
	DECODE_UNSUPPORTED, /* link type not known */
};

struct decode_counters {
	uint64_t packets;
	uint64_t tcp;
	uint64_t other;
	uint64_t tunnels;            /* GRE and IP-in-IP packets, skipped; part of other */
	uint64_t fragments;          /* received, those that can be of TCP; other protocols count as other */
	uint64_t datagrams_complete; /* reassembled */
	uint64_t datagrams_lost;     /* given up: timeout, limit, end of capture */
	uint64_t fragment_conflicts; /* overlapping fragments with different bytes; first copy wins */
	uint64_t broken;
	uint64_t unsupported;
	uint64_t bad_checksums;      /* segments with bad_checksum */
};

struct decoder;

/* The caller ends with decoder_free. */
struct decoder *decoder_new(bool verify_checksums);

/*
 * Decodes one packet.  segment->payload points into packet->data or into the
 * decoder and is valid until the next call.
 */
enum decode_result decoder_packet(struct decoder *d, const struct packet *packet, struct segment *segment);

/* Gives up what is still in reassembly and returns the counters of all packets so far. */
const struct decode_counters *decoder_finish(struct decoder *d);

const struct decode_counters *decoder_counters(const struct decoder *d);

/* Is this link type one that decoder_packet knows? */
bool decode_linktype_supported(int linktype);

void decoder_free(struct decoder *d);

#endif
