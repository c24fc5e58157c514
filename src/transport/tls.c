/* SPDX-License-Identifier: BSD-2-Clause */
#include "transport/tls.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "transport/tls_internal.h"
#include "util/memory.h"
#include "util/reader.h"

struct tls *tls_new(struct pipe_shared *shared, struct stream_connection *c, int client_side, bool from_start)
{
	struct tls *t = memory_zalloc(sizeof(*t));
	struct tunnel_plan plan = {.name = "tls", .client_side = client_side, .tls = &t->user};

	t->shared = shared;
	t->outer = c;
	t->client_side = client_side;
	for (size_t i = 0; c->wrapping && i < STREAM_OUTER_MAX && c->wrapping->outer[i]; i++)
		t->depth += strcmp(c->wrapping->outer[i], "tls") == 0;
	t->inner = tunnel_new(shared, c, &plan);
	t->report.connection = tunnel_inside(t->inner);
	t->report.client_side = client_side;
	t->report.user = &t->user;
	for (int i = 0; i < STREAM_SIDES; i++) {
		t->side[i].broken = !from_start;
		t->side[i].searching = !from_start;
	}
	return t;
}

bool tls_keep(struct tls *t, struct buffer *b, struct slice data, size_t max)
{
	if (data.len > max || b->len > max - data.len)
		return false;
	size_t capacity = b->capacity;

	if (data.len > capacity - b->len && data.len > t->shared->budget.max - t->shared->budget.used)
		return false;
	buffer_add_slice(b, data);
	t->shared->budget.used += b->capacity - capacity;
	return true;
}

void tls_drop(struct tls *t, struct buffer *b)
{
	budget_give(&t->shared->budget, b->capacity);
	buffer_free(b);
	*b = (struct buffer){.data = NULL};
}

static bool notice(struct tls *t, enum tls_notice what, const struct stream_origin *origin)
{
	const struct tls_consumer *k = &t->shared->tls.consumer;

	tunnel_follow(t->inner);
	t->report.hellos = buffer_slice(&t->hellos);
	return k->notice && k->notice(k->ctx, what, &t->report, origin);
}

void tls_tell_handshake(struct tls *t, const struct stream_origin *origin)
{
	if (t->told)
		return;
	t->told = true;
	t->wanted = notice(t, TLS_HANDSHAKE, origin);
}

static void note_trouble(struct tls *t, enum tls_trouble why, const struct stream_origin *origin)
{
	if (t->report.trouble != TLS_TROUBLE_NONE)
		return;
	t->report.trouble = why;
	t->report.trouble_frame = origin->frame;
}

void tls_fail(struct tls *t, enum tls_trouble why, const struct stream_origin *origin)
{
	note_trouble(t, why, origin);
	tls_tell_handshake(t, origin);
	if (t->failure_told)
		return;
	t->failure_told = true;
	t->wanted = notice(t, TLS_FAILED, origin);
}

/* Is it told by itself?  What is known when the handshake is over is told with that. */
static bool is_failure(enum tls_trouble why)
{
	switch (why) {
	case TLS_WRONG_SECRET:
	case TLS_BAD_RECORD:
	case TLS_LOST_TRACK:
	case TLS_BROKEN:
	case TLS_TOO_MUCH:
		return true;
	default:
		return false;
	}
}

static void free_side(struct tls *t, int side)
{
	struct tls_side *s = &t->side[side];

	tls_opener_free(s->opener);
	s->opener = NULL;
	tls_free_inflater(s);
	tls_drop(t, &s->in);
	tls_drop(t, &s->messages);
	held_free(&s->held, &t->shared->budget);
	OPENSSL_cleanse(s->secret, sizeof(s->secret));
}

void tls_give_up(struct tls *t, int side, enum tls_trouble why, const struct stream_origin *origin)
{
	t->side[side].given_up = true;
	note_trouble(t, why, origin);
	if (is_failure(why))
		tls_fail(t, why, origin);
	else
		tls_tell_handshake(t, origin);
}

void tls_deliver(struct tls *t, int side, struct slice data, const struct stream_origin *origin)
{
	const struct tls_consumer *k = &t->shared->tls.consumer;

	if (k->plain && data.len)
		k->plain(k->ctx, &t->report, side, data, origin);
	if (data.len && side == t->client_side && !t->inside_told) {
		t->inside_told = true;
		t->report.http = http_start_request(data) == HTTP_START_YES;
		t->wanted |= notice(t, TLS_INSIDE, origin);
	}
	if (t->inner_over)
		tunnel_pass(t->inner, side, data.len);
	else if (data.len && tunnel_data(t->inner, side, data, origin) == STREAM_IGNORE)
		t->inner_over = true;
}

