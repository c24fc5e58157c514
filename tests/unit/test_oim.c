/* SPDX-License-Identifier: BSD-2-Clause */
/* Offline messages: stored mails, notices, and the calls of the services. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/mime.h"
#include "dissectors/oim_mail.h"
#include "dissectors/service.h"
#include "tree.h"

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

/* --- mails and notices --- */

struct row {
	const char *text, *tree;
	const char *summary; /* of notices */
};

#define TYPE_BASE64 "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n"
#define TYPE_BASE64_TREE \
	"oim.mail{oim.headers{[Content-Type]=\"text/plain; charset=UTF-8\" [Content-Transfer-Encoding]=\"base64\"} " \
	"oim.content_type=\"text/plain\" oim.charset=\"UTF-8\" oim.encoding=\"base64\" "

static const struct row mails[] = {
	{"Received: from relay.example.com ([192.0.2.55]) by store.example.com;\n\tMon, 14 May 2007 08:52:53 -0700\n"
	 "From: =?utf-8?B?Qm8=?= <bo@example.com>\nTo: ana@example.com\nSubject: \n"
	 "X-OIM-originatingSource: 192.0.2.77\nX-OIMProxy: MSNMSGR\n" TYPE_BASE64
	 "X-OIM-Message-Type: OfflineMessage\nX-OIM-Run-Id: {77777777-8888-4999-aaaa-bbbbbbbbbbbb}\n"
	 "X-OIM-Sequence-Num: 1\nMessage-ID: <STOREexample0001@store.example.com>\n"
	 "X-OriginalArrivalTime: 14 May 2007 15:52:53.0377 (UTC) FILETIME=[EE69F930:01C7963F]\n"
	 "Date: 14 May 2007 08:52:53 -0700\n\nbGF0ZSBhZ2Fpbiwgc3RhcnQgd2l0aG91dCBtZQ==",
	 "oim.mail{oim.headers{[Received]=\"from relay.example.com ([192.0.2.55]) by store.example.com; "
	 "Mon, 14 May 2007 08:52:53 -0700\" [From]=\"=?utf-8?B?Qm8=?= <bo@example.com>\" [To]=\"ana@example.com\" "
	 "[Subject]=\"\" [X-OIM-originatingSource]=\"192.0.2.77\" [X-OIMProxy]=\"MSNMSGR\" "
	 "[Content-Type]=\"text/plain; charset=UTF-8\" [Content-Transfer-Encoding]=\"base64\" "
	 "[X-OIM-Message-Type]=\"OfflineMessage\" [X-OIM-Run-Id]=\"{77777777-8888-4999-aaaa-bbbbbbbbbbbb}\" "
	 "[X-OIM-Sequence-Num]=\"1\" [Message-ID]=\"<STOREexample0001@store.example.com>\" "
	 "[X-OriginalArrivalTime]=\"14 May 2007 15:52:53.0377 (UTC) FILETIME=[EE69F930:01C7963F]\" "
	 "[Date]=\"14 May 2007 08:52:53 -0700\"} oim.content_type=\"text/plain\" oim.charset=\"UTF-8\" "
	 "oim.encoding=\"base64\" oim.from=\"bo@example.com\" oim.from_name=\"Bo\" oim.to=\"ana@example.com\" "
	 "oim.subject=\"\" oim.origin=\"192.0.2.77\" oim.proxy=\"MSNMSGR\" oim.message_type=\"OfflineMessage\" "
	 "oim.run_id=\"{77777777-8888-4999-aaaa-bbbbbbbbbbbb}\" oim.sequence=1 "
	 "oim.message_id=\"<STOREexample0001@store.example.com>\" oim.arrived=\"2007-05-14T15:52:53.0377008Z\" "
	 "oim.date=\"2007-05-14T15:52:53Z\" oim.text=\"late again, start without me\"}",
	 NULL},
	/* CR LF, quoted-printable, another character set; encoded after a careless unescape; a quoted name. */
	{"Content-Type: Text/Plain; format=flowed; Charset=\"iso-8859-1\"\r\n"
	 "Content-Transfer-Encoding: Quoted-Printable\r\n\r\ncaf=E9 at=\r\n five",
	 "oim.mail{oim.headers{[Content-Type]=\"Text/Plain; format=flowed; Charset=\"iso-8859-1\"\" "
	 "[Content-Transfer-Encoding]=\"Quoted-Printable\"} oim.content_type=\"text/plain\" "
	 "oim.charset=\"iso-8859-1\" oim.encoding=\"Quoted-Printable\" oim.text=\"caf\xc3\xa9 at five\"}",
	 NULL},
	{"From: =?utf-8?B?Qm8=?= &lt;bo@example.com&gt;\n\nhi",
	 "oim.mail{oim.headers{[From]=\"=?utf-8?B?Qm8=?= &lt;bo@example.com&gt;\"} oim.from=\"bo@example.com\" "
	 "oim.from_name=\"Bo\" oim.text=\"hi\"}",
	 NULL},
	{"From: \"Bo, of course\" <bo@example.com>\n\nhi",
	 "oim.mail{oim.headers{[From]=\"\"Bo, of course\" <bo@example.com>\"} oim.from=\"bo@example.com\" "
	 "oim.from_name=\"Bo, of course\" oim.text=\"hi\"}",
	 NULL},
	{"From: bo@example.com\n\n",
	 "oim.mail{oim.headers{[From]=\"bo@example.com\"} oim.from=\"bo@example.com\" oim.text=\"\"}", NULL},
	/* From a telephone: no account, two parts, the delimiter in quotation marks. */
	{"From: Bo\nX-OIM-originatingSource: tel:+15550100\nContent-Type: multipart/mixed; boundary=\"a b\"\n\n"
	 "for old programs\n--a b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
	 "aGk=\n--a b\nContent-Type: application/vnd.ms-msnipg\n\n1234\n--a b--\n",
	 "oim.mail{oim.headers{[From]=\"Bo\" [X-OIM-originatingSource]=\"tel:+15550100\" "
	 "[Content-Type]=\"multipart/mixed; boundary=\"a b\"\"} oim.content_type=\"multipart/mixed\" "
	 "oim.from_name=\"Bo\" oim.origin=\"tel:+15550100\" "
	 "oim.part{oim.headers{[Content-Type]=\"text/plain; charset=utf-8\" [Content-Transfer-Encoding]=\"base64\"} "
	 "oim.content_type=\"text/plain\" oim.charset=\"utf-8\" oim.encoding=\"base64\" oim.text=\"hi\"} "
	 "oim.part{oim.headers{[Content-Type]=\"application/vnd.ms-msnipg\"} "
	 "oim.content_type=\"application/vnd.ms-msnipg\" oim.body=4}}",
	 NULL},
	/* Broken. */
	{TYPE_BASE64 "\naGkgdGhlcmU!", TYPE_BASE64_TREE "oim.text=\"hi the\"} !oim.mail", NULL},
	{TYPE_BASE64 "\naGkgdGhlc", TYPE_BASE64_TREE "oim.text=\"hi the\"} !oim.mail", NULL},
	{TYPE_BASE64 "\n/w==", TYPE_BASE64_TREE "oim.text=\"\xff\"} !oim.charset", NULL},
	{"Content-Type: text/plain; charset=x-unknown\n\nhi",
	 "oim.mail{oim.headers{[Content-Type]=\"text/plain; charset=x-unknown\"} oim.content_type=\"text/plain\" "
	 "oim.charset=\"x-unknown\" oim.text=\"hi\"} !oim.charset",
	 NULL},
	{"X-OIM-Sequence-Num: one\nDate: today\nX-OriginalArrivalTime: today\n\n",
	 "oim.mail{oim.headers{[X-OIM-Sequence-Num]=\"one\" [Date]=\"today\" [X-OriginalArrivalTime]=\"today\"} "
	 "oim.text=\"\"} !oim.mail !oim.mail !oim.mail",
	 NULL},
	{"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhi",
	 "oim.mail{oim.headers{[Content-Type]=\"multipart/mixed; boundary=x\"} oim.content_type=\"multipart/mixed\" "
	 "oim.part{oim.headers oim.text=\"hi\"}} !oim.mail",
	 NULL},
	{"no headers", "oim.mail{oim.headers{[]=\"no headers\"} oim.text=\"\"} !msg.bad_header !oim.mail", NULL},
	{"", "oim.mail{oim.headers oim.text=\"\"} !oim.mail", NULL},
};

