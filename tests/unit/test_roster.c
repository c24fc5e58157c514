/* SPDX-License-Identifier: BSD-2-Clause */
/* Contact lists, groups and presence: what is known by commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "roster_life.h"
#include "session/roster_internal.h"

/* --- lists by commands --- */

static void test_lists_one_by_one(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 5);
	life_server(&l, "SYN 3 13");
	assert_false(roster_view(l.roster).has_lists);
	life_server(&l, "LST 3 FL 13 1 1 bob@example.com Bob%20B");
	life_server(&l, "LST 3 AL 13 1 2 bob@example.com Old%20Bob");
	life_server(&l, "LST 3 AL 13 2 2 carol@example.com Carol");
	life_server(&l, "LST 3 BL 13 0 0");
	life_server(&l, "LST 3 RL 13 1 1 BOB@example.com Bob");
	life_expect_contacts(&l, "bob@example.com \"Bob B\" 11\ncarol@example.com \"Carol\" 2\n");
	assert_true(roster_view(l.roster).has_lists);
	life_expect_name(&l, "Carol@Example.com", "Carol");
	life_expect_name(&l, "dave@example.com", "");
	life_end(&l);
}

static void test_lists_7(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 7);
	life_server(&l, "LSG 3 13 1 2 0 Other%20Contacts 0");
	life_server(&l, "LSG 3 13 2 2 4 Pals 0");
	life_server(&l, "LST 3 FL 13 1 1 bob@example.com Bob 0,4");
	life_server(&l, "LST 3 RL 13 0 0");
	life_expect_groups(&l, "0 \"Other Contacts\"\n4 \"Pals\"\n");
	life_expect_contacts(&l, "bob@example.com \"Bob\" 1 [Other Contacts, Pals]\n");
	life_end(&l);
}

static void test_lists_8(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 8);
	life_server(&l, "SYN 3 27 2 1");
	assert_true(roster_view(l.roster).has_lists);
	/* A contact's line before that of its group. */
	life_server(&l, "LST bob@example.com Bob 11 4,9");
	life_server(&l, "LSG 4 Pals%20%26%20co 0");
	life_server(&l, "LST carol@example.com Carol 4");
	life_server(&l, "BPR MOB Y");
	life_expect_contacts(&l, "bob@example.com \"Bob\" 11 [Pals & co, 9]\ncarol@example.com \"Carol\" 4\n");
	/* Sent anew: what stands there holds. */
	life_server(&l, "LST bob@example.com Bob 3");
	life_expect_contacts(&l, "bob@example.com \"Bob\" 3\ncarol@example.com \"Carol\" 4\n");
	life_end(&l);
}

static void test_lists_up_to_date(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 8);
	life_server(&l, "SYN 3 27");
	assert_false(roster_view(l.roster).has_lists);
	life_end(&l);
}

static void test_lists_12(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 12);
	life_server(&l, "SYN 3 2005-04-23T18:57:44.8130000-07:00 2005-04-23T18:57:54.2070000-07:00 2 1");
	life_server(&l, "PRP MFN Alice%20A");
	life_server(&l, "LSG Pals " GROUP_1);
	life_server(&l, "LST N=bob@example.com F=Bob%20B C=" GUID_1 " 11 1 " GROUP_1);
	life_server(&l, "LST N=carol@example.com 24 32");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob B\" 11 [Pals]\ncarol@example.com*32 24\n");
	life_expect_own_name(&l, "Alice A");
	life_expect_presence(&l, "");
	life_end(&l);
}

