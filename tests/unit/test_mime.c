/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages in, trees and summaries out; then each message cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/mime.h"
#include "expect.h"
#include "tree.h"

#define PLAIN "Content-Type: text/plain; charset=UTF-8\r\n"
#define PLAIN_TREE \
	"msg.headers{[Content-Type]=\"text/plain; charset=UTF-8\"} msg.content_type=\"text/plain\" " \
	"msg.charset=\"UTF-8\" "

struct row {
	const char *payload;
	const char *tree;
	const char *summary;
};

static const struct row rows[] = {
	{"MIME-Version: 1.0\r\n" PLAIN "X-MMS-IM-Format: FN=Segoe%20UI; EF=B; CO=ff; CS=0; PF=22\r\n\r\nlunch at one?",
	 "msg.headers{[MIME-Version]=\"1.0\" [Content-Type]=\"text/plain; charset=UTF-8\" "
	 "[X-MMS-IM-Format]=\"FN=Segoe%20UI; EF=B; CO=ff; CS=0; PF=22\"} msg.content_type=\"text/plain\" "
	 "msg.charset=\"UTF-8\" msg.format{format.font=\"Segoe UI\" format.effect=\"bold\" format.colour=\"#ff0000\" "
	 "format.charset=0x0 format.family=2 format.pitch=2} msg.text=\"lunch at one?\"",
	 "text/plain: \"lunch at one?\""},
	/* Case of names and types; a charset in quotation marks. */
	{"CONTENT-TYPE:Text/Plain ;x; Charset=\"utf-8\"\r\n\r\nhi",
	 "msg.headers{[CONTENT-TYPE]=\"Text/Plain ;x; Charset=\"utf-8\"\"} msg.content_type=\"text/plain\" "
	 "msg.charset=\"utf-8\" msg.text=\"hi\"",
	 "text/plain: \"hi\""},
	/* Bare CR, bare LF. */
	{"kv: 1\rContent-Type: text/plain\r\rhi\r",
	 "msg.headers{[kv]=\"1\" [Content-Type]=\"text/plain\"} msg.content_type=\"text/plain\" msg.text=\"hi\r\"",
	 "text/plain: \"hi\r\""},
	{"kv: 1\nContent-Type: text/plain\n\nhi",
	 "msg.headers{[kv]=\"1\" [Content-Type]=\"text/plain\"} msg.content_type=\"text/plain\" msg.text=\"hi\"",
	 "text/plain: \"hi\""},
	/* Repeated and folded headers. */
	{"kv: 1\r\nKV: 2\r\nAge: x\r\n\ty\r\n  z\r\n" PLAIN "\r\n",
	 "msg.headers{[kv]=\"1\" [KV]=\"2\" [Age]=\"x y z\" [Content-Type]=\"text/plain; charset=UTF-8\"} "
	 "msg.content_type=\"text/plain\" msg.charset=\"UTF-8\" msg.text=\"\"",
	 "text/plain: \"\""},
	/* Text that is not UTF-8, and where that cannot be told. */
	{PLAIN "\r\nca\xff", PLAIN_TREE "msg.text=\"ca\xff\" !msg.not_utf8", "text/plain: \"ca\xff\""},
	{"Content-Type: text/plain\r\n\r\n\xff",
	 "msg.headers{[Content-Type]=\"text/plain\"} msg.content_type=\"text/plain\" msg.text=\"\xff\"",
	 "text/plain: \"\xff\""},
	{PLAIN "Message-ID: {1}\r\nChunks: 2\r\n\r\n\xc3",
	 "msg.headers{[Content-Type]=\"text/plain; charset=UTF-8\" [Message-ID]=\"{1}\" [Chunks]=\"2\"} "
	 "msg.content_type=\"text/plain\" msg.charset=\"UTF-8\" msg.message_id=\"{1}\" msg.chunks=2 msg.text=\"\xc3\"",
	 "part 1 of 2 of message {1}, text/plain: \"\xc3\""},
	{"Message-ID: {1}\r\nChunk: 1\r\n\r\n\xa4.",
	 "msg.headers{[Message-ID]=\"{1}\" [Chunk]=\"1\"} msg.message_id=\"{1}\" msg.chunk=1 msg.body=2",
	 "part 2 of message {1}, 2 bytes"},
	{"Content-Type: text/plain\r\nMessage-ID: {1}\r\nChunk: 1\r\n\r\nx",
	 "msg.headers{[Content-Type]=\"text/plain\" [Message-ID]=\"{1}\" [Chunk]=\"1\"} msg.content_type=\"text/plain\" "
	 "msg.message_id=\"{1}\" msg.chunk=1 msg.text=\"x\" !msg.part_type",
	 "part 2 of message {1}, text/plain: \"x\""},
	/* Parts of other types are not broken up; an only part is no part. */
	{"Content-Type: text/x-msmsgscontrol\r\nMessage-ID: {1}\r\nChunks: 3\r\n\r\nno notice",
	 "msg.headers{[Content-Type]=\"text/x-msmsgscontrol\" [Message-ID]=\"{1}\" [Chunks]=\"3\"} "
	 "msg.content_type=\"text/x-msmsgscontrol\" msg.message_id=\"{1}\" msg.chunks=3 msg.body_text=\"no notice\"",
	 "part 1 of 3 of message {1}, text/x-msmsgscontrol, 9 bytes"},
	{"Content-Type: text/x-msmsgscontrol\r\nTypingUser: a@b\r\nMessage-ID: {1}\r\nChunks: 1\r\n\r\n\r\n",
	 "msg.headers{[Content-Type]=\"text/x-msmsgscontrol\" [TypingUser]=\"a@b\" [Message-ID]=\"{1}\" [Chunks]=\"1\"} "
	 "msg.content_type=\"text/x-msmsgscontrol\" msg.message_id=\"{1}\" msg.chunks=1 msg.typing_user=\"a@b\"",
	 "a@b is typing"},
	{"Message-ID: {1}\r\nChunk: one\r\n\r\nx",
	 "msg.headers{[Message-ID]=\"{1}\" [Chunk]=\"one\"} msg.message_id=\"{1}\" msg.chunk msg.body_text=\"x\" !msg.chunk",
	 "part 1 of message {1}, 1 bytes"},
	{"Message-ID: {1}\r\nChunk: 0\r\nChunks: 1001\r\n\r\nx",
	 "msg.headers{[Message-ID]=\"{1}\" [Chunk]=\"0\" [Chunks]=\"1001\"} msg.message_id=\"{1}\" msg.chunks=1001 "
	 "msg.chunk=0 msg.body_text=\"x\" !msg.chunk !msg.chunk",
	 "part 1 of 1001 of message {1}, 1 bytes"},
	/* Headers of any message. */
	{"Content-Type: text/plain\r\nP4-Context: \xc2\xb7$4Bo\r\nUser-Agent: pidgin\r\nDest-Agent: client\r\n"
	 "Roster: 12;192.0.2.1:1863\r\n\r\nhi",
	 "msg.headers{[Content-Type]=\"text/plain\" [P4-Context]=\"\xc2\xb7$4Bo\" [User-Agent]=\"pidgin\" "
	 "[Dest-Agent]=\"client\" [Roster]=\"12;192.0.2.1:1863\"} msg.content_type=\"text/plain\" "
	 "msg.nick=\"\xc2\xb7$4Bo\" msg.plain_nick=\"Bo\" msg.user_agent=\"pidgin\" msg.dest_agent=\"client\" "
	 "msg.roster=\"12;192.0.2.1:1863\"{msg.roster_session=\"12\" host.name=\"192.0.2.1\" host.port=1863} "
	 "msg.text=\"hi\"",
	 "text/plain: \"hi\""},
	{"Content-Type: text/plain\r\nRoster: 12\r\n\r\n",
	 "msg.headers{[Content-Type]=\"text/plain\" [Roster]=\"12\"} msg.content_type=\"text/plain\" msg.roster=\"12\" "
	 "msg.text=\"\"",
	 "text/plain: \"\""},
	/* A text with marks, and with a NUL; the NUL stands in test_nul. */
	{"Content-Type: text/plain\r\n\r\n[c=4]red[/c]",
	 "msg.headers{[Content-Type]=\"text/plain\"} msg.content_type=\"text/plain\" msg.text=\"[c=4]red[/c]\" "
	 "msg.plain_text=\"red\"",
	 "text/plain: \"[c=4]red[/c]\""},
	/* Typing notices. */
	{"Content-Type: text/x-msmsgscontrol\r\nTypingUser: alice@example.com\r\n\r\n\r\n",
	 "msg.headers{[Content-Type]=\"text/x-msmsgscontrol\" [TypingUser]=\"alice@example.com\"} "
	 "msg.content_type=\"text/x-msmsgscontrol\" msg.typing_user=\"alice@example.com\"",
	 "alice@example.com is typing"},
	{"Content-Type: text/x-msmsgscontrol\r\nRecordingUser: a@b\r\n\r\nx",
	 "msg.headers{[Content-Type]=\"text/x-msmsgscontrol\" [RecordingUser]=\"a@b\"} "
	 "msg.content_type=\"text/x-msmsgscontrol\" msg.recording_user=\"a@b\" msg.body_text=\"x\" !msg.control",
	 "a@b is recording a voice clip"},
	{"Content-Type: text/x-msmsgscontrol\r\n\r\n",
	 "msg.headers{[Content-Type]=\"text/x-msmsgscontrol\"} msg.content_type=\"text/x-msmsgscontrol\" !msg.control",
	 "text/x-msmsgscontrol"},
	/* Other bodies. */
	{"Content-Type: application/x-unknown\r\n\r\n12\x01" "4",
	 "msg.headers{[Content-Type]=\"application/x-unknown\"} msg.content_type=\"application/x-unknown\" msg.body=4 !msg.unknown_type",
	 "application/x-unknown, 4 bytes"},
	{"Content-Type: application/x-unknown\r\n\r\n1\xff",
	 "msg.headers{[Content-Type]=\"application/x-unknown\"} msg.content_type=\"application/x-unknown\" msg.body=2 !msg.unknown_type",
	 "application/x-unknown, 2 bytes"},
	{"Content-Type: application/x-unknown\r\n\r\n1\t\r\n\xc3\xa9",
	 "msg.headers{[Content-Type]=\"application/x-unknown\"} msg.content_type=\"application/x-unknown\" "
	 "msg.body_text=\"1\t\r\n\xc3\xa9\" !msg.unknown_type",
	 "application/x-unknown, 6 bytes"},
	{"Content-Type: text/x-msmsgsprofile\r\nMSPAuth: 7secret\r\nMSPauth:\r\n\r\n",
	 "msg.headers{[Content-Type]=\"text/x-msmsgsprofile\" [MSPAuth]=\"7secret\" [MSPauth]=\"\"} "
	 "msg.content_type=\"text/x-msmsgsprofile\"",
	 "profile"},
	/* What is broken. */
	{PLAIN "no colon here\r\n\r\nhi",
	 "msg.headers{[Content-Type]=\"text/plain; charset=UTF-8\" []=\"no colon here\"} msg.content_type=\"text/plain\" "
	 "msg.charset=\"UTF-8\" msg.text=\"hi\" !msg.bad_header",
	 "text/plain: \"hi\""},
	{PLAIN, PLAIN_TREE "msg.text=\"\" !msg.no_blank_line", "text/plain: \"\""},
	{"kv: 1\r\n\r\n??", "msg.headers{[kv]=\"1\"} msg.body_text=\"??\" !msg.no_content_type", "message without type, 2 bytes"},
	{"Content-Type:\r\n\r\n?", "msg.headers{[Content-Type]=\"\"} msg.content_type=\"\" msg.body_text=\"?\"",
	 "message without type, 1 bytes"},
	{"", "msg.headers !msg.no_blank_line !msg.no_content_type", "message without type"},
	{":\r\n\r\n", "msg.headers{[]=\"\"} !msg.no_content_type", "message without type"},
};

