/* SPDX-License-Identifier: BSD-2-Clause */
/* Heads of HTTP messages, parsed by libhtp. */
#ifndef MSNSCOPE_TRANSPORT_HTTP_HEAD_H
#define MSNSCOPE_TRANSPORT_HTTP_HEAD_H

#include "transport/http.h"
#include "transport/http_framing.h"
#include "util/arena.h"

struct http_heads;

/* What all heads share.  Ends with http_heads_free. */
struct http_heads *http_heads_new(void);
void http_heads_free(struct http_heads *h);

/*
 * Parses m->head, which ends with an empty line or, when it was cut, with any
 * line end; fills what it tells of m, with text in the arena, and *framing.
 * Returns false when it is not HTTP/1 (or 0.9 in the form of 1.0); a broken head gives what could be read
 * and HTTP_FRAMING_UNKNOWN.
 */
bool http_head_request(struct http_heads *h, struct http_message *m, struct arena *arena, struct http_framing *framing);

/* The same; no_body says that the request leaves no room for one (HEAD). */
bool http_head_response(struct http_heads *h, struct http_message *m, struct arena *arena, bool no_body,
			struct http_framing *framing);

#endif
