/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode/layers.h"

/* https://www.tcpdump.org/linktypes/LINKTYPE_WIRESHARK_UPPER_PDU.html, and Wireshark's epan/exported_pdu.h */
enum tag {
	TAG_END = 0,
	TAG_LINKTYPE = 11,
	TAG_DISSECTOR = 12,
	TAG_HEURISTIC_DISSECTOR = 13,
	TAG_DISSECTOR_TABLE = 14,
	TAG_IPV4_SOURCE = 20,
	TAG_IPV4_DESTINATION = 21,
	TAG_IPV6_SOURCE = 22,
	TAG_IPV6_DESTINATION = 23,
	TAG_PORT_TYPE = 24,
	TAG_SOURCE_PORT = 25,
	TAG_DESTINATION_PORT = 26,
};

#define PORT_TYPE_TCP 2u
#define NO_LINKTYPE (-1)

/* What the tags of one PDU say. */
struct pdu {
	struct slice dissector;
	struct slice table;
	int linktype;
	uint32_t port_type;
	bool has_ports[2]; /* source, destination */
};

/* Dissectors of Wireshark whose input begins with a header that is decoded here, by the link type that it is. */
static const struct {
	const char *name;
	int linktype;
} header_dissectors[] = {
	{"eth", 1},    {"eth_withoutfcs", 1}, {"eth_withfcs", 1}, {"eth_maybefcs", 1}, {"ip", 101},
	{"ipv6", 101}, {"ppp", 9},            {"wlan", 105},      {"sll", 113},
};

/* Names are padded with NUL to a multiple of 4. */
static struct slice name(struct slice value)
{
	return slice_sub(value, 0, slice_find_byte(value, 0));
}

static void set_address(struct address *a, uint8_t version, struct slice ip)
{
	if (ip.len != (version == 6 ? 16 : 4))
		return;
	a->version = version;
	memcpy(a->ip, ip.ptr, ip.len);
}

static void set_port(struct address *a, struct slice value, bool *has_port)
{
	struct reader r = reader_over(value);
	uint32_t port = reader_be32(&r);

	a->port = (uint16_t)port;
	*has_port = !r.truncated && port <= UINT16_MAX;
}

static void take_tag(struct pdu *pdu, struct segment *segment, uint16_t tag, struct slice value)
{
	struct reader r = reader_over(value);

	switch ((enum tag)tag) {
	case TAG_LINKTYPE:
		pdu->linktype = (int)(reader_be32(&r) & INT32_MAX);
		break;
	case TAG_DISSECTOR:
	case TAG_HEURISTIC_DISSECTOR:
		pdu->dissector = name(value);
		break;
	case TAG_DISSECTOR_TABLE:
		pdu->table = name(value);
		break;
	case TAG_IPV4_SOURCE:
		set_address(&segment->source, 4, value);
		break;
	case TAG_IPV4_DESTINATION:
		set_address(&segment->destination, 4, value);
		break;
	case TAG_IPV6_SOURCE:
		set_address(&segment->source, 6, value);
		break;
	case TAG_IPV6_DESTINATION:
		set_address(&segment->destination, 6, value);
		break;
	case TAG_PORT_TYPE:
		pdu->port_type = reader_be32(&r);
		break;
	case TAG_SOURCE_PORT:
		set_port(&segment->source, value, &pdu->has_ports[0]);
		break;
	case TAG_DESTINATION_PORT:
		set_port(&segment->destination, value, &pdu->has_ports[1]);
		break;
	case TAG_END:
		break;
	}
}

static bool addressed(const struct segment *segment)
{
	return segment->source.version && segment->source.version == segment->destination.version;
}

/* Bytes that TCP carried, without its header. */
static enum decode_result segment_of(struct layers *l, const struct pdu *pdu, struct reader *r)
{
	struct segment *segment = l->segment;
	bool tcp = pdu->port_type == PORT_TYPE_TCP || slice_eq_str(pdu->table, "tcp.port");

	if (!tcp || !addressed(segment) || !pdu->has_ports[0] || !pdu->has_ports[1])
		return DECODE_OTHER;
	segment->ordered = true;
	segment->seq = 0;
	segment->ack = 0;
	segment->flags = 0;
	segment->payload = reader_rest(r);
	segment->payload_len = (uint32_t)(segment->payload.len + l->cut);
	return DECODE_TCP;
}

static int inner_linktype(const struct pdu *pdu)
{
	for (size_t i = 0; i < sizeof(header_dissectors) / sizeof(header_dissectors[0]); i++)
		if (slice_eq_str(pdu->dissector, header_dissectors[i].name))
			return header_dissectors[i].linktype;
	return pdu->linktype;
}

static enum decode_result contents(struct layers *l, const struct pdu *pdu, struct reader *r)
{
	int linktype = inner_linktype(pdu);
	layer_decode *decode = linktype == NO_LINKTYPE ? NULL : link_find(linktype);

	if (decode && layers_enter(l))
		return decode(l, r);
	if (linktype != NO_LINKTYPE)
		return decode ? DECODE_BROKEN : DECODE_UNSUPPORTED;
	if (slice_eq_str(pdu->dissector, "tcp") && addressed(l->segment)) {
		struct slice data = reader_rest(r);

		return tcp_decode(l, data, (uint32_t)(data.len + l->cut));
	}
	return segment_of(l, pdu, r);
}

/* Tags, each: code (2), length (2), value; the last has code 0.  Then the PDU. */
enum decode_result exported_pdu_decode(struct layers *l, struct reader *r)
{
	struct pdu pdu = {.linktype = NO_LINKTYPE};
	uint16_t tag;

	l->segment->source = (struct address){0};
	l->segment->destination = (struct address){0};
	do {
		tag = reader_be16(r);
		uint16_t length = reader_be16(r);
		take_tag(&pdu, l->segment, tag, reader_bytes(r, length));
	} while (tag != TAG_END);
	if (r->truncated)
		return DECODE_BROKEN;
	return contents(l, &pdu, r);
}
