/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls, direct connections, MSNFTP, drawings, and limits of peer-to-peer transfers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/slp.h"
#include "p2p_life.h"

/* --- calls --- */

static void declined(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_ask_picture(&l, 1, CALL, 77, PICTURE_SIZE, PICTURE_SHA1D);
	life_session_slp(&l, 1, false, "MSNSLP/1.0 603 Decline", CALL, 77);
	life_expect(&l.out, "1 display-picture declined p2p-v1 bob@example.com>alice@example.com 0/33 -0+33 "
			    "\"declined\" inv1 acc0 "
		       "first0 last0 end2\n");
	life_ask_picture(&l, 1, CALL_2, 78, PICTURE_SIZE, PICTURE_SHA1D);
	life_session_slp(&l, 1, false, "MSNSLP/1.0 481 No Such Call", CALL_2, 78);
	life_expect(&l.out, "2 display-picture declined p2p-v1 bob@example.com>alice@example.com 0/33 -0+33 \"481 No "
			    "Such Call\" "
		       "inv3 acc0 first0 last0 end4\n");
	life_end(&l);
}

static void declined_by_bye(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_ask_picture(&l, 1, CALL, 77, PICTURE_SIZE, PICTURE_SHA1D);
	life_session_slp(&l, 1, false, "BYE", CALL, 77);
	life_ask_picture(&l, 1, CALL_2, 78, PICTURE_SIZE, PICTURE_SHA1D);
	life_session_slp(&l, 1, true, "BYE", CALL_2, 78);
	life_expect(&l.out, "1 display-picture declined p2p-v1 bob@example.com>alice@example.com 0/33 -0+33 "
			    "\"declined\" inv1 "
			    "acc0 first0 last0 end2\n"
			    "2 display-picture cancelled p2p-v1 bob@example.com>alice@example.com 0/33 -0+33 "
			    "\"BYE before it was accepted\" inv3 acc0 first0 last0 end4\n");
	life_end(&l);
}

/* Where an account is signed in twice, the endpoint that did not accept gets a BYE. */
static void accepted_elsewhere(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_slp(&l, 1, true, "BYE", CALL, "sessionclosebody",
		 "SessionID: 77\r\nAcceptedBy: {11111111-1111-4111-8111-111111111111}\r\n\r\n");
	life_picture(&l, 77, 10, 0, 33);
	life_expect(&l.notes, DONE);
	life_end(&l);
}

static void cancelled(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 8);
	life_v1(&l, true, (struct v1){.session = 77, .id = 30, .flags = 0x80, .ack = 10, .ack_sub = 0x8200000f}, "", 0);
	life_expect(&l.out, "1 display-picture cancelled p2p-v1 bob@example.com>alice@example.com 8/33 -8+25 "
			    "text/plain "
		       "\"the receiver cancelled\" inv1 acc2 first3 last3 end4\n");
	/* What still comes is nobody's. */
	life_picture(&l, 77, 10, 8, 33);
	assert_int_equal(l.objects, 0 + 1);
	life_end(&l);
}

static void unknown_calls(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_session_slp(&l, 1, true, "BYE", CALL, 77);
	life_session_slp(&l, 1, false, "MSNSLP/1.0 200 OK", CALL_2, 78);
	life_expect(&l.notes, "!slp.dialogue BYE for a call that is not known\n"
			 "!slp.dialogue answer to an INVITE that was not sent\n");
	/* Nobody knows what was said before. */
	l.connection.id = 2;
	life_lost(&l);
	life_session_slp(&l, 1, true, "BYE", CALL, 77);
	life_expect(&l.notes, "");
	life_end(&l);
}

static void wrong_size(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_ask_picture(&l, 1, CALL, 77, 40, PICTURE_SHA1D);
	life_session_slp(&l, 1, false, "MSNSLP/1.0 200 OK", CALL, 77);
	life_picture(&l, 77, 10, 0, 33);
	life_expect(&l.notes, DONE "!object.size 33 bytes where 40 were announced\n");
	life_end(&l);
}

static void no_call(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_picture(&l, 77, 10, 0, 33);
	life_expect(&l.out, "1 display-picture complete p2p-v1 bob@example.com>alice@example.com 33 text/plain inv0 "
			    "acc0 first1 last1 "
		       "end1\n");
	life_end(&l);
}

