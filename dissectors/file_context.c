/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Description of a file that is offered, little-endian:
 *
 *	0    length: 574 in version 2, 638 in version 3
 *	4    version
 *	8    size of the file, 8 bytes
 *	16   type
 *	20   name, UTF-16LE, 520 bytes; some clients take 550
 *	540  30 bytes, zero; of a background its display name, base64
 *	570  0xffffffff, of a background 0xfffffffe
 *	574  version 3: 64 bytes of unknown meaning
 *	     preview, PNG
 *
 * Version 2 writes all sorts of numbers as the length, so that the signature
 * of the PNG has the last word about where the preview begins.
 */
#include <inttypes.h>

#include "dissectors/slp.h"
#include "util/encoding.h"
#include "util/reader.h"
#include "util/utf8.h"

#define NAME_AT 20u
#define NAME_LENGTH 520u
#define BACKGROUND_AT 540u
#define MARK_AT 570u
#define FIXED_LENGTH 574u
#define UNKNOWN_LENGTH 64u
#define MARK_BACKGROUND 0xfffffffeu

#define PNG_MAGIC SLICE_LIT("\x89PNG\r\n\x1a\n")

/* Bytes of a name that a finding shows. */
#define SHOWN_MAX 80u

struct context {
	struct dissection *d;
	struct field *field; /* F_FILE_CONTEXT */
	unsigned source;
	struct slice data;
	uint32_t length, version, type, mark;
	uint64_t size;
};

static void add_number(const struct context *c, enum field_id id, uint64_t number, size_t at, size_t length)
{
	field_add_number(c->d, c->field, id, number, c->source, at, length);
}

static void add_reserved(const struct context *c, size_t at, size_t end)
{
	if (end > c->data.len)
		end = c->data.len;
	if (at < end)
		field_add_range(c->d, c->field, F_FILE_RESERVED, c->source, at, end - at);
}

static bool is_zero(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i])
			return false;
	return true;
}

/* Bytes of UTF-16LE before U+0000, or all of them. */
static size_t utf16_length(struct slice s)
{
	size_t at = 0;

	while (at + 1 < s.len && (s.ptr[at] || s.ptr[at + 1]))
		at += 2;
	return at + 1 < s.len ? at : s.len;
}

static void check_name(const struct context *c, const struct field *f, bool sound)
{
	struct slice name = f->value.text;
	bool odd = false;

	for (size_t i = 0; i < name.len; i++)
		odd = odd || name.ptr[i] < ' ' || name.ptr[i] == 127 || name.ptr[i] == '/' || name.ptr[i] == '\\';
	if (odd)
		finding_add(c->d, RULE_FILE_CONTEXT, f, "path or control character in the name \"%.*s\"",
			    SLICE_ARG(utf8_cut(name, SHOWN_MAX)));
	if (!sound)
		finding_add(c->d, RULE_FILE_CONTEXT, f, "name is not UTF-16LE");
}

/* Zero bytes behind the name are its syntax. */
static void add_name(const struct context *c, size_t room)
{
	struct slice all = slice_sub(c->data, NAME_AT, room);
	size_t length = utf16_length(all);
	struct slice filling = slice_sub(all, length, all.len);
	bool sound;
	struct slice text = utf16le_to_utf8(c->d->arena, slice_sub(all, 0, length), &sound);
	struct field *f = field_add_text(c->d, c->field, F_FILE_NAME, text, c->source, NAME_AT, length);

	if (is_zero(filling))
		field_syntax(f, 0, filling.len);
	else
		add_reserved(c, NAME_AT + length, NAME_AT + all.len);
	if (length == all.len)
		finding_add(c->d, RULE_FILE_CONTEXT, f, "name has no end");
	check_name(c, f, sound);
}

static void add_background(const struct context *c)
{
	struct slice all = slice_sub(c->data, BACKGROUND_AT, MARK_AT - BACKGROUND_AT);
	struct slice name = slice_sub(all, 0, slice_find_byte(all, 0));

	if (c->mark != MARK_BACKGROUND || name.len == 0) {
		add_reserved(c, BACKGROUND_AT, MARK_AT);
		return;
	}
	struct field *f = field_add_range(c->d, c->field, F_FILE_BACKGROUND_NAME, c->source, BACKGROUND_AT, name.len);
	if (is_zero(slice_sub(all, name.len, all.len)))
		field_syntax(f, 0, all.len - name.len);
	else
		add_reserved(c, BACKGROUND_AT + name.len, MARK_AT);
}

