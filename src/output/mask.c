/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/mask.h"

#include <stdlib.h>

#include "output/escape.h"
#include "util/memory.h"

/* A text that begins like a secret for this many bytes repeats it, cut short. */
#define MASK_PREFIX_MIN 8u

void masks_init(struct masks *m, bool show_secrets)
{
	*m = (struct masks){.show = show_secrets};
}

void masks_free(struct masks *m)
{
	for (size_t i = 0; i < DISSECTION_SOURCES_MAX; i++)
		free(m->source[i].ranges);
	masks_init(m, m->show);
}

/* --- collecting --- */

static void mask_add(struct mask *mask, size_t begin, size_t length)
{
	if (length == 0)
		return;
	if (mask->count == mask->capacity) {
		mask->capacity = mask->capacity ? 2 * mask->capacity : 8;
		mask->ranges = memory_realloc(mask->ranges, mask->capacity * sizeof(*mask->ranges));
	}
	mask->ranges[mask->count++] = (struct mask_range){begin, begin + length};
}

static void add_word(struct masks *m, struct slice word)
{
	if (word.len < MASK_WORD_MIN || m->word_count == MASK_WORDS_MAX)
		return;
	for (size_t i = 0; i < m->word_count; i++)
		if (slice_eq(m->words[i], word))
			return;
	m->words[m->word_count++] = word;
}

/*
 * A secret that was decoded hides all of the field it was decoded from, or all
 * of the payload when it stands below none.
 */
static void add_origin(struct masks *m, const struct dissection *d, const struct field *f)
{
	while (f->source >= SOURCE_FIXED && f->parent && f->parent->def)
		f = f->parent;
	if (f->source < SOURCE_FIXED)
		mask_add(&m->source[f->source], f->offset, f->length);
	else
		mask_add(&m->source[SOURCE_PAYLOAD], 0, d->sources[SOURCE_PAYLOAD].data.len);
}

static void add_secret(struct masks *m, const struct dissection *d, const struct field *f)
{
	if (f->has_value && (f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES))
		add_word(m, f->value.text);
	if (f->source < d->source_count) {
		add_word(m, slice_sub(d->sources[f->source].data, f->offset, f->length));
		if (f->source >= SOURCE_FIXED)
			mask_add(&m->source[f->source], f->offset, f->length);
	}
	add_origin(m, d, f);
}

static void collect(struct masks *m, const struct dissection *d, const struct field *parent)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		if (f->def->flags & FIELD_SECRET)
			add_secret(m, d, f);
		collect(m, d, f);
	}
}

static int by_begin(const void *a, const void *b)
{
	const struct mask_range *x = a, *y = b;

	return (x->begin > y->begin) - (x->begin < y->begin);
}

static void merge(struct mask *mask)
{
	size_t kept = 0;

	if (mask->count < 2)
		return;
	qsort(mask->ranges, mask->count, sizeof(*mask->ranges), by_begin);
	for (size_t i = 1; i < mask->count; i++) {
		struct mask_range *last = &mask->ranges[kept], next = mask->ranges[i];

		if (next.begin > last->end)
			mask->ranges[++kept] = next;
		else if (next.end > last->end)
			last->end = next.end;
	}
	mask->count = kept + 1;
}

void masks_set(struct masks *m, const struct dissection *d)
{
	for (size_t i = 0; i < m->source_count; i++)
		m->source[i].count = 0;
	m->source_count = d->source_count;
	m->word_count = 0;
	if (m->show)
		return;
	collect(m, d, &d->root);
	for (size_t i = 0; i < m->source_count; i++)
		merge(&m->source[i]);
}

void masks_set_unknown(struct masks *m, struct slice payload)
{
	size_t begin = 0;

	for (size_t at = 0; !m->show && at <= payload.len; at++) {
		if (at < payload.len && payload.ptr[at] > ' ')
			continue;
		if (at - begin >= MASK_RUN_MIN)
			mask_add(&m->source[SOURCE_PAYLOAD], begin, at - begin);
		begin = at + 1;
	}
	merge(&m->source[SOURCE_PAYLOAD]);
}

/* --- asking --- */

/* The first range that ends behind offset, or count. */
static size_t range_behind(const struct mask *mask, size_t offset)
{
	size_t lo = 0, hi = mask->count;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (mask->ranges[middle].end > offset)
			hi = middle;
		else
			lo = middle + 1;
	}
	return lo;
}

static bool overlaps(const struct mask *mask, size_t begin, size_t end)
{
	size_t i = range_behind(mask, begin);

	return i < mask->count && mask->ranges[i].begin < end;
}

bool mask_has(const struct mask *mask, size_t offset)
{
	return overlaps(mask, offset, offset + 1);
}

static bool has_secret_part(const struct field *f)
{
	if (f->def->flags & FIELD_SECRET)
		return true;
	for (const struct field *child = f->first; child; child = child->next)
		if (has_secret_part(child))
			return true;
	return false;
}

bool masks_hide_field(const struct masks *m, const struct field *f)
{
	if (m->show)
		return false;
	if (f->source < m->source_count && overlaps(&m->source[f->source], f->offset, (size_t)f->offset + f->length))
		return true;
	for (const struct field *up = f->parent; up && up->def; up = up->parent)
		if (up->def->flags & FIELD_SECRET)
			return true;
	return has_secret_part(f);
}

/* --- writing --- */

void mask_add_part(struct buffer *out, struct slice bytes, size_t begin, size_t end, const struct mask *mask)
{
	size_t at = begin;

	for (size_t i = range_behind(mask, begin); i < mask->count && mask->ranges[i].begin < end; i++) {
		if (mask->ranges[i].begin > at)
			escape_add(out, slice_sub(bytes, at, mask->ranges[i].begin - at));
		buffer_add_str(out, MASK_TEXT);
		at = mask->ranges[i].end;
	}
	if (at < end)
		escape_add(out, slice_sub(bytes, at, end - at));
}

void mask_add_bytes(struct buffer *out, struct slice bytes, const struct mask *mask)
{
	mask_add_part(out, bytes, 0, bytes.len, mask);
}

static size_t common_prefix(struct slice a, struct slice b)
{
	size_t n = 0;

	while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n])
		n++;
	return n;
}

/* How many bytes at the beginning of text repeat a secret. */
static size_t repeated(struct slice text, const struct masks *m)
{
	size_t longest = 0;

	for (size_t i = 0; i < m->word_count; i++) {
		size_t n = common_prefix(text, m->words[i]);

		if ((n == m->words[i].len || n >= MASK_PREFIX_MIN) && n > longest)
			longest = n;
	}
	return longest;
}

void masks_add_text(struct buffer *out, struct slice text, const struct masks *m)
{
	size_t begin = 0, at = 0;

	while (m->word_count && at < text.len) {
		size_t n = repeated(slice_sub(text, at, text.len), m);

		if (n == 0) {
			at++;
			continue;
		}
		escape_add(out, slice_sub(text, begin, at - begin));
		buffer_add_str(out, MASK_TEXT);
		at += n;
		begin = at;
	}
	escape_add(out, slice_sub(text, begin, text.len));
}
