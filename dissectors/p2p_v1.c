/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Version 1 of P2P packets, little-endian:
 *
 *	 0  4  session            24  4  bytes of the message in this packet
 *	 4  4  identifier         28  4  flags
 *	 8  8  offset             32  4  ack id
 *	16  8  total size         36  4  ack sub id
 *	                          40  8  ack size
 *
 * then the bytes of the message.  In a handshake of a direct connection a GUID
 * stands in place of the last three.
 */
#include <inttypes.h>

#include "dissectors/p2p_version.h"
#include "util/reader.h"

#define NONCE_OFFSET 32u

static uint64_t read_le64(struct reader *r)
{
	uint64_t low = reader_le32(r);

	return low | (uint64_t)reader_le32(r) << 32;
}

/* Flags say what a packet is only when it carries no data: some clients leave them set on data. */
static enum p2p_kind kind_of(const struct p2p_packet *p)
{
	static const struct {
		uint32_t flag;
		enum p2p_kind kind;
	} kinds[] = {
		{P2P_FLAG_HANDSHAKE, P2P_KIND_HANDSHAKE},
		{0x02, P2P_KIND_ACK},
		{0x01, P2P_KIND_NAK},
		{0x08, P2P_KIND_ERROR},
		{0x40, P2P_KIND_CLOSE},
		{0x80, P2P_KIND_CANCEL},
		{0x04, P2P_KIND_RAK},
	};

	if (p->data.len)
		return p->session && p->whole && p2p_is_preparation(p->data) ? P2P_KIND_PREPARATION : P2P_KIND_DATA;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (p->flags & kinds[i].flag)
			return kinds[i].kind;
	return P2P_KIND_EMPTY;
}

static void read_acknowledgement(struct reader *r, struct p2p_packet *p)
{
	p->ack_id = reader_le32(r);
	p->ack_sub_id = reader_le32(r);
	p->ack_size = read_le64(r);
}

/*
 * Does the packet end before its message and footer do?  A length that is too
 * large does not show it alone: some clients write that of another packet.
 */
static bool is_cut(const struct p2p_packet *p, size_t rest)
{
	return rest < p->length && p->offset <= p->total && rest <= p->total - p->offset;
}

bool p2p_v1_parse(struct slice bytes, bool footer, struct p2p_packet *out)
{
	struct reader r = reader_over(bytes);

	if (bytes.len < P2P_V1_HEADER)
		return false;
	out->session = reader_le32(&r);
	out->identifier = reader_le32(&r);
	out->offset = read_le64(&r);
	out->total = read_le64(&r);
	out->length = reader_le32(&r);
	out->flags = reader_le32(&r);
	out->data = p2p_between(bytes, P2P_V1_HEADER, footer, is_cut(out, bytes.len - P2P_V1_HEADER), out);
	out->data_offset = P2P_V1_HEADER;
	out->first = out->offset == 0;
	out->whole = out->first && out->data.len && out->data.len == out->total;
	out->kind = kind_of(out);
	out->has_nonce = out->kind == P2P_KIND_HANDSHAKE;
	if (out->has_nonce)
		memcpy(out->nonce, reader_bytes(&r, P2P_NONCE_LENGTH).ptr, P2P_NONCE_LENGTH);
	else
		read_acknowledgement(&r, out);
	return true;
}

static void check_lengths(const struct p2p_place *at, const struct p2p_packet *p, const struct field *length)
{
	uint64_t end = p->offset + p->data.len;

	if (p->length != p->data.len)
		finding_add(at->d, RULE_P2P_BROKEN, length, "length says %" PRIu32 ", %zu bytes are there", p->length,
			    p->data.len);
	if (p->data.len && (end < p->offset || end > p->total))
		finding_add(at->d, RULE_P2P_BROKEN, at->packet,
			    "%zu bytes at offset %" PRIu64 " go beyond the total size of %" PRIu64, p->data.len,
			    p->offset, p->total);
	if (p->kind == P2P_KIND_EMPTY && p->total)
		finding_add(at->d, RULE_P2P_BROKEN, at->packet, "no bytes of a message of %" PRIu64, p->total);
}

static void add_nonce(const struct p2p_place *at, const struct p2p_packet *p)
{
	struct arena *arena = at->d->arena;
	size_t offset = at->offset + NONCE_OFFSET;

	field_add_text(at->d, at->packet, F_P2P_NONCE, p2p_guid(arena, p->nonce), at->source, offset, P2P_NONCE_LENGTH);
	field_add_text(at->d, at->packet, F_P2P_NONCE_HASHED, p2p_guid_hashed(arena, p->nonce), at->source, offset,
		       P2P_NONCE_LENGTH);
	if (p->flags != P2P_FLAG_HANDSHAKE)
		finding_add(at->d, RULE_P2P_HANDSHAKE, at->packet, "flags 0x%" PRIx32 " in a handshake", p->flags);
}

static void add_acknowledgement(const struct p2p_place *at, const struct p2p_packet *p)
{
	p2p_add_number(at, at->packet, F_P2P_ACK_ID, p->ack_id, 32, 4);
	p2p_add_number(at, at->packet, F_P2P_ACK_SUB_ID, p->ack_sub_id, 36, 4);
	p2p_add_number(at, at->packet, F_P2P_ACK_SIZE, p->ack_size, 40, 8);
}

size_t p2p_v1_header(const struct p2p_place *at, const struct p2p_packet *p)
{
	struct field *packet = at->packet;

	if (p->kind == P2P_KIND_BROKEN) {
		finding_add(at->d, RULE_P2P_BROKEN, packet, "%zu bytes are fewer than the header's %u", at->bytes.len,
			    P2P_V1_HEADER);
		p2p_add_bytes(at, packet, F_P2P_UNREAD, 0, at->bytes.len);
		return at->bytes.len;
	}
	p2p_add_number(at, packet, F_P2P_SESSION_ID, p->session, 0, 4);
	p2p_add_number(at, packet, F_P2P_IDENTIFIER, p->identifier, 4, 4);
	p2p_add_number(at, packet, F_P2P_OFFSET, p->offset, 8, 8);
	p2p_add_number(at, packet, F_P2P_TOTAL, p->total, 16, 8);
	const struct field *length = p2p_add_number(at, packet, F_P2P_LENGTH, p->length, 24, 4);
	p2p_add_bits(at, p2p_add_number(at, packet, F_P2P_FLAGS, p->flags, 28, 4), F_P2P_FLAG, SET_p2p_flag);
	check_lengths(at, p, length);
	if (p->has_nonce)
		add_nonce(at, p);
	else
		add_acknowledgement(at, p);
	return P2P_V1_HEADER + p->data.len;
}
