/* SPDX-License-Identifier: BSD-2-Clause */
/* The JSON writer: strings as Python writes them, numbers, times, structure, fields without repeated keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "output/json_fields.h"
#include "output/timestamp.h"

/* Compares what was written and empties the buffer. */
static void expect(struct buffer *out, const char *wanted)
{
	buffer_add_byte(out, 0);
	assert_string_equal((const char *)out->data, wanted);
	out->len = 0;
}

/*
 * What json.dumps(bytes.decode("utf-8", "replace"), ensure_ascii=False) gives
 * in Python, with DEL and C1 written as \u00xx; and whether nothing was lost.
 */
static const struct {
	struct slice in;
	const char *out;
	bool valid;
} strings[] = {
	{SLICE_LIT(""), "\"\"", true},
	{SLICE_LIT("plain"), "\"plain\"", true},
	{SLICE_LIT("quote \" backslash \\ slash /"), "\"quote \\\" backslash \\\\ slash /\"", true},
	{SLICE_LIT("\x08\x0c\x0a\x0d\x09"), "\"\\b\\f\\n\\r\\t\"", true},
	{SLICE_LIT("\x00\x01\x1f"), "\"\\u0000\\u0001\\u001f\"", true},
	{SLICE_LIT("\x7f"), "\"\\u007f\"", true},
	{SLICE_LIT("a\x7f" "b0123456789"), "\"a\\u007fb0123456789\"", true},
	{SLICE_LIT("0123456\""), "\"0123456\\\"\"", true},
	{SLICE_LIT("01234567\\"), "\"01234567\\\\\"", true},
	{SLICE_LIT("0123456789abcde\x0a"), "\"0123456789abcde\\n\"", true},
	{SLICE_LIT("caf\xc3\xa9"), "\"caf\xc3\xa9\"", true},
	{SLICE_LIT("\xc3\xa9"), "\"\xc3\xa9\"", true},
	{SLICE_LIT("\xe2\x82\xac"), "\"\xe2\x82\xac\"", true},
	{SLICE_LIT("\xf0\x9f\x98\x80"), "\"\xf0\x9f\x98\x80\"", true},
	{SLICE_LIT("\xf4\x8f\xbf\xbf"), "\"\xf4\x8f\xbf\xbf\"", true},
	{SLICE_LIT("\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0"), "\"\\u0080\\u009b\\u009f\xc2\xa0\"", true},
	{SLICE_LIT("\xe2\x80\xa8\xe2\x80\xa9"), "\"\xe2\x80\xa8\xe2\x80\xa9\"", true},
	{SLICE_LIT("\xef\xbf\xbd"), "\"\xef\xbf\xbd\"", true},
	{SLICE_LIT("\xef\xbf\xbe"), "\"\xef\xbf\xbe\"", true},
	{SLICE_LIT("\xff"), "\"\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xfe\xff"), "\"\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\x80"), "\"\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xbf\xbf\xbf"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xc1\xbf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xc2"), "\"\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xc2" "A"), "\"\xef\xbf\xbd" "A\"", false},
	{SLICE_LIT("\xc3\xc3\xa9"), "\"\xef\xbf\xbd\xc3\xa9\"", false},
	{SLICE_LIT("\xe0\x80\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xe0\x9f\xbf"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xe0\xa0"), "\"\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xe2\x82"), "\"\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xe2\x82" "A"), "\"\xef\xbf\xbd" "A\"", false},
	{SLICE_LIT("\xe2" "A\x82"), "\"\xef\xbf\xbd" "A\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xed\xb0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xed\x9f\xbf"), "\"\xed\x9f\xbf\"", true},
	{SLICE_LIT("\xee\x80\x80"), "\"\xee\x80\x80\"", true},
	{SLICE_LIT("\xf0\x8f\xbf\xbf"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xf0\x90\x80\x80"), "\"\xf0\x90\x80\x80\"", true},
	{SLICE_LIT("\xf0\x9f\x98"), "\"\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xf0\x9f"), "\"\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xf0\x9f\x98" "A"), "\"\xef\xbf\xbd" "A\"", false},
	{SLICE_LIT("\xf0\x9f" "A"), "\"\xef\xbf\xbd" "A\"", false},
	{SLICE_LIT("\xf0"), "\"\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xf4\x90\x80\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xf5\x80\x80\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xf8\x88\x80\x80\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xfc\x84\x80\x80\x80\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("abc\xe9" "def"), "\"abc\xef\xbf\xbd" "def\"", false},
	{SLICE_LIT("Andr\xe9 12345678\xe9"), "\"Andr\xef\xbf\xbd 12345678\xef\xbf\xbd\"", false},
	{SLICE_LIT("\xe9\xe8\xe7 \xe2\x82\xac \xff"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xe2\x82\xac \xef\xbf\xbd\"", false},
	{SLICE_LIT("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"), "\"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\"", true},
	{SLICE_LIT("\xe3\x81\x82\x82\xa0"), "\"\xe3\x81\x82\xef\xbf\xbd\xef\xbf\xbd\"", false},
	{SLICE_LIT("12345678\x00" "12345678"), "\"12345678\\u000012345678\"", true},
	{SLICE_LIT("USR 7 TWN I alice@example.com"), "\"USR 7 TWN I alice@example.com\"", true},
};

