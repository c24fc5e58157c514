/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of peer-to-peer messages and objects: packets in, bytes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/dissection.h"
#include "p2p_life.h"

/* --- version 1 --- */

static void v1_in_order(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_v1(&l, false, (struct v1){.session = 77, .id = 9, .total = 4, .footer = 12}, "\0\0\0\0", 4);
	life_picture(&l, 77, 10, 0, 20);
	life_picture(&l, 77, 10, 20, 33);
	life_expect(&l.data, "1:0:this stands in for a\n1:20: tiny picture\n");
	life_expect(&l.out, "1 display-picture complete p2p-v1 bob@example.com>alice@example.com 33/33 match "
			    "text/plain inv1 acc2 "
		       "first4 last5 end5\n");
	life_v1(&l, true, (struct v1){.session = 77, .id = 11, .flags = 2, .ack = 10, .ack_sub = 17, .ack_size = 33}, "", 0);
	life_session_slp(&l, 1, true, "BYE", CALL, 77);
	life_expect(&l.notes, DONE "6 acks 5\n");
	life_end(&l);
}

static void v1_out_of_order(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 20, 33);
	life_picture(&l, 77, 10, 5, 12);
	life_picture(&l, 77, 10, 0, 8);
	/* Both ends are there already: the first copy counts. */
	life_v1(&l, false, (struct v1){.session = 77, .id = 10, .flags = 0x20, .ack = 17, .offset = 10, .total = 33, .footer = 12},
	   "XXnds in for XX", 13);
	life_expect(&l.data, "1:20: tiny picture\n1:5:stands \n1:0:this \n1:12:nds in f\n");
	life_expect(&l.notes, "complete: display picture, 33 bytes, text/plain, SHA1D does not match\n!object.sha1d "
			      "the bytes do "
			 "not have the SHA-1 that SHA1D gives: \"" PICTURE_SHA1D "\"\n");
	life_end(&l);
}

static void v1_repeated(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 20);
	life_picture(&l, 77, 10, 0, 20);
	life_picture(&l, 77, 10, 20, 33);
	life_picture(&l, 77, 10, 20, 33);
	life_picture(&l, 77, 10, 0, 20);
	life_expect(&l.data, "1:0:this stands in for a\n1:20: tiny picture\n");
	p2p_finish(l.table);
	assert_int_equal(l.objects, 1);
	life_expect(&l.notes, DONE);
	life_end(&l);
}

static void v1_hole(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 8);
	life_lost(&l);
	life_picture(&l, 77, 10, 20, 33);
	life_expect(&l.notes, "");
	life_session_slp(&l, 1, true, "BYE", CALL, 77);
	life_close(&l);
	life_expect(&l.out, "1 display-picture incomplete p2p-v1 bob@example.com>alice@example.com 21/33 -8+12 "
			    "text/plain \"lost\" "
		       "inv1 acc2 first3 last5 end6\n");
	life_end(&l);
}

/* The capture does not know that it lacks something. */
static void v1_hole_untold(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 8, 33);
	life_session_slp(&l, 1, true, "BYE", CALL, 77);
	life_close(&l);
	life_expect(&l.out, "1 display-picture incomplete p2p-v1 bob@example.com>alice@example.com 25/33 -0+8 "
			    "\"lost\" inv1 "
			    "acc2 first3 last3 end4\n");
	life_end(&l);
}

/* What is lost is the end; without loss it is just not sent. */
static void v1_end_lost(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 8);
	life_lost(&l);
	life_session_slp(&l, 1, true, "BYE", CALL, 77);
	life_close(&l);
	life_expect(&l.out, "1 display-picture incomplete p2p-v1 bob@example.com>alice@example.com 8/33 -8+25 "
			    "text/plain "
			    "\"lost\" inv1 acc2 first3 last3 end5\n");
	life_open_call(&l, 1, CALL_2, 78);
	life_picture(&l, 78, 11, 0, 8);
	life_session_slp(&l, 1, true, "BYE", CALL_2, 78);
	life_close(&l);
	life_expect(&l.out, "2 display-picture cancelled p2p-v1 bob@example.com>alice@example.com 8/33 -8+25 "
			    "text/plain "
			    "\"BYE before all bytes were sent\" inv6 acc7 first8 last8 end9\n");
	life_end(&l);
}