#define MOVED_HEAD "Content-Type: text/x-msmsgsactivemailnotification\r\n\r\n"
#define MOVED(delta) MOVED_HEAD "Src-Folder: ACTIVE\r\nDest-Folder: trAsH\r\nMessage-Delta: " delta "\r\n"
#define MOVED_TREE(delta) \
	"msg.headers{[Content-Type]=\"text/x-msmsgsactivemailnotification\"} " \
	"msg.content_type=\"text/x-msmsgsactivemailnotification\" oim.notice_headers{[Src-Folder]=\"ACTIVE\" " \
	"[Dest-Folder]=\"trAsH\" [Message-Delta]=\"" delta "\"} oim.from_folder=\"ACTIVE\" oim.to_folder=\"trAsH\" " \
	"oim.moved=\"" delta "\""
#define NOTICE "Content-Type: text/x-msmsgsinitialmdatanotification; charset=UTF-8\r\n\r\n"
#define NOTICE_TREE \
	"msg.headers{[Content-Type]=\"text/x-msmsgsinitialmdatanotification; charset=UTF-8\"} " \
	"msg.content_type=\"text/x-msmsgsinitialmdatanotification\" msg.charset=\"UTF-8\" "
#define MD_NONE "<MD><E><I>0</I><IU>0</IU><O>0</O><OU>0</OU></E><Q><QTM>409600</QTM><QNM>204800</QNM></Q></MD>"
#define MD_LIVE \
	"<MD><M><T>11</T><S>6</S><RS>0</RS><SZ>901</SZ><E>bo@example.com</E><I>2</I><F>.!!OIM</F>" \
	"<N>=?utf-8?B?Qm8= ?=</N></M><SU> </SU></MD>"
