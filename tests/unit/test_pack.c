/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of whole captures are the same when they have been packed and unpacked; bytes that were changed do no harm. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "capture/capture.h"
#include "output/json_events.h"
#include "pipeline.h"
#include "timeline/pack.h"
#include "util/memory.h"

/* What is looked at of each event. */
struct check {
	struct buffer packed;
	struct arena arena;
	struct output out[2];
	struct json_events json[2];
	struct event_sink sink[2];
	uint64_t events;
	bool garble; /* also changes and cuts the bytes */
};

/* --- comparing --- */

static void same_slice(struct slice a, struct slice b)
{
	assert_true(slice_eq(a, b));
}

static void same_name(const char *a, const char *b)
{
	assert_true(!a == !b);
	if (a)
		assert_string_equal(a, b);
}

static bool is_text(const struct field *f)
{
	return f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES;
}

static bool has_no_value(const struct field *f)
{
	return f->def->type == FIELD_BRANCH || f->def->type == FIELD_DICT;
}

static void same_field(const struct field *a, const struct field *b)
{
	assert_ptr_equal(a->def, b->def);
	same_slice(a->key, b->key);
	assert_int_equal(a->source, b->source);
	assert_int_equal(a->offset, b->offset);
	assert_int_equal(a->length, b->length);
	assert_int_equal(a->lead, b->lead);
	assert_int_equal(a->trail, b->trail);
	assert_int_equal(a->has_value, b->has_value);
	if (!a->has_value)
		return;
	assert_false(has_no_value(a));
	if (is_text(a))
		same_slice(a->value.text, b->value.text);
	else
		assert_true(a->value.number == b->value.number);
}

/* Compares the children, and notes which field of b stands for that of a that is looked for. */
static void same_children(const struct field *a, const struct field *b, const struct field *wanted, const struct field **found)
{
	const struct field *other = b->first;

	if (a == wanted)
		*found = b;
	for (const struct field *f = a->first; f; f = f->next, other = other->next) {
		assert_non_null(other);
		assert_ptr_equal(other->parent, b);
		same_field(f, other);
		same_children(f, other, wanted, found);
		assert_true(!f->next == (other == b->last));
	}
	assert_null(other);
}

static void same_findings(const struct dissection *a, const struct dissection *b)
{
	const struct finding *other = b->findings;

	assert_int_equal(a->finding_count, b->finding_count);
	for (const struct finding *f = a->findings; f; f = f->next, other = other->next) {
		const struct field *field = NULL;

		assert_non_null(other);
		assert_ptr_equal(f->rule, other->rule);
		same_slice(f->text, other->text);
		if (f->field)
			same_children(&a->root, &b->root, f->field, &field);
		assert_ptr_equal(field, other->field);
	}
	assert_null(other);
}

/* Is a's place in its whole that of b? */
static bool same_place(struct slice whole_a, struct slice a, struct slice whole_b, struct slice b)
{
	return a.len == 0 || a.ptr < whole_a.ptr || a.ptr >= whole_a.ptr + whole_a.len ||
	       a.ptr - whole_a.ptr == b.ptr - whole_b.ptr;
}

static void same_dissection(const struct event *e, const struct event *r)
{
	const struct dissection *a = e->dissection, *b = r->dissection;

	assert_int_equal(a->source_count, b->source_count);
	for (size_t i = 0; i < a->source_count; i++) {
		assert_string_equal(a->sources[i].name, b->sources[i].name);
		same_slice(a->sources[i].data, b->sources[i].data);
	}
	same_slice(a->summary, b->summary);
	assert_int_equal(a->field_count, b->field_count);
	assert_int_equal(a->fields_left_out, b->fields_left_out);
	same_children(&a->root, &b->root, NULL, &(const struct field *){NULL});
	same_findings(a, b);
	assert_true(same_place(a->sources[SOURCE_LINE].data, e->line, b->sources[SOURCE_LINE].data, r->line));
	assert_true(same_place(a->sources[SOURCE_PAYLOAD].data, e->payload, b->sources[SOURCE_PAYLOAD].data, r->payload));
}

static void same_event(const struct event *e, const struct event *r)
{
	assert_true(e->id == r->id && e->kind == r->kind && e->time_ns == r->time_ns && e->nanoseconds == r->nanoseconds);
	assert_int_equal(e->frame_count, r->frame_count);
	assert_memory_equal(e->frames, r->frames, e->frame_count * sizeof(*e->frames));
	assert_true(e->frames_omitted == r->frames_omitted && e->session == r->session && e->exchange == r->exchange);
	assert_ptr_equal(e->connection, r->connection);
	assert_int_equal(e->from, r->from);
	same_name(e->protocol, r->protocol);
	same_slice(e->name, r->name);
	assert_true(e->has_trid == r->has_trid && e->trid == r->trid);
	same_slice(e->line, r->line);
	same_slice(e->payload, r->payload);
	assert_int_equal(e->words.count, r->words.count);
	for (size_t i = 0; i < e->words.count; i++) {
		same_slice(e->words.word[i], r->words.word[i]);
		assert_true(same_place(e->line, e->words.word[i], r->line, r->words.word[i]));
	}
	assert_true(e->has_payload == r->has_payload && e->declared_length == r->declared_length);
	assert_true(e->lost_bytes == r->lost_bytes && e->skipped_bytes == r->skipped_bytes);
	assert_true(e->reply_to == r->reply_to && e->latency_ns == r->latency_ns);
	same_name(e->reply_by, r->reply_by);
	assert_ptr_equal(e->form, r->form);
	same_dissection(e, r);
}