static void v1_cut(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 8);
	p2p_connection_end(l.table, &l.connection);
	life_expect(&l.out, "1 display-picture incomplete p2p-v1 bob@example.com>alice@example.com 8/33 -8+25 "
			    "text/plain "
		       "\"connection ended\" inv1 acc2 first3 last3 end0\n");
	l.connection.id = 2;
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 8);
	p2p_finish(l.table);
	life_expect(&l.out, "2 display-picture incomplete p2p-v1 bob@example.com>alice@example.com 8/33 -8+25 "
			    "text/plain "
		       "\"capture ended\" inv4 acc5 first6 last6 end0\n");
	life_end(&l);
}

static void v1_interleaved(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_open_call(&l, 1, CALL_2, 78);
	life_picture(&l, 77, 10, 0, 8);
	life_picture(&l, 78, 11, 0, 20);
	life_picture(&l, 77, 10, 8, 33);
	life_picture(&l, 78, 11, 20, 33);
	life_expect(&l.data, "1:0:this sta\n2:0:this stands in for a\n1:8:nds in for a tiny picture\n2:20: tiny "
			     "picture\n");
	life_expect(&l.notes, DONE DONE);
	life_end(&l);
}

static void v1_identifier_again(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 20);
	life_picture(&l, 77, 10, 20, 33);
	life_open_call(&l, 1, CALL_2, 78);
	life_v1(&l, false, (struct v1){.session = 78, .id = 10, .flags = 0x20, .ack = 4, .total = 33, .footer = 12}, PICTURE, 8);
	life_v1(&l, false, (struct v1){.session = 78, .id = 10, .flags = 0x20, .ack = 4, .offset = 8, .total = 33, .footer = 12},
	   &PICTURE[8], 25);
	life_expect(&l.notes, DONE DONE);
	assert_int_equal(l.objects, 2);
	life_end(&l);
}

/* The sender begins anew with the same number, before the first message is there. */
static void v1_identifier_too_early(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 20);
	life_v1(&l, false, (struct v1){.session = 77, .id = 10, .flags = 0x20, .ack = 4, .total = 6, .footer = 12}, "second", 6);
	life_expect(&l.out, "1 display-picture incomplete p2p-v1 bob@example.com>alice@example.com 20/33 -20+13 "
			    "text/plain "
			    "\"lost\" inv1 acc2 first3 last3 end4\n"
			    "2 display-picture complete p2p-v1 bob@example.com>alice@example.com 6 text/plain inv0 "
			    "acc0 first4 "
			    "last4 end4\n");
	life_end(&l);
}

/* Both users choose the same number for their sessions. */
static void v1_same_session(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_slp(&l, 1, false, "INVITE", CALL_2, "sessionreqbody",
	    "EUF-GUID: " OBJECTS "\r\nSessionID: 77\r\nAppID: 12\r\nContext: "
	    "PG1zbm9iaiBDcmVhdG9yPSJhIiBTaXplPSI1IiBUeXBlPSIzIiBTSEExRD0idkV2T2kvSlg3b0F6TFJlRjlhMHNuNW9NVk5nPSIvPgA=\r\n\r\n");
	life_v1(&l, true, (struct v1){.session = 77, .id = 20, .flags = 0x20, .total = 5, .footer = 12}, "alice", 5);
	life_picture(&l, 77, 10, 0, 33);
	life_expect(&l.data, "2:0:alice\n1:0:" PICTURE "\n");
	life_end(&l);
}

static void v1_wrong_total(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 1, CALL, 77);
	life_picture(&l, 77, 10, 0, 8);
	life_v1(&l, false, (struct v1){.session = 77, .id = 10, .flags = 0x20, .offset = 8, .total = 40, .footer = 12}, "????", 4);
	life_v1(&l, false, (struct v1){.session = 76, .id = 10, .flags = 0x20, .offset = 8, .total = 33, .footer = 12}, "????", 4);
	life_expect(&l.notes, "!p2p.bad_chunk other total size than in the packets before\n"
			 "!p2p.bad_chunk other session than in the packets before\n");
	life_expect(&l.data, "1:0:this sta\n");
	life_end(&l);
}