#define MD_WAITING \
	"<MD><E><I>12</I><IU>3</IU><O>4</O><OU>1</OU></E><M><T>11</T><S>6</S><RT>2008-02-03T04:05:06.700Z</RT>" \
	"<RS>0</RS><SZ>987</SZ><E>bob@example.com</E><I>01234567-0000-4000-8000-0123456789ab</I>" \
	"<F>00000000-0000-0000-0000-000000000009</F><N>=?utf-8?B?Qm9iIOKYug==?=</N></M></MD>"

static const struct row notices[] = {
	{NOTICE "Mail-Data: " MD_NONE "\r\n",
	 NOTICE_TREE "oim.notice_headers{[Mail-Data]=\"" MD_NONE "\"} oim.metadata{oim.inbox=0 oim.inbox_unread=0 "
		     "oim.folders=0 oim.folders_unread=0 oim.qtm=409600 oim.qnm=204800}",
	 "no offline messages wait"},
	{NOTICE "Mail-Data: " MD_WAITING "\r\nInbox-URL: /cgi-bin/inbox\r\nPost-URL: http://mail.example.com\r\n",
	 NOTICE_TREE "oim.notice_headers{[Mail-Data]=\"" MD_WAITING "\" [Inbox-URL]=\"/cgi-bin/inbox\" "
		     "[Post-URL]=\"http://mail.example.com\"} oim.metadata{oim.inbox=12 oim.inbox_unread=3 "
		     "oim.folders=4 oim.folders_unread=1 oim.waiting{oim.type=11 oim.s=6 "
		     "oim.received=\"2008-02-03T04:05:06.700Z\" oim.read=0 oim.size=987 oim.from=\"bob@example.com\" "
		     "oim.id=\"01234567-0000-4000-8000-0123456789ab\" "
		     "oim.folder=\"00000000-0000-0000-0000-000000000009\" oim.from_name=\"Bob \xe2\x98\xba\"}}",
	 "1 offline message waits, from bob@example.com \"Bob \xe2\x98\xba\""},
	/* A folded line, and the subject behind its message. */
	{"Content-Type: text/x-msmsgsoimnotification\r\n\r\nMail-Data:\r\n " MD_LIVE "\r\n",
	 "msg.headers{[Content-Type]=\"text/x-msmsgsoimnotification\"} "
	 "msg.content_type=\"text/x-msmsgsoimnotification\" oim.notice_headers{[Mail-Data]=\"" MD_LIVE "\"} "
	 "oim.metadata{oim.waiting{oim.type=11 oim.s=6 oim.read=0 oim.size=901 oim.from=\"bo@example.com\" "
	 "oim.id=\"2\" oim.folder=\".!!OIM\" oim.from_name=\"Bo\" oim.subject=\"\"}}",
	 "1 offline message waits, from bo@example.com \"Bo\""},
	{NOTICE "Mail-Data: too-large\r\n",
	 NOTICE_TREE "oim.notice_headers{[Mail-Data]=\"too-large\"} oim.too_large=1",
	 "more offline messages wait than the notice holds"},
	{"Content-Type: text/x-msmsgsactivemailnotification\r\n\r\n"
	 "Src-Folder: .!!OIM\r\nDest-Folder: .!!trAsH\r\nMessage-Delta: 1\r\n",
	 "msg.headers{[Content-Type]=\"text/x-msmsgsactivemailnotification\"} "
	 "msg.content_type=\"text/x-msmsgsactivemailnotification\" oim.notice_headers{[Src-Folder]=\".!!OIM\" "
	 "[Dest-Folder]=\".!!trAsH\" [Message-Delta]=\"1\"} oim.from_folder=\".!!OIM\" oim.to_folder=\".!!trAsH\" "
	 "oim.moved=\"1\"",
	 "1 mail moved from offline messages to trash"},
	{MOVED("0"), MOVED_TREE("0") " !msg.delta", "0 mails moved from inbox to trash"},
	{MOVED("-2"), MOVED_TREE("-2") " !msg.delta", "-2 mails moved from inbox to trash"},
	/* Broken. */
	{MOVED("two"), MOVED_TREE("two") " !msg.bad_value", "two mails moved from inbox to trash"},
	{NOTICE "Inbox-URL: x\r\n", NOTICE_TREE "oim.notice_headers{[Inbox-URL]=\"x\"} !oim.metadata",
	 "notice of offline messages without list"},
	{NOTICE "Mail-Data: 12\r\n", NOTICE_TREE "oim.notice_headers{[Mail-Data]=\"12\"} !oim.metadata",
	 "notice of offline messages, not readable"},
	{NOTICE "Mail-Data: <MD><M><SZ>x</SZ><RS>2</RS><RT>noon</RT><ZZ/></M></MD>\r\n",
	 NOTICE_TREE "oim.notice_headers{[Mail-Data]=\"<MD><M><SZ>x</SZ><RS>2</RS><RT>noon</RT><ZZ/></M></MD>\"} "
		     "oim.metadata{oim.waiting{oim.size oim.read oim.received=\"noon\"}} !oim.metadata !oim.metadata "
		     "!oim.metadata !oim.metadata !oim.metadata !oim.metadata",
	 "1 offline message waits, from ?"},
};

