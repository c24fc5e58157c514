/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/p2p.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>

#include "dissectors/ink.h"
#include "dissectors/p2p_version.h"
#include "dissectors/slp.h"
#include "util/reader.h"

#define SHA1_LENGTH 20u
/* Longest text that one packet adds to the summary, apart from what its message says. */
#define SUMMARY_MAX 160u
/* Application id of ink. */
#define INK_APPLICATION 3u
#define WEBCAM_APPLICATION 4u

/* --- reading --- */

const char *p2p_kind_name(enum p2p_kind kind)
{
	static const char *const names[] = {
		[P2P_KIND_DATA] = "data",
		[P2P_KIND_PREPARATION] = "preparation",
		[P2P_KIND_ACK] = "ack",
		[P2P_KIND_NAK] = "nak",
		[P2P_KIND_ERROR] = "error",
		[P2P_KIND_CLOSE] = "close",
		[P2P_KIND_CANCEL] = "cancel",
		[P2P_KIND_HANDSHAKE] = "handshake",
		[P2P_KIND_SYN] = "syn",
		[P2P_KIND_RAK] = "rak",
		[P2P_KIND_EMPTY] = "empty",
		[P2P_KIND_BROKEN] = "broken",
	};

	return names[kind];
}

bool p2p_is_preparation(struct slice message)
{
	return slice_eq(message, slice_of("\0\0\0\0", 4));
}

struct slice p2p_between(struct slice bytes, size_t header, bool footer, bool cut, struct p2p_packet *out)
{
	struct slice rest = slice_sub(bytes, header, bytes.len);

	if (!footer || cut)
		return rest;
	if (rest.len < P2P_FOOTER_LENGTH)
		return SLICE_EMPTY;
	size_t len = rest.len - P2P_FOOTER_LENGTH;
	struct reader r = reader_over(slice_sub(rest, len, P2P_FOOTER_LENGTH));
	out->has_footer = true;
	out->footer = reader_be32(&r);
	return slice_sub(rest, 0, len);
}

bool p2p_packet_parse(struct slice bytes, int version, bool footer, struct p2p_packet *out)
{
	*out = (struct p2p_packet){.version = version};
	if (version == 2 ? p2p_v2_parse(bytes, footer, out) : p2p_v1_parse(bytes, footer, out))
		return true;
	out->kind = P2P_KIND_BROKEN;
	return false;
}

bool p2p_packet_of(const struct dissection *d, const struct field *packet, struct p2p_packet *out)
{
	const struct field *version = field_child(packet, &field_defs[F_P2P_VERSION]);
	bool footer = field_child(packet, &field_defs[F_P2P_FOOTER]) != NULL;

	*out = (struct p2p_packet){.kind = P2P_KIND_BROKEN};
	if (!version || packet->source >= d->source_count)
		return false;
	struct slice bytes = slice_sub(d->sources[packet->source].data, packet->offset, packet->length);
	return p2p_packet_parse(bytes, version->value.number == 2 ? 2 : 1, footer, out);
}

/* --- GUIDs --- */

struct slice p2p_guid(struct arena *arena, const uint8_t bytes[P2P_NONCE_LENGTH])
{
	const uint8_t *b = bytes;

