/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/http_framing.h"

#define METHOD_MIN 3u
#define METHOD_MAX 20u
/* Beyond, a chunk size cannot be right. */
#define CHUNK_MAX (UINT64_C(1) << 56)

/* Does s begin with text, as far as it goes?  Without case. */
static enum http_start begins(struct slice s, struct slice text)
{
	if (s.len >= text.len)
		return slice_case_has_prefix(s, text) ? HTTP_START_YES : HTTP_START_NO;
	return slice_case_has_prefix(text, s) ? HTTP_START_MORE : HTTP_START_NO;
}

static bool in_method(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* MSNP commands begin like methods ("PUT 12 34"), but no TrID or address begins like a target. */
enum http_start http_start_request(struct slice s)
{
	size_t len = 0;

	while (len < s.len && in_method(s.ptr[len]))
		len++;
	if (len > METHOD_MAX || (len < s.len && (len < METHOD_MIN || s.ptr[len] != ' ')))
		return HTTP_START_NO;
	struct slice method = slice_sub(s, 0, len), target = slice_sub(s, len + 1, s.len);
	if (target.len == 0)
		return HTTP_START_MORE;
	if (slice_eq_str(method, "CONNECT"))
		return target.ptr[0] > ' ' ? HTTP_START_YES : HTTP_START_NO;
	if (target.ptr[0] == '/' || target.ptr[0] == '*')
		return HTTP_START_YES;
	enum http_start absolute = begins(target, SLICE_LIT("http:"));
	return absolute == HTTP_START_NO ? begins(target, SLICE_LIT("https:")) : absolute;
}

enum http_start http_start_response(struct slice s)
{
	const struct slice form = SLICE_LIT("HTTP/0.0 000");

	for (size_t i = 0; i < form.len; i++) {
		if (i == s.len)
			return HTTP_START_MORE;
		bool digit = s.ptr[i] >= '0' && s.ptr[i] <= '9';
		if (form.ptr[i] == '0' ? !digit : s.ptr[i] != form.ptr[i])
			return HTTP_START_NO;
	}
	return HTTP_START_YES;
}

size_t http_head_scan(enum http_head_end *at, struct slice data)
{
	size_t i = 0;

	while (i < data.len && *at != HTTP_HEAD_END) {
		if (*at == HTTP_HEAD_IN_LINE)
			i += slice_find_byte(slice_sub(data, i, data.len), '\n');
		if (i == data.len)
			break;
		uint8_t c = data.ptr[i++];
		if (*at == HTTP_HEAD_IN_LINE)
			*at = HTTP_HEAD_LINE_START;
		else if (c == '\n')
			*at = HTTP_HEAD_END;
		else
			*at = c == '\r' && *at == HTTP_HEAD_LINE_START ? HTTP_HEAD_CR : HTTP_HEAD_IN_LINE;
	}
	return i;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The line with the size has ended. */
static void begin_chunk(struct http_framing *f)
{
	f->digits = false;
	f->chunk = f->left ? HTTP_CHUNK_DATA : HTTP_CHUNK_TRAILER;
	f->trailer = HTTP_HEAD_LINE_START;
}

static void take_size(struct http_framing *f, uint8_t c)
{
	int digit = hex_digit(c);

	if (digit >= 0 && f->left < CHUNK_MAX) {
		f->left = f->left << 4 | (unsigned)digit;
		f->digits = true;
	} else if (f->digits && c == '\n') {
		begin_chunk(f);
	} else if (f->digits && digit < 0) {
		f->chunk = HTTP_CHUNK_EXTENSION;
		f->broken = c != ';' && c != ' ' && c != '\t' && c != '\r';
	} else {
		f->broken = c != ' ' && c != '\t';
	}
}

/* CR LF behind the data of a chunk; the CR may be missing. */
static void take_data_end(struct http_framing *f, uint8_t c)
{
	if (c == '\n')
		f->chunk = HTTP_CHUNK_SIZE;
	else
		f->broken = c != '\r';
}

static size_t take_left(struct http_framing *f, struct slice data, struct slice *payload)
{
	*payload = slice_sub(data, 0, f->left < data.len ? (size_t)f->left : data.len);
	f->left -= payload->len;
	return payload->len;
}

static size_t take_chunked(struct http_framing *f, struct slice data, struct slice *payload)
{
	size_t n = 1;

	switch (f->chunk) {
	case HTTP_CHUNK_SIZE:
		take_size(f, data.ptr[0]);
		break;
	case HTTP_CHUNK_EXTENSION:
		n = slice_find_byte(data, '\n');
		if (n == data.len)
			return n;
		n++;
		begin_chunk(f);
		break;
	case HTTP_CHUNK_DATA:
		n = take_left(f, data, payload);
		if (f->left == 0)
			f->chunk = HTTP_CHUNK_DATA_END;
		break;
	case HTTP_CHUNK_DATA_END:
		take_data_end(f, data.ptr[0]);
		break;
	case HTTP_CHUNK_TRAILER:
		n = http_head_scan(&f->trailer, data);
		f->over = f->trailer == HTTP_HEAD_END;
		break;
	}
	return n;
}

size_t http_framing_take(struct http_framing *f, struct slice data, struct slice *payload)
{
	size_t n = 0;

	*payload = SLICE_EMPTY;
	if (f->over || f->broken || data.len == 0)
		return 0;
	switch (f->kind) {
	case HTTP_FRAMING_NONE:
	case HTTP_FRAMING_UNKNOWN:
		f->over = true;
		break;
	case HTTP_FRAMING_LENGTH:
		n = take_left(f, data, payload);
		f->over = f->left == 0;
		break;
	case HTTP_FRAMING_CHUNKED:
		n = take_chunked(f, data, payload);
		break;
	case HTTP_FRAMING_CLOSE:
		*payload = data;
		n = data.len;
		break;
	}
	return n;
}

uint64_t http_framing_gap(struct http_framing *f, uint64_t len)
{
	uint64_t own = len;

	if (f->kind == HTTP_FRAMING_CLOSE)
		return len;
	bool counted = f->kind == HTTP_FRAMING_LENGTH || (f->kind == HTTP_FRAMING_CHUNKED && f->chunk == HTTP_CHUNK_DATA);
	if (f->kind == HTTP_FRAMING_LENGTH && own > f->left)
		own = f->left;
	if (!counted || len > f->left) {
		f->broken = true;
		return own;
	}
	f->left -= len;
	if (f->left == 0 && f->kind == HTTP_FRAMING_LENGTH)
		f->over = true;
	else if (f->left == 0)
		f->chunk = HTTP_CHUNK_DATA_END;
	return len;
}
