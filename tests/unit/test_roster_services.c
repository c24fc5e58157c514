/* SPDX-License-Identifier: BSD-2-Clause */
/* Contact lists and groups by web services; limits of what is kept of a session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "roster_life.h"
#include "session/roster_internal.h"

/* --- web services --- */

#define BOOK "<abId>00000000-0000-0000-0000-000000000000</abId>"
#define CONTACT(id, type, account, name, messenger, more) \
	"<Contact><contactId>" id "</contactId><contactInfo>" more "<contactType>" type "</contactType><passportName>" \
	account "</passportName><displayName>" name "</displayName><isMessengerUser>" messenger \
	"</isMessengerUser></contactInfo></Contact>"
#define IN(group) "<groupIds><guid>" group "</guid></groupIds>"
#define NAMED(name) "<groupInfo><name>" name "</name></groupInfo>"

static void read_book(struct life *l)
{
	life_call(l, "ABFindAll", BOOK "<abView>Full</abView>",
	     "<ABFindAllResult><groups><Group><groupId>" GROUP_1 "</groupId>" NAMED("Pals") "</Group></groups>"
	     "<contacts>" CONTACT(GUID_1, "Regular", "bob@example.com", "Bob", "true", IN(GROUP_1))
	     CONTACT(GUID_2, "Regular", "mail@example.com", "Mail only", "false", "")
	     CONTACT("33333333-3333-4333-8333-333333333333", "Me", ME, "Alice", "true", "")
	     "</contacts><ab><abId>00000000-0000-0000-0000-000000000000</abId></ab></ABFindAllResult>");
}

static void test_book(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 15);
	read_book(&l);
	life_expect_groups(&l, GROUP_1 " \"Pals\"\n");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob\" 1 [Pals]\n");
	life_expect_own_name(&l, "Alice");
	life_expect_name(&l, "mail@example.com", "Mail only");
	assert_true(roster_view(l.roster).has_lists);
	/* The book of a circle. */
	life_call(&l, "ABFindContactsPaged", "<abView>MessengerClient8</abView>",
	     "<ABFindContactsPagedResult><Contacts>"
	     CONTACT("44444444-4444-4444-8444-444444444444", "Regular", "dan@example.com", "Dan", "true", "")
	     "</Contacts><Ab><abId>00000000-0000-0000-0009-123456789012</abId></Ab></ABFindContactsPagedResult>");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob\" 1 [Pals]\n");
	life_expect_name(&l, "dan@example.com", "Dan");
	life_end(&l);
}

static void test_book_networks(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 15);
	life_call(&l, "ABFindAll", BOOK,
	     "<ABFindAllResult><contacts><Contact><contactId>" GUID_1 "</contactId><contactInfo><emails><ContactEmail>"
	     "<contactEmailType>Messenger2</contactEmailType><email>yan@example.com</email><isMessengerEnabled>true"
	     "</isMessengerEnabled><Capability>32</Capability></ContactEmail></emails></contactInfo></Contact>"
	     CONTACT("00000000-0000-0000-0009-123456789012", "Circle", "00000000-0000-0000-0009-123456789012", "Team",
		     "false", "")
	     "</contacts></ABFindAllResult>");
	life_expect_contacts(&l, "yan@example.com*32 1\n00000000-0000-0000-0009-123456789012@live.com*9 \"Team\" 1\n");
	life_end(&l);
}

