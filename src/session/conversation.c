/* SPDX-License-Identifier: BSD-2-Clause */
/* One MSNP connection: from bytes to items, learning role and version. */
#include "session/conversation.h"

#include <stdlib.h>

#include "util/memory.h"

/* Dots in a row that stand for bytes where conversation.dots is set. */
#define DOTS SLICE_LIT("..")

static void on_framed(void *ctx, const struct framed *f);

_Static_assert(EVENT_LOST_UNKNOWN == STREAM_GAP_UNKNOWN && CONNECTION_OUTER_MAX == STREAM_OUTER_MAX,
	       "what events say is what streams say");

static char *copy_text(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(memory_alloc(size), text, size);
}

/* What transport/ found around the stream; its texts may go away before the events do. */
static void note_wrapping(struct conversation *v, const struct stream_wrapping *w)
{
	struct connection *n = &v->connection;

	n->transport = w->transport;
	for (size_t i = 0; i < CONNECTION_OUTER_MAX; i++)
		n->outer[i] = w->outer[i];
	if (w->gateway_session)
		n->gateway_session = v->gateway_session = copy_text(w->gateway_session);
	if (w->target_name)
		n->target = v->target = copy_text(w->target_name);
	n->transcript = w->transcript;
	n->coarse = w->transcript != NULL;
	v->dots = w->dots;
	if (w->log_name)
		n->log_name = v->log_name = copy_text(w->log_name);
	if (w->gateway_server)
		msnp_state_role(&v->state, strcmp(w->gateway_server, "NS") == 0 ? MSNP_DS | MSNP_NS : MSNP_SB);
}

struct conversation *conversation_new(struct session *s, const struct stream_connection *c, int client_side)
{
	struct conversation *v = memory_zalloc(sizeof(*v));
	struct connection *n = &v->connection;

	v->session = s;
	n->id = ++s->next_connection;
	n->client = c->address[client_side];
	n->server = c->address[!client_side];
	n->transport = "tcp";
	n->start_ns = c->start_ns;
	n->end_ns = c->end_ns;
	n->first_frame = c->first_frame;
	n->last_frame = c->last_frame;
	msnp_state_init(&v->state);
	if (c->wrapping)
		note_wrapping(v, c->wrapping);
	v->context = (struct msnp_context){.roles = v->state.role_certain ? v->state.roles : 0,
					   .versions = {MSNP_FIRST, MSNP_NEWEST}};
	for (int i = 0; i < 2; i++)
		msnp_framer_init(&v->direction[i].framer, (enum msnp_sender)i, false, &v->context, &s->budget, on_framed, v);
	s->totals.connections++;
	return v;
}

void conversation_free(struct conversation *v)
{
	for (size_t i = 0; i < SESSION_COOKIES_ASKED; i++)
		if (v->session->asked[i].conversation == v)
			v->session->asked[i].conversation = NULL;
	for (int i = 0; i < 2; i++) {
		msnp_framer_free(&v->direction[i].framer);
		origins_free(&v->direction[i].origins);
	}
	recall_free(&v->recall);
	free(v->gateway_session);
	free(v->target);
	free(v->log_name);
	free(v);
}

static uint64_t cookie_hash(struct slice cookie)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < cookie.len; i++)
		hash = (hash ^ cookie.ptr[i]) * 0x100000001b3u;
	return hash ? hash : 1;
}

static void inherit(struct conversation *v, struct msnp_versions versions)
{
	msnp_state_inherit(&v->state, versions);
	v->inherited = true;
}

/* Loss can make the cookie come out of the notification server's stream after the switchboard's. */
static void tell_askers(struct session *s, uint64_t hash, struct msnp_versions versions)
{
	for (size_t i = 0; i < SESSION_COOKIES_ASKED; i++) {
		struct conversation *v = s->asked[i].conversation;

		if (!v || s->asked[i].hash != hash || v->settled)
			continue;
		inherit(v, versions);
		v->context.versions = versions;
		v->settled = msnp_state_decided(&v->state);
	}
}

