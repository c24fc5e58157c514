/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transport packets of peer-to-peer transfers, versions 1 (MSNP9) and 2
 * (MSNP16).  They come in MSG through a switchboard, in SDG, or over a direct
 * connection.  Source: P2P page of the specification.
 */
#ifndef MSNSCOPE_DISSECTORS_P2P_H
#define MSNSCOPE_DISSECTORS_P2P_H

#include "dissectors/payload.h"

#define P2P_V1_HEADER 48u
#define P2P_V2_HEADER_MIN 8u
#define P2P_FOOTER_LENGTH 4u
#define P2P_NONCE_LENGTH 16u
/* Bytes of each piece of a message but the last, where pieces do not say so (p2p_packet.shifted). */
#define P2P_SHIFTED_PIECE 1192u
/* Session whose data is ink. */
#define P2P_INK_SESSION 64u

enum p2p_kind {
	P2P_KIND_DATA,
	P2P_KIND_PREPARATION,
	P2P_KIND_ACK,
	P2P_KIND_NAK,
	P2P_KIND_ERROR,
	P2P_KIND_CLOSE,
	P2P_KIND_CANCEL,
	P2P_KIND_HANDSHAKE,
	P2P_KIND_SYN,
	P2P_KIND_RAK,
	P2P_KIND_EMPTY,
	P2P_KIND_BROKEN,
};

/* "data", "preparation", ... as in the set p2p_kind. */
const char *p2p_kind_name(enum p2p_kind kind);

/* What a packet says, whatever its version. */
struct p2p_packet {
	int version;               /* 1 or 2 */
	enum p2p_kind kind;
	uint32_t session;          /* 0: MSNSLP */
	uint32_t identifier;       /* version 1: of the message; version 2: base id */
	uint64_t offset, total;    /* version 1: of the message */
	uint32_t length;           /* as declared: of the data; in version 2 with the data header */
	uint32_t flags;            /* version 1: flags; version 2: operation bits */
	uint32_t ack_id, ack_sub_id; /* version 1 */
	uint64_t ack_size;         /* version 1 */
	bool has_acked, has_nak;   /* version 2 */
	uint32_t acked, nak;       /* version 2: base id behind the packet that is meant */
	bool has_data_header;      /* version 2 */
	uint8_t tf;                /* version 2 */
	bool first;                /* first piece of its message */
	uint16_t package;          /* version 2 */
	uint64_t remaining;        /* version 2: bytes of the message still to come behind this packet */
	bool shifted;              /* version 2 as aMSN writes it: session 4 bytes late, remaining not told */
	struct slice data;         /* the bytes of the message that are there, in the given bytes */
	size_t data_offset;        /* where they stand in the given bytes */
	bool whole;                /* the data is a whole message */
	bool has_footer;
	uint32_t footer;
	bool has_nonce;            /* handshake of version 1 */
	uint8_t nonce[P2P_NONCE_LENGTH]; /* as on the wire */
};

/*
 * Reads one packet.  footer: four bytes follow it (MSG, SDG).  False when the
 * header, or in version 2 the data header, cannot be read: kind is
 * P2P_KIND_BROKEN then, there is no data, and the rest is what could be read.
 * When lengths lie the data is what is really there, up to the footer: one
 * client writes 0, or the length of the packet before.  Pure; allocates
 * nothing.
 */
bool p2p_packet_parse(struct slice bytes, int version, bool footer, struct p2p_packet *out);

/*
 * Adds an F_P2P_PACKET under parent for the packet in that range of a source,
 * with findings, and what it says to the summary.  The data of a packet that is
 * a whole message is dissected (p2p_content_dissect).  Returns the field.
 */
struct field *p2p_packet_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset,
				 size_t length, int version, bool footer);

/*
 * The packet that such a field stands for, read again from its range: its
 * children F_P2P_VERSION and F_P2P_FOOTER say how.
 */
bool p2p_packet_of(const struct dissection *d, const struct field *packet, struct p2p_packet *out);

/*
 * Dissects a whole message: MSNSLP in session 0, ink, typed data of webcams
 * and activities, else F_P2P_DATA.  Adds to parent, and to the summary what it
 * found.  application is the footer, 0 when not known.
 */
void p2p_content_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			 uint32_t session, uint32_t application);

/* Body of application/x-msnmsgrp2p, in MSG and in SDG (where Bridging-Offsets may part several packets). */
payload_dissector p2p_body_dissect;

/* GUID text in braces, upper case, of 16 bytes in the usual mixed order; and its hashed form. */
struct slice p2p_guid(struct arena *arena, const uint8_t bytes[P2P_NONCE_LENGTH]);
struct slice p2p_guid_hashed(struct arena *arena, const uint8_t bytes[P2P_NONCE_LENGTH]);

#endif
