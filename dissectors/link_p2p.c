/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Direct P2P connections.  Frames, each behind its length (u32, little-endian):
 *
 *	connecting side		listening side
 *	"foo" NUL
 *	nonce
 *				nonce
 *	transport packets without footer, both ways
 *
 * A nonce is a packet of version 1 with flags 0x100 and the GUID in its last 16
 * bytes, or in version 2 the bare GUID.
 */
#include "dissectors/link_protocols.h"
#include "dissectors/p2p.h"
#include "util/reader.h"

#define LENGTH_FIELD 4u
/* Longer frames nobody sends. */
#define FRAME_USUAL 16384u
#define FLAG_HANDSHAKE 0x100u
#define FLAGS_KNOWN 0x010003ffu
#define V2_DATA_HEADER_MIN 8u

/* How far a side is: link_framer.step. */
enum { STEP_START, STEP_FOO, STEP_PACKETS };

static const struct slice foo = {(const uint8_t *)"foo", 4};
static const struct slice foo_frame = {(const uint8_t *)"\4\0\0\0foo", 8};

static enum link_guess p2p_recognise(struct slice first)
{
	return link_prefix(first, foo_frame);
}

/* The length of a nonce. */
static bool p2p_may_answer(struct slice first)
{
	return link_prefix(first, slice_of("\x30\0\0", 4)) != LINK_GUESS_NO ||
	       link_prefix(first, slice_of("\x10\0\0", 4)) != LINK_GUESS_NO;
}

/*
 * Are these the first bytes of a packet of that many bytes?  MORE: not enough
 * of them.  All numbers must fit each other, so that nothing else is taken for one.
 */
static enum link_guess fits_v1(struct slice bytes, size_t size)
{
	struct reader r = reader_over(bytes);

	if (size < P2P_V1_HEADER)
		return LINK_GUESS_NO;
	reader_skip(&r, 4);
	uint32_t identifier = reader_le32(&r);
	uint64_t offset = reader_le32(&r);
	offset |= (uint64_t)reader_le32(&r) << 32;
	uint64_t total = reader_le32(&r);
	total |= (uint64_t)reader_le32(&r) << 32;
	uint32_t length = reader_le32(&r), flags = reader_le32(&r);
	if (r.truncated)
		return LINK_GUESS_MORE;
	bool fits = identifier && length == size - P2P_V1_HEADER && !(flags & ~FLAGS_KNOWN) &&
		    (length ? offset <= total && length <= total - offset : flags != 0);
	return fits ? LINK_GUESS_YES : LINK_GUESS_NO;
}

static enum link_guess fits_v2(struct slice bytes, size_t size)
{
	struct reader r = reader_over(bytes);

	if (size < P2P_V2_HEADER_MIN)
		return LINK_GUESS_NO;
	uint8_t header = reader_u8(&r), operation = reader_u8(&r);
	uint16_t message = reader_be16(&r);
	if (r.truncated)
		return LINK_GUESS_MORE;
	if (header < P2P_V2_HEADER_MIN || header % 4 || operation > 3 || (size_t)header + message != size)
		return LINK_GUESS_NO;
	if (message == 0)
		return LINK_GUESS_YES;
	reader_skip(&r, header - 4u);
	uint8_t data_header = reader_u8(&r), tf = reader_u8(&r);
	if (r.truncated)
		return LINK_GUESS_MORE;
	bool fits = data_header >= V2_DATA_HEADER_MIN && data_header % 4 == 0 && data_header <= message && tf <= 7 &&
		    (tf & 6) != 2;
	return fits ? LINK_GUESS_YES : LINK_GUESS_NO;
}

/* Does a frame with a packet of that version (0: of either) begin there? */
static enum link_guess fits_frame(struct slice bytes, int version)
{
	struct reader r = reader_over(bytes);
	uint32_t size = reader_le32(&r);

