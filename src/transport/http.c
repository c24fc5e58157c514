/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/http_connection.h"

#include <stdlib.h>

#include "util/memory.h"

struct http_connection *http_connection_new(struct http *http, struct stream_connection *c, int client_side,
					    bool from_start)
{
	struct http_connection *hc = memory_zalloc(sizeof(*hc));

	hc->http = http;
	hc->client_side = client_side;
	hc->exchanges = (struct exchanges){.shared = &http->shared, .connection = c, .client_side = client_side};
	hc->side[client_side].after_gap = !from_start;
	http->shared.counters->http_connections++;
	return hc;
}

/* The bytes make no sense; not because of a gap. */
static void lose_track(struct http_connection *hc)
{
	if (!hc->lost_track)
		hc->http->shared.counters->http_given_up++;
	hc->lost_track = true;
}

static enum http_start judge(const struct http_connection *hc, int side, struct slice s)
{
	return side == hc->client_side ? http_start_request(s) : http_start_response(s);
}

static void drop_draft(struct http_side *s)
{
	http_draft_free(s->draft);
	s->draft = NULL;
	s->state = HTTP_SIDE_START;
}

/* Bytes that begin no message.  They are looked at again where the next segment starts. */
static void pass_over(struct http_connection *hc, int side, size_t len)
{
	struct http_side *s = &hc->side[side];

	if (side != hc->client_side && hc->side[hc->client_side].state == HTTP_SIDE_WAIT) {
		/* The response was not seen, but this is no HTTP: the tunnel must be open. */
		hc->verdict = HTTP_TUNNEL;
		hc->tunnel = "http-connect";
		return;
	}
	if (s->in_step && !s->after_gap)
		lose_track(hc);
	s->after_gap = true;
	hc->exchanges.lossy |= s->in_step;
	hc->astray += len;
	if (hc->astray > HTTP_ASTRAY_MAX) {
		lose_track(hc);
		hc->verdict = HTTP_OVER;
	}
}

static size_t take_start(struct http_connection *hc, int side, struct slice data, const struct stream_origin *origin)
{
	struct http_side *s = &hc->side[side];
	size_t blank = 0;

	while (blank < data.len && (data.ptr[blank] == '\r' || data.ptr[blank] == '\n'))
		blank++;
	if (blank)
		return blank;
	enum http_start start = judge(hc, side, data);
	if (start == HTTP_START_NO) {
		pass_over(hc, side, data.len);
		return hc->verdict == HTTP_TUNNEL ? 0 : data.len;
	}
	s->draft = http_draft_new(hc->http->shared.budget, origin);
	if (!s->draft) {
		lose_track(hc);
		s->after_gap = true;
		return data.len;
	}
	s->state = HTTP_SIDE_HEAD;
	s->head_end = HTTP_HEAD_IN_LINE;
	s->judged = start == HTTP_START_YES;
	return 0;
}

/* A request or response that was there, but of which nothing can be told. */
static void miss(struct http_connection *hc, int side)
{
	struct http_side *s = &hc->side[side];
	struct exchanges *l = &hc->exchanges;
	uint64_t frame = s->draft->first_frame;
	bool after_gap = s->after_gap;

	drop_draft(s);
	s->after_gap = true;
	if (side == hc->client_side) {
		exchanges_request(l, NULL, frame, after_gap);
		return;
	}
	struct exchange *e = exchanges_answered(l, frame, after_gap);
	if (e)
		exchange_response_over(l, e);
}

static void feed_held(struct http_connection *hc);

/* A message has ended, or what is left of it is not to be found. */
static void message_over(struct http_connection *hc, int side, bool complete)
{
	struct http_side *s = &hc->side[side];
	struct http_side *client = &hc->side[hc->client_side];
	struct exchange *e = s->exchange;

	if (s->draft) {
		s->draft->m.incomplete = !complete;
		http_draft_finish(s->draft);
	}
	s->draft = NULL;
	s->exchange = NULL;
	s->state = HTTP_SIDE_START;
	if (!complete)
		s->after_gap = true;
	if (side == hc->client_side) {
		if (e->connect && complete)
			s->state = HTTP_SIDE_WAIT;
		exchange_request_over(&hc->exchanges, e);
		return;
	}
	bool refused = e->connect && !hc->leads_away;
	exchange_response_over(&hc->exchanges, e);
	if (hc->leads_away) {
		hc->verdict = HTTP_TUNNEL;
	} else if (refused && client->state == HTTP_SIDE_WAIT) {
		client->state = HTTP_SIDE_START;
		feed_held(hc);
	}
}

/* The head of a message is known; d is NULL when it is not wanted. */
static void begin_body(struct http_connection *hc, int side, struct exchange *e, struct http_draft *d,
		       const struct http_framing *framing)
{
	struct http_side *s = &hc->side[side];

	s->state = HTTP_SIDE_BODY;
	s->exchange = e;
	s->draft = d;
	s->framing = *framing;
	s->after_gap = false;
	s->in_step = true;
	hc->astray = 0;
	switch (framing->kind) {
	case HTTP_FRAMING_NONE:
		message_over(hc, side, true);
		break;
	case HTTP_FRAMING_UNKNOWN:
		message_over(hc, side, false);
		break;
	case HTTP_FRAMING_CLOSE:
		if (!exchanges_wanted(&hc->exchanges))
			hc->verdict = HTTP_OVER;
		break;
	case HTTP_FRAMING_LENGTH:
	case HTTP_FRAMING_CHUNKED:
		break;
	}
}

