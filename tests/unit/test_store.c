/* SPDX-License-Identifier: BSD-2-Clause */
/* The store of events: what a sink was handed can be read again, from another thread and while more comes. */
#include <glob.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "capture/capture.h"
#include "output/json_events.h"
#include "pipeline.h"
#include "timeline/store.h"
#include "util/memory.h"

/* --- events by hand --- */

struct play {
	struct store *store;
	struct event_sink sink;
	struct arena arena;
	struct connection connection[3];
};

static void start(struct play *p)
{
	*p = (struct play){.store = store_new(0)};
	p->sink = store_sink(p->store);
	for (size_t i = 0; i < 3; i++)
		p->connection[i] = (struct connection){.id = i + 1, .transport = "tcp", .version = 8, .start_ns = 1000};
	p->sink.capture(p->sink.ctx, &(struct capture_info){.file = "some.pcap", .format = "pcap"});
}

static void stop(struct play *p)
{
	arena_free(&p->arena);
	store_free(p->store);
}

/* A command with that id on connection n; further members are the caller's. */
static struct event event_on(struct play *p, uint64_t id, size_t n)
{
	return (struct event){.id = id, .kind = EVENT_COMMAND, .time_ns = (int64_t)id * 1000, .connection = &p->connection[n],
			      .protocol = "msnp", .name = SLICE_LIT("MSG"), .line = SLICE_LIT("MSG 1 N 0")};
}

static void send(struct play *p, struct event e, unsigned findings)
{
	struct dissection d;

	arena_reset(&p->arena);
	dissection_init(&d, &p->arena, e.line, e.payload);
	for (unsigned i = 0; i < findings; i++)
		finding_add(&d, i ? RULE_MSNP_SKIPPED : RULE_MSNP_LENGTH_WRONG, NULL, "odd");
	dissection_summarise(&d, "event %u", (unsigned)e.id);
	e.dissection = &d;
	p->sink.event(p->sink.ctx, &e);
}

static void send_plain(struct play *p, uint64_t id, size_t n, uint64_t session)
{
	struct event e = event_on(p, id, n);

	e.session = session;
	send(p, e, 0);
}

/* What the summary of a row says. */
static void expect_summary(struct play *p, uint32_t row, const char *summary)
{
	struct buffer packed = {NULL, 0, 0};
	struct arena arena = {0};
	struct event e;

	assert_true(store_event(p->store, row, &arena, &packed, &e));
	assert_true(slice_eq_str(e.dissection->summary, summary));
	arena_free(&arena);
	buffer_free(&packed);
}

static void rows_say_what_events_were(void **state)
{
	struct play p;
	uint64_t frames[] = {7, 9};

	(void)state;
	start(&p);
	struct event e = event_on(&p, 1, 1);
	e.from = MSNP_SERVER;
	e.frames = frames;
	e.frame_count = 2;
	e.nanoseconds = e.has_payload = true;
	e.payload = SLICE_LIT("some");
	send(&p, e, 2);
	e = event_on(&p, 2, 0);
	e.kind = EVENT_GATEWAY;
	e.name = SLICE_LIT("gateway");
	send(&p, e, 0);
	assert_int_equal(store_rows(p.store), 2);
	const struct store_row *r = store_row(p.store, 0);
	assert_true(r->time_ns == 1000 && r->frame == 9 && r->from == MSNP_SERVER && r->kind == EVENT_COMMAND);
	assert_int_equal(r->flags, ROW_PAYLOAD | ROW_NANOSECONDS);
	assert_int_equal(r->findings, 2);
	assert_int_equal(r->severity, 1 + SEVERITY_ERROR);
	assert_true(slice_eq_str(store_name(p.store, r->name), "MSG"));
	assert_true(store_connection(p.store, r->connection)->info.id == 2);
	assert_true(r->session == STORE_NONE && r->request == STORE_NONE && r->reply == STORE_NONE);
	r = store_row(p.store, 1);
	assert_true(r->frame == 0 && r->from == MSNP_CLIENT && r->kind == EVENT_GATEWAY);
	assert_true(r->flags == 0 && r->findings == 0 && r->severity == 0);
	assert_true(slice_eq_str(store_name(p.store, r->name), "gateway"));
	expect_summary(&p, 0, "event 1");
	expect_summary(&p, 1, "event 2");
	stop(&p);
}

