/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams between clients: bytes and gaps in, messages and their summaries out;
 * the same for every cut of the bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/link.h"
#include "tree.h"

/* The nonce of the vectors. */
#define GUID "{01234567-89AB-CDEF-0123-456789ABCDEF}"
#define HASHED "{13CD194D-0BFE-C64C-727A-1372D8765403}"
#define NONCE "\x67\x45\x23\x01\xab\x89\xef\xcd\x01\x23\x45\x67\x89\xab\xcd\xef"
#define FOO "\4\0\0\0foo\0"
#define NONCE_1 \
	"\x30\0\0\0" \
	"\0\0\0\0\x64\xcc\x74\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0" NONCE
#define NONCE_2 "\x10\0\0\0" NONCE

/* Packets of the vectors as frames: version 1 with 33 bytes, its acknowledgement, two pieces of version 2. */
#define DATA_1_HEAD \
	"\x51\0\0\0" \
	"\x87\xd6\x12\0\xb1\xcb\x74\0\0\0\0\0\0\0\0\0\x21\0\0\0\0\0\0\0" \
	"\x21\0\0\0\x20\0\0\0\x44\x33\x22\x11\0\0\0\0\0\0\0\0\0\0\0\0"
#define DATA_1 DATA_1_HEAD "this stands in for a tiny picture"
#define ACK_1 \
	"\x30\0\0\0" \
	"\x87\xd6\x12\0\0\xcc\x74\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" \
	"\0\0\0\0\2\0\0\0\xb1\xcb\x74\0\x44\x33\x22\x11\x21\0\0\0\0\0\0\0"
#define PIECE_1 \
	"\x30\0\0\0" \
	"\x08\0\0\x28\0\0\4\x0a\x14\5\0\1\0\x12\xd6\x87\1\x08\0\0\0\0\0\0\0\x0d\0\0this stands in for a"
#define PIECE_2 \
	"\x1d\0\0\0" \
	"\x08\0\0\x15\0\0\4\x32\x08\4\0\1\0\x12\xd6\x87 tiny picture"
#define ACK_2 "\x10\0\0\0\x10\0\0\0\0\0\x13\x88\2\4\0\0\4\x0a\0\0"

#define PICTURE \
	"\x18\0\x40\1\xf0\0\1\0\6\0\0\0ML20\4\3\2\1\x40\xe2\1\0" \
	"\1\2\3\4\5\6"
#define PAUSED "\x18\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

/* What the openings give. */
#define OPENED_1 "0 FOO 0-8 opens a direct connection\n0 NONCE 8-60 P2P v1 handshake, nonce " GUID "\n"
#define SENDER "1 VER 0-12 speaks MSNFTP\n1 FIL 12-20 the file has 13 bytes\n"

struct step {
	int side;
	const char *data;
	size_t len;
	uint64_t gap; /* behind the data */
};

#define BYTES(side, s) {side, s, sizeof(s) - 1, 0}
#define GAP(side, n) {side, "", 0, n}
#define STEPS_MAX 12

struct row {
	enum link_protocol protocol;
	struct step steps[STEPS_MAX];
	const char *expected; /* a line for each message: side, name, range, summary, findings */
};

