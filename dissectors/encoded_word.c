/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An encoded word (RFC 2047 section 2):
 *
 *	=?charset[*language]?encoding?encoded-text?=
 *	=?utf-8?B?Qm9iIOKYug==?=
 */
#include "dissectors/encoded_word.h"

#include "dissectors/charset.h"
#include "util/encoding.h"
#include "util/utf8.h"

struct word {
	size_t at, end;       /* in the text */
	struct slice charset; /* without language */
	uint8_t encoding;     /* 'B' or 'Q'; else nobody can decode it */
	struct slice encoded;
};

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "=XX" at that place stands for, or -1. */
static int quoted_byte(struct slice s, size_t at)
{
	int high = at + 1 < s.len ? hex_digit(s.ptr[at + 1]) : -1;
	int low = at + 2 < s.len ? hex_digit(s.ptr[at + 2]) : -1;

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Bytes of the line end (with blanks before it) behind the "=" at that place; 0 when there is none. */
static size_t soft_break(struct slice s, size_t at)
{
	size_t end = at + 1;

	while (end < s.len && (s.ptr[end] == ' ' || s.ptr[end] == '\t'))
		end++;
	if (end == s.len)
		return end - at;
	if (s.ptr[end] == '\r' && end + 1 < s.len && s.ptr[end + 1] == '\n')
		return end + 2 - at;
	return s.ptr[end] == '\r' || s.ptr[end] == '\n' ? end + 1 - at : 0;
}

struct slice quoted_printable_decode(struct arena *arena, struct slice text, bool *sound)
{
	*sound = true;
	if (slice_find_byte(text, '=') == text.len)
		return text;
	uint8_t *out = arena_alloc_raw(arena, text.len);
	size_t len = 0;
	for (size_t at = 0; at < text.len;) {
		int byte = text.ptr[at] == '=' ? quoted_byte(text, at) : text.ptr[at];
		size_t skip = byte < 0 ? soft_break(text, at) : 0;

		if (skip) {
			at += skip;
			continue;
		}
		at += text.ptr[at] == '=' && byte >= 0 ? 3 : 1;
		if (byte < 0)
			*sound = false;
		out[len++] = (uint8_t)(byte < 0 ? '=' : byte);
	}
	return slice_of(out, len);
}

/* Encoding Q: as quoted-printable, with "_" for a blank. */
static struct slice q_decode(struct arena *arena, struct slice text, bool *sound)
{
	uint8_t *out = arena_alloc_raw(arena, text.len);
	size_t len = 0;

	for (size_t at = 0; at < text.len; at++) {
		uint8_t c = text.ptr[at];
		int byte = c == '_' ? ' ' : c;

		if (c == '=') {
			byte = quoted_byte(text, at);
			at += byte < 0 ? 0 : 2;
		}
		if (byte < 0)
			*sound = false;
		out[len++] = (uint8_t)(byte < 0 ? '=' : byte);
	}
	return slice_of(out, len);
}

static size_t find_from(struct slice s, size_t at, struct slice needle)
{
	return at + slice_find(slice_sub(s, at, s.len), needle);
}

/* The encoded word that begins at that place. */
static bool word_at(struct slice s, size_t at, struct word *w)
{
	struct slice rest = slice_sub(s, at, s.len);

	if (!slice_has_prefix(rest, SLICE_LIT("=?")))
		return false;
	size_t charset_end = 2 + slice_find_byte(slice_sub(rest, 2, rest.len), '?');
	if (charset_end + 2 >= rest.len || rest.ptr[charset_end + 2] != '?')
		return false;
	size_t end = find_from(rest, charset_end + 3, SLICE_LIT("?="));
	if (end >= rest.len)
		return false;
	w->at = at;
	w->end = at + end + 2;
	w->charset = slice_sub(rest, 2, charset_end - 2);
	w->charset = slice_sub(w->charset, 0, slice_find_byte(w->charset, '*'));
	w->encoding = rest.ptr[charset_end + 1] & 0xdf;
	w->encoded = slice_trim(slice_sub(rest, charset_end + 3, end - charset_end - 3));
	return w->encoding >= 'A' && w->encoding <= 'Z';
}

/* The first encoded word from that place on. */
static bool word_find(struct slice s, size_t at, struct word *w)
{
	for (at = find_from(s, at, SLICE_LIT("=?")); at < s.len; at = find_from(s, at + 1, SLICE_LIT("=?")))
		if (word_at(s, at, w))
			return true;
	return false;
}

static bool word_bytes(struct arena *arena, const struct word *w, struct slice *out)
{
	bool sound = true;

	if (w->encoding == 'B')
		return base64_decode(arena, w->encoded, out);
	if (w->encoding != 'Q')
		return false;
	*out = q_decode(arena, w->encoded, &sound);
	return sound;
}

static bool is_blank(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != ' ' && s.ptr[i] != '\t' && s.ptr[i] != '\r' && s.ptr[i] != '\n')
			return false;
	return true;
}

static struct slice join(struct arena *arena, struct slice a, struct slice b)
{
	uint8_t *out = arena_alloc_raw(arena, a.len + b.len);

	if (a.len)
		memcpy(out, a.ptr, a.len);
	if (b.len)
		memcpy(out + a.len, b.ptr, b.len);
	return slice_of(out, a.len + b.len);
}

/*
 * Decodes a word together with its neighbours of the same set, whose bytes are
 * joined first: some senders split characters.  w->end moves behind the last.
 */
static bool words_decode(struct arena *arena, struct slice text, struct word *w, struct slice *out, bool *sound)
{
	struct slice bytes, more, converted;
	struct word next;
	bool valid;

	if (!word_bytes(arena, w, &bytes))
		return false;
	while (word_find(text, w->end, &next) && is_blank(slice_sub(text, w->end, next.at - w->end)) &&
	       slice_case_eq(next.charset, w->charset) && word_bytes(arena, &next, &more)) {
		bytes = join(arena, bytes, more);
		w->end = next.end;
	}
	if (!charset_decode(arena, w->charset, bytes, &converted, &valid))
		return false;
	if (!valid)
		*sound = false;
	*out = converted;
	return true;
}

struct slice encoded_words_decode(struct arena *arena, struct slice text, bool *sound)
{
	struct slice out = SLICE_EMPTY, decoded;
	struct word w;
	size_t done = 0;    /* of the text */
	bool after = false; /* what stands before is a decoded word */

	*sound = true;
	if (text.len > ENCODED_TEXT_MAX || !word_find(text, 0, &w))
		return text;
	do {
		struct slice between = slice_sub(text, done, w.at - done);
		size_t end = w.end;
		bool good = words_decode(arena, text, &w, &decoded, sound);

		if (!good) {
			*sound = false;
			w.end = end;
			decoded = slice_sub(text, w.at, end - w.at);
		}
		if (!(after && good && is_blank(between)))
			out = join(arena, out, between);
		out = join(arena, out, decoded);
		done = w.end;
		after = good;
	} while (word_find(text, done, &w));
	return join(arena, out, slice_sub(text, done, text.len));
}