static void dissect_mail(struct dissection *d, struct arena *arena, struct slice text)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, text);
	oim_mail_dissect(d, &d->root, SOURCE_PAYLOAD);
	tree_check(d);
}

static void dissect_notice(struct dissection *d, struct arena *arena, struct slice text)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, text);
	mime_message_dissect(d, &d->root, SOURCE_PAYLOAD, 0, text.len, NULL);
	tree_check(d);
}

typedef void dissect_function(struct dissection *d, struct arena *arena, struct slice text);

static void check_rows(const struct row *row, size_t count, dissect_function *dissect)
{
	struct arena arena = {0};
	struct dissection d;

	for (; count--; row++) {
		struct buffer out = {0};

		dissect(&d, &arena, slice_str(row->text));
		tree_write(&d, &out);
		assert_slice(buffer_slice(&out), row->tree);
		if (row->summary)
			assert_slice(d.summary, row->summary);
		buffer_free(&out);
	}
	arena_free(&arena);
}

static void cut_rows(const struct row *row, size_t count, dissect_function *dissect)
{
	struct arena arena = {0};
	struct dissection d;

	for (; count--; row++)
		for (size_t len = 0; len < strlen(row->text); len++) {
			uint8_t *copy = malloc(len ? len : 1);

			assert_non_null(copy);
			memcpy(copy, row->text, len);
			dissect(&d, &arena, slice_of(copy, len));
			free(copy);
		}
	arena_free(&arena);
}

