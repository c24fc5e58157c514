/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/reference_entries.h"

#include <stdlib.h>

#include "output/reference.h"
#include "output/style.h"
#include "tui/text_match.h"
#include "util/memory.h"

/* --- the list --- */

static void add(struct reference_entries *r, enum reference_kind kind, size_t index, const char *name, const char *meaning)
{
	r->entry[r->count++] = (struct reference_entry){kind, index, name, meaning};
}

/* Forms of one name are neighbours. */
static void add_commands(struct reference_entries *r)
{
	for (size_t i = 0; i < msnp_forms_count; i++)
		if (i == 0 || strcmp(msnp_forms[i].name, msnp_forms[i - 1].name) != 0)
			add(r, REFERENCE_COMMANDS, i, msnp_forms[i].name, msnp_forms[i].meaning);
}

static void add_errors(struct reference_entries *r)
{
	for (size_t i = 0; i < msnp_errors_count; i++) {
		struct slice number = arena_printf(&r->arena, "%d", msnp_errors[i].number);

		add(r, REFERENCE_ERRORS, i, (const char *)number.ptr, msnp_errors[i].meaning);
	}
}

void reference_entries_init(struct reference_entries *r)
{
	*r = (struct reference_entries){.count = 0};
	arena_init(&r->arena);
	r->entry = memory_alloc((msnp_forms_count + msnp_errors_count + field_defs_count + enum_sets_count + RULE_COUNT) *
				sizeof(*r->entry));
	add_commands(r);
	r->first[REFERENCE_ERRORS] = r->count;
	add_errors(r);
	r->first[REFERENCE_FIELDS] = r->count;
	for (size_t i = 0; i < field_defs_count; i++)
		add(r, REFERENCE_FIELDS, i, field_defs[i].name, field_defs[i].meaning);
	r->first[REFERENCE_SETS] = r->count;
	for (size_t i = 0; i < enum_sets_count; i++)
		add(r, REFERENCE_SETS, i, enum_sets[i].name, enum_sets[i].meaning);
	r->first[REFERENCE_FINDINGS] = r->count;
	for (size_t i = 0; i < RULE_COUNT; i++)
		add(r, REFERENCE_FINDINGS, i, finding_rules[i].id, finding_rules[i].explanation);
	r->first[REFERENCE_KINDS] = r->count;
}

void reference_entries_free(struct reference_entries *r)
{
	free(r->entry);
	arena_free(&r->arena);
}

const char *reference_kind_name(enum reference_kind kind)
{
	static const char *const names[REFERENCE_KINDS] = {"commands", "errors", "fields", "sets", "findings"};

	return names[kind];
}

/* --- looking up --- */

size_t reference_entry_named(const struct reference_entries *r, struct slice name)
{
	size_t beginning = r->count;

	for (size_t i = 0; i < r->count; i++) {
		struct slice s = slice_str(r->entry[i].name);

		if (slice_case_eq(s, name))
			return i;
		if (beginning == r->count && name.len && slice_case_has_prefix(s, name))
			beginning = i;
	}
	return beginning;
}

static bool holds(const char *where, struct slice text)
{
	return text.len == 0 || text_match(slice_str(where), text);
}

bool reference_entry_holds(const struct reference_entry *e, struct slice text)
{
	return holds(e->name, text) || holds(e->meaning, text);
}

size_t reference_entry_best(const struct reference_entries *r, struct slice text)
{
	size_t best = reference_entry_named(r, text), anything = r->count;

	for (size_t i = 0; best == r->count && i < r->count; i++) {
		if (holds(r->entry[i].name, text))
			best = i;
		else if (anything == r->count && holds(r->entry[i].meaning, text))
			anything = i;
	}
	return best < r->count ? best : anything;
}

/* --- what is known of an entry --- */

static void add_heading(struct buffer *out, const char *text)
{
	style_begin(out, true, STYLE_HEADING);
	buffer_add_str(out, text);
	style_end(out, true, STYLE_HEADING);
}

/* Adds text whose first line is a heading. */
static void add_headed(struct buffer *out, struct slice text)
{
	size_t end = slice_find_byte(text, '\n');

	style_begin(out, true, STYLE_HEADING);
	buffer_add_slice(out, slice_sub(text, 0, end));
	style_end(out, true, STYLE_HEADING);
	buffer_add_slice(out, slice_sub(text, end, text.len));
}

