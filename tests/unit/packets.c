/* SPDX-License-Identifier: BSD-2-Clause */
#include "packets.h"

#include <stdlib.h>

static int hex_digit(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

void packets_hex(struct buffer *b, const char *hex)
{
	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		buffer_add_byte(b, (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1])));
		hex++;
	}
}

struct buffer packets_from_hex(const char *hex)
{
	struct buffer b = {0};

	packets_hex(&b, hex);
	return b;
}

enum decode_result packets_decode_cut(struct decoder *d, int linktype, const struct buffer *b, size_t len,
				      struct segment *segment, uint8_t **memory)
{
	struct packet p = {.frame = 7, .time_ns = 8, .linktype = linktype, .wire_len = (uint32_t)b->len};

	*memory = malloc(len ? len : 1);
	if (len)
		memcpy(*memory, b->data, len);
	p.data = slice_of(*memory, len);
	memset(segment, 0xa5, sizeof(*segment));
	return decoder_packet(d, &p, segment);
}

enum decode_result packets_decode_hex(struct decoder *d, int linktype, const char *hex, struct segment *segment)
{
	struct buffer b = packets_from_hex(hex);
	uint8_t *memory;
	enum decode_result result = packets_decode_cut(d, linktype, &b, b.len, segment, &memory);

	free(memory);
	buffer_free(&b);
	return result;
}
