/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/log.h"

#include <stdio.h>
#include <stdlib.h>

#include "dissectors/msnp_line.h"
#include "session/conversation.h"
#include "session/log_body.h"
#include "util/memory.h"

/* Requests of a client that are remembered, to tell replies from requests where the text does not. */
#define LOG_REQUESTS 64u
/* Dots in a row that stand for bytes. */
#define DOTS SLICE_LIT("...")
#define LOG_NAME_MAX (2 * ADDRESS_TEXT_MAX + 4)

struct log_request {
	uint8_t name[3];
	uint64_t trid;
};

struct log_connection {
	struct log_connection *next;
	char name[LOG_NAME_MAX];
	struct stream_connection stream;
	struct stream_wrapping wrapping;
	struct conversation *conversation; /* NULL: bytes, which the session recognises by itself */
	int first_is;                      /* enum msnp_sender of TRANSCRIPT_FIRST; -1: not known */
	bool switchboard;                  /* of a text without names: it was opened by USR or ANS */
	bool greeted;                      /* the client has said VER */
	uint64_t used;                     /* when, for the limit */
	struct log_request requests[LOG_REQUESTS];
	size_t next_request;
};

/* A command whose payload may still come. */
struct log_pending {
	struct log_connection *at; /* NULL: none */
	struct msnp_message message;
	struct buffer line;
	bool guessed;              /* of an unknown command: its last word may be a length */
	uint64_t first;
	int64_t time_ns;
	struct log_body body;
};

struct session_log {
	struct session *session;
	const struct transcript_form *form;
	struct log_connection *connections;
	size_t count;
	uint64_t clock;
	struct log_connection *latest;   /* of a text without names */
	struct log_pending pending;
	struct buffer payload;
	struct log_counters counters;
};

struct session_log *session_log_new(struct session *s, const struct transcript_form *form)
{
	struct session_log *l = memory_zalloc(sizeof(*l));

	l->session = s;
	l->form = form;
	l->counters.first_ns = l->counters.last_ns = TIME_NONE;
	return l;
}

/* --- a command and its payload --- */

static bool has_dots(const struct session_log *l, struct slice payload)
{
	return strcmp(l->form->name, "lines") == 0 && slice_find(payload, DOTS) < payload.len;
}

static void take_payload(struct session_log *l, struct msnp_message *m, struct item *item)
{
	struct log_pending *p = &l->pending;
	size_t used = 0;
	unsigned unreliable = log_body_payload(&p->body, m->declared, &l->payload, &used);

	if (p->guessed && unreliable) {
		m->has_payload = false;
		m->declared = 0;
		used = 0;
	} else {
		m->payload = buffer_slice(&l->payload);
		m->unreliable |= unreliable | (has_dots(l, m->payload) ? (unsigned)MSNP_UNRELIABLE_PAYLOAD : 0u);
	}
	if (used)
		item->frames[item->frame_count++] = p->body.lines[used - 1].line;
	for (size_t i = used; i < p->body.count; i++)
		l->counters.passed_over += p->body.lines[i].len > 0;
	l->counters.passed_over += p->body.left_out;
}

/* Hands over the command that waits for its payload. */
static void finish(struct session_log *l)
{
	struct log_pending *p = &l->pending;
	struct log_connection *c = p->at;
	struct item item = {.kind = ITEM_COMMAND};

	if (!c)
		return;
	p->at = NULL;
	l->payload.len = 0;
	item.frames[item.frame_count++] = p->first;
	p->message.line = buffer_slice(&p->line);
	if (p->message.has_payload && p->message.declared)
		take_payload(l, &p->message, &item);
	item.framed.kind = FRAMED_COMMAND;
	item.framed.sender = p->message.sender;
	item.framed.message = p->message;
	item.time_ns = p->time_ns;
	c->stream.bytes[p->message.sender] += p->message.line.len + 2 + p->message.payload.len;
	l->counters.commands++;
	conversation_framed(c->conversation, &item);
}

