/* SPDX-License-Identifier: BSD-2-Clause */
/* Client-to-client notifications: trees and summaries; then each cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cover.h"
#include "dissectors/sip.h"
#include "dissectors/uun.h"
#include "dissectors/xml.h"
#include "expect.h"
#include "tree.h"

#define CSID "{0000aaaa-1111-2222-3333-44445555ffff}"

#define RINGING "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/TLS 192.0.2.1\r\n\r\n"
#define SDP_INVITE \
	"INVITE sip:bob@example.com SIP/2.0\r\nCall-ID: 1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n" \
	"m=audio 1 RTP/AVP 0\r\n"

struct row {
	unsigned type; /* in the line */
	const char *payload;
	const char *tree;
	const char *summary;
};

static const struct row rows[] = {
	{1, "<SNM opcode=\"SNM\" csid=\"" CSID "\" priority=\"0\"/>",
	 "uun.sharing{uun.opcode=\"SNM\" uun.csid=\"" CSID "\" uun.priority=\"0\"}",
	 "sharing folder, SNM, " CSID},
	{1, "<SNM opcode=\"NAK\" csid=\"" CSID "\" reason=\"0x80070490\" x=\"1\"><y/></SNM>\r\n",
	 "uun.sharing{uun.opcode=\"NAK\" uun.csid=\"" CSID "\" uun.reason=\"0x80070490\" "
	 "xml.other{[@x]=\"1\" [y]=\"\"}}",
	 "sharing folder, NAK, " CSID ", reason 0x80070490"},
	{1, "<SNM opcode=\"ACK\" opcode=\"NAK\"/>",
	 "uun.sharing{uun.opcode=\"ACK\" xml.other{[@opcode]=\"NAK\"}} !xml.broken", "sharing folder, ACK"},
	{1, "<SNM/>", "uun.sharing !uun.broken", "sharing folder"},
	{1, "<other a=\"1\"/>", "uun.xml{[other]{[@a]=\"1\"}} !uun.broken", "<other>"},
	{1, "hello", "uun.text=\"hello\" !uun.broken", "\"hello\""},

	{2, RINGING,
	 "sip.message{sip.start_line=\"SIP/2.0 180 Ringing\" sip.headers{[Via]=\"SIP/2.0/TLS 192.0.2.1\"}}",
	 "SIP 180 Ringing"},
	{2, SDP_INVITE,
	 "sip.message{sip.start_line=\"INVITE sip:bob@example.com SIP/2.0\" sip.headers{[Call-ID]=\"1\" "
	 "[Content-Type]=\"application/sdp\"} sip.sdp_line=\"v=0\" sip.sdp_line=\"m=audio 1 RTP/AVP 0\"}",
	 "SIP INVITE sip:bob@example.com"},
	{2, "INFO sip:a SIP/2.0\r\nContent-Type: text/plain\r\n\r\nhi",
	 "sip.message{sip.start_line=\"INFO sip:a SIP/2.0\" sip.headers{[Content-Type]=\"text/plain\"} sip.body=\"hi\"}",
	 "SIP INFO sip:a"},
	{2, "SIP/2.0", "uun.text=\"SIP/2.0\" !uun.broken", "\"SIP/2.0\""},

	{4, "goawyplzthxbye", "uun.sign_out=\"goawyplzthxbye\"",
	 "\"goawyplzthxbye\": the endpoint that is addressed"},
	{4, "gtfo\r\n", "uun.sign_out=\"gtfo\"", "\"gtfo\": all endpoints"},
	{4, "please go", "uun.sign_out=\"please go\" !msnp.unknown_value", "\"please go\""},
	{8, "gtfo", "uun.sign_out=\"gtfo\"", "\"gtfo\": all endpoints"},
	{8, "a copy", "uun.text=\"a copy\"", "\"a copy\""},

	{5, "12345;192.0.2.1:1863",
	 "uun.closed_id=\"12345\" uun.closed_server=\"192.0.2.1:1863\"{host.name=\"192.0.2.1\" host.port=1863}",
	 "conversation 12345 at 192.0.2.1:1863"},
	{5, "12345", "uun.text=\"12345\"", "\"12345\""},

	{6, "<State><Service type=\"ab\"/><Service type=\"membership\">1</Service></State>",
	 "uun.xml{[State]{[Service]{[@type]=\"ab\"} [Service]{[@type]=\"membership\" [#text]=\"1\"}}} "
	 "uun.service=\"ab\" uun.service=\"membership\"",
	 "ab, membership changed"},
	{6, "<State><Service type=\"ab\">",
	 "uun.xml{[State]{[Service]{[@type]=\"ab\"}}} uun.service=\"ab\" !xml.broken", "ab changed"},

	{10, "<turn>1</turn>", "uun.xml{[turn]=\"1\"}", "<turn>"},
	{11, "1 22  3\r\n", "uun.rtc_number=\"1\" uun.rtc_number=\"22\" uun.rtc_number=\"3\"", "\"1 22  3\""},

	{12,
	 "<sip e=\"base64\" fid=\"1\" i=\"0@192.0.2.1\"><msg>"
	 "QllFIHNpcDpib2JAZXhhbXBsZS5jb20gU0lQLzIuMA0KQ1NlcTogMiBCWUUNCg0K</msg></sip>",
	 "sip.tunnel{sip.tunnel_encoding=\"base64\" sip.tunnel_fid=\"1\" sip.tunnel_call=\"0@192.0.2.1\" "
	 "sip.tunnel_message{sip.message{sip.start_line=\"BYE sip:bob@example.com SIP/2.0\" "
	 "sip.headers{[CSeq]=\"2 BYE\"}}}}",
	 "SIP BYE sip:bob@example.com"},
	{12, "<sip e=\"base64\" z=\"1\"><msg>*</msg><w/></sip>",
	 "sip.tunnel{sip.tunnel_encoding=\"base64\" xml.other{[@z]=\"1\" [w]=\"\"} sip.tunnel_message} !sip.broken",
	 "SIP that cannot be read"},
	{12, "<sip e=\"none\"><msg>x</msg></sip>",
	 "sip.tunnel{sip.tunnel_encoding=\"none\" sip.tunnel_message} !sip.broken", "SIP that cannot be read"},
	{12, "<sip><msg>eA==</msg></sip>",
	 "sip.tunnel{sip.tunnel_message{sip.message{sip.start_line=\"x\" sip.headers}}} !sip.broken",
	 "SIP without start line"},
	{12, "<sip/>", "sip.tunnel !sip.broken", "SIP that cannot be read"},
	{12, "<pis/>", "uun.xml{[pis]=\"\"} !uun.broken", "<pis>"},

	{7, "text", "uun.text=\"text\"", "\"text\""},
	{99, "\xff\xfe", "payload.data=2", "2 bytes"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void dissect(struct dissection *d, struct arena *arena, unsigned type, struct slice payload)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, payload);
	field_add_number(d, &d->root, P_notification_type, type, SOURCE_LINE, 0, 0);
	uun_dissect(d, &d->root, SOURCE_PAYLOAD, 0, payload.len, NULL);
	tree_check(d);
}

