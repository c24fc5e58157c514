/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/gateway_message.h"

static struct slice header_of(const struct http_message *m, const char *name)
{
	return header_find(m->headers, m->header_count, name);
}

/* Takes the next part of *rest, up to the separator. */
static struct slice next_part(struct slice *rest, uint8_t separator)
{
	size_t end = slice_find_byte(*rest, separator);
	struct slice part = slice_sub(*rest, 0, end);

	*rest = slice_sub(*rest, end + 1, rest->len);
	return part;
}

/* "name=value", blanks around both left out. */
static struct slice split(struct slice part, struct slice *value)
{
	size_t equals = slice_find_byte(part, '=');

	*value = slice_trim(slice_sub(part, equals + 1, part.len));
	return slice_trim(slice_sub(part, 0, equals));
}

/* Ids are kept as C strings: a NUL byte ends them as the limit does. */
static struct slice usable_id(struct slice id)
{
	id = slice_sub(id, 0, GATEWAY_ID_MAX);
	return slice_sub(id, 0, slice_find_byte(id, 0));
}

static void set_first(struct slice *to, struct slice value)
{
	if (to->len == 0)
		*to = value;
}

struct gateway_query gateway_query_read(struct slice query)
{
	struct gateway_query q = {SLICE_EMPTY, SLICE_EMPTY, SLICE_EMPTY};

	while (query.len) {
		struct slice value, name = split(next_part(&query, '&'), &value);

		if (slice_case_eq(name, SLICE_LIT("SessionID")))
			set_first(&q.id, value);
		else if (slice_case_eq(name, SLICE_LIT("Server")))
			set_first(&q.server, value);
		else if (slice_case_eq(name, SLICE_LIT("IP")))
			set_first(&q.ip, value);
	}
	q.id = usable_id(q.id);
	return q;
}

static bool has_media_type(const struct http_message *m)
{
	return slice_case_has_prefix(header_of(m, "Content-Type"), SLICE_LIT("application/x-msn-messenger"));
}

struct gateway_answer gateway_answer_read(const struct http_message *response)
{
	struct slice rest = header_of(response, "X-MSN-Messenger");
	struct gateway_answer a = {.host = header_of(response, "X-MSN-Host")};

	a.good = response->status == 200 && (rest.len > 0 || has_media_type(response));
	while (rest.len) {
		struct slice value, name = split(next_part(&rest, ';'), &value);

		if (slice_case_eq(name, SLICE_LIT("SessionID")))
			set_first(&a.id, value);
		else if (slice_case_eq(name, SLICE_LIT("GW-IP")))
			set_first(&a.gw_ip, value);
		else if (slice_case_eq(name, SLICE_LIT("Session")))
			a.closes |= slice_case_eq(value, SLICE_LIT("close"));
	}
	a.id = usable_id(a.id);
	return a;
}

struct slice gateway_stem(struct slice id)
{
	return slice_sub(id, 0, slice_find_byte(id, '.'));
}

/* Other methods, such as a browser's OPTIONS before it posts, carry nothing. */
bool gateway_is_request(const struct http_message *request)
{
	const struct slice end = SLICE_LIT("/gateway/gateway.dll");
	struct slice path = request->path;

	if (!slice_eq_str(request->method, "POST"))
		return false;
	if (path.len >= end.len && slice_case_eq(slice_sub(path, path.len - end.len, end.len), end))
		return true;
	return has_media_type(request);
}

bool gateway_is_response(const struct http_message *response)
{
	return header_of(response, "X-MSN-Messenger").len > 0 || has_media_type(response);
}
