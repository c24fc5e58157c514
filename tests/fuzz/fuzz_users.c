/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * User sessions: steps parted by 0xff.  The first byte of each says which of
 * eight connections it is on, which side speaks, and what it does; a step of
 * that byte alone ends the connection.
 */
#include "tests/unit/users_play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONNECTIONS 8u

/* Two hosts; the kinds of connections are told by their numbers. */
static struct connection new_connection(const struct users_play *p, uint64_t id, unsigned slot)
{
	static const unsigned roles[CONNECTIONS] = {MSNP_DS, MSNP_NS, MSNP_NS, MSNP_SB, MSNP_SB, 0, 0, MSNP_NS};
	static const int versions[CONNECTIONS] = {8, 8, 18, 8, 18, 0, 0, 24};
	struct connection c = users_play_connection(p, id, roles[slot], (uint8_t)(1 + slot % 2), 250);

	c.version = versions[slot];
	return c;
}

/* The line, and behind a line feed the payload. */
static void command(struct users_play *p, const struct connection *c, enum msnp_sender from, struct slice step)
{
	size_t end = slice_find_byte(step, '\n');
	struct slice line = slice_sub(step, 0, end);

	if (line.len >= 3 && line.len <= 1024)
		users_play_command(p, c, from, line, slice_sub(step, end + 1, step.len));
}

static void exchange(struct users_play *p, const struct connection *c, enum msnp_sender from, struct slice step)
{
	size_t end = slice_find_byte(step, '\n');

	users_play_web(p, c, from, slice_sub(step, 0, end), slice_sub(step, end + 1, step.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event_sink sink = {.ctx = NULL};
	struct connection connections[CONNECTIONS];
	struct slice rest = slice_of(data, size);
	struct users_play p;
	uint64_t ids = 0;

	users_play_begin(&p, &sink);
	for (unsigned i = 0; i < CONNECTIONS; i++)
		connections[i] = new_connection(&p, ++ids, i);
	while (rest.len) {
		struct slice step = slice_sub(rest, 0, slice_find_byte(rest, 0xff));
		uint8_t where = rest.ptr[0];
		struct connection *c = &connections[where % CONNECTIONS];
		enum msnp_sender from = where & 8u ? MSNP_SERVER : MSNP_CLIENT;

		rest = slice_sub(rest, step.len + 1, rest.len);
		/* Time goes on, by minutes. */
		p.now_ns += (int64_t)(where >> 4 & 3u) * 45000000000;
		if (step.len <= 1) {
			users_play_close(&p, c, from == MSNP_SERVER ? "rst" : "fin");
			*c = new_connection(&p, ++ids, where % CONNECTIONS);
		} else if (c->web) {
			exchange(&p, c, from, slice_sub(step, 1, step.len));
		} else {
			command(&p, c, from, slice_sub(step, 1, step.len));
		}
	}
	users_play_end(&p);
	return 0;
}
