/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/pcapng.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/memory.h"
#include "util/reader.h"

/*
 * Every block (https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/):
 *
 *	type (4), total length (4), body, total length again (4)
 *
 * Numbers are in the byte order of the section; the type of a section header
 * reads the same in both, and the magic in its body tells which.  The body is
 * padded to a multiple of 4; a total length that is not one is rounded up, as
 * Wireshark does.
 */
#define BLOCK_FRAMING_BYTES 12u
#define BLOCK_HEAD_BYTES 8u
/* Type of secrets: "TLSK". */
#define SECRETS_TLS_KEY_LOG 0x544c534bu

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_OBSOLETE_PACKET = 2,
	BLOCK_SIMPLE_PACKET = 3,
	BLOCK_ENHANCED_PACKET = 6,
	BLOCK_JOURNAL = 9,
	BLOCK_SECRETS = 10,
	BLOCK_SYSDIG_EVENT = 0x204,
	BLOCK_SYSDIG_EVENT_V2 = 0x216,
	BLOCK_SYSDIG_EVENT_V2_LARGE = 0x221,
	BLOCK_CUSTOM = 0x0bad,
	BLOCK_CUSTOM_NO_COPY = 0x40000bad,
	BLOCK_SECTION = 0x0a0d0d0a,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4du

#define OPTION_END 0u
#define OPTION_IF_TSRESOL 9u
#define OPTION_IF_TSOFFSET 14u

#define TSRESOL_DEFAULT 6u /* 10^-6 s */
#define TSRESOL_BINARY 0x80u
#define NS_DIGITS 9u
#define NS_PER_SECOND 1000000000

static bool fail(char *message, const char *why)
{
	snprintf(message, CAPTURE_MESSAGE_MAX, "%s", why);
	return false;
}

static uint16_t get16(const struct pcapng *p, struct reader *r)
{
	return p->big_endian ? reader_be16(r) : reader_le16(r);
}

static uint32_t get32(const struct pcapng *p, struct reader *r)
{
	return p->big_endian ? reader_be32(r) : reader_le32(r);
}

static uint64_t get64(const struct pcapng *p, struct reader *r)
{
	uint64_t first = get32(p, r), second = get32(p, r);

	return p->big_endian ? first << 32 | second : second << 32 | first;
}

void pcapng_free(struct pcapng *p)
{
	free(p->interfaces);
	free(p->linktypes);
	*p = (struct pcapng){0};
}

/* ---- time ---- */

static int64_t add_clamped(int64_t a, int64_t b)
{
	if (b > 0 && a > INT64_MAX - b)
		return INT64_MAX;
	if (b < 0 && a < INT64_MIN - b)
		return INT64_MIN;
	return a + b;
}

/* units of 2^-bits seconds */
static int64_t binary_ns(uint64_t units, unsigned bits)
{
	uint64_t seconds = bits < 64 ? units >> bits : 0;
	uint64_t fraction = bits < 64 ? units - (seconds << bits) : units;

	if (seconds > INT64_MAX / NS_PER_SECOND)
		return INT64_MAX;
	/* 34 bits of fraction are finer than a nanosecond and leave room for the multiplication */
	if (bits > 34) {
		fraction = bits - 34 < 64 ? fraction >> (bits - 34) : 0;
		bits = 34;
	}
	fraction = fraction * NS_PER_SECOND >> bits;
	return add_clamped((int64_t)(seconds * NS_PER_SECOND), (int64_t)fraction);
}

static int64_t unit_ns(const struct pcapng_interface *interface, uint64_t units)
{
	uint64_t ns;

	if (interface->tsresol & TSRESOL_BINARY)
		return binary_ns(units, interface->tsresol & ~TSRESOL_BINARY);
	if (interface->finer)
		ns = units / interface->scale;
	else if (units > INT64_MAX / interface->scale)
		return INT64_MAX;
	else
		ns = units * interface->scale;
	return ns > INT64_MAX ? INT64_MAX : (int64_t)ns;
}

static void set_resolution(struct pcapng_interface *interface, uint8_t tsresol)
{
	unsigned digits = tsresol;

	interface->tsresol = tsresol;
	if (tsresol & TSRESOL_BINARY)
		return;
	interface->finer = digits > NS_DIGITS;
	interface->scale = 1;
	for (unsigned i = interface->finer ? digits - NS_DIGITS : NS_DIGITS - digits; i; i--) {
		if (interface->scale > UINT64_MAX / 10) {
			/* no count of so short units fills a nanosecond; nor of these */
			interface->tsresol = TSRESOL_BINARY | 127;
			return;
		}
		interface->scale *= 10;
	}
}

static bool finer_than_microseconds(uint8_t tsresol)
{
	/* 2^-20 s is just below a microsecond; it is what microsecond clocks with binary units use */
	return tsresol & TSRESOL_BINARY ? tsresol > (TSRESOL_BINARY | 20) : tsresol > 6;
}

/* ---- section and interfaces ---- */

/*
 * Section header: magic (4), major version (2), minor version (2), section
 * length (8), options.
 */
