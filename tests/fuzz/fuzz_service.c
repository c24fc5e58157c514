/* SPDX-License-Identifier: BSD-2-Clause */
/* A request and its response, with a line of equals signs between them. */
#include "dissectors/service.h"
#include "tests/unit/http_text.h"
#include "tests/unit/tree.h"

#define BETWEEN "\n=====\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void dissect(struct arena *arena, const struct http_text *t)
{
	struct dissection d;

	service_wanted(&t->message);
	dissection_init(&d, arena, t->head, t->message.body);
	service_dissect(&d, &t->message);
	tree_check(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = slice_of(data, size);
	size_t end = slice_find(all, SLICE_LIT(BETWEEN));
	struct http_text request, response;
	struct arena arena = {0};

	http_text_parse(&request, slice_sub(all, 0, end), NULL, true);
	dissect(&arena, &request);
	http_text_parse(&response, slice_sub(all, end + strlen(BETWEEN), size), &request, false);
	dissect(&arena, &response);
	http_text_parse(&response, slice_sub(all, end + strlen(BETWEEN), size), NULL, false);
	dissect(&arena, &response);
	arena_free(&arena);
	return 0;
}
