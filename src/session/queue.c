/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that wait until their connection's version is known, in order. */
#include <stdlib.h>

#include "session/conversation.h"
#include "util/memory.h"

static struct slice move_slice(uint8_t **to, struct slice s)
{
	struct slice copy = slice_of(*to, s.len);

	if (s.len)
		memcpy(*to, s.ptr, s.len);
	*to += s.len;
	return copy;
}

static void keep(struct session *s, const struct item *item)
{
	const struct framed *f = &item->framed;
	size_t bytes = f->message.line.len + f->message.payload.len + f->skipped.len + item->challenge.len;
	struct item *copy = memory_alloc(sizeof(*copy) + bytes);
	uint8_t *to = (uint8_t *)(copy + 1);

	*copy = *item;
	copy->framed.message.line = move_slice(&to, f->message.line);
	copy->framed.message.payload = move_slice(&to, f->message.payload);
	copy->framed.skipped = move_slice(&to, f->skipped);
	copy->challenge = move_slice(&to, item->challenge);
	copy->next = NULL;
	copy->held_bytes = sizeof(*copy) + bytes;
	*s->last = copy;
	s->last = &copy->next;
	s->held_events++;
	s->held_bytes += copy->held_bytes;
}

static void hand_over_first(struct session *s)
{
	struct item *item = s->first;

	s->first = item->next;
	if (!s->first)
		s->last = &s->first;
	s->held_events--;
	s->held_bytes -= item->held_bytes;
	emit_item(s, item);
	free(item);
}

void queue_run(struct session *s)
{
	while (s->first && s->first->conversation->settled)
		hand_over_first(s);
	while (s->held_events > s->options.hold_events || s->held_bytes > s->options.hold_bytes) {
		s->first->conversation->settled = true;
		while (s->first && s->first->conversation->settled)
			hand_over_first(s);
	}
}

void queue_item(struct session *s, const struct item *item)
{
	if (!s->first && item->conversation->settled) {
		emit_item(s, item);
		return;
	}
	keep(s, item);
	queue_run(s);
}