static void slp_in_parts(void **state)
{
	struct buffer text = {0};
	struct life l;

	(void)state;
	life_begin(&l);
	life_slp_text(&text, true, "INVITE", CALL, "sessionreqbody", "EUF-GUID: " FILES "\r\nSessionID: 5\r\n\r\n");
	life_v1(&l, true, (struct v1){.id = 3, .total = text.len, .ack = 1}, (const char *)text.data, 100);
	assert_null(field_child(&l.d.root, &field_defs[F_P2P_MESSAGE]));
	life_v1(&l, true, (struct v1){.id = 3, .offset = 100, .total = text.len, .ack = 1}, (const char *)text.data + 100,
	   text.len - 100);
	const struct field *whole = field_child(&l.d.root, &field_defs[F_P2P_MESSAGE]);
	assert_non_null(whole);
	assert_int_equal(field_child(whole, &field_defs[F_P2P_MESSAGE_SIZE])->value.number, text.len);
	assert_int_equal(field_child(whole, &field_defs[F_P2P_MESSAGE_PACKETS])->value.number, 2);
	assert_non_null(field_child(whole, &field_defs[F_SLP]));
	assert_int_equal(field_child(whole, &field_defs[F_P2P_CALL])->value.number, 1);
	/* One whose middle is missing. */
	l.notes.len = 0;
	life_v1(&l, true, (struct v1){.id = 4, .total = text.len, .ack = 1}, (const char *)text.data, 100);
	life_v1(&l, true, (struct v1){.id = 4, .offset = 150, .total = text.len, .ack = 1}, (const char *)text.data + 150,
	   text.len - 150);
	buffer_add_byte(&l.notes, 0);
	assert_non_null(strstr((const char *)l.notes.data, "!p2p.incomplete 50 of "));
	buffer_free(&text);
	life_end(&l);
}

/* --- version 2 --- */

static void v2_in_order(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 2, CALL, 77);
	life_v2(&l, false, (struct v2){.session = 77, .tf = 1}, "\0\0\0\0", 4);
	life_picture_2(&l, 77, 3, 0, 8);
	life_picture_2(&l, 77, 3, 8, 20);
	life_picture_2(&l, 77, 3, 20, 33);
	life_v2(&l, true, (struct v2){.has_ack = true, .ack = l.base[1]}, "", 0);
	life_expect(&l.data, "1:0:this sta\n1:8:nds in for a\n1:20: tiny picture\n");
	life_expect(&l.notes, DONE "7 acks 6\n");
	life_expect(&l.out, "1 display-picture complete p2p-v2 bob@example.com>alice@example.com 33/33 match "
			    "text/plain inv1 acc2 "
		       "first4 last6 end6\n");
	life_end(&l);
}

static void v2_out_of_order(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 2, CALL, 77);
	life_picture_2(&l, 77, 3, 20, 33);
	life_picture_2(&l, 77, 3, 0, 8);
	life_picture_2(&l, 77, 3, 8, 20);
	life_expect(&l.data, "1:20: tiny picture\n1:0:this sta\n1:8:nds in for a\n");
	life_expect(&l.notes, DONE);
	/* Without a call the first piece tells how long it is. */
	life_picture_2(&l, 78, 4, 8, 20);
	life_expect(&l.data, "");
	life_picture_2(&l, 78, 4, 0, 8);
	life_picture_2(&l, 78, 4, 20, 33);
	life_expect(&l.data, "2:8:nds in for a\n2:0:this sta\n2:20: tiny picture\n");
	life_end(&l);
}

/* The first piece is not in the capture, nor the call. */
static void v2_headless(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_picture_2(&l, 77, 3, 8, 20);
	life_picture_2(&l, 77, 3, 20, 33);
	life_expect(&l.data, "1:0:nds in for a\n1:12: tiny picture\n");
	life_expect(&l.out, "1 unknown incomplete p2p-v2 bob@example.com" END_2 ">alice@example.com" END_1
		       " 25 text/plain \"lost\" inv0 acc0 first2 last2 end2\n");
	life_expect(&l.notes, "!p2p.incomplete object: 25 bytes are there, not all\n");
	life_end(&l);
}

