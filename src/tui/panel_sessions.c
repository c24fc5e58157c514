/* SPDX-License-Identifier: BSD-2-Clause */
/* The user sessions, a line each; behind them a line for the events of none. */
#include <inttypes.h>
#include <stdlib.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "output/session_report.h"
#include "output/timestamp.h"
#include "tui/app.h"
#include "tui/table.h"
#include "tui/text_match.h"
#include "util/memory.h"

enum { NUMBER, USER, CLIENT, VERSION, TRANSPORT, START, LENGTH, EVENTS, FINDINGS, END, COLUMNS };

static const struct table_column columns[COLUMNS] = {
	{"No.", 4, 4, 10, true},
	{"User", 17, 48, 11, false},
	{"Client", 14, 26, 4, false},
	{"Version", 7, 7, 6, false},
	{"Transport", 9, 20, 2, false},
	{"Start (UTC)", 19, 19, 7, false},
	{"Length", 8, 9, 5, true},
	{"Events", 7, 9, 9, true},
	{"Findings", 8, 14, 8, false},
	{"End", 12, 40, 3, false},
};

/* What MSNP connections went through, as bits. */
static const char *const transports[] = {"tcp", "http-gateway", "socks4", "socks5", "http-connect", "http-upgrade"};
#define TRANSPORTS (sizeof(transports) / sizeof(transports[0]))

struct sessions {
	struct panel panel;
	struct list list;
	uint64_t generation;      /* of the store that the rest was made of */
	uint8_t *transports;      /* by session */
	size_t transports_capacity;
	uint32_t count;           /* sessions */
	uint32_t loose;           /* events of no session */
	bool at_loose;            /* the cursor is on their line */
};

/* --- what is gathered from the store --- */

static uint8_t bit_of(const char *name)
{
	for (size_t i = 0; name && i < TRANSPORTS; i++)
		if (strcmp(transports[i], name) == 0)
			return (uint8_t)(1u << i);
	return 0;
}

static void gather_connection(struct sessions *s, const struct store_connection *n)
{
	if (n->session == STORE_NONE || n->session >= s->count || n->info.web || n->info.peer)
		return;
	s->transports[n->session] |= bit_of(n->info.transport);
	for (size_t i = 0; i < CONNECTION_OUTER_MAX && n->info.outer[i]; i++)
		s->transports[n->session] |= bit_of(n->info.outer[i]);
}

static void gather(struct sessions *s)
{
	const struct store *store = s->panel.app->store;
	uint64_t events = 0;

	if (s->generation == store_generation(store))
		return;
	s->generation = store_generation(store);
	s->count = store_sessions(store);
	if (s->count > s->transports_capacity) {
		s->transports_capacity = s->count + s->count / 2;
		s->transports = memory_realloc(s->transports, s->transports_capacity);
	}
	if (s->transports)
		memset(s->transports, 0, s->transports_capacity);
	for (uint32_t i = 0; i < store_connections(store); i++)
		gather_connection(s, store_connection(store, i));
	for (uint32_t i = 0; i < s->count; i++)
		events += store_session(store, i)->rows;
	s->loose = events < store_rows(store) ? store_rows(store) - (uint32_t)events : 0;
}

/* --- texts --- */

static void add_length(struct buffer *out, int64_t ns)
{
	int64_t seconds = ns / 1000000000;

	if (seconds < 0)
		seconds = 0;
	buffer_printf(out, "%" PRId64 ":%02d:%02d", seconds / 3600, (int)(seconds / 60 % 60), (int)(seconds % 60));
}

static void add_user(struct buffer *out, const struct user_session *u)
{
	if (u->user.len)
		escape_add(out, u->user);
	else
		buffer_add_str(out, "(not known)");
	if (u->name.len && !slice_case_eq(u->name, u->user)) {
		buffer_add_str(out, " \"");
		escape_add(out, u->name);
		buffer_add_byte(out, '"');
	}
}

static void add_client(struct buffer *out, const struct user_session *u)
{
	escape_add(out, u->client);
	if (u->client.len && u->client_version.len)
		buffer_add_byte(out, ' ');
	escape_add(out, u->client_version);
}

