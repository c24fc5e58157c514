/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages in parts: events in, whole messages, findings and what is missing out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/mime.h"
#include "session/split.h"
#include "tree.h"

/* One run; what is told at the end of a connection stands in missing, one line each: event, sender, id, parts. */
struct run {
	struct split_table *table;
	struct arena arena;
	struct dissection d;
	struct connection connection;
	enum msnp_sender from;
	const char *sender;
	struct buffer missing;
	uint64_t lost;
	uint64_t events;
};

static void begin(struct run *r)
{
	*r = (struct run){.table = split_new(), .from = MSNP_SERVER, .sender = "alice@example.com"};
	r->connection.id = 1;
}

static void on_missing(void *ctx, const struct split_missing *m)
{
	struct run *r = ctx;

	buffer_printf(&r->missing, "%u %s %.*s: %zu of %u\n", (unsigned)m->event, m->from == MSNP_CLIENT ? "client" : "server",
		      SLICE_ARG(m->id), m->parts, (unsigned)m->wanted);
}

static void end_connection(struct run *r, uint64_t id)
{
	struct connection c = {.id = id, .partial = r->connection.partial};

	split_connection_end(r->table, &c, on_missing, r);
}

static void end(struct run *r, const char *missing)
{
	end_connection(r, 1);
	buffer_add_byte(&r->missing, 0);
	assert_string_equal((const char *)r->missing.data, missing);
	buffer_free(&r->missing);
	split_free(r->table);
	arena_free(&r->arena);
}

static void observe_bytes(struct run *r, struct slice payload)
{
	static const struct msnp_context context = {MSNP_SB, {MSNP_FIRST, MSNP_NEWEST}, {NULL, 0}};
	struct event e = {.id = ++r->events,
			  .kind = EVENT_COMMAND,
			  .connection = &r->connection,
			  .from = r->from,
			  .protocol = "msnp",
			  .name = SLICE_LIT("MSG"),
			  .payload = payload,
			  .has_payload = true,
			  .declared_length = payload.len,
			  .lost_bytes = r->lost,
			  .dissection = &r->d};

	arena_reset(&r->arena);
	dissection_init(&r->d, &r->arena, SLICE_EMPTY, payload);
	if (r->sender)
		field_add_text(&r->d, &r->d.root, P_passport, slice_str(r->sender), SOURCE_LINE, 0, 0);
	mime_message_dissect(&r->d, &r->d.root, SOURCE_PAYLOAD, 0, payload.len, &context);
	split_observe(r->table, &e, &r->d, &context);
	tree_check(&r->d);
}

static void observe(struct run *r, const char *payload)
{
	observe_bytes(r, slice_str(payload));
}

/* Findings and, when the message is complete, its fields. */
static void assert_joined(struct run *r, const char *expected)
{
	const struct field *joined = field_child(&r->d.root, &field_defs[F_MSG_JOINED]);
	struct dissection rest = r->d;
	struct buffer out = {0};

	rest.root.first = (struct field *)(uintptr_t)joined;
	tree_write(&rest, &out);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
}

static void assert_summary(struct run *r, const char *expected)
{
	struct buffer out = {0};

	buffer_add_slice(&out, r->d.summary);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
}

#define ID "{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}"
#define FIRST_HEAD \
	"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n" \
	"X-MMS-IM-Format: FN=Segoe%20UI; EF=BI; CO=ff; CS=0; PF=22\r\nMessage-ID: " ID "\r\nChunks: 2\r\n\r\n"
#define FIRST FIRST_HEAD "first half, "
#define SECOND "Message-ID: " ID "\r\nChunk: 1\r\n\r\nsecond half \xe2\x9c\x93"
#define WHOLE_TREE(text) \
	"msg.joined{msg.headers{[MIME-Version]=\"1.0\" [Content-Type]=\"text/plain; charset=UTF-8\" " \
	"[X-MMS-IM-Format]=\"FN=Segoe%20UI; EF=BI; CO=ff; CS=0; PF=22\" [Message-ID]=\"" ID "\" [Chunks]=\"2\"} " \
	"msg.content_type=\"text/plain\" msg.charset=\"UTF-8\" msg.message_id=\"" ID "\" msg.chunks=2 " \
	"msg.format{format.font=\"Segoe UI\" format.effect=\"bold\" format.effect=\"italic\" format.colour=\"#ff0000\" " \
	"format.charset=0x0 format.family=2 format.pitch=2} msg.text=\"" text "\"}"