/* Words that are a payload's length, and whether a payload may follow at all. */
static void begin_payload(struct session_log *l, const struct log_connection *c)
{
	struct session *s = l->session;
	struct log_pending *p = &l->pending;
	struct msnp_message *m = &p->message;
	struct msnp_words words = msnp_split(m->line, &s->scratch);
	struct msnp_match match = msnp_match(words, m->sender, &c->conversation->context, &s->scratch);

	if (match.fit != FIT_NONE) {
		msnp_read_length(m, words, &match);
	} else if (words.count > 1 && slice_u64(words.word[words.count - 1], &m->declared) && m->declared > 0 &&
		   m->declared <= MSNP_PAYLOAD_MAX && !msnp_is_error_name(words.word[0])) {
		p->guessed = m->has_payload = true;
	} else {
		m->declared = 0;
	}
	arena_reset(&s->scratch);
}

static void begin(struct session_log *l, struct log_connection *c, const struct transcript_record *r, enum msnp_sender from)
{
	struct log_pending *p = &l->pending;

	p->at = c;
	p->guessed = false;
	p->first = r->line;
	p->time_ns = r->time_ns;
	log_body_clear(&p->body);
	p->line.len = 0;
	buffer_add_slice(&p->line, slice_sub(r->text, 0, MSNP_LINE_MAX));
	p->message = (struct msnp_message){.sender = from, .line = buffer_slice(&p->line)};
	p->message.unreliable = r->altered || r->text.len > MSNP_LINE_MAX ? MSNP_UNRELIABLE_LINE : 0u;
	begin_payload(l, c);
}

/* --- connections --- */

static void name_of(const struct transcript_record *r, char *name)
{
	char a[ADDRESS_TEXT_MAX], b[ADDRESS_TEXT_MAX];

	if (r->key.len || !r->address[0].version) {
		snprintf(name, LOG_NAME_MAX, "%.*s", SLICE_ARG(r->key));
		return;
	}
	address_text(&r->address[0], a);
	address_text(&r->address[1], b);
	snprintf(name, LOG_NAME_MAX, "%s %s", a, b);
}

static struct log_connection *find(const struct session_log *l, const char *name)
{
	for (struct log_connection *c = l->connections; c; c = c->next)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static void end(struct session_log *l, struct log_connection *c, enum stream_end why)
{
	struct log_connection **at = &l->connections;
	struct stream_consumer bytes = session_consumer(l->session);

	if (l->pending.at == c)
		finish(l);
	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	l->count--;
	if (l->latest == c)
		l->latest = NULL;
	if (c->conversation)
		conversation_end(c->conversation, &c->stream, why);
	else
		bytes.end(bytes.ctx, &c->stream, why);
	free(c);
}

/* The oldest first, as they were added. */
static struct log_connection *oldest(const struct session_log *l)
{
	struct log_connection *c = l->connections;

	while (c->next)
		c = c->next;
	return c;
}

static void end_all(struct session_log *l)
{
	while (l->connections)
		end(l, oldest(l), STREAM_END_CAPTURE);
}

static void make_room(struct session_log *l)
{
	struct log_connection *idle = l->connections;

	if (l->count < LOG_CONNECTIONS_MAX)
		return;
	for (struct log_connection *c = l->connections; c; c = c->next)
		if (c->used < idle->used)
			idle = c;
	end(l, idle, STREAM_END_LIMIT);
}

static struct log_connection *add(struct session_log *l, const struct transcript_record *r, const char *name)
{
	struct log_connection *c;

