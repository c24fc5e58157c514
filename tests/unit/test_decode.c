/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets are written out by hand, from the documents that src/decode names. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "packets.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 192.0.2.10:1043 to 192.0.2.80:1863, "OUT\r\n"; all checksums are right. */
#define IP4_HEAD "45 00 00 2d 00 07 40 00 40 06 b6 69 c0 00 02 0a c0 00 02 50"
#define TCP4 "04 13 07 47 00 00 03 fb 00 00 13 96 50 18 ff ff 5b 1f 00 00 4f 55 54 0d 0a"
#define IP4 IP4_HEAD " " TCP4
#define IP4_BYTES 45u
/* The same in IPv6. */
#define IP6 "60 00 00 00 00 19 06 40 " ADDRESSES6 " " TCP6
#define TCP_BYTES 25u
#define DATA_BYTES 5u

#define MACS "02 00 00 00 00 80 02 00 00 00 00 10 "
#define LLC "aa aa 03 00 00 00 08 00 "
#define WIFI_ADDRESSES "02 00 00 00 00 aa 02 00 00 00 00 10 02 00 00 00 00 80 "

static void check_segment(const struct segment *s, const char *source, const char *destination)
{
	char text[ADDRESS_TEXT_MAX];

	address_text(&s->source, text);
	assert_string_equal(text, source);
	address_text(&s->destination, text);
	assert_string_equal(text, destination);
	assert_int_equal(s->frame, 7);
	assert_int_equal(s->time_ns, 8);
	assert_int_equal(s->seq, 0x3fb);
	assert_int_equal(s->ack, 0x1396);
	assert_int_equal(s->flags, TCP_PSH | TCP_ACK);
	assert_false(s->ordered);
	assert_false(s->bad_checksum);
	assert_int_equal(s->payload_len, DATA_BYTES);
}

/*
 * The packet, whole and cut at every byte, with checksums verified: a segment
 * exactly when its headers are there, with as much of the data as is there.
 * data_at: where the data begins.
 */
static void check_packet(int linktype, const struct buffer *b, size_t data_at, bool v6)
{
	struct decoder *d = decoder_new(true);
	struct segment s;
	uint8_t *memory;

	for (size_t len = 0; len <= b->len; len++) {
		enum decode_result result = packets_decode_cut(d, linktype, b, len, &s, &memory);
		size_t have = len > data_at ? len - data_at : 0;

		if (have > DATA_BYTES)
			have = DATA_BYTES;
		if (result != (len < data_at ? DECODE_BROKEN : DECODE_TCP))
			fail_msg("link type %d cut to %zu of %zu: %d", linktype, len, b->len, (int)result);
		if (result == DECODE_TCP) {
			check_segment(&s, v6 ? "[2001:db8::10]:1043" : "192.0.2.10:1043",
				      v6 ? "[2001:db8::80]:1863" : "192.0.2.80:1863");
			assert_int_equal(s.payload.len, have);
			assert_memory_equal(s.payload.ptr, "OUT\r\n", have);
		}
		free(memory);
	}
	decoder_free(d);
}

/* ---- link layers ---- */

