/* SPDX-License-Identifier: BSD-2-Clause */
/* From an item to the event that the sink gets. */
#include <inttypes.h>

#include "dissectors/msnp_dissect.h"
#include "session/conversation.h"

static void update_connection(struct conversation *v)
{
	struct connection *n = &v->connection;
	unsigned roles = v->state.roles;

	/* A server that does nothing but sign users in may be of either kind; most are notification servers. */
	if (roles == (MSNP_DS | MSNP_NS))
		roles = MSNP_NS;
	n->role = roles == MSNP_DS || roles == MSNP_NS || roles == MSNP_SB ? roles : 0;
	n->role_from = v->state.role_certain ? VERSION_INFERRED : VERSION_ASSUMED;
	n->versions = v->state.versions;
	n->version = msnp_state_version(&v->state);
	n->version_from = v->state.how == STATE_ASSUMED			  ? VERSION_ASSUMED :
			  v->state.how == STATE_INFERRED || v->inherited ? VERSION_INFERRED :
									    VERSION_NEGOTIATED;
}

static void start_connection(struct conversation *v)
{
	struct session *s = v->session;

	update_connection(v);
	if (v->started)
		return;
	v->started = true;
	if (s->sink.connection_start)
		s->sink.connection_start(s->sink.ctx, &v->connection);
}

static struct request *request_slot(struct conversation *v, uint64_t trid)
{
	return &v->requests[trid % SESSION_REQUESTS];
}

static struct request *request_find(struct conversation *v, uint64_t trid)
{
	struct request *r = request_slot(v, trid);

	return trid && r->event && r->trid == trid ? r : NULL;
}

static void pair(struct conversation *v, struct event *e)
{
	struct request *r;

	if (!e->has_trid)
		return;
	if (e->from == MSNP_CLIENT) {
		r = request_slot(v, e->trid);
		*r = (struct request){e->trid, e->id, e->time_ns, {0}};
		if (e->name.len == sizeof(r->name))
			memcpy(r->name, e->name.ptr, sizeof(r->name));
		return;
	}
	r = request_find(v, e->trid);
	if (!r)
		return;
	struct slice name = slice_of(r->name, sizeof(r->name));
	if (!msnp_is_error_name(e->name) && !slice_eq(name, e->name) &&
	    !(e->form && msnp_replies_to(e->form, name)))
		return;
	e->reply_to = r->event;
	e->latency_ns = e->time_ns - r->time_ns;
}

/* The request of the client that has the TrID of this line from the server. */
static struct slice request_of(struct conversation *v, const struct msnp_message *m)
{
	struct slice rest = slice_sub(m->line, 4, m->line.len);
	struct request *r = NULL;
	uint64_t trid;

	if (m->sender == MSNP_SERVER && slice_u64(slice_sub(rest, 0, slice_find_byte(rest, ' ')), &trid))
		r = request_find(v, trid);
	return r ? slice_of(r->name, sizeof(r->name)) : SLICE_EMPTY;
}

static void add_anomalies(struct dissection *d, unsigned anomalies)
{
	if (anomalies & 1u << STREAM_OVERLAP_CONFLICT)
		finding_add(d, RULE_TCP_OVERLAP, NULL, "a retransmission carries other bytes than the first copy, which was kept");
	if (anomalies & 1u << STREAM_CUT_SEGMENT)
		finding_add(d, RULE_TCP_CUT, NULL, "the capture's snapshot length cut a segment");
	if (anomalies & 1u << STREAM_BUFFER_LIMIT)
		finding_add(d, RULE_TCP_LIMIT, NULL, "a hole was given up because a limit on waiting bytes was reached");
	if (anomalies & 1u << STREAM_BAD_CHECKSUM)
		finding_add(d, RULE_TCP_CHECKSUM, NULL, "IP or TCP checksum is wrong");
}

/* What the connection as a whole shows is told once, with the first event. */
static void add_connection_findings(struct dissection *d, const struct conversation *v)
{
	if (v->state.conflict && v->connection.events == 0)
		finding_add(d, RULE_MSNP_VERSION_CONFLICT, NULL,
			    "the commands of this connection fit no single version; MSNP%d to MSNP%d fit most of them",
			    v->state.versions.lo, v->state.versions.hi);
}

