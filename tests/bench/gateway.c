/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversations carried in sessions of the HTTP gateway: what the client says
 * goes into the bodies of requests, what the server says into the answers.
 * Each connection of the sample becomes a session with a TCP connection of its
 * own, kept alive.
 */
#include "sample.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SESSIONS_MAX 16u /* of one sample */
#define BODY_MAX 8192u   /* that the gateway gathers for one answer */
#define POLL_EVERY 4u    /* of so many exchanges one more carries nothing */
#define HEAD_MAX 1024u
#define TCP_FLAGS 13u    /* offset in the header */

struct session {
	struct ends inner, outer; /* inner.seq is not used */
	struct sample *to;
	uint32_t number, exchanges;
	uint32_t id;    /* part that changes with every answer; 0: not open */
	bool asked;     /* a request waits for its answer */
	bool closed;
	uint8_t body[2][BODY_MAX + SEGMENT_MAX]; /* gathered, by side */
	uint32_t len[2];
	unsigned unacknowledged; /* segments of the server */
};

static void segment(struct session *s, int from, unsigned flags, const void *data, uint32_t len)
{
	uint8_t frame[FRAME_MAX];

	sample_add(s->to, frame, frame_tcp(frame, &s->outer, from, flags, data, len));
}

/* A message in segments, the body right behind the head. */
static void send(struct session *s, int from, const char *head, uint32_t head_len)
{
	uint8_t text[HEAD_MAX + BODY_MAX + SEGMENT_MAX];
	uint32_t len = head_len + s->len[from], now;

	memcpy(text, head, head_len);
	memcpy(text + head_len, s->body[from], s->len[from]);
	s->len[from] = 0;
	for (uint32_t at = 0; at < len; at += now) {
		now = len - at < SEGMENT_MAX ? len - at : SEGMENT_MAX;
		segment(s, from, at + now == len ? PSH | ACK : ACK, text + at, now);
		s->unacknowledged = from == SERVER ? s->unacknowledged + 1 : 0;
		if (s->unacknowledged == 2) {
			segment(s, CLIENT, ACK, NULL, 0);
			s->unacknowledged = 0;
		}
	}
}

__attribute__((format(printf, 3, 4))) static void say(struct session *s, int from, const char *format, ...)
{
	char head[HEAD_MAX];
	va_list ap;

	va_start(ap, format);
	int len = vsnprintf(head, sizeof(head), format, ap);
	va_end(ap);
	send(s, from, head, (uint32_t)len);
}

/* The part of the id that stays.  The first digit tells the sessions of one user apart, the others are the user's. */
static uint32_t stem(const struct session *s)
{
	return (1 + s->number % 9) * 100000000u + 18530700u + s->number;
}

