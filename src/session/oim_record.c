/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/oim_record.h"

#include <stdlib.h>

#include "util/memory.h"
#include "util/utf8.h"

struct slice oim_keep(struct slice s, size_t max)
{
	s = utf8_cut(s, max);
	if (s.len == 0)
		return SLICE_EMPTY;
	return slice_of(memcpy(memory_alloc(s.len), s.ptr, s.len), s.len);
}

void oim_drop(struct slice *s)
{
	free((void *)(uintptr_t)s->ptr);
	*s = SLICE_EMPTY;
}

static void record_free(struct oim_record *record)
{
	oim_drop(&record->message.id);
	oim_drop(&record->message.from);
	oim_drop(&record->message.to);
	oim_drop(&record->message.text);
	oim_drop(&record->run);
	free(record);
}

static void take_out(struct oim_records *r, size_t at)
{
	r->count--;
	memmove(&r->list[at], &r->list[at + 1], (r->count - at) * sizeof(r->list[0]));
}

static void hand_over_first(struct oim_records *r)
{
	struct oim_record *record = r->list[0];

	take_out(r, 0);
	if (r->sink.offline_message)
		r->sink.offline_message(r->sink.ctx, &record->message);
	record_free(record);
}

struct oim_record *oim_record_new(struct oim_records *r)
{
	struct oim_record *record = memory_zalloc(sizeof(*record));

	if (r->count == OIM_MESSAGES_MAX)
		hand_over_first(r);
	r->list[r->count++] = record;
	return record;
}

struct oim_record *oim_record_by_id(struct oim_records *r, struct slice id)
{
	id = utf8_cut(id, OIM_NAME_KEPT_MAX);
	for (size_t i = 0; i < r->count; i++)
		if (slice_case_eq(r->list[i]->message.id, id))
			return r->list[i];
	struct oim_record *record = oim_record_new(r);
	record->message.id = oim_keep(id, OIM_NAME_KEPT_MAX);
	return record;
}

/* --- the same message? --- */

static bool same_name(struct slice kept, struct slice s)
{
	return slice_case_eq(kept, utf8_cut(s, OIM_NAME_KEPT_MAX));
}

static bool same_text(const struct offline_message *m, const struct oim_content *c)
{
	return m->has_text && c->has_text && m->text_length == c->text.len &&
	       slice_eq(m->text, utf8_cut(c->text, OIM_TEXT_KEPT_MAX));
}

static bool same_run(const struct oim_record *record, const struct oim_content *c)
{
	return record->run.len && same_name(record->run, c->run) && record->sequence == c->sequence;
}

/* Only where both are known. */
static bool parties_fit(const struct offline_message *m, struct slice from, struct slice to)
{
	return (!m->from.len || !from.len || same_name(m->from, from)) &&
	       (!m->to.len || !to.len || same_name(m->to, to));
}

static struct oim_content content_of(const struct oim_record *record)
{
	return (struct oim_content){.from = record->message.from,
				    .to = record->message.to,
				    .run = record->run,
				    .sequence = record->sequence,
				    .has_text = record->message.has_text,
				    .text = record->message.text};
}

/* A message of which only the sending was seen, so far. */
static bool only_sent(const struct oim_record *record)
{
	const struct offline_message *m = &record->message;

	return m->sent.event && m->id.len == 0 && m->fetched.event == 0;
}

struct oim_record *oim_record_repeated(struct oim_records *r, const struct oim_content *c)
{
	for (size_t i = r->count; i-- > 0;) {
		struct oim_record *record = r->list[i];

		if (only_sent(record) && !record->accepted && same_text(&record->message, c) &&
		    parties_fit(&record->message, c->from, c->to) &&
		    (record->message.refused.event || same_run(record, c)))
			return record;
	}
	return NULL;
}

/* --- growing --- */

static void learn(struct slice *kept, struct slice s, size_t max)
{
	if (kept->len == 0)
		*kept = oim_keep(s, max);
}

void oim_record_learn(struct oim_record *record, const struct oim_content *c)
{
	struct offline_message *m = &record->message;

	learn(&m->from, c->from, OIM_NAME_KEPT_MAX);
	learn(&m->to, c->to, OIM_NAME_KEPT_MAX);
	if (record->run.len == 0)
		record->sequence = c->sequence;
	learn(&record->run, c->run, OIM_NAME_KEPT_MAX);
	if (m->has_text || !c->has_text)
		return;
	m->has_text = true;
	m->text = oim_keep(c->text, OIM_TEXT_KEPT_MAX);
	m->text_length = c->text.len;
}

