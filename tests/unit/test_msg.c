/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies of messages: trees and summaries, bytes that are accounted for, marks of Messenger Plus!. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/mime.h"
#include "dissectors/msg_plus.h"
#include "dissectors/msg_text.h"
#include "cover.h"
#include "expect.h"
#include "tree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define TYPE(type) "Content-Type: " type "\r\n"

/* The tree behind the headers and the content type. */
struct row {
	const char *payload, *tree, *summary;
};

static const struct row rows[] = {
	/* Profiles: of the first versions, of later ones, broken. */
	{TYPE("text/x-msmsgsprofile") "LoginTime: 1200000000\r\n\r\n",
	 "profile.login_time=1200000000 profile.login_utc=\"2008-01-10T21:20:00Z\"",
	 "profile, signed in at 2008-01-10T21:20:00Z"},
	{TYPE("text/x-msmsgsprofile") "EmailEnabled: 1\r\nMemberIdHigh: 425982\r\nMemberIdLow: -1588970798\r\n"
				      "lang_preference: 2052\r\npreferredEmail: ana@example.com\r\ncountry: \r\nKid: 0\r\n"
				      "Flags: 1073742915\r\nsid: 507\r\nkv: 11\r\nClientIP: 192.0.2.7\r\nClientPort: 61956\r\n"
				      "ABCHMigrated: 1\r\nMPOPEnabled: 0\r\nMSPAuth: 7secret\r\n\r\n",
	 "profile.email_enabled=1 profile.member_id_high=0x67ffe profile.member_id_low=0xa14a3ad2 "
	 "profile.member_id=0x67ffea14a3ad2 profile.language=2052 profile.preferred_email=\"ana@example.com\" "
	 "profile.kid=0 profile.flags=0x40000443 profile.site=507 profile.key_version=11 "
	 "profile.client_ip=\"192.0.2.7\" profile.client_port_written=61956 profile.client_port=1266 "
	 "profile.abch_migrated=1 profile.mpop_enabled=0",
	 "profile of ana@example.com, client 192.0.2.7"},
	/* Halves as unsigned numbers; an IPv6 address; a port of 0x0102. */
	{TYPE("text/x-msmsgsprofile") "MemberIdHigh: 4294967295\r\nMemberIdLow: 2147483648\r\nClientIP: 2001:db8::1\r\n"
				      "ClientPort: 258\r\n\r\n",
	 "profile.member_id_high=0xffffffff profile.member_id_low=0x80000000 profile.member_id=0xffffffff80000000 "
	 "profile.client_ip=\"2001:db8::1\" profile.client_port_written=258 profile.client_port=513",
	 "profile, client 2001:db8::1"},
	{TYPE("text/x-msmsgsprofile") "LoginTime: now\r\nEmailEnabled: 2\r\nMemberIdHigh: 4294967296\r\n"
				      "MemberIdLow: -2147483649\r\nClientIP: here\r\nClientPort: 65536\r\n\r\n",
	 "profile.login_time profile.email_enabled profile.member_id_high profile.member_id_low "
	 "profile.client_ip=\"here\" profile.client_port_written=65536 !msg.bad_value !msg.bad_value !msg.bad_value "
	 "!msg.bad_value !msg.bad_value !msg.bad_value",
	 "profile, client here"},
	{TYPE("text/x-msmsgsprofile") "LoginTime: 18446744073709551615\r\nMemberIdLow: -\r\n\r\n",
	 "profile.login_time=18446744073709551615 profile.member_id_low !msg.bad_value !msg.bad_value", "profile"},
	/* Mail. */
	{TYPE("text/x-msmsgsinitialemailnotification") "\r\nInbox-Unread: 1\r\nFolders-Unread: 0\r\n"
						       "Inbox-URL: /cgi-bin/HoTMaiL\r\nFolders-URL: /cgi-bin/folders\r\n"
						       "Post-URL: http://www.example.com\r\n",
	 "msg.fields{[Inbox-Unread]=\"1\" [Folders-Unread]=\"0\" [Inbox-URL]=\"/cgi-bin/HoTMaiL\" "
	 "[Folders-URL]=\"/cgi-bin/folders\" [Post-URL]=\"http://www.example.com\"} mail.inbox_unread=1 "
	 "mail.folders_unread=0 mail.inbox_url=\"/cgi-bin/HoTMaiL\" mail.folders_url=\"/cgi-bin/folders\" "
	 "mail.post_url=\"http://www.example.com\"",
	 "1 unread mail in the inbox, 0 in other folders"},
	{TYPE("text/x-msmsgsinitialemailnotification") "\r\nInbox-Unread: some\r\n\r\n",
	 "msg.fields{[Inbox-Unread]=\"some\"} mail.inbox_unread !msg.bad_value", "unread mails"},
	{TYPE("text/x-msmsgsemailnotification") "\r\nFrom: =?utf-8?B?Qm8=?=\r\nMessage-URL: /cgi-bin/getmsg\r\n"
						"Post-URL: https://login.example.com\r\nSubject: =?utf-8?Q?lunch=3F?=\r\n"
						"Dest-Folder: ACTIVE\r\nFrom-Addr: bo@example.com\r\nid: 2\r\n\r\n",
	 "msg.fields{[From]=\"=?utf-8?B?Qm8=?=\" [Message-URL]=\"/cgi-bin/getmsg\" "
	 "[Post-URL]=\"https://login.example.com\" [Subject]=\"=?utf-8?Q?lunch=3F?=\" [Dest-Folder]=\"ACTIVE\" "
	 "[From-Addr]=\"bo@example.com\" [id]=\"2\"} mail.from=\"Bo\" mail.from_address=\"bo@example.com\" "
	 "mail.subject=\"lunch?\" mail.folder=\"ACTIVE\" mail.message_url=\"/cgi-bin/getmsg\" "
	 "mail.post_url=\"https://login.example.com\" mail.form=\"2\"",
	 "new mail from bo@example.com \"Bo\", subject \"lunch?\""},
	{TYPE("application/x-msmsgsemailnotification") "\r\nFrom: Bo\r\nSubject: =?x-none?B?Qm8=?=\r\n",
	 "msg.fields{[From]=\"Bo\" [Subject]=\"=?x-none?B?Qm8=?=\"} mail.from=\"Bo\" "
	 "mail.subject=\"=?x-none?B?Qm8=?=\" !msg.bad_value",
	 "new mail from Bo, subject \"=?x-none?B?Qm8=?=\""},
	{TYPE("text/x-msmsgsemailnotification") "\r\n\r\n", "", "new mail"},
	/* The server about itself. */
	{TYPE("application/x-msmsgssystemmessage") "\r\nType: 1\r\nArg1: 5\r\n\r\n",
	 "msg.fields{[Type]=\"1\" [Arg1]=\"5\"} system.type=1 system.arg1=5", "the server goes down in 5 minutes"},
	{TYPE("application/x-msmsgssystemmessage") "\r\nType: 1\r\nArg1: 1\r\n",
	 "msg.fields{[Type]=\"1\" [Arg1]=\"1\"} system.type=1 system.arg1=1", "the server goes down in 1 minute"},
	{TYPE("application/x-msmsgssystemmessage") "\r\nType: 1\r\n",
	 "msg.fields{[Type]=\"1\"} system.type=1 !msg.bad_value", "the server goes down"},
	{TYPE("application/x-msmsgssystemmessage") "\r\nType: 7\r\n",
	 "msg.fields{[Type]=\"7\"} system.type=7", "system message of type 7"},
	{TYPE("application/x-msmsgssystemmessage") "\r\nType: x\r\n\r\nmore",
	 "msg.fields{[Type]=\"x\"} msg.body_text=\"more\" system.type !msg.bad_value", "system message"},
	{TYPE("application/x-msmsgssystemmessage") "\r\n", "!msg.bad_value", "system message"},
	/* Clients about themselves, in the body and in the headers. */
	{TYPE("text/x-clientcaps") "\r\nClient-Name: ExampleIM/1.0\r\nChat-Logging: Y\r\n",
	 "msg.fields{[Client-Name]=\"ExampleIM/1.0\" [Chat-Logging]=\"Y\"} client.name=\"ExampleIM/1.0\" "
	 "client.chat_logging=\"Y\"",
	 "client is ExampleIM/1.0, keeps a log"},
	{TYPE("text/x-clientinfo") "Client-Name: ExampleIM\r\nChat-Logging: N\r\nOperating-System: Minix\r\n\r\n\r\n",
	 "client.name=\"ExampleIM\" client.chat_logging=\"N\" client.operating_system=\"Minix\"",
	 "client is ExampleIM, keeps no log"},
	{TYPE("text/x-clientcaps") "\r\n", "", "about the client"},
	{TYPE("text/x-keepalive") "\r\n\r\n", "", "keeps the switchboard open"},
	{TYPE("text/x-keepalive") "\r\nx", "msg.body_text=\"x\"", "keeps the switchboard open"},
	{TYPE("text/search-query") "\r\npizza\r\n", "msg.body_text=\"pizza\r\n\"", "search query \"pizza\r\n\""},
	{TYPE("text/search-query") "\r\n\x01", "msg.body=1", "search query, 1 bytes"},
};

