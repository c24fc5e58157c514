/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the inputs of the benchmark.
 *
 * usage: generate dense|talk|gateway|mixed MEGABYTES FILE SAMPLE.pcap...
 *        generate many-flows CONNECTIONS FILE SAMPLE.pcap...
 *
 * dense       MSNP only: sample conversations, each with a file transfer; many users at a time
 * talk        the same without the transfers: small commands only
 * gateway     as dense, all of it carried in sessions of the HTTP gateway
 * mixed       5 % of the bytes as dense, the rest bulk transfers, HTTP, and DNS
 * many-flows  small connections, one in 32 a sign-in
 *
 * The same arguments and samples give the same bytes.
 */
#include "sample.h"
#include "traffic.h"

#include <stdlib.h>
#include <string.h>

#define USERS 64u       /* at a time, in dense */
#define USERS_MIXED 16u
#define TRANSFER_KB 250u
/* Versions that have P2P transfers as made here. */
#define TRANSFER_FIRST 9u
#define TRANSFER_LAST 15u
#define SLOTS 16u       /* connections at a time of each kind, in mixed */
#define FLOWS 4096u     /* connections at a time, in many-flows */
#define SIGN_IN_EVERY 32u
#define SIGN_IN_MAX 40u /* frames */

struct library {
	struct sample *samples;
	uint32_t count;
	struct sample transfers[2][2]; /* before and since MSNP12; by sender */
	bool with_transfers;
};

static void load(struct library *l, char **paths, int count, bool first_only)
{
	l->samples = allocate(NULL, (size_t)count * sizeof(*l->samples));
	l->count = 0;
	for (int i = 0; i < count; i++) {
		struct sample *s = &l->samples[l->count];

		memset(s, 0, sizeof(*s));
		sample_load(s, paths[i], first_only);
		if (first_only && s->count > SIGN_IN_MAX)
			sample_free(s);
		else
			l->count++;
	}
	for (int i = 0; i < 4; i++)
		sample_transfer(&l->transfers[i / 2][i % 2], i / 2 ? 12 : 9, i % 2, TRANSFER_KB);
}

static void wrap(struct sample *s)
{
	struct sample wrapped = {0};

	sample_gateway(&wrapped, s);
	sample_free(s);
	*s = wrapped;
}

static void wrap_all(struct library *l)
{
	for (uint32_t i = 0; i < l->count; i++)
		wrap(&l->samples[i]);
	for (int i = 0; i < 4; i++)
		wrap(&l->transfers[i / 2][i % 2]);
}

static void unload(struct library *l)
{
	for (uint32_t i = 0; i < l->count; i++)
		sample_free(&l->samples[i]);
	for (int i = 0; i < 4; i++)
		sample_free(&l->transfers[i / 2][i % 2]);
	free(l->samples);
}

/* --- people talking --- */

struct crowd {
	const struct library *library;
	struct player players[USERS];
	uint32_t size, users;
};

static void next_user(struct crowd *c, struct player *p)
{
	player_start(p, &c->library->samples[c->users % c->library->count], c->users);
	c->users++;
}

static void crowd_start(struct crowd *c, const struct library *l, uint32_t size)
{
	*c = (struct crowd){.library = l, .size = size};
	for (uint32_t i = 0; i < size; i++)
		next_user(c, &c->players[i]);
}

/* One frame of somebody.  After the conversation may come a transfer, then the next user. */
static void crowd_step(struct crowd *c, struct writer *w)
{
	struct player *p = &c->players[prng_between(&w->prng, 0, c->size - 1)];

	if (player_step(p, w))
		return;
	unsigned version = p->sample->version; /* that of a transfer is 0 */
	if (c->library->with_transfers && version >= TRANSFER_FIRST && version <= TRANSFER_LAST)
		player_start(p, &c->library->transfers[version >= 12][p->user & 1], p->user);
	else
		next_user(c, p);
	player_step(p, w);
}

static void write_dense(struct writer *w, const struct library *l, uint64_t bytes)
{
	struct crowd crowd;

	crowd_start(&crowd, l, USERS);
	while (w->bytes < bytes)
		crowd_step(&crowd, w);
}

/* --- among other traffic --- */

enum { SHARE_MSNP, SHARE_HTTP, SHARE_BULK, SHARE_DNS, SHARES };