static void test_text(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	observe(&r, FIRST);
	assert_joined(&r, "");
	assert_summary(&r, "part 1 of 2 of message " ID ", text/plain: \"first half, \"");
	observe(&r, SECOND);
	assert_joined(&r, WHOLE_TREE("first half, second half \xe2\x9c\x93"));
	assert_summary(&r, "part 2 of message " ID ", 15 bytes, complete: text/plain: \"first half, second half \xe2\x9c\x93\"");
	assert_string_equal(r.d.sources[r.d.source_count - 1].name, "message");
	end(&r, "");
}

/* Cut at every byte, within a character too; the parts in either order. */
static void test_cut_anywhere(void **state)
{
	static const char text[] = "first half, second half \xe2\x9c\x93";
	struct run r;

	(void)state;
	begin(&r);
	for (size_t at = 0; at <= strlen(text); at++)
		for (int late = 0; late < 2; late++) {
			struct buffer first = {0}, second = {0};

			buffer_add_str(&first, FIRST_HEAD);
			buffer_add(&first, text, at);
			buffer_add_str(&second, "Message-ID: " ID "\r\nChunk: 1\r\n\r\n");
			buffer_add_str(&second, text + at);
			observe_bytes(&r, buffer_slice(late ? &second : &first));
			assert_joined(&r, late ? " !msg.chunk" : "");
			observe_bytes(&r, buffer_slice(late ? &first : &second));
			assert_joined(&r, WHOLE_TREE("first half, second half \xe2\x9c\x93"));
			buffer_free(&first);
			buffer_free(&second);
		}
	end(&r, "");
}

#define CAPS "Content-Type: text/x-clientcaps\r\nMessage-ID: 7\r\nChunks: 3\r\n\r\nClient"
#define PART(index, text) "Message-ID: 7\r\nChunk: " index "\r\n\r\n" text
#define CAPS_TREE \
	"msg.joined{msg.headers{[Content-Type]=\"text/x-clientcaps\" [Message-ID]=\"7\" [Chunks]=\"3\"} " \
	"msg.content_type=\"text/x-clientcaps\" msg.message_id=\"7\" msg.chunks=3 " \
	"msg.fields{[Client-Name]=\"Example\"} client.name=\"Example\"}"

/* Parts of another type, out of order and repeated; indices that are none of the message. */
static void test_order(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	observe(&r, CAPS);
	assert_joined(&r, "");
	observe(&r, PART("2", "mple\r\n"));
	assert_joined(&r, "");
	observe(&r, PART("2", "MPLE\r\n"));
	assert_joined(&r, " !msg.chunk");
	observe(&r, PART("3", "MPLE\r\n"));
	assert_joined(&r, " !msg.chunk");
	observe(&r, CAPS);
	assert_joined(&r, " !msg.chunk");
	observe(&r, "Message-ID: 7\r\nChunks: 4\r\nChunk: 1\r\n\r\n");
	assert_joined(&r, " !msg.chunk");
	observe(&r, PART("1", "-Name: Exa"));
	assert_joined(&r, CAPS_TREE);
	assert_summary(&r, "part 2 of message 7, 10 bytes, complete: client is Example");
	observe(&r, PART("1", "-Name: Exa"));
	assert_joined(&r, " !msg.chunk");
	end_connection(&r, 1);
	r.missing.len = 0;
	end(&r, "");
}

static void test_missing(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	observe(&r, CAPS);
	observe(&r, PART("2", "mple\r\n"));
	observe(&r, "Message-ID: 8\r\nChunk: 1\r\n\r\nx");
	assert_joined(&r, " !msg.chunk");
	observe(&r, "Message-ID: 8\r\nChunk: 2\r\n\r\nx");
	assert_joined(&r, "");
	end_connection(&r, 2);
	assert_int_equal(r.missing.len, 0);
	end(&r, "1 server 7: 2 of 3\n3 server 8: 2 of 0\n");
	/* A text that may leave parts out. */
	begin(&r);
	r.connection.partial = true;
	observe(&r, CAPS);
	end(&r, "");
}

/* Parts of other connections, sides and senders are not of the message. */
static void test_keys(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	observe(&r, CAPS);
	r.connection.id = 2;
	observe(&r, PART("1", "-Name: Exa"));
	assert_joined(&r, " !msg.chunk");
	r.connection.id = 1;
	r.from = MSNP_CLIENT;
	observe(&r, PART("1", "-Name: Exa"));
	assert_joined(&r, " !msg.chunk");
	r.from = MSNP_SERVER;
	r.sender = NULL;
	observe(&r, PART("1", "-Name: Exa"));
	assert_joined(&r, " !msg.chunk");
	r.sender = "alice@example.com";
	observe(&r, PART("1", "-Name: Exa"));
	assert_joined(&r, "");
	observe(&r, PART("2", "mple\r\n"));
	assert_joined(&r, CAPS_TREE);
	end_connection(&r, 2);
	r.missing.len = 0;
	end(&r, "3 client 7: 1 of 0\n4 server 7: 1 of 0\n");
}