/* Ids with holes, as a filter leaves them, and anew in each file. */
static void replies_find_their_requests(void **state)
{
	struct play p;
	struct event e;

	(void)state;
	start(&p);
	for (uint64_t id = 1; id < 9; id++)
		if (id != 4 && id != 5)
			send_plain(&p, id, 0, 0); /* rows 0 1 2 3 4 5 have ids 1 2 3 6 7 8 */
	for (unsigned i = 0; i < 3; i++) {
		e = event_on(&p, 20 + i, 0);
		e.reply_to = (uint64_t[]){6, 6, 5}[i];
		send(&p, e, 0); /* rows 6 7 8 */
	}
	assert_int_equal(store_row(p.store, 6)->request, 3);
	assert_int_equal(store_row(p.store, 7)->request, 3);
	assert_true(store_row(p.store, 8)->request == STORE_NONE);
	assert_int_equal(store_row(p.store, 3)->reply, 6);
	assert_true(store_row(p.store, 2)->reply == STORE_NONE);
	p.sink.capture(p.sink.ctx, &(struct capture_info){.file = "other.pcap", .format = "pcap"});
	send_plain(&p, 2, 0, 0); /* row 9 */
	e = event_on(&p, 3, 0);
	e.reply_to = 2;
	send(&p, e, 0);
	assert_int_equal(store_row(p.store, 10)->request, 9);
	assert_int_equal(store_file(p.store, 1)->first_row, 9);
	assert_int_equal(store_file(p.store, 0)->rows, 9);
	assert_int_equal(store_find_row(p.store, 0, 2), 1);
	assert_int_equal(store_find_row(p.store, 1, 2), 9);
	assert_true(store_find_row(p.store, 0, 4) == STORE_NONE && store_find_row(p.store, 0, 0) == STORE_NONE);
	assert_true(store_find_row(p.store, 1, 1) == STORE_NONE && store_find_row(p.store, 1, 4) == STORE_NONE);
	assert_true(store_find_row(p.store, 2, 1) == STORE_NONE);
	assert_true(store_row_id(p.store, 3) == 6 && store_row_id(p.store, 10) == 3 && store_row_id(p.store, 0) == 1);
	assert_int_equal(store_row_file(p.store, 8), 0);
	assert_int_equal(store_row_file(p.store, 9), 1);
	stop(&p);
}

/* --- sessions --- */

static void session_is_made_up_from_its_events(void **state)
{
	struct play p;

	(void)state;
	start(&p);
	send_plain(&p, 1, 0, 5);
	send_plain(&p, 2, 1, 0);
	send_plain(&p, 3, 0, 5);
	assert_int_equal(store_sessions(p.store), 1);
	const struct store_session *s = store_session(p.store, 0);
	assert_true(s->info.id == 5 && s->info.connection_count == 1 && s->info.connections[0].connection == 1);
	assert_true(s->info.version == 8 && s->info.start_ns == 1000 && s->info.end_ns == 3000);
	assert_true(s->info.first_event == 1 && s->info.last_event == 3 && s->info.events == 2);
	assert_true(s->rows == 2 && s->first_row == 0 && s->last_row == 2 && !s->final);
	assert_int_equal(store_connection(p.store, 0)->session, 0);
	assert_true(store_row_session(p.store, store_row(p.store, 1)) == STORE_NONE);
	stop(&p);
}