static void add_transports(struct buffer *out, uint8_t bits)
{
	size_t before = out->len;

	for (size_t i = 0; i < TRANSPORTS; i++) {
		if (!(bits & 1u << i))
			continue;
		if (out->len > before)
			buffer_add_byte(out, ' ');
		buffer_add_str(out, transports[i]);
	}
}

static void add_start(struct buffer *out, int64_t ns)
{
	struct buffer stamp = {NULL, 0, 0};

	timestamp_add(&stamp, ns, ' ', false);
	/* Without the fraction. */
	buffer_add_slice(out, slice_sub(buffer_slice(&stamp), 0, slice_find_byte(buffer_slice(&stamp), '.')));
	buffer_free(&stamp);
}

static void add_number(const struct app *app, struct buffer *out, const struct store_session *n)
{
	if (store_files(app->store) > 1)
		buffer_printf(out, "%" PRIu32 ".", n->file + 1);
	buffer_add_u64(out, n->info.id);
}

/* The text of any column but the findings. */
static void add_text(const struct sessions *s, struct buffer *out, unsigned column, uint32_t session)
{
	const struct store_session *n = store_session(s->panel.app->store, session);
	const struct user_session *u = &n->info;

	switch (column) {
	case NUMBER:
		add_number(s->panel.app, out, n);
		break;
	case USER:
		add_user(out, u);
		break;
	case CLIENT:
		add_client(out, u);
		break;
	case VERSION:
		if (u->version > 0)
			buffer_printf(out, "MSNP%d%s", u->version, u->version_from == VERSION_NEGOTIATED ? "" : "?");
		break;
	case TRANSPORT:
		add_transports(out, s->transports[session]);
		break;
	case START:
		add_start(out, u->start_ns);
		break;
	case LENGTH:
		add_length(out, u->end_ns - u->start_ns);
		break;
	case EVENTS:
		buffer_add_u64(out, n->final ? u->events : n->rows);
		break;
	case END:
		if (n->final)
			session_report_end(out, u);
		else
			buffer_add_str(out, "(so far)");
		break;
	default:
		break;
	}
}

/* --- drawing --- */

/* "1E 2W 10N", each in its colour. */
static void draw_findings(const struct table *t, struct canvas *c, struct area a, const struct user_session *u)
{
	static const struct {
		enum severity severity;
		enum look look;
		char letter;
	} kinds[] = {{SEVERITY_ERROR, LOOK_ERROR, 'E'}, {SEVERITY_WARNING, LOOK_WARNING, 'W'}, {SEVERITY_NOTE, LOOK_NOTE, 'N'}};
	int at = t->at[FINDINGS], end = at + t->width[FINDINGS];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && at < end; i++)
		if (u->findings[kinds[i].severity])
			at += 1 + canvas_printf(c, a.row, a.column + at, end - at, kinds[i].look, "%" PRIu64 "%c",
						u->findings[kinds[i].severity], kinds[i].letter);
}

/* A name that does not fit is left out. */
static void cut_name(const struct table *t, struct buffer *text, const struct user_session *u)
{
	if (text_columns(buffer_slice(text)) <= t->width[USER] || !u->user.len)
		return;
	text->len = 0;
	escape_add(text, u->user);
}

static void draw_session(const struct sessions *s, const struct table *t, struct canvas *c, struct area a, uint32_t session)
{
	struct buffer text = {NULL, 0, 0};

	for (unsigned i = 0; i < COLUMNS; i++) {
		text.len = 0;
		add_text(s, &text, i, session);
		if (i == USER)
			cut_name(t, &text, &store_session(s->panel.app->store, session)->info);
		table_cell(t, i, c, a, i == USER || i == EVENTS ? LOOK_NORMAL : LOOK_DIM, buffer_slice(&text));
	}
	draw_findings(t, c, a, &store_session(s->panel.app->store, session)->info);
	buffer_free(&text);
}

