/* SPDX-License-Identifier: BSD-2-Clause */
/* MSNSLP messages in, fields, findings and summaries out; then what is broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cover.h"
#include "dissectors/slp.h"
#include "tree.h"

#define INVITE "INVITE MSNMSGR:bob@example.com MSNSLP/1.0"
#define OK "MSNSLP/1.0 200 OK"
#define BYE "BYE MSNMSGR:bob@example.com MSNSLP/1.0"
#define ACK "ACK MSNMSGR:bob@example.com MSNSLP/1.0"
#define PARTIES \
	"To: <msnmsgr:bob@example.com>\r\nFrom: <msnmsgr:alice@example.com>\r\n" \
	"Via: MSNSLP/1.0/TLP ;branch={B0B0CAFE-0001-4002-8003-000400050006}\r\nCSeq: 0 \r\n" \
	"Call-ID: {0C0FFEE0-1234-4ABC-8DEF-0123456789AB}\r\nMax-Forwards: 0\r\n"

#define OBJECT_XML \
	"<msnobj Creator=\"bob@example.com\" Size=\"33\" Type=\"3\" Location=\"pic1.tmp\" Friendly=\"AAA=\" " \
	"SHA1D=\"vEvOi/JX7oAzLReF9a0sn5oMVNg=\" SHA1C=\"XisBNgnVhPuzIRajJmR39yg7bwQ=\"/>"
#define OBJECT_BASE64 \
	"PG1zbm9iaiBDcmVhdG9yPSJib2JAZXhhbXBsZS5jb20iIFNpemU9IjMzIiBUeXBlPSIzIiBMb2NhdGlvbj0icGljMS50bXAiIEZyaWVu" \
	"ZGx5PSJBQUE9IiBTSEExRD0idkV2T2kvSlg3b0F6TFJlRjlhMHNuNW9NVk5nPSIgU0hBMUM9Ilhpc0JOZ25WaFB1eklSYWpKbVIzOXln" \
	"N2J3UT0iLz4A"
#define OBJECT_TREE \
	"{slp.context_object{msnobj.xml=\"" OBJECT_XML "\" msnobj.creator=\"bob@example.com\" msnobj.size=33 " \
	"msnobj.type=3 msnobj.location=\"pic1.tmp\" msnobj.friendly=\"\" " \
	"msnobj.sha1d=\"vEvOi/JX7oAzLReF9a0sn5oMVNg=\" msnobj.sha1c=\"XisBNgnVhPuzIRajJmR39yg7bwQ=\" " \
	"msnobj.sha1c_verdict=\"classic\"}}"

/* UTF-16LE in base64. */
#define WEBCAM_BASE64 \
	"ewBCADgAQgBFADcAMABEAEUALQBFADIAQwBBAC0ANAA0ADAAMAAtAEEARQAwADMALQA4ADgARgBGADgANQBCADkARgA0AEUAOAB9AAAA"
#define ACTIVITY_BASE64 "OQA5ADsAMQA7AFQAaQBjACAAVABhAGMAAAA="

struct row {
	const char *start, *type, *body; /* body without its NUL */
	const char *tree;     /* is somewhere in the tree */
	const char *findings; /* " !slp.broken", ... */
	const char *summary;
};

