/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An arena hands out memory that is freed all at once.  One arena serves one
 * event: everything an event points to lies in its arena or in buffers that
 * outlive it.  An arena keeps its first block on reset, so that one arena
 * reused for a million events allocates once.
 */
#ifndef MSNSCOPE_UTIL_ARENA_H
#define MSNSCOPE_UTIL_ARENA_H

#include <stdarg.h>

#include "util/slice.h"

struct arena_block;

struct arena {
	struct arena_block *block; /* newest first */
	size_t used, size;         /* of the newest block */
};

/* An empty arena owns nothing; zero-initialised memory is an empty arena. */
void arena_init(struct arena *a);

/* Frees all blocks. */
void arena_free(struct arena *a);

/* Forgets all allocations; keeps one block for reuse. */
void arena_reset(struct arena *a);

/*
 * n bytes, zeroed, aligned for any type.  Never returns NULL: the program ends
 * with a message when the system has no memory left, as every size asked for
 * is bounded by a named limit of the caller.
 */
void *arena_alloc(struct arena *a, size_t n);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* n bytes, aligned for any type, not zeroed. */
void *arena_alloc_raw(struct arena *a, size_t n);

/* A copy of the bytes of s in the arena. */
struct slice arena_copy(struct arena *a, struct slice s);

/* printf into the arena; the slice does not count the closing NUL. */
struct slice arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
