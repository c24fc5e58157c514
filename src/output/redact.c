/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/redact.h"

#include <stdlib.h>

#include "util/memory.h"

void redaction_init(struct redaction *r, struct placeholders *placeholders)
{
	*r = (struct redaction){.placeholders = placeholders};
}

void redaction_free(struct redaction *r)
{
	buffer_free(&r->head);
	buffer_free(&r->payload);
	buffer_free(&r->scratch);
	free(r->pieces);
}

static struct slice raw(const struct event *e, const struct field *f)
{
	return slice_sub(e->dissection->sources[f->source].data, f->offset, f->length);
}

/* What stands for the field, in scratch; false: it may stay as it is. */
static bool stand_in(struct redaction *r, const struct event *e, const struct field *f)
{
	struct slice bytes = raw(e, f);
	bool text = f->has_value && (f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES);
	struct slice value = text ? f->value.text : bytes;

	r->scratch.len = 0;
	/* The service signs its own messages. */
	if (slice_eq_str(value, "Hotmail"))
		return false;
	placeholders_add(r->placeholders, &r->scratch, placeholder_kind(f), value);
	return !slice_eq(buffer_slice(&r->scratch), value);
}

static bool is_container(const struct field *f)
{
	return f->def->type == FIELD_BRANCH || f->def->type == FIELD_DICT;
}

static void add_piece(struct redaction *r, const struct field *f)
{
	if (r->count == r->capacity) {
		r->capacity = r->capacity ? 2 * r->capacity : 32;
		r->pieces = memory_realloc(r->pieces, r->capacity * sizeof(r->pieces[0]));
	}
	r->pieces[r->count++] = (struct redact_piece){f->offset, (size_t)f->offset + f->length, f};
}

static bool is_header(const struct field *f)
{
	return !is_container(f) && f->parent && f->parent->def && f->parent->def->type == FIELD_DICT;
}

/* Is there a field that knows more of these bytes than that they are a header? */
static bool is_dissected(const struct field *parent, const struct field *header)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		bool meets = f->source == header->source && f->offset < header->offset + header->length &&
			     header->offset < f->offset + f->length;

		if (meets && !is_container(f) && !is_header(f))
			return true;
		if (f->def->type != FIELD_DICT && is_dissected(f, header))
			return true;
	}
	return false;
}

/* Whole fields before their parts: of a part nothing is left when the whole is replaced. */
static void collect(struct redaction *r, const struct event *e, const struct field *parent, unsigned source)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		if (is_header(f) && is_dissected(&e->dissection->root, f))
			continue;
		if (f->source == source && f->length && !is_container(f) && stand_in(r, e, f))
			add_piece(r, f);
		else
			collect(r, e, f, source);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct redact_piece *p = a, *q = b;

	if (p->begin != q->begin)
		return p->begin < q->begin ? -1 : 1;
	return p->end > q->end ? -1 : p->end < q->end;
}

/* A command line is parted by blanks. */
static void add_stand_in(struct redaction *r, struct buffer *out, bool one_word)
{
	for (size_t i = 0; i < r->scratch.len; i++) {
		if (one_word && r->scratch.data[i] == ' ')
			buffer_add_str(out, "%20");
		else
			buffer_add_byte(out, r->scratch.data[i]);
	}
}

static void rewrite(struct redaction *r, const struct event *e, unsigned source, struct buffer *out)
{
	struct slice bytes = e->dissection->sources[source].data;
	size_t at = 0;

	r->count = 0;
	out->len = 0;
	collect(r, e, &e->dissection->root, source);
	if (r->count)
		qsort(r->pieces, r->count, sizeof(r->pieces[0]), by_place);
	for (size_t i = 0; i < r->count; i++) {
		const struct redact_piece *p = &r->pieces[i];

		if (p->begin < at || p->end > bytes.len)
			continue;
		placeholders_add_text(r->placeholders, out, slice_sub(bytes, at, p->begin - at));
		stand_in(r, e, p->field);
		add_stand_in(r, out, source == SOURCE_LINE && e->kind == EVENT_COMMAND);
		at = p->end;
	}
	placeholders_add_text(r->placeholders, out, slice_sub(bytes, at, bytes.len));
}

