/* SPDX-License-Identifier: BSD-2-Clause */
/* What events say about offline messages. */
#include "session/oim.h"

#include <stdlib.h>

#include "dissectors/challenge.h"
#include "dissectors/headers.h"
#include "dissectors/oim_date.h"
#include "dissectors/oim_mail.h"
#include "session/oim_record.h"
#include "util/memory.h"

/* Who is signed in on a connection. */
struct user {
	uint64_t connection;
	struct slice account;
};

/* The latest lock key challenge of the clients of one host. */
struct challenge {
	struct address host;
	size_t len;
	uint8_t text[CHALLENGE_TEXT_MAX];
};

struct oim_table {
	struct oim_records records;
	struct user users[OIM_USERS_MAX];
	size_t next_user;
	struct challenge challenges[OIM_CHALLENGES_MAX];
	size_t next_challenge;
};

struct oim_table *oim_new(const struct event_sink *sink)
{
	struct oim_table *t = memory_zalloc(sizeof(*t));

	t->records.sink = *sink;
	return t;
}

void oim_finish(struct oim_table *t)
{
	oim_records_finish(&t->records);
}

void oim_free(struct oim_table *t)
{
	oim_records_free(&t->records);
	for (size_t i = 0; i < OIM_USERS_MAX; i++)
		oim_drop(&t->users[i].account);
	free(t);
}

/* --- fields --- */

static const struct field *child(const struct field *parent, enum field_id id)
{
	const struct field *f = field_child(parent, &field_defs[id]);

	return f && (f->has_value || f->def->type == FIELD_BRANCH || f->def->type == FIELD_DICT) ? f : NULL;
}

static struct slice text(const struct field *parent, enum field_id id)
{
	const struct field *f = child(parent, id);

	return f ? f->value.text : SLICE_EMPTY;
}

static struct offline_step step(const struct event *e)
{
	return (struct offline_step){e->id, e->time_ns};
}

static struct oim_record *seen(struct oim_record *record, const struct event *e)
{
	record->message.nanoseconds |= e->nanoseconds;
	return record;
}

/* --- who is signed in where --- */

static struct slice user_of(const struct oim_table *t, const struct event *e)
{
	for (size_t i = 0; i < OIM_USERS_MAX; i++)
		if (t->users[i].connection == e->connection->id)
			return t->users[i].account;
	return SLICE_EMPTY;
}

/* USR OK account */
static void observe_user(struct oim_table *t, const struct event *e, const struct field *root)
{
	struct slice account = text(root, P_passport);
	struct user *u = &t->users[t->next_user];

	if (e->from != MSNP_SERVER || !slice_eq_str(text(root, P_stage), "OK") || account.len == 0)
		return;
	if (user_of(t, e).len)
		return;
	oim_drop(&u->account);
	*u = (struct user){e->connection->id, oim_keep(account, OIM_NAME_KEPT_MAX)};
	t->next_user = (t->next_user + 1) % OIM_USERS_MAX;
}

/* --- lock key challenges --- */

