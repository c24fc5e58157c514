/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands of MSNP24: summaries, what is lifted out of XML, and what readers do not get to see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/msnp24.h"
#include "routing_rows.h"
#include "tree.h"

#define EPID "{4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}"
#define THREAD "19:c2FtcGxl@thread.skype"

static const struct routing_row rows[] = {
	/* Signing in. */
	{24, ">>> CNT 1 CON 112",
	 "\n<connect><ver>2</ver><agent><os>winnt</os><osVer>6.1</osVer><proc>x</proc><lcid>en-GB</lcid></agent></connect>",
	 "open the connection, client on winnt 6.1, en-GB", ""},
	{24, "<<< CNT 1 CON 70", "\n<connect-response><ver>2</ver><nonce>MTIz</nonce></connect-response>",
	 "connection is open", ""},
	{24, "<<< XFR 1 CON 64", "\n<xfr><target>203.0.113.81:443</target><state>abc</state></xfr>",
	 "go to another notification server, 203.0.113.81:443", ""},
	{24, ">>> ATH 2 CON\\USER 98",
	 "\n<user><ssl-compact-ticket>t=1</ssl-compact-ticket><uic>c2FtcGxl</uic><id>ana.example</id></user>",
	 "sign in, as ana.example", ""},
	{24, "<<< ATH 2 CON 46", "Set-Registration: bWFyaw==\n\n<auth-response/>", "sign-in accepted", ""},
	{24, ">>> BND 3 CON\\MSGR 180",
	 "Registration: bWFyaw==\n\n<msgr><ver>2</ver><client><name>Skype</name><ver>2/6.14</ver><networks>skype</networks>"
	 "</client><epid>" EPID "</epid></msgr>",
	 "bind the endpoint, Skype 2/6.14 at " EPID, ""},
	{24, ">>> PUT 4 MSGR\\CHALLENGE 81",
	 "\n<challenge><appId>PROD0120</appId><response>3238d4003f7e</response></challenge>", "answer the challenge", ""},
	/* Contacts, presence, messages. */
	{24, ">>> PUT 5 MSGR\\CONTACTS 100",
	 "\n<ml l=\"1\"><skp><c n=\"bo\" t=\"8\"><s l=\"3\" n=\"IM\"/></c><c n=\"al\" t=\"8\"/></skp><x><c n=\"cy\"/></x></ml>",
	 "publish contacts, 3 contacts", ""},
	{24, "<<< NFY 1 MSGR\\PUT 218",
	 "\nRouting: 1.0\nTo: 8:ana\nFrom: 8:bo\n\nReliability: 1.0\n\nNotification: 1.0\nUri: /user\nNotifType: Full\n"
	 "Content-Length: 87\n\n"
	 "<user><s n=\"IM\"><Status>AWY</Status></s><s n=\"SKP\"><Skypename>bo</Skypename></s></user>",
	 "presence of 8:bo: away", ""},
	{24, "<<< NFY 4 MSGR\\DEL 154",
	 "\nRouting: 1.0\nTo: 8:ana\nFrom: 8:bo\n\nReliability: 1.0\n\nNotification: 1.0\nUri: /user\n"
	 "Content-Type: application/user+xml\n\n<user><s n=\"IM\"/></user>",
	 "8:bo is offline", ""},
	{24, "<<< SDG 2 MSGR 167",
	 "Ack-Id: 2.1\n\nRouting: 1.0\nTo: " THREAD "\nFrom: 8:bo\n\nReliability: 1.0\n\nMessaging: 2.0\nMessage-Type: RichText\n"
	 "Content-Length: 12\n\n<b>hello</b>",
	 "rich text from 8:bo to thread " THREAD ": \"<b>hello</b>\"", ""},
	{24, "<<< SDG 3 MSGR 216",
	 "\nRouting: 1.0\nTo: 8:ana\nFrom: " THREAD "\n\nReliability: 1.0\n\nMessaging: 2.0\n"
	 "Message-Type: ThreadActivity/TopicUpdate\nContent-Length: 55\n\n"
	 "<topicupdate><value>plans for May</value></topicupdate>",
	 "new topic from thread " THREAD " to 8:ana, \"plans for May\"", ""},
	/* Documents. */
	{24, ">>> GET 7 MSGR\\RECENTCONVERSATIONS 85",
	 "\n<recentconversations><start>0</start><pagesize>100</pagesize></recentconversations>",
	 "fetch recent conversations", ""},
	{24, "<<< GET 7 MSGR 136",
	 "\n<recentconversations-response><conversations><conversation><id>8:bo</id></conversation></conversations>"
	 "</recentconversations-response>",
	 "answer to a fetch, 1 conversation", ""},
	{24, ">>> GET 8 MSGR\\MESSAGESBYCONVERSATION 103",
	 "\n<messagesbyconversation><id>8:bo</id><start>0</start><pagesize>20</pagesize></messagesbyconversation>",
	 "fetch messages by conversation, 8:bo", ""},
	{24, "<<< GET 8 MSGR 191",
	 "\n<messagesbyconversation-response><id>8:bo</id><messages><message><from>8:bo</from><messagetype>Text</messagetype>"
	 "<content>hi</content></message></messages></messagesbyconversation-response>",
	 "answer to a fetch, 8:bo, 1 message", ""},
	{24, "<<< NFY 3 MSGR\\THREAD 260",
	 "\n<thread><id>" THREAD "</id><members><member><mri>8:ana</mri><role>admin</role></member><member><mri>8:b</mri>"
	 "</member><member><mri>8:c</mri></member><member><mri>8:d</mri></member></members>"
	 "<properties><topic>plans</topic></properties></thread>",
	 "state of a thread, " THREAD ", \"plans\", 8:ana, 8:b, 8:c, 1 other", ""},
	{24, ">>> GET 12 MSGR\\THREADS 71", "\n<threads><thread><id>" THREAD "</id></thread></threads>",
	 "fetch threads, 1 thread", ""},
	{24, ">>> PUT 10 MSGR\\ACTIVEENDPOINT 57", "\n<activeendpoint><timeout>135</timeout></activeendpoint>",
	 "publish active endpoint, for 135 s", ""},
	{24, "<<< PNG 9 CON 48", "\n<ping-response><wait>45</wait></ping-response>", "keep-alive answer, next in 45 s", ""},
	{24, ">>> PNG 9 CON 2", "\n", "keep-alive", ""},
	{24, "<<< OUT 9 CON 11", "\nbe right!", "server closes the connection, \"be right!\"", ""},
	{24, "<<< 911 9 CON 26", "Ack-Id: 1.2\n\nnot allowed",
	 "error auth_failed: password, ticket, cookie or session id refused, \"not allowed\"", ""},
	/* What is broken. */
	{24, "<<< 715 9 MSGR 7", "not now",
	 "error not_expected: command not allowed now, e.g. PAG in 9+, unknown PRP name, name change of an unverified "
	 "account, \"not now\"", "routing.blocks"},
	{24, "<<< SDG 3 MSGR 99",
	 "Routing: 1.0\nTo: 8:ana\nFrom: 8:bo\n\nReliability: 1.0\n\nMessaging: 2.0\nMessage-Type: Text\n\nhi",
	 "text from 8:bo to 8:ana: \"hi\"", "routing.blocks"},
	{24, ">>> ATH 9 CON\\USER 14", "<user>x</user>", "sign in", "routing.blocks"},
	{24, ">>> PNG 9 CON 6", "A: 1\n", "keep-alive", "routing.blocks"},
	{24, "<<< PNG 9 CON 31", "\n<ping-response><wait>x</wait>", "keep-alive answer, next in x s",
	 "xml.broken routing.body"},
};