void tls_hole(struct tls *t, int side, uint64_t records, uint64_t inside, const struct stream_origin *origin)
{
	t->report.hole.side = side;
	t->report.hole.bytes = records;
	t->report.hole.inside = inside;
	tls_tell_handshake(t, origin);
	t->wanted |= notice(t, TLS_HOLE, origin);
	tls_deliver_gap(t, side, inside, origin);
	/* What is compressed refers to all that came before. */
	if (t->side[side].compressed)
		tls_give_up(t, side, TLS_LOST_TRACK, origin);
}

void tls_deliver_gap(struct tls *t, int side, uint64_t len, const struct stream_origin *origin)
{
	const struct tls_consumer *k = &t->shared->tls.consumer;

	if (k->plain)
		k->plain(k->ctx, &t->report, side, (struct slice){NULL, len}, origin);
	if (!t->inner_over && tunnel_gap(t->inner, side, len, origin) == STREAM_IGNORE)
		t->inner_over = true;
}

/* --- bytes into records --- */

/* Takes whole records off the front; returns how many bytes need not come again. */
static size_t parse(struct tls *t, int side, struct slice view, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];
	size_t at = 0;

	while (!s->given_up && view.len - at >= TLS_RECORD_HEAD) {
		const uint8_t *head = view.ptr + at;
		size_t len = (size_t)head[3] << 8 | head[4];

		if (!tls_is_head(t, s, head)) {
			tls_give_up(t, side, TLS_BROKEN, origin);
			break;
		}
		if (view.len - at < TLS_RECORD_HEAD + len)
			break;
		if (tls_record(t, side, head, slice_of(head + TLS_RECORD_HEAD, len), origin) == TLS_WAIT) {
			s->waits = true;
			s->patience++;
			break;
		}
		at += TLS_RECORD_HEAD + len;
	}
	return s->given_up ? view.len : at;
}

static void parse_kept(struct tls *t, int side)
{
	struct tls_side *s = &t->side[side];
	struct stream_origin origin = s->origin;

	if (s->searching && !tls_search(t, side, &origin)) {
		if (s->given_up)
			free_side(t, side);
		return;
	}
	buffer_consume(&s->in, parse(t, side, buffer_slice(&s->in), &origin));
	if (s->given_up)
		free_side(t, side);
}

/* The first message of the client in the form of SSL 2.0; returns the bytes that it takes. */
static size_t take_ssl2(struct tls *t, int side, struct slice view)
{
	struct reader r = reader_over(view);
	struct slice message = reader_bytes(&r, reader_be16(&r) & 0x7fff);
	struct tls_hello hello;

	if (r.truncated || !tls_client_hello_ssl2(message, &hello))
		return 0;
	tls_handshake_hello(t, side, message, &hello);
	return r.at;
}

static bool is_ssl2(const struct tls *t, int side, struct slice view)
{
	return side == t->client_side && !t->hs.has_client && !t->side[side].broken && view.len && view.ptr[0] & 0x80;
}

static void feed(struct tls *t, int side, struct slice data, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];

	if (s->in.len == 0 && !s->searching && !is_ssl2(t, side, data))
		data = slice_sub(data, parse(t, side, data, origin), data.len);
	if (s->given_up) {
		free_side(t, side);
		return;
	}
	if (data.len == 0)
		return;
	if (!tls_keep(t, &s->in, data, TLS_SEARCH_MAX + TLS_FRAGMENT_MAX)) {
		tls_give_up(t, side, TLS_TOO_MUCH, origin);
		free_side(t, side);
		return;
	}
	s->origin = *origin;
	if (is_ssl2(t, side, buffer_slice(&s->in)))
		buffer_consume(&s->in, take_ssl2(t, side, buffer_slice(&s->in)));
	if (!s->waits && !is_ssl2(t, side, buffer_slice(&s->in)))
		parse_kept(t, side);
}

static void feed_gap(struct tls *t, int side, uint64_t len, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];

	if (s->given_up)
		return;
	if (len == STREAM_GAP_UNKNOWN) {
		tls_give_up(t, side, TLS_LOST_TRACK, origin);
		free_side(t, side);
		return;
	}
	/* The beginning of a record whose rest is gone is of no use, but the cipher has gone over it. */
	s->distance += s->in.len + len;
	s->in.len = 0;
	s->messages.len = 0;
	s->searching = true;
	s->broken |= !s->sealed;
	s->origin = *origin;
}

/* What the other side should have brought does not come: more than may wait has come. */
static void wait_no_longer(struct tls *t, int side)
{
	t->side[!side].broken = true;
	t->side[side].patience = TLS_PATIENCE;
}

static void retry(struct tls *t);

static void take_data(struct tls *t, int side, struct slice data, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];

	if (s->waits && held_data(&s->held, &t->shared->budget, t->outer, side, data, origin))
		return;
	if (s->waits) {
		wait_no_longer(t, side);
		retry(t);
	}
	if (!s->given_up)
		feed(t, side, data, origin);
}

