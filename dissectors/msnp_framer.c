/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msnp_framer.h"

#include <stdlib.h>

#include "util/memory.h"

/* A line looked for among other bytes: longer ones, or of more words, are not taken for one. */
#define CANDIDATE_LINE_MAX 4096u
#define CANDIDATE_WORDS_MAX 32u

/* What one look at the bytes came to. */
enum step {
	STEP_USED, /* some bytes are done with */
	STEP_MORE, /* the bytes at hand do not decide it */
	STEP_LOST, /* no command starts here */
	STEP_BACK, /* a command starts further back, in the last payload */
};

struct line {
	struct slice text;  /* without line end */
	size_t total;       /* with line end */
	bool bare_lf;
};

enum line_result { LINE_FOUND, LINE_MORE, LINE_NONE };

void msnp_framer_init(struct msnp_framer *f, enum msnp_sender sender, bool synced, const struct msnp_context *context,
		      struct framer_budget *budget, framer_output *output, void *ctx)
{
	memset(f, 0, sizeof(*f));
	f->sender = sender;
	f->synced = synced;
	f->context = context;
	f->budget = budget;
	f->output = output;
	f->ctx = ctx;
}

void msnp_framer_free(struct msnp_framer *f)
{
	f->budget->used -= f->pending.capacity + f->kept.capacity;
	buffer_free(&f->pending);
	buffer_free(&f->kept);
	buffer_free(&f->skipped);
	arena_free(&f->arena);
}

/* Appends within the budget; false when it is used up. */
static bool store(struct msnp_framer *f, struct buffer *b, struct slice data)
{
	size_t before = b->capacity;

	if (f->budget->used + data.len > f->budget->max)
		return false;
	buffer_add_slice(b, data);
	f->budget->used += b->capacity - before;
	return true;
}

static void release(struct msnp_framer *f, struct buffer *b)
{
	f->budget->used -= b->capacity;
	buffer_free(b);
}

/* Three capitals or three digits, then a space or a line end. */
static enum msnp_candidate name_plausible(struct slice s)
{
	bool digits = s.len && s.ptr[0] >= '0' && s.ptr[0] <= '9';

	for (size_t i = 0; i < 3; i++) {
		if (i == s.len)
			return CANDIDATE_MORE;
		if (digits ? s.ptr[i] < '0' || s.ptr[i] > '9' : s.ptr[i] < 'A' || s.ptr[i] > 'Z')
			return CANDIDATE_NO;
	}
	if (s.len == 3)
		return CANDIDATE_MORE;
	return s.ptr[3] == ' ' || s.ptr[3] == '\r' || s.ptr[3] == '\n' ? CANDIDATE_YES : CANDIDATE_NO;
}

/* The first line of s, at most max bytes long; no line end stands before offset scanned. */
static enum line_result find_line(struct slice s, size_t max, size_t scanned, struct line *line)
{
	size_t limit = s.len < max + 2 ? s.len : max + 2;
	size_t lf = scanned + slice_find_byte(slice_sub(s, scanned, limit - (scanned < limit ? scanned : limit)), '\n');

	if (lf >= limit)
		return limit == max + 2 ? LINE_NONE : LINE_MORE;
	line->total = lf + 1;
	line->bare_lf = lf == 0 || s.ptr[lf - 1] != '\r';
	line->text = slice_sub(s, 0, line->bare_lf ? lf : lf - 1);
	return LINE_FOUND;
}

static bool has_control_bytes(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
			return true;
	return false;
}

enum msnp_candidate msnp_candidate(struct slice data, enum msnp_sender sender, const struct msnp_context *context,
				   struct arena *arena)
{
	enum msnp_candidate name = name_plausible(data);
	const struct msnp_form *first;
	struct line line;

	if (name != CANDIDATE_YES)
		return name;
	struct slice word = slice_sub(data, 0, 3);
	size_t forms = msnp_forms_named(word, &first);
	bool mine = false;
	for (size_t i = 0; i < forms; i++)
		mine |= first[i].sender == sender;
	if (!mine)
		return CANDIDATE_NO;
	switch (find_line(data, CANDIDATE_LINE_MAX, 0, &line)) {
	case LINE_NONE:
		return CANDIDATE_NO;
	case LINE_MORE:
		/* A line end cut between CR and LF is no control byte. */
		if (data.len && data.ptr[data.len - 1] == '\r')
			data.len--;
		return has_control_bytes(data) ? CANDIDATE_NO : CANDIDATE_MORE;
	case LINE_FOUND:
		break;
	}
	if (line.bare_lf || has_control_bytes(line.text))
		return CANDIDATE_NO;
	struct msnp_words words = msnp_split(line.text, arena);
	if (words.count > CANDIDATE_WORDS_MAX)
		return CANDIDATE_NO;
	struct msnp_match match = msnp_match(words, sender, context, arena);
	return match.fit == FIT_EXACT || match.fit == FIT_OTHER ? CANDIDATE_YES : CANDIDATE_NO;
}

