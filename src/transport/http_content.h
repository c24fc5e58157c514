/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Undoes content codings with zlib: gzip and deflate.  Not left to libhtp, as
 * that looks for the right format only in the first segment of a body, hands
 * on what it could not decode as if it had, and goes by the clock.
 */
#ifndef MSNSCOPE_TRANSPORT_HTTP_CONTENT_H
#define MSNSCOPE_TRANSPORT_HTTP_CONTENT_H

#include "util/buffer.h"

/* Codings undone of one body, one after the other. */
#define HTTP_CODINGS_MAX 3u

enum http_content_result {
	HTTP_CONTENT_DONE,
	HTTP_CONTENT_BROKEN, /* the coding is unknown, or the bytes end early or are not of it */
	HTTP_CONTENT_LIMIT,  /* more than max bytes */
};

/*
 * Undoes codings as Content-Encoding lists them, in the order they were
 * applied, and puts the result, at most max bytes, in place of what body
 * holds.  When not DONE it is as far as it went; that is what body held when
 * nothing of it could be decoded.
 */
enum http_content_result http_content_decode(struct buffer *body, struct slice codings, size_t max);

#endif
