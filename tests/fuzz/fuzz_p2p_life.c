/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets of peer-to-peer transfers, one after the other.  The input is records
 * of 2 bytes and as many more as the second says:
 *
 *	0  flags: 01 from the client; 02 version 2; 04 direct connection; 08 no packet but a body of the
 *	   kind that bits 30 choose: invitation, ink, MSNFTP, nonce; 40 bytes are lost before; 80 the connection ends behind
 *	1  length
 *
 * No byte of an object comes twice, and what is said of it fits its bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dissectors/ink.h"
#include "dissectors/invite.h"
#include "dissectors/p2p.h"
#include "session/p2p.h"
#include "tests/unit/tree.h"

#define OBJECTS 64
#define TRACKED 4096

#define CHECK(condition)                                                                  \
	do {                                                                              \
		if (!(condition)) {                                                       \
			fprintf(stderr, "fuzz_p2p_life: %s (line %d)\n", #condition, __LINE__); \
			abort();                                                          \
		}                                                                         \
	} while (0)

struct run {
	struct p2p_table *table;
	struct arena arena;
	struct dissection d;
	uint64_t events, ended;
	uint8_t seen[OBJECTS][TRACKED]; /* bytes of the first objects that came */
	uint64_t sum[OBJECTS];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_data(void *ctx, const struct object *o, uint64_t offset, struct slice data)
{
	struct run *r = ctx;

	CHECK(o->state == OBJECT_RUNNING && data.len > 0);
	if (o->id > OBJECTS)
		return;
	r->sum[o->id - 1] += data.len;
	for (size_t i = 0; i < data.len && offset + i < TRACKED; i++) {
		CHECK(!r->seen[o->id - 1][offset + i]);
		r->seen[o->id - 1][offset + i] = 1;
	}
}

static void on_object(void *ctx, const struct object *o)
{
	uint64_t last = 0;
	struct run *r = ctx;

	r->ended++;
	CHECK(o->state != OBJECT_RUNNING && o->missing_count <= OBJECT_MISSING_MAX);
	CHECK((o->state == OBJECT_COMPLETE) <= (o->missing_count == 0));
	CHECK(o->verdict == OBJECT_UNCHECKED || o->has_sha1);
	for (size_t i = 0; i < o->missing_count; i++) {
		CHECK(o->missing[i].length > 0 && (i == 0 || o->missing[i].offset > last));
		last = o->missing[i].offset + o->missing[i].length;
	}
	if (o->id > OBJECTS)
		return;
	CHECK(o->received == r->sum[o->id - 1]);
	for (uint64_t i = 0; o->state == OBJECT_COMPLETE && i < o->received && i < TRACKED; i++)
		CHECK(r->seen[o->id - 1][i]);
}

static void add_body(struct run *r, unsigned kind, size_t len)
{
	struct dissection *d = &r->d;
	const struct msnp_context context = {0, {9, 9}, {NULL, 0}};

	if (kind == 0) {
		invite_dissect(d, &d->root, SOURCE_PAYLOAD, 0, len, &context);
	} else if (kind == 1) {
		ink_gif_dissect(d, &d->root, SOURCE_PAYLOAD, 0, len, &context);
	} else if (kind == 2 && len > 2) {
		uint8_t type = d->sources[SOURCE_PAYLOAD].data.ptr[0], at = d->sources[SOURCE_PAYLOAD].data.ptr[1];

		if (type < 2) {
			field_add_number(d, &d->root, F_MSNFTP_BLOCK_TYPE, type, SOURCE_PAYLOAD, 0, 1);
			field_add_number(d, &d->root, F_MSNFTP_OFFSET, at, SOURCE_PAYLOAD, 1, 1);
			field_add_range(d, &d->root, F_MSNFTP_DATA, SOURCE_PAYLOAD, 2, len - 2);
		} else {
			field_add_number(d, &d->root, F_MSNFTP_SIZE, at, SOURCE_PAYLOAD, 1, 1);
		}
	} else if (kind == 3) {
		field_add_range(d, &d->root, F_P2P_NONCE, SOURCE_PAYLOAD, 0, len);
		field_add_range(d, &d->root, F_P2P_NONCE_HASHED, SOURCE_PAYLOAD, 0, len);
	}
}

static void add_parties(struct run *r, bool client, bool direct)
{
	if (direct)
		return;
	field_add_text(&r->d, &r->d.root, F_P2P_DESTINATION, client ? SLICE_LIT("b@example.com") : SLICE_LIT("a@example.com"),
		       SOURCE_LINE, 0, 0);
	if (!client)
		field_add_text(&r->d, &r->d.root, P_passport, SLICE_LIT("b@example.com"), SOURCE_LINE, 0, 0);
}

static void record(struct run *r, uint8_t flags, struct slice bytes)
{
	bool client = flags & 1, direct = flags & 4, body = flags & 8;
	unsigned kind = flags >> 4 & 3;
	struct connection c = {.id = body && kind == 2 ? 3 : direct ? 2 : 1,
			       .transport = direct || (body && kind == 2) ? "p2p" : "tcp",
			       .direction_from = DIRECTION_SYN};
	struct event e = {.id = ++r->events,
			  .kind = flags & 0x40 ? EVENT_LOST : EVENT_COMMAND,
			  .connection = &c,
			  .from = client ? MSNP_CLIENT : MSNP_SERVER,
			  .protocol = body && kind == 2 ? "msnftp" : "msnp",
			  .name = client ? SLICE_LIT("USR") : SLICE_LIT("BYE"),
			  .dissection = &r->d};

	dissection_init(&r->d, &r->arena, SLICE_EMPTY, bytes);
	add_parties(r, client, direct);
	if (body)
		add_body(r, kind, bytes.len);
	else
		p2p_packet_dissect(&r->d, &r->d.root, SOURCE_PAYLOAD, 0, bytes.len, flags & 2 ? 2 : 1, !direct);
	p2p_observe(r->table, &e, &r->d);
	tree_check(&r->d);
	p2p_flush(r->table);
	if (flags & 0x80)
		p2p_connection_end(r->table, &c);
	arena_reset(&r->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run *r = calloc(1, sizeof(*r));
	struct event_sink sink = {.object_data = on_data, .object = on_object, .ctx = r};
	struct slice rest = slice_of(data, size);

	if (!r)
		return 0;
	r->table = p2p_new(&sink);
	while (rest.len >= 2) {
		size_t len = rest.ptr[1];

		record(r, rest.ptr[0], slice_sub(rest, 2, len));
		rest = slice_sub(rest, 2 + len, rest.len);
	}
	p2p_finish(r->table);
	p2p_free(r->table);
	arena_free(&r->arena);
	free(r);
	return 0;
}