static void take_gap(struct tls *t, int side, uint64_t len, const struct stream_origin *origin)
{
	struct tls_side *s = &t->side[side];

	if (s->waits && held_gap(&s->held, &t->shared->budget, t->outer, side, len, origin))
		return;
	if (s->waits) {
		wait_no_longer(t, side);
		retry(t);
	}
	feed_gap(t, side, len, origin);
}

static void replay(struct tls *t, int side, struct held *held)
{
	size_t at = 0;

	for (size_t i = 0; i < held->count; i++) {
		const struct held_piece *p = &held->pieces[i];

		if (p->kind == HELD_GAP) {
			take_gap(t, side, p->len, &p->origin);
			continue;
		}
		take_data(t, side, slice_sub(buffer_slice(&held->bytes[side]), at, (size_t)p->len), &p->origin);
		at += (size_t)p->len;
	}
	held_free(held, &t->shared->budget);
}

/* One side has come further: can the other go on? */
static void retry(struct tls *t)
{
	for (int tries = 0; tries < 2 * STREAM_SIDES; tries++) {
		int side = tries % STREAM_SIDES;
		struct tls_side *s = &t->side[side];

		if (!s->waits)
			continue;
		s->waits = false;
		parse_kept(t, side);
		if (s->waits)
			continue;
		struct held held = s->held;
		s->held = (struct held){.count = 0};
		replay(t, side, &held);
	}
}

static enum stream_verdict verdict(const struct tls *t)
{
	bool nothing_inside = t->inner_over || (t->side[0].given_up && t->side[1].given_up);

	return nothing_inside && t->told && !t->wanted ? STREAM_IGNORE : STREAM_CONTINUE;
}

static void note_piece(struct tls *t, const struct stream_origin *origin)
{
	if (t->report.first.frame == 0)
		t->report.first = *origin;
	t->report.last = *origin;
}

enum stream_verdict tls_data(struct tls *t, int side, struct slice data, const struct stream_origin *origin)
{
	note_piece(t, origin);
	t->report.bytes[side] += data.len;
	if (!t->side[side].given_up)
		take_data(t, side, data, origin);
	retry(t);
	return verdict(t);
}

enum stream_verdict tls_gap(struct tls *t, int side, uint64_t len, const struct stream_origin *origin)
{
	note_piece(t, origin);
	if (len != STREAM_GAP_UNKNOWN)
		t->report.lost[side] += len;
	take_gap(t, side, len, origin);
	retry(t);
	return verdict(t);
}

void tls_anomaly(struct tls *t, int side, enum stream_anomaly what, const struct stream_origin *origin)
{
	if (!t->inner_over)
		tunnel_anomaly(t->inner, side, what, origin);
}

/* Nothing came behind a hole by which it could be gone on, or the last record has no end. */
static void tell_open_hole(struct tls *t, int side, const struct stream_origin *origin)
{
	const struct tls_side *s = &t->side[side];
	bool open = s->searching ? t->report.lost[side] > 0 : s->in.len > 0;

	if (open && !s->given_up && s->opener)
		tls_hole(t, side, s->distance + s->in.len, STREAM_GAP_UNKNOWN, origin);
}

void tls_end(struct tls *t, enum stream_end why)
{
	struct stream_origin origin = t->report.last;

	t->ended = true;
	for (int side = 0; side < STREAM_SIDES; side++)
		if (t->side[side].waits)
			t->side[side].patience = TLS_PATIENCE;
	retry(t);
	for (int side = 0; side < STREAM_SIDES; side++)
		if (t->side[side].trials && !t->side[side].opened && !t->side[side].given_up)
			tls_give_up(t, side, TLS_WRONG_SECRET, &origin);
	for (int side = 0; side < STREAM_SIDES; side++)
		tell_open_hole(t, side, &origin);
	if (!t->told && !t->hs.has_client && !t->hs.has_server)
		note_trouble(t, TLS_NO_HANDSHAKE, &origin);
	tls_tell_handshake(t, &origin);
	if (!t->inner_over)
		tunnel_end(t->inner, why);
	t->report.end = why;
	notice(t, TLS_ENDED, &origin);
	t->told_end = true;
}

void tls_free(struct tls *t)
{
	struct stream_origin origin;

	if (!t)
		return;
	tunnel_close(t->inner);
	origin = t->report.last;
	t->report.end = STREAM_END_LIMIT;
	if (!t->told_end)
		notice(t, TLS_ENDED, &origin);
	for (int side = 0; side < STREAM_SIDES; side++)
		free_side(t, side);
	tls_handshake_free(t);
	tls_drop(t, &t->hellos);
	tunnel_free(t->inner);
	OPENSSL_cleanse(t, sizeof(*t));
	free(t);
}
