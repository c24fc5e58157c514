/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/tables_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "output/reference.h"
#include "output/spec_tables.h"
#include "util/memory.h"

#define COUNT_OF(columns) (sizeof(columns) / sizeof((columns)[0]))

const char *tables_first_file(const struct tables *t, const struct stats_row *r)
{
	return r->first_file && r->first_file <= t->file_count ? t->files[r->first_file - 1] : "";
}

uint64_t tables_count(const struct stats_row *r)
{
	return r->sum[SUM_COUNT];
}

void tables_caption(char *caption, const char *what, const struct tables *t)
{
	snprintf(caption, TABLES_CAPTION_MAX, "%s: %zu capture%s, %" PRIu64 " events, %" PRIu64 " bytes lost", what, t->file_count,
		 t->file_count == 1 ? "" : "s", t->events, t->lost);
}

/* --- cells --- */

static void write_buffer(struct table_writer *w, struct buffer *text)
{
	if (text->len)
		table_text(w, buffer_slice(text));
	else
		table_empty(w);
	text->len = 0;
}

static void write_text(struct table_writer *w, struct slice text)
{
	if (text.len)
		table_text(w, text);
	else
		table_empty(w);
}

/* 0 is none. */
static void write_number(struct table_writer *w, uint64_t n)
{
	if (n)
		table_number(w, n);
	else
		table_empty(w);
}

static void write_first(struct table_writer *w, const struct tables *t, const struct stats_row *r)
{
	write_text(w, slice_str(tables_first_file(t, r)));
	write_number(w, r->first_frame);
}

static void write_blanks(struct table_writer *w, size_t n)
{
	while (n-- > 0)
		table_empty(w);
}

/* What was added up at the limit: its name in the first column, then nothing. */
static void begin_others(struct table_writer *w, size_t blanks)
{
	table_lines(w, "(others)");
	write_blanks(w, blanks);
}

/* Its row, if there is any, with nothing up to the count. */
static void write_others(struct table_writer *w, const struct tables *t, const struct stats_row *others, size_t blanks)
{
	if (!others)
		return;
	begin_others(w, blanks);
	table_number(w, tables_count(others));
	write_first(w, t, others);
}

static const struct msnp_form *form_of(const struct stats_row *r)
{
	uint64_t n = stats_key_number(&r->key, COMMAND_FORM);

	return n ? &msnp_forms[n - 1] : NULL;
}

/* The form as the command table has it, or what the command looked like. */
static void add_form(struct buffer *out, const struct stats_row *r)
{
	const struct msnp_form *form = form_of(r);

	if (form) {
		reference_syntax(out, form);
		return;
	}
	buffer_add_slice(out, stats_key_text(&r->key, COMMAND_NAME));
	buffer_add_slice(out, stats_key_text(&r->key, COMMAND_SHAPE));
}

/* Name, version and where that is from, server, sender. */
static void write_command(struct table_writer *w, const struct stats_row *r)
{
	write_text(w, stats_key_text(&r->key, COMMAND_NAME));
	write_number(w, stats_key_number(&r->key, COMMAND_VERSION));
	table_lines(w, version_from_name((enum version_from)stats_key_number(&r->key, COMMAND_VERSION_FROM)));
	write_text(w, stats_key_text(&r->key, COMMAND_ROLE));
	table_lines(w, stats_key_number(&r->key, COMMAND_FROM) == MSNP_CLIENT ? "client" : "server");
}

/* --- commands --- */

static void write_commands(struct output *out, const struct tables_style *style, const struct tables *t)
{
	static const struct table_column columns[] = {
		{"command", "Command"},
		{"version", "Version"},
		{"version_from", "Version is"},
		{"role", "Server"},
		{"from", "From"},
		{"manner", "Manner"},
		{"client", "Client"},
		{"form", "Form"},
		{"payload", "Payload"},
		{"specified", "In the specification"},
		{"count", "Count"},
		{"first_file", "First seen in"},
		{"first_frame", "Frame"},
	};
	struct buffer text = {NULL, 0, 0};
	char caption[TABLES_CAPTION_MAX];
	struct table_writer w;

	tables_caption(caption, "Commands that were seen", t);
	table_begin(&w, out, style->format, caption, columns, COUNT_OF(columns));
	for (size_t i = 0; i < t->commands.count; i++) {
		const struct stats_row *r = t->commands.row[i];

		write_command(&w, r);
		table_lines(&w, tables_manner_name((enum tables_manner)stats_key_number(&r->key, COMMAND_MANNER)));
		table_lines(&w, tables_client_name((enum tables_client)stats_key_number(&r->key, COMMAND_CLIENT)));
		add_form(&text, r);
		write_buffer(&w, &text);
		table_lines(&w, stats_key_number(&r->key, COMMAND_PAYLOAD) ? "Y" : "N");
		table_lines(&w, tables_fit_name((enum tables_fit)stats_key_number(&r->key, COMMAND_FIT)));
		table_number(&w, tables_count(r));
		write_first(&w, t, r);
	}
	write_others(&w, t, t->commands.others, 9);
	table_end(&w);
	buffer_free(&text);
}

