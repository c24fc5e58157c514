/* SPDX-License-Identifier: BSD-2-Clause */
/* Recognises MSNP connections among all others. */
#include "session/session.h"

#include <stdlib.h>

#include "dissectors/msnp_detect.h"
#include "session/conversation.h"
#include "session/peer.h"
#include "session/tls.h"
#include "session/web.h"
#include "util/memory.h"

/*
 * A connection that is not yet recognised.  Most are told by their first
 * bytes and never get one of these.
 */
struct probe {
	struct conversation *conversation; /* NULL until recognised */
	struct peer *peer;                 /* the same, for a connection between clients */
	int client_side;
	bool lenient; /* may begin with what is left of a proxy's handshake */
	struct {
		struct buffer bytes;       /* since the place that may be a command */
		struct origins origins;    /* of those bytes */
		uint64_t seen, skipped;    /* bytes in all, and before those kept */
		struct buffer shown;       /* the first of the skipped ones */
		struct stream_origin skipped_first, skipped_last;
		uint64_t lost;             /* in gaps before those kept, may be STREAM_GAP_UNKNOWN */
		struct stream_origin lost_origin;
	} side[STREAM_SIDES];
};

/* --- what goes to the sink and to the conversations --- */

static void on_notice(void *ctx, const struct notice *n)
{
	struct session *s = ctx;

	if (s->sink.notice)
		s->sink.notice(s->sink.ctx, n);
}

static void on_object_data(void *ctx, const struct object *o, uint64_t offset, struct slice data)
{
	struct session *s = ctx;

	s->sink.object_data(s->sink.ctx, o, offset, data);
}

static void on_object(void *ctx, const struct object *o)
{
	struct session *s = ctx;

	if (s->sink.object)
		s->sink.object(s->sink.ctx, o);
	if (s->talks)
		talks_object(s->talks, o);
}

static void on_offline_message(void *ctx, const struct offline_message *m)
{
	struct session *s = ctx;

	if (s->sink.offline_message)
		s->sink.offline_message(s->sink.ctx, m);
	if (s->talks)
		talks_offline(s->talks, m);
}

static struct event_sink inner_sink(struct session *s)
{
	return (struct event_sink){
		.notice = on_notice,
		.object_data = s->sink.object_data ? on_object_data : NULL,
		.object = s->sink.object || s->sink.talk ? on_object : NULL,
		.offline_message = on_offline_message,
		.ctx = s,
	};
}

/* --- sessions --- */

struct session *session_new(const struct session_options *options, const struct event_sink *sink)
{
	struct session *s = memory_zalloc(sizeof(*s));

	s->options = *options;
	if (!s->options.hold_events)
		s->options.hold_events = SESSION_HOLD_EVENTS_DEFAULT;
	if (!s->options.hold_bytes)
		s->options.hold_bytes = SESSION_HOLD_BYTES_DEFAULT;
	s->sink = *sink;
	struct event_sink inner = inner_sink(s);
	s->pairs = pairs_new();
	s->users = users_new(sink);
	if (sink->talk || sink->conversation_start || sink->conversation_end)
		s->talks = talks_new(sink, s->users);
	s->oim = oim_new(&inner);
	s->p2p = p2p_new(&inner);
	s->split = split_new();
	s->budget.max = FRAMER_BUDGET_DEFAULT;
	s->peer_bytes = SESSION_PEER_BYTES;
	s->last = &s->first;
	return s;
}

void session_free(struct session *s)
{
	talks_free(s->talks);
	oim_free(s->oim);
	p2p_free(s->p2p);
	split_free(s->split);
	pairs_free(s->pairs);
	users_free(s->users);
	queue_free(s);
	arena_free(&s->arena);
	arena_free(&s->scratch);
	free(s);
}

void session_end_file(struct session *s)
{
	tls_end_file(s);
	p2p_finish(s->p2p);
	oim_finish(s->oim);
	pairs_finish(s->pairs);
	if (s->talks)
		talks_finish(s->talks);
	users_finish(s->users);
}

void session_so_far(struct session *s)
{
	users_so_far(s->users);
}

