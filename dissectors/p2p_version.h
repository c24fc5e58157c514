/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two versions of P2P packets have of their own; for p2p.c. */
#ifndef MSNSCOPE_DISSECTORS_P2P_VERSION_H
#define MSNSCOPE_DISSECTORS_P2P_VERSION_H

#include "dissectors/p2p.h"

/* A packet in the source it stands in. */
struct p2p_place {
	struct dissection *d;
	struct field *packet; /* F_P2P_PACKET, parent of all its fields */
	unsigned source;
	size_t offset;        /* of the packet in the source */
	struct slice bytes;   /* of the packet, with its footer */
	bool footer;          /* ends in a footer */
};

/* Bits of the flags of version 1. */
#define P2P_FLAG_HANDSHAKE 0x100u

/* Each fills *out, which is zero but for the version, as p2p_packet_parse says. */
bool p2p_v1_parse(struct slice bytes, bool footer, struct p2p_packet *out);
bool p2p_v2_parse(struct slice bytes, bool footer, struct p2p_packet *out);

/*
 * The bytes between the header and the footer.  The footer, if there is to be
 * one, is the last four bytes, wherever the declared length ends; it goes to
 * *out.  Fewer than four bytes are no footer and nothing else either.  A packet
 * that was cut has lost its footer.
 */
struct slice p2p_between(struct slice bytes, size_t header, bool footer, bool cut, struct p2p_packet *out);

/* Is it data preparation: four zero bytes? */
bool p2p_is_preparation(struct slice message);

/*
 * Adds the fields of all that stands before the data, and the findings about
 * header and lengths.  Of a packet that cannot be read, those of all bytes
 * before the footer.  Returns the offset in the packet where the footer starts,
 * or should.
 */
size_t p2p_v1_header(const struct p2p_place *at, const struct p2p_packet *p);
size_t p2p_v2_header(const struct p2p_place *at, const struct p2p_packet *p);

/* Adds a leaf for length bytes of the packet from an offset in it on. */
struct field *p2p_add_number(const struct p2p_place *at, struct field *parent, enum field_id id, uint64_t number,
			     size_t offset, size_t length);
/* The same for bytes; adds nothing when there are none. */
void p2p_add_bytes(const struct p2p_place *at, struct field *parent, enum field_id id, size_t offset, size_t length);

/* Adds the bits of a flag word that are set, by the names of a set, as children of the word; a finding for others. */
void p2p_add_bits(const struct p2p_place *at, struct field *word, enum field_id id, enum enum_set_id set);

#endif