static void test_changes_7(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 7);
	/* What is asked for does not count, the answer does. */
	life_command(&l, MSNP_CLIENT, "ADD 5 FL bob@example.com bob@example.com 4", NULL, 0);
	life_expect_contacts(&l, "");
	life_command(&l, MSNP_SERVER, "216 5", NULL, 1);
	life_expect_contacts(&l, "");
	life_server(&l, "ADG 6 14 Pals 4 0");
	life_server(&l, "ADD 7 FL 15 bob@example.com Bob 4");
	life_server(&l, "ADD 0 RL 16 bob@example.com Bob");
	life_server(&l, "ADD 8 FL 17 bob@example.com Bob 5");
	life_expect_contacts(&l, "bob@example.com \"Bob\" 9 [Pals, 5]\n");
	life_server(&l, "REG 9 18 4 Friends 0");
	life_server(&l, "REM 10 FL 19 bob@example.com 5");
	life_expect_contacts(&l, "bob@example.com \"Bob\" 9 [Friends]\n");
	life_server(&l, "REA 11 20 bob@example.com Bobby");
	life_server(&l, "RMG 12 21 4");
	life_expect_contacts(&l, "bob@example.com \"Bobby\" 9\n");
	life_expect_groups(&l, "4 \"Friends\" removed\n5\n");
	/* The number again, for another group. */
	life_server(&l, "ADG 13 22 New 4 0");
	life_expect_contacts(&l, "bob@example.com \"Bobby\" 9\n");
	life_server(&l, "REM 0 RL 23 bob@example.com");
	life_server(&l, "REM 14 FL 24 bob@example.com");
	life_expect_contacts(&l, "bob@example.com \"Bobby\" 0 removed\n");
	/* Somebody whose lists were not seen. */
	life_server(&l, "REM 0 RL 25 carol@example.com");
	life_expect_contacts(&l, "bob@example.com \"Bobby\" 0 removed\ncarol@example.com 0 removed\n");
	life_end(&l);
}

static void test_changes_10(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 11);
	life_server(&l, "ADG 5 Pals " GROUP_1);
	life_server(&l, "ADC 6 FL N=bob@example.com F=Bob C=" GUID_1);
	life_server(&l, "ADC 7 FL C=" GUID_1 " " GROUP_1);
	life_server(&l, "ADC 8 AL N=bob@example.com");
	life_server(&l, "ADC 0 RL N=bob@example.com F=Bob");
	life_expect_contacts(&l, "bob@example.com \"Bob\" 11 [Pals]\n");
	/* Ids that nobody has; names in other letters. */
	life_server(&l, "ADC 9 FL C=" GUID_2 " " GROUP_1);
	life_server(&l, "SBP 10 " GUID_2 " MFN Nobody");
	life_server(&l, "SBP 11 " GUID_1 " MFN Bob%20B");
	life_server(&l, "SBP 12 " GUID_1 " HSB 1");
	life_server(&l, "REG 13 " GROUP_1 " Friends");
	life_server(&l, "REM 14 AL Bob@Example.com");
	life_expect_contacts(&l, "bob@example.com \"Bob B\" 9 [Friends]\n");
	life_server(&l, "REM 15 FL " GUID_1 " " GROUP_1);
	life_expect_contacts(&l, "bob@example.com \"Bob B\" 9\n");
	life_server(&l, "ADC 16 FL C=" GUID_1 " " GROUP_1);
	life_server(&l, "REM 17 FL " GUID_1);
	life_expect_contacts(&l, "bob@example.com \"Bob B\" 8\n");
	life_server(&l, "RMG 18 " GROUP_1);
	life_expect_groups(&l, GROUP_1 " \"Friends\" removed\n");
	life_end(&l);
}