static void test_mails(void **state)
{
	(void)state;
	check_rows(mails, COUNT(mails), dissect_mail);
	cut_rows(mails, COUNT(mails), dissect_mail);
}

static void test_notices(void **state)
{
	(void)state;
	check_rows(notices, COUNT(notices), dissect_notice);
	cut_rows(notices, COUNT(notices), dissect_notice);
}

static void test_many_parts(void **state)
{
	struct buffer mail = {0};
	struct arena arena = {0};
	struct dissection d;
	size_t parts = 0;

	(void)state;
	buffer_add_str(&mail, "Content-Type: multipart/mixed; boundary=x\n\n");
	for (unsigned i = 0; i < OIM_PARTS_MAX + 5; i++)
		buffer_add_str(&mail, "--x\nContent-Transfer-Encoding: base64\n\naGk=\n");
	dissect_mail(&d, &arena, buffer_slice(&mail));
	for (const struct field *f = d.root.first->first; f; f = f->next)
		parts += f->def == &field_defs[F_OIM_PART];
	assert_int_equal(parts, OIM_PARTS_MAX);
	assert_string_equal(d.findings->rule->id, "limit.fields");
	assert_slice(oim_mail_text(d.root.first)->value.text, "hi");
	buffer_free(&mail);
	arena_free(&arena);
}

static void test_many_messages(void **state)
{
	struct buffer notice = {0};
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	buffer_add_str(&notice, NOTICE "Mail-Data: <MD>");
	for (unsigned i = 0; i < 26; i++)
		buffer_add_str(&notice, "<M><I>1</I><E>a</E></M>");
	buffer_add_str(&notice, "</MD>\r\n");
	dissect_notice(&d, &arena, buffer_slice(&notice));
	assert_string_equal(d.findings->rule->id, "oim.metadata");
	assert_null(d.findings->next);
	assert_slice(d.summary, "26 offline messages wait, from a, from a, from a, and 23 more");
	for (unsigned i = 0; i < DISSECTION_FIELDS_MAX; i++)
		buffer_add_str(&notice, "Mail-Data: <MD/>\r\n");
	dissect_notice(&d, &arena, buffer_slice(&notice));
	buffer_free(&notice);
	arena_free(&arena);
}

/* --- services --- */

