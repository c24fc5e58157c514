/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/http_content.h"

#include <limits.h>
#include <zlib.h>

/* Decoded at a time. */
#define STEP 16384u

enum { WINDOW_ZLIB_OR_GZIP = 15 + 32, WINDOW_RAW = -15 };

static enum http_content_result run(z_stream *z, struct buffer *out, size_t max)
{
	for (;;) {
		size_t room = max - out->len < STEP ? max - out->len : STEP;

		if (room == 0)
			return HTTP_CONTENT_LIMIT;
		buffer_reserve(out, room);
		z->next_out = out->data + out->len;
		z->avail_out = (uInt)room;
		int status = inflate(z, Z_NO_FLUSH);
		out->len += room - z->avail_out;
		if (status == Z_STREAM_END)
			return HTTP_CONTENT_DONE;
		if (status != Z_OK || (z->avail_in == 0 && z->avail_out > 0))
			return HTTP_CONTENT_BROKEN;
	}
}

static enum http_content_result inflate_all(struct slice in, int window, struct buffer *out, size_t max)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in.ptr, .avail_in = in.len < UINT_MAX ? (uInt)in.len : UINT_MAX};

	out->len = 0;
	if (inflateInit2(&z, window) != Z_OK)
		return HTTP_CONTENT_BROKEN;
	enum http_content_result result = run(&z, out, max);
	inflateEnd(&z);
	return result;
}

static bool is_deflate(struct slice coding)
{
	return slice_case_eq(coding, SLICE_LIT("deflate")) || slice_case_eq(coding, SLICE_LIT("x-deflate"));
}

static enum http_content_result undo(struct buffer *body, struct slice coding, size_t max)
{
	struct slice in = buffer_slice(body);
	struct buffer out = {NULL, 0, 0};
	enum http_content_result result;

	if (coding.len == 0 || slice_case_eq(coding, SLICE_LIT("identity")))
		return HTTP_CONTENT_DONE;
	if (!is_deflate(coding) && !slice_case_eq(coding, SLICE_LIT("gzip")) && !slice_case_eq(coding, SLICE_LIT("x-gzip")))
		return HTTP_CONTENT_BROKEN;
	result = inflate_all(in, WINDOW_ZLIB_OR_GZIP, &out, max);
	/* Many senders call by the name of deflate what has no zlib header. */
	if (result == HTTP_CONTENT_BROKEN && out.len == 0 && is_deflate(coding))
		result = inflate_all(in, WINDOW_RAW, &out, max);
	if (result == HTTP_CONTENT_BROKEN && out.len == 0) {
		buffer_free(&out);
		return result;
	}
	buffer_free(body);
	*body = out;
	return result;
}

enum http_content_result http_content_decode(struct buffer *body, struct slice codings, size_t max)
{
	enum http_content_result result = HTTP_CONTENT_DONE;
	unsigned undone = 0;

	/* The last one was applied last. */
	while (codings.len && result == HTTP_CONTENT_DONE) {
		size_t begin = codings.len;

		while (begin > 0 && codings.ptr[begin - 1] != ',')
			begin--;
		if (undone++ == HTTP_CODINGS_MAX)
			return HTTP_CONTENT_BROKEN;
		result = undo(body, slice_trim(slice_sub(codings, begin, codings.len)), max);
		codings.len = begin ? begin - 1 : 0;
	}
	return result;
}
