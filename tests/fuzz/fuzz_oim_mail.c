/* SPDX-License-Identifier: BSD-2-Clause */
/* Stored offline messages; the same bytes as a notice, and as a header with encoded words. */
#include "dissectors/mime.h"
#include "dissectors/oim_mail.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct msnp_context context = {MSNP_ANY_ROLE, {MSNP_FIRST, MSNP_LAST}, {NULL, 0}};
	struct arena arena = {0};
	struct dissection d;

	dissection_init(&d, &arena, SLICE_EMPTY, slice_of(data, size));
	oim_mail_text(oim_mail_dissect(&d, &d.root, SOURCE_PAYLOAD));
	oim_decode_words(&d, slice_of(data, size));
	tree_check(&d);
	dissection_init(&d, &arena, SLICE_EMPTY, slice_of(data, size));
	mime_message_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, size, &context);
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
