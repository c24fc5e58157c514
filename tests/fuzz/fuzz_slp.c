/* SPDX-License-Identifier: BSD-2-Clause */
/* MSNSLP messages. */
#include "dissectors/slp.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct dissection d;

	dissection_init(&d, &arena, SLICE_EMPTY, slice_of(data, size));
	slp_looks_like(d.sources[SOURCE_PAYLOAD].data);
	slp_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, size);
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
