/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies of messages other than text: trees and summaries; then each body cut at every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cover.h"
#include "dissectors/datacast.h"
#include "dissectors/emoticon.h"
#include "dissectors/ink.h"
#include "dissectors/invite.h"
#include "dissectors/mime.h"
#include "expect.h"
#include "tree.h"

/* SHA1C of the objects computed by hand (Python's hashlib). */
#define OBJECT(type, location, friendly, sha1c) \
	"<msnobj Creator=\"alice@example.com\" Size=\"33\" Type=\"" type "\" Location=\"" location \
	"\" Friendly=\"" friendly "\" SHA1D=\"vEvOi/JX7oAzLReF9a0sn5oMVNg=\" SHA1C=\"" sha1c "\"/>"
#define WINK OBJECT("8", "w.tmp", "RgByAG8AZwA=", "30AtEL9jSDSRhJYbY33QltNkzJA=")
#define CLIP OBJECT("11", "v.tmp", "AAA=", "N7jqz4zcyYmCJx4GrjKxqZqqCCg=")
#define SMILEY OBJECT("2", "e.tmp", "AAA=", "towi4N9BOxox+uhBfPDEW+J2BaM=")

#define OBJECT_TREE(xml, type, location, friendly, sha1c) \
	"msnobj.xml=\"" xml "\" msnobj.creator=\"alice@example.com\" msnobj.size=33 msnobj.type=" type \
	" msnobj.location=\"" location "\" msnobj.friendly=\"" friendly \
	"\" msnobj.sha1d=\"vEvOi/JX7oAzLReF9a0sn5oMVNg=\" msnobj.sha1c=\"" sha1c "\" msnobj.sha1c_verdict=\"classic\""
#define WINK_TREE OBJECT_TREE(WINK, "8", "w.tmp", "Frog", "30AtEL9jSDSRhJYbY33QltNkzJA=")
#define CLIP_TREE OBJECT_TREE(CLIP, "11", "v.tmp", "", "N7jqz4zcyYmCJx4GrjKxqZqqCCg=")
#define SMILEY_TREE OBJECT_TREE(SMILEY, "2", "e.tmp", "", "towi4N9BOxox+uhBfPDEW+J2BaM=")

#define FILE_GUID "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"

#define ACCEPT(ip) "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\nIP-Address: " ip "\r\n"
#define ACCEPT_TREE(ip) \
	"invite.fields{[Invitation-Command]=\"ACCEPT\" [Invitation-Cookie]=\"1\" [IP-Address]=\"" ip \
	"\"} invite.command=\"ACCEPT\" invite.cookie=1 invite.ip_address=\"" ip "\""

/* GIF89a, 300 by 20, 14 bytes. */
#define GIF "R0lGODlhLAEUAAAAACw="

struct row {
	payload_dissector *dissect;
	const char *payload;
	const char *tree;
	const char *summary;
};