	make_room(l);
	c = memory_zalloc(sizeof(*c));
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->first_is = -1;
	c->stream.opener = -1;
	c->stream.start_ns = c->stream.end_ns = r->time_ns;
	c->stream.first_frame = c->stream.last_frame = r->line;
	c->stream.address[0] = r->address[0];
	c->stream.address[1] = r->address[1];
	c->wrapping.transport = "transcript";
	c->wrapping.transcript = l->form->name;
	c->wrapping.log_name = *c->name && r->key.len ? c->name : NULL;
	c->stream.wrapping = &c->wrapping;
	c->next = l->connections;
	l->connections = c;
	l->count++;
	return c;
}

static unsigned role_bit(enum transcript_role role)
{
	switch (role) {
	case TRANSCRIPT_DS:
		return MSNP_DS;
	case TRANSCRIPT_NS:
		return MSNP_DS | MSNP_NS;
	case TRANSCRIPT_SB:
		return MSNP_SB;
	case TRANSCRIPT_NO_ROLE:
		break;
	}
	return 0;
}

/* The conversation begins with its first command, when it is known who of the two is the client. */
static void converse(struct session_log *l, struct log_connection *c, const struct transcript_record *r)
{
	struct conversation *v;

	if (c->first_is == MSNP_SERVER) {
		c->stream.address[0] = r->address[1];
		c->stream.address[1] = r->address[0];
	}
	v = conversation_new(l->session, &c->stream, 0);
	v->connection.direction_from = r->side == TRANSCRIPT_CLIENT || r->side == TRANSCRIPT_SERVER ? DIRECTION_TRANSCRIPT :
												      DIRECTION_COMMANDS;
	v->connection.partial = !l->form->whole;
	v->connection.coarse = !l->form->fine_times;
	if (role_bit(r->role))
		msnp_state_role(&v->state, role_bit(r->role));
	if (v->state.role_certain)
		v->context.roles = v->state.roles;
	if (r->version) {
		msnp_state_inherit(&v->state, (struct msnp_versions){r->version, r->version});
		v->inherited = true;
		v->context.versions = v->state.versions;
	}
	c->conversation = v;
}

static void touch(struct session_log *l, struct log_connection *c, const struct transcript_record *r)
{
	c->used = ++l->clock;
	c->stream.last_frame = r->line;
	c->stream.end_ns = r->time_ns;
	if (r->time_ns == TIME_NONE)
		return;
	if (!l->counters.times || r->time_ns < l->counters.first_ns)
		l->counters.first_ns = r->time_ns;
	if (!l->counters.times || r->time_ns > l->counters.last_ns)
		l->counters.last_ns = r->time_ns;
	l->counters.times = true;
}

/* --- who sends --- */

static bool was_requested(const struct log_connection *c, struct slice name, uint64_t trid)
{
	for (size_t i = 0; c && i < LOG_REQUESTS; i++)
		if (c->requests[i].trid == trid && slice_eq(slice_of(c->requests[i].name, 3), name))
			return true;
	return false;
}

static void remember_request(struct log_connection *c, struct slice line)
{
	struct slice rest = slice_sub(line, 4, line.len);
	uint64_t trid;

	if (!slice_u64(slice_sub(rest, 0, slice_find_byte(rest, ' ')), &trid) || trid == 0)
		return;
	memcpy(c->requests[c->next_request].name, line.ptr, 3);
	c->requests[c->next_request].trid = trid;
	c->next_request = (c->next_request + 1) % LOG_REQUESTS;
}

static enum msnp_fit fit_from(struct session_log *l, const struct log_connection *c, struct slice line, enum msnp_sender from)
{
	const struct msnp_context any = {0, {MSNP_FIRST, MSNP_NEWEST}, SLICE_EMPTY};
	struct arena *scratch = &l->session->scratch;
	struct msnp_words words = msnp_split(line, scratch);
	struct msnp_match match = msnp_match(words, from, c && c->conversation ? &c->conversation->context : &any, scratch);

	arena_reset(scratch);
	return match.fit;
}

/* Of a line of which the text does not tell: the side that may say it, and of both the one that did not ask. */
static enum msnp_sender likely_sender(struct session_log *l, const struct log_connection *c, struct slice line)
{
	enum msnp_fit client = fit_from(l, c, line, MSNP_CLIENT), server = fit_from(l, c, line, MSNP_SERVER);
	struct slice rest = slice_sub(line, 4, line.len);
	uint64_t trid;

	if (client != server)
		return client > server ? MSNP_CLIENT : MSNP_SERVER;
	return slice_u64(slice_sub(rest, 0, slice_find_byte(rest, ' ')), &trid) &&
			       was_requested(c, slice_sub(line, 0, 3), trid) ?
		       MSNP_SERVER :
		       MSNP_CLIENT;
}

static enum msnp_sender sender_of(struct session_log *l, struct log_connection *c, const struct transcript_record *r)
{
	enum msnp_sender likely;

