/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests and replies.  What goes beyond one connection is in pairs_links.c. */
#include "session/pairs.h"

#include <stdlib.h>

#include "dissectors/msnp_table.h"
#include "session/pairs_links.h"
#include "util/memory.h"

#define uthash_malloc(n) memory_alloc(n)
/* Keys are the numbers of connections, which are given out one after the other. */
#define HASH_FUNCTION(key, length, value) ((void)(length), (value) = connection_hash(key))
#include <uthash.h>

static unsigned connection_hash(const void *key)
{
	uint64_t number;

	memcpy(&number, key, sizeof(number));
	return (unsigned)number;
}

#define SECOND INT64_C(1000000000)
/* Requests with one TrID that come in so short a time may wait side by side. */
#define REUSE_NS (5 * SECOND)
/* A request that comes so shortly before the end cannot count on a reply. */
#define GRACE_NS SECOND
/* Requests remembered at first; twice as many whenever one that waits would have to go. */
#define REMEMBERED_FIRST 16u
/* Captures may hold a reply before its request, but not longer. */
#define EARLY_NS SECOND
/* Replies without request that are remembered. */
#define EARLY_MAX 64u

/* Does the server answer? */
enum expectation { EXPECT_UNKNOWN, EXPECT_ERROR, EXPECT_MAYBE, EXPECT_REPLY };

struct request {
	uint64_t trid; /* or the place of those without */
	uint64_t event;
	uint64_t before;     /* number of the one before it in the same bucket, 0: none */
	uint64_t invitation; /* of a CAL: see pair_links_observe */
	int64_t time_ns;
	uint8_t name[3];
	uint8_t ack_mode;    /* of MSG: its letter; else 0 */
	bool has_trid, answered;
	enum expectation expects;
};

/* The latest requests, numbered from 1; number n is at n % capacity. */
struct requests {
	struct request *list;
	uint64_t *buckets; /* newest request whose TrID is the place modulo capacity, 0: none */
	size_t capacity;   /* power of two */
	uint64_t oldest, next;
};

/* A reply whose request was not seen. */
struct early {
	uint64_t trid, event;
	int64_t time_ns;
	const struct msnp_form *form;
	uint8_t name[3];
	bool plain; /* that there is no request means something */
};

/* A connection. */
struct side {
	uint64_t id;
	struct pair_place place;
	struct requests requests;
	struct early *early;
	size_t early_count, early_capacity;
	bool has_early_pong;                /* QNG whose PNG was not seen: */
	int64_t early_pong_ns;
	bool forgot;                        /* requests gave way: */
	uint64_t forgot_lowest, forgot_highest; /* their TrIDs */
	bool from_start;                    /* its beginning is in the capture */
	bool damaged;                       /* bytes are missing */
	bool left;                          /* somebody said OUT: */
	int64_t left_ns, server_ns;         /* then; latest command of the server */
	struct {
		uint8_t name[3];
		uint64_t event; /* 0: none */
		int64_t time_ns;
	} question;                         /* of the server */
	UT_hash_handle hh;
};

#define VERSIONS (MSNP_NEWEST - MSNP_FIRST + 1)

struct pairs {
	struct side *sides, *latest;
	struct pair_links *links;
	uint8_t (*expectations)[VERSIONS]; /* of each form; EXPECT_UNKNOWN: not yet looked up */
};

struct pairs *pairs_new(void)
{
	struct pairs *p = memory_zalloc(sizeof(*p));

	p->links = pair_links_new();
	p->expectations = memory_zalloc(msnp_forms_count * sizeof(*p->expectations));
	return p;
}

static struct side *side_find(const struct pairs *p, uint64_t connection)
{
	struct side *s;

	if (p->latest && p->latest->id == connection)
		return p->latest;
	HASH_FIND(hh, p->sides, &connection, sizeof(connection), s);
	return s;
}

static struct side *side_of(struct pairs *p, const struct connection *c)
{
	struct side *s = side_find(p, c->id);

	if (!s) {
		s = memory_zalloc(sizeof(*s));
		s->id = c->id;
		s->requests.oldest = s->requests.next = 1;
		/* Through the gateway it is told when the beginning is missing. */
		s->from_start = c->direction_from == DIRECTION_SYN || c->direction_from == DIRECTION_HTTP;
		HASH_ADD(hh, p->sides, id, sizeof(s->id), s);
	}
	p->latest = s;
	return s;
}

