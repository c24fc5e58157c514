/* SPDX-License-Identifier: BSD-2-Clause */
#include "timeline/pack.h"

#include "timeline/number.h"
#include "timeline/pack_format.h"

const char *const pack_names[PACK_NAMES] = {NULL, "line", "payload", "msnp", "tcp", "http", "trid", "order", "link"};

/* A field that a finding names, and its place in order of the tree. */
struct named {
	const struct field *field;
	size_t place;
};

struct packer {
	struct buffer *out;
	const struct dissection *d;
	struct slice payload;
	size_t payload_at; /* in out, 0: not there */
	struct named named[DISSECTION_FINDINGS_MAX];
	size_t named_count;
};

/* --- numbers, names, texts --- */

static void put(struct buffer *out, uint64_t n)
{
	number_put(out, n);
}

static void put_signed(struct buffer *out, int64_t n)
{
	number_put(out, number_fold(n));
}

/* The difference may be that of any two numbers. */
static void put_since(struct buffer *out, uint64_t n, uint64_t before)
{
	put_signed(out, (int64_t)(n - before));
}

static void put_name(struct buffer *out, const char *name)
{
	size_t n = 0;

	while (n < PACK_NAMES && (name && pack_names[n] ? strcmp(name, pack_names[n]) != 0 : name != pack_names[n]))
		n++;
	if (n < PACK_NAMES) {
		put(out, n);
		return;
	}
	size_t size = strlen(name) + 1;
	put(out, PACK_NAMES + size);
	buffer_add(out, name, size);
}

/* Do the bytes of part lie in whole? */
static bool lies_in(struct slice whole, struct slice part)
{
	uintptr_t from = (uintptr_t)whole.ptr, at = (uintptr_t)part.ptr;

	return whole.ptr && at >= from && at - from <= whole.len && part.len <= whole.len - (at - from);
}

static void put_place(struct packer *p, size_t source, struct slice text)
{
	put(p->out, PACK_TEXT_SOURCE + source);
	put(p->out, (uint64_t)(text.ptr - p->d->sources[source].data.ptr));
	put(p->out, text.len);
}

/* A text that may lie in one of the first sources, most likely in hint. */
static void put_text(struct packer *p, struct slice text, size_t hint, size_t sources)
{
	if (text.len == 0) {
		put(p->out, PACK_TEXT_EMPTY);
		return;
	}
	if (hint < sources && lies_in(p->d->sources[hint].data, text)) {
		put_place(p, hint, text);
		return;
	}
	for (size_t i = 0; i < sources; i++) {
		if (lies_in(p->d->sources[i].data, text)) {
			put_place(p, i, text);
			return;
		}
	}
	put(p->out, PACK_TEXT_BYTES);
	put(p->out, text.len);
	if (text.ptr == p->payload.ptr && text.len == p->payload.len)
		p->payload_at = p->out->len;
	buffer_add_slice(p->out, text);
}

static void put_any_text(struct packer *p, struct slice text, size_t hint)
{
	put_text(p, text, hint, p->d->source_count);
}

/* --- event --- */

static unsigned event_flags(const struct event *e)
{
	return (e->nanoseconds ? PACK_NANOSECONDS : 0u) | (e->has_trid ? PACK_HAS_TRID : 0u) |
	       (e->has_payload ? PACK_HAS_PAYLOAD : 0u) | (e->from == MSNP_SERVER ? PACK_FROM_SERVER : 0u) |
	       (e->dissection->fields_left_out ? PACK_FIELDS_LEFT_OUT : 0u) | (e->reply_to ? PACK_REPLY : 0u) |
	       (e->form ? PACK_FORM : 0u) | (e->session ? PACK_SESSION : 0u) | (e->exchange ? PACK_EXCHANGE : 0u) |
	       (e->frames_omitted ? PACK_FRAMES_OMITTED : 0u) | (e->declared_length != e->payload.len ? PACK_DECLARED : 0u) |
	       (e->lost_bytes ? PACK_LOST : 0u) | (e->skipped_bytes ? PACK_SKIPPED : 0u) |
	       (e->about ? PACK_ABOUT : 0u) | (e->unreliable ? PACK_UNRELIABLE : 0u);
}