static void dissect(struct dissection *d, struct arena *arena, struct slice payload)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, payload);
	mime_message_dissect(d, &d->root, SOURCE_PAYLOAD, 0, payload.len, NULL);
	tree_check(d);
}

static void assert_text(struct buffer *out, const char *expected)
{
	buffer_add_byte(out, 0);
	assert_string_equal((const char *)out->data, expected);
	buffer_free(out);
}

/* What stands behind the headers and the content type, which test_mime looks at. */
static void assert_tree(const struct dissection *d, const char *expected)
{
	struct dissection rest = *d;
	struct buffer out = {0};

	rest.root.first = d->root.first->next->next;
	tree_write(&rest, &out);
	if (out.len && out.data[0] == ' ')
		buffer_consume(&out, 1);
	assert_text(&out, expected);
}

static void test_bodies(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		dissect(&d, &arena, slice_str(rows[i].payload));
		assert_tree(&d, rows[i].tree);
		expect_summary(&d, rows[i].summary);
	}
	arena_free(&arena);
}

static void dissect_cut(void *ctx, struct slice payload)
{
	struct arena arena = {0};
	struct dissection d;

	(void)ctx;
	dissect(&d, &arena, payload);
	arena_free(&arena);
}

static void test_bodies_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_cuts(rows[i].payload, dissect_cut, NULL);
}