static void side_free(struct side *s)
{
	free(s->requests.list);
	free(s->requests.buckets);
	free(s->early);
	free(s);
}

void pairs_finish(struct pairs *p)
{
	struct side *s, *next;

	p->latest = NULL;
	HASH_ITER(hh, p->sides, s, next) {
		HASH_DEL(p->sides, s);
		side_free(s);
	}
	pair_links_forget(p->links);
}

void pairs_free(struct pairs *p)
{
	pairs_finish(p);
	pair_links_free(p->links);
	free(p->expectations);
	free(p);
}

/* --- what servers answer --- */

/* Does a form of the server answer that form of the client in that version for certain? */
static enum expectation look_up(const struct msnp_form *request, int version)
{
	struct slice name = slice_str(request->name);
	enum expectation found = EXPECT_ERROR;

	for (size_t i = 0; i < msnp_forms_count; i++) {
		const struct msnp_form *f = &msnp_forms[i];

		if (f->sender != MSNP_SERVER || !*f->reply_to || strcmp(f->name, "NNN") == 0 ||
		    !(f->roles & request->roles) || version < f->versions.lo || version > f->versions.hi ||
		    !msnp_replies_to(f, name))
			continue;
		if (f->confidence == CONFIDENCE_SURE && request->confidence == CONFIDENCE_SURE)
			return EXPECT_REPLY;
		found = EXPECT_MAYBE;
	}
	return found;
}

/* Which acknowledgement a message asks for: only with A both delivery and failure are told. */
static enum expectation message_expects(uint8_t mode)
{
	return mode == 'A' ? EXPECT_REPLY : mode == 'D' ? EXPECT_MAYBE : EXPECT_ERROR;
}

/* The letter that says it; 0: no message. */
static uint8_t ack_mode(const struct event *e)
{
	const struct slice *params = NULL;

	if (pair_name(e->name) != PAIR_NAME('M', 'S', 'G') || event_params(e, &params) == 0 || params[0].len != 1)
		return 0;
	return params[0].ptr[0];
}

static enum expectation expects(struct pairs *p, const struct event *e)
{
	const struct connection *c = e->connection;
	uint8_t *known;

	if (!e->form || c->version < MSNP_FIRST || c->version > MSNP_NEWEST)
		return EXPECT_ERROR;
	known = &p->expectations[e->form - msnp_forms][c->version - MSNP_FIRST];
	if (*known == EXPECT_UNKNOWN)
		*known = (uint8_t)look_up(e->form, c->version);
	enum expectation x = (enum expectation)*known;
	if (x == EXPECT_REPLY && pair_name(e->name) == PAIR_NAME('M', 'S', 'G'))
		x = message_expects(ack_mode(e));
	if (x != EXPECT_REPLY)
		return x;
	bool fits = (e->form->roles & c->role) && c->version >= e->form->versions.lo && c->version <= e->form->versions.hi;
	return fits && c->version_from != VERSION_ASSUMED && (!e->has_trid || e->trid) ? EXPECT_REPLY : EXPECT_MAYBE;
}

/* --- requests --- */

static struct request *request_at(const struct requests *r, uint64_t number)
{
	return number >= r->oldest && number < r->next ? &r->list[number & (r->capacity - 1)] : NULL;
}

static uint64_t *bucket_of(const struct requests *r, uint64_t trid)
{
	return &r->buckets[trid & (r->capacity - 1)];
}

static void chain(struct requests *r, uint64_t number)
{
	struct request *q = request_at(r, number);
	uint64_t *bucket = bucket_of(r, q->trid);

	q->before = *bucket;
	*bucket = number;
}

static void grow(struct requests *r)
{
	struct requests old = *r;

	r->capacity = old.capacity ? 2 * old.capacity : REMEMBERED_FIRST;
	r->list = memory_alloc(r->capacity * sizeof(*r->list));
	r->buckets = memory_zalloc(r->capacity * sizeof(*r->buckets));
	for (uint64_t n = r->oldest; n < r->next; n++) {
		r->list[n & (r->capacity - 1)] = *request_at(&old, n);
		chain(r, n);
	}
	free(old.list);
	free(old.buckets);
}

