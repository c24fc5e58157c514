/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/http_head.h"

#include <htp/htp.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/memory.h"

struct http_heads {
	htp_cfg_t *config;
};

/* What libhtp allocated. */
static void *checked(void *p)
{
	if (!p) {
		fputs("msnscope: out of memory\n", stderr);
		exit(2);
	}
	return p;
}

struct http_heads *http_heads_new(void)
{
	struct http_heads *h = memory_zalloc(sizeof(*h));

	h->config = checked(htp_config_create());
	htp_config_set_server_personality(h->config, HTP_SERVER_GENERIC);
	htp_config_set_log_level(h->config, HTP_LOG_NONE);
	htp_config_set_field_limits(h->config, HTTP_HEAD_MAX, 2 * HTTP_HEAD_MAX);
	htp_config_set_parse_request_cookies(h->config, 0);
	htp_config_set_parse_request_auth(h->config, 0);
	htp_config_set_request_decompression(h->config, 0);
	htp_config_set_response_decompression(h->config, 0);
	return h;
}

void http_heads_free(struct http_heads *h)
{
	htp_config_destroy(h->config);
	free(h);
}

static struct slice view(const bstr *b)
{
	return b ? slice_of(bstr_ptr(b), bstr_len(b)) : SLICE_EMPTY;
}

static struct slice keep(struct arena *arena, const bstr *b)
{
	struct slice s = view(b);

	return s.len ? arena_copy(arena, s) : SLICE_EMPTY;
}

static void copy_headers(struct http_message *m, struct arena *arena, const htp_table_t *table)
{
	size_t count = htp_table_size(table);

	if (count > HTTP_HEADERS_MAX)
		count = HTTP_HEADERS_MAX;
	struct header *headers = arena_alloc(arena, (count + 1) * sizeof(*headers));
	for (size_t i = 0; i < count; i++) {
		const htp_header_t *from = htp_table_get_index(table, i, NULL);

		headers[i] = (struct header){keep(arena, from->name), slice_trim(keep(arena, from->value))};
	}
	m->headers = headers;
	m->header_count = count;
}

/* The part of a head with as many lines as are looked at: libhtp compares each header with all before. */
static struct slice first_lines(struct slice head)
{
	size_t at = 0;

	for (unsigned lines = 0; lines <= HTTP_HEADERS_MAX && at < head.len; lines++)
		at += slice_find_byte(slice_sub(head, at, head.len), '\n') + 1;
	return slice_sub(head, 0, at);
}

static bool ends_with_empty_line(struct slice head)
{
	return head.len >= 3 && head.ptr[head.len - 1] == '\n' &&
	       (head.ptr[head.len - 2] == '\n' || (head.ptr[head.len - 2] == '\r' && head.ptr[head.len - 3] == '\n'));
}

/* HTTP/1, and 0.9: some clients leave the version out, and their servers answer with that number. */
static bool is_known(int protocol)
{
	return protocol / 100 == 1 || protocol == HTP_PROTOCOL_0_9;
}

typedef int (*feed_function)(htp_connp_t *parser, const htp_time_t *time, const void *data, size_t len);

/* Gives libhtp a head all at once, so that nothing depends on how it was cut.  Returns false for a broken one. */
static bool feed(feed_function function, htp_connp_t *parser, struct slice head)
{
	struct slice lines = first_lines(head);

	if (function(parser, NULL, lines.ptr, lines.len) == HTP_STREAM_ERROR)
		return false;
	return ends_with_empty_line(lines) || function(parser, NULL, "\r\n", 2) != HTP_STREAM_ERROR;
}

/* A parser of its own for each head: no message can disturb the next one. */
static htp_connp_t *parser_new(const struct http_heads *h, htp_tx_t **tx)
{
	htp_connp_t *parser = checked(htp_connp_create(h->config));

	*tx = checked(htp_connp_tx_create(parser));
	return parser;
}

static void set_framing(struct http_framing *f, enum htp_transfer_coding_t coding, int64_t length)
{
	*f = (struct http_framing){.kind = HTTP_FRAMING_NONE};
	if (coding == HTP_CODING_CHUNKED)
		f->kind = HTTP_FRAMING_CHUNKED;
	else if (coding == HTP_CODING_IDENTITY && length > 0)
		*f = (struct http_framing){.kind = HTTP_FRAMING_LENGTH, .left = (uint64_t)length};
}

bool http_head_request(struct http_heads *h, struct http_message *m, struct arena *arena, struct http_framing *framing)
{
	htp_tx_t *tx;
	htp_connp_t *parser = parser_new(h, &tx);

	htp_tx_state_request_start(tx);
	bool sound = feed(htp_connp_req_data, parser, m->head);
	bool known = is_known(tx->request_protocol_number);
	if (known) {
		m->method = keep(arena, tx->request_method);
		m->target = keep(arena, tx->request_uri);
		m->host = keep(arena, tx->request_hostname);
		m->path = keep(arena, tx->parsed_uri_raw->path);
		m->query = keep(arena, tx->parsed_uri_raw->query);
		copy_headers(m, arena, tx->request_headers);
		set_framing(framing, tx->request_transfer_coding, tx->request_content_length);
		if (!sound || tx->request_transfer_coding == HTP_CODING_INVALID)
			framing->kind = HTTP_FRAMING_UNKNOWN;
	}
	htp_connp_destroy_all(parser);
	return known;
}

static bool never_has_body(int status)
{
	return (status >= 100 && status < 200) || status == 204 || status == 304;
}

bool http_head_response(struct http_heads *h, struct http_message *m, struct arena *arena, bool no_body,
			struct http_framing *framing)
{
	htp_tx_t *tx;
	htp_connp_t *parser = parser_new(h, &tx);

	bool sound = feed(htp_connp_res_data, parser, m->head);
	/* libhtp forgets the headers of "100 Continue" and waits for another head; they are of no use anyway. */
	bool known = is_known(tx->response_protocol_number) && tx->response_status_number > 0;
	if (known) {
		m->status = tx->response_status_number;
		m->reason = keep(arena, tx->response_message);
		copy_headers(m, arena, tx->response_headers);
		set_framing(framing, tx->response_transfer_coding, tx->response_content_length);
		if (framing->kind == HTTP_FRAMING_NONE && tx->response_content_length < 0)
			framing->kind = HTTP_FRAMING_CLOSE;
		if (!sound && m->header_count == 0)
			framing->kind = HTTP_FRAMING_UNKNOWN;
		if (no_body || never_has_body(m->status))
			*framing = (struct http_framing){.kind = HTTP_FRAMING_NONE};
	}
	htp_connp_destroy_all(parser);
	return known;
}
