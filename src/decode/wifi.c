/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode/layers.h"

/* IEEE 802.11-2020, 9.2.4.1: the first byte of frame control, */
enum {
	FC_VERSION_MASK = 0x03,
	FC_TYPE_MASK = 0x0c,
	FC_TYPE_DATA = 0x08,
	FC_NO_DATA = 0x40, /* subtypes without a body */
	FC_QOS = 0x80,
};

/* and the second. */
enum {
	FC_TO_DS = 0x01,
	FC_FROM_DS = 0x02,
	FC_MORE_FRAGMENTS = 0x04,
	FC_PROTECTED = 0x40,
	FC_ORDER = 0x80, /* of QoS frames: there is an HT control field */
};

enum {
	QOS_AMSDU = 0x80,
	SEQUENCE_FRAGMENT_MASK = 0x000f,
};

/*
 * Frame control (2), duration (2), addresses 1 to 3 (18), sequence control
 * (2), address 4 (6, from one distribution system to another), QoS control
 * (2), HT control (4), then LLC.  pad: the header is padded to a multiple of 4.
 */
static enum decode_result data_frame(struct layers *l, struct reader *r, bool pad)
{
	size_t start = r->at;
	uint8_t kind = reader_u8(r), flags = reader_u8(r), qos = 0;

	reader_skip(r, 2 + 18);
	uint16_t sequence = reader_le16(r);
	if ((kind & (FC_VERSION_MASK | FC_TYPE_MASK | FC_NO_DATA)) != FC_TYPE_DATA)
		return layers_other(r);
	if ((flags & FC_TO_DS) && (flags & FC_FROM_DS))
		reader_skip(r, 6);
	if (kind & FC_QOS) {
		qos = reader_u8(r);
		reader_skip(r, (flags & FC_ORDER) ? 1 + 4 : 1);
	}
	/* encrypted, or a part of a frame, or several frames in one: nothing that can be read on */
	if ((flags & (FC_PROTECTED | FC_MORE_FRAGMENTS)) || (sequence & SEQUENCE_FRAGMENT_MASK) || (qos & QOS_AMSDU))
		return layers_other(r);
	if (pad)
		reader_skip(r, (4 - (r->at - start) % 4) % 4);
	return link_llc(l, r);
}

enum decode_result wifi_decode(struct layers *l, struct reader *r)
{
	return data_frame(l, r, false);
}

enum {
	RADIOTAP_TSFT = 1u << 0,
	RADIOTAP_FLAGS = 1u << 1,
	RADIOTAP_FLAG_PADDED = 0x20,
};
#define RADIOTAP_EXTENDED (1u << 31)

/*
 * https://www.radiotap.org: version (1), pad (1), length (2), which fields are
 * present (4, more as long as the top bit is set), the fields.  All numbers are
 * little-endian, fields are aligned to their size.
 */
enum decode_result wifi_radiotap_decode(struct layers *l, struct reader *r)
{
	size_t start = r->at;
	uint8_t flags = 0;

	reader_skip(r, 2);
	uint16_t length = reader_le16(r);
	struct reader head = reader_over(slice_sub(r->data, start, length));
	reader_skip(&head, 4);
	uint32_t present = reader_le32(&head), more = present;
	while ((more & RADIOTAP_EXTENDED) && !head.truncated)
		more = reader_le32(&head);
	if (present & RADIOTAP_TSFT)
		reader_skip(&head, (8 - head.at % 8) % 8 + 8);
	if (present & RADIOTAP_FLAGS)
		flags = reader_u8(&head);
	if (head.truncated)
		return DECODE_BROKEN;
	r->at = start;
	reader_skip(r, length);
	return data_frame(l, r, flags & RADIOTAP_FLAG_PADDED);
}

/* https://www.tcpdump.org/linktypes/LINKTYPE_IEEE802_11_AVS.html: version (4), length (4), both big-endian. */
enum {
	AVS_HEAD_BYTES = 8,
	AVS_LENGTH_MAX = 1024,
};
#define AVS_VERSION_MASK 0xfffff000u
#define AVS_VERSION 0x80211000u

enum decode_result wifi_avs_decode(struct layers *l, struct reader *r)
{
	uint32_t version = reader_be32(r), length = reader_be32(r);

	if ((version & AVS_VERSION_MASK) != AVS_VERSION || length < AVS_HEAD_BYTES || length > AVS_LENGTH_MAX)
		return DECODE_BROKEN;
	reader_skip(r, length - AVS_HEAD_BYTES);
	return data_frame(l, r, false);
}

#define PRISM_BYTES 144u

/* https://www.tcpdump.org/linktypes/LINKTYPE_IEEE802_11_PRISM.html; some drivers write an AVS header instead. */
enum decode_result wifi_prism_decode(struct layers *l, struct reader *r)
{
	struct reader copy = *r;

	if ((reader_be32(&copy) & AVS_VERSION_MASK) == AVS_VERSION)
		return wifi_avs_decode(l, r);
	reader_skip(r, PRISM_BYTES);
	return data_frame(l, r, false);
}