static void request(struct session *s)
{
	char query[128];
	uint32_t ip = s->inner.ip[SERVER];

	if (!s->id)
		snprintf(query, sizeof(query), "Action=open&Server=%s&IP=%u.%u.%u.%u",
			 s->len[CLIENT] >= 3 && memcmp(s->body[CLIENT], "VER", 3) == 0 ? "NS" : "SB",
			 ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
	else
		snprintf(query, sizeof(query), "%sSessionID=%u.%u", s->len[CLIENT] ? "" : "Action=poll&", stem(s), s->id);
	say(s, CLIENT,
	    "POST http://gateway.example.net/gateway/gateway.dll?%s HTTP/1.1\r\nAccept: */*\r\nAccept-Language: en-us\r\n"
	    "Accept-Encoding: gzip, deflate\r\nUser-Agent: MSMSGS\r\nHost: gateway.example.net\r\n"
	    "Proxy-Connection: Keep-Alive\r\nConnection: Keep-Alive\r\nPragma: no-cache\r\n"
	    "Content-Type: application/x-msn-messenger\r\nContent-Length: %u\r\n\r\n",
	    query, s->len[CLIENT]);
	s->asked = true;
}

static void answer(struct session *s, bool last)
{
	s->id = (stem(s) + ++s->exchanges) * 2654435761u | 1;
	say(s, SERVER,
	    "HTTP/1.1 200 OK\r\nServer: Microsoft-IIS/5.0\r\nContent-Length: %u\r\n"
	    "X-MSN-Messenger: SessionID=%u.%u; GW-IP=198.51.100.80%s\r\nContent-Type: application/x-msn-messenger\r\n\r\n",
	    s->len[SERVER], stem(s), s->id, last ? "; Session=close" : "");
	s->asked = false;
}

/* Whatever the server has said so far reaches the client. */
static void catch_up(struct session *s)
{
	if (s->closed)
		return;
	if (!s->asked && s->len[SERVER])
		request(s);
	if (s->asked)
		answer(s, false);
	if (s->exchanges % POLL_EVERY == POLL_EVERY - 1) {
		request(s);
		answer(s, false);
	}
}

static void from_client(struct session *s, const uint8_t *data, uint32_t len, bool push)
{
	uint32_t said = s->len[CLIENT];

	if (said == 0)
		catch_up(s);
	memcpy(s->body[CLIENT] + said, data, len);
	s->len[CLIENT] += len;
	if (push || s->len[CLIENT] > BODY_MAX)
		request(s);
}

static void from_server(struct session *s, const uint8_t *data, uint32_t len)
{
	memcpy(s->body[SERVER] + s->len[SERVER], data, len);
	s->len[SERVER] += len;
	if (s->len[SERVER] > BODY_MAX)
		catch_up(s);
}

static void finish(struct session *s)
{
	if (s->closed)
		return;
	s->closed = true;
	if (!s->asked)
		request(s);
	answer(s, true);
	segment(s, CLIENT, FIN | ACK, NULL, 0);
	segment(s, SERVER, FIN | ACK, NULL, 0);
	segment(s, CLIENT, ACK, NULL, 0);
}

static void begin(struct session *s, const struct ends *inner, uint32_t number, struct sample *to)
{
	*s = (struct session){.inner = *inner, .outer = *inner, .to = to, .number = number};
	s->outer.port[SERVER] = 80;
	s->outer.seq[CLIENT] = 1000 * number;
	s->outer.seq[SERVER] = 7000 * number;
	segment(s, CLIENT, SYN, NULL, 0);
	segment(s, SERVER, SYN | ACK, NULL, 0);
	segment(s, CLIENT, ACK, NULL, 0);
}

/* The session of a frame, and which side sent it; a new one for a SYN, NULL for what belongs to none. */
static struct session *session_of(struct session *sessions, uint32_t *count, const uint8_t *frame, struct sample *to,
				  int *from)
{
	struct ends e = {{get32(frame + AT_SOURCE), get32(frame + AT_DESTINATION)},
			 {get16(frame + AT_TRANSPORT), get16(frame + AT_TRANSPORT + 2)},
			 {0, 0}};

	for (uint32_t i = *count; i-- > 0;) {
		const struct ends *known = &sessions[i].inner;

		for (*from = CLIENT; *from <= SERVER; ++*from)
			if (known->ip[*from] == e.ip[0] && known->port[*from] == e.port[0] && known->ip[!*from] == e.ip[1] &&
			    known->port[!*from] == e.port[1])
				return &sessions[i];
	}
	*from = CLIENT;
	if ((frame[AT_TRANSPORT + TCP_FLAGS] & (SYN | ACK)) != SYN || *count == SESSIONS_MAX)
		return NULL;
	begin(&sessions[*count], &e, *count, to);
	return &sessions[(*count)++];
}

/* Carries the frames over; the server is answered for as soon as something else goes on. */
static void wrap(struct session *sessions, struct sample *to, const struct sample *inner)
{
	struct session *latest = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < inner->count; i++) {
		const uint8_t *frame = inner->bytes + inner->frames[i], *tcp = frame + AT_TRANSPORT;
		uint32_t header = (uint32_t)(tcp[12] >> 4) * 4, len = get16(frame + AT_IP + 2) - 20u - header;
		int from;
		struct session *s = session_of(sessions, &count, frame, to, &from);

		if (!s || s->closed)
			continue;
		if (latest && (s != latest || (len && from == CLIENT)))
			catch_up(latest);
		latest = s;
		if (len && from == CLIENT)
			from_client(s, tcp + header, len, tcp[TCP_FLAGS] & PSH);
		else if (len)
			from_server(s, tcp + header, len);
		if (tcp[TCP_FLAGS] & (FIN | RST))
			finish(s);
	}
}

void sample_gateway(struct sample *to, const struct sample *inner)
{
	struct session *sessions = allocate(NULL, SESSIONS_MAX * sizeof(*sessions));

	wrap(sessions, to, inner);
	free(sessions);
	to->version = inner->version;
	sample_prepare(to);
}