static const struct row rows[] = {
	/* Both ends of a direct connection of version 1. */
	{LINK_P2P,
	 {BYTES(0, FOO NONCE_1), BYTES(1, NONCE_1), BYTES(0, DATA_1), BYTES(1, ACK_1)},
	 "0 FOO 0-8 opens a direct connection\n"
	 "0 NONCE 8-60 P2P v1 handshake, nonce " GUID "\n"
	 "1 NONCE 0-52 P2P v1 handshake, nonce " GUID "\n"
	 "0 P2P 60-145 P2P v1 data 0-32 of 33, session 1234567\n"
	 "1 P2P 52-104 P2P v1 ack of 7654321\n"},
	{LINK_P2P,
	 {BYTES(0, FOO NONCE_2), BYTES(1, NONCE_2), BYTES(0, PIECE_1 PIECE_2), BYTES(1, ACK_2)},
	 "0 FOO 0-8 opens a direct connection\n"
	 "0 NONCE 8-28 P2P v2 handshake, nonce " GUID "\n"
	 "1 NONCE 0-20 P2P v2 handshake, nonce " GUID "\n"
	 "0 P2P 28-80 P2P v2 data, 20 bytes, 13 to come, session 1234567\n"
	 "0 P2P 80-113 P2P v2 data, 13 bytes, last piece, session 1234567\n"
	 "1 P2P 20-40 P2P v2 ack of 1034\n"},
	/* Handshakes that are none. */
	{LINK_P2P,
	 {BYTES(0, FOO FOO)},
	 "0 FOO 0-8 opens a direct connection\n"
	 "0 FOO 8-16 opens a direct connection !p2p.handshake\n"},
	{LINK_P2P, {BYTES(0, FOO DATA_1)}, "0 FOO 0-8 opens a direct connection\n"
	 "0 P2P 8-93 P2P v1 data 0-32 of 33, session 1234567 !p2p.handshake\n"},
	{LINK_P2P, {BYTES(0, FOO), BYTES(1, PIECE_2)}, "0 FOO 0-8 opens a direct connection\n"
	 "1 P2P 0-33 P2P v2 data, 13 bytes, last piece, session 1234567 !p2p.handshake\n"},
	/* A nonce may look like an acknowledgement. */
	{LINK_P2P,
	 {BYTES(0, FOO ACK_2)},
	 "0 FOO 0-8 opens a direct connection\n"
	 "0 NONCE 8-28 P2P v2 handshake, nonce {00000010-0000-8813-0204-0000040A0000}\n"},
	/* An opening that is cut is not a wrong one. */
	{LINK_P2P,
	 {BYTES(0, FOO "\x10\0\0\0\x67")},
	 "0 FOO 0-8 opens a direct connection\n"
	 "0 P2P 8-13 1 bytes that are no packet, cut: 5 of 20 bytes !p2p.incomplete\n"},
	/* An empty frame. */
	{LINK_P2P, {BYTES(0, FOO NONCE_2 "\0\0\0\0")}, "0 FOO 0-8 opens a direct connection\n"
	 "0 NONCE 8-28 P2P v2 handshake, nonce " GUID "\n0 P2P 28-32 an empty frame\n"},
	/* A gap that ends in the packet it begins in: only that is cut. */
	{LINK_P2P,
	 {BYTES(0, FOO NONCE_1 DATA_1_HEAD "this"), GAP(0, 9), BYTES(0, " for a tiny pictureX" ACK_1)},
	 OPENED_1 "0 P2P 60-116 P2P v1 data 0-3 of 33, session 1234567, cut: 56 of 85 bytes !p2p.incomplete\n"
		  "0 P2P 145-197 P2P v1 ack of 7654321\n"},
	/* Gaps that do not: what surely is a packet is found again. */
	{LINK_P2P,
	 {BYTES(0, FOO NONCE_1 DATA_1_HEAD "this"), GAP(0, 39), BYTES(0, "xxxxx" ACK_1)},
	 OPENED_1 "0 P2P 60-116 P2P v1 data 0-3 of 33, session 1234567, cut: 56 of 85 bytes !p2p.incomplete\n"
		  "0 BROKEN 155-160 5 bytes that are no message !p2p.handshake\n"
		  "0 P2P 160-212 P2P v1 ack of 7654321\n"},
	{LINK_P2P,
	 {BYTES(0, FOO NONCE_1), GAP(0, LINK_GAP_UNKNOWN), BYTES(0, "xx" DATA_1)},
	 OPENED_1 "0 BROKEN 60-62 2 bytes that are no message !p2p.handshake\n"
		  "0 P2P 62-147 P2P v1 data 0-32 of 33, session 1234567\n"},
	/* The start is missing: the version is told by the packets. */
	{LINK_P2P, {GAP(1, 20), BYTES(1, PIECE_2)}, "1 P2P 20-53 P2P v2 data, 13 bytes, last piece, session 1234567\n"},
	{LINK_P2P, {GAP(1, 20), BYTES(1, ACK_2)}, "1 P2P 20-40 P2P v2 ack of 1034\n"},
	{LINK_P2P, {GAP(0, 20), BYTES(0, DATA_1)}, "0 P2P 20-105 P2P v1 data 0-32 of 33, session 1234567\n"},
	/* A length that lies, and an end in the middle. */
	{LINK_P2P,
	 {BYTES(0, FOO NONCE_1 "\xff\xff\xff\xff" DATA_1 "\x50")},
	 OPENED_1 "0 BROKEN 60-64 4 bytes that are no message !p2p.handshake\n"
		  "0 P2P 64-149 P2P v1 data 0-32 of 33, session 1234567\n"
		  "0 P2P 149-150 1 bytes of a frame, cut !p2p.incomplete\n"},
	{LINK_P2P,
	 {BYTES(0, FOO "\5\0\0\0hello")},
	 "0 FOO 0-8 opens a direct connection\n0 P2P 8-17 5 bytes that are no packet !p2p.broken !p2p.handshake\n"},

	/* MSNFTP, the vectors. */
	{LINK_MSNFTP,
	 {BYTES(0, "VER MSNFTP\r\n"), BYTES(1, "VER MSNFTP\r\n"), BYTES(0, "USR bob@example.com 40961\r\n"), BYTES(1, "FIL 13\r\n"),
	  BYTES(0, "TFR\r\n"), BYTES(1, "\0\x0d\0hello from us\1\0\0"), BYTES(0, "BYE 16777989\r\n")},
	 "0 VER 0-12 speaks MSNFTP\n"
	 "1 VER 0-12 speaks MSNFTP\n"
	 "0 USR 12-39 bob@example.com asks for the file, cookie 40961\n"
	 "1 FIL 12-20 the file has 13 bytes\n"
	 "0 TFR 39-44 wants the bytes\n"
	 "1 DATA 20-36 13 bytes of the file from byte 0 on\n"
	 "1 DATA 36-39 end of the file after 13 bytes\n"
	 "0 BYE 44-58 ends the transfer: received\n"},
	/* Cancelled by either. */
	{LINK_MSNFTP,
	 {BYTES(1, "VER MSNFTP\r\nFIL 13\r\n\0\5\0hello\1\0\0"), BYTES(0, "VER MSNFTP\r\nCCL\r\n")},
	 SENDER "1 DATA 20-28 5 bytes of the file from byte 0 on\n"
		"1 DATA 28-31 cancels the transfer after 5 of 13 bytes\n"
		"0 VER 0-12 speaks MSNFTP\n0 CCL 12-17 cancels the transfer\n"},
	/* Broken, and out of order. */
	{LINK_MSNFTP,
	 {BYTES(0, "VER MSNFTP\r\nTFR\r\nUSR\r\nFIL x 1\r\n")},
	 "0 VER 0-12 speaks MSNFTP\n"
	 "0 TFR 12-17 wants the bytes !msnftp.broken\n"
	 "0 USR 17-22 ? asks for the file, cookie ? !msnftp.broken !msnftp.broken\n"
	 "0 FIL 22-31 the file has an unknown number of bytes !msnftp.broken !msnftp.broken\n"},
	{LINK_MSNFTP,
	 {BYTES(0, "VER MSNFTP\r\nXYZ 1\r\nBYE 1\r\nVERY")},
	 "0 VER 0-12 speaks MSNFTP\n"
	 "0 BROKEN 12-19 7 bytes that are no message !msnftp.broken\n"
	 "0 BYE 19-26 ends the transfer with code 1 !msnp.unknown_value\n"
	 "0 BROKEN 26-30 4 bytes that are no message !msnftp.broken\n"},
	{LINK_MSNFTP,
	 {BYTES(1, "VER MSNFTP\r\nFIL 13\r\n\0\x0e\0hello from usXz\r\nTFR\r\n")},
	 SENDER "1 DATA 20-37 14 bytes of the file from byte 0 on !msnftp.broken\n"
		"1 BROKEN 37-45 8 bytes that are no message !msnftp.broken\n"},
	{LINK_MSNFTP,
	 {BYTES(1, "VER MSNFTP\r\n\0\2\0hi")},
	 "1 VER 0-12 speaks MSNFTP\n1 DATA 12-17 2 bytes of the file from byte 0 on !msnftp.broken\n"},
	/* A gap in a block, over blocks, in a line. */
	{LINK_MSNFTP,
	 {BYTES(1, "VER MSNFTP\r\nFIL 13\r\n\0\x0d\0hel"), GAP(1, 2), BYTES(1, " from us\1\0\0")},
	 SENDER "1 DATA 20-26 3 bytes of the file from byte 0 on, cut: 6 of 16 bytes !msnftp.broken\n"
		"1 DATA 36-39 end of the file after 13 bytes\n"},
	{LINK_MSNFTP,
	 {BYTES(1, "VER MSNFTP\r\nFIL 13\r\n\0\x0d\0hel"), GAP(1, 100), BYTES(1, "abc\nBYE 1\r\n")},
	 SENDER "1 DATA 20-26 3 bytes of the file from byte 0 on, cut: 6 of 16 bytes !msnftp.broken\n"
		"1 BROKEN 126-137 11 bytes that are no message !msnftp.broken\n"},
	{LINK_MSNFTP,
	 {BYTES(0, "VER MSNFTP\r\nUSR bob"), GAP(0, 10), BYTES(0, "61\r\nTFR\r\n")},
	 "0 VER 0-12 speaks MSNFTP\n"
	 "0 USR 12-19 bob asks for the file, cookie ?, cut !msnftp.broken\n"
	 "0 BROKEN 29-33 4 bytes that are no message !msnftp.broken\n"
	 "0 TFR 33-38 wants the bytes\n"},
	{LINK_MSNFTP,
	 {BYTES(0, "VER MSNFTP\r\n"), GAP(0, 27), BYTES(0, "TFR\r\n"), GAP(0, 1), BYTES(0, "xBYE 1\r\nBYE 16777987\r\n")},
	 "0 VER 0-12 speaks MSNFTP\n"
	 "0 TFR 39-44 wants the bytes\n"
	 "0 BROKEN 45-53 8 bytes that are no message !msnftp.broken\n"
	 "0 BYE 53-67 ends the transfer: sent\n"},
	{LINK_MSNFTP,
	 {BYTES(1, "VER MSNFTP\r\nFIL 1"), GAP(1, 4), BYTES(1, "BYE 16777987\r\n")},
	 "1 VER 0-12 speaks MSNFTP\n"
	 "1 FIL 12-17 the file has 1 bytes, cut !msnftp.broken\n"
	 "1 BYE 21-35 ends the transfer: sent\n"},
	/* Who receives sends no blocks. */
	{LINK_MSNFTP,
	 {BYTES(0, "VER MSNFTP\r\nUSR a@b 1\r\n\0\2\0hiTFR\r\n")},
	 "0 VER 0-12 speaks MSNFTP\n0 USR 12-23 a@b asks for the file, cookie 1\n"
	 "0 DATA 23-28 2 bytes of the file !msnftp.broken\n"
	 "0 TFR 28-33 wants the bytes\n"},
	/* What the other side says does not change what is pending. */
	{LINK_MSNFTP,
	 {BYTES(0, "\0"), BYTES(1, "\0\0\0")},
	 "1 DATA 0-3 0 bytes of the file from byte 0 on !msnftp.broken\n"
	 "0 DATA 0-1 a block, cut !msnftp.broken\n"},

	/* Video. */
	{LINK_WEBCAM,
	 {BYTES(0, "recipientid=164&sessionid=7791\r\n\r\n"), BYTES(1, "connected\r\n\r\n"), BYTES(0, "connected\r\n\r\n"),
	  BYTES(1, PICTURE PAUSED)},
	 "0 CONNECT 0-34 opens the video of recipient 164, session 7791\n"
	 "1 CONNECTED 0-13 video is connected\n"
	 "0 CONNECTED 34-47 video is connected\n"
	 "1 FRAME 13-43 key picture 320x240, 6 bytes\n"
	 "1 FRAME 43-67 video is paused\n"},
	{LINK_WEBCAM,
	 {BYTES(0, "recipientid=1&session=2\r\n\r\n" PICTURE)},
	 "0 CONNECT 0-27 opens the video of recipient 1, session ? !webcam.broken\n"
	 "0 FRAME 27-57 key picture 320x240, 6 bytes !webcam.broken\n"},
	{LINK_WEBCAM,
	 {BYTES(1, "connected\r\n\r\n\x18\0\0\0\0\0\0\0\1\0\0\0WMV3\0\0\0\0\0\0\0\0x")},
	 "1 CONNECTED 0-13 video is connected\n1 FRAME 13-38 picture 0x0, 1 bytes !webcam.broken !webcam.broken\n"},
	/* A length that lies; a gap; the next picture is found. */
	{LINK_WEBCAM,
	 {BYTES(1, "connected\r\n\r\n\x18\0\0\0\0\0\0\0\xff\xff\xff\xffML20" PICTURE), GAP(1, 7), BYTES(1, "ab" PICTURE "\x18\0")},
	 "1 CONNECTED 0-13 video is connected\n"
	 "1 BROKEN 13-29 16 bytes that are no message !webcam.broken\n"
	 "1 FRAME 29-59 key picture 320x240, 6 bytes\n"
	 "1 BROKEN 66-68 2 bytes that are no message !webcam.broken\n"
	 "1 FRAME 68-98 key picture 320x240, 6 bytes\n"
	 "1 FRAME 98-100 picture 0x0, 0 bytes, cut !webcam.broken\n"},
};

