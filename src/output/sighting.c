/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/sighting.h"

#include <stdlib.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "util/memory.h"
#include "util/utf8.h"

/* Bytes of a line that are shown. */
#define LINE_SHOWN_MAX 120u

void sighting_frames_init(struct sighting_frames *s)
{
	s->event = memory_zalloc(SIGHTING_EVENTS_MAX * sizeof(*s->event));
	s->frame = memory_zalloc(SIGHTING_EVENTS_MAX * sizeof(*s->frame));
}

void sighting_frames_free(struct sighting_frames *s)
{
	free(s->event);
	free(s->frame);
}

void sighting_frames_clear(struct sighting_frames *s)
{
	memset(s->event, 0, SIGHTING_EVENTS_MAX * sizeof(*s->event));
}

uint64_t sighting_frame(struct sighting_frames *s, const struct event *e)
{
	size_t at = e->id % SIGHTING_EVENTS_MAX, about = e->about % SIGHTING_EVENTS_MAX;
	uint64_t frame = e->frame_count ? e->frames[0] : 0;

	if (!frame && e->about && s->event[about] == e->about)
		frame = s->frame[about];
	s->event[at] = e->id;
	s->frame[at] = frame;
	return frame;
}

void sighting_add(struct buffer *out, const char *file, uint64_t frame, uint64_t event)
{
	escape_add_str(out, file);
	buffer_add_byte(out, ':');
	if (frame) {
		buffer_add_u64(out, frame);
		buffer_add_byte(out, ':');
	}
	buffer_add_str(out, " event ");
	buffer_add_u64(out, event);
}

void sighting_json(struct json *j, const char *file, uint64_t frame, uint64_t event)
{
	JSON_KEY(j, "file");
	json_str(j, file);
	JSON_KEY(j, "frame");
	if (frame)
		json_u64(j, frame);
	else
		json_null(j);
	JSON_KEY(j, "event");
	json_u64(j, event);
}

void sighting_line(struct buffer *out, const struct event *e, const struct masks *masks)
{
	size_t begin = out->len;

	event_text_command(out, e, masks);
	struct slice whole = slice_of(out->data + begin, out->len - begin);
	struct slice shown = utf8_cut(whole, LINE_SHOWN_MAX);
	if (shown.len == whole.len)
		return;
	out->len = begin + shown.len;
	buffer_add_str(out, "...");
}
