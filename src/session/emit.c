/* SPDX-License-Identifier: BSD-2-Clause */
/* From an item to the event that the sink gets. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dissectors/msnp_dissect.h"
#include "session/conversation.h"
#include "session/peer.h"
#include "session/secrets.h"
#include "session/tls.h"
#include "session/web.h"

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

/* The request of the client that has the TrID of this line from the server. */
static struct slice request_of(const struct conversation *v, const struct msnp_message *m)
{
	struct slice rest = slice_sub(m->line, 4, m->line.len);
	uint64_t trid;

	if (m->sender != MSNP_SERVER || !slice_u64(slice_sub(rest, 0, slice_find_byte(rest, ' ')), &trid))
		return SLICE_EMPTY;
	return pairs_request(v->session->pairs, v->connection.id, trid);
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
	e->unreliable = m->unreliable;
	split_observe(s->split, e, &s->dissection, &context);
}

static void fill_lost(struct session *s, const struct item *item, struct event *e)
{
	dissection_init(&s->dissection, &s->arena, SLICE_EMPTY, SLICE_EMPTY);
	e->kind = EVENT_LOST;
	e->protocol = "tcp";
	e->name = SLICE_LIT("lost");
	e->lost_bytes = item->lost;
	const char *from = item->from == MSNP_CLIENT ? "client" : "server";
	if (item->lost == EVENT_LOST_UNKNOWN) {
		e->protocol = "http";
		dissection_summarise(&s->dissection, "what the %s sent here is not in the capture", from);
		finding_add(&s->dissection, RULE_GATEWAY_LOST, NULL, "an unknown number of bytes lost, perhaps none");
		return;
	}
	dissection_summarise(&s->dissection, "%" PRIu64 " bytes of the %s are not in the capture", item->lost, from);
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
	else if (f->line_too_long)
		finding_add(&s->dissection, RULE_MSNP_LINE_TOO_LONG, NULL, "%" PRIu64 " bytes that begin with a line of more than %u",
			    f->skipped_bytes, MSNP_LINE_MAX);
	else
		finding_add(&s->dissection, RULE_MSNP_SKIPPED, NULL, "%" PRIu64 " bytes skipped", f->skipped_bytes);
}

static const struct {
	enum finding_rule_id rule;
	const char *what;
} gateway_notices[] = {
	[GATEWAY_UNOPENED] = {RULE_GATEWAY_UNOPENED, "gateway session that nobody was seen to open"},
	[GATEWAY_UNANSWERED] = {RULE_GATEWAY_UNANSWERED, "gateway did not answer"},
	[GATEWAY_HTTP_ERROR] = {RULE_GATEWAY_ERROR, "gateway answers with an error"},
	[GATEWAY_CLOSED] = {RULE_COUNT, "gateway closes the session"},
	[GATEWAY_AFTER_CLOSE] = {RULE_GATEWAY_AFTER_CLOSE, "request after the end of the gateway session"},
	[GATEWAY_REPEATED] = {RULE_GATEWAY_REPEATED, "the same bytes came again through the gateway and were dropped"},
	[GATEWAY_MOVED] = {RULE_COUNT, "gateway session moves"},
	[GATEWAY_CHAIN_GAP] = {RULE_GATEWAY_LOST, "exchanges with the gateway are missing"},
	[GATEWAY_POLL] = {RULE_COUNT, "poll"},
};

/* Text is what the gateway's side wrote of it, or empty. */
static void fill_gateway(struct session *s, const struct item *item, struct event *e)
{
	struct slice text = item->challenge;
	enum finding_rule_id rule = gateway_notices[item->notice].rule;

	dissection_init(&s->dissection, &s->arena, SLICE_EMPTY, SLICE_EMPTY);
	e->kind = EVENT_GATEWAY;
	e->protocol = "http";
	e->name = SLICE_LIT("gateway");
	dissection_summarise(&s->dissection, "%s", gateway_notices[item->notice].what);
	if (text.len)
		dissection_summary_add(&s->dissection, "%.*s", SLICE_ARG(text));
	if (rule != RULE_COUNT)
		finding_add(&s->dissection, rule, NULL, "%.*s", SLICE_ARG(s->dissection.summary));
}

