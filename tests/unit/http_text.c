/* SPDX-License-Identifier: BSD-2-Clause */
#include "http_text.h"

static struct slice take_line(struct slice *rest)
{
	size_t end = slice_find_byte(*rest, '\n');
	struct slice line = slice_sub(*rest, 0, end);

	*rest = slice_sub(*rest, end + 1, rest->len);
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static struct slice take_word(struct slice *rest)
{
	size_t end = slice_find_byte(*rest, ' ');
	struct slice word = slice_sub(*rest, 0, end);

	*rest = slice_sub(*rest, end + 1, rest->len);
	return word;
}

static void request_line(struct service_message *m, struct slice line)
{
	m->method = take_word(&line);
	m->target = take_word(&line);
	size_t query = slice_find_byte(m->target, '?');
	m->path = slice_sub(m->target, 0, query);
	m->query = slice_sub(m->target, query + 1, m->target.len);
}

static void status_line(struct service_message *m, struct slice line)
{
	uint64_t status = 0;

	take_word(&line);
	if (!slice_u64(take_word(&line), &status) || status > 999)
		status = 0;
	m->status = (int)status;
	m->reason = line;
}

static void answer_of(struct service_message *m, const struct http_text *request)
{
	*m = request->message;
	m->request_headers = request->headers;
	m->request_header_count = request->message.header_count;
	m->request_body = request->message.body;
}

void http_text_parse(struct http_text *out, struct slice text, const struct http_text *request, bool is_request)
{
	struct service_message *m = &out->message;
	struct slice rest = text, line = take_line(&rest);
	size_t count = 0;

	*m = (struct service_message){0};
	if (request && !is_request)
		answer_of(m, request);
	m->is_request = is_request;
	if (is_request)
		request_line(m, line);
	else
		status_line(m, line);
	while ((line = take_line(&rest)).len) {
		size_t colon = slice_find_byte(line, ':');

		if (colon == line.len || count == HTTP_TEXT_HEADERS_MAX)
			continue;
		out->headers[count].name = slice_sub(line, 0, colon);
		out->headers[count++].value = slice_trim(slice_sub(line, colon + 1, line.len));
	}
	m->headers = out->headers;
	m->header_count = count;
	if (is_request)
		m->host = header_find(out->headers, count, "Host");
	m->body = rest;
	out->head = slice_sub(text, 0, text.len - rest.len);
}
