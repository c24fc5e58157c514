/* SPDX-License-Identifier: BSD-2-Clause */
/* From event to event: partners, findings, marks, numbers, times. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "output/timestamp.h"
#include "tui/app_internal.h"
#include "tui/row_text.h"
#include "util/memory.h"

#define DAY_NS (INT64_C(86400) * 1000000000)
/* From 0000-03-01 to 1970-01-01. */
#define DAYS_TO_1970 719468

/* --- along the view --- */

typedef bool wanted(const struct app *app, const struct store_row *row, const struct store_row *from);

static bool has_finding(const struct app *app, const struct store_row *row, const struct store_row *from)
{
	(void)app;
	(void)from;
	return row->severity != 0;
}

static bool is_same(const struct app *app, const struct store_row *row, const struct store_row *from)
{
	(void)app;
	return row->name == from->name;
}

static bool is_here(const struct app *app, const struct store_row *row, const struct store_row *from)
{
	(void)app;
	return row->connection == from->connection;
}

static void walk(struct app *app, wanted *want, bool forward, const char *what)
{
	uint32_t count = view_count(app->view);

	if (app->row == STORE_NONE || count == 0)
		return;
	const struct store_row *from = store_row(app->store, app->row);
	uint32_t place = view_place(app->view, app->row);
	while (forward ? ++place < count : place-- > 0) {
		uint32_t row = view_row(app->view, place);

		if (want(app, store_row(app->store, row), from)) {
			app_go_to_row(app, row);
			return;
		}
	}
	app_say(app, LOOK_WARNING, "no %s %s", forward ? "later" : "earlier", what);
}

/* --- partners --- */

static void go_to_partner(struct app *app)
{
	const struct store_row *row = app->row == STORE_NONE ? NULL : store_row(app->store, app->row);

	if (!row || (row->request == STORE_NONE && row->reply == STORE_NONE))
		app_say(app, LOOK_WARNING, "no request or reply of this event is known");
	else
		app_go_to_row(app, row->request != STORE_NONE ? row->request : row->reply);
}

/* --- marks --- */

static size_t mark_place(const struct app *app, uint32_t row)
{
	size_t i = 0;

	while (i < app->mark_count && app->marks[i] < row)
		i++;
	return i;
}

static void toggle_mark(struct app *app)
{
	size_t at = mark_place(app, app->row);

	if (app->row == STORE_NONE)
		return;
	if (app_is_marked(app, app->row)) {
		memmove(app->marks + at, app->marks + at + 1, (--app->mark_count - at) * sizeof(*app->marks));
		return;
	}
	if (app->mark_count == app->mark_capacity) {
		app->mark_capacity = app->mark_capacity ? 2 * app->mark_capacity : 16;
		app->marks = memory_realloc(app->marks, app->mark_capacity * sizeof(*app->marks));
	}
	memmove(app->marks + at + 1, app->marks + at, (app->mark_count++ - at) * sizeof(*app->marks));
	app->marks[at] = app->row;
}

/* "1.500000 s later than event 7" */
static void tell_time_between(struct app *app, uint32_t from, uint32_t to)
{
	int64_t span = store_row(app->store, to)->time_ns - store_row(app->store, from)->time_ns;
	struct buffer text = {NULL, 0, 0};

	duration_add(&text, span < 0 ? -span : span, false);
	app_say(app, LOOK_NORMAL, "%.*s s %s than event %" PRIu64, SLICE_ARG(buffer_slice(&text)), span < 0 ? "earlier" : "later",
		row_text(app->row_texts, from)->id);
	buffer_free(&text);
}

static void go_to_mark(struct app *app)
{
	size_t at = mark_place(app, app->row);
	uint32_t from = app->row;

	if (app->mark_count == 0) {
		app_say(app, LOOK_WARNING, "no event is marked; m marks one");
		return;
	}
	if (at < app->mark_count && app->marks[at] == from)
		at++;
	if (app_go_to_row(app, app->marks[at < app->mark_count ? at : 0]) && from != STORE_NONE && from != app->row)
		tell_time_between(app, from, app->row);
}

bool app_jump(struct app *app, enum action a)
{
	switch (a) {
	case ACTION_PARTNER:
		go_to_partner(app);
		return true;
	case ACTION_NEXT_FINDING:
	case ACTION_PREVIOUS_FINDING:
		walk(app, has_finding, a == ACTION_NEXT_FINDING, "findings");
		return true;
	case ACTION_NEXT_SAME:
	case ACTION_PREVIOUS_SAME:
		walk(app, is_same, a == ACTION_NEXT_SAME, "event of this command");
		return true;
	case ACTION_NEXT_HERE:
	case ACTION_PREVIOUS_HERE:
		walk(app, is_here, a == ACTION_NEXT_HERE, "event of this connection");
		return true;
	case ACTION_MARK:
		toggle_mark(app);
		return true;
	case ACTION_NEXT_MARK:
		go_to_mark(app);
		return true;
	default:
		return false;
	}
}

/* --- numbers and times --- */

/* The file of the row under the cursor, else the first. */
static uint32_t file_here(const struct app *app)
{
	return app->row == STORE_NONE ? 0 : store_connection(app->store, store_row(app->store, app->row)->connection)->file;
}

