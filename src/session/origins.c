/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/origins.h"

#include <stdlib.h>

#include "util/memory.h"

static void make_room(struct origins *o)
{
	if (o->head + o->count < o->capacity)
		return;
	if (o->head > 0) {
		memmove(o->list, o->list + o->head, o->count * sizeof(*o->list));
		o->head = 0;
		return;
	}
	if (o->count >= ORIGINS_MAX) {
		/* Bytes of the forgotten piece count as of the one before it. */
		o->count--;
		memmove(o->list + 1, o->list + 2, (o->count - 1) * sizeof(*o->list));
		return;
	}
	o->capacity = o->capacity ? o->capacity * 2 : 8;
	o->list = memory_realloc(o->list, o->capacity * sizeof(*o->list));
}

void origins_add(struct origins *o, uint64_t offset, const struct stream_origin *from)
{
	make_room(o);
	o->list[o->head + o->count++] = (struct origin){offset, from->frame, from->time_ns, from->exchange};
}

void origins_forget(struct origins *o, uint64_t offset)
{
	while (o->count > 1 && o->list[o->head + 1].offset <= offset) {
		o->head++;
		o->count--;
	}
}

struct origin_range origins_frames(const struct origins *o, uint64_t start, uint64_t end, uint64_t *frames, size_t max)
{
	struct origin_range r = {0, 0, 0, 0};

	for (size_t i = 0; i < o->count; i++) {
		const struct origin *at = &o->list[o->head + i];
		uint64_t frame = at->frame;

		if (at->offset >= end && r.frames)
			break;
		if (i + 1 < o->count && at[1].offset <= start)
			continue;
		if (r.frames == 0 || at->time_ns >= r.time_ns) {
			r.time_ns = at->time_ns;
			r.exchange = at->exchange;
		}
		/* Segments that came out of order make frame numbers fall. */
		size_t place = r.frames;
		while (place > 0 && frames[place - 1] > frame)
			place--;
		if (place > 0 && frames[place - 1] == frame)
			continue;
		if (r.frames == max) {
			r.omitted++;
			if (place == max)
				frames[max - 1] = frame;
			continue;
		}
		memmove(frames + place + 1, frames + place, (r.frames - place) * sizeof(*frames));
		frames[place] = frame;
		r.frames++;
	}
	return r;
}

void origins_free(struct origins *o)
{
	free(o->list);
	*o = (struct origins){NULL, 0, 0, 0};
}