void session_tick(struct session *s, uint64_t now)
{
	if (now - s->mark.time < SESSION_PATIENCE_NS)
		return;
	queue_release(s, s->kept - s->mark.kept);
	s->mark.time = now;
	s->mark.kept = s->kept;
}

void session_set_file(struct session *s, const char *file)
{
	s->file = file;
}

void session_set_nanoseconds(struct session *s, bool nanoseconds)
{
	s->nanoseconds = nanoseconds;
}

const struct session_totals *session_totals(const struct session *s)
{
	return &s->totals;
}

static void probe_free(struct probe *p)
{
	for (int i = 0; i < STREAM_SIDES; i++) {
		buffer_free(&p->side[i].bytes);
		buffer_free(&p->side[i].shown);
		origins_free(&p->side[i].origins);
	}
	free(p);
}

static enum msnp_sender sender_of(const struct probe *p, int side)
{
	return side == p->client_side ? MSNP_CLIENT : MSNP_SERVER;
}

/* A stream that the gateway's URLs say is MSNP. */
static bool through_gateway(const struct stream_connection *c)
{
	return c->wrapping && strcmp(c->wrapping->transport, "http-gateway") == 0;
}

/* Where MSNP is to be expected. */
static bool on_port(const struct stream_connection *c)
{
	return c->address[0].port == MSNP_PORT || c->address[1].port == MSNP_PORT || through_gateway(c) ||
	       (c->wrapping && c->wrapping->transcript);
}

/* Which side would be the client, going by ports alone. */
static int client_by_port(const struct stream_connection *c)
{
	if (c->address[0].port == MSNP_PORT || c->address[1].port == MSNP_PORT)
		return c->address[0].port == MSNP_PORT;
	/* Wireshark writes first what the client sent. */
	if (c->wrapping && c->wrapping->transcript && c->address[0].port == c->address[1].port)
		return 0;
	return c->address[0].port > c->address[1].port ? 0 : 1;
}

struct finding_side {
	enum msnp_detect found;
	int client_side;
	enum direction_from from;
};

/* Holds bytes of one side against what a client and what a server may send. */
static struct finding_side look(struct session *s, const struct stream_connection *c, int side, struct slice data)
{
	bool likely = on_port(c), gateway = through_gateway(c);
	struct finding_side r = {DETECT_NO, gateway ? 0 : c->opener, gateway ? DIRECTION_HTTP : DIRECTION_SYN};

	if (r.client_side >= 0) {
		r.found = msnp_detect(data, side == r.client_side ? MSNP_CLIENT : MSNP_SERVER, likely, &s->scratch);
	} else {
		enum msnp_detect client = msnp_detect(data, MSNP_CLIENT, likely, &s->scratch);
		enum msnp_detect server = msnp_detect(data, MSNP_SERVER, likely, &s->scratch);

		r.found = client > server ? client : server;
		if (client == DETECT_YES || server == DETECT_YES)
			r.found = DETECT_YES;
		r.client_side = client == server ? client_by_port(c) : client == DETECT_YES ? side : !side;
		r.from = client != server ? DIRECTION_COMMANDS :
			 c->wrapping && c->wrapping->transcript && !c->address[0].port ? DIRECTION_TRANSCRIPT :
											 DIRECTION_PORT;
	}
	arena_reset(&s->scratch);
	return r;
}

static bool is_recognised(const struct probe *p)
{
	return p->conversation || p->peer;
}

static void feed(struct probe *p, int side, struct slice data, const struct stream_origin *origin)
{
	if (p->peer)
		peer_data(p->peer, sender_of(p, side), data, origin);
	else
		conversation_data(p->conversation, sender_of(p, side), data, origin);
}

static void feed_gap(struct probe *p, int side, uint64_t len, const struct stream_origin *origin)
{
	if (p->peer)
		peer_gap(p->peer, sender_of(p, side), len, origin);
	else
		conversation_gap(p->conversation, sender_of(p, side), len, origin);
}

