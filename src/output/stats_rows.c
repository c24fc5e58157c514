/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/stats_rows.h"

#include <stdlib.h>

#include "util/memory.h"
#include "util/utf8.h"

/* --- keys --- */

static void add_part(struct stats_key *k, const void *bytes, size_t len)
{
	if (len + 1 > sizeof(k->bytes) - k->len)
		return;
	k->bytes[k->len++] = (uint8_t)len;
	if (len)
		memcpy(k->bytes + k->len, bytes, len);
	k->len += len;
}

void stats_key_add_number(struct stats_key *k, uint64_t n)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(n >> (56 - 8 * i));
	add_part(k, bytes, sizeof(bytes));
}

void stats_key_add_text(struct stats_key *k, struct slice text)
{
	text = utf8_cut(text, STATS_TEXT_MAX);
	add_part(k, text.ptr, text.len);
}

struct slice stats_key_text(const struct stats_key *k, unsigned index)
{
	struct slice rest = slice_of(k->bytes, k->len);

	while (index > 0 && rest.len) {
		rest = slice_sub(rest, (size_t)rest.ptr[0] + 1, rest.len);
		index--;
	}
	return rest.len ? slice_sub(rest, 1, rest.ptr[0]) : SLICE_EMPTY;
}

uint64_t stats_key_number(const struct stats_key *k, unsigned index)
{
	struct slice bytes = stats_key_text(k, index);
	uint64_t n = 0;

	for (size_t i = 0; i < bytes.len; i++)
		n = n << 8 | bytes.ptr[i];
	return n;
}

static int compare(const struct stats_key *a, const struct stats_key *b)
{
	size_t at = 0;

	/* As long as the parts are the same they lie at the same places. */
	while (at < a->len && at < b->len) {
		size_t la = a->bytes[at], lb = b->bytes[at], shorter = la < lb ? la : lb;
		int order = memcmp(a->bytes + at + 1, b->bytes + at + 1, shorter);

		if (order)
			return order;
		if (la != lb)
			return la < lb ? -1 : 1;
		at += la + 1;
	}
	return a->len < b->len ? -1 : a->len > b->len;
}

/* --- rows --- */

static void row_free(struct stats_row *r)
{
	if (r->facts)
		free(r->facts->name);
	free(r->facts);
	latency_free(&r->latency);
	free(r);
}

void stats_row_hold(struct stats_row *r)
{
	r->users++;
}

void stats_row_release(struct stats_row *r)
{
	if (--r->users == 0 && r->dropped)
		row_free(r);
}

static void drop(struct stats_row *r)
{
	r->dropped = true;
	if (r->users == 0)
		row_free(r);
}

void stats_row_first(struct stats_row *r, uint64_t file, uint64_t event, uint64_t frame)
{
	if (event == 0)
		return;
	if (r->first_event && (r->first_file < file || (r->first_file == file && r->first_event <= event)))
		return;
	r->first_file = file;
	r->first_event = event;
	r->first_frame = frame;
}

static struct stats_facts *copy_facts(const struct stats_facts *from)
{
	struct stats_facts *f = memory_alloc(sizeof(*f));

	*f = *from;
	if (from->name) {
		size_t size = strlen(from->name) + 1;

		f->name = memcpy(memory_alloc(size), from->name, size);
	}
	return f;
}

/* The facts of a row are not those of others. */
static void add_row(struct stats_row *to, const struct stats_row *from)
{
	for (size_t i = 0; i < SUM_KINDS; i++)
		to->sum[i] += from->sum[i];
	stats_row_first(to, from->first_file, from->first_event, from->first_frame);
	latency_merge(&to->latency, &from->latency);
	if (from->facts && !to->facts && to->key.len)
		to->facts = copy_facts(from->facts);
}

/* --- tables --- */

static size_t place_of(const struct stats_rows *t, const struct stats_key *key)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&t->row[middle]->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct stats_row *others(struct stats_rows *t)
{
	if (!t->others)
		t->others = memory_zalloc(sizeof(*t->others));
	return t->others;
}

/* The last row gives way. */
static void fold_last(struct stats_rows *t)
{
	struct stats_row *last = t->row[--t->count];

	add_row(others(t), last);
	drop(last);
}

void stats_rows_limit(struct stats_rows *t, size_t limit)
{
	t->limit = limit;
	while (t->count > limit)
		fold_last(t);
}

struct stats_row *stats_rows_at(struct stats_rows *t, const struct stats_key *key)
{
	size_t at = place_of(t, key);

	if (at < t->count && compare(&t->row[at]->key, key) == 0)
		return t->row[at];
	if (at >= t->limit)
		return others(t);
	if (t->count == t->limit)
		fold_last(t);
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 16;
		t->row = memory_realloc(t->row, t->room * sizeof(*t->row));
	}
	memmove(&t->row[at + 1], &t->row[at], (t->count - at) * sizeof(*t->row));
	t->count++;
	t->row[at] = memory_zalloc(sizeof(*t->row[at]));
	t->row[at]->key = *key;
	return t->row[at];
}

struct stats_row *stats_rows_current(struct stats_rows *t, struct stats_row *r)
{
	return r->dropped ? others(t) : r;
}

static void shift_row(struct stats_row *r, bool key, uint64_t by)
{
	struct stats_key old = r->key;
	size_t first = 1 + sizeof(uint64_t);

	if (r->first_event)
		r->first_file += by;
	if (!key || old.len < first)
		return;
	r->key.len = 0;
	stats_key_add_number(&r->key, stats_key_number(&old, 0) + by);
	memcpy(r->key.bytes + first, old.bytes + first, old.len - first);
	r->key.len = old.len;
}

void stats_rows_shift(struct stats_rows *t, bool keys, uint64_t by)
{
	for (size_t i = 0; i < t->count; i++)
		shift_row(t->row[i], keys, by);
	if (t->others)
		shift_row(t->others, false, by);
}

void stats_rows_merge(struct stats_rows *to, const struct stats_rows *from)
{
	for (size_t i = 0; i < from->count; i++)
		add_row(stats_rows_at(to, &from->row[i]->key), from->row[i]);
	if (from->others)
		add_row(others(to), from->others);
}

void stats_rows_free(struct stats_rows *t)
{
	for (size_t i = 0; i < t->count; i++)
		drop(t->row[i]);
	if (t->others)
		drop(t->others);
	free(t->row);
	*t = (struct stats_rows){.limit = t->limit};
}
