/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8, percent-encoding, base64, UTF-16LE: good, broken, and cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/buffer.h"
#include "util/encoding.h"
#include "util/utf8.h"

/* Text with each broken sequence replaced. */
static void replace(struct slice s, struct buffer *out)
{
	uint32_t codepoint;
	bool valid;
	size_t n;

	for (size_t at = 0; (n = utf8_next(s, at, &codepoint, &valid)) > 0; at += n) {
		uint8_t bytes[UTF8_MAX];

		buffer_add(out, bytes, utf8_put(codepoint, bytes));
	}
}

#define R "\xef\xbf\xbd"

/* Replacements as Python's bytes.decode("utf-8", "replace") makes them. */
static const struct {
	const char *bytes, *text;
} broken[] = {
	{"\x80", R},
	{"\xc0\x80", R R},
	{"\xc1\xbf", R R},
	{"\xc3", R},
	{"\xc3x", R "x"},
	{"\xc3\xc3\xa4", R "\xc3\xa4"},
	{"\xe0\x80\x80", R R R},
	{"\xe0\xa0", R},
	{"\xe0\xa0x", R "x"},
	{"\xe2\x82", R},
	{"\xe2\x28\xa1", R "(" R},
	{"\xed\xa0\x80", R R R},
	{"\xed\xbf\xbf", R R R},
	{"\xed\x9f\xbf", "\xed\x9f\xbf"},
	{"\xf0\x80\x80\x80", R R R R},
	{"\xf0\x90", R},
	{"\xf0\x90\x80", R},
	{"\xf0\x90\x80x", R "x"},
	{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
	{"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
	{"\xf4\x90\x80\x80", R R R R},
	{"\xf5\x80\x80\x80", R R R R},
	{"\xff\xfe", R R},
	{"caf\xe9 au lait", "caf" R " au lait"},
};

static void test_replacement(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct buffer out = {0};

		replace(slice_str(broken[i].bytes), &out);
		buffer_add_byte(&out, 0);
		assert_string_equal((const char *)out.data, broken[i].text);
		assert_int_equal(utf8_is_valid(slice_str(broken[i].bytes)),
				 strcmp(broken[i].bytes, broken[i].text) == 0);
		buffer_free(&out);
	}
}

static void test_every_character(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x110000; c++) {
		bool real = c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff), valid;
		uint8_t bytes[UTF8_MAX];
		size_t n = utf8_put(c, bytes);
		uint32_t back;

		assert_int_equal(utf8_next(slice_of(bytes, n), 0, &back, &valid), n);
		assert_true(valid);
		assert_int_equal(back, real ? c : UTF8_REPLACEMENT);
		assert_true(utf8_is_valid(slice_of(bytes, n)));
		for (size_t len = 1; len < n; len++) {
			assert_int_equal(utf8_next(slice_of(bytes, len), 0, &back, &valid), len);
			assert_false(valid);
		}
	}
}

static void test_end(void **state)
{
	uint32_t codepoint = 1;
	bool valid = false;

	(void)state;
	assert_int_equal(utf8_next(SLICE_EMPTY, 0, &codepoint, &valid), 0);
	assert_true(valid);
	assert_int_equal(utf8_next(SLICE_LIT("a"), 1, &codepoint, &valid), 0);
	assert_int_equal(utf8_next(SLICE_LIT("a"), 5, &codepoint, &valid), 0);
	assert_true(utf8_is_valid(SLICE_EMPTY));
	assert_int_equal(utf8_valid_prefix(SLICE_LIT("123456789abcdefgh\xe2\x82\xac\xff")), 20);
}

static void test_cut(void **state)
{
	struct slice text = SLICE_LIT("a\xe2\x82\xac\xf0\x9f\x98\x80z");
	static const size_t expected[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 9, 9};

	(void)state;
	for (size_t max = 0; max < sizeof(expected) / sizeof(expected[0]); max++)
		assert_int_equal(utf8_cut(text, max).len, expected[max]);
	/* What is not UTF-8 is cut where it is asked to. */
	assert_int_equal(utf8_cut(SLICE_LIT("\x80\x80\x80\x80\x80\x80"), 5).len, 5);
}

