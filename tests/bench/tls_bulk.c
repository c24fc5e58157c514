/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How fast bulk data inside TLS is decrypted: records of 16 KB of TLS 1.2 with
 * AES-128-GCM go through the transport stage, in segments of 1460 bytes and in
 * whole records, as a stream that nobody looks into.
 *
 * usage: tls_bulk MEGABYTES
 *
 * Prints "segments MB/s" and "records MB/s" (10^6 bytes of plaintext), the best of five.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>

#include "tests/quiet_consumer.h"
#include "transport/tls_opener.h"
#include "util/buffer.h"
#include "util/memory.h"
#include "util/tls_message.h"

#define CONTENT 16384u
#define SEGMENT 1460u
#define RECORDS 64u /* made once, sent again and again in connections of their own */
#define RUNS 5
#define SUITE 0x009c /* TLS_RSA_WITH_AES_128_GCM_SHA256 */

struct bulk {
	uint64_t plain;
};

/* --- the connection --- */

static void add_record(struct buffer *b, uint8_t type, struct slice content)
{
	const uint8_t head[] = {type, 3, 3, (uint8_t)(content.len >> 8), (uint8_t)content.len};

	buffer_add(b, head, sizeof(head));
	buffer_add_slice(b, content);
}

static void add_message(struct buffer *b, uint8_t type, struct slice body)
{
	struct buffer message = {.data = NULL};
	const uint8_t head[] = {type, 0, (uint8_t)(body.len >> 8), (uint8_t)body.len};

	buffer_add(&message, head, sizeof(head));
	buffer_add_slice(&message, body);
	add_record(b, 22, buffer_slice(&message));
	buffer_free(&message);
}

/* Encrypts as the other side would (RFC 5288). */
static void add_sealed(struct buffer *b, const struct tls_keys *keys, uint64_t sequence, uint8_t type, struct slice content)
{
	uint8_t nonce[12], aad[13] = {0}, *out = memory_alloc(8 + content.len + 16);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	for (unsigned i = 0; i < 8; i++)
		aad[7 - i] = out[7 - i] = (uint8_t)(sequence >> (8 * i));
	memcpy(nonce, keys->iv, 4);
	memcpy(nonce + 4, out, 8);
	aad[8] = type;
	aad[9] = aad[10] = 3;
	aad[11] = (uint8_t)(content.len >> 8);
	aad[12] = (uint8_t)content.len;
	if (EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, keys->key, nonce) != 1 ||
	    EVP_EncryptUpdate(ctx, NULL, &n, aad, sizeof(aad)) != 1 ||
	    EVP_EncryptUpdate(ctx, out + 8, &n, content.ptr, (int)content.len) != 1 ||
	    EVP_EncryptFinal_ex(ctx, out + 8 + n, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, out + 8 + content.len) != 1)
		abort();
	EVP_CIPHER_CTX_free(ctx);
	add_record(b, type, slice_of(out, 8 + content.len + 16));
	free(out);
}

static void make_connection(struct buffer side[2])
{
	static const uint8_t change[] = {1}, finished[16] = {20, 0, 0, 12}, key_exchange[2] = {0, 0};
	static const uint8_t master[TLS_MASTER_BYTES] = {7};
	uint8_t client[41] = {3, 3}, server[38] = {3, 3}, *content = memory_zalloc(CONTENT);
	struct tls_exchanged x = {.crypto = crypto_new(), .version = TLS_1_2, .suite = tls_suite_find(SUITE)};
	struct tls_keys keys[2];

	client[36] = 2;
	client[37] = SUITE >> 8;
	client[38] = SUITE & 0xff;
	client[39] = 1;
	server[35] = SUITE >> 8;
	server[36] = SUITE & 0xff;
	if (!tls_keys_of_master(&x, master, keys))
		abort();
	add_message(&side[0], TLS_CLIENT_HELLO, slice_of(client + 0, sizeof(client)));
	add_message(&side[1], TLS_SERVER_HELLO, slice_of(server, sizeof(server)));
	add_message(&side[1], TLS_SERVER_HELLO_DONE, SLICE_EMPTY);
	add_message(&side[0], TLS_CLIENT_KEY_EXCHANGE, slice_of(key_exchange, sizeof(key_exchange)));
	for (int i = 0; i < 2; i++) {
		add_record(&side[i], 20, slice_of(change, sizeof(change)));
		add_sealed(&side[i], &keys[i], 0, 22, slice_of(finished, sizeof(finished)));
	}
	for (unsigned n = 1; n <= RECORDS; n++)
		add_sealed(&side[1], &keys[1], n, 23, slice_of(content, CONTENT));
	crypto_free(x.crypto);
	free(content);
}

