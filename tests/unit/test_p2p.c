/* SPDX-License-Identifier: BSD-2-Clause */
/* P2P packets in, what they say, trees and summaries out; then each cut at every byte and with each byte wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "p2p_bytes.h"
#include "tree.h"

/* --- packets that say what they should --- */

#define V1_TREE(kind, session, identifier, offset, total, length)                                         \
	"p2p.packet{p2p.version=1 p2p.kind=\"" kind "\" p2p.session_id=" session " p2p.identifier=" identifier \
	" p2p.offset=" offset " p2p.total_size=" total " p2p.length=" length " "
#define V1_ACKS(id, sub, size) " p2p.ack_id=" id " p2p.ack_sub_id=" sub " p2p.ack_size=" size
#define V2_TREE(kind, header, opcode, length, base)                                                       \
	"p2p.packet{p2p.version=2 p2p.kind=\"" kind "\" p2p.header_length=" header " p2p.opcode=" opcode       \
	" p2p.length=" length " p2p.base_id=" base " "
#define SYN_RAK "0x3{p2p.opcode_bit=\"SYN\" p2p.opcode_bit=\"RAK\"}"
#define INFO_TREE(reserved)                                                                               \
	"p2p.tlv{p2p.tlv_type=1 p2p.tlv_length=12 p2p.peer_protocol=0x200 p2p.peer_implementation=0x0 "        \
	"p2p.peer_version=0xe00 p2p.peer_reserved=" reserved " p2p.peer_capabilities=0x10f} "
#define ACKED_TREE(id) "p2p.tlv{p2p.tlv_type=2 p2p.tlv_length=4 p2p.acked_id=" id "} "
#define DATA_TREE(length, tf, first, package, session)                                                    \
	"p2p.data_header_length=" length " p2p.tf=" tf " p2p.first_piece=" first " p2p.package_number=" package \
	" p2p.session_id=" session " "
#define REMAINING_TREE(n) "p2p.tlv{p2p.tlv_type=1 p2p.tlv_length=8 p2p.remaining=" n "} "

struct packet_row {
	const char *hex;
	bool footer;
	struct p2p_packet says; /* but for data, whose bytes follow */
	const char *data;
	const char *tree;
	const char *summary;
};

