/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of commands as a wiki of the protocol has it: payload, client to
 * server, server to client, originating version, changes.  Each cell is what
 * the specification says, with what the captures say to it in brackets.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "output/escape.h"
#include "output/reference.h"
#include "output/spec_tables.h"
#include "output/tables_write.h"
#include "util/memory.h"

/* What was seen of something: how often, and where first. */
struct sight {
	uint64_t count;
	const struct stats_row *first;
};

/* What was seen of one command. */
struct sights {
	struct sight any, payload, sent[2];
	int version;                 /* the lowest that it was seen in; 0: none is known */
	struct sight before;         /* in a version that did not have it yet, as far as the specification knows */
};

static void see(struct sight *s, const struct stats_row *r)
{
	s->count += tables_count(r);
	if (!s->first || r->first_file < s->first->first_file ||
	    (r->first_file == s->first->first_file && r->first_event < s->first->first_event))
		s->first = r;
}

/* Rows of one command lie together. */
static struct sights look_at(const struct tables *t, struct slice name, bool unknown, int origin)
{
	struct sights s = {.version = 0};

	for (size_t i = 0; i < t->commands.count; i++) {
		const struct stats_row *r = t->commands.row[i];
		int version = (int)stats_key_number(&r->key, COMMAND_VERSION);

		if (!slice_eq(stats_key_text(&r->key, COMMAND_NAME), name) ||
		    (stats_key_number(&r->key, COMMAND_UNKNOWN) != 0) != unknown)
			continue;
		see(&s.any, r);
		see(&s.sent[stats_key_number(&r->key, COMMAND_FROM) == MSNP_CLIENT ? MSNP_CLIENT : MSNP_SERVER], r);
		if (stats_key_number(&r->key, COMMAND_PAYLOAD))
			see(&s.payload, r);
		if (version && (!s.version || version < s.version))
			s.version = version;
		if (version && version < origin && stats_key_number(&r->key, COMMAND_FIT) == FIT_VERSION)
			see(&s.before, r);
	}
	return s;
}

/* --- cells --- */

/* What comes from the wire in it is escaped already. */
static void write_cell(struct table_writer *w, struct buffer *text)
{
	buffer_add_byte(text, 0);
	table_lines(w, (const char *)text->data);
	text->len = 0;
}

static void add_place(struct buffer *out, const struct tables *t, const struct sight *s)
{
	escape_add_str(out, tables_first_file(t, s->first));
	buffer_printf(out, " frame %" PRIu64, s->first->first_frame);
}

/* What the specification says, and what was seen of it; of what it denies, where. */
static void write_flag(struct table_writer *w, struct buffer *text, const struct tables *t, bool specified, const struct sight *s)
{
	buffer_add_str(text, specified ? "Y" : "N");
	if (s->count) {
		buffer_printf(text, " (seen %" PRIu64, s->count);
		if (!specified) {
			buffer_add_str(text, ", first in ");
			add_place(text, t, s);
		}
		buffer_add_byte(text, ')');
	} else if (specified) {
		buffer_add_str(text, " (not seen)");
	}
	write_cell(w, text);
}

static void write_origin(struct table_writer *w, struct buffer *text, const struct tables *t, int origin, const struct sights *s)
{
	buffer_printf(text, "MSNP%d", origin);
	if (s->before.count) {
		buffer_printf(text, " (but seen in MSNP%" PRIu64 ", ", stats_key_number(&s->before.first->key, COMMAND_VERSION));
		add_place(text, t, &s->before);
		buffer_add_byte(text, ')');
	} else if (s->version) {
		buffer_printf(text, " (seen from MSNP%d)", s->version);
	} else {
		buffer_add_str(text, s->any.count ? " (seen, version not known)" : " (not seen)");
	}
	write_cell(w, text);
}

static struct sight sight_of_form(const struct tables *t, const struct msnp_form *form)
{
	struct sight s = {0, NULL};

	for (size_t i = 0; i < t->commands.count; i++)
		if (stats_key_number(&t->commands.row[i]->key, COMMAND_FORM) == (uint64_t)(form - msnp_forms) + 1)
			see(&s, t->commands.row[i]);
	return s;
}

static void add_line(struct buffer *out)
{
	if (out->len)
		buffer_add_byte(out, '\n');
}

