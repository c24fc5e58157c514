/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/event_text.h"

#include <inttypes.h>

#include "output/escape.h"
#include "output/timestamp.h"
#include "util/utf8.h"

/* Bytes of skipped data shown in the line. */
#define SKIPPED_SHOWN 48u
/* Bytes of a FIELD_BYTES shown beside its name. */
#define BYTES_SHOWN 16u

void event_text_masks(struct masks *m, const struct event *e)
{
	masks_set(m, e->dissection);
	if (e->kind == EVENT_SKIPPED)
		masks_set_unknown(m, e->payload);
}

void text_add_count(struct buffer *out, uint64_t n, const char *what)
{
	buffer_add_u64(out, n);
	buffer_add_byte(out, ' ');
	buffer_add_str(out, what);
	if (n != 1)
		buffer_add_byte(out, 's');
}

/* --- in one line --- */

static void add_lost_count(struct buffer *out, uint64_t bytes)
{
	buffer_add_str(out, "(lost ");
	if (bytes == EVENT_LOST_UNKNOWN)
		buffer_add_str(out, "an unknown number of bytes");
	else
		text_add_count(out, bytes, "byte");
}

static void add_skipped(struct buffer *out, const struct event *e, const struct mask *mask)
{
	buffer_add_str(out, "(skipped ");
	text_add_count(out, e->skipped_bytes, "byte");
	buffer_add_str(out, ") ");
	mask_add_bytes(out, utf8_cut(e->payload, SKIPPED_SHOWN), mask);
	if (e->skipped_bytes > SKIPPED_SHOWN)
		buffer_add_str(out, "...");
}

void event_text_command(struct buffer *out, const struct event *e, const struct masks *m)
{
	switch (e->kind) {
	case EVENT_GATEWAY:
	case EVENT_MISSING:
		buffer_add_byte(out, '(');
		escape_add(out, e->name);
		buffer_add_byte(out, ')');
		break;
	case EVENT_TLS:
		buffer_add_str(out, "(TLS ");
		escape_add(out, e->name);
		buffer_add_byte(out, ')');
		break;
	case EVENT_COMMAND:
	case EVENT_EXCHANGE:
		mask_add_bytes(out, e->line, &m->source[SOURCE_LINE]);
		break;
	case EVENT_PEER:
		if (e->line.len)
			mask_add_bytes(out, e->line, &m->source[SOURCE_LINE]);
		else
			buffer_add(out, e->name.ptr, e->name.len);
		break;
	case EVENT_LOST:
		add_lost_count(out, e->lost_bytes);
		buffer_add_byte(out, ')');
		break;
	case EVENT_SKIPPED:
		add_skipped(out, e, &m->source[SOURCE_PAYLOAD]);
		break;
	}
}

/* What the text that the event was read from did not keep. */
static void add_unreliable(struct buffer *out, const struct event *e)
{
	if (e->unreliable & MSNP_UNRELIABLE_LINE)
		buffer_add_str(out, "  (the text altered the line)");
	if (e->unreliable & MSNP_UNRELIABLE_PAYLOAD)
		buffer_add_str(out, "  (the text altered the payload)");
	if (e->unreliable & MSNP_UNRELIABLE_ABSENT)
		buffer_add_str(out, "  (the text has no payload)");
}

void event_text_partial(struct buffer *out, const struct event *e)
{
	add_unreliable(out, e);
	if (!e->lost_bytes)
		return;
	buffer_add_str(out, "  ");
	add_lost_count(out, e->lost_bytes);
	buffer_add_str(out, e->kind == EVENT_EXCHANGE ? " of the message)" : " of the payload)");
}

enum style event_text_style(const struct event *e)
{
	switch (e->kind) {
	case EVENT_COMMAND:
	case EVENT_EXCHANGE:
	case EVENT_PEER:
		return e->from == MSNP_CLIENT ? STYLE_CLIENT : STYLE_SERVER;
	case EVENT_GATEWAY:
	case EVENT_TLS:
		return e->dissection->findings ? STYLE_WARNING : STYLE_DIM;
	case EVENT_MISSING:
		return STYLE_DIM;
	case EVENT_LOST:
	case EVENT_SKIPPED:
		break;
	}
	return STYLE_WARNING;
}

