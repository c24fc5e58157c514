/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams between clients.  The first byte says which protocol; in the rest
 * 0xff 0xfe stands for a gap of as many bytes as the byte behind says (0: nobody
 * knows), 0xff 0xfd turns to the other side.  The same bytes are framed in
 * pieces, one by one, and with little memory: the first two must give the same
 * messages, in order and of no more bytes than there are.
 */
#include <stdlib.h>

#include "dissectors/link.h"
#include "tests/unit/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct record {
	enum link_protocol protocol;
	uint64_t hash, count;
	uint64_t end[2];
	struct arena arena;
};

static void add(struct record *r, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		r->hash = (r->hash ^ bytes.ptr[i]) * 0x100000001b3u;
	r->hash = (r->hash ^ bytes.len) * 0x100000001b3u;
}

static void on_message(void *ctx, int side, const struct link_message *m)
{
	struct record *r = ctx;
	struct dissection d;

	if (m->start < r->end[side] || m->end <= m->start || m->payload.len > LINK_MESSAGE_MAX || m->line.len > LINK_LINE_MAX)
		abort();
	r->end[side] = m->end;
	dissection_init(&d, &r->arena, m->line, m->payload);
	add(r, slice_str(link_dissect(&d, m, r->protocol)));
	tree_check(&d);
	add(r, d.summary);
	add(r, m->line);
	add(r, m->payload);
	r->hash = (r->hash ^ m->start ^ m->end << 24 ^ (uint64_t)side << 48 ^ m->cut) * 0x100000001b3u;
	r->count++;
	arena_reset(&r->arena);
}

static void feed(struct link_framer *f, struct slice bytes, bool bytewise)
{
	if (!bytewise && bytes.len)
		link_framer_data(f, bytes);
	for (size_t i = 0; bytewise && i < bytes.len; i++)
		link_framer_data(f, slice_sub(bytes, i, 1));
}

static void play(struct link_framer f[2], struct slice data, bool bytewise)
{
	int side = 0;
	size_t at = 0;

	for (size_t i = 0; i <= data.len; i++) {
		bool mark = i + 1 < data.len && data.ptr[i] == 0xff && (data.ptr[i + 1] == 0xfe || data.ptr[i + 1] == 0xfd);

		if (!mark && i < data.len)
			continue;
		feed(&f[side], slice_sub(data, at, i - at), bytewise);
		at = i;
		if (!mark)
			continue;
		if (data.ptr[i + 1] == 0xfd) {
			side = !side;
		} else if (i + 2 < data.len) {
			uint8_t len = data.ptr[i + 2];

			link_framer_gap(&f[side], len ? len : LINK_GAP_UNKNOWN);
			at++;
			i++;
		}
		at += 2;
		i++;
	}
}

static struct record frame(struct slice data, enum link_protocol protocol, bool bytewise, size_t *budget)
{
	struct record r = {.protocol = protocol, .hash = 0xcbf29ce484222325u};
	size_t before = budget ? *budget : 0;
	struct link_state state;
	struct link_framer f[2];

	link_state_init(&state, protocol);
	state.budget = budget;
	for (int i = 0; i < 2; i++)
		link_framer_init(&f[i], &state, i, on_message, &r);
	play(f, data, bytewise);
	for (int i = 0; i < 2; i++) {
		link_framer_end(&f[i]);
		link_framer_free(&f[i]);
	}
	if (budget && *budget != before)
		abort();
	arena_free(&r.arena);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_sub(slice_of(data, size), 1, size);
	enum link_protocol protocol = LINK_NONE;
	size_t budget = 64;

	link_recognise(rest, &protocol);
	link_recognise_middle(rest, &protocol);
	link_may_answer(rest);
	if (size < 1)
		return 0;
	protocol = (enum link_protocol)(LINK_P2P + data[0] % 3);
	struct record whole = frame(rest, protocol, false, NULL), bytes = frame(rest, protocol, true, NULL);
	frame(rest, protocol, true, &budget);
	if (whole.hash != bytes.hash || whole.count != bytes.count)
		abort();
	return 0;
}
