/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode/decode.h"

#include <stdlib.h>

#include "decode/layers.h"
#include "util/memory.h"

struct decoder *decoder_new(bool verify_checksums)
{
	struct decoder *d = memory_zalloc(sizeof(*d));

	d->verify_checksums = verify_checksums;
	d->fragments = fragments_new();
	return d;
}

static void count(struct decode_counters *c, enum decode_result result, const struct segment *segment)
{
	c->packets++;
	switch (result) {
	case DECODE_TCP:
		c->tcp++;
		c->bad_checksums += segment->bad_checksum;
		break;
	case DECODE_OTHER:
		c->other++;
		break;
	case DECODE_FRAGMENT:
		break; /* counted on arrival, with those that complete a datagram */
	case DECODE_BROKEN:
		c->broken++;
		break;
	case DECODE_UNSUPPORTED:
		c->unsupported++;
		break;
	}
}

enum decode_result decoder_packet(struct decoder *d, const struct packet *packet, struct segment *segment)
{
	struct layers l = {.decoder = d, .segment = segment};
	struct reader r = reader_over(packet->data);
	layer_decode *decode = link_find(packet->linktype);
	enum decode_result result = DECODE_UNSUPPORTED;

	if (packet->wire_len > packet->data.len)
		l.cut = packet->wire_len - packet->data.len;
	segment->frame = packet->frame;
	segment->time_ns = packet->time_ns;
	segment->bad_checksum = false;
	segment->ordered = false;
	if (decode)
		result = decode(&l, &r);
	count(&d->counters, result, segment);
	return result;
}

const struct decode_counters *decoder_finish(struct decoder *d)
{
	fragments_give_up(d->fragments, &d->counters);
	return &d->counters;
}

const struct decode_counters *decoder_counters(const struct decoder *d)
{
	return &d->counters;
}

bool decode_linktype_supported(int linktype)
{
	return link_find(linktype) != NULL;
}

void decoder_free(struct decoder *d)
{
	if (!d)
		return;
	fragments_free(d->fragments);
	free(d);
}