static const struct row rows[] = {
	/* Sessions. */
	{INVITE, "sessionreqbody",
	 "EUF-GUID: {A4268EEC-FEC5-49E5-95C3-F126696BDBF6}\r\nSessionID: 1234567\r\nAppID: 12\r\nContext: " OBJECT_BASE64
	 "\r\n\r\n",
	 " slp.euf_guid=\"{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}\" slp.session_id=1234567 slp.app_id=12 "
	 "slp.context=\"" OBJECT_BASE64 "\"" OBJECT_TREE " slp.nul=1}",
	 "", "INVITE bob@example.com: display picture, 33 bytes, session 1234567"},
	{INVITE, "sessionreqbody", "SessionID: 1\r\nContext: " OBJECT_BASE64 "\r\n\r\n",
	 " slp.session_id=1 slp.context=\"" OBJECT_BASE64 "\"" OBJECT_TREE, "",
	 "INVITE bob@example.com: display picture, 33 bytes, session 1"},
	{INVITE, "sessionreqbody",
	 "EUF-GUID: {4bd96fc0-ab17-4425-a14a-439185962dc8}\r\nSessionID: 2\r\nAppID: 4\r\nContext: " WEBCAM_BASE64
	 "\r\n\r\n",
	 "slp.context=\"" WEBCAM_BASE64 "\"{slp.context_media=\"{B8BE70DE-E2CA-4400-AE03-88FF85B9F4E8}\"}", "",
	 "INVITE bob@example.com: webcam, inviter sends, session 2"},
	{INVITE, "sessionreqbody", "EUF-GUID: {1C9AA97E-9C05-4583-A3BD-908A196F1E92}\r\nContext: " WEBCAM_BASE64 "\r\n",
	 "{slp.context_media=\"{B8BE70DE-E2CA-4400-AE03-88FF85B9F4E8}\"}", "",
	 "INVITE bob@example.com: webcam, inviter watches"},
	{INVITE, "sessionreqbody",
	 "EUF-GUID: {6A13AF9C-5308-4F35-923A-67E8DDA40C2F}\r\nSessionID: 3\r\nContext: " ACTIVITY_BASE64 "\r\n\r\n",
	 "{slp.context_text=\"99;1;Tic Tac\" slp.context_activity=\"99\" slp.context_activity_name=\"Tic Tac\"}", "",
	 "INVITE bob@example.com: activity \"Tic Tac\", session 3"},
	{INVITE, "sessionreqbody", "EUF-GUID: {41D3E74E-04A2-4B37-96F8-08ACDB610874}\r\nSessionID: 4\r\n\r\n",
	 " slp.session_id=4 slp.nul", "", "INVITE bob@example.com: photo sharing, session 4"},
	{INVITE, "sessionreqbody",
	 "EUF-GUID: {00000000-04A2-4B37-96F8-08ACDB610874}\r\nSessionID: 4\r\nContext: AAEC\r\n\r\n",
	 "slp.context=\"AAEC\"{slp.context_data=3}", " !slp.unknown",
	 "INVITE bob@example.com: application {00000000-04A2-4B37-96F8-08ACDB610874}, session 4"},
	{OK, "sessionreqbody", "SessionID: 1234\r\nSChannelState: 0\r\n\r\n",
	 "slp.protocol=\"MSNSLP/1.0\" slp.status=200 slp.reason=\"OK\" slp.headers", "", "200 OK, session 1234"},
	{"MSNSLP/1.0 603 Decline", "sessionreqbody", "SessionID: 0\r\n\r\n", "slp.status=603 slp.reason=\"Decline\"", "",
	 "603 Decline"},
	{BYE, "sessionclosebody", "\r\n", "slp.body slp.nul=1}", "", "BYE bob@example.com"},
	{BYE, "sessionclosebody", "SessionID: 9\r\nContext: dAMAgQ==\r\n\r\n",
	 "slp.context=\"dAMAgQ==\"{slp.context_status=0x81000374}", "",
	 "BYE bob@example.com: status 0x81000374, session 9"},
	{BYE, "sessionclosebody", "AcceptedBy: {b0b0cafe-0001-4002-8003-000400050006}\r\n\r\n",
	 "slp.accepted_by=\"{b0b0cafe-0001-4002-8003-000400050006}\"", "",
	 "BYE bob@example.com: accepted by {b0b0cafe-0001-4002-8003-000400050006}"},
	/* Connections. */
	{INVITE, "transreqbody",
	 "Bridges: TCPv1 SBBridge\r\nNetID: 16909060\r\nConn-Type: Port-Restrict-NAT\r\nUPnPNat: false\r\nICF: false\r\n"
	 "Hashed-Nonce: {13CD194D-0BFE-C64C-727A-1372D8765403}\r\nSessionID: 77\r\n\r\n",
	 "slp.hashed_nonce=\"{13CD194D-0BFE-C64C-727A-1372D8765403}\" slp.connection_type=\"Port-Restrict-NAT\" "
	 "slp.bridge_offered=\"TCPv1\" slp.bridge_offered=\"SBBridge\" slp.net_id=\"4.3.2.1\" slp.nul",
	 "", "INVITE bob@example.com: direct connection offered (TCPv1, SBBridge)"},
	{INVITE, "transreqbody", "Bridges: TCPv1 CarrierPigeon\r\nNetID: -1409286004\r\n\r\n",
	 "slp.bridge_offered=\"CarrierPigeon\" slp.net_id=\"140.0.0.172\" slp.nul", " !slp.unknown",
	 "INVITE bob@example.com: direct connection offered (TCPv1, CarrierPigeon)"},
	{OK, "transrespbody",
	 "Bridge: TCPv1\r\nListening: true\r\nNonce: {01234567-89AB-CDEF-0123-456789ABCDEF}\r\n"
	 "IPv4Internal-Addrs: 192.0.2.1\r\nIPv4Internal-Port: 1234\r\nSessionID: 77\r\n\r\n",
	 "slp.bridge=\"TCPv1\" slp.listening=1 slp.nonce=\"{01234567-89AB-CDEF-0123-456789ABCDEF}\" "
	 "slp.address{slp.address_scope=\"internal\" slp.address_ip=\"192.0.2.1\" slp.address_port=1234} slp.nul",
	 "", "200 OK: listens on 192.0.2.1:1234"},
	{OK, "transrespbody", "Bridge: TCPv1\r\nListening: false\r\n\r\n", "slp.bridge=\"TCPv1\" slp.listening=0 slp.nul", "",
	 "200 OK: TCPv1, does not listen"},
	/* Spelled backwards; ports apart, the last one for the addresses that are left. */
	{OK, "transrespbody",
	 "Bridge: TCPv1\r\nListening: true\r\nsrddA-lanretxE4vPI: 9.2.0.291 52.001.15.891\r\n"
	 "troP-lanretxE4vPI: 2 4962\r\nIPv4Internal-Addrs: 10.0.0.1 10.0.0.2\r\nIPv4Internal-Port: 5\r\n\r\n",
	 "slp.reversed_name=\"IPv4External-Addrs\" slp.reversed_name=\"IPv4External-Port\" slp.bridge=\"TCPv1\" "
	 "slp.listening=1 slp.address{slp.address_scope=\"internal\" slp.address_ip=\"10.0.0.1\" slp.address_port=5} "
	 "slp.address{slp.address_scope=\"internal\" slp.address_ip=\"10.0.0.2\" slp.address_port=5} "
	 "slp.address{slp.address_scope=\"external\" slp.address_ip=\"198.51.100.25\" slp.address_port=2694} "
	 "slp.address{slp.address_scope=\"external\" slp.address_ip=\"192.0.2.9\" slp.address_port=2}",
	 "", "200 OK: listens on 10.0.0.1:5, 10.0.0.2:5, 198.51.100.25:2694, 1 more"},
	{ACK, "transdestaddrupdate",
	 "stroPdnAsrddAlanretxE4vPI: 4962:52.001.15.891\r\nIPv6AddrsAndPorts: [2001:db8::1]:5\r\n\r\n",
	 "slp.reversed_name=\"IPv4ExternalAddrsAndPorts\" slp.address{slp.address_scope=\"external\" "
	 "slp.address_ip=\"198.51.100.25\" slp.address_port=2694} slp.address{slp.address_scope=\"ipv6\" "
	 "slp.address_ip=\"2001:db8::1\" slp.address_port=5}",
	 "", "ACK bob@example.com: addresses 198.51.100.25:2694, [2001:db8::1]:5"},
	{ACK, "transudpswitch", "IPv6AddrsAndPorts: 2001:db8::1:5\r\n\r\n",
	 "slp.address_ip=\"2001:db8::1\" slp.address_port=5", "",
	 "ACK bob@example.com: switch to UDP, listens on [2001:db8::1]:5"},
	{ACK, "turnsetup", "ServerAddress: 192.0.2.9\r\nSessionUsername: u\r\nSessionPassword: p\r\n\r\n",
	 "[SessionPassword]=\"p\"} slp.turn_server=\"192.0.2.9\"", "", "ACK bob@example.com: TURN set-up, 192.0.2.9"},
	/* What is broken. */
	{"SING MSNMSGR:bob@example.com MSNSLP/1.0", "songbody", "la", "slp.method=\"SING\" slp.uri",
	 " !slp.unknown !slp.unknown",
	 "SING bob@example.com"},
	{"SING MSNMSGR:bob@example.com MSNSLP/1.0", "songbody", "la", "slp.body_text=\"la\" slp.nul=1",
	 " !slp.unknown !slp.unknown",
	 "SING bob@example.com"},
	{"MSNSLP/1.0 999 Odd", "sessionreqbody", "", "slp.status=999 slp.reason=\"Odd\"", " !slp.unknown", "999 Odd"},
	{"MSNSLP/1.0 OK", "sessionreqbody", "", "slp.status slp.headers", " !slp.broken", "broken MSNSLP message"},
	{"INVITE bob", "sessionreqbody", "", "slp.method=\"INVITE\" slp.uri=\"bob\" slp.headers", " !slp.broken",
	 "INVITE bob@example.com"},
	{"hello", "sessionreqbody", "", "slp.start_line=\"hello\" slp.headers", " !slp.broken", "broken MSNSLP message"},
	{INVITE, "sessionreqbody", "EUF-GUID: A4268EEC-FEC5-49E5-95C3-F126696BDBF6\r\nSessionID: 4294967296\r\n\r\n",
	 "slp.session_id slp.nul", " !slp.broken !slp.broken !slp.unknown",
	 "INVITE bob@example.com: application A4268EEC-FEC5-49E5-95C3-F126696BDBF6"},
	{INVITE, "sessionreqbody", "SessionID: 1\r\nContext: ?\r\n\r\n", "slp.context=\"?\" slp.nul", " !slp.broken",
	 "INVITE bob@example.com, session 1"},
	{INVITE, "sessionreqbody", "EUF-GUID: {6A13AF9C-5308-4F35-923A-67E8DDA40C2F}\r\nContext: OQA7\r\n\r\n",
	 "{slp.context_text=", " !slp.broken !slp.broken", "INVITE bob@example.com: activity or game"},
	{INVITE, "transreqbody", "NetID: 4294967296\r\nListening: perhaps\r\n\r\n",
	 "slp.listening slp.net_id=\"4294967296\"", " !slp.broken !slp.broken",
	 "INVITE bob@example.com: direct connection offered"},
	{OK, "transrespbody", "IPv4InternalAddrsAndPorts: 192.0.2.1 x:70000\r\n\r\n",
	 "slp.address{slp.address_scope=\"internal\" slp.address_ip=\"192.0.2.1\"} "
	 "slp.address{slp.address_scope=\"internal\" slp.address_ip=\"x\" slp.address_port}",
	 " !slp.broken !slp.broken", "200 OK: listens on 192.0.2.1, x"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* The message of a row, with its NUL. */
static void compose(const struct row *row, struct buffer *out)
{
	out->len = 0;
	buffer_printf(out, "%s\r\n" PARTIES "Content-Type: application/x-msnmsgr-%s\r\nContent-Length: %zu\r\n\r\n%s",
		      row->start, row->type, strlen(row->body) + 1, row->body);
	buffer_add_byte(out, 0);
}

static void dissect(struct dissection *d, struct arena *arena, struct slice message)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, message);
	slp_dissect(d, &d->root, SOURCE_PAYLOAD, 0, message.len);
	tree_check(d);
}

