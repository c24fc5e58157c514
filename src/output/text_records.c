/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/text_records.h"

#include "output/escape.h"
#include "output/session_report.h"
#include "output/style.h"
#include "output/timestamp.h"
#include "util/utf8.h"

/* Bytes of an offline message that are shown. */
#define OFFLINE_SHOWN 160u
/* Missing ranges of an object that are named. */
#define MISSING_SHOWN 3u

/* --- offline messages --- */

/* "announced 2008-03-04 18:06:21.200110", behind ": " or ", ": the time stands before the line of that event. */
static void add_step(struct text_events *w, const struct offline_message *m, const struct offline_step *step,
		     const char *what, bool *first)
{
	struct buffer *out = &w->out->buffer;

	if (!step->event)
		return;
	buffer_add_str(out, *first ? ": " : ", ");
	buffer_add_str(out, what);
	buffer_add_byte(out, ' ');
	timestamp_add(out, step->time_ns, ' ', m->nanoseconds);
	*first = false;
}

static void add_offline_parties(struct text_events *w, const struct offline_message *m)
{
	struct buffer *out = &w->out->buffer;

	style_begin(out, w->options.colour, STYLE_HEADING);
	buffer_add_str(out, "offline message");
	style_end(out, w->options.colour, STYLE_HEADING);
	if (m->id.len) {
		buffer_add_byte(out, ' ');
		escape_add(out, m->id);
	}
	if (m->from.len) {
		buffer_add_str(out, " from ");
		escape_add(out, m->from);
	}
	if (m->to.len) {
		buffer_add_str(out, " to ");
		escape_add(out, m->to);
	}
}

void text_offline_message(void *ctx, const struct offline_message *m)
{
	struct text_events *w = ctx;
	struct buffer *out = &w->out->buffer;
	struct slice shown = utf8_cut(m->text, OFFLINE_SHOWN);
	bool first = true;

	add_offline_parties(w, m);
	add_step(w, m, &m->sent, "sent", &first);
	add_step(w, m, &m->refused, "refused", &first);
	add_step(w, m, &m->announced, "announced", &first);
	add_step(w, m, &m->fetched, "fetched", &first);
	add_step(w, m, &m->deleted, "deleted", &first);
	if (m->linked_by == OFFLINE_BY_TIME)
		buffer_add_str(out, " (sending told by time)");
	if (m->has_text) {
		buffer_add_str(out, ": \"");
		escape_add(out, shown);
		buffer_add_str(out, shown.len < m->text_length ? "\"..." : "\"");
	}
	buffer_add_byte(out, '\n');
	output_record(w->out);
}

/* --- objects --- */

/* "display picture" for "display-picture". */
static void add_kind(struct buffer *out, enum object_kind kind)
{
	if (kind == OBJECT_UNKNOWN) {
		buffer_add_str(out, "object of unknown kind");
		return;
	}
	for (const char *c = object_kind_name(kind); *c; c++)
		buffer_add_byte(out, *c == '-' ? ' ' : (uint8_t)*c);
}

static void add_known(struct buffer *out, const char *before, struct slice text)
{
	if (text.len == 0)
		return;
	buffer_add_str(out, before);
	escape_add(out, text);
}

static void add_missing(struct buffer *out, const struct object *o)
{
	for (size_t i = 0; i < o->missing_count && i < MISSING_SHOWN; i++) {
		const struct object_range *r = &o->missing[i];

		buffer_add_str(out, i == 0 ? ", missing " : ", ");
		buffer_add_u64(out, r->offset);
		buffer_add_byte(out, '-');
		buffer_add_u64(out, r->offset + r->length - 1);
	}
	if (o->missing_count > MISSING_SHOWN)
		buffer_add_str(out, ", ...");
}

static void add_bytes(struct buffer *out, const struct object *o)
{
	buffer_add_str(out, ", ");
	buffer_add_u64(out, o->received);
	if (o->has_size && o->size != o->received) {
		buffer_add_str(out, " of ");
		buffer_add_u64(out, o->size);
	}
	buffer_add_str(out, o->received == 1 && !(o->has_size && o->size != 1) ? " byte" : " bytes");
	add_missing(out, o);
	if (o->media_type) {
		buffer_add_str(out, ", ");
		buffer_add_str(out, o->media_type);
	}
	if (o->verdict != OBJECT_UNCHECKED)
		buffer_add_str(out, o->verdict == OBJECT_MATCH ? ", SHA1D matches" : ", SHA1D does not match");
}

void text_add_object(struct buffer *out, const struct object *o)
{
	add_kind(out, o->kind);
	add_known(out, " ", o->name);
	add_known(out, " from ", o->from);
	add_known(out, " to ", o->to);
	buffer_add_str(out, ": ");
	buffer_add_str(out, object_state_name(o->state));
	if (o->cause.len) {
		buffer_add_str(out, " (");
		escape_add(out, o->cause);
		buffer_add_byte(out, ')');
	}
	add_bytes(out, o);
}

void text_object(void *ctx, const struct object *o)
{
	struct text_events *w = ctx;
	struct buffer *out = &w->out->buffer;

	style_begin(out, w->options.colour, STYLE_HEADING);
	buffer_add_str(out, "object ");
	buffer_add_u64(out, o->id);
	style_end(out, w->options.colour, STYLE_HEADING);
	buffer_add_str(out, ": ");
	text_add_object(out, o);
	buffer_add_byte(out, '\n');
	output_record(w->out);
}

/* --- user sessions --- */

void text_session(void *ctx, const struct user_session *s)
{
	struct text_events *w = ctx;
	struct buffer *out = &w->out->buffer;

	style_begin(out, w->options.colour, STYLE_HEADING);
	buffer_add_str(out, "session ");
	buffer_add_u64(out, s->id);
	style_end(out, w->options.colour, STYLE_HEADING);
	buffer_add_str(out, ": ");
	session_report_line(out, s);
	buffer_add_byte(out, '\n');
	output_record(w->out);
}
