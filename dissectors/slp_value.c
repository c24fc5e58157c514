/* SPDX-License-Identifier: BSD-2-Clause */
/* Headers and lines of MSNSLP as typed fields. */
#include "dissectors/headers.h"
#include "dissectors/slp_parts.h"
#include "util/utf8.h"

const struct slp_line *slp_line_find(const struct slp *m, const char *name)
{
	struct slice wanted = slice_str(name);

	for (size_t i = 0; i < m->line_count; i++)
		if (slice_case_eq(m->lines[i].name, wanted))
			return &m->lines[i];
	return NULL;
}

struct slp_line slp_header(const struct slp *m, const char *name)
{
	const struct field *f = headers_find(field_child(m->message, &field_defs[F_SLP_HEADERS]), name);

	if (!f || !f->has_value)
		return (struct slp_line){0};
	return (struct slp_line){f->key, f->value.text, f, false};
}

/* A value that was folded over several lines is shorter than its range. */
struct range slp_range(const struct slp_line *l, struct slice part)
{
	struct range r = {l->field->source, l->field->offset, l->field->length};

	if (l->value.len != r.length || part.len == 0)
		return r;
	size_t at = (size_t)(part.ptr - l->value.ptr);
	r.offset += l->backwards ? l->value.len - at - part.len : at;
	r.length = part.len;
	return r;
}

struct field *slp_add_part(const struct slp *m, struct field *parent, enum field_id id, const struct slp_line *l,
			   struct slice part)
{
	struct range r = slp_range(l, part);

	return field_add_text(m->d, parent, id, part, r.source, r.offset, r.length);
}

struct field *slp_add_text(const struct slp *m, enum field_id id, const struct slp_line *l)
{
	return slp_add_part(m, m->message, id, l, l->value);
}

static void bad_value(const struct slp *m, const struct field *f, const struct slp_line *l, const char *why)
{
	finding_add(m->d, RULE_SLP_BROKEN, f, "%.*s %s: \"%.*s\"", SLICE_ARG(utf8_cut(l->name, SLP_FINDING_MAX)), why,
		    SLICE_ARG(utf8_cut(l->value, SLP_FINDING_MAX)));
}

struct field *slp_add_number(const struct slp *m, enum field_id id, const struct slp_line *l, uint64_t max)
{
	struct range r = slp_range(l, l->value);
	struct field *f = field_add(m->d, m->message, id, r.source, r.offset, r.length);
	uint64_t number;

	f->has_value = slice_u64(l->value, &number) && number <= max;
	if (f->has_value)
		f->value.number = number;
	else
		bad_value(m, f, l, "is no number that fits");
	return f;
}

struct field *slp_add_bool(const struct slp *m, enum field_id id, const struct slp_line *l)
{
	struct range r = slp_range(l, l->value);
	struct field *f = field_add(m->d, m->message, id, r.source, r.offset, r.length);

	f->value.number = slice_case_eq(l->value, SLICE_LIT("true"));
	f->has_value = f->value.number || slice_case_eq(l->value, SLICE_LIT("false"));
	if (!f->has_value)
		bad_value(m, f, l, "is neither true nor false");
	return f;
}

struct slice slp_upper(struct arena *arena, struct slice s)
{
	uint8_t *out = arena_alloc_raw(arena, s.len ? s.len : 1);

	for (size_t i = 0; i < s.len; i++)
		out[i] = (uint8_t)(s.ptr[i] >= 'a' && s.ptr[i] <= 'z' ? s.ptr[i] - 32 : s.ptr[i]);
	return slice_of(out, s.len);
}

struct field *slp_add_guid(const struct slp *m, enum field_id id, const struct slp_line *l, struct slice part)
{
	struct field *f = slp_add_part(m, m->message, id, l, part);

	if (field_defs[id].values)
		f->value.text = slp_upper(m->d->arena, part);
	if (!is_guid(part) || part.ptr[0] != '{')
		finding_add(m->d, RULE_SLP_BROKEN, f, "%.*s: no GUID in braces: \"%.*s\"",
			    SLICE_ARG(utf8_cut(l->name, SLP_FINDING_MAX)), SLICE_ARG(utf8_cut(part, SLP_FINDING_MAX)));
	return f;
}

struct slice slp_word(struct slice *s)
{
	size_t at = 0, end;

	while (at < s->len && (s->ptr[at] == ' ' || s->ptr[at] == '\t'))
		at++;
	for (end = at; end < s->len && s->ptr[end] != ' ' && s->ptr[end] != '\t'; end++)
		;
	struct slice word = slice_sub(*s, at, end - at);
	*s = slice_sub(*s, end, s->len);
	return word;
}
