/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/answers.h"

#include <stdlib.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "util/memory.h"

struct answer {
	char *file, *line; /* line is ready to be printed */
	uint64_t frame, event;
};

struct question {
	uint64_t count, files, last_file;
	struct answer shown[ANSWERS_SHOWN];
	size_t shown_count;
};

struct answers {
	const struct wanted *list;
	struct question *questions; /* as in the list */
	struct masks masks;
	struct sighting_frames frames;
	char *file;
	uint64_t file_number;
};

struct answers *answers_new(const struct wanted *list, bool show_secrets)
{
	struct answers *a = memory_zalloc(sizeof(*a));

	a->list = list;
	a->questions = memory_zalloc((list->count + 1) * sizeof(*a->questions));
	masks_init(&a->masks, show_secrets);
	sighting_frames_init(&a->frames);
	return a;
}

void answers_free(struct answers *a)
{
	for (size_t i = 0; i < a->list->count; i++) {
		for (size_t k = 0; k < a->questions[i].shown_count; k++) {
			free(a->questions[i].shown[k].file);
			free(a->questions[i].shown[k].line);
		}
	}
	free(a->questions);
	masks_free(&a->masks);
	sighting_frames_free(&a->frames);
	free(a->file);
	free(a);
}

static char *copy_of(const char *s)
{
	size_t size = strlen(s) + 1;

	return memcpy(memory_alloc(size), s, size);
}

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct answers *a = ctx;

	free(a->file);
	a->file = copy_of(c->file);
	a->file_number++;
	sighting_frames_clear(&a->frames);
}

static void show(struct answers *a, struct question *q, const struct event *e, uint64_t frame)
{
	struct buffer line = {NULL, 0, 0};

	event_text_masks(&a->masks, e);
	sighting_line(&line, e, &a->masks);
	buffer_add_byte(&line, 0);
	q->shown[q->shown_count++] = (struct answer){copy_of(a->file), copy_of((const char *)line.data), frame, e->id};
	buffer_free(&line);
}

static void on_event(void *ctx, const struct event *e)
{
	struct answers *a = ctx;
	uint64_t frame = sighting_frame(&a->frames, e);

	for (size_t i = 0; i < a->list->count; i++) {
		struct question *q = &a->questions[i];

		if (!filter_matches(a->list->list[i].filter, e))
			continue;
		q->count++;
		q->files += q->last_file != a->file_number;
		q->last_file = a->file_number;
		if (q->shown_count < ANSWERS_SHOWN)
			show(a, q, e, frame);
	}
}

struct event_sink answers_sink(struct answers *a)
{
	return (struct event_sink){.capture = on_capture, .event = on_event, .ctx = a};
}

void answers_join(struct answers *a, const struct answers *from)
{
	for (size_t i = 0; i < a->list->count; i++) {
		struct question *q = &a->questions[i];
		const struct question *more = &from->questions[i];

		q->count += more->count;
		q->files += more->files;
		for (size_t k = 0; k < more->shown_count && q->shown_count < ANSWERS_SHOWN; k++) {
			const struct answer *s = &more->shown[k];

			q->shown[q->shown_count++] = (struct answer){copy_of(s->file), copy_of(s->line), s->frame, s->event};
		}
	}
}

static void write_text(struct buffer *out, const struct wanted_question *w, const struct question *q)
{
	escape_add_str(out, w->id);
	buffer_add_str(out, ": ");
	escape_add_str(out, w->question);
	buffer_add_byte(out, '\n');
	if (q->count == 0)
		buffer_add_str(out, "    nothing in these captures\n");
	for (size_t i = 0; i < q->shown_count; i++) {
		buffer_add_str(out, "    ");
		sighting_add(out, q->shown[i].file, q->shown[i].frame, q->shown[i].event);
		buffer_printf(out, ": %s\n", q->shown[i].line);
	}
	if (q->count > q->shown_count)
		buffer_printf(out, "    %llu events in all, in %llu file%s\n", (unsigned long long)q->count,
			      (unsigned long long)q->files, q->files == 1 ? "" : "s");
}

static void write_json(struct buffer *out, const struct wanted_question *w, const struct question *q)
{
	struct json j = json_to(out, false);

	json_begin_object(&j);
	JSON_KEY(&j, "type");
	json_str(&j, "wanted");
	JSON_KEY(&j, "id");
	json_str(&j, w->id);
	JSON_KEY(&j, "expression");
	json_str(&j, w->expression);
	JSON_KEY(&j, "question");
	json_str(&j, w->question);
	JSON_KEY(&j, "count");
	json_u64(&j, q->count);
	JSON_KEY(&j, "files");
	json_u64(&j, q->files);
	JSON_KEY(&j, "first");
	json_begin_array(&j);
	for (size_t i = 0; i < q->shown_count; i++) {
		json_begin_object(&j);
		sighting_json(&j, q->shown[i].file, q->shown[i].frame, q->shown[i].event);
		JSON_KEY(&j, "line");
		json_str(&j, q->shown[i].line);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	buffer_add_byte(out, '\n');
}

void answers_write(const struct answers *a, struct output *out, bool json)
{
	for (int answered = 1; answered >= 0; answered--) {
		for (size_t i = 0; i < a->list->count; i++) {
			if ((a->questions[i].count > 0) != answered)
				continue;
			if (json)
				write_json(&out->buffer, &a->list->list[i], &a->questions[i]);
			else
				write_text(&out->buffer, &a->list->list[i], &a->questions[i]);
			output_record(out);
		}
	}
}
