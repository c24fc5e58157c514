/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/novelty.h"

#include <stdlib.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
#include <uthash.h>

/* A thing, and its first sighting. */
struct novelty {
	char *key;
	const struct finding_rule *rule;
	char *file, *text, *line; /* text and line are ready to be printed */
	const char *field;        /* name of the field, or NULL */
	uint64_t frame, event, count, files;
	uint64_t last_file;       /* number of the latest file it was in */
	struct novelty *next;     /* in order */
	UT_hash_handle hh;
};

struct novelties {
	struct rule_set rules;
	struct masks masks;
	struct sighting_frames frames;
	char *file;
	uint64_t file_number;
	struct novelty *table, *first, **last;
	size_t count;
	uint64_t left_out;
};

struct novelties *novelties_new(const struct rule_set *rules, bool show_secrets)
{
	struct novelties *n = memory_zalloc(sizeof(*n));

	n->rules = *rules;
	n->last = &n->first;
	masks_init(&n->masks, show_secrets);
	sighting_frames_init(&n->frames);
	return n;
}

static void novelty_free(struct novelty *v)
{
	free(v->key);
	free(v->file);
	free(v->text);
	free(v->line);
	free(v);
}

void novelties_free(struct novelties *n)
{
	HASH_CLEAR(hh, n->table);
	for (struct novelty *v = n->first, *next; v; v = next) {
		next = v->next;
		novelty_free(v);
	}
	masks_free(&n->masks);
	sighting_frames_free(&n->frames);
	free(n->file);
	free(n);
}

static char *copy_of(struct slice s)
{
	char *out = memory_alloc(s.len + 1);

	if (s.len)
		memcpy(out, s.ptr, s.len);
	out[s.len] = 0;
	return out;
}

/* Takes what a buffer holds, as a string. */
static char *text_of(struct buffer *b)
{
	char *out = copy_of(buffer_slice(b));

	buffer_free(b);
	return out;
}

/*
 * What makes a thing the same: rule, sender, role, command, field and text; of
 * forms the number of words, too.  All of it is escaped, so that no bytes from
 * the wire end the key.
 */
static char *key_of(struct novelties *n, const struct event *e, const struct finding *f)
{
	struct buffer key = {NULL, 0, 0};
	const char *role = connection_role_name(e->connection);

	buffer_printf(&key, "%s %d %s ", f->rule->id, (int)e->from, role ? role : "?");
	escape_add(&key, e->name);
	buffer_printf(&key, " %s ", f->field && f->field->def ? f->field->def->name : "");
	if (f->rule == &finding_rules[RULE_MSNP_UNKNOWN_FORM])
		buffer_printf(&key, "%zu ", e->words.count);
	masks_add_text(&key, f->text, &n->masks);
	return text_of(&key);
}

static struct novelty *novelty_add(struct novelties *n, char *key)
{
	struct novelty *v = memory_zalloc(sizeof(*v));

	v->key = key;
	HASH_ADD_KEYPTR(hh, n->table, v->key, strlen(v->key), v);
	*n->last = v;
	n->last = &v->next;
	n->count++;
	return v;
}

static struct novelty *novelty_find(const struct novelties *n, const char *key)
{
	struct novelty *v;

	HASH_FIND(hh, n->table, key, strlen(key), v);
	return v;
}

static void fill(struct novelties *n, struct novelty *v, const struct event *e, uint64_t frame, const struct finding *f)
{
	struct buffer text = {NULL, 0, 0}, line = {NULL, 0, 0};

	masks_add_text(&text, f->text, &n->masks);
	sighting_line(&line, e, &n->masks);
	v->rule = f->rule;
	v->file = copy_of(slice_str(n->file));
	v->text = text_of(&text);
	v->line = text_of(&line);
	v->field = f->field && f->field->def ? f->field->def->name : NULL;
	v->frame = frame;
	v->event = e->id;
}