static const struct {
	int linktype;
	const char *head;
	bool v6;
} links[] = {
	{1, MACS "08 00", false},
	{1, MACS "86 dd", true},
	{1, MACS "00 35 " LLC, false},
	{1, MACS "00 35 aa aa 03 00 00 f8 08 00", false},
	{1, MACS "00 30 06 06 03", false},
	{1, MACS "81 00 20 64 08 00", false},
	{1, MACS "88 a8 00 01 81 00 20 64 08 00", false},
	{1, MACS "91 00 00 01 91 00 00 02 81 00 20 64 86 dd", true},
	{1, MACS "81 00 20 64 00 35 " LLC, false},
	{1, MACS "88 64 11 00 00 07 00 2f 00 21", false},
	{1, MACS "81 00 20 64 88 64 11 00 00 07 00 43 00 57", true},
	{113, "00 04 00 01 00 06 02 00 00 00 00 10 00 00 08 00", false},
	{113, "00 04 00 01 00 06 02 00 00 00 00 10 00 00 86 dd", true},
	{113, "00 04 00 01 00 06 02 00 00 00 00 10 00 00 81 00 20 64 08 00", false},
	{113, "00 04 00 01 00 06 02 00 00 00 00 10 00 00 00 04 " LLC, false},
	{276, "08 00 00 00 00 00 00 02 00 01 04 06 02 00 00 00 00 10 00 00", false},
	{276, "86 dd 00 00 00 00 00 02 00 01 04 06 02 00 00 00 00 10 00 00", true},
	{12, "", false},
	{14, "", false},
	{101, "", false},
	{101, "", true},
	{228, "", false},
	{229, "", true},
	{0, "02 00 00 00", false},
	{0, "00 00 00 02", false},
	{0, "18 00 00 00", true},
	{0, "00 00 00 1c", true},
	{0, "1e 00 00 00", true},
	{108, "00 00 00 02", false},
	{108, "00 00 00 18", true},
	{9, "ff 03 00 21", false},
	{9, "ff 03 21", false},
	{9, "00 21", false},
	{9, "21", false},
	{9, "57", true},
	{50, "ff 03 00 21", false},
	{50, "00 57", true},
	{50, "0f 00 08 00", false},
	{50, "8f 00 86 dd", true},
	{104, "0f 00 08 00", false},
	{204, "00 ff 03 00 21", false},
	{204, "01 00 57", true},
	{51, "11 00 00 07 00 2f 00 21", false},
	{105, "08 01 00 00 " WIFI_ADDRESSES "10 00 " LLC, false},
	{105, "88 02 00 00 " WIFI_ADDRESSES "10 00 06 00 " LLC, false},
	{105, "88 82 00 00 " WIFI_ADDRESSES "10 00 06 00 01 02 03 04 " LLC, false},
	{105, "08 03 00 00 " WIFI_ADDRESSES "10 00 02 00 00 00 00 99 " LLC, false},
	{105, "88 03 00 00 " WIFI_ADDRESSES "10 00 02 00 00 00 00 99 06 00 " LLC, false},
	{127, "00 00 08 00 00 00 00 00 08 01 00 00 " WIFI_ADDRESSES "10 00 " LLC, false},
	/* flags alone: no padding of the header; then with it, behind a second word of present bits and the TSFT */
	{127, "00 00 09 00 02 00 00 00 00 88 01 00 00 " WIFI_ADDRESSES "10 00 06 00 " LLC, false},
	{127, "00 00 09 00 02 00 00 00 20 88 01 00 00 " WIFI_ADDRESSES "10 00 06 00 00 00 " LLC, false},
	{127, "00 00 19 00 03 00 00 80 00 00 00 00 00 00 00 00 01 02 03 04 05 06 07 08 20 88 01 00 00 "
	      WIFI_ADDRESSES "10 00 06 00 00 00 " LLC, false},
	{163, "80 21 10 01 00 00 00 0c 00 00 00 00 08 01 00 00 " WIFI_ADDRESSES "10 00 " LLC, false},
	{119, "80 21 10 02 00 00 00 08 08 01 00 00 " WIFI_ADDRESSES "10 00 " LLC, false},
	{252, "00 0c 00 04 69 70 00 00 00 00 00 00", false},
	{252, "00 0c 00 04 69 70 76 36 00 00 00 00", true},
	{252, "00 0d 00 04 65 74 68 00 00 00 00 00 " MACS "08 00", false},
	{252, "00 0b 00 04 00 00 00 71 00 00 00 00 00 04 00 01 00 06 02 00 00 00 00 10 00 00 08 00", false},
};

static void test_links(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(links); i++) {
		struct buffer b = packets_from_hex(links[i].head);

		packets_hex(&b, links[i].v6 ? IP6 : IP4);
		assert_true(decode_linktype_supported(links[i].linktype));
		check_packet(links[i].linktype, &b, b.len - DATA_BYTES, links[i].v6);
		buffer_free(&b);
	}
}

