/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file transfer over a switchboard (P2P version 1): most of the bytes of real captures.
 */
#include "sample.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 1202u
#define P2P_HEADER 48u
#define P2P_FOOTER 4u
#define FILE_DATA 0x01000030u /* flags */
#define COMMAND_MAX 4096u
#define SESSION 2931007u

struct transfer {
	struct sample *sample;
	struct ends ends;
	struct prng prng;
	uint32_t trid, id[2]; /* P2P message ids of both sides */
	uint32_t unacknowledged; /* segments of the server since the last answer */
};

static void segment(struct transfer *t, int from, unsigned flags, const void *data, uint32_t len)
{
	uint8_t frame[FRAME_MAX];

	sample_add(t->sample, frame, frame_tcp(frame, &t->ends, from, flags, data, len));
}

static void send(struct transfer *t, int from, const uint8_t *data, uint32_t len)
{
	while (len > 0) {
		uint32_t now = len < SEGMENT_MAX ? len : SEGMENT_MAX;

		segment(t, from, now == len ? PSH | ACK : ACK, data, now);
		data += now;
		len -= now;
		t->unacknowledged = from == SERVER ? t->unacknowledged + 1 : 0;
		if (t->unacknowledged == 2) {
			segment(t, CLIENT, ACK, NULL, 0);
			t->unacknowledged = 0;
		}
	}
}

__attribute__((format(printf, 3, 4))) static void line(struct transfer *t, int from, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	int len = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	send(t, from, (const uint8_t *)text, (uint32_t)len);
}

/* Alice is the client, Bob is behind the server. */
static const char *name(int side)
{
	return side == CLIENT ? "alice" : "bob";
}

/* A MSG command around a P2P message, with its line; the client's are acknowledged. */
static void message(struct transfer *t, int from, const uint8_t *p2p, uint32_t len)
{
	uint8_t command[COMMAND_MAX];
	char header[256];
	int start, header_len = snprintf(header, sizeof(header),
		"MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: %s@example.com\r\n\r\n", name(!from));

	t->trid++;
	if (from == CLIENT)
		start = snprintf((char *)command, 64, "MSG %u D %u\r\n", t->trid, (unsigned)header_len + len);
	else
		start = snprintf((char *)command, 64, "MSG bob@example.com Bob %u\r\n", (unsigned)header_len + len);
	memcpy(command + start, header, (size_t)header_len);
	memcpy(command + start + header_len, p2p, len);
	send(t, from, command, (uint32_t)(start + header_len) + len);
	if (from == CLIENT)
		line(t, SERVER, "ACK %u\r\n", t->trid);
}

