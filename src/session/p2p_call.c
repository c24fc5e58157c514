/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls: from INVITE through its answer, and a second INVITE that negotiates a
 * direct connection, to BYE.
 *
 * Who asks for an MSNObject gets it; who invites to a file, or to share a
 * background, sends it.
 */
#include <stdlib.h>

#include "session/p2p_internal.h"
#include "util/utf8.h"

#define SHOWN_MAX 80u

/* In the description of a file: a background is shared. */
#define BACKGROUND_MARK 0xfffffffeu

#define NOT_CAPTURED "direct connection not in the capture"

/* --- kinds --- */

static enum object_kind kind_of_type(uint64_t type)
{
	static const enum object_kind kinds[] = {
		[1] = OBJECT_AVATAR,	  [2] = OBJECT_EMOTICON,	[3] = OBJECT_DISPLAY_PICTURE,
		[4] = OBJECT_FILE,	  [5] = OBJECT_BACKGROUND,	[6] = OBJECT_OTHER,
		[7] = OBJECT_DISPLAY_PICTURE, [8] = OBJECT_WINK,	[9] = OBJECT_OTHER,
		[10] = OBJECT_BACKGROUND, [11] = OBJECT_VOICE_CLIP,	[12] = OBJECT_OTHER,
		[13] = OBJECT_OTHER,	  [14] = OBJECT_SOUND,		[16] = OBJECT_SCENE,
	};

	return type < sizeof(kinds) / sizeof(kinds[0]) ? kinds[type] : OBJECT_UNKNOWN;
}

/* Short name of the application, with blanks: "webcam send". */
static struct slice application(struct arena *arena, const struct field *guid)
{
	const struct enum_row *row = guid ? field_enum(guid) : NULL;
	struct slice name = arena_copy(arena, row ? slice_str(row->name) : SLICE_LIT("unknown application"));
	uint8_t *text = (uint8_t *)(uintptr_t)name.ptr;

	for (size_t i = 0; i < name.len; i++)
		if (text[i] == '_')
			text[i] = ' ';
	return name;
}

/* --- the table --- */

static void take_out_of_sessions(struct p2p_table *t, struct p2p_call *c)
{
	if (c->in_sessions)
		HASH_DELETE(by_session, t->sessions, c);
	c->in_sessions = false;
}

static void call_free(struct p2p_table *t, struct p2p_call *c)
{
	if (c->object)
		c->object->call = NULL;
	take_out_of_sessions(t, c);
	HASH_DEL(t->calls, c);
	p2p_drop(&c->call_id);
	p2p_drop(&c->inviter);
	p2p_drop(&c->invitee);
	p2p_drop(&c->purpose);
	free(c);
}

/* Has its object gone another way? */
static bool not_captured(const struct p2p_call *c)
{
	return c->direct_offered && c->object && !c->object->object.direct_connection && c->object->object.received == 0;
}

/* No more bytes can come.  Which ones are missing, and why? */
static void settle(struct p2p_table *t, struct p2p_call *c, const char *cause)
{
	const struct p2p_vantage *v = p2p_vantage_find(t, c->vantage);
	struct p2p_object *o = c->object;

	o->object.ended = c->bye;
	if (not_captured(c))
		cause = NOT_CAPTURED;
	else if (c->bye.event && v && v->losses > o->losses)
		cause = "lost";
	else if (c->bye.event) {
		p2p_object_stop(t, NULL, o, NULL, OBJECT_CANCELLED, slice_str(c->bye_cause));
		return;
	}
	p2p_object_stop(t, NULL, o, NULL, OBJECT_INCOMPLETE, slice_str(cause));
}

void p2p_calls_drop(struct p2p_table *t, uint64_t vantage, const char *cause)
{
	struct p2p_call *c, *next;

	HASH_ITER(hh, t->calls, c, next) {
		if (vantage && c->vantage != vantage)
			continue;
		if (c->object)
			settle(t, c, cause);
		call_free(t, c);
	}
}

static void evict(struct p2p_view *w)
{
	struct p2p_call *oldest = w->t->calls;

	w->t->call_evicted = true;
	if (oldest->object)
		p2p_object_stop(w->t, w->e, oldest->object, NULL, OBJECT_INCOMPLETE, SLICE_LIT("limit"));
	call_free(w->t, oldest);
}

static struct p2p_call *call_new(struct p2p_view *w, const struct p2p_call_key *key, struct slice call_id)
{
	struct p2p_call *c;