static const struct row rows[] = {
	/* File transfer, as in the specification. */
	{invite_dissect,
	 "Application-Name: File Transfer\r\nApplication-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
	 "Invitation-Command: INVITE\r\nInvitation-Cookie: 51423\r\nApplication-File: notes.txt\r\n"
	 "Application-FileSize: 4096\r\nConnectivity: N\r\n\r\n",
	 "invite.fields{[Application-Name]=\"File Transfer\" "
	 "[Application-GUID]=\"{5D3E02AB-6190-11d3-BBBB-00C04F795683}\" [Invitation-Command]=\"INVITE\" "
	 "[Invitation-Cookie]=\"51423\" [Application-File]=\"notes.txt\" [Application-FileSize]=\"4096\" "
	 "[Connectivity]=\"N\"} invite.command=\"INVITE\" invite.cookie=51423 "
	 "invite.application_name=\"File Transfer\" invite.application_guid=\"" FILE_GUID "\" "
	 "invite.file_name=\"notes.txt\" invite.file_size=4096 invite.connectivity=\"N\"",
	 "invites to file transfer \"notes.txt\", 4096 bytes"},
	{invite_dissect,
	 "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 51423\r\nIP-Address: 192.0.2.1\r\n"
	 "IP-Address-Internal: 10.0.0.2\r\nPort: 6891\r\nPortX: 11178\r\nPortX-Internal: 11181\r\n"
	 "AuthCookie: 123\r\nSender-Connect: TRUE\r\nLaunch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n\r\n",
	 "invite.fields{[Invitation-Command]=\"ACCEPT\" [Invitation-Cookie]=\"51423\" [IP-Address]=\"192.0.2.1\" "
	 "[IP-Address-Internal]=\"10.0.0.2\" [Port]=\"6891\" [PortX]=\"11178\" [PortX-Internal]=\"11181\" "
	 "[AuthCookie]=\"123\" [Sender-Connect]=\"TRUE\" [Launch-Application]=\"FALSE\" "
	 "[Request-Data]=\"IP-Address:\"} invite.command=\"ACCEPT\" invite.cookie=51423 invite.sender_connect=1 "
	 "invite.launch_application=0 invite.request_data=\"IP-Address:\" invite.auth_cookie=\"123\" "
	 "invite.ip_address=\"192.0.2.1\" invite.ip_address_internal=\"10.0.0.2\" invite.port=6891 "
	 "invite.port_x=6891 invite.port_x_internal=6892",
	 "accepts invitation 51423, connect to 192.0.2.1:6891"},
	{invite_dissect, "Invitation-Command: ACCEPT\nInvitation-Cookie: 4294967295\nSender-Connect: true\n",
	 "invite.fields{[Invitation-Command]=\"ACCEPT\" [Invitation-Cookie]=\"4294967295\" "
	 "[Sender-Connect]=\"true\"} invite.command=\"ACCEPT\" invite.cookie=4294967295 invite.sender_connect=1",
	 "accepts invitation 4294967295, the sender is to connect"},
	{invite_dissect, "\r\nInvitation-Command: CANCEL\r\nInvitation-Cookie: 51423\r\nCancel-Code: REJECT\r\n\r\nmore",
	 "invite.fields{[Invitation-Command]=\"CANCEL\" [Invitation-Cookie]=\"51423\" [Cancel-Code]=\"REJECT\"} "
	 "msg.body=4 invite.command=\"CANCEL\" invite.cookie=51423 invite.cancel_code=\"REJECT\"",
	 "cancels invitation 51423: declined"},
	/* Voice. */
	{invite_dissect,
	 "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\nIP-Address-Enc64: MTkyLjAuMi4xOjY4OTE=\r\n"
	 "Conn-Type: Symmetric-NAT\r\n\r\n",
	 "invite.fields{[Invitation-Command]=\"ACCEPT\" [Invitation-Cookie]=\"1\" "
	 "[IP-Address-Enc64]=\"MTkyLjAuMi4xOjY4OTE=\" [Conn-Type]=\"Symmetric-NAT\"} invite.command=\"ACCEPT\" "
	 "invite.cookie=1 invite.ip_address_enc64=\"192.0.2.1:6891\" invite.connection_type=\"Symmetric-NAT\"",
	 "accepts invitation 1, connect to 192.0.2.1:6891"},
	{invite_dissect,
	 "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\nApplication-Name: Chess\r\n"
	 "Application-GUID: {00000000-1111-2222-3333-444444444444}\r\nSession-Protocol: SM1\r\n\r\n",
	 "invite.fields{[Invitation-Command]=\"INVITE\" [Invitation-Cookie]=\"1\" [Application-Name]=\"Chess\" "
	 "[Application-GUID]=\"{00000000-1111-2222-3333-444444444444}\" [Session-Protocol]=\"SM1\"} "
	 "invite.command=\"INVITE\" invite.cookie=1 invite.application_name=\"Chess\" "
	 "invite.application_guid=\"{00000000-1111-2222-3333-444444444444}\" invite.session_protocol=\"SM1\"",
	 "invites to \"Chess\""},
	/* What is broken. */
	{invite_dissect, "Invitation-Command: INVITE\r\nInvitation-Cookie: x\r\nApplication-GUID: " FILE_GUID "\r\n"
			 "Application-File: C:\\a\r\n\r\n",
	 "invite.fields{[Invitation-Command]=\"INVITE\" [Invitation-Cookie]=\"x\" [Application-GUID]=\"" FILE_GUID
	 "\" [Application-File]=\"C:\\a\"} invite.command=\"INVITE\" invite.cookie invite.application_guid=\"" FILE_GUID
	 "\" invite.file_name=\"C:\\a\" !invite.broken !invite.broken !invite.broken",
	 "invites to file transfer \"C:\\a\""},
	{invite_dissect,
	 "Invitation-Command: DANCE\r\nInvitation-Cookie: 7\r\nApplication-GUID: x\r\nPort: 65536\r\nPortX: 12609\r\n"
	 "IP-Address-Enc64: ?\r\nLaunch-Application: maybe\r\nCancel-Code: WHY\r\n",
	 "invite.fields{[Invitation-Command]=\"DANCE\" [Invitation-Cookie]=\"7\" [Application-GUID]=\"x\" "
	 "[Port]=\"65536\" [PortX]=\"12609\" [IP-Address-Enc64]=\"?\" [Launch-Application]=\"maybe\" "
	 "[Cancel-Code]=\"WHY\"} invite.command=\"DANCE\" invite.cookie=7 invite.application_guid=\"X\" "
	 "invite.launch_application invite.ip_address_enc64=\"?\" invite.port=65536 invite.port_x=0 "
	 "invite.cancel_code=\"WHY\" !invite.broken !invite.broken !invite.broken !invite.broken !invite.broken "
	 "!msnp.unknown_value !msnp.unknown_value",
	 "\"DANCE\" for invitation 7"},
	/* Addresses that only the same network reaches; the application may write a port behind. */
	{invite_dissect, ACCEPT("10.1.2.3"), ACCEPT_TREE("10.1.2.3") " !invite.private_address", "accepts invitation 1, connect to 10.1.2.3"},
	{invite_dissect, ACCEPT("172.31.0.1:1503"), ACCEPT_TREE("172.31.0.1:1503") " !invite.private_address",
	 "accepts invitation 1, connect to 172.31.0.1:1503"},
	{invite_dissect, ACCEPT("192.168.0.7"), ACCEPT_TREE("192.168.0.7") " !invite.private_address",
	 "accepts invitation 1, connect to 192.168.0.7"},
	{invite_dissect, ACCEPT("169.254.9.9"), ACCEPT_TREE("169.254.9.9") " !invite.private_address",
	 "accepts invitation 1, connect to 169.254.9.9"},
	{invite_dissect, ACCEPT("172.32.0.1"), ACCEPT_TREE("172.32.0.1"), "accepts invitation 1, connect to 172.32.0.1"},
	{invite_dissect, ACCEPT("10.1.2"), ACCEPT_TREE("10.1.2"), "accepts invitation 1, connect to 10.1.2"},
	{invite_dissect, "", "invite.fields !invite.broken !invite.broken", "invitation without command"},

	{datacast_dissect, "ID: 1\r\n\r\n", "datacast.fields{[ID]=\"1\"} datacast.id=1", "nudge"},
	{datacast_dissect, "ID: 2\r\nData: " WINK "\r\n\r\n",
	 "datacast.fields{[ID]=\"2\" [Data]=\"" WINK "\"} datacast.id=2 datacast.object{" WINK_TREE "}",
	 "wink \"Frog\""},
	{datacast_dissect, "ID: 3\r\nData: " CLIP,
	 "datacast.fields{[ID]=\"3\" [Data]=\"" CLIP "\"} datacast.id=3 datacast.object{" CLIP_TREE "}",
	 "voice clip"},
	{datacast_dissect, "ID: 4\r\nData: waves\r\n\r\n",
	 "datacast.fields{[ID]=\"4\" [Data]=\"waves\"} datacast.id=4 datacast.text=\"waves\"", "action \"waves\""},
	/* In SDG, the object may stand alone. */
	{datacast_dissect, WINK "\r\n", "datacast.object{" WINK_TREE "}", "\"Frog\""},
	{datacast_dissect, CLIP, "datacast.object{" CLIP_TREE "}", ""},
	{datacast_dissect, "ID: 1\r\nData: x\r\n",
	 "datacast.fields{[ID]=\"1\" [Data]=\"x\"} datacast.id=1 datacast.text=\"x\" !datacast.broken", "nudge \"x\""},
	{datacast_dissect, "ID: 3\r\nData: " WINK,
	 "datacast.fields{[ID]=\"3\" [Data]=\"" WINK "\"} datacast.id=3 datacast.object{" WINK_TREE
	 "} !datacast.broken",
	 "voice clip \"Frog\""},
	{datacast_dissect, "ID: 2\r\n", "datacast.fields{[ID]=\"2\"} datacast.id=2 !datacast.broken", "wink"},
	{datacast_dissect, "ID: 9\r\n", "datacast.fields{[ID]=\"9\"} datacast.id=9 !msnp.unknown_value", "datacast 9"},
	{datacast_dissect, "ID: a\r\n", "datacast.fields{[ID]=\"a\"} datacast.id !datacast.broken",
	 "datacast without id"},
	{datacast_dissect, "", "datacast.fields !datacast.broken", "datacast without id"},

	{emoticon_dissect, "(hi)\t" SMILEY "\t",
	 "emoticon.item{emoticon.shortcut=\"(hi)\" " SMILEY_TREE "}", "emoticon \"(hi)\""},
	{emoticon_animated_dissect,
	 "a\t" SMILEY "\tb\t"
	 "%3Cmsnobj%20Creator%3D%22alice%40example.com%22%20Size%3D%2233%22%20Type%3D%222%22%20Location%3D%22e.tmp%22"
	 "%20Friendly%3D%22AAA%3D%22%20SHA1D%3D%22vEvOi/JX7oAzLReF9a0sn5oMVNg%3D%22%20SHA1C%3D%22towi4N9BOxox%2BuhBfP"
	 "DEW%2BJ2BaM%3D%22/%3E\t\r\n",
	 "emoticon.item{emoticon.shortcut=\"a\" " SMILEY_TREE "} emoticon.item{emoticon.shortcut=\"b\" " SMILEY_TREE
	 "}",
	 "animated emoticons \"a\" \"b\""},
	{emoticon_dissect, "\t" SMILEY,
	 "emoticon.item{emoticon.shortcut=\"\" " SMILEY_TREE "} !emoticon.broken", "emoticon \"\""},
	{emoticon_dissect, "w\t" WINK "\tx",
	 "emoticon.item{emoticon.shortcut=\"w\" " WINK_TREE "} emoticon.item{emoticon.shortcut=\"x\"} "
	 "!emoticon.broken !emoticon.broken",
	 "emoticons \"w\" \"x\""},
	{emoticon_dissect, "", " !emoticon.broken", "emoticons"},

	{ink_gif_dissect, "base64:" GIF "\r\n",
	 "ink.drawing{ink.size=14 ink.format=\"gif\" ink.width=300 ink.height=20 ink.data=14}",
	 "handwriting, GIF, 14 bytes, 300x20"},
	{ink_isf_dissect, "base64:AIUBAAAAAAAAAAAA",
	 "ink.drawing{ink.size=12 ink.format=\"isf\" ink.isf_version=0 ink.isf_size=133 ink.data=12}",
	 "handwriting, ISF, 12 bytes"},
	{ink_isf_dissect, "base64:" GIF,
	 "ink.drawing{ink.size=14 ink.format=\"gif\" ink.width=300 ink.height=20 ink.data=14}",
	 "handwriting, GIF, 14 bytes, 300x20"},
	{ink_gif_dissect, GIF,
	 "ink.drawing{ink.size=14 ink.format=\"gif\" ink.width=300 ink.height=20 ink.data=14} !ink.broken",
	 "handwriting, GIF, 14 bytes, 300x20"},
	{ink_gif_dissect, "base64:AAAA", "ink.drawing{ink.size=3 ink.format=\"gif\" ink.data=3} !ink.broken",
	 "handwriting, GIF, 3 bytes"},
	{ink_gif_dissect, "base64:R0lGODlh", "ink.drawing{ink.size=6 ink.format=\"gif\" ink.data=6} !ink.broken",
	 "handwriting, GIF, 6 bytes"},
	{ink_isf_dissect, "base64:gICA", "ink.drawing{ink.size=3 ink.format=\"isf\" ink.data=3} !ink.broken",
	 "handwriting, ISF, 3 bytes"},
	{ink_gif_dissect, "base64:*", "ink.drawing{ink.size} !ink.broken", "handwriting that cannot be read"},

	/* By content type. */
	{mime_message_dissect, "Content-Type: text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n",
	 "msg.headers{[Content-Type]=\"text/x-msnmsgr-datacast\"} msg.content_type=\"text/x-msnmsgr-datacast\" "
	 "datacast.fields{[ID]=\"1\"} datacast.id=1",
	 "nudge"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void dissect(struct dissection *d, struct arena *arena, payload_dissector *dissector, struct slice payload)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, payload);
	dissector(d, &d->root, SOURCE_PAYLOAD, 0, payload.len, NULL);
	tree_check(d);
}

