/* SPDX-License-Identifier: BSD-2-Clause */
#include "timeline/number.h"
#include "timeline/pack.h"
#include "timeline/pack_format.h"

/* What is wrong with the bytes in any way counts as truncated. */
struct unpacker {
	struct reader r;
	struct arena *arena;
	struct dissection *d;
	struct field *fields;
	size_t field_count;
};

static void refuse(struct unpacker *u)
{
	u->r.at = u->r.data.len;
	u->r.truncated = true;
}

/* --- numbers, names, texts --- */

static uint64_t get(struct unpacker *u)
{
	uint64_t n = number_get(&u->r);

	if (u->r.truncated)
		refuse(u);
	return n;
}

/* A number that is at most max. */
static uint64_t get_max(struct unpacker *u, uint64_t max)
{
	uint64_t n = get(u);

	if (n <= max)
		return n;
	refuse(u);
	return 0;
}

/* A number of things that take at least size bytes each. */
static size_t get_count(struct unpacker *u, size_t size)
{
	size_t n = (size_t)get(u);

	if (n <= reader_left(&u->r) / size)
		return n;
	refuse(u);
	return 0;
}

static uint64_t get_folded(struct unpacker *u)
{
	return number_unfold(get(u));
}

static int64_t get_signed(struct unpacker *u)
{
	return (int64_t)get_folded(u);
}

static const char *get_name(struct unpacker *u)
{
	uint64_t n = get(u);

	if (n < PACK_NAMES)
		return pack_names[n];
	struct slice name = reader_bytes(&u->r, (size_t)(n - PACK_NAMES));
	if (name.len && slice_find_byte(name, 0) == name.len - 1)
		return (const char *)name.ptr;
	refuse(u);
	return "";
}

static struct slice get_text(struct unpacker *u, size_t sources)
{
	uint64_t how = get(u);

	if (how == PACK_TEXT_EMPTY)
		return SLICE_EMPTY;
	if (how == PACK_TEXT_BYTES)
		return reader_bytes(&u->r, (size_t)get(u));
	if (how - PACK_TEXT_SOURCE >= sources) {
		refuse(u);
		return SLICE_EMPTY;
	}
	struct slice whole = u->d->sources[how - PACK_TEXT_SOURCE].data;
	size_t offset = (size_t)get_max(u, whole.len);
	return slice_sub(whole, offset, (size_t)get_max(u, whole.len - offset));
}

static struct slice get_any_text(struct unpacker *u)
{
	return get_text(u, u->d->source_count);
}

/* --- event --- */

static void get_frames(struct unpacker *u, struct event *e)
{
	size_t count = get_count(u, 1);
	uint64_t *frames = arena_alloc_raw(u->arena, count * sizeof(*frames));

	for (size_t i = 0; i < count; i++)
		frames[i] = get_folded(u) + (i ? frames[i - 1] : 0);
	e->frames = frames;
	e->frame_count = count;
}

static void get_reply(struct unpacker *u, struct event *e)
{
	e->reply_to = e->id - get_folded(u);
	e->latency_ns = get_signed(u);
	e->reply_by = get_name(u);
	if (!e->reply_to)
		refuse(u);
}

static uint64_t get_if(struct unpacker *u, uint64_t there)
{
	return there ? get(u) : 0;
}

static void get_flagged(struct unpacker *u, uint64_t flags, struct event *e)
{
	e->trid = get_if(u, flags & PACK_HAS_TRID);
	if (flags & PACK_REPLY)
		get_reply(u, e);
	if (flags & PACK_FORM)
		e->form = &msnp_forms[get_max(u, msnp_forms_count - 1)];
	e->session = get_if(u, flags & PACK_SESSION);
	e->exchange = get_if(u, flags & PACK_EXCHANGE);
	e->frames_omitted = get_if(u, flags & PACK_FRAMES_OMITTED);
	e->declared_length = get_if(u, flags & PACK_DECLARED);
	e->lost_bytes = get_if(u, flags & PACK_LOST);
	e->skipped_bytes = get_if(u, flags & PACK_SKIPPED);
	if (flags & PACK_ABOUT)
		e->about = e->id - get_folded(u);
	e->unreliable = (unsigned)get_if(u, flags & PACK_UNRELIABLE);
}

/* Returns the flags. */
static uint64_t get_event(struct unpacker *u, struct event *e)
{
	uint64_t flags = get_max(u, PACK_FLAGS_END - 1);

	e->nanoseconds = flags & PACK_NANOSECONDS;
	e->has_trid = flags & PACK_HAS_TRID;
	e->has_payload = flags & PACK_HAS_PAYLOAD;
	e->from = flags & PACK_FROM_SERVER ? MSNP_SERVER : MSNP_CLIENT;
	e->kind = (enum event_kind)get_max(u, EVENT_SKIPPED);
	e->id = get(u);
	e->time_ns = get_signed(u);
	get_frames(u, e);
	e->protocol = get_name(u);
	get_flagged(u, flags, e);
	return flags;
}

static void get_sources(struct unpacker *u)
{
	size_t count = (size_t)get_max(u, DISSECTION_SOURCES_MAX);

	if (count < SOURCE_FIXED)
		refuse(u);
	for (size_t i = 0; i < count; i++) {
		const char *name = get_name(u);

		if (!name)
			refuse(u);
		u->d->sources[i] = (struct source){name, get_text(u, i)};
	}
	u->d->source_count = count;
}

