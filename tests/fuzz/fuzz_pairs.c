/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests, replies and links: one command after the other, parted by LF.  The
 * first byte says which connection and side, and what is known of it; behind a
 * TAB stands the payload.  What a command answers and goes back to must be an
 * earlier event.
 */
#include <stdlib.h>

#include "dissectors/msnp_dissect.h"
#include "session/pairs.h"
#include "tests/unit/tree.h"

#define CONNECTIONS 4u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct event *e, const struct dissection *d)
{
	if (e->reply_to >= e->id || (e->reply_to == 0) != (e->reply_by == NULL))
		abort();
	for (const struct field *f = d->root.first; f; f = f->next)
		if (f->def == &field_defs[F_PAIR_LINK] &&
		    field_child(f, &field_defs[F_PAIR_LINK_EVENT])->value.number >= e->id)
			abort();
	tree_check(d);
}

static void observe(struct pairs *p, struct arena *arena, struct connection *c, uint8_t where, struct slice command,
		    uint64_t id)
{
	static const int versions[] = {5, 8, 18, 24};
	size_t tab = slice_find_byte(command, '\t');
	struct msnp_message m = {.sender = where & 4 ? MSNP_SERVER : MSNP_CLIENT,
				 .line = slice_sub(command, 0, tab),
				 .payload = slice_sub(command, tab + 1, command.len),
				 .has_payload = tab < command.len};
	struct msnp_hints hints = {.length_wrong = false};
	struct dissection d;
	uint64_t trid;

	if (m.line.len < 3 || m.line.len > MSNP_LINE_MAX)
		return;
	c->role = where & 8 ? MSNP_SB : MSNP_NS;
	c->version = versions[where >> 4 & 3];
	c->end_ns = (int64_t)id * 300000000;
	struct msnp_context context = {c->role, {c->version, c->version}, SLICE_EMPTY};
	struct slice rest = slice_sub(m.line, 4, m.line.len);
	if (m.sender == MSNP_SERVER && slice_u64(slice_sub(rest, 0, slice_find_byte(rest, ' ')), &trid))
		context.request = pairs_request(p, c->id, trid);
	arena_reset(arena);
	dissection_init(&d, arena, m.line, m.payload);
	struct msnp_dissected x = msnp_dissect(&d, &m, &context, &hints);
	struct event e = {.id = id,
			  .kind = where & 64 ? EVENT_SKIPPED : EVENT_COMMAND,
			  .time_ns = c->end_ns,
			  .connection = c,
			  .from = m.sender,
			  .protocol = "msnp",
			  .name = x.words.word[0],
			  .has_trid = x.match.has_trid,
			  .trid = x.match.trid,
			  .words = x.words,
			  .line = m.line,
			  .payload = m.payload,
			  .form = x.match.form,
			  .dissection = &d};
	pairs_observe(p, &e, &d);
	check(&e, &d);
}

static void on_missing(void *ctx, const struct pair_missing *m)
{
	const uint64_t *events = ctx;

	if (m->name.len != 3 || m->event == 0 || m->event > *events)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pairs *p = pairs_new();
	struct connection connections[CONNECTIONS] = {{.id = 0}};
	uint64_t events = 0;
	struct slice rest = slice_of(data, size);
	struct arena arena = {0};

	for (uint64_t i = 0; i < CONNECTIONS; i++)
		connections[i] = (struct connection){.id = i + 1, .version_from = VERSION_NEGOTIATED, .end_reason = "fin"};
	while (rest.len) {
		size_t lf = slice_find_byte(rest, '\n');

		observe(p, &arena, &connections[rest.ptr[0] & 3], rest.ptr[0], slice_sub(rest, 1, lf ? lf - 1 : 0), ++events);
		rest = slice_sub(rest, lf + 1, rest.len);
	}
	for (size_t i = 0; i + 1 < CONNECTIONS; i++)
		pairs_connection_end(p, &connections[i], on_missing, &events);
	pairs_free(p);
	arena_free(&arena);
	return 0;
}
