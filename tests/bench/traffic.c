/* SPDX-License-Identifier: BSD-2-Clause */
#include "traffic.h"

#include <stdlib.h>
#include <string.h>

#define NOISE_BYTES (1u << 20)
#define ENDLESS 10u /* of so many small connections one never ends */

enum step {
	STEP_SYN,
	STEP_SYN_ACK,
	STEP_ACK,
	STEP_REQUEST,
	STEP_RESPONSE,
	STEP_FIN,
	STEP_FIN_ACK,
	STEP_LAST_ACK,
	STEP_DONE,
};

void noise_init(struct noise *n)
{
	struct prng r = {2014};

	n->bytes = allocate(NULL, NOISE_BYTES);
	for (uint32_t i = 0; i < NOISE_BYTES; i += 8) {
		uint64_t word = prng_next(&r);

		memcpy(n->bytes + i, &word, sizeof(word));
	}
}

void noise_free(struct noise *n)
{
	free(n->bytes);
}

void connection_start(struct connection *c, enum traffic_kind kind, uint32_t number, struct prng *r)
{
	static const uint16_t bulk_ports[] = {443, 6881, 21020, 8000}, small_ports[] = {80, 443, 25, 993, 5222, 6667};

	*c = (struct connection){.kind = kind, .requests = 1};
	c->ends.ip[CLIENT] = 10u << 24 | (number & 0xffffff);
	c->ends.ip[SERVER] = 203u << 24 | prng_between(r, 0, 0xffff);
	c->ends.port[CLIENT] = (uint16_t)prng_between(r, 1024, 5000);
	c->ends.seq[CLIENT] = (uint32_t)prng_next(r);
	c->ends.seq[SERVER] = (uint32_t)prng_next(r);
	switch (kind) {
	case TRAFFIC_BULK:
		c->ends.port[SERVER] = bulk_ports[prng_between(r, 0, 3)];
		c->left = prng_between(r, 100000, 2000000);
		break;
	case TRAFFIC_HTTP:
		c->ends.port[SERVER] = 80;
		c->requests = prng_between(r, 1, 6);
		break;
	case TRAFFIC_SMALL:
		c->ends.port[SERVER] = small_ports[prng_between(r, 0, 5)];
		break;
	}
}

static uint32_t tcp(struct connection *c, struct writer *w, int from, unsigned flags, const void *data, uint32_t len)
{
	uint8_t frame[FRAME_MAX];

	return writer_frame(w, frame, frame_tcp(frame, &c->ends, from, flags, data, len));
}

static const uint8_t *noise(const struct noise *n, struct prng *r)
{
	return n->bytes + prng_between(r, 0, NOISE_BYTES - SEGMENT_MAX);
}

static uint32_t request(struct connection *c, const struct noise *n, struct writer *w)
{
	char text[512];
	uint32_t size;

	c->requests--;
	c->unacknowledged = 0;
	if (c->kind == TRAFFIC_HTTP) {
		int len = snprintf(text, sizeof(text),
			"GET /pages/%u.html HTTP/1.1\r\nHost: www.example.net\r\nUser-Agent: Mozilla/4.0 (compatible; MSIE 6.0)\r\n"
			"Accept: */*\r\nAccept-Encoding: identity\r\nConnection: Keep-Alive\r\n\r\n", prng_between(&w->prng, 1, 99999));

		return tcp(c, w, CLIENT, PSH | ACK, text, (uint32_t)len);
	}
	size = prng_between(&w->prng, 40, 150);
	return tcp(c, w, CLIENT, PSH | ACK, noise(n, &w->prng), size);
}

/* The first segment of a response over HTTP, with all of its header. */
static uint32_t response_header(struct connection *c, const struct noise *n, struct writer *w)
{
	char text[SEGMENT_MAX];

	c->left = prng_between(&w->prng, 1000, 100000);
	int len = snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nServer: Example\r\nContent-Type: image/jpeg\r\n"
		"Content-Length: %u\r\nConnection: Keep-Alive\r\n\r\n", c->left);
	uint32_t body = SEGMENT_MAX - (uint32_t)len;
	if (body > c->left)
		body = c->left;
	memcpy(text + len, noise(n, &w->prng), body);
	c->left -= body;
	return tcp(c, w, SERVER, ACK, text, (uint32_t)len + body);
}