static void put_frames(struct buffer *out, const struct event *e)
{
	put(out, e->frame_count);
	for (size_t i = 0; i < e->frame_count; i++)
		put_since(out, e->frames[i], i ? e->frames[i - 1] : 0);
}

static void put_if(struct buffer *out, bool there, uint64_t n)
{
	if (there)
		put(out, n);
}

static void put_event(struct buffer *out, const struct event *e)
{
	unsigned flags = event_flags(e);

	put(out, flags);
	put(out, (uint64_t)e->kind);
	put(out, e->id);
	put_signed(out, e->time_ns);
	put_frames(out, e);
	put_name(out, e->protocol);
	put_if(out, flags & PACK_HAS_TRID, e->trid);
	if (flags & PACK_REPLY) {
		put_since(out, e->id, e->reply_to);
		put_signed(out, e->latency_ns);
		put_name(out, e->reply_by);
	}
	put_if(out, flags & PACK_FORM, flags & PACK_FORM ? (uint64_t)(e->form - msnp_forms) : 0);
	put_if(out, flags & PACK_SESSION, e->session);
	put_if(out, flags & PACK_EXCHANGE, e->exchange);
	put_if(out, flags & PACK_FRAMES_OMITTED, e->frames_omitted);
	put_if(out, flags & PACK_DECLARED, e->declared_length);
	put_if(out, flags & PACK_LOST, e->lost_bytes);
	put_if(out, flags & PACK_SKIPPED, e->skipped_bytes);
	if (flags & PACK_ABOUT)
		put_since(out, e->id, e->about);
	put_if(out, flags & PACK_UNRELIABLE, e->unreliable);
}

static void put_sources(struct packer *p)
{
	const struct dissection *d = p->d;

	put(p->out, d->source_count);
	for (size_t i = 0; i < d->source_count; i++) {
		put_name(p->out, d->sources[i].name);
		put_text(p, d->sources[i].data, SOURCE_PAYLOAD, i);
	}
}

/* Do the words lie in the line one behind the other, a byte apart? */
static bool words_follow(const struct event *e)
{
	struct slice rest = e->line;

	for (size_t i = 0; i < e->words.count; i++) {
		if (e->words.word[i].ptr != rest.ptr || e->words.word[i].len > rest.len)
			return false;
		rest = slice_sub(rest, e->words.word[i].len + 1, rest.len);
	}
	return true;
}

static void put_words(struct packer *p, const struct event *e)
{
	const struct msnp_words *w = &e->words;
	bool follow = words_follow(e);

	put(p->out, (uint64_t)w->count << 1 | follow);
	for (size_t i = 0; i < w->count; i++) {
		if (follow)
			put(p->out, w->word[i].len);
		else
			put_any_text(p, w->word[i], SOURCE_LINE);
	}
}

/* --- fields --- */

/* The node after f in order of the tree, or NULL; *up: how many levels higher it is. */
static const struct field *next_node(const struct field *f, size_t *up)
{
	*up = 0;
	if (f->first)
		return f->first;
	while (f && !f->next) {
		f = f->parent;
		++*up;
	}
	return f ? f->next : NULL;
}

/* Counts the fields, and finds those that findings name. */
static size_t look_through(struct packer *p)
{
	size_t count = 0, up;

	for (const struct finding *f = p->d->findings; f; f = f->next)
		if (f->field && p->named_count < DISSECTION_FINDINGS_MAX)
			p->named[p->named_count++] = (struct named){f->field, PACK_FIELD_NONE};
	for (const struct field *f = &p->d->root; (f = next_node(f, &up)) != NULL; count++)
		for (size_t i = 0; i < p->named_count; i++)
			if (p->named[i].field == f)
				p->named[i].place = PACK_FIELD_FIRST + count;
	return count;
}