static const struct packet_row packet_rows[] = {
	{V1_DATA, true,
	 {.version = 1, .kind = P2P_KIND_DATA, .session = 1234567, .identifier = 7654321, .total = 33, .length = 33,
	  .flags = 0x20, .ack_id = 287454020, .first = true, .data_offset = 48, .whole = true, .has_footer = true,
	  .footer = 12},
	 PICTURE_1 PICTURE_2,
	 V1_TREE("data", "1234567", "7654321", "0", "33", "33") "p2p.flags=0x20{p2p.flag=\"object\"}"
	 V1_ACKS("287454020", "0", "0") " p2p.data=33 p2p.footer=12}",
	 "P2P v1 data 0-32 of 33, session 1234567"},
	{V1_ACK, true,
	 {.version = 1, .kind = P2P_KIND_ACK, .session = 1234567, .identifier = 7654400, .flags = 2,
	  .ack_id = 7654321, .ack_sub_id = 287454020, .ack_size = 33, .first = true, .data_offset = 48,
	  .has_footer = true},
	 "",
	 V1_TREE("ack", "1234567", "7654400", "0", "0", "0") "p2p.flags=0x2{p2p.flag=\"ack\"}"
	 V1_ACKS("7654321", "287454020", "33") " p2p.footer=0}",
	 "P2P v1 ack of 7654321"},
	{V1_PREPARATION, true,
	 {.version = 1, .kind = P2P_KIND_PREPARATION, .session = 1234567, .identifier = 7654320, .total = 4,
	  .length = 4, .ack_id = 287453952, .first = true, .data_offset = 48, .whole = true, .has_footer = true,
	  .footer = 12},
	 "00000000",
	 V1_TREE("preparation", "1234567", "7654320", "0", "4", "4") "p2p.flags=0x0"
	 V1_ACKS("287453952", "0", "0") " p2p.preparation=4 p2p.footer=12}",
	 "P2P v1 preparation, session 1234567"},
	{V1_HANDSHAKE, false,
	 {.version = 1, .kind = P2P_KIND_HANDSHAKE, .identifier = 7654500, .flags = 0x100, .first = true,
	  .data_offset = 48, .has_nonce = true,
	  .nonce = {0x67, 0x45, 0x23, 0x01, 0xab, 0x89, 0xef, 0xcd, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}},
	 "",
	 V1_TREE("handshake", "0", "7654500", "0", "0", "0") "p2p.flags=0x100{p2p.flag=\"handshake\"} "
	 "p2p.nonce=\"{01234567-89AB-CDEF-0123-456789ABCDEF}\" "
	 "p2p.nonce_hashed=\"{13CD194D-0BFE-C64C-727A-1372D8765403}\"}",
	 "P2P v1 handshake"},
	{V2_SYN, true,
	 {.version = 2, .kind = P2P_KIND_SYN, .identifier = 1000, .length = 34, .flags = 3, .has_data_header = true,
	  .tf = 1, .first = true, .data_offset = 32, .whole = true, .has_footer = true},
	 SLP_TEXT,
	 V2_TREE("syn", "24", SYN_RAK, "34", "1000") INFO_TREE("0x0") "p2p.padding=2 "
	 DATA_TREE("8", "0x1", "1", "0", "0") "p2p.data=26 p2p.footer=0}",
	 "P2P v2 SYN data, 26 bytes, MSNSLP"},
	{V2_SYNACK, true,
	 {.version = 2, .kind = P2P_KIND_SYN, .identifier = 5000, .flags = 3, .has_acked = true, .acked = 1034,
	  .data_offset = 28, .has_footer = true},
	 "",
	 V2_TREE("syn", "28", SYN_RAK, "0", "5000") ACKED_TREE("1034") INFO_TREE("0x0") "p2p.footer=0}",
	 "P2P v2 SYN, ack of 1034"},
	{V2_ACK, true,
	 {.version = 2, .kind = P2P_KIND_ACK, .identifier = 5000, .has_acked = true, .acked = 1034, .data_offset = 16,
	  .has_footer = true},
	 "", V2_TREE("ack", "16", "0x0", "0", "5000") ACKED_TREE("1034") "p2p.padding=2 p2p.footer=0}",
	 "P2P v2 ack of 1034"},
	{V2_RAK, true,
	 {.version = 2, .kind = P2P_KIND_RAK, .identifier = 1034, .flags = 2, .data_offset = 8, .has_footer = true},
	 "", V2_TREE("rak", "8", "0x2{p2p.opcode_bit=\"RAK\"}", "0", "1034") "p2p.footer=0}", "P2P v2 RAK"},
	{V2_DATA_1, true,
	 {.version = 2, .kind = P2P_KIND_DATA, .session = 1234567, .identifier = 1034, .length = 40,
	  .has_data_header = true, .tf = 5, .first = true, .package = 1, .remaining = 13, .data_offset = 28,
	  .has_footer = true},
	 PICTURE_1,
	 V2_TREE("data", "8", "0x0", "40", "1034") DATA_TREE("20", "0x5", "1", "1", "1234567") REMAINING_TREE("13")
	 "p2p.padding=2 p2p.data=20 p2p.footer=0}",
	 "P2P v2 data, 20 bytes, 13 to come, session 1234567"},
	{V2_DATA_2, true,
	 {.version = 2, .kind = P2P_KIND_DATA, .session = 1234567, .identifier = 1074, .length = 21,
	  .has_data_header = true, .tf = 4, .package = 1, .data_offset = 16, .has_footer = true},
	 PICTURE_2,
	 V2_TREE("data", "8", "0x0", "21", "1074") DATA_TREE("8", "0x4", "0", "1", "1234567")
	 "p2p.data=13 p2p.footer=0}",
	 "P2P v2 data, 13 bytes, last piece, session 1234567"},
	{V2_WLM_SYNACK, true,
	 {.version = 2, .kind = P2P_KIND_SYN, .identifier = 0x263efe3e, .flags = 3, .has_acked = true,
	  .acked = 0xd3b794cf, .data_offset = 28, .has_footer = true},
	 "",
	 V2_TREE("syn", "28", SYN_RAK, "0", "641662526") ACKED_TREE("3552023759") INFO_TREE("0x6e61") "p2p.footer=0}",
	 "P2P v2 SYN, ack of 3552023759"},
	{V2_AMSN_PREPARATION, true,
	 {.version = 2, .kind = P2P_KIND_PREPARATION, .session = 1234567, .identifier = 0xd1aaf6f3, .length = 16,
	  .flags = 1, .has_data_header = true, .tf = 1, .first = true, .shifted = true, .data_offset = 36,
	  .whole = true, .has_footer = true},
	 "00000000",
	 V2_TREE("preparation", "24", "0x1{p2p.opcode_bit=\"SYN\"}", "16", "3517642483") INFO_TREE("0x0")
	 "p2p.padding=2 p2p.data_header_length=8 p2p.tf=0x1 p2p.first_piece=1 p2p.package_number=0 p2p.padding=4 "
	 "p2p.session_id=1234567 p2p.preparation=4 p2p.footer=0} !p2p.broken",
	 "P2P v2 preparation, session 1234567"},
};