#define SOAP_BEGIN "<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'>"
#define SOAP_END "</soap:Body></soap:Envelope>"
#define RSI "xmlns='http://www.hotmail.msn.com/ws/2004/09/oim/rsi'"
#define OIM "xmlns='http://messenger.msn.com/ws/2004/09/oim/'"
#define RSI_ACTION "http://www.hotmail.msn.com/ws/2004/09/oim/rsi/"
#define OWS_ACTION "http://messenger.live.com/ws/2006/09/oim/"
#define STORE(key, number) \
	SOAP_BEGIN "<soap:Header><From " OIM " memberName='ana@example.com' friendlyName='=?utf-8?B?QW5h?=' " \
		   "xml:lang='en-US' proxy='MSNMSGR' msnpVer='MSNP15' buildVer='8.5.1288'/><To " OIM \
		   " memberName='bo@example.com'/><Ticket " OIM " appid='PROD0114ES4Z%Q5W' lockkey='" key \
		   "' passport='t=AB&amp;p='/><Sequence xmlns='http://schemas.xmlsoap.org/ws/2003/03/rm'>" \
		   "<Identifier xmlns='http://schemas.xmlsoap.org/ws/2002/07/utility'>http://messenger.msn.com" \
		   "</Identifier><MessageNumber>" number "</MessageNumber></Sequence></soap:Header><soap:Body>" \
		   "<MessageType " OIM ">text</MessageType><Content " OIM ">MIME-Version: 1.0\n" TYPE_BASE64 \
		   "X-OIM-Message-Type: OfflineMessage\nX-OIM-Run-Id: {7}\nX-OIM-Sequence-Num: 1\n\nbHVuY2g/\n" \
		   "</Content>" SOAP_END
/* The answer to the challenge with the key of PROD0114ES4Z%Q5W. */
#define CHALLENGE "19990805111111111111"
#define LOCK_KEY "3b39a220088844d5c5389fbb541c0670"
#define GET_MESSAGE \
	SOAP_BEGIN "<soap:Header><PassportCookie " RSI "><t>TICKET</t><p></p></PassportCookie></soap:Header>" \
		   "<soap:Body><GetMessage " RSI "><messageId>22222222-3333</messageId>" \
		   "<alsoMarkAsRead>false</alsoMarkAsRead></GetMessage>" SOAP_END

struct call {
	const char *path, *action;
	bool response;
	int status;
	const char *body, *request, *challenge;
	const char *fields;  /* those of oim., or a beginning of them */
	const char *summary;
	const char *findings;
};