struct recorder {
	struct buffer out;
	struct arena arena;
	struct link_state state;
};

static void record(void *ctx, int side, const struct link_message *m)
{
	struct recorder *r = ctx;
	struct dissection d;

	arena_reset(&r->arena);
	dissection_init(&d, &r->arena, m->line, m->payload);
	const char *name = link_dissect(&d, m, r->state.protocol);
	tree_check(&d);
	buffer_printf(&r->out, "%d %s %llu-%llu %.*s", side, name, (unsigned long long)m->start, (unsigned long long)m->end,
		      SLICE_ARG(d.summary));
	for (const struct finding *f = d.findings; f; f = f->next)
		buffer_printf(&r->out, " !%s", f->rule->id);
	buffer_add_byte(&r->out, '\n');
}

/* As the framer's own memory, so that reading beyond shows. */
static void feed(struct link_framer *f, const char *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, data, len);
	link_framer_data(f, slice_of(copy, len));
	free(copy);
}

/* The messages of the steps, all their bytes cut before byte number at; SIZE_MAX: each byte alone. */
static struct buffer play(enum link_protocol protocol, const struct step *steps, size_t at)
{
	struct recorder r = {0};
	struct link_framer f[2];

	link_state_init(&r.state, protocol);
	for (int i = 0; i < 2; i++)
		link_framer_init(&f[i], &r.state, i, record, &r);
	for (const struct step *s = steps; s < steps + STEPS_MAX && s->data; s++) {
		size_t cut = at < s->len ? at : s->len;

		for (size_t i = 0; at == SIZE_MAX && i < s->len; i++)
			feed(&f[s->side], s->data + i, 1);
		if (at != SIZE_MAX) {
			feed(&f[s->side], s->data, cut);
			feed(&f[s->side], s->data + cut, s->len - cut);
			at -= cut;
		}
		if (s->gap)
			link_framer_gap(&f[s->side], s->gap);
	}
	for (int i = 0; i < 2; i++) {
		link_framer_end(&f[i]);
		link_framer_free(&f[i]);
	}
	arena_free(&r.arena);
	buffer_add_byte(&r.out, 0);
	return r.out;
}