static void see(struct novelties *n, const struct event *e, uint64_t frame, const struct finding *f)
{
	char *key = key_of(n, e, f);
	struct novelty *v = novelty_find(n, key);

	if (!v && n->count == NOVELTIES_MAX) {
		n->left_out++;
		free(key);
		return;
	}
	if (v) {
		free(key);
	} else {
		v = novelty_add(n, key);
		fill(n, v, e, frame, f);
	}
	v->count++;
	if (v->last_file != n->file_number)
		v->files++;
	v->last_file = n->file_number;
}

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct novelties *n = ctx;

	free(n->file);
	n->file = copy_of(slice_str(c->file));
	n->file_number++;
	sighting_frames_clear(&n->frames);
}

static void on_event(void *ctx, const struct event *e)
{
	struct novelties *n = ctx;
	uint64_t frame = sighting_frame(&n->frames, e);
	bool masked = false;

	for (const struct finding *f = e->dissection->findings; f; f = f->next) {
		if (f->rule->verdict != VERDICT_UNCOVERED || !n->rules.has[rule_index(f->rule)])
			continue;
		if (!masked)
			event_text_masks(&n->masks, e);
		masked = true;
		see(n, e, frame, f);
	}
}

struct event_sink novelties_sink(struct novelties *n)
{
	return (struct event_sink){.capture = on_capture, .event = on_event, .ctx = n};
}

void novelties_join(struct novelties *n, const struct novelties *from)
{
	n->left_out += from->left_out;
	for (const struct novelty *v = from->first; v; v = v->next) {
		struct novelty *known = novelty_find(n, v->key);

		if (known) {
			known->count += v->count;
			known->files += v->files;
			continue;
		}
		if (n->count == NOVELTIES_MAX) {
			n->left_out += v->count;
			continue;
		}
		known = novelty_add(n, copy_of(slice_str(v->key)));
		known->rule = v->rule;
		known->file = copy_of(slice_str(v->file));
		known->text = copy_of(slice_str(v->text));
		known->line = copy_of(slice_str(v->line));
		known->field = v->field;
		known->frame = v->frame;
		known->event = v->event;
		known->count = v->count;
		known->files = v->files;
	}
}

static void write_text(struct buffer *out, const struct novelty *v)
{
	sighting_add(out, v->file, v->frame, v->event);
	buffer_printf(out, ", %s: %s", v->rule->id, v->text);
	if (v->field)
		buffer_printf(out, " [%s]", v->field);
	if (v->count > 1)
		buffer_printf(out, " (%llu times, %llu file%s)", (unsigned long long)v->count, (unsigned long long)v->files,
			      v->files == 1 ? "" : "s");
	buffer_printf(out, "\n    %s\n", v->line);
}

static void write_json(struct buffer *out, const struct novelty *v)
{
	struct json j = json_to(out, false);

	json_begin_object(&j);
	JSON_KEY(&j, "type");
	json_str(&j, "new");
	sighting_json(&j, v->file, v->frame, v->event);
	JSON_KEY(&j, "rule");
	json_str(&j, v->rule->id);
	JSON_KEY(&j, "text");
	json_str(&j, v->text);
	JSON_KEY(&j, "field");
	json_str(&j, v->field);
	JSON_KEY(&j, "line");
	json_str(&j, v->line);
	JSON_KEY(&j, "count");
	json_u64(&j, v->count);
	JSON_KEY(&j, "files");
	json_u64(&j, v->files);
	json_end_object(&j);
	buffer_add_byte(out, '\n');
}

void novelties_write(const struct novelties *n, struct output *out, bool json)
{
	for (const struct novelty *v = n->first; v; v = v->next) {
		if (json)
			write_json(&out->buffer, v);
		else
			write_text(&out->buffer, v);
		output_record(out);
	}
	if (!json && n->count == 0)
		buffer_add_str(&out->buffer, "nothing that the specification does not cover\n");
	if (!json && n->left_out)
		buffer_printf(&out->buffer, "and %llu findings about more than %u different things\n",
			      (unsigned long long)n->left_out, NOVELTIES_MAX);
	output_record(out);
}