static void test_notifications(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct buffer expected = {0};

		dissect(&d, &arena, rows[i].type, slice_str(rows[i].payload));
		buffer_printf(&expected, "msnp.notification_type=%u %s", rows[i].type, rows[i].tree);
		buffer_add_byte(&expected, 0);
		expect_tree(&d, (const char *)expected.data);
		expect_summary(&d, rows[i].summary);
		buffer_free(&expected);
	}
	arena_free(&arena);
}

/* In the payload and in what was decoded out of it.  In XML, names and quotation marks of attributes lie in none. */
static void test_every_byte_has_a_field(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		dissect(&d, &arena, rows[i].type, slice_str(rows[i].payload));
		for (unsigned source = SOURCE_PAYLOAD; source < d.source_count; source++)
			if (!xml_looks_like(d.sources[source].data))
				assert_int_equal(cover_first_missing(&d, source), d.sources[source].data.len);
	}
	arena_free(&arena);
}

static void dissect_cut(void *ctx, struct slice payload)
{
	const unsigned *type = ctx;
	struct arena arena = {0};
	struct dissection d;

	dissect(&d, &arena, *type, payload);
	arena_free(&arena);
}

static void test_notifications_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		unsigned type = rows[i].type;

		expect_cuts(rows[i].payload, dissect_cut, &type);
	}
}

