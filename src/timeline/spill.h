/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes kept for later, in order: the first ones in memory, those beyond a
 * limit in a temporary file without a name, which is gone with the program.
 */
#ifndef MSNSCOPE_TIMELINE_SPILL_H
#define MSNSCOPE_TIMELINE_SPILL_H

#include "util/slice.h"

/* Bytes kept in memory. */
#define SPILL_MEMORY_DEFAULT (32u << 20)

/* The place of bytes that could not be kept. */
#define SPILL_NOWHERE UINT64_MAX

struct spill;

/* memory: bytes kept in memory, 0 for the default.  The file is made in $TMPDIR or /tmp when it is needed.  Ends with spill_free. */
struct spill *spill_new(size_t memory);
void spill_free(struct spill *s);

/* Keeps a copy.  Returns its place, or SPILL_NOWHERE when the file cannot be made or written: see spill_error. */
uint64_t spill_add(struct spill *s, struct slice data);

/* Reads bytes back.  Returns false when place and length are not those of bytes that were kept, or reading fails. */
bool spill_read(struct spill *s, uint64_t place, uint8_t *out, size_t len);

/* errno of the first failure, 0: none. */
int spill_error(const struct spill *s);

/* Bytes kept, in memory and in the file. */
uint64_t spill_bytes(const struct spill *s);

#endif