static void little(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* One P2P message in as many chunks as it takes, then its acknowledgement. */
static void p2p(struct transfer *t, int from, uint32_t session, uint32_t flags, const uint8_t *data, uint32_t len)
{
	uint8_t chunk[P2P_HEADER + CHUNK + P2P_FOOTER];
	uint32_t ack = (uint32_t)prng_next(&t->prng), id = ++t->id[from];

	for (uint32_t at = 0; at < len; at += CHUNK) {
		uint32_t now = len - at < CHUNK ? len - at : CHUNK;

		memset(chunk, 0, P2P_HEADER);
		little(chunk, session);
		little(chunk + 4, id);
		little(chunk + 8, at);
		little(chunk + 16, len);
		little(chunk + 24, now);
		little(chunk + 28, flags);
		little(chunk + 32, ack);
		memcpy(chunk + P2P_HEADER, data + at, now);
		put32(chunk + P2P_HEADER + now, session ? 2 : 0);
		message(t, from, chunk, P2P_HEADER + now + P2P_FOOTER);
	}
	memset(chunk, 0, P2P_HEADER + P2P_FOOTER);
	little(chunk, session);
	little(chunk + 4, ++t->id[!from]);
	little(chunk + 16, len);
	little(chunk + 28, 2);
	little(chunk + 32, id);
	little(chunk + 36, ack);
	little(chunk + 40, len);
	message(t, !from, chunk, P2P_HEADER + P2P_FOOTER);
}

static void slp(struct transfer *t, int from, int sequence, const char *start, const char *type, const char *body)
{
	char text[2048];
	int len = snprintf(text, sizeof(text),
		"%s\r\nTo: <msnmsgr:%s@example.com>\r\nFrom: <msnmsgr:%s@example.com>\r\n"
		"Via: MSNSLP/1.0/TLP ;branch={9D1F6A77-2C1B-4E0C-8A52-6B8E5F1C0D33}\r\nCSeq: %d \r\n"
		"Call-ID: {5E0C3B1A-7C44-4E1B-9B53-2D0A9A3F6C10}\r\nMax-Forwards: 0\r\n"
		"Content-Type: application/x-msnmsgr-%s\r\nContent-Length: %zu\r\n\r\n%s",
		start, name(!from), name(from), sequence, type, strlen(body) + 1, body);

	p2p(t, from, 0, 0, (const uint8_t *)text, (uint32_t)len + 1);
}

/* The context of an invitation: file name and size. */
static void context(char *out, uint32_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char file[] = "holiday.jpg";
	uint8_t data[576] = {0};

	little(data, 574);
	little(data + 4, 2);
	little(data + 8, size);
	little(data + 16, 1);
	for (size_t i = 0; file[i]; i++)
		data[20 + 2 * i] = (uint8_t)file[i];
	memset(data + 570, 0xff, 4);
	for (size_t i = 0; i < sizeof(data); i += 3) {
		uint32_t n = (uint32_t)data[i] << 16 | (uint32_t)data[i + 1] << 8 | data[i + 2];

		for (int shift = 18; shift >= 0; shift -= 6)
			*out++ = digits[n >> shift & 63];
	}
	memcpy(out - 2, "==", 3); /* 574 bytes leave one over */
}

static void invite(struct transfer *t, int sender, uint32_t size)
{
	char blob[800], body[1100], start[80];

	context(blob, size);
	snprintf(body, sizeof(body),
		 "EUF-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\nSessionID: %u\r\nAppID: 2\r\nContext: %s\r\n\r\n",
		 SESSION, blob);
	snprintf(start, sizeof(start), "INVITE MSNMSGR:%s@example.com MSNSLP/1.0", name(!sender));
	slp(t, sender, 0, start, "sessionreqbody", body);
	snprintf(body, sizeof(body), "SessionID: %u\r\n\r\n", SESSION);
	slp(t, !sender, 1, "MSNSLP/1.0 200 OK", "sessionreqbody", body);
}

static void open_switchboard(struct transfer *t, unsigned version)
{
	segment(t, CLIENT, SYN, NULL, 0);
	segment(t, SERVER, SYN | ACK, NULL, 0);
	segment(t, CLIENT, ACK, NULL, 0);
	line(t, CLIENT, "USR 1 alice@example.com " TRANSFER_COOKIE "\r\n");
	line(t, SERVER, "USR 1 OK alice@example.com Alice\r\n");
	line(t, CLIENT, "CAL 2 bob@example.com\r\n");
	line(t, SERVER, "CAL 2 RINGING 11830021\r\n");
	line(t, SERVER, version < 12 ? "JOI bob@example.com Bob\r\n" : "JOI bob@example.com Bob 1073791084\r\n");
	t->trid = 2;
}

static void close_switchboard(struct transfer *t)
{
	line(t, CLIENT, "OUT\r\n");
	segment(t, CLIENT, FIN | ACK, NULL, 0);
	segment(t, SERVER, FIN | ACK, NULL, 0);
	segment(t, CLIENT, ACK, NULL, 0);
}

void sample_transfer(struct sample *s, unsigned version, int sender, uint32_t kilobytes)
{
	struct transfer t = {.sample = s, .prng = {kilobytes + (unsigned)sender}};
	uint32_t size = kilobytes * 1000;
	uint8_t *file = allocate(NULL, size + 8);

	t.ends = (struct ends){{0xc000020a, 0xcb00713c}, {(uint16_t)(4100 + sender), 1863}, {100, 200}};
	t.id[CLIENT] = 4812000;
	t.id[SERVER] = 9120000;
	for (uint32_t i = 0; i < size; i += 8) {
		uint64_t word = prng_next(&t.prng);

		memcpy(file + i, &word, sizeof(word));
	}
	open_switchboard(&t, version);
	invite(&t, sender, size);
	p2p(&t, sender, SESSION, FILE_DATA, file, size);
	slp(&t, !sender, 0,
	    sender == CLIENT ? "BYE MSNMSGR:alice@example.com MSNSLP/1.0" : "BYE MSNMSGR:bob@example.com MSNSLP/1.0",
	    "sessionclosebody", "\r\n");
	close_switchboard(&t);
	free(file);
	sample_prepare(s);
}
