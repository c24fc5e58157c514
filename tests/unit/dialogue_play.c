/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/session.h"
#include "tests/unit/dialogue.h"
#include "util/memory.h"

struct player {
	const struct dialogue *d;
	struct stream_consumer consumer;
	struct stream_connection connection[DIALOGUE_CONNECTIONS_MAX];
	bool closed[DIALOGUE_CONNECTIONS_MAX], ignored[DIALOGUE_CONNECTIONS_MAX];
	struct stream_origin origin;
	struct buffer *report, *failures;
	size_t *next[2]; /* next step to be met, per sender and connection */
	uint32_t random;
};

static int connection_of(const struct player *p, const struct event *e)
{
	for (int i = 0; i < p->d->connections; i++)
		if (p->connection[i].address[0].port == e->connection->client.port)
			return i;
	return -1;
}

static bool is_expected(const struct dialogue *d, const struct dialogue_step *s)
{
	return d->raw ? s->kind >= STEP_EXPECTED : s->kind == STEP_COMMAND;
}

/* The next step of that connection and side that is to come out as an event. */
static const struct dialogue_step *next_expected(struct player *p, int connection, bool client)
{
	size_t *next = &p->next[client][connection];

	for (; *next < p->d->step_count; (*next)++) {
		const struct dialogue_step *s = &p->d->steps[*next];

		if (is_expected(p->d, s) && s->connection == connection && s->from_client == client)
			return &p->d->steps[(*next)++];
	}
	return NULL;
}

static void field_text(const struct field *f, struct buffer *out)
{
	if (!f->has_value)
		buffer_add_str(out, "-");
	else if (f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES)
		buffer_add_slice(out, f->value.text);
	else
		buffer_add_u64(out, f->value.number);
}

/* Does a field of that name anywhere in the tree have the value?  found: the value of the last one looked at. */
static bool field_holds(const struct field *parent, const struct dialogue_expectation *x, struct buffer *found)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		if (strcmp(f->def->name, x->key) == 0) {
			found->len = 0;
			field_text(f, found);
			if (slice_eq_str(buffer_slice(found), x->value))
				return true;
		}
		if (field_holds(f, x, found))
			return true;
	}
	return false;
}

static bool holds(const struct event *e, const struct dialogue_expectation *x, struct buffer *found)
{
	found->len = 0;
	if (strcmp(x->key, "finding") == 0) {
		for (const struct finding *n = e->dissection->findings; n; n = n->next)
			if (strcmp(n->rule->id, x->value) == 0)
				return true;
		return false;
	}
	if (strcmp(x->key, "version") == 0)
		buffer_add_u64(found, (uint64_t)e->connection->version);
	else if (strcmp(x->key, "summary") == 0)
		buffer_add_slice(found, e->dissection->summary);
	else
		return field_holds(&e->dissection->root, x, found);
	return slice_eq_str(buffer_slice(found), x->value);
}

static void check(struct player *p, const struct event *e)
{
	const struct dialogue_step *s = next_expected(p, connection_of(p, e), e->from == MSNP_CLIENT);
	struct buffer found = {NULL, 0, 0};

	if (s && e->kind != EVENT_COMMAND && s->kind >= STEP_EXPECTED_LOST) {
		enum event_kind kind = s->kind == STEP_EXPECTED_LOST ? EVENT_LOST : EVENT_SKIPPED;

		if (kind != e->kind || s->gap != e->lost_bytes + e->skipped_bytes)
			buffer_printf(p->failures, "# expected %s of %zu bytes, got %.*s of %" PRIu64 "\n",
				      kind == EVENT_LOST ? "loss" : "skip", s->gap, SLICE_ARG(e->name),
				      e->lost_bytes + e->skipped_bytes);
		return;
	}
	if (!s || !slice_eq(s->line, e->line) || !slice_eq(buffer_slice(&s->payload), e->payload)) {
		buffer_printf(p->failures, "# expected %.*s (%zu bytes), got %.*s %.*s (%zu bytes)\n", s ? (int)s->line.len : 0,
			      s ? (const char *)s->line.ptr : "", s ? s->payload.len : 0, SLICE_ARG(e->name),
			      SLICE_ARG(e->line), e->payload.len);
		return;
	}
	for (size_t i = 0; i < s->expectation_count; i++)
		if (!holds(e, &s->expectations[i], &found))
			buffer_printf(p->failures, "# %.*s: expected %s = %s, got %.*s\n", SLICE_ARG(e->line),
				      s->expectations[i].key, s->expectations[i].value, SLICE_ARG(buffer_slice(&found)));
	buffer_free(&found);
}

static void report_fields(struct buffer *out, const struct field *parent)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		buffer_printf(out, " %s@%u+%u:%u=", f->def->name, f->source, f->offset, f->length);
		field_text(f, out);
		report_fields(out, f);
	}
}

static void on_event(void *ctx, const struct event *e)
{
	struct player *p = ctx;
	struct buffer *out = p->report;

	buffer_printf(out, "%d %d #%u v%d r%u %.*s [%.*s] lost %" PRIu64 " skipped %" PRIu64 ": ", (int)e->kind, (int)e->from,
		      e->connection->client.port, e->connection->version, e->connection->role, SLICE_ARG(e->name),
		      SLICE_ARG(e->line), e->lost_bytes, e->skipped_bytes);
	buffer_add_slice(out, e->payload);
	buffer_printf(out, " = %.*s", SLICE_ARG(e->dissection->summary));
	report_fields(out, &e->dissection->root);
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		buffer_printf(out, " !%s %.*s", f->rule->id, SLICE_ARG(f->text));
	buffer_add_byte(out, '\n');
	if (p->failures && (p->d->raw || e->kind == EVENT_COMMAND))
		check(p, e);
}