/* --- values --- */

/* A row of values; index is its place among those of its field. */
struct placed {
	const struct stats_row *row;
	size_t field, index;
};

static int compare_slices(struct slice a, struct slice b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* By command, sender, field and key; the most frequent value first; of the same the first by name. */
static int compare(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;
	const struct stats_key *x = &a->row->key, *y = &b->row->key;
	int order = (x->len == 0) - (y->len == 0);

	order = order ? order : compare_slices(stats_key_text(x, VALUE_NAME), stats_key_text(y, VALUE_NAME));
	order = order ? order : compare_slices(stats_key_text(x, VALUE_FROM), stats_key_text(y, VALUE_FROM));
	order = order ? order : (a->field > b->field) - (a->field < b->field);
	order = order ? order : compare_slices(stats_key_text(x, VALUE_KEY), stats_key_text(y, VALUE_KEY));
	order = order ? order : (tables_count(b->row) > tables_count(a->row)) - (tables_count(b->row) < tables_count(a->row));
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* All rows of values, sorted; the caller frees them. */
static struct placed *place(const struct tables *t, size_t *count)
{
	size_t room = 1;

	for (size_t i = 0; i < FIELD_COUNT; i++)
		room += t->values[i] ? t->values[i]->count + 1 : 0;
	struct placed *rows = memory_alloc(room * sizeof(*rows));
	*count = 0;
	for (size_t field = 0; field < FIELD_COUNT; field++) {
		const struct stats_rows *values = t->values[field];

		for (size_t i = 0; values && i < values->count; i++)
			rows[(*count)++] = (struct placed){values->row[i], field, i};
		if (values && values->others)
			rows[(*count)++] = (struct placed){values->others, field, values->count};
	}
	qsort(rows, *count, sizeof(*rows), compare);
	return rows;
}

/* Long values are cut; two that are cut alike are still two. */
static void add_value(struct buffer *out, struct placeholders *p, const struct stats_row *r, unsigned text, unsigned hash,
		      unsigned kind)
{
	enum placeholder_kind what = (enum placeholder_kind)stats_key_number(&r->key, kind);
	bool cut = stats_key_number(&r->key, hash) != 0;
	struct buffer value = {NULL, 0, 0};

	buffer_add_slice(&value, stats_key_text(&r->key, text));
	if (p && what > PLACEHOLDER_TARGET && cut)
		buffer_add_slice(&value, stats_key_text(&r->key, hash));
	if (p)
		placeholders_add(p, out, what, buffer_slice(&value));
	else
		buffer_add_slice(out, buffer_slice(&value));
	if (cut && (!p || what <= PLACEHOLDER_TARGET))
		buffer_add_str(out, "...");
	buffer_free(&value);
}

/* What the value of a field means, by the set of values that the field has. */
static const char *meaning_of(size_t field, struct slice value)
{
	const struct field_def *def = &field_defs[field];
	struct field f = {.def = def, .has_value = true};

	if (def->type == FIELD_TEXT)
		f.value.text = value;
	else if (!slice_u64(value, &f.value.number) && !slice_hex_u64(slice_sub(value, 2, value.len), &f.value.number))
		return NULL;
	const struct enum_row *row = field_enum(&f);
	return row ? row->meaning : NULL;
}

/* A key is a name of the wire, unless it is none by its looks. */
static bool is_key_name(struct slice key)
{
	bool letter = false;

	for (size_t i = 0; i < key.len; i++) {
		bool sign = i == 0 && (key.ptr[i] == '@' || key.ptr[i] == '#'), digit = key.ptr[i] >= '0' && key.ptr[i] <= '9';
		bool is_letter = (key.ptr[i] | 32) >= 'a' && (key.ptr[i] | 32) <= 'z';

		letter |= is_letter;
		if (!sign && !digit && !is_letter && !(key.ptr[i] && strchr("-_.:", key.ptr[i])))
			return false;
	}
	return letter;
}

static void add_key(struct buffer *out, struct placeholders *p, struct slice key)
{
	if (!key.len)
		return;
	buffer_add_str(out, " (");
	if (p && !is_key_name(key))
		placeholders_add(p, out, PLACEHOLDER_OTHER, key);
	else
		buffer_add_slice(out, key);
	buffer_add_byte(out, ')');
}

static void write_value(struct table_writer *w, struct placeholders *p, struct buffer *text, const struct placed *at,
			const struct tables *t)
{
	const struct stats_key *k = &at->row->key;

	if (k->len == 0) {
		begin_others(w, 1);
		table_lines(w, field_defs[at->field].name);
		write_blanks(w, 2);
	} else {
		write_text(w, stats_key_text(k, VALUE_NAME));
		table_lines(w, stats_key_number(k, VALUE_FROM) == MSNP_CLIENT ? "client" : "server");
		buffer_add_str(text, field_defs[at->field].name);
		add_key(text, p, stats_key_text(k, VALUE_KEY));
		write_buffer(w, text);
		add_value(text, p, at->row, VALUE_TEXT, VALUE_HASH, VALUE_KIND);
		table_text(w, buffer_slice(text));
		text->len = 0;
		table_lines(w, meaning_of(at->field, stats_key_text(k, VALUE_TEXT)));
	}
	table_number(w, tables_count(at->row));
	write_text(w, slice_str(tables_first_file(t, at->row)));
	write_number(w, at->row->first_frame);
	write_number(w, at->row->first_event);
}

static void write_values(struct output *out, const struct tables_style *style, const struct tables *t, struct placeholders *p)
{
	static const struct table_column columns[] = {
		{"command", "Command"},
		{"from", "From"},
		{"field", "Field"},
		{"value", "Value"},
		{"meaning", "Meaning"},
		{"count", "Count"},
		{"first_file", "First seen in"},
		{"first_frame", "Frame"},
		{"first_event", "Event"},
	};
	size_t count;
	struct placed *rows = place(t, &count);
	struct buffer text = {NULL, 0, 0};
	char caption[TABLES_CAPTION_MAX];
	struct table_writer w;

	tables_caption(caption, "Values that were seen", t);
	table_begin(&w, out, style->format, caption, columns, COUNT_OF(columns));
	for (size_t i = 0; i < count; i++)
		write_value(&w, p, &text, &rows[i], t);
	table_end(&w);
	buffer_free(&text);
	free(rows);
}

/* --- types --- */

static const char *const type_names[TYPES_COUNT] = {
	[TYPES_CONTENT] = "content type",    [TYPES_OPERATION] = "operation", [TYPES_STATUS] = "HTTP status",
	[TYPES_APPLICATION] = "application", [TYPES_ERROR] = "error",         [TYPES_CAPABILITY] = "capability",
	[TYPES_CLIENT] = "client",
};

static const char *type_meaning(const struct stats_row *r)
{
	struct slice value = stats_key_text(&r->key, TYPE_TEXT_PART);
	size_t field = (size_t)stats_key_number(&r->key, TYPE_FIELD);
	uint64_t number;

	if (field != F_MSNP_NAME)
		return field == P_client_version ? NULL : meaning_of(field, value);
	const struct msnp_error *error = slice_u64(value, &number) ? msnp_error_find(number) : NULL;
	return error ? error->meaning : NULL;
}

static void write_types(struct output *out, const struct tables_style *style, const struct tables *t, struct placeholders *p)
{
	static const struct table_column columns[] = {
		{"type", "Type"},   {"field", "Field"},  {"value", "Value"}, {"meaning", "Meaning"},
		{"count", "Count"}, {"first_file", "First seen in"}, {"first_frame", "Frame"},
	};
	struct buffer text = {NULL, 0, 0};
	char caption[TABLES_CAPTION_MAX];
	struct table_writer w;

	tables_caption(caption, "Types that were seen", t);
	table_begin(&w, out, style->format, caption, columns, COUNT_OF(columns));
	for (size_t i = 0; i < t->types.count; i++) {
		const struct stats_row *r = t->types.row[i];

		table_lines(&w, type_names[stats_key_number(&r->key, TYPE_OF)]);
		table_lines(&w, field_defs[stats_key_number(&r->key, TYPE_FIELD)].name);
		add_value(&text, p, r, TYPE_TEXT_PART, TYPE_HASH, TYPE_KIND);
		write_buffer(&w, &text);
		table_lines(&w, type_meaning(r));
		table_number(&w, tables_count(r));
		write_first(&w, t, r);
	}
	write_others(&w, t, t->types.others, 3);
	table_end(&w);
	buffer_free(&text);
}

/* --- coverage --- */

static void write_unseen(struct table_writer *w, struct buffer *text, const struct msnp_form *form)
{
	table_lines(w, "not seen");
	table_lines(w, form->name);
	table_lines(w, form->sender == MSNP_CLIENT ? "client" : "server");
	reference_roles(text, form->roles);
	write_buffer(w, text);
	reference_versions(text, form->versions);
	write_buffer(w, text);
	reference_syntax(text, form);
	write_buffer(w, text);
	write_blanks(w, 3);
}

static void write_unspecified(struct table_writer *w, struct buffer *text, const struct tables *t, const struct stats_row *r)
{
	uint64_t version = stats_key_number(&r->key, COMMAND_VERSION);

	table_lines(w, tables_fit_name((enum tables_fit)stats_key_number(&r->key, COMMAND_FIT)));
	write_text(w, stats_key_text(&r->key, COMMAND_NAME));
	table_lines(w, stats_key_number(&r->key, COMMAND_FROM) == MSNP_CLIENT ? "client" : "server");
	write_text(w, stats_key_text(&r->key, COMMAND_ROLE));
	if (version)
		buffer_add_u64(text, version);
	write_buffer(w, text);
	add_form(text, r);
	write_buffer(w, text);
	table_number(w, tables_count(r));
	write_first(w, t, r);
}

/* Forms that were seen, wherever. */
static bool *forms_seen(const struct tables *t)
{
	bool *seen = memory_zalloc(msnp_forms_count * sizeof(*seen));

	for (size_t i = 0; i < t->commands.count; i++) {
		const struct msnp_form *form = form_of(t->commands.row[i]);

		if (form)
			seen[form - msnp_forms] = true;
	}
	return seen;
}

static void write_coverage(struct output *out, const struct tables_style *style, const struct tables *t)
{
	static const struct table_column columns[] = {
		{"coverage", "Coverage"}, {"command", "Command"}, {"from", "From"},
		{"roles", "Servers"},     {"versions", "Versions"}, {"form", "Form"},
		{"count", "Count"},       {"first_file", "First seen in"}, {"first_frame", "Frame"},
	};
	bool *seen = forms_seen(t);
	struct buffer text = {NULL, 0, 0};
	char caption[TABLES_CAPTION_MAX];
	struct table_writer w;

	tables_caption(caption, "What the specification and the captures have not in common", t);
	table_begin(&w, out, style->format, caption, columns, COUNT_OF(columns));
	for (size_t i = 0; i < t->commands.count; i++) {
		const struct stats_row *r = t->commands.row[i];
		uint64_t version = stats_key_number(&r->key, COMMAND_VERSION);

		if (stats_key_number(&r->key, COMMAND_FIT) != FIT_SPECIFIED && (!style->version || version == (uint64_t)style->version))
			write_unspecified(&w, &text, t, r);
	}
	for (size_t i = 0; i < msnp_forms_count; i++) {
		const struct msnp_form *form = &msnp_forms[i];
		bool wanted = !style->version || (style->version >= form->versions.lo && style->version <= form->versions.hi);

		if (!seen[i] && wanted)
			write_unseen(&w, &text, form);
	}
	write_others(&w, t, t->commands.others, 5);
	table_end(&w);
	buffer_free(&text);
	free(seen);
}

static void hide_files(struct tables *t, struct placeholders *p)
{
	struct buffer name = {NULL, 0, 0};

	for (size_t i = 0; i < t->file_count; i++) {
		name.len = 0;
		placeholders_add_file(p, &name, slice_str(t->files[i]));
		buffer_add_byte(&name, 0);
		t->files[i] = memory_realloc(t->files[i], name.len);
		memcpy(t->files[i], name.data, name.len);
	}
	buffer_free(&name);
}

void tables_write(struct output *out, const struct tables_style *style, struct tables *t)
{
	struct placeholders *p = style->verbatim ? NULL : placeholders_new();

	if (p)
		hide_files(t, p);
	switch (style->kind) {
	case TABLES_COMMANDS:
		write_commands(out, style, t);
		break;
	case TABLES_WIKI:
		tables_write_wiki(out, style->format, t);
		break;
	case TABLES_VALUES:
		write_values(out, style, t, p);
		break;
	case TABLES_TYPES:
		write_types(out, style, t, p);
		break;
	case TABLES_COVERAGE:
	case TABLES_KINDS:
		write_coverage(out, style, t);
		break;
	}
	if (p)
		placeholders_free(p);
}
