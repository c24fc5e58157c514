/* SPDX-License-Identifier: BSD-2-Clause */
/* XML payloads of the notification server in, trees and summaries out; then each cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/contact_list.h"
#include "dissectors/payload.h"
#include "cover.h"
#include "expect.h"
#include "tree.h"

struct row {
	enum payload_kind kind;
	const char *payload;
	const char *tree;
	const char *summary;
};

#define GUID "{01234567-89ab-cdef-0123-456789abcdef}"

static const struct row rows[] = {
	/* Contact lists. */
	{PAYLOAD_XML_ML,
	 "<ml l=\"1\"><d n=\"example.com\"><c n=\"alice\" l=\"3\" t=\"1\"/><c n=\"bob\" l=\"5\" t=\"32\"/></d></ml>",
	 "list.contacts{list.initial=1 list.domain=\"example.com\" "
	 "list.contact{list.account=\"alice@example.com\" list.lists=3{list.name=\"FL\" list.name=\"AL\"} list.network=1} "
	 "list.contact{list.account=\"bob@example.com\" list.lists=5{list.name=\"FL\" list.name=\"BL\"} list.network=32}}",
	 "2 contacts: alice@example.com (forward, allow), bob@example.com (forward, block)"},
	{PAYLOAD_XML_ML,
	 "<ml><d n=\"example.com\"><c n=\"alice\" t=\"1\"><s l=\"3\" n=\"IM\"/><s l=\"1\" n=\"PE\"/></c></d></ml>",
	 "list.contacts{list.domain=\"example.com\" list.contact{list.account=\"alice@example.com\" list.network=1 "
	 "list.service{list.service_name=\"IM\" list.lists=3{list.name=\"FL\" list.name=\"AL\"}} "
	 "list.service{list.service_name=\"PE\" list.lists=1{list.name=\"FL\"}}}}",
	 "1 contact: alice@example.com (forward, allow)"},
	{PAYLOAD_XML_ML, "<ml><d n=\"example.com\"><c n=\"bob\" t=\"1\" l=\"8\" f=\"Bob%20B\"/></d></ml>",
	 "list.contacts{list.domain=\"example.com\" list.contact{list.account=\"bob@example.com\" "
	 "list.lists=8{list.name=\"RL\"} list.network=1 list.nickname=\"Bob B\"}}",
	 "1 contact: bob@example.com \"Bob B\" (reverse)"},
	{PAYLOAD_XML_ML, "<ml><t><c n=\"tel:+15550100\" l=\"1\"/></t></ml>",
	 "list.contacts{list.contact{list.account=\"tel:+15550100\" list.lists=1{list.name=\"FL\"}}}",
	 "1 contact: tel:+15550100 (forward)"},
	{PAYLOAD_XML_ML, "<ml l='2'><d n='example.com'><c n='bob' t='32'/></d></ml>",
	 "list.contacts{list.initial=2 list.domain=\"example.com\" list.contact{list.account=\"bob@example.com\" "
	 "list.network=32}}",
	 "1 contact: bob@example.com (yahoo)"},
	{PAYLOAD_XML_ML, "<ml l=\"1\"/>", "list.contacts{list.initial=1}", "no contacts"},
	{PAYLOAD_XML_ML, "<ml><d n=\"example.com\"/><d/></ml>",
	 "list.contacts{list.domain=\"example.com\" xml.other{[d]=\"\"}}", "no contacts"},
	{PAYLOAD_XML_ML, "<ml><d n=\"example.com\"><c n=\"a\" l=\"0\"/></d></ml>",
	 "list.contacts{list.domain=\"example.com\" list.contact{list.account=\"a@example.com\" list.lists=0}} !list.bad_value",
	 "1 contact: a@example.com"},
	/* What is not known, and what cannot be. */
	{PAYLOAD_XML_ML, "<ml q=\"1\"><d n=\"example.com\" z=\"2\"><c n=\"a\" l=\"6\" x=\"y\"/><e>1</e></d>!</ml>",
	 "list.contacts{list.domain=\"example.com\" list.contact{list.account=\"a@example.com\" "
	 "list.lists=6{list.name=\"AL\" list.name=\"BL\"} xml.other{[@x]=\"y\"}} "
	 "xml.other{[@q]=\"1\" [#text]=\"!\" [@z]=\"2\" [e]=\"1\"}} !list.bad_value",
	 "1 contact: a@example.com (allow, block)"},
	{PAYLOAD_XML_ML, "<ml><d n=\"\"><c n=\"\" l=\"x\" t=\"77\"/><c l=\"256\"/></d></ml>",
	 "list.contacts{list.domain=\"\" list.contact{list.account=\"@\" list.lists list.network=77} "
	 "list.contact{list.lists=256}} !list.bad_value !list.bad_value !list.bad_value !msnp.unknown_value "
	 "!list.bad_value !msnp.unknown_value",
	 "2 contacts: @, ?"},
	{PAYLOAD_XML_ML, "<ml><d n=\"example.com\"><c n=\"a\" l=\"3\"/>",
	 "list.contacts{list.domain=\"example.com\" list.contact{list.account=\"a@example.com\" "
	 "list.lists=3{list.name=\"FL\" list.name=\"AL\"}}} !xml.broken",
	 "1 contact: a@example.com (forward, allow)"},
	{PAYLOAD_XML_ML, "<other a=\"1\"/>", "xml.other{[other]{[@a]=\"1\"}} !xml.wrong_root", "unexpected <other>"},
	{PAYLOAD_XML_ML, "nothing", "payload.text=\"nothing\" !xml.broken", "\"nothing\""},
	/* Presence data; the first is the vector of the specification. */
	{PAYLOAD_XML_DATA,
	 "<Data><PSM>at lunch &lt;3</PSM><CurrentMedia>WMP\\0Music\\01\\0{0} - {1}\\0Song &amp; Dance\\0The Examples"
	 "\\0First Album\\0\\0</CurrentMedia><MachineGuid>{12345678-1234-1234-1234-123456789012}</MachineGuid></Data>",
	 "presence.data{presence.psm=\"at lunch <3\" presence.media=\"WMP\\0Music\\01\\0{0} - {1}\\0Song & Dance\\0The "
	 "Examples\\0First Album\\0\\0\"{media.application=\"WMP\" media.type=\"Music\" media.enabled=1 "
	 "media.format=\"{0} - {1}\" media.argument=\"Song & Dance\" media.argument=\"The Examples\" "
	 "media.argument=\"First Album\" media.argument=\"\" media.argument=\"\" "
	 "media.text=\"Song & Dance - The Examples\"} presence.machine_guid=\"{12345678-1234-1234-1234-123456789012}\"}",
	 "\"at lunch <3\", listening to \"Song & Dance - The Examples\""},
	{PAYLOAD_XML_DATA,
	 "<Data><PSM>out</PSM><MachineGuid>&#x7B;01234567-89ab-cdef-0123-456789abcdef&#x7D;</MachineGuid>"
	 "<ColorScheme>-1</ColorScheme><SignatureSound>chime</SignatureSound>"
	 "<EndpointData id=\"" GUID "\"><Capabilities>1:2</Capabilities></EndpointData>"
	 "<PrivateEndpointData id=\"" GUID "\"><EpName>desk</EpName><Idle>true</Idle><ClientType>1</ClientType>"
	 "<State>AWY</State></PrivateEndpointData></Data>",
	 "presence.data{presence.psm=\"out\" presence.machine_guid=\"" GUID "\" presence.color_scheme=0xffffffff "
	 "presence.signature_sound=\"chime\" presence.endpoint{presence.endpoint_id=\"" GUID "\" "
	 "presence.capabilities=\"1:2\"{capabilities.first=0x1 capabilities.bit=\"mobile\" capabilities.second=0x2 "
	 "capabilities.bit2=\"voice_over_msnp\"}} presence.private_endpoint{presence.endpoint_id=\"" GUID "\" "
	 "presence.endpoint_name=\"desk\" presence.idle=1 presence.client_type=1 presence.state=\"AWY\"}}",
	 "\"out\", a signature sound, endpoint desk (away, idle)"},
	{PAYLOAD_XML_DATA, "<EndpointData><Capabilities>1</Capabilities></EndpointData>",
	 "presence.endpoint{presence.capabilities=\"1\"{capabilities.first=0x1 capabilities.bit=\"mobile\"}}",
	 "endpoint (capabilities 1)"},
	{PAYLOAD_XML_DATA, "<Data><PSM/><CurrentMedia/><ColorScheme/><DDP></DDP></Data>",
	 "presence.data{presence.psm=\"\" presence.media=\"\" presence.color_scheme presence.dynamic_picture=\"\"}",
	 "no message"},
	/* The object of a picture: escaped, and as an element. */
	{PAYLOAD_XML_DATA,
	 "<Data><UserTileLocation>&lt;msnobj Creator=\"a\" Type=\"3\" SHA1D=\"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\" Size=\"7\" "
	 "Location=\"0\" Friendly=\"AAA=\"/&gt;</UserTileLocation></Data>",
	 "presence.data{presence.picture=\"<msnobj Creator=\"a\" Type=\"3\" SHA1D=\"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\" "
	 "Size=\"7\" Location=\"0\" Friendly=\"AAA=\"/>\"{msnobj.xml=\"<msnobj Creator=\"a\" Type=\"3\" "
	 "SHA1D=\"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\" Size=\"7\" Location=\"0\" Friendly=\"AAA=\"/>\" msnobj.creator=\"a\" "
	 "msnobj.type=3 msnobj.sha1d=\"AAAAAAAAAAAAAAAAAAAAAAAAAAA=\" msnobj.size=7 msnobj.location=\"0\" "
	 "msnobj.friendly=\"\"}}",
	 "a picture"},
	{PAYLOAD_XML_DATA, "<Data><UserTileLocation><msnobj Creator=\"a\"/></UserTileLocation></Data>",
	 "presence.data{presence.picture=\"<msnobj Creator=\"a\"/>\"{msnobj.xml=\"<msnobj Creator=\"a\"/>\" "
	 "msnobj.creator=\"a\"}} !msnobj.broken",
	 "a picture"},
	/* What is not escaped is told, and does not hide what comes behind it. */
	{PAYLOAD_XML_DATA, "<Data><PSM>a <b> & c</PSM><MachineGuid>" GUID "</MachineGuid></Data>",
	 "presence.data{presence.psm=\"a <b> & c\" presence.machine_guid=\"" GUID "\"} !xml.broken", "\"a <b> & c\""},
	/* What cannot be, and what is not known. */
	{PAYLOAD_XML_DATA,
	 "<Data v=\"1\"><CurrentMedia>\\0Games\\02\\0{0}{9}{x}\\0Go</CurrentMedia><MachineGuid>x</MachineGuid><DDP>y</DDP>"
	 "<ColorScheme>red</ColorScheme><EndpointData id=\"1\"><State>XYZ</State><Capabilities>a</Capabilities>"
	 "</EndpointData><New a=\"b\">c</New><PSM i=\"1\">p</PSM><PSM>q</PSM></Data>",
	 "presence.data{presence.media=\"\\0Games\\02\\0{0}{9}{x}\\0Go\"{media.application=\"\" media.type=\"Games\" "
	 "media.enabled media.format=\"{0}{9}{x}\" media.argument=\"Go\" media.text=\"Go{x}\"} "
	 "presence.machine_guid=\"x\" presence.dynamic_picture=\"y\" presence.color_scheme "
	 "presence.endpoint{presence.endpoint_id=\"1\" presence.state=\"XYZ\" presence.capabilities=\"a\"} "
	 "xml.other{[New]{[@a]=\"b\" [#text]=\"c\"} [@i]=\"1\" [PSM]=\"q\" [@v]=\"1\"} presence.psm=\"p\"} "
	 "!presence.bad_value !presence.bad_value !presence.bad_value !presence.bad_value !presence.bad_value "
	 "!presence.bad_value !msnp.unknown_value !msnp.bad_value",
	 "\"p\", a dynamic picture, endpoint 1 (XYZ)"},
	{PAYLOAD_XML_DATA, "<Data><CurrentMedia>a\\0Music</CurrentMedia></Data>",
	 "presence.data{presence.media=\"a\\0Music\"{media.application=\"a\" media.type=\"Music\"}} !presence.bad_value",
	 "no message"},
	/* Configuration. */
	{PAYLOAD_XML_CONFIG,
	 "<?xml version= \"1.0\" encoding=\"utf-8\" ?>\r\n<config> <shield><cli maj=\"7\" min=\"0\" minbld=\"0\" "
	 "maxbld=\"9999\" deny=\"winks  ddp new\"/></shield>\n<block><regexp><imtext value=\"XC5waWY=\"/>"
	 "<imtext value=\"!\"/></regexp><hashes/></block></config>\n",
	 "shield.config{shield.clients{shield.client{shield.major=7 shield.minor=0 shield.first_build=0 "
	 "shield.last_build=9999 shield.deny=\"winks  ddp new\"{shield.denied=\"winks\" shield.denied=\"ddp\" "
	 "shield.denied=\"new\"}}} shield.block{shield.patterns{shield.pattern_entry{shield.pattern=\"\\.pif\"} "
	 "shield.pattern_entry{shield.pattern=\"!\"}} xml.other{[hashes]=\"\"}}} !msnp.unknown_value !policy.bad_value",
	 "switches off winks, dynamic display pictures, new, blocks 1 pattern: \"\\.pif\""},
	{PAYLOAD_XML_POLICIES,
	 "<Policies><Policy type=\"SHIELDS\" checksum=\"D9705A71BA841CB38955822E048970C3\"><config/></Policy>"
	 "<Policy type=\"ABCH\" checksum=\"x\"><policy><set id=\"push\" service=\"ABCH\" priority=\"200\">"
	 "<r id=\"pushstorage\" threshold=\"180000\"/></set><c id=\"P\">100</c></policy></Policy>"
	 "<Policy type=\"ERRORRESPONSETABLE\"><Policy><Feature type=\"3\" name=\"P2P\">"
	 "<Entry hr=\"0x81000398\" action=\"3\"/></Feature></Policy></Policy>"
	 "<Policy type=\"P2P\"><ObjStr SndDly=\"1\"/></Policy><Policy type=\"Z\"/></Policies>",
	 "policy.policies{policy.policy{policy.type=\"SHIELDS\" policy.checksum=\"D9705A71BA841CB38955822E048970C3\" "
	 "shield.config} policy.policy{policy.type=\"ABCH\" policy.checksum=\"x\" policy.calls{policy.set{"
	 "policy.set_id=\"push\" policy.service=\"ABCH\" policy.priority=\"200\" policy.rule{"
	 "policy.rule_id=\"pushstorage\" policy.threshold=\"180000\"}} policy.setting{policy.setting_id=\"P\" "
	 "policy.setting_value=\"100\"}}} policy.policy{policy.type=\"ERRORRESPONSETABLE\" policy.errors{policy.feature{"
	 "policy.feature_type=\"3\" policy.feature_name=\"P2P\" policy.entry{policy.hresult=\"0x81000398\" "
	 "policy.action=\"3\"}}}} policy.policy{policy.type=\"P2P\" policy.object_store{policy.send_delay=\"1\"}} "
	 "policy.policy{policy.type=\"Z\"}} !policy.bad_value !msnp.unknown_value",
	 "SHIELDS, ABCH, ERRORRESPONSETABLE, P2P, Z, nothing is blocked"},
	/* Notifications. */
	{PAYLOAD_XML_DATA, "<Data><PSM>[b]hi[/b]</PSM><FriendlyName>\xc2\xb7$4Bo</FriendlyName></Data>",
	 "presence.data{presence.psm=\"[b]hi[/b]\" presence.plain_psm=\"hi\" presence.friendly_name=\"\xc2\xb7$4Bo\" "
	 "presence.plain_name=\"Bo\"}",
	 "named \"\xc2\xb7$4Bo\", \"[b]hi[/b]\""},
	{PAYLOAD_XML_NOTIFICATION,
	 "<NOTIFICATION id=\"0\" siteid=\"45705\" siteurl=\"http://contacts.example.com\"><TO pid=\"0x00000001:0x00000002\" "
	 "name=\"alice@example.com\" email=\"alice@example.com\"><VIA agent=\"messenger\"/></TO><MSG pri=\"1\" id=\"0\">"
	 "<SUBSCR url=\"s.htm\"/><ACTION url=\"a.htm\"/><BODY>&lt;NotificationData&gt;&lt;Service&gt;ABCHInternal"
	 "&lt;/Service&gt;&lt;HasNewItem&gt;true&lt;/HasNewItem&gt;&lt;/NotificationData&gt;</BODY></MSG></NOTIFICATION>",
	 "notification.notification{notification.id=\"0\" notification.site_id=45705 "
	 "notification.site_url=\"http://contacts.example.com\" notification.to{"
	 "notification.pid=\"0x00000001:0x00000002\" notification.name=\"alice@example.com\" "
	 "notification.email=\"alice@example.com\" notification.via{notification.agent=\"messenger\"}} "
	 "notification.message{notification.priority=\"1\" notification.message_id=\"0\" "
	 "notification.subscription{notification.url=\"s.htm\" notification.link=\"http://contacts.example.com/s.htm\"} "
	 "notification.action{notification.url=\"a.htm\" notification.link=\"http://contacts.example.com/a.htm\"} "
	 "notification.body{notification.content=\"<NotificationData><Service>ABCHInternal</Service><HasNewItem>true"
	 "</HasNewItem></NotificationData>\"{notification.data{notification.service=\"ABCHInternal\" "
	 "notification.has_new_item=1}}}}}",
	 "address book, ABCHInternal has changed, with a new item"},
	/* A bare "&", links, an incoming page. */
	{PAYLOAD_XML_NOTIFICATION,
	 "<NOTIFICATION ver=\"2\" id=\"3\" siteid=\"7\" siteurl=\"http://a.example.com/\"><FROM pid=\"1\" "
	 "name=\"tel:+15550100\"/><MSG id=\"1\"><ACTION url=\"/x?a=1&b=2\"/><CAT id=\"110\"/><BODY lang=\"1033\" "
	 "icon=\"i.gif\"><TEXT>call me</TEXT><TEXTX/></BODY></MSG></NOTIFICATION>",
	 "notification.notification{notification.version=\"2\" notification.id=\"3\" notification.site_id=7 "
	 "notification.site_url=\"http://a.example.com/\" notification.from{notification.pid=\"1\" "
	 "notification.name=\"tel:+15550100\"} notification.message{notification.message_id=\"1\" "
	 "notification.action{notification.url=\"/x?a=1&b=2\" notification.link=\"http://a.example.com/x?a=1&b=2\"} "
	 "notification.category{notification.category_id=\"110\"} notification.body{notification.language=\"1033\" "
	 "notification.icon=\"i.gif\" notification.text=\"call me\" notification.formatted_text=\"\"}}} !xml.broken",
	 "site 7, from tel:+15550100, \"call me\""},
	{PAYLOAD_XML_NOTIFICATION,
	 "<NOTIFICATION id=\"12\" siteid=\"111100400\" siteurl=\"\"><MSG id=\"407\"><BODY>too long</BODY></MSG></NOTIFICATION>",
	 "notification.notification{notification.id=\"12\" notification.site_id=111100400 notification.site_url=\"\" "
	 "notification.message{notification.message_id=\"407\" notification.body{notification.content=\"too long\"}}}",
	 "page 12 failed: error 407, \"too long\""},
	{PAYLOAD_XML_NOTIFICATION,
	 "<NOTIFICATION siteid=\"45705\"><MSG><BODY>no data</BODY></MSG></NOTIFICATION>",
	 "notification.notification{notification.site_id=45705 notification.message{notification.body{"
	 "notification.content=\"no data\"}}} !notification.bad_value",
	 "address book, \"no data\""},
	{PAYLOAD_XML_NOTIFICATION, "<NOTIFICATION siteid=\"x\"/>",
	 "notification.notification{notification.site_id} !notification.bad_value", ""},
	{PAYLOAD_XML_NOTIFICATION, "<Notify a=\"1\"/>", "xml.other{[Notify]{[@a]=\"1\"}}", "alert of a later form"},
	/* Pages. */
	{PAYLOAD_XML_PAGE, "<TEXT xml:space=\"preserve\" enc=\"utf-8\">running late</TEXT>",
	 "page.message{page.space=\"preserve\" page.encoding=\"utf-8\" page.text=\"running late\"}", "\"running late\""},
	{PAYLOAD_XML_PAGE,
	 "<PHONE pri=\"1\"><LOC>1</LOC><NUM>5550100</NUM></PHONE><TEXT enc=\"latin1\">a</TEXT><TEXT>b</TEXT>!",
	 "page.phone{page.priority=\"1\" page.location=\"1\" page.number=\"5550100\"} "
	 "page.message{page.encoding=\"latin1\" page.text=\"a\"} xml.other{[TEXT]=\"b\" [#text]=\"!\"} "
	 "!page.bad_value !page.bad_value",
	 "\"a\""},
	{PAYLOAD_XML_PAGE, "call me", "payload.text=\"call me\" !page.bad_value", "\"call me\""},
	{PAYLOAD_XML_PAGE,
	 "<TEXT>0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
	 "01234567890123</TEXT>",
	 "page.message{page.text=\"01234567890123456789012345678901234567890123456789012345678901234567890123456789"
	 "0123456789012345678901234567890123\"} !page.bad_value",
	 "\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
	 "01234567890123\""},
	/* Details of errors. */
	{PAYLOAD_ERROR_DETAIL, "<ml><d n=\"example.com\"><c n=\"carol\" t=\"1\"/></d></ml>",
	 "list.contacts{list.domain=\"example.com\" list.contact{list.account=\"carol@example.com\" list.network=1}}",
	 "1 contact: carol@example.com (passport)"},
	{PAYLOAD_ERROR_DETAIL, "<ml><d n=\"\"><c n=\"\" l=\"6\"/></d></ml>",
	 "list.contacts{list.domain=\"\" list.contact{list.account=\"@\" list.lists=6{list.name=\"AL\" "
	 "list.name=\"BL\"}}}",
	 "1 contact: @ (allow, block)"},
	{PAYLOAD_ERROR_DETAIL, "bad list", "payload.text=\"bad list\"", "\"bad list\""},
	{PAYLOAD_ERROR_DETAIL, "\xff\x00", "payload.data=1", "1 byte"},
	{PAYLOAD_ERROR_DETAIL, "<error>busy</error>", "xml.other{[error]=\"busy\"}", "<error> busy"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void dissect(struct dissection *d, struct arena *arena, enum payload_kind kind, struct slice payload)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, payload);
	payload_find(kind, SLICE_EMPTY)(d, &d->root, SOURCE_PAYLOAD, 0, payload.len, NULL);
	tree_check(d);
}