/* Where the preview begins; the end of the data when there is none. */
static size_t preview_at(const struct context *c)
{
	/* libpurple's version 3 is a byte shorter than the others'. */
	const size_t places[] = {c->length, FIXED_LENGTH, FIXED_LENGTH + UNKNOWN_LENGTH - 1,
				 FIXED_LENGTH + UNKNOWN_LENGTH};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i] >= FIXED_LENGTH &&
		    slice_has_prefix(slice_sub(c->data, places[i], c->data.len), PNG_MAGIC))
			return places[i];
	return c->data.len;
}

/* Some clients say that a preview follows and send none: no fault, as long as nothing else follows. */
static void add_rest(const struct context *c)
{
	size_t at = preview_at(c), head = FIXED_LENGTH + (c->version == 3 ? UNKNOWN_LENGTH : 0);

	add_reserved(c, FIXED_LENGTH, at);
	if (at < c->data.len)
		field_add_range(c->d, c->field, F_FILE_PREVIEW, c->source, at, c->data.len - at);
	else if (c->type == 0 && c->data.len > head)
		finding_add(c->d, RULE_FILE_CONTEXT, c->field, "what follows is no preview: %zu bytes, no PNG",
			    c->data.len - head);
}

static void check_head(const struct context *c)
{
	const struct field *type = field_child(c->field, &field_defs[F_FILE_TYPE]);

	if (c->version != 2 && c->version != 3)
		finding_add(c->d, RULE_FILE_CONTEXT, field_child(c->field, &field_defs[F_FILE_CONTEXT_VERSION]),
			    "version %" PRIu32 " is not known", c->version);
	if (c->size == 0)
		finding_add(c->d, RULE_FILE_CONTEXT, field_child(c->field, &field_defs[F_FILE_SIZE]), "file of 0 bytes");
	if (type && !field_enum(type))
		finding_add(c->d, RULE_MSNP_UNKNOWN_VALUE, type, "type %" PRIu32, c->type);
}

static void add_head(struct context *c)
{
	struct reader r = reader_over(c->data);

	c->length = reader_le32(&r);
	c->version = reader_le32(&r);
	c->size = reader_le32(&r);
	c->size |= (uint64_t)reader_le32(&r) << 32;
	c->type = reader_le32(&r);
	struct reader end = reader_over(slice_sub(c->data, MARK_AT, c->data.len));
	c->mark = reader_le32(&end);
	add_number(c, F_FILE_CONTEXT_LENGTH, c->length, 0, 4);
	add_number(c, F_FILE_CONTEXT_VERSION, c->version, 4, 4);
	add_number(c, F_FILE_SIZE, c->size, 8, 8);
	add_number(c, F_FILE_TYPE, c->type, 16, 4);
	check_head(c);
}

void file_context_dissect(struct dissection *d, struct field *parent, unsigned source)
{
	struct slice data = d->sources[source].data;
	struct context c = {.d = d, .source = source, .data = data};

	c.field = field_add(d, parent, F_FILE_CONTEXT, source, 0, data.len);
	if (data.len < FIXED_LENGTH)
		finding_add(d, RULE_FILE_CONTEXT, c.field, "%zu bytes, fewer than %u", data.len, FIXED_LENGTH);
	if (data.len <= NAME_AT) {
		add_reserved(&c, 0, data.len);
		return;
	}
	add_head(&c);
	/* A name that fills its room goes on where a background has its display name. */
	bool longer = c.mark != MARK_BACKGROUND && utf16_length(slice_sub(data, NAME_AT, NAME_LENGTH)) == NAME_LENGTH;
	add_name(&c, longer ? MARK_AT - NAME_AT : NAME_LENGTH);
	if (!longer)
		add_background(&c);
	if (data.len >= FIXED_LENGTH) {
		add_number(&c, F_FILE_MARK, c.mark, MARK_AT, FIXED_LENGTH - MARK_AT);
		add_rest(&c);
	} else {
		add_reserved(&c, MARK_AT, data.len);
	}
}
