/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of the session under the cursor; or, where that is none, of the files. */
#include <inttypes.h>
#include <stdlib.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "output/session_report.h"
#include "output/timestamp.h"
#include "tui/app.h"
#include "tui/text_lines.h"
#include "util/memory.h"

struct report {
	struct panel panel;
	struct text_lines lines;
	uint64_t generation;  /* of the store that it was made of */
	uint32_t session;
};

/* --- a session --- */

static void add_way(struct buffer *out, const struct connection *n)
{
	buffer_add_str(out, ", ");
	buffer_add_str(out, n->transport);
	for (size_t i = 0; i < CONNECTION_OUTER_MAX && n->outer[i]; i++)
		buffer_printf(out, " in %s", n->outer[i]);
	if (n->target) {
		buffer_add_str(out, " to ");
		escape_add_str(out, n->target);
	}
}

static const char *kind_of(const struct connection *n)
{
	const char *role = connection_role_name(n);

	return n->peer ? n->peer : role ? role : "?";
}

/* "    3 SB 192.0.2.7:1863, tcp (invited), 41 events, fin" */
static void add_connection(struct buffer *out, const struct store_session *s, const struct store_connection *n,
			   enum session_link how)
{
	char address[ADDRESS_TEXT_MAX];

	address_text(&n->info.server, address);
	buffer_printf(out, "    %" PRIu64 " %s %s", n->info.id, kind_of(&n->info), address);
	add_way(out, &n->info);
	if (n->info.version > 0 && n->info.role)
		buffer_printf(out, ", MSNP%d %s", n->info.version, version_from_name(n->info.version_from));
	buffer_printf(out, " (%s), ", session_report_link(&s->info, how));
	text_add_count(out, n->info.events, "event");
	if (n->ended && n->info.end_reason)
		buffer_printf(out, ", ended by %s", n->info.end_reason);
	buffer_add_byte(out, '\n');
}

static void add_connections(const struct app *app, struct buffer *out, const struct store_session *s)
{
	uint64_t count = s->info.connection_count + s->info.connections_omitted;

	session_report_label(out, count == 1 ? "connection:" : "connections:", true);
	text_add_count(out, count, "connection");
	if (s->info.other_end)
		buffer_add_str(out, "; the other end of a conversation is in the capture, too");
	buffer_add_byte(out, '\n');
	for (size_t i = 0; i < s->info.connection_count; i++) {
		const struct session_connection *link = &s->info.connections[i];
		uint32_t number = store_find_connection(app->store, s->file, link->connection);

		if (number != STORE_NONE)
			add_connection(out, s, store_connection(app->store, number), link->how);
	}
	if (s->info.connections_omitted)
		buffer_printf(out, "    and %" PRIu64 " more\n", s->info.connections_omitted);
}

static void add_session(const struct app *app, struct buffer *out, const struct store_session *s)
{
	session_report_about(out, &s->info, true);
	session_report_counts(out, &s->info, true);
	if (!s->final) {
		session_report_label(out, "so far:", true);
		buffer_add_str(out, "the file is still being read\n");
	}
	add_connections(app, out, s);
}

/* --- the files --- */

static void add_times(struct buffer *out, const struct store_file *f)
{
	session_report_label(out, "time:", true);
	timestamp_add(out, f->first_ns, ' ', false);
	buffer_add_str(out, " to ");
	timestamp_add(out, f->last_ns, ' ', false);
	buffer_add_byte(out, '\n');
}

static void add_file(struct buffer *out, const struct store_file *f)
{
	style_begin(out, true, STYLE_HEADING);
	escape_add_str(out, f->name);
	style_end(out, true, STYLE_HEADING);
	buffer_add_str(out, ": ");
	escape_add_str(out, f->format);
	buffer_add_byte(out, '\n');
	if (f->ended && f->packets)
		add_times(out, f);
	session_report_label(out, "holds:", true);
	if (f->ended) {
		text_add_count(out, f->packets, strcmp(f->format, "transcript") == 0 ? "line" : "packet");
		buffer_add_str(out, ", ");
	}
	text_add_count(out, f->rows, "event");
	buffer_add_byte(out, '\n');
}

/* --- the panel --- */

static void refresh(struct report *r)
{
	struct app *app = r->panel.app;
	struct buffer text = {NULL, 0, 0};
	uint64_t generation = store_generation(app->store);

	if (r->generation == generation && r->session == app->session)
		return;
	if (r->session != app->session)
		r->lines.list.top = r->lines.list.selected = 0;
	r->generation = generation;
	r->session = app->session;
	if (app->session < store_sessions(app->store))
		add_session(app, &text, store_session(app->store, app->session));
	else
		for (uint32_t i = 0; i < store_files(app->store); i++)
			add_file(&text, store_file(app->store, i));
	text_lines_set(&r->lines, buffer_slice(&text));
	buffer_free(&text);
}

static void draw(struct panel *p, struct canvas *c, struct area a, bool focused)
{
	struct report *r = (struct report *)p;

	refresh(r);
	text_lines_draw(&r->lines, c, a, false, focused);
}

static bool act(struct panel *p, enum action a)
{
	return text_lines_act(&((struct report *)p)->lines, a);
}

static bool find(struct panel *p, struct slice text, bool forward)
{
	return text_lines_find(&((struct report *)p)->lines, text, forward);
}

static void report_free(struct panel *p)
{
	text_lines_free(&((struct report *)p)->lines);
	free(p);
}

struct panel *panel_session_report_new(struct app *app)
{
	static const enum action hints[] = {ACTION_SEARCH, ACTION_NONE};
	static const struct panel_class class = {"Session", hints, draw, act, find, NULL, report_free};
	struct report *r = memory_zalloc(sizeof(*r));

	r->panel = (struct panel){&class, app};
	r->generation = UINT64_MAX;
	r->session = STORE_NONE;
	r->lines.wrap = true;
	r->lines.indent = 6;
	return &r->panel;
}
