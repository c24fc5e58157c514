/* SPDX-License-Identifier: BSD-2-Clause */
/* Payloads of MSG. */
#include "dissectors/mime.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct msnp_context context = {MSNP_ANY_ROLE, {MSNP_FIRST, MSNP_LAST}, {NULL, 0}};
	struct arena arena = {0};
	struct dissection d;

	dissection_init(&d, &arena, SLICE_EMPTY, slice_of(data, size));
	mime_message_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, size, &context);
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