/* The forms that came with a version behind the first one, and since when there is none. */
static void add_changes(struct buffer *text, const struct tables *t, const struct spec_command *c, struct msnp_versions v)
{
	for (int version = v.lo + 1; version <= v.hi; version++) {
		for (const struct msnp_form *f = c->forms; f < c->forms + c->count; f++) {
			if (!spec_only_in(c, f, version, version - 1))
				continue;
			struct sight s = sight_of_form(t, f);

			add_line(text);
			buffer_printf(text, "MSNP%d: ", version);
			spec_add_form(text, f);
			if (s.count)
				buffer_printf(text, " (seen %" PRIu64 ")", s.count);
			else
				buffer_add_str(text, " (not seen)");
		}
	}
	if (v.hi < MSNP_LAST) {
		add_line(text);
		buffer_printf(text, "MSNP%d: removed", v.hi + 1);
	}
}

/* What was seen and is not in the specification. */
static void add_unspecified(struct buffer *text, const struct tables *t, struct slice name, bool unknown)
{
	for (size_t i = 0; i < t->commands.count; i++) {
		const struct stats_row *r = t->commands.row[i];
		uint64_t fit = stats_key_number(&r->key, COMMAND_FIT), version = stats_key_number(&r->key, COMMAND_VERSION);
		bool client = stats_key_number(&r->key, COMMAND_FROM) == MSNP_CLIENT;

		if (fit < FIT_UNKNOWN_FORM || (fit == FIT_UNKNOWN_COMMAND) != unknown || !slice_eq(stats_key_text(&r->key, COMMAND_NAME), name))
			continue;
		add_line(text);
		buffer_add_str(text, version ? "MSNP" : "?");
		if (version)
			buffer_add_u64(text, version);
		buffer_printf(text, ": not in the specification: %s ", reference_direction(client ? MSNP_CLIENT : MSNP_SERVER));
		escape_add(text, stats_key_text(&r->key, COMMAND_NAME));
		escape_add(text, stats_key_text(&r->key, COMMAND_SHAPE));
		buffer_printf(text, " (seen %" PRIu64 ", first in ", tables_count(r));
		add_place(text, t, &(struct sight){tables_count(r), r});
		buffer_add_byte(text, ')');
	}
}

/* --- rows --- */

static void write_specified(struct table_writer *w, struct buffer *text, const struct tables *t, const struct spec_command *c)
{
	struct slice name = slice_str(c->forms->name);
	struct msnp_versions v = spec_versions(c);
	struct sights s = look_at(t, name, false, v.lo);
	bool payload = false, sent[2] = {false, false};

	for (const struct msnp_form *f = c->forms; f < c->forms + c->count; f++) {
		payload |= f->payload != PAYLOAD_NONE;
		sent[f->sender] = true;
	}
	table_text(w, name);
	write_flag(w, text, t, payload, &s.payload);
	write_flag(w, text, t, sent[MSNP_CLIENT], &s.sent[MSNP_CLIENT]);
	write_flag(w, text, t, sent[MSNP_SERVER], &s.sent[MSNP_SERVER]);
	write_origin(w, text, t, v.lo, &s);
	add_changes(text, t, c, v);
	add_unspecified(text, t, name, false);
	write_cell(w, text);
}

/* A command that the specification does not have. */
static void write_unspecified(struct table_writer *w, struct buffer *text, const struct tables *t, struct slice name)
{
	struct sights s = look_at(t, name, true, 0);

	table_text(w, name);
	write_flag(w, text, t, false, &s.payload);
	write_flag(w, text, t, false, &s.sent[MSNP_CLIENT]);
	write_flag(w, text, t, false, &s.sent[MSNP_SERVER]);
	if (s.version)
		buffer_printf(text, "not in the specification (seen from MSNP%d)", s.version);
	else
		buffer_add_str(text, "not in the specification");
	write_cell(w, text);
	add_unspecified(text, t, name, true);
	write_cell(w, text);
}

void tables_write_wiki(struct output *out, enum table_format format, const struct tables *t)
{
	static const struct table_column columns[] = {
		{"command", "Command"},
		{"payload", "Payload"},
		{"client_to_server", "Client to server"},
		{"server_to_client", "Server to client"},
		{"originating_version", "Originating version"},
		{"changed", "Changed"},
	};
	struct spec_command c = {NULL, 0};
	struct buffer text = {NULL, 0, 0};
	struct slice last = SLICE_EMPTY;
	char caption[TABLES_CAPTION_MAX];
	struct table_writer w;

	tables_caption(caption, "Table of commands", t);
	table_begin(&w, out, format, caption, columns, sizeof(columns) / sizeof(columns[0]));
	while (spec_next_command(&c))
		write_specified(&w, &text, t, &c);
	for (size_t i = 0; i < t->commands.count; i++) {
		struct slice name = stats_key_text(&t->commands.row[i]->key, COMMAND_NAME);

		if (stats_key_number(&t->commands.row[i]->key, COMMAND_UNKNOWN) && !slice_eq(name, last))
			write_unspecified(&w, &text, t, last = name);
	}
	table_end(&w);
	buffer_free(&text);
}