/* Tells what was dropped and lost of one side before the bytes that were kept. */
static void tell_missed(struct probe *p, int side)
{
	enum msnp_sender from = sender_of(p, side);
	const struct stream_origin *first = &p->side[side].skipped_first, *last = &p->side[side].skipped_last;
	struct slice shown = buffer_slice(&p->side[side].shown);

	if (p->side[side].skipped && p->peer)
		peer_missed(p->peer, from, p->side[side].skipped, shown, first, last);
	else if (p->side[side].skipped)
		conversation_missed(p->conversation, from, p->side[side].skipped, shown, first, last);
	if (p->side[side].lost)
		feed_gap(p, side, p->side[side].lost, &p->side[side].lost_origin);
}

/* Frame of the next kept piece of a side. */
static uint64_t next_frame(const struct probe *p, int side)
{
	const struct origins *o = &p->side[side].origins;

	return o->count ? o->list[o->head].frame : UINT64_MAX;
}

/* Feeds the next kept piece of a side, as it came. */
static void replay_piece(struct probe *p, int side)
{
	struct origins *o = &p->side[side].origins;
	struct slice bytes = buffer_slice(&p->side[side].bytes);
	const struct origin *at = &o->list[o->head];
	uint64_t end = o->count > 1 ? at[1].offset : bytes.len;
	struct stream_origin origin = {at->frame, at->time_ns, at->exchange};
	struct slice piece = slice_sub(bytes, (size_t)at->offset, (size_t)(end - at->offset));

	o->head++;
	o->count--;
	if (piece.len)
		feed(p, side, piece, &origin);
}

static void replay(struct probe *p)
{
	while (p->side[0].origins.count || p->side[1].origins.count)
		replay_piece(p, next_frame(p, 1) < next_frame(p, 0) ? 1 : 0);
	for (int i = 0; i < STREAM_SIDES; i++) {
		buffer_free(&p->side[i].bytes);
		buffer_free(&p->side[i].shown);
		origins_free(&p->side[i].origins);
	}
}

/* Frame of the first byte of a side, dropped or kept. */
static uint64_t first_frame(const struct probe *p, int side)
{
	return p->side[side].skipped ? p->side[side].skipped_first.frame : next_frame(p, side);
}

/* Hands on what came before the connection was recognised. */
static void catch_up(struct probe *p)
{
	int first = first_frame(p, 1) < first_frame(p, 0) ? 1 : 0;

	tell_missed(p, first);
	tell_missed(p, !first);
	replay(p);
}

static void recognise(struct session *s, struct stream_connection *c, struct probe *p, int client_side,
		      enum direction_from from)
{
	struct conversation *v = conversation_new(s, c, client_side);

	tls_conversation(v, c);
	p->conversation = v;
	p->client_side = client_side;
	v->connection.direction_from = from;
	for (int i = 0; i < STREAM_SIDES; i++) {
		/* From the start of a connection every command can be trusted to begin where the last one ended. */
		if (c->opener >= 0 && p->side[i].skipped == 0 && p->side[i].lost == 0)
			v->direction[sender_of(p, i)].framer.synced = true;
	}
	catch_up(p);
}

/* side brought the bytes that told; opens: as only who connects does. */
static void recognise_peer(struct session *s, struct stream_connection *c, struct probe *p, int side,
			   enum link_protocol protocol, bool opens)
{
	enum direction_from from = DIRECTION_SYN;

	p->client_side = c->opener;
	if (c->opener < 0) {
		p->client_side = opens ? side : client_by_port(c);
		from = opens ? DIRECTION_COMMANDS : DIRECTION_PORT;
	}
	p->peer = peer_new(s, c, p->client_side, from, protocol, from == DIRECTION_PORT ? -1 : MSNP_CLIENT);
	catch_up(p);
}

static struct stream_origin origin_at(const struct origins *o, uint64_t offset)
{
	uint64_t frame[2] = {0, 0};
	struct origin_range r = origins_frames(o, offset, offset + 1, frame, 2);

	return (struct stream_origin){frame[0], r.time_ns, r.exchange};
}