static void test_adl(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 18);
	life_ask(&l, "ADL 5",
	    "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/><c n=\"carol\" l=\"5\" t=\"32\"/></d></ml>",
	    NULL);
	life_expect_contacts(&l, "");
	assert_false(roster_view(l.roster).has_lists);
	life_command(&l, MSNP_SERVER, "ADL 5 OK", NULL, 1);
	life_expect_contacts(&l, "bob@example.com*1 3\ncarol@example.com*32 5\n");
	assert_true(roster_view(l.roster).has_lists);
	life_ask(&l, "ADL 6", "<ml><d n=\"example.com\"><c n=\"eve\" l=\"3\" t=\"1\"/></d></ml>", "241 6");
	life_with(&l, MSNP_SERVER, "ADL 0",
	     "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" l=\"8\" t=\"1\" f=\"Bob%20B\"/></d></ml>");
	life_ask(&l, "RML 7", "<ml><d n=\"example.com\"><c n=\"carol\" l=\"4\" t=\"32\"/></d></ml>", "RML 7 OK");
	life_ask(&l, "ADL 8", "<ml><t><c n=\"tel:+15550100\" l=\"1\" t=\"4\"/></t></ml>", "ADL 8 OK");
	life_with(&l, MSNP_SERVER, "FQY 9",
	     "<ml><d n=\"example.com\"><c n=\"carol\" t=\"1\"/><c n=\"eve\" t=\"32\" f=\"Eve\"/></d></ml>");
	life_expect_name(&l, "eve@example.com", "");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob B\" 11\ncarol@example.com*1 1\ntel:+15550100*4 1\n");
	life_with(&l, MSNP_SERVER, "RML 0", "<ml><d n=\"example.com\"><c n=\"bob\" l=\"8\" t=\"1\"/></d></ml>");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob B\" 3\ncarol@example.com*1 1\ntel:+15550100*4 1\n");
	life_end(&l);
}

static void test_adl_services(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 21);
	life_ask(&l, "ADL 5",
	    "<ml l=\"1\"><d n=\"example.com\"><c n=\"bob\" t=\"1\"><s l=\"3\" n=\"IM\"/><s l=\"7\" n=\"PE\"/></c></d></ml>",
	    "ADL 5 OK");
	life_expect_contacts(&l, "bob@example.com*1 3\n");
	life_end(&l);
}

/* --- presence --- */

static void test_presence_8(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 8);
	life_server(&l, "USR 4 OK " ME " Alice%20A 1 0");
	life_server(&l, "LST bob@example.com Bob 11 0");
	life_command(&l, MSNP_CLIENT, "CHG 5 AWY 0", NULL, 0);
	life_server(&l, "CHG 5 NLN 0");
	life_server(&l, "ILN 5 AWY bob@example.com Bob 0");
	life_server(&l, "NLN AWY bob@example.com Bob 0");
	life_server(&l, "NLN NLN bob@example.com Bobby 0");
	life_server(&l, "NLN NLN bob@example.com Bob%21 0");
	life_server(&l, "FLN bob@example.com");
	life_server(&l, "FLN bob@example.com");
	life_server(&l, "REA 6 28 " ME " Alice%20B");
	life_server(&l, "CHG 7 NLN 0");
	life_server(&l, "CHG 8 HDN 0");
	life_expect_presence(&l, "#4 own NLN\n"
			    "#5 bob@example.com AWY\n"
			    "#7 bob@example.com NLN \"Bobby\"\n"
			    "#8 bob@example.com \"Bob!\"\n"
			    "#9 bob@example.com FLN\n"
			    "#11 own \"Alice B\"\n"
			    "#13 own HDN\n");
	life_expect_contacts(&l, "bob@example.com \"Bob!\" 11 [0] FLN\n");
	assert_int_equal(roster_view(l.roster).contacts[0].status_ns, 10 * SECOND);
	assert_true(slice_eq_str(roster_view(l.roster).status, "HDN"));
	life_expect_own_name(&l, "Alice B");
	life_expect_name(&l, "ALICE@example.com", "Alice B");
	life_end(&l);
}

