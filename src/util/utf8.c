/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/utf8.h"

/*
 * What may follow a first byte: how many bytes, and the range of the first of
 * them, which rules out overlong forms, surrogates and too large numbers.
 */
struct lead {
	unsigned follow;
	uint8_t lo, hi;
};

static struct lead lead_of(uint8_t c)
{
	if (c >= 0xc2 && c <= 0xdf)
		return (struct lead){1, 0x80, 0xbf};
	if (c >= 0xe0 && c <= 0xef)
		return (struct lead){2, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf};
	if (c >= 0xf0 && c <= 0xf4)
		return (struct lead){3, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf};
	return (struct lead){0, 0, 0};
}

static size_t broken(size_t length, uint32_t *codepoint, bool *valid)
{
	*codepoint = UTF8_REPLACEMENT;
	*valid = false;
	return length;
}

size_t utf8_next(struct slice s, size_t at, uint32_t *codepoint, bool *valid)
{
	*valid = true;
	if (at >= s.len) {
		*codepoint = 0;
		return 0;
	}
	const uint8_t *p = s.ptr + at;
	size_t left = s.len - at;
	if (p[0] < 0x80) {
		*codepoint = p[0];
		return 1;
	}
	struct lead lead = lead_of(p[0]);
	if (lead.follow == 0)
		return broken(1, codepoint, valid);
	uint32_t value = p[0] & (0x3fu >> lead.follow);
	for (size_t i = 1; i <= lead.follow; i++) {
		if (i >= left || p[i] < lead.lo || p[i] > lead.hi)
			return broken(i, codepoint, valid);
		value = value << 6 | (p[i] & 0x3fu);
		lead.lo = 0x80;
		lead.hi = 0xbf;
	}
	*codepoint = value;
	return 1 + lead.follow;
}

size_t utf8_put(uint32_t codepoint, uint8_t out[UTF8_MAX])
{
	if (codepoint > 0x10ffff || (codepoint >= 0xd800 && codepoint <= 0xdfff))
		codepoint = UTF8_REPLACEMENT;
	if (codepoint < 0x80) {
		out[0] = (uint8_t)codepoint;
		return 1;
	}
	size_t follow = codepoint < 0x800 ? 1 : codepoint < 0x10000 ? 2 : 3;
	for (size_t i = follow; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (codepoint & 0x3f));
		codepoint >>= 6;
	}
	/* The first byte has as many leading ones as the character has bytes. */
	out[0] = (uint8_t)((0xf80u >> follow & 0xff) | codepoint);
	return 1 + follow;
}

/* Nearly all text is ASCII: whole words without a high bit are passed over at once. */
static size_t ascii_run(struct slice s, size_t at)
{
	while (s.len - at >= sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, s.ptr + at, sizeof(word));
		if (word & UINT64_C(0x8080808080808080))
			break;
		at += sizeof(word);
	}
	while (at < s.len && s.ptr[at] < 0x80)
		at++;
	return at;
}

size_t utf8_valid_prefix(struct slice s)
{
	for (size_t at = 0;;) {
		uint32_t codepoint;
		bool valid;

		at = ascii_run(s, at);
		size_t n = utf8_next(s, at, &codepoint, &valid);
		if (n == 0 || !valid)
			return at;
		at += n;
	}
}

struct slice utf8_cut(struct slice s, size_t max)
{
	if (s.len <= max)
		return s;
	size_t len = max;
	/* A cut before a continuation byte is within a character, unless that many cannot be one. */
	while (len > 0 && max - len < UTF8_MAX - 1 && (s.ptr[len] & 0xc0) == 0x80)
		len--;
	return slice_sub(s, 0, (s.ptr[len] & 0xc0) == 0x80 ? max : len);
}
