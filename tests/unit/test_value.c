/* SPDX-License-Identifier: BSD-2-Clause */
/* Each kind of parameter: a word in, a tree out; then each word cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/msnp_value.h"
#include "tree.h"

#define GUID "0000aaaa-1111-2222-3333-44445555ffff"

/* What percent-encoding makes of an object with these values. */
#define OBJECT(creator, size, type, location, friendly, sha1d, sha1c)                                        \
	"%3Cmsnobj%20Creator%3D%22" creator "%22%20Size%3D%22" size "%22%20Type%3D%22" type                   \
	"%22%20Location%3D%22" location "%22%20Friendly%3D%22" friendly "%22%20SHA1D%3D%22" sha1d "%22" sha1c \
	"%2F%3E"
#define XML(creator, size, type, location, friendly, sha1d, sha1c)                                  \
	"<msnobj Creator=\"" creator "\" Size=\"" size "\" Type=\"" type "\" Location=\"" location  \
	"\" Friendly=\"" friendly "\" SHA1D=\"" sha1d "\"" sha1c "/>"
#define SUM "vEvOi/JX7oAzLReF9a0sn5oMVNg="
#define CLASSIC "XisBNgnVhPuzIRajJmR39yg7bwQ="
#define SHORT "gfQsg18FAogTz5ypCKQcySI+I94="
#define ENCODED_SUM "vEvOi/JX7oAzLReF9a0sn5oMVNg%3D"

struct row {
	enum field_id param;
	const char *word;
	const char *tree;
};

