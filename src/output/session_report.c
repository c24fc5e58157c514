/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/session_report.h"

#include <inttypes.h>

#include "dissectors/field.h"
#include "output/escape.h"
#include "output/json_session.h"
#include "output/style.h"
#include "output/timestamp.h"

/* Groups named without -v. */
#define GROUPS_SHOWN 8u

/* --- words --- */

void session_report_end(struct buffer *out, const struct user_session *s)
{
	static const char *const words[] = {
		[SESSION_END_SIGNED_OUT] = "signed out",
		[SESSION_END_OTHER_PLACE] = "signed in at another place",
		[SESSION_END_SHUTDOWN] = "server shut down",
		[SESSION_END_BY_SERVER] = "ended by the server",
		[SESSION_END_REFUSED] = "sign-in refused",
		[SESSION_END_CLOSED] = "connection closed",
		[SESSION_END_RESET] = "connection reset",
		[SESSION_END_LOST] = "lost sight of",
		[SESSION_END_CAPTURE] = "still on at the end of the capture",
	};

	buffer_add_str(out, words[s->end]);
	if (s->end_text.len == 0)
		return;
	buffer_add_str(out, " (");
	escape_add(out, s->end_text);
	buffer_add_byte(out, ')');
}

static const char *sign_in_words(const struct user_session *s)
{
	static const char *const names[][2] = {
		{"CTP", "password sign-in"},  {"MD5", "MD5 sign-in"}, {"TWN", "Passport sign-in"},
		{"SSO", "SSO sign-in"},       {"WEB", "web sign-in"},
		{"ATH", "ticket sign-in"},
	};

	for (size_t i = 0; s->sign_in && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i][0], s->sign_in) == 0)
			return names[i][1];
	return s->began_before ? "began before the capture" : "no sign-in";
}

static void add_user(struct buffer *out, const struct user_session *s)
{
	if (s->user.len)
		escape_add(out, s->user);
	else
		buffer_add_str(out, "user not known");
}

static void add_client(struct buffer *out, const struct user_session *s)
{
	if (s->client.len) {
		escape_add(out, s->client);
		buffer_add_byte(out, ' ');
		escape_add(out, s->client_version);
		buffer_add_str(out, ", ");
	}
	if (s->version > 0)
		buffer_printf(out, "MSNP%d%s%s, ", s->version, s->version_from == VERSION_NEGOTIATED ? "" : " ",
			      s->version_from == VERSION_NEGOTIATED ? "" : version_from_name(s->version_from));
	buffer_add_str(out, sign_in_words(s));
}

/* "2003-05-16 19:02:11", without the fraction; the date only where it is needed. */
static void add_seconds(struct buffer *out, int64_t ns, const struct slice *before)
{
	struct buffer text = {NULL, 0, 0};
	struct slice shown;

	timestamp_add(&text, ns, ' ', false);
	shown = slice_sub(buffer_slice(&text), 0, 19);
	if (before && slice_eq(slice_sub(shown, 0, 10), slice_sub(*before, 0, 10)))
		shown = slice_sub(shown, 11, 8);
	buffer_add_slice(out, shown);
	buffer_free(&text);
}

static void add_span(struct buffer *out, const struct user_session *s)
{
	struct buffer start = {NULL, 0, 0};

	if (s->start_ns == TIME_NONE) {
		buffer_add_str(out, "times not known");
		return;
	}
	add_seconds(&start, s->start_ns, NULL);
	struct slice text = buffer_slice(&start);
	buffer_add_slice(out, text);
	buffer_add_str(out, " to ");
	add_seconds(out, s->end_ns, &text);
	buffer_free(&start);
}

/* Numbers as they were linked, runs of three and more as "1-4". */
static void add_connections(struct buffer *out, const struct user_session *s)
{
	for (size_t i = 0; i < s->connection_count;) {
		size_t run = 1;

		while (i + run < s->connection_count &&
		       s->connections[i + run].connection == s->connections[i].connection + run)
			run++;
		buffer_add_str(out, i ? ", " : "");
		buffer_add_u64(out, s->connections[i].connection);
		if (run > 2) {
			buffer_add_byte(out, '-');
			buffer_add_u64(out, s->connections[i].connection + run - 1);
		} else {
			run = 1;
		}
		i += run;
	}
	if (s->connections_omitted)
		buffer_printf(out, " and %" PRIu64 " more", s->connections_omitted);
}

void session_report_line(struct buffer *out, const struct user_session *s)
{
	add_user(out, s);
	buffer_add_str(out, " (");
	add_client(out, s);
	buffer_add_str(out, "), ");
	add_span(out, s);
	buffer_add_str(out, ", ");
	session_report_end(out, s);
	buffer_add_str(out, s->connection_count == 1 ? "; connection " : "; connections ");
	add_connections(out, s);
}

/* --- paragraphs --- */

void session_report_label(struct buffer *out, const char *label, bool colour)
{
	style_begin(out, colour, STYLE_DIM);
	buffer_printf(out, "  %-13s", label);
	style_end(out, colour, STYLE_DIM);
}