static void fill_command(struct conversation *v, const struct item *item, struct event *e)
{
	struct session *s = v->session;
	const struct msnp_message *m = &item->framed.message;
	struct msnp_context context = {v->connection.role, v->connection.versions, request_of(v, m)};
	struct msnp_hints hints = {.challenge = item->challenge,
				   .length_wrong = item->framed.length_wrong,
				   .wrong_declared = item->framed.wrong_declared,
				   .wrong_actual = item->framed.wrong_actual};

	dissection_init(&s->dissection, &s->arena, m->line, m->payload);
	struct msnp_dissected r = msnp_dissect(&s->dissection, m, &context, &hints);
	e->kind = EVENT_COMMAND;
	e->protocol = "msnp";
	e->words = r.words;
	e->name = r.words.word[0];
	e->has_trid = r.match.has_trid;
	e->trid = r.match.trid;
	e->form = r.match.form;
	e->line = m->line;
	e->payload = m->payload;
	e->has_payload = m->has_payload;
	e->declared_length = m->declared;
	e->lost_bytes = m->lost_bytes;
	pair(v, e);
}

static void fill_lost(struct session *s, const struct item *item, struct event *e)
{
	dissection_init(&s->dissection, &s->arena, SLICE_EMPTY, SLICE_EMPTY);
	e->kind = EVENT_LOST;
	e->protocol = "tcp";
	e->name = SLICE_LIT("lost");
	e->lost_bytes = item->lost;
	dissection_summarise(&s->dissection, "%" PRIu64 " bytes of the %s are not in the capture", item->lost,
			     item->from == MSNP_CLIENT ? "client" : "server");
	finding_add(&s->dissection, RULE_TCP_LOST, NULL, "%" PRIu64 " bytes lost", item->lost);
}

static void fill_skipped(struct session *s, const struct item *item, struct event *e)
{
	const struct framed *f = &item->framed;

	dissection_init(&s->dissection, &s->arena, SLICE_EMPTY, f->skipped);
	e->kind = EVENT_SKIPPED;
	e->protocol = "msnp";
	e->name = SLICE_LIT("skipped");
	e->payload = f->skipped;
	e->has_payload = true;
	e->declared_length = f->skipped.len;
	e->skipped_bytes = f->skipped_bytes;
	dissection_summarise(&s->dissection, "%" PRIu64 " bytes that are no command", f->skipped_bytes);
	if (f->over_budget)
		finding_add(&s->dissection, RULE_TCP_LIMIT, NULL, "all connections together wait for too many bytes");
	else
		finding_add(&s->dissection, RULE_MSNP_SKIPPED, NULL, "%" PRIu64 " bytes skipped", f->skipped_bytes);
}

static void emit_event(struct session *s, struct conversation *v, const struct item *item)
{
	struct event e = {.id = ++s->next_event,
			  .time_ns = item->time_ns,
			  .nanoseconds = s->nanoseconds,
			  .frames = item->frames,
			  .frame_count = item->frame_count,
			  .frames_omitted = item->frames_omitted,
			  .connection = &v->connection,
			  .from = item->from,
			  .dissection = &s->dissection};

	switch (item->kind) {
	case ITEM_COMMAND:
		fill_command(v, item, &e);
		break;
	case ITEM_LOST:
		fill_lost(s, item, &e);
		break;
	case ITEM_SKIPPED:
		fill_skipped(s, item, &e);
		break;
	case ITEM_END:
		return;
	}
	add_anomalies(&s->dissection, item->anomalies);
	add_connection_findings(&s->dissection, v);
	for (const struct finding *f = s->dissection.findings; f; f = f->next)
		s->totals.findings[f->rule->severity]++;
	v->connection.events++;
	s->totals.events++;
	if (s->sink.event)
		s->sink.event(s->sink.ctx, &e);
}

void emit_item(struct session *s, const struct item *item)
{
	struct conversation *v = item->conversation;

	start_connection(v);
	if (item->kind != ITEM_END) {
		emit_event(s, v, item);
		arena_reset(&s->arena);
		return;
	}
	if (s->sink.connection_end)
		s->sink.connection_end(s->sink.ctx, &v->connection);
	conversation_free(v);
}