static void assert_text(struct slice s, const char *expected)
{
	struct buffer out = {0};

	buffer_add_slice(&out, s);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
}

static void assert_findings(const struct dissection *d, const char *expected)
{
	struct buffer out = {0};

	for (const struct finding *f = d->findings; f; f = f->next)
		buffer_printf(&out, " !%s", f->rule->id);
	assert_text(buffer_slice(&out), expected);
	buffer_free(&out);
}

static void assert_within(const struct dissection *d, const char *expected)
{
	struct buffer out = {0};

	tree_write(d, &out);
	buffer_add_byte(&out, 0);
	if (!strstr((const char *)out.data, expected))
		assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
}

static void test_messages(void **state)
{
	struct arena arena = {0};
	struct buffer message = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		compose(&rows[i], &message);
		dissect(&d, &arena, buffer_slice(&message));
		assert_within(&d, rows[i].tree);
		assert_findings(&d, rows[i].findings);
		assert_text(d.summary, rows[i].summary);
		assert_int_equal(cover_first_missing(&d, SOURCE_PAYLOAD), message.len);
		assert_true(slp_looks_like(buffer_slice(&message)) || i > ROWS - 9);
	}
	buffer_free(&message);
	arena_free(&arena);
}

/* All of one message, with what stands in the headers. */
static void test_whole_tree(void **state)
{
	static const char text[] =
		"MSNSLP/1.0 200 OK\r\n"
		"To: <msnmsgr:alice@example.com;{09f128b9-0008-d8d0-7583-f7612ad0493a}>\r\n"
		"From: <msnmsgr:bob@example.com>\r\n"
		"Via: MSNSLP/1.0/TLP ;branch={a0d624a6-6C0C-4283-A9E0-BC97B4B46D32}\r\n"
		"CSeq: 1 \r\n"
		"Call-ID: {0C0FFEE0-1234-4ABC-8DEF-0123456789AB}\r\n"
		"Max-Forwards: 0\r\n"
		"On-Behalf: {d}\r\n"
		"Content-Type: null\r\n"
		"Content-Length: 0\r\n\r\n";
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissect(&d, &arena, slice_str(text));
	assert_within(
		&d,
		"slp.message{slp.start_line=\"MSNSLP/1.0 200 OK\" slp.protocol=\"MSNSLP/1.0\" slp.status=200 "
		"slp.reason=\"OK\" slp.headers{"
		"[To]=\"<msnmsgr:alice@example.com;{09f128b9-0008-d8d0-7583-f7612ad0493a}>\" "
		"[From]=\"<msnmsgr:bob@example.com>\" "
		"[Via]=\"MSNSLP/1.0/TLP ;branch={a0d624a6-6C0C-4283-A9E0-BC97B4B46D32}\" [CSeq]=\"1\" "
		"[Call-ID]=\"{0C0FFEE0-1234-4ABC-8DEF-0123456789AB}\" [Max-Forwards]=\"0\" [On-Behalf]=\"{d}\" "
		"[Content-Type]=\"null\" [Content-Length]=\"0\"} "
		"slp.to=\"alice@example.com;{09f128b9-0008-d8d0-7583-f7612ad0493a}\"{"
		"address.account=\"alice@example.com\" address.endpoint=\"{09f128b9-0008-d8d0-7583-f7612ad0493a}\"} "
		"slp.from=\"bob@example.com\"{address.account=\"bob@example.com\"} "
		"slp.branch=\"{A0D624A6-6C0C-4283-A9E0-BC97B4B46D32}\" slp.cseq=1 "
		"slp.call_id=\"{0C0FFEE0-1234-4ABC-8DEF-0123456789AB}\" slp.max_forwards=0 slp.on_behalf=\"{d}\" "
		"slp.content_type=\"null\" slp.content_length=0}");
	assert_null(d.findings);
	arena_free(&arena);
}

