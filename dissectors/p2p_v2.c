/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Version 2 of P2P packets, big-endian:
 *
 *	0  1  header length H               H    1  data header length D
 *	1  1  operation bits                H+1  1  TF: 1 first piece, then kind of data
 *	2  2  bytes behind the header, M    H+2  2  package number
 *	4  4  base id                       H+4  4  session
 *	8  .  TLVs up to H                  H+8  .  TLVs up to D
 *
 * then the bytes of the message.  What stands on the right is there only when
 * M is not 0.  TLVs are type, length, value; a zero type begins the padding.
 *
 * aMSN writes four zero bytes before the session and counts them neither in D
 * nor as data, sets SYN alone on each packet, never says how much is to come,
 * and has the peer info in big-endian order.  Only such clients understand each
 * other; their packets are read as they are meant.
 */
#include <inttypes.h>

#include "dissectors/p2p_version.h"
#include "dissectors/slp.h"
#include "util/reader.h"

#define DATA_HEADER_MIN 8u
/* Bytes that aMSN's session comes late. */
#define SHIFT 4u

#define SYN 0x01u
#define RAK 0x02u

/* Types of TLVs in the header, and in the data header. */
enum { TLV_PEER_INFO = 1, TLV_ACK = 2, TLV_NAK = 3 };
enum { TLV_REMAINING = 1 };

#define ID_LENGTH 4u
#define PEER_INFO_LENGTH 12u
#define REMAINING_LENGTH 8u
/* Version of the protocol in the peer info. */
#define PEER_PROTOCOL 0x0200u

struct tlv {
	uint8_t type;
	struct slice value;
};

/* Takes the next TLV; false where there is none any more: at the end, at the padding, and where it runs over. */
static bool tlv_next(struct reader *r, struct tlv *t)
{
	struct reader ahead = *r;

	t->type = reader_u8(&ahead);
	t->value = reader_bytes(&ahead, reader_u8(&ahead));
	if (ahead.truncated || t->type == 0)
		return false;
	*r = ahead;
	return true;
}

/* TF without the bit of the first piece: 0 MSNSLP or preparation, 4 object, 6 file. */
static bool tf_is_known(uint8_t tf)
{
	return enum_find_number(&enum_sets[SET_p2p_tf], tf) != NULL;
}

static uint32_t read_id(struct slice value)
{
	struct reader r = reader_over(value);

	return reader_be32(&r);
}

static uint64_t read_remaining(struct slice value)
{
	struct reader r = reader_over(value);
	uint64_t high = reader_be32(&r);

	return high << 32 | reader_be32(&r);
}

static void read_header_tlvs(struct slice tlvs, struct p2p_packet *p)
{
	struct reader r = reader_over(tlvs);
	struct tlv t;

	while (tlv_next(&r, &t)) {
		if (t.type == TLV_ACK && t.value.len == ID_LENGTH) {
			p->has_acked = true;
			p->acked = read_id(t.value);
		} else if (t.type == TLV_NAK && t.value.len == ID_LENGTH) {
			p->has_nak = true;
			p->nak = read_id(t.value);
		}
	}
}

/* Others set SYN with RAK, and once only, on MSNSLP that stands right behind the data header. */
static bool is_shifted(const struct p2p_packet *p, struct slice message, size_t length)
{
	return (p->flags & (SYN | RAK)) == SYN && length == DATA_HEADER_MIN && p->session == 0 &&
	       message.len >= length + SHIFT && !slp_looks_like(slice_sub(message, length, message.len));
}

static bool read_data(struct slice message, size_t offset, struct p2p_packet *p)
{
	struct reader r = reader_over(message);
	size_t length = reader_u8(&r);
	struct tlv t;

	p->tf = reader_u8(&r);
	p->package = reader_be16(&r);
	p->session = reader_be32(&r);
	if (r.truncated || length < DATA_HEADER_MIN || length > message.len)
		return false;
	r.data = slice_sub(message, 0, length);
	while (tlv_next(&r, &t))
		if (t.type == TLV_REMAINING && t.value.len == REMAINING_LENGTH)
			p->remaining = read_remaining(t.value);
	p->has_data_header = true;
	p->first = p->tf & 1;
	p->shifted = is_shifted(p, message, length);
	if (p->shifted) {
		p->session = read_id(slice_sub(message, length, SHIFT));
		length += SHIFT;
	}
	p->data = slice_sub(message, length, message.len);
	p->data_offset = offset + length;
	p->whole = p->first && p->data.len && p->remaining == 0 && p->length <= message.len &&
		   !(p->shifted && p->data.len >= P2P_SHIFTED_PIECE);
	return true;
}