static void add_label(const struct session_report *r, const char *label)
{
	session_report_label(&r->out->buffer, label, r->colour);
}

static void end_line(const struct session_report *r)
{
	buffer_add_byte(&r->out->buffer, '\n');
}

static void add_heading(struct buffer *out, const struct user_session *s, bool colour)
{
	style_begin(out, colour, STYLE_HEADING);
	buffer_add_str(out, "session ");
	buffer_add_u64(out, s->id);
	style_end(out, colour, STYLE_HEADING);
	buffer_add_str(out, ": ");
	add_user(out, s);
	if (s->name.len) {
		buffer_add_str(out, " \"");
		escape_add(out, s->name);
		buffer_add_byte(out, '"');
	}
	if (s->endpoint.len) {
		buffer_add_str(out, ", endpoint ");
		escape_add(out, s->endpoint);
	}
	buffer_add_byte(out, '\n');
}

void session_report_about(struct buffer *out, const struct user_session *s, bool colour)
{
	add_heading(out, s, colour);
	session_report_label(out, "client:", colour);
	add_client(out, s);
	if (s->signed_in)
		buffer_add_str(out, " accepted");
	if (s->os.len) {
		buffer_add_str(out, ", on ");
		escape_add(out, s->os);
	}
	buffer_add_byte(out, '\n');
	session_report_label(out, "time:", colour);
	add_span(out, s);
	buffer_add_str(out, ", ");
	session_report_end(out, s);
	buffer_add_byte(out, '\n');
}

const char *session_report_link(const struct user_session *s, enum session_link how)
{
	static const char *const words[] = {
		[LINK_SIGN_IN] = "began here",
		[LINK_REDIRECT] = "sent on here",
		[LINK_COOKIE] = "cookie",
		[LINK_RING] = "invited",
		[LINK_TICKET] = "ticket",
		[LINK_ACCOUNT] = "same account, inferred",
		[LINK_ADDRESS] = "same address, inferred",
		[LINK_CALL] = "call",
	};

	return how == LINK_SIGN_IN && s->began_before ? "notification server" : words[how];
}

static void add_links(const struct session_report *r, const struct user_session *s)
{
	struct buffer *out = &r->out->buffer;

	add_label(r, s->connection_count == 1 ? "connection:" : "connections:");
	for (size_t i = 0; i < s->connection_count; i++) {
		buffer_add_str(out, i ? ", " : "");
		buffer_add_u64(out, s->connections[i].connection);
		buffer_printf(out, " (%s)", session_report_link(s, s->connections[i].how));
	}
	if (s->connections_omitted)
		buffer_printf(out, " and %" PRIu64 " more", s->connections_omitted);
	if (s->other_end)
		buffer_add_str(out, "; the other end of a conversation is in the capture, too");
	end_line(r);
}

static const char *const list_names[] = {"FL", "AL", "BL", "RL", "PL"};
static const char *const list_words[] = {"forward", "allow", "block", "reverse", "pending"};
#define LISTS (sizeof(list_names) / sizeof(list_names[0]))

/* The id where there is no name. */
static void add_group(struct buffer *out, const struct group *g)
{
	buffer_add_str(out, g->name.len ? "" : "(id ");
	escape_add(out, g->name.len ? g->name : g->id);
	buffer_add_str(out, g->name.len ? "" : ")");
}

static void add_contact(const struct session_report *r, const struct group *groups, const struct contact *c)
{
	struct buffer *out = &r->out->buffer;

	buffer_add_str(out, "    ");
	escape_add(out, c->account);
	if (c->name.len && !slice_eq(c->name, c->account)) {
		buffer_add_str(out, " \"");
		escape_add(out, c->name);
		buffer_add_byte(out, '"');
	}
	for (size_t i = 0, any = 0; i < LISTS; i++)
		if (c->lists & 1u << i)
			buffer_printf(out, "%s%s", any++ ? "," : " ", list_names[i]);
	for (size_t i = 0; i < c->group_count; i++) {
		buffer_add_str(out, i ? ", " : " in ");
		add_group(out, &groups[c->groups[i]]);
	}
	if (c->removed)
		buffer_add_str(out, ", removed");
	if (c->status.len) {
		buffer_add_str(out, ", ");
		escape_add(out, c->status);
	}
	end_line(r);
}

static void add_contacts(const struct session_report *r, const struct roster_view *v)
{
	struct buffer *out = &r->out->buffer;
	size_t on[LISTS] = {0}, any = 0;

	if (v->contact_count == 0)
		return;
	for (size_t i = 0; i < v->contact_count; i++)
		for (size_t list = 0; list < LISTS; list++)
			on[list] += v->contacts[i].lists >> list & 1u;
	add_label(r, "contacts:");
	buffer_add_u64(out, v->contact_count + v->contacts_omitted);
	for (size_t list = 0; list < LISTS; list++)
		if (on[list])
			buffer_printf(out, "%s%zu %s", any++ ? ", " : ": ", on[list], list_words[list]);
	end_line(r);
	for (size_t i = 0; r->verbose && i < v->contact_count; i++)
		add_contact(r, v->groups, &v->contacts[i]);
}

