/* SPDX-License-Identifier: BSD-2-Clause */
/* The files are those that tests/captures/make.py writes; it says what they hold. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/capture.h"
#include "blocks.h"
#include "util/buffer.h"
#include "util/moment.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define START_NS 1041422400000000000
#define TENTH_NS 100000000
#define PACKETS 9u

static const char *path_of(const char *name, char *out, size_t size)
{
	const char *srcdir = getenv("srcdir");

	snprintf(out, size, "%s/tests/captures/%s", srcdir ? srcdir : ".", name);
	return out;
}

static struct capture *open_file(const char *name, char *message)
{
	char path[4096];

	return capture_open(path_of(name, path, sizeof(path)), message);
}

static struct buffer load(const char *name)
{
	char path[4096];
	struct buffer b = {0};
	uint8_t block[4096];
	size_t n;
	FILE *f = fopen(path_of(name, path, sizeof(path)), "rb");

	assert_non_null(f);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buffer_add(&b, block, n);
	fclose(f);
	return b;
}

/* A temporary file with these bytes, closed and unlinked by the caller. */
static void save(char *path, const uint8_t *data, size_t n)
{
	strcpy(path, "msnscope-test-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	FILE *f = fdopen(fd, "wb");
	assert_non_null(f);
	if (n)
		assert_int_equal(fwrite(data, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* ---- whole files ---- */

static const struct {
	const char *name, *format;
	bool nanoseconds;
	const char *linktypes;
	int step_ns; /* what packet N is later than N tenths of a second, per N */
} whole_files[] = {
	{"ethernet.pcap", "pcap", false, "EN10MB", 0},
	{"ethernet.pcap.gz", "pcap", false, "EN10MB", 0},
	{"two-members.pcap.gz", "pcap", false, "EN10MB", 0},
	{"big-endian.pcap", "pcap", false, "EN10MB", 0},
	{"modified.pcap", "pcap", false, "EN10MB", 0},
	{"nanoseconds.pcap", "pcap", true, "EN10MB", 1},
	{"nanoseconds-big-endian.pcap", "pcap", true, "EN10MB", 1},
	{"snaplen.pcap", "pcap", false, "EN10MB", 0},
	{"short-snaplen.pcap", "pcap", false, "EN10MB", 0},
	{"raw.pcap", "pcap", false, "RAW", 0},
	{"raw-12.pcap", "pcap", false, "RAW", 0},
	{"raw-14.pcap", "pcap", false, "RAW", 0},
	{"sll2.pcap", "pcap", false, "LINUX_SLL2", 0},
	{"plain.pcapng", "pcapng", false, "EN10MB", 0},
	{"plain.pcapng.gz", "pcapng", false, "EN10MB", 0},
	{"big-endian.pcapng", "pcapng", false, "EN10MB", 0},
	{"sections.pcapng", "pcapng", true, "EN10MB LINUX_SLL RAW", 0},
};

static void linktype_names(const struct capture *c, char *out, size_t size)
{
	const int *linktypes;
	size_t count = capture_linktypes(c, &linktypes), used = 0;

	out[0] = 0;
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "",
					 capture_linktype_name(linktypes[i]));
}

static void test_whole_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(whole_files); i++) {
		char message[CAPTURE_MESSAGE_MAX] = "", names[256];
		struct capture *c = open_file(whole_files[i].name, message);
		struct packet p;

		print_message("# %s %s\n", whole_files[i].name, message);
		assert_non_null(c);
		assert_string_equal(capture_format(c), whole_files[i].format);
		for (unsigned n = 0; n < PACKETS; n++) {
			assert_int_equal(capture_next(c, &p, message), CAPTURE_PACKET);
			assert_int_equal(p.frame, n + 1);
			assert_true(p.time_ns == START_NS + (int64_t)n * (TENTH_NS + whole_files[i].step_ns));
			assert_true(p.wire_len >= p.data.len);
		}
		assert_int_equal(capture_next(c, &p, message), CAPTURE_END);
		assert_int_equal(capture_next(c, &p, message), CAPTURE_END);
		assert_int_equal(capture_nanoseconds(c), whole_files[i].nanoseconds);
		linktype_names(c, names, sizeof(names));
		assert_string_equal(names, whole_files[i].linktypes);
		capture_close(c);
	}
}

/* A capture file names its link types before its packets, as far as they stand there. */
static void test_linktypes_at_open(void **state)
{
	char message[CAPTURE_MESSAGE_MAX], names[256];
	struct capture *c = open_file("interfaces.pcapng", message);

	(void)state;
	assert_non_null(c);
	linktype_names(c, names, sizeof(names));
	assert_string_equal(names, "EN10MB RAW");
	assert_true(capture_nanoseconds(c));
	capture_close(c);
}

static void test_two_interfaces(void **state)
{
	static const bool server[PACKETS] = {false, true, false, false, true, false, false, true, false};
	char message[CAPTURE_MESSAGE_MAX];
	struct capture *c = open_file("interfaces.pcapng", message);
	struct packet p;

	(void)state;
	for (int n = 0; n < (int)PACKETS; n++) {
		int64_t expected = START_NS + n * (int64_t)TENTH_NS;

		assert_int_equal(capture_next(c, &p, message), CAPTURE_PACKET);
		assert_int_equal(p.linktype, server[n] ? 101 : 1);
		if (server[n]) /* in units of 2^-20 s, just under a microsecond, rounded up by make.py */
			assert_true(p.time_ns >= expected && p.time_ns < expected + 954);
		else
			assert_true(p.time_ns == expected + n);
	}
	assert_int_equal(capture_next(c, &p, message), CAPTURE_END);
	capture_close(c);
}

/* As Wireshark counts: journal entries and custom blocks are frames, unknown blocks are not. */
static void test_frame_numbers(void **state)
{
	static const uint64_t frames[PACKETS] = {1, 3, 4, 6, 7, 8, 9, 10, 11};
	char message[CAPTURE_MESSAGE_MAX];
	struct capture *c = open_file("blocks.pcapng", message);
	struct packet p;

	(void)state;
	for (unsigned n = 0; n < PACKETS; n++) {
		assert_int_equal(capture_next(c, &p, message), CAPTURE_PACKET);
		assert_int_equal(p.frame, frames[n]);
		/* a simple packet block has no time; that of the packet before stands in */
		assert_true(p.time_ns == START_NS + (int64_t)(n == 3 ? 2 : n) * TENTH_NS);
	}
	assert_int_equal(capture_next(c, &p, message), CAPTURE_END);
	capture_close(c);
}

static void test_snapshot_length(void **state)
{
	char message[CAPTURE_MESSAGE_MAX];
	struct capture *c = open_file("snaplen.pcap", message);
	struct packet p;

	(void)state;
	for (unsigned n = 0; n < 4; n++)
		assert_int_equal(capture_next(c, &p, message), CAPTURE_PACKET);
	assert_int_equal(p.data.len, 60);
	assert_int_equal(p.wire_len, 72);
	capture_close(c);
}

/* ---- standard input ---- */

static void read_from_pipe(const char *name)
{
	char message[CAPTURE_MESSAGE_MAX];
	struct buffer b = load(name);
	struct packet p;
	int ends[2], saved = dup(STDIN_FILENO);
	unsigned n = 0;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], b.data, b.len), (ssize_t)b.len); /* fits the pipe */
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	struct capture *c = capture_open("-", message);
	assert_non_null(c);
	while (capture_next(c, &p, message) == CAPTURE_PACKET)
		n++;
	capture_close(c);
	if (saved >= 0) {
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
	assert_int_equal(n, PACKETS);
	buffer_free(&b);
}