/* What is not accepted brings no data; told once, and not when the answer may be among what is missing. */
static void not_accepted(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_ask_picture(&l, 1, CALL, 77, PICTURE_SIZE, PICTURE_SHA1D);
	life_picture(&l, 77, 10, 0, 8);
	life_picture(&l, 77, 10, 8, 33);
	life_expect(&l.notes, "!slp.dialogue data of a call that was not accepted\n" DONE);
	life_lost(&l);
	life_ask_picture(&l, 1, CALL_2, 78, PICTURE_SIZE, PICTURE_SHA1D);
	life_picture(&l, 78, 11, 0, 33);
	life_expect(&l.notes, DONE);
	life_end(&l);
}

static void footers(void **state)
{
	struct v1 p = {.session = 77, .id = 10, .flags = 0x20, .total = PICTURE_SIZE, .footer = 11};
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_v1(&l, false, p, PICTURE, 8);
	p.offset = 8;
	life_v1(&l, false, p, &PICTURE[8], 25);
	life_expect(&l.notes, "!p2p.carrier footer 11, AppID of the call 12\n" DONE);
	life_end(&l);
}

/* --- other carriers --- */

/* Two packets of one object in one SDG. */
static void sdg(void **state)
{
	static const struct msnp_context context = {MSNP_NS, {21, 21}, {NULL, 0}};
	struct slice payload = SLICE_LIT(
		"Routing: 1.0\r\nTo: 1:bob@example.com;epid={66666666-7777-8888-9999-aaaaaaaaaaaa}\r\n"
		"From: 1:alice@example.com;epid={11111111-2222-3333-4444-555555555555}\r\n"
		"Service-Channel: PE\r\nOptions: 0\r\n\r\nReliability: 1.0\r\n\r\nMessaging: 2.0\r\n"
		"Message-Type: Data\r\nContent-Type: application/x-msnmsgrp2p\r\n"
		"Content-Transfer-Encoding: binary\r\nBridging-Offsets: 0,36\r\nContent-Length: 60\r\n\r\n"
		"\x08\x00\x00\x18\x00\x00\x07\xd0\x14\x05\x00\x02\x00\x12\xd6\x87\x01\x08\x00\x00\x00\x00\x00\x00\x00\x04"
		"\x00\x00" "abcd\x00\x00\x00\x00\x08\x00\x00\x0c\x00\x00\x07\xe8\x08\x04\x00\x02\x00\x12\xd6\x87" "efgh\x00\x00"
		"\x00\x00");
	struct life l;

	(void)state;
	life_begin(&l);
	life_command(&l, &context, MSNP_CLIENT, SLICE_LIT("SDG 12 424"), payload);
	life_expect(&l.data, "1:0:abcd\n1:4:efgh\n");
	life_expect(&l.out, "1 unknown complete p2p-v2 alice@example.com;{11111111-2222-3333-4444-555555555555}>"
			    "bob@example.com;{66666666-7777-8888-9999-aaaaaaaaaaaa} 8 text/plain inv0 acc0 first1 "
			    "last1 end1\n");
	life_end(&l);
}

/* Of version 1, with the bytes "abc" of a picture: identifier 10, or the acknowledgement of it. */
#define TO_ALICE                                                                                                   \
	"MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: alice@example.com\r\n\r\n"         \
	"\x4d\0\0\0\x0a\0\0\0\0\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x03\0\0\0\x20\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0abc\0\0\0\x0c"
#define ACK_TO_BOB                                                                                                 \
	"MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: bob@example.com\r\n\r\n"           \
	"\x4d\0\0\0\x0b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\x0a\0\0\0\7\0\0\0\3\0\0\0\0"       \
	"\0\0\0\0\0\0\x0c"