static void test_all_bytes(void **state)
{
	static const char chunk[] = "Message-ID: {1}\r\nChunk: 1\r\n\r\n\r\n";
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i <= COUNT(rows); i++) {
		struct slice payload = slice_str(i < COUNT(rows) ? rows[i].payload : chunk);

		dissect(&d, &arena, payload);
		assert_int_equal(cover_first_missing(&d, SOURCE_PAYLOAD), payload.len);
	}
	arena_free(&arena);
}

/* --- fonts --- */

static const struct {
	const char *line, *tree;
} formats[] = {
	{"FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0",
	 "msg.format{format.font=\"MS Shell Dlg\" format.colour=\"#000000\" format.charset=0x0 format.pitch=0}"},
	{"PF=22;CS=86;CO=abcdef;EF=SUIB;FN=%E5%AE%8B;RL=1",
	 "msg.format{format.family=2 format.pitch=2 format.charset=0x86 format.colour=\"#efcdab\" format.effect=\"strike\" "
	 "format.effect=\"underline\" format.effect=\"italic\" format.effect=\"bold\" format.font=\"\xe5\xae\x8b\" "
	 "format.right_to_left=1}"},
	/* Leading zeros that are missing: three digits are red, and half of green. */
	{"co=ff00", "msg.format{format.colour=\"#00ff00\"}"},
	{"CO=1ff", "msg.format{format.colour=\"#ff0100\"}"},
	{"CO=8", "msg.format{format.colour=\"#080000\"}"},
	{"", "msg.format"},
	{";; ;", "msg.format"},
	{"FN=; EF=; CO=; CS=; PF=; RL=", "msg.format"},
	/* What is not known, or broken. */
	{"FN=100%; FN=b",
	 "msg.format{format.font=\"100%\" format.other=\"FN=b\"} !msg.format !msg.format"},
	{"EF=BX", "msg.format{format.effect=\"bold\" format.effect=\"X\"} !msg.format"},
	{"EF=BBBBBBBBB", "msg.format{format.other=\"BBBBBBBBB\"} !msg.format"},
	{"CO=1234567; CS=x; PF=222; RL=2",
	 "msg.format{format.colour format.charset format.other=\"222\" format.right_to_left} !msg.format !msg.format "
	 "!msg.format !msg.format"},
	{"CO=red; PF=63", "msg.format{format.colour format.family=6 format.pitch=3} !msg.format !msg.format !msg.format"},
	{"XY=1; bold", "msg.format{format.other=\"XY=1\" format.other=\"bold\"} !msg.format !msg.format"},
};

