/* SPDX-License-Identifier: BSD-2-Clause */
/* Decompresses gzip data (RFC 1952), several members in a row included. */
#ifndef MSNSCOPE_CAPTURE_GUNZIP_H
#define MSNSCOPE_CAPTURE_GUNZIP_H

#include "util/slice.h"

struct gunzip;

/* Where compressed bytes come from: read gives at most n of them, and 0 at the end. */
struct gunzip_input {
	size_t (*read)(void *ctx, uint8_t *out, size_t n);
	void *ctx;
};

/* Do these bytes begin gzip data? */
bool gunzip_magic(struct slice s);

/* start is what was already read from the input; it is copied.  The caller ends with gunzip_free. */
struct gunzip *gunzip_new(const struct gunzip_input *input, struct slice start);

/*
 * Writes at most n bytes to out and returns their number; 0 at the end.  When
 * the data ended early or is corrupt, the bytes before that are given first
 * and *failure then names the reason; else it is left alone.
 */
size_t gunzip_read(struct gunzip *g, uint8_t *out, size_t n, const char **failure);

void gunzip_free(struct gunzip *g);

#endif