static const struct call calls[] = {
	{"/rsi/rsi.asmx", RSI_ACTION "GetMetadata", false, 0,
	 SOAP_BEGIN "<soap:Header><PassportCookie " RSI "><t>T</t><p>P</p></PassportCookie></soap:Header>"
		    "<soap:Body><GetMetadata " RSI "/>" SOAP_END,
	 NULL, NULL, "oim.cookie_t=\"T\" oim.cookie_p=\"P\"", "GetMetadata: which offline messages wait?", ""},
	{"/rsi/rsi.asmx", RSI_ACTION "GetMetadata", true, 200,
	 SOAP_BEGIN "<soap:Body><GetMetadataResponse " RSI ">" MD_LIVE "</GetMetadataResponse>" SOAP_END, NULL, NULL,
	 "oim.metadata{oim.waiting{oim.type=11 oim.s=6 oim.read=0 oim.size=901 oim.from=\"bo@example.com\" oim.id=\"2\" "
	 "oim.folder=\".!!OIM\" oim.from_name=\"Bo\" oim.subject=\"\"}}",
	 "1 offline message waits, from bo@example.com \"Bo\"", ""},
	{"/rsi/rsi.asmx", RSI_ACTION "GetMessage", false, 0, GET_MESSAGE, NULL, NULL,
	 "oim.cookie_t=\"TICKET\" oim.cookie_p=\"\" oim.id=\"22222222-3333\" oim.mark_read=0",
	 "GetMessage: fetch offline message 22222222-3333", ""},
	{"/rsi/rsi.asmx", RSI_ACTION "GetMessage", true, 200,
	 SOAP_BEGIN "<soap:Body><GetMessageResponse " RSI "><GetMessageResult>From: &lt;bo@example.com&gt;\n"
		    "Date: 14 May 2007 08:52:53 -0700\n\nlate &amp;amp; later</GetMessageResult></GetMessageResponse>"
		    SOAP_END,
	 GET_MESSAGE, NULL,
	 "oim.id=\"22222222-3333\" oim.mail{oim.headers{[From]=\"<bo@example.com>\" "
	 "[Date]=\"14 May 2007 08:52:53 -0700\"} oim.from=\"bo@example.com\" oim.date=\"2007-05-14T15:52:53Z\" "
	 "oim.text=\"late &amp; later\"}",
	 "offline message from bo@example.com, of 2007-05-14T15:52:53Z, \"late &amp; later\"", ""},
	{"/rsi/rsi.asmx", RSI_ACTION "DeleteMessages", false, 0,
	 SOAP_BEGIN "<soap:Body><DeleteMessages " RSI "><messageIds><messageId>1</messageId><messageId>2</messageId>"
		    "</messageIds></DeleteMessages>" SOAP_END,
	 NULL, NULL, "oim.deleted_id=\"1\" oim.deleted_id=\"2\"", "DeleteMessages: delete 2 offline messages", ""},
	{"/OimWS/oim.asmx", OWS_ACTION "Store2", false, 0, STORE("", "1"), NULL, NULL,
	 "oim.from=\"ana@example.com\" oim.from_name=\"Ana\" oim.language=\"en-US\" oim.proxy=\"MSNMSGR\" "
	 "oim.protocol=\"MSNP15\" oim.client_build=\"8.5.1288\" oim.to=\"bo@example.com\" "
	 "oim.product_id=\"PROD0114ES4Z%Q5W\" ",
	 "Store2: offline message to bo@example.com, \"lunch?\", without lock key", ""},
	{"/OimWS/oim.asmx", OWS_ACTION "Store2", true, 500,
	 SOAP_BEGIN "<soap:Body><soap:Fault><faultcode xmlns:q0='http://messenger.live.com/ws/2006/09/oim/'>"
		    "q0:AuthenticationFailed</faultcode><faultstring>Exception</faultstring><detail>"
		    "<TweenerChallenge>ct=1</TweenerChallenge><LockKeyChallenge>" CHALLENGE "</LockKeyChallenge>"
		    "<RequiredAuthPolicy>MBI_SSL</RequiredAuthPolicy></detail></soap:Fault>" SOAP_END,
	 NULL, NULL,
	 "oim.fault=\"AuthenticationFailed\" oim.lock_challenge=\"" CHALLENGE "\" oim.ticket_challenge=\"ct=1\" "
	 "oim.auth_policy=\"MBI_SSL\"",
	 "Store2: fault q0:AuthenticationFailed, lock key challenge " CHALLENGE, " soap.fault"},
	{"/OimWS/oim.asmx", OWS_ACTION "Store2", false, 0, STORE(LOCK_KEY, "1"), NULL, CHALLENGE, "oim.from",
	 "Store2: offline message to bo@example.com, \"lunch?\", lock key right", ""},
	{"/OimWS/oim.asmx", OWS_ACTION "Store2", false, 0, STORE("0" LOCK_KEY, "2"), NULL, CHALLENGE, "oim.from",
	 "Store2: offline message to bo@example.com, \"lunch?\", lock key wrong", " oim.number oim.lock_key_wrong"},
	{"/OimWS/oim.asmx", OWS_ACTION "Store2", false, 0, STORE(LOCK_KEY, "1"), NULL, NULL, "oim.from",
	 "Store2: offline message to bo@example.com, \"lunch?\", lock key not checked: no challenge seen", ""},
	{"/OimWS/oim.asmx", OWS_ACTION "Store2", true, 200,
	 SOAP_BEGIN "<soap:Header><SequenceAcknowledgment xmlns='http://schemas.xmlsoap.org/ws/2003/03/rm'>"
		    "<Identifier>http://messenger.msn.com</Identifier><AcknowledgmentRange Upper='1' Lower='1'/>"
		    "</SequenceAcknowledgment></soap:Header><soap:Body><StoreResponse " OIM "><PointsConsumed>0"
		    "</PointsConsumed></StoreResponse>" SOAP_END,
	 NULL, NULL,
	 "oim.sequence_id=\"http://messenger.msn.com\" oim.ack_lower=1 oim.ack_upper=1 oim.points=0",
	 "message 1 of the sender is stored", ""},
	{"/OimWS/oim.asmx", OWS_ACTION "Store", true, 500,
	 SOAP_BEGIN "<soap:Body><soap:Fault><faultcode>q0:SystemUnavailable</faultcode><faultstring/></soap:Fault>"
		    SOAP_END,
	 NULL, NULL, "oim.fault=\"SystemUnavailable\"",
	 "Store: fault q0:SystemUnavailable, addressee is not known, or does not allow the sender", " soap.fault"},
};

