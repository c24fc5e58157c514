/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events that wait until their connection's version is known, in order.  They
 * come and go in the same order, so they lie one behind the other in blocks of
 * memory, and a block is free again when the last event in it is gone.
 */
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>

#include "session/conversation.h"
#include "util/memory.h"

#define QUEUE_BLOCK_SIZE 65536u

struct queue_block {
	size_t size, used, items;
	alignas(max_align_t) uint8_t data[];
};

static struct queue_block *block_new(struct session *s, size_t size)
{
	struct queue_block *b = s->spare_block;

	if (b && size <= b->size) {
		s->spare_block = NULL;
		return b;
	}
	if (size < QUEUE_BLOCK_SIZE)
		size = QUEUE_BLOCK_SIZE;
	b = memory_alloc(sizeof(*b) + size);
	*b = (struct queue_block){.size = size};
	return b;
}

static void block_done(struct session *s, struct queue_block *b)
{
	b->used = 0;
	if (b == s->newest_block)
		return;
	if (!s->spare_block && b->size == QUEUE_BLOCK_SIZE)
		s->spare_block = b;
	else
		free(b);
}

static void *block_alloc(struct session *s, size_t size, struct queue_block **block)
{
	struct queue_block *b = s->newest_block;

	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!b || size > b->size - b->used) {
		s->newest_block = block_new(s, size);
		if (b && b->items == 0)
			block_done(s, b);
		b = s->newest_block;
	}
	void *p = b->data + b->used;
	b->used += size;
	b->items++;
	*block = b;
	return p;
}

void queue_free(struct session *s)
{
	free(s->newest_block);
	free(s->spare_block);
	s->newest_block = s->spare_block = NULL;
}

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
	size_t head = offsetof(struct item, frames) + item->frame_count * sizeof(item->frames[0]);
	size_t bytes = f->message.line.len + f->message.payload.len + f->skipped.len + item->challenge.len;
	struct queue_block *block;
	struct item *copy = block_alloc(s, head + bytes, &block);
	uint8_t *to = (uint8_t *)copy + head;

	memcpy(copy, item, head);
	copy->framed.message.line = move_slice(&to, f->message.line);
	copy->framed.message.payload = move_slice(&to, f->message.payload);
	copy->framed.skipped = move_slice(&to, f->skipped);
	copy->challenge = move_slice(&to, item->challenge);
	copy->next = NULL;
	copy->block = block;
	copy->held_bytes = head + bytes + item->web_bytes;
	*s->last = copy;
	s->last = &copy->next;
	s->kept++;
	s->held_events++;
	s->held_bytes += copy->held_bytes;
}

static void hand_over_first(struct session *s)
{
	struct item *item = s->first;
	struct queue_block *block = item->block;

	s->first = item->next;
	if (!s->first)
		s->last = &s->first;
	s->held_events--;
	s->held_bytes -= item->held_bytes;
	emit_item(s, item);
	if (--block->items == 0)
		block_done(s, block);
}

/* Web services have nothing to wait for but their turn. */
static bool may_go(const struct item *item)
{
	return !item->conversation || item->conversation->settled;
}

static void hand_over_ready(struct session *s)
{
	while (s->first && may_go(s->first))
		hand_over_first(s);
}

/* The first item has waited long enough. */
static void force_first(struct session *s)
{
	s->first->conversation->settled = true;
	hand_over_ready(s);
}

void queue_run(struct session *s)
{
	hand_over_ready(s);
	while (s->held_events > s->options.hold_events || s->held_bytes > s->options.hold_bytes)
		force_first(s);
}

void queue_release(struct session *s, uint64_t newer)
{
	hand_over_ready(s);
	while (s->held_events > newer)
		force_first(s);
}

void queue_item(struct session *s, const struct item *item)
{
	if (!s->first && may_go(item)) {
		emit_item(s, item);
		return;
	}
	keep(s, item);
	queue_run(s);
}