static const struct row rows[] = {
	/* text and percent-encoding */
	{P_client_name, "MSMSGS", "msnp.client_name=\"MSMSGS\""},
	{P_ticket, "t=1&p=2", "msnp.ticket=\"t=1&p=2\""},
	{P_friendly_name, "Bob%20%E2%82%AC%25", "msnp.friendly_name=\"Bob \xe2\x82\xac%\""},
	{P_friendly_name, "%C2%B7%244Bob", "msnp.friendly_name=\"\xc2\xb7$4Bob\" msnp.plain_name=\"Bob\""},
	{P_value, "%C2%B7%244Bob", "msnp.value=\"\xc2\xb7$4Bob\""},
	{P_friendly_name, "", "msnp.friendly_name=\"\""},
	{P_friendly_name, "100%", "msnp.friendly_name=\"100%\" !msnp.bad_value"},
	{P_friendly_name, "%zz%4", "msnp.friendly_name=\"%zz%4\" !msnp.bad_value"},
	{P_friendly_name, "%E2%82", "msnp.friendly_name=\"\xe2\x82\" !msnp.bad_value"},
	/* numbers */
	{P_length, "133", "msnp.length=133"},
	{P_length, "12x", "msnp.length !msnp.bad_value"},
	{P_length, "-1", "msnp.length !msnp.bad_value"},
	{P_length, "18446744073709551615", "msnp.length=18446744073709551615"},
	{P_length, "18446744073709551616", "msnp.length !msnp.bad_value"},
	{P_session_id, "11752013", "msnp.session_id=\"11752013\""},
	{P_session_id, "{" GUID "}", "msnp.session_id=\"{" GUID "}\""},
	/* sets of values */
	{P_status, "NLN", "msnp.status=\"NLN\""},
	{P_status, "XYZ", "msnp.status=\"XYZ\" !msnp.unknown_value"},
	{P_property, "PHH", "msnp.property=\"PHH\""},
	{P_property, "UTL", "msnp.property=\"UTL\""},
	{P_property, "ABC", "msnp.property=\"ABC\" !msnp.unknown_value"},
	{P_auth_type, "CKI", "msnp.auth_type=\"CKI\""},
	{P_network_id, "32", "msnp.network_id=32"},
	{P_network_id, "77", "msnp.network_id=77 !msnp.unknown_value"},
	{P_network_id, "one", "msnp.network_id !msnp.bad_value"},
	/* ids */
	{P_contact_guid, GUID, "msnp.contact_guid=\"" GUID "\""},
	{P_machine_guid, "{" GUID "}", "msnp.machine_guid=\"{" GUID "}\""},
	{P_machine_guid, "{" GUID, "msnp.machine_guid=\"{" GUID "\" !msnp.bad_value"},
	{P_contact_guid, "7", "msnp.contact_guid=\"7\""},
	{P_contact_guid, "7x", "msnp.contact_guid=\"7x\" !msnp.bad_value"},
	{P_group_ids, "0", "msnp.group_ids=\"0\"{id.item=\"0\"}"},
	{P_group_ids, "1,22", "msnp.group_ids=\"1,22\"{id.item=\"1\" id.item=\"22\"}"},
	{P_group_ids, ",", "msnp.group_ids=\",\""},
	/* stamps and dialects */
	{P_list_stamp, "2004-07-09T21:12:45.3330000-07:00", "msnp.list_stamp=\"2004-07-09T21:12:45.3330000-07:00\""},
	{P_list_stamp, "0", "msnp.list_stamp=\"0\""},
	{P_list_stamp, "yesterday", "msnp.list_stamp=\"yesterday\" !msnp.bad_value"},
	{P_protocol, "MSNP8", "msnp.protocol=\"MSNP8\""},
	{P_protocol, "CVR0", "msnp.protocol=\"CVR0\""},
	{P_protocol, "0", "msnp.protocol=\"0\""},
	{P_protocol, "8", "msnp.protocol=\"8\" !msnp.unknown_value"},
	{P_protocol, "MSNP", "msnp.protocol=\"MSNP\" !msnp.unknown_value"},
	/* hosts */
	{P_host_port, "207.46.104.20:1863",
	 "msnp.host_port=\"207.46.104.20:1863\"{host.name=\"207.46.104.20\" host.port=1863}"},
	{P_host_port, "[2001:db8::1]:1863",
	 "msnp.host_port=\"[2001:db8::1]:1863\"{host.name=\"2001:db8::1\" host.port=1863}"},
	{P_host_port, "2001:db8::1", "msnp.host_port=\"2001:db8::1\"{host.name=\"2001:db8::1\"}"},
	{P_host_port, "example.com", "msnp.host_port=\"example.com\"{host.name=\"example.com\"}"},
	{P_host_port, "a:65536", "msnp.host_port=\"a:65536\"{host.name=\"a\" host.port=65536} !msnp.bad_value"},
	{P_host_port, "a:", "msnp.host_port=\"a:\"{host.name=\"a\" host.port} !msnp.bad_value"},
	{P_host_port, "[::1", "msnp.host_port=\"[::1\"{host.name=\"::1\"} !msnp.bad_value"},
	{P_host_port, "[::1]x", "msnp.host_port=\"[::1]x\"{host.name=\"::1\"} !msnp.bad_value"},
	{P_host_port, ":80", "msnp.host_port=\":80\"{host.port=80} !msnp.bad_value"},
	{P_host_port, "", "msnp.host_port=\"\" !msnp.bad_value"},
	/* addresses */
	{P_passport, "alice@example.com", "msnp.passport=\"alice@example.com\""},
	{P_passport_epid, "a@example.com", "msnp.passport_epid=\"a@example.com\"{address.account=\"a@example.com\"}"},
	{P_passport_epid, "a@example.com;{" GUID "}",
	 "msnp.passport_epid=\"a@example.com;{" GUID
	 "}\"{address.account=\"a@example.com\" address.endpoint=\"{" GUID "}\"}"},
	{P_passport_epid, "a;{7}", "msnp.passport_epid=\"a;{7}\"{address.account=\"a\" address.endpoint=\"{7}\"} "
				   "!msnp.bad_value"},
	{P_network_passport, "1:a@b", "msnp.network_passport=\"1:a@b\"{address.network=1 address.account=\"a@b\"}"},
	{P_network_passport, "10:x@live.com;path=IM",
	 "msnp.network_passport=\"10:x@live.com;path=IM\"{address.network=10 address.account=\"x@live.com\" "
	 "address.path=\"IM\"}"},
	{P_network_passport, "4:tel:+15550100",
	 "msnp.network_passport=\"4:tel:+15550100\"{address.network=4 address.account=\"tel:+15550100\"}"},
	{P_network_passport, "1:a@b;via=9:" GUID "@live.com;epid={" GUID "}",
	 "msnp.network_passport=\"1:a@b;via=9:" GUID "@live.com;epid={" GUID
	 "}\"{address.network=1 address.account=\"a@b\" address.via=\"9:" GUID "@live.com\" address.endpoint=\"{" GUID
	 "}\"}"},
	{P_network_passport, "77:a", "msnp.network_passport=\"77:a\"{address.network=77 address.account=\"a\"} "
				     "!msnp.unknown_value"},
	{P_network_passport, "a@b", "msnp.network_passport=\"a@b\"{address.account=\"a@b\"} !msnp.bad_value"},
	{P_network_passport, "1:a;path=x;path=y",
	 "msnp.network_passport=\"1:a;path=x;path=y\"{address.network=1 address.account=\"a\" address.path=\"x\"} "
	 "!msnp.bad_value"},
	{P_network_passport, "1:a;what", "msnp.network_passport=\"1:a;what\"{address.network=1 address.account=\"a\"} "
					 "!msnp.bad_value"},
	{P_network_passport, "1:a;", "msnp.network_passport=\"1:a;\"{address.network=1 address.account=\"a\"} "
				     "!msnp.bad_value"},
	/* flag words */
	{P_list_bits, "11", "msnp.list_bits=11{list.name=\"FL\" list.name=\"AL\" list.name=\"RL\"}"},
	{P_list_bits, "0", "msnp.list_bits=0"},
	{P_list_bits, "128", "msnp.list_bits=128 !msnp.unknown_value"},
	{P_list_bits, "", "msnp.list_bits !msnp.bad_value"},
	{P_capabilities, "0", "msnp.capabilities=0{capabilities.first=0x0}"},
	{P_capabilities, "2147483692",
	 "msnp.capabilities=2147483692{capabilities.first=0x8000002c capabilities.client=\"msnc8\" "
	 "capabilities.bit=\"ink_gif\" capabilities.bit=\"ink_isf\" capabilities.bit=\"chunking\"}"},
	{P_capabilities, "4026531840",
	 "msnp.capabilities=4026531840{capabilities.first=0xf0000000} !msnp.unknown_value"},
	{P_capabilities, "4294967296", "msnp.capabilities=4294967296 !msnp.bad_value"},
	{P_capabilities, "1:1", "msnp.capabilities{capabilities.first=0x1 capabilities.bit=\"mobile\" "
				"capabilities.second=0x1 capabilities.bit2=\"sms_only\"} !msnp.bad_value"},
	{P_capabilities, "1:1:3", "msnp.capabilities{capabilities.first=0x1 capabilities.bit=\"mobile\" "
				  "capabilities.second=0x1 capabilities.bit2=\"sms_only\" capabilities.third=0x3} "
				  "!msnp.bad_value"},
	{P_capabilities, "x", "msnp.capabilities !msnp.bad_value"},
	{P_capabilities_ext, "1:48", "msnp.capabilities_ext=\"1:48\"{capabilities.first=0x1 capabilities.bit=\"mobile\" "
				     "capabilities.second=0x30 capabilities.bit2=\"rtc_video\" "
				     "capabilities.bit2=\"p2p_v2\"}"},
	{P_capabilities_ext, "4", "msnp.capabilities_ext=\"4\"{capabilities.first=0x4 capabilities.bit=\"ink_gif\"}"},
	{P_capabilities_ext, "1:", "msnp.capabilities_ext=\"1:\"{capabilities.first=0x1 capabilities.bit=\"mobile\"} "
				   "!msnp.bad_value"},
	/* hop information: "Version: 1", "XfrCount: 2" */
	{P_hop_info, "VmVyc2lvbjogMQ0KWGZyQ291bnQ6IDINCg==",
	 "msnp.hop_info=\"VmVyc2lvbjogMQ0KWGZyQ291bnQ6IDINCg==\"{hop.headers{[Version]=\"1\" [XfrCount]=\"2\"}}"},
	{P_hop_info, "0", "msnp.hop_info=\"0\""},
	{P_hop_info, "?", "msnp.hop_info=\"?\" !msnp.bad_value"},
	/* objects */
	{P_msnobj, "0", "msnp.msnobj=\"0\""},
	{P_msnobj,
	 OBJECT("bob%40example.com", "33", "3", "pic1.tmp", "AAA%3D", ENCODED_SUM,
		"%20SHA1C%3D%22XisBNgnVhPuzIRajJmR39yg7bwQ%3D%22"),
	 "msnp.msnobj=\"" OBJECT("bob%40example.com", "33", "3", "pic1.tmp", "AAA%3D", ENCODED_SUM,
				 "%20SHA1C%3D%22XisBNgnVhPuzIRajJmR39yg7bwQ%3D%22") "\"{msnobj.xml=\""
	 XML("bob@example.com", "33", "3", "pic1.tmp", "AAA=", SUM, " SHA1C=\"" CLASSIC "\"")
	 "\" msnobj.creator=\"bob@example.com\" msnobj.size=33 msnobj.type=3 msnobj.location=\"pic1.tmp\" "
	 "msnobj.friendly=\"\" msnobj.sha1d=\"" SUM "\" msnobj.sha1c=\"" CLASSIC "\" msnobj.sha1c_verdict=\"classic\"}"},
	{P_msnobj, "hello", "msnp.msnobj=\"hello\"{msnobj.xml=\"hello\"} !msnobj.broken"},
	{P_msnobj, "%3Cmsnobj%20Cr", "msnp.msnobj=\"%3Cmsnobj%20Cr\"{msnobj.xml=\"<msnobj Cr\"} !msnobj.broken"},
};

