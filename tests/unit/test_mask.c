/* SPDX-License-Identifier: BSD-2-Clause */
/* What reaches a terminal: escapes, and secrets masked wherever they would show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "output/escape.h"
#include "output/hexdump.h"
#include "output/mask.h"

static void expect(struct buffer *out, const char *wanted)
{
	buffer_add_byte(out, 0);
	assert_string_equal((const char *)out->data, wanted);
	out->len = 0;
}

static void test_escapes(void **state)
{
	static const struct {
		struct slice in;
		const char *out;
	} rows[] = {
		{SLICE_LIT("plain text, caf\xc3\xa9, \xf0\x9f\x98\x80"), "plain text, caf\xc3\xa9, \xf0\x9f\x98\x80"},
		{SLICE_LIT("\x00\x1b[31m\x7f\r\n\t"), "\\x00\\x1b[31m\\x7f\\x0d\\x0a\\x09"},
		{SLICE_LIT("\xc2\x9b" "31m"), "\\xc2\\x9b31m"},
		{SLICE_LIT("\x9b" "31m\xff"), "\\x9b31m\\xff"},
		{SLICE_LIT("\xe2\x80\xae" "abc\xe2\x81\xa6\xe2\x80\x8f"), "\\xe2\\x80\\xaeabc\\xe2\\x81\\xa6\\xe2\\x80\\x8f"},
		{SLICE_LIT("\xe2\x80\xa8\xef\xbb\xbf"), "\\xe2\\x80\\xa8\\xef\\xbb\\xbf"},
		{SLICE_LIT("\xed\xa0\x80\xe2\x82"), "\\xed\\xa0\\x80\\xe2\\x82"},
		{SLICE_LIT("\\o/ c:\\temp\\"), "\\o/ c:\\temp\\"},
		{SLICE_LIT("\\x41"), "\\\\x41"},
		{SLICE_LIT("\\\x1b"), "\\\\\\x1b"},
		{SLICE_LIT("\\\\o"), "\\\\\\o"},
	};
	struct buffer out = {NULL, 0, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		escape_add(&out, rows[i].in);
		expect(&out, rows[i].out);
	}
	buffer_free(&out);
}

#define LINE "USR 7 TWN S t=secretticket&p=more tail"
#define PAYLOAD "A: 1\r\nMSPAuth: 0123456789abcdef\r\n\r\n"

struct tree {
	struct arena arena;
	struct dissection d;
	struct masks masks;
	struct buffer out;
	struct field *ticket, *auth;
};

static int tree_setup(void **state)
{
	struct tree *t = test_calloc(1, sizeof(*t));

	arena_init(&t->arena);
	masks_init(&t->masks, false);
	dissection_init(&t->d, &t->arena, SLICE_LIT(LINE), SLICE_LIT(PAYLOAD));
	field_add_range(&t->d, &t->d.root, F_MSNP_NAME, SOURCE_LINE, 0, 3);
	t->ticket = field_add_range(&t->d, &t->d.root, P_ticket, SOURCE_LINE, 12, 21);
	struct field *headers = field_add(&t->d, &t->d.root, F_MSG_HEADERS, SOURCE_PAYLOAD, 0, 35);
	t->auth = field_add_range(&t->d, headers, F_MSG_SECRET_HEADER, SOURCE_PAYLOAD, 15, 16);
	*state = t;
	return 0;
}

static int tree_teardown(void **state)
{
	struct tree *t = *state;

	masks_free(&t->masks);
	arena_free(&t->arena);
	buffer_free(&t->out);
	test_free(t);
	return 0;
}

static void test_line(void **state)
{
	struct tree *t = *state;

	masks_set(&t->masks, &t->d);
	mask_add_bytes(&t->out, SLICE_LIT(LINE), &t->masks.source[SOURCE_LINE]);
	expect(&t->out, "USR 7 TWN S *** tail");
	mask_add_bytes(&t->out, SLICE_LIT(PAYLOAD), &t->masks.source[SOURCE_PAYLOAD]);
	expect(&t->out, "A: 1\\x0d\\x0aMSPAuth: ***\\x0d\\x0a\\x0d\\x0a");
	t->masks.show = true;
	masks_set(&t->masks, &t->d);
	mask_add_bytes(&t->out, SLICE_LIT(LINE), &t->masks.source[SOURCE_LINE]);
	expect(&t->out, LINE);
	assert_false(masks_hide_field(&t->masks, t->ticket));
}

/* A mask that goes beyond the bytes shown (a preview was cut) shows none of the secret. */
static void test_cut(void **state)
{
	struct tree *t = *state;

	masks_set(&t->masks, &t->d);
	mask_add_bytes(&t->out, slice_sub(SLICE_LIT(LINE), 0, 20), &t->masks.source[SOURCE_LINE]);
	expect(&t->out, "USR 7 TWN S ***");
	mask_add_bytes(&t->out, slice_sub(SLICE_LIT(LINE), 0, 12), &t->masks.source[SOURCE_LINE]);
	expect(&t->out, "USR 7 TWN S ");
}

