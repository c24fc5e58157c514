/* SPDX-License-Identifier: BSD-2-Clause */
/* A pcapng file in memory. */
#include <stdlib.h>

#include "capture/pcapng_file.h"

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
	struct pcapng ng = {0};
	struct packet p = {0};
	enum capture_result result = CAPTURE_CUT;
	bool opened = pcapng_file_open(&ng, s, message);

	for (uint64_t frame = 0; opened; frame = p.frame) {
		result = pcapng_file_next(&ng, s, &p, message);
		if (result != CAPTURE_PACKET)
			break;
		check_packet(&p, frame);
	}
	check(result == CAPTURE_CUT ? message[0] != 0 : s->offset == size);
	pcapng_free(&ng);
	source_free(s);
	return 0;
}