/* Values stand where their ranges say, turned round or not. */
static void test_ranges(void **state)
{
	struct row row = {
		OK, "transrespbody",
		"srddA-lanretxE4vPI: 9.2.0.291 52.001.15.891\r\ntroP-lanretxE4vPI: 2 4962\r\n\r\n", "", "", "",
	};
	struct arena arena = {0};
	struct buffer message = {0};
	struct dissection d;

	(void)state;
	compose(&row, &message);
	dissect(&d, &arena, buffer_slice(&message));
	const struct field *ip = field_find(&d.root, SLICE_LIT("slp.address_ip"));
	const struct field *port = field_find(&d.root, SLICE_LIT("slp.address_port"));
	const struct field *account = field_find(&d.root, SLICE_LIT("address.account"));
	const struct field *name = field_find(&d.root, SLICE_LIT("slp.reversed_name"));
	assert_text(slice_sub(buffer_slice(&message), ip->offset, ip->length), "52.001.15.891");
	assert_text(slice_sub(buffer_slice(&message), port->offset, port->length), "4962");
	assert_text(slice_sub(buffer_slice(&message), account->offset, account->length), "bob@example.com");
	assert_text(slice_sub(buffer_slice(&message), name->offset, name->length), "srddA-lanretxE4vPI");
	buffer_free(&message);
	arena_free(&arena);
}

