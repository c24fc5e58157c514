/* SPDX-License-Identifier: BSD-2-Clause */
/* CurrentMedia: what is being played, with the text that its format makes of its arguments. */
#include "dissectors/payload_xml.h"
#include "dissectors/presence.h"

/* Arguments that a format can name, and bytes of the text that it gives. */
#define MEDIA_ARGUMENTS_MAX 32u
#define MEDIA_TEXT_MAX 4096u

struct media {
	struct dissection *d;
	struct field *parent;
	struct range r;
	struct slice text;
	size_t parts;
	struct slice format;
	struct slice arguments[MEDIA_ARGUMENTS_MAX];
	size_t argument_count;
	const struct field *format_field;
};

static void add_enabled(const struct media *m, struct slice part, size_t offset)
{
	struct field *f = field_add(m->d, m->parent, F_MEDIA_ENABLED, m->r.source, offset, part.len);

	f->value.number = slice_eq_str(part, "1");
	f->has_value = f->value.number || slice_eq_str(part, "0");
	if (!f->has_value)
		finding_add(m->d, RULE_PRESENCE_VALUE, f, "the third part of CurrentMedia is neither 0 nor 1: \"%.*s\"",
			    SLICE_ARG(payload_xml_cut(part)));
}

static void add_part(struct media *m, size_t at, size_t length, bool ended)
{
	static const enum field_id ids[] = {F_MEDIA_APPLICATION, F_MEDIA_TYPE, F_MEDIA_ENABLED, F_MEDIA_FORMAT};
	const size_t named = sizeof(ids) / sizeof(ids[0]);
	struct slice part = slice_sub(m->text, at, length);
	size_t offset = m->r.offset + at;
	enum field_id id = m->parts < named ? ids[m->parts] : F_MEDIA_ARGUMENT;

	if (id == F_MEDIA_ENABLED)
		add_enabled(m, part, offset);
	else
		field_add_text(m->d, m->parent, id, part, m->r.source, offset, length);
	if (ended && m->parent->last)
		field_syntax(m->parent->last, 0, 2);
	if (id == F_MEDIA_FORMAT) {
		m->format = part;
		m->format_field = m->parent->last;
	}
	if (id == F_MEDIA_ARGUMENT && m->argument_count < MEDIA_ARGUMENTS_MAX)
		m->arguments[m->argument_count++] = part;
	m->parts++;
}

/* The number in "{0}" at the beginning of s, and how long that is; 0 when it is none. */
static size_t placeholder(struct slice s, uint64_t *number)
{
	size_t close = slice_find_byte(slice_sub(s, 0, 8), '}');

	if (s.len == 0 || s.ptr[0] != '{' || close >= s.len || close >= 8)
		return 0;
	return slice_u64(slice_sub(s, 1, close - 1), number) ? close + 1 : 0;
}

static void add_rendered(const struct media *m)
{
	uint8_t *out = arena_alloc_raw(m->d->arena, MEDIA_TEXT_MAX);
	size_t len = 0, at = 0;
	bool missing = false;

	while (at < m->format.len && len < MEDIA_TEXT_MAX) {
		uint64_t number = 0;
		size_t skip = placeholder(slice_sub(m->format, at, m->format.len), &number);
		struct slice piece = slice_sub(m->format, at, 1);

		if (skip) {
			missing = missing || number >= m->argument_count;
			piece = number < m->argument_count ? m->arguments[number] : SLICE_EMPTY;
		}
		piece = slice_sub(piece, 0, MEDIA_TEXT_MAX - len);
		if (piece.len)
			memcpy(out + len, piece.ptr, piece.len);
		len += piece.len;
		at += skip ? skip : 1;
	}
	if (missing)
		finding_add(m->d, RULE_PRESENCE_VALUE, m->format_field, "the format names arguments that are not there");
	field_add_text(m->d, m->parent, F_MEDIA_TEXT, slice_of(out, len), m->r.source, m->r.offset, m->text.len);
}

void current_media_dissect(struct dissection *d, struct field *parent, struct range r, struct slice text)
{
	struct media m = {.d = d, .parent = parent, .r = r, .text = text};
	const struct slice separator = SLICE_LIT("\\0");

	if (text.len == 0)
		return;
	if (!slice_eq(text, slice_sub(d->sources[r.source].data, r.offset, r.length)))
		m.r = (struct range){dissection_add_source(d, "current_media", text), 0, text.len};
	for (size_t at = 0; at <= text.len && !d->fields_left_out;) {
		size_t length = slice_find(slice_sub(text, at, text.len), separator);

		add_part(&m, at, length, at + length < text.len);
		at += length + separator.len;
		if (at > text.len)
			break;
	}
	if (m.parts < 4)
		finding_add(d, RULE_PRESENCE_VALUE, parent, "CurrentMedia has %zu part%s, less than 4", m.parts,
			    m.parts == 1 ? "" : "s");
	else
		add_rendered(&m);
}