static void told_session_replaces_it(void **state)
{
	struct play p;
	char name[] = "alice@example.com";
	struct user_session u = {.id = 5, .user = slice_str(name), .sign_in = "SSO", .connection_count = 2, .events = 77,
				 .connections = {{1, LINK_SIGN_IN}, {2, LINK_COOKIE}}};

	(void)state;
	start(&p);
	send_plain(&p, 1, 1, 0);
	send_plain(&p, 2, 0, 5);
	const struct store_session *s = store_session(p.store, 0);
	p.sink.user_session_so_far(p.sink.ctx, &u);
	memset(name, 'x', sizeof(name) - 1);
	assert_true(slice_eq_str(s->info.user, "alice@example.com"));
	assert_true(!s->final && s->info.events == 77);
	/* The connection is one of its own, so the row before is as well. */
	assert_int_equal(store_row_session(p.store, store_row(p.store, 0)), 0);
	assert_true(s->rows == 2 && s->first_row == 0 && s->last_row == 1 && s->joined == 1);
	send_plain(&p, 3, 1, 0);
	assert_true(s->rows == 3 && s->last_row == 2);
	memcpy(name, "bob__@example.com", sizeof(name) - 1);
	p.sink.user_session(p.sink.ctx, &u);
	assert_true(slice_eq_str(s->info.user, "bob__@example.com"));
	assert_string_equal(s->info.sign_in, "SSO");
	assert_true(s->final && store_sessions(p.store) == 1);
	stop(&p);
}

/* The last word is that of connection_end. */
static void connection_end_tells_the_session(void **state)
{
	struct play p;

	(void)state;
	start(&p);
	send_plain(&p, 1, 0, 0);
	send_plain(&p, 2, 0, 4);
	send_plain(&p, 3, 0, 0);
	assert_int_equal(store_session(p.store, 0)->rows, 3);
	p.connection[0].session = 6;
	p.connection[0].end_reason = "fin";
	p.connection[0].bytes[MSNP_SERVER] = 99;
	p.sink.connection_end(p.sink.ctx, &p.connection[0]);
	const struct store_connection *c = store_connection(p.store, 0);
	assert_true(c->ended && c->session == 1 && c->first_row == 0 && c->last_row == 2 && c->info.bytes[MSNP_SERVER] == 99);
	assert_string_equal(c->info.end_reason, "fin");
	assert_int_equal(store_session(p.store, 0)->rows, 1);
	assert_int_equal(store_session(p.store, 1)->rows, 2);
	assert_int_equal(store_row_session(p.store, store_row(p.store, 0)), 1);
	assert_int_equal(store_row_session(p.store, store_row(p.store, 1)), 0);
	assert_int_equal(store_find_session(p.store, 0, 6), 1);
	assert_true(store_find_session(p.store, 1, 6) == STORE_NONE);
	stop(&p);
}

static void texts_of_connections_are_copied(void **state)
{
	struct play p;
	char target[] = "gateway.example.com:1863";

	(void)state;
	start(&p);
	p.connection[0].target = target;
	p.connection[0].outer[0] = "socks5";
	p.sink.connection_start(p.sink.ctx, &p.connection[0]);
	memset(target, 'x', sizeof(target) - 1);
	const struct connection *c = &store_connection(p.store, 0)->info;
	assert_string_equal(c->target, "gateway.example.com:1863");
	assert_string_equal(c->outer[0], "socks5");
	assert_null(c->outer[1]);
	assert_null(c->gateway_session);
	p.connection[0].role = MSNP_SB;
	send_plain(&p, 1, 0, 0);
	assert_true(c->role == MSNP_SB && store_connections(p.store) == 1);
	assert_string_equal(c->target, target);
	stop(&p);
}

/* --- conversations and objects --- */