	if (r.truncated) {
		/* The upper half of a length is zero. */
		for (size_t i = 2; i < bytes.len; i++)
			if (bytes.ptr[i])
				return LINK_GUESS_NO;
		return LINK_GUESS_MORE;
	}
	if (size > LINK_MESSAGE_MAX - LENGTH_FIELD)
		return LINK_GUESS_NO;
	struct slice frame = reader_rest(&r);
	enum link_guess v1 = version == 2 ? LINK_GUESS_NO : fits_v1(frame, size);
	enum link_guess v2 = version == 1 ? LINK_GUESS_NO : fits_v2(frame, size);
	return v1 > v2 ? v1 : v2;
}

static bool p2p_recognise_middle(struct slice piece)
{
	return fits_frame(piece, 0) == LINK_GUESS_YES;
}

static size_t p2p_length(const struct link_framer *f, struct slice pending)
{
	struct reader r = reader_over(pending);
	uint32_t size = reader_le32(&r);

	(void)f;
	if (r.truncated)
		return 0;
	return size > LINK_MESSAGE_MAX - LENGTH_FIELD ? LINK_NO_MESSAGE : LENGTH_FIELD + size;
}

static enum link_guess p2p_resume(const struct link_framer *f, struct slice pending, bool fresh)
{
	(void)fresh;
	return fits_frame(pending, f->state->p2p_version);
}

static void p2p_lost(struct link_framer *f)
{
	(void)f;
}

static uint32_t flags_of(struct slice frame)
{
	struct reader r = reader_over(frame);

	reader_skip(&r, 28);
	return reader_le32(&r);
}

/* The version that a nonce of this shape has, 0 when the frame is none. */
static int nonce_version(const struct link_framer *f, struct slice frame, size_t size)
{
	if (size == P2P_V1_HEADER && flags_of(frame) & FLAG_HANDSHAKE)
		return 1;
	if (size != P2P_NONCE_LENGTH || f->step == STEP_PACKETS || f->state->p2p_version == 1)
		return 0;
	/* Behind lost bytes it may be an acknowledgement. */
	return f->missed && fits_v2(frame, size) == LINK_GUESS_YES ? 0 : 2;
}

/* The version of the connection, unless the packet is clearly of the other. */
static int packet_version(struct link_framer *f, struct slice frame, size_t size)
{
	bool v1 = fits_v1(frame, size) == LINK_GUESS_YES, v2 = fits_v2(frame, size) == LINK_GUESS_YES;

	if (v1 != v2)
		f->state->p2p_version = v1 ? 1 : 2;
	return f->state->p2p_version;
}

static const char *problem_of(const struct link_framer *f, const struct link_message *m, struct slice frame)
{
	bool first = f->step == STEP_START && f->state->connector == f->side;

	if (m->kind == LINK_FOO)
		return first ? NULL : "\"foo\" is not the first frame of who connects";
	if (f->missed)
		return NULL;
	if (first)
		return "the first frame of who connects is not \"foo\"";
	if (m->kind == LINK_NONCE && f->step == STEP_PACKETS)
		return "a second nonce";
	if (m->kind == LINK_PACKET && f->step != STEP_PACKETS)
		return "a packet before the nonce";
	if (m->kind == LINK_NONCE && m->p2p_version == 1 && flags_of(frame) != FLAG_HANDSHAKE)
		return "the packet with the nonce has other flags than 0x100";
	return NULL;
}

static void p2p_note(struct link_framer *f, struct link_message *m, struct slice bytes)
{
	struct slice frame = slice_sub(bytes, LENGTH_FIELD, bytes.len);
	size_t size = m->length > LENGTH_FIELD ? (size_t)m->length - LENGTH_FIELD : frame.len;
	int nonce = m->cut ? 0 : nonce_version(f, frame, size);

	m->payload = bytes;
	m->kind = slice_eq(frame, foo) ? LINK_FOO : nonce ? LINK_NONCE : LINK_PACKET;
	if (m->kind == LINK_FOO && f->state->connector < 0)
		f->state->connector = f->side;
	if (nonce)
		m->p2p_version = f->state->p2p_version = nonce;
	else if (m->kind == LINK_PACKET)
		m->p2p_version = packet_version(f, frame, size);
	m->problem = problem_of(f, m, frame);
	f->step = m->kind == LINK_FOO ? STEP_FOO : STEP_PACKETS;
}