static void test_payloads(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		dissect(&d, &arena, rows[i].kind, slice_str(rows[i].payload));
		expect_tree(&d, rows[i].tree);
		expect_summary(&d, rows[i].summary);
	}
	arena_free(&arena);
}

static void dissect_cut(void *ctx, struct slice payload)
{
	const enum payload_kind *kind = ctx;
	struct arena arena = {0};
	struct dissection d;

	dissect(&d, &arena, *kind, payload);
	arena_free(&arena);
}

static void test_payloads_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		enum payload_kind kind = rows[i].kind;

		expect_cuts(rows[i].payload, dissect_cut, &kind);
	}
}

static void test_every_byte(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		dissect(&d, &arena, rows[i].kind, slice_str(rows[i].payload));
		assert_int_equal(cover_first_missing(&d, SOURCE_PAYLOAD), strlen(rows[i].payload));
	}
	arena_free(&arena);
}

/* A notification of the size of its body. */
static void test_long_body(void **state)
{
	static const char head[] = "<NOTIFICATION siteid=\"1\"><MSG><BODY>", tail[] = "</BODY></MSG></NOTIFICATION>";
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t size = 1024; size <= 1025; size++) {
		struct buffer text = {0};

		buffer_add_str(&text, head);
		for (size_t i = 0; i < size; i++)
			buffer_add_byte(&text, 'x');
		buffer_add_str(&text, tail);
		dissect(&d, &arena, PAYLOAD_XML_NOTIFICATION, buffer_slice(&text));
		assert_int_equal(d.finding_count, size > 1024);
		buffer_free(&text);
	}
	arena_free(&arena);
}