/* On carol's switchboard others transfer: all of their packets come from the server. */
static void third_party(void **state)
{
	static const struct msnp_context context = {MSNP_SB, {9, 9}, {NULL, 0}};
	struct life l;

	(void)state;
	life_begin(&l);
	life_command(&l, &context, MSNP_CLIENT, SLICE_LIT("ANS 1 carol@example.com 1.2 3"), SLICE_EMPTY);
	life_command(&l, &context, MSNP_SERVER, SLICE_LIT("MSG bob@example.com Bob 160"), SLICE_LIT(TO_ALICE));
	life_expect(&l.out, "1 display-picture complete p2p-v1 bob@example.com>alice@example.com 3 text/plain inv0 "
			    "acc0 first2 "
			    "last2 end2\n");
	life_command(&l, &context, MSNP_SERVER, SLICE_LIT("MSG dave@example.com Dave 160"), SLICE_LIT(TO_ALICE));
	l.notes.len = 0;
	life_command(&l, &context, MSNP_SERVER, SLICE_LIT("MSG alice@example.com Alice 160"), SLICE_LIT(ACK_TO_BOB));
	life_expect(&l.notes, "4 acks 2\n");
	life_end(&l);
}

/* --- direct connections --- */

static void nonce(struct life *l, bool alice, const char *guid, const char *hashed)
{
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, SLICE_EMPTY);
	field_add_text(&l->d, &l->d.root, F_P2P_NONCE, slice_str(guid), SOURCE_PAYLOAD, 0, 0);
	field_add_text(&l->d, &l->d.root, F_P2P_NONCE_HASHED, slice_str(hashed), SOURCE_PAYLOAD, 0, 0);
	life_observe(l, EVENT_PEER, "p2p", "NONCE", alice ? MSNP_SERVER : MSNP_CLIENT);
}

/* In the middle of a message from the switchboard to a direct connection, which bob opens. */
static void direct(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 8);
	life_slp(&l, 1, true, "INVITE", CALL, "transreqbody",
	    "Bridges: TCPv1\r\nHashed-Nonce: {00000000-0000-0000-0000-000000000000}\r\n\r\n");
	life_slp(&l, 1, false, "MSNSLP/1.0 200 OK", CALL, "transrespbody",
	    "Bridge: TCPv1\r\nListening: true\r\nHashed-Nonce: {13CD194D-0BFE-C64C-727A-1372D8765403}\r\n\r\n");
	l.connection = (struct connection){.id = 9, .transport = "p2p"};
	nonce(&l, false, "{01234567-89AB-CDEF-0123-456789ABCDEF}", "{13CD194D-0BFE-C64C-727A-1372D8765403}");
	life_picture(&l, 77, 10, 8, 33);
	life_expect(&l.data, "1:0:this sta\n1:8:nds in for a tiny picture\n");
	life_expect(&l.notes, DONE);
	p2p_connection_end(l.table, &l.connection);
	life_end(&l);
}

#define OFFERS "Bridges: TCPv1\r\nHashed-Nonce: {6B29FC40-CA47-1067-B31D-00DD010662DA}\r\n\r\n"
#define LISTENS "Bridge: TCPv1\r\nListening: true\r\nHashed-Nonce: {13CD194D-0BFE-C64C-727A-1372D8765403}\r\n\r\n"

static void switchboards(struct life *l, bool bobs)
{
	l->connection = (struct connection){.id = bobs ? 2 : 1, .transport = "tcp", .direction_from = DIRECTION_SYN};
	l->bobs = bobs;
	life_open_call(l, 1, CALL, 77);
	life_slp(l, 1, true, "INVITE", CALL, "transreqbody", OFFERS);
	life_slp(l, 1, false, "MSNSLP/1.0 200 OK", CALL, "transrespbody", LISTENS);
}

/* The capture has the switchboards of both: what comes on the direct connection is an object of each. */
static void direct_of_both(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	switchboards(&l, false);
	switchboards(&l, true);
	l.connection = (struct connection){.id = 9, .transport = "p2p"};
	nonce(&l, false, "{01234567-89AB-CDEF-0123-456789ABCDEF}", "{13CD194D-0BFE-C64C-727A-1372D8765403}");
	life_picture(&l, 77, 10, 0, 8);
	life_picture(&l, 77, 10, 8, 33);
	life_expect(&l.data, "1:0:this sta\n2:0:this sta\n1:8:nds in for a tiny picture\n2:8:nds in for a tiny "
			     "picture\n");
	life_expect(&l.notes, DONE);
	assert_int_equal(l.objects, 2);
	/* The switchboards end first, and then what was bound to them. */
	l.connection = (struct connection){.id = 1, .transport = "tcp"};
	p2p_connection_end(l.table, &l.connection);
	l.connection.id = 9;
	p2p_connection_end(l.table, &l.connection);
	l.connection.id = 2;
	p2p_connection_end(l.table, &l.connection);
	life_end(&l);
}