static void note_target(struct http_connection *hc, struct slice target)
{
	target = slice_sub(target, 0, sizeof(hc->target) - 1);
	if (target.len)
		memcpy(hc->target, target.ptr, target.len);
	hc->target[target.len] = '\0';
}

static bool request_head(struct http_connection *hc, struct http_side *s)
{
	struct http_draft *d = s->draft;
	struct http_framing framing;

	if (!http_head_request(hc->http->heads, &d->m, &d->arena, &framing))
		return false;
	if (slice_eq_str(d->m.method, "CONNECT")) {
		note_target(hc, d->m.target);
		framing = (struct http_framing){.kind = HTTP_FRAMING_NONE};
	}
	if (s->head_end != HTTP_HEAD_END)
		framing.kind = HTTP_FRAMING_UNKNOWN;
	struct exchange *e = exchanges_request(&hc->exchanges, d, d->first_frame, s->after_gap);
	begin_body(hc, hc->client_side, e, e->request, &framing);
	return true;
}

/* Does a response begin a tunnel?  Says which. */
static const char *tunnel_of(const struct exchange *e, const struct http_message *m)
{
	bool success = m->status >= 200 && m->status <= 299;

	if (m->status == 101)
		return "http-upgrade";
	/* The words of all proxies, when the request was not seen. */
	if (success && (e ? e->connect : slice_case_eq(m->reason, SLICE_LIT("Connection established"))))
		return "http-connect";
	return NULL;
}

static bool response_head(struct http_connection *hc, struct http_side *s)
{
	struct http_draft *d = s->draft;
	struct http_framing framing;
	struct exchange *e = exchanges_answered(&hc->exchanges, d->first_frame, s->after_gap);

	if (!http_head_response(hc->http->heads, &d->m, &d->arena, e && e->head, &framing))
		return false;
	hc->tunnel = s->head_end == HTTP_HEAD_END ? tunnel_of(e, &d->m) : NULL;
	hc->leads_away = hc->tunnel != NULL;
	if (s->head_end != HTTP_HEAD_END) {
		framing.kind = HTTP_FRAMING_UNKNOWN;
	} else if (hc->leads_away) {
		framing = (struct http_framing){.kind = HTTP_FRAMING_NONE};
	} else if (d->m.status < 200) {
		/* An interim response: another one follows. */
		drop_draft(s);
		return true;
	}
	e = exchanges_response(&hc->exchanges, e, d, d->first_frame);
	begin_body(hc, !hc->client_side, e, e->response, &framing);
	return true;
}

static void head_over(struct http_connection *hc, int side)
{
	struct http_side *s = &hc->side[side];

	s->draft->m.anomalies = s->anomalies;
	s->draft->m.after_gap = s->after_gap;
	s->anomalies = 0;
	if (side == hc->client_side ? request_head(hc, s) : response_head(hc, s))
		return;
	lose_track(hc);
	miss(hc, side);
}

static size_t take_head(struct http_connection *hc, int side, struct slice data, const struct stream_origin *origin)
{
	struct http_side *s = &hc->side[side];
	size_t n = http_head_scan(&s->head_end, data);
	enum http_start start = HTTP_START_YES;

	http_draft_frame(s->draft, origin);
	if (!http_draft_head(s->draft, slice_sub(data, 0, n))) {
		lose_track(hc);
		miss(hc, side);
		return data.len;
	}
	if (!s->judged)
		start = judge(hc, side, s->draft->m.head);
	if (start == HTTP_START_NO) {
		drop_draft(s);
		pass_over(hc, side, data.len);
		return hc->verdict == HTTP_TUNNEL ? 0 : data.len;
	}
	s->judged = start == HTTP_START_YES;
	if (s->head_end == HTTP_HEAD_END)
		head_over(hc, side);
	return n;
}

static size_t take_body(struct http_connection *hc, int side, struct slice data, const struct stream_origin *origin)
{
	struct http_side *s = &hc->side[side];
	struct slice payload;
	size_t n = http_framing_take(&s->framing, data, &payload);

	if (s->draft) {
		http_draft_frame(s->draft, origin);
		http_draft_body(s->draft, payload);
	}
	if (s->framing.broken)
		lose_track(hc);
	if (s->framing.over || s->framing.broken)
		message_over(hc, side, !s->framing.broken);
	return n;
}

static size_t take_wait(struct http_connection *hc, int side, struct slice data, const struct stream_origin *origin)
{
	if (held_data(&hc->held, hc->http->shared.budget, hc->exchanges.connection, side, data, origin))
		return data.len;
	/* So much without an answer: the tunnel must be open. */
	hc->verdict = HTTP_TUNNEL;
	hc->tunnel = "http-connect";
	return 0;
}