static const struct field *find(const struct dissection *d, const char *name)
{
	const struct field *f = field_find(&d->root, slice_str(name));

	assert_non_null(f);
	return f;
}

static void assert_bytes(const struct dissection *d, const char *name, const char *bytes)
{
	const struct field *f = find(d, name);

	assert_true(slice_eq_str(slice_sub(d->sources[f->source].data, f->offset, f->length), bytes));
}

/* Values have the bytes they came from. */
static void test_ranges(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissect(&d, &arena, PAYLOAD_XML_ML, slice_str("<ml><d n=\"e.com\"><c n=\"al\" l=\"3\" t=\"1\" f=\"A%20\"/></d></ml>"));
	assert_bytes(&d, "list.account", "al");
	assert_bytes(&d, "list.lists", "3");
	assert_bytes(&d, "list.network", "1");
	assert_bytes(&d, "list.nickname", "A%20");
	assert_bytes(&d, "list.domain", "e.com");
	dissect(&d, &arena, PAYLOAD_XML_DATA, slice_str("<Data><CurrentMedia>\\0Music\\01\\0{0}\\0T</CurrentMedia></Data>"));
	assert_int_equal(find(&d, "media.type")->source, SOURCE_PAYLOAD);
	assert_bytes(&d, "media.type", "Music");
	assert_bytes(&d, "media.argument", "T");
	dissect(&d, &arena, PAYLOAD_XML_DATA,
		slice_str("<Data><CurrentMedia>\\0Music\\01\\0{0}\\0&amp;T</CurrentMedia></Data>"));
	assert_bytes(&d, "media.argument", "&T");
	assert_bytes(&d, "presence.media", "\\0Music\\01\\0{0}\\0&amp;T");
	dissect(&d, &arena, PAYLOAD_XML_PAGE, slice_str("<PHONE><NUM>12</NUM></PHONE><TEXT>hi</TEXT>"));
	assert_bytes(&d, "page.number", "12");
	assert_bytes(&d, "page.text", "hi");
	arena_free(&arena);
}

