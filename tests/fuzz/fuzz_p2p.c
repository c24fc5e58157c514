/* SPDX-License-Identifier: BSD-2-Clause */
/* A byte that says how (1 version 2, 2 footer, 4 body of MSG or SDG), then a packet or a whole payload of MSG. */
#include "dissectors/mime.h"
#include "dissectors/p2p.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = slice_sub(slice_of(data, size), 1, size);
	int version = size && data[0] & 1 ? 2 : 1;
	struct arena arena = {0};
	struct dissection d;
	struct p2p_packet p;

	dissection_init(&d, &arena, SLICE_EMPTY, bytes);
	if (size && data[0] & 4)
		mime_message_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, bytes.len, NULL);
	else
		p2p_packet_of(&d,
			      p2p_packet_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, bytes.len, version,
						 size && data[0] & 2),
			      &p);
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
