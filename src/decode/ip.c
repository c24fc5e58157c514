/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode/layers.h"

/* https://www.iana.org/assignments/protocol-numbers */
enum protocol {
	PROTOCOL_HOP_BY_HOP = 0,
	PROTOCOL_IPV4 = 4,
	PROTOCOL_TCP = 6,
	PROTOCOL_IPV6 = 41,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_GRE = 47,
	PROTOCOL_AUTHENTICATION = 51,
	PROTOCOL_DESTINATION = 60,
	PROTOCOL_MOBILITY = 135,
	PROTOCOL_HIP = 139,
	PROTOCOL_SHIM6 = 140,
};

enum {
	IPV4_HEADER_BYTES = 20,
	IPV4_MORE_FRAGMENTS = 0x2000,
	IPV4_OFFSET_MASK = 0x1fff,
	IPV6_HEADER_BYTES = 40,
	IPV6_MORE_FRAGMENTS = 0x0001,
	IPV6_OFFSET_MASK = 0xfff8,
};

/* What an IP header announces. */
struct contents {
	uint8_t protocol;
	struct slice data; /* what was captured of it */
	uint32_t length;   /* of all of it */
};

static void set_address(struct address *a, uint8_t version, struct slice ip)
{
	*a = (struct address){.version = version};
	if (ip.len)
		memcpy(a->ip, ip.ptr, ip.len);
}

static enum decode_result transport(struct layers *l, const struct contents *c)
{
	switch (c->protocol) {
	case PROTOCOL_TCP:
		return tcp_decode(l, c->data, c->length);
	case PROTOCOL_IPV4:
	case PROTOCOL_IPV6:
	case PROTOCOL_GRE:
		l->decoder->counters.tunnels++;
		return DECODE_OTHER;
	default:
		return DECODE_OTHER;
	}
}

/* Puts a fragment to the others; when the datagram is complete, its contents replace those of the fragment. */
static enum fragment_result reassemble(struct layers *l, struct fragment *fragment, struct contents *c)
{
	struct datagram datagram;

	fragment->source = l->segment->source;
	fragment->destination = l->segment->destination;
	fragment->protocol = c->protocol;
	fragment->data = c->data;
	fragment->length = c->length;
	fragment->time_ns = l->segment->time_ns;
	fragment->bad_checksum = l->segment->bad_checksum;
	enum fragment_result result =
		fragments_add(l->decoder->fragments, fragment, &datagram, &l->decoder->counters);
	if (result == FRAGMENT_COMPLETE) {
		c->protocol = datagram.protocol;
		c->data = datagram.data;
		c->length = datagram.length;
		l->segment->bad_checksum = datagram.bad_checksum;
	}
	return result;
}

static enum decode_result result_of(enum fragment_result result)
{
	return result == FRAGMENT_KEPT ? DECODE_FRAGMENT : DECODE_BROKEN;
}

/*
 * RFC 791, 3.1: version and header length in words (1), type of service (1),
 * total length (2), identification (2), flags and fragment offset in units of
 * 8 (2), time to live (1), protocol (1), header checksum (2), source (4),
 * destination (4), options.
 */
enum decode_result ipv4_decode(struct layers *l, struct reader *r)
{
	struct slice whole = reader_rest(r);
	struct reader head = reader_over(whole);
	struct contents c;

	if (r->truncated)
		return DECODE_BROKEN;
	uint8_t version_length = reader_u8(&head);
	reader_skip(&head, 1);
	uint64_t total = reader_be16(&head);
	uint16_t id = reader_be16(&head), offset = reader_be16(&head);
	reader_skip(&head, 1);
	c.protocol = reader_u8(&head);
	reader_skip(&head, 2);
	set_address(&l->segment->source, 4, reader_bytes(&head, 4));
	set_address(&l->segment->destination, 4, reader_bytes(&head, 4));
	uint32_t header_bytes = (version_length & 15u) * 4;
	if (version_length >> 4 != 4 || header_bytes < IPV4_HEADER_BYTES)
		return DECODE_BROKEN;
	reader_skip(&head, header_bytes - IPV4_HEADER_BYTES);
	/* segmentation offload leaves the field 0: the length is not known before the card has cut it up */
	if (total == 0)
		total = whole.len + l->cut;
	if (head.truncated || total < header_bytes || total > UINT32_MAX)
		return DECODE_BROKEN;
	c.length = (uint32_t)total - header_bytes;
	c.data = slice_sub(whole, header_bytes, c.length); /* no padding of the link layer */
	if (l->decoder->verify_checksums && !checksum_good(checksum_add(0, slice_sub(whole, 0, header_bytes))))
		l->segment->bad_checksum = true;
	if ((offset & (IPV4_MORE_FRAGMENTS | IPV4_OFFSET_MASK)) && c.protocol == PROTOCOL_TCP) {
		struct fragment fragment = {
			.id = id,
			.offset = (offset & IPV4_OFFSET_MASK) * 8u,
			.more = offset & IPV4_MORE_FRAGMENTS,
		};
		enum fragment_result result = reassemble(l, &fragment, &c);

		if (result != FRAGMENT_COMPLETE)
			return result_of(result);
	}
	return transport(l, &c);
}

