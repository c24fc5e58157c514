/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From bytes to an event with any tree of fields, any findings and any text,
 * and an offline message, then through the JSON and the text writer.  JSON must be well-formed UTF-8
 * without control characters or repeated keys; text must hold no control
 * characters and no broken UTF-8.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "output/json_events.h"
#include "output/text.h"
#include "util/reader.h"
#include "util/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			abort();                                                                                       \
	} while (0)

#define DEPTH_MAX 50u
#define NODES_MAX 2000u

/* --- making an event --- */

static const char *const source_names[] = {"line", "payload", "msnobj", "base64", "msnobj"};

/* A range of a source, often beyond its end. */
static struct slice some_bytes(struct reader *r)
{
	return reader_bytes(r, reader_u8(r) % 24);
}

static struct field *add_node(struct reader *r, struct dissection *d, struct field *parent)
{
	enum field_id id = reader_u8(r) % FIELD_COUNT;
	unsigned source = reader_u8(r) % (unsigned)d->source_count;
	size_t offset = reader_u8(r), length = reader_u8(r);
	struct field *f;

	switch (field_defs[id].type) {
	case FIELD_UINT:
	case FIELD_HEX:
	case FIELD_BOOL:
		f = field_add_number(d, parent, id, reader_be32(r), source, offset, length);
		break;
	case FIELD_TEXT:
	case FIELD_BYTES:
		f = field_add_text(d, parent, id, some_bytes(r), source, offset, length);
		break;
	default:
		f = field_add(d, parent, id, source, offset, length);
		break;
	}
	if (parent->def && parent->def->type == FIELD_DICT)
		f->key = some_bytes(r);
	return f;
}

static void make_fields(struct reader *r, struct dissection *d)
{
	struct field *parent = &d->root;
	unsigned depth = 0;

	for (unsigned n = 0; n < NODES_MAX && reader_left(r) > 0; n++) {
		uint8_t step = reader_u8(r) % 8;

		if (step == 0 && parent->parent) {
			parent = parent->parent;
			depth--;
		} else if (step == 1) {
			enum finding_rule_id rule = reader_u8(r) % RULE_COUNT;
			struct slice text = some_bytes(r);

			finding_add(d, rule, parent->def ? parent : NULL, "%.*s", SLICE_ARG(text));
		} else {
			struct field *f = add_node(r, d, parent);

			if (step < 4 && depth < DEPTH_MAX) {
				parent = f;
				depth++;
			}
		}
	}
}

static void make_event(struct reader *r, struct event *e, struct connection *c, struct dissection *d)
{
	uint8_t flags = reader_u8(r);

	e->kind = (enum event_kind)(flags % (EVENT_SKIPPED + 1u));
	e->exchange = e->kind == EVENT_EXCHANGE ? 7 : 0;
	if (e->kind == EVENT_GATEWAY || e->kind == EVENT_MISSING)
		e->frame_count = 0;
	e->about = e->kind == EVENT_MISSING;
	c->web = e->kind == EVENT_EXCHANGE;
	c->polls = flags;
	e->has_trid = flags & 4;
	e->has_payload = flags & 8;
	e->nanoseconds = flags & 16;
	e->from = flags & 32 ? MSNP_SERVER : MSNP_CLIENT;
	e->reply_to = flags & 64;
	c->role = flags & 128 ? MSNP_SB : 0;
	c->version_from = (enum version_from)(flags % 3);
	e->time_ns = (int64_t)((uint64_t)reader_be32(r) << 32 | reader_be32(r));
	e->latency_ns = e->time_ns;
	e->line = some_bytes(r);
	e->payload = some_bytes(r);
	e->name = slice_sub(e->line, 0, 3);
	e->declared_length = reader_u8(r);
	e->lost_bytes = reader_u8(r);
	e->skipped_bytes = e->payload.len;
	e->words = msnp_split(e->line, d->arena);
	dissection_init(d, d->arena, e->line, e->payload);
	for (size_t i = 2; i < sizeof(source_names) / sizeof(source_names[0]); i++)
		dissection_add_source(d, source_names[i], some_bytes(r));
	d->summary = some_bytes(r);
	make_fields(r, d);
}

/* Told by the bytes that the event has, too. */
static void make_offline(const struct event *e, struct offline_message *m)
{
	m->id = e->name;
	m->from = m->to = e->line;
	m->has_text = e->has_payload;
	m->text = e->payload;
	m->text_length = e->declared_length;
	m->sent = (struct offline_step){e->reply_to, e->time_ns};
	m->deleted = (struct offline_step){e->id, e->time_ns};
	m->nanoseconds = e->nanoseconds;
}

/* --- reading JSON back, strictly --- */

struct parser {
	struct slice text;
	size_t at;
	unsigned depth;
};

static uint8_t peek(const struct parser *p)
{
	return p->at < p->text.len ? p->text.ptr[p->at] : 0;
}

static void take(struct parser *p, char c)
{
	CHECK(peek(p) == (uint8_t)c);
	p->at++;
}