/* The kind that is furthest behind its share. */
static int behind(const uint64_t *done)
{
	static const uint64_t percent[SHARES] = {5, 34, 60, 1};
	int worst = 0;

	for (int i = 1; i < SHARES; i++)
		if (done[i] * percent[worst] < done[worst] * percent[i])
			worst = i;
	return worst;
}

static uint64_t slot_step(struct connection *slots, enum traffic_kind kind, uint32_t *number, const struct noise *n,
			  struct writer *w)
{
	struct connection *c = &slots[prng_between(&w->prng, 0, SLOTS - 1)];
	uint64_t size = c->ends.ip[CLIENT] ? connection_step(c, n, w) : 0;

	if (size)
		return size;
	connection_start(c, kind, 0xf00000 + (*number)++, &w->prng);
	return connection_step(c, n, w);
}

static void write_mixed(struct writer *w, const struct library *l, uint64_t bytes)
{
	struct connection bulk[SLOTS] = {0}, http[SLOTS] = {0};
	uint64_t done[SHARES] = {0}, before;
	struct crowd crowd;
	struct noise noise;
	uint32_t number = 0;

	noise_init(&noise);
	crowd_start(&crowd, l, USERS_MIXED);
	while (w->bytes < bytes) {
		switch (behind(done)) {
		case SHARE_MSNP:
			before = w->bytes;
			crowd_step(&crowd, w);
			done[SHARE_MSNP] += w->bytes - before;
			break;
		case SHARE_HTTP:
			done[SHARE_HTTP] += slot_step(http, TRAFFIC_HTTP, &number, &noise, w);
			break;
		case SHARE_BULK:
			done[SHARE_BULK] += slot_step(bulk, TRAFFIC_BULK, &number, &noise, w);
			break;
		case SHARE_DNS:
			done[SHARE_DNS] += dns_lookup(w);
			break;
		}
	}
	noise_free(&noise);
}

/* --- many small connections --- */

/* Either of the two, by which one has a sample. */
struct small {
	struct player player;
	struct connection connection;
};

static void small_start(struct small *s, const struct library *l, uint32_t number, struct prng *r)
{
	s->player.sample = NULL;
	if (number % SIGN_IN_EVERY == 0)
		player_start(&s->player, &l->samples[number / SIGN_IN_EVERY % l->count], number / SIGN_IN_EVERY);
	else
		connection_start(&s->connection, TRAFFIC_SMALL, number, r);
}

static bool small_step(struct small *s, const struct noise *n, struct writer *w)
{
	return s->player.sample ? player_step(&s->player, w) : connection_step(&s->connection, n, w) > 0;
}

static void write_many_flows(struct writer *w, const struct library *l, uint64_t count)
{
	struct small *slots = allocate(NULL, FLOWS * sizeof(*slots));
	uint32_t number = 0, open = 0;
	struct noise noise;

	noise_init(&noise);
	for (; open < FLOWS && number < count; open++)
		small_start(&slots[open], l, number++, &w->prng);
	while (open > 0) {
		struct small *s = &slots[prng_between(&w->prng, 0, open - 1)];

		if (small_step(s, &noise, w))
			continue;
		if (number < count)
			small_start(s, l, number++, &w->prng);
		else
			*s = slots[--open];
	}
	noise_free(&noise);
	free(slots);
}

int main(int argc, char **argv)
{
	struct library library = {0};
	struct writer writer;

	if (argc < 5) {
		fprintf(stderr, "usage: generate dense|talk|gateway|mixed|many-flows MEGABYTES|CONNECTIONS FILE SAMPLE.pcap...\n");
		return 2;
	}
	const char *kind = argv[1], *path = argv[3];
	uint64_t size = strtoull(argv[2], NULL, 10);
	bool many = strcmp(kind, "many-flows") == 0;

	load(&library, argv + 4, argc - 4, many);
	library.with_transfers = strcmp(kind, "talk") != 0;
	if (strcmp(kind, "gateway") == 0)
		wrap_all(&library);
	writer_open(&writer, path, many ? 100 : 2000);
	if (many)
		write_many_flows(&writer, &library, size);
	else if (strcmp(kind, "mixed") == 0)
		write_mixed(&writer, &library, size * 1000000);
	else
		write_dense(&writer, &library, size * 1000000);
	writer_close(&writer, path);
	unload(&library);
	return 0;
}
