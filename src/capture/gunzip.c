/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/gunzip.h"

#include <stdlib.h>
#include <zlib.h>

#include "util/memory.h"

#define GUNZIP_INPUT_BYTES 65536u
/* zlib: the largest window, and only the gzip wrapper */
#define GUNZIP_WINDOW_BITS (15 + 16)

/*
 * zlib's own gzread() is not used: when it meets damage it withholds what it
 * had decompressed since the last call.
 */
struct gunzip {
	z_stream z;
	struct gunzip_input from;
	bool ended; /* no more output */
	const char *failure;
	uint8_t input[GUNZIP_INPUT_BYTES];
};

bool gunzip_magic(struct slice s)
{
	return s.len >= 3 && s.ptr[0] == 0x1f && s.ptr[1] == 0x8b && s.ptr[2] == 8;
}

struct gunzip *gunzip_new(const struct gunzip_input *input, struct slice start)
{
	struct gunzip *g = memory_zalloc(sizeof(*g));

	g->from = *input;
	if (start.len > sizeof(g->input))
		start.len = sizeof(g->input);
	if (start.len)
		memcpy(g->input, start.ptr, start.len);
	g->z.next_in = g->input;
	g->z.avail_in = (uInt)start.len;
	if (inflateInit2(&g->z, GUNZIP_WINDOW_BITS) != Z_OK) {
		g->ended = true;
		g->failure = "gzip data cannot be decompressed";
	}
	return g;
}

static void end(struct gunzip *g, const char *failure)
{
	g->ended = true;
	g->failure = failure;
}

/* Reads behind what is left of the input; false at the end of the file. */
static bool refill(struct gunzip *g)
{
	size_t left = g->z.avail_in;
	size_t n;

	memmove(g->input, g->z.next_in, left);
	g->z.next_in = g->input;
	n = g->from.read(g->from.ctx, g->input + left, sizeof(g->input) - left);
	g->z.avail_in += (uInt)n;
	return n > 0;
}

/* A member has ended: does another follow?  Anything else behind it is ignored, as gzip does. */
static void next_member(struct gunzip *g)
{
	while (g->z.avail_in < 3 && refill(g))
		;
	if (!gunzip_magic(slice_of(g->z.next_in, g->z.avail_in)))
		end(g, NULL);
	else if (inflateReset(&g->z) != Z_OK)
		end(g, "gzip data cannot be decompressed");
}

size_t gunzip_read(struct gunzip *g, uint8_t *out, size_t n, const char **failure)
{
	if (n > GUNZIP_INPUT_BYTES * 4)
		n = GUNZIP_INPUT_BYTES * 4;
	g->z.next_out = out;
	g->z.avail_out = (uInt)n;
	while (!g->ended && g->z.avail_out) {
		if (g->z.avail_in == 0 && !refill(g)) {
			end(g, "the gzip data ends early");
			break;
		}
		int result = inflate(&g->z, Z_NO_FLUSH);
		if (result == Z_STREAM_END)
			next_member(g);
		else if (result != Z_OK && result != Z_BUF_ERROR)
			end(g, "the gzip data is corrupt");
	}
	size_t given = n - g->z.avail_out;
	if (given == 0 && n && g->failure)
		*failure = g->failure;
	return given;
}

void gunzip_free(struct gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}