	if (HASH_COUNT(w->t->calls) >= P2P_CALLS_MAX)
		evict(w);
	c = memory_zalloc(sizeof(*c));
	c->key = *key;
	c->number = ++w->t->next_call;
	c->vantage = w->v->id;
	c->call_id = p2p_keep(call_id);
	HASH_ADD(hh, w->t->calls, key, sizeof(c->key), c);
	return c;
}

/* The one used last stands last. */
static void touch(struct p2p_table *t, struct p2p_call *c)
{
	HASH_DEL(t->calls, c);
	HASH_ADD(hh, t->calls, key, sizeof(c->key), c);
}

/* sender: of the session's data. */
static struct p2p_session_key session_key(const struct p2p_view *w, uint32_t session, uint64_t sender)
{
	struct p2p_session_key key;

	memset(&key, 0, sizeof(key));
	key.vantage = w->v->id;
	key.pair = p2p_pair(w->sender.account, w->addressee.account);
	key.sender = sender;
	key.session = session;
	return key;
}

static void enter_session(struct p2p_table *t, struct p2p_call *c, const struct p2p_session_key *key)
{
	struct p2p_call *other;

	take_out_of_sessions(t, c);
	c->session_key = *key;
	HASH_FIND(by_session, t->sessions, key, sizeof(*key), other);
	if (other)
		take_out_of_sessions(t, other);
	HASH_ADD(by_session, t->sessions, session_key, sizeof(c->session_key), c);
	c->in_sessions = true;
}

/* Who asks for an MSNObject gets it, in all other calls the inviter counts as the sender. */
static void set_session(struct p2p_view *w, struct p2p_call *c, uint32_t session)
{
	bool inviter_sends = c->inviter_sends || !c->carries_object;
	bool from_inviter = w->from_own == c->inviter_own;
	struct p2p_session_key key = session_key(
		w, session, inviter_sends == from_inviter ? w->sender.account : w->addressee.account);

	enter_session(w->t, c, &key);
}

static struct p2p_call *session_find(struct p2p_view *w, uint32_t session, uint64_t sender)
{
	struct p2p_session_key key = session_key(w, session, sender);
	struct p2p_call *c;

	HASH_FIND(by_session, w->t->sessions, &key, sizeof(key), c);
	return c;
}

/* A call whose data goes on over another connection of the same user. */
static struct p2p_call *moved(struct p2p_view *w, uint32_t session, uint64_t sender)
{
	struct p2p_session_key key = session_key(w, session, sender);
	struct p2p_call *c, *next;

	if (!w->v->own_account)
		return NULL;
	HASH_ITER(hh, w->t->calls, c, next) {
		if (c->ended || !c->in_sessions || c->session_key.session != session ||
		    c->session_key.pair != key.pair || c->session_key.sender != sender ||
		    c->key.own != w->v->own_account)
			continue;
		c->vantage = w->v->id;
		enter_session(w->t, c, &key);
		return c;
	}
	return NULL;
}

struct p2p_call *p2p_call_of_packet(struct p2p_view *w, const struct p2p_packet *p)
{
	uint64_t first = p->data.len ? w->sender.account : w->addressee.account;
	uint64_t second = p->data.len ? w->addressee.account : w->sender.account;
	struct p2p_call *c;

	if (p->session == 0 || p->session == P2P_INK_SESSION)
		return NULL;
	c = session_find(w, p->session, first);
	if (!c)
		c = session_find(w, p->session, second);
	/* Looking through all calls is for the beginnings of messages. */
	if (!c && p->data.len && p->first)
		c = moved(w, p->session, first);
	if (c)
		touch(w->t, c);
	return c;
}

/* --- objects --- */

struct p2p_object *p2p_call_object(struct p2p_view *w, struct p2p_call *c, const char *transport)
{
	struct p2p_object *o = p2p_object_new(w->t, w->e, c->kind, transport);

	o->object.from = p2p_keep(c->inviter_sends ? c->inviter : c->invitee);
	o->object.to = p2p_keep(c->inviter_sends ? c->invitee : c->inviter);
	o->object.call_id = p2p_keep(c->call_id);
	o->object.session_id = (uint32_t)c->session_key.session;
	o->object.call = c->number;
	o->vantage = w->v->id;
	o->losses = w->v->losses;
	o->call = c;
	/* A second object of one call: the first goes on alone. */
	if (c->object)
		c->object->call = NULL;
	c->object = o;
	return o;
}

static const char *sha1c_of(struct slice verdict)
{
	static const char *const verdicts[] = {"classic", "short", "mismatch"};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (slice_eq_str(verdict, verdicts[i]))
			return verdicts[i];
	return NULL;
}