static void expect(const struct row *row, size_t at)
{
	struct buffer got = play(row->protocol, row->steps, at);

	assert_string_equal((const char *)got.data, row->expected);
	buffer_free(&got);
}

static void test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(&rows[i], 0);
}

static void test_every_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t size = 0;

		for (const struct step *s = rows[i].steps; s < rows[i].steps + STEPS_MAX && s->data; s++)
			size += s->len;
		for (size_t at = 1; at < size; at++)
			expect(&rows[i], at);
		expect(&rows[i], SIZE_MAX);
	}
}

/* The connection ends at every byte: each message comes once. */
static void test_every_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct step *whole = rows[i].steps;

		for (size_t len = 0; len <= whole->len; len++) {
			struct step steps[STEPS_MAX] = {{whole->side, whole->data, len, 0}};
			struct buffer got = play(rows[i].protocol, steps, 0);

			buffer_free(&got);
		}
	}
}

static void test_recognise(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, told; /* bytes that are enough to tell */
		enum link_guess guess;
		enum link_protocol protocol;
	} firsts[] = {
		{FOO "\x10", 9, 8, LINK_GUESS_YES, LINK_P2P},
		{"\4\0\0\0bar", 7, 5, LINK_GUESS_NO, LINK_NONE},
		{"\4\1\7\x47", 4, 2, LINK_GUESS_NO, LINK_NONE},
		{"VER MSNFTP\r\n", 12, 12, LINK_GUESS_YES, LINK_MSNFTP},
		{"VER OTHER MSNFTP\nUSR", 20, 17, LINK_GUESS_YES, LINK_MSNFTP},
		{"VER 1 MSNP8 CVR0\r\n", 18, 5, LINK_GUESS_NO, LINK_NONE},
		{"VER OTHER\r\n", 11, 11, LINK_GUESS_NO, LINK_NONE},
		{"VER A\1MSNFTP\r\n", 14, 6, LINK_GUESS_NO, LINK_NONE},
		{"recipientid=1&sessionid=2\r\n\r\n", 29, 12, LINK_GUESS_YES, LINK_WEBCAM},
		{"GET / HTTP/1.1\r\n", 16, 1, LINK_GUESS_NO, LINK_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		for (size_t len = 1; len <= firsts[i].len; len++) {
			enum link_protocol protocol = LINK_NONE;
			enum link_guess guess = link_recognise(slice_of(firsts[i].bytes, len), &protocol);

			assert_int_equal(guess, len < firsts[i].told ? LINK_GUESS_MORE : firsts[i].guess);
			if (guess == LINK_GUESS_YES)
				assert_int_equal(protocol, firsts[i].protocol);
		}
	}
}