static void test_book_changes(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 15);
	read_book(&l);
	life_call(&l, "ABContactAdd",
	     BOOK "<contacts><Contact><contactInfo><passportName>carol@example.com</passportName><isMessengerUser>true"
		  "</isMessengerUser></contactInfo></Contact></contacts>",
	     "<ABContactAddResult><guid>55555555-5555-4555-8555-555555555555</guid></ABContactAddResult>");
	life_call(&l, "ABGroupAdd", BOOK "<groupInfo><GroupInfo><name>Work</name></GroupInfo></groupInfo>",
	     "<ABGroupAddResult><guid>" GROUP_2 "</guid></ABGroupAddResult>");
	life_expect_groups(&l, GROUP_1 " \"Pals\"\n" GROUP_2 " \"Work\"\n");
	life_call(&l, "ABGroupContactAdd",
	     BOOK "<groupFilter><groupIds><guid>" GROUP_2 "</guid></groupIds></groupFilter><contacts><Contact>"
		  "<contactId>55555555-5555-4555-8555-555555555555</contactId></Contact></contacts>",
	     "<ABGroupContactAddResult><guid>55555555-5555-4555-8555-555555555555</guid></ABGroupContactAddResult>");
	life_call(&l, "ABGroupUpdate",
	     BOOK "<groups><Group><groupId>" GROUP_2 "</groupId>" NAMED("Job") "</Group></groups>", "");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob\" 1 [Pals]\ncarol@example.com*1 1 [Job]\n");
	life_call(&l, "ABGroupContactDelete",
	     BOOK "<contacts><Contact><contactId>" GUID_1 "</contactId></Contact></contacts><groupFilter><groupIds><guid>"
		  GROUP_1 "</guid></groupIds></groupFilter>", "");
	life_call(&l, "ABGroupDelete", BOOK "<groupFilter><groupIds><guid>" GROUP_2 "</guid></groupIds></groupFilter>", "");
	life_expect_groups(&l, GROUP_1 " \"Pals\"\n" GROUP_2 " \"Job\" removed\n");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob\" 1\ncarol@example.com*1 1\n");
	life_call(&l, "ABContactUpdate",
	     BOOK "<contacts><Contact><contactId>" GUID_1 "</contactId><contactInfo><isMessengerUser>false"
		  "</isMessengerUser></contactInfo><propertiesChanged>IsMessengerUser</propertiesChanged></Contact>"
		  "</contacts>", "");
	life_call(&l, "ABContactDelete",
	     BOOK "<contacts><Contact><contactId>55555555-5555-4555-8555-555555555555</contactId></Contact></contacts>",
	     "");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob\" 0 removed\ncarol@example.com*1 0 removed\n");
	life_call(&l, "ABContactUpdate",
	     BOOK "<contacts><Contact><contactInfo><contactType>Me</contactType><displayName>Alice X</displayName>"
		  "</contactInfo><propertiesChanged>DisplayName</propertiesChanged></Contact></contacts>", "");
	life_expect_own_name(&l, "Alice X");
	life_expect_presence(&l, "#20 own \"Alice X\"\n");
	life_end(&l);
}

/* What was refused, or not answered, did not happen. */
static void test_book_refused(void **state)
{
	static const char add_carol[] =
		BOOK "<contacts><Contact><contactInfo><passportName>carol@example.com</passportName><isMessengerUser>true"
		     "</isMessengerUser></contactInfo></Contact></contacts>";
	struct life l;
	uint64_t request;

	(void)state;
	life_begin(&l, 15);
	request = life_soap(&l, "ABContactAdd", add_carol, 0, 0);
	life_expect_contacts(&l, "");
	life_soap(&l, "ABContactAdd", NULL, request, 500);
	life_soap(&l, "ABContactAdd", "", request, 200);
	life_expect_contacts(&l, "");
	request = life_soap(&l, "ABContactAdd", add_carol, 0, 0);
	life_soap(&l, "ABContactAdd", "", request, 200);
	life_expect_contacts(&l, "carol@example.com*1 1\n");
	life_end(&l);
}

#define MEMBER(type, rest) \
	"<Member xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:type='" type "Member'>" rest "</Member>"
#define BOB_MEMBER "<MembershipId>Allow/" GUID_1 "</MembershipId><Type>Passport</Type><State>Accepted</State>" \
		   "<DisplayName>Bob B</DisplayName><PassportName>bob@example.com</PassportName>"
#define HANDLE "<Info><Handle><Id>1</Id><Type>Messenger</Type></Handle></Info>"
#define TO_HANDLE "<serviceHandle><Id>0</Id><Type>Messenger</Type></serviceHandle>"

