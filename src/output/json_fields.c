/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/json_fields.h"

#include <stdlib.h>

#include "util/memory.h"
#include "util/utf8.h"

static void write_bytes(struct json *j, struct slice bytes)
{
	json_begin_object(j);
	JSON_KEY(j, "length");
	json_u64(j, bytes.len);
	if (bytes.len <= JSON_BYTES_MAX) {
		JSON_KEY(j, "hex");
		json_hex(j, bytes);
	}
	json_end_object(j);
}

static void write_value(struct json *j, const struct field *f)
{
	if (!f->has_value) {
		json_null(j);
		return;
	}
	switch (f->def->type) {
	case FIELD_UINT:
	case FIELD_HEX:
		json_u64(j, f->value.number);
		break;
	case FIELD_BOOL:
		json_bool(j, f->value.number != 0);
		break;
	case FIELD_TEXT:
		json_string(j, f->value.text);
		break;
	case FIELD_BYTES:
		write_bytes(j, f->value.text);
		break;
	case FIELD_BRANCH:
	case FIELD_DICT:
		json_null(j);
		break;
	}
}

static void write_members(struct json *j, const struct field *parent);
static void write_dict(struct json *j, const struct field *dict);

static bool is_object(const struct field *f)
{
	return (f->def->flags & FIELD_HAS_CHILDREN) || f->def->type == FIELD_BRANCH || f->first;
}

static void write_field(struct json *j, const struct field *f)
{
	if (f->def->type == FIELD_DICT) {
		json_begin_object(j);
		write_dict(j, f);
		json_end_object(j);
	} else if (is_object(f)) {
		json_begin_object(j);
		if (f->has_value && f->def->type != FIELD_BRANCH) {
			JSON_KEY(j, "value");
			write_value(j, f);
		}
		write_members(j, f);
		json_end_object(j);
	} else {
		write_value(j, f);
	}
}

/* f and the siblings behind it that have the same description, as an array when there may be several. */
static void write_group(struct json *j, const struct field *f)
{
	const struct field *other = f->next;

	while (other && other->def != f->def)
		other = other->next;
	json_key_plain(j, f->def->name, strlen(f->def->name));
	if (!other && !(f->def->flags & FIELD_REPEATS)) {
		write_field(j, f);
		return;
	}
	json_begin_array(j);
	for (other = f; other; other = other->next)
		if (other->def == f->def)
			write_field(j, other);
	json_end_array(j);
}

/* Children keyed by their descriptions.  A bit for each description says that its group was written. */
static void write_members(struct json *j, const struct field *parent)
{
	uint64_t seen[(FIELD_COUNT + 63) / 64] = {0};

	for (const struct field *f = parent->first; f; f = f->next) {
		size_t id = (size_t)(f->def - field_defs);
		uint64_t bit = UINT64_C(1) << id % 64;

		if (seen[id / 64] & bit)
			continue;
		seen[id / 64] |= bit;
		write_group(j, f);
	}
}

/* One child of a dictionary, for finding those with the same key. */
struct entry {
	const struct field *field;
	uint32_t hash;
	bool done;
};

/* FNV-1a over the key as it will be written, so that keys that differ only in broken bytes are the same. */
static uint32_t key_hash(struct slice key)
{
	uint32_t hash = 2166136261u, codepoint;
	bool valid;

	for (size_t at = 0, n; (n = utf8_next(key, at, &codepoint, &valid)) != 0; at += n)
		hash = (hash ^ codepoint) * 16777619u;
	return hash;
}

static bool key_eq(struct slice a, struct slice b)
{
	size_t at_a = 0, at_b = 0;

	if (slice_eq(a, b))
		return true;
	for (;;) {
		uint32_t codepoint_a, codepoint_b;
		bool valid;
		size_t n_a = utf8_next(a, at_a, &codepoint_a, &valid);
		size_t n_b = utf8_next(b, at_b, &codepoint_b, &valid);

		if (n_a == 0 || n_b == 0)
			return n_a == n_b;
		if (codepoint_a != codepoint_b)
			return false;
		at_a += n_a;
		at_b += n_b;
	}
}