static void test_recognise_middle(void **state)
{
	static const struct step yes[] = {BYTES(LINK_P2P, DATA_1), BYTES(LINK_P2P, ACK_1), BYTES(LINK_P2P, PIECE_1),
					  BYTES(LINK_P2P, PIECE_2), BYTES(LINK_P2P, NONCE_1), BYTES(LINK_WEBCAM, PICTURE)};
	static const struct step no[] = {BYTES(0, NONCE_2), BYTES(0, PAUSED), BYTES(0, "\0\2\0hi"), BYTES(0, "TFR\r\n"),
					 BYTES(0, "connected\r\n\r\n"), BYTES(0, "\x30\0\0\0\0\0\0\0\0\0\0\0"),
					 /* No identifier; TF 2; data header of 9 bytes; paused 2. */
					 BYTES(0, "\x30\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0"),
					 BYTES(0, "\x10\0\0\0\x08\0\0\x08\0\0\4\x32\x08\2\0\1\0\x12\xd6\x87"),
					 BYTES(0, "\x11\0\0\0\x08\0\0\x09\0\0\4\x32\x09\4\0\1\0\x12\xd6\x87\0"),
					 BYTES(0, "\x18\2\x40\1\xf0\0\1\0\6\0\0\0ML20\4\3\2\1\x40\xe2\1\0")};
	enum link_protocol protocol;

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		assert_true(link_recognise_middle(slice_of(yes[i].data, yes[i].len), &protocol));
		assert_int_equal(protocol, yes[i].side);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(link_recognise_middle(slice_of(no[i].data, no[i].len), &protocol));
	assert_false(link_recognise_middle(SLICE_EMPTY, &protocol));
}

