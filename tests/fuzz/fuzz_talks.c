/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversations: commands of four connections.  The input is records that end in
 * a byte 0:
 *
 *	0    flags: 01 from the client; 06 connection; 08 notification server; 10 MSNP21 and not 18; 20 it refuses the
 *	     command before; 40 the connection ends behind; 80 a minute goes by
 *	...  line, LF, payload
 *
 * Lines lie between the beginning and the end of their conversation, and every
 * conversation that begins ends.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dissectors/msnp_dissect.h"
#include "session/talks.h"

#define CONVERSATIONS 4096

#define CHECK(condition)                                                               \
	do {                                                                           \
		if (!(condition)) {                                                    \
			fprintf(stderr, "fuzz_talks: %s (line %d)\n", #condition, __LINE__); \
			abort();                                                       \
		}                                                                      \
	} while (0)

enum life { NOT_YET, RUNNING, OVER };

struct run {
	struct talks *talks;
	struct users *users;
	struct arena arena;
	struct dissection d;
	struct connection connections[4];
	uint64_t event;
	int64_t time_ns;
	enum life lives[CONVERSATIONS];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum life *life_of(struct run *r, uint64_t id)
{
	CHECK(id > 0);
	return &r->lives[id % CONVERSATIONS];
}

static void check_info(const struct conversation_info *c)
{
	CHECK(c->participant_count <= CONVERSATION_PARTICIPANTS_MAX && c->start_ns <= c->end_ns);
	CHECK(c->same_as < c->id);
	for (size_t i = 0; i < c->participant_count; i++)
		CHECK(c->participants[i].len > 0 && c->participants[i].len <= TALKS_NAME_MAX);
}

static void on_start(void *ctx, const struct conversation_info *c)
{
	check_info(c);
	CHECK(*life_of(ctx, c->id) == NOT_YET);
	*life_of(ctx, c->id) = RUNNING;
}

static void on_talk(void *ctx, const struct talk *t)
{
	struct run *r = ctx;

	CHECK(*life_of(r, t->conversation) == RUNNING);
	CHECK(t->event <= r->event && t->about < r->event + 1);
	CHECK(t->name.len <= TALKS_NAME_MAX && t->who.len <= TALKS_NAME_MAX);
}

static void on_end(void *ctx, const struct conversation_info *c)
{
	check_info(c);
	CHECK(*life_of(ctx, c->id) == RUNNING);
	*life_of(ctx, c->id) = OVER;
}

static void record(struct run *r, uint8_t flags, struct slice text)
{
	struct connection *n = &r->connections[flags >> 1 & 3];
	size_t lf = slice_find_byte(text, '\n');
	struct msnp_hints hints = {.length_wrong = false};
	struct msnp_message m = {.sender = flags & 1 ? MSNP_CLIENT : MSNP_SERVER,
				 .line = slice_sub(text, 0, lf),
				 .payload = slice_sub(text, lf + 1, text.len),
				 .has_payload = lf < text.len};

	n->role = flags & 8 ? MSNP_NS : MSNP_SB;
	n->version = flags & 0x10 ? 21 : 18;
	n->versions = (struct msnp_versions){n->version, n->version};
	r->time_ns += flags & 0x80 ? INT64_C(60000000000) : 1;
	m.declared = m.payload.len;
	struct msnp_context context = {n->role, n->versions, SLICE_EMPTY};
	dissection_init(&r->d, &r->arena, m.line, m.payload);
	struct msnp_dissected what = msnp_dissect(&r->d, &m, &context, &hints);
	struct event e = {.id = r->event + 1,
			  .kind = EVENT_COMMAND,
			  .time_ns = r->time_ns,
			  .connection = n,
			  .from = m.sender,
			  .protocol = "msnp",
			  .name = what.words.count ? what.words.word[0] : SLICE_EMPTY,
			  .has_trid = what.match.has_trid,
			  .trid = what.match.trid,
			  .words = what.words,
			  .form = what.match.form,
			  .line = m.line,
			  .payload = m.payload,
			  .has_payload = m.has_payload,
			  .reply_to = flags & 0x20 ? r->event : 0,
			  .dissection = &r->d};
	r->event++;
	users_observe(r->users, &e, &r->d.root);
	talks_observe(r->talks, &e, &r->d.root);
	arena_reset(&r->arena);
	if (flags & 0x40) {
		n->end_ns = r->time_ns;
		n->end_reason = "fin";
		users_connection_end(r->users, n);
		talks_connection_end(r->talks, n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run *r = calloc(1, sizeof(*r));
	struct event_sink none = {0};
	struct event_sink sink = {.conversation_start = on_start, .talk = on_talk, .conversation_end = on_end, .ctx = r};
	struct slice rest = slice_of(data, size);

	if (!r)
		return 0;
	r->users = users_new(&none);
	r->talks = talks_new(&sink, r->users);
	for (uint64_t i = 0; i < 4; i++)
		r->connections[i] = (struct connection){.id = i + 1, .transport = "tcp"};
	while (rest.len >= 2 && r->event < CONVERSATIONS / 2) {
		size_t len = slice_find_byte(slice_sub(rest, 1, rest.len), 0);

		record(r, rest.ptr[0], slice_sub(rest, 1, len));
		rest = slice_sub(rest, len + 2, rest.len);
	}
	talks_finish(r->talks);
	for (size_t i = 0; i < CONVERSATIONS; i++)
		CHECK(r->lives[i] != RUNNING);
	talks_free(r->talks);
	users_free(r->users);
	arena_free(&r->arena);
	free(r);
	return 0;
}
