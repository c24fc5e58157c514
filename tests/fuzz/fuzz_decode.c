/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets through the decoder.  Input: link type (1, an index), then packets:
 * length (2, big-endian), bytes that the snapshot length cut (1), data.  Each
 * packet comes 7 s after the one before.  Checksums are verified when the
 * first byte has its top bit set.
 */
#include <stdlib.h>

#include "decode/decode.h"
#include "util/reader.h"

#define STEP_NS 7000000000

static const int linktypes[] = {1,   0,   9,   50,  51,  101, 104, 105, 108, 113,
				119, 127, 163, 204, 228, 229, 252, 276, 12,  65000};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Every byte of the payload is there to be read. */
static void check_segment(const struct segment *s)
{
	unsigned sum = 0;

	check(s->payload.len <= s->payload_len);
	check(s->source.version == s->destination.version);
	check(s->source.version == 4 || s->source.version == 6);
	for (size_t i = 0; i < s->payload.len; i++)
		sum += s->payload.ptr[i];
	check(sum <= s->payload.len * UINT8_MAX);
}

static void check_counters(const struct decode_counters *c, uint64_t fragments_kept)
{
	check(c->packets == c->tcp + c->other + c->broken + c->unsupported + fragments_kept);
	check(c->tunnels <= c->other);
	check(c->datagrams_complete + c->datagrams_lost <= c->fragments);
	check(c->bad_checksums <= c->tcp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(slice_of(data, size));
	uint8_t choice = reader_u8(&r);
	struct decoder *d = decoder_new(choice & 0x80);
	struct packet p = {.linktype = linktypes[(choice & 0x7f) % (sizeof(linktypes) / sizeof(linktypes[0]))]};
	uint64_t kept = 0;

	while (reader_left(&r)) {
		size_t length = reader_be16(&r);
		uint8_t cut = reader_u8(&r);
		struct segment segment;

		if (length > reader_left(&r))
			length = reader_left(&r);
		p.data = reader_bytes(&r, length);
		p.wire_len = (uint32_t)length + cut;
		p.time_ns += STEP_NS;
		p.frame++;
		enum decode_result result = decoder_packet(d, &p, &segment);
		if (result == DECODE_TCP)
			check_segment(&segment);
		kept += result == DECODE_FRAGMENT;
	}
	check_counters(decoder_finish(d), kept);
	decoder_free(d);
	return 0;
}