/* --- events of captures --- */

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* From a block of its own, so that a sanitizer sees where it ends. */
static bool unpacks(struct check *k, const uint8_t *data, size_t len)
{
	uint8_t *copy = memory_alloc(len);
	struct event e;

	if (len)
		memcpy(copy, data, len);
	arena_reset(&k->arena);
	bool done = event_unpack(slice_of(copy, len), NULL, &k->arena, &e);
	if (done) {
		k->sink[1].event(k->sink[1].ctx, &(struct event){.dissection = e.dissection, .connection = &(struct connection){.id = 1},
								 .name = e.name, .line = e.line, .payload = e.payload, .words = e.words});
		k->out[1].buffer.len = 0;
	}
	free(copy);
	return done;
}

/* Every beginning is refused; so are further bytes; changed bytes are refused or make another event. */
static void garble(struct check *k)
{
	struct slice packed = buffer_slice(&k->packed);
	uint64_t random = packed.len;

	for (size_t len = 0; len < packed.len; len += len < 400 ? 1 : 97)
		assert_false(unpacks(k, packed.ptr, len));
	buffer_add_byte(&k->packed, 0);
	assert_false(unpacks(k, k->packed.data, k->packed.len));
	k->packed.len--;
	for (size_t i = 0; i < 60; i++) {
		uint8_t *byte = &k->packed.data[next_random(&random) % k->packed.len], was = *byte;

		*byte = (uint8_t)(i % 2 ? next_random(&random) : *byte + 1u);
		unpacks(k, k->packed.data, k->packed.len);
		*byte = was;
	}
}

static void on_event(void *ctx, const struct event *e)
{
	struct check *k = ctx;
	struct event restored;

	k->events++;
	k->packed.len = 0;
	event_pack(&k->packed, e);
	arena_reset(&k->arena);
	assert_true(event_unpack(buffer_slice(&k->packed), e->connection, &k->arena, &restored));
	same_event(e, &restored);
	for (size_t i = 0; i < 2; i++) {
		k->out[i].buffer.len = 0;
		k->sink[i].event(k->sink[i].ctx, i ? &restored : e);
	}
	same_slice(buffer_slice(&k->out[0].buffer), buffer_slice(&k->out[1].buffer));
	if (k->garble)
		garble(k);
}

static void check_file(struct check *k, const char *path)
{
	struct pipeline_options options = {.polls = true};
	struct event_sink sink = {.event = on_event, .ctx = k};
	struct pipeline *p = pipeline_new(&options, &sink);
	char message[CAPTURE_MESSAGE_MAX];

	pipeline_file(p, path, message);
	pipeline_free(p);
}

static void check_files(const glob_t *files, bool garbled)
{
	struct check k = {.garble = garbled};

	for (size_t i = 0; i < 2; i++) {
		output_init(&k.out[i], -1, false);
		json_events_init(&k.json[i], &k.out[i], (struct json_options){.payload = true, .ranges = true});
		k.sink[i] = json_events_sink(&k.json[i]);
	}
	for (size_t i = 0; i < files->gl_pathc; i++)
		check_file(&k, files->gl_pathv[i]);
	print_message("%llu events of %zu captures\n", (unsigned long long)k.events, files->gl_pathc);
	assert_true(k.events > 500);
	for (size_t i = 0; i < 2; i++)
		output_free(&k.out[i]);
	buffer_free(&k.packed);
	arena_free(&k.arena);
}

static void find(const char *folder, glob_t *files, int flags)
{
	static const char *const patterns[] = {"*.pcap", "*.pcap.gz", "*.pcapng", "*/*.pcap", "*/*.pcap.gz", "*/*.pcapng"};
	const char *srcdir = getenv("srcdir");
	char path[4096];

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", srcdir ? srcdir : ".", folder, patterns[i]);
		glob(path, flags | (i ? GLOB_APPEND : 0), NULL, files);
	}
}

static void samples(void **state)
{
	glob_t files;

	(void)state;
	find("samples", &files, 0);
	find("tests/captures", &files, GLOB_APPEND);
	check_files(&files, false);
	globfree(&files);
}

static void garbled_bytes(void **state)
{
	glob_t files;

	(void)state;
	find("samples", &files, 0);
	check_files(&files, true);
	globfree(&files);
}

/* They lie beside the source tree, where they are. */
static void real_captures(void **state)
{
	glob_t files;

	(void)state;
	find("../shared/captures", &files, 0);
	if (files.gl_pathc == 0) {
		globfree(&files);
		skip();
	}
	check_files(&files, false);
	globfree(&files);
}