static void remember_cookie(struct session *s, struct slice cookie, struct msnp_versions versions)
{
	uint64_t hash = cookie_hash(cookie);

	s->cookies[s->next_cookie] = (struct cookie){hash, versions};
	s->next_cookie = (s->next_cookie + 1) % SESSION_COOKIES;
	tell_askers(s, hash, versions);
}

static void recall_cookie(struct conversation *v, struct slice cookie)
{
	struct session *s = v->session;
	uint64_t hash = cookie_hash(cookie);

	for (size_t i = 0; i < SESSION_COOKIES; i++) {
		if (s->cookies[i].hash != hash)
			continue;
		inherit(v, s->cookies[i].versions);
		return;
	}
	s->asked[s->next_asked].hash = hash;
	s->asked[s->next_asked].conversation = v;
	s->next_asked = (s->next_asked + 1) % SESSION_COOKIES_ASKED;
}

/* XFR and RNG hand out a switchboard's cookie, USR and ANS present it there. */
static void follow_cookie(struct conversation *v, const struct msnp_message *m, struct msnp_words words)
{
	struct slice name = words.word[0];
	bool given = m->sender == MSNP_SERVER && (slice_eq_str(name, "XFR") || slice_eq_str(name, "RNG"));
	bool shown = m->sender == MSNP_CLIENT && (slice_eq_str(name, "USR") || slice_eq_str(name, "ANS"));

	if (!given && !shown)
		return;
	struct msnp_match match = msnp_match(words, m->sender, &v->context, &v->session->scratch);
	for (size_t i = 0; i < match.binding_count; i++) {
		if (match.bindings[i].field != P_cookie)
			continue;
		struct slice cookie = words.word[match.bindings[i].word];
		if (shown && v->state.how != STATE_NEGOTIATED)
			recall_cookie(v, cookie);
		else if (given && v->state.versions.lo == v->state.versions.hi)
			remember_cookie(v->session, cookie, v->state.versions);
	}
}