/* The transfer goes on over the direct connection when the switchboard has ended. */
static void direct_outlives(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	switchboards(&l, false);
	struct connection switchboard = l.connection;
	l.connection = (struct connection){.id = 9, .transport = "p2p"};
	nonce(&l, false, "{01234567-89AB-CDEF-0123-456789ABCDEF}", "{13CD194D-0BFE-C64C-727A-1372D8765403}");
	life_picture(&l, 77, 10, 0, 8);
	p2p_connection_end(l.table, &switchboard);
	life_picture(&l, 77, 10, 8, 20);
	assert_int_equal(l.objects, 0);
	p2p_connection_end(l.table, &l.connection);
	life_expect(&l.out, "1 display-picture incomplete p2p-v1 bob@example.com>alice@example.com 20/33 -20+13 "
			    "text/plain "
			    "\"connection ended\" inv1 acc2 first6 last7 end0\n");
	life_end(&l);
}

/* MSNSLP that comes through the notification server belongs to the call on the switchboard. */
static void through_notification_server(void **state)
{
	static const struct msnp_context switchboards_context = {MSNP_SB, {13, 13}, {NULL, 0}};
	static const struct msnp_context context = {MSNP_NS, {13, 13}, {NULL, 0}};
	struct buffer text = {0};
	struct life l;

	(void)state;
	life_begin(&l);
	life_command(&l, &switchboards_context, MSNP_CLIENT, SLICE_LIT("ANS 1 alice@example.com 1.2 3"), SLICE_EMPTY);
	life_open_call(&l, 1, CALL, 77);
	struct connection switchboard = l.connection;
	l.connection.id = 5;
	life_command(&l, &context, MSNP_SERVER, SLICE_LIT("USR 4 OK alice@example.com 1 0"), SLICE_EMPTY);
	life_slp_text(&text, false, "MSNSLP/1.0 200 OK", CALL, "transrespbody", LISTENS);
	dissection_init(&l.d, &l.arena, SLICE_EMPTY, buffer_slice(&text));
	field_add_text(&l.d, &l.d.root, P_passport_epid, SLICE_LIT("bob@example.com"), SOURCE_LINE, 0, 0);
	slp_dissect(&l.d, &l.d.root, SOURCE_PAYLOAD, 0, text.len);
	life_observe(&l, EVENT_COMMAND, "msnp", "UBN", MSNP_SERVER);
	assert_int_equal(field_child(&l.d.root, &field_defs[F_P2P_CALL])->value.number, 1);
	buffer_free(&text);
	l.connection = (struct connection){.id = 9, .transport = "p2p"};
	nonce(&l, false, "{01234567-89AB-CDEF-0123-456789ABCDEF}", "{13CD194D-0BFE-C64C-727A-1372D8765403}");
	life_picture(&l, 77, 10, 0, 33);
	life_expect(&l.notes, DONE);
	p2p_connection_end(l.table, &switchboard);
	life_end(&l);
}

#define GUID_1 "{01234567-89AB-CDEF-0123-456789ABCDEF}"
#define GUID_2 "{6B29FC40-CA47-1067-B31D-00DD010662DA}"
#define HASHED "{13CD194D-0BFE-C64C-727A-1372D8765403}"

/* bob listens at 192.0.2.2, with that nonce line in his answer. */
static void listen_at(struct life *l, const char *line)
{
	char body[300];

	life_begin(l);
	life_open_call(l, 1, CALL, 77);
	snprintf(body, sizeof(body), "Bridge: TCPv1\r\nListening: true\r\n%s\r\nIPv4Internal-Addrs: 10.0.0.2 192.0.2.2\r\n"
				     "IPv4Internal-Port: 6891\r\n\r\n", line);
	life_slp(l, 1, true, "INVITE", CALL, "transreqbody", "Bridges: TCPv1\r\n\r\n");
	life_slp(l, 1, false, "MSNSLP/1.0 200 OK", CALL, "transrespbody", body);
	l->notes.len = 0;
}

static void connect_to(struct life *l, uint8_t host)
{
	l->connection = (struct connection){.id = 9, .transport = "p2p", .server = {{192, 0, 2, host}, 6891, 4}};
}

