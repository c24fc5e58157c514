/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/body_block.h"

static bool is_line_end(uint8_t c)
{
	return c == '\r' || c == '\n';
}

static size_t line_ends_before(struct slice s)
{
	size_t n = 0;

	while (n < s.len && is_line_end(s.ptr[n]))
		n++;
	return n;
}

size_t line_ends_behind(struct slice s)
{
	size_t n = 0;

	while (n < s.len && is_line_end(s.ptr[s.len - 1 - n]))
		n++;
	return n;
}

struct field *body_block_dissect(struct dissection *d, struct field *parent, enum field_id dict, enum field_id line,
				 unsigned source, size_t offset, size_t length)
{
	struct slice body = slice_sub(d->sources[source].data, offset, length);
	size_t lead = line_ends_before(body);
	struct field *f = field_add(d, parent, dict, source, offset + lead, 0);
	bool ended;
	size_t end = lead + headers_dissect(d, f, line, source, offset + lead, body.len - lead, &ended);
	size_t rest = body.len - end, blank = line_ends_before(slice_sub(body, end, rest));

	field_syntax(f, lead, end + blank - lead - f->length);
	if (rest > blank)
		field_add_range(d, parent, F_MSG_BODY, source, offset + end + blank, rest - blank);
	return f;
}
