/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/xml_encoding.h"

#include "dissectors/charset.h"
#include "util/encoding.h"
#include "util/utf8.h"

/* An XML declaration is not looked for behind this. */
#define DECLARATION_MAX 200u

static bool starts(struct slice s, const char *bytes, size_t n)
{
	return s.len >= n && memcmp(s.ptr, bytes, n) == 0;
}

static struct slice bytes_swapped(struct arena *arena, struct slice s)
{
	uint8_t *out = arena_alloc_raw(arena, s.len);

	for (size_t i = 0; i + 1 < s.len; i += 2) {
		out[i] = s.ptr[i + 1];
		out[i + 1] = s.ptr[i];
	}
	if (s.len % 2)
		out[s.len - 1] = s.ptr[s.len - 1];
	return slice_of(out, s.len);
}

static bool is_utf16(struct slice s, bool *big)
{
	*big = starts(s, "\xfe\xff", 2) || starts(s, "\0<", 2);
	return *big || starts(s, "\xff\xfe", 2) || starts(s, "<\0", 2);
}

static struct xml_encoded from_utf16(struct arena *arena, struct slice s, bool big)
{
	struct xml_encoded x = {.changed = true};
	bool sound;

	x.text = utf16le_to_utf8(arena, big ? bytes_swapped(arena, s) : s, &sound);
	if (!sound)
		x.error = "not sound UTF-16";
	return x;
}

/* The encoding that the XML declaration names; empty when there is none. */
static struct slice declared(struct slice s)
{
	static const char quotes[] = {'"', '\''};
	struct slice head = slice_sub(s, 0, DECLARATION_MAX);

	if (!starts(s, "<?xml", 5))
		return SLICE_EMPTY;
	head = slice_sub(head, 0, slice_find(head, SLICE_LIT("?>")));
	head = slice_sub(head, slice_find(head, SLICE_LIT("encoding")), head.len);
	for (size_t i = 0; i < sizeof(quotes); i++) {
		size_t open = slice_find_byte(head, (uint8_t)quotes[i]);
		struct slice name = slice_sub(head, open + 1, head.len);
		size_t end = slice_find_byte(name, (uint8_t)quotes[i]);

		if (end < name.len)
			return slice_sub(name, 0, end);
	}
	return SLICE_EMPTY;
}

static struct slice mended(struct arena *arena, struct slice s)
{
	/* No byte becomes more than the three of U+FFFD. */
	uint8_t *out = arena_alloc_raw(arena, s.len * 3);
	size_t len = 0;
	uint32_t codepoint;
	bool valid;

	for (size_t at = 0, n; (n = utf8_next(s, at, &codepoint, &valid)) != 0; at += n)
		len += utf8_put(codepoint, out + len);
	return slice_of(out, len);
}

/* Text in the encoding that the declaration names, or in none; *x is left when that is UTF-8 or not known. */
static bool from_declared(struct arena *arena, struct slice document, struct xml_encoded *x)
{
	struct slice encoding = declared(document), text;
	bool sound;

	if (encoding.len == 0 || slice_case_eq(encoding, SLICE_LIT("utf-8")) ||
	    !charset_decode(arena, encoding, document, &text, &sound) || !utf8_is_valid(text))
		return false;
	x->text = text;
	x->changed = text.ptr != document.ptr || text.len != document.len;
	x->error = sound ? NULL : "bytes that mean nothing in its encoding";
	return true;
}

static void from_utf8(struct arena *arena, struct slice document, struct xml_encoded *x)
{
	size_t valid = utf8_valid_prefix(document);

	x->text = document;
	if (valid == document.len)
		return;
	x->error = "not UTF-8";
	x->error_at = valid;
	x->text = mended(arena, document);
	x->changed = true;
}

struct xml_encoded xml_to_utf8(struct arena *arena, struct slice document)
{
	struct xml_encoded x = {0};
	bool big;

	if (is_utf16(document, &big))
		x = from_utf16(arena, document, big);
	else if (!from_declared(arena, document, &x))
		from_utf8(arena, document, &x);
	/* What looks like UTF-16 or UCS-4 still would make the parser convert. */
	struct slice start = slice_sub(x.text, 0, 4);
	if (slice_find_byte(start, 0) < start.len)
		return (struct xml_encoded){.error = "binary data"};
	return x;
}
