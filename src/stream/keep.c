/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream/keep.h"

#include <stdlib.h>

#include "stream/flow.h"

#include <utlist.h>

/* A packet that waits. */
struct kept {
	struct kept *older, *newer; /* among all */
	struct kept *next;          /* of the same flow */
	struct keep_flow *flow;
	struct packet packet;       /* its data points to data */
	uint8_t data[];
};

enum keep_state {
	KEEP_UNDECIDED,
	KEEP_WANTED,  /* no packets wait */
	KEEP_IGNORED, /* the same */
};

struct keep_flow {
	UT_hash_handle hh;
	struct keep_flow *newer, *older;
	struct kept *first, **last;
	uint64_t bytes;  /* that wait */
	uint64_t missed; /* packets that gave way */
	struct flow_key key;
	enum keep_state state;
};

struct keep {
	void (*write)(void *ctx, const struct packet *packet);
	void *ctx;
	struct keep_flow *by_key;
	struct keep_flow *oldest; /* in order of their latest packets */
	uint32_t flow_count;
	struct kept *oldest_packet;
	struct kept **by_frame;   /* KEEP_FRAMES places */
	uint64_t bytes;           /* that wait */
	uint64_t missed;
	const struct packet *packet; /* between keep_begin and keep_end */
	struct keep_flow *flow;      /* its flow */
	uint64_t seed[2];
};

struct keep *keep_new(void (*write)(void *ctx, const struct packet *packet), void *ctx)
{
	struct keep *k = memory_zalloc(sizeof(*k));

	k->write = write;
	k->ctx = ctx;
	k->by_frame = memory_zalloc(KEEP_FRAMES * sizeof(struct kept *));
	flow_seed(k->seed);
	return k;
}

uint64_t keep_missed(const struct keep *k)
{
	return k->missed;
}

/* --- packets that wait --- */

static uint64_t cost(const struct packet *packet)
{
	return sizeof(struct kept) + packet->data.len;
}

static struct kept **place_of(struct keep *k, uint64_t frame)
{
	return &k->by_frame[frame % KEEP_FRAMES];
}

static void add_packet(struct keep *k, struct keep_flow *f, const struct packet *packet)
{
	struct kept *p = memory_alloc(sizeof(*p) + packet->data.len);

	*p = (struct kept){.flow = f, .packet = *packet};
	if (packet->data.len)
		memcpy(p->data, packet->data.ptr, packet->data.len);
	p->packet.data = slice_of(p->data, packet->data.len);
	*f->last = p;
	f->last = &p->next;
	DL_APPEND2(k->oldest_packet, p, older, newer);
	*place_of(k, packet->frame) = p;
	f->bytes += cost(packet);
	k->bytes += cost(packet);
}

static void remove_first(struct keep *k, struct keep_flow *f)
{
	struct kept *p = f->first;

	f->first = p->next;
	if (!f->first)
		f->last = &f->first;
	DL_DELETE2(k->oldest_packet, p, older, newer);
	if (*place_of(k, p->packet.frame) == p)
		*place_of(k, p->packet.frame) = NULL;
	f->bytes -= cost(&p->packet);
	k->bytes -= cost(&p->packet);
	free(p);
}

static void remove_all(struct keep *k, struct keep_flow *f)
{
	while (f->first)
		remove_first(k, f);
}

/* The oldest packet of a flow is also its first one. */
static void limit_packets(struct keep *k, struct keep_flow *f)
{
	while (f->bytes > KEEP_FLOW_BYTES) {
		f->missed++;
		remove_first(k, f);
	}
	while (k->bytes > KEEP_TOTAL_BYTES) {
		k->oldest_packet->flow->missed++;
		remove_first(k, k->oldest_packet->flow);
	}
}

/* --- flows --- */

static struct keep_flow *find(const struct keep *k, const struct flow_key *key, uint32_t hash)
{
	struct keep_flow *f;

	HASH_FIND_BYHASHVALUE(hh, k->by_key, key, FLOW_KEY_LEN, hash, f);
	return f;
}

static void forget(struct keep *k, struct keep_flow *f)
{
	remove_all(k, f);
	DL_DELETE2(k->oldest, f, older, newer);
	HASH_DELETE(hh, k->by_key, f);
	k->flow_count--;
	free(f);
}

static struct keep_flow *add_flow(struct keep *k, const struct flow_key *key, uint32_t hash)
{
	struct keep_flow *f = memory_zalloc(sizeof(*f));

	if (k->flow_count >= KEEP_FLOWS)
		forget(k, k->oldest);
	f->key = *key;
	f->last = &f->first;
	HASH_ADD_BYHASHVALUE(hh, k->by_key, key, FLOW_KEY_LEN, hash, f);
	DL_APPEND2(k->oldest, f, older, newer);
	k->flow_count++;
	return f;
}

static void want(struct keep *k, struct keep_flow *f)
{
	if (f->state == KEEP_WANTED)
		return;
	f->state = KEEP_WANTED;
	k->missed += f->missed;
	f->missed = 0;
	while (f->first) {
		k->write(k->ctx, &f->first->packet);
		remove_first(k, f);
	}
}

/* --- what comes in --- */

void keep_begin(struct keep *k, const struct packet *packet, const struct segment *segment)
{
	struct flow_key key;

	flow_key_of(&key, &segment->source, &segment->destination);
	uint32_t hash = flow_hash(k->seed, &key);
	struct keep_flow *f = find(k, &key, hash);
	if (!f) {
		f = add_flow(k, &key, hash);
	} else {
		DL_DELETE2(k->oldest, f, older, newer);
		DL_APPEND2(k->oldest, f, older, newer);
	}
	/* A new connection between the same ends. */
	if (f->state == KEEP_IGNORED && (segment->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		f->state = KEEP_UNDECIDED;
	k->packet = packet;
	k->flow = f;
}

void keep_end(struct keep *k)
{
	if (k->flow->state == KEEP_WANTED)
		k->write(k->ctx, k->packet);
	if (k->flow->state == KEEP_UNDECIDED) {
		add_packet(k, k->flow, k->packet);
		limit_packets(k, k->flow);
	}
	k->packet = NULL;
	k->flow = NULL;
}

void keep_verdict(struct keep *k, const struct stream_connection *c, enum stream_verdict verdict)
{
	struct flow_key key;

	flow_key_of(&key, &c->address[0], &c->address[1]);
	struct keep_flow *f = find(k, &key, flow_hash(k->seed, &key));
	if (!f || f->state == KEEP_WANTED)
		return;
	/* That it goes on after all is a new connection, or one the stream table had forgotten. */
	f->state = verdict == STREAM_IGNORE ? KEEP_IGNORED : KEEP_UNDECIDED;
	if (f->state == KEEP_IGNORED) {
		f->missed = 0;
		remove_all(k, f);
	}
}

void keep_frames(struct keep *k, const uint64_t *frames, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct kept *p = *place_of(k, frames[i]);

		if (k->packet && k->packet->frame == frames[i])
			want(k, k->flow);
		else if (p && p->packet.frame == frames[i])
			want(k, p->flow);
	}
}

void keep_free(struct keep *k)
{
	if (!k)
		return;
	while (k->oldest)
		forget(k, k->oldest);
	free(k->by_frame);
	free(k);
}