static void test_standard_input(void **state)
{
	(void)state;
	read_from_pipe("ethernet.pcap");
	read_from_pipe("ethernet.pcap.gz");
	read_from_pipe("plain.pcapng");
	read_from_pipe("plain.pcapng.gz");
}

/* ---- messages ---- */

static const struct {
	const char *name, *message;
} refused[] = {
	{"foreign/netmon1.cap", "Network Monitor 1 capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/netmon2.cap", "Network Monitor 2 capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/netmon2.cap.gz", "Network Monitor 2 capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/snoop.snoop", "snoop capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/sniffer.enc", "Sniffer (DOS) capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/netxray.cap", "Sniffer (Windows) or NetXRay capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/iptrace1", "AIX iptrace 1.0 capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/iptrace2", "AIX iptrace 2.0 capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/lanalyzer.tr1", "LANalyzer capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/visual", "Visual Networks capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/omnipeek.pkt", "EtherPeek/OmniPeek capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/k12.txt", "Tektronix K12xx text capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/k12.rf5", "Tektronix K12xx capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/btsnoop.log", "Bluetooth btsnoop capture; convert it with: editcap -F pcap IN OUT"},
	{"foreign/compressed.xz", "xz-compressed; decompress it first"},
	{"foreign/compressed.bz2", "bzip2-compressed; decompress it first"},
	{"foreign/compressed.zst", "zstd-compressed; decompress it first"},
	{"foreign/compressed.lz4", "lz4-compressed; decompress it first"},
	{"foreign/compressed.zip", "zip-compressed; decompress it first"},
	{"foreign/short", "not a capture file (neither pcap nor pcapng)"},
	{"foreign/cut-header.pcap", "the capture header is cut short (12 bytes of 24)"},
	{"foreign/cut-header.pcapng", "the capture header is cut short"},
	{"foreign/empty.pcap", "empty file"},
	{"foreign/empty.pcap.gz", "empty file inside gzip data"},
	{"no-such-file", "No such file or directory"},
	{"foreign", "is a directory"},
};

