/* SPDX-License-Identifier: BSD-2-Clause */
/* Stand-ins: what stays, what is replaced, and that the same value always gets the same one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "output/placeholder.h"

static void expect_text(struct buffer *out, const char *wanted)
{
	buffer_add_byte(out, 0);
	assert_string_equal((const char *)out->data, wanted);
	out->len = 0;
}

/* One row behind the other, with the same placeholders: numbers go on. */
static void test_values(void **state)
{
	static const struct {
		enum placeholder_kind kind;
		const char *in, *out;
	} rows[] = {
		{PLACEHOLDER_PUBLIC, "MSNMSGR", "MSNMSGR"},
		{PLACEHOLDER_PUBLIC, "8.1.0.178", "8.1.0.178"},
		{PLACEHOLDER_PUBLIC, "PROD0061VRRZH@4F", "PROD0061VRRZH@4F"},
		{PLACEHOLDER_PUBLIC, "msmsgs@msnmsgr.com", "msmsgs@msnmsgr.com"},
		{PLACEHOLDER_PUBLIC, "sent by bob@example.org!", "sent by user1@example.com!"},
		{PLACEHOLDER_ACCOUNT, "BOB@example.org", "user1@example.com"},
		{PLACEHOLDER_ACCOUNT, "carol@example.org", "user2@example.com"},
		{PLACEHOLDER_ACCOUNT, "carol", "user3@example.com"},
		{PLACEHOLDER_ACCOUNT, "tel:+15550100", "tel:+15550000001"},
		{PLACEHOLDER_PHONE, "12345", "+15550000002"},
		{PLACEHOLDER_PHONE, "tel:+15550100", "tel:+15550000001"},
		{PLACEHOLDER_PHONE, "", ""},
		{PLACEHOLDER_ACCOUNT, "Hotmail", "Hotmail"},
		{PLACEHOLDER_ACCOUNT, "1:bob@example.org;epid={12345678-abcd-abcd-abcd-1234567890ab}",
		 "1:user1@example.com;epid={00000000-0000-0000-0000-000000000001}"},
		{PLACEHOLDER_ACCOUNT, "13:1065663773;via=14:fb", "13:user4@example.com;via=14:fb"},
		{PLACEHOLDER_ACCOUNT, "<msnmsgr:bob@example.org;{12345678-ABCD-ABCD-ABCD-1234567890AB}>",
		 "<msnmsgr:user1@example.com;{00000000-0000-0000-0000-000000000001}>"},
		{PLACEHOLDER_ACCOUNT, "Bob <bob@example.org>", "user5@example.com>"},
		{PLACEHOLDER_NAME, "Bob", "Name 1"},
		{PLACEHOLDER_NAME, "1", "Name 2"},
		{PLACEHOLDER_NAME, "Bob", "Name 1"},
		{PLACEHOLDER_TEXT, "ok", "Text 1"},
		{PLACEHOLDER_SECRET, "t=abc", "Secret 1"},
		{PLACEHOLDER_SECRET, "", ""},
		{PLACEHOLDER_HOST, "messenger.example.com:1863", "messenger.example.com:1863"},
		{PLACEHOLDER_HOST, "64.4.61.92:1863", "192.0.2.1:1863"},
		{PLACEHOLDER_TARGET, "/abservice/SharingService.asmx", "/abservice/SharingService.asmx"},
		{PLACEHOLDER_TARGET, "http://192.0.2.9/ws/2004/09/oim", "http://192.0.2.9/ws/2004/09/oim"},
		{PLACEHOLDER_WORD, "NLN", "NLN"},
		{PLACEHOLDER_WORD, "MFN", "MFN"},
		{PLACEHOLDER_WORD, "Bob B.", "Text 2"},
		{PLACEHOLDER_OTHER, "0", "0"},
		{PLACEHOLDER_OTHER, "-1", "-1"},
		{PLACEHOLDER_OTHER, "true", "true"},
		{PLACEHOLDER_OTHER, "123456", "123456"},
		{PLACEHOLDER_OTHER, "1234567", "Text 3"},
		{PLACEHOLDER_OTHER, "Bob", "Text 4"},
		{PLACEHOLDER_OTHER, "{00000000-0000-0000-0000-000000000000}", "{00000000-0000-0000-0000-000000000000}"},
		{PLACEHOLDER_OTHER, "12345678-abcd-abcd-abcd-1234567890ab", "00000000-0000-0000-0000-000000000001"},
		{PLACEHOLDER_OTHER, "64.4.61.92", "192.0.2.1"},
		{PLACEHOLDER_OTHER, "64.4.61.93:80", "192.0.2.2:80"},
		{PLACEHOLDER_OTHER, "carol@example.org", "user2@example.com"},
		{PLACEHOLDER_TARGET, "/config?id=5", "/config?Text 5"},
		{PLACEHOLDER_TARGET, "/users/123456/x", "Text 6"},
		{PLACEHOLDER_TARGET, "/u/bob%40example.org", "Text 7"},
		{PLACEHOLDER_OTHER, "2002:5ce1::5ce1", "2001:db8::1"},
		{PLACEHOLDER_OTHER, "[FE80::5efe:C0A8:1]:1863", "[2001:db8::2]:1863"},
		{PLACEHOLDER_OTHER, "00:11:22:33:44:55", "Text 8"},
		{PLACEHOLDER_HOST, "[fe80::5efe:c0a8:1]:80", "[2001:db8::2]:80"},
		{PLACEHOLDER_HOST, "2002:5ce1:0:0:0:0:0:1", "2001:db8::3"},
		{PLACEHOLDER_HOST, "[::1]:1863", "[::1]:1863"},
		{PLACEHOLDER_HOST, "?", "?"},
		{PLACEHOLDER_PUBLIC, "MSMSGS at 2002:5ce1::5ce1, std::cout a::b 12:34:56", "MSMSGS at 2001:db8::1, std::cout a::b 12:34:56"},
		{PLACEHOLDER_OTHER, "{5D3E02AB-6190-11d3-BBBB-00C04F795683}", "{5D3E02AB-6190-11d3-BBBB-00C04F795683}"},
		{PLACEHOLDER_OTHER, "a4268eec-fec5-49e5-95c3-f126696bdbf6", "a4268eec-fec5-49e5-95c3-f126696bdbf6"},
		{PLACEHOLDER_OTHER, "A4268EEC-FEC5-49E5-95C3-F126696BDBF7", "00000000-0000-0000-0000-000000000002"},
	};
	struct placeholders *p = placeholders_new();
	struct buffer out = {NULL, 0, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		placeholders_add(p, &out, rows[i].kind, slice_str(rows[i].in));
		expect_text(&out, rows[i].out);
	}
	buffer_free(&out);
	placeholders_free(p);
}

