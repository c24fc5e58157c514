/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/headers.h"

#include "util/utf8.h"

/* Bytes of a broken line that its finding shows. */
#define SHOWN_MAX 80u

struct line {
	size_t at, end; /* without line end */
	size_t next;    /* where the next line starts */
};

static struct line line_at(struct slice s, size_t at)
{
	struct line l = {at, at, s.len};

	while (l.end < s.len && s.ptr[l.end] != '\r' && s.ptr[l.end] != '\n')
		l.end++;
	if (l.end < s.len) {
		bool crlf = s.ptr[l.end] == '\r' && l.end + 1 < s.len && s.ptr[l.end + 1] == '\n';

		l.next = l.end + (crlf ? 2 : 1);
	}
	return l;
}

static bool is_continuation(struct slice s, size_t at)
{
	return at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '\t');
}

/* The line at that offset together with the lines that go on with it. */
static struct line folded_line_at(struct slice s, size_t at)
{
	struct line l = line_at(s, at);

	while (l.end > l.at && is_continuation(s, l.next)) {
		struct line more = line_at(s, l.next);

		l.end = more.end;
		l.next = more.next;
	}
	return l;
}

/* The value with each fold (line end and the blanks behind it) made one blank. */
static struct slice unfold(struct arena *arena, struct slice value)
{
	if (!memchr(value.ptr, '\n', value.len) && !memchr(value.ptr, '\r', value.len))
		return value;
	uint8_t *out = arena_alloc_raw(arena, value.len);
	size_t len = 0;
	for (size_t at = 0; at < value.len;) {
		struct line l = line_at(value, at);
		struct slice part = slice_trim(slice_sub(value, l.at, l.end - l.at));

		if (len && part.len)
			out[len++] = ' ';
		if (part.len)
			memcpy(out + len, part.ptr, part.len);
		len += part.len;
		at = l.next;
	}
	return slice_of(out, len);
}

static enum field_id header_id(enum field_id id, struct slice name)
{
	static const char *const secrets[] = {"MSPAuth", "MSPProf", "MSPSec"};

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if ((id == F_MSG_HEADER || id == F_MSG_FIELD) && slice_case_eq(name, slice_str(secrets[i])))
			return F_MSG_SECRET_HEADER;
	if (id == F_MSNP24_HEADER && (slice_case_eq(name, SLICE_LIT("Registration")) ||
				      slice_case_eq(name, SLICE_LIT("Set-Registration"))))
		return F_MSNP24_SECRET_HEADER;
	return id;
}

/* line_end: bytes of the line end behind the line. */
static void header_add(struct dissection *d, struct field *dict, enum field_id id, unsigned source, size_t offset,
		       struct slice line, size_t line_end)
{
	size_t colon = slice_find_byte(line, ':');

	if (colon == line.len) {
		struct field *broken = field_add_range(d, dict, id, source, offset, line.len);

		field_syntax(broken, 0, line_end);
		finding_add(d, RULE_MSG_BAD_HEADER, broken, "no colon in \"%.*s\"", SLICE_ARG(utf8_cut(line, SHOWN_MAX)));
		return;
	}
	struct slice name = slice_trim(slice_sub(line, 0, colon));
	struct slice raw = slice_sub(line, colon + 1, line.len);
	struct slice value = slice_trim(raw);
	size_t value_at = value.len ? (size_t)(value.ptr - line.ptr) : colon + 1;
	struct slice text = value.len ? unfold(d->arena, value) : value;
	struct field *f = field_add_text(d, dict, header_id(id, name), text, source, offset + value_at, value.len);
	f->key = name;
	field_syntax(f, value_at, line.len - value_at - value.len + line_end);
}

size_t headers_dissect(struct dissection *d, struct field *dict, enum field_id id, unsigned source, size_t offset,
		       size_t length, bool *ended)
{
	struct slice block = slice_sub(d->sources[source].data, offset, length);
	size_t at = 0;

	*ended = false;
	for (unsigned count = 0; at < block.len; count++) {
		struct line l = folded_line_at(block, at);

		if (l.at == l.end) {
			*ended = true;
			field_syntax(dict, 0, l.next - at);
			dict->length = (uint32_t)at;
			return l.next;
		}
		if (count == HEADERS_MAX) {
			finding_add(d, RULE_LIMIT_FIELDS, dict, "more than %u header lines", HEADERS_MAX);
			*ended = true;
			dict->length = (uint32_t)at;
			return at;
		}
		header_add(d, dict, id, source, offset + at, slice_sub(block, l.at, l.end - l.at), l.next - l.end);
		at = l.next;
	}
	dict->length = (uint32_t)at;
	return at;
}

const struct field *headers_find(const struct field *dict, const char *name)
{
	struct slice wanted = slice_str(name);

	for (const struct field *f = dict ? dict->first : NULL; f; f = f->next)
		if (slice_case_eq(f->key, wanted))
			return f;
	return NULL;
}
