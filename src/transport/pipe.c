/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/pipe.h"

#include <stdlib.h>

#include "transport/tls.h"
#include "util/memory.h"

enum pipe_kind { PIPE_UNDECIDED, PIPE_RAW, PIPE_HTTP, PIPE_TUNNEL, PIPE_TLS };

struct pipe {
	struct pipe_shared *shared;
	struct stream_connection *c;
	enum pipe_kind kind;
	bool searching;    /* PIPE_RAW: HTTP may begin somewhere */
	bool unwanted;     /* PIPE_RAW: the consumer ignores it */
	bool used;         /* PIPE_RAW: the consumer knows of it */
	uint64_t searched; /* bytes */
	void *user;        /* the consumer's */
	struct held held;  /* PIPE_UNDECIDED */
	struct http_connection *http;
	struct tunnel *tunnel;
	struct tls *tls;
};

/* What a stream turned out to be. */
struct decision {
	enum { DECIDE_MORE, DECIDE_RAW, DECIDE_HTTP, DECIDE_SOCKS, DECIDE_TLS } what;
	int client_side;
	struct socks socks;
};

struct pipe *pipe_new(struct pipe_shared *shared, struct stream_connection *c)
{
	struct pipe *p = memory_zalloc(sizeof(*p));

	p->shared = shared;
	p->c = c;
	return p;
}

void pipe_free(struct pipe *p)
{
	if (!p)
		return;
	held_free(&p->held, &p->shared->budget);
	if (p->http)
		http_connection_end(p->http, STREAM_END_CAPTURE);
	tunnel_free(p->tunnel);
	tls_free(p->tls);
	free(p);
}

/* --- nothing around it --- */

static enum stream_verdict raw_verdict(struct pipe *p, enum stream_verdict verdict)
{
	p->user = p->c->user;
	p->used = true;
	if (verdict == STREAM_IGNORE) {
		p->unwanted = true;
		p->user = NULL;
	}
	return verdict == STREAM_IGNORE && !p->searching ? STREAM_IGNORE : STREAM_CONTINUE;
}

static enum stream_verdict raw_data(struct pipe *p, int side, struct slice data, const struct stream_origin *origin)
{
	const struct stream_consumer *k = &p->shared->consumer;

	if (p->unwanted)
		return p->searching ? STREAM_CONTINUE : STREAM_IGNORE;
	p->c->user = p->user;
	return raw_verdict(p, k->data(k->ctx, p->c, side, data, origin));
}

static enum stream_verdict raw_gap(struct pipe *p, int side, uint64_t len, const struct stream_origin *origin)
{
	const struct stream_consumer *k = &p->shared->consumer;

	if (p->unwanted)
		return p->searching ? STREAM_CONTINUE : STREAM_IGNORE;
	p->c->user = p->user;
	return raw_verdict(p, k->gap(k->ctx, p->c, side, len, origin));
}

static void raw_anomaly(struct pipe *p, int side, enum stream_anomaly what, const struct stream_origin *origin)
{
	const struct stream_consumer *k = &p->shared->consumer;

	if (p->unwanted)
		return;
	p->c->user = p->user;
	k->anomaly(k->ctx, p->c, side, what, origin);
	p->user = p->c->user;
	p->used = true;
}

static void raw_end(struct pipe *p, enum stream_end why)
{
	const struct stream_consumer *k = &p->shared->consumer;

	if (p->unwanted || !p->used)
		return;
	p->c->user = p->user;
	k->end(k->ctx, p->c, why);
	p->user = NULL;
	p->used = false;
}

/* --- HTTP --- */

static void begin_http(struct pipe *p, int client_side, bool from_start)
{
	p->kind = PIPE_HTTP;
	p->http = http_connection_new(&p->shared->http, p->c, client_side, from_start);
}

static enum stream_verdict replay(struct pipe *p, struct held *held, const size_t skip[STREAM_SIDES]);

static enum stream_verdict end_http(struct pipe *p, enum stream_end why)
{
	http_connection_end(p->http, why);
	p->http = NULL;
	return STREAM_IGNORE;
}