/* Big lists are cut in the summary, and told. */
static void test_long_list(void **state)
{
	struct arena arena = {0};
	struct buffer list = {0};
	struct dissection d;

	(void)state;
	buffer_add_str(&list, "<ml><d n=\"example.com\">");
	for (int i = 0; i < 200; i++)
		buffer_printf(&list, "<c n=\"c%d\" l=\"1\"/>", i);
	buffer_add_str(&list, "</d></ml>");
	dissect(&d, &arena, PAYLOAD_XML_ML, buffer_slice(&list));
	assert_true(slice_eq_str(d.summary, "200 contacts: c0@example.com (forward), c1@example.com (forward), "
					    "c2@example.com (forward), ... and 197 more"));
	assert_non_null(d.findings);
	assert_string_equal(d.findings->rule->id, "list.too_long");
	assert_null(d.findings->next);
	buffer_free(&list);
	arena_free(&arena);
}

/* A format that repeats a long argument gives no more than a page of text. */
static void test_long_media(void **state)
{
	struct arena arena = {0};
	struct buffer data = {0};
	struct dissection d;

	(void)state;
	buffer_add_str(&data, "<Data><CurrentMedia>\\0Music\\01\\0");
	for (int i = 0; i < 5000; i++)
		buffer_add_str(&data, "{0}");
	buffer_add_str(&data, "\\0");
	for (int i = 0; i < 5000; i++)
		buffer_add_str(&data, "la ");
	buffer_add_str(&data, "</CurrentMedia></Data>");
	dissect(&d, &arena, PAYLOAD_XML_DATA, buffer_slice(&data));
	assert_int_equal(find(&d, "media.text")->value.text.len, 4096);
	assert_true(d.summary.len < 250);
	buffer_free(&data);
	arena_free(&arena);
}

