/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode/layers.h"

enum {
	PPP_ADDRESS = 0xff,
	PPP_IPV4 = 0x0021, /* https://www.iana.org/assignments/ppp-numbers */
	PPP_IPV6 = 0x0057,
	CISCO_UNICAST = 0x0f,
	CISCO_BROADCAST = 0x8f,
	PPPOE_VERSION_TYPE = 0x11,
	PPPOE_SESSION_DATA = 0,
};

static uint8_t peek(const struct reader *r)
{
	struct reader copy = *r;

	return reader_u8(&copy);
}

/*
 * PPP (RFC 1661): protocol (2).  Numbers are assigned so that an odd byte ends
 * the field; a first byte that is odd is thus a field compressed to 1 byte.
 */
static enum decode_result protocol(struct layers *l, struct reader *r)
{
	uint16_t number = reader_u8(r);

	if (number % 2 == 0)
		number = (uint16_t)(number << 8 | reader_u8(r));
	switch (number) {
	case PPP_IPV4:
		return ipv4_decode(l, r);
	case PPP_IPV6:
		return ipv6_decode(l, r);
	default:
		return layers_other(r);
	}
}

/*
 * In HDLC-like framing (RFC 1662) address FF and control 03 come first, unless
 * compressed away.  No protocol begins with FF.
 */
enum decode_result ppp_decode(struct layers *l, struct reader *r)
{
	if (peek(r) == PPP_ADDRESS)
		reader_skip(r, 2);
	return protocol(l, r);
}

/* Cisco HDLC (RFC 1547, 4.3.1): address (1), control (1), Ethernet type (2). */
enum decode_result ppp_cisco_decode(struct layers *l, struct reader *r)
{
	reader_skip(r, 2);
	return link_ethertype(l, reader_be16(r), r);
}

/* LINKTYPE_PPP_HDLC holds Cisco HDLC as well. */
enum decode_result ppp_hdlc_decode(struct layers *l, struct reader *r)
{
	uint8_t first = peek(r);

	if (first == CISCO_UNICAST || first == CISCO_BROADCAST)
		return ppp_cisco_decode(l, r);
	return ppp_decode(l, r);
}

/* LINKTYPE_PPP_WITH_DIR: direction (1), then as PPP. */
enum decode_result ppp_with_dir_decode(struct layers *l, struct reader *r)
{
	reader_skip(r, 1);
	return ppp_decode(l, r);
}

/* PPPoE (RFC 2516): version and type (1), code (1), session (2), length (2), PPP protocol. */
enum decode_result pppoe_decode(struct layers *l, struct reader *r)
{
	uint8_t version_type = reader_u8(r), code = reader_u8(r);

	reader_skip(r, 2 + 2);
	if (version_type != PPPOE_VERSION_TYPE || code != PPPOE_SESSION_DATA)
		return layers_other(r);
	return protocol(l, r);
}
