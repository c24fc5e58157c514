/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/peer.h"

#include <stdlib.h>

#include "util/memory.h"

_Static_assert(LINK_GAP_UNKNOWN == STREAM_GAP_UNKNOWN, "what framers are told is what streams say");

/* Queues a message that reaches from m->start to m->end. */
static void queue_message(struct peer *p, int side, const struct link_message *m, const struct item *where)
{
	struct item item = *where;

	item.kind = ITEM_PEER;
	item.peer = p;
	item.from = (enum msnp_sender)side;
	item.link = *m;
	/* The queue copies these two. */
	item.framed.message.line = m->line;
	item.framed.message.payload = m->payload;
	item.anomalies = p->side[side].anomalies;
	p->side[side].anomalies = 0;
	queue_item(p->session, &item);
}

static void on_message(void *ctx, int side, const struct link_message *m)
{
	struct peer *p = ctx;
	struct item item = {.kind = ITEM_PEER};
	struct origin_range where =
		origins_frames(&p->side[side].origins, m->start, m->end, item.frames, EVENT_FRAMES_MAX);

	item.frame_count = where.frames;
	item.frames_omitted = where.omitted;
	item.time_ns = where.time_ns;
	queue_message(p, side, m, &item);
}

struct peer *peer_new(struct session *s, const struct stream_connection *c, int client_side, enum direction_from from,
		      enum link_protocol protocol, int connector)
{
	struct peer *p = memory_zalloc(sizeof(*p));
	struct connection *n = &p->connection;

	p->session = s;
	n->id = ++s->next_connection;
	n->client = c->address[client_side];
	n->server = c->address[!client_side];
	n->direction_from = from;
	n->transport = "p2p";
	for (size_t i = 0; c->wrapping && i < CONNECTION_OUTER_MAX; i++)
		n->outer[i] = c->wrapping->outer[i];
	n->peer = link_protocol_name(protocol);
	n->start_ns = c->start_ns;
	n->end_ns = c->end_ns;
	n->first_frame = c->first_frame;
	n->last_frame = c->last_frame;
	link_state_init(&p->state, protocol);
	p->state.connector = connector;
	p->state.budget = &s->peer_bytes;
	for (int i = 0; i < 2; i++) {
		link_framer_init(&p->side[i].framer, &p->state, i, on_message, p);
		p->side[i].framer.missed = connector < 0;
	}
	s->totals.connections++;
	return p;
}

void peer_free(struct peer *p)
{
	for (int i = 0; i < 2; i++) {
		link_framer_free(&p->side[i].framer);
		origins_free(&p->side[i].origins);
	}
	free(p);
}

void peer_data(struct peer *p, enum msnp_sender from, struct slice data, const struct stream_origin *origin)
{
	struct link_framer *f = &p->side[from].framer;

	origins_add(&p->side[from].origins, f->base + f->pending.len, origin);
	link_framer_data(f, data);
	origins_forget(&p->side[from].origins, link_framer_oldest(f));
}

void peer_gap(struct peer *p, enum msnp_sender from, uint64_t len, const struct stream_origin *origin)
{
	struct item item = {.kind = ITEM_LOST, .peer = p, .from = from, .lost = len, .time_ns = origin->time_ns,
			    .exchange = origin->exchange};

	item.frames[0] = origin->frame;
	item.frame_count = 1;
	/* What stands before the gap comes first. */
	link_framer_gap(&p->side[from].framer, len);
	item.anomalies = p->side[from].anomalies;
	p->side[from].anomalies = 0;
	queue_item(p->session, &item);
}

void peer_missed(struct peer *p, enum msnp_sender from, uint64_t skipped, struct slice shown,
		 const struct stream_origin *first, const struct stream_origin *last)
{
	struct link_message m = {.kind = LINK_BROKEN, .payload = shown, .end = skipped, .length = skipped};
	struct item item = {.time_ns = last->time_ns};

	item.frames[item.frame_count++] = first->frame;
	if (last->frame != first->frame)
		item.frames[item.frame_count++] = last->frame;
	p->side[from].framer.base += skipped;
	p->side[from].framer.missed = true;
	queue_message(p, (int)from, &m, &item);
}

void peer_end(struct peer *p, const struct stream_connection *c, enum stream_end why)
{
	struct item item = {.kind = ITEM_PEER_END, .peer = p};
	int client = memcmp(&c->address[0], &p->connection.client, sizeof(c->address[0])) == 0 ? 0 : 1;

	for (int i = 0; i < 2; i++)
		link_framer_end(&p->side[i].framer);
	connection_finish(&p->connection, c, client, why);
	queue_item(p->session, &item);
}

void peer_fill_event(struct session *s, const struct item *item, struct event *e)
{
	struct link_message m = item->link;

	m.line = item->framed.message.line;
	m.payload = item->framed.message.payload;
	dissection_init(&s->dissection, &s->arena, m.line, m.payload);
	e->kind = EVENT_PEER;
	e->protocol = item->peer->connection.peer;
	e->name = slice_str(link_dissect(&s->dissection, &m, item->peer->state.protocol));
	e->line = m.line;
	e->payload = m.payload;
	e->has_payload = m.payload.len > 0;
	e->declared_length = m.cut && m.length ? m.length : m.payload.len;
	e->skipped_bytes = m.kind == LINK_BROKEN ? m.length : 0;
}
