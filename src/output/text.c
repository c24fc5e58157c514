/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/text.h"

#include "output/escape.h"
#include "output/event_text.h"
#include "output/style.h"
#include "output/text_fields.h"
#include "output/text_records.h"
#include "output/timestamp.h"
#include "util/utf8.h"

/* The summary begins in this column where the command line leaves room. */
#define SUMMARY_COLUMN 72u

static struct buffer *buffer_of(struct text_events *w)
{
	return &w->out->buffer;
}

static void begin(struct text_events *w, enum style style)
{
	style_begin(buffer_of(w), w->options.colour, style);
}

static void end(struct text_events *w, enum style style)
{
	style_end(buffer_of(w), w->options.colour, style);
}

static void end_line(struct text_events *w)
{
	buffer_add_byte(buffer_of(w), '\n');
}

/* --- files --- */

static void write_capture(void *ctx, const struct capture_info *c)
{
	struct text_events *w = ctx;
	struct buffer *out = buffer_of(w);

	begin(w, STYLE_HEADING);
	buffer_add_str(out, "capture ");
	escape_add_str(out, c->file);
	end(w, STYLE_HEADING);
	buffer_add_str(out, ": ");
	escape_add_str(out, c->format);
	if (c->transcript) {
		buffer_add_str(out, " of the form ");
		escape_add_str(out, c->transcript);
	}
	for (size_t i = 0; i < c->linktype_count; i++) {
		buffer_add_str(out, ", ");
		escape_add_str(out, c->linktypes[i]);
	}
	buffer_add_str(out, "; times are UTC");
	end_line(w);
	output_record(w->out);
}

static void write_notice(void *ctx, const struct notice *n)
{
	struct text_events *w = ctx;
	struct buffer *out = buffer_of(w);
	enum style style = style_of_severity(n->severity);

	begin(w, style);
	buffer_add_str(out, "! ");
	buffer_add_str(out, severity_name(n->severity));
	end(w, style);
	buffer_add_byte(out, ' ');
	escape_add_str(out, n->file);
	buffer_add_str(out, ": ");
	escape_add(out, n->text);
	end_line(w);
	output_record(w->out);
}

static void write_summary(void *ctx, const struct summary *s)
{
	struct text_events *w = ctx;
	struct buffer *out = buffer_of(w);

	if (s->packets > s->lines || !s->lines) {
		text_add_count(out, s->packets - s->lines, "packet");
		buffer_add_str(out, ", ");
	}
	if (s->lines) {
		text_add_count(out, s->lines, "line");
		buffer_add_str(out, " of text, ");
	}
	text_add_count(out, s->connections, "connection");
	buffer_add_str(out, ", ");
	text_add_count(out, s->events, "event");
	buffer_add_str(out, "; findings: ");
	text_add_count(out, s->findings[SEVERITY_ERROR], "error");
	buffer_add_str(out, ", ");
	text_add_count(out, s->findings[SEVERITY_WARNING], "warning");
	buffer_add_str(out, ", ");
	text_add_count(out, s->findings[SEVERITY_NOTE], "note");
	end_line(w);
	output_record(w->out);
}

/* --- connections --- */

static void add_connection(struct text_events *w, const struct connection *c)
{
	begin(w, STYLE_HEADING);
	buffer_add_str(buffer_of(w), "connection ");
	buffer_add_u64(buffer_of(w), c->id);
	end(w, STYLE_HEADING);
}

static void add_address(struct buffer *out, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];

	buffer_add(out, text, address_text(a, text));
}

static void add_ends(struct buffer *out, const struct connection *c)
{
	if (c->log_name) {
		buffer_add_byte(out, ' ');
		escape_add_str(out, c->log_name);
	}
	if (c->transcript && !c->client.version && !c->server.version)
		return;
	buffer_add_str(out, c->log_name ? ", " : " ");
	add_address(out, &c->client);
	buffer_add_str(out, " -> ");
	add_address(out, &c->server);
}