static void lines_of_conversations(void **state)
{
	struct play p;
	struct object o = {.id = 3, .transport = "p2p-v1", .name = SLICE_LIT("holiday.jpg")};
	struct conversation_info c = {.id = 2, .kind = CONVERSATION_CIRCLE, .participant_count = 2,
				      .participants = {SLICE_LIT("alice@example.com"), SLICE_LIT("bob@example.com")}};
	struct talk t = {.conversation = 2, .event = 1, .time_ns = -5, .nanoseconds = true, .kind = TALK_TEXT,
			 .who = SLICE_LIT("alice@example.com"), .name = SLICE_LIT("Alice"), .whom = SLICE_LIT("bob@example.com"),
			 .text = SLICE_LIT("hello"), .style = SLICE_LIT("FN=Arial"), .own = true, .offline = true, .about = 77};
	struct arena arena = {0};
	struct talk line;

	(void)state;
	start(&p);
	send_plain(&p, 1, 0, 0);
	p.sink.conversation_start(p.sink.ctx, &c);
	p.sink.talk(p.sink.ctx, &t);
	p.sink.talk(p.sink.ctx, &(struct talk){.conversation = 2, .kind = TALK_OBJECT, .object = &o});
	assert_int_equal(store_conversations(p.store), 1);
	const struct store_conversation *s = store_conversation(p.store, 0);
	assert_true(s->info.kind == CONVERSATION_CIRCLE && slice_eq_str(s->info.participants[1], "bob@example.com") && !s->ended);
	assert_int_equal(s->talk_count, 2);
	assert_true(s->talks[0].row == 0 && s->talks[0].kind == TALK_TEXT && s->talks[0].time_ns == -5 && s->talks[0].nanoseconds);
	assert_true(store_talk_line(p.store, &s->talks[0], &arena, &line));
	assert_true(line.conversation == 2 && line.event == 1 && line.time_ns == -5 && line.nanoseconds && line.kind == TALK_TEXT);
	assert_true(slice_eq(line.who, t.who) && slice_eq(line.name, t.name) && slice_eq(line.whom, t.whom));
	assert_true(slice_eq(line.text, t.text) && slice_eq(line.style, t.style));
	assert_true(line.own && line.offline && line.about == 77 && !line.object);
	assert_true(s->talks[1].row == STORE_NONE && !s->talks[1].nanoseconds);
	assert_true(store_talk_line(p.store, &s->talks[1], &arena, &line));
	assert_true(line.kind == TALK_OBJECT && !line.own && !line.offline && line.text.len == 0);
	assert_ptr_equal(line.object, &store_object(p.store, 0)->info);
	assert_true(slice_eq_str(line.object->name, "holiday.jpg"));
	c.texts = 1;
	p.sink.conversation_end(p.sink.ctx, &c);
	assert_true(s->ended && s->info.texts == 1 && store_find_conversation(p.store, 0, 2) == 0);
	arena_free(&arena);
	stop(&p);
}

static void bytes_of_objects(void **state)
{
	struct play p;
	struct object o = {.id = 9, .transport = "p2p-v2", .state = OBJECT_RUNNING};
	struct buffer bytes = {NULL, 0, 0};

	(void)state;
	start(&p);
	p.sink.object_data(p.sink.ctx, &o, 4, SLICE_LIT("second"));
	send_plain(&p, 1, 0, 0);
	p.sink.object_data(p.sink.ctx, &o, 0, SLICE_LIT("frst"));
	send_plain(&p, 2, 0, 0);
	send_plain(&p, 3, 0, 0);
	const struct store_object *s = store_object(p.store, 0);
	assert_true(s->chunk_count == 2 && s->chunks[0].offset == 4 && s->chunks[1].offset == 0 && !s->ended);
	assert_true(store_chunk_read(p.store, &s->chunks[1], &bytes) && store_chunk_read(p.store, &s->chunks[0], &bytes));
	assert_true(slice_eq_str(buffer_slice(&bytes), "frstsecond"));
	o.state = OBJECT_COMPLETE;
	o.ended.event = 2;
	o.cause = SLICE_LIT("a cause");
	p.sink.object(p.sink.ctx, &o);
	assert_true(s->ended && s->row == 1 && s->info.state == OBJECT_COMPLETE && slice_eq_str(s->info.cause, "a cause"));
	assert_int_equal(store_find_object(p.store, 0, 9), 0);
	buffer_free(&bytes);
	stop(&p);
}