static void test_rows(void **state)
{
	(void)state;
	routing_rows_check(rows, sizeof(rows) / sizeof(rows[0]));
}

static void check_tree(const char *payload, const char *expected)
{
	struct arena arena = {0};
	struct buffer out = {0};
	struct dissection d;

	dissection_init(&d, &arena, SLICE_EMPTY, slice_str(payload));
	msnp24_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, strlen(payload), NULL);
	tree_check(&d);
	tree_write(&d, &out);
	buffer_add_byte(&out, 0);
	assert_string_equal((const char *)out.data, expected);
	buffer_free(&out);
	arena_free(&arena);
}

static void test_trees(void **state)
{
	(void)state;
	check_tree("Ack-Id: 1\r\n\r\n<xfr><target>203.0.113.81:443</target></xfr>",
		   "msnp24.headers{[Ack-Id]=\"1\"} xml.document{[xfr]{[target]=\"203.0.113.81:443\"}} "
		   "msnp24.target=\"203.0.113.81:443\"{host.name=\"203.0.113.81\" host.port=443}");
	check_tree("\r\n<thread><id>19:x</id><members><member><mri>8:b</mri><role>user</role></member></members></thread>",
		   "msnp24.headers xml.document{[thread]{[id]=\"19:x\" [members]{[member]{[mri]=\"8:b\" [role]=\"user\"}}}} "
		   "msnp24.thread=\"19:x\" msnp24.member{msnp24.member_id=\"8:b\"{address.network=8 "
		   "address.account=\"b\"} msnp24.member_role=\"user\"}");
}

static size_t count_secrets(const struct field *parent, const char *secret)
{
	size_t n = 0;

	for (const struct field *f = parent->first; f; f = f->next) {
		if (f->has_value && f->def->type == FIELD_TEXT && slice_eq_str(f->value.text, secret)) {
			assert_true(f->def->flags & FIELD_SECRET);
			n++;
		}
		n += count_secrets(f, secret);
	}
	return n;
}

/* Each stands in the tree once, and no other field tells it. */
static void test_secrets(void **state)
{
	static const struct {
		const char *payload, *secret;
	} cases[] = {
		{"Registration: mark\r\n\r\n", "mark"},
		{"set-registration: mark\r\n\r\n", "mark"},
		{"\r\n<user><ssl-compact-ticket>tick</ssl-compact-ticket></user>", "tick"},
		{"\r\n<user><web-compact-ticket>tick</web-compact-ticket></user>", "tick"},
		{"\r\n<user><uic>tick</uic></user>", "tick"},
		{"\r\n<challenge><response>answer</response></challenge>", "answer"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = {0};
		struct dissection d;

		dissection_init(&d, &arena, SLICE_EMPTY, slice_str(cases[i].payload));
		msnp24_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, strlen(cases[i].payload), NULL);
		assert_int_equal(count_secrets(&d.root, cases[i].secret), 1);
		arena_free(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