static void test_strings(void **state)
{
	struct buffer out = {NULL, 0, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		struct json j = json_to(&out, false);

		assert_int_equal(json_string(&j, strings[i].in), strings[i].valid);
		expect(&out, strings[i].out);
		j = json_to(&out, false);
		json_key_slice(&j, strings[i].in);
		buffer_add_byte(&out, 0);
		assert_memory_equal(out.data, strings[i].out, strlen(strings[i].out));
		out.len = 0;
	}
	buffer_free(&out);
}

/* Each byte alone, and at each place of a longer text. */
static void test_every_byte(void **state)
{
	struct buffer out = {NULL, 0, 0};

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		for (size_t place = 0; place < 20; place++) {
			uint8_t text[20];
			struct json j = json_to(&out, false);
			bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

			memset(text, 'a', sizeof(text));
			text[place] = (uint8_t)c;
			assert_int_equal(json_string(&j, slice_of(text, sizeof(text))), c < 0x80);
			assert_int_equal(out.len == sizeof(text) + 2, plain);
			for (size_t i = 0; i < out.len; i++)
				assert_true(out.data[i] >= 0x20 && out.data[i] != 0x7f);
			out.len = 0;
		}
	}
	buffer_free(&out);
}

static void test_base64_and_hex(void **state)
{
	static const char *const wanted[] = {"\"\"", "\"Zg==\"", "\"Zm8=\"", "\"Zm9v\"", "\"Zm9vYg==\"", "\"Zm9vYmE=\"", "\"Zm9vYmFy\""};
	struct buffer out = {NULL, 0, 0};
	struct json j = json_to(&out, false);

	(void)state;
	for (size_t n = 0; n <= 6; n++) {
		json_base64(&j, slice_of("foobar", n));
		expect(&out, wanted[n]);
	}
	json_base64(&j, SLICE_LIT("\xfb\xff\xfe\x00"));
	expect(&out, "\"+//+AA==\"");
	json_hex(&j, SLICE_LIT("\x00\x9f\xff"));
	expect(&out, "\"009fff\"");
	buffer_free(&out);
}

/* As datetime gives them in Python. */
static void test_times(void **state)
{
	static const struct {
		int64_t ns;
		bool nanoseconds;
		const char *out;
	} rows[] = {
		{0, false, "\"1970-01-01T00:00:00.000000Z\""},
		{1057914000123456000, false, "\"2003-07-11T09:00:00.123456Z\""},
		{1057914000123456789, true, "\"2003-07-11T09:00:00.123456789Z\""},
		{951782399999999999, false, "\"2000-02-28T23:59:59.999999Z\""},
		{951868799000000000, false, "\"2000-02-29T23:59:59.000000Z\""},
		{1709164800000000000, false, "\"2024-02-29T00:00:00.000000Z\""},
		{4107542399000000000, false, "\"2100-02-28T23:59:59.000000Z\""},
		{4107542400000000000, false, "\"2100-03-01T00:00:00.000000Z\""},
		{-1, true, "\"1969-12-31T23:59:59.999999999Z\""},
		{-86400000000000, false, "\"1969-12-31T00:00:00.000000Z\""},
		{INT64_MAX, true, "\"2262-04-11T23:47:16.854775807Z\""},
		{INT64_MIN, true, "\"1677-09-21T00:12:43.145224192Z\""},
	};
	struct buffer out = {NULL, 0, 0};
	struct json j = json_to(&out, false);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_time(&j, rows[i].ns, rows[i].nanoseconds);
		expect(&out, rows[i].out);
	}
	json_seconds(&j, 52633000, false);
	expect(&out, "0.052633");
	json_seconds(&j, -1500000001, true);
	expect(&out, "-1.500000001");
	json_seconds(&j, INT64_MIN, true);
	expect(&out, "-9223372036.854775808");
	buffer_free(&out);
}