static void test_formats(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct slice line = slice_str(formats[i].line);
		struct buffer out = {0};

		arena_reset(&arena);
		dissection_init(&d, &arena, SLICE_EMPTY, line);
		const struct field *header = field_add_range(&d, &d.root, F_MSG_TEXT, SOURCE_PAYLOAD, 0, line.len);
		msg_format_dissect(&d, &d.root, header);
		tree_check(&d);
		d.root.first = d.root.first->next;
		tree_write(&d, &out);
		assert_text(&out, formats[i].tree);
	}
	arena_free(&arena);
}

/* Each part of the line is a range of its own, unless the line was folded. */
static void test_format_ranges(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissect(&d, &arena, SLICE_LIT("X-MMS-IM-Format: EF=BI; PF=12\r\n" TYPE("text/plain") "\r\nhi"));
	const struct field *format = field_child(&d.root, &field_defs[F_FORMAT]);
	assert_int_equal(format->offset, 17);
	assert_int_equal(format->length, 12);
	assert_int_equal(format->first->next->offset, 21);
	assert_int_equal(format->first->next->length, 1);
	assert_int_equal(format->last->offset, 28);
	dissect(&d, &arena, SLICE_LIT("X-MMS-IM-Format: EF=BI;\r\n PF=12\r\n" TYPE("text/plain") "\r\nhi"));
	format = field_child(&d.root, &field_defs[F_FORMAT]);
	assert_int_equal(format->last->offset, 17);
	assert_int_equal(format->last->length, 14);
	assert_int_equal(format->last->value.number, 2);
	arena_free(&arena);
}

/* --- texts --- */

static void test_nul(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissect(&d, &arena, SLICE_LIT(TYPE("text/plain") "\r\na\0b"));
	assert_non_null(d.findings);
	assert_string_equal(d.findings->rule->id, "msg.bad_value");
	assert_null(d.findings->next);
	assert_int_equal(field_child(&d.root, &field_defs[F_MSG_TEXT])->value.text.len, 3);
	arena_free(&arena);
}

/* Zeros for lost bytes, and an end within a character, are nothing that the sender did. */
static void test_damaged(void **state)
{
	static const char payload[] = TYPE("text/plain; charset=utf-8") "\r\na\0b\xc3";
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissection_init(&d, &arena, SLICE_EMPTY, slice_of(payload, sizeof(payload) - 1));
	finding_add(&d, RULE_MSNP_PAYLOAD_CUT, NULL, "cut");
	mime_message_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, sizeof(payload) - 1, NULL);
	tree_check(&d);
	assert_int_equal(d.finding_count, 1);
	dissect(&d, &arena, slice_of(payload, sizeof(payload) - 1));
	assert_int_equal(d.finding_count, 2);
	arena_free(&arena);
}

/* The notice of one in the name of another; an endpoint is the account's. */
static void test_typing_for_another(void **state)
{
	static const struct {
		const char *sender;
		bool finding;
	} senders[] = {{"Ana@example.com", false}, {"ana@example.com;{1}", false}, {"bo@example.com", true}};
	static const char payload[] = TYPE("text/x-msmsgscontrol") "TypingUser: ana@example.com\r\n\r\n\r\n";
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(senders); i++) {
		dissection_init(&d, &arena, SLICE_LIT("MSG"), slice_str(payload));
		field_add_range(&d, &d.root, F_MSNP_NAME, SOURCE_LINE, 0, 3);
		field_add_text(&d, &d.root, P_passport, slice_str(senders[i].sender), SOURCE_LINE, 0, 0);
		mime_message_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, sizeof(payload) - 1, NULL);
		tree_check(&d);
		assert_int_equal(d.finding_count, senders[i].finding);
	}
	arena_free(&arena);
}