/* Commands that say something even when role and version are certain. */
static bool is_telling(struct slice line)
{
	static const char *const names[] = {"VER", "CHL", "XFR", "RNG", "USR", "ANS"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (memcmp(line.ptr, names[i], 3) == 0)
			return true;
	return false;
}

/* Framing goes by what is certain only. */
static void learn(struct conversation *v, const struct msnp_message *m)
{
	struct session *s = v->session;

	if (v->state.role_certain && v->state.how == STATE_NEGOTIATED && !is_telling(m->line))
		return;
	struct msnp_words words = msnp_split(m->line, &s->scratch);

	msnp_state_observe(&v->state, m, words, &s->scratch);
	follow_cookie(v, m, words);
	if (v->state.role_certain)
		v->context.roles = v->state.roles;
	if (v->state.how == STATE_NEGOTIATED)
		v->context.versions = v->state.versions;
	if (!v->settled && msnp_state_decided(&v->state))
		v->settled = true;
	arena_reset(&s->scratch);
}

void conversation_framed(struct conversation *v, struct item *item)
{
	const struct msnp_message *m = &item->framed.message;
	bool was_settled = v->settled, command = item->framed.kind == FRAMED_COMMAND;
	struct direction *d;

	item->conversation = v;
	item->from = item->framed.sender;
	d = &v->direction[item->from];
	if (command && slice_has_prefix(m->line, SLICE_LIT("QRY")))
		item->challenge = slice_of(v->state.challenge, v->state.challenge_len);
	item->anomalies = d->anomalies;
	d->anomalies = 0;
	if (command)
		learn(v, m);
	if (!was_settled && v->settled)
		queue_run(v->session);
	queue_item(v->session, item);
}

static void mark_dots(struct msnp_message *m)
{
	if (slice_find(m->line, DOTS) < m->line.len)
		m->unreliable |= MSNP_UNRELIABLE_LINE;
	if (slice_find(m->payload, DOTS) < m->payload.len)
		m->unreliable |= MSNP_UNRELIABLE_PAYLOAD;
}

static void on_framed(void *ctx, const struct framed *f)
{
	struct conversation *v = ctx;
	struct item item = {.kind = f->kind == FRAMED_COMMAND ? ITEM_COMMAND : ITEM_SKIPPED, .framed = *f};
	struct direction *d = &v->direction[f->sender];
	struct origin_range where = origins_frames(&d->origins, f->start, f->end, item.frames, EVENT_FRAMES_MAX);

	item.frame_count = where.frames;
	item.frames_omitted = where.omitted;
	item.time_ns = where.time_ns;
	item.exchange = where.exchange;
	if (v->dots)
		mark_dots(&item.framed.message);
	conversation_framed(v, &item);
}

static void forget_origins(struct direction *d)
{
	const struct msnp_framer *f = &d->framer;
	uint64_t keep = f->skipped_bytes ? f->skipped_start : f->base;

	if (f->after_payload && keep >= f->last_payload.len)
		keep -= f->last_payload.len;
	origins_forget(&d->origins, keep);
}

void conversation_data(struct conversation *v, enum msnp_sender from, struct slice data,
		       const struct stream_origin *origin)
{
	struct direction *d = &v->direction[from];

	origins_add(&d->origins, d->framer.base + d->framer.pending.len, origin);
	msnp_framer_data(&d->framer, data);
	forget_origins(d);
}

void conversation_gap(struct conversation *v, enum msnp_sender from, uint64_t len, const struct stream_origin *origin)
{
	struct direction *d = &v->direction[from];
	struct item item = {.kind = ITEM_LOST, .conversation = v, .from = from, .lost = len, .time_ns = origin->time_ns,
			    .exchange = origin->exchange};
	bool inside = d->framer.want > d->framer.pending.len && len <= d->framer.want - d->framer.pending.len;

	item.frames[0] = origin->frame;
	item.frame_count = 1;
	item.anomalies = d->anomalies;
	d->anomalies = 0;
	/* What stands before a gap comes first, but a payload it lies in ends behind it. */
	if (len == STREAM_GAP_UNKNOWN)
		msnp_framer_cut(&d->framer);
	else if (!inside)
		msnp_framer_gap(&d->framer, len);
	queue_item(v->session, &item);
	if (inside)
		msnp_framer_gap(&d->framer, len);
}

void conversation_missed(struct conversation *v, enum msnp_sender from, uint64_t skipped, struct slice shown,
			 const struct stream_origin *first, const struct stream_origin *last)
{
	struct item item = {.kind = ITEM_SKIPPED, .conversation = v, .from = from, .time_ns = last->time_ns};

	item.framed.kind = FRAMED_SKIPPED;
	item.framed.sender = from;
	item.framed.skipped = shown;
	item.framed.skipped_bytes = skipped;
	item.frames[item.frame_count++] = first->frame;
	if (last->frame != first->frame)
		item.frames[item.frame_count++] = last->frame;
	v->direction[from].framer.base += skipped;
	queue_item(v->session, &item);
}

static const char *end_name(enum stream_end why)
{
	switch (why) {
	case STREAM_END_FIN:
		return "fin";
	case STREAM_END_RST:
		return "rst";
	case STREAM_END_REUSE:
		return "reuse";
	case STREAM_END_IDLE:
		return "idle";
	case STREAM_END_LIMIT:
		return "limit";
	case STREAM_END_CAPTURE:
		break;
	}
	return "capture";
}

void connection_finish(struct connection *n, const struct stream_connection *c, int client_side, enum stream_end why)
{
	n->end_ns = c->end_ns;
	n->last_frame = c->last_frame;
	n->bytes[MSNP_CLIENT] = c->bytes[client_side];
	n->bytes[MSNP_SERVER] = c->bytes[!client_side];
	n->lost[MSNP_CLIENT] = c->lost[client_side];
	n->lost[MSNP_SERVER] = c->lost[!client_side];
	n->polls = c->wrapping ? c->wrapping->polls : 0;
	n->end_reason = end_name(why);
}

void conversation_end(struct conversation *v, const struct stream_connection *c, enum stream_end why)
{
	struct item item = {.kind = ITEM_END, .conversation = v};
	int client = memcmp(&c->address[0], &v->connection.client, sizeof(c->address[0])) == 0 ? 0 : 1;

	for (int i = 0; i < 2; i++)
		msnp_framer_end(&v->direction[i].framer);
	connection_finish(&v->connection, c, client, why);
	v->settled = true;
	queue_run(v->session);
	queue_item(v->session, &item);
}