static void assert_same(const struct p2p_packet *is, const struct p2p_packet *should, struct slice data)
{
	assert_int_equal(is->version, should->version);
	assert_string_equal(p2p_kind_name(is->kind), p2p_kind_name(should->kind));
	assert_int_equal(is->session, should->session);
	assert_int_equal(is->identifier, should->identifier);
	assert_int_equal(is->offset, should->offset);
	assert_int_equal(is->total, should->total);
	assert_int_equal(is->length, should->length);
	assert_int_equal(is->flags, should->flags);
	assert_int_equal(is->ack_id, should->ack_id);
	assert_int_equal(is->ack_sub_id, should->ack_sub_id);
	assert_int_equal(is->ack_size, should->ack_size);
	assert_int_equal(is->has_acked, should->has_acked);
	assert_int_equal(is->acked, should->acked);
	assert_int_equal(is->has_nak, should->has_nak);
	assert_int_equal(is->nak, should->nak);
	assert_int_equal(is->has_data_header, should->has_data_header);
	assert_int_equal(is->tf, should->tf);
	assert_int_equal(is->first, should->first);
	assert_int_equal(is->package, should->package);
	assert_int_equal(is->remaining, should->remaining);
	assert_int_equal(is->shifted, should->shifted);
	assert_int_equal(is->data_offset, should->data_offset);
	assert_int_equal(is->whole, should->whole);
	assert_int_equal(is->has_footer, should->has_footer);
	assert_int_equal(is->footer, should->footer);
	assert_int_equal(is->has_nonce, should->has_nonce);
	assert_memory_equal(is->nonce, should->nonce, P2P_NONCE_LENGTH);
	assert_true(slice_eq(is->data, data));
}

static struct field *dissect(struct dissection *d, struct arena *arena, struct slice bytes, int version, bool footer)
{
	arena_reset(arena);
	dissection_init(d, arena, SLICE_EMPTY, bytes);
	struct field *packet = p2p_packet_dissect(d, &d->root, SOURCE_PAYLOAD, 0, bytes.len, version, footer);
	tree_check(d);
	return packet;
}

static void assert_tree(const struct dissection *d, const char *tree)
{
	struct buffer out = {0};

	tree_write(d, &out);
	assert_text(buffer_slice(&out), tree);
	buffer_free(&out);
}

static void test_packets(void **state)
{
	struct arena arena = {0};
	struct dissection d;
	struct p2p_packet p;

	(void)state;
	for (size_t i = 0; i < COUNT(packet_rows); i++) {
		const struct packet_row *row = &packet_rows[i];
		struct bytes packet = {.len = 0}, data = {.len = 0};

		add_hex(&packet, row->hex);
		add_hex(&data, row->data);
		struct slice bytes = slice_of(packet.at, packet.len);
		assert_true(p2p_packet_parse(bytes, row->says.version, row->footer, &p));
		assert_same(&p, &row->says, slice_of(data.at, data.len));
		const struct field *f = dissect(&d, &arena, bytes, row->says.version, row->footer);
		assert_tree(&d, row->tree);
		assert_text(d.summary, row->summary);
		assert_true(p2p_packet_of(&d, f, &p));
		assert_same(&p, &row->says, slice_of(data.at, data.len));
	}
	arena_free(&arena);
}