static bool same_key(const struct entry *a, const struct entry *b)
{
	return a->hash == b->hash && key_eq(a->field->key, b->field->key);
}

static void write_entry(struct json *j, struct entry *entry, const struct entry *end)
{
	struct entry *other = entry + 1;

	while (other < end && !same_key(entry, other))
		other++;
	json_key_slice(j, entry->field->key);
	if (other == end) {
		write_field(j, entry->field);
		return;
	}
	json_begin_array(j);
	write_field(j, entry->field);
	for (; other < end; other++) {
		if (same_key(entry, other)) {
			write_field(j, other->field);
			other->done = true;
		}
	}
	json_end_array(j);
}

static void write_entries(struct json *j, struct entry *entries, size_t count, const struct field *dict)
{
	size_t n = 0;

	for (const struct field *f = dict->first; f; f = f->next)
		entries[n++] = (struct entry){f, key_hash(f->key), false};
	for (size_t i = 0; i < count; i++)
		if (!entries[i].done)
			write_entry(j, entries + i, entries + count);
}

static void write_dict(struct json *j, const struct field *dict)
{
	struct entry small[32];
	size_t count = 0;

	for (const struct field *f = dict->first; f; f = f->next)
		count++;
	if (count <= sizeof(small) / sizeof(small[0])) {
		write_entries(j, small, count, dict);
		return;
	}
	struct entry *entries = memory_alloc(count * sizeof(*entries));
	write_entries(j, entries, count, dict);
	free(entries);
}

void json_fields(struct json *j, const struct field *parent)
{
	json_begin_object(j);
	write_members(j, parent);
	json_end_object(j);
}

/* Name of a source; further sources of the same name are "name#2", "name#3". */
static void add_source_name(struct buffer *out, const struct dissection *d, size_t index)
{
	const char *name = d->sources[index].name;
	uint64_t same = 1;

	for (size_t i = 0; i < index; i++)
		same += strcmp(d->sources[i].name, name) == 0;
	buffer_add_str(out, name);
	if (same > 1) {
		buffer_add_byte(out, '#');
		buffer_add_u64(out, same);
	}
}

void json_sources(struct json *j, const struct dissection *d)
{
	json_begin_object(j);
	for (size_t i = 0; i < d->source_count; i++) {
		struct buffer name = {NULL, 0, 0};

		add_source_name(&name, d, i);
		json_key_plain(j, (const char *)name.data, name.len);
		json_u64(j, d->sources[i].data.len);
		buffer_free(&name);
	}
	json_end_object(j);
}

/* Are there children, all in the field's own source?  Then they tell which of its bytes were understood. */
static bool covered(const struct field *f)
{
	for (const struct field *child = f->first; child; child = child->next)
		if (child->source != f->source)
			return false;
	return f->first != NULL;
}

static void write_range(struct json *j, const struct dissection *d, const struct field *f, size_t offset, size_t length)
{
	json_begin_array(j);
	json_str(j, f->def->name);
	json_value(j);
	buffer_add_byte(j->out, '"');
	add_source_name(j->out, d, f->source);
	buffer_add_byte(j->out, '"');
	json_u64(j, offset);
	json_u64(j, length);
	json_end_array(j);
}

/* A leaf with its syntax in one; of a field whose children tell the rest, its syntax alone. */
static void write_own_ranges(struct json *j, const struct dissection *d, const struct field *f)
{
	size_t lead = f->lead < f->offset ? f->lead : f->offset;

	if (!covered(f)) {
		write_range(j, d, f, f->offset - lead, lead + f->length + f->trail);
		return;
	}
	if (lead)
		write_range(j, d, f, f->offset - lead, lead);
	if (f->trail)
		write_range(j, d, f, (size_t)f->offset + f->length, f->trail);
}

static void write_ranges(struct json *j, const struct dissection *d, const struct field *parent)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		write_own_ranges(j, d, f);
		write_ranges(j, d, f);
	}
}

void json_ranges(struct json *j, const struct dissection *d)
{
	json_begin_array(j);
	write_ranges(j, d, &d->root);
	json_end_array(j);
}