static void test_password(void **state)
{
	static const char *const bodies[] = {"SessionPassword: p\r\n\r\n", "sessionpassword: p\r\n\r\n",
					     "drowssaPnoisseS: p\r\n\r\n"};
	struct arena arena = {0};
	struct buffer message = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct row row = {ACK, "turnsetup", bodies[i], "", "", ""};

		compose(&row, &message);
		dissect(&d, &arena, buffer_slice(&message));
		const struct field *f = field_find(&d.root, SLICE_LIT("slp.body_secret"));
		assert_non_null(f);
		assert_true(f->def->flags & FIELD_SECRET);
	}
	buffer_free(&message);
	arena_free(&arena);
}

/* Content-Length counts the NUL, which may be missing with the count or without it. */
static void test_content_length(void **state)
{
	static const struct {
		const char *length, *body;
		size_t nuls;
		const char *findings;
	} cases[] = {
		{"15", "SessionID: 1\r\n", 1, ""}, {"15", "SessionID: 1\r\n", 0, ""}, {"14", "SessionID: 1\r\n", 0, ""},
		{"15", "SessionID: 1\r\n", 3, ""}, {"0", "", 1, ""}, {"1", "", 1, ""},
		{"14", "SessionID: 1\r\n", 1, " !slp.broken"}, {"99", "SessionID: 1\r\n", 1, " !slp.broken"},
		{"0", "SessionID: 1\r\n", 0, " !slp.broken"}, {"99999999999", "", 0, " !slp.broken"},
		{"-1", "", 0, " !slp.broken"},
	};
	struct arena arena = {0};
	struct buffer message = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		message.len = 0;
		buffer_printf(&message, BYE "\r\n" PARTIES "Content-Length: %s\r\n\r\n%s", cases[i].length, cases[i].body);
		for (size_t n = 0; n < cases[i].nuls; n++)
			buffer_add_byte(&message, 0);
		dissect(&d, &arena, buffer_slice(&message));
		assert_findings(&d, cases[i].findings);
		assert_int_equal(cover_first_missing(&d, SOURCE_PAYLOAD), message.len);
	}
	buffer_free(&message);
	arena_free(&arena);
}