static void write_tree(void *ctx, int side, const struct link_message *m)
{
	struct recorder *r = ctx;
	struct dissection d;

	(void)side;
	arena_reset(&r->arena);
	dissection_init(&d, &r->arena, m->line, m->payload);
	link_dissect(&d, m, r->state.protocol);
	tree_write(&d, &r->out);
	buffer_add_byte(&r->out, '\n');
}

static void expect_tree(enum link_protocol protocol, struct slice bytes, const char *expected)
{
	struct recorder r = {0};
	struct link_framer f;

	link_state_init(&r.state, protocol);
	link_framer_init(&f, &r.state, 0, write_tree, &r);
	link_framer_data(&f, bytes);
	buffer_add_byte(&r.out, 0);
	assert_string_equal((const char *)r.out.data, expected);
	link_framer_free(&f);
	buffer_free(&r.out);
	arena_free(&r.arena);
}

static void test_fields(void **state)
{
	(void)state;
	expect_tree(LINK_P2P, SLICE_LIT(FOO NONCE_2),
		    "p2p.frame_length=4 p2p.foo=\"foo\"\n"
		    "p2p.frame_length=16 p2p.nonce=\"" GUID "\" p2p.nonce_hashed=\"" HASHED "\"\n");
	expect_tree(LINK_MSNFTP, SLICE_LIT("VER OTHER MSNFTP\nUSR  bob@example.com 7 x \r\nTFR\r\nBYE 16777989\r\n"),
		    "msnftp.command=\"VER\" msnftp.protocol=\"OTHER\" msnftp.protocol=\"MSNFTP\"\n"
		    "msnftp.command=\"USR\" msnftp.account=\"bob@example.com\" msnftp.auth_cookie=\"7\" msnftp.extra=\"x\"\n"
		    "msnftp.command=\"TFR\"\n"
		    "msnftp.command=\"BYE\" msnftp.code=16777989\n");
	expect_tree(LINK_MSNFTP, SLICE_LIT("VER MSNFTP\r\nFIL 5\r\n\0\3\0abc\0\2\0de\1\0\0"),
		    "msnftp.command=\"VER\" msnftp.protocol=\"MSNFTP\"\n"
		    "msnftp.command=\"FIL\" msnftp.size=5\n"
		    "msnftp.block_type=0 msnftp.block_length=3 msnftp.offset=0 msnftp.data=3\n"
		    "msnftp.block_type=0 msnftp.block_length=2 msnftp.offset=3 msnftp.data=2\n"
		    "msnftp.block_type=1 msnftp.block_length=0\n");
	expect_tree(LINK_WEBCAM, SLICE_LIT("recipientid=164&sessionid=7791\r\n\r\nconnected\r\n\r\n" PICTURE),
		    "webcam.rid=\"164\" webcam.session=\"7791\"\n"
		    "webcam.line=\"connected\"\n"
		    "webcam.frame{webcam.header_length=24 webcam.paused=0 webcam.width=320 webcam.height=240 "
		    "webcam.key_frame=1 webcam.size=6 webcam.fourcc=\"ML20\" webcam.id=16909060 webcam.timestamp=123456 "
		    "webcam.data=6}\n");
}

