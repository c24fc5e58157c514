/* SPDX-License-Identifier: BSD-2-Clause */
#include "dissectors/msnp_framer.h"

#include "dissectors/msnp_line.h"

/* What one look at the bytes came to. */
enum step {
	STEP_USED, /* some bytes are done with */
	STEP_MORE, /* the bytes at hand do not decide it */
	STEP_LOST, /* no command starts here */
	STEP_BACK, /* a command starts further back, in the last payload */
};

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
	enum msnp_candidate next = msnp_name_plausible(after);
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
	framed.line_too_long = f->line_too_long;
	f->line_too_long = false;
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
static bool line_plausible(const struct msnp_line *line)
{
	const struct msnp_form *form;
	struct slice name = slice_sub(line->text, 0, 3), second = slice_sub(line->text, 4, line->text.len);
	uint64_t trid;

	if (line->text.len < 3 || (line->text.len > 3 && line->text.ptr[3] != ' '))
		return false;
	if (msnp_is_error_name(name))
		return slice_u64(slice_sub(second, 0, slice_find_byte(second, ' ')), &trid);
	return msnp_forms_named(name, &form) > 0 || (!line->bare_lf && !msnp_has_control_bytes(line->text));
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
	struct msnp_search search = {buffer_slice(&joined), f->last_payload.len, f->last_payload.len + 1,
				     end || rest.len > CANDIDATE_LINE_MAX + 2, f->sender, f->context, &f->arena};
	found = msnp_search(&search, from);
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
		enum msnp_candidate next = msnp_name_plausible(slice_sub(rest, stray, rest.len));

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
	struct msnp_search search = {payload, payload.len, payload.len, true, f->sender, f->context, &f->arena};
	size_t from = payload.len;

	msnp_search(&search, &from);
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
	struct msnp_line line;

	if (msnp_name_plausible(rest) == CANDIDATE_NO)
		return lose_sync(f, rest, end, used);
	enum msnp_line_result found = msnp_line_find(rest, MSNP_LINE_MAX, f->scanned, &line);
	if (found == LINE_MORE && !end) {
		f->scanned = rest.len;
		return STEP_MORE;
	}
	if (found != LINE_FOUND || !line_plausible(&line)) {
		enum step step = lose_sync(f, rest, end, used);

		f->line_too_long = found == LINE_NONE && !f->synced;
		return step;
	}
	m->sender = f->sender;
	m->line = line.text;
	m->bare_lf = line.bare_lf;
	if (msnp_never_payload(slice_sub(line.text, 0, 3), f->sender))
		return take_command(f, rest, &framed, line.total, end, used);
	struct msnp_words words = msnp_split(line.text, &f->arena);
	struct msnp_match match = msnp_match(words, f->sender, f->context, &f->arena);
	if (match.fit == FIT_NONE) {
		if (guess_length(m, words, slice_sub(rest, line.total, rest.len), end) == STEP_MORE)
			return STEP_MORE;
	} else {
		msnp_read_length(m, words, &match);
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

void msnp_framer_cut(struct msnp_framer *f)
{
	flush(f);
	f->synced = false;
}

void msnp_framer_end(struct msnp_framer *f)
{
	flush(f);
}