static const struct {
	const char *in, *out;
	bool sound;
} percents[] = {
	{"", "", true},          {"plain", "plain", true},  {"a%20b", "a b", true}, {"%41%42%43", "ABC", true},
	{"%e2%82%AC", "\xe2\x82\xac", true}, {"%", "%", false}, {"%4", "%4", false}, {"%4g", "%4g", false},
	{"%%41", "%A", false},   {"%25%32%30", "%20", true}, {"x%zzy%41", "x%zzyA", false},
};

static void test_percent(void **state)
{
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		struct slice in = slice_str(percents[i].in);

		assert_true(slice_eq_str(percent_decode(&arena, in), percents[i].out));
		assert_int_equal(percent_is_sound(in), percents[i].sound);
	}
	arena_free(&arena);
}

static const struct {
	const char *in, *out; /* NULL: not base64 */
} base64s[] = {
	{"", ""},
	{"Zg==", "f"},
	{"Zm8=", "fo"},
	{"Zm9v", "foo"},
	{"Zm9vYg", "foob"},
	{"Zm9vYmE", "fooba"},
	{"Zm9v YmFy\r\n", "foobar"},
	{"+/+/", "\xfb\xff\xbf"},
	{"Z", NULL},
	{"Zm9vY", NULL},
	{"Zm9v=", NULL},
	{"Zg=", NULL},
	{"Zg===", NULL},
	{"====", NULL},
	{"Zg==Zg==", NULL},
	{"Zm-_", NULL},
	{"Zm9v\x80", NULL},
};

static void test_base64(void **state)
{
	struct arena arena = {0};
	struct slice out;

	(void)state;
	for (size_t i = 0; i < sizeof(base64s) / sizeof(base64s[0]); i++) {
		bool sound = base64_decode(&arena, slice_str(base64s[i].in), &out);

		assert_int_equal(sound, base64s[i].out != NULL);
		assert_true(!sound || slice_eq_str(out, base64s[i].out));
	}
	arena_free(&arena);
}

static void test_base64_round(void **state)
{
	struct arena arena = {0};
	uint8_t bytes[64];
	char text[BASE64_LEN(sizeof(bytes))];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		struct slice out = SLICE_EMPTY;

		base64_encode(slice_of(bytes, len), text);
		assert_true(base64_decode(&arena, slice_of(text, BASE64_LEN(len)), &out));
		assert_true(slice_eq(out, slice_of(bytes, len)));
	}
	arena_free(&arena);
}

static void test_utf16(void **state)
{
	static const struct {
		struct slice in;
		const char *out;
		bool sound;
	} rows[] = {
		{{(const uint8_t *)"h\0i\0", 4}, "hi", true},
		{{(const uint8_t *)"\xac\x20", 2}, "\xe2\x82\xac", true},
		{{(const uint8_t *)"\x3d\xd8\x00\xde", 4}, "\xf0\x9f\x98\x80", true},
		{{(const uint8_t *)"\x3d\xd8", 2}, R, false},
		{{(const uint8_t *)"\x3d\xd8\x00", 3}, R R, false},
		{{(const uint8_t *)"\x00\xde", 2}, R, false},
		{{(const uint8_t *)"\x3d\xd8h\0", 4}, R "h", false},
		{{(const uint8_t *)"h\0i", 3}, "h" R, false},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool sound;

		assert_true(slice_eq_str(utf16le_to_utf8(&arena, rows[i].in, &sound), rows[i].out));
		assert_int_equal(sound, rows[i].sound);
	}
	arena_free(&arena);
}

static void test_hex(void **state)
{
	char out[9] = "";

	(void)state;
	hex_encode(slice_of("\x00\x9f\xa0\xff", 4), out);
	assert_string_equal(out, "009fa0ff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replacement),  cmocka_unit_test(test_every_character), cmocka_unit_test(test_end),
		cmocka_unit_test(test_cut),          cmocka_unit_test(test_percent),         cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_round), cmocka_unit_test(test_utf16),           cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