/* Bytes that stand in the payload of their event are not kept twice; those that stood there before it was changed are. */
static void bytes_in_payloads(void **state)
{
	struct play p;
	struct object o = {.id = 1, .transport = "p2p-v1"};
	uint8_t payload[1000];
	struct buffer bytes = {NULL, 0, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i * 7 + i / 256);
	start(&p);
	p.sink.object_data(p.sink.ctx, &o, 0, slice_of(payload + 100, 800));
	p.sink.object_data(p.sink.ctx, &o, 800, slice_of(payload + 900, 100));
	p.sink.object_data(p.sink.ctx, &o, 900, slice_of(payload + 10, 10));
	struct event e = event_on(&p, 1, 0);
	e.payload = slice_of(payload, sizeof(payload));
	payload[12] = 'x';
	send(&p, e, 0);
	const struct store_object *s = store_object(p.store, 0);
	assert_int_equal(s->chunk_count, 3);
	assert_true(spill_bytes(store_spill(p.store)) < 1150);
	for (size_t i = 0; i < 3; i++)
		assert_true(store_chunk_read(p.store, &s->chunks[i], &bytes));
	assert_memory_equal(bytes.data, payload + 100, 900);
	assert_int_equal(bytes.data[902], (uint8_t)(12 * 7));
	/* More at once than waits for an event. */
	for (unsigned i = 0; i < 40; i++)
		p.sink.object_data(p.sink.ctx, &o, 910 + i, slice_of(&(uint8_t){(uint8_t)i}, 1));
	p.sink.object(p.sink.ctx, &o);
	assert_int_equal(s->chunk_count, 43);
	for (unsigned i = 0; i < 40; i++) {
		bytes.len = 0;
		assert_true(store_chunk_read(p.store, &s->chunks[3 + i], &bytes) && s->chunks[3 + i].offset == 910 + i);
		assert_int_equal(bytes.data[0], i);
	}
	buffer_free(&bytes);
	stop(&p);
}

/* --- files, notices, failures --- */

static void files_and_notices(void **state)
{
	struct play p;
	char text[] = "something happened";

	(void)state;
	start(&p);
	uint64_t generation = store_generation(p.store);
	p.sink.notice(p.sink.ctx, &(struct notice){"some.pcap", SEVERITY_NOTE, slice_str(text)});
	assert_true(store_generation(p.store) > generation);
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(store_notices(p.store), 1);
	assert_true(slice_eq_str(store_notice(p.store, 0)->text, "something happened"));
	assert_int_equal(store_notice(p.store, 0)->severity, SEVERITY_NOTE);
	const struct store_file *f = store_file(p.store, 0);
	assert_string_equal(f->name, "some.pcap");
	assert_string_equal(f->format, "pcap");
	assert_false(f->ended);
	p.sink.capture_end(p.sink.ctx, &(struct capture_totals){"some.pcap", 12, 5, 6, false});
	assert_true(f->ended && f->packets == 12 && f->first_ns == 5 && f->last_ns == 6);
	assert_int_equal(store_files(p.store), 1);
	stop(&p);
}

/* Rows stay when their bytes cannot be kept, and a notice says so. */
static void bytes_that_are_not_kept(void **state)
{
	struct play p = {.store = store_new(1)};
	struct buffer packed = {NULL, 0, 0};
	struct event e;
	static uint8_t large[900000];

	(void)state;
	setenv("TMPDIR", "/nonexistent", 1);
	p.sink = store_sink(p.store);
	p.connection[0] = (struct connection){.id = 1, .transport = "tcp"};
	for (uint64_t id = 1; id <= 2; id++) {
		e = event_on(&p, id, 0);
		e.payload = slice_of(large, sizeof(large));
		send(&p, e, 0);
	}
	unsetenv("TMPDIR");
	assert_int_equal(store_rows(p.store), 2);
	assert_int_equal(store_row(p.store, 0)->flags & ROW_NOT_KEPT, 0);
	assert_int_equal(store_row(p.store, 1)->flags & ROW_NOT_KEPT, ROW_NOT_KEPT);
	expect_summary(&p, 0, "event 1");
	assert_false(store_event(p.store, 1, &p.arena, &packed, &e));
	assert_int_not_equal(spill_error(store_spill(p.store)), 0);
	assert_int_equal(store_notices(p.store), 1);
	assert_true(slice_has_prefix(store_notice(p.store, 0)->text, SLICE_LIT("the temporary file cannot be written: ")));
	buffer_free(&packed);
	stop(&p);
}

