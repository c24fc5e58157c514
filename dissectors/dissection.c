/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/dissection.h"

#include <stdarg.h>
#include <stdio.h>

#define NOTE SEVERITY_NOTE
#define WARNING SEVERITY_WARNING
#define ERROR SEVERITY_ERROR
#define CONTRADICTS VERDICT_CONTRADICTS
#define UNCOVERED VERDICT_UNCOVERED
#define REMARK VERDICT_REMARK
#define RULE(identifier, id, severity, verdict, explanation, reference) {id, severity, verdict, explanation, reference},
const struct finding_rule finding_rules[RULE_COUNT] = {
#include "dissectors/findings.def"
};
#undef RULE
#undef NOTE
#undef WARNING
#undef ERROR
#undef CONTRADICTS
#undef UNCOVERED
#undef REMARK

/* Bytes that are set aside for a summary at first: few need more. */
#define SUMMARY_ROOM_MIN 256u

static const char more_sources[] = "more";

const char *severity_name(enum severity s)
{
	switch (s) {
	case SEVERITY_NOTE:
		return "note";
	case SEVERITY_WARNING:
		return "warning";
	case SEVERITY_ERROR:
		return "error";
	}
	return "?";
}

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = {"contradicts", "not covered", "remark"};

	return names[v];
}

/* Member by member: clearing the whole array of sources would cost more than most lines take. */
void dissection_init(struct dissection *d, struct arena *arena, struct slice line, struct slice payload)
{
	d->arena = arena;
	d->sources[SOURCE_LINE] = (struct source){"line", line};
	d->sources[SOURCE_PAYLOAD] = (struct source){"payload", payload};
	d->source_count = SOURCE_FIXED;
	d->root = (struct field){0};
	d->spare = (struct field){0};
	d->field_count = 0;
	d->fields_left_out = false;
	d->findings = NULL;
	d->last_finding = NULL;
	d->finding_count = 0;
	d->unreliable = false;
	d->summary = SLICE_EMPTY;
	d->summary_room = 0;
}

static void field_link(struct field *parent, struct field *f)
{
	f->parent = parent;
	if (parent->last)
		parent->last->next = f;
	else
		parent->first = f;
	parent->last = f;
}

static struct field *field_new(struct dissection *d, struct field *parent)
{
	if (d->field_count < DISSECTION_FIELDS_MAX) {
		struct field *f = ARENA_NEW(d->arena, struct field);

		d->field_count++;
		field_link(parent, f);
		return f;
	}
	if (!d->fields_left_out) {
		d->fields_left_out = true;
		finding_add(d, RULE_LIMIT_FIELDS, NULL, "more than %u fields", DISSECTION_FIELDS_MAX);
	}
	d->spare = (struct field){0};
	return &d->spare;
}

struct field *field_add(struct dissection *d, struct field *parent, enum field_id id, unsigned source, size_t offset,
			size_t length)
{
	struct field *f = field_new(d, parent);

	f->def = &field_defs[id];
	f->source = (uint16_t)source;
	f->offset = (uint32_t)offset;
	f->length = (uint32_t)length;
	return f;
}

struct field *field_add_number(struct dissection *d, struct field *parent, enum field_id id, uint64_t number,
			       unsigned source, size_t offset, size_t length)
{
	struct field *f = field_add(d, parent, id, source, offset, length);

	f->has_value = true;
	f->value.number = number;
	return f;
}

struct field *field_add_text(struct dissection *d, struct field *parent, enum field_id id, struct slice text,
			     unsigned source, size_t offset, size_t length)
{
	struct field *f = field_add(d, parent, id, source, offset, length);

	f->has_value = true;
	f->value.text = text;
	return f;
}

struct field *field_add_range(struct dissection *d, struct field *parent, enum field_id id, unsigned source,
			      size_t offset, size_t length)
{
	struct slice text = slice_sub(d->sources[source].data, offset, length);

	return field_add_text(d, parent, id, text, source, offset, length);
}