static void write_sample(struct json *j)
{
	json_begin_object(j);
	JSON_KEY(j, "a");
	json_u64(j, UINT64_MAX);
	JSON_KEY(j, "b");
	json_begin_array(j);
	json_bool(j, true);
	json_null(j);
	json_begin_object(j);
	json_end_object(j);
	json_begin_array(j);
	json_end_array(j);
	json_end_array(j);
	JSON_KEY(j, "c");
	json_str(j, NULL);
	json_end_object(j);
}

static void test_structure(void **state)
{
	struct buffer out = {NULL, 0, 0};
	struct json j = json_to(&out, false), pretty = json_to(&out, true);

	(void)state;
	write_sample(&j);
	expect(&out, "{\"a\":18446744073709551615,\"b\":[true,null,{},[]],\"c\":null}");
	write_sample(&pretty);
	expect(&out, "{\n  \"a\": 18446744073709551615,\n  \"b\": [\n    true,\n    null,\n    {},\n    []\n  ],\n  \"c\": null\n}");
	buffer_free(&out);
}

/* --- fields --- */

struct tree {
	struct arena arena;
	struct dissection d;
};

static int tree_setup(void **state)
{
	struct tree *t = test_malloc(sizeof(*t));

	arena_init(&t->arena);
	dissection_init(&t->d, &t->arena, SLICE_LIT("USR 1 a b"), SLICE_LIT("payload of some bytes"));
	*state = t;
	return 0;
}

static int tree_teardown(void **state)
{
	struct tree *t = *state;

	arena_free(&t->arena);
	test_free(t);
	return 0;
}

static struct field *text(struct dissection *d, struct field *parent, enum field_id id, struct slice value)
{
	return field_add_text(d, parent, id, value, SOURCE_LINE, 0, 0);
}

static void keyed(struct dissection *d, struct field *dict, struct slice key, struct slice value)
{
	text(d, dict, F_MSG_HEADER, value)->key = key;
}

static void expect_fields(struct dissection *d, const char *wanted)
{
	struct buffer out = {NULL, 0, 0};
	struct json j = json_to(&out, false);

	json_fields(&j, &d->root);
	expect(&out, wanted);
	buffer_free(&out);
}

static void test_leaves(void **state)
{
	struct dissection *d = &((struct tree *)*state)->d;

	text(d, &d->root, F_MSNP_NAME, SLICE_LIT("US\xff"));
	field_add_number(d, &d->root, F_MSNP_TRID, 1, SOURCE_LINE, 4, 1);
	field_add(d, &d->root, F_MSG_TEXT, SOURCE_LINE, 0, 0);
	expect_fields(d, "{\"msnp.name\":\"US\xef\xbf\xbd\",\"msnp.trid\":1,\"msg.text\":null}");
}

static void test_repeats(void **state)
{
	struct dissection *d = &((struct tree *)*state)->d;

	text(d, &d->root, F_MSNP_EXTRA, SLICE_LIT("a"));
	text(d, &d->root, F_MSNP_NAME, SLICE_LIT("1"));
	expect_fields(d, "{\"msnp.extra\":[\"a\"],\"msnp.name\":\"1\"}");
	text(d, &d->root, F_MSNP_EXTRA, SLICE_LIT("b"));
	text(d, &d->root, F_MSNP_NAME, SLICE_LIT("2"));
	expect_fields(d, "{\"msnp.extra\":[\"a\",\"b\"],\"msnp.name\":[\"1\",\"2\"]}");
}

static void test_children(void **state)
{
	struct dissection *d = &((struct tree *)*state)->d;
	struct field *host = text(d, &d->root, P_host_port, SLICE_LIT("h:1"));

	expect_fields(d, "{\"msnp.host_port\":{\"value\":\"h:1\"}}");
	text(d, host, F_HOST_NAME, SLICE_LIT("h"));
	field_add_number(d, host, F_HOST_PORT, 1, SOURCE_LINE, 0, 0);
	expect_fields(d, "{\"msnp.host_port\":{\"value\":\"h:1\",\"host.name\":\"h\",\"host.port\":1}}");
}