/* --- packets that are broken, or rare --- */

#define NO_ACKS V1_ACKS("0", "0", "0")

struct broken_row {
	const char *hex;
	int version;
	bool footer;
	const char *tree;
	const char *summary;
};

static const struct broken_row broken_rows[] = {
	/* A client that leaves the length 0, or writes that of the packet before. */
	{V1_START "0000000000000000 0400000000000000 00000000 00000000" V1_NO_ACKS "00000000 00000001", 1, true,
	 V1_TREE("preparation", "1234567", "7654321", "0", "4", "0") "p2p.flags=0x0" NO_ACKS
	 " p2p.preparation=4 p2p.footer=1} !p2p.broken",
	 "P2P v1 preparation, session 1234567"},
	{V1_START "0200000000000000 0400000000000000 b2040000 20000000" V1_NO_ACKS "6162 00000001", 1, true,
	 V1_TREE("data", "1234567", "7654321", "2", "4", "1202") "p2p.flags=0x20{p2p.flag=\"object\"}" NO_ACKS
	 " p2p.data=2 p2p.footer=1} !p2p.broken",
	 "P2P v1 data 2-3 of 4, session 1234567"},
	/* Zeros that prepare nothing. */
	{"00000000 b1cb7400 0000000000000000 0400000000000000 04000000 00000000" V1_NO_ACKS "00000000", 1, false,
	 V1_TREE("data", "0", "7654321", "0", "4", "4") "p2p.flags=0x0" NO_ACKS " p2p.data=4}",
	 "P2P v1 data 0-3 of 4, MSNSLP"},
	{"0800 000c 00000001 0805 0001 00000007 00000000", 2, false,
	 V2_TREE("data", "8", "0x0", "12", "1") DATA_TREE("8", "0x5", "1", "1", "7") "p2p.data=4}",
	 "P2P v2 data, 4 bytes, session 7"},
	/* Beyond the total; an offset that overflows. */
	{V1_START "0300000000000000 0400000000000000 02000000 00000000" V1_NO_ACKS "6162", 1, false,
	 V1_TREE("data", "1234567", "7654321", "3", "4", "2") "p2p.flags=0x0" NO_ACKS " p2p.data=2} !p2p.broken",
	 "P2P v1 data 3-4 of 4, session 1234567"},
	{V1_START "ffffffffffffffff ffffffffffffffff 02000000 00000000" V1_NO_ACKS "6162", 1, false,
	 V1_TREE("data", "1234567", "7654321", "18446744073709551615", "18446744073709551615", "2") "p2p.flags=0x0"
	 NO_ACKS " p2p.data=2} !p2p.broken",
	 "P2P v1 data 18446744073709551615-0 of 18446744073709551615, session 1234567"},
	/* The other kinds; flags that are not known. */
	{V1_START "0000000000000000 0400000000000000 00000000 00000000" V1_NO_ACKS, 1, false,
	 V1_TREE("empty", "1234567", "7654321", "0", "4", "0") "p2p.flags=0x0" NO_ACKS "} !p2p.broken",
	 "P2P v1 empty"},
	{V1_START "0000000000000000 0400000000000000 00000000 01000000" "02000000 03000000 0000000000000000", 1, false,
	 V1_TREE("nak", "1234567", "7654321", "0", "4", "0") "p2p.flags=0x1{p2p.flag=\"nak\"}"
	 V1_ACKS("2", "3", "0") "}",
	 "P2P v1 nak of 2"},
	{V1_START "0000000000000000 0000000000000000 00000000 48040002" V1_NO_ACKS, 1, false,
	 V1_TREE("error", "1234567", "7654321", "0", "0", "0")
	 "p2p.flags=0x2000448{p2p.flag=\"error\" p2p.flag=\"close\"}" NO_ACKS "} !p2p.unknown_bits",
	 "P2P v1 error"},
	{V1_START "0000000000000000 0000000000000000 00000000 40000000" V1_NO_ACKS, 1, false,
	 V1_TREE("close", "1234567", "7654321", "0", "0", "0") "p2p.flags=0x40{p2p.flag=\"close\"}" NO_ACKS "}",
	 "P2P v1 close"},
	{V1_START "0000000000000000 0000000000000000 00000000 80000000 00000000 0f000082 0000000000000000", 1, false,
	 V1_TREE("cancel", "1234567", "7654321", "0", "0", "0") "p2p.flags=0x80{p2p.flag=\"transport_error\"}"
	 V1_ACKS("0", "2181038095", "0") "}",
	 "P2P v1 cancel"},
	{V1_START "0000000000000000 0000000000000000 00000000 02010000" GUID_BYTES, 1, false,
	 V1_TREE("handshake", "1234567", "7654321", "0", "0", "0")
	 "p2p.flags=0x102{p2p.flag=\"ack\" p2p.flag=\"handshake\"} "
	 "p2p.nonce=\"{01234567-89AB-CDEF-0123-456789ABCDEF}\" "
	 "p2p.nonce_hashed=\"{13CD194D-0BFE-C64C-727A-1372D8765403}\"} !p2p.handshake",
	 "P2P v1 handshake"},
	/* Without a footer; too short. */
	{V1_START "0000000000000000 0000000000000000 00000000 02000000" V1_NO_ACKS "0000", 1, true,
	 V1_TREE("ack", "1234567", "7654321", "0", "0", "0") "p2p.flags=0x2{p2p.flag=\"ack\"}" NO_ACKS
	 " p2p.footer} !p2p.broken",
	 "P2P v1 ack of 0"},
	{V1_START, 1, true, "p2p.packet{p2p.version=1 p2p.kind=\"broken\" p2p.unread=8} !p2p.broken",
	 "P2P v1 broken packet"},
	{"", 1, true, "p2p.packet{p2p.version=1 p2p.kind=\"broken\"} !p2p.broken", "P2P v1 broken packet"},
	{"0802 0000 0000", 2, true, "p2p.packet{p2p.version=2 p2p.kind=\"broken\" p2p.unread=6} !p2p.broken",
	 "P2P v2 broken packet"},
	{"0800 0000 00000001 0000", 2, true, V2_TREE("empty", "8", "0x0", "0", "1") "p2p.footer} !p2p.broken",
	 "P2P v2 empty"},
	/* Lengths of headers. */
	{"0400 0000 00000001 00000000", 2, true, V2_TREE("broken", "4", "0x0", "0", "1") "p2p.unread=4} !p2p.broken",
	 "P2P v2 broken packet"},
	{"1000 0000 00000001 00000000", 2, true, V2_TREE("broken", "16", "0x0", "0", "1") "p2p.unread=4} !p2p.broken",
	 "P2P v2 broken packet"},
	{"0900 0000 00000001 00 00000000", 2, true,
	 V2_TREE("empty", "9", "0x0", "0", "1") "p2p.padding=1 p2p.footer=0} !p2p.broken", "P2P v2 empty"},
	{"0800 0010 00000001 0701 0000 00000001 6162 00000000", 2, true,
	 V2_TREE("broken", "8", "0x0", "16", "1") "p2p.unread=14 p2p.footer} !p2p.broken !p2p.broken",
	 "P2P v2 broken packet"},
	{"0800 000a 00000001 0b01 0000 00000001 6162 00000000", 2, true,
	 V2_TREE("broken", "8", "0x0", "10", "1") "p2p.unread=10 p2p.footer=0} !p2p.broken",
	 "P2P v2 broken packet"},
	{"0800 0004 00000001 00000000", 2, true,
	 V2_TREE("broken", "8", "0x0", "4", "1") "p2p.footer=0} !p2p.broken", "P2P v2 broken packet"},
	/* The length beside what is there: less, more, none. */
	{"0800 0009 00000001 0805 0001 00000007 6162", 2, false,
	 V2_TREE("data", "8", "0x0", "9", "1") DATA_TREE("8", "0x5", "1", "1", "7") "p2p.data=2} !p2p.broken",
	 "P2P v2 data, 2 bytes, session 7"},
	{"0800 000b 00000001 0805 0001 00000007 6162", 2, false,
	 V2_TREE("data", "8", "0x0", "11", "1") DATA_TREE("8", "0x5", "1", "1", "7") "p2p.data=2} !p2p.broken",
	 "P2P v2 data, 2 bytes, cut, session 7"},
	/* Cut before the footer. */
	{"0800 000f 00000001 0805 0001 00000007 616263646566", 2, true,
	 V2_TREE("data", "8", "0x0", "15", "1") DATA_TREE("8", "0x5", "1", "1", "7")
	 "p2p.data=6 p2p.footer} !p2p.broken",
	 "P2P v2 data, 6 bytes, cut, session 7"},
	{V1_START "0000000000000000 2100000000000000 08000000 00000000" V1_NO_ACKS "616263646566", 1, true,
	 V1_TREE("data", "1234567", "7654321", "0", "33", "8") "p2p.flags=0x0" NO_ACKS
	 " p2p.data=6 p2p.footer} !p2p.broken",
	 "P2P v1 data 0-5 of 33, session 1234567"},
	{"0800 0004 00000001 0805 0001 00000007 6162", 2, false,
	 V2_TREE("data", "8", "0x0", "4", "1") DATA_TREE("8", "0x5", "1", "1", "7")
	 "p2p.data=2} !p2p.broken !p2p.broken",
	 "P2P v2 data, 2 bytes, session 7"},
	{"0800 0000 00000001 6162", 2, false, V2_TREE("empty", "8", "0x0", "0", "1") "p2p.unread=2} !p2p.broken",
	 "P2P v2 empty"},
	/* TLVs: over the header, of a wrong length, not known, refusing. */
	{"1000 0000 00000001 0208 0000040a 0000", 2, false,
	 V2_TREE("empty", "16", "0x0", "0", "1") "p2p.unread=8} !p2p.broken", "P2P v2 empty"},
	{"1000 0000 00000001 0202 040a 04020102", 2, false,
	 V2_TREE("empty", "16", "0x0", "0", "1")
	 "p2p.tlv{p2p.tlv_type=2 p2p.tlv_length=2 p2p.tlv_value=2} "
	 "p2p.tlv{p2p.tlv_type=4 p2p.tlv_length=2 p2p.tlv_value=2}} !p2p.broken",
	 "P2P v2 empty"},
	{"1000 0000 00000001 0304 0000040a 0000", 2, false,
	 V2_TREE("nak", "16", "0x0", "0", "1") "p2p.tlv{p2p.tlv_type=3 p2p.tlv_length=4 p2p.nak_id=1034} "
	 "p2p.padding=2}",
	 "P2P v2 nak of 1034"},
	{"0800 0010 00000001 0e05 0001 00000007 0104 00000001 6162", 2, false,
	 V2_TREE("data", "8", "0x0", "16", "1") DATA_TREE("14", "0x5", "1", "1", "7")
	 "p2p.tlv{p2p.tlv_type=1 p2p.tlv_length=4 p2p.tlv_value=4} p2p.data=2} !p2p.broken",
	 "P2P v2 data, 2 bytes, session 7"},
	/* Bits that are not known. */
	{"0886 0000 00000001", 2, false, "p2p.packet{p2p.version=2 p2p.kind=\"rak\" p2p.header_length=8 "
	 "p2p.opcode=0x86{p2p.opcode_bit=\"RAK\"} p2p.length=0 p2p.base_id=1} !p2p.unknown_bits",
	 "P2P v2 RAK"},
	{"0800 0009 00000001 0803 0001 00000007 61", 2, false,
	 V2_TREE("data", "8", "0x0", "9", "1") DATA_TREE("8", "0x3", "1", "1", "7") "p2p.data=1} !p2p.unknown_bits",
	 "P2P v2 data, 1 bytes, session 7"},
};