/* Bytes behind the IP datagram are padding or a frame check sequence. */
static void test_padding(void **state)
{
	struct buffer b = packets_from_hex(MACS "08 00 " IP4);
	size_t data_at = b.len - DATA_BYTES;

	(void)state;
	packets_hex(&b, "ee ee ee ee ee ee");
	check_packet(1, &b, data_at, false);
	buffer_free(&b);
	b = packets_from_hex(MACS "86 dd " IP6);
	data_at = b.len - DATA_BYTES;
	packets_hex(&b, "ee ee ee ee");
	check_packet(1, &b, data_at, true);
	buffer_free(&b);
}

static void test_prism(void **state)
{
	struct buffer b = packets_from_hex("00 00 00 41 00 00 00 90");

	(void)state;
	while (b.len < 144)
		buffer_add_byte(&b, 0);
	packets_hex(&b, "08 01 00 00 " WIFI_ADDRESSES "10 00 " LLC IP4);
	check_packet(119, &b, b.len - DATA_BYTES, false);
	buffer_free(&b);
}

static const struct {
	int linktype;
	const char *hex;
	enum decode_result result;
} not_tcp[] = {
	{1, MACS "08 06 00 01 08 00 06 04 00 01", DECODE_OTHER},                    /* ARP */
	{1, MACS "05 dd", DECODE_OTHER},                                            /* neither length nor type */
	{1, MACS "00 07 e0 e0 03 ff ff", DECODE_OTHER},                             /* IPX in LLC */
	{1, MACS "00 10 aa aa 03 00 00 0c 20 00", DECODE_OTHER},                    /* SNAP of another organisation */
	{1, MACS "00 08 aa aa 03 00 00 00 00 08", DECODE_OTHER},                    /* SNAP with a length */
	{1, MACS "88 63 11 09 00 00 00 00", DECODE_OTHER},                          /* PPPoE discovery */
	{1, MACS "88 64 11 a7 00 07 00 00", DECODE_OTHER},                          /* PPPoE termination */
	{1, MACS "88 64 11 00 00 07 00 04 c0 21 01 01", DECODE_OTHER},              /* LCP */
	{1, MACS "08 00 60", DECODE_BROKEN},
	{1, MACS "86 dd " IP4, DECODE_BROKEN},                                      /* the types disagree */
	{1, MACS "08 00 " IP6, DECODE_BROKEN},
	{1, "", DECODE_BROKEN},
	{113, "00 04 03 38 00 00 00 00 00 00 00 00 00 00 08 00 " IP4, DECODE_OTHER}, /* netlink */
	{0, "07 00 00 00 00", DECODE_OTHER},
	{9, "ff 03 00 2d 00", DECODE_OTHER},                                        /* compressed TCP */
	{50, "ff 03 c0 21 01 01", DECODE_OTHER},
	{105, "80 00 00 00 " WIFI_ADDRESSES "10 00 00", DECODE_OTHER},              /* beacon */
	{105, "48 01 00 00 " WIFI_ADDRESSES "10 00", DECODE_OTHER},                 /* null data */
	{105, "08 41 00 00 " WIFI_ADDRESSES "10 00 " LLC IP4, DECODE_OTHER},        /* protected */
	{105, "08 05 00 00 " WIFI_ADDRESSES "10 00 " LLC IP4, DECODE_OTHER},        /* more fragments */
	{105, "08 01 00 00 " WIFI_ADDRESSES "11 00 " LLC IP4, DECODE_OTHER},        /* second fragment */
	{105, "88 01 00 00 " WIFI_ADDRESSES "10 00 80 00 " LLC IP4, DECODE_OTHER},  /* several frames in one */
	{127, "00 00 08 00 02 00 00 00 08", DECODE_BROKEN},                         /* a field beyond the header */
	{127, "00 00 08 00 00 00 00 80 08", DECODE_BROKEN},
	{163, "12 34 56 78 00 00 00 0c", DECODE_BROKEN},
	{163, "80 21 10 01 ff ff ff ff 00", DECODE_BROKEN},
	{101, "45 00 00 1c 00 00 00 00 40 11 00 00 c0 00 02 0a c0 00 02 50 00 35 00 35 00 08 00 00", DECODE_OTHER},
	{101, "44 00 00 2d 00 00 40 00 40 06 00 00 c0 00 02 0a c0 00 02 50 " TCP4, DECODE_BROKEN}, /* short header */
	{101, "45 00 00 13 00 00 40 00 40 06 00 00 c0 00 02 0a c0 00 02 50 " TCP4, DECODE_BROKEN}, /* short total */
	{101, "46 00 00 15 00 00 40 00 40 06 00 00 c0 00 02 0a c0 00 02 50 00 00 00 00", DECODE_BROKEN},
	{101, "35 00 00 2d 00 00 40 00 40 06 00 00 c0 00 02 0a c0 00 02 50 " TCP4, DECODE_BROKEN}, /* version 3 */
	{101, "45 00 00 27 00 00 40 00 40 06 00 00 c0 00 02 0a c0 00 02 50 " TCP4, DECODE_BROKEN}, /* 19 bytes of TCP */
	{101, IP4_HEAD " 04 13 07 47 00 00 03 fb 00 00 13 96 40 18 ff ff 9d dd 00 00 4f 55 54 0d 0a", DECODE_BROKEN},
	{101, IP4_HEAD " 04 13 07 47 00 00 03 fb 00 00 13 96 70 18 ff ff 9d dd 00 00 4f 55 54 0d 0a", DECODE_BROKEN},
	{101, "60 00 00 00 00 08 11 40 " ADDRESSES6 " 00 35 00 35 00 08 00 00", DECODE_OTHER},
	{101, "60 00 00 00 00 08 3b 40 " ADDRESSES6 " 00 00 00 00 00 00 00 00", DECODE_OTHER}, /* no next header */
	{101, "60 00 00 00 00 08 32 40 " ADDRESSES6 " 00 00 00 01 00 00 00 01", DECODE_OTHER}, /* ESP */
	{101, "60 00 00 00 00 08 00 40 " ADDRESSES6 " 06 01 01 04 00 00 00 00", DECODE_BROKEN}, /* options beyond */
	{101, "60 00 00 00 00 04 00 40 " ADDRESSES6 " 06 00 01 04 00 00 00 00", DECODE_BROKEN},
	{228, IP6, DECODE_BROKEN},
	{229, IP4, DECODE_BROKEN},
	{147, IP4, DECODE_UNSUPPORTED},
	{-1, IP4, DECODE_UNSUPPORTED},
};