static void wrong_nonce(void **state)
{
	static const char told[] = "!p2p.handshake not the nonce of the call that named this address\n";
	struct life l;

	(void)state;
	listen_at(&l, "Nonce: " GUID_1);
	connect_to(&l, 2);
	nonce(&l, false, GUID_1, HASHED);
	life_expect(&l.notes, "");
	nonce(&l, true, GUID_2, GUID_2);
	life_expect(&l.notes, told);
	/* Another address. */
	connect_to(&l, 3);
	nonce(&l, false, GUID_2, GUID_2);
	life_expect(&l.notes, "");
	life_end(&l);
	/* Only bob has said his; he is who listens, and the server. */
	listen_at(&l, "Hashed-Nonce: " HASHED);
	connect_to(&l, 2);
	nonce(&l, false, GUID_2, GUID_2);
	life_expect(&l.notes, "");
	l.d.findings = NULL;
	nonce(&l, true, GUID_2, GUID_2);
	life_expect(&l.notes, told);
	life_end(&l);
	/* Another call may be among what is missing. */
	listen_at(&l, "Nonce: " GUID_1);
	life_lost(&l);
	connect_to(&l, 2);
	nonce(&l, false, GUID_2, GUID_2);
	life_expect(&l.notes, "");
	life_end(&l);
}

/* The other way is not in the capture. */
static void direct_not_seen(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_slp(&l, 1, true, "INVITE", CALL, "transreqbody", "Bridges: TCPv1\r\n\r\n");
	life_slp(&l, 1, false, "MSNSLP/1.0 200 OK", CALL, "transrespbody", "Bridge: TCPv1\r\nListening: true\r\n\r\n");
	life_session_slp(&l, 1, true, "BYE", CALL, 77);
	life_close(&l);
	life_expect(&l.out, "1 display-picture incomplete p2p-v1 bob@example.com>alice@example.com 0/33 -0+33 "
		       "\"direct connection not in the capture\" inv1 acc2 first0 last0 end5\n");
	life_end(&l);
}

/* --- invitations, ink --- */

#define INVITATION "Content-Type: text/x-msmsgsinvite; charset=UTF-8\r\n"

static void invitation(struct life *l, bool alice, const char *body)
{
	life_message(l, alice, INVITATION, slice_str(body));
}

static void offer(struct life *l)
{
	invitation(l, false,
		   "Application-Name: File Transfer\r\nApplication-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\n"
		   "Invitation-Command: INVITE\r\nInvitation-Cookie: 51423\r\nApplication-File: notes.txt\r\n"
		   "Application-FileSize: 33\r\n\r\n");
}

static void block(struct life *l, uint64_t offset, const char *data, size_t len)
{
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, slice_of(data, len));
	field_add_number(&l->d, &l->d.root, F_MSNFTP_BLOCK_TYPE, 0, SOURCE_PAYLOAD, 0, 0);
	field_add_number(&l->d, &l->d.root, F_MSNFTP_OFFSET, offset, SOURCE_PAYLOAD, 0, 0);
	field_add_range(&l->d, &l->d.root, F_MSNFTP_DATA, SOURCE_PAYLOAD, 0, len);
	life_observe(l, EVENT_PEER, "msnftp", "DATA", MSNP_SERVER);
}

static void ftp_line(struct life *l, const char *name)
{
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, SLICE_EMPTY);
	field_add_text(&l->d, &l->d.root, F_MSNFTP_COMMAND, slice_str(name), SOURCE_LINE, 0, 0);
	if (strcmp(name, "USR") == 0) {
		field_add_text(&l->d, &l->d.root, F_MSNFTP_ACCOUNT, SLICE_LIT("alice@example.com"), SOURCE_LINE, 0, 0);
		field_add_text(&l->d, &l->d.root, F_MSNFTP_COOKIE, SLICE_LIT("1844"), SOURCE_LINE, 0, 0);
	} else {
		field_add_number(&l->d, &l->d.root, F_MSNFTP_SIZE, 33, SOURCE_LINE, 0, 0);
	}
	life_observe(l, EVENT_PEER, "msnftp", name, strcmp(name, "USR") == 0 ? MSNP_CLIENT : MSNP_SERVER);
}