static void test_message_13(void **state)
{
	static const char music[] = "<Data><PSM>at &lt;work&gt;</PSM><CurrentMedia>\\0Music\\01\\0{0} - "
				    "{1}\\0Tune\\0Band\\0\\0\\0</CurrentMedia></Data>";
	static const char stopped[] = "<Data><PSM>at &lt;work&gt;</PSM><CurrentMedia>\\0Music\\00\\0{0} - "
				      "{1}\\0Tune\\0Band\\0\\0\\0</CurrentMedia></Data>";
	struct life l;

	(void)state;
	life_begin(&l, 13);
	life_with(&l, MSNP_SERVER, "UBX bob@example.com", music);
	life_with(&l, MSNP_SERVER, "UBX bob@example.com", music);
	life_with(&l, MSNP_SERVER, "UBX bob@example.com", stopped);
	life_command(&l, MSNP_SERVER, "UBX bob@example.com 0", "", 0);
	life_command(&l, MSNP_SERVER, "UBX bob@example.com 0", "", 0);
	life_ask(&l, "UUX 6", music, NULL);
	life_command(&l, MSNP_SERVER, "UUX 6 0", NULL, 6);
	life_ask(&l, "UUX 7", music, "UUX 7 0");
	life_ask(&l, "UUX 8", "<Data><PSM>x</PSM></Data>", "217 8");
	life_ask(&l, "UUX 9", "<EndpointData><Capabilities>1:0</Capabilities></EndpointData>", "UUX 9 0");
	life_server(&l, "PRP 10 MFN Alice%20C");
	life_server(&l, "PRP 11 MFN Alice%20C");
	life_server(&l, "PRP 12 PHH 555");
	life_expect_presence(&l, "#1 bob@example.com <at <work>> {Tune - Band}\n"
			    "#3 bob@example.com cleared\n"
			    "#4 bob@example.com cleared\n"
			    "#7 own <at <work>> {Tune - Band}\n"
			    "#14 own \"Alice C\"\n");
	assert_true(slice_eq_str(roster_view(l.roster).message, "at <work>"));
	assert_true(slice_eq_str(roster_view(l.roster).media, "Tune - Band"));
	life_end(&l);
}

static void test_endpoints_18(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 18);
	life_server(&l, "NLN NLN 1:bob@example.com Bob 2788999228:48 0");
	/* A member of a circle is no contact; of a connected network one. */
	life_server(&l, "NLN BSY 1:dan@example.com;via=9:0000-1@live.com Dan 0:0 0");
	life_server(&l, "NLN NLN 13:77;via=14:fb Fay 0:0 0");
	life_server(&l, "NLN IDL 1:alice@example.com Alice%20E 0:0 0");
	life_server(&l, "FLN 1:bob@example.com;via=9:0000-1@live.com 0:0");
	life_with(&l, MSNP_SERVER, "UBX 1:alice@example.com", "<Data><PSM>mine</PSM></Data>");
	life_expect_presence(&l, "#1 bob@example.com NLN \"Bob\"\n"
			    "#2 dan@example.com BSY \"Dan\"\n"
			    "#3 77 NLN \"Fay\"\n"
			    "#4 own IDL \"Alice E\"\n"
			    "#5 bob@example.com FLN\n"
			    "#6 own <mine>\n");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob\" 0 FLN\n77*13 \"Fay\" 0 NLN\n");
	life_expect_name(&l, "dan@example.com", "Dan");
	life_end(&l);
}

#define FROM_BOB "Routing: 1.0\r\nTo: 1:alice@example.com\r\nFrom: 1:bob@example.com;epid={" GUID_1 "}\r\n\r\n" \
		 "Reliability: 1.0\r\n\r\n"
#define NOTICE "Notification: 1.0\r\nNotifNum: 0\r\nUri: /user\r\nNotifType: Partial\r\n" \
	       "Content-Type: application/user+xml\r\nContent-Length: "

static void notify(struct life *l, const char *verb, const char *user)
{
	char line[16];
	struct slice payload = arena_printf(&l->arena, FROM_BOB NOTICE "%zu\r\n\r\n%s", strlen(user), user);
	struct buffer b = {0};

	/* The arena is emptied behind each event. */
	buffer_add_slice(&b, payload);
	buffer_add_byte(&b, 0);
	snprintf(line, sizeof(line), "NFY %s", verb);
	life_with(l, MSNP_SERVER, line, (const char *)b.data);
	buffer_free(&b);
}