static void test_text(void **state)
{
	struct placeholders *p = placeholders_new();
	struct buffer out = {NULL, 0, 0};

	(void)state;
	placeholders_add_text(p, &out, SLICE_LIT("<bob@example.org> at 64.4.61.92:80, {12345678-abcd-abcd-abcd-1234567890ab}; bob@example.org, "
						 "a@, @b, 1.2.3, x64.4.61.92"));
	expect_text(&out, "<user1@example.com> at 192.0.2.1:80, {00000000-0000-0000-0000-000000000001}; user1@example.com, "
			  "a@, @b, 1.2.3, x64.4.61.92");
	buffer_free(&out);
	placeholders_free(p);
}

/* The 254 addresses of one range are followed by those of another. */
static void test_many_hosts(void **state)
{
	struct placeholders *p = placeholders_new();
	struct buffer in = {NULL, 0, 0}, out = {NULL, 0, 0};

	(void)state;
	for (unsigned i = 1; i <= 256; i++) {
		in.len = out.len = 0;
		buffer_printf(&in, "10.1.%u.%u", i / 256, i % 256);
		placeholders_add(p, &out, PLACEHOLDER_HOST, buffer_slice(&in));
		if (i == 254)
			expect_text(&out, "192.0.2.254");
	}
	expect_text(&out, "198.18.1.0");
	buffer_free(&in);
	buffer_free(&out);
	placeholders_free(p);
}

/* The field decides: a property's value, what lies in a secret, numbers about a person. */
static void test_kinds(void **state)
{
	struct arena arena;
	struct dissection d;

	(void)state;
	arena_init(&arena);
	dissection_init(&d, &arena, SLICE_LIT("PRP MFN Bob"), SLICE_EMPTY);
	field_add_text(&d, &d.root, P_property, SLICE_LIT("MFN"), SOURCE_LINE, 4, 3);
	struct field *value = field_add_text(&d, &d.root, P_value, SLICE_LIT("Bob"), SOURCE_LINE, 8, 3);
	assert_int_equal(placeholder_kind(value), PLACEHOLDER_NAME);
	struct field *headers = field_add(&d, &d.root, F_MSG_HEADERS, SOURCE_LINE, 0, 0);
	field_add_text(&d, headers, F_MSG_HEADER, SLICE_LIT("94043"), SOURCE_LINE, 0, 0)->key = SLICE_LIT("postalCode");
	assert_int_equal(placeholder_kind(headers->first), PLACEHOLDER_TEXT);
	headers->first->key = SLICE_LIT("sid");
	assert_int_equal(placeholder_kind(headers->first), PLACEHOLDER_OTHER);
	dissection_init(&d, &arena, SLICE_LIT("PRP PHH 12345"), SLICE_EMPTY);
	field_add_text(&d, &d.root, P_property, SLICE_LIT("PHH"), SOURCE_LINE, 4, 3);
	value = field_add_text(&d, &d.root, P_value, SLICE_LIT("12345"), SOURCE_LINE, 8, 5);
	assert_int_equal(placeholder_kind(value), PLACEHOLDER_PHONE);
	dissection_init(&d, &arena, SLICE_LIT("PRP MOB Y"), SLICE_EMPTY);
	field_add_text(&d, &d.root, P_property, SLICE_LIT("MOB"), SOURCE_LINE, 4, 3);
	value = field_add_text(&d, &d.root, P_value, SLICE_LIT("Y"), SOURCE_LINE, 8, 1);
	assert_int_equal(placeholder_kind(value), PLACEHOLDER_OTHER);
	struct field *ticket = field_add_text(&d, &d.root, P_ticket, SLICE_LIT("t"), SOURCE_LINE, 8, 3);
	assert_int_equal(placeholder_kind(ticket), PLACEHOLDER_SECRET);
	struct field *inner = field_add_text(&d, ticket, F_MSG_CONTENT_TYPE, SLICE_LIT("t"), SOURCE_LINE, 8, 3);
	assert_int_equal(placeholder_kind(inner), PLACEHOLDER_SECRET);
	struct field *id = field_add_number(&d, &d.root, F_PROFILE_MEMBER_ID, 1, SOURCE_LINE, 8, 3);
	assert_int_equal(placeholder_kind(id), PLACEHOLDER_TEXT);
	struct field *status = field_add_text(&d, &d.root, P_status, SLICE_LIT("NLN"), SOURCE_LINE, 8, 3);
	assert_int_equal(placeholder_kind(status), PLACEHOLDER_WORD);
	struct field *passport = field_add_text(&d, &d.root, P_passport, SLICE_LIT("b"), SOURCE_LINE, 8, 3);
	assert_int_equal(placeholder_kind(passport), PLACEHOLDER_ACCOUNT);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_many_hosts),
		cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