static void test_not_tcp(void **state)
{
	struct decoder *d = decoder_new(false);
	uint64_t results[5] = {0};
	struct segment s;

	(void)state;
	for (size_t i = 0; i < COUNT(not_tcp); i++) {
		enum decode_result result = packets_decode_hex(d, not_tcp[i].linktype, not_tcp[i].hex, &s);

		if (result != not_tcp[i].result)
			fail_msg("%d: %s: %d", not_tcp[i].linktype, not_tcp[i].hex, (int)result);
		results[result]++;
	}
	assert_int_equal(decoder_counters(d)->packets, COUNT(not_tcp));
	assert_int_equal(decoder_counters(d)->tcp, 0);
	assert_int_equal(decoder_counters(d)->other, results[DECODE_OTHER]);
	assert_int_equal(decoder_counters(d)->broken, results[DECODE_BROKEN]);
	assert_int_equal(decoder_counters(d)->unsupported, results[DECODE_UNSUPPORTED]);
	assert_false(decode_linktype_supported(147));
	decoder_free(d);
}

static void test_nesting(void **state)
{
	struct decoder *d = decoder_new(false);
	struct segment s;
	struct buffer b = packets_from_hex(MACS);

	(void)state;
	for (unsigned i = 0; i < DECODE_NESTING_MAX; i++)
		packets_hex(&b, "81 00 00 01");
	packets_hex(&b, "08 00 " IP4);
	uint8_t *memory;
	assert_int_equal(packets_decode_cut(d, 1, &b, b.len, &s, &memory), DECODE_BROKEN);
	free(memory);
	buffer_free(&b);
	b = (struct buffer){0};
	for (unsigned i = 0; i < 1000; i++) /* an exported PDU within an exported PDU ... */
		packets_hex(&b, "00 0b 00 04 00 00 00 fc 00 00 00 00");
	assert_int_equal(packets_decode_cut(d, 252, &b, b.len, &s, &memory), DECODE_BROKEN);
	free(memory);
	buffer_free(&b);
	decoder_free(d);
}