static void test_memberships(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 15);
	life_call(&l, "FindMembership", "<deltasOnly>false</deltasOnly>",
	     "<FindMembershipResult><Services><Service><Memberships>"
	     "<Membership><MemberRole>Allow</MemberRole><Members>" MEMBER("Passport", BOB_MEMBER) "</Members></Membership>"
	     "<Membership><MemberRole>Pending</MemberRole><Members>"
	     MEMBER("Email", "<Type>Email</Type><Email>eve@example.com</Email>")
	     MEMBER("Phone", "<Type>Phone</Type><PhoneNumber>+15550100</PhoneNumber>") "</Members></Membership>"
	     "</Memberships>" HANDLE "</Service><Service><Memberships><Membership><MemberRole>Allow</MemberRole><Members>"
	     MEMBER("Passport", "<Type>Passport</Type><PassportName>space@example.com</PassportName>")
	     "</Members></Membership></Memberships><Info><Handle><Type>Space</Type></Handle></Info></Service></Services>"
	     "</FindMembershipResult>");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob B\" 2\neve@example.com 16\ntel:+15550100*4 16\n");
	assert_true(roster_view(l.roster).has_lists);
	life_call(&l, "DeleteMember",
	     TO_HANDLE "<memberships><Membership><MemberRole>Allow</MemberRole><Members>"
		       MEMBER("Passport", "<MembershipId>Allow/" GUID_1 "</MembershipId>") "</Members></Membership></memberships>",
	     "");
	life_call(&l, "AddMember",
	     TO_HANDLE "<memberships><Membership><MemberRole>Block</MemberRole><Members>"
		       MEMBER("Passport", "<MembershipId>0</MembershipId><PassportName>bob@example.com</PassportName>")
		       "</Members></Membership></memberships>",
	     "");
	life_call(&l, "DeleteMember",
	     TO_HANDLE "<memberships><Membership><MemberRole>Block</MemberRole><Members>"
		       MEMBER("Passport", "<MembershipId>0</MembershipId>") "</Members></Membership></memberships>",
	     "");
	life_call(&l, "AddMember",
	     "<serviceHandle><Id>2</Id><Type>Space</Type></serviceHandle><memberships><Membership><MemberRole>Allow"
	     "</MemberRole><Members>" MEMBER("Passport", "<Type>Passport</Type><PassportName>eve@example.com</PassportName>")
	     "</Members></Membership></memberships>",
	     "");
	life_expect_contacts(&l, "bob@example.com*1 \"Bob B\" 4\neve@example.com 16\ntel:+15550100*4 16\n");
	life_end(&l);
}

/* --- limits --- */

static void test_limit_contacts(void **state)
{
	struct life l;
	char line[64];

	(void)state;
	life_begin(&l, 8);
	for (unsigned i = 0; i < SESSION_CONTACTS_MAX + 3; i++) {
		snprintf(line, sizeof(line), "LST u%u@example.com U%u 3 %u", i, i, i % 300);
		life_server(&l, line);
		life_server(&l, line);
	}
	struct roster_view v = roster_view(l.roster);
	assert_int_equal(v.contact_count, SESSION_CONTACTS_MAX);
	assert_int_equal(v.contacts_omitted, 3);
	assert_int_equal(v.group_count, SESSION_GROUPS_MAX);
	assert_true(slice_eq_str(v.contacts[SESSION_CONTACTS_MAX - 1].account, "u4095@example.com"));
	life_expect_name(&l, "u4098@example.com", "U4098");
	life_end(&l);
}

static void test_limit_presence(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 8);
	for (unsigned i = 0; i < SESSION_PRESENCE_MAX / 2 + 2; i++) {
		life_server(&l, "CHG 5 NLN 0");
		life_server(&l, "CHG 6 AWY 0");
	}
	struct roster_view v = roster_view(l.roster);
	assert_int_equal(v.presence_count, SESSION_PRESENCE_MAX);
	assert_int_equal(v.presence_omitted, 4);
	assert_true(slice_eq_str(v.status, "AWY"));
	life_end(&l);
}

/* Texts are cut, and do not grow without end; what is said last stays known. */
static void test_limit_texts(void **state)
{
	static char line[3000];
	struct life l;

	(void)state;
	life_begin(&l, 8);
	for (unsigned i = 0; i < 20000; i++) {
		int n = snprintf(line, sizeof(line), "NLN NLN bob@example.com %06u", i);

		memset(line + n, 'x', 2000);
		line[n + 2000] = 0;
		life_server(&l, line);
	}
	struct roster_view v = roster_view(l.roster);
	assert_true(l.roster->text_bytes <= ROSTER_LOG_TEXTS_MAX + 4 * ROSTER_TEXT_MAX);
	assert_true(v.presence_count > 4000 && v.presence_count + v.presence_omitted == 20000);
	assert_int_equal(v.contacts[0].name.len, ROSTER_TEXT_MAX);
	assert_memory_equal(v.contacts[0].name.ptr, "019999xx", 8);
	life_end(&l);
}