/* What a client may not send. */
static void test_lists_of_clients(void **state)
{
	static const struct {
		const char *command, *payload, *expected;
	} lists[] = {
		{"ADL", "<ml><d n='a'><c n='b' l='3'/><c n='c' l='4'/></d></ml>", ""},
		{"ADL", "<ml><d n='a'><c n='b' l='9'/></d></ml>", "list.server_bits "},
		{"RML", "<ml><d n='a'><c n='b' l='16'/></d></ml>", "list.server_bits "},
		{"ADL", "<ml><t><c n='tel:+1' l='24'/></t></ml>", "list.server_bits list.server_bits "},
		{"ADL", "<ml><d n='a'><c n='b' t='1'><s l='3' n='IM'/><s l='8' n='PE'/></c></d></ml>", "list.server_bits "},
		{"FQY", "<ml><d n='a'><c n='b'/></d></ml>", ""},
		{"FQY", "<ml><d n='a'><c n='b'/></d><d n='x'><c n='b'/></d></ml>", "list.query "},
		{"FQY", "<ml/>", "list.query "},
		{"FQY", "<x/>", ""},
	};
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct buffer found = {0};

		dissect(&d, &arena, PAYLOAD_XML_ML, slice_str(lists[i].payload));
		d.findings = d.last_finding = NULL;
		contact_list_check_client(&d, &d.root, slice_str(lists[i].command));
		for (const struct finding *f = d.findings; f; f = f->next)
			buffer_printf(&found, "%s ", f->rule->id);
		buffer_add_byte(&found, 0);
		assert_string_equal((const char *)found.data, lists[i].expected);
		buffer_free(&found);
	}
	arena_free(&arena);
}