/* ---- IP ---- */

static void test_tunnels(void **state)
{
	struct decoder *d = decoder_new(false);
	struct segment s;

	(void)state;
	assert_int_equal(packets_decode_hex(d, 101, "45 00 00 18 00 00 00 00 40 2f 00 00 c0 00 02 0a c0 00 02 50 00 00 08 00", &s),
			 DECODE_OTHER);
	assert_int_equal(packets_decode_hex(d, 101, "45 00 00 41 00 00 00 00 40 04 00 00 c0 00 02 0a c0 00 02 50 " IP4, &s),
			 DECODE_OTHER);
	assert_int_equal(packets_decode_hex(d, 101, "45 00 00 55 00 00 00 00 40 29 00 00 c0 00 02 0a c0 00 02 50 " IP6, &s),
			 DECODE_OTHER);
	assert_int_equal(packets_decode_hex(d, 101, "60 00 00 00 00 04 2f 40 " ADDRESSES6 " 00 00 08 00", &s), DECODE_OTHER);
	assert_int_equal(decoder_counters(d)->tunnels, 4);
	assert_int_equal(decoder_counters(d)->other, 4);
	decoder_free(d);
}

static void check_hex(int linktype, const char *hex, bool v6)
{
	struct buffer b = packets_from_hex(hex);

	check_packet(linktype, &b, b.len - DATA_BYTES, v6);
	buffer_free(&b);
}

static void test_ip_options(void **state)
{
	(void)state;
	/* IPv4: router alert; TCP: no operation, end of options */
	check_hex(101, "46 00 00 31 00 07 40 00 40 06 21 61 c0 00 02 0a c0 00 02 50 94 04 00 00 " TCP4, false);
	check_hex(101, "45 00 00 31 00 07 40 00 40 06 b6 65 c0 00 02 0a c0 00 02 50 "
		       "04 13 07 47 00 00 03 fb 00 00 13 96 60 18 ff ff 4a 1a 00 00 01 01 00 00 4f 55 54 0d 0a", false);
}

static void test_ipv6_extensions(void **state)
{
	(void)state;
	/* hop-by-hop options; then */
	check_hex(101, "60 00 00 00 00 21 00 40 " ADDRESSES6 " 06 00 01 04 00 00 00 00 " TCP6, true);
	/* routing, destination options of 16 bytes, authentication of 16 bytes, an atomic fragment */
	check_hex(101, "60 00 00 00 00 49 2b 40 " ADDRESSES6 " 3c 00 00 00 00 00 00 00 "
		       "33 01 01 0c 00 00 00 00 00 00 00 00 00 00 00 00 "
		       "2c 02 00 00 00 00 00 01 00 00 00 01 aa bb cc dd "
		       "06 00 00 00 00 00 00 05 " TCP6, true);
}