/* Preparation comes first: one client sets SYN on each of its packets. */
static enum p2p_kind kind_of(const struct p2p_packet *p)
{
	if (p->session && p->whole && p->tf == 1 && p2p_is_preparation(p->data))
		return P2P_KIND_PREPARATION;
	if (p->flags & SYN)
		return P2P_KIND_SYN;
	if (p->data.len)
		return P2P_KIND_DATA;
	if (p->has_acked)
		return P2P_KIND_ACK;
	if (p->has_nak)
		return P2P_KIND_NAK;
	return p->flags & RAK ? P2P_KIND_RAK : P2P_KIND_EMPTY;
}

bool p2p_v2_parse(struct slice bytes, bool footer, struct p2p_packet *out)
{
	struct reader r = reader_over(bytes);
	size_t header = reader_u8(&r);

	out->flags = reader_u8(&r);
	out->length = reader_be16(&r);
	out->identifier = reader_be32(&r);
	if (r.truncated || header < P2P_V2_HEADER_MIN || header > bytes.len)
		return false;
	read_header_tlvs(slice_sub(bytes, P2P_V2_HEADER_MIN, header - P2P_V2_HEADER_MIN), out);
	struct slice message = p2p_between(bytes, header, footer, bytes.len - header < out->length, out);
	out->data_offset = header;
	if (out->length && !read_data(message, header, out))
		return false;
	out->kind = kind_of(out);
	return true;
}

/* --- fields --- */

static struct field *add_id(const struct p2p_place *at, struct field *tlv, enum field_id id, size_t offset,
			    struct slice value)
{
	return p2p_add_number(at, tlv, id, read_id(value), offset, ID_LENGTH);
}

/* Little-endian, unlike all around it; the version shows who writes it otherwise. */
static void add_peer_info(const struct p2p_place *at, struct field *tlv, size_t offset, struct slice value)
{
	static const enum field_id words[] = {F_P2P_PEER_PROTOCOL, F_P2P_PEER_IMPLEMENTATION, F_P2P_PEER_VERSION,
					      F_P2P_PEER_RESERVED};
	struct reader first = reader_over(value), r = first;
	bool big = reader_be16(&first) == PEER_PROTOCOL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		p2p_add_number(at, tlv, words[i], big ? reader_be16(&r) : reader_le16(&r), offset + 2 * i, 2);
	p2p_add_number(at, tlv, F_P2P_PEER_CAPABILITIES, big ? reader_be32(&r) : reader_le32(&r), offset + 8, 4);
}

typedef bool add_value(const struct p2p_place *at, struct field *tlv, size_t offset, const struct tlv *t);

/* Adds the value of a TLV that is known and as long as it should be; false otherwise. */
static bool add_header_value(const struct p2p_place *at, struct field *tlv, size_t offset, const struct tlv *t)
{
	if (t->type == TLV_PEER_INFO && t->value.len == PEER_INFO_LENGTH)
		add_peer_info(at, tlv, offset, t->value);
	else if (t->type == TLV_ACK && t->value.len == ID_LENGTH)
		add_id(at, tlv, F_P2P_ACKED, offset, t->value);
	else if (t->type == TLV_NAK && t->value.len == ID_LENGTH)
		add_id(at, tlv, F_P2P_NAKED, offset, t->value);
	else
		return false;
	return true;
}

static bool add_data_value(const struct p2p_place *at, struct field *tlv, size_t offset, const struct tlv *t)
{
	if (t->type != TLV_REMAINING || t->value.len != REMAINING_LENGTH)
		return false;
	p2p_add_number(at, tlv, F_P2P_REMAINING, read_remaining(t->value), offset, REMAINING_LENGTH);
	return true;
}

static void add_tlv(const struct p2p_place *at, size_t offset, const struct tlv *t, add_value *add, uint8_t last_known)
{
	struct field *tlv = field_add(at->d, at->packet, F_P2P_TLV, at->source, at->offset + offset, t->value.len + 2);

	p2p_add_number(at, tlv, F_P2P_TLV_TYPE, t->type, offset, 1);
	const struct field *length = p2p_add_number(at, tlv, F_P2P_TLV_LENGTH, t->value.len, offset + 1, 1);
	if (add(at, tlv, offset + 2, t))
		return;
	p2p_add_bytes(at, tlv, F_P2P_TLV_VALUE, offset + 2, t->value.len);
	if (t->type <= last_known)
		finding_add(at->d, RULE_P2P_BROKEN, length, "TLV %u of %zu bytes", t->type, t->value.len);
}

/* The TLVs between two offsets in the packet, and the padding behind them. */
static void add_tlvs(const struct p2p_place *at, size_t from, size_t to, add_value *add, uint8_t last_known)
{
	struct reader r = reader_over(slice_sub(at->bytes, 0, to));
	struct tlv t;

	r.at = from;
	while (tlv_next(&r, &t)) {
		add_tlv(at, from, &t, add, last_known);
		from = r.at;
	}
	if (from == to)
		return;
	if (at->bytes.ptr[from] == 0) {
		p2p_add_bytes(at, at->packet, F_P2P_PADDING, from, to - from);
		return;
	}
	p2p_add_bytes(at, at->packet, F_P2P_UNREAD, from, to - from);
	finding_add(at->d, RULE_P2P_BROKEN, at->packet, "TLV at byte %zu goes beyond byte %zu where they end", from, to);
}