static void dissect(struct dissection *d, struct arena *arena, struct slice payload)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, payload);
	mime_message_dissect(d, &d->root, SOURCE_PAYLOAD, 0, payload.len, NULL);
	tree_check(d);
}

static void test_messages(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		dissect(&d, &arena, slice_str(rows[i].payload));
		expect_tree(&d, rows[i].tree);
		expect_summary(&d, rows[i].summary);
	}
	arena_free(&arena);
}

static void dissect_cut(void *ctx, struct slice payload)
{
	struct arena arena = {0};
	struct dissection d;

	(void)ctx;
	dissect(&d, &arena, payload);
	arena_free(&arena);
}

static void test_messages_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_cuts(rows[i].payload, dissect_cut, NULL);
}

static void test_secret(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissect(&d, &arena, SLICE_LIT("mspauth: 7secret\r\nsid: 507\r\n\r\n"));
	const struct field *headers = field_child(&d.root, &field_defs[F_MSG_HEADERS]);
	assert_true(headers_find(headers, "MSPAuth")->def->flags & FIELD_SECRET);
	assert_false(headers_find(headers, "sid")->def->flags & FIELD_SECRET);
	assert_null(headers_find(headers, "kv"));
	assert_null(headers_find(NULL, "kv"));
	assert_true(slice_eq_str(mime_header(&d.root, "SID"), "507"));
	arena_free(&arena);
}