static void add_groups(const struct session_report *r, const struct roster_view *v)
{
	struct buffer *out = &r->out->buffer;
	size_t shown = r->verbose || v->group_count < GROUPS_SHOWN ? v->group_count : GROUPS_SHOWN;

	if (v->group_count == 0)
		return;
	add_label(r, "groups:");
	for (size_t i = 0; i < shown; i++) {
		const struct group *g = &v->groups[i];

		buffer_add_str(out, i ? ", " : "");
		add_group(out, g);
		buffer_add_str(out, g->removed ? " (removed)" : "");
	}
	if (v->group_count + v->groups_omitted > shown)
		buffer_printf(out, " and %" PRIu64 " more", v->group_count + v->groups_omitted - shown);
	end_line(r);
}

static void add_known(struct buffer *out, const char *before, struct slice text)
{
	if (text.len == 0)
		return;
	buffer_add_str(out, before);
	escape_add(out, text);
	buffer_add_byte(out, '"');
}

/* "away" for "AWY". */
static void add_status(struct buffer *out, struct slice status)
{
	const struct enum_row *row = enum_find(&enum_sets[SET_status], status);

	if (row)
		buffer_add_str(out, row->name);
	else
		escape_add(out, status);
}

static void add_change(const struct session_report *r, const struct presence_change *p)
{
	struct buffer *out = &r->out->buffer;

	buffer_add_str(out, "    ");
	add_seconds(out, p->time_ns, NULL);
	buffer_add_byte(out, ' ');
	if (p->who.len)
		escape_add(out, p->who);
	else
		buffer_add_str(out, "the user");
	buffer_add_byte(out, ':');
	if (p->status.len) {
		buffer_add_byte(out, ' ');
		add_status(out, p->status);
	}
	add_known(out, " name \"", p->name);
	add_known(out, " message \"", p->message);
	add_known(out, " plays \"", p->media);
	if (p->cleared)
		buffer_add_str(out, " no message or media any more");
	end_line(r);
}

static void add_presence(const struct session_report *r, const struct roster_view *v)
{
	struct buffer *out = &r->out->buffer;

	if (v->presence_count == 0 && v->status.len == 0)
		return;
	add_label(r, "presence:");
	if (v->status.len) {
		buffer_add_str(out, "at last ");
		add_status(out, v->status);
		add_known(out, ", message \"", v->message);
		add_known(out, ", plays \"", v->media);
		buffer_add_str(out, "; ");
	}
	uint64_t changes = v->presence_count + v->presence_omitted;
	buffer_printf(out, "%" PRIu64 " %s", changes, changes == 1 ? "change" : "changes");
	end_line(r);
	for (size_t i = 0; r->verbose && i < v->presence_count; i++)
		add_change(r, &v->presence[i]);
	if (r->verbose && v->presence_omitted)
		buffer_printf(out, "    %" PRIu64 " more\n", v->presence_omitted);
}

void session_report_counts(struct buffer *out, const struct user_session *s, bool colour)
{
	static const enum severity order[] = {SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE};

	session_report_label(out, "messages:", colour);
	buffer_printf(out, "%" PRIu64 " sent, %" PRIu64 " received; %" PRIu64 " events", s->messages_sent,
		      s->messages_received, s->events);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (s->findings[order[i]])
			buffer_printf(out, ", %" PRIu64 " %s%s", s->findings[order[i]], severity_name(order[i]),
				      s->findings[order[i]] == 1 ? "" : "s");
	buffer_add_byte(out, '\n');
}

static void write_session(void *ctx, const struct user_session *s)
{
	struct session_report *r = ctx;
	struct buffer *out = &r->out->buffer;

	if (r->json) {
		struct json j = json_to(out, false);

		json_begin_object(&j);
		json_session_members(&j, s);
		json_end_object(&j);
		end_line(r);
	} else {
		session_report_about(out, s, r->colour);
		add_links(r, s);
		add_contacts(r, &s->roster);
		add_groups(r, &s->roster);
		add_presence(r, &s->roster);
		session_report_counts(out, s, r->colour);
		end_line(r);
	}
	output_record(r->out);
}

static void write_capture(void *ctx, const struct capture_info *c)
{
	struct session_report *r = ctx;
	struct buffer *out = &r->out->buffer;

	if (!r->files || r->json)
		return;
	style_begin(out, r->colour, STYLE_HEADING);
	escape_add_str(out, c->file);
	style_end(out, r->colour, STYLE_HEADING);
	buffer_add_str(out, "\n\n");
}

struct event_sink session_report_sink(struct session_report *r)
{
	return (struct event_sink){.capture = write_capture, .user_session = write_session, .ctx = r};
}