/* How version, role and direction were told, as far as they were not seen outright. */
static void add_provenance(struct buffer *out, const struct connection *c)
{
	buffer_add_str(out, " (");
	buffer_add_str(out, version_from_name(c->version_from));
	if (c->version_from != VERSION_NEGOTIATED && c->versions.lo < c->versions.hi)
		buffer_printf(out, ", MSNP%d to MSNP%d possible", c->versions.lo, c->versions.hi);
	if (!c->role)
		buffer_add_str(out, "; role not known");
	else if (c->role_from == VERSION_ASSUMED)
		buffer_printf(out, "; role %s", version_from_name(c->role_from));
	if (c->direction_from == DIRECTION_COMMANDS)
		buffer_add_str(out, "; client told by its commands");
	else if (c->direction_from == DIRECTION_PORT)
		buffer_add_str(out, "; client assumed from the ports");
	buffer_add_byte(out, ')');
}

/* "tcp", "socks5 tcp to 203.0.113.5:1863", "http-gateway session 700100200 to messenger.example.com". */
static void add_transport(struct buffer *out, const struct connection *c)
{
	for (size_t i = 0; i < CONNECTION_OUTER_MAX && c->outer[i]; i++) {
		buffer_add_byte(out, ' ');
		buffer_add_str(out, c->outer[i]);
	}
	buffer_add_byte(out, ' ');
	buffer_add_str(out, c->transport);
	if (c->gateway_session) {
		buffer_add_str(out, " session ");
		escape_add_str(out, c->gateway_session);
	}
	if (c->target) {
		buffer_add_str(out, " to ");
		escape_add_str(out, c->target);
	}
}

static void add_peer(struct buffer *out, const struct connection *c)
{
	static const struct {
		const char *peer, *what;
	} kinds[] = {{"p2p", " direct connection"}, {"msnftp", " file transfer (MSNFTP)"}, {"webcam", " webcam video"}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].peer, c->peer) == 0)
			buffer_add_str(out, kinds[i].what);
	if (c->direction_from == DIRECTION_COMMANDS)
		buffer_add_str(out, " (client told by what it says)");
	else if (c->direction_from == DIRECTION_PORT)
		buffer_add_str(out, " (client assumed from the ports)");
}

static void write_connection_start(void *ctx, const struct connection *c)
{
	struct text_events *w = ctx;
	struct buffer *out = buffer_of(w);

	add_connection(w, c);
	buffer_add_byte(out, ':');
	add_ends(out, c);
	add_transport(out, c);
	if (c->web) {
		buffer_add_str(out, " web services");
	} else if (c->peer) {
		add_peer(out, c);
	} else {
		buffer_printf(out, " %s MSNP%d", c->role ? msnp_role_name(c->role) : "?", c->version);
		add_provenance(out, c);
	}
	end_line(w);
	output_record(w->out);
}

static void add_lost(struct text_events *w, const struct connection *c)
{
	struct buffer *out = buffer_of(w);

	if (!c->lost[MSNP_CLIENT] && !c->lost[MSNP_SERVER])
		return;
	buffer_add_str(out, "; ");
	begin(w, STYLE_WARNING);
	buffer_add_str(out, "lost ");
	buffer_add_u64(out, c->lost[MSNP_CLIENT]);
	buffer_add_str(out, " from client, ");
	buffer_add_u64(out, c->lost[MSNP_SERVER]);
	buffer_add_str(out, " from server");
	end(w, STYLE_WARNING);
}

static void write_connection_end(void *ctx, const struct connection *c)
{
	struct text_events *w = ctx;
	struct buffer *out = buffer_of(w);

	add_connection(w, c);
	buffer_add_str(out, " ends (");
	buffer_add_str(out, c->end_reason ? c->end_reason : "?");
	buffer_add_str(out, "): ");
	if (c->start_ns != TIME_NONE) {
		duration_add(out, c->end_ns - c->start_ns, w->nanoseconds);
		buffer_add_str(out, " s, ");
	}
	text_add_count(out, c->events, "event");
	buffer_add_str(out, ", ");
	text_add_count(out, c->bytes[MSNP_CLIENT], "byte");
	buffer_add_str(out, " from client, ");
	buffer_add_u64(out, c->bytes[MSNP_SERVER]);
	buffer_add_str(out, " from server");
	if (c->polls) {
		buffer_add_str(out, ", ");
		text_add_count(out, c->polls, "poll");
	}
	add_lost(w, c);
	end_line(w);
	output_record(w->out);
}

/* --- events --- */

static const char *role_shown(const struct connection *c)
{
	const char *name = connection_role_name(c);

	return name ? name : "? ";
}