/* Summaries stay short, and do not end within a character. */
static void test_long_text(void **state)
{
	struct arena arena = {0};
	struct buffer message = {0};
	struct dissection d;

	(void)state;
	buffer_add_str(&message, PLAIN "\r\nx");
	for (int i = 0; i < 500; i++)
		buffer_add_str(&message, "\xe2\x82\xac");
	dissect(&d, &arena, buffer_slice(&message));
	assert_null(d.findings);
	assert_true(d.summary.len < 200);
	assert_true(slice_eq_str(slice_sub(d.summary, d.summary.len - 7, 7), "\xe2\x82\xac\"..."));
	buffer_free(&message);
	arena_free(&arena);
}

static void test_many_headers(void **state)
{
	struct arena arena = {0};
	struct buffer message = {0};
	struct dissection d;

	(void)state;
	for (unsigned i = 0; i < HEADERS_MAX + 10; i++)
		buffer_add_str(&message, "A: 1\r\n");
	dissect(&d, &arena, buffer_slice(&message));
	assert_non_null(d.findings);
	assert_string_equal(d.findings->rule->id, "limit.fields");
	assert_int_equal(field_child(&d.root, &field_defs[F_MSG_BODY_TEXT])->length, 60);
	buffer_free(&message);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),  cmocka_unit_test(test_messages_cut), cmocka_unit_test(test_secret),
		cmocka_unit_test(test_long_text), cmocka_unit_test(test_many_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