static size_t take(struct http_connection *hc, int side, struct slice data, const struct stream_origin *origin)
{
	size_t used = 0;

	while (used < data.len && hc->verdict == HTTP_GO_ON) {
		struct slice rest = slice_sub(data, used, data.len);

		switch (hc->side[side].state) {
		case HTTP_SIDE_START:
			used += take_start(hc, side, rest, origin);
			break;
		case HTTP_SIDE_HEAD:
			used += take_head(hc, side, rest, origin);
			break;
		case HTTP_SIDE_BODY:
			used += take_body(hc, side, rest, origin);
			break;
		case HTTP_SIDE_WAIT:
			used += take_wait(hc, side, rest, origin);
			break;
		}
	}
	return used;
}

enum http_verdict http_connection_data(struct http_connection *hc, int side, struct slice data,
				       const struct stream_origin *origin, size_t *used)
{
	*used = take(hc, side, data, origin);
	return hc->verdict;
}

/* The head stops short: tells as much of it as has whole lines. */
static void cut_head(struct http_connection *hc, int side)
{
	struct http_side *s = &hc->side[side];
	struct slice head = s->draft->m.head;

	while (head.len && head.ptr[head.len - 1] != '\n')
		head.len--;
	if (head.len == 0) {
		if (s->judged)
			miss(hc, side);
		else
			drop_draft(s);
		return;
	}
	s->draft->m.head = head;
	head_over(hc, side);
}

/* Where a body goes on behind a gap, or whether. */
static void gap_in_body(struct http_connection *hc, int side, uint64_t len)
{
	struct http_side *s = &hc->side[side];
	bool in_data = s->framing.kind != HTTP_FRAMING_CHUNKED || s->framing.chunk == HTTP_CHUNK_DATA;
	uint64_t left = s->framing.left;
	uint64_t own = http_framing_gap(&s->framing, len);

	if (s->draft && in_data && s->framing.kind == HTTP_FRAMING_CHUNKED && own > left)
		own = left;
	if (s->draft && in_data)
		http_draft_hole(s->draft, own);
	else if (s->draft)
		http_draft_lost(s->draft, own);
	if (s->framing.over || s->framing.broken)
		message_over(hc, side, !s->framing.broken);
}

enum http_verdict http_connection_gap(struct http_connection *hc, int side, uint64_t len,
				      const struct stream_origin *origin)
{
	struct http_side *s = &hc->side[side];

	bool unknown = len == STREAM_GAP_UNKNOWN;

	hc->exchanges.lossy = true;
	switch (s->state) {
	case HTTP_SIDE_START:
		s->after_gap = true;
		break;
	case HTTP_SIDE_HEAD:
		http_draft_lost(s->draft, unknown ? 0 : len);
		cut_head(hc, side);
		s->after_gap = true;
		break;
	case HTTP_SIDE_BODY:
		/* Nobody knows where the body goes on: the next message is looked for. */
		if (unknown)
			message_over(hc, side, false);
		else
			gap_in_body(hc, side, len);
		s->after_gap |= unknown;
		break;
	case HTTP_SIDE_WAIT:
		if (!held_gap(&hc->held, hc->http->shared.budget, hc->exchanges.connection, side, len, origin))
			hc->verdict = HTTP_OVER;
		break;
	}
	return hc->verdict;
}

void http_connection_anomaly(struct http_connection *hc, int side, enum stream_anomaly what)
{
	struct http_side *s = &hc->side[side];

	if (s->state == HTTP_SIDE_BODY && s->draft)
		s->draft->m.anomalies |= 1u << what;
	else
		s->anomalies |= 1u << what;
}

/* CONNECT was refused: what the client sent since then is HTTP after all. */
static void feed_held(struct http_connection *hc)
{
	struct held held = hc->held;
	size_t at = 0;

	hc->held = (struct held){.count = 0};
	for (size_t i = 0; i < held.count && hc->verdict == HTTP_GO_ON; i++) {
		const struct held_piece *p = &held.pieces[i];

		if (p->kind == HELD_GAP)
			http_connection_gap(hc, p->side, p->len, &p->origin);
		if (p->kind != HELD_DATA)
			continue;
		take(hc, p->side, slice_sub(buffer_slice(&held.bytes[p->side]), at, (size_t)p->len), &p->origin);
		at += (size_t)p->len;
	}
	held_free(&held, hc->http->shared.budget);
}

void http_connection_end(struct http_connection *hc, enum stream_end why)
{
	bool closed = why == STREAM_END_FIN || hc->exchanges.connection->fin[!hc->client_side];

	for (int i = 0; i < STREAM_SIDES; i++) {
		/* The client first: its request is told before the response. */
		int side = i ? !hc->client_side : hc->client_side;
		struct http_side *s = &hc->side[side];

		if (s->state == HTTP_SIDE_HEAD)
			cut_head(hc, side);
		else if (s->state == HTTP_SIDE_BODY)
			message_over(hc, side, closed && s->framing.kind == HTTP_FRAMING_CLOSE);
	}
	exchanges_end(&hc->exchanges, why);
	held_free(&hc->held, hc->http->shared.budget);
	free(hc);
}