/* Without a type in the line, nothing is taken for granted. */
static void test_no_type(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissection_init(&d, &arena, SLICE_EMPTY, SLICE_LIT("gtfo"));
	uun_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, 4, NULL);
	tree_check(&d);
	assert_non_null(field_child(&d.root, &field_defs[F_UUN_TEXT]));
	assert_null(d.findings);
	arena_free(&arena);
}

static void add_repeated(struct buffer *out, const char *text, unsigned count)
{
	while (count--)
		buffer_add_str(out, text);
}

static unsigned count_of(const struct field *parent, enum field_id id)
{
	unsigned count = 0;

	for (const struct field *f = parent->first; f; f = f->next)
		count += f->def == &field_defs[id];
	return count;
}

static void test_secrets(void **state)
{
	struct arena arena = {0};
	struct dissection d;
	unsigned secrets = 0;

	(void)state;
	dissect(&d, &arena, 2,
		SLICE_LIT("INVITE a SIP/2.0\r\nproxy-authorization: x\r\nTo: a\r\nContent-Type: application/sdp\r\n\r\n"
			  "k=clear:x\r\na=crypto:1 x\r\na=ice-pwd:x\r\na=ice-ufrag:u\r\n"));
	const struct field *sip = field_child(&d.root, &field_defs[F_SIP]);
	const struct field *headers = field_child(sip, &field_defs[F_SIP_HEADERS]);
	for (const struct field *f = headers->first; f; f = f->next)
		assert_int_equal(slice_eq_str(f->value.text, "x"), (f->def->flags & FIELD_SECRET) != 0);
	for (const struct field *f = sip->first; f; f = f->next)
		secrets += (f->def->flags & FIELD_SECRET) != 0;
	assert_int_equal(secrets, 3);
	assert_int_equal(count_of(sip, F_SIP_SDP_LINE), 1);
	arena_free(&arena);
}

static void test_limits(void **state)
{
	struct arena arena = {0};
	struct buffer text = {0};
	struct dissection d;

	(void)state;
	add_repeated(&text, " 1", UUN_RTC_NUMBERS_MAX + 5);
	dissect(&d, &arena, 11, buffer_slice(&text));
	assert_int_equal(count_of(&d.root, F_UUN_RTC_NUMBER), UUN_RTC_NUMBERS_MAX);
	assert_int_equal(field_child(&d.root, &field_defs[F_UUN_TEXT])->length, 10);
	text.len = 0;
	buffer_add_str(&text, "INFO a SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n");
	add_repeated(&text, "a=1\n", SIP_SDP_LINES_MAX + 5);
	dissect(&d, &arena, 2, buffer_slice(&text));
	const struct field *sip = field_child(&d.root, &field_defs[F_SIP]);
	assert_int_equal(count_of(sip, F_SIP_SDP_LINE), SIP_SDP_LINES_MAX);
	assert_int_equal(field_child(sip, &field_defs[F_SIP_BODY])->length, 20);
	buffer_free(&text);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notifications),
		cmocka_unit_test(test_every_byte_has_a_field),
		cmocka_unit_test(test_notifications_cut),
		cmocka_unit_test(test_no_type),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
