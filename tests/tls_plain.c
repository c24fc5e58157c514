/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is inside of the TLS connections of a capture, for tests that compare it with other programs.
 *
 * usage: tls_plain [--keylog FILE] [--rsa-key FILE] CAPTURE
 *
 * Writes, in order, a line for each piece: number of the connection (in order of their first hellos or data), c or s for
 * who sent it, and the bytes in hexadecimal, or "gap N" or "gap ?" for a hole; and a line for each handshake, failure and
 * end: number, what, version, suite, trouble as numbers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"
#include "decode/decode.h"
#include "secrets/tls_secrets.h"
#include "tests/quiet_consumer.h"
#include "util/memory.h"

struct dump {
	uint64_t connections;
	const char *path;
	struct capture *capture;
	struct transport *transport;
};

struct known {
	uint64_t number;
};

static uint64_t number_of(struct dump *d, const struct tls_report *r)
{
	struct known *k = *r->user;

	if (!k) {
		k = memory_zalloc(sizeof(*k));
		k->number = ++d->connections;
		*r->user = k;
	}
	return k->number;
}

static bool on_notice(void *ctx, enum tls_notice what, const struct tls_report *r, const struct stream_origin *origin)
{
	static const char *const names[] = {[TLS_HANDSHAKE] = "handshake", [TLS_FAILED] = "failed", [TLS_HOLE] = "hole", [TLS_ENDED] = "ended"};

	if (what == TLS_INSIDE)
		return true;
	printf("%" PRIu64 " %s %04x %04x %d frame %" PRIu64 "\n", number_of(ctx, r), names[what], r->version, r->suite, r->trouble,
	       origin->frame);
	if (what == TLS_ENDED)
		free(*r->user);
	return true;
}

static void on_plain(void *ctx, const struct tls_report *r, int side, struct slice data, const struct stream_origin *origin)
{
	(void)origin;
	printf("%" PRIu64 " %c ", number_of(ctx, r), side == r->client_side ? 'c' : 's');
	if (!data.ptr && data.len == STREAM_GAP_UNKNOWN)
		printf("gap ?");
	else if (!data.ptr)
		printf("gap %zu", data.len);
	for (size_t i = 0; data.ptr && i < data.len; i++)
		printf("%02x", data.ptr[i]);
	putchar('\n');
}

static void on_key_log(void *ctx, struct slice text)
{
	const struct dump *d = ctx;

	transport_key_log(d->transport, text);
}

static bool on_more_key_logs(void *ctx)
{
	struct dump *d = ctx;

	return capture_all_key_logs(d->capture, d->path, on_key_log, d) > 0;
}

static void read_capture(const char *path, struct capture *capture, struct tls_secrets *secrets)
{
	struct dump d = {0, path, capture, NULL};
	struct transport_consumer consumer = quiet_consumer();
	struct transport_options options = {.secrets = secrets, .more_key_logs = on_more_key_logs, .more_ctx = &d};
	struct stream_limits limits = {.flows = 0};
	struct decoder *decoder = decoder_new(false);
	char message[CAPTURE_MESSAGE_MAX];
	struct packet packet;
	struct segment segment;

	consumer.tls = (struct tls_consumer){on_notice, on_plain, &d};
	d.transport = transport_new(&options, &consumer);
	struct stream_consumer stream = transport_stream(d.transport);
	struct stream_table *streams = stream_table_new(&limits, &stream);
	capture_on_key_log(capture, on_key_log, &d);
	while (capture_next(capture, &packet, message) == CAPTURE_PACKET)
		if (decoder_packet(decoder, &packet, &segment) == DECODE_TCP)
			stream_table_segment(streams, &segment);
	stream_table_finish(streams);
	transport_finish(d.transport);
	stream_table_free(streams);
	transport_free(d.transport);
	decoder_free(decoder);
}

static bool take_option(struct tls_secrets *secrets, const char *option, const char *value)
{
	char message[TLS_SECRETS_MESSAGE_MAX];
	const char *path = value;
	bool good = strcmp(option, "--keylog") == 0 ? tls_secrets_add_key_log(secrets, value, message) :
						      tls_secrets_add_private_key(secrets, value, NULL, &path, message);

	if (!good)
		fprintf(stderr, "%s: %s\n", path, message);
	return good;
}

int main(int argc, char **argv)
{
	struct tls_secrets *secrets = tls_secrets_new();
	char message[CAPTURE_MESSAGE_MAX];
	bool good = true;
	int i = 1;

	for (; i + 2 < argc && good; i += 2)
		good = take_option(secrets, argv[i], argv[i + 1]);
	struct capture *capture = good && i < argc ? capture_open(argv[i], message) : NULL;
	if (good && !capture)
		fprintf(stderr, "%s\n", message);
	if (capture)
		read_capture(argv[i], capture, secrets);
	capture_close(capture);
	tls_secrets_free(secrets);
	return capture ? 0 : 2;
}
