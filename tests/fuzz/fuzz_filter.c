/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiles the first line as a filter and holds the command in the rest against it. */
#include <stdlib.h>

#include "dissectors/msnp_dissect.h"
#include "timeline/filter.h"
#include "util/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match(const struct filter *f, struct slice rest)
{
	struct arena arena = {0};
	struct dissection d;
	struct connection connection = {.id = 1, .version = 9, .transport = "tcp", .role = MSNP_SB};
	struct msnp_context context = {MSNP_ANY_ROLE, {MSNP_FIRST, MSNP_NEWEST}, SLICE_EMPTY};
	struct msnp_hints hints = {.challenge = SLICE_EMPTY};
	size_t end = slice_find_byte(rest, '\n');
	struct msnp_message m = {.sender = MSNP_SERVER, .line = slice_sub(rest, 0, end), .payload = slice_sub(rest, end + 1, rest.len)};
	uint64_t frame = 7;

	if (m.line.len < 3)
		return;
	m.has_payload = m.payload.len > 0;
	m.declared = m.payload.len;
	dissection_init(&d, &arena, m.line, m.payload);
	struct msnp_dissected r = msnp_dissect(&d, &m, &context, &hints);
	struct event e = {.id = 1, .kind = EVENT_COMMAND, .frames = &frame, .frame_count = 1, .connection = &connection,
			  .from = MSNP_SERVER, .protocol = "msnp", .name = r.words.word[0], .words = r.words, .line = m.line,
			  .payload = m.payload, .has_payload = m.has_payload, .dissection = &d};
	filter_matches(f, &e);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice input = slice_of(data, size);
	size_t end = slice_find_byte(input, '\n');
	struct filter_error error;
	char *expression = calloc(end + 1, 1);

	if (end)
		memcpy(expression, data, end);
	struct filter *f = filter_compile(expression, &error);
	if (f)
		match(f, slice_sub(input, end + 1, size));
	else if (!error.text[0] || error.column < 1)
		abort();
	filter_free(f);
	free(expression);
	return 0;
}