static void test_broken(void **state)
{
	struct arena arena = {0};
	struct dissection d;

	(void)state;
	for (size_t i = 0; i < COUNT(broken_rows); i++) {
		const struct broken_row *row = &broken_rows[i];
		struct bytes packet = {.len = 0};

		add_hex(&packet, row->hex);
		dissect(&d, &arena, slice_of(packet.at, packet.len), row->version, row->footer);
		assert_tree(&d, row->tree);
		assert_text(d.summary, row->summary);
	}
	arena_free(&arena);
}

/* --- every byte has its field, whatever is wrong --- */

static void mark_leaves(const struct field *f, uint8_t *seen)
{
	for (; f; f = f->next)
		if (f->first)
			mark_leaves(f->first, seen);
		else if (f->source == SOURCE_PAYLOAD && f->def->type != FIELD_BRANCH && f->def->type != FIELD_DICT)
			memset(seen + f->offset, 1, f->length);
}

static void check_bytes(struct arena *arena, struct slice bytes, int version, bool footer)
{
	uint8_t seen[ROOM] = {0};
	struct p2p_packet p, again;
	struct dissection d;
	uint8_t *copy = malloc(bytes.len ? bytes.len : 1);

	assert_non_null(copy);
	memcpy(copy, bytes.ptr, bytes.len);
	const struct field *f = dissect(&d, arena, slice_of(copy, bytes.len), version, footer);
	mark_leaves(&d.root, seen);
	for (size_t i = 0; i < bytes.len; i++)
		assert_true(seen[i]);
	assert_int_equal(p2p_packet_parse(slice_of(copy, bytes.len), version, footer, &p),
			 p2p_packet_of(&d, f, &again));
	assert_int_equal(p.kind == P2P_KIND_BROKEN, again.kind == P2P_KIND_BROKEN);
	assert_true(p.data.len <= bytes.len && p.data_offset <= bytes.len - p.data.len);
	free(copy);
}

