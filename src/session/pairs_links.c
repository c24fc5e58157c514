/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may be linked to later waits in tables of fixed size: the hash of what
 * will be shown again chooses a set of a few entries, where the oldest gives
 * way.  Messages have a table of their own, so that many of them do not push
 * out the cookies.
 */
#include "session/pairs_links.h"

#include <stdlib.h>

#include "session/pairs.h"
#include "util/memory.h"

#define SECOND INT64_C(1000000000)
/* A message reaches the others after this time at most, through the gateway too. */
#define MESSAGE_NS (5 * SECOND)
/* The same for presence; later it is told again for other reasons: a contact was added, a name changed. */
#define PRESENCE_NS SECOND
/* An invitation is followed by the one invited after this time at most. */
#define JOIN_NS (60 * SECOND)
/* Entries of a set. */
#define WAYS 8u
/* Connections that one event is seen on; on further ones it is not linked. */
#define RECEIVERS_MAX 8u
/* Bytes of a message that are hashed at its beginning and at its end; P2P headers lie within. */
#define MESSAGE_HEAD 320u
#define MESSAGE_TAIL 64u

enum kind {
	KIND_COOKIE = 1,
	KIND_RING,
	KIND_INVITE,
	KIND_ANSWER,
	KIND_PRESENCE,
	KIND_PERSONAL,
	KIND_MESSAGE,
	KIND_SESSION, /* a switchboard session, no link */
};

static const char *const kind_names[] = {
	[KIND_COOKIE] = "cookie",     [KIND_RING] = "ring",         [KIND_INVITE] = "invite",   [KIND_ANSWER] = "answer",
	[KIND_PRESENCE] = "presence", [KIND_PERSONAL] = "personal", [KIND_MESSAGE] = "message",
};

struct entry {
	uint64_t event, connection, session, account;
	int64_t time_ns;
	uint64_t receivers[RECEIVERS_MAX]; /* connections; 0: none */
};

/* Keys stand apart: to look through a set is to read one line of the cache. */
struct table {
	bool used;
	uint64_t keys[PAIRS_LINKS_MAX];      /* 0: free; the sets one behind the other */
	uint8_t next[PAIRS_LINKS_MAX / WAYS]; /* place in each set that is taken next */
	struct entry entries[PAIRS_LINKS_MAX];
};

struct pair_links {
	struct table tokens, messages;
};

struct pair_links *pair_links_new(void)
{
	return memory_zalloc(sizeof(struct pair_links));
}

void pair_links_free(struct pair_links *l)
{
	free(l);
}

static void table_forget(struct table *t)
{
	if (t->used)
		memset(t, 0, sizeof(*t));
}

void pair_links_forget(struct pair_links *l)
{
	table_forget(&l->tokens);
	table_forget(&l->messages);
}

/* --- hashes --- */

static uint64_t mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * 0x9e3779b97f4a7c15u;
	return a ^ a >> 29;
}

/* Quick, as every message of a shared session is hashed: two halves take the words in turn. */
static uint64_t hash(uint64_t seed, struct slice s)
{
	uint64_t a = mix(seed, s.len + 1), b = mix(a, 1), word[2] = {0, 0};

	while (s.len > sizeof(word)) {
		memcpy(word, s.ptr, sizeof(word));
		a = mix(a, word[0]);
		b = mix(b, word[1]);
		s = slice_of(s.ptr + sizeof(word), s.len - sizeof(word));
	}
	memset(word, 0, sizeof(word));
	if (s.len)
		memcpy(word, s.ptr, s.len);
	return mix(mix(a, word[0]), mix(b, word[1])) | 1;
}

/* Case is ignored. */
static uint64_t hash_account(struct slice s)
{
	uint64_t h = s.len;

	for (size_t i = 0; i < s.len; i++)
		h = mix(h, s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (uint64_t)s.ptr[i] + 32 : s.ptr[i]);
	return s.len ? h | 1 : 0;
}

static uint64_t hash_message(struct slice payload)
{
	uint64_t h = hash(KIND_MESSAGE, slice_sub(payload, 0, MESSAGE_HEAD));

	if (payload.len <= MESSAGE_HEAD)
		return h;
	size_t from = payload.len > MESSAGE_HEAD + MESSAGE_TAIL ? payload.len - MESSAGE_TAIL : MESSAGE_HEAD;
	return hash(mix(h, payload.len), slice_sub(payload, from, payload.len));
}