/* Many names, long ones, none. */
static void names(void **state)
{
	struct play p;
	char name[80];

	(void)state;
	start(&p);
	for (uint64_t id = 1; id <= 66000; id++) {
		struct event e = event_on(&p, id, 0);

		snprintf(name, sizeof(name), "N%u", (unsigned)id);
		e.name = slice_str(name);
		send(&p, e, 0);
	}
	assert_true(slice_eq_str(store_name(p.store, store_row(p.store, 65534)->name), "N65535"));
	assert_true(slice_eq_str(store_name(p.store, store_row(p.store, 65535)->name), "?"));
	stop(&p);
	start(&p);
	struct event e = event_on(&p, 1, 0);
	memset(name, 'n', sizeof(name));
	e.name = slice_of(name, sizeof(name));
	send(&p, e, 0);
	e.id = 2;
	e.name = SLICE_EMPTY;
	send(&p, e, 0);
	assert_int_equal(store_name(p.store, store_row(p.store, 0)->name).len, 64);
	assert_int_equal(store_name(p.store, store_row(p.store, 1)->name).len, 0);
	stop(&p);
}

static void rows_are_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct store_row) <= 64);
}

/* --- whole captures --- */

/* Writes events as JSON; each also goes to the store. */
struct written {
	struct output out;
	struct json_events json;
	struct event_sink sink;
	struct event_sink store;
};

static void writer_init(struct written *w)
{
	output_init(&w->out, -1, false);
	json_events_init(&w->json, &w->out, (struct json_options){.payload = true, .ranges = true});
	w->sink = json_events_sink(&w->json);
}

/* As last told: the connection changes on the way, the restored event shows its last state. */
static void write_event(struct written *w, struct event e)
{
	static const struct connection connection = {.id = 1};

	e.connection = &connection;
	w->sink.event(w->sink.ctx, &e);
}

static void on_event(void *ctx, const struct event *e)
{
	struct written *w = ctx;

	write_event(w, *e);
	w->store.event(w->store.ctx, e);
}

static struct event_sink both(struct written *w, struct store *s)
{
	struct event_sink sink = store_sink(s);

	w->store = sink;
	return (struct event_sink){.capture = sink.capture, .event = on_event, .ctx = w};
}

static void expect_same(struct store *s, const struct written *w)
{
	struct buffer packed = {NULL, 0, 0};
	struct arena arena = {0};
	struct written again;
	struct event e;

	writer_init(&again);
	for (uint32_t i = 0; i < store_rows(s); i++) {
		arena_reset(&arena);
		assert_true(store_event(s, i, &arena, &packed, &e));
		assert_true(e.connection->id > 0 && store_row_id(s, i) == e.id);
		write_event(&again, e);
	}
	assert_true(w->out.buffer.len > 0);
	assert_true(slice_eq(buffer_slice(&w->out.buffer), buffer_slice(&again.out.buffer)));
	output_free(&again.out);
	arena_free(&arena);
	buffer_free(&packed);
}

static void samples_pattern(glob_t *files)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];

	snprintf(path, sizeof(path), "%s/samples/*.pcap", srcdir ? srcdir : ".");
	assert_int_equal(glob(path, 0, NULL, files), 0);
}

static void read_all(const struct event_sink *sink)
{
	struct pipeline_options options = {.polls = true};
	struct pipeline *p = pipeline_new(&options, sink);
	char message[CAPTURE_MESSAGE_MAX];
	glob_t files;

	samples_pattern(&files);
	for (size_t i = 0; i < files.gl_pathc; i++)
		pipeline_file(p, files.gl_pathv[i], message);
	globfree(&files);
	pipeline_free(p);
}

