/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/text_fields.h"

#include <inttypes.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "output/hexdump.h"
#include "output/style.h"

/* Deeper nodes are not indented further. */
#define INDENT_MAX 40u

static void write_about(struct buffer *out, const struct event *e)
{
	buffer_add_str(out, "    ");
	event_text_about(out, e);
	if (e->form) {
		buffer_add_str(out, "\n    ");
		event_text_form(out, e->form);
	}
	buffer_add_byte(out, '\n');
}

/* --- fields --- */

static void add_place(struct text_events *w, const struct event *e, const struct field *f)
{
	struct buffer *out = &w->out->buffer;

	if (w->options.verbose < 2 || f->source >= e->dissection->source_count)
		return;
	style_begin(out, w->options.colour, STYLE_DIM);
	buffer_printf(out, "  @%s %" PRIu32 "+%" PRIu32, e->dissection->sources[f->source].name, f->offset, f->length);
	style_end(out, w->options.colour, STYLE_DIM);
}

static void write_field(struct text_events *w, const struct event *e, const struct field *f, unsigned depth)
{
	struct buffer *out = &w->out->buffer;

	buffer_printf(out, "%*s", (int)(4 + 2 * (depth < INDENT_MAX ? depth : INDENT_MAX)), "");
	if (f->key.len)
		escape_add(out, f->key);
	else
		buffer_add_str(out, f->def->name);
	buffer_add_byte(out, ':');
	if (f->def->type != FIELD_BRANCH && f->def->type != FIELD_DICT) {
		buffer_add_byte(out, ' ');
		event_text_value(out, e, f, &w->masks);
	}
	add_place(w, e, f);
	buffer_add_byte(out, '\n');
}

static void write_children(struct text_events *w, const struct event *e, const struct field *parent, unsigned depth)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		write_field(w, e, f, depth);
		write_children(w, e, f, depth + 1);
	}
}

/* Does the service's own dissection say what is in an XML body?  Head and envelope do not. */
static bool is_named(const struct event *e)
{
	static const char *const common[] = {"http.", "soap.", "xml."};

	for (const struct field *f = e->dissection->root.first; f; f = f->next) {
		bool own = true;

		for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
			own &= strncmp(f->def->name, common[i], strlen(common[i])) != 0;
		if (own)
			return true;
	}
	return false;
}

void text_fields_add(struct text_events *w, const struct event *e)
{
	bool brief = e->kind == EVENT_EXCHANGE && w->options.verbose < 2 && is_named(e);

	write_about(&w->out->buffer, e);
	for (const struct field *f = e->dissection->root.first; f; f = f->next) {
		if (brief && f->def == &field_defs[F_XML_DOCUMENT]) {
			buffer_printf(&w->out->buffer, "    %s: whole with -vv\n", f->def->name);
			continue;
		}
		write_field(w, e, f, 0);
		write_children(w, e, f, 1);
	}
}

/* --- bytes --- */

static void write_dump(struct buffer *out, const char *what, struct slice bytes, const struct mask *mask)
{
	if (bytes.len == 0)
		return;
	buffer_printf(out, "    %s, %zu byte%s\n", what, bytes.len, bytes.len == 1 ? "" : "s");
	hexdump_add(out, bytes, mask, "      ");
}

void text_bytes_add(struct text_events *w, const struct event *e)
{
	struct buffer *out = &w->out->buffer;
	const struct mask *line = &w->masks.source[SOURCE_LINE], *payload = &w->masks.source[SOURCE_PAYLOAD];

	switch (e->kind) {
	case EVENT_COMMAND:
	case EVENT_PEER:
		write_dump(out, "line", e->line, line);
		write_dump(out, "payload", e->payload, payload);
		break;
	case EVENT_EXCHANGE:
		write_dump(out, "head", e->dissection->sources[SOURCE_LINE].data, line);
		write_dump(out, "body", e->payload, payload);
		break;
	case EVENT_TLS:
		write_dump(out, "handshake", e->payload, payload);
		break;
	case EVENT_SKIPPED:
		write_dump(out, "skipped", e->payload, payload);
		break;
	case EVENT_LOST:
	case EVENT_GATEWAY:
	case EVENT_MISSING:
		break;
	}
}