/* Segmentation offload: a length of 0, and the bytes are those that were captured. */
static void test_length_zero(void **state)
{
	struct decoder *d = decoder_new(false);
	struct buffer b = packets_from_hex("45 00 00 00 00 07 40 00 40 06 b6 94 c0 00 02 0a c0 00 02 50 " TCP4);
	struct segment s;
	uint8_t *memory;

	(void)state;
	assert_int_equal(packets_decode_cut(d, 101, &b, b.len, &s, &memory), DECODE_TCP);
	assert_int_equal(s.payload.len, 5);
	assert_int_equal(s.payload_len, 5);
	free(memory);
	assert_int_equal(packets_decode_cut(d, 101, &b, b.len - 2, &s, &memory), DECODE_TCP);
	assert_int_equal(s.payload.len, 3);
	assert_int_equal(s.payload_len, 5);
	free(memory);
	buffer_free(&b);
	assert_int_equal(packets_decode_hex(d, 101, "60 00 00 00 00 00 06 40 " ADDRESSES6 " " TCP6, &s), DECODE_TCP);
	assert_int_equal(s.payload_len, 5);
	decoder_free(d);
}

/* ---- checksums ---- */

static void test_checksums(void **state)
{
	static const struct {
		const char *hex;
		bool bad;
	} cases[] = {
		{IP4, false},
		{IP6, false},
		{"45 00 00 2d 00 08 40 00 40 06 b6 69 c0 00 02 0a c0 00 02 50 " TCP4, true},                /* IP id */
		{IP4_HEAD " 04 13 07 47 00 00 03 fb 00 00 13 96 50 18 ff ff 5b 1f 00 00 4f 55 54 0d 0b", true}, /* data */
		{"60 00 00 00 00 19 06 40 " ADDRESSES6 " "
		 "04 13 07 47 00 00 03 fb 00 00 13 96 50 18 ff ff 83 79 00 00 4f 55 54 0d 0a", true},
	};
	struct decoder *verifying = decoder_new(true), *trusting = decoder_new(false);
	struct segment s;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(packets_decode_hex(verifying, 101, cases[i].hex, &s), DECODE_TCP);
		assert_int_equal(s.bad_checksum, cases[i].bad);
		assert_int_equal(packets_decode_hex(trusting, 101, cases[i].hex, &s), DECODE_TCP);
		assert_false(s.bad_checksum);
	}
	assert_int_equal(decoder_counters(verifying)->bad_checksums, 3);
	assert_int_equal(decoder_counters(trusting)->bad_checksums, 0);
	decoder_free(verifying);
	decoder_free(trusting);
}

/* ---- exported PDUs ---- */

#define PDU_ADDRESSES "00 14 00 04 c0 00 02 0a 00 15 00 04 c0 00 02 50 "
#define PDU_TCP "00 18 00 04 00 00 00 02 "
#define PDU_PORTS "00 19 00 04 00 00 04 13 00 1a 00 04 00 00 07 47 "
#define PDU_MSNMS "00 0c 00 08 6d 73 6e 6d 73 00 00 00 "
#define PDU_TABLE "00 0e 00 08 74 63 70 2e 70 6f 72 74 "
#define PDU_END "00 00 00 00 4f 55 54 0d 0a"

static void check_pdu(const char *hex, const char *source)
{
	struct decoder *d = decoder_new(true);
	struct buffer b = packets_from_hex(hex);
	struct segment s;

	for (size_t len = 0; len <= b.len; len++) {
		uint8_t *memory;
		enum decode_result result = packets_decode_cut(d, 252, &b, len, &s, &memory);
		char text[ADDRESS_TEXT_MAX];

		assert_int_equal(result, len < b.len - DATA_BYTES ? DECODE_BROKEN : DECODE_TCP);
		if (result == DECODE_TCP) {
			address_text(&s.source, text);
			assert_string_equal(text, source);
			assert_true(s.ordered);
			assert_int_equal(s.flags, 0);
			assert_int_equal(s.seq, 0);
			assert_int_equal(s.payload_len, DATA_BYTES);
			assert_int_equal(s.payload.len, len - (b.len - DATA_BYTES));
			assert_memory_equal(s.payload.ptr, "OUT\r\n", s.payload.len);
		}
		free(memory);
	}
	buffer_free(&b);
	decoder_free(d);
}

