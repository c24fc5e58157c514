/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes JSON (RFC 8259) into a buffer.  Whatever bytes go in, what comes out
 * is valid UTF-8 without control characters.  The caller keeps the order: in an
 * object each value follows a json_key, and what is begun is ended.
 */
#ifndef MSNSCOPE_OUTPUT_JSON_H
#define MSNSCOPE_OUTPUT_JSON_H

#include "util/buffer.h"

struct json {
	struct buffer *out;
	unsigned depth; /* of open objects and arrays; with pretty also the indentation */
	bool pretty;    /* a line for each member, indented by two blanks */
	bool first;     /* nothing yet in the innermost open object or array */
	bool keyed;     /* a key was written; its value follows */
};

/* The buffer stays the caller's. */
static inline struct json json_to(struct buffer *out, bool pretty)
{
	return (struct json){.out = out, .pretty = pretty, .first = true};
}

/* What stands before a value or key: comma, and with pretty a line end. */
void json_separate(struct json *j);

static inline void json_value(struct json *j)
{
	if (j->keyed)
		j->keyed = false;
	else if (j->depth)
		json_separate(j);
}

void json_begin_object(struct json *j);
void json_end_object(struct json *j);
void json_begin_array(struct json *j);
void json_end_array(struct json *j);

/* A key of length bytes that need no escaping. */
void json_key_plain(struct json *j, const char *key, size_t length);

/* A key that is a string literal without anything to escape. */
#define JSON_KEY(j, literal) json_key_plain((j), "" literal, sizeof(literal) - 1)

/* A key of any bytes. */
void json_key_slice(struct json *j, struct slice key);

/* A string of any bytes; what is not UTF-8 becomes U+FFFD.  Returns false when that happened. */
bool json_string(struct json *j, struct slice s);

/* A C string, or null for NULL. */
void json_str(struct json *j, const char *s);

void json_u64(struct json *j, uint64_t n);
void json_bool(struct json *j, bool b);
void json_null(struct json *j);

/* A string of hexadecimal digits, lower case. */
void json_hex(struct json *j, struct slice bytes);

/* A string in base64 (RFC 4648 section 4). */
void json_base64(struct json *j, struct slice bytes);

/* A string: the time in ISO 8601, "2003-07-11T09:00:00.123456Z". */
void json_time(struct json *j, int64_t ns, bool nanoseconds);

/* A number of seconds, 0.123456. */
void json_seconds(struct json *j, int64_t ns, bool nanoseconds);

#endif