static bool section(struct pcapng *p, struct reader *body, char *message)
{
	reader_skip(body, 4);
	uint16_t major = get16(p, body);
	reader_skip(body, 2 + 8);
	if (body->truncated)
		return fail(message, "the section header block is too short");
	if (major != 1) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "pcapng version %u is not known", major);
		return false;
	}
	p->in_section = true;
	p->interface_count = 0;
	return true;
}

/*
 * Options: code (2), length (2), value, padded to a multiple of 4; the list
 * ends with code 0 or with the block.
 */
static bool interface_options(struct pcapng *p, struct reader *r, struct pcapng_interface *interface)
{
	while (reader_left(r) >= 4) {
		uint16_t code = get16(p, r), length = get16(p, r);
		struct reader value = reader_over(reader_bytes(r, length));

		if (code == OPTION_END)
			return true;
		if (code == OPTION_IF_TSRESOL && length == 1)
			set_resolution(interface, reader_u8(&value));
		if (code == OPTION_IF_TSOFFSET && length == 8) {
			int64_t seconds = (int64_t)get64(p, &value);
			int64_t limit = INT64_MAX / NS_PER_SECOND;

			seconds = seconds > limit ? limit : seconds < -limit ? -limit : seconds;
			interface->offset_ns = seconds * NS_PER_SECOND;
		}
		if (length % 4)
			reader_skip(r, 4 - length % 4);
	}
	return !r->truncated;
}

static void note_linktype(struct pcapng *p, int linktype)
{
	for (size_t i = 0; i < p->linktype_count; i++)
		if (p->linktypes[i] == linktype)
			return;
	/* bounded: link types have 16 bits */
	p->linktypes = memory_realloc(p->linktypes, (p->linktype_count + 1) * sizeof(*p->linktypes));
	p->linktypes[p->linktype_count++] = linktype;
}

/* Interface description: link type (2), reserved (2), snapshot length (4), options. */
static bool interface_description(struct pcapng *p, struct reader *body, char *message)
{
	struct pcapng_interface interface = {0};

	interface.linktype = get16(p, body);
	reader_skip(body, 2);
	interface.snaplen = get32(p, body);
	set_resolution(&interface, TSRESOL_DEFAULT);
	if (body->truncated || !interface_options(p, body, &interface))
		return fail(message, "an interface description block is too short for its contents");
	if (p->interface_count >= CAPTURE_INTERFACES_MAX) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "more than %u interfaces", CAPTURE_INTERFACES_MAX);
		return false;
	}
	if (!p->interfaces)
		p->interfaces = memory_alloc(CAPTURE_INTERFACES_MAX * sizeof(*p->interfaces));
	p->interfaces[p->interface_count++] = interface;
	note_linktype(p, interface.linktype);
	p->nanoseconds |= finer_than_microseconds(interface.tsresol);
	return true;
}

/* ---- packets ---- */

static bool fill_packet(struct pcapng *p, uint32_t interface, uint32_t captured, uint32_t original,
			struct reader *body, struct packet *packet, char *message)
{
	if (interface >= p->interface_count) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "interface %u is not described", interface);
		return false;
	}
	if (captured > CAPTURE_PACKET_MAX) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "a packet of %u bytes is longer than %u", captured,
			 CAPTURE_PACKET_MAX);
		return false;
	}
	packet->data = reader_bytes(body, captured);
	if (body->truncated) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "the block is too short for a packet of %u bytes", captured);
		return false;
	}
	packet->frame = ++p->frames;
	packet->linktype = p->interfaces[interface].linktype;
	packet->wire_len = original > captured ? original : captured;
	packet->time_ns = p->time_ns;
	return true;
}

static void set_time(struct pcapng *p, uint32_t interface, uint64_t units, struct packet *packet)
{
	const struct pcapng_interface *i = &p->interfaces[interface];

	packet->time_ns = add_clamped(unit_ns(i, units), i->offset_ns);
	p->time_ns = packet->time_ns;
}

/*
 * Enhanced packet: interface (4), time stamp: high half (4), low half (4),
 * captured length (4), original length (4), data, options.  The obsolete
 * packet block has interface (2) and drops (2) in place of the first.
 */
static bool packet_block(struct pcapng *p, bool obsolete, struct reader *body, struct packet *packet, char *message)
{
	uint32_t interface = obsolete ? get16(p, body) : get32(p, body);

	if (obsolete)
		reader_skip(body, 2);
	uint64_t units = (uint64_t)get32(p, body) << 32;
	units |= get32(p, body);
	uint32_t captured = get32(p, body);
	uint32_t original = get32(p, body);
	if (!fill_packet(p, interface, captured, original, body, packet, message))
		return false;
	set_time(p, interface, units, packet);
	return true;
}

/*
 * Simple packet: original length (4), data up to the snapshot length of the
 * first interface.  It has no time; that of the packet before stands in.
 */