/* May TCP follow, directly or after further headers? */
static bool leads_to_tcp(uint8_t protocol)
{
	switch (protocol) {
	case PROTOCOL_TCP:
	case PROTOCOL_HOP_BY_HOP:
	case PROTOCOL_ROUTING:
	case PROTOCOL_AUTHENTICATION:
	case PROTOCOL_DESTINATION:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6:
		return true;
	default:
		return false;
	}
}

/* Drops what r has read from the contents; false when it is more than there is. */
static bool drop(struct contents *c, const struct reader *r)
{
	if (r->truncated || r->at > c->length)
		return false;
	c->length -= (uint32_t)r->at;
	c->data = slice_sub(c->data, r->at, c->data.len);
	return true;
}

/*
 * Fragment header (RFC 8200, 4.5): next header (1), reserved (1), offset in
 * units of 8 and flags (2), identification (4).
 */
static enum fragment_result ipv6_fragment(struct layers *l, struct contents *c)
{
	struct reader r = reader_over(c->data);

	c->protocol = reader_u8(&r);
	reader_skip(&r, 1);
	uint16_t offset = reader_be16(&r);
	struct fragment fragment = {
		.id = reader_be32(&r),
		.offset = offset & IPV6_OFFSET_MASK,
		.more = offset & IPV6_MORE_FRAGMENTS,
	};
	if (!drop(c, &r))
		return FRAGMENT_BROKEN;
	if (!leads_to_tcp(c->protocol) || (fragment.offset == 0 && !fragment.more))
		return FRAGMENT_COMPLETE;
	return reassemble(l, &fragment, c);
}

/*
 * Extension headers (RFC 8200, 4; RFC 4302 for AH): next header (1), length
 * (1), in units of 8 without the first 8, for AH of 4 without the first 8.
 */
static enum decode_result ipv6_extensions(struct layers *l, struct contents *c)
{
	bool reassembled = false;

	while (layers_enter(l)) {
		struct reader r = reader_over(c->data);
		bool authentication = c->protocol == PROTOCOL_AUTHENTICATION;

		if (c->protocol == PROTOCOL_FRAGMENT) {
			enum fragment_result result = reassembled ? FRAGMENT_BROKEN : ipv6_fragment(l, c);

			if (result != FRAGMENT_COMPLETE)
				return result_of(result);
			reassembled = true;
			continue;
		}
		if (c->protocol == PROTOCOL_TCP || !leads_to_tcp(c->protocol))
			return transport(l, c);
		c->protocol = reader_u8(&r);
		size_t units = reader_u8(&r);
		reader_skip(&r, authentication ? units * 4 + 6 : units * 8 + 6);
		if (!drop(c, &r))
			return DECODE_BROKEN;
	}
	return DECODE_BROKEN;
}

/*
 * RFC 8200, 3: version, class and flow (4), payload length (2), next header
 * (1), hop limit (1), source (16), destination (16).
 */
enum decode_result ipv6_decode(struct layers *l, struct reader *r)
{
	struct slice whole = reader_rest(r);
	struct reader head = reader_over(whole);
	struct contents c;

	uint32_t version = reader_be32(&head) >> 28;
	uint64_t length = reader_be16(&head);
	c.protocol = reader_u8(&head);
	reader_skip(&head, 1);
	set_address(&l->segment->source, 6, reader_bytes(&head, 16));
	set_address(&l->segment->destination, 6, reader_bytes(&head, 16));
	if (head.truncated || version != 6)
		return DECODE_BROKEN;
	/* 0: a jumbogram (RFC 2675) or segmentation offload */
	if (length == 0)
		length = reader_left(&head) + l->cut;
	if (length > UINT32_MAX)
		return DECODE_BROKEN;
	c.length = (uint32_t)length;
	c.data = slice_sub(whole, IPV6_HEADER_BYTES, c.length);
	if (c.protocol == PROTOCOL_TCP)
		return transport(l, &c);
	return ipv6_extensions(l, &c);
}

enum decode_result ip_decode(struct layers *l, struct reader *r)
{
	struct reader copy = *r;

	return reader_u8(&copy) >> 4 == 6 ? ipv6_decode(l, r) : ipv4_decode(l, r);
}