static void test_exported_pdus(void **state)
{
	(void)state;
	check_pdu(PDU_MSNMS PDU_ADDRESSES PDU_TCP PDU_PORTS "00 1e 00 04 00 00 00 09 " PDU_END, "192.0.2.10:1043");
	check_pdu(PDU_TABLE PDU_ADDRESSES PDU_PORTS PDU_END, "192.0.2.10:1043");
	check_pdu(PDU_MSNMS "00 16 00 10 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 10 "
			    "00 17 00 10 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 80 " PDU_TCP PDU_PORTS PDU_END,
		  "[2001:db8::10]:1043");
}

static void test_other_pdus(void **state)
{
	static const char *const others[] = {
		PDU_MSNMS PDU_ADDRESSES PDU_PORTS PDU_END,                               /* port type not said */
		PDU_MSNMS PDU_ADDRESSES "00 18 00 04 00 00 00 03 " PDU_PORTS PDU_END,    /* UDP */
		PDU_MSNMS PDU_TCP PDU_PORTS PDU_END,                                     /* no addresses */
		PDU_MSNMS "00 14 00 04 c0 00 02 0a " PDU_TCP PDU_PORTS PDU_END,
		PDU_MSNMS "00 14 00 03 c0 00 02 00 15 00 04 c0 00 02 50 " PDU_TCP PDU_PORTS PDU_END,
		PDU_MSNMS PDU_ADDRESSES PDU_TCP "00 19 00 04 00 00 04 13 " PDU_END,      /* no destination port */
		PDU_MSNMS PDU_ADDRESSES PDU_TCP "00 19 00 02 04 13 00 1a 00 04 00 00 07 47 " PDU_END,
		PDU_END,
	};
	struct decoder *d = decoder_new(false);
	struct segment s;

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(packets_decode_hex(d, 252, others[i], &s), DECODE_OTHER);
	/* a link type that is not known */
	assert_int_equal(packets_decode_hex(d, 252, "00 0b 00 04 00 00 00 93 " PDU_END, &s), DECODE_UNSUPPORTED);
	/* TCP with its header, addresses from the tags */
	assert_int_equal(packets_decode_hex(d, 252, "00 0c 00 04 74 63 70 00 " PDU_ADDRESSES "00 00 00 00 " TCP4, &s), DECODE_TCP);
	assert_false(s.ordered);
	assert_int_equal(s.seq, 0x3fb);
	assert_int_equal(s.source.port, 1043);
	decoder_free(d);
}

/* ---- the conversation of tests/captures/make.py, in all its wrappings ---- */

static const struct expected_segment {
	bool server;
	uint8_t flags;
	uint32_t seq, ack;
	const char *data;
} conversation[] = {
	{false, TCP_SYN, 1000, 0, ""},
	{true, TCP_SYN | TCP_ACK, 5000, 1001, ""},
	{false, TCP_ACK, 1001, 5001, ""},
	{false, TCP_PSH | TCP_ACK, 1001, 5001, "VER 1 MSNP8 CVR0\r\n"},
	{true, TCP_PSH | TCP_ACK, 5001, 1019, "VER 1 MSNP8\r\n"},
	{false, TCP_PSH | TCP_ACK, 1019, 5014, "OUT\r\n"},
	{false, TCP_FIN | TCP_ACK, 1024, 5014, ""},
	{true, TCP_FIN | TCP_ACK, 5014, 1025, ""},
	{false, TCP_ACK, 1025, 5015, ""},
};

static const char *const v4_files[] = {
	"avs.pcap",           "big-endian.pcap",    "big-endian.pcapng", "blocks.pcapng",
	"cisco-hdlc.pcap",    "ethernet-llc.pcap",  "ethernet-pppoe.pcap", "ethernet.pcap",
	"ethernet.pcap.gz",   "exported-ethernet.pcap", "exported-ip.pcap", "fragments.pcap",
	"interfaces.pcapng",  "ipv4-options.pcap",  "loop.pcap",         "modified.pcap",
	"nanoseconds.pcap",   "null-be.pcap",       "null-le.pcap",      "offload.pcap",
	"plain.pcapng",       "ppp-compressed.pcap", "ppp-direction.pcap", "ppp-hdlc-cisco.pcap",
	"ppp-hdlc.pcap",      "ppp-plain.pcap",     "ppp.pcap",          "pppoe.pcap",
	"prism.pcap",         "radiotap-plain.pcap", "radiotap.pcap",    "raw-12.pcap",
	"raw-14.pcap",        "raw-ipv4.pcap",      "raw.pcap",          "sections.pcapng",
	"short-snaplen.pcap", "short-snaplen-big-endian.pcap",
	"sll.pcap",           "sll2.pcap",          "vlan-9100.pcap",    "vlan-stacked.pcap",
	"vlan.pcap",          "wifi-four-addresses.pcap", "wifi-ht.pcap", "wifi-qos.pcap",
	"wifi.pcap",
};

