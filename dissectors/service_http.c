/* SPDX-License-Identifier: BSD-2-Clause */
/* The HTTP side of a message: start line, headers, and bodies that are no XML. */
#include "dissectors/service_table.h"
#include "util/encoding.h"
#include "util/utf8.h"

/* Headers that hold passwords, tickets or cookies. */
static const char *const secret_headers[] = {
	"Authentication-Info", "Authorization", "Cookie",  "Proxy-Authorization",
	"Set-Cookie",          "X-Password",    "X-Token",
};

/* Parts of a query that do. */
static const char *const secret_queries[] = {"p", "password", "pwd", "t", "ticket", "token"};

static struct slice message_header(const struct header *headers, size_t count, const char *name)
{
	return header_find(headers, count, name);
}

struct slice service_header(const struct service_message *m, const char *name)
{
	return message_header(m->headers, m->header_count, name);
}

void service_soap_action(const struct service_message *m, struct slice *namespace, struct slice *operation)
{
	struct slice action = m->is_request ? service_header(m, "SOAPAction")
					    : message_header(m->request_headers, m->request_header_count, "SOAPAction");

	if (action.len >= 2 && action.ptr[0] == '"' && action.ptr[action.len - 1] == '"')
		action = slice_sub(action, 1, action.len - 2);
	size_t at = action.len;
	while (at > 0 && action.ptr[at - 1] != '/')
		at--;
	*namespace = slice_sub(action, 0, at);
	*operation = slice_sub(action, at, action.len);
}

/* --- where headers stand in the head --- */

/* Offset of the line end at or after at. */
static size_t line_end(struct slice s, size_t at)
{
	while (at < s.len && s.ptr[at] != '\r' && s.ptr[at] != '\n')
		at++;
	return at;
}

static size_t next_line(struct slice s, size_t at)
{
	at = line_end(s, at);
	if (at < s.len && s.ptr[at] == '\r')
		at++;
	return at < s.len && s.ptr[at] == '\n' ? at + 1 : at;
}

/* The value of the line at that place, with lines that go on with it, without blanks around it. */
static struct range value_range(struct slice head, size_t at)
{
	size_t end = line_end(head, at), start = at + slice_find_byte(slice_sub(head, at, end - at), ':') + 1;

	for (size_t next = next_line(head, at);
	     next < head.len && (head.ptr[next] == ' ' || head.ptr[next] == '\t') && next > end;) {
		end = line_end(head, next);
		next = next_line(head, next);
	}
	struct slice value = slice_trim(slice_sub(head, start, end > start ? end - start : 0));
	return (struct range){SOURCE_LINE, value.len ? (size_t)(value.ptr - head.ptr) : end, value.len};
}

/* Looks for a line of that name from *at on, and leaves *at behind it; nothing changes when there is none. */
static struct range find_line(struct slice head, struct slice name, size_t *at)
{
	for (size_t line = *at; line < head.len; line = next_line(head, line)) {
		struct slice text = slice_sub(head, line, line_end(head, line) - line);
		size_t colon = slice_find_byte(text, ':');

		if (colon < text.len && slice_case_eq(slice_trim(slice_sub(text, 0, colon)), name)) {
			*at = next_line(head, line);
			return value_range(head, line);
		}
		if (next_line(head, line) == line)
			break;
	}
	return (struct range){SOURCE_LINE, 0, 0};
}

struct range service_header_range(struct slice head, const char *name)
{
	size_t at = next_line(head, 0);

	return find_line(head, slice_str(name), &at);
}

/* --- fields --- */

/* A word of the start line that should be the text: its place there, or nothing. */
static void add_word(struct dissection *d, enum field_id id, struct slice text, size_t *at)
{
	struct slice head = d->sources[SOURCE_LINE].data;
	struct slice line = slice_sub(head, 0, line_end(head, 0));
	size_t found = *at + slice_find(slice_sub(line, *at, line.len), text);
	bool there = found + text.len <= line.len;

	if (text.len == 0)
		return;
	field_add_text(d, &d->root, id, text, SOURCE_LINE, there ? found : 0, there ? text.len : 0);
	if (there)
		*at = found + text.len;
}

static bool is_one_of(struct slice name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_case_eq(name, slice_str(names[i])))
			return true;
	return false;
}

/* Has a query ("a=1&b=2") a part that holds a ticket? */
static bool has_secret(struct slice query)
{
	while (query.len) {
		size_t end = slice_find_byte(query, '&');
		struct slice part = slice_sub(query, 0, end);
		struct slice name = slice_sub(part, 0, slice_find_byte(part, '='));

		if (name.len < part.len &&
		    is_one_of(name, secret_queries, sizeof(secret_queries) / sizeof(secret_queries[0])))
			return true;
		query = slice_sub(query, end + 1, query.len);
	}
	return false;
}