	if (r->side == TRANSCRIPT_CLIENT || r->side == TRANSCRIPT_SERVER)
		return r->side == TRANSCRIPT_CLIENT ? MSNP_CLIENT : MSNP_SERVER;
	if (r->side == TRANSCRIPT_UNKNOWN)
		return likely_sender(l, c, r->text);
	if (c->first_is < 0) {
		likely = likely_sender(l, c, r->text);
		c->first_is = (r->side == TRANSCRIPT_FIRST) == (likely == MSNP_CLIENT) ? MSNP_CLIENT : MSNP_SERVER;
	}
	return (r->side == TRANSCRIPT_FIRST) == (c->first_is == MSNP_CLIENT) ? MSNP_CLIENT : MSNP_SERVER;
}

/* --- which connection --- */

/* On a connection of a text without names: which of the two, notification server or switchboard? */
static bool is_switchboard(struct session_log *l, const struct transcript_record *r, enum msnp_sender from, bool *opens)
{
	struct arena *scratch = &l->session->scratch;
	unsigned roles = msnp_evidence(msnp_split(r->text, scratch), from, scratch).roles;

	arena_reset(scratch);
	*opens = from == MSNP_CLIENT && roles == MSNP_SB &&
		 (slice_has_prefix(r->text, SLICE_LIT("USR")) || slice_has_prefix(r->text, SLICE_LIT("ANS")));
	if (roles == MSNP_SB)
		return true;
	return (!roles || (roles & MSNP_SB)) && l->latest && l->latest->switchboard;
}

static struct log_connection *nameless(struct session_log *l, const struct transcript_record *r)
{
	static const char *const names[] = {"", "switchboard"};
	enum msnp_sender from = r->side == TRANSCRIPT_CLIENT ? MSNP_CLIENT :
				r->side == TRANSCRIPT_SERVER ? MSNP_SERVER :
							       likely_sender(l, l->latest, r->text);
	bool opens, switchboard = is_switchboard(l, r, from, &opens);
	struct log_connection *c = find(l, names[switchboard]);

	if (c && opens) {
		end(l, c, STREAM_END_CAPTURE);
		c = NULL;
	}
	if (!c) {
		c = add(l, r, names[switchboard]);
		c->switchboard = switchboard;
	}
	l->latest = c;
	return c;
}

static struct log_connection *place(struct session_log *l, const struct transcript_record *r)
{
	char name[LOG_NAME_MAX];
	struct log_connection *c;