/* What it holds is for others to judge. */
static void test_text(void **state)
{
	char message[CAPTURE_MESSAGE_MAX] = "";
	struct capture *c = open_file("foreign/text.txt", message);
	struct packet packet;
	struct slice text;
	bool whole;

	(void)state;
	assert_non_null(c);
	assert_true(capture_is_text(c));
	assert_string_equal(capture_format(c), "transcript");
	assert_int_equal(capture_next(c, &packet, message), CAPTURE_END);
	text = capture_text_peek(c, 16, &whole);
	assert_true(slice_eq_str(text, "Notes about MSNP"));
	assert_false(whole);
	text = capture_text_peek(c, 1000, &whole);
	assert_true(whole);
	assert_int_equal(capture_text_next(c, &text, message), CAPTURE_PACKET);
	assert_true(slice_eq_str(text, "Notes about MSNP.\r\nVER comes first, OUT comes last.\r\n"));
	assert_int_equal(capture_text_next(c, &text, message), CAPTURE_END);
	capture_close(c);
}

/* ---- packets in hexadecimal ---- */

static struct capture *open_text(const char *text, char *message)
{
	char path[64];

	save(path, (const uint8_t *)text, strlen(text));
	struct capture *c = capture_open(path, message);
	unlink(path);
	return c;
}

/* An IPv4 header of 20 bytes and what makes it 24, in two rows. */
#define ROW_0 "45 00 00 18 00 01 00 00 40 06 00 00 c0 00 02 0a"
#define ROW_10 "c6 33 64 05 41 42 43 44"