/* What follows in both directions lies in a tunnel; what the client has sent already comes first. */
static enum stream_verdict leave_http(struct pipe *p)
{
	struct http_connection *hc = p->http;
	struct held held = hc->held;
	size_t skip[STREAM_SIDES] = {0, 0};
	struct tunnel_plan plan = {.name = hc->tunnel, .client_side = hc->client_side};

	if (!tunnel_fits(p->c))
		return end_http(p, STREAM_END_LIMIT);
	tunnel_set_target(&plan, hc->target);
	hc->held = (struct held){.count = 0};
	end_http(p, STREAM_END_REUSE);
	p->kind = PIPE_TUNNEL;
	p->tunnel = tunnel_new(p->shared, p->c, &plan);
	return replay(p, &held, skip);
}

static enum stream_verdict http_verdict(struct pipe *p, enum http_verdict verdict)
{
	switch (verdict) {
	case HTTP_GO_ON:
		return STREAM_CONTINUE;
	case HTTP_TUNNEL:
		return leave_http(p);
	case HTTP_OVER:
		break;
	}
	return end_http(p, STREAM_END_LIMIT);
}

static enum stream_verdict http_data(struct pipe *p, int side, struct slice data, const struct stream_origin *origin)
{
	size_t used;
	enum stream_verdict verdict = http_verdict(p, http_connection_data(p->http, side, data, origin, &used));

	if (verdict == STREAM_IGNORE || used == data.len)
		return verdict;
	return pipe_data(p, side, slice_sub(data, used, data.len), origin);
}

/* A connection seen from the middle may get to a request or a response. */
static bool found_http(struct pipe *p, int side, struct slice data)
{
	uint64_t limit = p->unwanted ? PIPE_SEARCH_IGNORED : PIPE_SEARCH_KEPT;
	bool request = http_start_request(data) == HTTP_START_YES;

	if (request || http_start_response(data) == HTTP_START_YES) {
		raw_end(p, STREAM_END_CAPTURE);
		begin_http(p, request ? side : !side, false);
		return true;
	}
	p->searched += data.len;
	p->searching = p->searched <= limit;
	return false;
}

/* --- not yet known --- */

/* The side that may be the client of SOCKS. */
static int socks_client(const struct pipe *p, const struct slice view[STREAM_SIDES])
{
	if (p->c->opener >= 0)
		return p->c->opener;
	return view[0].len && (view[0].ptr[0] == 4 || view[0].ptr[0] == 5) ? 0 : 1;
}

/* The side that the server of TLS is not on, going by who opened the connection, or by the lower port. */
static int tls_client(const struct pipe *p)
{
	if (p->c->opener >= 0)
		return p->c->opener;
	return p->c->address[0].port > p->c->address[1].port ? 0 : 1;
}

/* In the middle of a connection, or behind a hole, any record tells. */
static enum tls_guess look_for_tls(const struct pipe *p, int side, struct slice data, int *client_side)
{
	bool middle = p->c->opener < 0 || p->held.gap || p->c->lost[0] || p->c->lost[1];
	int from_client;
	enum tls_guess guess = tunnel_fits(p->c) ? tls_recognise(data, middle, &from_client) : TLS_GUESS_NO;

	if (guess == TLS_GUESS_YES)
		*client_side = from_client < 0 ? tls_client(p) : from_client ? side : !side;
	return guess;
}

static struct decision decide(const struct pipe *p, int side, const struct slice view[STREAM_SIDES])
{
	enum http_start request = http_start_request(view[side]), response = http_start_response(view[side]);
	struct decision d = {.what = DECIDE_HTTP, .client_side = request == HTTP_START_YES ? side : !side};
	enum socks_result socks = SOCKS_NO;

	if (request == HTTP_START_YES || response == HTTP_START_YES)
		return d;
	enum tls_guess tls = look_for_tls(p, side, view[side], &d.client_side);
	if (tls == TLS_GUESS_YES) {
		d.what = DECIDE_TLS;
		return d;
	}
	d.client_side = socks_client(p, view);
	if (!p->held.gap && p->c->lost[0] == 0 && p->c->lost[1] == 0 && tunnel_fits(p->c))
		socks = socks_parse(view[d.client_side], view[!d.client_side], &d.socks);
	if (socks == SOCKS_YES)
		d.what = DECIDE_SOCKS;
	else if (socks == SOCKS_MORE || tls == TLS_GUESS_MORE || request == HTTP_START_MORE || response == HTTP_START_MORE)
		d.what = DECIDE_MORE;
	else
		d.what = DECIDE_RAW;
	return d;
}