static void blanks(struct parser *p)
{
	while (peek(p) == ' ' || peek(p) == '\n')
		p->at++;
}

/* Returns the string as it is written. */
static struct slice parse_string(struct parser *p)
{
	size_t begin;

	take(p, '"');
	begin = p->at;
	while (peek(p) != '"') {
		CHECK(peek(p) >= 0x20 && peek(p) != 0x7f);
		p->at++;
		if (p->text.ptr[p->at - 1] == '\\') {
			CHECK(peek(p) && strchr("\"\\bfnrtu", peek(p)));
			p->at++;
		}
	}
	p->at++;
	return slice_of(p->text.ptr + begin, p->at - 1 - begin);
}

static void parse_value(struct parser *p);

#define KEYS_MAX 300u

static void parse_object(struct parser *p)
{
	struct slice keys[KEYS_MAX];
	size_t count = 0;

	take(p, '{');
	blanks(p);
	while (peek(p) != '}') {
		struct slice key = parse_string(p);

		for (size_t i = 0; i < count; i++)
			CHECK(!slice_eq(keys[i], key));
		if (count < KEYS_MAX)
			keys[count++] = key;
		take(p, ':');
		parse_value(p);
		if (peek(p) != '}')
			take(p, ',');
		blanks(p);
	}
	take(p, '}');
}

static void parse_array(struct parser *p)
{
	take(p, '[');
	blanks(p);
	while (peek(p) != ']') {
		parse_value(p);
		if (peek(p) != ']')
			take(p, ',');
		blanks(p);
	}
	take(p, ']');
}

static void parse_word(struct parser *p)
{
	size_t begin = p->at;

	while (peek(p) && strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", peek(p)))
		p->at++;
	CHECK(p->at > begin);
}

static void parse_value(struct parser *p)
{
	CHECK(++p->depth < 2 * DEPTH_MAX + 20);
	blanks(p);
	if (peek(p) == '{')
		parse_object(p);
	else if (peek(p) == '[')
		parse_array(p);
	else if (peek(p) == '"')
		parse_string(p);
	else
		parse_word(p);
	blanks(p);
	p->depth--;
}

/* --- both writers --- */

/* What is written, all of it about one event. */
struct records {
	struct event event;
	struct connection connection;
	struct offline_message offline;
};

static void write_json(const struct records *all, struct json_options options)
{
	struct json_events w;
	struct output out;

	output_init(&out, -1, false);
	json_events_init(&w, &out, options);
	struct event_sink sink = json_events_sink(&w);
	sink.event(sink.ctx, &all->event);
	sink.event(sink.ctx, &all->event);
	sink.connection_end(sink.ctx, &all->connection);
	sink.offline_message(sink.ctx, &all->offline);
	json_events_end(&w);
	struct parser p = {buffer_slice(&out.buffer), 0, 0};
	CHECK(utf8_is_valid(p.text));
	do
		parse_value(&p);
	while (!options.pretty && p.at < p.text.len);
	CHECK(p.at == p.text.len);
	output_free(&out);
}

static void write_text(const struct records *all, unsigned verbose, bool show_secrets)
{
	struct text_events w;
	struct output out;
	uint32_t codepoint;
	bool valid;

	output_init(&out, -1, false);
	text_events_init(&w, &out, (struct text_options){.show_secrets = show_secrets, .verbose = verbose});
	struct event_sink sink = text_events_sink(&w);
	sink.connection_start(sink.ctx, &all->connection);
	sink.event(sink.ctx, &all->event);
	sink.connection_end(sink.ctx, &all->connection);
	sink.offline_message(sink.ctx, &all->offline);
	struct slice text = buffer_slice(&out.buffer);
	for (size_t at = 0, n; (n = utf8_next(text, at, &codepoint, &valid)) > 0; at += n)
		CHECK(valid && (codepoint == '\n' || (codepoint >= 0x20 && codepoint < 0x7f) || codepoint >= 0xa0));
	text_events_free(&w);
	output_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t frames[] = {1, 2, UINT64_MAX};
	struct reader r = reader_over(slice_of(data, size < 65536 ? size : 65536));
	struct dissection *d = malloc(sizeof(*d));
	struct arena arena;
	struct records all = {
		.event = {.id = 1, .protocol = "msnp", .frames = frames, .frame_count = 3, .dissection = d},
		.connection = {.id = 1, .transport = "tcp", .versions = {2, 21}, .version = 8, .end_reason = "fin"},
	};

	CHECK(d);
	arena_init(&arena);
	d->arena = &arena;
	all.event.connection = &all.connection;
	make_event(&r, &all.event, &all.connection, d);
	make_offline(&all.event, &all.offline);
	write_json(&all, (struct json_options){.payload = true, .ranges = true});
	write_json(&all, (struct json_options){.pretty = true});
	write_text(&all, 2, false);
	write_text(&all, 1, true);
	arena_free(&arena);
	free(d);
	return 0;
}