static bool is_number(const struct field *f)
{
	return f->def->type == FIELD_UINT || f->def->type == FIELD_HEX || f->def->type == FIELD_BOOL;
}

static bool is_text(const struct field *f)
{
	return f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES;
}

/* Is the value what the range shows? */
static bool is_range(const struct packer *p, const struct field *f)
{
	struct slice whole = p->d->sources[f->source].data, text = f->value.text;

	return f->has_value && is_text(f) && text.len == f->length && f->offset <= whole.len &&
	       text.len <= whole.len - f->offset && text.len && text.ptr == whole.ptr + f->offset;
}

static void put_field(struct packer *p, const struct field *f, const struct field *before, size_t up)
{
	struct buffer *out = p->out;
	unsigned flags = (f == before->first ? PACK_FIELD_CHILD : 0u) | (up ? PACK_FIELD_UP : 0u) |
			 (f->source != before->source ? PACK_FIELD_SOURCE : 0u) |
			 (f->lead || f->trail ? PACK_FIELD_SYNTAX : 0u) | (f->key.len ? PACK_FIELD_KEY : 0u) |
			 (f->has_value ? PACK_FIELD_VALUE : 0u) | (is_range(p, f) ? PACK_FIELD_RANGE : 0u);

	put(out, flags);
	put(out, (uint64_t)(f->def - field_defs));
	put_since(out, f->offset, f->source == before->source ? before->offset : 0);
	put(out, f->length);
	put_if(out, flags & PACK_FIELD_UP, up);
	put_if(out, flags & PACK_FIELD_SOURCE, f->source);
	if (flags & PACK_FIELD_SYNTAX) {
		put(out, f->lead);
		put(out, f->trail);
	}
	if (flags & PACK_FIELD_KEY)
		put_any_text(p, f->key, f->source);
	if (!f->has_value || (flags & PACK_FIELD_RANGE))
		return;
	if (is_number(f))
		put(out, f->value.number);
	else if (is_text(f))
		put_any_text(p, f->value.text, f->source);
}

static void put_fields(struct packer *p)
{
	const struct field *before = &p->d->root, *f;
	size_t up;

	put(p->out, look_through(p));
	/* Levels are counted up from the field before; its siblings are none. */
	while ((f = next_node(before, &up)) != NULL) {
		put_field(p, f, before, up);
		before = f;
	}
}

static size_t named_place(const struct packer *p, const struct field *f)
{
	if (f == &p->d->root)
		return PACK_FIELD_ROOT;
	for (size_t i = 0; f && i < p->named_count; i++)
		if (p->named[i].field == f)
			return p->named[i].place;
	return PACK_FIELD_NONE;
}

static void put_findings(struct packer *p)
{
	put(p->out, p->d->finding_count);
	for (const struct finding *f = p->d->findings; f; f = f->next) {
		put(p->out, (uint64_t)(f->rule - finding_rules));
		put(p->out, named_place(p, f->field));
		put_any_text(p, f->text, SOURCE_LINE);
	}
}

size_t event_pack(struct buffer *out, const struct event *e)
{
	struct packer p;

	/* Member by member: findings that name fields are rare. */
	p.out = out;
	p.d = e->dissection;
	p.payload = e->payload;
	p.payload_at = p.named_count = 0;
	put_event(out, e);
	put_sources(&p);
	put_any_text(&p, e->line, SOURCE_LINE);
	put_any_text(&p, e->payload, SOURCE_PAYLOAD);
	put_any_text(&p, e->name, SOURCE_LINE);
	put_words(&p, e);
	put_any_text(&p, p.d->summary, SOURCE_LINE);
	put_fields(&p);
	put_findings(&p);
	return p.payload_at;
}