static bool has_field(const struct field *parent, unsigned source)
{
	for (const struct field *f = parent->first; f; f = f->next)
		if (f->source == source || has_field(f, source))
			return true;
	return false;
}

/* The last word of a line is the length of what follows; the same bytes may stand elsewhere in it. */
static void correct_length(struct redaction *r, const struct event *e)
{
	const struct field *length = field_child(&e->dissection->root, &field_defs[P_length]);
	struct buffer *head = &r->head;
	struct slice old;

	if (!length || length->source != SOURCE_LINE || e->payload.len != e->declared_length || r->payload.len == e->payload.len)
		return;
	old = raw(e, length);
	if (head->len < old.len || memcmp(head->data + head->len - old.len, old.ptr, old.len) != 0)
		return;
	head->len -= old.len;
	buffer_add_u64(head, r->payload.len);
}

/* A length that a header gives, and what it is of. */
struct length {
	size_t begin, end; /* of its digits */
	uint64_t value;
	size_t body;       /* begins behind the next empty line */
};

/* The last Content-Length of the text. */
static bool find_length(struct slice text, struct length *l)
{
	static const struct slice name = SLICE_LIT("Content-Length:");
	bool found = false;

	for (size_t at = 0; at < text.len; at += slice_find_byte(slice_sub(text, at, text.len), '\n') + 1) {
		if (!slice_case_has_prefix(slice_sub(text, at, text.len), name))
			continue;
		l->begin = at + name.len;
		while (l->begin < text.len && text.ptr[l->begin] == ' ')
			l->begin++;
		for (l->end = l->begin; l->end < text.len && text.ptr[l->end] >= '0' && text.ptr[l->end] <= '9';)
			l->end++;
		l->body = l->end + slice_find(slice_sub(text, l->end, text.len), SLICE_LIT("\r\n\r\n")) + 4;
		found = slice_u64(slice_sub(text, l->begin, l->end - l->begin), &l->value);
	}
	return found;
}

static void write_length(struct redaction *r, struct buffer *text, const struct length *l, uint64_t value)
{
	r->scratch.len = 0;
	buffer_add_slice(&r->scratch, slice_sub(buffer_slice(text), l->end, text->len));
	text->len = l->begin;
	buffer_add_u64(text, value);
	buffer_add_slice(text, buffer_slice(&r->scratch));
}

/* Of a message of a web service; a body that was chunked or compressed has another length. */
static void correct_content_length(struct redaction *r, const struct event *e)
{
	struct length l;

	if (find_length(buffer_slice(&r->head), &l) && l.value == e->payload.len)
		write_length(r, &r->head, &l, r->payload.len);
}

/* Of a body that ends with the payload, as behind the blocks of headers of MSNP21. */
static void correct_body_length(struct redaction *r, const struct event *e)
{
	struct length was, is;

	if (find_length(e->payload, &was) && was.body <= e->payload.len && was.value == e->payload.len - was.body &&
	    find_length(buffer_slice(&r->payload), &is) && is.body <= r->payload.len)
		write_length(r, &r->payload, &is, r->payload.len - is.body);
}

void redaction_event(struct redaction *r, const struct event *e)
{
	rewrite(r, e, SOURCE_LINE, &r->head);
	rewrite(r, e, SOURCE_PAYLOAD, &r->payload);
	if (e->payload.len && !has_field(&e->dissection->root, SOURCE_PAYLOAD)) {
		r->payload.len = 0;
		placeholders_add(r->placeholders, &r->payload, PLACEHOLDER_TEXT, e->payload);
	}
	correct_body_length(r, e);
	if (e->kind == EVENT_COMMAND)
		correct_length(r, e);
	else
		correct_content_length(r, e);
}