/* Plays one piece; *at is where its bytes begin, skip how many of the side are of no use. */
static enum stream_verdict replay_piece(struct pipe *p, const struct held *held, const struct held_piece *piece,
					size_t *at, size_t skip)
{
	if (piece->kind == HELD_GAP)
		return pipe_gap(p, piece->side, piece->len, &piece->origin);
	if (piece->kind == HELD_ANOMALY) {
		pipe_anomaly(p, piece->side, piece->what, &piece->origin);
		return STREAM_CONTINUE;
	}
	size_t from = *at > skip ? *at : skip;
	*at += (size_t)piece->len;
	if (from >= *at)
		return STREAM_CONTINUE;
	struct slice data = slice_sub(buffer_slice(&held->bytes[piece->side]), from, *at - from);
	return pipe_data(p, piece->side, data, &piece->origin);
}

/* Plays again what was held, but for the first bytes of each side, and frees it. */
static enum stream_verdict replay(struct pipe *p, struct held *held, const size_t skip[STREAM_SIDES])
{
	struct stream_connection *c = p->c;
	const uint64_t bytes[STREAM_SIDES] = {c->bytes[0], c->bytes[1]}, lost[STREAM_SIDES] = {c->lost[0], c->lost[1]};
	size_t at[STREAM_SIDES] = {0, 0};
	enum stream_verdict verdict = STREAM_CONTINUE;

	for (size_t i = 0; i < held->count && verdict == STREAM_CONTINUE; i++) {
		const struct held_piece *piece = &held->pieces[i];

		memcpy(c->bytes, piece->bytes, sizeof(c->bytes));
		memcpy(c->lost, piece->lost, sizeof(c->lost));
		verdict = replay_piece(p, held, piece, &at[piece->side], skip[piece->side]);
	}
	memcpy(c->bytes, bytes, sizeof(c->bytes));
	memcpy(c->lost, lost, sizeof(c->lost));
	held_free(held, &p->shared->budget);
	return verdict;
}

static void begin_socks(struct pipe *p, const struct decision *d, size_t skip[STREAM_SIDES])
{
	struct tunnel_plan plan = {.name = d->socks.version == 4 ? "socks4" : "socks5", .client_side = d->client_side};

	tunnel_set_target(&plan, d->socks.target_name);
	p->kind = PIPE_TUNNEL;
	p->tunnel = tunnel_new(p->shared, p->c, &plan);
	skip[d->client_side] = d->socks.client_len;
	skip[!d->client_side] = d->socks.server_len;
}

/* Becomes what was decided on, and catches up. */
static enum stream_verdict follow(struct pipe *p, const struct decision *d)
{
	struct held held = p->held;
	size_t skip[STREAM_SIDES] = {0, 0};
	bool from_start = p->c->opener >= 0 && !held.gap;

	p->held = (struct held){.count = 0};
	switch (d->what) {
	case DECIDE_HTTP:
		begin_http(p, d->client_side, from_start);
		break;
	case DECIDE_SOCKS:
		begin_socks(p, d, skip);
		break;
	case DECIDE_TLS:
		p->kind = PIPE_TLS;
		p->tls = tls_new(p->shared, p->c, d->client_side, from_start);
		break;
	case DECIDE_MORE:
	case DECIDE_RAW:
		p->kind = PIPE_RAW;
		p->searching = !from_start;
		break;
	}
	return replay(p, &held, skip);
}

static const struct decision raw = {.what = DECIDE_RAW};

