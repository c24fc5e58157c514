/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/tls.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dissectors/tls.h"
#include "session/web.h"
#include "util/memory.h"

enum { ALERT_FATAL = 2 };

/* A connection while transport/ has it. */
struct tls_view {
	const struct tls_report *report; /* NULL before the handshake is over */
	struct stream_origin origin;     /* of that */
	struct web_connection *web;      /* or NULL */
	struct conversation *conversation; /* or NULL */
	bool wanted, told;
	bool ours;                       /* the host is known to belong to the service */
};

struct tls_told {
	struct tls_facts facts;
	struct buffer hellos;
	char target[TLS_NAME_SHOWN];
	char *trouble;
};

static const struct {
	enum finding_rule_id rule;
	const char *text;
} troubles[] = {
	[TLS_TROUBLE_NONE] = {RULE_COUNT, NULL},
	[TLS_NO_SECRETS] = {RULE_TLS_NOT_DECRYPTED, "no secret is at hand"},
	[TLS_NOT_LOGGED] = {RULE_TLS_NOT_DECRYPTED, "the key log has no secret of this connection"},
	[TLS_NO_KEY] = {RULE_TLS_NOT_DECRYPTED, "there is no private key for this server"},
	[TLS_OTHER_KEY] = {RULE_TLS_WRONG_SECRET, "the private key belongs to another certificate"},
	[TLS_KEY_EXCHANGE] = {RULE_TLS_NOT_DECRYPTED, "its key exchange is not unlocked by a private key, only by a key log"},
	[TLS_NO_SESSION] = {RULE_TLS_NOT_DECRYPTED, "it goes on with a session whose secret is not known"},
	[TLS_KEY_REFUSED] = {RULE_TLS_WRONG_SECRET, "the private key does not decrypt the secret that the client sent"},
	[TLS_WRONG_SECRET] = {RULE_TLS_WRONG_SECRET, "the secret at hand does not open its first record"},
	[TLS_BAD_RECORD] = {RULE_TLS_BAD_RECORD, "a record fails its authentication"},
	[TLS_NO_CIPHER] = {RULE_TLS_UNSUPPORTED, "OpenSSL does not have its cipher suite"},
	[TLS_NO_LEGACY] = {RULE_TLS_UNSUPPORTED, "its cipher needs OpenSSL's legacy provider (legacy.so), which cannot be loaded"},
	[TLS_NO_HANDSHAKE] = {RULE_TLS_NOT_DECRYPTED, "its handshake is not in the capture, or not whole"},
	[TLS_LOST_TRACK] = {RULE_TLS_LOST_TRACK, "behind bytes that are not in the capture its records cannot be gone on with"},
	[TLS_BROKEN] = {RULE_TLS_BROKEN, "it holds bytes that are no records"},
	[TLS_TOO_MUCH] = {RULE_TLS_LIMIT, "more bytes wait than the limit allows"},
};

static const char *target_of(const struct stream_connection *c)
{
	return c->wrapping ? c->wrapping->target_name : NULL;
}

/* --- to the queue --- */

static char *trouble_text(const struct tls_report *r, enum tls_event event)
{
	const char *text = troubles[r->trouble].text;
	char *out;

	if (!text)
		return NULL;
	size_t size = strlen(text) + 48;
	out = memory_alloc(size);
	if (event == TLS_EVENT_FAILED || r->trouble != TLS_BAD_RECORD || !r->trouble_frame)
		snprintf(out, size, "%s", text);
	else
		snprintf(out, size, "%s (frame %" PRIu64 ")", text, r->trouble_frame);
	return out;
}

/* What happens later than the handshake is told by events of its own. */
static bool is_later(enum tls_trouble trouble)
{
	return trouble == TLS_BAD_RECORD || trouble == TLS_WRONG_SECRET || trouble == TLS_LOST_TRACK || trouble == TLS_BROKEN ||
	       trouble == TLS_TOO_MUCH;
}

static struct tls_told *told_of(const struct tls_report *r, enum tls_event event)
{
	struct tls_told *told = memory_zalloc(sizeof(*told));
	struct tls_facts *f = &told->facts;
	const char *target = target_of(r->connection);
	bool client_gave_up = r->alert.seen && r->alert.side == r->client_side;