static bool same_host(const struct address *a, const struct address *b)
{
	return a->version == b->version && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

static const struct challenge *challenge_of(const struct oim_table *t, const struct address *client)
{
	for (size_t i = 0; i < OIM_CHALLENGES_MAX; i++)
		if (t->challenges[i].len && same_host(&t->challenges[i].host, client))
			return &t->challenges[i];
	return NULL;
}

struct slice oim_lock_challenge(const struct oim_table *t, const struct address *client)
{
	const struct challenge *c = challenge_of(t, client);

	return c ? slice_of(c->text, c->len) : SLICE_EMPTY;
}

static void observe_challenge(struct oim_table *t, const struct event *e, const struct field *root)
{
	struct slice challenge = text(root, F_OIM_LOCK_CHALLENGE);
	const struct challenge *known = challenge_of(t, &e->connection->client);
	size_t at = known ? (size_t)(known - t->challenges) : t->next_challenge;

	if (challenge.len == 0 || challenge.len > CHALLENGE_TEXT_MAX)
		return;
	t->challenges[at].host = e->connection->client;
	t->challenges[at].len = challenge.len;
	memcpy(t->challenges[at].text, challenge.ptr, challenge.len);
	if (!known)
		t->next_challenge = (t->next_challenge + 1) % OIM_CHALLENGES_MAX;
}

/* --- messages --- */

static struct oim_content mail_content(const struct field *mail)
{
	const struct field *body = oim_mail_text(mail);
	const struct field *sequence = child(mail, F_OIM_SEQUENCE);
	struct oim_content c = {.from = text(mail, F_OIM_FROM),
				.to = text(mail, F_OIM_TO),
				.run = sequence ? text(mail, F_OIM_RUN_ID) : SLICE_EMPTY,
				.sequence = sequence ? sequence->value.number : 0};

	if (c.from.len == 0)
		c.from = text(mail, F_OIM_ORIGIN);
	if (body && body->has_value) {
		c.has_text = true;
		c.text = body->value.text;
	}
	return c;
}

static void sent(struct oim_table *t, const struct event *e, const struct oim_content *c)
{
	struct oim_record *record = oim_record_repeated(&t->records, c);

	if (!record)
		record = oim_record_new(&t->records);
	seen(record, e)->message.sent = step(e);
	record->message.refused = (struct offline_step){0, 0};
	oim_record_learn(record, c);
	/* What the repeated call says counts: some clients number it anew. */
	if (c->run.len) {
		oim_drop(&record->run);
		record->run = oim_keep(c->run, OIM_NAME_KEPT_MAX);
		record->sequence = c->sequence;
	}
}

/* Store */
static void observe_store(struct oim_table *t, const struct event *e, const struct field *root,
			  const struct field *mail)
{
	struct oim_content c = mail_content(mail);

	c.from = text(root, F_OIM_FROM);
	c.to = text(root, F_OIM_TO);
	sent(t, e, &c);
}

/* The text of a message; of one that was split, when it is whole. */
static const struct field *text_of(const struct field *root)
{
	const struct field *joined = child(root, F_MSG_JOINED);

	if (joined)
		return child(joined, F_MSG_TEXT);
	return child(root, F_MSG_CHUNKS) || child(root, F_MSG_CHUNK) ? NULL : child(root, F_MSG_TEXT);
}

/* UUM to somebody who is not signed in. */
static void observe_uum(struct oim_table *t, const struct event *e, const struct field *root)
{
	const struct field *agent = headers_find(child(root, F_MSG_HEADERS), "Dest-Agent");
	const struct field *network = child(root, P_network_id), *type = child(root, P_message_type);
	const struct field *body = text_of(root);
	struct oim_content c = {.from = user_of(t, e), .to = text(root, P_passport)};

	bool to_client = agent && slice_case_eq(agent->value.text, SLICE_LIT("client"));
	/* Third-party clients leave Dest-Agent off; to an account of the service itself a text by UUM is one all the same. */
	bool to_account = network && network->value.number == 1 && type && type->value.number == 1;

	if (e->from != MSNP_CLIENT || !(to_client || to_account) || !body)
		return;
	c.has_text = true;
	c.text = body->value.text;
	sent(t, e, &c);
}

/* SDG whose Service-Channel says that it is to be stored, or was. */
static void observe_sdg(struct oim_table *t, const struct event *e, const struct field *root)
{
	const struct field *routing = child(root, F_ROUTING), *body = text_of(root);
	struct oim_content c = {.has_text = true};

	if (!routing || !body || !slice_case_eq(text(routing, F_ROUTING_CHANNEL), SLICE_LIT("IM/Offline")))
		return;
	const struct field *from = child(routing, F_ROUTING_FROM), *to = child(routing, F_ROUTING_TO);
	c.from = from ? text(from, F_ADDRESS_ACCOUNT) : SLICE_EMPTY;
	c.to = to ? text(to, F_ADDRESS_ACCOUNT) : SLICE_EMPTY;
	c.text = body->value.text;
	if (e->from == MSNP_CLIENT) {
		sent(t, e, &c);
		return;
	}
	struct oim_record *record = seen(oim_record_new(&t->records), e);
	record->message.fetched = step(e);
	oim_record_learn(record, &c);
	oim_record_link(&t->records, record);
}

static void observe_waiting(struct oim_table *t, const struct event *e, const struct field *waiting)
{
	struct oim_content c = {.from = text(waiting, F_OIM_FROM), .to = user_of(t, e)};
	struct slice id = text(waiting, F_OIM_ID);
	struct oim_record *record;

	if (id.len == 0)
		return;
	record = seen(oim_record_by_id(&t->records, id), e);
	if (!record->message.announced.event)
		record->message.announced = step(e);
	if (!record->has_arrival)
		record->has_arrival = oim_date_iso(text(waiting, F_OIM_RECEIVED), &record->arrival_ns);
	oim_record_learn(record, &c);
}

static void observe_metadata(struct oim_table *t, const struct event *e, const struct field *metadata)
{
	for (const struct field *f = metadata->first; f; f = f->next)
		if (f->def == &field_defs[F_OIM_WAITING])
			observe_waiting(t, e, f);
}

/* The request to fetch, and the message itself; a capture may lack either. */
static void observe_fetch(struct oim_table *t, const struct event *e, struct slice id, const struct field *mail)
{
	struct oim_record *record = id.len ? oim_record_by_id(&t->records, id) : oim_record_new(&t->records);
	struct oim_content c;

	seen(record, e);
	if (!record->message.fetched.event || (mail && record->message.fetched.event == e->reply_to))
		record->message.fetched = step(e);
	if (!mail)
		return;
	c = mail_content(mail);
	if (!record->has_arrival)
		record->has_arrival = oim_date_iso(text(mail, F_OIM_ARRIVED), &record->arrival_ns);
	oim_record_learn(record, &c);
	oim_record_link(&t->records, record);
}

static void observe_delete(struct oim_table *t, const struct event *e, const struct field *root)
{
	for (const struct field *f = root->first; f; f = f->next) {
		struct oim_record *record;

		if (f->def != &field_defs[F_OIM_DELETED_ID] || f->value.text.len == 0)
			continue;
		record = seen(oim_record_by_id(&t->records, f->value.text), e);
		if (!record->message.deleted.event)
			record->message.deleted = step(e);
	}
}

static void observe_service(struct oim_table *t, const struct event *e, const struct field *root)
{
	const struct field *mail = child(root, F_OIM_MAIL);
	struct slice id = text(root, F_OIM_ID);

	if (e->from == MSNP_CLIENT) {
		if (mail)
			observe_store(t, e, root, mail);
		else if (id.len)
			observe_fetch(t, e, id, NULL);
		observe_delete(t, e, root);
		return;
	}
	if (child(root, F_OIM_FAULT))
		oim_records_refused(&t->records, e->reply_to, e);
	else
		oim_records_accepted(&t->records, e->reply_to);
	if (mail)
		observe_fetch(t, e, id, mail);
	observe_challenge(t, e, root);
}

/* --- all events --- */

void oim_observe(struct oim_table *t, const struct event *e, const struct field *root)
{
	const struct field *metadata = child(root, F_OIM_METADATA);

	if (metadata)
		observe_metadata(t, e, metadata);
	if (slice_eq_str(e->name, "USR"))
		observe_user(t, e, root);
	else if (slice_eq_str(e->name, "UUM"))
		observe_uum(t, e, root);
	else if (slice_eq_str(e->name, "SDG"))
		observe_sdg(t, e, root);
	else if (e->reply_to && child(root, F_MSNP_ERROR))
		oim_records_refused(&t->records, e->reply_to, e);
	else if (!slice_eq_str(slice_str(e->protocol), "msnp"))
		observe_service(t, e, root);
}
