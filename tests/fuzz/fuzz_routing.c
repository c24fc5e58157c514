/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands with routed payloads: "<<< " or ">>> " and the line, LF, the payload.
 * Lines that are no such command go to msnp_dissect as well.
 */
#include "dissectors/msnp_dissect.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_of(data, size);
	size_t lf = slice_find_byte(input, '\n');
	struct msnp_message m = {.line = slice_sub(slice_sub(input, 0, lf), 4, MSNP_LINE_MAX),
				 .payload = slice_sub(input, lf + 1, size),
				 .has_payload = true};
	bool skype = slice_find(m.line, SLICE_LIT("CON")) < m.line.len || slice_find(m.line, SLICE_LIT("MSGR")) < m.line.len;
	const struct msnp_context context = {MSNP_NS, {skype ? 24 : 18, skype ? 24 : 21}, {NULL, 0}};
	const struct msnp_hints hints = {0};
	struct arena arena = {0};
	struct dissection d;

	if (m.line.len < 3)
		return 0;
	m.sender = data[0] == '<' ? MSNP_SERVER : MSNP_CLIENT;
	m.declared = m.payload.len;
	dissection_init(&d, &arena, m.line, m.payload);
	msnp_dissect(&d, &m, &context, &hints);
	tree_check(&d);
	arena_free(&arena);
	return 0;
}