/* Very many long names and accounts. */
static void test_limit_all_texts(void **state)
{
	static char line[3000];
	struct life l;

	(void)state;
	life_begin(&l, 8);
	assert_true(roster_bytes(l.roster) < 4096);
	l.connection.role = MSNP_SB;
	l.context.roles = MSNP_SB;
	for (unsigned i = 0; i < ROSTER_PEOPLE_MAX + 10; i++) {
		snprintf(line, sizeof(line), "JOI %01000u@example.com %01000u", i, i);
		life_server(&l, line);
	}
	assert_true(l.roster->text_bytes <= ROSTER_TEXTS_MAX);
	assert_true(l.roster->text_bytes > ROSTER_TEXTS_MAX - 2 * ROSTER_TEXT_MAX);
	assert_true(roster_bytes(l.roster) > l.roster->text_bytes + HASH_COUNT(l.roster->people) * sizeof(struct person));
	for (unsigned i = 0; i < ROSTER_PEOPLE_MAX + 10; i++) {
		snprintf(line, sizeof(line), "JOI %u@example.com %u", i, i);
		life_server(&l, line);
	}
	assert_true(HASH_COUNT(l.roster->people) <= ROSTER_PEOPLE_MAX);
	life_end(&l);
}

/* Requests that are never answered. */
static void test_limit_pending(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l, 18);
	for (unsigned i = 0; i < ROSTER_PENDING_MAX + 1; i++)
		life_with(&l, MSNP_CLIENT, "ADL 5", "<ml><d n=\"example.com\"><c n=\"bob\" l=\"3\" t=\"1\"/></d></ml>");
	assert_int_equal(HASH_COUNT(l.roster->pending), ROSTER_PENDING_MAX);
	life_command(&l, MSNP_SERVER, "ADL 5 OK", NULL, 1);
	life_expect_contacts(&l, "");
	life_command(&l, MSNP_SERVER, "ADL 5 OK", NULL, 2);
	life_expect_contacts(&l, "bob@example.com*1 3\n");
	life_end(&l);
}

/* Other commands, words that are missing, values that are none. */
static void test_broken(void **state)
{
	static const char *const lines[] = {
		"LST",          "LST N= F= 3",     "LST bob@example.com Bob x",   "ADC 0 RL",        "REM 1 FL",
		"ADD 1 XX 2 b", "RMG 1",           "REG 1 2",                     "LSG",             "NLN NLN",
		"FLN",          "ILN 3 NLN",       "CHG 5",                       "PRP 1 MFN",       "PRP MFN",
		"SBP 1 x MFN",  "BPR",             "BPR 1 bob@example.com MFN x", "USR 1 OK",        "SYN",
		"JOI",          "IRO 1 1 1",       "NLN NLN 1: x 0:0 0",          "NLN NLN ; x 0:0", "QNG 5",
	};
	struct life l;

	(void)state;
	for (int version = 2; version <= 21; version++) {
		life_begin(&l, version);
		l.user = "";
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			life_server(&l, lines[i]);
		life_with(&l, MSNP_SERVER, "ADL 0", "<ml><d><c l=\"8\"/><c n=\"\"/></d></ml");
		life_with(&l, MSNP_SERVER, "UBX bob@example.com", "<Data><PSM>x");
		life_with(&l, MSNP_SERVER, "NFY PUT", "Routing: 1.0\r\n\r\n");
		life_ask(&l, "PUT 5", "x", "PUT 5 OK 0");
		roster_view(l.roster);
		life_end(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_book),
		cmocka_unit_test(test_book_networks),
		cmocka_unit_test(test_book_changes),
		cmocka_unit_test(test_book_refused),
		cmocka_unit_test(test_memberships),
		cmocka_unit_test(test_limit_contacts),
		cmocka_unit_test(test_limit_presence),
		cmocka_unit_test(test_limit_texts),
		cmocka_unit_test(test_limit_all_texts),
		cmocka_unit_test(test_limit_pending),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
