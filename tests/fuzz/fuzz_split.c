/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages in parts: payloads parted by 0xff; the byte before each says which connection and side it is on. */
#include <stdlib.h>

#include "dissectors/mime.h"
#include "session/split.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct msnp_context context = {MSNP_SB, {MSNP_FIRST, MSNP_LAST}, {NULL, 0}};

static void observe(struct split_table *t, struct arena *arena, uint8_t where, struct slice payload)
{
	struct connection connection = {.id = 1 + (where & 1u)};
	struct dissection d;
	struct event e = {.kind = EVENT_COMMAND,
			  .connection = &connection,
			  .from = where & 2u ? MSNP_SERVER : MSNP_CLIENT,
			  .protocol = "msnp",
			  .name = SLICE_LIT("MSG"),
			  .payload = payload,
			  .has_payload = true,
			  .declared_length = payload.len,
			  .lost_bytes = where & 4u,
			  .dissection = &d};

	arena_reset(arena);
	dissection_init(&d, arena, SLICE_EMPTY, payload);
	mime_message_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, payload.len, &context);
	split_observe(t, &e, &d, &context);
	tree_check(&d);
}

static void on_missing(void *ctx, const struct split_missing *m)
{
	size_t *parts = ctx;

	*parts += m->parts;
	if (m->wanted && m->parts >= m->wanted)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct split_table *t = split_new();
	struct slice rest = slice_of(data, size);
	size_t parts = 0;
	struct connection connection = {.id = 1};
	struct arena arena = {0};

	while (rest.len) {
		size_t end = slice_find_byte(rest, 0xff);

		observe(t, &arena, rest.ptr[0], slice_sub(rest, 1, end > 1 ? end - 1 : 0));
		rest = slice_sub(rest, end + 1, rest.len);
	}
	split_connection_end(t, &connection, on_missing, &parts);
	split_free(t);
	arena_free(&arena);
	return 0;
}