static void dissect_call(struct dissection *d, struct arena *arena, const struct call *call, struct slice body)
{
	struct header action = {SLICE_LIT("SOAPAction"), slice_str(call->action)};
	struct service_message m = {.is_request = !call->response,
				    .method = SLICE_LIT("POST"),
				    .target = slice_str(call->path),
				    .host = SLICE_LIT("ows.example.com"),
				    .path = slice_str(call->path),
				    .status = call->status,
				    .request_body = slice_str(call->request),
				    .body = body,
				    .lock_challenge = slice_str(call->challenge)};

	if (call->response) {
		m.request_headers = &action;
		m.request_header_count = 1;
	} else {
		m.headers = &action;
		m.header_count = 1;
	}
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, body);
	assert_non_null(service_dissect(d, &m).service);
	tree_check(d);
}

/* The fields of oim., without those that all services have. */
static void keep_oim(struct dissection *d)
{
	struct field *kept = NULL, *next;

	for (struct field *f = d->root.first; f; f = next) {
		next = f->next;
		if (strncmp(f->def->name, "oim.", 4) != 0)
			continue;
		if (kept)
			kept->next = f;
		else
			d->root.first = f;
		kept = f;
	}
	if (kept)
		kept->next = NULL;
	else
		d->root.first = NULL;
	d->root.last = kept;
}

static void test_calls(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		struct buffer out = {0}, findings = {0};

		dissect_call(&d, &arena, &calls[i], slice_str(calls[i].body));
		for (const struct finding *f = d.findings; f; f = f->next)
			buffer_printf(&findings, " %s", f->rule->id);
		assert_slice(buffer_slice(&findings), calls[i].findings);
		assert_slice(d.summary, calls[i].summary);
		d.findings = NULL;
		keep_oim(&d);
		tree_write(&d, &out);
		assert_slice(slice_sub(buffer_slice(&out), 0, strlen(calls[i].fields)), calls[i].fields);
		buffer_free(&findings);
		buffer_free(&out);
	}
	arena_free(&arena);
}

static void test_calls_cut(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++)
		for (size_t len = 0; len < strlen(calls[i].body); len++) {
			uint8_t *copy = malloc(len ? len : 1);

			assert_non_null(copy);
			memcpy(copy, calls[i].body, len);
			dissect_call(&d, &arena, &calls[i], slice_of(copy, len));
			free(copy);
		}
	arena_free(&arena);
}

/* Tickets and keys are masked, at exactly their bytes. */
static void test_secrets(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissect_call(&d, &arena, &calls[7], slice_str(calls[7].body));
	const struct field *ticket = field_child(&d.root, &field_defs[F_OIM_TICKET]);
	const struct field *key = field_child(&d.root, &field_defs[F_OIM_LOCK_KEY]);
	assert_slice(ticket->value.text, "t=AB&p=");
	assert_slice(slice_sub(d.sources[ticket->source].data, ticket->offset, ticket->length), "t=AB&amp;p=");
	assert_slice(slice_sub(d.sources[key->source].data, key->offset, key->length), LOCK_KEY);
	assert_true(ticket->def->flags & key->def->flags & FIELD_SECRET);
	dissect_call(&d, &arena, &calls[2], slice_str(calls[2].body));
	assert_true(field_child(&d.root, &field_defs[F_OIM_COOKIE_T])->def->flags & FIELD_SECRET);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mails),
		cmocka_unit_test(test_notices),
		cmocka_unit_test(test_many_parts),
		cmocka_unit_test(test_many_messages),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_calls_cut),
		cmocka_unit_test(test_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