/* --- what captures do not show --- */

static void pack_and_compare(const struct event *e)
{
	struct buffer packed = {NULL, 0, 0};
	struct arena arena = {0};
	struct event restored;

	event_pack(&packed, e);
	assert_true(event_unpack(buffer_slice(&packed), e->connection, &arena, &restored));
	same_event(e, &restored);
	arena_free(&arena);
	buffer_free(&packed);
}

static void extreme_numbers(void **state)
{
	struct arena arena = {0};
	struct dissection d;
	uint64_t frames[] = {UINT64_MAX, 1, 1, UINT64_MAX / 2};
	struct event e = {.id = UINT64_MAX, .kind = EVENT_SKIPPED, .time_ns = INT64_MIN, .frames = frames, .frame_count = 4,
			  .frames_omitted = UINT64_MAX, .session = UINT64_MAX, .exchange = UINT64_MAX, .from = MSNP_SERVER,
			  .protocol = "a protocol of its own", .has_trid = true, .trid = UINT64_MAX, .declared_length = UINT64_MAX,
			  .lost_bytes = EVENT_LOST_UNKNOWN, .skipped_bytes = UINT64_MAX, .reply_to = 1, .latency_ns = INT64_MIN,
			  .reply_by = "", .form = &msnp_forms[msnp_forms_count - 1], .dissection = &d};

	(void)state;
	dissection_init(&d, &arena, SLICE_EMPTY, SLICE_EMPTY);
	pack_and_compare(&e);
	e.time_ns = INT64_MAX;
	e.latency_ns = INT64_MAX;
	e.id = 1;
	e.reply_to = UINT64_MAX;
	pack_and_compare(&e);
	arena_free(&arena);
}

/* Fields as deep and as broad as they get, in changing sources, with offsets at the ends; findings on root and last. */
static void odd_trees(void **state)
{
	struct arena arena = {0};
	struct dissection d;
	struct slice payload = SLICE_LIT("some bytes");
	struct slice other = SLICE_LIT("other bytes");
	struct slice words[] = {SLICE_LIT("not"), SLICE_LIT("the line's")};
	struct event e = {.line = SLICE_LIT("MSG 1"), .payload = payload, .words = {words, 2}, .dissection = &d};

	(void)state;
	dissection_init(&d, &arena, e.line, e.payload);
	unsigned decoded = dissection_add_source(&d, "decoded", slice_sub(payload, 5, 5));
	unsigned apart = dissection_add_source(&d, "apart", other);
	struct field *f = &d.root;
	for (unsigned i = 0; i < 5000; i++) {
		f = field_add_text(&d, f, F_MSG_CONTENT_TYPE, slice_sub(i % 3 ? payload : other, i % 7, 3), i % 2 ? decoded : apart,
				   i % 5 ? i : UINT32_MAX, i % 11 ? 3 : UINT32_MAX);
		f->key = slice_sub(payload, i % 9, 2);
		field_syntax(f, i, 70000);
		if (i % 1000 == 999)
			f = &d.root;
	}
	f = field_add_range(&d, &d.root, F_MSG_CONTENT_TYPE, decoded, 1, 3);
	finding_add(&d, RULE_MSNP_UNKNOWN_COMMAND, f, "on the last");
	finding_add(&d, RULE_MSNP_UNKNOWN_COMMAND, &d.root, "on all");
	finding_add(&d, RULE_MSNP_UNKNOWN_COMMAND, d.root.first, "on the first");
	finding_add(&d, RULE_MSNP_UNKNOWN_COMMAND, NULL, "on none");
	dissection_summarise(&d, "a summary");
	pack_and_compare(&e);
	arena_free(&arena);
}

/* A name that does not end where it says would be read beyond its bytes. */
static void names_end(void **state)
{
	struct buffer packed = {NULL, 0, 0};
	struct arena arena = {0};
	struct dissection d;
	struct event restored, e = {.protocol = "a protocol", .dissection = &d};

	(void)state;
	dissection_init(&d, &arena, SLICE_EMPTY, SLICE_EMPTY);
	event_pack(&packed, &e);
	size_t at = slice_find(buffer_slice(&packed), slice_str(e.protocol)) + strlen(e.protocol);
	assert_true(at < packed.len && packed.data[at] == 0);
	for (unsigned i = 0; i < 3; i++) {
		size_t change = (size_t[]){at, at - 2, at - strlen(e.protocol)}[i];
		uint8_t was = packed.data[change];

		packed.data[change] = i ? 0 : 'x';
		assert_false(event_unpack(buffer_slice(&packed), NULL, &arena, &restored));
		packed.data[change] = was;
	}
	assert_true(event_unpack(buffer_slice(&packed), NULL, &arena, &restored));
	arena_free(&arena);
	buffer_free(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples),
		cmocka_unit_test(garbled_bytes),
		cmocka_unit_test(real_captures),
		cmocka_unit_test(extreme_numbers),
		cmocka_unit_test(odd_trees),
		cmocka_unit_test(names_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