/* --- fields --- */

static const struct field *child(const struct field *parent, enum field_id id)
{
	return field_child(parent, &field_defs[id]);
}

/* The bytes of a parameter as they stand in the line. */
static struct slice word(const struct event *e, const struct dissection *d, enum field_id id)
{
	const struct field *f = child(&d->root, id);

	return f && f->source == SOURCE_LINE ? slice_sub(e->line, f->offset, f->length) : SLICE_EMPTY;
}

/* Account with endpoint, whichever form of parameter names it. */
static struct slice account_word(const struct event *e, const struct dissection *d)
{
	struct slice s = word(e, d, P_passport_epid);

	return s.len ? s : word(e, d, P_passport);
}

static uint64_t account(const struct event *e, const struct dissection *d)
{
	const struct field *handle = child(&d->root, P_network_passport);
	struct slice s = account_word(e, d);

	if (handle) {
		const struct field *f = child(handle, F_ADDRESS_ACCOUNT);

		/* What is reached through a circle is another presence. */
		return f && f->has_value && !child(handle, F_ADDRESS_VIA) ? hash_account(f->value.text) : 0;
	}
	return hash_account(slice_sub(s, 0, slice_find_byte(s, ';')));
}

/* --- tables --- */

/* Index of the first entry of the set. */
static size_t set_of(uint64_t key)
{
	return (size_t)(key >> 32) % (PAIRS_LINKS_MAX / WAYS) * WAYS;
}

static void add(struct table *t, uint64_t key, const struct pair_place *place, const struct event *e)
{
	size_t set = set_of(key), at = set + t->next[set / WAYS]++ % WAYS;

	t->keys[at] = key;
	t->entries[at] = (struct entry){.event = e->id,
					.connection = e->connection->id,
					.session = place->session,
					.account = place->account,
					.time_ns = e->time_ns};
	t->used = true;
}

static struct entry *newest(struct table *t, uint64_t key)
{
	struct entry *found = NULL;

	for (size_t i = set_of(key), end = i + WAYS; i < end; i++)
		if (t->keys[i] == key && (!found || t->entries[i].event > found->event))
			found = &t->entries[i];
	return found;
}

static void drop(struct table *t, const struct entry *n)
{
	t->keys[n - t->entries] = 0;
}

/* Was the entry seen on that connection, or on so many that nobody knows? */
static bool is_taken(const struct entry *n, uint64_t connection)
{
	for (size_t i = 0; i < RECEIVERS_MAX; i++)
		if (n->receivers[i] == connection)
			return true;
	return n->receivers[RECEIVERS_MAX - 1] != 0;
}

static void take(struct entry *n, uint64_t connection)
{
	for (size_t i = 0; i < RECEIVERS_MAX; i++)
		if (n->receivers[i] == 0) {
			n->receivers[i] = connection;
			return;
		}
}

static bool within(const struct entry *n, const struct event *e, int64_t limit)
{
	return e->time_ns - n->time_ns <= limit && n->time_ns - e->time_ns <= SECOND;
}

/* Did who do on another connection what this event shows?  The oldest counts that was not shown yet. */
static struct entry *shown(struct table *t, uint64_t key, uint64_t who, const struct pair_place *place,
			   const struct event *e, int64_t limit)
{
	uint64_t connection = e->connection->id;
	struct entry *found = NULL;

	for (size_t i = set_of(key), end = i + WAYS; i < end; i++) {
		struct entry *n = &t->entries[i];

		if (t->keys[i] != key || n->account != who || n->connection == connection || !within(n, e, limit) ||
		    (n->session && place->session && n->session != place->session) || n->time_ns < place->since_ns ||
		    is_taken(n, connection))
			continue;
		if (!found || n->event < found->event)
			found = n;
	}
	if (found)
		take(found, connection);
	return found;
}

/* --- links --- */

static void link_to(const struct entry *n, enum kind kind, struct dissection *d)
{
	struct field *f;

	if (!n)
		return;
	f = field_add_text(d, &d->root, F_PAIR_LINK, slice_str(kind_names[kind]), SOURCE_LINE, 0, 0);
	field_add_number(d, f, F_PAIR_LINK_EVENT, n->event, SOURCE_LINE, 0, 0);
}

