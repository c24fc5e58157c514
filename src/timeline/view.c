/* SPDX-License-Identifier: BSD-2-Clause */
#include "timeline/view.h"

#include <stdlib.h>
#include <time.h>

#include "timeline/store_internal.h"
#include "util/wanted.h"

/* Rows looked at before the clock is, and how long the lock is held at the most. */
#define ROWS_AT_A_TIME 64u
#define LOCKED_NS 4000000

struct view {
	struct store *store;
	struct filter *filter;
	uint32_t session, connection; /* STORE_NONE: any */
	uint32_t joined;              /* of the session, as it was when the first row was looked at */
	bool all;                     /* neither filter nor session nor connection: every row, no array */
	uint32_t looked;
	uint32_t *rows;               /* found, ascending */
	uint32_t count, capacity;
	struct arena arena;
	struct buffer packed;
};

struct view *view_new(struct store *s)
{
	struct view *v = memory_zalloc(sizeof(*v));

	v->store = s;
	view_set(v, NULL, STORE_NONE, STORE_NONE);
	return v;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	filter_free(v->filter);
	free(v->rows);
	arena_free(&v->arena);
	buffer_free(&v->packed);
	free(v);
}

void view_set(struct view *v, struct filter *filter, uint32_t session, uint32_t connection)
{
	filter_free(v->filter);
	v->filter = filter;
	v->session = session;
	v->connection = connection;
	v->all = !filter && session == STORE_NONE && connection == STORE_NONE;
	v->looked = v->count = v->joined = 0;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* --- filtering --- */

static bool event_matches(struct view *v, uint32_t row)
{
	struct event e;
	bool matches = store_event(v->store, row, &v->arena, &v->packed, &e) && filter_matches(v->filter, &e);

	arena_reset(&v->arena);
	return matches;
}

/* What the row itself says comes first: it costs nothing. */
static bool is_wanted(struct view *v, uint32_t row)
{
	const struct store_row *r = store_row(v->store, row);

	if (v->connection != STORE_NONE && r->connection != v->connection)
		return false;
	if (v->session != STORE_NONE && store_row_session(v->store, r) != v->session)
		return false;
	return !v->filter || event_matches(v, row);
}

static void add(struct view *v, uint32_t row)
{
	if (v->count == v->capacity) {
		v->capacity = v->capacity ? v->capacity + v->capacity / 2 : 1024;
		v->rows = memory_realloc(v->rows, v->capacity * sizeof(*v->rows));
	}
	v->rows[v->count++] = row;
}

/* When earlier rows have turned out to be the session's, or not to be, all are looked at again. */
static void check_session(struct view *v)
{
	uint32_t joined = v->session < store_sessions(v->store) ? store_session(v->store, v->session)->joined : 0;

	if (joined != v->joined)
		v->looked = v->count = 0;
	v->joined = joined;
}

/* Looks at some rows with the lock held.  Returns how many are left. */
static uint32_t look(struct view *v, int64_t until)
{
	uint32_t rows;

	store_lock(v->store);
	rows = store_rows(v->store);
	if (v->all)
		v->looked = rows;
	check_session(v);
	do {
		for (uint32_t i = 0; i < ROWS_AT_A_TIME && v->looked < rows; i++, v->looked++)
			if (is_wanted(v, v->looked))
				add(v, v->looked);
	} while (v->looked < rows && now_ns() < until);
	store_unlock(v->store);
	return rows - v->looked;
}

bool view_step(struct view *v, int64_t budget_ns)
{
	int64_t now = now_ns(), end = now + budget_ns;
	uint32_t left;

	do {
		left = look(v, now + LOCKED_NS < end ? now + LOCKED_NS : end);
		now = now_ns();
	} while (left && now < end);
	return left > 0;
}

uint32_t view_looked(const struct view *v)
{
	return v->looked;
}

uint32_t view_count(const struct view *v)
{
	return v->all ? v->looked : v->count;
}

uint32_t view_row(const struct view *v, uint32_t i)
{
	return v->all ? i : v->rows[i];
}

uint32_t view_place(const struct view *v, uint32_t row)
{
	uint32_t low = 0, high = v->count;

	if (v->all)
		return row < v->looked ? row : v->looked;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (v->rows[middle] < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t view_bytes(const struct view *v)
{
	return v->capacity * sizeof(*v->rows);
}

/* --- looking for text --- */

static bool field_holds(const struct field *f, const struct wanted *w)
{
	bool is_text = f->has_value && (f->def->type == FIELD_TEXT || f->def->type == FIELD_BYTES);

	return wanted_in(f->key, w) || (is_text && wanted_in(f->value.text, w));
}

static bool tree_holds(const struct field *root, const struct wanted *w)
{
	const struct field *f = root->first;

	while (f) {
		if (field_holds(f, w))
			return true;
		if (f->first) {
			f = f->first;
			continue;
		}
		while (f && !f->next)
			f = f->parent;
		f = f ? f->next : NULL;
	}
	return false;
}

static bool event_holds(const struct event *e, const struct wanted *w)
{
	if (wanted_in(e->line, w) || wanted_in(e->dissection->summary, w))
		return true;
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		if (wanted_in(slice_str(f->rule->id), w) || wanted_in(f->text, w))
			return true;
	return tree_holds(&e->dissection->root, w);
}

bool view_holds(const struct event *e, struct slice text)
{
	struct wanted w = wanted_text(slice_sub(text, 0, VIEW_TEXT_MAX));

	return w.text.len && event_holds(e, &w);
}

/*
 * All texts stand in the packed bytes, each in one piece, but for the ids of
 * rules: what is not in these bytes need not be unpacked.
 */
static bool row_holds(struct view *v, uint32_t row, const struct wanted *w)
{
	const struct store_row *r = store_row(v->store, row);
	struct event e;

	if (!store_packed(v->store, row, &v->packed) || (!r->findings && !wanted_in(buffer_slice(&v->packed), w)))
		return false;
	bool found = event_unpack(buffer_slice(&v->packed), &store_connection(v->store, r->connection)->info, &v->arena, &e) &&
		     event_holds(&e, w);
	arena_reset(&v->arena);
	return found;
}

/* Looks at a place; moves on from it when the text is not there. */
static enum view_found search_place(struct view *v, const struct wanted *w, bool forward, uint32_t *at)
{
	uint32_t count = view_count(v);

	if (!forward && count && *at >= count)
		*at = count - 1;
	if (*at >= count)
		return VIEW_NOT_FOUND;
	if (row_holds(v, view_row(v, *at), w))
		return VIEW_FOUND;
	if (!forward && *at == 0)
		return VIEW_NOT_FOUND;
	*at = forward ? *at + 1 : *at - 1;
	return VIEW_SEARCHING;
}

/* Looks at some places with the lock held. */
static enum view_found search(struct view *v, const struct wanted *w, bool forward, uint32_t *at, int64_t until)
{
	enum view_found found = VIEW_SEARCHING;

	store_lock(v->store);
	do {
		for (uint32_t i = 0; i < ROWS_AT_A_TIME && found == VIEW_SEARCHING; i++)
			found = search_place(v, w, forward, at);
	} while (found == VIEW_SEARCHING && now_ns() < until);
	store_unlock(v->store);
	return found;
}

enum view_found view_find(struct view *v, struct slice text, bool forward, uint32_t *at, int64_t budget_ns)
{
	int64_t now = now_ns(), end = now + budget_ns;
	struct wanted w = wanted_text(slice_sub(text, 0, VIEW_TEXT_MAX));
	enum view_found found;

	if (w.text.len == 0)
		return VIEW_NOT_FOUND;
	do {
		found = search(v, &w, forward, at, now + LOCKED_NS < end ? now + LOCKED_NS : end);
		now = now_ns();
	} while (found == VIEW_SEARCHING && now < end);
	return found;
}
