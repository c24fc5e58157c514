/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode/layers.h"

#define TCP_HEADER_BYTES 20u
#define PROTOCOL_TCP 6u

/* The pseudo header of RFC 9293, 3.1 (and RFC 8200, 8.1): addresses, length, protocol. */
static bool checksum_bad(const struct segment *segment, struct slice data)
{
	size_t ip_bytes = segment->source.version == 6 ? 16 : 4;
	uint64_t sum = data.len + PROTOCOL_TCP;

	sum = checksum_add(sum, slice_of(segment->source.ip, ip_bytes));
	sum = checksum_add(sum, slice_of(segment->destination.ip, ip_bytes));
	return !checksum_good(checksum_add(sum, data));
}

/*
 * RFC 9293, 3.1: source port (2), destination port (2), sequence number (4),
 * acknowledgement number (4), header length in words (4 bits), flags (12 bits),
 * window (2), checksum (2), urgent pointer (2), options.
 */
enum decode_result tcp_decode(struct layers *l, struct slice data, uint32_t length)
{
	struct segment *segment = l->segment;
	struct reader r = reader_over(data);

	segment->source.port = reader_be16(&r);
	segment->destination.port = reader_be16(&r);
	segment->seq = reader_be32(&r);
	segment->ack = reader_be32(&r);
	uint16_t offset_flags = reader_be16(&r);
	uint32_t header_bytes = (offset_flags >> 12) * 4u;
	reader_skip(&r, 2 + 2 + 2);
	if (header_bytes < TCP_HEADER_BYTES || header_bytes > length)
		return DECODE_BROKEN;
	reader_skip(&r, header_bytes - TCP_HEADER_BYTES);
	if (r.truncated)
		return DECODE_BROKEN;
	segment->flags = (uint8_t)(offset_flags & 0xff);
	segment->payload = reader_rest(&r);
	segment->payload_len = length - header_bytes;
	if (l->decoder->verify_checksums && data.len == length && checksum_bad(segment, data))
		segment->bad_checksum = true;
	return DECODE_TCP;
}