static void test_hex_dump(void **state)
{
	static const uint8_t bytes[] = {0x45, 0, 0, 0x18, 0, 1, 0, 0, 0x40, 6, 0, 0, 0xc0, 0, 2, 0x0a,
					0xc6, 0x33, 0x64, 5, 'A', 'B', 'C', 'D'};
	static const char *const texts[] = {
		"0000  " ROW_0 "   E.......@.......\n0010  " ROW_10 "                           .3d.ABCD\n",
		"\r\n000000 " ROW_0 "\r\n000010 " ROW_10 "\r\n000018\r\n",
		"10:00:00 IP a > b\n\t0x0000:  4500 0018 0001 0000 4006 0000 c000 020a  E.......@.......\n"
		"\t0x0010:  c633 6405 4142 4344                      .3d.ABCD\n",
		"00000000  45 00 00 18 00 01 00 00  40 06 00 00 c0 00 02 0a  |E.......@.......|\n"
		"00000010  c6 33 64 05 41 42 43 44                           |.3d.ABCD|\n",
	};
	char message[CAPTURE_MESSAGE_MAX] = "";
	struct packet p;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct capture *c = open_text(texts[i], message);

		assert_non_null(c);
		assert_false(capture_is_text(c));
		assert_string_equal(capture_format(c), "hex-dump");
		assert_int_equal(capture_next(c, &p, message), CAPTURE_PACKET);
		assert_int_equal(p.linktype, 101);
		assert_int_equal(p.frame, 1);
		assert_int_equal(p.data.len, sizeof(bytes));
		assert_memory_equal(p.data.ptr, bytes, sizeof(bytes));
		assert_int_equal(p.wire_len, sizeof(bytes));
		assert_true(p.time_ns == TIME_NONE);
		assert_int_equal(capture_next(c, &p, message), CAPTURE_END);
		assert_false(capture_has_times(c));
		assert_int_equal(capture_stray_rows(c), 0);
		capture_close(c);
	}
}

/* What stands around the rows: number, time and length; bytes that were put together; a row that is missing. */
static void test_hex_dump_around(void **state)
{
	static const char text[] = "Frame 7: 30 bytes on wire (240 bits), 24 bytes captured (192 bits)\n"
				   "    Epoch Time: 1053111731.000000042 seconds\n"
				   "    ADD 5 FL x@example.com\n"
				   "\n"
				   "Frame (24 bytes):\n"
				   "0000  " ROW_0 "   E\n0010  " ROW_10 "   .\n"
				   "Reassembled TCP (16 bytes):\n"
				   "0000  " ROW_0 "   E\n"
				   "\n"
				   "0000  " ROW_0 "   E\n0020  " ROW_10 "   .\n";
	char message[CAPTURE_MESSAGE_MAX] = "";
	struct capture *c = open_text(text, message);
	struct packet p;

	(void)state;
	assert_non_null(c);
	assert_int_equal(capture_next(c, &p, message), CAPTURE_PACKET);
	assert_int_equal(p.frame, 7);
	assert_int_equal(p.time_ns, 1053111731000000042);
	assert_int_equal(p.data.len, 24);
	assert_int_equal(p.wire_len, 30);
	assert_int_equal(capture_next(c, &p, message), CAPTURE_PACKET);
	assert_int_equal(p.frame, 8);
	assert_int_equal(p.data.len, 16);
	assert_int_equal(p.wire_len, 40);
	assert_int_equal(capture_next(c, &p, message), CAPTURE_END);
	assert_true(capture_has_times(c));
	assert_true(capture_nanoseconds(c));
	assert_int_equal(capture_stray_rows(c), 1);
	capture_close(c);
}

/* Rows of a stream are no packets. */
static void test_hex_dump_of_stream(void **state)
{
	char message[CAPTURE_MESSAGE_MAX] = "";
	struct capture *c = open_text("00000000  56 45 52 20 31 20 4d 53  4e 50 38 0d 0a           VER 1 MS NP8..\n", message);

	(void)state;
	assert_non_null(c);
	assert_true(capture_is_text(c));
	capture_close(c);
}

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		char message[CAPTURE_MESSAGE_MAX] = "";

		assert_null(open_file(refused[i].name, message));
		assert_string_equal(message, refused[i].message);
	}
}

static const struct {
	const char *name;
	unsigned packets;
	const char *end; /* of the message */
} damaged[] = {
	{"cut.pcap", 8, ", at frame 9, offset 651"},
	{"cut-in-header.pcap", 8, ", at frame 9, offset 651"},
	{"cut.pcap.gz", 5, "the gzip data ends early, at frame 6, offset 423 of the decompressed data"},
	{"corrupt.pcap.gz", 9, "the gzip data is corrupt, at frame 10, offset 727 of the decompressed data"},
	{"cut.pcapng", 8, "the file ends inside a block, at frame 9, offset 836"},
	{"bad-length.pcapng", 8, "a block length of 7 is not possible, at frame 9, offset 836"},
};