/* The session, last of what each data header has, and what may follow. */
static void add_session(const struct p2p_place *at, const struct p2p_packet *p, size_t from)
{
	if (!p->shifted) {
		p2p_add_number(at, at->packet, F_P2P_SESSION_ID, p->session, from, 4);
		add_tlvs(at, from + 4, p->data_offset, add_data_value, TLV_REMAINING);
		return;
	}
	p2p_add_bytes(at, at->packet, F_P2P_PADDING, from, SHIFT);
	const struct field *f = p2p_add_number(at, at->packet, F_P2P_SESSION_ID, p->session, from + SHIFT, 4);
	finding_add(at->d, RULE_P2P_BROKEN, f, "session behind the data header, where the data should start");
}

static void add_data_header(const struct p2p_place *at, const struct p2p_packet *p, size_t from)
{
	size_t length = at->bytes.ptr[from];

	const struct field *f = p2p_add_number(at, at->packet, F_P2P_DATA_HEADER_LENGTH, length, from, 1);
	if (length > p->length)
		finding_add(at->d, RULE_P2P_BROKEN, f, "data header of %zu bytes, length %" PRIu32, length, p->length);
	f = p2p_add_number(at, at->packet, F_P2P_TF, p->tf, from + 1, 1);
	if (!tf_is_known(p->tf))
		finding_add(at->d, RULE_P2P_UNKNOWN, f, "TF 0x%02x", p->tf);
	p2p_add_number(at, at->packet, F_P2P_FIRST, p->first, from + 1, 1);
	p2p_add_number(at, at->packet, F_P2P_PACKAGE, p->package, from + 2, 2);
	add_session(at, p, from + 4);
}

/* Says what keeps the data header, or bytes without one, from being read. */
static void add_unread(const struct p2p_place *at, const struct p2p_packet *p, size_t from, struct slice message)
{
	p2p_add_bytes(at, at->packet, F_P2P_UNREAD, from, message.len);
	if (p->kind == P2P_KIND_BROKEN && message.len)
		finding_add(at->d, RULE_P2P_BROKEN, at->packet, "data header of %u bytes where %zu are", message.ptr[0],
			    message.len);
}

/* What stands behind the header; returns where it ends. */
static size_t add_message(const struct p2p_place *at, const struct p2p_packet *p, size_t header,
			  const struct field *length)
{
	struct p2p_packet scratch;
	struct slice message =
		p2p_between(at->bytes, header, at->footer, at->bytes.len - header < p->length, &scratch);

	if (p->length != message.len)
		finding_add(at->d, RULE_P2P_BROKEN, length, "length says %" PRIu32 ", %zu bytes are there", p->length,
			    message.len);
	if (p->has_data_header)
		add_data_header(at, p, header);
	else
		add_unread(at, p, header, message);
	return header + message.len;
}

size_t p2p_v2_header(const struct p2p_place *at, const struct p2p_packet *p)
{
	struct field *packet = at->packet;

	if (at->bytes.len < P2P_V2_HEADER_MIN) {
		finding_add(at->d, RULE_P2P_BROKEN, packet, "%zu bytes are fewer than the header's %u", at->bytes.len,
			    P2P_V2_HEADER_MIN);
		p2p_add_bytes(at, packet, F_P2P_UNREAD, 0, at->bytes.len);
		return at->bytes.len;
	}
	size_t header = at->bytes.ptr[0];
	const struct field *f = p2p_add_number(at, packet, F_P2P_HEADER_LENGTH, header, 0, 1);
	p2p_add_bits(at, p2p_add_number(at, packet, F_P2P_OPCODE, p->flags, 1, 1), F_P2P_OPCODE_BIT, SET_p2p_opcode);
	const struct field *length = p2p_add_number(at, packet, F_P2P_LENGTH, p->length, 2, 2);
	p2p_add_number(at, packet, F_P2P_BASE_ID, p->identifier, 4, 4);
	if (header < P2P_V2_HEADER_MIN || header > at->bytes.len) {
		finding_add(at->d, RULE_P2P_BROKEN, f, "header of %zu bytes in a packet of %zu", header, at->bytes.len);
		p2p_add_bytes(at, packet, F_P2P_UNREAD, P2P_V2_HEADER_MIN, at->bytes.len - P2P_V2_HEADER_MIN);
		return at->bytes.len;
	}
	if (header % 4)
		finding_add(at->d, RULE_P2P_BROKEN, f, "header of %zu bytes, which is no multiple of 4", header);
	add_tlvs(at, P2P_V2_HEADER_MIN, header, add_header_value, TLV_NAK);
	return add_message(at, p, header, length);
}
