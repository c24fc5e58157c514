/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptions of files, and typed data: what begins with 0x80 is the latter. */
#include "dissectors/slp.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice message = slice_of(data, size);
	struct arena arena = {0};
	struct dissection d;

	dissection_init(&d, &arena, SLICE_EMPTY, message);
	typed_data_looks_like(message, true);
	if (size && data[0] == 0x80)
		typed_data_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, size);
	else
		file_context_dissect(&d, &d.root, SOURCE_PAYLOAD);
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