static void test_damaged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damaged); i++) {
		char message[CAPTURE_MESSAGE_MAX] = "";
		struct capture *c = open_file(damaged[i].name, message);
		size_t end = strlen(damaged[i].end);
		struct packet p;

		assert_non_null(c);
		for (unsigned n = 0; n < damaged[i].packets; n++)
			assert_int_equal(capture_next(c, &p, message), CAPTURE_PACKET);
		assert_int_equal(capture_next(c, &p, message), CAPTURE_CUT);
		assert_true(strlen(message) >= end);
		assert_string_equal(message + strlen(message) - end, damaged[i].end);
		assert_int_equal(capture_next(c, &p, message), CAPTURE_END);
		capture_close(c);
	}
}

/* ---- every file, cut at every byte ---- */

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Marks where a little-endian file may end, counting packets. */
static void boundaries(const struct buffer *b, bool pcapng, int *packets_at)
{
	size_t at = pcapng ? 28 : 24;
	int packets = 0;

	for (size_t i = 0; i <= b->len; i++)
		packets_at[i] = -1;
	packets_at[at] = 0;
	while (at < b->len) {
		bool packet = !pcapng || le32(b->data + at) == 6;

		at += pcapng ? le32(b->data + at + 4) : 16 + le32(b->data + at + 8);
		packets += packet;
		packets_at[at] = packets;
	}
	assert_int_equal(packets, PACKETS);
}

static void cut_everywhere(const char *name, bool pcapng)
{
	struct buffer b = load(name);
	int *packets_at = malloc((b.len + 1) * sizeof(*packets_at)), whole = 0;

	boundaries(&b, pcapng, packets_at);
	for (size_t n = pcapng ? 28 : 24; n <= b.len; n++) {
		char path[64], message[CAPTURE_MESSAGE_MAX] = "", expected[64];
		enum capture_result result;
		struct packet p;
		int packets = 0;

		if (packets_at[n] >= 0)
			whole = packets_at[n];
		save(path, b.data, n);
		struct capture *c = capture_open(path, message);
		unlink(path);
		assert_non_null(c);
		while ((result = capture_next(c, &p, message)) == CAPTURE_PACKET)
			packets++;
		assert_int_equal(packets, whole);
		assert_int_equal(result, packets_at[n] >= 0 ? CAPTURE_END : CAPTURE_CUT);
		snprintf(expected, sizeof(expected), ", at frame %d, offset ", whole + 1);
		if (result == CAPTURE_CUT)
			assert_non_null(strstr(message, expected));
		capture_close(c);
	}
	free(packets_at);
	buffer_free(&b);
}

static void test_pcap_cut_everywhere(void **state)
{
	(void)state;
	cut_everywhere("ethernet.pcap", false);
}

static void test_pcapng_cut_everywhere(void **state)
{
	(void)state;
	cut_everywhere("plain.pcapng", true);
}

static void test_gzip_cut_everywhere(void **state)
{
	struct buffer b = load("ethernet.pcap.gz");
	unsigned before = 0;

	(void)state;
	for (size_t n = 0; n < b.len; n++) {
		char path[64], message[CAPTURE_MESSAGE_MAX] = "";
		enum capture_result result = CAPTURE_CUT;
		struct packet p;
		unsigned packets = 0;

		save(path, b.data, n);
		struct capture *c = capture_open(path, message);
		unlink(path);
		if (!c)
			assert_int_not_equal(message[0], 0);
		while (c && (result = capture_next(c, &p, message)) == CAPTURE_PACKET)
			packets++;
		assert_int_equal(result, CAPTURE_CUT);
		assert_true(packets == before || packets == before + 1);
		before = packets;
		capture_close(c);
	}
	assert_int_equal(before, PACKETS);
	buffer_free(&b);
}

/* ---- files larger than all buffers ---- */

static uint32_t size_of_packet(uint32_t n)
{
	return n * 7919 % 3000;
}

static void add_data(struct buffer *b, uint32_t n)
{
	for (uint32_t i = 0; i < size_of_packet(n); i++)
		buffer_add_byte(b, (uint8_t)(n + i));
}

