/* SPDX-License-Identifier: BSD-2-Clause */
/* A text as a transcript: the first byte chooses the form, or lets the text tell it.  Any split gives the same records. */
#include <stdlib.h>

#include "session/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

struct digest {
	uint64_t hash, line, records;
	struct session_log *log; /* NULL: nobody */
};

static void mix(struct digest *d, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++)
		d->hash = (d->hash ^ p[i]) * 0x100000001b3u;
}

static void on_record(void *ctx, const struct transcript_record *r)
{
	struct digest *d = ctx;
	const uint64_t numbers[] = {(uint64_t)r->kind, (uint64_t)r->side, (uint64_t)r->role, (uint64_t)r->version, r->line,
				    (uint64_t)r->time_ns, (uint64_t)r->ending, r->indent, r->offset, r->altered};

	check(r->line >= d->line && r->indent <= r->text.len + 4 && r->key.len <= TRANSCRIPT_KEY_MAX);
	check(r->text.len <= TRANSCRIPT_LINE_MAX + 1024);
	d->line = r->line;
	d->records++;
	mix(d, numbers, sizeof(numbers));
	mix(d, r->text.ptr, r->text.len);
	mix(d, r->key.ptr, r->key.len);
	if (d->log)
		session_log_record(d->log, r);
}

static void read_text(const struct transcript_form *form, struct slice text, size_t step, struct digest *d)
{
	struct transcript_parser *t = transcript_parser_new(form, text, on_record, d);

	for (size_t at = 0; at < text.len; at += step)
		transcript_parser_data(t, slice_sub(text, at, step));
	transcript_parser_end(t);
	check(transcript_parser_counters(t)->bytes == text.len);
	transcript_parser_free(t);
}

static void on_event(void *ctx, const struct event *e)
{
	uint64_t *events = ctx;

	check(e->id == ++*events && e->connection && e->dissection->source_count >= SOURCE_FIXED);
	check(e->kind != EVENT_COMMAND || e->payload.len <= LOG_BODY_BYTES_MAX * 2 + e->declared_length);
	check(!(e->unreliable & MSNP_UNRELIABLE_ABSENT) || e->payload.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session_options options = {0};
	struct digest whole = {0}, split = {0};
	uint64_t events = 0;
	struct event_sink sink = {.event = on_event, .ctx = &events};

	if (size == 0)
		return 0;
	struct slice text = slice_of(data + 1, size - 1);
	const struct transcript_form *form = transcript_form_at(data[0] % 32u);

	if (!form)
		form = transcript_recognise(text, true);
	if (!form)
		return 0;
	read_text(form, text, 7, &split);
	struct session *s = session_new(&options, &sink);
	whole.log = session_log_new(s, form);
	read_text(form, text, text.len ? text.len : 1, &whole);
	check(session_log_end(whole.log).commands <= whole.records + text.len);
	session_end_file(s);
	session_free(s);
	check(whole.hash == split.hash || text.len == 0);
	return 0;
}