static const char *const v6_files[] = {
	"ipv6.pcap", "ipv6-extensions.pcap", "ipv6-null.pcap", "raw-ipv6.pcap", "fragments-ipv6.pcap",
};

static const char *const pdu_files[] = {"exported.pcap", "exported-table.pcap"};

static void check_addresses(const struct segment *s, bool server, bool v6)
{
	const char *client_text = v6 ? "[2001:db8::10]:1043" : "192.0.2.10:1043";
	const char *server_text = v6 ? "[2001:db8::80]:1863" : "192.0.2.80:1863";
	char text[ADDRESS_TEXT_MAX];

	address_text(&s->source, text);
	assert_string_equal(text, server ? server_text : client_text);
	address_text(&s->destination, text);
	assert_string_equal(text, server ? client_text : server_text);
}

static bool next_segment(struct capture *c, struct decoder *d, struct segment *s)
{
	char message[CAPTURE_MESSAGE_MAX];
	enum capture_result result;
	struct packet p;

	while ((result = capture_next(c, &p, message)) == CAPTURE_PACKET)
		if (decoder_packet(d, &p, s) == DECODE_TCP)
			return true;
	assert_int_equal(result, CAPTURE_END);
	return false;
}

static void check_file(const char *name, bool v6, bool pdus)
{
	const char *srcdir = getenv("srcdir");
	char path[4096], message[CAPTURE_MESSAGE_MAX] = "";
	struct decoder *d = decoder_new(strcmp(name, "offload.pcap") != 0);
	struct segment s;

	snprintf(path, sizeof(path), "%s/tests/captures/%s", srcdir ? srcdir : ".", name);
	print_message("# %s\n", name);
	struct capture *c = capture_open(path, message);
	assert_non_null(c);
	for (size_t i = 0; i < COUNT(conversation); i++) {
		const struct expected_segment *e = &conversation[i];

		if (pdus && e->data[0] == 0)
			continue;
		assert_true(next_segment(c, d, &s));
		check_addresses(&s, e->server, v6);
		assert_int_equal(s.ordered, pdus);
		assert_int_equal(s.flags, pdus ? 0 : e->flags);
		assert_int_equal(s.seq, pdus ? 0 : e->seq);
		assert_int_equal(s.ack, pdus ? 0 : e->ack);
		assert_int_equal(s.payload_len, strlen(e->data));
		assert_true(slice_eq_str(s.payload, e->data));
		assert_false(s.bad_checksum);
	}
	assert_false(next_segment(c, d, &s));
	assert_int_equal(decoder_finish(d)->broken, 0);
	assert_int_equal(decoder_finish(d)->fragment_conflicts, 0);
	capture_close(c);
	decoder_free(d);
}

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(v4_files); i++)
		check_file(v4_files[i], false, false);
	for (size_t i = 0; i < COUNT(v6_files); i++)
		check_file(v6_files[i], true, false);
	for (size_t i = 0; i < COUNT(pdu_files); i++)
		check_file(pdu_files[i], false, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_prism),
		cmocka_unit_test(test_not_tcp),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_tunnels),
		cmocka_unit_test(test_ip_options),
		cmocka_unit_test(test_ipv6_extensions),
		cmocka_unit_test(test_length_zero),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_exported_pdus),
		cmocka_unit_test(test_other_pdus),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
