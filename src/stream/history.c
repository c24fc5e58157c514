/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream/history.h"

#include <stdlib.h>

#include "util/memory.h"

#define CAPACITY_MIN 256u

/* The ring grows only before it first wraps, so the bytes stay where they are. */
static void grow(struct history *h, size_t need, uint64_t *left)
{
	uint32_t capacity = h->capacity ? h->capacity : CAPACITY_MIN;

	while (capacity < HISTORY_BYTES_MAX && capacity < need)
		capacity *= 2;
	if (capacity <= h->capacity || capacity - h->capacity > *left)
		return;
	*left -= capacity - h->capacity;
	h->ring = memory_realloc(h->ring, capacity);
	if (h->at == 0)
		h->at = h->len; /* it had just become full */
	h->capacity = capacity;
}

/* Wrapped means that bytes behind `at` are older than those before it. */
static bool may_grow(const struct history *h)
{
	return h->capacity < HISTORY_BYTES_MAX && (h->at == h->len || (h->at == 0 && h->len == h->capacity));
}

void history_add(struct history *h, struct slice data, uint64_t *left)
{
	if (h->len + data.len > h->capacity && may_grow(h))
		grow(h, h->len + data.len, left);
	if (h->capacity == 0)
		return;
	if (data.len > h->capacity)
		data = slice_sub(data, data.len - h->capacity, h->capacity);
	size_t n = h->capacity - h->at;
	if (n > data.len)
		n = data.len;
	if (n)
		memcpy(h->ring + h->at, data.ptr, n);
	if (data.len > n)
		memcpy(h->ring, data.ptr + n, data.len - n);
	h->at = (h->at + (uint32_t)data.len) & (h->capacity - 1);
	h->len += (uint32_t)data.len;
	if (h->len > h->capacity)
		h->len = h->capacity;
}

bool history_matches(const struct history *h, uint64_t back, struct slice data)
{
	if (back > h->len) {
		size_t unknown = back - h->len < data.len ? (size_t)(back - h->len) : data.len;

		data = slice_sub(data, unknown, data.len);
		back -= unknown;
	}
	if (data.len == 0)
		return true;
	uint32_t from = (h->at - (uint32_t)back) & (h->capacity - 1);
	size_t n = h->capacity - from;
	if (n > data.len)
		n = data.len;
	return memcmp(h->ring + from, data.ptr, n) == 0 && memcmp(h->ring, data.ptr + n, data.len - n) == 0;
}

void history_reset(struct history *h)
{
	h->len = 0;
	h->at = 0;
}

void history_free(struct history *h, uint64_t *left)
{
	*left += h->capacity;
	free(h->ring);
	*h = (struct history){NULL, 0, 0, 0};
}