	name_of(r, name);
	if (!*name)
		return nameless(l, r);
	c = find(l, name);
	return c ? c : add(l, r, name);
}

static void take_command(struct session_log *l, const struct transcript_record *r)
{
	struct log_connection *c;
	enum msnp_sender from;
	bool greets;

	finish(l);
	c = place(l, r);
	from = sender_of(l, c, r);
	greets = from == MSNP_CLIENT && slice_has_prefix(r->text, SLICE_LIT("VER "));
	/* Clients give the next connection the name of the last one. */
	if (greets && c->greeted && !l->form->named) {
		end(l, c, STREAM_END_CAPTURE);
		c = place(l, r);
		from = sender_of(l, c, r);
	}
	c->greeted |= greets;
	if (!c->conversation)
		converse(l, c, r);
	touch(l, c, r);
	if (from == MSNP_CLIENT)
		remember_request(c, r->text);
	begin(l, c, r, from);
}

/* --- records --- */

static bool may_be_command(struct session_log *l, const struct transcript_record *r)
{
	const struct log_connection *c = l->pending.at;

	if (r->text.len > MSNP_LINE_MAX || msnp_name_plausible(r->text) == CANDIDATE_NO || r->text.len < 3)
		return false;
	if (r->side == TRANSCRIPT_CLIENT || r->side == TRANSCRIPT_SERVER)
		return fit_from(l, c, r->text, r->side == TRANSCRIPT_CLIENT ? MSNP_CLIENT : MSNP_SERVER) >= FIT_OTHER;
	return fit_from(l, c, r->text, MSNP_CLIENT) >= FIT_OTHER || fit_from(l, c, r->text, MSNP_SERVER) >= FIT_OTHER;
}

static void take_body(struct session_log *l, const struct transcript_record *r)
{
	struct log_pending *p = &l->pending;

	if (!p->at || !p->message.has_payload || !p->message.declared) {
		/* The rest of a line that was broken in two, where nothing else stands between commands. */
		if (p->at && r->kind == TRANSCRIPT_MAYBE && r->text.len)
			p->message.unreliable |= MSNP_UNRELIABLE_LINE;
		l->counters.passed_over += r->text.len > 0;
		return;
	}
	p->at->stream.last_frame = r->line;
	log_body_add(&p->body, r);
}

/* A payload without a line end, and the next command right behind it. */
static bool take_joined(struct session_log *l, const struct transcript_record *r)
{
	struct log_pending *p = &l->pending;
	struct transcript_record part = *r, rest = *r;
	uint64_t there = p->body.text.len + 2 * p->body.count;

	if (!p->at || !p->message.has_payload || there >= p->message.declared || there + r->text.len <= p->message.declared)
		return false;
	part.text = slice_sub(r->text, 0, (size_t)(p->message.declared - there));
	rest.text = slice_sub(r->text, part.text.len, r->text.len);
	if (!may_be_command(l, &rest))
		return false;
	take_body(l, &part);
	take_command(l, &rest);
	return true;
}

static void take_bytes(struct session_log *l, const struct transcript_record *r)
{
	struct stream_consumer bytes = session_consumer(l->session);
	struct stream_origin origin = {.frame = r->line, .time_ns = r->time_ns};
	int side = r->side == TRANSCRIPT_SECOND;
	char name[LOG_NAME_MAX];

	finish(l);
	name_of(r, name);
	struct log_connection *c = find(l, name);

	if (!c)
		c = add(l, r, name);
	c->wrapping.dots |= r->altered;
	touch(l, c, r);
	bytes.data(bytes.ctx, &c->stream, side, r->text, &origin);
	c->stream.bytes[side] += r->text.len;
}

static void open_or_close(struct session_log *l, const struct transcript_record *r)
{
	char name[LOG_NAME_MAX];
	struct log_connection *c;

	finish(l);
	/* Where every connection has a name, the end of none is the end of all: another capture begins. */
	if (r->kind == TRANSCRIPT_CLOSE && r->side == TRANSCRIPT_UNKNOWN && !r->key.len) {
		end_all(l);
		return;
	}
	name_of(r, name);
	c = *name ? find(l, name) : l->latest;
	if (c && r->kind == TRANSCRIPT_CLOSE)
		end(l, c, STREAM_END_FIN);
}

void session_log_record(struct session_log *l, const struct transcript_record *r)
{
	switch (r->kind) {
	case TRANSCRIPT_COMMAND:
		take_command(l, r);
		break;
	case TRANSCRIPT_MAYBE:
		if (may_be_command(l, r))
			take_command(l, r);
		else if (!take_joined(l, r))
			take_body(l, r);
		break;
	case TRANSCRIPT_BODY:
	case TRANSCRIPT_DUMP:
		take_body(l, r);
		break;
	case TRANSCRIPT_OTHER:
		finish(l);
		l->counters.passed_over += r->text.len > 0;
		break;
	case TRANSCRIPT_BYTES:
		take_bytes(l, r);
		break;
	case TRANSCRIPT_OPEN:
	case TRANSCRIPT_CLOSE:
		open_or_close(l, r);
		break;
	}
}

struct log_counters session_log_end(struct session_log *l)
{
	struct log_counters counters;

	finish(l);
	end_all(l);
	counters = l->counters;
	log_body_free(&l->pending.body);
	buffer_free(&l->pending.line);
	buffer_free(&l->payload);
	free(l);
	return counters;
}
