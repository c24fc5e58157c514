/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/link.h"

#include <inttypes.h>

#include "dissectors/link_protocols.h"

static const struct link_operations *operations_of(enum link_protocol p)
{
	switch (p) {
	case LINK_P2P:
		return &link_p2p;
	case LINK_MSNFTP:
		return &link_msnftp;
	case LINK_WEBCAM:
		return &link_webcam;
	case LINK_NONE:
		break;
	}
	return NULL;
}

static const struct link_operations *operations(const struct link_framer *f)
{
	return operations_of(f->state->protocol);
}

const char *link_protocol_name(enum link_protocol p)
{
	const struct link_operations *o = operations_of(p);

	return o ? o->name : "none";
}

enum link_guess link_prefix(struct slice s, struct slice prefix)
{
	size_t n = s.len < prefix.len ? s.len : prefix.len;

	if (!slice_eq(slice_sub(s, 0, n), slice_sub(prefix, 0, n)))
		return LINK_GUESS_NO;
	return n == prefix.len ? LINK_GUESS_YES : LINK_GUESS_MORE;
}

enum link_guess link_recognise(struct slice first, enum link_protocol *protocol)
{
	enum link_guess best = LINK_GUESS_NO;

	for (enum link_protocol p = LINK_P2P; p <= LINK_WEBCAM; p++) {
		enum link_guess guess = operations_of(p)->recognise(first);

		if (guess > best) {
			best = guess;
			*protocol = p;
		}
	}
	return best;
}

bool link_may_answer(struct slice first)
{
	for (enum link_protocol p = LINK_P2P; p <= LINK_WEBCAM; p++)
		if (operations_of(p)->may_answer(first))
			return true;
	return false;
}

bool link_recognise_middle(struct slice piece, enum link_protocol *protocol)
{
	for (enum link_protocol p = LINK_P2P; p <= LINK_WEBCAM; p++) {
		if (operations_of(p)->recognise_middle(piece)) {
			*protocol = p;
			return true;
		}
	}
	return false;
}

void link_state_init(struct link_state *state, enum link_protocol protocol)
{
	*state = (struct link_state){.protocol = protocol, .connector = -1, .file_sender = -1};
}

void link_framer_init(struct link_framer *f, struct link_state *state, int side, link_output *output, void *ctx)
{
	*f = (struct link_framer){.state = state, .side = side, .output = output, .ctx = ctx, .has_file_offset = true};
}

/* What the buffers hold counts against the budget; false when that is used up. */
static bool settle(struct link_framer *f)
{
	size_t now = f->pending.capacity + f->skipped.capacity;

	if (!f->state->budget)
		return true;
	*f->state->budget += f->held;
	f->held = 0;
	if (now > *f->state->budget)
		return false;
	*f->state->budget -= now;
	f->held = now;
	return true;
}

void link_framer_free(struct link_framer *f)
{
	buffer_free(&f->pending);
	buffer_free(&f->skipped);
	settle(f);
}

uint64_t link_framer_oldest(const struct link_framer *f)
{
	return f->searching ? f->skipped_start : f->base;
}

/* Hands over len bytes at that place of pending; the rest of m is filled in. */
static void hand_over(struct link_framer *f, size_t at, size_t len, struct link_message m)
{
	m.start = f->base + at;
	m.end = m.start + len;
	operations(f)->note(f, &m, slice_sub(buffer_slice(&f->pending), at, len));
	/* What was cut may look like anything. */
	if (m.cut)
		m.problem = NULL;
	f->messages++;
	f->output(f->ctx, f->side, &m);
}

/* Drops the bytes of pending before at. */
static void forget(struct link_framer *f, size_t at)
{
	f->base += at;
	if (at == f->pending.len)
		buffer_free(&f->pending);
	else
		buffer_consume(&f->pending, at);
}

static void start_search(struct link_framer *f, uint64_t offset)
{
	operations(f)->lost(f);
	f->missed = true;
	f->searching = true;
	f->fresh = true;
	f->skipped_start = offset;
}

static void skip(struct link_framer *f, struct slice bytes)
{
	if (bytes.len == 0)
		return;
	f->fresh = bytes.ptr[bytes.len - 1] == '\n';
	buffer_add_slice(&f->skipped, slice_sub(bytes, 0, LINK_BROKEN_SHOWN - f->skipped.len));
}

/* The skipped bytes reach up to offset. */
static void end_search(struct link_framer *f, uint64_t offset)
{
	struct link_message m = {.kind = LINK_BROKEN, .payload = buffer_slice(&f->skipped), .start = f->skipped_start,
				 .end = offset, .length = offset - f->skipped_start};

	f->searching = false;
	if (m.length)
		f->output(f->ctx, f->side, &m);
	buffer_free(&f->skipped);
}