static void describe_msnobject(struct object *o, const struct field *context)
{
	const struct field *size = p2p_child(context, F_MSNOBJ_SIZE);

	o->has_size = size != NULL;
	o->size = size ? size->value.number : 0;
	p2p_learn(&o->name, p2p_text(context, F_MSNOBJ_LOCATION));
	p2p_learn(&o->friendly, p2p_text(context, F_MSNOBJ_FRIENDLY));
	p2p_learn(&o->sha1d, p2p_text(context, F_MSNOBJ_SHA1D));
	o->sha1c = sha1c_of(p2p_text(context, F_MSNOBJ_SHA1C_VERDICT));
}

static void describe_file(struct object *o, const struct field *context)
{
	const struct field *size = p2p_child(context, F_FILE_SIZE);

	o->has_size = size != NULL;
	o->size = size ? size->value.number : 0;
	p2p_learn(&o->name, p2p_text(context, F_FILE_NAME));
}

static enum object_kind kind_of(const struct p2p_call *c, const struct field *msnobject, const struct field *file)
{
	const struct field *type = p2p_child(msnobject, F_MSNOBJ_TYPE), *mark = p2p_child(file, F_FILE_MARK);

	if (c->inviter_sends)
		return mark && mark->value.number == BACKGROUND_MARK ? OBJECT_BACKGROUND : OBJECT_FILE;
	return type ? kind_of_type(type->value.number) : OBJECT_UNKNOWN;
}

/* What the INVITE is for; an object begins with it. */
static void set_purpose(struct p2p_view *w, struct p2p_call *c, const struct field *slp)
{
	const struct field *guid = p2p_child(slp, F_SLP_EUF_GUID);
	const struct field *context = p2p_child(slp, F_SLP_CONTEXT);
	const struct field *msnobject = p2p_child(context, F_SLP_CONTEXT_OBJECT);
	const struct field *file = p2p_child(context, F_FILE_CONTEXT);
	const struct enum_row *row = guid ? field_enum(guid) : NULL;
	struct slice name = row ? slice_str(row->name) : SLICE_EMPTY;
	struct p2p_object *o;

	c->inviter_sends = slice_eq_str(name, "file");
	c->carries_object = c->inviter_sends || msnobject || slice_eq_str(name, "object") || slice_eq_str(name, "wink");
	c->kind = kind_of(c, msnobject, file);
	c->purpose = p2p_keep(c->kind == OBJECT_UNKNOWN ? application(w->d->arena, guid) :
							  p2p_object_words(w->d->arena, c->kind));
	if (!c->carries_object)
		return;
	o = p2p_call_object(w, c, w->version == 2 ? "p2p-v2" : "p2p-v1");
	o->object.invited = (struct object_step){w->e->id, w->e->time_ns};
	if (msnobject)
		describe_msnobject(&o->object, msnobject);
	else if (file)
		describe_file(&o->object, file);
}

/* --- the dialogue --- */

static uint32_t session_of(const struct field *slp)
{
	const struct field *f = p2p_child(slp, F_SLP_SESSION_ID);

	return f && f->value.number <= UINT32_MAX ? (uint32_t)f->value.number : 0;
}

static void add_nonce(struct p2p_call *c, bool own, struct slice guid, bool hashed)
{
	static const char none[] = "{00000000-0000-0000-0000-000000000000}";
	struct p2p_nonce nonce = {p2p_hash(guid), hashed, own};

	if (guid.len == 0 || slice_eq_str(guid, none) || c->nonce_count == P2P_NONCES_MAX)
		return;
	for (size_t i = 0; i < c->nonce_count; i++)
		if (c->nonces[i].hash == nonce.hash && c->nonces[i].own == own)
			return;
	c->nonces[c->nonce_count++] = nonce;
}

static void add_place(struct p2p_call *c, const struct field *address)
{
	const struct field *port = p2p_child(address, F_SLP_ADDRESS_PORT);
	uint64_t place = port ? p2p_place(p2p_text(address, F_SLP_ADDRESS_IP), port->value.number) : 0;

	if (place && c->place_count < P2P_PLACES_MAX)
		c->places[c->place_count++] = place;
}

static void note_direct(struct p2p_view *w, struct p2p_call *c, const struct field *slp)
{
	const struct field *listening = p2p_child(slp, F_SLP_LISTENING);

	add_nonce(c, w->from_own, p2p_text(slp, F_SLP_NONCE), false);
	add_nonce(c, w->from_own, p2p_text(slp, F_SLP_HASHED_NONCE), true);
	if (!listening || !listening->value.number)
		return;
	c->direct_offered = true;
	c->listener_own = w->from_own;
	for (const struct field *f = slp->first; f; f = f->next)
		if (f->def == &field_defs[F_SLP_ADDRESS])
			add_place(c, f);
}

