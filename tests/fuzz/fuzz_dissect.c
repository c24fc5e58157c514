/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dissection of arbitrary commands: the first byte says who speaks, the second
 * the version; then a line, and behind its LF the payload.  Every field must lie
 * within its source.
 */
#include <stdlib.h>

#include "dissectors/msnp_dissect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct dissection *d, const struct field *parent)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		if (f->source >= d->source_count || f->offset > d->sources[f->source].data.len ||
		    f->length > d->sources[f->source].data.len - f->offset)
			abort();
		check(d, f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct dissection d;

	if (size < 6 || size > MSNP_LINE_MAX)
		return 0;
	struct slice rest = slice_of(data + 2, size - 2);
	size_t lf = slice_find_byte(rest, '\n');
	struct msnp_message m = {.sender = data[0] & 1 ? MSNP_SERVER : MSNP_CLIENT, .line = slice_sub(rest, 0, lf)};
	struct msnp_context context = {data[0] >> 1 & 7, {data[1] % 30, data[1] % 30}, {NULL, 0}};
	struct msnp_hints hints = {.challenge = SLICE_LIT("15570131571988941333")};
	if (m.line.len < 3)
		return 0;
	m.payload = slice_sub(rest, lf + 1, rest.len);
	m.has_payload = m.payload.len > 0;
	dissection_init(&d, &arena, m.line, m.payload);
	msnp_dissect(&d, &m, &context, &hints);
	check(&d, &d.root);
	arena_free(&arena);
	return 0;
}
