/* SPDX-License-Identifier: BSD-2-Clause */
#include "routing_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tree.h"
#include "util/buffer.h"

static void add_lines(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			buffer_add_byte(out, '\r');
		buffer_add_byte(out, (uint8_t)*text);
	}
}

void routing_row_dissect(struct dissection *d, struct arena *arena, const struct routing_row *row, size_t len)
{
	const struct msnp_context context = {MSNP_NS, {row->version, row->version}, {NULL, 0}};
	const struct msnp_hints hints = {0};
	struct msnp_message m = {.sender = row->line[0] == '<' ? MSNP_SERVER : MSNP_CLIENT, .has_payload = true};
	struct buffer payload = {0};

	arena_reset(arena);
	add_lines(&payload, row->payload);
	m.line = slice_str(row->line + strlen(">>> "));
	m.payload = arena_copy(arena, slice_sub(buffer_slice(&payload), 0, len));
	m.declared = m.payload.len;
	buffer_free(&payload);
	dissection_init(d, arena, m.line, m.payload);
	msnp_dissect(d, &m, &context, &hints);
	tree_check(d);
}

static void check_text(const char *line, struct slice is, const char *expected)
{
	struct buffer text = {0};

	add_lines(&text, expected);
	if (!slice_eq(is, buffer_slice(&text)))
		fail_msg("%s: is\n%.*s, not\n%s", line, SLICE_ARG(is), expected);
	buffer_free(&text);
}

static void check_row(const struct dissection *d, const struct routing_row *row)
{
	const struct field *length = field_child(&d->root, &field_defs[P_length]);
	struct buffer findings = {0};

	if (length->value.number != d->sources[SOURCE_PAYLOAD].data.len)
		fail_msg("%s: the payload has %zu bytes", row->line, d->sources[SOURCE_PAYLOAD].data.len);
	check_text(row->line, d->summary, row->summary);
	for (const struct finding *f = d->findings; f; f = f->next) {
		if (f != d->findings)
			buffer_add_byte(&findings, ' ');
		buffer_add_str(&findings, f->rule->id);
	}
	check_text(row->line, buffer_slice(&findings), row->findings);
	buffer_free(&findings);
}

void routing_rows_check(const struct routing_row *rows, size_t count)
{
	struct arena arena = {0};
	struct dissection d;

	for (size_t i = 0; i < count; i++) {
		routing_row_dissect(&d, &arena, &rows[i], SIZE_MAX);
		check_row(&d, &rows[i]);
		for (size_t len = d.sources[SOURCE_PAYLOAD].data.len; len-- > 0;)
			routing_row_dissect(&d, &arena, &rows[i], len);
	}
	arena_free(&arena);
}