/* Objects as they stand in other payloads: as text. */
static const struct {
	const char *xml;
	const char *tree; /* behind msnobj.xml */
} objects[] = {
	{XML("bob@example.com", "33", "3", "pic1.tmp", "AAA=", SUM, " SHA1C=\"" SHORT "\""),
	 "msnobj.creator=\"bob@example.com\" msnobj.size=33 msnobj.type=3 msnobj.location=\"pic1.tmp\" "
	 "msnobj.friendly=\"\" msnobj.sha1d=\"" SUM "\" msnobj.sha1c=\"" SHORT "\" msnobj.sha1c_verdict=\"short\""},
	/* The sum was made before Location was percent-encoded. */
	{XML("bob@example.com", "33", "3", "pic%31.tmp", "AAA=", SUM, " SHA1C=\"" CLASSIC "\""),
	 "msnobj.creator=\"bob@example.com\" msnobj.size=33 msnobj.type=3 msnobj.location=\"pic%31.tmp\" "
	 "msnobj.friendly=\"\" msnobj.sha1d=\"" SUM "\" msnobj.sha1c=\"" CLASSIC "\" msnobj.sha1c_verdict=\"classic\""},
	{XML("eve@example.com", "33", "3", "pic1.tmp", "AAA=", SUM, " SHA1C=\"" CLASSIC "\""),
	 "msnobj.creator=\"eve@example.com\" msnobj.size=33 msnobj.type=3 msnobj.location=\"pic1.tmp\" "
	 "msnobj.friendly=\"\" msnobj.sha1d=\"" SUM "\" msnobj.sha1c=\"" CLASSIC
	 "\" msnobj.sha1c_verdict=\"mismatch\" !msnobj.sha1c"},
	/* Order of attributes, quotation marks, entities, a name without U+0000, further attributes. */
	{"<msnobj Size='2' Creator='a&amp;b&#x41;' Type=\"2\" stamp='MII' SHA1D=\"" SUM
	 "\" Location=\"0\" Friendly=\"aABpAA==\"></msnobj>",
	 "msnobj.size=2 msnobj.creator=\"a&bA\" msnobj.type=2 msnobj.attributes{[stamp]=\"MII\"} msnobj.sha1d=\"" SUM
	 "\" msnobj.location=\"0\" msnobj.friendly=\"hi\""},
	{"<msnobj/>", ""},
	{"<msnobj Creator=\"a\"/>", "msnobj.creator=\"a\" !msnobj.broken"},
	{"<msnobj Creator=\"a\" Size=\"0\" Type=\"x\" SHA1D=\"AAAA\"/>",
	 "msnobj.creator=\"a\" msnobj.size=0 msnobj.type msnobj.sha1d=\"AAAA\" !msnobj.broken !msnobj.broken "
	 "!msnobj.broken"},
	{"<msnobj Creator=\"a\" Size=\"1\" Type=\"15\" SHA1D=\"" SUM "\" Friendly=\"AA==\"/>",
	 "msnobj.creator=\"a\" msnobj.size=1 msnobj.type=15 msnobj.sha1d=\"" SUM
	 "\" msnobj.friendly=\"\xef\xbf\xbd\" !msnp.unknown_value !msnobj.broken"},
	{"<msnobj Creator=\"a\" Creator=\"b\" Size=\"1\"/>",
	 "msnobj.creator=\"a\" msnobj.attributes{[Creator]=\"b\"} msnobj.size=1 !msnobj.broken"},
	{"<msnobj Creator=\"a & b\"/>", "msnobj.creator=\"a & b\" !msnobj.broken"},
	{"<msnobj Creator=\"a\"Size=\"1\"/>", "msnobj.creator=\"a\" msnobj.size=1 !msnobj.broken"},
	{"<msnobj Creator=\"a\" Size=1/>", "msnobj.creator=\"a\" !msnobj.broken"},
	{"<msnobj Creator=\"a", "msnobj.creator=\"a\" !msnobj.broken"},
	{"<msnobj Creator=\"a\"", "msnobj.creator=\"a\" !msnobj.broken"},
	{"<msnobj/>x", "!msnobj.broken"},
};

