/* SPDX-License-Identifier: BSD-2-Clause */
/* XML payloads of the notification server: the first byte chooses the kind. */
#include "dissectors/payload.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum payload_kind kinds[] = {
		PAYLOAD_XML_ML,       PAYLOAD_XML_DATA,         PAYLOAD_XML_CONFIG,
		PAYLOAD_XML_POLICIES, PAYLOAD_XML_NOTIFICATION, PAYLOAD_XML_PAGE,
		PAYLOAD_ERROR_DETAIL,
	};
	static const struct msnp_context context = {MSNP_ANY_ROLE, {MSNP_FIRST, MSNP_LAST}, {NULL, 0}};
	struct arena arena = {0};
	struct dissection d;

	if (size < 2)
		return 0;
	size_t kind = data[0] % (sizeof(kinds) / sizeof(kinds[0]));
	dissection_init(&d, &arena, SLICE_EMPTY, slice_of(data + 1, size - 1));
	payload_find(kinds[kind], SLICE_EMPTY)(&d, &d.root, SOURCE_PAYLOAD, 0, size - 1, &context);
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