static void draw_loose(const struct sessions *s, const struct table *t, struct canvas *c, struct area a)
{
	struct buffer text = {NULL, 0, 0};

	if (s->count == 0) {
		buffer_add_str(&text, "all events; no session is known");
	} else {
		buffer_add_str(&text, "all events, ");
		text_add_count(&text, s->loose, "event");
		buffer_add_str(&text, " of no session among them");
	}
	canvas_text(c, a.row, a.column + t->at[USER], a.columns - t->at[USER], LOOK_NORMAL, buffer_slice(&text));
	buffer_free(&text);
}

/* Lines: sessions, and one more where there are events of none.  At the beginning the first session is selected. */
static void lay_out(struct sessions *s, int rows)
{
	struct app *app = s->panel.app;
	uint32_t selected = app->session != STORE_NONE ? app->session : s->at_loose ? s->count : s->list.selected;

	list_layout(&s->list, s->count + (s->loose > 0), rows);
	if (selected != s->list.selected)
		list_jump(&s->list, selected);
	app->session = s->list.selected < s->count ? s->list.selected : STORE_NONE;
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct sessions *s = (struct sessions *)p;
	struct table t;

	gather(s);
	table_layout(&t, columns, COLUMNS, a.columns);
	table_header(&t, c, a);
	a = area_rows(a, 1, a.rows - 1);
	lay_out(s, a.rows);
	for (int i = 0; i < a.rows && s->list.top + (uint32_t)i < s->list.count; i++) {
		uint32_t line = s->list.top + (uint32_t)i;
		struct area row = area_rows(a, i, 1);

		if (line < s->count)
			draw_session(s, &t, c, row, line);
		else
			draw_loose(s, &t, c, row);
		if (line == s->list.selected)
			canvas_tint(c, row, focused ? LOOK_SELECTED : LOOK_SELECTED_ASIDE);
	}
	if (s->list.count == 0 && a.rows > 0)
		canvas_str(c, a.row, a.column + 1, a.columns - 1, LOOK_DIM,
			   p->app->status.running ? "nothing yet" : "no sessions");
}

/* --- acting --- */

static void take_cursor(struct sessions *s)
{
	s->at_loose = s->list.selected >= s->count && s->list.count > 0;
	s->panel.app->session = s->at_loose || s->count == 0 ? STORE_NONE : s->list.selected;
}

static bool act(struct panel *p, enum action a)
{
	struct sessions *s = (struct sessions *)p;

	gather(s);
	lay_out(s, (int)s->list.page);
	if (list_act(&s->list, a)) {
		take_cursor(s);
		return true;
	}
	if (a != ACTION_OPEN)
		return false;
	if (s->list.count == 0)
		return true;
	app_only(p->app, p->app->session, STORE_NONE);
	app_show(p->app, SCREEN_TIMELINE);
	return true;
}

static bool holds(void *ctx, uint32_t line, struct slice wanted)
{
	const struct sessions *s = ctx;
	struct buffer text = {NULL, 0, 0};
	bool found = false;

	for (unsigned i = 0; line < s->count && i < COLUMNS && !found; i++) {
		text.len = 0;
		add_text(s, &text, i, line);
		found = text_match(buffer_slice(&text), wanted);
	}
	buffer_free(&text);
	return found;
}

static bool find(struct panel *p, struct slice text, bool forward)
{
	struct sessions *s = (struct sessions *)p;
	bool found = list_find(&s->list, forward, holds, s, text);

	take_cursor(s);
	return found;
}

static void click(struct panel *p, int line)
{
	struct sessions *s = (struct sessions *)p;

	if (line < 1 || s->list.top + (uint32_t)line - 1 >= s->list.count)
		return;
	list_select(&s->list, s->list.top + (uint32_t)line - 1);
	take_cursor(s);
}

static void sessions_free(struct panel *p)
{
	free(((struct sessions *)p)->transports);
	free(p);
}

struct panel *panel_sessions_new(struct app *app)
{
	static const enum action hints[] = {ACTION_OPEN, ACTION_SEARCH, ACTION_NONE};
	static const struct panel_class class = {"Sessions", hints, draw, act, find, click, sessions_free};
	struct sessions *s = memory_zalloc(sizeof(*s));

	s->panel = (struct panel){&class, app};
	s->generation = UINT64_MAX;
	return &s->panel;
}