static void add_start_line(struct dissection *d, const struct service_message *m)
{
	struct slice head = d->sources[SOURCE_LINE].data;
	size_t at = 0;

	if (m->is_request) {
		add_word(d, F_HTTP_METHOD, m->method, &at);
		add_word(d, has_secret(m->query) ? F_HTTP_SECRET_TARGET : F_HTTP_TARGET, m->target, &at);
		return;
	}
	struct slice status = arena_printf(d->arena, "%d", m->status);
	at = slice_find_byte(slice_sub(head, 0, line_end(head, 0)), ' ');
	size_t found = at + slice_find(slice_sub(head, at, line_end(head, 0) - at), status);
	bool there = found + status.len <= line_end(head, 0);
	field_add_number(d, &d->root, F_HTTP_STATUS, m->status < 0 ? 0 : (uint64_t)m->status, SOURCE_LINE,
			 there ? found : 0, there ? status.len : 0);
	if (there)
		at = found + status.len;
	add_word(d, F_HTTP_REASON, m->reason, &at);
}

/* Is it a header that is always secret, or an address with a ticket in its query? */
static bool is_secret_header(const struct header *h)
{
	struct slice query = slice_sub(h->value, slice_find_byte(h->value, '?') + 1, h->value.len);

	if (slice_case_eq(h->name, SLICE_LIT("Location")) || slice_case_eq(h->name, SLICE_LIT("Referer")))
		return has_secret(query);
	return is_one_of(h->name, secret_headers, sizeof(secret_headers) / sizeof(secret_headers[0]));
}

/* The value of a header that came in several lines is all of them joined: each line is a secret of its own. */
static void add_secret_header(struct dissection *d, struct field *dict, const struct header *h, struct range first,
			      size_t at)
{
	struct slice head = d->sources[SOURCE_LINE].data, value = h->value;
	size_t next = at;
	struct range r = find_line(head, h->name, &next);

	if (next != at)
		value = slice_sub(head, first.offset, first.length);
	field_add_text(d, dict, F_HTTP_SECRET_HEADER, value, first.source, first.offset, first.length)->key = h->name;
	while (next != at) {
		value = slice_sub(head, r.offset, r.length);
		field_add_text(d, dict, F_HTTP_SECRET_HEADER, value, r.source, r.offset, r.length)->key = h->name;
		at = next;
		r = find_line(head, h->name, &next);
	}
}

static void add_headers(struct dissection *d, const struct service_message *m)
{
	struct slice head = d->sources[SOURCE_LINE].data;
	size_t start = next_line(head, 0), at = start;
	struct field *dict = field_add(d, &d->root, F_HTTP_HEADERS, SOURCE_LINE, start, head.len - start);

	for (size_t i = 0; i < m->header_count; i++) {
		const struct header *h = &m->headers[i];
		struct range r = find_line(head, h->name, &at);

		if (is_secret_header(h))
			add_secret_header(d, dict, h, r, at);
		else
			field_add_text(d, dict, F_HTTP_HEADER, h->value, r.source, r.offset, r.length)->key = h->name;
	}
}

static void add_header(struct dissection *d, const struct service_message *m, enum field_id id, const char *name)
{
	struct slice value = service_header(m, name);
	struct range r = service_header_range(d->sources[SOURCE_LINE].data, name);

	if (value.len)
		field_add_text(d, &d->root, id, value, r.source, r.offset, r.length);
}

void service_http_head(struct dissection *d, const struct service_message *m)
{
	add_start_line(d, m);
	if (m->is_request && m->host.len) {
		struct range r = service_header_range(d->sources[SOURCE_LINE].data, "Host");

		field_add_text(d, &d->root, F_HTTP_HOST, m->host, r.source, r.offset, r.length);
	}
	add_header(d, m, F_HTTP_CONTENT_TYPE, "Content-Type");
	if (m->is_request)
		add_header(d, m, F_HTTP_USER_AGENT, "User-Agent");
	else if (!is_secret_header(&(struct header){SLICE_LIT("Location"), service_header(m, "Location")}))
		add_header(d, m, F_HTTP_LOCATION, "Location");
	add_headers(d, m);
}

void service_http_body(struct dissection *d, const struct service_message *m, bool secret)
{
	bool is_text = slice_case_has_prefix(service_header(m, "Content-Type"), SLICE_LIT("text/")) &&
		       utf8_is_valid(m->body);

	if (m->body.len == 0)
		return;
	field_add_range(d, &d->root, secret ? F_HTTP_SECRET_BODY : is_text ? F_HTTP_TEXT : F_HTTP_BODY, SOURCE_PAYLOAD,
			0, m->body.len);
}