/* Does any form of this command from this sender carry a payload? */
static bool may_carry_payload(struct slice name, enum msnp_sender sender)
{
	const struct msnp_form *form;
	size_t forms = msnp_forms_named(name, &form);

	for (size_t i = 0; i < forms; i++)
		if (form[i].sender == sender && form[i].payload != PAYLOAD_NONE)
			return true;
	return false;
}

/*
 * Reads off the line whether a payload follows.  Lines that fit no form go by
 * their last word, as a command that can carry a payload most likely does.
 */
static void read_length(struct msnp_message *m, struct msnp_words words, const struct msnp_match *match)
{
	bool number = words.count > 1 && slice_u64(words.word[words.count - 1], &m->declared);

	if (match->fit == FIT_EXACT || match->fit == FIT_OTHER) {
		const struct msnp_binding *last = &match->bindings[match->binding_count - (match->binding_count ? 1 : 0)];

		m->has_payload = match->binding_count && last->field == P_length;
		if (m->has_payload)
			slice_u64(words.word[last->word], &m->declared);
	} else if (may_carry_payload(words.word[0], m->sender)) {
		m->has_payload = number && words.count > (match->has_trid ? 2 : 1);
		m->length_absent = !m->has_payload && match->form && match->form->payload != PAYLOAD_NONE;
	}
	if (!m->has_payload)
		m->declared = 0;
	if (m->declared > MSNP_PAYLOAD_MAX) {
		m->length_limit = true;
		m->has_payload = false;
	}
}

/*
 * A command that the table does not know and whose line ends in a number: the
 * number is a payload length unless a command follows at once.
 */
static enum step guess_length(struct msnp_message *m, struct msnp_words words, struct slice after, bool end)
{
	if (words.count < 2 || !slice_u64(words.word[words.count - 1], &m->declared) || m->declared == 0 ||
	    m->declared > MSNP_PAYLOAD_MAX || msnp_is_error_name(words.word[0])) {
		m->declared = 0;
		return STEP_USED;
	}
	enum msnp_candidate next = name_plausible(after);
	if (next == CANDIDATE_MORE && !end)
		return STEP_MORE;
	m->has_payload = next == CANDIDATE_NO;
	if (!m->has_payload)
		m->declared = 0;
	return STEP_USED;
}

static void hand_over(struct msnp_framer *f, struct framed *framed, size_t used)
{
	framed->sender = f->sender;
	framed->start = f->base;
	framed->end = f->base + used;
	if (f->base < f->recovered_until) {
		framed->message.recovered = true;
		framed->wrong_declared = f->wrong_declared;
		framed->wrong_actual = f->wrong_actual;
	}
	f->output(f->ctx, framed);
}

/* The run of skipped bytes, if any, has ended. */
static void hand_over_skipped(struct msnp_framer *f, bool over_budget)
{
	struct framed framed = {.kind = FRAMED_SKIPPED, .sender = f->sender, .over_budget = over_budget};

	if (f->skipped_bytes == 0)
		return;
	framed.skipped = buffer_slice(&f->skipped);
	framed.skipped_bytes = f->skipped_bytes;
	framed.start = f->skipped_start;
	framed.end = f->skipped_start + f->skipped_bytes;
	f->output(f->ctx, &framed);
	f->skipped.len = 0;
	f->skipped_bytes = 0;
}

/* Bytes that are no command; they are the next ones of the stream. */
static void skip(struct msnp_framer *f, struct slice data)
{
	if (f->skipped_bytes == 0)
		f->skipped_start = f->base;
	if (f->skipped.len < FRAMER_SKIPPED_SHOWN)
		buffer_add_slice(&f->skipped, slice_sub(data, 0, FRAMER_SKIPPED_SHOWN - f->skipped.len));
	f->skipped_bytes += data.len;
	f->base += data.len;
}

