/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameters of commands. The first byte says which parameter, the rest is the
 * word; beyond the last parameter it is the text of an MSNObject.
 */
#include "dissectors/msnp_value.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parameters follow the other fields in enum field_id. */
#define FIRST P_ack_mode

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct dissection d;

	if (size == 0)
		return 0;
	unsigned param = FIRST + data[0];
	struct slice word = slice_of(data + 1, size - 1);
	dissection_init(&d, &arena, word, SLICE_EMPTY);
	if (param < FIELD_COUNT)
		msnp_value(&d, (enum field_id)param, 0, word.len);
	else
		msnobject_dissect(&d, &d.root, dissection_add_source(&d, "msnobj", word));
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
