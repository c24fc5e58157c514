/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/pcapng_file.h"

#include "capture/place.h"

_Static_assert(PCAPNG_BLOCK_MAX <= SOURCE_NEED_MAX, "a block fits the buffer");

static enum capture_result ends_in_block(const struct pcapng *p, const struct source *s, char *message)
{
	const char *why = p->in_section ? "the file ends inside a block" : "the capture header is cut short";

	snprintf(message, CAPTURE_MESSAGE_MAX, "%s", s->failure ? s->failure : why);
	return CAPTURE_CUT;
}

static enum capture_result skip_block(struct pcapng *p, struct source *s, const struct pcapng_block *block,
				      char *message)
{
	struct slice tail;

	if (!source_skip(s, block->length - 4) || !source_need(s, 4, &tail))
		return ends_in_block(p, s, message);
	if (!pcapng_skipped(p, block, tail, message))
		return CAPTURE_CUT;
	source_consume(s, 4);
	return CAPTURE_END;
}

/*
 * Reads one block.  CAPTURE_END means here that it held no packet, or that
 * there was none (*more is false).
 */
static enum capture_result read_block(struct pcapng *p, struct source *s, struct packet *packet, bool *more,
				      char *message)
{
	struct pcapng_block block;
	struct slice data;

	*more = source_need(s, PCAPNG_HEADER_BYTES, &data);
	if (!*more)
		return data.len || s->failure ? ends_in_block(p, s, message) : CAPTURE_END;
	if (!pcapng_header(p, data, &block, message))
		return CAPTURE_CUT;
	if (!pcapng_wanted(&block))
		return skip_block(p, s, &block, message);
	if (!source_need(s, block.length, &data))
		return ends_in_block(p, s, message);
	switch (pcapng_block(p, &block, slice_sub(data, 0, block.length), packet, message)) {
	case PCAPNG_PACKET:
		source_consume(s, block.length);
		return CAPTURE_PACKET;
	case PCAPNG_NOTHING:
		source_consume(s, block.length);
		return CAPTURE_END;
	default:
		return CAPTURE_CUT;
	}
}

enum capture_result pcapng_file_next(struct pcapng *p, struct source *s, struct packet *packet, char *message)
{
	enum capture_result result;
	uint64_t start;
	bool more;

	do {
		start = s->offset;
		result = read_block(p, s, packet, &more, message);
	} while (result == CAPTURE_END && more);
	if (result == CAPTURE_CUT)
		place_append(message, p->frames + 1, start, source_compressed(s));
	return result;
}

bool pcapng_file_open(struct pcapng *p, struct source *s, char *message)
{
	char ignored[CAPTURE_MESSAGE_MAX];
	struct pcapng_block block;
	struct packet none;
	struct slice data;
	bool more;

	if (read_block(p, s, &none, &more, message) != CAPTURE_END)
		return false;
	/* what is wrong here is reported when the reader comes to it */
	while (source_need(s, PCAPNG_HEADER_BYTES, &data)) {
		struct pcapng ahead = *p;

		if (!pcapng_header(&ahead, data, &block, ignored) || !pcapng_describes(&block) ||
		    read_block(p, s, &none, &more, ignored) != CAPTURE_END)
			break;
	}
	return true;
}