/* --- about it --- */

static void add_frames(struct buffer *out, const struct event *e)
{
	if (e->frame_count == 0)
		return;
	bool lines = e->connection && e->connection->transcript;
	const char *what = lines ? "line" : "frame";

	buffer_printf(out, e->frame_count == 1 ? ", %s" : ", %ss", what);
	for (size_t i = 0; i < e->frame_count; i++) {
		if (e->frames_omitted && i + 1 == e->frame_count)
			buffer_printf(out, " (%" PRIu64 " more)", e->frames_omitted);
		buffer_add_byte(out, ' ');
		buffer_add_u64(out, e->frames[i]);
	}
}

static void add_latency(struct buffer *out, const struct event *e)
{
	if (e->latency_ns == TIME_NONE)
		return;
	buffer_add_str(out, " after ");
	duration_add(out, e->latency_ns, e->nanoseconds);
	buffer_add_str(out, " s");
}

void event_text_about(struct buffer *out, const struct event *e)
{
	buffer_printf(out, "event %" PRIu64, e->id);
	add_frames(out, e);
	if (e->exchange)
		buffer_printf(out, ", HTTP exchange %" PRIu64, e->exchange);
	if (e->reply_to) {
		bool linked = e->reply_by && strcmp(e->reply_by, "link") == 0;

		buffer_printf(out, ", %s event %" PRIu64, linked ? "follows" : "answers", e->reply_to);
		add_latency(out, e);
	}
	if (e->has_payload)
		buffer_printf(out, ", %s of %zu bytes", e->kind == EVENT_EXCHANGE ? "body" : "payload", e->payload.len);
	if (e->has_payload && e->declared_length != e->payload.len)
		buffer_printf(out, " (declared: %" PRIu64 ")", e->declared_length);
}

void event_text_form(struct buffer *out, const struct msnp_form *form)
{
	buffer_printf(out, "%s of MSNP%d", form->name, form->versions.lo);
	if (form->versions.hi > form->versions.lo)
		buffer_printf(out, " to MSNP%d", form->versions.hi);
	buffer_add_str(out, ": ");
	buffer_add_str(out, form->meaning);
}

/* --- values --- */

static void add_bytes(struct buffer *out, struct slice bytes)
{
	text_add_count(out, bytes.len, "byte");
	for (size_t i = 0; i < bytes.len && i < BYTES_SHOWN; i++)
		buffer_printf(out, i ? " %02x" : ": %02x", (unsigned)bytes.ptr[i]);
	if (bytes.len > BYTES_SHOWN)
		buffer_add_str(out, " ...");
}

static void add_known(struct buffer *out, const struct field *f)
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

void event_text_plain_value(struct buffer *out, const struct event *e, const struct field *f, const struct masks *m)
{
	if (f->def->type == FIELD_BRANCH || f->def->type == FIELD_DICT)
		return;
	if (masks_hide_field(m, f))
		buffer_add_str(out, MASK_TEXT);
	else if (f->has_value)
		add_known(out, f);
	else
		add_formless(out, e, f);
}

void event_text_meaning(struct buffer *out, const struct field *f, const struct masks *m)
{
	const struct enum_row *row = f->has_value && !masks_hide_field(m, f) ? field_enum(f) : NULL;

	if (row)
		buffer_printf(out, "%s: %s", row->name, row->meaning);
}

void event_text_value(struct buffer *out, const struct event *e, const struct field *f, const struct masks *m)
{
	event_text_plain_value(out, e, f, m);
	size_t before = out->len;
	buffer_add_str(out, " (");
	event_text_meaning(out, f, m);
	if (out->len == before + 2)
		out->len = before;
	else
		buffer_add_byte(out, ')');
}
