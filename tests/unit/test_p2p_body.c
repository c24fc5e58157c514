/* SPDX-License-Identifier: BSD-2-Clause */
/* What P2P packets carry, and the bodies that carry P2P packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/mime.h"
#include "dissectors/msnp_value.h"
#include "p2p_bytes.h"
#include "tree.h"

/* --- what a whole message is --- */

static const struct content_row {
	const char *message;
	size_t length;
	uint32_t session, application;
	enum field_id id;
} content_rows[] = {
	{"INVITE MSNMSGR:bob@example.com MSNSLP/1.0\r\n", 43, 0, 0, F_SLP},
	{"INVITE MSNMSGR:bob@example.com MSNSLP/1.0\r\n", 43, 7, 0, F_P2P_DATA},
	{"no MSNSLP", 9, 0, 0, F_P2P_DATA},
	{"\0\0\0\0", 4, 7, 12, F_P2P_PREPARATION},
	{"\0\0\0\0", 4, 0, 0, F_P2P_DATA},
	{"\0\0\0\0\0", 5, 7, 12, F_P2P_DATA},
	{"\x80\x01\x02\x03\x08\0\x04\0\0\0a\0\0\0", 14, 7, 4, F_TYPED_DATA},
	{"M\0I\0", 4, 64, 0, F_INK},
	{"M\0I\0", 4, 7, 3, F_INK},
};

static void test_content(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(content_rows); i++) {
		const struct content_row *row = &content_rows[i];

		arena_reset(&arena);
		dissection_init(&d, &arena, SLICE_EMPTY, slice_of(row->message, row->length));
		p2p_content_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, row->length, row->session, row->application);
		tree_check(&d);
		assert_non_null(d.root.first);
		assert_string_equal(d.root.first->def->name, field_defs[row->id].name);
	}
	dissection_init(&d, &arena, SLICE_EMPTY, SLICE_EMPTY);
	p2p_content_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, 0, 0, 0);
	assert_null(d.root.first);
	arena_free(&arena);
}

/* The words of the message follow those of the packet behind a colon, with or without a summary before. */
static void test_summary(void **state)
{
	struct arena arena = {0};
	struct bytes b = {.len = 0};
	struct dissection d;

	(void)state;
	add_hex(&b, "00000000 01000000 0000000000000000 1b00000000000000 1b000000 00000000" V1_NO_ACKS);
	add_text(&b, "BYE MSNMSGR:b@c MSNSLP/1.0\n");
	dissection_init(&d, &arena, SLICE_EMPTY, slice_of(b.at, b.len));
	dissection_summary_add(&d, "message");
	p2p_packet_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, b.len, 1, false);
	assert_text(slice_sub(d.summary, 0, 20), "message, P2P v1: BYE");
	arena_free(&arena);
}

/* --- bodies --- */

#define HEADERS "MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\n"
#define GUID_A "{11111111-2222-3333-4444-555555555555}"
#define GUID_B "{66666666-7777-8888-9999-aaaaaaaaaaaa}"

static const struct body_row {
	const char *headers, *hex;
	const char *address; /* of the tree, between the headers and the packet */
	const char *findings;
	const char *summary;
} body_rows[] = {
	{HEADERS "P2P-Dest: bob@example.com\r\n\r\n", V1_DATA,
	 "p2p.destination=\"bob@example.com\"{address.account=\"bob@example.com\"} p2p.packet{p2p.version=1 ", "",
	 "P2P v1 data 0-32 of 33, session 1234567"},
	{HEADERS "P2P-Dest: bob@example.com;" GUID_B "\r\nP2P-Src: alice@example.com;" GUID_A "\r\n\r\n", V2_RAK,
	 "p2p.destination=\"bob@example.com;" GUID_B "\"{address.account=\"bob@example.com\" "
	 "address.endpoint=\"" GUID_B "\"} p2p.source=\"alice@example.com;" GUID_A
	 "\"{address.account=\"alice@example.com\" address.endpoint=\"" GUID_A "\"} p2p.packet{p2p.version=2 ",
	 "", "P2P v2 RAK"},
	/* One client does not know the endpoint of the other. */
	{HEADERS "P2P-Src: a@b;" GUID_A "\r\nP2P-Dest: c@d;\r\n\r\n", V2_RAK,
	 "p2p.destination=\"c@d;\"{address.account=\"c@d\"} p2p.source=\"a@b;" GUID_A
	 "\"{address.account=\"a@b\" address.endpoint=\"" GUID_A "\"} p2p.packet{p2p.version=2 ",
	 "", "P2P v2 RAK"},
	{HEADERS "P2P-Dest: c@d;" GUID_A "\r\n\r\n", V2_RAK, "p2p.packet{p2p.version=2 ", " !p2p.carrier",
	 "P2P v2 RAK"},
	{HEADERS "\r\n", V1_ACK, "p2p.packet{p2p.version=1 ", " !p2p.carrier", "P2P v1 ack of 7654321"},
	{HEADERS "P2P-Dest: c@d\r\n\r\n", "", "p2p.packet{p2p.version=1 p2p.kind=\"broken\"} !p2p.broken",
	 " !p2p.broken", "P2P v1 broken packet"},
};