static void begin(struct dissection *d, struct arena *arena, struct slice line)
{
	arena_reset(arena);
	dissection_init(d, arena, line, SLICE_EMPTY);
}

static void assert_tree(const struct dissection *d, const char *expected)
{
	struct buffer out = {0};

	tree_check(d);
	tree_write(d, &out);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
}

static void test_words(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(&d, &arena, slice_str(rows[i].word));
		msnp_value(&d, rows[i].param, 0, strlen(rows[i].word));
		assert_tree(&d, rows[i].tree);
	}
	arena_free(&arena);
}

/* Memory of exactly that size, so that the sanitizer sees a read behind its end. */
static uint8_t *copy_of(const char *text, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

static void test_words_cut(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t len = 0; len < strlen(rows[i].word); len++) {
			uint8_t *copy = copy_of(rows[i].word, len);

			begin(&d, &arena, slice_of(copy, len));
			msnp_value(&d, rows[i].param, 0, len);
			tree_check(&d);
			free(copy);
		}
	arena_free(&arena);
}

/* A word does not stand alone: ranges count from the beginning of the line. */
static void test_range(void **state)
{
	static const char line[] = "XFR 3 NS 10.0.0.1:1863 0";
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	begin(&d, &arena, slice_str(line));
	msnp_value(&d, P_host_port, 9, 13);
	const struct field *port = field_find(&d.root, SLICE_LIT("host.port"));
	assert_non_null(port);
	assert_int_equal(port->offset, 18);
	assert_int_equal(port->length, 4);
	assert_int_equal(port->source, SOURCE_LINE);
	arena_free(&arena);
}