/* Time, connection and sender. */
static void add_origin(struct text_events *w, const struct event *e)
{
	struct buffer *out = buffer_of(w);
	enum style style = e->from == MSNP_CLIENT ? STYLE_CLIENT : STYLE_SERVER;

	begin(w, STYLE_DIM);
	timestamp_add(out, e->time_ns, ' ', e->nanoseconds);
	end(w, STYLE_DIM);
	buffer_add_str(out, "  #");
	buffer_add_u64(out, e->connection->id);
	buffer_add_byte(out, ' ');
	buffer_printf(out, "%-4s", role_shown(e->connection));
	begin(w, style);
	buffer_add_str(out, e->from == MSNP_CLIENT ? ">>> " : "<<< ");
	end(w, style);
}

/* Characters in the line from begin on; what is escaped has one byte each. */
static size_t columns(const struct buffer *out, size_t begin)
{
	size_t n = 0;

	for (size_t i = begin; i < out->len; i++)
		n += (out->data[i] & 0xc0) != 0x80;
	return n;
}

static void add_summary(struct text_events *w, struct slice summary, size_t column)
{
	struct buffer *out = buffer_of(w);

	if (summary.len == 0)
		return;
	for (; column < SUMMARY_COLUMN; column++)
		buffer_add_byte(out, ' ');
	buffer_add_str(out, "  ");
	masks_add_text(out, summary, &w->masks);
}

/* The part of the line up to the arrow, without colours: time, "  #", id, " NS  >>> ". */
static size_t origin_columns(const struct event *e)
{
	size_t n = (e->nanoseconds ? 29 : 26) + 3 + 9;

	for (uint64_t id = e->connection->id; id; id /= 10)
		n++;
	return n;
}

static void write_line(struct text_events *w, const struct event *e)
{
	struct buffer *out = buffer_of(w);
	enum style style = event_text_style(e);

	add_origin(w, e);
	begin(w, style);
	size_t from = out->len;
	event_text_command(out, e, &w->masks);
	size_t column = origin_columns(e) + columns(out, from);
	end(w, style);
	if (e->kind != EVENT_LOST && e->kind != EVENT_SKIPPED) {
		add_summary(w, e->dissection->summary, e->kind == EVENT_GATEWAY || e->kind == EVENT_MISSING ? SUMMARY_COLUMN : column);
		event_text_partial(out, e);
	}
	end_line(w);
}

static void write_finding(struct text_events *w, const struct finding *f)
{
	struct buffer *out = buffer_of(w);
	enum style style = style_of_severity(f->rule->severity);

	buffer_add_str(out, "    ");
	begin(w, style);
	buffer_add_str(out, "! ");
	buffer_add_str(out, severity_name(f->rule->severity));
	buffer_add_byte(out, ' ');
	buffer_add_str(out, f->rule->id);
	end(w, style);
	buffer_add_str(out, ": ");
	masks_add_text(out, f->text.len ? f->text : slice_str(f->rule->explanation), &w->masks);
	if (f->field && f->field->def) {
		buffer_add_str(out, " [");
		buffer_add_str(out, f->field->def->name);
		buffer_add_byte(out, ']');
	}
	if (w->options.verbose >= 1)
		buffer_printf(out, " (%s)", verdict_name(f->rule->verdict));
	end_line(w);
}

static void write_event(void *ctx, const struct event *e)
{
	struct text_events *w = ctx;

	w->nanoseconds = e->nanoseconds;
	event_text_masks(&w->masks, e);
	write_line(w, e);
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		write_finding(w, f);
	if (w->options.verbose >= 1)
		text_fields_add(w, e);
	if (w->options.verbose >= 2)
		text_bytes_add(w, e);
	output_record(w->out);
}

void text_events_init(struct text_events *w, struct output *out, struct text_options options)
{
	*w = (struct text_events){.out = out, .options = options};
	masks_init(&w->masks, options.show_secrets);
}

void text_events_free(struct text_events *w)
{
	masks_free(&w->masks);
}

struct event_sink text_events_sink(struct text_events *w)
{
	return (struct event_sink){
		.capture = write_capture,
		.connection_start = write_connection_start,
		.event = write_event,
		.connection_end = write_connection_end,
		.notice = write_notice,
		.offline_message = text_offline_message,
		.object = text_object,
		.user_session = text_session,
		.summary = write_summary,
		.ctx = w,
	};
}