	*f = (struct tls_facts){.event = event, .rule = RULE_COUNT, .decrypted = r->decrypted};
	if (event == TLS_EVENT_FAILED || (event != TLS_EVENT_LOST && !is_later(r->trouble) && r->trouble != TLS_TROUBLE_NONE)) {
		told->trouble = trouble_text(r, event);
		f->trouble = told->trouble;
		/* Told once as a finding. */
		f->rule = event == TLS_EVENT_CLOSED ? RULE_COUNT : troubles[r->trouble].rule;
	}
	if (event == TLS_EVENT_HANDSHAKE) {
		buffer_add_slice(&told->hellos, r->hellos);
		f->ssl2_length = r->ssl2_length;
		f->resumed = r->resumed;
		f->early_data = r->early_data;
		f->secret = r->secret;
		f->client_certificate = r->client_certificate;
		f->compressed = r->compressed;
	}
	if (event == TLS_EVENT_CLOSED) {
		f->handshakes = r->handshakes;
		f->key_updates = r->key_updates;
		f->bytes[MSNP_CLIENT] = r->bytes[r->client_side];
		f->bytes[MSNP_SERVER] = r->bytes[!r->client_side];
		f->lost[MSNP_CLIENT] = r->lost[r->client_side];
		f->lost[MSNP_SERVER] = r->lost[!r->client_side];
	}
	if (event == TLS_EVENT_LOST) {
		f->lost[r->hole.side == r->client_side ? MSNP_CLIENT : MSNP_SERVER] = r->hole.bytes;
		f->knows_inside = r->hole.inside != STREAM_GAP_UNKNOWN;
		f->inside = r->hole.inside;
	}
	if (target) {
		snprintf(told->target, sizeof(told->target), "%s", target);
		f->target = told->target;
	}
	f->has_alert = r->alert.seen && r->alert.level == ALERT_FATAL && event == TLS_EVENT_CLOSED;
	f->alert = r->alert.description;
	f->alert_from_client = client_gave_up;
	return told;
}

void tls_told_free(struct tls_told *told)
{
	buffer_free(&told->hellos);
	free(told->trouble);
	free(told);
}

static void queue_told(struct session *s, struct tls_view *v, enum tls_event event, const struct stream_origin *origin)
{
	bool from_client = event == TLS_EVENT_CLOSED || (event == TLS_EVENT_LOST && v->report->hole.side == v->report->client_side);
	struct item item = {.kind = ITEM_TLS, .from = from_client ? MSNP_CLIENT : MSNP_SERVER, .time_ns = origin->time_ns,
			    .exchange = origin->exchange};
	uint64_t first = v->report->first.frame;

	item.tls = told_of(v->report, event);
	item.conversation = v->conversation;
	if (!v->conversation)
		item.web_end = v->web;
	item.web_bytes = v->report->hellos.len;
	if (event == TLS_EVENT_HANDSHAKE && first && first < origin->frame)
		item.frames[item.frame_count++] = first;
	if (origin->frame)
		item.frames[item.frame_count++] = origin->frame;
	queue_item(s, &item);
}

static void tell_handshake(struct session *s, struct tls_view *v)
{
	v->wanted = true;
	if (v->told || !v->report)
		return;
	if (!v->web && !v->conversation)
		v->web = web_connection_new(s, v->report->connection, v->report->client_side);
	v->told = true;
	queue_told(s, v, TLS_EVENT_HANDSHAKE, &v->origin);
}

/* --- from transport/ --- */

static struct tls_view *view_of(void **user)
{
	if (!*user)
		*user = memory_zalloc(sizeof(struct tls_view));
	return *user;
}

static bool on_handshake(struct session *s, struct tls_view *v, const struct tls_report *r, const struct stream_origin *origin)
{
	v->report = r;
	v->origin = *origin;
	v->ours = tls_service(r->hellos, r->ssl2_length, target_of(r->connection)) != NULL;
	/*
	 * What is inside decides whose connection it is: web services, or MSNP.  Whoever gave a key that does not do wants to
	 * know why.
	 */
	if (v->wanted || r->trouble == TLS_KEY_REFUSED || (v->ours && !r->decrypted) || (v->ours && r->http))
		tell_handshake(s, v);
	else if (!v->ours && !r->decrypted && r->trouble != TLS_TROUBLE_NONE)
		s->tls_passed_over++;
	return v->told || v->ours;
}

static bool on_inside(struct session *s, struct tls_view *v, const struct tls_report *r)
{
	if (v->ours && r->http)
		tell_handshake(s, v);
	return v->told || v->ours;
}