/* Can a command start here when the one before is trusted?  Unknown names are possible, garbage is not. */
static bool line_plausible(const struct line *line)
{
	const struct msnp_form *form;
	struct slice name = slice_sub(line->text, 0, 3), second = slice_sub(line->text, 4, line->text.len);
	uint64_t trid;

	if (line->text.len < 3 || (line->text.len > 3 && line->text.ptr[3] != ' '))
		return false;
	if (msnp_is_error_name(name))
		return slice_u64(slice_sub(second, 0, slice_find_byte(second, ' ')), &trid);
	return msnp_forms_named(name, &form) > 0 || (!line->bare_lf && !has_control_bytes(line->text));
}

/*
 * Looking for commands in a payload.  Where a walk over whole commands failed
 * every walk that comes by the same place fails, so each place is visited once.
 */
struct search {
	struct slice bytes;
	size_t goal;      /* whole commands must lead there or beyond */
	bool end;         /* nothing follows bytes */
	uint8_t *visited; /* a bit for every byte */
};

static bool visit(struct search *search, size_t at)
{
	uint8_t bit = (uint8_t)(1u << (at & 7));
	bool fresh = !(search->visited[at / 8] & bit);

	search->visited[at / 8] |= bit;
	return fresh;
}

/* Do whole commands, one behind the other, lead from offset at to the goal? */
static enum msnp_candidate chain_reaches(struct msnp_framer *f, struct search *search, size_t at)
{
	for (bool first = true; at < search->goal; first = false) {
		struct slice rest = slice_sub(search->bytes, at, search->bytes.len);
		struct msnp_message m = {.sender = f->sender};
		struct line line;
		enum msnp_candidate here = msnp_candidate(rest, f->sender, f->context, &f->arena);

		if (here == CANDIDATE_MORE && !search->end)
			return CANDIDATE_MORE;
		if (here == CANDIDATE_MORE && !first)
			return CANDIDATE_YES;
		if (here != CANDIDATE_YES || !visit(search, at))
			return CANDIDATE_NO;
		find_line(rest, CANDIDATE_LINE_MAX, 0, &line);
		struct msnp_words words = msnp_split(line.text, &f->arena);
		struct msnp_match match = msnp_match(words, f->sender, f->context, &f->arena);
		read_length(&m, words, &match);
		at += line.total + (m.has_payload ? (size_t)m.declared : 0);
		arena_reset(&f->arena);
	}
	return CANDIDATE_YES;
}

/* The first place before limit from where commands lead to the goal; *from is untouched when there is none. */
static enum msnp_candidate search_chain(struct msnp_framer *f, struct search *search, size_t limit, size_t *from)
{
	enum msnp_candidate result = CANDIDATE_NO;

	search->visited = memory_zalloc(search->bytes.len / 8 + 1);
	for (size_t at = 0; at < limit && result == CANDIDATE_NO; at++) {
		if (name_plausible(slice_sub(search->bytes, at, search->bytes.len)) != CANDIDATE_YES)
			continue;
		result = chain_reaches(f, search, at);
		if (result == CANDIDATE_YES)
			*from = at;
		arena_reset(&f->arena);
	}
	free(search->visited);
	return result;
}

/*
 * The payload before these bytes had a wrong length when commands stand in it
 * that lead up to here.  Sets *from to the offset in the payload.
 */
static enum step look_back(struct msnp_framer *f, struct slice rest, bool end, size_t *from)
{
	struct buffer joined = {NULL, 0, 0};
	enum msnp_candidate found;

	/* A straddling line needs no more than this of the rest. */
	buffer_add_slice(&joined, f->last_payload);
	buffer_add_slice(&joined, slice_sub(rest, 0, CANDIDATE_LINE_MAX + 2));
	struct search search = {buffer_slice(&joined), f->last_payload.len + 1,
				end || rest.len > CANDIDATE_LINE_MAX + 2, NULL};
	found = search_chain(f, &search, f->last_payload.len, from);
	buffer_free(&joined);
	return found == CANDIDATE_YES ? STEP_BACK : found == CANDIDATE_MORE ? STEP_MORE : STEP_LOST;
}

/* Line ends between commands are skipped without losing the place. */
static size_t stray_line_ends(struct slice rest)
{
	size_t n = 0;

	while (n < rest.len && n < 4 && (rest.ptr[n] == '\r' || rest.ptr[n] == '\n'))
		n++;
	return n;
}