static void test_cut_and_wrong(void **state)
{
	static const uint8_t wrong[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(packet_rows); i++) {
		const struct packet_row *row = &packet_rows[i];
		int version = row->says.version;
		struct bytes b = {.len = 0};

		add_hex(&b, row->hex);
		for (size_t len = 0; len <= b.len; len++) {
			check_bytes(&arena, slice_of(b.at, len), version, true);
			check_bytes(&arena, slice_of(b.at, len), version, false);
			check_bytes(&arena, slice_of(b.at, len), 3 - version, true);
		}
		for (size_t at = 0; at < b.len; at++)
			for (size_t w = 0; w < sizeof(wrong); w++) {
				uint8_t was = b.at[at];

				b.at[at] = wrong[w];
				check_bytes(&arena, slice_of(b.at, b.len), version, row->footer);
				b.at[at] = was;
			}
	}
	arena_free(&arena);
}

/* Pieces of aMSN do not say how much is to come: all but the last are full. */
static void test_shifted_pieces(void **state)
{
	struct arena arena = {0};
	struct bytes b = {.len = 0};
	struct dissection d;
	struct p2p_packet p;

	(void)state;
	add_hex(&b, "1801 04b4 d1aaf6f3" AMSN_INFO "0801 0000 00000000 0012d687");
	memset(b.at + b.len, 'x', P2P_SHIFTED_PIECE);
	b.len += P2P_SHIFTED_PIECE;
	assert_true(p2p_packet_parse(slice_of(b.at, b.len), 2, false, &p));
	assert_true(p.shifted && p.first && !p.whole);
	assert_int_equal(p.data.len, 1192);
	dissect(&d, &arena, slice_of(b.at, b.len), 2, false);
	assert_text(d.summary, "P2P v2 SYN data, 1192 bytes, more to come, session 1234567");
	/* The next piece, which is the last. */
	b.at[25] = 0;
	b.len--;
	assert_true(p2p_packet_parse(slice_of(b.at, b.len), 2, false, &p));
	assert_true(p.shifted && !p.first && !p.whole);
	dissect(&d, &arena, slice_of(b.at, b.len), 2, false);
	assert_text(d.summary, "P2P v2 SYN data, 1191 bytes, last piece, session 1234567");
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_cut_and_wrong),
		cmocka_unit_test(test_shifted_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
