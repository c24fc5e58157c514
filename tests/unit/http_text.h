/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP messages written as text, for tests of what takes messages apart. */
#ifndef MSNSCOPE_TESTS_UNIT_HTTP_TEXT_H
#define MSNSCOPE_TESTS_UNIT_HTTP_TEXT_H

#include "dissectors/service.h"

#define HTTP_TEXT_HEADERS_MAX 64u

struct http_text {
	struct service_message message;
	struct slice head;
	struct header headers[HTTP_TEXT_HEADERS_MAX];
};

/*
 * Start line and headers, a blank line, a body.  A response has the request
 * that it answers, or NULL when that was not seen.  All points into the text.
 */
void http_text_parse(struct http_text *out, struct slice text, const struct http_text *request, bool is_request);

#endif