	return arena_printf(arena, "{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X}", b[3], b[2],
			    b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

struct slice p2p_guid_hashed(struct arena *arena, const uint8_t bytes[P2P_NONCE_LENGTH])
{
	uint8_t digest[SHA1_LENGTH] = {0};

	if (EVP_Digest(bytes, P2P_NONCE_LENGTH, digest, NULL, EVP_sha1(), NULL) != 1)
		return SLICE_EMPTY;
	return p2p_guid(arena, digest);
}

/* --- fields --- */

struct field *p2p_add_number(const struct p2p_place *at, struct field *parent, enum field_id id, uint64_t number,
			     size_t offset, size_t length)
{
	return field_add_number(at->d, parent, id, number, at->source, at->offset + offset, length);
}

void p2p_add_bytes(const struct p2p_place *at, struct field *parent, enum field_id id, size_t offset, size_t length)
{
	if (length)
		field_add_range(at->d, parent, id, at->source, at->offset + offset, length);
}

void p2p_add_bits(const struct p2p_place *at, struct field *word, enum field_id id, enum enum_set_id set)
{
	uint64_t flags = word->value.number, unknown = 0;

	for (uint64_t bit = 1; bit && bit <= flags; bit <<= 1) {
		const struct enum_row *row = flags & bit ? enum_find_number(&enum_sets[set], bit) : NULL;

		if (row)
			field_add_text(at->d, word, id, slice_str(row->name), word->source, word->offset, word->length);
		else
			unknown |= flags & bit;
	}
	if (unknown)
		finding_add(at->d, RULE_P2P_UNKNOWN, word, "0x%" PRIx64 " in 0x%" PRIx64, unknown, flags);
}

/*
 * Bytes that are too few for a footer are in its field, which has no value then.
 * Of a packet that was cut the length has told.
 */
static void add_footer(const struct p2p_place *at, const struct p2p_packet *p, size_t offset)
{
	size_t len = at->bytes.len - offset;
	struct field *f = field_add(at->d, at->packet, F_P2P_FOOTER, at->source, at->offset + offset, len);

	f->has_value = p->has_footer;
	if (p->has_footer)
		f->value.number = p->footer;
	else if (offset == p->data_offset)
		finding_add(at->d, RULE_P2P_BROKEN, f, "%zu bytes where the footer should be", len);
}

/* --- summary --- */

/* Adds to the summary without a comma. */
__attribute__((format(printf, 2, 3))) static void say(struct dissection *d, const char *format, ...)
{
	char text[SUMMARY_MAX];
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	size_t len = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
	memcpy(dissection_summary_room(d, len), text, len);
	d->summary.len += len;
}

/* What was added behind the first len bytes of the summary shall follow a colon instead of a comma. */
static void put_colon(struct dissection *d, size_t len)
{
	uint8_t *end = dissection_summary_room(d, 0);

	end[(ptrdiff_t)len - (ptrdiff_t)d->summary.len] = ':';
}

static void say_session(struct dissection *d, const struct p2p_packet *p)
{
	if (p->session)
		say(d, ", session %" PRIu32, p->session);
	else
		say(d, ", MSNSLP");
}

static void say_data(struct dissection *d, const struct p2p_packet *p)
{
	if (p->version == 1)
		say(d, " data %" PRIu64 "-%" PRIu64 " of %" PRIu64, p->offset, p->offset + p->data.len - 1, p->total);
	else if (p->whole)
		say(d, " data, %zu bytes", p->data.len);
	else if (p->remaining)
		say(d, " data, %zu bytes, %" PRIu64 " to come", p->data.len, p->remaining);
	else if (p->shifted && p->data.len >= P2P_SHIFTED_PIECE)
		say(d, " data, %zu bytes, more to come", p->data.len);
	else
		say(d, " data, %zu bytes, %s", p->data.len, p->first && !p->shifted ? "cut" : "last piece");
	say_session(d, p);
}

static void say_acknowledgements(struct dissection *d, const struct p2p_packet *p)
{
	if (p->has_acked)
		say(d, " ack of %" PRIu32, p->acked);
	if (p->has_nak)
		say(d, " nak of %" PRIu32, p->nak);
}

/* Of packets that carry data, what comes before it. */
static void say_kind(struct dissection *d, const struct p2p_packet *p)
{
	dissection_summary_add(d, "P2P v%d", p->version);
	if (p->kind == P2P_KIND_SYN)
		say(d, p->has_acked ? " SYN," : " SYN");
	else if (p->kind == P2P_KIND_RAK)
		say(d, " RAK");
	else if (p->kind == P2P_KIND_BROKEN)
		say(d, " broken packet");
	else if (p->kind == P2P_KIND_PREPARATION)
		say(d, " preparation, session %" PRIu32, p->session);
	else if (p->version == 1 && p->kind == P2P_KIND_ACK)
		say(d, " ack of %" PRIu32, p->ack_id);
	else if (p->kind != P2P_KIND_DATA && p->kind != P2P_KIND_ACK && p->kind != P2P_KIND_NAK)
		say(d, " %s", p2p_kind_name(p->kind));
	else if (p->version == 1 && p->kind == P2P_KIND_NAK)
		say(d, " nak of %" PRIu32, p->ack_id);
	say_acknowledgements(d, p);
}

/* --- packets --- */

void p2p_content_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
			 uint32_t session, uint32_t application)
{
	struct slice message = slice_sub(d->sources[source].data, offset, length);

	if (length == 0)
		return;
	if (session == 0 && slp_looks_like(message))
		slp_dissect(d, parent, source, offset, length);
	else if (session == P2P_INK_SESSION || application == INK_APPLICATION)
		ink_p2p_dissect(d, parent, source, offset, length);
	else if (typed_data_looks_like(message, application == WEBCAM_APPLICATION))
		typed_data_dissect(d, parent, source, offset, length);
	else
		field_add_range(d, parent, session && p2p_is_preparation(message) ? F_P2P_PREPARATION : F_P2P_DATA, source,
				offset, length);
}

static void dissect_data(const struct p2p_place *at, const struct p2p_packet *p)
{
	size_t said = at->d->summary.len;
	/* Bytes of an object may be zeros too. */
	bool zeros = p->kind != P2P_KIND_PREPARATION && p2p_is_preparation(p->data);

	if (p->data.len == 0)
		return;
	if (p->whole && !zeros)
		p2p_content_dissect(at->d, at->packet, at->source, at->offset + p->data_offset, p->data.len, p->session,
				    p->footer);
	else
		p2p_add_bytes(at, at->packet, F_P2P_DATA, p->data_offset, p->data.len);
	if (at->d->summary.len > said)
		put_colon(at->d, said);
	else if (p->kind != P2P_KIND_PREPARATION)
		say_data(at->d, p);
}

struct field *p2p_packet_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset,
				 size_t length, int version, bool footer)
{
	struct field *packet = field_add(d, parent, F_P2P_PACKET, source, offset, length);
	struct p2p_place at = {d, packet, source, offset, slice_sub(d->sources[source].data, offset, length), footer};
	struct p2p_packet p;

	p2p_packet_parse(at.bytes, version, footer, &p);
	p2p_add_number(&at, packet, F_P2P_VERSION, (uint64_t)version, 0, 0);
	field_add_text(d, packet, F_P2P_KIND, slice_str(p2p_kind_name(p.kind)), source, offset, 0);
	size_t end = version == 2 ? p2p_v2_header(&at, &p) : p2p_v1_header(&at, &p);
	say_kind(d, &p);
	dissect_data(&at, &p);
	if (footer && p.data_offset)
		add_footer(&at, &p, end);
	return packet;
}