static struct buffer large_pcap(uint32_t packets)
{
	struct buffer b = {0};

	blocks_le32(&b, 0xa1b2c3d4);
	blocks_le32(&b, 4u << 16 | 2);
	blocks_le32(&b, 0);
	blocks_le32(&b, 0);
	blocks_le32(&b, 65535);
	blocks_le32(&b, 1);
	for (uint32_t n = 0; n < packets; n++) {
		blocks_le32(&b, n);
		blocks_le32(&b, 0);
		blocks_le32(&b, size_of_packet(n));
		blocks_le32(&b, size_of_packet(n));
		add_data(&b, n);
	}
	return b;
}

/* Behind every tenth packet stands a block to skip, of up to 300 kB. */
static struct buffer large_pcapng(uint32_t packets)
{
	struct buffer b = {0};

	blocks_start(&b);
	for (uint32_t n = 0; n < packets; n++) {
		uint32_t size = size_of_packet(n), padded = (size + 3) & ~3u, skip = n % 10 ? 0 : n * 1024 % 300000;

		blocks_begin(&b, 6, 20 + padded);
		blocks_le32(&b, 0);
		blocks_le32(&b, 0);
		blocks_le32(&b, n);
		blocks_le32(&b, size);
		blocks_le32(&b, size);
		add_data(&b, n);
		buffer_add(&b, "\0\0\0", padded - size);
		blocks_le32(&b, 32 + padded);
		if (skip) {
			blocks_begin(&b, 0x80000001, skip);
			for (uint32_t i = 0; i < skip; i++)
				buffer_add_byte(&b, 0x55);
			blocks_le32(&b, skip + 12);
		}
	}
	return b;
}

static void read_large(struct buffer b, uint32_t packets)
{
	char path[64], message[CAPTURE_MESSAGE_MAX] = "";
	struct packet p;

	save(path, b.data, b.len);
	struct capture *c = capture_open(path, message);
	unlink(path);
	assert_non_null(c);
	for (uint32_t n = 0; n < packets; n++) {
		assert_int_equal(capture_next(c, &p, message), CAPTURE_PACKET);
		assert_int_equal(p.data.len, size_of_packet(n));
		for (uint32_t i = 0; i < p.data.len; i++)
			if (p.data.ptr[i] != (uint8_t)(n + i))
				fail_msg("packet %u, byte %u", n, i);
	}
	assert_int_equal(capture_next(c, &p, message), CAPTURE_END);
	capture_close(c);
	buffer_free(&b);
}

static void test_large_files(void **state)
{
	(void)state;
	read_large(large_pcap(1000), 1000);
	read_large(large_pcapng(300), 300);
}

static void test_linktype_names(void **state)
{
	static const struct {
		int linktype;
		const char *name;
	} cases[] = {
		{0, "NULL"},           {1, "EN10MB"},      {9, "PPP"},           {12, "RAW"},
		{14, "RAW"},           {50, "PPP_SERIAL"}, {51, "PPP_ETHER"},    {101, "RAW"},
		{104, "C_HDLC"},       {105, "IEEE802_11"}, {108, "LOOP"},       {113, "LINUX_SLL"},
		{228, "IPV4"},         {229, "IPV6"},      {252, "WIRESHARK_UPPER_PDU"}, {276, "LINUX_SLL2"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(capture_linktype_name(cases[i].linktype), cases[i].name);
	assert_null(capture_linktype_name(65000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_files),
		cmocka_unit_test(test_linktypes_at_open),
		cmocka_unit_test(test_two_interfaces),
		cmocka_unit_test(test_frame_numbers),
		cmocka_unit_test(test_snapshot_length),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_hex_dump),
		cmocka_unit_test(test_hex_dump_around),
		cmocka_unit_test(test_hex_dump_of_stream),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_pcap_cut_everywhere),
		cmocka_unit_test(test_pcapng_cut_everywhere),
		cmocka_unit_test(test_gzip_cut_everywhere),
		cmocka_unit_test(test_large_files),
		cmocka_unit_test(test_linktype_names),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
