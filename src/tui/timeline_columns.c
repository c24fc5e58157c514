/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/timeline_columns.h"

#include <inttypes.h>
#include <stdio.h>

#include "output/timestamp.h"
#include "tui/menu.h"
#include "tui/row_text.h"
#include "util/wanted.h"

/* Where summaries begin, behind the other columns, when the command is shorter. */
#define COMMAND_SHARE 40 /* per cent of what is left */
#define COMMAND_MIN 16

static const struct column {
	unsigned bit;
	const char *name, *title;
	int width;              /* 0: takes what is left */
} columns[COLUMN_BITS] = {
	{COLUMN_NUMBER, "number of the event", "No.", 6},
	{COLUMN_TIME, "time", "Time", 15},
	{COLUMN_CONNECTION, "connection and server", "Connection", 10},
	{COLUMN_SESSION, "user session", "Session", 7},
	{COLUMN_FRAME, "frame", "Frame", 7},
	{COLUMN_LATENCY, "time since the request", "Latency", 9},
	{COLUMN_LENGTH, "length of the payload", "Payload", 7},
	{COLUMN_COMMAND, "command", "Command", 0},
	{COLUMN_SUMMARY, "what it means", "Meaning", 0},
};

/* --- texts --- */

void columns_add_time(const struct app *app, struct buffer *out, uint32_t row, uint32_t before)
{
	const struct store_row *r = store_row(app->store, row);
	bool nanoseconds = r->flags & ROW_NANOSECONDS;

	switch (app->time_mode) {
	case TIME_OF_DAY:
		row_add_time(out, r->time_ns, nanoseconds);
		break;
	case TIME_SINCE_START:
		duration_add(out, r->time_ns - store_row(app->store, 0)->time_ns, nanoseconds);
		break;
	case TIME_SINCE_PREVIOUS:
		duration_add(out, before == STORE_NONE ? 0 : r->time_ns - store_row(app->store, before)->time_ns, nanoseconds);
		break;
	case TIME_MODES:
		break;
	}
}

static void add_connection(const struct app *app, struct buffer *out, const struct store_row *r)
{
	const struct store_connection *n = store_connection(app->store, r->connection);
	const char *role = connection_role_name(&n->info);

	if (store_files(app->store) > 1)
		buffer_printf(out, "%" PRIu32 ".", n->file + 1);
	buffer_printf(out, "%" PRIu64 " %-3s %s", n->info.id, role ? role : "?", r->from == MSNP_CLIENT ? ">>>" : "<<<");
}

/* The text of a column of fixed width. */
static void add_text(const struct app *app, struct buffer *out, unsigned bit, uint32_t place)
{
	uint32_t row = view_row(app->view, place);
	const struct store_row *r = store_row(app->store, row);
	const struct row_text *text = row_text(app->row_texts, row);
	uint32_t session = store_row_session(app->store, r);

	switch (bit) {
	case COLUMN_NUMBER:
		buffer_printf(out, "%" PRIu64, text->id ? text->id : row + UINT64_C(1));
		break;
	case COLUMN_TIME:
		columns_add_time(app, out, row, place ? view_row(app->view, place - 1) : STORE_NONE);
		break;
	case COLUMN_CONNECTION:
		add_connection(app, out, r);
		break;
	case COLUMN_SESSION:
		if (session != STORE_NONE)
			buffer_printf(out, "%" PRIu64, store_session(app->store, session)->info.id);
		break;
	case COLUMN_FRAME:
		buffer_printf(out, "%" PRIu64, r->frame);
		break;
	case COLUMN_LATENCY:
		if (text->has_latency)
			duration_add(out, text->latency_ns, false);
		break;
	case COLUMN_LENGTH:
		if (text->has_payload)
			buffer_printf(out, "%" PRIu64, text->payload_length);
		break;
	default:
		break;
	}
}

/* --- layout --- */

static int digits(uint32_t n)
{
	int count = 1;

	for (; n >= 10; n /= 10)
		count++;
	return count;
}

/* Numbers of large captures have more digits, and so have times of fine clocks and those since a start long ago. */
static int width_of(const struct app *app, const struct column *k)
{
	uint32_t rows = store_rows(app->store);
	int width = k->width;

	if (k->bit == COLUMN_NUMBER && digits(rows) > width)
		width = digits(rows);
	if (k->bit == COLUMN_TIME && rows && store_row(app->store, 0)->flags & ROW_NANOSECONDS)
		width += 3;
	/* "12.345 NS  >>>" of the 12th of several files. */
	if (k->bit == COLUMN_CONNECTION)
		width += digits(store_connections(app->store)) - 1;
	if (k->bit == COLUMN_CONNECTION && store_files(app->store) > 1)
		width += digits(store_files(app->store)) + 1;
	return width;
}

const char *columns_time_title(const struct app *app)
{
	static const char *const titles[] = {"Time (UTC)", "Since start", "Since previous"};

	return titles[app->time_mode];
}