static void get_words(struct unpacker *u, struct event *e)
{
	uint64_t n = get(u);
	bool follow = n & 1;
	struct slice rest = e->line;

	if (n >> 1 > reader_left(&u->r)) {
		refuse(u);
		return;
	}
	e->words.count = (size_t)(n >> 1);
	struct slice *word = arena_alloc_raw(u->arena, e->words.count * sizeof(*word));
	for (size_t i = 0; i < e->words.count; i++) {
		if (!follow) {
			word[i] = get_any_text(u);
			continue;
		}
		word[i] = slice_sub(rest, 0, (size_t)get_max(u, rest.len));
		rest = slice_sub(rest, word[i].len + 1, rest.len);
	}
	e->words.word = word;
}

/* --- fields --- */

/* The parent of a field, from the one before it. */
static struct field *get_parent(struct unpacker *u, uint64_t flags, struct field *before)
{
	uint64_t up = get_if(u, flags & PACK_FIELD_UP);
	struct field *parent = flags & PACK_FIELD_CHILD ? before : before->parent;

	for (; parent && up; up--)
		parent = parent->parent;
	if (parent)
		return parent;
	refuse(u);
	return &u->d->root;
}

static void link_field(struct field *parent, struct field *f)
{
	f->parent = parent;
	if (parent->last)
		parent->last->next = f;
	else
		parent->first = f;
	parent->last = f;
}

/* What goes beyond the end of the source, which may have been replaced, is no range. */
static struct slice range_of(struct unpacker *u, const struct field *f)
{
	struct slice whole = u->d->sources[f->source].data;

	if (f->offset > whole.len || f->length > whole.len - f->offset)
		refuse(u);
	return slice_sub(whole, f->offset, f->length);
}

static void get_value(struct unpacker *u, uint64_t flags, struct field *f)
{
	f->has_value = flags & PACK_FIELD_VALUE;
	if (!f->has_value)
		return;
	switch (f->def->type) {
	case FIELD_UINT:
	case FIELD_HEX:
	case FIELD_BOOL:
		f->value.number = get(u);
		break;
	case FIELD_TEXT:
	case FIELD_BYTES:
		f->value.text = flags & PACK_FIELD_RANGE ? range_of(u, f) : get_any_text(u);
		break;
	case FIELD_BRANCH:
	case FIELD_DICT:
		break;
	}
}

static uint32_t get_offset(struct unpacker *u, uint32_t before)
{
	uint64_t offset = before + get_folded(u);

	if (offset <= UINT32_MAX)
		return (uint32_t)offset;
	refuse(u);
	return 0;
}

static void get_field(struct unpacker *u, struct field *before, struct field *f)
{
	uint64_t flags = get_max(u, PACK_FIELD_FLAGS_END - 1);

	*f = (struct field){.source = before->source};
	f->def = &field_defs[get_max(u, FIELD_COUNT - 1)];
	f->offset = get_offset(u, flags & PACK_FIELD_SOURCE ? 0 : before->offset);
	f->length = (uint32_t)get_max(u, UINT32_MAX);
	link_field(get_parent(u, flags, before), f);
	if (flags & PACK_FIELD_SOURCE)
		f->source = (uint16_t)get_max(u, u->d->source_count - 1);
	if (flags & PACK_FIELD_SYNTAX) {
		f->lead = (uint16_t)get_max(u, UINT16_MAX);
		f->trail = (uint16_t)get_max(u, UINT16_MAX);
	}
	if (flags & PACK_FIELD_KEY)
		f->key = get_any_text(u);
	get_value(u, flags, f);
}

static void get_fields(struct unpacker *u)
{
	size_t count = get_count(u, PACK_FIELD_MIN);
	struct field *before = &u->d->root;

	u->fields = arena_alloc_raw(u->arena, count * sizeof(*u->fields));
	for (size_t i = 0; i < count && !u->r.truncated; i++) {
		get_field(u, before, &u->fields[i]);
		before = &u->fields[i];
	}
	u->field_count = u->d->field_count = count;
}

static const struct field *get_named(struct unpacker *u)
{
	uint64_t place = get_max(u, PACK_FIELD_FIRST + u->field_count - 1);

	if (place == PACK_FIELD_ROOT)
		return &u->d->root;
	return place >= PACK_FIELD_FIRST ? &u->fields[place - PACK_FIELD_FIRST] : NULL;
}

static void get_findings(struct unpacker *u)
{
	struct dissection *d = u->d;
	size_t count = (size_t)get_max(u, DISSECTION_FINDINGS_MAX);

	for (size_t i = 0; i < count; i++) {
		struct finding *f = ARENA_NEW(u->arena, struct finding);

		f->rule = &finding_rules[get_max(u, RULE_COUNT - 1)];
		f->field = get_named(u);
		f->text = get_any_text(u);
		if (d->last_finding)
			d->last_finding->next = f;
		else
			d->findings = f;
		d->last_finding = f;
	}
	d->finding_count = count;
}

bool event_unpack(struct slice packed, const struct connection *connection, struct arena *arena, struct event *e)
{
	struct unpacker u = {.r = reader_over(packed), .arena = arena};

	u.d = arena_alloc_raw(arena, sizeof(*u.d));
	dissection_init(u.d, arena, SLICE_EMPTY, SLICE_EMPTY);
	*e = (struct event){.connection = connection, .dissection = u.d};
	uint64_t flags = get_event(&u, e);
	u.d->fields_left_out = flags & PACK_FIELDS_LEFT_OUT;
	get_sources(&u);
	e->line = get_any_text(&u);
	e->payload = get_any_text(&u);
	if (!(flags & PACK_DECLARED))
		e->declared_length = e->payload.len;
	e->name = get_any_text(&u);
	get_words(&u, e);
	u.d->summary = get_any_text(&u);
	get_fields(&u);
	get_findings(&u);
	return !u.r.truncated && reader_left(&u.r) == 0;
}