static void deliver(struct player *p, int connection, bool from_client, struct slice data)
{
	struct stream_connection *c = &p->connection[connection];

	if (data.len == 0 || p->ignored[connection])
		return;
	p->origin.frame++;
	p->origin.time_ns += 1000;
	p->ignored[connection] =
		p->consumer.data(p->consumer.ctx, c, from_client ? 0 : 1, data, &p->origin) == STREAM_IGNORE;
	c->bytes[from_client ? 0 : 1] += data.len;
}

static void end_connection(struct player *p, int i)
{
	if (p->closed[i] || p->ignored[i] || p->connection[i].user == NULL)
		return;
	p->closed[i] = true;
	p->consumer.end(p->consumer.ctx, &p->connection[i], STREAM_END_FIN);
}

static size_t random_piece(struct player *p, size_t left)
{
	p->random = p->random * 1664525u + 1013904223u;
	return 1 + (p->random >> 8) % (left < 40 ? left : 40);
}

static void deliver_command(struct player *p, const struct dialogue_step *s, enum dialogue_cut cut, size_t at)
{
	struct buffer bytes = {NULL, 0, 0};
	struct slice data;

	buffer_add_slice(&bytes, s->line);
	buffer_add_str(&bytes, "\r\n");
	buffer_add_slice(&bytes, buffer_slice(&s->payload));
	data = buffer_slice(&bytes);
	for (size_t done = 0, piece; done < data.len; done += piece) {
		piece = data.len - done;
		if (cut == CUT_BYTES)
			piece = 1;
		else if (cut == CUT_RANDOM)
			piece = random_piece(p, piece);
		else if (cut == CUT_AT && done == 0 && at > 0 && at < data.len)
			piece = at;
		deliver(p, s->connection, s->from_client, slice_sub(data, done, piece));
	}
	buffer_free(&bytes);
}

static void play_gap(struct player *p, const struct dialogue_step *s)
{
	int side = s->from_client ? 0 : 1;

	p->origin.frame++;
	p->consumer.gap(p->consumer.ctx, &p->connection[s->connection], side, s->gap, &p->origin);
	p->connection[s->connection].lost[side] += s->gap;
}

static void flush(struct player *p, const struct dialogue_step *s, struct buffer *joined)
{
	if (s)
		deliver(p, s->connection, s->from_client, buffer_slice(joined));
	joined->len = 0;
}

static void play_joined(struct player *p)
{
	const struct dialogue_step *last = NULL;
	struct buffer joined = {NULL, 0, 0};

	for (size_t i = 0; i < p->d->step_count; i++) {
		const struct dialogue_step *s = &p->d->steps[i];

		if (s->kind >= STEP_EXPECTED)
			continue;
		if (last && (s->kind != STEP_COMMAND || s->connection != last->connection || s->from_client != last->from_client))
			flush(p, last, &joined);
		last = s->kind == STEP_COMMAND ? s : NULL;
		if (s->kind == STEP_CLOSE)
			end_connection(p, s->connection);
		else if (s->kind == STEP_GAP)
			play_gap(p, s);
		if (s->kind != STEP_COMMAND)
			continue;
		buffer_add_slice(&joined, s->line);
		buffer_add_str(&joined, "\r\n");
		buffer_add_slice(&joined, buffer_slice(&s->payload));
	}
	flush(p, last, &joined);
	buffer_free(&joined);
}

static void play_steps(struct player *p, enum dialogue_cut cut, size_t at)
{
	for (size_t i = 0, before = 0; i < p->d->step_count; i++) {
		const struct dialogue_step *s = &p->d->steps[i];

		if (s->kind == STEP_CLOSE)
			end_connection(p, s->connection);
		else if (s->kind == STEP_GAP)
			play_gap(p, s);
		else if (s->kind == STEP_COMMAND)
			deliver_command(p, s, cut, at > before ? at - before : 0);
		before += s->kind == STEP_COMMAND ? s->line.len + 2 + s->payload.len : 0;
	}
}

void dialogue_play(const struct dialogue *d, enum dialogue_cut cut, size_t at, struct buffer *report,
		   struct buffer *failures)
{
	struct player *p = memory_zalloc(sizeof(*p));
	struct event_sink sink = {.event = on_event, .ctx = p};
	struct session *session = session_new(&(struct session_options){.hold_events = 0}, &sink);

	p->d = d;
	p->consumer = session_consumer(session);
	p->report = report;
	p->failures = failures;
	p->random = (uint32_t)at;
	p->origin.time_ns = 1000000000;
	for (int i = 0; i < 2; i++)
		p->next[i] = memory_zalloc(DIALOGUE_CONNECTIONS_MAX * sizeof(size_t));
	for (int i = 0; i < d->connections; i++) {
		p->connection[i].opener = d->midstream[i] ? -1 : 0;
		p->connection[i].address[0] = (struct address){{192, 0, 2, 1}, (uint16_t)d->client_port[i], 4};
		p->connection[i].address[1] = (struct address){{192, 0, 2, 2}, (uint16_t)d->server_port[i], 4};
	}
	if (cut == CUT_JOINED)
		play_joined(p);
	else
		play_steps(p, cut, at);
	for (int i = 0; i < d->connections; i++)
		end_connection(p, i);
	for (int i = 0; failures && i < d->connections * 2; i++) {
		const struct dialogue_step *missing = next_expected(p, i / 2, i % 2);

		if (missing)
			buffer_printf(failures, "# never came: %.*s\n", SLICE_ARG(missing->line));
	}
	session_free(session);
	free(p->next[0]);
	free(p->next[1]);
	free(p);
}