/* Every byte of what is well-formed lies in a field without children or in its syntax. */
static void check_covered(void *ctx, int side, const struct link_message *m)
{
	struct recorder *r = ctx;
	struct dissection d;
	uint8_t seen[2][256] = {{0}, {0}};

	(void)side;
	arena_reset(&r->arena);
	dissection_init(&d, &r->arena, m->line, m->payload);
	link_dissect(&d, m, r->state.protocol);
	for (const struct field *f = d.root.first, *next; f; f = next) {
		for (size_t i = f->offset - f->lead; !f->first && f->source < 2 && i < f->offset + f->length + f->trail; i++)
			seen[f->source][i] = 1;
		next = f->first;
		for (const struct field *up = f; !next && up; up = up->parent)
			next = up->next;
	}
	for (size_t i = 0; i < m->line.len; i++)
		assert_true(seen[0][i]);
	for (size_t i = 0; i < m->payload.len; i++)
		assert_true(seen[1][i]);
}

static void test_covered(void **state)
{
	static const struct step streams[] = {
		BYTES(LINK_P2P, FOO NONCE_1 DATA_1 ACK_1), BYTES(LINK_P2P, FOO NONCE_2 PIECE_1 PIECE_2 ACK_2),
		BYTES(LINK_MSNFTP, "VER MSNFTP\r\nUSR a@b  1\r\nTFR\r\nBYE 1 \r\n"),
		BYTES(LINK_MSNFTP, "VER MSNFTP\r\nFIL 2\r\n\0\2\0hi\1\0\0"),
		BYTES(LINK_WEBCAM, "recipientid=1&sessionid=2\r\n\r\nconnected\r\n\r\n" PICTURE PAUSED)};

	(void)state;
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		struct recorder r = {0};
		struct link_framer f;

		link_state_init(&r.state, (enum link_protocol)streams[i].side);
		link_framer_init(&f, &r.state, 0, check_covered, &r);
		link_framer_data(&f, slice_of(streams[i].data, streams[i].len));
		assert_int_equal(f.pending.len, 0);
		link_framer_free(&f);
		arena_free(&r.arena);
	}
}

