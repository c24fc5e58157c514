/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msg_block.h"

#include "dissectors/encoded_word.h"
#include "dissectors/mime.h"
#include "util/utf8.h"

/* Bytes of a value that its finding shows. */
#define SHOWN_MAX 80u

const struct field *msg_block_dissect(struct dissection *d, struct field *parent, unsigned source, size_t offset,
				      size_t length)
{
	bool ended;

	if (mime_is_blank(slice_sub(d->sources[source].data, offset, length))) {
		mime_rest_dissect(d, parent, F_MSG_HEADERS, source, offset, length);
		return NULL;
	}
	struct field *block = field_add(d, parent, F_MSG_FIELDS, source, offset, 0);
	size_t end = headers_dissect(d, block, F_MSG_FIELD, source, offset, length, &ended);
	mime_rest_dissect(d, parent, F_MSG_FIELDS, source, offset + end, length - end);
	return block;
}

const struct field *msg_line_find(const struct field *parent, const char *name)
{
	const struct field *f = headers_find(field_child(parent, &field_defs[F_MSG_FIELDS]), name);

	return f ? f : headers_find(field_child(parent, &field_defs[F_MSG_HEADERS]), name);
}

static void bad(struct dissection *d, const struct field *f, const struct msg_line *line, const char *what,
		struct slice text)
{
	finding_add(d, RULE_MSG_BAD_VALUE, f, "%s is %s: \"%.*s\"", line->name, what,
		    SLICE_ARG(utf8_cut(text, SHOWN_MAX)));
}

/* A 32-bit word that may be written as a signed number. */
static bool half(struct slice text, uint64_t *out)
{
	bool minus = text.len && text.ptr[0] == '-';
	uint64_t n;

	if (!slice_u64(slice_sub(text, minus, text.len), &n) || n > (minus ? UINT64_C(1) << 31 : UINT32_MAX))
		return false;
	*out = minus ? (uint32_t)(0 - n) : n;
	return true;
}

static void add_number(struct dissection *d, struct field *parent, const struct msg_line *line,
		       const struct field *from)
{
	struct slice text = from->value.text;
	struct field *f = field_add(d, parent, line->id, from->source, from->offset, from->length);

	if (line->kind == MSG_LINE_HALF)
		f->has_value = half(text, &f->value.number);
	else
		f->has_value = slice_u64(text, &f->value.number);
	if (line->kind == MSG_LINE_BOOL && f->has_value && f->value.number > 1)
		f->has_value = false;
	if (f->has_value)
		return;
	bad(d, f, line,
	    line->kind == MSG_LINE_BOOL ? "neither 0 nor 1" :
	    line->kind == MSG_LINE_HALF ? "no number of 32 bits" :
					  "no number",
	    text);
}

static void add_line(struct dissection *d, struct field *parent, const struct msg_line *line, const struct field *from)
{
	struct slice text = from->value.text;
	bool sound = true;

	if (line->kind != MSG_LINE_TEXT && line->kind != MSG_LINE_WORDS) {
		add_number(d, parent, line, from);
		return;
	}
	if (line->kind == MSG_LINE_WORDS)
		text = encoded_words_decode(d->arena, text, &sound);
	const struct field *f = field_add_text(d, parent, line->id, text, from->source, from->offset, from->length);
	if (!sound)
		bad(d, f, line, "not to be decoded", from->value.text);
}

void msg_lines_add(struct dissection *d, struct field *parent, const struct msg_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct field *from = msg_line_find(parent, lines[i].name);

		if (from && from->value.text.len)
			add_line(d, parent, &lines[i], from);
	}
}

const struct field *msg_value(const struct field *parent, enum field_id id)
{
	const struct field *f = field_child(parent, &field_defs[id]);

	return f && f->has_value ? f : NULL;
}