static void test_broken(void **state)
{
	static const struct {
		struct slice message;
		const char *findings;
	} cases[] = {
		{{(const uint8_t *)"", 0}, " !slp.broken !slp.broken !slp.broken"},
		{{(const uint8_t *)"\0", 1}, " !slp.broken !slp.broken !slp.broken"},
		{{(const uint8_t *)BYE, sizeof(BYE) - 1}, " !slp.broken !slp.broken"},
		{{(const uint8_t *)BYE "\r\n\r\n", sizeof(BYE) + 3}, " !slp.broken"},
		{{(const uint8_t *)BYE "\r\n" PARTIES, sizeof(BYE PARTIES) + 1}, " !slp.broken"},
		{{(const uint8_t *)BYE "\r\n" PARTIES "\r\n\0more", sizeof(BYE PARTIES) + 8}, " !slp.broken"},
		{{(const uint8_t *)BYE "\n" "To:\nFrom: <>\nVia: branch=x\nCSeq: x\nCall-ID: 1\n\n",
		  sizeof(BYE) + 48}, " !slp.broken !slp.broken !slp.broken !slp.broken !slp.broken"},
	};
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		dissect(&d, &arena, cases[i].message);
		assert_findings(&d, cases[i].findings);
	}
	arena_free(&arena);
}

