/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/spec_tables.h"

#include <stdio.h>

#include "output/reference.h"

#define CAPTION_MAX 96u

/* --- commands and their forms --- */

bool spec_next_command(struct spec_command *c)
{
	const struct msnp_form *next = c->forms ? c->forms + c->count : msnp_forms;

	if (next == msnp_forms + msnp_forms_count)
		return false;
	c->count = msnp_forms_named(slice_str(next->name), &c->forms);
	return true;
}

struct msnp_versions spec_versions(const struct spec_command *c)
{
	struct msnp_versions v = c->forms->versions;

	for (size_t i = 1; i < c->count; i++) {
		v.lo = c->forms[i].versions.lo < v.lo ? c->forms[i].versions.lo : v.lo;
		v.hi = c->forms[i].versions.hi > v.hi ? c->forms[i].versions.hi : v.hi;
	}
	return v;
}

static bool same_params(const struct msnp_param *a, const struct msnp_param *b)
{
	for (; a->rule == b->rule && a->rule != WORD_END; a++, b++)
		if (a->field != b->field || !slice_eq(slice_str(a->words), slice_str(b->words)))
			return false;
	return a->rule == b->rule;
}

static bool same_form(const struct msnp_form *a, const struct msnp_form *b)
{
	return a->sender == b->sender && a->trid == b->trid && a->payload == b->payload && same_params(a->params, b->params);
}

static bool has(const struct msnp_form *form, int version)
{
	return version >= form->versions.lo && version <= form->versions.hi;
}

bool spec_only_in(const struct spec_command *c, const struct msnp_form *form, int in, int without)
{
	if (!has(form, in))
		return false;
	for (const struct msnp_form *f = c->forms; f < c->forms + c->count; f++)
		if (same_form(f, form) && (has(f, without) || (f < form && has(f, in))))
			return false;
	return true;
}

static bool command_in(const struct spec_command *c, int version)
{
	for (size_t i = 0; i < c->count; i++)
		if (has(&c->forms[i], version))
			return true;
	return false;
}

void spec_add_form(struct buffer *out, const struct msnp_form *form)
{
	buffer_printf(out, "%s ", reference_direction(form->sender));
	reference_syntax(out, form);
}

/* --- a table of commands --- */

static void end_line(struct buffer *out)
{
	buffer_add_byte(out, '\n');
}

/* Takes the line end behind the last line away, and writes the cell. */
static void write_cell(struct table_writer *w, struct buffer *text)
{
	if (text->len && text->data[text->len - 1] == '\n')
		text->len--;
	buffer_add_byte(text, 0);
	table_lines(w, (const char *)text->data);
	text->len = 0;
}

/* What came and went with one version. */
static void add_changes(struct buffer *out, const struct spec_command *c, int version)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct msnp_form *f = &c->forms[i];
		bool came = spec_only_in(c, f, version, version - 1);
		/* Rows "to the end" end with the last classic version; the table does not say which of them went on. */
		bool went = version != MSNP_LAST + 1 && spec_only_in(c, f, version - 1, version);

		if (!came && !went)
			continue;
		buffer_printf(out, "MSNP%d: %s ", version, came ? "new" : "gone");
		spec_add_form(out, f);
		end_line(out);
	}
}

static void write_changes(struct table_writer *w, struct buffer *text, const struct spec_command *c, int version)
{
	struct msnp_versions v = spec_versions(c);
	int end = v.hi < MSNP_LAST ? v.hi + 1 : v.hi;

	for (int at = v.lo + 1; at <= end; at++)
		if (!version || at == version)
			add_changes(text, c, at);
	write_cell(w, text);
}

static void write_forms(struct table_writer *w, struct buffer *text, const struct spec_command *c, int version)
{
	for (const struct msnp_form *f = c->forms; f < c->forms + c->count; f++) {
		if (version && !has(f, version))
			continue;
		buffer_printf(text, "%s ", reference_direction(f->sender));
		reference_roles(text, f->roles);
		buffer_add_byte(text, ' ');
		reference_versions(text, f->versions);
		buffer_add_str(text, ": ");
		reference_syntax(text, f);
		end_line(text);
	}
	write_cell(w, text);
}

static void write_flag(struct table_writer *w, bool flag)
{
	table_lines(w, flag ? "Y" : "N");
}

static void write_command(struct table_writer *w, struct buffer *text, const struct spec_command *c, int version)
{
	struct msnp_versions v = spec_versions(c);
	bool payload = false, sent[2] = {false, false};
	unsigned roles = 0;

	for (const struct msnp_form *f = c->forms; f < c->forms + c->count; f++) {
		if (version && !has(f, version))
			continue;
		payload |= f->payload != PAYLOAD_NONE;
		sent[f->sender] = true;
		roles |= f->roles;
	}
	table_lines(w, c->forms->name);
	write_flag(w, payload);
	write_flag(w, sent[MSNP_CLIENT]);
	write_flag(w, sent[MSNP_SERVER]);
	reference_roles(text, roles);
	write_cell(w, text);
	buffer_printf(text, "MSNP%d", v.lo);
	write_cell(w, text);
	buffer_printf(text, "MSNP%d", v.hi);
	write_cell(w, text);
	write_changes(w, text, c, version);
	write_forms(w, text, c, version);
}

