/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets in hexadecimal, as a text in memory. */
#include <stdlib.h>

#include "capture/hex_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_packet(const struct packet *p, uint64_t frame)
{
	unsigned sum = 0;

	check(p->frame > frame);
	check(p->data.len <= CAPTURE_PACKET_MAX && p->data.len <= p->wire_len);
	for (size_t i = 0; i < p->data.len; i++)
		sum += p->data.ptr[i];
	check(sum <= p->data.len * UINT8_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char message[CAPTURE_MESSAGE_MAX] = "";
	struct source *s = source_memory(slice_of(data, size));
	struct hex_file h;
	struct packet p = {0};
	enum capture_result result;
	int linktype = 1;
	uint64_t frame = 0;

	hex_file_recognise(slice_of(data, size), &linktype);
	hex_file_open(&h, linktype);
	while ((result = hex_file_next(&h, s, &p, message)) == CAPTURE_PACKET) {
		check_packet(&p, frame);
		frame = p.frame;
	}
	check(result == CAPTURE_CUT ? message[0] != 0 : s->offset == size);
	hex_file_close(&h);
	source_free(s);
	return 0;
}