static void v2_slp_in_parts(void **state)
{
	struct buffer text = {0};
	struct life l;

	(void)state;
	life_begin(&l);
	life_slp_text(&text, false, "INVITE", CALL, "sessionreqbody", "EUF-GUID: " FILES "\r\nSessionID: 5\r\n\r\n");
	life_v2(&l, false, (struct v2){.package = 9, .remaining = text.len - 150}, (const char *)text.data + 100, 50);
	life_v2(&l, false, (struct v2){.package = 9}, (const char *)text.data + 150, text.len - 150);
	life_expect(&l.notes, "!p2p.incomplete the first packet of the message is missing\n");
	life_v2(&l, false, (struct v2){.package = 9, .tf = 1, .remaining = text.len - 100}, (const char *)text.data, 100);
	const struct field *whole = field_child(&l.d.root, &field_defs[F_P2P_MESSAGE]);
	assert_non_null(whole);
	assert_int_equal(field_child(whole, &field_defs[F_P2P_MESSAGE_PACKETS])->value.number, 3);
	assert_non_null(field_child(whole, &field_defs[F_SLP]));
	buffer_free(&text);
	life_end(&l);
}

static void v2_hole(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_open_call(&l, 2, CALL, 77);
	/* The first piece is lost; the call says how long the picture is. */
	life_lost(&l);
	life_picture_2(&l, 77, 3, 8, 20);
	life_picture_2(&l, 77, 3, 20, 33);
	life_expect(&l.data, "1:8:nds in for a\n1:20: tiny picture\n");
	life_session_slp(&l, 2, true, "BYE", CALL, 77);
	life_close(&l);
	life_expect(&l.out, "1 display-picture incomplete p2p-v2 bob@example.com>alice@example.com 25/33 -0+8 "
			    "\"lost\" inv1 acc2 "
		       "first4 last5 end6\n");
	life_end(&l);
}

/* A packet without data has the number of the data before it, which is what an acknowledgement means. */
static void v2_ack_of_data(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_picture_2(&l, 77, 3, 0, 8);
	life_v2(&l, false, (struct v2){.operation = 2}, "", 0);
	life_v2(&l, true, (struct v2){.has_ack = true, .ack = l.base[1]}, "", 0);
	life_v2(&l, false, (struct v2){.operation = 2}, "", 0);
	life_v2(&l, true, (struct v2){.has_ack = true, .ack = l.base[1]}, "", 0);
	life_expect(&l.notes, "3 acks 1\n5 acks 4\n");
	life_end(&l);
}

/* Acknowledgements that acknowledge each other without end. */
static void v2_endless_acks(void **state)
{
	struct life l;

	(void)state;
	life_begin(&l);
	life_v2(&l, true, (struct v2){.operation = 3}, "", 0);
	for (int i = 0; i < 1000; i++) {
		life_v2(&l, false, (struct v2){.has_ack = true, .ack = l.base[0]}, "", 0);
		life_v2(&l, true, (struct v2){.has_ack = true, .ack = l.base[1]}, "", 0);
	}
	l.notes.len = 0;
	life_v2(&l, false, (struct v2){.has_ack = true, .ack = l.base[0]}, "", 0);
	life_expect(&l.notes, "2002 acks 2001\n");
	/* No such packet: once. */
	life_v2(&l, false, (struct v2){.has_ack = true, .ack = 42}, "", 0);
	life_v2(&l, false, (struct v2){.has_ack = true, .ack = 43}, "", 0);
	life_expect(&l.notes, "!p2p.ack_unknown acknowledges a packet that was not seen\n");
	life_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v1_in_order),
		cmocka_unit_test(v1_out_of_order),
		cmocka_unit_test(v1_repeated),
		cmocka_unit_test(v1_hole),
		cmocka_unit_test(v1_hole_untold),
		cmocka_unit_test(v1_end_lost),
		cmocka_unit_test(v1_cut),
		cmocka_unit_test(v1_interleaved),
		cmocka_unit_test(v1_identifier_again),
		cmocka_unit_test(v1_identifier_too_early),
		cmocka_unit_test(v1_same_session),
		cmocka_unit_test(v1_wrong_total),
		cmocka_unit_test(slp_in_parts),
		cmocka_unit_test(v2_in_order),
		cmocka_unit_test(v2_out_of_order),
		cmocka_unit_test(v2_headless),
		cmocka_unit_test(v2_slp_in_parts),
		cmocka_unit_test(v2_ack_of_data),
		cmocka_unit_test(v2_hole),
		cmocka_unit_test(v2_endless_acks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