static void ftp_guest(struct life *l, const char *account, const char *cookie)
{
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, SLICE_EMPTY);
	field_add_text(&l->d, &l->d.root, F_MSNFTP_ACCOUNT, slice_str(account), SOURCE_LINE, 0, 0);
	field_add_text(&l->d, &l->d.root, F_MSNFTP_COOKIE, slice_str(cookie), SOURCE_LINE, 0, 0);
	life_observe(l, EVENT_PEER, "msnftp", "USR", MSNP_CLIENT);
}

static void ftp_number(struct life *l, const char *name, enum field_id id, uint64_t number)
{
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, SLICE_EMPTY);
	field_add_number(&l->d, &l->d.root, id, number, SOURCE_LINE, 0, 0);
	life_observe(l, EVENT_PEER, "msnftp", name, MSNP_SERVER);
}

/* bob offers a file of 33 bytes, alice accepts, bob tells where he listens; on the connection that somebody opens there. */
static void ftp_begin(struct life *l)
{
	static const struct msnp_context context = {MSNP_SB, {8, 8}, {NULL, 0}};

	life_begin(l);
	life_command(l, &context, MSNP_CLIENT, SLICE_LIT("USR 1 alice@example.com 1.2"), SLICE_EMPTY);
	offer(l);
	invitation(l, true, "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 51423\r\n\r\n");
	invitation(l, false, "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 51423\r\nIP-Address: 192.0.2.2\r\n"
			     "Port: 6891\r\nAuthCookie: 1844\r\n\r\n");
	l->notes.len = 0;
	l->connection = (struct connection){.id = 3, .transport = "p2p", .server = {{192, 0, 2, 2}, 6891, 4}};
}

static void msnftp_guests(void **state)
{
	struct life l;

	(void)state;
	ftp_begin(&l);
	ftp_guest(&l, "Alice@example.com", "1844");
	life_expect(&l.notes, "");
	life_end(&l);
	ftp_begin(&l);
	ftp_guest(&l, "eve@example.com", "1844");
	life_expect(&l.notes, "!msnftp.guest invited was alice@example.com\n");
	life_end(&l);
	ftp_begin(&l);
	ftp_guest(&l, "alice@example.com", "1845");
	life_expect(&l.notes, "!msnftp.guest the invitation to this address has AuthCookie 1844\n");
	life_end(&l);
	/* To an address that nobody named. */
	ftp_begin(&l);
	l.connection.server.port = 6892;
	ftp_guest(&l, "alice@example.com", "1845");
	life_expect(&l.notes, "");
	life_end(&l);
}

static void msnftp_sizes(void **state)
{
	struct life l;

	(void)state;
	ftp_begin(&l);
	ftp_guest(&l, "alice@example.com", "1844");
	ftp_number(&l, "FIL", F_MSNFTP_SIZE, 34);
	life_expect(&l.notes, "!object.size 34 bytes where 33 were announced\n");
	life_end(&l);
	ftp_begin(&l);
	ftp_guest(&l, "alice@example.com", "1844");
	ftp_number(&l, "FIL", F_MSNFTP_SIZE, 33);
	life_expect(&l.notes, "");
	life_end(&l);
}

static void msnftp(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	offer(&l);
	invitation(&l, true, "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 51423\r\nLaunch-Application: "
			     "FALSE\r\n\r\n");
	invitation(&l, false, "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 51423\r\nIP-Address: 192.0.2.2\r\n"
			      "Port: 6891\r\nAuthCookie: 1844\r\n\r\n");
	l.connection = (struct connection){.id = 3, .transport = "p2p"};
	ftp_line(&l, "USR");
	ftp_line(&l, "FIL");
	block(&l, 0, PICTURE, 20);
	block(&l, 20, &PICTURE[20], 13);
	p2p_connection_end(l.table, &l.connection);
	life_expect(&l.data, "1:0:this stands in for a\n1:20: tiny picture\n");
	life_expect(&l.out, "1 file complete msnftp bob@example.com>alice@example.com 33/33 text/plain inv1 acc2 "
			    "first6 last7 end7\n");
	life_expect(&l.notes, "complete: file \"notes.txt\", 33 bytes, text/plain\n");
	life_end(&l);
}

static void msnftp_declined(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	offer(&l);
	invitation(&l, true, "Invitation-Command: CANCEL\r\nInvitation-Cookie: 51423\r\nCancel-Code: REJECT\r\n\r\n");
	life_expect(&l.out, "1 file declined msnftp bob@example.com>? 0/33 -0+33 \"REJECT\" inv1 acc0 first0 last0 "
			    "end2\n");
	life_end(&l);
}