/* No command at a place where one should be. */
static enum step lose_sync(struct msnp_framer *f, struct slice rest, bool end, size_t *used)
{
	size_t stray = stray_line_ends(rest);

	if (f->after_payload && f->recoveries < FRAMER_RECOVERIES_MAX) {
		enum step back = look_back(f, rest, end, used);

		if (back != STEP_LOST)
			return back;
	}
	if (stray) {
		enum msnp_candidate next = name_plausible(slice_sub(rest, stray, rest.len));

		if (next == CANDIDATE_MORE && !end)
			return STEP_MORE;
		if (next != CANDIDATE_NO) {
			skip(f, slice_sub(rest, 0, stray));
			hand_over_skipped(f, false);
			f->after_payload = false;
			*used = stray;
			return STEP_USED;
		}
	}
	f->after_payload = false;
	f->synced = false;
	*used = 0;
	return STEP_USED;
}

/* Looks for the next command among bytes that are none. */
static enum step find_sync(struct msnp_framer *f, struct slice rest, bool end, size_t *used)
{
	size_t at = 0;
	enum step result = STEP_MORE;

	for (; at < rest.len; at++) {
		enum msnp_candidate here =
			msnp_candidate(slice_sub(rest, at, rest.len), f->sender, f->context, &f->arena);

		arena_reset(&f->arena);
		if (here == CANDIDATE_NO || (here == CANDIDATE_MORE && end))
			continue;
		if (here == CANDIDATE_YES)
			result = STEP_USED;
		break;
	}
	skip(f, slice_sub(rest, 0, at));
	*used = at;
	if (result == STEP_USED) {
		hand_over_skipped(f, false);
		f->synced = true;
	}
	return result;
}

/* A payload that will never be complete: how much of it belongs to the command? */
static size_t true_length(struct msnp_framer *f, struct slice payload)
{
	struct search search = {payload, payload.len, true, NULL};
	size_t from = payload.len;

	search_chain(f, &search, payload.len, &from);
	return from;
}

static enum step take_command(struct msnp_framer *f, struct slice rest, struct framed *framed, size_t line_total,
			      bool end, size_t *used)
{
	struct msnp_message *m = &framed->message;
	struct slice after = slice_sub(rest, line_total, rest.len);

	if (m->has_payload && after.len < m->declared) {
		if (!end) {
			f->want = line_total + (size_t)m->declared;
			return STEP_MORE;
		}
		m->payload = slice_sub(after, 0, true_length(f, after));
		framed->length_wrong = m->payload.len < after.len;
	} else {
		m->payload = slice_sub(after, 0, m->has_payload ? (size_t)m->declared : 0);
	}
	m->lost_bytes = f->lost;
	f->lost = 0;
	*used = line_total + m->payload.len;
	hand_over(f, framed, *used);
	f->base += *used;
	f->after_payload = m->has_payload && m->declared > 0;
	f->last_payload = m->payload;
	f->last_declared = m->declared;
	if (m->length_limit)
		f->synced = false;
	return STEP_USED;
}

/* One command at a place where one should be. */
static enum step next_command(struct msnp_framer *f, struct slice rest, bool end, size_t *used)
{
	struct framed framed = {.kind = FRAMED_COMMAND};
	struct msnp_message *m = &framed.message;
	struct line line;

	if (name_plausible(rest) == CANDIDATE_NO)
		return lose_sync(f, rest, end, used);
	enum line_result found = find_line(rest, MSNP_LINE_MAX, f->scanned, &line);
	if (found == LINE_MORE && !end) {
		f->scanned = rest.len;
		return STEP_MORE;
	}
	if (found != LINE_FOUND || !line_plausible(&line))
		return lose_sync(f, rest, end, used);
	struct msnp_words words = msnp_split(line.text, &f->arena);
	struct msnp_match match = msnp_match(words, f->sender, f->context, &f->arena);
	m->sender = f->sender;
	m->line = line.text;
	m->bare_lf = line.bare_lf;
	if (match.fit == FIT_NONE) {
		if (guess_length(m, words, slice_sub(rest, line.total, rest.len), end) == STEP_MORE)
			return STEP_MORE;
	} else {
		read_length(m, words, &match);
	}
	return take_command(f, rest, &framed, line.total, end, used);
}

