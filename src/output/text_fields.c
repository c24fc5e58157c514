/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/text_fields.h"

#include <inttypes.h>

#include "output/escape.h"
#include "output/hexdump.h"
#include "output/style.h"
#include "output/timestamp.h"

/* Bytes of a FIELD_BYTES shown beside its name; -vv shows all. */
#define BYTES_SHOWN 16u
/* Deeper nodes are not indented further. */
#define INDENT_MAX 40u

/* --- about the event --- */

static void add_frames(struct buffer *out, const struct event *e)
{
	if (e->frame_count == 0)
		return;
	buffer_add_str(out, e->frame_count == 1 ? ", frame" : ", frames");
	for (size_t i = 0; i < e->frame_count; i++) {
		if (e->frames_omitted && i + 1 == e->frame_count)
			buffer_printf(out, " (%" PRIu64 " more)", e->frames_omitted);
		buffer_add_byte(out, ' ');
		buffer_add_u64(out, e->frames[i]);
	}
}

static void write_about(struct buffer *out, const struct event *e)
{
	buffer_printf(out, "    event %" PRIu64, e->id);
	add_frames(out, e);
	if (e->exchange)
		buffer_printf(out, ", HTTP exchange %" PRIu64, e->exchange);
	if (e->reply_to) {
		bool linked = e->reply_by && strcmp(e->reply_by, "link") == 0;

		buffer_printf(out, ", %s event %" PRIu64 " after ", linked ? "follows" : "answers", e->reply_to);
		duration_add(out, e->latency_ns, e->nanoseconds);
		buffer_add_str(out, " s");
	}
	if (e->has_payload)
		buffer_printf(out, ", %s of %zu bytes", e->kind == EVENT_EXCHANGE ? "body" : "payload", e->payload.len);
	if (e->has_payload && e->declared_length != e->payload.len)
		buffer_printf(out, " (declared: %" PRIu64 ")", e->declared_length);
	buffer_add_byte(out, '\n');
}

static void write_form(struct buffer *out, const struct msnp_form *form)
{
	if (!form)
		return;
	buffer_printf(out, "    %s of MSNP%d", form->name, form->versions.lo);
	if (form->versions.hi > form->versions.lo)
		buffer_printf(out, " to MSNP%d", form->versions.hi);
	buffer_add_str(out, ": ");
	buffer_add_str(out, form->meaning);
	buffer_add_byte(out, '\n');
}

/* --- fields --- */

static void add_bytes(struct buffer *out, struct slice bytes)
{
	buffer_printf(out, "%zu byte%s", bytes.len, bytes.len == 1 ? "" : "s");
	for (size_t i = 0; i < bytes.len && i < BYTES_SHOWN; i++)
		buffer_printf(out, i ? " %02x" : ": %02x", (unsigned)bytes.ptr[i]);
	if (bytes.len > BYTES_SHOWN)
		buffer_add_str(out, " ...");
}

static void add_plain_value(struct buffer *out, const struct field *f)
{
	switch (f->def->type) {
	case FIELD_UINT:
		buffer_add_u64(out, f->value.number);
		break;
	case FIELD_HEX:
		buffer_printf(out, "0x%08" PRIx64, f->value.number);
		break;
	case FIELD_BOOL:
		buffer_add_str(out, f->value.number ? "true" : "false");
		break;
	case FIELD_TEXT:
		buffer_add_byte(out, '"');
		escape_add(out, f->value.text);
		buffer_add_byte(out, '"');
		break;
	case FIELD_BYTES:
		add_bytes(out, f->value.text);
		break;
	case FIELD_BRANCH:
	case FIELD_DICT:
		break;
	}
}

/* The bytes of a field that has not the form it should have. */
static void add_formless(struct buffer *out, const struct event *e, const struct field *f)
{
	if (f->source >= e->dissection->source_count)
		return;
	buffer_add_str(out, "? \"");
	escape_add(out, slice_sub(e->dissection->sources[f->source].data, f->offset, f->length));
	buffer_add_byte(out, '"');
}

static void add_value(struct text_events *w, const struct event *e, const struct field *f)
{
	struct buffer *out = &w->out->buffer;

	if (f->def->type == FIELD_BRANCH || f->def->type == FIELD_DICT)
		return;
	buffer_add_byte(out, ' ');
	if (masks_hide_field(&w->masks, f)) {
		buffer_add_str(out, MASK_TEXT);
		return;
	}
	if (!f->has_value) {
		add_formless(out, e, f);
		return;
	}
	add_plain_value(out, f);
	const struct enum_row *row = field_enum(f);
	if (row)
		buffer_printf(out, " (%s: %s)", row->name, row->meaning);
}

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
	add_value(w, e, f);
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
	write_form(&w->out->buffer, e->form);
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
	case EVENT_SKIPPED:
		write_dump(out, "skipped", e->payload, payload);
		break;
	case EVENT_LOST:
	case EVENT_GATEWAY:
	case EVENT_PAIR:
		break;
	}
}