void spec_table_write(struct output *out, enum table_format format, int version)
{
	static const struct table_column columns[] = {
		{"command", "Command"},
		{"payload", "Payload"},
		{"client_to_server", "Client to server"},
		{"server_to_client", "Server to client"},
		{"roles", "Servers"},
		{"originating_version", "Originating version"},
		{"last_version", "Last version"},
		{"changed", "Changed"},
		{"forms", "Forms"},
	};
	char caption[CAPTION_MAX] = "Commands of MSNP";
	struct spec_command c = {NULL, 0};
	struct buffer text = {NULL, 0, 0};
	struct table_writer w;

	if (version)
		snprintf(caption, sizeof(caption), "Commands of MSNP%d", version);
	table_begin(&w, out, format, caption, columns, sizeof(columns) / sizeof(columns[0]));
	while (spec_next_command(&c))
		if (!version || command_in(&c, version))
			write_command(&w, &text, &c, version);
	table_end(&w);
	buffer_free(&text);
}

/* --- what changed --- */

static void write_difference(struct table_writer *w, struct buffer *text, const struct msnp_form *f, unsigned roles,
			     const char *change)
{
	table_lines(w, change);
	table_lines(w, f->name);
	table_lines(w, reference_direction(f->sender));
	reference_roles(text, roles);
	write_cell(w, text);
	reference_syntax(text, f);
	write_cell(w, text);
	table_lines(w, f->payload == PAYLOAD_NONE ? NULL : payload_kind_name(f->payload));
	table_lines(w, f->meaning);
}

/* The servers that know a form in a version. */
static unsigned roles_in(const struct spec_command *c, const struct msnp_form *form, int version)
{
	unsigned roles = 0;

	for (const struct msnp_form *f = c->forms; f < c->forms + c->count; f++)
		if (has(f, version) && same_form(f, form))
			roles |= f->roles;
	return roles;
}

/* Of a form that both versions have: other servers.  The first of those that are the same counts. */
static void write_other_servers(struct table_writer *w, struct buffer *text, const struct spec_command *c, const struct msnp_form *form,
				int from, int to)
{
	unsigned before = roles_in(c, form, from), after = roles_in(c, form, to);

	if (!has(form, from) || !after || before == after)
		return;
	for (const struct msnp_form *f = c->forms; f < form; f++)
		if (has(f, from) && same_form(f, form))
			return;
	if (before & ~after)
		write_difference(w, text, form, before & ~after, "server gone");
	if (after & ~before)
		write_difference(w, text, form, after & ~before, "new server");
}

static void write_value(struct table_writer *w, struct buffer *text, const struct enum_set *set, const struct enum_row *row,
			const char *change)
{
	table_lines(w, change);
	for (unsigned i = 0; i < 3; i++)
		table_lines(w, NULL);
	buffer_printf(text, "%s: %s (%s)", set->meaning, row->value, row->name);
	write_cell(w, text);
	table_lines(w, NULL);
	table_lines(w, row->meaning);
}

/* Of a value the specification tells since when there is it; until when it does not. */
static void write_values(struct table_writer *w, struct buffer *text, int from, int to)
{
	int low = from < to ? from : to, high = from < to ? to : from;

	for (size_t i = 0; i < enum_sets_count; i++) {
		const struct enum_set *set = &enum_sets[i];

		/* Our own words. */
		if (i == SET_pair_link)
			continue;
		for (const struct enum_row *row = set->rows; row < set->rows + set->count; row++)
			if (row->version > low && row->version <= high)
				write_value(w, text, set, row, from < to ? "new value" : "value gone");
	}
}

void spec_diff_write(struct output *out, enum table_format format, int from, int to)
{
	static const struct table_column columns[] = {
		{"change", "Change"}, {"command", "Command"}, {"direction", "Direction"}, {"roles", "Servers"},
		{"form", "Form"},     {"payload", "Payload"}, {"meaning", "Meaning"},
	};
	char caption[CAPTION_MAX];
	struct spec_command c = {NULL, 0};
	struct buffer text = {NULL, 0, 0};
	struct table_writer w;

	snprintf(caption, sizeof(caption), "What MSNP%d changed since MSNP%d", to, from);
	table_begin(&w, out, format, caption, columns, sizeof(columns) / sizeof(columns[0]));
	while (spec_next_command(&c)) {
		for (const struct msnp_form *f = c.forms; f < c.forms + c.count; f++) {
			if (spec_only_in(&c, f, from, to))
				write_difference(&w, &text, f, f->roles, command_in(&c, to) ? "form gone" : "command gone");
			else if (spec_only_in(&c, f, to, from))
				write_difference(&w, &text, f, f->roles, command_in(&c, from) ? "new form" : "new command");
			else
				write_other_servers(&w, &text, &c, f, from, to);
		}
	}
	write_values(&w, &text, from, to);
	table_end(&w);
	buffer_free(&text);
}