/* sink.ctx of capture is the writer, so capture goes through it as well. */
static void on_capture(void *ctx, const struct capture_info *c)
{
	struct written *w = ctx;

	w->store.capture(w->store.ctx, c);
}

static void samples(void **state)
{
	struct store *s = store_new(1);
	struct written w;
	struct event_sink sink;

	(void)state;
	writer_init(&w);
	sink = both(&w, s);
	sink.capture = on_capture;
	read_all(&sink);
	assert_true(store_rows(s) > 1500 && store_files(s) > 20);
	expect_same(s, &w);
	output_free(&w.out);
	store_free(s);
}

/* --- two threads --- */

struct reading {
	struct store *store;
	bool done; /* guarded by the store's lock */
};

static void *fill(void *ctx)
{
	struct reading *r = ctx;
	struct event_sink sink = store_sink(r->store);

	for (int i = 0; i < 3; i++)
		read_all(&sink);
	store_lock(r->store);
	r->done = true;
	store_unlock(r->store);
	return NULL;
}

static void look_at_all(struct store *s, struct arena *arena, struct buffer *packed)
{
	struct event e;
	struct talk line;

	for (uint32_t i = store_rows(s) > 50 ? store_rows(s) - 50 : 0; i < store_rows(s); i++) {
		arena_reset(arena);
		assert_true(store_event(s, i, arena, packed, &e));
		assert_true(store_row_session(s, store_row(s, i)) == STORE_NONE || store_row_session(s, store_row(s, i)) < store_sessions(s));
	}
	for (uint32_t i = 0; i < store_conversations(s); i++) {
		const struct store_conversation *c = store_conversation(s, i);

		arena_reset(arena);
		if (c->talk_count)
			assert_true(store_talk_line(s, &c->talks[c->talk_count - 1], arena, &line));
	}
	for (uint32_t i = 0; i < store_connections(s); i++)
		assert_non_null(store_connection(s, i)->info.transport);
}

static void read_while_it_is_filled(void **state)
{
	struct reading r = {.store = store_new(1)};
	struct buffer packed = {NULL, 0, 0};
	struct arena arena = {0};
	pthread_t thread;
	bool done = false;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, fill, &r), 0);
	while (!done) {
		store_lock(r.store);
		look_at_all(r.store, &arena, &packed);
		done = r.done;
		store_unlock(r.store);
	}
	pthread_join(thread, NULL);
	assert_true(store_sessions(r.store) > 10 && store_conversations(r.store) > 5 && store_objects(r.store) > 2);
	uint64_t rows = 0;
	for (uint32_t i = 0; i < store_sessions(r.store); i++) {
		assert_true(store_session(r.store, i)->final);
		rows += store_session(r.store, i)->rows;
	}
	uint64_t with_session = 0;
	for (uint32_t i = 0; i < store_rows(r.store); i++)
		with_session += store_row_session(r.store, store_row(r.store, i)) != STORE_NONE;
	assert_true(rows == with_session);
	store_free(r.store);
	arena_free(&arena);
	buffer_free(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_small),
		cmocka_unit_test(rows_say_what_events_were),
		cmocka_unit_test(replies_find_their_requests),
		cmocka_unit_test(session_is_made_up_from_its_events),
		cmocka_unit_test(told_session_replaces_it),
		cmocka_unit_test(connection_end_tells_the_session),
		cmocka_unit_test(texts_of_connections_are_copied),
		cmocka_unit_test(lines_of_conversations),
		cmocka_unit_test(bytes_of_objects),
		cmocka_unit_test(bytes_in_payloads),
		cmocka_unit_test(files_and_notices),
		cmocka_unit_test(bytes_that_are_not_kept),
		cmocka_unit_test(names),
		cmocka_unit_test(samples),
		cmocka_unit_test(read_while_it_is_filled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
