/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/log_body.h"

#include <stdlib.h>

#include "util/memory.h"

/* One way to put the lines together. */
struct joint {
	enum { JOIN_CRLF, JOIN_LF, JOIN_WRAPPED } kind; /* of line ends that are lost; JOIN_WRAPPED: there were none */
	bool strip;                                     /* indentation is none of the payload's */
};

/* Ways that are tried. */
#define WAYS 5u
/* Columns at which nobody wraps lines yet. */
#define LOG_BODY_WRAP_MIN 60u

/* Where a length falls on the end of a line. */
struct fit {
	bool found;
	size_t lines;  /* that are taken */
	bool with_end; /* the end of the last one is payload, too */
};

void log_body_clear(struct log_body *b)
{
	b->text.len = b->dump.len = 0;
	b->count = b->left_out = b->dump_at = 0;
	b->has_dump = b->altered = false;
}

void log_body_free(struct log_body *b)
{
	buffer_free(&b->text);
	buffer_free(&b->dump);
	free(b->lines);
}

static void add_dump(struct log_body *b, const struct transcript_record *r)
{
	if (!b->has_dump)
		b->dump_at = r->offset;
	b->has_dump = true;
	b->altered |= r->altered || r->offset != b->dump_at + b->dump.len;
	if (b->dump.len + r->text.len <= LOG_BODY_BYTES_MAX)
		buffer_add_slice(&b->dump, r->text);
}

static void add_line(struct log_body *b, const struct transcript_record *r)
{
	if (b->count == b->capacity) {
		b->capacity = b->capacity ? 2 * b->capacity : 64;
		b->lines = memory_realloc(b->lines, b->capacity * sizeof(b->lines[0]));
	}
	b->lines[b->count++] = (struct log_body_line){b->text.len, r->text.len, r->ending, r->indent, r->line};
	buffer_add_slice(&b->text, r->text);
	b->altered |= r->altered;
}

void log_body_add(struct log_body *b, const struct transcript_record *r)
{
	if (r->kind == TRANSCRIPT_DUMP)
		add_dump(b, r);
	else if (b->has_dump || b->count >= LOG_BODY_LINES_MAX || b->text.len + r->text.len > LOG_BODY_BYTES_MAX)
		b->left_out += r->text.len > 0;
	else
		add_line(b, r);
}

static size_t stripped(const struct log_body_line *l, struct joint j)
{
	return j.strip && l->len ? l->indent : 0;
}

static size_t length_of(const struct log_body_line *l, struct joint j)
{
	return l->len - stripped(l, j);
}

static const char *end_of(const struct log_body_line *l, struct joint j)
{
	if (l->ending == ENDING_CRLF)
		return "\r\n";
	if (l->ending == ENDING_LF)
		return "\n";
	switch (j.kind) {
	case JOIN_CRLF:
		return "\r\n";
	case JOIN_LF:
		return "\n";
	case JOIN_WRAPPED:
		break;
	}
	return l->len ? "" : "\r\n";
}

/* Lines up to the last one that is not empty. */
static size_t filled(const struct log_body *b)
{
	size_t n = b->count;

	while (n && b->lines[n - 1].len == 0)
		n--;
	return n;
}

/* The last place where the length falls on a line's end. */
static struct fit fit(const struct log_body *b, uint64_t length, struct joint j)
{
	struct fit f = {.found = length == 0};
	uint64_t at = 0;

	for (size_t i = 0; i < b->count && at <= length; i++) {
		at += length_of(&b->lines[i], j);
		if (at == length)
			f = (struct fit){true, i + 1, false};
		at += strlen(end_of(&b->lines[i], j));
		if (at == length)
			f = (struct fit){true, i + 1, true};
	}
	return f;
}

static bool all_indented(const struct log_body *b)
{
	bool any = false;

	for (size_t i = 0; i < b->count; i++) {
		if (b->lines[i].len && !b->lines[i].indent)
			return false;
		any |= b->lines[i].len > 0;
	}
	return any;
}