/* Most streams are told by their first segment, which then need not be copied. */
static enum stream_verdict look_at_first(struct pipe *p, int side, struct slice data,
					 const struct stream_origin *origin)
{
	struct slice view[STREAM_SIDES] = {SLICE_EMPTY, SLICE_EMPTY};

	view[side] = data;
	struct decision d = decide(p, side, view);
	if (d.what == DECIDE_RAW || d.what == DECIDE_HTTP || d.what == DECIDE_TLS) {
		follow(p, &d);
		return pipe_data(p, side, data, origin);
	}
	if (!held_data(&p->held, &p->shared->budget, p->c, side, data, origin)) {
		follow(p, &raw);
		return pipe_data(p, side, data, origin);
	}
	return d.what == DECIDE_SOCKS ? follow(p, &d) : STREAM_CONTINUE;
}

static enum stream_verdict look(struct pipe *p, int side, struct slice data, const struct stream_origin *origin)
{
	if (p->held.count == 0)
		return look_at_first(p, side, data, origin);
	if (!held_data(&p->held, &p->shared->budget, p->c, side, data, origin)) {
		enum stream_verdict verdict = follow(p, &raw);

		return verdict == STREAM_IGNORE ? verdict : pipe_data(p, side, data, origin);
	}
	const struct slice view[STREAM_SIDES] = {held_view(&p->held, 0), held_view(&p->held, 1)};
	struct decision d = decide(p, side, view);
	return d.what == DECIDE_MORE ? STREAM_CONTINUE : follow(p, &d);
}

/* --- what comes in --- */

enum stream_verdict pipe_data(struct pipe *p, int side, struct slice data, const struct stream_origin *origin)
{
	switch (p->kind) {
	case PIPE_UNDECIDED:
		return look(p, side, data, origin);
	case PIPE_RAW:
		if (p->searching && found_http(p, side, data))
			return http_data(p, side, data, origin);
		return raw_data(p, side, data, origin);
	case PIPE_HTTP:
		return http_data(p, side, data, origin);
	case PIPE_TLS:
		return tls_data(p->tls, side, data, origin);
	case PIPE_TUNNEL:
		break;
	}
	return tunnel_data(p->tunnel, side, data, origin);
}

enum stream_verdict pipe_gap(struct pipe *p, int side, uint64_t len, const struct stream_origin *origin)
{
	switch (p->kind) {
	case PIPE_UNDECIDED:
		if (held_gap(&p->held, &p->shared->budget, p->c, side, len, origin))
			return STREAM_CONTINUE;
		return follow(p, &raw) == STREAM_IGNORE ? STREAM_IGNORE : raw_gap(p, side, len, origin);
	case PIPE_RAW:
		return raw_gap(p, side, len, origin);
	case PIPE_HTTP:
		return http_verdict(p, http_connection_gap(p->http, side, len, origin));
	case PIPE_TLS:
		return tls_gap(p->tls, side, len, origin);
	case PIPE_TUNNEL:
		break;
	}
	return tunnel_gap(p->tunnel, side, len, origin);
}

void pipe_anomaly(struct pipe *p, int side, enum stream_anomaly what, const struct stream_origin *origin)
{
	switch (p->kind) {
	case PIPE_UNDECIDED:
		if (held_anomaly(&p->held, &p->shared->budget, p->c, side, what, origin))
			break;
		follow(p, &raw);
		raw_anomaly(p, side, what, origin);
		break;
	case PIPE_RAW:
		raw_anomaly(p, side, what, origin);
		break;
	case PIPE_HTTP:
		http_connection_anomaly(p->http, side, what);
		break;
	case PIPE_TUNNEL:
		tunnel_anomaly(p->tunnel, side, what, origin);
		break;
	case PIPE_TLS:
		tls_anomaly(p->tls, side, what, origin);
		break;
	}
}

void pipe_end(struct pipe *p, enum stream_end why)
{
	if (p->kind == PIPE_UNDECIDED && follow(p, &raw) == STREAM_IGNORE)
		return;
	/* Bytes behind a CONNECT that nobody was seen to answer. */
	if (p->kind == PIPE_HTTP && p->http->held.count) {
		p->http->tunnel = "http-connect";
		if (leave_http(p) == STREAM_IGNORE)
			return;
	}
	if (p->kind == PIPE_RAW)
		raw_end(p, why);
	else if (p->kind == PIPE_HTTP)
		end_http(p, why);
	else if (p->kind == PIPE_TLS)
		tls_end(p->tls, why);
	else
		tunnel_end(p->tunnel, why);
}
