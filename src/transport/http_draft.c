/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/http_draft.h"

#include <stdlib.h>

#include "transport/http_content.h"
#include "util/memory.h"

static struct http_draft *take_spare(struct budget *budget)
{
	struct http_draft *d = budget->spare;
	struct arena arena;
	struct buffer head, body;

	if (!d)
		return memory_zalloc(sizeof(*d));
	budget->spare = d->next_spare;
	budget->spares--;
	arena = d->arena;
	head = d->head;
	body = d->body;
	memset(d, 0, sizeof(*d));
	arena_reset(&arena);
	head.len = body.len = 0;
	d->arena = arena;
	d->head = head;
	d->body = body;
	return d;
}

struct http_draft *http_draft_new(struct budget *budget, const struct stream_origin *origin)
{
	if (!budget_take(budget, HTTP_DRAFT_COST))
		return NULL;
	struct http_draft *d = take_spare(budget);
	d->budget = budget;
	d->charged = HTTP_DRAFT_COST;
	d->first_frame = origin->frame;
	d->m.start_ns = origin->time_ns;
	d->m.end_ns = origin->time_ns;
	return d;
}

static void destroy(struct http_draft *d)
{
	arena_free(&d->arena);
	buffer_free(&d->head);
	buffer_free(&d->body);
	free(d);
}

void http_draft_free(struct http_draft *d)
{
	if (!d)
		return;
	struct budget *budget = d->budget;
	budget_give(budget, d->charged);
	if (budget->spares == HTTP_SPARES_MAX || d->head.capacity + d->body.capacity > HTTP_SPARE_BYTES_MAX) {
		destroy(d);
		return;
	}
	d->next_spare = budget->spare;
	budget->spare = d;
	budget->spares++;
}

void http_drafts_free(struct budget *budget)
{
	while (budget->spare) {
		struct http_draft *d = budget->spare;

		budget->spare = d->next_spare;
		destroy(d);
	}
	budget->spares = 0;
}

static bool charge(struct http_draft *d, uint64_t n)
{
	if (!budget_take(d->budget, n))
		return false;
	d->charged += n;
	return true;
}

void http_draft_frame(struct http_draft *d, const struct stream_origin *origin)
{
	struct http_message *m = &d->m;
	size_t place = m->frame_count;

	if (origin->frame == d->latest_frame && m->frame_count)
		return;
	d->latest_frame = origin->frame;
	if (origin->time_ns > m->end_ns)
		m->end_ns = origin->time_ns;
	/* Segments that came out of order make frame numbers fall. */
	while (place > 0 && m->frames[place - 1] > origin->frame)
		place--;
	if (place > 0 && m->frames[place - 1] == origin->frame)
		return;
	if (m->frame_count == HTTP_FRAMES_MAX) {
		m->frames_omitted++;
		if (place == HTTP_FRAMES_MAX)
			m->frames[HTTP_FRAMES_MAX - 1] = origin->frame;
		return;
	}
	memmove(m->frames + place + 1, m->frames + place, (m->frame_count - place) * sizeof(*m->frames));
	m->frames[place] = origin->frame;
	m->frame_count++;
}

bool http_draft_head(struct http_draft *d, struct slice data)
{
	if (data.len > HTTP_HEAD_MAX - d->head.len || !charge(d, data.len))
		return false;
	buffer_add_slice(&d->head, data);
	d->m.head = buffer_slice(&d->head);
	return true;
}

void http_draft_body(struct http_draft *d, struct slice data)
{
	size_t room = HTTP_BODY_MAX - d->body.len;

	if (d->m.body_over_limit || data.len == 0)
		return;
	if (data.len > room)
		d->m.body_over_limit = true;
	data = slice_sub(data, 0, room);
	if (charge(d, data.len))
		buffer_add_slice(&d->body, data);
	else
		d->m.body_over_limit = true;
}

void http_draft_lost(struct http_draft *d, uint64_t len)
{
	d->m.lost_bytes += len;
}

void http_draft_hole(struct http_draft *d, uint64_t len)
{
	struct http_message *m = &d->m;

	http_draft_lost(d, len);
	if (m->body_over_limit || len == 0)
		return;
	if (m->gap_count && m->gaps[m->gap_count - 1].at == d->body.len) {
		m->gaps[m->gap_count - 1].len += len;
	} else if (m->gap_count < HTTP_GAPS_MAX) {
		m->gaps[m->gap_count++] = (struct http_gap){d->body.len, len};
	} else {
		/* What follows would stand where it does not belong. */
		m->body_over_limit = true;
	}
}

/* What lies behind a hole cannot be decoded. */
static void stop_at_hole(struct http_draft *d)
{
	struct http_message *m = &d->m;

	if (m->gap_count == 0)
		return;
	if (m->gaps[0].at < d->body.len)
		m->body_undecoded = true;
	d->body.len = m->gaps[0].at;
}

static void decode(struct http_draft *d, struct slice codings)
{
	struct http_message *m = &d->m;
	size_t encoded = d->body.len;

	stop_at_hole(d);
	enum http_content_result result = http_content_decode(&d->body, codings, HTTP_BODY_MAX);
	if (result == HTTP_CONTENT_LIMIT)
		m->body_over_limit = true;
	if (result == HTTP_CONTENT_BROKEN)
		m->body_undecoded = true;
	if (d->body.len > encoded && !charge(d, d->body.len - encoded)) {
		m->body_over_limit = true;
		d->body.len = encoded;
	}
	if (m->gap_count) {
		m->gap_count = 1;
		m->gaps[0] = (struct http_gap){d->body.len, 0};
	}
}

void http_draft_finish(struct http_draft *d)
{
	struct slice codings = header_find(d->m.headers, d->m.header_count, "Content-Encoding");

	if (codings.len && d->body.len)
		decode(d, codings);
	d->m.body = buffer_slice(&d->body);
}