/* The keys under which packets of the call come. */
static void learn_parties(struct p2p_view *w, struct p2p_call *c)
{
	struct p2p_party own = w->from_own ? w->sender : w->addressee;
	struct p2p_party peer = w->from_own ? w->addressee : w->sender;

	if (w->direct || w->v->id != c->vantage)
		return;
	c->own = (struct p2p_party){own.account, own.full, SLICE_EMPTY};
	c->peer = (struct p2p_party){peer.account, peer.full, SLICE_EMPTY};
}

static struct p2p_call *invite(struct p2p_view *w, struct p2p_call *c, const struct p2p_call_key *key,
			       const struct field *slp, struct slice from, struct slice to)
{
	bool session_request = p2p_child(slp, F_SLP_EUF_GUID) != NULL;
	uint32_t session = session_of(slp);

	/* The same id for another session: a client that has but one. */
	if (c && session_request && session && c->session_key.session && c->session_key.session != session) {
		if (c->object)
			p2p_object_stop(w->t, w->e, c->object, w->d, OBJECT_CANCELLED,
					SLICE_LIT("another call in its place"));
		call_free(w->t, c);
		c = NULL;
	}
	if (c && (!session_request || c->purpose.len))
		return c;
	if (!c)
		c = call_new(w, key, p2p_text(slp, F_SLP_CALL_ID));
	p2p_learn(&c->inviter, from);
	p2p_learn(&c->invitee, to);
	c->inviter_own = w->from_own;
	if (session_request) {
		const struct field *application_id = p2p_child(slp, F_SLP_APP_ID);

		c->application = application_id ? (uint32_t)application_id->value.number : 0;
		set_purpose(w, c, slp);
	}
	if (session)
		set_session(w, c, session);
	if (c->object)
		c->object->object.session_id = session;
	return c;
}

/* Is everything that came before certain to be known? */
static bool saw_all(const struct p2p_view *w)
{
	return w->v->whole && !w->direct && !w->t->call_evicted;
}

static struct p2p_call *answer(struct p2p_view *w, struct p2p_call *c, const struct p2p_call_key *key,
			       const struct field *slp, struct slice from, struct slice to)
{
	uint64_t status = p2p_child(slp, F_SLP_STATUS)->value.number;
	struct slice reason = p2p_text(slp, F_SLP_REASON);
	uint32_t session = session_of(slp);

	if (!c) {
		if (saw_all(w))
			finding_add(w->d, RULE_SLP_DIALOGUE, slp, "answer to an INVITE that was not sent");
		c = call_new(w, key, p2p_text(slp, F_SLP_CALL_ID));
		p2p_learn(&c->inviter, to);
		p2p_learn(&c->invitee, from);
		c->inviter_own = !w->from_own;
	}
	if (session && !c->session_key.session)
		set_session(w, c, session);
	/* Later answers are about the transport. */
	if (c->accepted || c->ended || w->from_own == c->inviter_own)
		return c;
	if (status == 200) {
		c->accepted = true;
		if (c->object)
			c->object->object.accepted = (struct object_step){w->e->id, w->e->time_ns};
		return c;
	}
	c->ended = true;
	if (c->object)
		p2p_object_stop(w->t, w->e, c->object, w->again ? NULL : w->d, OBJECT_DECLINED,
				status == 603 ? SLICE_LIT("declined") :
						arena_printf(w->d->arena, "%u %.*s", (unsigned)status,
							     SLICE_ARG(utf8_cut(reason, SHOWN_MAX))));
	return c;
}

static void stop_object(struct p2p_view *w, struct p2p_call *c, const char *how)
{
	struct p2p_object *o = c->object;
	struct dissection *d = w->again ? NULL : w->d;

	if (!o)
		return;
	if (!c->accepted && o->object.received == 0 && w->from_own != c->inviter_own)
		p2p_object_stop(w->t, w->e, o, d, OBJECT_DECLINED, SLICE_LIT("declined"));
	else if (w->v->losses > o->losses)
		p2p_object_stop(w->t, w->e, o, d, OBJECT_INCOMPLETE, SLICE_LIT("lost"));
	else if (not_captured(c))
		p2p_object_stop(w->t, w->e, o, d, OBJECT_INCOMPLETE, SLICE_LIT(NOT_CAPTURED));
	else
		p2p_object_stop(w->t, w->e, o, d, OBJECT_CANCELLED, slice_str(how));
}

