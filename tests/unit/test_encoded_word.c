/* SPDX-License-Identifier: BSD-2-Clause */
/* What mails are written in: encoded words, quoted-printable, character sets, dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/charset.h"
#include "dissectors/encoded_word.h"
#include "dissectors/oim_date.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_slice(struct slice s, const char *expected)
{
	char *text = malloc(s.len + 1);

	assert_non_null(text);
	if (s.len)
		memcpy(text, s.ptr, s.len);
	text[s.len] = 0;
	assert_string_equal(text, expected);
	free(text);
}

/* --- encoded words --- */

struct words {
	const char *encoded, *decoded;
	bool sound;
};

static const struct words words[] = {
	/* RFC 2047 section 8. */
	{"(=?ISO-8859-1?Q?a?=)", "(a)", true},
	{"(=?ISO-8859-1?Q?a?= b)", "(a b)", true},
	{"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)", true},
	{"(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)", true},
	{"(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)", "(ab)", true},
	{"(=?ISO-8859-1?Q?a_b?=)", "(a b)", true},
	{"(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)", true},
	{"=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>", true},
	{"=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>", "Keld J\xc3\xb8rn Simonsen <keld@dkuug.dk>", true},
	{"=?ISO-8859-1?Q?Andr=E9?= Pirard <PIRARD@vm1.ulg.ac.be>", "Andr\xc3\xa9 Pirard <PIRARD@vm1.ulg.ac.be>", true},
	{"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
	 "If you can read this you understand the example.", true},
	{"Nathaniel Borenstein <nsb@thumper.bellcore.com> (=?iso-8859-8?b?7eXs+SDv4SDs6Oj08A==?=)",
	 "Nathaniel Borenstein <nsb@thumper.bellcore.com> (\xd7\x9d\xd7\x95\xd7\x9c\xd7\xa9 \xd7\x9f\xd7\x91 "
	 "\xd7\x9c\xd7\x98\xd7\x98\xd7\xa4\xd7\xa0)",
	 true},
	/* Names as notices have them. */
	{"=?utf-8?B?Qm9iIOKYug==?=", "Bob \xe2\x98\xba", true},
	{"=?utf-8?B?Qm9iIOKYug== ?=", "Bob \xe2\x98\xba", true},
	{"=?utf-8?q?caf=c3=a9?=", "caf\xc3\xa9", true},
	{"=?windows-1252?Q?=80?=", "\xe2\x82\xac", true},
	{"=?windows-1251?B?z/Do4uXy?=", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", true},
	{"=?iso-8859-15?Q?=A4?=", "\xe2\x82\xac", true},
	{"=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac", true},
	{"=?us-ascii*en?Q?hello?=", "hello", true},
	/* A character split between neighbours, which the RFC forbids. */
	{"=?utf-8?B?4pg=?= =?UTF-8?B?ug==?=", "\xe2\x98\xba", true},
	/* What is none, or not sound. */
	{"", "", true},
	{"plain", "plain", true},
	{"=?", "=?", true},
	{"=?utf-8?B?", "=?utf-8?B?", true},
	{"=?utf-8?X?abc?=", "=?utf-8?X?abc?=", false},
	{"=?utf-8?1?abc?=", "=?utf-8?1?abc?=", true},
	{"=?utf-8?B?*?=", "=?utf-8?B?*?=", false},
	{"=?utf-8?B?*?= =?utf-8?B?YQ==?= =?utf-8?B?*?=", "=?utf-8?B?*?= a =?utf-8?B?*?=", false},
	{"=?no-such-set?Q?a?= =?no-such-set?Q?b?= =?utf-8?Q?c?=", "=?no-such-set?Q?a?= =?no-such-set?Q?b?= c", false},
	{"=?utf-8//TRANSLIT?Q?a?=", "=?utf-8//TRANSLIT?Q?a?=", false},
	{"=?utf-8?Q?=zz?=", "=?utf-8?Q?=zz?=", false},
	{"=?utf-8?Q?=ff?=", "\xff", false},
	{"=?shift_jis?Q?=81?=", "\xef\xbf\xbd", false},
};

static void test_words(void **state)
{
	struct arena arena = {0};
	bool sound;

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++) {
		assert_slice(encoded_words_decode(&arena, slice_str(words[i].encoded), &sound), words[i].decoded);
		assert_int_equal(sound, words[i].sound);
		for (size_t len = 0; len < strlen(words[i].encoded); len++) {
			uint8_t *copy = malloc(len ? len : 1);

			assert_non_null(copy);
			memcpy(copy, words[i].encoded, len);
			encoded_words_decode(&arena, slice_of(copy, len), &sound);
			free(copy);
		}
	}
	arena_free(&arena);
}