/* Event numbers rise with the rows of a file. */
static uint32_t row_of_number(const struct app *app, uint32_t file, uint64_t number)
{
	const struct store_file *f = store_file(app->store, file);
	uint32_t low = f->first_row, high = f->first_row + f->rows;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (row_text(app->row_texts, middle)->id < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->first_row + f->rows && row_text(app->row_texts, low)->id == number ? low : STORE_NONE;
}

/* "17", or "2.17" in the second file. */
static bool parse_number(const struct app *app, struct slice text, uint32_t *row)
{
	size_t point = slice_find_byte(text, '.');
	uint64_t file = file_here(app) + UINT64_C(1), number;

	if (point < text.len && store_files(app->store) > 1) {
		if (!slice_u64(slice_sub(text, 0, point), &file))
			return false;
		text = slice_sub(text, point + 1, text.len);
	}
	if (!slice_u64(text, &number))
		return false;
	*row = file >= 1 && file <= store_files(app->store) ? row_of_number(app, (uint32_t)file - 1, number) : STORE_NONE;
	return true;
}

/* Seconds with a fraction, whole slice. */
static bool parse_seconds(struct slice text, int64_t *ns)
{
	size_t point = slice_find_byte(text, '.');
	uint64_t whole = 0;
	int64_t unit = 100000000;

	if ((point && !slice_u64(slice_sub(text, 0, point), &whole)) || text.len == 0 || whole > UINT32_MAX)
		return false;
	*ns = (int64_t)whole * 1000000000;
	for (size_t i = point + 1; i < text.len; i++, unit /= 10) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		*ns += (text.ptr[i] - '0') * unit;
	}
	return true;
}

/* "12:30", "12:30:05.5": nanoseconds since midnight. */
static bool parse_clock(struct slice text, int64_t *ns)
{
	size_t first = slice_find_byte(text, ':');
	struct slice rest = slice_sub(text, first + 1, text.len);
	size_t second = slice_find_byte(rest, ':');
	uint64_t hours, minutes;
	int64_t seconds = 0;

	if (first == text.len || !slice_u64(slice_sub(text, 0, first), &hours) || !slice_u64(slice_sub(rest, 0, second), &minutes) ||
	    hours > 23 || minutes > 59)
		return false;
	if (second < rest.len && !parse_seconds(slice_sub(rest, second + 1, rest.len), &seconds))
		return false;
	*ns = ((int64_t)hours * 3600 + (int64_t)minutes * 60) * 1000000000 + seconds;
	return true;
}

/* "2011-08-10": midnight since 1970. */
static bool parse_date(struct slice text, int64_t *ns)
{
	uint64_t year, month, day;

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' || !slice_u64(slice_sub(text, 0, 4), &year) ||
	    !slice_u64(slice_sub(text, 5, 2), &month) || !slice_u64(slice_sub(text, 8, 2), &day) || year < 1970 || year > 2200)
		return false;
	/* Days from civil: months begin with March, so that the leap day is the last. */
	uint64_t y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
	int64_t days = (int64_t)(365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1) - DAYS_TO_1970;
	*ns = days * DAY_NS;
	return true;
}

/* The first row of the view at that time or later. */
static uint32_t row_at(const struct app *app, int64_t time_ns)
{
	uint32_t low = 0, high = view_count(app->view);

	/* Times rise but for small disorder, which a search by halves does not mind. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (store_row(app->store, view_row(app->view, middle))->time_ns < time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low < view_count(app->view) ? view_row(app->view, low) : STORE_NONE;
}

static bool parse_time(const struct app *app, struct slice text, uint32_t *row)
{
	int64_t start = store_row(app->store, app->row == STORE_NONE ? 0 : app->row)->time_ns, date, clock = 0;

	date = start - ((start % DAY_NS) + DAY_NS) % DAY_NS;
	if (text.ptr[0] == '+') {
		date = store_row(app->store, 0)->time_ns;
		if (!parse_seconds(slice_sub(text, 1, text.len), &clock))
			return false;
	} else if (parse_date(slice_sub(text, 0, 10), &date)) {
		if (text.len > 11 && !parse_clock(slice_sub(text, 11, text.len), &clock))
			return false;
	} else if (!parse_clock(text, &clock)) {
		return false;
	}
	*row = row_at(app, date + clock);
	return true;
}

bool app_jump_to(struct app *app, struct prompt *p)
{
	struct slice text = slice_trim(buffer_slice(&p->text));
	uint32_t row = STORE_NONE;

	if (text.len == 0)
		return true;
	if (store_rows(app->store) == 0)
		snprintf(p->error, sizeof(p->error), "there are no events");
	else if (!parse_number(app, text, &row) && !parse_time(app, text, &row))
		snprintf(p->error, sizeof(p->error), "wants an event's number, 12:30, 12:30:05.5, 2003-05-16T12:30 or +90.5");
	else if (row == STORE_NONE)
		snprintf(p->error, sizeof(p->error), "no such event, or none so late");
	else
		app_go_to_row(app, row);
	return p->error[0] == 0;
}