/* What waits is limited, and the budget comes back. */
static void test_limits(void **state)
{
	static uint8_t zeros[3 * LINK_MESSAGE_MAX];
	struct recorder r = {0};
	size_t budget = 4096;
	struct link_framer f;

	(void)state;
	link_state_init(&r.state, LINK_P2P);
	r.state.budget = &budget;
	link_framer_init(&f, &r.state, 0, record, &r);
	link_framer_data(&f, SLICE_LIT(FOO NONCE_2 "\0\x80\0\0"));
	link_framer_data(&f, slice_of(zeros, 0x7000));
	assert_int_equal(f.pending.len, 0);
	assert_int_equal(f.rest, 0x1000);
	assert_int_equal(budget, 4096);
	link_framer_data(&f, slice_of(zeros, 0x1000));
	link_framer_data(&f, SLICE_LIT(PIECE_2));
	link_framer_free(&f);
	assert_int_equal(budget, 4096);
	buffer_add_byte(&r.out, 0);
	assert_non_null(strstr((const char *)r.out.data, "cut: 28676 of 32772 bytes !tcp.buffer_limit !p2p.incomplete"));
	assert_non_null(strstr((const char *)r.out.data, "0 P2P 32800-32833 P2P v2 data, 13 bytes"));
	r.out.len = 0;

	/* A line that does not end, and bytes without end that are none. */
	link_state_init(&r.state, LINK_MSNFTP);
	link_framer_init(&f, &r.state, 0, record, &r);
	link_framer_data(&f, SLICE_LIT("VER "));
	memset(zeros, 'x', sizeof(zeros));
	link_framer_data(&f, slice_of(zeros, sizeof(zeros)));
	assert_true(f.pending.len <= LINK_LINE_MAX);
	assert_true(f.skipped.len <= LINK_BROKEN_SHOWN);
	link_framer_end(&f);
	link_framer_free(&f);
	buffer_add_byte(&r.out, 0);
	assert_string_equal((const char *)r.out.data, "0 BROKEN 0-196612 196612 bytes that are no message !msnftp.broken\n");
	buffer_free(&r.out);
	arena_free(&r.arena);
}

/* A frame of so many zeros; what is found on the connection. */
static bool frame_finds(size_t length, const char *wanted)
{
	static uint8_t zeros[LINK_MESSAGE_MAX];
	uint8_t head[4] = {(uint8_t)length, (uint8_t)(length >> 8), 0, 0};
	struct recorder r = {0};
	struct link_framer f;

	link_state_init(&r.state, LINK_P2P);
	link_framer_init(&f, &r.state, 0, record, &r);
	link_framer_data(&f, SLICE_LIT(FOO NONCE_2));
	link_framer_data(&f, slice_of(head, sizeof(head)));
	link_framer_data(&f, slice_of(zeros, length));
	link_framer_free(&f);
	buffer_add_byte(&r.out, 0);
	bool found = strstr((const char *)r.out.data, wanted) != NULL;
	buffer_free(&r.out);
	arena_free(&r.arena);
	return found;
}

/* Zeros are no packet; that the frame is too long comes first. */
static void test_long_frame(void **state)
{
	(void)state;
	assert_true(frame_finds(16384, "!p2p.broken"));
	assert_false(frame_finds(16384, "!p2p.broken !p2p.broken"));
	assert_true(frame_finds(16385, "!p2p.broken !p2p.broken"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),  cmocka_unit_test(test_every_cut),        cmocka_unit_test(test_every_end),
		cmocka_unit_test(test_recognise), cmocka_unit_test(test_recognise_middle), cmocka_unit_test(test_fields),
		cmocka_unit_test(test_covered),   cmocka_unit_test(test_limits),	   cmocka_unit_test(test_long_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
