/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode/layers.h"

/* Link types: https://www.tcpdump.org/linktypes.html */
enum linktype {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW_BSD = 12, /* libpcap's own number for raw IP on most systems, */
	LINK_RAW_OPENBSD = 14, /* and on OpenBSD; files should have LINK_RAW */
	LINK_PPP_HDLC = 50,
	LINK_PPP_ETHER = 51,
	LINK_RAW = 101,
	LINK_C_HDLC = 104,
	LINK_IEEE802_11 = 105,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_PRISM = 119,
	LINK_RADIOTAP = 127,
	LINK_AVS = 163,
	LINK_PPP_WITH_DIR = 204,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_EXPORTED_PDU = 252,
	LINK_LINUX_SLL2 = 276,
};

/* https://www.iana.org/assignments/ieee-802-numbers */
enum ethertype {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_PPPOE_SESSION = 0x8864,
	ETHERTYPE_VLAN_SERVICE = 0x88a8, /* IEEE 802.1ad */
	ETHERTYPE_VLAN_OLD = 0x9100,     /* the same before 802.1ad */
};

#define ETHERTYPE_MIN 0x0600u /* below, the field is a length */
#define LENGTH_MAX 1500u

enum {
	ETHERNET_ADDRESSES_BYTES = 12,
	SNAP_SAP = 0xaa,
	IP_SAP = 0x06,
	LLC_UNNUMBERED = 0x03,
	OUI_ETHERTYPE = 0x000000,
	OUI_BRIDGE_TUNNEL = 0x0000f8, /* IEEE 802.1H */
};

/*
 * IEEE 802.2: destination SAP (1), source SAP (1), control (1); SNAP (RFC
 * 1042) adds organisation (3), Ethernet type (2).
 */
enum decode_result link_llc(struct layers *l, struct reader *r)
{
	uint8_t destination = reader_u8(r), source = reader_u8(r), control = reader_u8(r);

	if (control != LLC_UNNUMBERED || destination != source)
		return layers_other(r);
	if (destination == IP_SAP)
		return ip_decode(l, r);
	if (destination != SNAP_SAP)
		return layers_other(r);
	uint32_t organisation = (uint32_t)reader_be16(r) << 8 | reader_u8(r);
	uint16_t type = reader_be16(r);
	if ((organisation != OUI_ETHERTYPE && organisation != OUI_BRIDGE_TUNNEL) || type < ETHERTYPE_MIN)
		return layers_other(r);
	return link_ethertype(l, type, r);
}

/* A VLAN tag (IEEE 802.1Q) is: priority and VLAN (2), Ethernet type of what follows (2). */
enum decode_result link_ethertype(struct layers *l, uint16_t type, struct reader *r)
{
	while (layers_enter(l)) {
		switch (type) {
		case ETHERTYPE_IPV4:
			return ipv4_decode(l, r);
		case ETHERTYPE_IPV6:
			return ipv6_decode(l, r);
		case ETHERTYPE_PPPOE_SESSION:
			return pppoe_decode(l, r);
		case ETHERTYPE_VLAN:
		case ETHERTYPE_VLAN_SERVICE:
		case ETHERTYPE_VLAN_OLD:
			reader_skip(r, 2);
			type = reader_be16(r);
			break;
		default:
			return type <= LENGTH_MAX ? link_llc(l, r) : layers_other(r);
		}
	}
	return DECODE_BROKEN;
}

/* Ethernet: destination (6), source (6), Ethernet type or length (2). */
static enum decode_result ethernet(struct layers *l, struct reader *r)
{
	reader_skip(r, ETHERNET_ADDRESSES_BYTES);
	return link_ethertype(l, reader_be16(r), r);
}

enum {
	ARPHRD_FRAD = 770,
	ARPHRD_RADIOTAP = 803,
	ARPHRD_NETLINK = 824,
	SLL_PROTOCOL_LLC = 4,
};

/* The protocol field of cooked captures is no Ethernet type for some kinds of device. */
static enum decode_result cooked(struct layers *l, uint16_t device, uint16_t protocol, struct reader *r)
{
	if (device == ARPHRD_RADIOTAP)
		return wifi_radiotap_decode(l, r);
	if (device == ARPHRD_NETLINK || device == ARPHRD_FRAD)
		return layers_other(r);
	if (protocol == SLL_PROTOCOL_LLC)
		return link_llc(l, r);
	if (protocol < ETHERTYPE_MIN)
		return layers_other(r);
	return link_ethertype(l, protocol, r);
}

/*
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html: packet type (2),
 * device type (2), address length (2), address (8), protocol (2).
 */
static enum decode_result linux_sll(struct layers *l, struct reader *r)
{
	reader_skip(r, 2);
	uint16_t device = reader_be16(r);
	reader_skip(r, 2 + 8);
	uint16_t protocol = reader_be16(r);
	return cooked(l, device, protocol, r);
}

/*
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html: protocol (2),
 * reserved (2), interface (4), device type (2), packet type (1), address
 * length (1), address (8).
 */
static enum decode_result linux_sll2(struct layers *l, struct reader *r)
{
	uint16_t protocol = reader_be16(r);

	reader_skip(r, 2 + 4);
	uint16_t device = reader_be16(r);
	reader_skip(r, 1 + 1 + 8);
	return cooked(l, device, protocol, r);
}

/*
 * BSD loopback: address family (4), in the byte order of the machine that
 * captured, or in network byte order for LINKTYPE_LOOP.  No family has more
 * than 16 bits, so that the order shows.
 */
static enum decode_result loopback(struct layers *l, struct reader *r)
{
	uint16_t first = reader_le16(r), second = reader_be16(r);
	uint16_t family = first ? first : second;

	switch (family) {
	case 2:
		return ipv4_decode(l, r);
	case 10: /* Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD, DragonFly */
	case 30: /* Darwin */
		return ipv6_decode(l, r);
	default:
		return layers_other(r);
	}
}

layer_decode *link_find(int linktype)
{
	switch ((enum linktype)linktype) {
	case LINK_ETHERNET:
		return ethernet;
	case LINK_NULL:
	case LINK_LOOP:
		return loopback;
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
		return ip_decode;
	case LINK_IPV4:
		return ipv4_decode;
	case LINK_IPV6:
		return ipv6_decode;
	case LINK_LINUX_SLL:
		return linux_sll;
	case LINK_LINUX_SLL2:
		return linux_sll2;
	case LINK_PPP:
		return ppp_decode;
	case LINK_PPP_HDLC:
		return ppp_hdlc_decode;
	case LINK_PPP_WITH_DIR:
		return ppp_with_dir_decode;
	case LINK_C_HDLC:
		return ppp_cisco_decode;
	case LINK_PPP_ETHER:
		return pppoe_decode;
	case LINK_IEEE802_11:
		return wifi_decode;
	case LINK_RADIOTAP:
		return wifi_radiotap_decode;
	case LINK_PRISM:
		return wifi_prism_decode;
	case LINK_AVS:
		return wifi_avs_decode;
	case LINK_EXPORTED_PDU:
		return exported_pdu_decode;
	}
	return NULL;
}