static void forget_oldest(struct side *s)
{
	const struct request *q = request_at(&s->requests, s->requests.oldest);

	if (q->has_trid) {
		s->forgot_lowest = s->forgot && s->forgot_lowest < q->trid ? s->forgot_lowest : q->trid;
		s->forgot_highest = s->forgot && s->forgot_highest > q->trid ? s->forgot_highest : q->trid;
		s->forgot = true;
	}
	s->requests.oldest++;
}

/* Makes room for one more. */
static void make_room(struct side *s)
{
	struct requests *r = &s->requests;

	if (r->next - r->oldest < r->capacity)
		return;
	const struct request *oldest = request_at(r, r->oldest);
	bool waits = oldest && !oldest->answered && oldest->expects > EXPECT_ERROR;
	if (r->capacity == 0 || (waits && r->capacity < PAIRS_WAITING_MAX))
		grow(r);
	else
		forget_oldest(s);
}

/* Those without TrID have a place of their own, by their name. */
static uint64_t place_without_trid(struct slice name)
{
	return UINT64_MAX - pair_name(name);
}

/*
 * Can a line of that name and form be an answer to the request?  The same name
 * will do, but for what the server sends by itself under numbers of its own (SDG).
 */
static bool may_answer(const struct request *q, struct slice name, const struct msnp_form *form)
{
	struct slice request = slice_of(q->name, sizeof(q->name));

	if (msnp_is_error_name(name) || (form && msnp_replies_to(form, request)))
		return true;
	return slice_eq(request, name) &&
	       (!form || *form->reply_to || (q->trid && pair_name(name) != PAIR_NAME('S', 'D', 'G')));
}

/* Its replies may stand before it in the capture; their forms were chosen without it, so that the TrID alone counts. */
static void look_for_early(struct side *s, struct request *q)
{
	size_t left = 0;

	for (size_t i = 0; i < s->early_count; i++) {
		const struct early *y = &s->early[i];

		if (!q->has_trid || y->trid != q->trid || q->time_ns - y->time_ns > EARLY_NS)
			s->early[left++] = *y;
		else if (may_answer(q, slice_of(y->name, sizeof(y->name)), y->form))
			q->answered = true;
	}
	s->early_count = left;
	if (q->has_trid || !s->has_early_pong || pair_name(slice_of(q->name, sizeof(q->name))) != PAIR_NAME('P', 'N', 'G'))
		return;
	q->answered = q->time_ns - s->early_pong_ns <= EARLY_NS;
	s->has_early_pong = false;
}

static void remember(struct pairs *p, struct side *s, const struct event *e, uint64_t invitation)
{
	struct requests *r = &s->requests;
	enum expectation x = expects(p, e);
	struct request *q;

	if (e->name.len != sizeof(q->name) || (!e->has_trid && x == EXPECT_ERROR))
		return;
	make_room(s);
	q = &r->list[r->next & (r->capacity - 1)];
	*q = (struct request){.trid = e->has_trid ? e->trid : place_without_trid(e->name),
			      .event = e->id,
			      .invitation = invitation,
			      .time_ns = e->time_ns,
			      .ack_mode = ack_mode(e),
			      .has_trid = e->has_trid,
			      .expects = x};
	memcpy(q->name, e->name.ptr, sizeof(q->name));
	chain(r, r->next++);
	look_for_early(s, q);
}

/*
 * The request at that place that a reply is for; e may be NULL.  seen: is there
 * any with that TrID, even if its reply would have another name?
 */
static struct request *choose(const struct requests *r, uint64_t trid, const struct event *e, bool *seen)
{
	struct request *chosen = NULL, *q;

	*seen = false;
	if (!r->capacity)
		return NULL;
	for (uint64_t n = *bucket_of(r, trid); (q = request_at(r, n)) != NULL; n = q->before) {
		if (q->trid != trid)
			continue;
		*seen = true;
		if (e && !may_answer(q, e->name, e->form))
			continue;
		if (!chosen)
			chosen = q;
		else if (chosen->time_ns - q->time_ns > REUSE_NS)
			break;
		else if (!q->answered && q->expects > EXPECT_ERROR)
			chosen = q;
	}
	return chosen;
}