/* Goes on to where a message begins; false when there is none, or more bytes are needed to tell. */
static bool search(struct link_framer *f, size_t *at)
{
	struct slice pending = buffer_slice(&f->pending);

	for (; *at < pending.len; ++*at) {
		enum link_guess guess = operations(f)->resume(f, slice_sub(pending, *at, pending.len), f->fresh);

		if (guess == LINK_GUESS_MORE)
			return false;
		if (guess == LINK_GUESS_YES) {
			end_search(f, f->base + *at);
			return true;
		}
		skip(f, slice_sub(pending, *at, 1));
	}
	return false;
}

static void run(struct link_framer *f)
{
	size_t at = 0;

	while (at < f->pending.len) {
		if (f->searching && !search(f, &at))
			break;
		struct slice left = slice_sub(buffer_slice(&f->pending), at, f->pending.len);
		size_t n = operations(f)->length(f, left);
		if (n == LINK_NO_MESSAGE) {
			/* One byte at least is skipped, whatever the search thinks of it. */
			start_search(f, f->base + at);
			skip(f, slice_sub(left, 0, 1));
			at++;
			continue;
		}
		if (n == 0 || n > left.len)
			break;
		hand_over(f, at, n, (struct link_message){.length = n});
		at += n;
	}
	forget(f, at);
}

/*
 * Hands over the beginning of a message that is pending, behind which so many
 * bytes are lost; how many it still lacks, 0 when nobody knows.
 */
static uint64_t cut(struct link_framer *f, uint64_t lost, bool limited)
{
	size_t len = f->pending.len, whole = operations(f)->length(f, buffer_slice(&f->pending));
	uint64_t lacks = whole > len ? whole - len : 0;

	hand_over(f, 0, len, (struct link_message){.cut = true, .limited = limited, .length = whole,
						   .left_out = lost < lacks ? lacks - lost : 0});
	forget(f, len);
	return lacks;
}

void link_framer_data(struct link_framer *f, struct slice data)
{
	size_t passed = f->rest < data.len ? (size_t)f->rest : data.len;

	f->rest -= passed;
	f->base += passed;
	buffer_add_slice(&f->pending, slice_sub(data, passed, data.len));
	run(f);
	if (settle(f))
		return;
	/* Too much waits in all connections: what is here is given up. */
	if (f->searching) {
		skip(f, buffer_slice(&f->pending));
		forget(f, f->pending.len);
	} else if (f->pending.len) {
		f->rest = cut(f, 0, true);
		f->missed = true;
		if (!f->rest)
			start_search(f, f->base);
	}
	settle(f);
}

void link_framer_gap(struct link_framer *f, uint64_t len)
{
	uint64_t known = len == LINK_GAP_UNKNOWN ? 0 : len, lacks = f->rest;

	if (len == 0)
		return;
	if (f->searching) {
		skip(f, buffer_slice(&f->pending));
		forget(f, f->pending.len);
		end_search(f, f->base);
	} else if (f->pending.len) {
		lacks = cut(f, len, false);
	}
	f->base += known;
	f->rest = 0;
	f->missed = true;
	if (known && known <= lacks)
		f->rest = lacks - known;
	else
		start_search(f, f->base);
	settle(f);
}

void link_framer_end(struct link_framer *f)
{
	if (f->searching) {
		skip(f, buffer_slice(&f->pending));
		forget(f, f->pending.len);
		end_search(f, f->base);
	} else if (f->pending.len) {
		cut(f, LINK_GAP_UNKNOWN, false);
	}
	settle(f);
}

static const char *dissect_broken(struct dissection *d, const struct link_message *m, const struct link_operations *o)
{
	const struct field *f =
		field_add_range(d, &d->root, F_PAYLOAD_DATA, SOURCE_PAYLOAD, 0, d->sources[SOURCE_PAYLOAD].data.len);

	finding_add(d, o->rule, f, "%" PRIu64 " bytes that are no message, or of one whose beginning is missing",
		    m->length);
	dissection_summarise(d, "%" PRIu64 " bytes that are no message", m->length);
	return "BROKEN";
}

/* What there is to say about a message that ends early. */
static void tell_cut(struct dissection *d, const struct link_message *m, enum finding_rule_id rule)
{
	if (m->length)
		dissection_summary_add(d, "cut: %" PRIu64 " of %" PRIu64 " bytes", m->end - m->start, m->length);
	else
		dissection_summary_add(d, "cut");
	if (m->limited)
		finding_add(d, RULE_TCP_LIMIT, NULL, "all connections together wait for too many bytes");
	if (m->left_out)
		finding_add(d, rule, NULL, "the message is not complete; its last %" PRIu64 " bytes are left out", m->left_out);
	else
		finding_add(d, rule, NULL, "the message is not complete");
}

const char *link_dissect(struct dissection *d, const struct link_message *m, enum link_protocol protocol)
{
	const struct link_operations *o = operations_of(protocol);

	if (m->kind == LINK_BROKEN)
		return dissect_broken(d, m, o);
	const char *name = o->dissect(d, m);
	if (m->problem)
		finding_add(d, o->rule, NULL, "%s", m->problem);
	if (m->cut)
		tell_cut(d, m, protocol == LINK_P2P ? RULE_P2P_INCOMPLETE : o->rule);
	return name;
}