static void join(const struct log_body *b, struct joint j, struct fit f, struct buffer *out)
{
	struct slice text = buffer_slice(&b->text);

	for (size_t i = 0; i < f.lines; i++) {
		const struct log_body_line *l = &b->lines[i];

		buffer_add_slice(out, slice_sub(text, l->at + stripped(l, j), length_of(l, j)));
		if (i + 1 < f.lines || f.with_end)
			buffer_add_str(out, end_of(l, j));
	}
}

/* Whole lines until the length is reached, as nobody knows better. */
static struct fit rough(const struct log_body *b, uint64_t length, struct joint j)
{
	struct fit f = {true, 0, false};
	uint64_t at = 0;

	for (; f.lines < filled(b) && at < length; f.lines++)
		at += length_of(&b->lines[f.lines], j) + strlen(end_of(&b->lines[f.lines], j));
	return f;
}

/* Does every line that another one follows end in the same column, as what a page or a log has wrapped does? */
static bool looks_wrapped(const struct log_body *b)
{
	size_t width = 0, last = filled(b);

	for (size_t i = 0; i + 1 < last; i++) {
		const struct log_body_line *l = &b->lines[i];

		if (l->len == 0 || b->lines[i + 1].len == 0)
			continue;
		if ((width && l->len != width) || l->ending != ENDING_LOST || l->len < b->lines[i + 1].len)
			return false;
		width = l->len;
	}
	return width >= LOG_BODY_WRAP_MIN;
}

/* Text in front of a dump ends where the dump begins. */
static unsigned join_dump(const struct log_body *b, uint64_t declared, struct buffer *out, size_t *used)
{
	bool strip = all_indented(b), exact = !b->altered;
	struct joint crlf = {JOIN_CRLF, strip}, lf = {JOIN_LF, strip};
	struct fit f = fit(b, b->dump_at, crlf);

	if (f.found && f.lines == b->count) {
		join(b, crlf, f, out);
	} else {
		f = fit(b, b->dump_at, lf);
		exact &= f.found && f.lines == b->count;
		join(b, lf, f.found ? f : rough(b, b->dump_at, lf), out);
	}
	*used = b->count;
	buffer_add_slice(out, buffer_slice(&b->dump));
	return exact && out->len == declared ? 0 : MSNP_UNRELIABLE_PAYLOAD;
}

unsigned log_body_payload(const struct log_body *b, uint64_t declared, struct buffer *out, size_t *used)
{
	bool strip = all_indented(b);
	const struct joint ways[WAYS] = {{JOIN_CRLF, strip}, {JOIN_LF, strip}, {JOIN_CRLF, false}, {JOIN_LF, false},
				     {JOIN_WRAPPED, strip}};
	const struct joint *way = NULL;
	struct fit best = {false, 0, false};

	*used = 0;
	out->len = 0;
	if (b->has_dump)
		return join_dump(b, declared, out, used);
	for (size_t i = 0; i < WAYS; i++) {
		struct fit f = fit(b, declared, ways[i]);

		if (f.found && (!way || (f.lines >= filled(b) && best.lines < filled(b)))) {
			way = &ways[i];
			best = f;
		}
	}
	if (!way) {
		/* An empty line parts a command from talk. */
		if (filled(b) == 0 || b->lines[0].len == 0)
			return MSNP_UNRELIABLE_ABSENT;
		way = &ways[0];
		best = rough(b, declared, ways[0]);
	}
	/* Lines that may have been one: either length is right by chance. */
	struct fit wrapped = fit(b, declared, ways[WAYS - 1]);
	if (wrapped.found && wrapped.lines >= filled(b) && looks_wrapped(b)) {
		way = &ways[WAYS - 1];
		best = wrapped;
	}
	join(b, *way, best, out);
	*used = best.lines;
	return out->len == declared && !b->altered && way->kind != JOIN_WRAPPED ? 0 : MSNP_UNRELIABLE_PAYLOAD;
}