static void test_objects(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		struct buffer expected = {0};

		begin(&d, &arena, SLICE_EMPTY);
		msnobject_dissect(&d, &d.root, dissection_add_source(&d, "msnobj", slice_str(objects[i].xml)));
		buffer_printf(&expected, "msnobj.xml=\"%s\"%s%s%c", objects[i].xml, objects[i].tree[0] ? " " : "",
			      objects[i].tree, 0);
		assert_tree(&d, (const char *)expected.data);
		buffer_free(&expected);
	}
	arena_free(&arena);
}

static void test_objects_cut(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		for (size_t len = 0; len < strlen(objects[i].xml); len++) {
			uint8_t *copy = copy_of(objects[i].xml, len);

			begin(&d, &arena, SLICE_EMPTY);
			msnobject_dissect(&d, &d.root, dissection_add_source(&d, "msnobj", slice_of(copy, len)));
			tree_check(&d);
			assert_true(d.findings || strcmp(objects[i].xml + len, "x") == 0);
			free(copy);
		}
	arena_free(&arena);
}

/* With no room for further fields, values are still looked at, and nothing is linked. */
static void test_full(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(&d, &arena, slice_str(rows[i].word));
		while (d.field_count < DISSECTION_FIELDS_MAX)
			field_add(&d, &d.root, P_unknown, SOURCE_LINE, 0, 0);
		msnp_value(&d, rows[i].param, 0, strlen(rows[i].word));
		tree_check(&d);
		assert_ptr_equal(d.findings->rule, &finding_rules[RULE_LIMIT_FIELDS]);
	}
	arena_free(&arena);
}

static void test_guid(void **state)
{
	(void)state;
	assert_true(is_guid(SLICE_LIT(GUID)));
	assert_true(is_guid(SLICE_LIT("{" GUID "}")));
	assert_false(is_guid(SLICE_LIT("{" GUID)));
	assert_false(is_guid(SLICE_LIT("0000aaaa-1111-2222-3333-44445555fffg")));
	assert_false(is_guid(SLICE_LIT("0000aaaa11111-2222-3333-44445555ffff")));
	assert_false(is_guid(SLICE_EMPTY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),   cmocka_unit_test(test_words_cut),   cmocka_unit_test(test_range),
		cmocka_unit_test(test_objects), cmocka_unit_test(test_objects_cut), cmocka_unit_test(test_full),
		cmocka_unit_test(test_guid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