static void ink(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_message(&l, false, "Content-Type: image/gif\r\n", SLICE_LIT("base64:R0lGODlhAQABAAAAACw="));
	life_expect(&l.out, "1 ink complete message bob@example.com>? 14/14 image/gif inv0 acc0 first1 last1 end1\n");
	life_end(&l);
}

/* --- limits --- */

/* More ranges than the limit: pieces beyond are left out, and told once. */
static void ranges_limit(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	for (uint64_t i = 0; i < P2P_RANGES_MAX + 10; i++)
		life_v1(&l, false,
		   (struct v1){.session = 7, .id = 10, .flags = 0x20, .offset = 1 + 2 * i, .total = 5000, .footer = 12}, "x", 1);
	life_expect(&l.notes, "!p2p.limit bytes of this message are left out: it is too long, or in too many parts\n");
	p2p_finish(l.table);
	buffer_add_byte(&l.out, 0);
	assert_non_null(strstr((const char *)l.out.data, " 256 -0+1 -2+1 "));
	life_end(&l);
}

static void messages_limit(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	for (uint32_t i = 0; i < P2P_MESSAGES_MAX + 2; i++)
		life_v1(&l, false, (struct v1){.session = 7, .id = 10 + i, .flags = 0x20, .total = 50, .footer = 12}, "x", 1);
	assert_int_equal(l.objects, 2);
	l.out.len = l.notes.len = 0;
	/* One message that is kept can be so long, and no longer. */
	life_v1(&l, false, (struct v1){.id = 5, .total = P2P_MESSAGE_BYTES_MAX + 1}, "INVITE ", 7);
	buffer_add_byte(&l.notes, 0);
	assert_non_null(strstr((const char *)l.notes.data, "!p2p.limit bytes of this message"));
	life_end(&l);
}

static void calls_limit(void **state)
{
	char call[64];
	struct life l;

	(void)state;
	life_begin(&l);
	for (unsigned i = 0; i < P2P_CALLS_MAX + 3; i++) {
		snprintf(call, sizeof(call), "{F9BDC9D4-6C1A-4F9B-9B8C-%012u}", i);
		life_ask_picture(&l, 1, call, 100 + i, PICTURE_SIZE, PICTURE_SHA1D);
	}
	assert_int_equal(l.objects, 3);
	life_picture(&l, 100 + P2P_CALLS_MAX, 10, 0, 33);
	assert_int_equal(l.objects, 4);
	life_end(&l);
}

static void invitations_limit(void **state)
{
	char body[200];
	struct life l;

	(void)state;
	life_begin(&l);
	for (unsigned i = 0; i < P2P_INVITATIONS_MAX + 3; i++) {
		snprintf(body, sizeof(body),
			 "Invitation-Command: INVITE\r\nInvitation-Cookie: %u\r\nApplication-File: a\r\n"
			 "Application-FileSize: 3\r\n\r\n",
			 i);
		invitation(&l, false, body);
	}
	assert_int_equal(l.objects, 3);
	life_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(declined),
		cmocka_unit_test(declined_by_bye),
		cmocka_unit_test(accepted_elsewhere),
		cmocka_unit_test(cancelled),
		cmocka_unit_test(unknown_calls),
		cmocka_unit_test(wrong_size),
		cmocka_unit_test(no_call),
		cmocka_unit_test(not_accepted),
		cmocka_unit_test(footers),
		cmocka_unit_test(sdg),
		cmocka_unit_test(third_party),
		cmocka_unit_test(direct),
		cmocka_unit_test(direct_of_both),
		cmocka_unit_test(direct_outlives),
		cmocka_unit_test(through_notification_server),
		cmocka_unit_test(direct_not_seen),
		cmocka_unit_test(wrong_nonce),
		cmocka_unit_test(msnftp),
		cmocka_unit_test(msnftp_guests),
		cmocka_unit_test(msnftp_sizes),
		cmocka_unit_test(msnftp_declined),
		cmocka_unit_test(ink),
		cmocka_unit_test(ranges_limit),
		cmocka_unit_test(messages_limit),
		cmocka_unit_test(calls_limit),
		cmocka_unit_test(invitations_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
