/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/row_text.h"

#include <stdlib.h>

#include "output/event_text.h"
#include "output/timestamp.h"
#include "util/memory.h"
#include "util/utf8.h"

/* Texts of one row, and where they lie. */
struct entry {
	struct row_text text;
	uint32_t of;          /* 1 + row, 0: nothing */
	struct buffer bytes;
};

struct row_texts {
	struct store *store;
	struct masks masks;
	struct arena arena;
	struct buffer packed;
	struct entry entry[ROW_TEXTS];
};

struct row_texts *row_texts_new(struct store *s, bool show_secrets)
{
	struct row_texts *t = memory_zalloc(sizeof(*t));

	t->store = s;
	masks_init(&t->masks, show_secrets);
	return t;
}

void row_texts_free(struct row_texts *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < ROW_TEXTS; i++)
		buffer_free(&t->entry[i].bytes);
	masks_free(&t->masks);
	arena_free(&t->arena);
	buffer_free(&t->packed);
	free(t);
}

static enum look look_of(const struct event *e)
{
	switch (e->kind) {
	case EVENT_COMMAND:
		return e->from == MSNP_CLIENT ? LOOK_CLIENT : LOOK_SERVER;
	case EVENT_EXCHANGE:
	case EVENT_TLS:
		return LOOK_WEB;
	case EVENT_PEER:
		return LOOK_PEER;
	case EVENT_GATEWAY:
	case EVENT_MISSING:
		return LOOK_DIM;
	case EVENT_LOST:
	case EVENT_SKIPPED:
		break;
	}
	return LOOK_LOST;
}

/* Cuts what was added to the buffer since an offset. */
static void cut(struct buffer *b, size_t from)
{
	b->len = from + utf8_cut(slice_sub(buffer_slice(b), from, b->len), ROW_TEXT_MAX).len;
}

static const struct finding *worst(const struct event *e)
{
	const struct finding *found = e->dissection->findings;

	for (const struct finding *f = found; f; f = f->next)
		if (f->rule->severity > found->rule->severity)
			found = f;
	return found;
}

static void fill(struct row_texts *t, struct entry *entry, const struct event *e)
{
	struct buffer *b = &entry->bytes;
	const struct finding *finding = worst(e);

	event_text_masks(&t->masks, e);
	event_text_command(b, e, &t->masks);
	cut(b, 0);
	size_t command = b->len;
	if (e->kind != EVENT_LOST && e->kind != EVENT_SKIPPED) {
		masks_add_text(b, e->dissection->summary, &t->masks);
		event_text_partial(b, e);
	}
	cut(b, command);
	size_t summary = b->len;
	if (finding)
		masks_add_text(b, finding->text.len ? finding->text : slice_str(finding->rule->explanation), &t->masks);
	cut(b, summary);
	struct slice all = buffer_slice(b);
	entry->text.command = slice_sub(all, 0, command);
	entry->text.summary = slice_sub(all, command, summary - command);
	entry->text.finding = slice_sub(all, summary, all.len);
	entry->text.look = look_of(e);
	entry->text.id = e->id;
	entry->text.has_payload = e->has_payload;
	entry->text.payload_length = e->payload.len;
	entry->text.has_latency = e->reply_to != 0 && e->latency_ns != TIME_NONE;
	entry->text.latency_ns = e->latency_ns;
}

const struct row_text *row_text(struct row_texts *t, uint32_t row)
{
	struct entry *entry = &t->entry[row % ROW_TEXTS];
	struct event e;

	if (entry->of == row + 1)
		return &entry->text;
	entry->of = row + 1;
	entry->bytes.len = 0;
	entry->text = (struct row_text){.row = row, .look = LOOK_DIM};
	if (store_event(t->store, row, &t->arena, &t->packed, &e)) {
		fill(t, entry, &e);
	} else {
		buffer_add_str(&entry->bytes, "(this event could not be kept)");
		entry->text.command = buffer_slice(&entry->bytes);
	}
	arena_reset(&t->arena);
	return &entry->text;
}

void row_add_time(struct buffer *out, int64_t ns, bool nanoseconds)
{
	struct buffer stamp = {NULL, 0, 0};

	timestamp_add(&stamp, ns, ' ', nanoseconds);
	struct slice text = buffer_slice(&stamp);
	buffer_add_slice(out, slice_sub(text, slice_find_byte(text, ' ') + 1, text.len));
	buffer_free(&stamp);
}
