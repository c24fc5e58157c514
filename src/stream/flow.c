/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream/flow.h"

#include <stdlib.h>
#include <sys/random.h>
#include <utlist.h>

#define CHUNK_FLOWS 256u
#define SECOND_NS 1000000000

struct flow_chunk {
	struct flow_chunk *next;
	struct flow flow[CHUNK_FLOWS];
};

void flow_seed(uint64_t seed[2])
{
	/* Nothing depends on the order in the hash table, so a random seed leaves the
	 * output as it is.  Without one the table works, but can be attacked. */
	if (getentropy(seed, 2 * sizeof(seed[0])) != 0)
		seed[0] = 0x6d736e73636f7065;
}

void flow_table_init(struct flow_table *table)
{
	memset(table, 0, sizeof(*table));
	flow_seed(table->seed);
}

void flow_table_free(struct flow_table *table)
{
	HASH_CLEAR(hh, table->by_key);
	while (table->chunks) {
		struct flow_chunk *next = table->chunks->next;

		free(table->chunks);
		table->chunks = next;
	}
	memset(table, 0, sizeof(*table));
}

int flow_key_of(struct flow_key *key, const struct address *source, const struct address *destination)
{
	const struct address *end[STREAM_SIDES] = {source, destination};
	int order = memcmp(source->ip, destination->ip, sizeof(source->ip));
	int at = order > 0 || (order == 0 && source->port > destination->port);

	for (int i = 0; i < STREAM_SIDES; i++) {
		memcpy(key->ip[i], end[i ^ at]->ip, sizeof(key->ip[i]));
		key->port[i] = end[i ^ at]->port;
	}
	key->version = source->version;
	return at;
}

static uint64_t rotate(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

/* SipHash-1-3 (Aumasson, Bernstein) over the words of the key: who writes the
 * capture cannot choose addresses that collide. */
uint32_t flow_hash(const uint64_t seed[2], const struct flow_key *key)
{
	uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d,
			 seed[0] ^ 0x6c7967656e657261, seed[1] ^ 0x7465646279746573};
	uint64_t ip[STREAM_SIDES][2];

	memcpy(ip, key->ip, sizeof(ip));
	if (key->version == 6) {
		for (int i = 0; i < STREAM_SIDES; i++) {
			sip_word(v, ip[i][0]);
			sip_word(v, ip[i][1]);
		}
	} else {
		uint32_t a, b;

		memcpy(&a, key->ip[0], sizeof(a));
		memcpy(&b, key->ip[1], sizeof(b));
		sip_word(v, (uint64_t)a << 32 | b);
	}
	sip_word(v, (uint64_t)key->version << 32 | (uint32_t)key->port[0] << 16 | key->port[1]);
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	uint64_t h = v[0] ^ v[1] ^ v[2] ^ v[3];
	return (uint32_t)(h ^ h >> 32);
}

struct flow *flow_find(const struct flow_table *table, const struct flow_key *key, uint32_t hash)
{
	struct flow *f;

	HASH_FIND_BYHASHVALUE(hh, table->by_key, key, FLOW_KEY_LEN, hash, f);
	return f;
}

static enum flow_class class_of(const struct flow *f)
{
	return f->state == FLOW_LIVE ? FLOW_CLASS_LIVE : FLOW_CLASS_OTHER;
}

static void list_append(struct flow_table *table, struct flow *f)
{
	enum flow_class class = class_of(f);

	DL_APPEND2(table->oldest[class], f, older, newer);
	table->count[class]++;
}

static void list_remove(struct flow_table *table, struct flow *f)
{
	enum flow_class class = class_of(f);

	DL_DELETE2(table->oldest[class], f, older, newer);
	table->count[class]--;
}

static struct flow *take_unused(struct flow_table *table)
{
	if (!table->unused) {
		struct flow_chunk *chunk = memory_alloc(sizeof(*chunk));

		chunk->next = table->chunks;
		table->chunks = chunk;
		for (uint32_t i = 0; i < CHUNK_FLOWS; i++)
			LL_PREPEND2(table->unused, &chunk->flow[i], newer);
	}
	struct flow *f = table->unused;
	LL_DELETE2(table->unused, f, newer);
	return f;
}

struct flow *flow_add(struct flow_table *table, const struct flow_key *key, uint32_t hash, int64_t now)
{
	struct flow *f = take_unused(table);

	memset(f, 0, sizeof(*f));
	memcpy(&f->key, key, sizeof(f->key));
	f->last_ns = now;
	HASH_ADD_BYHASHVALUE(hh, table->by_key, key, FLOW_KEY_LEN, hash, f);
	list_append(table, f);
	return f;
}

void flow_remove(struct flow_table *table, struct flow *f)
{
	list_remove(table, f);
	HASH_DELETE(hh, table->by_key, f);
	LL_PREPEND2(table->unused, f, newer);
}

void flow_touch(struct flow_table *table, struct flow *f, int64_t now)
{
	/* The lists are ordered to the second: a busy flow is seldom moved. */
	if (now / SECOND_NS != f->last_ns / SECOND_NS) {
		list_remove(table, f);
		list_append(table, f);
	}
	f->last_ns = now;
}

void flow_set_state(struct flow_table *table, struct flow *f, enum flow_state state)
{
	if ((f->state == FLOW_LIVE) == (state == FLOW_LIVE)) {
		f->state = (uint8_t)state;
		return;
	}
	list_remove(table, f);
	f->state = (uint8_t)state;
	list_append(table, f);
}

struct flow *flow_victim(const struct flow_table *table, uint32_t limit)
{
	struct flow *live = table->oldest[FLOW_CLASS_LIVE], *other = table->oldest[FLOW_CLASS_OTHER];

	if (!live || (other && table->count[FLOW_CLASS_OTHER] >= limit / 2))
		return other;
	return live;
}
