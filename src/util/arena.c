/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/memory.h"

#define ARENA_BLOCK_SIZE 8192u
/* A block kept by arena_reset is never larger than this. */
#define ARENA_KEEP_MAX 65536u

struct arena_block {
	struct arena_block *next;
	size_t size; /* of data */
	alignas(max_align_t) uint8_t data[];
};

void arena_init(struct arena *a)
{
	*a = (struct arena){NULL, 0, 0};
}

void arena_free(struct arena *a)
{
	while (a->block) {
		struct arena_block *next = a->block->next;

		free(a->block);
		a->block = next;
	}
	arena_init(a);
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = a->block;

	if (!keep)
		return;
	if (keep->next || keep->size > ARENA_KEEP_MAX) {
		arena_free(a);
		return;
	}
	a->used = 0;
}

void *arena_alloc_raw(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);

	n = (n + align - 1) & ~(align - 1);
	if (n > a->size - a->used) {
		size_t size = n > ARENA_BLOCK_SIZE / 2 ? n + ARENA_BLOCK_SIZE : ARENA_BLOCK_SIZE;
		struct arena_block *block = memory_alloc(sizeof(*block) + size);

		block->next = a->block;
		block->size = size;
		a->block = block;
		a->used = 0;
		a->size = size;
	}
	void *p = a->block->data + a->used;
	a->used += n;
	return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
	void *p = arena_alloc_raw(a, n);

	memset(p, 0, n);
	return p;
}

struct slice arena_copy(struct arena *a, struct slice s)
{
	uint8_t *p = arena_alloc_raw(a, s.len ? s.len : 1);

	if (s.len)
		memcpy(p, s.ptr, s.len);
	return slice_of(p, s.len);
}

struct slice arena_printf(struct arena *a, const char *format, ...)
{
	char small[256];
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(small, sizeof(small), format, ap);
	va_end(ap);
	if (n < 0)
		return SLICE_EMPTY;
	size_t len = (size_t)n;
	char *p = arena_alloc_raw(a, len + 1);
	if (len < sizeof(small)) {
		memcpy(p, small, len + 1);
	} else {
		va_start(ap, format);
		vsnprintf(p, len + 1, format, ap);
		va_end(ap);
	}
	return slice_of(p, len);
}
