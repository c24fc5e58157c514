/* SPDX-License-Identifier: BSD-2-Clause */
/* From the parts of exchanges to the consumer's callbacks. */
#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

#include "transport/gateway_session.h"

/* Longest text of a notice. */
#define TEXT_MAX 384u

/* Words at a time, as in MurmurHash64A. */
uint64_t gateway_hash(struct slice s)
{
	const uint64_t factor = 0xc6a4a7935bd1e995u;
	uint64_t hash = s.len * factor, word;

	if (s.len == 0)
		return 0;
	for (size_t at = 0; at < s.len; at += sizeof(word)) {
		word = 0;
		memcpy(&word, s.ptr + at, s.len - at < sizeof(word) ? s.len - at : sizeof(word));
		word *= factor;
		hash = (hash ^ word ^ word >> 47) * factor;
	}
	hash ^= hash >> 47;
	return hash ? hash : 1;
}

/* --- parts --- */

static struct slice header_of(const struct http_message *m, const char *name)
{
	return header_find(m->headers, m->header_count, name);
}

/* Bytes missing behind the body, those of a gap at its end left out. */
static uint64_t missing_tail(const struct http_message *m)
{
	uint64_t length, known = m->body.len;

	if (!m->incomplete && !m->body_over_limit && !m->body_undecoded)
		return 0;
	for (size_t i = 0; i < m->gap_count; i++) {
		if (m->gaps[i].len == 0 || m->gaps[i].len > HTTP_BODY_MAX)
			return STREAM_GAP_UNKNOWN;
		known += m->gaps[i].len;
	}
	if (m->body_undecoded || header_of(m, "Transfer-Encoding").len || header_of(m, "Content-Encoding").len ||
	    !slice_u64(header_of(m, "Content-Length"), &length) || length < known || length - known > HTTP_BODY_MAX)
		return STREAM_GAP_UNKNOWN;
	return length - known;
}

void gateway_part_read(struct gateway_part *p, const struct http_message *m, uint64_t exchange, bool with_body)
{
	p->present = true;
	p->after_gap = m->after_gap;
	p->start_ns = m->start_ns;
	p->origin = (struct stream_origin){m->frame_count ? m->frames[m->frame_count - 1] : 0, m->end_ns, exchange};
	if (!with_body)
		return;
	p->body = m->body;
	p->gaps = m->gaps;
	p->gap_count = m->gap_count;
	p->tail = missing_tail(m);
}

void gateway_part_keep(struct gateway *g, struct gateway_session *s, struct gateway_part *p)
{
	size_t gaps = p->gap_count * sizeof(*p->gaps), size = gaps + p->body.len;
	uint8_t *own;

	if (p->settled || p->own || size == 0)
		return;
	own = memory_alloc(size);
	if (gaps)
		memcpy(own, p->gaps, gaps);
	if (p->body.len)
		memcpy(own + gaps, p->body.ptr, p->body.len);
	p->gaps = (const struct http_gap *)(const void *)own;
	p->body.ptr = own + gaps;
	p->own = own;
	s->bytes += p->body.len;
	g->bytes += p->body.len;
}

void gateway_part_settle(struct gateway *g, struct gateway_session *s, struct gateway_part *p)
{
	p->settled = true;
	if (p->own) {
		s->bytes -= p->body.len;
		g->bytes -= p->body.len;
	}
	free(p->own);
	p->own = NULL;
	p->body = SLICE_EMPTY;
	p->gaps = NULL;
	p->gap_count = 0;
	p->tail = 0;
}

/* --- callbacks --- */

static void take_verdict(struct gateway_session *s, enum stream_verdict verdict)
{
	s->reported = true;
	if (verdict == STREAM_IGNORE)
		s->ignored = true;
}

static void deliver_bytes(struct gateway *g, struct gateway_session *s, int side, struct slice data,
			  const struct stream_origin *origin)
{
	const struct stream_consumer *c = &g->consumer.stream;

	if (data.len == 0)
		return;
	if (!s->ignored)
		take_verdict(s, c->data(c->ctx, &s->connection, side, data, origin));
	s->connection.bytes[side] += data.len;
	s->torn[side] = false;
}

void gateway_deliver_gap(struct gateway *g, struct gateway_session *s, int side, uint64_t len,
			 const struct stream_origin *origin)
{
	const struct stream_consumer *c = &g->consumer.stream;

	if (len == 0 || (len == STREAM_GAP_UNKNOWN && s->torn[side]))
		return;
	s->torn[side] |= len == STREAM_GAP_UNKNOWN;
	if (!s->ignored)
		take_verdict(s, c->gap(c->ctx, &s->connection, side, len, origin));
	if (len != STREAM_GAP_UNKNOWN)
		s->connection.lost[side] += len;
}

void gateway_deliver(struct gateway *g, struct gateway_session *s, int side, const struct gateway_part *p)
{
	size_t at = 0;

	if (p->after_gap && (s->reported || s->opened))
		gateway_deliver_gap(g, s, side, STREAM_GAP_UNKNOWN, &p->origin);
	for (size_t i = 0; i < p->gap_count; i++) {
		const struct http_gap *gap = &p->gaps[i];

		if (gap->at > at) {
			deliver_bytes(g, s, side, slice_sub(p->body, at, gap->at - at), &p->origin);
			at = gap->at;
		}
		gateway_deliver_gap(g, s, side, gap->len ? gap->len : STREAM_GAP_UNKNOWN, &p->origin);
	}
	deliver_bytes(g, s, side, slice_sub(p->body, at, p->body.len), &p->origin);
	gateway_deliver_gap(g, s, side, p->tail, &p->origin);
}

void gateway_deliver_end(struct gateway *g, struct gateway_session *s, enum stream_end why)
{
	const struct stream_consumer *c = &g->consumer.stream;

	s->ended = true;
	if (s->closing)
		DL_DELETE2(g->closing, s, closing_prev, closing_next);
	s->closing = false;
	if (s->reported && !s->ignored)
		c->end(c->ctx, &s->connection, why);
	s->connection.user = NULL;
}

void gateway_tell(struct gateway *g, struct gateway_session *s, enum gateway_notice what,
		  const struct gateway_exchange *e, int side, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	if (!g->consumer.gateway || s->ignored)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (!e->part[side].present)
		side = !side;
	g->consumer.gateway(g->consumer.gateway_ctx, &s->connection, what, text, &e->part[side].origin, e->http);
}