struct slice pairs_request(const struct pairs *p, uint64_t connection, uint64_t trid)
{
	const struct side *s = trid ? side_find(p, connection) : NULL;
	bool seen;
	const struct request *q = s ? choose(&s->requests, trid, NULL, &seen) : NULL;

	return q ? slice_of(q->name, sizeof(q->name)) : SLICE_EMPTY;
}

/* --- replies --- */

static void reply(struct event *e, uint64_t event, int64_t time_ns, const char *by)
{
	e->reply_to = event;
	e->latency_ns = e->time_ns - time_ns;
	e->reply_by = by;
}

/* The newest request that the form may be part of the answer to, unless the server is already past it. */
static struct request *newest_before(const struct requests *r, const struct event *e)
{
	for (uint64_t n = r->next; n-- > r->oldest;) {
		struct request *q = request_at(r, n);

		if (q->has_trid && msnp_replies_to(e->form, slice_of(q->name, sizeof(q->name))))
			return q;
		if (q->has_trid && q->answered)
			return NULL;
	}
	return NULL;
}

/* Is it so plain what the line is that a missing request means something? */
static bool is_plain_reply(const struct event *e, const struct dissection *d)
{
	if (e->name.len != 3)
		return false;
	if (msnp_is_error_name(e->name))
		return true;
	if (!e->form || !*e->form->reply_to || e->form->confidence != CONFIDENCE_SURE ||
	    e->connection->version_from == VERSION_ASSUMED)
		return false;
	for (const struct finding *f = d->findings; f; f = f->next)
		if (f->rule == &finding_rules[RULE_MSNP_UNKNOWN_FORM] ||
		    f->rule == &finding_rules[RULE_MSNP_WRONG_VERSION] ||
		    f->rule == &finding_rules[RULE_MSNP_WRONG_ROLE])
			return false;
	return true;
}

/* Whether bytes with the request are missing shows later: it is told when the connection ends. */
static void note_unrequested(struct side *s, const struct event *e, const struct dissection *d)
{
	struct early *y;

	if (e->name.len != sizeof(y->name) || s->early_count == EARLY_MAX ||
	    (s->forgot && e->trid >= s->forgot_lowest && e->trid <= s->forgot_highest))
		return;
	if (s->early_count == s->early_capacity) {
		s->early_capacity = s->early_capacity ? 2 * s->early_capacity : 4;
		s->early = memory_realloc(s->early, s->early_capacity * sizeof(*s->early));
	}
	y = &s->early[s->early_count++];
	*y = (struct early){.trid = e->trid, .event = e->id, .time_ns = e->time_ns, .form = e->form};
	y->plain = s->from_start && !s->damaged && is_plain_reply(e, d);
	memcpy(y->name, e->name.ptr, sizeof(y->name));
}

/* The request that a command of the server answers, or NULL. */
static struct request *request_for(struct side *s, const struct event *e, const struct dissection *d)
{
	const struct requests *r = &s->requests;
	struct request *q;
	bool seen;

	if (e->has_trid && e->trid) {
		q = choose(r, e->trid, e, &seen);
		if (!seen)
			note_unrequested(s, e, d);
		return q;
	}
	if (e->has_trid) {
		q = choose(r, 0, e, &seen);
		if (q && !q->answered)
			return q;
	}
	if (!e->form || !*e->form->reply_to || e->form->trid == TRID_YES || e->form->trid == TRID_MAYBE)
		return NULL;
	if (strcmp(e->form->reply_to, "PNG") != 0)
		return newest_before(r, e);
	q = choose(r, place_without_trid(SLICE_LIT("PNG")), NULL, &seen);
	s->has_early_pong = !q || q->answered;
	s->early_pong_ns = e->time_ns;
	return s->has_early_pong ? NULL : q;
}

/* What was asked tells what the answer means. */
static void add_ack_mode(struct dissection *d, const struct request *q)
{
	if (q->ack_mode)
		field_add_text(d, &d->root, F_PAIR_ACK_MODE, arena_copy(d->arena, slice_of(&q->ack_mode, 1)), SOURCE_LINE, 0, 0);
}

