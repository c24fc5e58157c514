/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/wanted.h"

struct wanted wanted_text(struct slice text)
{
	struct wanted w = {text, true};

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z')
			w.fold = false;
	return w;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static uint8_t upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - ('a' - 'A')) : c;
}

static bool begins(const uint8_t *hay, struct slice text)
{
	size_t i = 0;

	while (i < text.len && lower(hay[i]) == text.ptr[i])
		i++;
	return i == text.len;
}

/* The first place of a byte from at on, unless it is known already. */
static size_t next_byte(struct slice s, uint8_t byte, size_t at, size_t known)
{
	return known >= at ? known : at + slice_find_byte(slice_sub(s, at, s.len), byte);
}

/* Goes from one place where the first byte stands, in either case, to the next. */
static size_t find_folded(struct slice hay, struct slice text)
{
	size_t small = slice_find_byte(hay, text.ptr[0]), capital = slice_find_byte(hay, upper(text.ptr[0])), at;

	while ((at = small < capital ? small : capital) + text.len <= hay.len) {
		if (begins(hay.ptr + at, text))
			return at;
		small = next_byte(hay, text.ptr[0], at + 1, small);
		capital = next_byte(hay, upper(text.ptr[0]), at + 1, capital);
	}
	return hay.len;
}

size_t wanted_find(struct slice hay, size_t at, const struct wanted *w)
{
	struct slice rest = slice_sub(hay, at, hay.len);

	if (w->text.len == 0 || rest.len < w->text.len)
		return hay.len;
	return at + (w->fold ? find_folded(rest, w->text) : slice_find(rest, w->text));
}