static void test_bodies(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(body_rows); i++) {
		const struct body_row *row = &body_rows[i];
		struct bytes b = {.len = 0};
		struct buffer tree = {0};

		add_text(&b, row->headers);
		add_hex(&b, row->hex);
		arena_reset(&arena);
		dissection_init(&d, &arena, SLICE_EMPTY, slice_of(b.at, b.len));
		mime_message_dissect(&d, &d.root, SOURCE_PAYLOAD, 0, b.len, NULL);
		tree_check(&d);
		tree_write(&d, &tree);
		assert_true(slice_find(buffer_slice(&tree), slice_str(row->address)) < tree.len);
		size_t end = strlen(row->findings);
		assert_text(slice_sub(buffer_slice(&tree), tree.len - end, end), row->findings);
		assert_int_equal(d.finding_count, end ? 1 : 0);
		assert_text(d.summary, row->summary);
		buffer_free(&tree);
	}
	arena_free(&arena);
}

/* A body of SDG behind a routing block with or without an endpoint. */
static void dissect_sdg(struct dissection *d, struct arena *arena, const struct bytes *b, const char *to)
{
	bool ended;

	arena_reset(arena);
	dissection_init(d, arena, slice_str(to), slice_of(b->at, b->len));
	struct field *routing = field_add(d, &d->root, F_ROUTING, SOURCE_LINE, 0, strlen(to));
	struct field *f = field_add_range(d, routing, F_ROUTING_TO, SOURCE_LINE, 0, strlen(to));
	address_dissect(d, f, (struct range){SOURCE_LINE, 0, strlen(to)});
	struct field *headers = field_add(d, &d->root, F_MSG_HEADERS, SOURCE_PAYLOAD, 0, 0);
	size_t at = headers_dissect(d, headers, F_MSG_HEADER, SOURCE_PAYLOAD, 0, b->len, &ended);
	p2p_body_dissect(d, &d->root, SOURCE_PAYLOAD, at, b->len - at, NULL);
	tree_check(d);
}

#define SDG_HEADERS "Messaging: 2.0\r\nBridging-Offsets: "
#define TO_B "1:bob@example.com;epid=" GUID_B

static const struct sdg_row {
	const char *offsets, *to;
	size_t lengths[3]; /* of the packets */
	const char *findings[4];
	const char *summary;
} sdg_rows[] = {
	{"0,36", TO_B, {36, 24}, {NULL},
	 "P2P v2 data, 4 bytes, 4 to come, session 1234567, P2P v2 data, 4 bytes, last piece, session 1234567"},
	{" 0 , 36 ", TO_B, {36, 24}, {NULL},
	 "P2P v2 data, 4 bytes, 4 to come, session 1234567, P2P v2 data, 4 bytes, last piece, session 1234567"},
	{"36", TO_B, {36, 24}, {"p2p.carrier"},
	 "P2P v2 data, 4 bytes, 4 to come, session 1234567, P2P v2 data, 4 bytes, last piece, session 1234567"},
	{"0,0,36,36,60,99999999999999999999,x,", TO_B, {36, 24},
	 {"p2p.carrier", "p2p.carrier", "p2p.carrier", "p2p.carrier"},
	 "P2P v2 data, 4 bytes, 4 to come, session 1234567, P2P v2 data, 4 bytes, last piece, session 1234567"},
	{"0", "1:bob@example.com", {60}, {"p2p.carrier"}, NULL},
};

static void test_sdg(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(sdg_rows); i++) {
		const struct sdg_row *row = &sdg_rows[i];
		struct bytes b = {.len = 0};
		size_t packets = 0, findings = 0;

		add_text(&b, SDG_HEADERS);
		add_text(&b, row->offsets);
		add_text(&b, "\r\n\r\n");
		add_hex(&b, SDG_1 SDG_2);
		dissect_sdg(&d, &arena, &b, row->to);
		for (const struct field *f = d.root.first; f; f = f->next)
			if (f->def == &field_defs[F_P2P_PACKET])
				assert_int_equal(f->length, row->lengths[packets++]);
		assert_true(packets == 3 || row->lengths[packets] == 0);
		for (const struct finding *f = d.findings; f && findings < 4 && row->findings[findings]; f = f->next)
			assert_string_equal(f->rule->id, row->findings[findings++]);
		assert_true(findings || !d.findings);
		if (row->summary)
			assert_text(d.summary, row->summary);
	}
	arena_free(&arena);
}

/* More packets than the limit stay in the last; the summary speaks of three. */
static void test_many_packets(void **state)
{
	struct arena arena = {0};
	struct bytes b = {.len = 0};
	struct dissection d;
	size_t packets = 0;

	(void)state;
	add_text(&b, SDG_HEADERS "0");
	for (int i = 1; i < 100; i++) {
		char number[8];

		snprintf(number, sizeof(number), ",%d", 12 * i);
		add_text(&b, number);
	}
	add_text(&b, "\r\n\r\n");
	for (int i = 0; i < 100; i++)
		add_hex(&b, V2_RAK);
	dissect_sdg(&d, &arena, &b, TO_B);
	for (const struct field *f = d.root.first; f; f = f->next)
		packets += f->def == &field_defs[F_P2P_PACKET];
	assert_int_equal(packets, 64);
	assert_int_equal(d.root.last->length, 12 * 37);
	assert_string_equal(d.findings->rule->id, "p2p.limit");
	assert_text(d.summary, "P2P v2 RAK, P2P v2 RAK, P2P v2 RAK, 61 more packets");
	arena_free(&arena);
}

static void test_guids(void **state)
{
	struct arena arena = {0};
	struct bytes b = {.len = 0};

	(void)state;
	add_hex(&b, GUID_BYTES);
	assert_text(p2p_guid(&arena, b.at), "{01234567-89AB-CDEF-0123-456789ABCDEF}");
	assert_text(p2p_guid_hashed(&arena, b.at), "{13CD194D-0BFE-C64C-727A-1372D8765403}");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_content), cmocka_unit_test(test_summary),      cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_sdg),     cmocka_unit_test(test_many_packets), cmocka_unit_test(test_guids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