/* Moves what is known of the sending to the other record. */
static void join(struct oim_records *r, size_t sent_at, struct oim_record *record, enum offline_link how)
{
	struct oim_record *sent = r->list[sent_at];
	struct oim_content content = content_of(sent);
	bool has_text = record->message.has_text;

	take_out(r, sent_at);
	record->message.sent = sent->message.sent;
	record->message.refused = sent->message.refused;
	record->message.linked_by = how;
	oim_record_learn(record, &content);
	if (!has_text)
		record->message.text_length = sent->message.text_length;
	record_free(sent);
}

/* Texts of one run and number are the same; without run ids the texts tell. */
static enum offline_link same_message(const struct oim_record *sent, const struct oim_record *record)
{
	struct oim_content c = content_of(record);

	if (!parties_fit(&sent->message, c.from, c.to))
		return OFFLINE_UNLINKED;
	if (sent->run.len && c.run.len)
		return same_run(sent, &c) ? OFFLINE_BY_RUN : OFFLINE_UNLINKED;
	if (!sent->message.has_text || !c.has_text || sent->message.text_length != record->message.text_length)
		return OFFLINE_UNLINKED;
	return slice_eq(sent->message.text, c.text) ? OFFLINE_BY_TEXT : OFFLINE_UNLINKED;
}

void oim_record_link(struct oim_records *r, struct oim_record *record)
{
	if (record->message.sent.event)
		return;
	for (size_t i = 0; i < r->count; i++) {
		enum offline_link how = r->list[i] != record && only_sent(r->list[i]) ?
						same_message(r->list[i], record) :
						OFFLINE_UNLINKED;

		if (how != OFFLINE_UNLINKED) {
			join(r, i, record, how);
			return;
		}
	}
}

void oim_records_refused(struct oim_records *r, uint64_t request, const struct event *refusal)
{
	const struct offline_step never = {0, 0};

	for (size_t i = 0; request && i < r->count; i++) {
		struct offline_message *m = &r->list[i]->message;

		if (m->sent.event == request && !r->list[i]->accepted)
			m->refused = (struct offline_step){refusal->id, refusal->time_ns};
		if (m->fetched.event == request)
			m->fetched = never;
		if (m->deleted.event == request)
			m->deleted = never;
	}
}

void oim_records_accepted(struct oim_records *r, uint64_t request)
{
	for (size_t i = 0; request && i < r->count; i++)
		if (r->list[i]->message.sent.event == request)
			r->list[i]->accepted = true;
}

/* --- the end --- */

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

/* When the message came to the service, as far as that is known. */
static bool arrival(const struct oim_record *record, int64_t *ns)
{
	*ns = record->has_arrival ? record->arrival_ns : record->message.announced.time_ns;
	return record->has_arrival || record->message.announced.event;
}

/* The sending that is nearest in time, or count. */
static size_t nearest(const struct oim_records *r, const struct oim_record *record)
{
	int64_t best = OIM_LINK_SECONDS * INT64_C(1000000000), at;
	const struct offline_message *m = &record->message;
	size_t found = r->count;

	if (!m->from.len || !m->to.len || !arrival(record, &at))
		return r->count;
	for (size_t i = 0; i < r->count; i++) {
		const struct offline_message *sent = &r->list[i]->message;

		if (!only_sent(r->list[i]) || sent->refused.event || !slice_case_eq(sent->from, m->from) ||
		    !slice_case_eq(sent->to, m->to) || distance(sent->sent.time_ns, at) > best)
			continue;
		best = distance(sent->sent.time_ns, at);
		found = i;
	}
	return found;
}

static void link_by_time(struct oim_records *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct oim_record *record = r->list[i];
		size_t sent = record->message.has_text || record->message.sent.event ? r->count : nearest(r, record);

		if (sent == r->count)
			continue;
		join(r, sent, record, OFFLINE_BY_TIME);
		if (sent < i)
			i--;
	}
}

void oim_records_finish(struct oim_records *r)
{
	link_by_time(r);
	while (r->count)
		hand_over_first(r);
}

void oim_records_free(struct oim_records *r)
{
	while (r->count)
		record_free(r->list[--r->count]);
}