static void test_dictionary(void **state)
{
	struct dissection *d = &((struct tree *)*state)->d;
	struct field *dict = field_add(d, &d->root, F_MSG_HEADERS, SOURCE_PAYLOAD, 0, 5);

	expect_fields(d, "{\"msg.headers\":{}}");
	keyed(d, dict, SLICE_LIT("A"), SLICE_LIT("1"));
	keyed(d, dict, SLICE_LIT("B\xff"), SLICE_LIT("2"));
	keyed(d, dict, SLICE_LIT("a"), SLICE_LIT("3"));
	keyed(d, dict, SLICE_LIT("A"), SLICE_LIT("4"));
	keyed(d, dict, SLICE_LIT("B\xfe"), SLICE_LIT("5"));
	keyed(d, dict, SLICE_LIT("B\xef\xbf\xbd"), SLICE_LIT("6"));
	expect_fields(d, "{\"msg.headers\":{\"A\":[\"1\",\"4\"],\"B\xef\xbf\xbd\":[\"2\",\"5\",\"6\"],\"a\":\"3\"}}");
}

static void test_large_dictionary(void **state)
{
	struct tree *t = *state;
	struct field *dict = field_add(&t->d, &t->d.root, F_MSG_HEADERS, SOURCE_PAYLOAD, 0, 5);
	struct buffer wanted = {NULL, 0, 0};

	buffer_add_str(&wanted, "{\"msg.headers\":{");
	for (unsigned i = 0; i < 200; i++) {
		keyed(&t->d, dict, arena_printf(&t->arena, "k%u", i % 100), arena_printf(&t->arena, "%u", i));
		if (i < 100)
			buffer_printf(&wanted, "%s\"k%u\":[\"%u\",\"%u\"]", i ? "," : "", i, i, i + 100);
	}
	buffer_add(&wanted, "}}", 3);
	expect_fields(&t->d, (const char *)wanted.data);
	buffer_free(&wanted);
}

static void test_bytes(void **state)
{
	struct dissection *d = &((struct tree *)*state)->d;
	uint8_t many[JSON_BYTES_MAX + 1] = {0};
	struct field *f = text(d, &d->root, F_MSG_BODY, SLICE_LIT("\x01\xff"));

	expect_fields(d, "{\"msg.body\":{\"length\":2,\"hex\":\"01ff\"}}");
	f->value.text = slice_of(many, sizeof(many));
	expect_fields(d, "{\"msg.body\":{\"length\":65}}");
}

static void test_ranges(void **state)
{
	struct dissection *d = &((struct tree *)*state)->d;
	struct buffer out = {NULL, 0, 0};
	struct json j = json_to(&out, false);
	unsigned first = dissection_add_source(d, "msnobj", SLICE_LIT("abc"));
	unsigned second = dissection_add_source(d, "msnobj", SLICE_LIT("abcd"));
	struct field *host = field_add_range(d, &d->root, P_host_port, SOURCE_LINE, 4, 3);
	struct field *object = field_add_range(d, &d->root, P_msnobj, SOURCE_LINE, 8, 1);

	field_add_range(d, host, F_HOST_NAME, SOURCE_LINE, 4, 1);
	field_add_range(d, object, F_MSNOBJ_XML, first, 0, 3);
	field_add_range(d, object, F_MSNOBJ_LOCATION, second, 1, 2);
	json_sources(&j, d);
	expect(&out, "{\"line\":9,\"payload\":21,\"msnobj\":3,\"msnobj#2\":4}");
	j = json_to(&out, false);
	json_ranges(&j, d);
	expect(&out, "[[\"host.name\",\"line\",4,1],[\"msnp.msnobj\",\"line\",8,1],[\"msnobj.xml\",\"msnobj\",0,3],"
		     "[\"msnobj.location\",\"msnobj#2\",1,2]]");
	buffer_free(&out);
}

#define TREE_TEST(f) cmocka_unit_test_setup_teardown(f, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_base64_and_hex),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_structure),
		TREE_TEST(test_leaves),
		TREE_TEST(test_repeats),
		TREE_TEST(test_children),
		TREE_TEST(test_dictionary),
		TREE_TEST(test_large_dictionary),
		TREE_TEST(test_bytes),
		TREE_TEST(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