/* Goes back into the last payload: its tail and the bytes at hand become the bytes to work on. */
static struct slice step_back(struct msnp_framer *f, struct buffer *work, struct slice rest, size_t from)
{
	struct buffer rebuilt = {NULL, 0, 0};

	buffer_add_slice(&rebuilt, slice_sub(f->last_payload, from, f->last_payload.len));
	buffer_add_slice(&rebuilt, rest);
	f->recovered_until = f->base;
	f->wrong_declared = f->last_declared;
	f->wrong_actual = from;
	f->base -= f->last_payload.len - from;
	f->recoveries++;
	f->after_payload = false;
	buffer_free(work);
	*work = rebuilt;
	return buffer_slice(work);
}

/*
 * Works through the bytes; *work takes over when they have to be put together
 * anew.  Returns what is left for later.
 */
static struct slice run(struct msnp_framer *f, struct slice data, bool end, struct buffer *work)
{
	while (data.len) {
		size_t used = 0;
		enum step step = f->synced ? next_command(f, data, end, &used) : find_sync(f, data, end, &used);

		arena_reset(&f->arena);
		if (step == STEP_BACK) {
			data = step_back(f, work, data, used);
		} else {
			data = slice_sub(data, used, data.len);
			if (step == STEP_MORE)
				break;
		}
		f->want = 0;
		f->scanned = 0;
	}
	return data;
}

/* Bytes that cannot be kept count as skipped. */
static void give_up(struct msnp_framer *f, struct slice data)
{
	skip(f, data);
	hand_over_skipped(f, true);
	f->synced = false;
	f->after_payload = false;
	f->want = 0;
	f->scanned = 0;
	f->lost = 0;
}

/* Keeps the last payload, which lies in bytes that go away now, in case its length turns out wrong. */
static void keep_payload(struct msnp_framer *f)
{
	if (!f->after_payload || f->last_payload.ptr == f->kept.data) {
		if (!f->after_payload && f->kept.capacity)
			release(f, &f->kept);
		return;
	}
	f->kept.len = 0;
	if (store(f, &f->kept, f->last_payload))
		f->last_payload = buffer_slice(&f->kept);
	else
		f->after_payload = false;
}

static void work_on(struct msnp_framer *f, struct slice data, bool end)
{
	struct buffer work = {NULL, 0, 0};
	bool stored = data.ptr == f->pending.data;
	struct slice left = run(f, data, end, &work);

	keep_payload(f);
	if (stored && !work.data) {
		buffer_consume(&f->pending, f->pending.len - left.len);
		if (f->pending.len == 0)
			release(f, &f->pending);
	} else {
		f->pending.len = 0;
		if (left.len && !store(f, &f->pending, left))
			give_up(f, left);
		else if (left.len == 0 && f->pending.capacity)
			release(f, &f->pending);
	}
	buffer_free(&work);
}

void msnp_framer_data(struct msnp_framer *f, struct slice data)
{
	if (f->pending.len == 0) {
		work_on(f, data, false);
		return;
	}
	if (!store(f, &f->pending, data)) {
		struct slice stored = buffer_slice(&f->pending);

		give_up(f, stored);
		release(f, &f->pending);
		work_on(f, data, false);
		return;
	}
	if (f->pending.len >= f->want)
		work_on(f, buffer_slice(&f->pending), false);
}

/* What is pending will not be continued. */
static void flush(struct msnp_framer *f)
{
	if (f->pending.len)
		work_on(f, buffer_slice(&f->pending), true);
	hand_over_skipped(f, false);
	if (f->kept.capacity)
		release(f, &f->kept);
	f->after_payload = false;
}

void msnp_framer_gap(struct msnp_framer *f, uint64_t len)
{
	if (f->want > f->pending.len && len <= f->want - f->pending.len) {
		/* Wholly inside a payload: its end is still known. */
		uint8_t zeros[512] = {0};

		for (uint64_t left = len; left > 0;) {
			size_t n = left < sizeof(zeros) ? (size_t)left : sizeof(zeros);

			f->lost += n;
			left -= n;
			msnp_framer_data(f, slice_of(zeros, n));
			if (f->want == 0 && left > 0) {
				/* The budget ran out: nothing is pending any more. */
				f->base += left;
				break;
			}
		}
		return;
	}
	flush(f);
	f->base += len;
	f->synced = false;
}

void msnp_framer_end(struct msnp_framer *f)
{
	flush(f);
}