void field_syntax(struct field *f, size_t lead, size_t trail)
{
	f->lead = (uint16_t)(lead < UINT16_MAX ? lead : UINT16_MAX);
	f->trail = (uint16_t)(trail < UINT16_MAX ? trail : UINT16_MAX);
}

unsigned dissection_add_source(struct dissection *d, const char *name, struct slice data)
{
	if (d->source_count == DISSECTION_SOURCES_MAX) {
		if (d->sources[DISSECTION_SOURCES_MAX - 1].name != more_sources)
			finding_add(d, RULE_LIMIT_FIELDS, NULL, "more than %u decoded parts", DISSECTION_SOURCES_MAX);
		d->sources[DISSECTION_SOURCES_MAX - 1] = (struct source){more_sources, data};
		return DISSECTION_SOURCES_MAX - 1;
	}
	d->sources[d->source_count] = (struct source){name, data};
	return (unsigned)d->source_count++;
}

__attribute__((format(printf, 2, 0), nonnull(2))) static struct slice
format_text(struct arena *arena, const char *format, va_list ap)
{
	char small[256];
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf(small, sizeof(small), format, ap);
	size_t len = n < 0 ? 0 : (size_t)n;
	char *text = arena_alloc_raw(arena, len + 1);
	if (len < sizeof(small))
		memcpy(text, small, len);
	else
		vsnprintf(text, len + 1, format, again);
	va_end(again);
	return slice_of(text, len);
}

/* The last place is kept for the finding that says there were more. */
void finding_add(struct dissection *d, enum finding_rule_id rule, const struct field *field, const char *format, ...)
{
	va_list ap;

	if (d->unreliable || d->finding_count >= DISSECTION_FINDINGS_MAX)
		return;
	struct finding *f = ARENA_NEW(d->arena, struct finding);
	if (d->finding_count == DISSECTION_FINDINGS_MAX - 1) {
		f->rule = &finding_rules[RULE_LIMIT_FIELDS];
		f->text = SLICE_LIT("more findings than the limit");
	} else {
		f->rule = &finding_rules[rule];
		f->field = field == &d->spare ? NULL : field;
		va_start(ap, format);
		f->text = format_text(d->arena, format, ap);
		va_end(ap);
	}
	if (d->last_finding)
		d->last_finding->next = f;
	else
		d->findings = f;
	d->last_finding = f;
	d->finding_count++;
}

void dissection_summary_grow(struct dissection *d, size_t n)
{
	size_t room = (d->summary.len + n) * 2;

	if (room < SUMMARY_ROOM_MIN)
		room = SUMMARY_ROOM_MIN;
	uint8_t *text = arena_alloc_raw(d->arena, room);
	if (d->summary.len)
		memcpy(text, d->summary.ptr, d->summary.len);
	d->summary.ptr = text;
	d->summary_room = room;
}

/* Formats behind the summary, a second time when the first shows that there was too little room. */
__attribute__((format(printf, 2, 0), nonnull(2))) static void
summary_format(struct dissection *d, const char *format, va_list ap)
{
	uint8_t *text = dissection_summary_room(d, SUMMARY_ROOM_MIN / 2);
	size_t room = d->summary_room - d->summary.len;
	va_list again;

	va_copy(again, ap);
	int n = vsnprintf((char *)text, room, format, ap);
	size_t len = n < 0 ? 0 : (size_t)n;
	if (len >= room) {
		text = dissection_summary_room(d, len + 1);
		vsnprintf((char *)text, len + 1, format, again);
	}
	va_end(again);
	d->summary.len += len;
}

void dissection_summarise(struct dissection *d, const char *format, ...)
{
	va_list ap;

	d->summary.len = 0;
	va_start(ap, format);
	summary_format(d, format, ap);
	va_end(ap);
}

void dissection_summary_add(struct dissection *d, const char *format, ...)
{
	va_list ap;

	if (d->summary.len) {
		memcpy(dissection_summary_room(d, 2), ", ", 2);
		d->summary.len += 2;
	}
	va_start(ap, format);
	summary_format(d, format, ap);
	va_end(ap);
}