/* Drops kept bytes up to offset n: no command starts there. */
static void drop(struct probe *p, int side, size_t n)
{
	struct origins *o = &p->side[side].origins;
	struct slice dropped = slice_sub(buffer_slice(&p->side[side].bytes), 0, n);

	if (n == 0)
		return;
	if (p->side[side].skipped == 0)
		p->side[side].skipped_first = origin_at(o, 0);
	p->side[side].skipped_last = origin_at(o, n - 1);
	if (p->side[side].shown.len < FRAMER_SKIPPED_SHOWN)
		buffer_add_slice(&p->side[side].shown,
				 slice_sub(dropped, 0, FRAMER_SKIPPED_SHOWN - p->side[side].shown.len));
	buffer_consume(&p->side[side].bytes, n);
	p->side[side].skipped += n;
	origins_forget(o, n);
	if (p->side[side].bytes.len == 0)
		o->count = 0;
	for (size_t i = 0; i < o->count; i++) {
		struct origin *at = &o->list[o->head + i];

		at->offset = at->offset > n ? at->offset - n : 0;
	}
}

/*
 * A connection seen from the middle may begin in the middle of a payload.  On
 * MSNP's own port commands are looked for at every byte, elsewhere only where
 * a segment starts.
 */
static struct finding_side look_further(struct session *s, struct stream_connection *c, struct probe *p, int side)
{
	struct buffer *kept = &p->side[side].bytes;
	struct finding_side r = look(s, c, side, buffer_slice(kept));
	size_t at = 0;

	if (r.found != DETECT_NO)
		return r;
	if (!on_port(c)) {
		drop(p, side, kept->len);
		return r;
	}
	while (at < kept->len && r.found == DETECT_NO)
		r = look(s, c, side, slice_sub(buffer_slice(kept), ++at, kept->len));
	drop(p, side, at);
	return r;
}

/* Does an answer come before what it answers? */
static bool may_be_early(const struct stream_connection *c, int side, struct slice first)
{
	return c->opener == !side && c->bytes[c->opener] == 0 && c->bytes[side] < LINK_LINE_MAX && link_may_answer(first);
}

/*
 * Is it a connection between clients?  The first bytes tell; where they are
 * missing, what begins a segment does.
 */
static enum link_guess look_for_peer(struct session *s, struct stream_connection *c, struct probe *p, int side,
				     struct slice data)
{
	enum link_protocol protocol = LINK_NONE;
	enum link_guess guess = LINK_GUESS_NO;
	bool missed = c->opener < 0 || c->lost[0] || c->lost[1];
	struct slice kept = buffer_slice(&p->side[side].bytes);

	if (through_gateway(c))
		return LINK_GUESS_NO;
	if (p->side[side].seen == kept.len && !p->side[side].lost)
		guess = link_recognise(kept, &protocol);
	bool opens = guess == LINK_GUESS_YES;
	if (guess == LINK_GUESS_NO && missed) {
		opens = link_recognise(data, &protocol) == LINK_GUESS_YES;
		if (opens || link_recognise_middle(data, &protocol)) {
			guess = LINK_GUESS_YES;
			drop(p, side, kept.len - data.len);
		}
	}
	if (guess == LINK_GUESS_YES)
		recognise_peer(s, c, p, side, protocol, opens);
	if (guess == LINK_GUESS_NO && may_be_early(c, side, kept))
		guess = LINK_GUESS_MORE;
	return guess;
}

/*
 * Bytes of a SOCKS handshake that transport/ could not put together, as part of
 * it was lost or came out of order: what follows may be MSNP all the same.
 */
static bool may_be_proxy(struct slice data)
{
	return data.len && (data.ptr[0] <= 1 || data.ptr[0] == 4 || data.ptr[0] == 5);
}

static bool may_be_peer(const struct stream_connection *c, int side, struct slice data)
{
	enum link_protocol protocol;

	return link_recognise(data, &protocol) != LINK_GUESS_NO || may_be_early(c, side, data);
}

static struct probe *probe_new(struct stream_connection *c)
{
	struct probe *p = memory_zalloc(sizeof(*p));

	c->user = p;
	return p;
}

static enum stream_verdict ignore(struct stream_connection *c)
{
	if (c->user)
		probe_free(c->user);
	c->user = NULL;
	return STREAM_IGNORE;
}