static void bye(struct p2p_view *w, struct p2p_call *c, const struct field *slp)
{
	bool elsewhere = p2p_child(slp, F_SLP_ACCEPTED_BY) || p2p_child(slp, F_SLP_DECLINED_BY);

	if (!c) {
		if (saw_all(w))
			finding_add(w->d, RULE_SLP_DIALOGUE, slp, "BYE for a call that is not known");
		return;
	}
	/* To the other endpoints of an account, when one of them has answered. */
	if (elsewhere && c->accepted)
		return;
	c->ended = true;
	if (!c->accepted) {
		stop_object(w, c, "BYE before it was accepted");
	} else if (!c->bye.event) {
		/*
		 * Bytes that were sent before may yet come out of a hole in the other side's
		 * stream: what is missing is told when the connection ends.
		 */
		c->bye = (struct object_step){w->e->id, w->e->time_ns};
		c->bye_cause = "BYE before all bytes were sent";
	}
}

void p2p_call_closed(struct p2p_view *w, const struct p2p_packet *p)
{
	struct p2p_call *c = w->call;
	const char *how = p->kind == P2P_KIND_CLOSE  ? "the sender closed the session" :
			  p->kind == P2P_KIND_CANCEL ? "the receiver cancelled" :
						       "error of the transport";

	if (!c || c->ended)
		return;
	stop_object(w, c, how);
}

void p2p_call_fields(struct p2p_view *w)
{
	const struct p2p_call *c = w->call;
	struct field *f = w->packet;
	struct arena *arena = w->d->arena;

	if (!c || w->again || p2p_child(f, F_P2P_CALL))
		return;
	field_add_number(w->d, f, F_P2P_CALL, c->number, f->source, f->offset, 0);
	if (c->inviter.len)
		field_add_text(w->d, f, F_P2P_CALL_FROM, arena_copy(arena, c->inviter), f->source, f->offset, 0);
	if (c->invitee.len)
		field_add_text(w->d, f, F_P2P_CALL_TO, arena_copy(arena, c->invitee), f->source, f->offset, 0);
	if (c->purpose.len)
		field_add_text(w->d, f, F_P2P_CALL_PURPOSE, arena_copy(arena, c->purpose), f->source, f->offset, 0);
}

static struct p2p_call *find_by_inviter(struct p2p_table *t, struct p2p_call_key *key, uint64_t inviter)
{
	struct p2p_call *c;

	key->inviter = inviter;
	HASH_FIND(hh, t->calls, key, sizeof(*key), c);
	return c;
}

/*
 * The call of a message, or NULL; key gets who would be the inviter of a new one.
 * An answer goes to the inviter, but for one to a later INVITE of the other side.
 */
static struct p2p_call *find_call(struct p2p_table *t, struct p2p_call_key *key, const struct field *slp, uint64_t from,
				  uint64_t to)
{
	bool is_answer = p2p_child(slp, F_SLP_STATUS) != NULL, opens = p2p_child(slp, F_SLP_EUF_GUID) != NULL;
	uint64_t first = is_answer ? to : from, second = is_answer ? from : to;
	struct p2p_call *c = find_by_inviter(t, key, first);

	if (opens && !is_answer)
		return c;
	if (!c || c->ended) {
		struct p2p_call *other = find_by_inviter(t, key, second);

		c = other && (!c || !other->ended) ? other : c;
	}
	key->inviter = first;
	return c;
}

void p2p_call_slp(struct p2p_view *w, const struct field *slp)
{
	struct slice from = p2p_address(w->d->arena, p2p_child(slp, F_SLP_FROM));
	struct slice to = p2p_address(w->d->arena, p2p_child(slp, F_SLP_TO));
	struct slice call_id = p2p_text(slp, F_SLP_CALL_ID), method = p2p_text(slp, F_SLP_METHOD);
	struct p2p_call_key key;
	struct p2p_call *c;

	if (call_id.len == 0)
		return;
	memset(&key, 0, sizeof(key));
	key.call_id = p2p_hash(call_id);
	key.own = w->v->own_account ? w->v->own_account : p2p_hash_account(w->from_own ? from : to);
	key.pair = p2p_pair(p2p_hash_account(from), p2p_hash_account(to));
	c = find_call(w->t, &key, slp, p2p_hash_account(from), p2p_hash_account(to));
	if (c)
		touch(w->t, c);
	if (slice_eq_str(method, "INVITE"))
		c = invite(w, c, &key, slp, from, to);
	else if (p2p_child(slp, F_SLP_STATUS))
		c = answer(w, c, &key, slp, from, to);
	else if (slice_eq_str(method, "BYE"))
		bye(w, c, slp);
	w->call = c;
	if (!c)
		return;
	learn_parties(w, c);
	note_direct(w, c, slp);
	p2p_call_fields(w);
}
