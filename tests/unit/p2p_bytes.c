/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "p2p_bytes.h"

static uint8_t digit(char c)
{
	return (uint8_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
}

void add_hex(struct bytes *b, const char *hex)
{
	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		assert_true(b->len < ROOM);
		b->at[b->len++] = (uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
		hex++;
	}
}

void add_text(struct bytes *b, const char *text)
{
	assert_true(b->len + strlen(text) < ROOM);
	memcpy(b->at + b->len, text, strlen(text));
	b->len += strlen(text);
}

void assert_text(struct slice is, const char *should)
{
	char *text = malloc(is.len + 1);

	assert_non_null(text);
	memcpy(text, is.ptr, is.len);
	text[is.len] = 0;
	assert_string_equal(text, should);
	free(text);
}
