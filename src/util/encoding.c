/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/encoding.h"

#include "util/utf8.h"

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that the escape at offset at stands for, or -1. */
static int percent_byte(struct slice s, size_t at)
{
	if (s.len - at < 3)
		return -1;
	int high = hex_digit(s.ptr[at + 1]);
	int low = hex_digit(s.ptr[at + 2]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

struct slice percent_decode(struct arena *arena, struct slice s)
{
	size_t at = slice_find_byte(s, '%');

	if (at == s.len)
		return s;
	uint8_t *out = arena_alloc_raw(arena, s.len);
	size_t len = at;
	memcpy(out, s.ptr, at);
	while (at < s.len) {
		int byte = s.ptr[at] == '%' ? percent_byte(s, at) : -1;

		out[len++] = byte < 0 ? s.ptr[at] : (uint8_t)byte;
		at += byte < 0 ? 1 : 3;
	}
	return slice_of(out, len);
}

bool percent_is_sound(struct slice s)
{
	for (size_t at = slice_find_byte(s, '%'); at < s.len; at += slice_find_byte(slice_sub(s, at, s.len), '%')) {
		if (percent_byte(s, at) < 0)
			return false;
		at += 3;
	}
	return true;
}

static int base64_digit(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool base64_decode(struct arena *arena, struct slice s, struct slice *out)
{
	uint8_t *bytes = arena_alloc_raw(arena, s.len / 4 * 3 + 3);
	size_t len = 0, digits = 0, padding = 0;
	uint32_t bits = 0;

	for (size_t i = 0; i < s.len; i++) {
		int digit = base64_digit(s.ptr[i]);

		if (is_blank(s.ptr[i]))
			continue;
		if (s.ptr[i] == '=') {
			padding++;
			continue;
		}
		if (digit < 0 || padding)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		if (++digits % 4 != 1)
			bytes[len++] = (uint8_t)(bits >> (digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0));
	}
	if (digits % 4 == 1 || (padding && (digits + padding) % 4) || padding > 2)
		return false;
	*out = slice_of(bytes, len);
	return true;
}

void base64_encode(struct slice s, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i;
		uint32_t bits = (uint32_t)s.ptr[i] << 16;

		if (n > 1)
			bits |= (uint32_t)s.ptr[i + 1] << 8;
		if (n > 2)
			bits |= s.ptr[i + 2];
		*out++ = digits[bits >> 18];
		*out++ = digits[bits >> 12 & 63];
		*out++ = n > 1 ? digits[bits >> 6 & 63] : '=';
		*out++ = n > 2 ? digits[bits & 63] : '=';
	}
}

static uint32_t utf16le_unit(struct slice s, size_t at)
{
	return at + 1 < s.len ? (uint32_t)(s.ptr[at] | s.ptr[at + 1] << 8) : UTF8_REPLACEMENT;
}

struct slice utf16le_to_utf8(struct arena *arena, struct slice s, bool *sound)
{
	/* Two bytes become three at most, four become four. */
	uint8_t *out = arena_alloc_raw(arena, (s.len + 1) / 2 * 3);
	size_t len = 0;

	*sound = s.len % 2 == 0;
	for (size_t at = 0; at < s.len; at += 2) {
		uint32_t codepoint = utf16le_unit(s, at);

		if (codepoint >= 0xd800 && codepoint <= 0xdfff) {
			uint32_t low = utf16le_unit(s, at + 2);
			bool pair = codepoint < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;

			codepoint = pair ? 0x10000 + ((codepoint - 0xd800) << 10) + (low - 0xdc00) : UTF8_REPLACEMENT;
			*sound = *sound && pair;
			at += pair ? 2 : 0;
		}
		len += utf8_put(codepoint, out + len);
	}
	return slice_of(out, len);
}

void hex_encode(struct slice s, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < s.len; i++) {
		out[2 * i] = digits[s.ptr[i] >> 4];
		out[2 * i + 1] = digits[s.ptr[i] & 15];
	}
}