/* What lacks bytes is not put together. */
static void test_lost(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	r.lost = 3;
	observe(&r, FIRST);
	r.lost = 0;
	observe(&r, SECOND);
	assert_joined(&r, "");
	assert_summary(&r, "part 2 of message " ID ", 15 bytes, the last one, but bytes of others were lost");
	end(&r, "");
}

/* Messages that are not split, and numbers that are none. */
static void test_others(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	observe(&r, "Content-Type: text/plain\r\n\r\nhi");
	assert_joined(&r, "");
	observe(&r, "Content-Type: text/plain\r\nMessage-ID: 7\r\n\r\nhi");
	assert_joined(&r, "");
	observe(&r, "Content-Type: text/plain\r\nMessage-ID: 7\r\nChunks: 1\r\n\r\nhi");
	assert_joined(&r, "");
	assert_summary(&r, "text/plain: \"hi\"");
	observe(&r, "Content-Type: text/plain\r\nMessage-ID: 7\r\nChunks: 1001\r\n\r\nhi");
	assert_joined(&r, " !msg.chunk");
	observe(&r, "Content-Type: text/plain\r\nMessage-ID: 7\r\nChunks: many\r\n\r\nhi");
	assert_joined(&r, " !msg.chunk");
	observe(&r, "Message-ID: 7\r\nChunk: 0\r\n\r\nhi");
	assert_joined(&r, " !msg.chunk");
	end(&r, "");
}

static void test_many_messages(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	for (unsigned i = 0; i <= SPLIT_MESSAGES_MAX; i++) {
		struct buffer part = {0};

		buffer_printf(&part, "Content-Type: text/plain\r\nMessage-ID: %u\r\nChunks: 2\r\n\r\nhi", i);
		observe_bytes(&r, buffer_slice(&part));
		assert_joined(&r, i < SPLIT_MESSAGES_MAX ? "" : " !msg.chunk");
		buffer_free(&part);
	}
	observe(&r, "Message-ID: 1\r\nChunk: 1\r\n\r\n!");
	assert_summary(&r, "part 2 of message 1, 1 bytes, complete: text/plain: \"hi!\"");
	observe(&r, "Message-ID: 0\r\nChunk: 1\r\n\r\n!");
	assert_joined(&r, " !msg.chunk");
	end_connection(&r, 1);
	r.missing.len = 0;
	end(&r, "");
}

/* A part of that many bytes of the message id. */
static void observe_large(struct run *r, unsigned id, const char *number, size_t bytes)
{
	struct buffer part = {0};

	buffer_printf(&part, "Message-ID: %u\r\n%s\r\n\r\n", id, number);
	for (size_t i = 0; i < bytes; i++)
		buffer_add_byte(&part, 'x');
	observe_bytes(r, buffer_slice(&part));
	buffer_free(&part);
}

/* Said once; what comes of it later is not told. */
static void test_long_message(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	observe_large(&r, 1, "Chunks: 3", SPLIT_MESSAGE_BYTES_MAX / 2);
	assert_joined(&r, " !msg.too_long");
	observe_large(&r, 1, "Chunk: 1", SPLIT_MESSAGE_BYTES_MAX / 2);
	assert_joined(&r, " !msg.too_long !msg.chunk");
	observe_large(&r, 1, "Chunk: 1", 1);
	observe_large(&r, 1, "Chunk: 2", 1);
	observe_large(&r, 1, "Chunks: 3", 1);
	assert_null(field_child(&r.d.root, &field_defs[F_MSG_JOINED]));
	end(&r, "");
}

static void test_many_bytes(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	for (unsigned i = 2; i < 11; i++) {
		observe_large(&r, i, "Chunks: 2", SPLIT_TOTAL_BYTES_MAX / 9);
		assert_joined(&r, i < 10 ? " !msg.too_long" : " !msg.too_long !msg.chunk");
	}
	observe_large(&r, 3, "Chunk: 1", 1);
	assert_non_null(field_child(&r.d.root, &field_defs[F_MSG_JOINED]));
	end_connection(&r, 1);
	r.missing.len = 0;
	end(&r, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	      cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_order),	      cmocka_unit_test(test_missing),
		cmocka_unit_test(test_keys),	      cmocka_unit_test(test_lost),
		cmocka_unit_test(test_others),	      cmocka_unit_test(test_many_messages),
		cmocka_unit_test(test_long_message), cmocka_unit_test(test_many_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