static void add_command(struct buffer *out, const struct msnp_form *form)
{
	bool done[FIELD_COUNT] = {false};
	struct buffer text = {NULL, 0, 0};
	size_t count = msnp_forms_named(slice_str(form->name), &form);

	for (size_t i = 0; i < count; i++) {
		text.len = 0;
		reference_form_details(&text, &form[i]);
		add_headed(out, buffer_slice(&text));
		buffer_add_byte(out, '\n');
	}
	for (size_t i = 0; i < count; i++)
		reference_form_values(out, &form[i], done);
	buffer_free(&text);
}

static void add_error(struct buffer *out, const struct msnp_error *error)
{
	struct buffer text = {NULL, 0, 0};

	reference_error_details(&text, error);
	add_headed(out, buffer_slice(&text));
	buffer_free(&text);
}

static bool has_param(const struct msnp_form *form, size_t field)
{
	const struct msnp_param *p = form->params;

	while (p->rule != WORD_END && (size_t)p->field != field)
		p++;
	return p->rule != WORD_END;
}

/* The commands that have it as a parameter. */
static void add_users(struct buffer *out, size_t field)
{
	const char *last = NULL;

	for (size_t i = 0; i < msnp_forms_count; i++) {
		const struct msnp_form *form = &msnp_forms[i];

		if ((last && strcmp(last, form->name) == 0) || !has_param(form, field))
			continue;
		buffer_add_str(out, last ? ", " : "\n  parameter of ");
		buffer_add_str(out, form->name);
		last = form->name;
	}
	if (last)
		buffer_add_byte(out, '\n');
}

static void add_field(struct buffer *out, size_t field)
{
	const struct field_def *def = &field_defs[field];

	add_heading(out, def->name);
	buffer_printf(out, "\n  %s", reference_type_name(def->type));
	if (def->flags & FIELD_HAS_CHILDREN)
		buffer_add_str(out, ", with fields of its own");
	if (def->flags & FIELD_REPEATS)
		buffer_add_str(out, ", repeats");
	if (def->flags & FIELD_SECRET)
		buffer_add_str(out, ", secret");
	buffer_printf(out, ": %s\n", def->meaning);
	if (def->values) {
		buffer_printf(out, "\nvalues: %s (%s)\n", def->values->name, def->values->meaning);
		reference_values(out, def->values);
	}
	add_users(out, field);
}

static void add_set(struct buffer *out, const struct enum_set *set)
{
	bool any = false;

	add_heading(out, set->name);
	buffer_printf(out, "\n  %s\n\n", set->meaning);
	reference_values(out, set);
	for (size_t i = 0; i < field_defs_count; i++) {
		if (field_defs[i].values != set)
			continue;
		buffer_add_str(out, any ? ", " : "\n  values of ");
		buffer_add_str(out, field_defs[i].name);
		any = true;
	}
	if (any)
		buffer_add_byte(out, '\n');
}

static void add_finding(struct buffer *out, const struct finding_rule *rule)
{
	enum style style = style_of_severity(rule->severity);

	add_heading(out, rule->id);
	buffer_add_str(out, "\n  ");
	style_begin(out, true, style);
	buffer_add_str(out, severity_name(rule->severity));
	style_end(out, true, style);
	buffer_printf(out, ": %s\n  verdict: %s\n", rule->explanation, verdict_name(rule->verdict));
	if (*rule->reference)
		buffer_printf(out, "  see: %s\n", rule->reference);
}

void reference_entry_text(struct buffer *out, const struct reference_entry *e)
{
	switch (e->kind) {
	case REFERENCE_COMMANDS:
		add_command(out, &msnp_forms[e->index]);
		break;
	case REFERENCE_ERRORS:
		add_error(out, &msnp_errors[e->index]);
		break;
	case REFERENCE_FIELDS:
		add_field(out, e->index);
		break;
	case REFERENCE_SETS:
		add_set(out, &enum_sets[e->index]);
		break;
	case REFERENCE_FINDINGS:
		add_finding(out, &finding_rules[e->index]);
		break;
	case REFERENCE_KINDS:
		break;
	}
}