static void answer(const struct entry *n, struct event *e)
{
	if (!n || e->reply_to)
		return;
	e->reply_to = n->event;
	e->latency_ns = e->time_ns - n->time_ns;
	e->reply_by = "link";
}

/* Cookies are told apart from those of other kinds and sessions. */
static uint64_t cookie_key(const struct event *e, const struct dissection *d, enum kind kind)
{
	struct slice cookie = word(e, d, P_cookie);
	uint64_t key;

	if (cookie.len == 0)
		return 0;
	key = hash(kind, cookie);
	return kind == KIND_RING ? hash(key, word(e, d, P_session_id)) : key;
}

static uint64_t session_key(uint64_t session)
{
	return mix(KIND_SESSION, session) | 1;
}

static void learn_session(struct pair_links *l, struct pair_place *place, const struct event *e,
			  const struct dissection *d)
{
	struct slice session = word(e, d, P_session_id);

	if (session.len == 0)
		return;
	place->session = hash(0, session);
	if (!newest(&l->tokens, session_key(place->session)))
		add(&l->tokens, session_key(place->session), place, e);
}

/* Is another connection in the same switchboard session?  The first of them stands in the table. */
static bool is_shared(struct pair_links *l, struct pair_place *place, const struct event *e)
{
	struct entry *first;

	if (place->shared || !place->session)
		return place->shared;
	first = newest(&l->tokens, session_key(place->session));
	if (first && first->connection != e->connection->id)
		take(first, e->connection->id);
	place->shared = first && first->receivers[0];
	return place->shared;
}

static uint64_t answer_key(const struct pair_place *place, struct slice who)
{
	return mix(mix(KIND_ANSWER, place->session), hash_account(who)) | 1;
}

static void observe_ans(struct pair_links *l, struct pair_place *place, struct event *e, struct dissection *d)
{
	struct slice who = account_word(e, d), bare = slice_sub(who, 0, slice_find_byte(who, ';'));
	uint64_t key = cookie_key(e, d, KIND_RING);

	place->account = hash_account(bare);
	place->since_ns = e->time_ns;
	learn_session(l, place, e, d);
	is_shared(l, place, e);
	if (!key || !place->account)
		return;
	struct entry *ring = newest(&l->tokens, key);
	link_to(ring, KIND_RING, d);
	answer(ring, e);
	add(&l->tokens, answer_key(place, bare), place, e);
	if (bare.len < who.len)
		add(&l->tokens, answer_key(place, who), place, e);
}

static void observe_usr(struct pair_links *l, struct pair_place *place, struct event *e, struct dissection *d)
{
	uint64_t key;

	if (e->from == MSNP_SERVER) {
		if (slice_eq_str(word(e, d, P_stage), "OK"))
			place->account = account(e, d);
		return;
	}
	key = cookie_key(e, d, KIND_COOKIE);
	if (!key)
		return;
	place->account = account(e, d);
	place->since_ns = e->time_ns;
	link_to(newest(&l->tokens, key), KIND_COOKIE, d);
}

static uint64_t invite_key(const struct event *e, const struct dissection *d)
{
	return mix(mix(KIND_INVITE, e->connection->id), account(e, d)) | 1;
}

static void observe_joi(struct pair_links *l, struct pair_place *place, struct event *e, struct dissection *d)
{
	struct entry *invite = newest(&l->tokens, invite_key(e, d));
	struct entry *ans = place->session ? newest(&l->tokens, answer_key(place, account_word(e, d))) : NULL;

	if (invite && within(invite, e, JOIN_NS)) {
		link_to(invite, KIND_INVITE, d);
		answer(invite, e);
	}
	if (ans && ans->connection != e->connection->id && within(ans, e, JOIN_NS))
		link_to(ans, KIND_ANSWER, d);
}

/* Who left and comes back was invited again, perhaps by somebody else. */
static void observe_bye(struct pair_links *l, const struct event *e, const struct dissection *d)
{
	struct entry *invite = newest(&l->tokens, invite_key(e, d));

	if (invite)
		drop(&l->tokens, invite);
}

void pair_links_refused(struct pair_links *l, uint64_t invitation, uint64_t event)
{
	struct entry *invite = invitation ? newest(&l->tokens, invitation) : NULL;

	if (invite && invite->event == event)
		drop(&l->tokens, invite);
}

