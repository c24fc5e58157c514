/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets of chosen connections.  What is written is held against what the file
 * holds between the same two ports, found by their places in Ethernet frames
 * of IPv4 without options: see samples/README.md.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline_packets.h"
#include "util/buffer.h"

#define FILE_HEADER 24u
#define RECORD_HEADER 16u
#define PORTS_AT (14u + 20u)
#define MICROSECONDS 0xa1b2c3d4u
#define NANOSECONDS 0xa1b23c4du

struct choice {
	uint16_t port;    /* of the client, 0: any */
	int64_t after_ns; /* begins later than that */
};

static bool wants(void *ctx, const struct connection *c)
{
	const struct choice *choice = ctx;

	return (!choice->port || c->client.port == choice->port) && c->start_ns > choice->after_ns;
}

static const char *source_path(const char *name)
{
	static char path[4096];
	const char *srcdir = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/%s", srcdir ? srcdir : ".", name);
	return path;
}

static struct buffer load(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct buffer b = {NULL, 0, 0};
	uint8_t block[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buffer_add(&b, block, n);
	fclose(f);
	return b;
}

static void store(const char *path, const struct buffer *b)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(b->data, 1, b->len, f), b->len);
	assert_int_equal(fclose(f), 0);
}

/* A name that no file has. */
static char *new_path(void)
{
	static char path[32];

	strcpy(path, "msnscope-test-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	unlink(path);
	return path;
}

static uint32_t number(const struct buffer *b, size_t at)
{
	uint32_t n;

	memcpy(&n, b->data + at, sizeof(n));
	return n;
}

/* Is one of its ports among them (up to a 0; none: any)? */
static bool has_port(const struct buffer *file, size_t record, const unsigned *ports)
{
	const uint8_t *p = file->data + record + RECORD_HEADER + PORTS_AT;

	for (size_t i = 0; ports[i]; i++)
		if ((unsigned)(p[0] << 8 | p[1]) == ports[i] || (unsigned)(p[2] << 8 | p[3]) == ports[i])
			return true;
	return ports[0] == 0;
}

/* The records of a file, from some place on, with one of these ports. */
static struct buffer records_of(const struct buffer *file, size_t from, const unsigned *ports)
{
	struct buffer out = {NULL, 0, 0};

	for (size_t at = FILE_HEADER; at < file->len; at += RECORD_HEADER + number(file, at + 8))
		if (at >= from && has_port(file, at, ports))
			buffer_add(&out, file->data + at, RECORD_HEADER + number(file, at + 8));
	return out;
}

static uint64_t count_records(const struct buffer *records)
{
	uint64_t n = 0;

	for (size_t at = 0; at < records->len; at += RECORD_HEADER + number(records, at + 8))
		n++;
	return n;
}

static void assert_records(const char *path, const struct buffer *wanted, uint32_t magic, uint32_t linktype)
{
	struct buffer got = load(path);

	assert_true(got.len >= FILE_HEADER);
	assert_int_equal(number(&got, 0), magic);
	assert_int_equal(number(&got, 20), linktype);
	assert_int_equal(got.len - FILE_HEADER, wanted->len);
	assert_memory_equal(got.data + FILE_HEADER, wanted->data, wanted->len);
	buffer_free(&got);
}

static bool save(const char *path, struct choice choice, const char *to, uint64_t *written, char *message)
{
	const struct pipeline_options options = {.verify_checksums = false};

	return pipeline_packets(&options, path, wants, &choice, to, written, message);
}

static void check(const char *name, uint16_t port, const unsigned *ports, uint64_t packets)
{
	char message[CAPTURE_MESSAGE_MAX];
	const char *to = new_path();
	struct buffer file = load(source_path(name));
	struct buffer wanted = records_of(&file, 0, ports);
	uint64_t written;

	assert_true(save(source_path(name), (struct choice){port, INT64_MIN}, to, &written, message));
	assert_string_equal(message, "");
	assert_int_equal(count_records(&wanted), packets);
	assert_int_equal(written, packets);
	assert_records(to, &wanted, MICROSECONDS, 1);
	unlink(to);
	buffer_free(&wanted);
	buffer_free(&file);
}

/* The @conn lines of the dialogues name the ports. */
static void whole_connections(void **state)
{
	(void)state;
	check("samples/msnp8-login.pcap", 1038, (const unsigned[]){1038, 0}, 74);
	check("samples/msnp8-login.pcap", 1046, (const unsigned[]){1046, 0}, 20);
	check("samples/msnp8-login.pcap", 0, (const unsigned[]){0}, 147);
	check("samples/p2p.pcap", 1830, (const unsigned[]){1830, 0}, 16);
}

/* A gateway session goes over several connections, one of them for polls; the .gateway file tells which. */
static void gateway_sessions(void **state)
{
	(void)state;
	check("samples/gateway-msnp18.pcap", 40001, (const unsigned[]){40001, 40002, 40003, 40004, 0}, 53);
	check("samples/gateway-msnp18.pcap", 40005, (const unsigned[]){40005, 0}, 14);
}

/* The same connections again an hour later: the later ones only. */
static void ports_used_again(void **state)
{
	struct buffer file = load(source_path("samples/msnp8-login.pcap"));
	char message[CAPTURE_MESSAGE_MAX], both[32];
	struct buffer again = records_of(&file, 0, (const unsigned[]){0});
	size_t later = file.len;
	uint64_t written;

	(void)state;
	buffer_add(&file, again.data, again.len);
	for (size_t at = later; at < file.len; at += RECORD_HEADER + number(&file, at + 8)) {
		uint32_t seconds = number(&file, at) + 3600;

		memcpy(file.data + at, &seconds, sizeof(seconds));
	}
	struct buffer wanted = records_of(&file, later, (const unsigned[]){1038, 0});
	snprintf(both, sizeof(both), "%s", new_path());
	store(both, &file);
	const char *to = new_path();
	assert_true(save(both, (struct choice){1038, INT64_C(1053113000) * 1000000000}, to, &written, message));
	assert_int_equal(written, 74);
	assert_records(to, &wanted, MICROSECONDS, 1);
	unlink(to);
	unlink(both);
	buffer_free(&again);
	buffer_free(&wanted);
	buffer_free(&file);
}

/* Time stamps in nanoseconds stay so. */
static void nanoseconds(void **state)
{
	struct buffer file = load(source_path("tests/captures/nanoseconds.pcap"));
	struct buffer wanted = records_of(&file, 0, (const unsigned[]){0});
	char message[CAPTURE_MESSAGE_MAX];
	const char *to = new_path();
	uint64_t written;

	(void)state;
	assert_true(save(source_path("tests/captures/nanoseconds.pcap"), (struct choice){0, INT64_MIN}, to, &written, message));
	assert_records(to, &wanted, NANOSECONDS, 1);
	unlink(to);
	buffer_free(&wanted);
	buffer_free(&file);
}

static void fragments(void **state)
{
	struct buffer file = load(source_path("tests/captures/fragments.pcap"));
	char message[CAPTURE_MESSAGE_MAX];
	const char *to = new_path();
	uint64_t written;

	(void)state;
	assert_true(save(source_path("tests/captures/fragments.pcap"), (struct choice){0, INT64_MIN}, to, &written, message));
	struct buffer got = load(to);
	/* All is of one connection, so that the files are alike. */
	assert_int_equal(got.len, file.len);
	assert_memory_equal(got.data + FILE_HEADER, file.data + FILE_HEADER, file.len - FILE_HEADER);
	unlink(to);
	buffer_free(&got);
	buffer_free(&file);
}

/* Of a pcapng file with Ethernet and raw IP only the first kind fits. */
static void link_types(void **state)
{
	char message[CAPTURE_MESSAGE_MAX];
	const char *to = new_path();
	uint64_t written;

	(void)state;
	assert_true(save(source_path("tests/captures/interfaces.pcapng"), (struct choice){0, INT64_MIN}, to, &written, message));
	struct buffer got = load(to);
	assert_int_equal(number(&got, 20), 1);
	assert_string_equal(message, "3 packets of other link types were left out (first: RAW), as the file is one of EN10MB");
	unlink(to);
	buffer_free(&got);
}

/* Packets in hexadecimal are packets; without times they stand at the beginning of 1970. */
static void hex_dump(void **state)
{
	char message[CAPTURE_MESSAGE_MAX];
	const char *to = new_path();
	uint64_t written;

	(void)state;
	assert_true(save(source_path("tests/fuzz/corpus/hex_file/tshark"), (struct choice){0, INT64_MIN}, to, &written, message));
	struct buffer got = load(to);
	assert_int_equal(written, 8);
	assert_int_equal(number(&got, 20), 1);
	assert_int_equal(number(&got, 24), 0);
	assert_int_equal(number(&got, 28), 0);
	assert_int_equal(number(&got, 32), 62);
	assert_memory_equal(got.data + 40, "\x02\x00\xc6\x33\x64", 5);
	unlink(to);
	buffer_free(&got);
}

static void refused(const char *path, uint16_t port, const char *to, const char *why)
{
	char message[CAPTURE_MESSAGE_MAX];
	uint64_t written;

	assert_false(save(path, (struct choice){port, INT64_MIN}, to, &written, message));
	assert_int_equal(written, 0);
	if (strstr(message, why) == NULL)
		assert_string_equal(message, why);
}

static void refusals(void **state)
{
	const struct buffer mine = {(uint8_t *)"mine", 4, 0};
	char path[4096];
	const char *to = new_path();

	(void)state;
	snprintf(path, sizeof(path), "%s", source_path("samples/msnp8-login.pcap"));
	refused(path, 999, to, "none of these packets are in ");
	refused(source_path("tests/transcripts/arrows.txt"), 0, to, "is a text: it holds no packets");
	refused("-", 0, to, "standard input cannot be read a second time for its packets");
	refused("no-such-file", 0, to, "No such file or directory");
	refused(path, 0, "/no-such-folder/file", "/no-such-folder/file: No such file or directory");
	assert_int_equal(access(to, F_OK), -1);
	store(to, &mine);
	refused(path, 0, to, "is there already; not overwritten");
	struct buffer still = load(to);
	assert_int_equal(still.len, 4);
	assert_memory_equal(still.data, "mine", 4);
	buffer_free(&still);
	unlink(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_connections), cmocka_unit_test(gateway_sessions), cmocka_unit_test(ports_used_again),
		cmocka_unit_test(nanoseconds),       cmocka_unit_test(fragments),        cmocka_unit_test(link_types),
		cmocka_unit_test(hex_dump),          cmocka_unit_test(refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