/* --- what takes it --- */

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct bulk *b = ctx;

	(void)c, (void)side, (void)origin;
	b->plain += data.len;
	return STREAM_CONTINUE;
}

static void send(struct stream_consumer *stream, struct stream_connection *tcp, int side, struct slice data, size_t piece,
		 struct stream_origin *origin)
{
	for (size_t at = 0; at < data.len; at += piece) {
		struct slice part = slice_sub(data, at, piece);

		origin->frame++;
		stream->data(stream->ctx, tcp, side, part, origin);
		tcp->bytes[side] += part.len;
	}
}

/* Seconds of processor time for the plaintext that is counted. */
static double run(struct slice client, struct slice server, size_t piece, unsigned times, struct bulk *bulk)
{
	struct transport_consumer consumer = quiet_consumer();
	struct transport_options options = {.polls = false};
	struct stream_origin origin = {.frame = 0};
	char log[256];
	int at = snprintf(log, sizeof(log), "CLIENT_RANDOM %064x 07%094x\n", 0, 0);
	clock_t begin;

	consumer.stream.data = on_data;
	consumer.stream.ctx = bulk;
	struct transport *t = transport_new(&options, &consumer);
	struct stream_consumer stream = transport_stream(t);
	transport_key_log(t, slice_of(log, (size_t)at));
	begin = clock();
	for (unsigned i = 0; i < times; i++) {
		struct stream_connection tcp = {.address = {{.version = 4, .port = 1000}, {.version = 4, .port = 443}}, .opener = 0};

		send(&stream, &tcp, 0, slice_sub(client, 0, client.len), piece, &origin);
		send(&stream, &tcp, 1, server, piece, &origin);
		stream.end(stream.ctx, &tcp, STREAM_END_FIN);
	}
	double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
	transport_finish(t);
	transport_free(t);
	return seconds;
}

static void measure(const char *name, struct buffer side[2], size_t piece, unsigned times)
{
	double best = 0;

	for (int i = 0; i < RUNS; i++) {
		struct bulk bulk = {0};
		double seconds = run(buffer_slice(&side[0]), buffer_slice(&side[1]), piece, times, &bulk);

		if (bulk.plain != (uint64_t)times * RECORDS * CONTENT)
			abort();
		if (seconds > 0 && (double)bulk.plain / seconds > best)
			best = (double)bulk.plain / seconds;
	}
	printf("%s %.0f\n", name, best / 1e6);
}

int main(int argc, char **argv)
{
	struct buffer side[2] = {{.data = NULL}, {.data = NULL}};
	uint64_t megabytes = 0;

	if (argc != 2 || !slice_u64(slice_str(argv[1]), &megabytes) || megabytes == 0 || megabytes > 1000000) {
		fprintf(stderr, "usage: tls_bulk MEGABYTES\n");
		return 2;
	}
	make_connection(side);
	measure("segments", side, SEGMENT, (unsigned)megabytes);
	measure("records", side, TLS_RECORD_HEAD + 8 + CONTENT + 16, (unsigned)megabytes);
	buffer_free(&side[0]);
	buffer_free(&side[1]);
	return 0;
}
