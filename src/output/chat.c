/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/chat.h"

#include <stdlib.h>

#include "output/escape.h"
#include "output/style.h"
#include "output/talk_text.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

#define DAY INT64_C(86400000000000)
/* "19:02:51  " */
#define INDENT 10u

/* A conversation that is not yet written, or only in part. */
struct chat_view {
	uint64_t id;
	struct buffer heading, lines;
	int64_t start_ns, last_ns; /* beginning of what heading is about; the latest line */
	bool continued;            /* its beginning was written */
	bool ended;
	bool told;                 /* something is to be shown */
	UT_hash_handle hh;
};

void chat_init(struct chat *w, struct output *out, struct chat_options options)
{
	*w = (struct chat){.out = out, .options = options};
	if (!w->options.kept_max)
		w->options.kept_max = CHAT_KEPT_MAX;
}

/* Bytes that a conversation takes. */
static size_t size_of(const struct chat_view *v)
{
	return sizeof(*v) + v->heading.len + v->lines.len;
}

static void drop(struct chat *w, struct chat_view *v)
{
	w->kept -= size_of(v);
	HASH_DEL(w->views, v);
	buffer_free(&v->heading);
	buffer_free(&v->lines);
	free(v);
}

void chat_free(struct chat *w)
{
	struct chat_view *v, *next;

	HASH_ITER(hh, w->views, v, next)
		drop(w, v);
}

static struct chat_view *find(struct chat *w, uint64_t id)
{
	struct chat_view *v;

	HASH_FIND(hh, w->views, &id, sizeof(id), v);
	return v;
}

/* --- writing --- */

static int64_t day_of(int64_t ns)
{
	return ns / DAY - (ns % DAY < 0);
}

/* "; 2003-05-16 19:02:50 to 19:03:40" */
static void add_span(struct buffer *out, int64_t start, int64_t end)
{
	buffer_add_str(out, "; ");
	if (start == TIME_NONE) {
		buffer_add_str(out, "times not known");
		return;
	}
	talk_text_date(out, start);
	buffer_add_byte(out, ' ');
	talk_text_time(out, start);
	buffer_add_str(out, " to ");
	if (day_of(start) != day_of(end)) {
		talk_text_date(out, end);
		buffer_add_byte(out, ' ');
	}
	talk_text_time(out, end);
}

static void write_piece(struct chat *w, struct chat_view *v)
{
	struct buffer *out = &w->out->buffer;

	if (!v->told || v->lines.len == 0)
		return;
	buffer_add_slice(out, buffer_slice(&v->heading));
	if (v->continued)
		buffer_add_str(out, ", continued");
	buffer_add_byte(out, '\n');
	buffer_add_slice(out, buffer_slice(&v->lines));
	buffer_add_byte(out, '\n');
	output_record(w->out);
}

static void write_ended(struct chat *w)
{
	while (w->views && w->views->ended) {
		write_piece(w, w->views);
		drop(w, w->views);
	}
}

/* The oldest conversation as far as it is known; false when there is nothing to write. */
static bool write_oldest(struct chat *w)
{
	struct chat_view *v = w->views;

	while (v && v->lines.len == 0 && !v->ended)
		v = v->hh.next;
	if (!v)
		return false;
	write_piece(w, v);
	if (v->ended) {
		drop(w, v);
		return true;
	}
	w->kept -= v->lines.len;
	buffer_free(&v->lines);
	v->continued = true;
	return true;
}

static void keep_limit(struct chat *w)
{
	while (w->kept > w->options.kept_max && write_oldest(w))
		continue;
}

/* --- what comes --- */

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct chat *w = ctx;
	struct buffer *out = &w->out->buffer;

	chat_free(w);
	if (!w->options.name_files)
		return;
	style_begin(out, w->options.colour, STYLE_HEADING);
	buffer_add_str(out, "capture ");
	escape_add_str(out, c->file);
	style_end(out, w->options.colour, STYLE_HEADING);
	buffer_add_byte(out, '\n');
	output_record(w->out);
}

static void on_start(void *ctx, const struct conversation_info *c)
{
	struct chat *w = ctx;
	struct chat_view *v = memory_zalloc(sizeof(*v));

	v->id = c->id;
	v->start_ns = v->last_ns = c->start_ns;
	talk_text_heading(&v->heading, c, w->options.colour);
	HASH_ADD(hh, w->views, id, sizeof(v->id), v);
	w->kept += size_of(v);
	keep_limit(w);
}

static void add_date(struct chat_view *v, int64_t ns)
{
	if (day_of(ns) == day_of(v->last_ns))
		return;
	buffer_add_str(&v->lines, "-- ");
	talk_text_date(&v->lines, ns);
	buffer_add_byte(&v->lines, '\n');
}

static void on_talk(void *ctx, const struct talk *line)
{
	struct chat *w = ctx;
	struct chat_view *v = find(w, line->conversation);
	bool quiet = line->kind == TALK_TYPING || line->kind == TALK_CLOSED;

	if (!v || (quiet && !w->options.typing))
		return;
	size_t before = v->lines.len;
	v->told |= line->kind != TALK_CLOSED;
	add_date(v, line->time_ns);
	v->last_ns = line->time_ns;
	style_begin(&v->lines, w->options.colour, STYLE_DIM);
	talk_text_time(&v->lines, line->time_ns);
	style_end(&v->lines, w->options.colour, STYLE_DIM);
	buffer_add_str(&v->lines, "  ");
	talk_text_line(&v->lines, line, w->options.colour, INDENT);
	w->kept += v->lines.len - before;
	keep_limit(w);
}

static void on_end(void *ctx, const struct conversation_info *c)
{
	struct chat *w = ctx;
	struct chat_view *v = find(w, c->id);

	if (!v)
		return;
	w->kept -= size_of(v);
	v->ended = true;
	v->heading.len = 0;
	talk_text_heading(&v->heading, c, w->options.colour);
	if (!v->continued)
		add_span(&v->heading, c->start_ns, c->end_ns);
	if (c->same_as && !w->options.both && !v->continued) {
		v->lines.len = 0;
		buffer_printf(&v->lines, "          the same as conversation %llu, from another side\n",
			      (unsigned long long)c->same_as);
	}
	w->kept += size_of(v);
	if (!v->told)
		drop(w, v);
	write_ended(w);
}

struct event_sink chat_sink(struct chat *w)
{
	return (struct event_sink){
		.capture = on_capture,
		.conversation_start = on_start,
		.talk = on_talk,
		.conversation_end = on_end,
		.ctx = w,
	};
}