static uint64_t observe_cal(struct pair_links *l, struct pair_place *place, const struct event *e,
			    const struct dissection *d)
{
	uint64_t key = invite_key(e, d);

	if (e->from == MSNP_SERVER) {
		learn_session(l, place, e, d);
		is_shared(l, place, e);
		return 0;
	}
	add(&l->tokens, key, place, e);
	return key;
}

/* CHG of the client; NLN and FLN. */
static void observe_status(struct pair_links *l, const struct pair_place *place, const struct event *e,
			   struct dissection *d)
{
	bool own = e->from == MSNP_CLIENT, gone = e->name.ptr[0] == 'F';
	struct slice status = gone ? SLICE_LIT("HDN") : word(e, d, P_status);
	uint64_t who = own ? place->account : account(e, d), key;

	if (!who || !status.len)
		return;
	key = hash(mix(KIND_PRESENCE, who), status);
	if (own)
		add(&l->tokens, key, place, e);
	else
		link_to(shown(&l->tokens, key, who, place, e, PRESENCE_NS), KIND_PRESENCE, d);
}

/* UUX of the client; UBX. */
static void observe_personal(struct pair_links *l, const struct pair_place *place, const struct event *e,
			     struct dissection *d)
{
	const struct field *data = child(&d->root, F_PRESENCE_DATA);
	const struct field *psm = data ? child(data, F_PRESENCE_PSM) : NULL;
	const struct field *media = data ? child(data, F_PRESENCE_MEDIA) : NULL;
	bool own = e->from == MSNP_CLIENT;
	uint64_t who = own ? place->account : account(e, d), key;

	if (!who || (!psm && !media))
		return;
	key = hash(mix(KIND_PERSONAL, who), psm && psm->has_value ? psm->value.text : SLICE_EMPTY);
	key = hash(key, media && media->has_value ? media->value.text : SLICE_EMPTY);
	if (own)
		add(&l->tokens, key, place, e);
	else
		link_to(shown(&l->tokens, key, who, place, e, PRESENCE_NS), KIND_PERSONAL, d);
}

static void observe_msg(struct pair_links *l, struct pair_place *place, const struct event *e,
			struct dissection *d)
{
	if (e->payload.len == 0 || e->lost_bytes || !is_shared(l, place, e))
		return;
	if (e->from == MSNP_CLIENT && place->account)
		add(&l->messages, hash_message(e->payload), place, e);
	if (e->from == MSNP_CLIENT)
		return;
	/* Who sent it is looked at only when there is something to link. */
	uint64_t key = hash_message(e->payload);
	if (newest(&l->messages, key))
		link_to(shown(&l->messages, key, account(e, d), place, e, MESSAGE_NS), KIND_MESSAGE, d);
}

uint64_t pair_links_observe(struct pair_links *l, struct pair_place *place, struct event *e, struct dissection *d)
{
	bool server = e->from == MSNP_SERVER;
	uint64_t key;

	switch (pair_name(e->name)) {
	case PAIR_NAME('M', 'S', 'G'):
		observe_msg(l, place, e, d);
		break;
	case PAIR_NAME('X', 'F', 'R'):
	case PAIR_NAME('R', 'N', 'G'):
		key = server ? cookie_key(e, d, e->name.ptr[0] == 'X' ? KIND_COOKIE : KIND_RING) : 0;
		if (key)
			add(&l->tokens, key, place, e);
		break;
	case PAIR_NAME('U', 'S', 'R'):
		observe_usr(l, place, e, d);
		break;
	case PAIR_NAME('A', 'N', 'S'):
		if (!server)
			observe_ans(l, place, e, d);
		break;
	case PAIR_NAME('C', 'A', 'L'):
		return observe_cal(l, place, e, d);
	case PAIR_NAME('J', 'O', 'I'):
		observe_joi(l, place, e, d);
		break;
	case PAIR_NAME('B', 'Y', 'E'):
		observe_bye(l, e, d);
		break;
	case PAIR_NAME('C', 'H', 'G'):
		if (!server)
			observe_status(l, place, e, d);
		break;
	case PAIR_NAME('N', 'L', 'N'):
	case PAIR_NAME('F', 'L', 'N'):
		observe_status(l, place, e, d);
		break;
	case PAIR_NAME('U', 'U', 'X'):
		if (!server)
			observe_personal(l, place, e, d);
		break;
	case PAIR_NAME('U', 'B', 'X'):
		observe_personal(l, place, e, d);
		break;
	default:
		break;
	}
	return 0;
}