/* Of what is not decrypted the records are all there is. */
static void count_records(struct connection *n, const struct tls_report *r)
{
	n->bytes[MSNP_CLIENT] = r->bytes[r->client_side];
	n->bytes[MSNP_SERVER] = r->bytes[!r->client_side];
	n->lost[MSNP_CLIENT] = r->lost[r->client_side];
	n->lost[MSNP_SERVER] = r->lost[!r->client_side];
}

/* Is there more to be said at the end than the record of the connection says? */
static bool ends_with_more(const struct tls_report *r)
{
	return r->trouble != TLS_TROUBLE_NONE || (r->alert.seen && r->alert.level == ALERT_FATAL) || r->handshakes > 1 ||
	       r->key_updates;
}

static void on_ended(struct session *s, struct tls_view *v, const struct tls_report *r, const struct stream_origin *origin)
{
	v->report = r;
	if (v->ours)
		tell_handshake(s, v);
	if (v->told && v->web && ends_with_more(r))
		queue_told(s, v, TLS_EVENT_CLOSED, origin);
	if (v->web) {
		connection_finish(&v->web->connection, r->connection, r->client_side, r->end);
		if (!r->decrypted)
			count_records(&v->web->connection, r);
		queue_item(s, &(struct item){.kind = ITEM_WEB_END, .web_end = v->web});
	}
	*r->user = NULL;
	free(v);
}

static bool on_notice(void *ctx, enum tls_notice what, const struct tls_report *r, const struct stream_origin *origin)
{
	struct session *s = ctx;
	struct tls_view *v = view_of(r->user);

	switch (what) {
	case TLS_HANDSHAKE:
		return on_handshake(s, v, r, origin);
	case TLS_INSIDE:
		return on_inside(s, v, r);
	case TLS_FAILED:
		/* A secret was at hand for it: whoever gave that wants to know. */
		v->report = r;
		tell_handshake(s, v);
		queue_told(s, v, TLS_EVENT_FAILED, origin);
		return true;
	case TLS_HOLE:
		if (v->ours)
			tell_handshake(s, v);
		if (v->told)
			queue_told(s, v, TLS_EVENT_LOST, origin);
		return v->told;
	case TLS_ENDED:
		on_ended(s, v, r, origin);
		break;
	}
	return false;
}

struct tls_consumer tls_session_consumer(struct session *s)
{
	return (struct tls_consumer){.notice = on_notice, .ctx = s};
}

/* --- what is inside --- */

struct web_connection *tls_web_connection(struct session *s, const struct stream_connection *c)
{
	if (!c->wrapping || !c->wrapping->tls)
		return NULL;
	struct tls_view *v = view_of(c->wrapping->tls);

	if (!v->web)
		v->web = web_connection_new(s, c, c->opener);
	v->conversation = NULL;
	tell_handshake(s, v);
	return v->web;
}

void tls_conversation(struct conversation *conversation, const struct stream_connection *c)
{
	if (!c->wrapping || !c->wrapping->tls)
		return;
	struct tls_view *v = view_of(c->wrapping->tls);

	if (!v->web)
		v->conversation = conversation;
	tell_handshake(conversation->session, v);
}

/* --- the event --- */

void tls_fill_event(struct session *s, const struct item *item, struct event *e)
{
	static const char *const names[] = {
		[TLS_EVENT_HANDSHAKE] = "handshake", [TLS_EVENT_FAILED] = "failed", [TLS_EVENT_LOST] = "lost", [TLS_EVENT_CLOSED] = "closed"};
	const struct tls_told *told = item->tls;

	dissection_init(&s->dissection, &s->arena, SLICE_EMPTY, buffer_slice(&told->hellos));
	e->kind = EVENT_TLS;
	e->protocol = "tls";
	e->name = slice_str(names[told->facts.event]);
	e->payload = buffer_slice(&told->hellos);
	e->has_payload = told->hellos.len > 0;
	e->declared_length = e->payload.len;
	tls_dissect(&s->dissection, &told->facts);
}

void tls_end_file(struct session *s)
{
	char text[160];
	uint64_t n = s->tls_passed_over;

	s->tls_passed_over = 0;
	if (!n || !s->sink.notice)
		return;
	snprintf(text, sizeof(text),
		 "%" PRIu64 " TLS connection%s with hosts that are not known to belong to the service %s passed over, not decrypted", n,
		 n == 1 ? "" : "s", n == 1 ? "was" : "were");
	struct notice notice = {s->file ? s->file : "", SEVERITY_NOTE, slice_str(text)};
	s->sink.notice(s->sink.ctx, &notice);
}