/* The bare GUID of version 2. */
static void dissect_nonce(struct dissection *d)
{
	struct slice payload = d->sources[SOURCE_PAYLOAD].data;
	struct slice nonce = slice_sub(payload, LENGTH_FIELD, P2P_NONCE_LENGTH);
	struct slice guid = p2p_guid(d->arena, nonce.ptr);

	field_add_text(d, &d->root, F_P2P_NONCE, guid, SOURCE_PAYLOAD, LENGTH_FIELD, nonce.len);
	field_add_text(d, &d->root, F_P2P_NONCE_HASHED, p2p_guid_hashed(d->arena, nonce.ptr), SOURCE_PAYLOAD, LENGTH_FIELD,
		       nonce.len);
	dissection_summarise(d, "P2P v2 handshake, nonce %.*s", SLICE_ARG(guid));
}

/* The lengths of a packet that was cut cannot fit; that it is cut is told already. */
static void forgive_lengths(struct dissection *d)
{
	struct finding **link = &d->findings, *last = NULL;

	while (*link) {
		if ((*link)->rule == &finding_rules[RULE_P2P_BROKEN]) {
			*link = (*link)->next;
			d->finding_count--;
		} else {
			last = *link;
			link = &last->next;
		}
	}
	d->last_finding = last;
}

static void dissect_packet(struct dissection *d, const struct link_message *m)
{
	size_t len = d->sources[SOURCE_PAYLOAD].data.len - LENGTH_FIELD;

	if (len == 0 && !m->cut) {
		dissection_summarise(d, "an empty frame");
		return;
	}
	if (len > FRAME_USUAL && !m->cut)
		finding_add(d, RULE_P2P_BROKEN, NULL, "frame of %zu bytes, more than %u", len, FRAME_USUAL);
	if (m->p2p_version) {
		const struct field *packet =
			p2p_packet_dissect(d, &d->root, SOURCE_PAYLOAD, LENGTH_FIELD, len, m->p2p_version, false);
		const struct field *nonce = field_child(packet, &field_defs[F_P2P_NONCE]);
		if (m->cut)
			forgive_lengths(d);
		if (nonce)
			dissection_summary_add(d, "nonce %.*s", SLICE_ARG(nonce->value.text));
		return;
	}
	const struct field *f = field_add_range(d, &d->root, F_PAYLOAD_DATA, SOURCE_PAYLOAD, LENGTH_FIELD, len);
	if (!m->cut)
		finding_add(d, RULE_P2P_BROKEN, f, "neither a packet of version 1 nor of version 2");
	dissection_summarise(d, "%zu bytes that are no packet", len);
}

static const char *p2p_dissect(struct dissection *d, const struct link_message *m)
{
	struct slice payload = d->sources[SOURCE_PAYLOAD].data;
	struct reader r = reader_over(payload);
	uint32_t size = reader_le32(&r);

	if (r.truncated) {
		field_add_range(d, &d->root, F_PAYLOAD_DATA, SOURCE_PAYLOAD, 0, payload.len);
		dissection_summarise(d, "%zu bytes of a frame", payload.len);
		return "P2P";
	}
	field_add_number(d, &d->root, F_P2P_FRAME_LENGTH, size, SOURCE_PAYLOAD, 0, LENGTH_FIELD);
	if (m->kind == LINK_FOO) {
		struct field *f = field_add_range(d, &d->root, F_P2P_FOO, SOURCE_PAYLOAD, LENGTH_FIELD, foo.len - 1);

		field_syntax(f, 0, 1);
		dissection_summarise(d, "opens a direct connection");
		return "FOO";
	}
	if (m->kind == LINK_NONCE && m->p2p_version == 2)
		dissect_nonce(d);
	else
		dissect_packet(d, m);
	return m->kind == LINK_NONCE ? "NONCE" : "P2P";
}

const struct link_operations link_p2p = {
	.name = "p2p",
	.rule = RULE_P2P_HANDSHAKE,
	.recognise = p2p_recognise,
	.may_answer = p2p_may_answer,
	.recognise_middle = p2p_recognise_middle,
	.length = p2p_length,
	.resume = p2p_resume,
	.lost = p2p_lost,
	.note = p2p_note,
	.dissect = p2p_dissect,
};