int columns_time_width(const struct app *app)
{
	for (size_t i = 0; i < COLUMN_BITS; i++)
		if (columns[i].bit == COLUMN_TIME)
			return width_of(app, &columns[i]);
	return 0;
}

static bool wants(const struct app *app, unsigned bit)
{
	return app->columns & bit;
}

/* How the two columns without a width share what is left. */
static int command_width(const struct app *app, int left)
{
	int width = left * COMMAND_SHARE / 100;

	if (!wants(app, COLUMN_SUMMARY))
		return left;
	if (!wants(app, COLUMN_COMMAND))
		return 0;
	return width < COMMAND_MIN && left > 2 * COMMAND_MIN ? COMMAND_MIN : width;
}

void columns_header(struct app *app, struct canvas *c, struct area a)
{
	int at = 0;

	for (size_t i = 0; i < COLUMN_BITS; i++) {
		const struct column *k = &columns[i];

		if (!wants(app, k->bit))
			continue;
		int width = k->width ? width_of(app, k) : k->bit == COLUMN_COMMAND ? command_width(app, a.columns - at) : a.columns - at;
		canvas_str(c, a.row, a.column + at, width < a.columns - at ? width : a.columns - at, LOOK_HEADER,
			   k->bit == COLUMN_TIME ? columns_time_title(app) : k->title);
		at += width + 1;
	}
}

/* A long command line may take room that its summary does not need, and the other way round. */
static int share(const struct app *app, const struct row_text *text, int left)
{
	int command = command_width(app, left), wanted = text_columns(text->command), summary = text_columns(text->summary);

	if (!wants(app, COLUMN_SUMMARY) || wanted <= command)
		return command;
	return summary + wanted + 2 <= left ? wanted : left - summary - 2 > command ? left - summary - 2 : command;
}

/* Lights what was looked for, as far as it can be seen. */
static void light_found(const struct app *app, struct canvas *c, struct area a, struct slice text)
{
	struct wanted w = wanted_text(buffer_slice(&app->find.text));

	for (size_t at = wanted_find(text, 0, &w); at < text.len; at = wanted_find(text, at + w.text.len, &w)) {
		int column = text_columns(slice_sub(text, 0, at)) - app->shift, width = text_columns(slice_sub(text, at, w.text.len));

		if (column < 0) {
			width += column;
			column = 0;
		}
		canvas_tint(c, area_columns(a, column, width), LOOK_FOUND);
	}
}

static void draw_text(struct app *app, struct canvas *c, struct area a, enum look look, struct slice text)
{
	int drawn = canvas_text_from(c, a.row, a.column, a.columns, look, text, app->shift);

	light_found(app, c, area_columns(a, 0, drawn), text);
}

static void draw_texts(struct app *app, struct canvas *c, struct area a, uint32_t place)
{
	const struct row_text *text = row_text(app->row_texts, view_row(app->view, place));
	int at = 0;

	if (wants(app, COLUMN_COMMAND)) {
		int width = share(app, text, a.columns);

		draw_text(app, c, area_columns(a, 0, width), text->look, text->command);
		at = width + 1;
	}
	if (wants(app, COLUMN_SUMMARY) && at < a.columns)
		draw_text(app, c, area_columns(a, at, a.columns - at), LOOK_NORMAL, text->summary);
}

void columns_draw(struct app *app, struct canvas *c, struct area a, uint32_t place)
{
	struct buffer text = {NULL, 0, 0};
	int at = 0;

	for (size_t i = 0; i < COLUMN_BITS; i++) {
		const struct column *k = &columns[i];
		int width = width_of(app, k), room = a.columns - at;

		if (!wants(app, k->bit) || !k->width || room <= 0)
			continue;
		text.len = 0;
		add_text(app, &text, k->bit, place);
		struct slice s = buffer_slice(&text);
		/* Numbers stand to the right, a connection too long for its column keeps its arrow. */
		bool right = k->bit != COLUMN_CONNECTION;
		int columns_wide = text_columns(s), pad = right && columns_wide < width ? width - columns_wide : 0;
		enum look look = k->bit == COLUMN_CONNECTION ? row_text(app->row_texts, view_row(app->view, place))->look : LOOK_DIM;
		canvas_text(c, a.row, a.column + at + pad, width - pad < room ? width - pad : room, look, s);
		at += width + 1;
	}
	buffer_free(&text);
	draw_texts(app, c, area_columns(a, at, a.columns - at), place);
}

/* --- menu --- */

static void choose(struct app *app, int id, bool ticked)
{
	unsigned bit = columns[id].bit;

	app->columns = ticked ? app->columns | bit : app->columns & ~bit;
}

void columns_menu(struct app *app)
{
	struct menu_item items[COLUMN_BITS];

	for (int i = 0; i < (int)COLUMN_BITS; i++)
		items[i] = (struct menu_item){columns[i].name, i, wants(app, columns[i].bit), false};
	menu_open(app, "Columns", items, COLUMN_BITS, true, choose);
}