static void observe_server(struct pairs *p, struct side *s, struct event *e, struct dissection *d)
{
	struct request *q = request_for(s, e, d);

	s->server_ns = e->time_ns;
	if (q) {
		reply(e, q->event, q->time_ns, e->has_trid && e->trid ? "trid" : "order");
		q->answered = true;
		add_ack_mode(d, q);
		if (msnp_is_error_name(e->name))
			pair_links_refused(p->links, q->invitation, q->event);
	}
	uint32_t name = pair_name(e->name);
	if (name != PAIR_NAME('C', 'H', 'L') && name != PAIR_NAME('B', 'N', 'D'))
		return;
	memcpy(s->question.name, e->name.ptr, sizeof(s->question.name));
	s->question.event = e->id;
	s->question.time_ns = e->time_ns;
}

/* QRY answers CHL. */
static void observe_client(struct side *s, struct event *e)
{
	if (!e->form || !*e->form->reply_to || !s->question.event ||
	    !msnp_replies_to(e->form, slice_of(s->question.name, sizeof(s->question.name))))
		return;
	reply(e, s->question.event, s->question.time_ns, "order");
	s->question.event = 0;
}

static bool is_damage(const struct event *e, const struct dissection *d)
{
	return e->kind == EVENT_LOST || e->kind == EVENT_SKIPPED || (e->kind == EVENT_GATEWAY && d->findings);
}

void pairs_observe(struct pairs *p, struct event *e, struct dissection *d)
{
	struct side *s = side_of(p, e->connection);

	if (e->kind != EVENT_COMMAND) {
		s->damaged |= is_damage(e, d);
		return;
	}
	s->damaged |= e->lost_bytes > 0;
	if (e->from == MSNP_SERVER)
		observe_server(p, s, e, d);
	else
		observe_client(s, e);
	uint64_t invitation = pair_links_observe(p->links, &s->place, e, d);
	if (e->from == MSNP_CLIENT)
		remember(p, s, e, invitation);
	if (!s->left && pair_name(e->name) == PAIR_NAME('O', 'U', 'T')) {
		s->left = true;
		s->left_ns = e->time_ns;
	}
}

/* --- the end --- */

/* Did the connection end so that no reply can have gone unseen? */
static bool ended_plainly(const struct connection *c)
{
	const char *why = c->end_reason ? c->end_reason : "";

	return strcmp(why, "fin") == 0 || strcmp(why, "rst") == 0 || strcmp(why, "idle") == 0;
}

/* Until when a request must have come for a reply to be missing. */
static int64_t deadline(const struct side *s, const struct connection *c)
{
	int64_t end = s->left && s->left_ns < c->end_ns ? s->left_ns : c->end_ns;

	/* Replies through the gateway come only as long as the client asks for them. */
	if ((c->direction_from == DIRECTION_HTTP || !ended_plainly(c)) && s->server_ns < end)
		end = s->server_ns;
	return end - GRACE_NS;
}

static void tell_unanswered(const struct side *s, int64_t until, pair_missing_fn *tell, void *ctx)
{
	const struct requests *r = &s->requests;

	for (uint64_t n = r->oldest; n < r->next; n++) {
		const struct request *q = request_at(r, n);

		if (q->answered || q->expects != EXPECT_REPLY || q->time_ns > until)
			continue;
		struct pair_missing m = {RULE_PAIR_UNANSWERED, q->event, slice_of(q->name, sizeof(q->name)), q->has_trid, q->trid};
		tell(ctx, &m);
	}
}

static void tell_unrequested(const struct side *s, pair_missing_fn *tell, void *ctx)
{
	for (size_t i = 0; i < s->early_count; i++) {
		const struct early *y = &s->early[i];
		struct pair_missing m = {RULE_PAIR_UNREQUESTED, y->event, slice_of(y->name, sizeof(y->name)), true, y->trid};

		if (y->plain)
			tell(ctx, &m);
	}
}

void pairs_connection_end(struct pairs *p, const struct connection *c, pair_missing_fn *tell, void *ctx)
{
	struct side *s = side_find(p, c->id);

	if (!s)
		return;
	HASH_DEL(p->sides, s);
	p->latest = p->latest == s ? NULL : p->latest;
	if (!s->damaged && !c->partial && !c->lost[MSNP_CLIENT] && !c->lost[MSNP_SERVER]) {
		tell_unanswered(s, deadline(s, c), tell, ctx);
		tell_unrequested(s, tell, ctx);
	}
	side_free(s);
}