static bool simple_packet(struct pcapng *p, struct reader *body, struct packet *packet, char *message)
{
	uint32_t original = get32(p, body), captured = original;

	if (p->interface_count && p->interfaces[0].snaplen && captured > p->interfaces[0].snaplen)
		captured = p->interfaces[0].snaplen;
	return fill_packet(p, 0, captured, original, body, packet, message);
}

/* ---- blocks ---- */

bool pcapng_header(struct pcapng *p, struct slice first, struct pcapng_block *block, char *message)
{
	struct reader r = reader_over(first);

	block->type = get32(p, &r);
	if (block->type == BLOCK_SECTION) {
		struct reader magic = reader_over(slice_sub(first, BLOCK_HEAD_BYTES, 4));

		p->big_endian = reader_be32(&magic) == BYTE_ORDER_MAGIC;
		magic.at = 0;
		if (!p->big_endian && reader_le32(&magic) != BYTE_ORDER_MAGIC)
			return fail(message, "a section header block without byte-order magic");
	} else if (!p->in_section) {
		return fail(message, "no section header block at the beginning");
	}
	uint32_t length = get32(p, &r);
	block->length = (length + 3) & ~3u;
	if (r.truncated || length < BLOCK_FRAMING_BYTES || length > UINT32_MAX - 3) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "a block length of %u is not possible", length);
		return false;
	}
	if (pcapng_wanted(block) && block->length > PCAPNG_BLOCK_MAX) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "a block of %u bytes is longer than %u", length,
			 PCAPNG_BLOCK_MAX);
		return false;
	}
	return true;
}

bool pcapng_wanted(const struct pcapng_block *block)
{
	return pcapng_describes(block) || block->type == BLOCK_ENHANCED_PACKET ||
	       block->type == BLOCK_SIMPLE_PACKET || block->type == BLOCK_OBSOLETE_PACKET ||
	       (block->type == BLOCK_SECRETS && block->length <= PCAPNG_BLOCK_MAX);
}

bool pcapng_describes(const struct pcapng_block *block)
{
	return block->type == BLOCK_SECTION || block->type == BLOCK_INTERFACE;
}

static bool check_tail(const struct pcapng *p, const struct pcapng_block *block, struct slice tail, char *message)
{
	struct reader r = reader_over(tail);
	uint32_t length = get32(p, &r);

	if (!r.truncated && ((length + 3) & ~3u) == block->length)
		return true;
	snprintf(message, CAPTURE_MESSAGE_MAX, "a block length of %u at its beginning and %u at its end", block->length,
		 length);
	return false;
}

/* Other kinds of secrets (WireGuard, ZigBee, ...) are of no use here. */
static void secrets_block(struct pcapng *p, struct reader *body)
{
	uint32_t type = get32(p, body), length = get32(p, body);
	struct slice text = reader_bytes(body, length);

	if (type != SECRETS_TLS_KEY_LOG || body->truncated || !p->key_log)
		return;
	p->key_logs++;
	p->key_log(p->key_log_ctx, text);
}

enum pcapng_result pcapng_block(struct pcapng *p, const struct pcapng_block *block, struct slice whole,
				struct packet *packet, char *message)
{
	struct reader body = reader_over(slice_sub(whole, BLOCK_HEAD_BYTES, block->length - BLOCK_FRAMING_BYTES));
	bool good;

	if (!check_tail(p, block, slice_sub(whole, block->length - 4, 4), message))
		return PCAPNG_BROKEN;
	switch (block->type) {
	case BLOCK_SECTION:
		return section(p, &body, message) ? PCAPNG_NOTHING : PCAPNG_BROKEN;
	case BLOCK_INTERFACE:
		return interface_description(p, &body, message) ? PCAPNG_NOTHING : PCAPNG_BROKEN;
	case BLOCK_ENHANCED_PACKET:
	case BLOCK_OBSOLETE_PACKET:
		good = packet_block(p, block->type == BLOCK_OBSOLETE_PACKET, &body, packet, message);
		return good ? PCAPNG_PACKET : PCAPNG_BROKEN;
	case BLOCK_SIMPLE_PACKET:
		return simple_packet(p, &body, packet, message) ? PCAPNG_PACKET : PCAPNG_BROKEN;
	case BLOCK_SECRETS:
		secrets_block(p, &body);
		return PCAPNG_NOTHING;
	default:
		return PCAPNG_NOTHING;
	}
}

/* Blocks that are no packets but have a frame number in Wireshark. */
static bool counts_as_frame(uint32_t type)
{
	switch (type) {
	case BLOCK_JOURNAL:
	case BLOCK_SYSDIG_EVENT:
	case BLOCK_SYSDIG_EVENT_V2:
	case BLOCK_SYSDIG_EVENT_V2_LARGE:
	case BLOCK_CUSTOM:
	case BLOCK_CUSTOM_NO_COPY:
		return true;
	default:
		return false;
	}
}

bool pcapng_skipped(struct pcapng *p, const struct pcapng_block *block, struct slice tail, char *message)
{
	if (!check_tail(p, block, tail, message))
		return false;
	if (counts_as_frame(block->type))
		p->frames++;
	if (block->type == BLOCK_SECRETS)
		p->secrets_skipped++;
	return true;
}