static uint32_t response(struct connection *c, const struct noise *n, struct writer *w)
{
	uint32_t size, len;

	if (c->kind == TRAFFIC_SMALL) {
		len = prng_between(&w->prng, 60, 300);
		return tcp(c, w, SERVER, PSH | ACK, noise(n, &w->prng), len);
	}
	if (c->unacknowledged == 2) {
		c->unacknowledged = 0;
		return tcp(c, w, CLIENT, ACK, NULL, 0);
	}
	c->unacknowledged++;
	if (c->kind == TRAFFIC_HTTP && c->left == 0)
		return response_header(c, n, w);
	len = c->left < SEGMENT_MAX ? c->left : SEGMENT_MAX;
	size = tcp(c, w, SERVER, ACK, noise(n, &w->prng), len);
	c->left -= len;
	return size;
}

static unsigned step_after_response(const struct connection *c, struct prng *r)
{
	if (c->left > 0)
		return STEP_RESPONSE;
	if (c->requests > 0)
		return STEP_REQUEST;
	return c->kind == TRAFFIC_SMALL && prng_between(r, 1, ENDLESS) == 1 ? STEP_DONE : STEP_FIN;
}

uint32_t connection_step(struct connection *c, const struct noise *n, struct writer *w)
{
	uint32_t size;

	switch ((enum step)c->step++) {
	case STEP_SYN:
		return tcp(c, w, CLIENT, SYN, NULL, 0);
	case STEP_SYN_ACK:
		return tcp(c, w, SERVER, SYN | ACK, NULL, 0);
	case STEP_ACK:
		return tcp(c, w, CLIENT, ACK, NULL, 0);
	case STEP_REQUEST:
		return request(c, n, w);
	case STEP_RESPONSE:
		size = response(c, n, w);
		c->step = step_after_response(c, &w->prng);
		return size;
	case STEP_FIN:
		return tcp(c, w, CLIENT, FIN | ACK, NULL, 0);
	case STEP_FIN_ACK:
		return tcp(c, w, SERVER, FIN | ACK, NULL, 0);
	case STEP_LAST_ACK:
		return tcp(c, w, CLIENT, ACK, NULL, 0);
	case STEP_DONE:
		break;
	}
	c->step = STEP_DONE;
	return 0;
}

/* --- DNS --- */

uint32_t dns_lookup(struct writer *w)
{
	static const char name[] = "\4host\7example\3net";
	uint8_t frame[FRAME_MAX], message[64] = {0};
	struct ends e = {.ip = {0xc0000200, 0xc6336401}, .port = {0, 53}};
	uint32_t size, len = 12;

	e.ip[CLIENT] += prng_between(&w->prng, 2, 250);
	e.port[CLIENT] = (uint16_t)prng_between(&w->prng, 1024, 5000);
	put16(message, (uint32_t)prng_next(&w->prng));
	put16(message + 2, 0x0100);
	put16(message + 4, 1);
	memcpy(message + len, name, sizeof(name));
	len += (uint32_t)sizeof(name);
	put16(message + len, 1);
	put16(message + len + 2, 1);
	len += 4;
	size = writer_frame(w, frame, frame_udp(frame, &e, CLIENT, message, len));
	put16(message + 2, 0x8180);
	put16(message + 6, 1);
	put16(message + len, 0xc00c);
	put16(message + len + 2, 1);
	put16(message + len + 4, 1);
	put32(message + len + 6, 300);
	put16(message + len + 10, 4);
	put32(message + len + 12, 0xcb007150);
	return size + writer_frame(w, frame, frame_udp(frame, &e, SERVER, message, len + 16));
}
