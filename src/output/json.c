/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/json.h"

#include "output/timestamp.h"
#include "output/escape.h"
#include "util/moment.h"
#include "util/utf8.h"

static const char hex_digits[] = "0123456789abcdef";

static void newline(struct json *j)
{
	buffer_reserve(j->out, 1 + 2 * (size_t)j->depth);
	buffer_add_byte(j->out, '\n');
	memset(j->out->data + j->out->len, ' ', 2 * (size_t)j->depth);
	j->out->len += 2 * (size_t)j->depth;
}

void json_separate(struct json *j)
{
	if (j->first)
		j->first = false;
	else
		buffer_add_byte(j->out, ',');
	if (j->pretty)
		newline(j);
}

static void begin(struct json *j, uint8_t bracket)
{
	json_value(j);
	buffer_add_byte(j->out, bracket);
	j->depth++;
	j->first = true;
}

static void end(struct json *j, uint8_t bracket)
{
	j->depth--;
	if (j->pretty && !j->first)
		newline(j);
	buffer_add_byte(j->out, bracket);
	j->first = false;
}

void json_begin_object(struct json *j)
{
	begin(j, '{');
}

void json_end_object(struct json *j)
{
	end(j, '}');
}

void json_begin_array(struct json *j)
{
	begin(j, '[');
}

void json_end_array(struct json *j)
{
	end(j, ']');
}

static void colon(struct json *j)
{
	buffer_add(j->out, ": ", j->pretty ? 2 : 1);
	j->keyed = true;
}

void json_key_plain(struct json *j, const char *key, size_t length)
{
	if (j->pretty) {
		json_separate(j);
		buffer_reserve(j->out, length + 4);
		buffer_add_byte(j->out, '"');
		buffer_add(j->out, key, length);
		buffer_add_byte(j->out, '"');
		colon(j);
		return;
	}
	buffer_reserve(j->out, length + 4);
	uint8_t *to = j->out->data + j->out->len;
	if (!j->first)
		*to++ = ',';
	*to++ = '"';
	memcpy(to, key, length);
	to += length;
	*to++ = '"';
	*to++ = ':';
	j->out->len = (size_t)(to - j->out->data);
	j->first = false;
	j->keyed = true;
}

static void escape_ascii(struct buffer *out, uint8_t c)
{
	static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *p = letters; *p; p += 2) {
		if (c == (uint8_t)*p) {
			buffer_add_byte(out, '\\');
			buffer_add_byte(out, (uint8_t)p[1]);
			return;
		}
	}
	const char escape[] = {'\\', 'u', '0', '0', hex_digits[c >> 4], hex_digits[c & 15]};
	buffer_add(out, escape, sizeof(escape));
}

/* Adds the text with escapes, without quotes. */
static bool add_text(struct buffer *out, struct slice s)
{
	bool all_valid = true;
	size_t at = 0;

	for (;;) {
		struct slice rest = slice_sub(s, at, s.len);
		size_t plain = escape_plain_prefix(rest);
		uint32_t codepoint;
		uint8_t bytes[UTF8_MAX];
		bool valid;

		buffer_add(out, rest.ptr, plain);
		at += plain;
		if (at == s.len)
			return all_valid;
		size_t length = utf8_next(s, at, &codepoint, &valid);
		if (length == 0)
			return all_valid;
		at += length;
		all_valid = all_valid && valid;
		if (codepoint < 0xa0)
			escape_ascii(out, (uint8_t)codepoint);
		else
			buffer_add(out, bytes, utf8_put(codepoint, bytes));
	}
}

static bool quoted(struct buffer *out, struct slice s)
{
	buffer_reserve(out, s.len + 8);
	buffer_add_byte(out, '"');
	bool valid = add_text(out, s);
	buffer_add_byte(out, '"');
	return valid;
}

void json_key_slice(struct json *j, struct slice key)
{
	json_separate(j);
	quoted(j->out, key);
	colon(j);
}

bool json_string(struct json *j, struct slice s)
{
	json_value(j);
	return quoted(j->out, s);
}

void json_str(struct json *j, const char *s)
{
	if (s)
		json_string(j, slice_str(s));
	else
		json_null(j);
}

void json_u64(struct json *j, uint64_t n)
{
	json_value(j);
	buffer_add_u64(j->out, n);
}

void json_bool(struct json *j, bool b)
{
	json_value(j);
	buffer_add_str(j->out, b ? "true" : "false");
}

void json_null(struct json *j)
{
	json_value(j);
	buffer_add(j->out, "null", 4);
}

void json_hex(struct json *j, struct slice bytes)
{
	json_value(j);
	buffer_reserve(j->out, 2 * bytes.len + 2);
	buffer_add_byte(j->out, '"');
	for (size_t i = 0; i < bytes.len; i++) {
		buffer_add_byte(j->out, (uint8_t)hex_digits[bytes.ptr[i] >> 4]);
		buffer_add_byte(j->out, (uint8_t)hex_digits[bytes.ptr[i] & 15]);
	}
	buffer_add_byte(j->out, '"');
}

/* One group of three bytes, of which count are there. */
static uint8_t *base64_group(uint8_t *to, const uint8_t *from, size_t count)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t w = (uint32_t)from[0] << 16;

	if (count > 1)
		w |= (uint32_t)from[1] << 8;
	if (count > 2)
		w |= from[2];
	*to++ = (uint8_t)digits[w >> 18];
	*to++ = (uint8_t)digits[w >> 12 & 63];
	*to++ = (uint8_t)(count > 1 ? digits[w >> 6 & 63] : '=');
	*to++ = (uint8_t)(count > 2 ? digits[w & 63] : '=');
	return to;
}

void json_base64(struct json *j, struct slice bytes)
{
	size_t at = 0;

	json_value(j);
	buffer_reserve(j->out, (bytes.len + 2) / 3 * 4 + 2);
	buffer_add_byte(j->out, '"');
	uint8_t *to = j->out->data + j->out->len;
	for (; bytes.len - at >= 3; at += 3)
		to = base64_group(to, bytes.ptr + at, 3);
	if (at < bytes.len)
		to = base64_group(to, bytes.ptr + at, bytes.len - at);
	j->out->len = (size_t)(to - j->out->data);
	buffer_add_byte(j->out, '"');
}

void json_time(struct json *j, int64_t ns, bool nanoseconds)
{
	if (ns == TIME_NONE) {
		json_null(j);
		return;
	}
	json_value(j);
	buffer_add_byte(j->out, '"');
	timestamp_add(j->out, ns, 'T', nanoseconds);
	buffer_add(j->out, "Z\"", 2);
}

void json_seconds(struct json *j, int64_t ns, bool nanoseconds)
{
	json_value(j);
	duration_add(j->out, ns, nanoseconds);
}
