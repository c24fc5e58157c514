/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/escape.h"

#include "util/utf8.h"

static const char hex_digits[] = "0123456789abcdef";

static void add_bytes(struct buffer *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		const char escape[] = {'\\', 'x', hex_digits[s.ptr[i] >> 4], hex_digits[s.ptr[i] & 15]};

		buffer_add(out, escape, sizeof(escape));
	}
}

/* Characters that cannot be seen and change how what surrounds them is shown. */
static bool is_treacherous(uint32_t codepoint)
{
	static const struct {
		uint32_t lo, hi;
	} ranges[] = {
		{0x00ad, 0x00ad},   /* soft hyphen */
		{0x061c, 0x061c},   /* Arabic letter mark */
		{0x180e, 0x180e},   /* Mongolian vowel separator */
		{0x200b, 0x200b},   /* zero width space */
		{0x200e, 0x200f},   /* left-to-right and right-to-left mark */
		{0x2028, 0x202e},   /* line and paragraph separator, embeddings and overrides */
		{0x2060, 0x206f},   /* word joiner, isolates, deprecated format characters */
		{0xfeff, 0xfeff},   /* byte order mark */
		{0xfff9, 0xfffb},   /* interlinear annotation */
		{0xfffe, 0xffff},   /* no characters */
		{0xe0000, 0xe0fff}, /* tags and other default ignorables */
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (codepoint >= ranges[i].lo && codepoint <= ranges[i].hi)
			return true;
	return false;
}

bool escape_is_printable(uint32_t codepoint)
{
	if (codepoint < 0xa0)
		return codepoint >= 0x20 && codepoint < 0x7f;
	return !is_treacherous(codepoint);
}

static bool is_ambiguous_after_backslash(struct slice s, size_t at)
{
	return at < s.len && (s.ptr[at] == 'x' || s.ptr[at] == '\\' || s.ptr[at] < 0x20 || s.ptr[at] >= 0x7f);
}

void escape_add(struct buffer *out, struct slice s)
{
	uint32_t codepoint;
	bool valid;

	buffer_reserve(out, s.len);
	for (size_t at = 0, n; at < s.len; at += n) {
		size_t plain = escape_plain_prefix(slice_sub(s, at, s.len));

		buffer_add_slice(out, slice_sub(s, at, plain));
		at += plain;
		if ((n = utf8_next(s, at, &codepoint, &valid)) == 0)
			return;
		struct slice character = slice_sub(s, at, n);
		if (!valid || !escape_is_printable(codepoint)) {
			add_bytes(out, character);
			continue;
		}
		buffer_add_slice(out, character);
		if (codepoint == '\\' && is_ambiguous_after_backslash(s, at + 1))
			buffer_add_byte(out, '\\');
	}
}

void escape_add_str(struct buffer *out, const char *s)
{
	escape_add(out, slice_str(s));
}