/* Many elements of each kind: the limit on fields holds, and it takes no long time. */
static void test_many(void **state)
{
	static const struct {
		enum payload_kind kind;
		const char *open, *part, *close;
	} many[] = {
		{PAYLOAD_XML_ML, "<ml>", "<d n=''/><d n='a'><c/></d><x/>", "</ml>"},
		{PAYLOAD_XML_DATA, "<Data>", "<PSM/><EndpointData/><Q/>", "</Data>"},
		{PAYLOAD_XML_DATA, "<Data><CurrentMedia>", "\\0", "</CurrentMedia></Data>"},
		{PAYLOAD_XML_DATA, "<Data>", "<Scene>&lt;msnobj&gt;</Scene>", "</Data>"},
		{PAYLOAD_XML_POLICIES, "<Policies>", "<Policy type=''/><y/>", "</Policies>"},
		{PAYLOAD_XML_CONFIG, "<config><shield><cli deny='", "x ", "'/></shield></config>"},
		{PAYLOAD_XML_NOTIFICATION, "<NOTIFICATION>", "<MSG><BODY>&lt;a/&gt;</BODY></MSG>", "</NOTIFICATION>"},
		{PAYLOAD_XML_PAGE, "", "<TEXT/>", ""},
	};
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		struct buffer payload = {0};

		buffer_add_str(&payload, many[i].open);
		while (payload.len < MSNP_PAYLOAD_MAX / 4)
			buffer_add_str(&payload, many[i].part);
		buffer_add_str(&payload, many[i].close);
		dissect(&d, &arena, many[i].kind, buffer_slice(&payload));
		buffer_free(&payload);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_payloads),  cmocka_unit_test(test_payloads_cut), cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_long_body),
		cmocka_unit_test(test_ranges),    cmocka_unit_test(test_long_list),    cmocka_unit_test(test_long_media),
		cmocka_unit_test(test_many),	  cmocka_unit_test(test_lists_of_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