static void test_bodies(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		dissect(&d, &arena, rows[i].dissect, slice_str(rows[i].payload));
		expect_tree(&d, rows[i].tree);
		expect_summary(&d, rows[i].summary);
	}
	arena_free(&arena);
}

static void dissect_cut(void *ctx, struct slice payload)
{
	const struct row *row = ctx;
	struct arena arena = {0};
	struct dissection d;

	dissect(&d, &arena, row->dissect, payload);
	arena_free(&arena);
}

static void test_bodies_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		struct row row = rows[i];

		expect_cuts(row.payload, dissect_cut, &row);
	}
}

static void test_every_byte_has_a_field(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		dissect(&d, &arena, rows[i].dissect, slice_str(rows[i].payload));
		assert_int_equal(cover_first_missing(&d, SOURCE_PAYLOAD), strlen(rows[i].payload));
	}
	arena_free(&arena);
}

/* The application is found though the case of its GUID differs; strange numbers of pairs end at the limit. */
static void test_guid(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	dissect(&d, &arena, invite_dissect, slice_str(rows[0].payload));
	const struct field *guid = field_child(&d.root, &field_defs[F_INVITE_GUID]);
	assert_string_equal(field_enum(guid)->name, "file_transfer");
	arena_free(&arena);
}

static void test_many_emoticons(void **state)
{
	struct arena arena = {0};
	struct buffer body = {0};
	struct dissection d;
	unsigned count = 0;

	(void)state;
	for (unsigned i = 0; i < EMOTICONS_MAX + 10; i++)
		buffer_add_str(&body, "x\t<msnobj/>\t");
	dissect(&d, &arena, emoticon_dissect, buffer_slice(&body));
	for (const struct field *f = d.root.first; f; f = f->next)
		count += f->def == &field_defs[F_EMOTICON];
	assert_int_equal(count, EMOTICONS_MAX);
	assert_int_equal(field_child(&d.root, &field_defs[F_MSG_BODY])->length, 10 * strlen("x\t<msnobj/>\t"));
	assert_string_equal(d.findings->rule->id, "limit.fields");
	assert_true(d.summary.len < 100);
	buffer_free(&body);
	arena_free(&arena);
}