/* What the line of the command says of the message: who sent it, which kind it is. */
static void test_carrier(void **state)
{
	static const struct {
		enum field_id id;
		const char *sender; /* NULL: a number */
		uint64_t number;
		const char *payload;
		bool finding;
	} carriers[] = {
		{P_sender, "Hotmail", 0, TYPE("text/plain") "\r\nhi", false},
		{P_sender, "hotmail", 0, TYPE("text/plain") "\r\nhi", false},
		{P_sender, "bo@example.com", 0, TYPE("text/plain") "\r\nhi", true},
		{P_message_type, NULL, 1, TYPE("text/plain") "\r\nhi", false},
		{P_message_type, NULL, 2, TYPE("text/x-msmsgscontrol") "TypingUser: bo\r\n\r\n", false},
		{P_message_type, NULL, 3, TYPE("text/x-msnmsgr-datacast") "\r\nID: 1\r\n\r\n", false},
		{P_message_type, NULL, 4, TYPE("text/plain") "\r\nhi", false},
		{P_message_type, NULL, 2, TYPE("text/plain") "\r\nhi", true},
		{P_message_type, NULL, 1, TYPE("text/x-msnmsgr-datacast") "\r\nID: 1\r\n\r\n", true},
	};
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(carriers); i++) {
		size_t len = strlen(carriers[i].payload);

		dissection_init(&d, &arena, SLICE_LIT("MSG"), slice_str(carriers[i].payload));
		if (carriers[i].sender)
			field_add_text(&d, &d.root, carriers[i].id, slice_str(carriers[i].sender),
				       SOURCE_LINE, 0, 0);
		else
			field_add_number(&d, &d.root, carriers[i].id, carriers[i].number, SOURCE_LINE, 0, 0);
		mime_message_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, len, NULL);
		tree_check(&d);
		assert_int_equal(d.finding_count, carriers[i].finding);
		if (d.finding_count)
			assert_string_equal(d.findings->rule->id, "msg.carrier");
	}
	arena_free(&arena);
}

#define DOT "\xc2\xb7"

static const struct {
	const char *text, *plain; /* plain NULL: no marks */
} plus[] = {
	{"", NULL},
	{"Bo", NULL},
	{DOT "$4Bo", "Bo"},
	{DOT "$12Bo", "Bo"},
	{DOT "$67Bo" DOT "$68", "Bo8"},
	{DOT "$#12abEF" "Bo", "Bo"},
	{DOT "$#12abE", NULL},
	{DOT "$(001,255,030)Bo", "Bo"},
	{DOT "$(1,255,030)Bo", NULL},
	{DOT "$Bo", NULL},
	{DOT "#b" DOT "@u" DOT "'s" DOT "&i" DOT "0.", "busi."},
	{"2" DOT "0 = 0", NULL},
	{"col" DOT "lecci\xc3\xb3", NULL},
	{DOT, NULL},
	{"\xb7$4", NULL},
	{"[c=4]Bo[/c]", "Bo"},
	{"[C=#aaBB00]Bo[/C=12]", "Bo"},
	{"[c=4]Bo", "Bo"},
	{"[c=red][a=48]Bo[/a=navy][/c]", "Bo"},
	{"[c=red]Bo", NULL},
	{"x[a=b]", NULL},
	{"[b][I]Bo[/i][/B]", "Bo"},
	{"a[i] = b[u]", NULL},
	{"[/b]Bo[b]", NULL},
	{"[b]", NULL},
	{"[b=1]Bo[/b]", NULL},
	{"[c]Bo[/c]", NULL},
	{"[", NULL},
	{"[/", NULL},
	{"[c=", NULL},
	{"[c=4", NULL},
	{"[[b]]x[/b]", "[]x"},
	{"[c=abcdefghijklmnopqrstu]x[/c]", NULL},
};

static void test_plus(void **state)
{
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(plus); i++) {
		size_t len = strlen(plus[i].text);
		uint8_t *copy = malloc(len ? len : 1);
		struct buffer out = {0};
		bool found;

		assert_non_null(copy);
		memcpy(copy, plus[i].text, len);
		struct slice plain = msg_plus_strip(&arena, slice_of(copy, len), &found);
		buffer_add_slice(&out, plain);
		assert_text(&out, plus[i].plain ? plus[i].plain : plus[i].text);
		assert_int_equal(found, plus[i].plain != NULL);
		free(copy);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),	      cmocka_unit_test(test_bodies_cut),
		cmocka_unit_test(test_all_bytes),     cmocka_unit_test(test_formats),
		cmocka_unit_test(test_format_ranges), cmocka_unit_test(test_nul), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_typing_for_another), cmocka_unit_test(test_carrier), cmocka_unit_test(test_plus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
