/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/summary.h"

#include "util/utf8.h"

/* Digits of the largest number. */
#define DIGITS_MAX 20u

static const char prefix[] = "msnp.";

static void put(struct dissection *d, struct slice s)
{
	uint8_t *to = dissection_summary_room(d, s.len);

	if (s.len)
		memcpy(to, s.ptr, s.len);
	d->summary.len += s.len;
}

static void put_text(struct dissection *d, struct slice s)
{
	if (s.len <= SUMMARY_VALUE_MAX) {
		put(d, s);
		return;
	}
	put(d, utf8_cut(s, SUMMARY_VALUE_MAX));
	put(d, SLICE_LIT("..."));
}

static void put_number(struct dissection *d, uint64_t number)
{
	uint8_t digits[DIGITS_MAX];
	size_t at = DIGITS_MAX;

	do {
		digits[--at] = (uint8_t)('0' + number % 10);
		number /= 10;
	} while (number);
	put(d, slice_of(digits + at, DIGITS_MAX - at));
}

/* "be_right_back" as "be right back". */
static void put_name(struct dissection *d, const char *name)
{
	struct slice s = slice_str(name);
	uint8_t *to = dissection_summary_room(d, s.len);

	for (size_t i = 0; i < s.len; i++)
		to[i] = s.ptr[i] == '_' ? ' ' : s.ptr[i];
	d->summary.len += s.len;
}

static bool put_lists(struct dissection *d, const struct field *bits)
{
	for (const struct field *f = bits->first; f; f = f->next) {
		if (f != bits->first)
			put(d, SLICE_LIT("+"));
		put_text(d, f->value.text);
	}
	return bits->first != NULL;
}

/* Returns false when there is nothing to be shown. */
static bool put_value(struct dissection *d, const struct field *f)
{
	const struct enum_row *row = field_enum(f);
	struct slice text = slice_sub(d->sources[f->source].data, f->offset, f->length);

	if (f->def->flags & FIELD_SECRET)
		return false;
	if (f->def == &field_defs[P_list_bits] && f->has_value)
		return put_lists(d, f);
	if (row) {
		put_name(d, row->name);
		return true;
	}
	if (f->has_value && f->def->type == FIELD_UINT) {
		put_number(d, f->value.number);
		return true;
	}
	if (f->has_value && f->def->type == FIELD_TEXT)
		text = f->value.text;
	put_text(d, text);
	return text.len > 0;
}

/* Is it msnp.<name>?  Most fields differ within few bytes: a call would cost more than it saves. */
static bool is_named(const struct field *f, struct slice name)
{
	const char *own = f->def->name;

	for (const char *p = prefix; *p; p++)
		if (*own++ != *p)
			return false;
	for (size_t i = 0; i < name.len; i++)
		if ((uint8_t)*own++ != name.ptr[i])
			return false;
	return *own == '\0';
}

/* The first field of that name from f on. */
static const struct field *find(const struct field *f, struct slice name)
{
	while (f && !is_named(f, name))
		f = f->next;
	return f;
}

/* Returns false when no field of that name has anything to be shown. */
static bool put_values(struct dissection *d, struct slice name)
{
	size_t start = d->summary.len;

	for (const struct field *f = find(d->root.first, name); f; f = find(f->next, name)) {
		if (d->summary.len - start > SUMMARY_VALUES_MAX) {
			put(d, SLICE_LIT(" ..."));
			break;
		}
		if (d->summary.len > start)
			put(d, SLICE_LIT(" "));
		put_value(d, f);
	}
	return d->summary.len > start;
}

/* name is what stands between the braces. */
static bool put_param(struct dissection *d, struct slice name)
{
	static const char more[] = "...";
	const size_t more_len = sizeof(more) - 1;
	const struct field *f;

	if (name.len > more_len && memcmp(name.ptr + name.len - more_len, more, more_len) == 0)
		return put_values(d, slice_sub(name, 0, name.len - more_len));
	f = find(d->root.first, name);
	return f && put_value(d, f);
}

void summary_render(struct dissection *d, const char *template)
{
	struct slice rest = slice_str(template);
	bool inside = false, complete = true;
	size_t start = 0, at;

	d->summary.len = 0;
	for (; rest.len; rest = slice_sub(rest, at + 1, rest.len)) {
		struct slice name;

		for (at = 0; at < rest.len && rest.ptr[at] != '{' && rest.ptr[at] != '[' && rest.ptr[at] != ']';)
			at++;
		put(d, slice_sub(rest, 0, at));
		if (at == rest.len)
			break;
		switch (rest.ptr[at]) {
		case '[':
			inside = complete = true;
			start = d->summary.len;
			break;
		case ']':
			inside = false;
			if (!complete)
				d->summary.len = start;
			break;
		default:
			name = slice_sub(rest, at + 1, rest.len);
			name = slice_sub(name, 0, slice_find_byte(name, '}'));
			at += name.len + 1;
			if (put_param(d, name))
				break;
			if (inside)
				complete = false;
			else
				put(d, SLICE_LIT("?"));
		}
	}
}
