/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/explain.h"

#include "dissectors/msnp_dissect.h"
#include "dissectors/msnp_line.h"
#include "output/escape.h"
#include "output/event_text.h"
#include "output/reference.h"

#define INDENT 4
/* The meaning of a parameter begins in this column where its value leaves room. */
#define MEANING_COLUMN 44u

/* A form that fits, and what the line means in it. */
struct reading {
	enum msnp_sender sender;
	const struct msnp_form *form;
	struct msnp_context context;
};

struct readings {
	struct reading list[EXPLAIN_FORMS_MAX];
	size_t count;
	size_t left_out;
	enum msnp_fit fit; /* of all of them */
};

static void add_reading(struct readings *r, const struct reading *reading, enum msnp_fit fit)
{
	if (fit < r->fit)
		return;
	if (fit > r->fit)
		r->count = r->left_out = 0;
	r->fit = fit;
	for (size_t i = 0; i < r->count; i++)
		if (r->list[i].form == reading->form && r->list[i].sender == reading->sender)
			return;
	if (r->count < EXPLAIN_FORMS_MAX)
		r->list[r->count++] = *reading;
	else
		r->left_out++;
}

static void try_sender(struct readings *r, struct msnp_words words, const struct explain_options *o, enum msnp_sender sender,
		       struct arena *arena)
{
	static const unsigned roles[] = {MSNP_NS, MSNP_SB, MSNP_DS};

	for (int version = MSNP_FIRST; version <= MSNP_NEWEST; version++) {
		for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
			struct reading reading = {.sender = sender, .context = {roles[i], {version, version}, SLICE_EMPTY}};

			if ((o->version && version != o->version) || (o->roles && !(o->roles & roles[i])))
				continue;
			struct msnp_match match = msnp_match(words, sender, &reading.context, arena);
			reading.form = match.form;
			if (match.fit != FIT_NONE)
				add_reading(r, &reading, match.fit);
		}
	}
}

static void find_readings(struct readings *r, struct slice line, const struct explain_options *o)
{
	struct arena arena = {0};
	struct msnp_words words = msnp_split(line, &arena);

	*r = (struct readings){.fit = FIT_NONE};
	for (int sender = MSNP_CLIENT; sender <= MSNP_SERVER; sender++)
		if (o->direction < 0 || o->direction == sender)
			try_sender(r, words, o, (enum msnp_sender)sender, &arena);
	arena_free(&arena);
}

/* --- writing --- */

static void pad(struct buffer *out, size_t from)
{
	while (out->len - from < MEANING_COLUMN)
		buffer_add_byte(out, ' ');
	buffer_add_str(out, "  ");
}

static void write_field(struct buffer *out, const struct event *e, const struct field *f, const struct masks *masks, int depth)
{
	size_t from = out->len;

	buffer_printf(out, "%*s", INDENT + 2 * depth, "");
	if (f->key.len)
		escape_add(out, f->key);
	else
		buffer_add_str(out, f->def->name);
	buffer_add_str(out, ": ");
	event_text_value(out, e, f, masks);
	if (f->def->meaning && *f->def->meaning && !f->key.len) {
		pad(out, from);
		buffer_add_str(out, f->def->meaning);
	}
	buffer_add_byte(out, '\n');
	for (const struct field *child = f->first; child; child = child->next)
		write_field(out, e, child, masks, depth + 1);
}

static void write_heading(struct buffer *out, const struct reading *r)
{
	const struct msnp_form *form = r->form;

	buffer_printf(out, "  %s, ", r->sender == MSNP_CLIENT ? "client to server" : "server to client");
	reference_roles(out, form->roles);
	buffer_printf(out, ", MSNP%d", form->versions.lo);
	if (form->versions.hi > form->versions.lo)
		buffer_printf(out, " to MSNP%d", form->versions.hi);
	buffer_add_str(out, ": ");
	reference_syntax(out, form);
	buffer_printf(out, "\n    %s\n", form->meaning);
}

static void write_payload(struct buffer *out, const struct msnp_message *m, const struct msnp_form *form)
{
	if (m->has_payload && m->declared)
		buffer_printf(out, "    payload: %llu bytes follow (%s)\n", (unsigned long long)m->declared,
			      payload_kind_name(form->payload));
}

static void write_reading(struct buffer *out, struct slice line, const struct reading *r)
{
	struct msnp_message m = {.sender = r->sender, .line = line, .unreliable = MSNP_UNRELIABLE_ABSENT};
	struct msnp_hints hints = {.challenge = SLICE_EMPTY};
	struct arena arena = {0};
	struct dissection d;
	struct masks masks;
	struct event e = {.kind = EVENT_COMMAND, .dissection = &d, .line = line};

	dissection_init(&d, &arena, line, SLICE_EMPTY);
	struct msnp_dissected result = msnp_dissect(&d, &m, &r->context, &hints);
	msnp_read_length(&m, result.words, &result.match);
	masks_init(&masks, true);
	write_heading(out, r);
	if (d.summary.len) {
		buffer_add_str(out, "    = ");
		escape_add(out, d.summary);
		buffer_add_byte(out, '\n');
	}
	for (const struct field *f = d.root.first; f; f = f->next)
		write_field(out, &e, f, &masks, 0);
	write_payload(out, &m, r->form);
	for (const struct finding *f = d.findings; f; f = f->next) {
		buffer_printf(out, "    ! %s %s: ", severity_name(f->rule->severity), f->rule->id);
		escape_add(out, f->text);
		buffer_add_byte(out, '\n');
	}
	masks_free(&masks);
	arena_free(&arena);
}

static void write_error(struct buffer *out, struct slice line)
{
	uint64_t number;
	const struct msnp_error *error = slice_u64(slice_sub(line, 0, 3), &number) ? msnp_error_find(number) : NULL;

	if (error)
		buffer_printf(out, "  error %s: %s\n", error->name, error->meaning);
}

size_t explain_line(struct buffer *out, struct slice line, const struct explain_options *options)
{
	struct readings r;
	bool fits;

	find_readings(&r, line, options);
	fits = r.fit == FIT_EXACT;
	escape_add(out, line);
	buffer_add_byte(out, '\n');
	if (msnp_is_error_name(slice_sub(line, 0, line.len < 3 ? line.len : 3)))
		write_error(out, line);
	if (r.count == 0)
		buffer_add_str(out, "  not in the command table\n");
	else if (!fits)
		buffer_add_str(out, "  fits no known form; the closest:\n");
	else if (r.count + r.left_out > 1)
		buffer_printf(out, "  fits %zu forms:\n", r.count + r.left_out);
	for (size_t i = 0; i < r.count && (fits || i == 0); i++)
		write_reading(out, line, &r.list[i]);
	if (fits && r.left_out)
		buffer_printf(out, "  and %zu more\n", r.left_out);
	return fits ? r.count + r.left_out : 0;
}
