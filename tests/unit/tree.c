/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void write_value(const struct field *f, struct buffer *out)
{
	switch (f->def->type) {
	case FIELD_UINT:
	case FIELD_BOOL:
		buffer_printf(out, "=%" PRIu64, f->value.number);
		break;
	case FIELD_HEX:
		buffer_printf(out, "=0x%" PRIx64, f->value.number);
		break;
	case FIELD_TEXT:
		buffer_add_str(out, "=\"");
		buffer_add_slice(out, f->value.text);
		buffer_add_byte(out, '"');
		break;
	case FIELD_BYTES:
		buffer_printf(out, "=%zu", f->value.text.len);
		break;
	case FIELD_BRANCH:
	case FIELD_DICT:
		break;
	}
}

static void write_fields(const struct field *f, struct buffer *out)
{
	for (; f; f = f->next) {
		if (f->parent->def && f->parent->def->type == FIELD_DICT) {
			buffer_add_byte(out, '[');
			buffer_add_slice(out, f->key);
			buffer_add_byte(out, ']');
		} else {
			buffer_add_str(out, f->def->name);
		}
		if (f->has_value)
			write_value(f, out);
		if (f->first) {
			buffer_add_byte(out, '{');
			write_fields(f->first, out);
			buffer_add_byte(out, '}');
		}
		if (f->next)
			buffer_add_byte(out, ' ');
	}
}

void tree_write(const struct dissection *d, struct buffer *out)
{
	write_fields(d->root.first, out);
	for (const struct finding *f = d->findings; f; f = f->next)
		buffer_printf(out, " !%s", f->rule->id);
}

static void require(bool holds, const struct field *f, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "field %s: %s\n", f && f->def ? f->def->name : "(root)", what);
	abort();
}

/* Reads every byte, for the sake of the sanitizers. */
static void touch(struct slice s)
{
	volatile uint8_t sum = 0;

	for (size_t i = 0; i < s.len; i++)
		sum = (uint8_t)(sum + s.ptr[i]);
}

static bool is_text(enum field_type type)
{
	return type == FIELD_TEXT || type == FIELD_BYTES;
}

static void check_field(const struct dissection *d, const struct field *f, const struct field *parent)
{
	size_t len;

	require(f->def && f->def >= field_defs && f->def < field_defs + field_defs_count, f, "no description");
	require(f->parent == parent, f, "parent");
	require(f->source < d->source_count, f, "source");
	len = d->sources[f->source].data.len;
	/* The last source is replaced when there are too many. */
	if (f->source < DISSECTION_SOURCES_MAX - 1)
		require(f->offset <= len && f->length <= len - f->offset, f, "range");
	touch(f->key);
	if (f->has_value && is_text(f->def->type))
		touch(f->value.text);
	require(!f->has_value || (f->def->type != FIELD_BRANCH && f->def->type != FIELD_DICT), f, "value");
	require(!f->first || f->def->type == FIELD_BRANCH || f->def->type == FIELD_DICT ||
			f->def->flags & FIELD_HAS_CHILDREN,
		f, "children");
	if ((parent->def && parent->def->type == FIELD_DICT) || f->def->flags & FIELD_REPEATS)
		return;
	require(field_child(parent, f->def) == f, f, "stands there twice");
}

static size_t check_children(const struct dissection *d, const struct field *parent)
{
	const struct field *last = NULL;
	size_t count = 0;

	for (const struct field *f = parent->first; f; f = f->next) {
		check_field(d, f, parent);
		count += 1 + check_children(d, f);
		last = f;
	}
	require(parent->last == last, parent, "last child");
	return count;
}

void tree_check(const struct dissection *d)
{
	size_t findings = 0;

	require(check_children(d, &d->root) == d->field_count, NULL, "number of fields");
	for (const struct finding *f = d->findings; f; f = f->next) {
		touch(f->text);
		require(f->rule >= finding_rules && f->rule < finding_rules + RULE_COUNT, f->field, "rule");
		findings++;
	}
	require(findings == d->finding_count && findings <= DISSECTION_FINDINGS_MAX, NULL, "number of findings");
	touch(d->summary);
}