/* --- ink, peer to peer --- */

/* ASCII as UTF-16LE; "|" stands for U+0000. */
static void add_wide(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		buffer_add_byte(out, (uint8_t)(*text == '|' ? 0 : *text));
		buffer_add_byte(out, 0);
	}
}

static const struct {
	const char *text, *tree, *summary;
} wide_rows[] = {
	{"Content-Type: image/gif\r\n\r\n|base64:" GIF "|",
	 "ink.drawing{ink.headers{[Content-Type]=\"image/gif\"} ink.size=14 ink.format=\"gif\" ink.width=300 "
	 "ink.height=20 ink.data=14}",
	 "handwriting, GIF, 14 bytes, 300x20"},
	{"MIME-Version: 1.0\r\nContent-Type: application/x-ms-ink\r\n\r\n|base64:AIUBAAAA",
	 "ink.drawing{ink.headers{[MIME-Version]=\"1.0\" [Content-Type]=\"application/x-ms-ink\"} ink.size=6 "
	 "ink.format=\"isf\" ink.isf_version=0 ink.isf_size=133 ink.data=6}",
	 "handwriting, ISF, 6 bytes"},
	{"base64:AAAA", "ink.drawing{ink.headers ink.size=3 ink.format=\"unknown\" ink.data=3}",
	 "handwriting, format not known, 3 bytes"},
	{"Content-Type: image/gif\r\n\r\n|nothing",
	 "ink.drawing{ink.headers{[Content-Type]=\"image/gif\"}} !ink.broken", "handwriting that cannot be read"},
};

static void p2p_body(struct dissection *d, struct field *parent, unsigned source, size_t offset, size_t length,
		     const struct msnp_context *context)
{
	(void)context;
	ink_p2p_dissect(d, parent, source, offset, length);
}

static void test_ink_p2p(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < sizeof(wide_rows) / sizeof(wide_rows[0]); i++) {
		struct buffer wide = {0};

		add_wide(&wide, wide_rows[i].text);
		dissect(&d, &arena, p2p_body, buffer_slice(&wide));
		expect_tree(&d, wide_rows[i].tree);
		expect_summary(&d, wide_rows[i].summary);
		assert_int_equal(cover_first_missing(&d, SOURCE_PAYLOAD), wide.len);
		while (wide.len) {
			wide.len--;
			dissect(&d, &arena, p2p_body, buffer_slice(&wide));
		}
		buffer_free(&wide);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_bodies_cut),
		cmocka_unit_test(test_every_byte_has_a_field),
		cmocka_unit_test(test_guid),
		cmocka_unit_test(test_many_emoticons),
		cmocka_unit_test(test_ink_p2p),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
