/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Marks of Messenger Plus!; "." stands for U+00B7.
 *
 *	.$4  .$#RRGGBB  .$(RRR,GGG,BBB)          colour, from a palette of 0 to 67, or as it is
 *	.#  .@  .'  .&  .0                       bold, underline, strike, italic, reset
 *	[c=v]..[/c]  [a=v]..[/a]                 colour of text and background: palette number, #RRGGBB, name
 *	[c=v]..[/c=v]  [a=v]..[/a=v]             the same, running from the one to the other
 *	[b]..[/b] [i]..[/i] [u]..[/u] [s]..[/s]  bold, italic, underline, strike
 */
#include "dissectors/msg_plus.h"

#define PALETTE 68u
/* Longest name of a colour. */
#define NAME_MAX 20u

/* What the tags of one letter have come to. */
struct tag {
	size_t last_end; /* offset of the last closing tag */
	bool has_end;
	bool open;
};

static const uint8_t letters[] = "bisuca";
#define LETTERS (sizeof(letters) - 1)

struct stripper {
	struct slice text;
	struct tag tags[LETTERS];
	bool dotted; /* a mark with U+00B7 came before */
};

static bool is_digit(struct slice s, size_t at)
{
	return at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';
}

static bool is_at(struct slice s, size_t at, uint8_t c)
{
	return at < s.len && s.ptr[at] == c;
}

/* "#RRGGBB" at that offset: its length, or 0. */
static size_t rgb_length(struct slice s, size_t at)
{
	uint64_t n;

	return is_at(s, at, '#') && slice_sub(s, at + 1, 6).len == 6 && slice_hex_u64(slice_sub(s, at + 1, 6), &n) ? 7 : 0;
}

/* "(RRR,GGG,BBB)" */
static size_t decimal_length(struct slice s, size_t at)
{
	static const char shape[] = "(000,000,000)";

	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == '0' ? !is_digit(s, at + i) : !is_at(s, at + i, (uint8_t)shape[i]))
			return 0;
	return sizeof(shape) - 1;
}

/* One or two digits of the palette. */
static size_t palette_length(struct slice s, size_t at)
{
	uint64_t n;

	if (is_digit(s, at) && is_digit(s, at + 1) && slice_u64(slice_sub(s, at, 2), &n) && n < PALETTE)
		return 2;
	return is_digit(s, at) ? 1 : 0;
}

/* The mark behind U+00B7 at that offset: its length, or 0. */
static size_t dot_length(const struct stripper *p, size_t at)
{
	struct slice s = p->text;
	size_t n;

	if (at >= s.len)
		return 0;
	/* A reset with nothing to reset is a dot before a number. */
	if (s.ptr[at] == '0')
		return p->dotted;
	if (s.ptr[at] == '#' || s.ptr[at] == '@' || s.ptr[at] == '\'' || s.ptr[at] == '&')
		return 1;
	if (s.ptr[at] != '$')
		return 0;
	n = rgb_length(s, at + 1);
	n = n ? n : decimal_length(s, at + 1);
	n = n ? n : palette_length(s, at + 1);
	return n ? n + 1 : 0;
}

static uint8_t lower(uint8_t c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* "=v" of a tag at that offset: its length, or 0. */
static size_t value_length(struct slice s, size_t at)
{
	size_t n = rgb_length(s, at + 1), i = 0;

	if (!is_at(s, at, '='))
		return 0;
	if (n == 0)
		n = palette_length(s, at + 1);
	if (n)
		return n + 1;
	while (i <= NAME_MAX && at + 1 + i < s.len && lower(s.ptr[at + 1 + i]) >= 'a' && lower(s.ptr[at + 1 + i]) <= 'z')
		i++;
	return i && i <= NAME_MAX ? i + 1 : 0;
}

struct found_tag {
	size_t length; /* 0: none */
	size_t letter;
	bool end;
	bool sure; /* opens a colour that is a number: nobody else writes that */
};

/* The tag at a bracket, by its form alone. */
static struct found_tag tag_at(struct slice s, size_t at)
{
	struct found_tag f = {.end = is_at(s, at + 1, '/')};
	size_t i = at + (f.end ? 2 : 1);

	while (f.letter < LETTERS && (i >= s.len || lower(s.ptr[i]) != letters[f.letter]))
		f.letter++;
	if (f.letter == LETTERS)
		return f;
	i++;
	if (letters[f.letter] == 'c' || letters[f.letter] == 'a') {
		size_t value = value_length(s, i);

		if (!f.end && value == 0)
			return f;
		f.sure = value && (s.ptr[i + 1] == '#' || is_digit(s, i + 1));
		i += value;
	}
	if (is_at(s, i, ']'))
		f.length = i + 1 - at;
	return f;
}

/* The length of a tag that has its counterpart or needs none, or 0. */
static size_t tag_length(struct stripper *p, size_t at)
{
	struct found_tag f = tag_at(p->text, at);
	struct tag *tag = f.length ? &p->tags[f.letter] : NULL;

	if (!tag || (f.end ? !tag->open : !f.sure && !(tag->has_end && tag->last_end > at)))
		return 0;
	tag->open = true;
	return f.length;
}

/* Length of the mark at that offset, or 0. */
static size_t mark_length(struct stripper *p, size_t at)
{
	struct slice s = p->text;

	if (s.ptr[at] == '[')
		return tag_length(p, at);
	if (s.ptr[at] != 0xc2 || !is_at(s, at + 1, 0xb7))
		return 0;
	size_t n = dot_length(p, at + 2);
	p->dotted |= n > 0;
	return n ? n + 2 : 0;
}

/* Where the closing tags are. */
static void find_ends(struct stripper *p)
{
	for (size_t at = 0; at + 1 < p->text.len; at++) {
		if (p->text.ptr[at] != '[' || p->text.ptr[at + 1] != '/')
			continue;
		struct found_tag f = tag_at(p->text, at);
		if (f.length) {
			p->tags[f.letter].last_end = at;
			p->tags[f.letter].has_end = true;
		}
	}
}

struct slice msg_plus_strip(struct arena *arena, struct slice text, bool *found)
{
	struct stripper p = {.text = text};
	uint8_t *out = NULL;
	size_t len = 0;

	*found = false;
	if (slice_find_byte(text, '[') == text.len && slice_find_byte(text, 0xb7) == text.len)
		return text;
	find_ends(&p);
	for (size_t at = 0; at < text.len;) {
		size_t n = mark_length(&p, at);

		if (n && !out) {
			out = arena_alloc_raw(arena, text.len);
			memcpy(out, text.ptr, at);
			len = at;
		}
		if (n) {
			at += n;
			continue;
		}
		if (out)
			out[len++] = text.ptr[at];
		at++;
	}
	*found = out != NULL;
	return out ? slice_of(out, len) : text;
}

void msg_plus_add(struct dissection *d, struct field *parent, enum field_id id, const struct field *from)
{
	bool found;
	struct slice plain = msg_plus_strip(d->arena, from->value.text, &found);

	if (found)
		field_add_text(d, parent, id, plain, from->source, from->offset, from->length);
}