static void test_free_text(void **state)
{
	struct tree *t = *state;

	masks_set(&t->masks, &t->d);
	masks_add_text(&t->out, SLICE_LIT("ticket \"t=secretticket&p=more\", header 0123456789abcdef!"), &t->masks);
	expect(&t->out, "ticket \"***\", header ***!");
	masks_add_text(&t->out, SLICE_LIT("cut short: t=secrettic..., t=sec is not"), &t->masks);
	expect(&t->out, "cut short: ***..., t=sec is not");
}

static void test_fields(void **state)
{
	struct tree *t = *state;

	masks_set(&t->masks, &t->d);
	assert_true(masks_hide_field(&t->masks, t->ticket));
	assert_true(masks_hide_field(&t->masks, t->auth));
	assert_false(masks_hide_field(&t->masks, t->d.root.first));
}

/* A secret that was decoded out of a parameter hides the parameter, its siblings' bytes and what lies below it. */
static void test_decoded(void **state)
{
	struct tree *t = *state;
	unsigned source = dissection_add_source(&t->d, "decoded", SLICE_LIT("xx hidden xx"));
	struct field *param = field_add_range(&t->d, &t->d.root, P_hop_info, SOURCE_LINE, 34, 4);
	struct field *secret = field_add_range(&t->d, param, F_MSG_SECRET_HEADER, source, 3, 6);
	struct field *below = field_add_range(&t->d, secret, F_HOP_HEADER, source, 4, 2);

	masks_set(&t->masks, &t->d);
	mask_add_bytes(&t->out, SLICE_LIT(LINE), &t->masks.source[SOURCE_LINE]);
	expect(&t->out, "USR 7 TWN S *** ***");
	assert_true(masks_hide_field(&t->masks, param));
	assert_true(masks_hide_field(&t->masks, below));
	masks_add_text(&t->out, SLICE_LIT("a hidden word"), &t->masks);
	expect(&t->out, "a *** word");
}

/* A secret decoded out of no field hides the payload, from whose bytes it came, and what overlaps it where it was decoded. */
static void test_decoded_whole(void **state)
{
	struct tree *t = *state;
	unsigned source = dissection_add_source(&t->d, "decoded", SLICE_LIT("xx hidden xx"));
	struct field *same = field_add_range(&t->d, &t->d.root, F_XML_TEXT, source, 0, 5);
	struct field *other = field_add_range(&t->d, &t->d.root, F_XML_TEXT, source, 10, 2);

	field_add_range(&t->d, &t->d.root, F_XML_SECRET, source, 3, 6);
	masks_set(&t->masks, &t->d);
	mask_add_bytes(&t->out, SLICE_LIT(PAYLOAD), &t->masks.source[SOURCE_PAYLOAD]);
	expect(&t->out, "***");
	assert_true(masks_hide_field(&t->masks, same));
	assert_false(masks_hide_field(&t->masks, other));
	/* The next event has no such source. */
	dissection_init(&t->d, &t->arena, SLICE_LIT(LINE), SLICE_LIT(PAYLOAD));
	masks_set(&t->masks, &t->d);
	mask_add_bytes(&t->out, SLICE_LIT("xx hidden xx"), &t->masks.source[source]);
	expect(&t->out, "xx hidden xx");
}