static void test_presence_21(void **state)
{
	static const char online[] =
		"<user><s n=\"IM\"><Status>BSY</Status><CurrentMedia></CurrentMedia></s><s n=\"PE\"><FriendlyName>Bob "
		"B</FriendlyName><PSM>hi</PSM></s><sep n=\"IM\" epid=\"{" GUID_1
		"}\"><Capabilities>0:0</Capabilities></sep></user>";
	static const char own[] =
		"Routing: 1.0\r\nTo: 1:alice@example.com\r\nFrom: 1:alice@example.com;epid={" GUID_2 "}\r\n\r\n"
		"Reliability: 1.0\r\nStream: 1\r\nFlags: ACK\r\nSegment: 0\r\n\r\nPublication: 1.0\r\nUri: /user\r\n"
		"Content-Type: application/user+xml\r\nContent-Length: 54\r\n\r\n"
		"<user><s n=\"IM\"><Status>AWY</Status></s></user>       ";
	struct life l;

	(void)state;
	life_begin(&l, 21);
	notify(&l, "PUT", online);
	notify(&l, "PUT", online);
	/* One place is gone; all are gone. */
	notify(&l, "DEL", "<user><sep n=\"IM\" epid=\"{" GUID_1 "}\"/></user>");
	notify(&l, "DEL", "<user><s n=\"IM\"/></user>");
	life_ask(&l, "PUT 9", own, "PUT 9 OK 0");
	life_expect_presence(&l, "#1 bob@example.com BSY \"Bob B\" <hi>\n"
			    "#4 bob@example.com FLN\n"
			    "#6 own AWY\n");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob B\" 0 FLN <hi>\n");
	life_end(&l);
}

static void test_skype_24(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 24);
	l.user = "ana";
	uint64_t request = life_with(&l, MSNP_CLIENT, "PUT 5 MSGR\\CONTACTS",
				"\n<ml l=\"1\"><skp><c n=\"bo\" t=\"8\"><s l=\"3\" n=\"IM\"/></c></skp></ml>");
	life_command(&l, MSNP_SERVER, "PUT 5 MSGR 1", "\n", request);
	life_with(&l, MSNP_SERVER, "NFY 1 MSGR\\PUT",
	     "\nRouting: 1.0\nTo: 8:ana\nFrom: 8:bo\n\nReliability: 1.0\n\nNotification: 1.0\nUri: /user\nNotifType: Full\n"
	     "Content-Type: application/user+xml\n\n<user><s n=\"IM\"><Status>AWY</Status></s><s n=\"SKP\"><Mood>tired"
	     "</Mood></s></user>");
	life_expect_contacts(&l, "bo*8 1 AWY <tired>\n");
	life_expect_presence(&l, "#3 bo AWY <tired>\n");
	life_with(&l, MSNP_SERVER, "NFY 4 MSGR\\DEL",
	     "\nRouting: 1.0\nTo: 8:ana\nFrom: 8:bo\n\nReliability: 1.0\n\nNotification: 1.0\nUri: /user\n"
	     "Content-Type: application/user+xml\n\n<user><s n=\"IM\"/></user>");
	life_expect_presence(&l, "#3 bo AWY <tired>\n#4 bo FLN\n");
	life_end(&l);
}

static void test_names(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 18);
	l.connection.role = MSNP_SB;
	l.context.roles = MSNP_SB;
	life_server(&l, "USR 1 OK alice@example.com;{" GUID_1 "} Alice%20S");
	life_server(&l, "IRO 2 1 2 bob@example.com;{" GUID_1 "} Bob%20S 0:0");
	life_server(&l, "JOI carol@example.com Carol 0:0");
	life_server(&l, "JOI alice@example.com;{" GUID_2 "} Alice%20T 0:0");
	life_expect_name(&l, "bob@example.com", "Bob S");
	life_expect_name(&l, "CAROL@example.com", "Carol");
	life_expect_own_name(&l, "Alice T");
	life_expect_contacts(&l, "");
	life_expect_presence(&l, "");
	life_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_one_by_one),
		cmocka_unit_test(test_lists_7),
		cmocka_unit_test(test_lists_8),
		cmocka_unit_test(test_lists_up_to_date),
		cmocka_unit_test(test_lists_12),
		cmocka_unit_test(test_changes_7),
		cmocka_unit_test(test_changes_10),
		cmocka_unit_test(test_adl),
		cmocka_unit_test(test_adl_services),
		cmocka_unit_test(test_presence_8),
		cmocka_unit_test(test_message_13),
		cmocka_unit_test(test_endpoints_18),
		cmocka_unit_test(test_presence_21),
		cmocka_unit_test(test_skype_24),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