/* Every row, cut at every byte, in memory that ends there. */
static void test_cut(void **state)
{
	struct arena arena = {0};
	struct buffer message = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		compose(&rows[i], &message);
		for (size_t len = 0; len < message.len; len++) {
			uint8_t *copy = malloc(len ? len : 1);

			assert_non_null(copy);
			memcpy(copy, message.data, len);
			dissect(&d, &arena, slice_of(copy, len));
			free(copy);
		}
	}
	buffer_free(&message);
	arena_free(&arena);
}

static void repeat(struct buffer *out, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buffer_add_str(out, text);
}

/* Lines of 64 KB, and more of everything than there should be. */
static void test_long(void **state)
{
	static const struct {
		const char *name, *item;
		const char *finding;
	} cases[] = {
		{"Context: ", "AAAA", ""},
		{"Context: ", "x ", ""},
		{"IPv4InternalAddrsAndPorts: ", "192.0.2.1:1 ", " !limit.fields"},
		{"stroPdnAsrddA6vPI: ", "1 ", " !slp.broken"},
		{"Bridges: ", "TCPv1 ", " !limit.fields"},
		{"SessionID: ", "9", " !slp.broken"},
		{"NetID: -", "9", " !slp.broken"},
		{"", "a: b\r\n", " !limit.fields"},
	};
	struct arena arena = {0};
	struct buffer body = {0}, message = {0}, findings = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		body.len = findings.len = 0;
		buffer_add_str(&body, cases[i].name);
		repeat(&body, cases[i].item, 65536 / strlen(cases[i].item));
		buffer_add_str(&body, "\r\n\r\n");
		buffer_add_byte(&body, 0);
		struct row row = {INVITE, "transreqbody", (const char *)body.data, "", "", ""};
		compose(&row, &message);
		dissect(&d, &arena, buffer_slice(&message));
		for (const struct finding *f = d.findings; f; f = f->next)
			buffer_printf(&findings, " !%s", f->rule->id);
		buffer_add_byte(&findings, 0);
		assert_non_null(strstr((const char *)findings.data, cases[i].finding));
		assert_true(d.field_count < 1000);
		assert_true(d.summary.len < 1000);
		assert_int_equal(cover_first_missing(&d, SOURCE_PAYLOAD), message.len);
	}
	buffer_free(&findings);
	buffer_free(&message);
	buffer_free(&body);
	arena_free(&arena);
}

static void test_looks_like(void **state)
{
	static const struct {
		const char *text;
		bool yes;
	} cases[] = {
		{"INVITE MSNMSGR:a", true}, {"SING msnmsgr:a", true}, {"MSNSLP/1.0 200", true}, {"BYE MSNMSGR:", true},
		{"", false}, {"MSNSLP", false}, {"INVITE sip:a", false}, {" MSNMSGR:a", false}, {"invite MSNMSGR:a", false},
		{"ABCDEFGHIJKLMNOPQ MSNMSGR:a", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(slp_looks_like(slice_str(cases[i].text)), cases[i].yes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),       cmocka_unit_test(test_whole_tree), cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_password),       cmocka_unit_test(test_content_length),
		cmocka_unit_test(test_broken),         cmocka_unit_test(test_cut),        cmocka_unit_test(test_long),
		cmocka_unit_test(test_looks_like),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