/* A secret that occurs often takes no room from others. */
static void test_many(void **state)
{
	struct tree *t = *state;

	for (size_t i = 0; i < 2 * MASK_WORDS_MAX; i++)
		field_add_range(&t->d, &t->d.root, F_XML_SECRET, SOURCE_PAYLOAD, 15, 16);
	field_add_range(&t->d, &t->d.root, F_XML_SECRET, SOURCE_LINE, 34, 4);
	masks_set(&t->masks, &t->d);
	masks_add_text(&t->out, SLICE_LIT("the tail"), &t->masks);
	expect(&t->out, "the ***");
}

/* Overlapping and adjacent ranges in any order are one. */
static void test_merge(void **state)
{
	struct tree *t = *state;

	field_add_range(&t->d, &t->d.root, P_cookie, SOURCE_LINE, 30, 6);
	field_add_range(&t->d, &t->d.root, P_cookie, SOURCE_LINE, 4, 1);
	field_add_range(&t->d, &t->d.root, P_cookie, SOURCE_LINE, 14, 2);
	masks_set(&t->masks, &t->d);
	assert_int_equal(t->masks.source[SOURCE_LINE].count, 2);
	for (size_t at = 0; at < sizeof(LINE); at++)
		assert_int_equal(mask_has(&t->masks.source[SOURCE_LINE], at), at == 4 || (at >= 12 && at < 36));
	mask_add_bytes(&t->out, SLICE_LIT(LINE), &t->masks.source[SOURCE_LINE]);
	expect(&t->out, "USR *** TWN S ***il");
}

/* What is left of a ticket behind a gap. */
static void test_unknown(void **state)
{
	struct tree *t = *state;
	struct slice rest = SLICE_LIT("JyoEqUir+f6fcias4HuN8UJcm8U\r\nLST bob@example.com Bob\r\n"
				      "0123456789012345678 01234567890123456789");

	masks_set(&t->masks, &t->d);
	t->masks.source[SOURCE_PAYLOAD].count = 0;
	masks_set_unknown(&t->masks, rest);
	mask_add_bytes(&t->out, rest, &t->masks.source[SOURCE_PAYLOAD]);
	expect(&t->out, "***\\x0d\\x0aLST bob@example.com Bob\\x0d\\x0a0123456789012345678 ***");
}

static void test_hexdump(void **state)
{
	struct tree *t = *state;

	masks_set(&t->masks, &t->d);
	hexdump_add(&t->out, slice_sub(SLICE_LIT(LINE), 0, 18), &t->masks.source[SOURCE_LINE], " ");
	expect(&t->out, " 0000  55 53 52 20 37 20 54 57 4e 20 53 20 ** ** ** **  |USR 7 TWN S ****|\n"
			" 0010  ** **                                            |**|\n");
	hexdump_add(&t->out, SLICE_LIT("\x1b\xff~\x7f"), &t->masks.source[SOURCE_LINE], "");
	expect(&t->out, "0000  1b ff 7e 7f                                      |..~.|\n");
}

#define TREE_TEST(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes),
		TREE_TEST(test_line),
		TREE_TEST(test_cut),
		TREE_TEST(test_free_text),
		TREE_TEST(test_fields),
		TREE_TEST(test_decoded),
		TREE_TEST(test_decoded_whole),
		TREE_TEST(test_many),
		TREE_TEST(test_merge),
		TREE_TEST(test_unknown),
		TREE_TEST(test_hexdump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