static enum stream_verdict probe_data(struct session *s, struct stream_connection *c, int side, struct slice data,
				      const struct stream_origin *origin)
{
	struct probe *p = c->user;
	bool from_start = c->opener >= 0 && c->lost[side] == 0 && c->bytes[side] == 0;

	/* Told by the first bytes, without keeping anything: nearly all connections that are not MSNP. */
	if (!p && from_start && !on_port(c) && !may_be_proxy(data) && !may_be_peer(c, side, data) &&
	    look(s, c, side, data).found == DETECT_NO)
		return STREAM_IGNORE;
	if (!p) {
		p = probe_new(c);
		p->lenient = may_be_proxy(data);
	}
	p->side[side].seen += data.len;
	origins_add(&p->side[side].origins, p->side[side].bytes.len, origin);
	buffer_add_slice(&p->side[side].bytes, data);
	if (look_for_peer(s, c, p, side, data) != LINK_GUESS_NO)
		return STREAM_CONTINUE;
	struct finding_side r = look_further(s, c, p, side);
	if (r.found == DETECT_YES) {
		recognise(s, c, p, r.client_side, r.from);
		return STREAM_CONTINUE;
	}
	bool started = c->opener >= 0 && c->lost[side] == 0 && p->side[side].lost == 0 && !p->lenient;
	uint64_t limit = on_port(c) ? SESSION_DETECT_BYTES_PORT : SESSION_DETECT_BYTES;
	if (p->side[side].seen > limit || (started && !on_port(c) && r.found == DETECT_NO))
		return ignore(c);
	return STREAM_CONTINUE;
}

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct probe *p = c->user;

	if (!p || !is_recognised(p))
		return probe_data(ctx, c, side, data, origin);
	feed(p, side, data, origin);
	return STREAM_CONTINUE;
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	struct probe *p = c->user ? c->user : probe_new(c);

	(void)ctx;
	if (is_recognised(p)) {
		feed_gap(p, side, len, origin);
		return STREAM_CONTINUE;
	}
	drop(p, side, p->side[side].bytes.len);
	if (len == STREAM_GAP_UNKNOWN || p->side[side].lost == STREAM_GAP_UNKNOWN)
		p->side[side].lost = STREAM_GAP_UNKNOWN;
	else
		p->side[side].lost += len;
	p->side[side].lost_origin = *origin;
	return STREAM_CONTINUE;
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	struct probe *p = c->user;

	(void)ctx;
	if (!p)
		return;
	if (p->conversation)
		conversation_end(p->conversation, c, why);
	if (p->peer)
		peer_end(p->peer, c, why);
	probe_free(p);
	c->user = NULL;
}

static void on_anomaly(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
		       const struct stream_origin *origin)
{
	struct probe *p = c->user;

	(void)ctx;
	if (p && p->peer)
		p->peer->side[sender_of(p, side)].anomalies |= 1u << what;
	if (!p || !p->conversation)
		return;
	struct direction *d = &p->conversation->direction[sender_of(p, side)];
	d->anomalies |= 1u << what;
	d->anomaly_frame = origin->frame;
	d->anomaly_time_ns = origin->time_ns;
}

static void on_gateway(void *ctx, struct stream_connection *connection, enum gateway_notice what, const char *text,
		       const struct stream_origin *origin, const struct http_exchange *x)
{
	struct probe *p = connection->user;
	struct item item = {.kind = ITEM_GATEWAY, .from = MSNP_SERVER, .notice = what, .time_ns = origin->time_ns};

	if (!p || !p->conversation) {
		session_gateway_notice(ctx, connection, what, text);
		return;
	}
	item.conversation = p->conversation;
	item.challenge = slice_str(text);
	item.exchange = x ? x->number : origin->exchange;
	item.frames[0] = origin->frame;
	item.frame_count = origin->frame ? 1 : 0;
	queue_item(ctx, &item);
}

struct transport_consumer session_transport_consumer(struct session *s)
{
	return (struct transport_consumer){session_consumer(s), web_consumer(s), on_gateway, s, tls_session_consumer(s)};
}

struct stream_consumer session_consumer(struct session *s)
{
	return (struct stream_consumer){on_data, on_gap, on_end, on_anomaly, s};
}