void session_gateway_notice(struct session *s, const struct stream_connection *c, enum gateway_notice what,
			    const char *text)
{
	char line[512];
	struct notice n = {"", SEVERITY_WARNING, SLICE_EMPTY};

	if (gateway_notices[what].rule == RULE_COUNT || !s->sink.notice)
		return;
	int len = snprintf(line, sizeof(line), "gateway session %s: %s%s%s",
			   c->wrapping && c->wrapping->gateway_session ? c->wrapping->gateway_session : "?",
			   gateway_notices[what].what, text && *text ? ": " : "", text ? text : "");
	n.file = s->file ? s->file : "";
	n.text = slice_of(line, len < 0 ? 0 : (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1);
	s->sink.notice(s->sink.ctx, &n);
}

/* What is read inside TLS stands in no packet: its buffers say so. */
static void name_decrypted(struct dissection *d, const struct event *e)
{
	if (e->kind == EVENT_TLS || !connection_in_tls(e->connection))
		return;
	d->sources[SOURCE_LINE].name = "decrypted_line";
	d->sources[SOURCE_PAYLOAD].name = "decrypted_payload";
}

/* Counts the event and gives it to the sink. */
static void hand_over_event(struct session *s, struct connection *n, struct event *e)
{
	uint64_t seen_from[P2P_SIDES_MAX];

	if (s->options.frames)
		s->options.frames(s->options.frames_ctx, e->frames, e->frame_count);
	if (n->coarse || e->time_ns == TIME_NONE)
		e->latency_ns = TIME_NONE;
	name_decrypted(&s->dissection, e);
	secrets_observe(e, &s->dissection);
	/* Bytes that are not those sent would be taken for messages that break the rules. */
	if (!(e->unreliable & MSNP_UNRELIABLE_PAYLOAD)) {
		p2p_observe(s->p2p, e, &s->dissection);
		for (size_t i = p2p_seen_from(s->p2p, n->id, seen_from); i > 0; i--)
			users_call(s->users, n, seen_from[i - 1]);
	}
	e->session = users_observe(s->users, e, &s->dissection.root);
	for (const struct finding *f = s->dissection.findings; f; f = f->next)
		s->totals.findings[f->rule->severity]++;
	n->events++;
	s->totals.events++;
	if (s->sink.event)
		s->sink.event(s->sink.ctx, e);
	oim_observe(s->oim, e, &s->dissection.root);
	if (s->talks)
		talks_observe(s->talks, e, &s->dissection.root);
	p2p_flush(s->p2p);
}

static struct event start_event(struct session *s, const struct item *item, const struct connection *n)
{
	return (struct event){.id = s->next_event + 1,
			      .time_ns = item->time_ns,
			      .nanoseconds = s->nanoseconds,
			      .frames = item->frames,
			      .frame_count = item->frame_count,
			      .frames_omitted = item->frames_omitted,
			      .connection = n,
			      .from = item->from,
			      .exchange = item->exchange,
			      .dissection = &s->dissection};
}

static void emit_event(struct session *s, struct conversation *v, const struct item *item)
{
	struct event e = start_event(s, item, &v->connection);

	s->next_event++;
	if (item->kind == ITEM_COMMAND)
		fill_command(v, item, &e);
	else if (item->kind == ITEM_LOST)
		fill_lost(s, item, &e);
	else if (item->kind == ITEM_SKIPPED)
		fill_skipped(s, item, &e);
	else if (item->kind == ITEM_TLS)
		tls_fill_event(s, item, &e);
	else
		fill_gateway(s, item, &e);
	pairs_observe(s->pairs, &e, &s->dissection);
	order_observe(&v->order, &e, &s->dissection);
	recall_observe(&v->recall, &e, &s->dissection);
	add_anomalies(&s->dissection, item->anomalies);
	add_connection_findings(&s->dissection, v);
	hand_over_event(s, &v->connection, &e);
	arena_reset(&s->arena);
}

static void start_web(struct session *s, struct web_connection *web)
{
	if (!web->started && s->sink.connection_start)
		s->sink.connection_start(s->sink.ctx, &web->connection);
	web->started = true;
}

/* A TLS connection without MSNP inside, or one that is not decrypted. */
static void emit_tls(struct session *s, const struct item *item)
{
	struct web_connection *web = item->web_end;
	struct event e = start_event(s, item, &web->connection);

	start_web(s, web);
	s->next_event++;
	tls_fill_event(s, item, &e);
	hand_over_event(s, &web->connection, &e);
	arena_reset(&s->arena);
}

static void emit_web(struct session *s, const struct item *item)
{
	struct web_connection *web = item->web->web;
	struct event e = start_event(s, item, &web->connection);

	if (web_fill_event(s, item, &e)) {
		start_web(s, web);
		s->next_event++;
		hand_over_event(s, &web->connection, &e);
	}
	arena_reset(&s->arena);
	web_release(item->web);
}

/* The record of a connection, when all that belongs to it has been handed over. */
static void end_connection(struct session *s, struct connection *n)
{
	n->session = users_connection_end(s->users, n);
	if (s->talks)
		talks_connection_end(s->talks, n);
	if (s->sink.connection_end)
		s->sink.connection_end(s->sink.ctx, n);
}

static void emit_web_end(struct session *s, struct web_connection *web)
{
	if (web->started)
		end_connection(s, &web->connection);
	free(web);
}

static void emit_peer(struct session *s, const struct item *item)
{
	struct peer *p = item->peer;

	if (!p->started && s->sink.connection_start)
		s->sink.connection_start(s->sink.ctx, &p->connection);
	p->started = true;
	if (item->kind == ITEM_PEER_END) {
		p2p_connection_end(s->p2p, &p->connection);
		end_connection(s, &p->connection);
		peer_free(p);
		return;
	}
	struct event e = start_event(s, item, &p->connection);
	s->next_event++;
	if (item->kind == ITEM_LOST)
		fill_lost(s, item, &e);
	else
		peer_fill_event(s, item, &e);
	add_anomalies(&s->dissection, item->anomalies);
	hand_over_event(s, &p->connection, &e);
	arena_reset(&s->arena);
}

/* What those are given that tell what is missing at the end of a connection. */
struct ending {
	struct session *session;
	struct connection *connection;
};

/* An event at the end of the connection; its dissection is started. */
static struct event start_missing(const struct ending *end, uint64_t about)
{
	struct session *s = end->session;

	dissection_init(&s->dissection, &s->arena, SLICE_EMPTY, SLICE_EMPTY);
	return (struct event){.id = ++s->next_event,
			      .kind = EVENT_MISSING,
			      .time_ns = end->connection->end_ns,
			      .nanoseconds = s->nanoseconds,
			      .connection = end->connection,
			      .protocol = "msnp",
			      .about = about,
			      .dissection = &s->dissection};
}

static void emit_missing_part(void *ctx, const struct split_missing *m)
{
	const struct ending *end = ctx;
	struct session *s = end->session;
	struct event e = start_missing(end, m->event);

	e.from = m->from;
	e.name = SLICE_LIT("incomplete");
	dissection_summarise(&s->dissection, "message %.*s of event %" PRIu64, SLICE_ARG(m->id), m->event);
	if (m->wanted)
		finding_add(&s->dissection, RULE_MSG_INCOMPLETE, NULL, "%zu of %" PRIu32 " parts of message %.*s are there", m->parts,
			    m->wanted, SLICE_ARG(m->id));
	else
		finding_add(&s->dissection, RULE_MSG_INCOMPLETE, NULL, "%zu of an unknown number of parts of message %.*s are there",
			    m->parts, SLICE_ARG(m->id));
	hand_over_event(s, end->connection, &e);
	arena_reset(&s->arena);
}

static void emit_missing_pair(void *ctx, const struct pair_missing *m)
{
	const struct ending *end = ctx;
	struct session *s = end->session;
	struct event e = start_missing(end, m->event);
	bool asked = m->rule == RULE_PAIR_UNANSWERED;

	e.from = asked ? MSNP_CLIENT : MSNP_SERVER;
	e.name = asked ? SLICE_LIT("unanswered") : SLICE_LIT("unrequested");
	e.has_trid = m->has_trid;
	e.trid = m->trid;
	if (m->has_trid)
		dissection_summarise(&s->dissection, "%.*s %" PRIu64 " of event %" PRIu64, SLICE_ARG(m->name), m->trid, m->event);
	else
		dissection_summarise(&s->dissection, "%.*s of event %" PRIu64, SLICE_ARG(m->name), m->event);
	finding_add(&s->dissection, m->rule, NULL, "%.*s %s", SLICE_ARG(s->dissection.summary),
		    asked ? "was not answered" : "answers no request");
	hand_over_event(s, end->connection, &e);
	arena_reset(&s->arena);
}

void emit_item(struct session *s, const struct item *item)
{
	struct conversation *v = item->conversation;

	if (item->peer) {
		emit_peer(s, item);
		return;
	}
	if (item->kind == ITEM_REQUEST || item->kind == ITEM_RESPONSE) {
		emit_web(s, item);
		return;
	}
	if (item->kind == ITEM_TLS && !v) {
		emit_tls(s, item);
		tls_told_free(item->tls);
		return;
	}
	if (item->kind == ITEM_WEB_END) {
		emit_web_end(s, item->web_end);
		return;
	}
	start_connection(v);
	if (item->kind != ITEM_END) {
		emit_event(s, v, item);
		if (item->tls)
			tls_told_free(item->tls);
		return;
	}
	struct ending end = {s, &v->connection};
	split_connection_end(s->split, &v->connection, emit_missing_part, &end);
	pairs_connection_end(s->pairs, &v->connection, emit_missing_pair, &end);
	p2p_connection_end(s->p2p, &v->connection);
	end_connection(s, &v->connection);
	conversation_free(v);
}