static void test_long_words(void **state)
{
	static char text[ENCODED_TEXT_MAX + 1];
	struct arena arena = {0};
	bool sound;

	(void)state;
	memset(text, '=', sizeof(text));
	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		text[i + 1] = '?';
	assert_int_equal(encoded_words_decode(&arena, slice_of(text, sizeof(text)), &sound).len, sizeof(text));
	encoded_words_decode(&arena, slice_of(text, sizeof(text) - 1), &sound);
	for (size_t i = 0; i + 11 <= ENCODED_TEXT_MAX; i += 11)
		memcpy(text + i, "=?koi8-r?Q?", 11);
	encoded_words_decode(&arena, slice_of(text, ENCODED_TEXT_MAX), &sound);
	for (size_t i = 0; i + 16 <= ENCODED_TEXT_MAX; i += 16)
		memcpy(text + i, "=?koi8-r?Q?=C1?=", 16);
	assert_int_equal(encoded_words_decode(&arena, slice_of(text, ENCODED_TEXT_MAX), &sound).len,
			 ENCODED_TEXT_MAX / 16 * 2);
	assert_true(sound);
	arena_free(&arena);
}

static void test_quoted_printable(void **state)
{
	static const struct words rows[] = {
		/* RFC 2045 section 6.7. */
		{"Now's the time =\r\nfor all folk to come=\r\n to the aid of their country.",
		 "Now's the time for all folk to come to the aid of their country.", true},
		{"a=3Db=0A", "a=b\n", true},
		{"soft=  \nbreak=", "softbreak", true},
		{"=", "", true},
		{"a=4", "a=4", false},
		{"=x=4142", "=xA42", false},
	};
	struct arena arena = {0};
	bool sound;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_slice(quoted_printable_decode(&arena, slice_str(rows[i].encoded), &sound), rows[i].decoded);
		assert_int_equal(sound, rows[i].sound);
	}
	arena_free(&arena);
}

static void test_charset_limits(void **state)
{
	struct arena arena = {0};
	struct slice out;
	bool sound;

	(void)state;
	assert_true(charset_decode(&arena, SLICE_EMPTY, SLICE_EMPTY, &out, &sound));
	assert_true(charset_decode(&arena, SLICE_LIT("Latin1"), SLICE_EMPTY, &out, &sound));
	assert_int_equal(out.len, 0);
	assert_true(charset_decode(&arena, SLICE_LIT("big5"), SLICE_LIT("\xa4\xa4\xff"), &out, &sound));
	assert_false(sound);
	assert_slice(out, "\xe4\xb8\xad\xef\xbf\xbd");
	uint8_t *large = calloc(1, CHARSET_TEXT_MAX + 1);
	assert_non_null(large);
	assert_false(charset_decode(&arena, SLICE_LIT("utf-8"), slice_of(large, CHARSET_TEXT_MAX + 1), &out, &sound));
	assert_true(charset_decode(&arena, SLICE_LIT("cp1252"), SLICE_LIT("x"), &out, &sound) == false);
	free(large);
	arena_free(&arena);
}

/* --- dates --- */

static void test_dates(void **state)
{
	static const struct {
		bool (*parse)(struct slice text, int64_t *ns);
		const char *text, *time; /* time NULL: not a date */
	} rows[] = {
		{oim_date_iso, "2007-05-14T15:52:53.377Z", "2007-05-14T15:52:53.377Z"},
		{oim_date_iso, "2008-02-29T00:00:00Z", "2008-02-29T00:00:00Z"},
		{oim_date_iso, "1969-12-31T23:59:59.5", "1969-12-31T23:59:59.5Z"},
		{oim_date_iso, "2007-05-14 15:52:53.1234567899Z", "2007-05-14T15:52:53.123456789Z"},
		{oim_date_iso, "2007-05-14T15:52:53.Z", NULL},
		{oim_date_iso, "2007-13-14T15:52:53Z", NULL},
		{oim_date_iso, "2007-05-14T15:52:53+", NULL},
		{oim_date_iso, "9999-05-14T15:52:53Z", NULL},
		{oim_date_iso, "", NULL},
		{oim_date_mail, "15 Nov 2005 14:24:27 -0800", "2005-11-15T22:24:27Z"},
		{oim_date_mail, "Mon, 14 May 2007 08:52:53 -0700", "2007-05-14T15:52:53Z"},
		{oim_date_mail, "1 jan 2000 0:00:00 +0530", "1999-12-31T18:30:00Z"},
		{oim_date_mail, "1 Jan 2000 00:00:00", "2000-01-01T00:00:00Z"},
		{oim_date_mail, "1 Mai 2000 00:00:00", NULL},
		{oim_date_mail, "yesterday", NULL},
		{oim_date_filetime, "14 May 2007 15:52:53.0377 (UTC) FILETIME=[EE69F930:01C7963F]",
		 "2007-05-14T15:52:53.0377008Z"},
		{oim_date_filetime, "FILETIME=[D53E8000:019DB1DE]", "1970-01-01T00:00:00Z"},
		{oim_date_filetime, "FILETIME=[D53E7FFF:019DB1DE]", NULL},
		{oim_date_filetime, "FILETIME=[FFFFFFFF:FFFFFFFF]", NULL},
		{oim_date_filetime, "FILETIME=[EE69F930:01C796", NULL},
		{oim_date_filetime, "FILETIME=[EE69F930-01C7963F]", NULL},
		{oim_date_filetime, "", NULL},
	};
	struct arena arena = {0};
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(rows[i].parse(slice_str(rows[i].text), &ns), rows[i].time != NULL);
		if (rows[i].time)
			assert_slice(oim_date_text(&arena, ns), rows[i].time);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),          cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_quoted_printable), cmocka_unit_test(test_charset_limits),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
