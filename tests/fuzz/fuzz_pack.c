/* SPDX-License-Identifier: BSD-2-Clause */
/* Unpacks bytes as an event; what is one is looked through, packed, and must be the same event again. */
#include <stdlib.h>

#include "timeline/pack.h"
#include "timeline/view.h"
#include "util/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t look(uint64_t sum, struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		sum = sum * 31 + s.ptr[i];
	return sum * 31 + s.len;
}

static uint64_t look_at_field(uint64_t sum, const struct dissection *d, const struct field *f)
{
	sum = look(sum, f->key);
	sum = look(sum, slice_sub(d->sources[f->source].data, f->offset, f->length));
	if (f->has_value && (f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES))
		return look(sum, f->value.text);
	return sum + f->value.number;
}

/* A number that all that can be read of the event goes into. */
static uint64_t look_at_event(const struct event *e)
{
	const struct dissection *d = e->dissection;
	uint64_t sum = look(look(look(e->id, e->line), e->payload), e->name);
	const struct field *f = d->root.first;

	sum = look(look(look(sum, slice_str(e->protocol)), slice_str(e->reply_by)), d->summary);
	for (size_t i = 0; i < e->frame_count; i++)
		sum = sum * 31 + e->frames[i];
	for (size_t i = 0; i < e->words.count; i++)
		sum = look(sum, e->words.word[i]);
	for (size_t i = 0; i < d->source_count; i++)
		sum = look(look(sum, slice_str(d->sources[i].name)), d->sources[i].data);
	for (const struct finding *g = d->findings; g; g = g->next)
		sum = look(look(sum, slice_str(g->rule->id)), g->text) + (g->field && g->field->def ? g->field->offset : 0);
	while (f) {
		const struct field *next = f->first;

		sum = look_at_field(sum, d, f);
		for (; f && !next; f = f->parent)
			next = f->next;
		f = next;
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0}, again = {0};
	struct buffer packed = {NULL, 0, 0};
	struct event e, r;

	if (event_unpack(slice_of(data, size), NULL, &arena, &e)) {
		view_holds(&e, SLICE_LIT("text"));
		event_pack(&packed, &e);
		if (!event_unpack(buffer_slice(&packed), NULL, &again, &r) || look_at_event(&e) != look_at_event(&r))
			abort();
	}
	buffer_free(&packed);
	arena_free(&arena);
	arena_free(&again);
	return 0;
}
