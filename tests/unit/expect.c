/* SPDX-License-Identifier: BSD-2-Clause */
#include "expect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tree.h"

/* Takes what is in the buffer. */
static void expect_text(struct buffer *is, const char *expected)
{
	buffer_add_byte(is, 0);
	assert_string_equal((const char *)is->data, expected);
	buffer_free(is);
}

void expect_tree(const struct dissection *d, const char *tree)
{
	struct buffer out = {0};

	tree_write(d, &out);
	expect_text(&out, tree);
}

void expect_summary(const struct dissection *d, const char *summary)
{
	struct buffer out = {0};

	buffer_add_slice(&out, d->summary);
	expect_text(&out, summary);
}

void expect_cuts(const char *payload, void (*dissect)(void *ctx, struct slice payload), void *ctx)
{
	for (size_t len = 0; len < strlen(payload); len++) {
		uint8_t *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, payload, len);
		dissect(ctx, slice_of(copy, len));
		free(copy);
	}
}
