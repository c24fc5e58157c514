/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/json_session.h"

#include "output/json_object.h"

/* Name and version in one string, as users say it. */
static void write_client(struct json *j, const struct user_session *s)
{
	struct buffer both = {NULL, 0, 0};

	buffer_add_slice(&both, s->client);
	if (s->client.len && s->client_version.len)
		buffer_add_byte(&both, ' ');
	buffer_add_slice(&both, s->client_version);
	JSON_KEY(j, "client");
	json_known(j, buffer_slice(&both));
	buffer_free(&both);
	JSON_KEY(j, "client_name");
	json_known(j, s->client);
	JSON_KEY(j, "client_version");
	json_known(j, s->client_version);
}

static void write_user(struct json *j, const struct user_session *s)
{
	JSON_KEY(j, "id");
	json_u64(j, s->id);
	JSON_KEY(j, "user");
	json_known(j, s->user);
	JSON_KEY(j, "endpoint");
	json_known(j, s->endpoint);
	JSON_KEY(j, "name");
	json_known(j, s->name);
	write_client(j, s);
	JSON_KEY(j, "os");
	json_known(j, s->os);
	JSON_KEY(j, "version");
	if (s->version > 0)
		json_u64(j, (uint64_t)s->version);
	else
		json_null(j);
	JSON_KEY(j, "version_from");
	json_str(j, s->version > 0 ? version_from_name(s->version_from) : NULL);
	JSON_KEY(j, "sign_in");
	json_str(j, s->sign_in);
	JSON_KEY(j, "signed_in");
	json_bool(j, s->signed_in);
	JSON_KEY(j, "began_before");
	json_bool(j, s->began_before);
	JSON_KEY(j, "other_end");
	json_bool(j, s->other_end);
}

static void write_connections(struct json *j, const struct user_session *s)
{
	JSON_KEY(j, "connections");
	json_begin_array(j);
	for (size_t i = 0; i < s->connection_count; i++)
		json_u64(j, s->connections[i].connection);
	json_end_array(j);
	JSON_KEY(j, "links");
	json_begin_array(j);
	for (size_t i = 0; i < s->connection_count; i++) {
		json_begin_object(j);
		JSON_KEY(j, "connection");
		json_u64(j, s->connections[i].connection);
		JSON_KEY(j, "how");
		json_str(j, session_link_name(s->connections[i].how));
		JSON_KEY(j, "inferred");
		json_bool(j, session_link_inferred(s->connections[i].how));
		json_end_object(j);
	}
	json_end_array(j);
	JSON_KEY(j, "connections_omitted");
	json_u64(j, s->connections_omitted);
}

static void write_extent(struct json *j, const struct user_session *s)
{
	JSON_KEY(j, "start");
	json_time(j, s->start_ns, s->nanoseconds);
	JSON_KEY(j, "end");
	json_time(j, s->end_ns, s->nanoseconds);
	JSON_KEY(j, "end_reason");
	json_str(j, session_end_name(s->end));
	JSON_KEY(j, "end_text");
	json_known(j, s->end_text);
	JSON_KEY(j, "first_event");
	json_id(j, s->first_event);
	JSON_KEY(j, "last_event");
	json_id(j, s->last_event);
	JSON_KEY(j, "events");
	json_u64(j, s->events);
	json_findings(j, s->findings);
	JSON_KEY(j, "messages_sent");
	json_u64(j, s->messages_sent);
	JSON_KEY(j, "messages_received");
	json_u64(j, s->messages_received);
}

static void write_lists(struct json *j, const struct contact *c)
{
	static const char *const names[] = {"FL", "AL", "BL", "RL", "PL"};

	JSON_KEY(j, "lists");
	json_begin_array(j);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (c->lists & 1u << i)
			json_str(j, names[i]);
	json_end_array(j);
}

static void write_contact(struct json *j, const struct roster_view *r, const struct contact *c, bool nanoseconds)
{
	json_begin_object(j);
	JSON_KEY(j, "account");
	json_known(j, c->account);
	JSON_KEY(j, "network");
	json_id(j, c->network);
	JSON_KEY(j, "name");
	json_known(j, c->name);
	write_lists(j, c);
	JSON_KEY(j, "removed");
	json_bool(j, c->removed);
	JSON_KEY(j, "groups");
	json_begin_array(j);
	for (size_t i = 0; i < c->group_count; i++) {
		const struct group *g = &r->groups[c->groups[i]];

		json_string(j, g->name.len ? g->name : g->id);
	}
	json_end_array(j);
	JSON_KEY(j, "status");
	json_known(j, c->status);
	JSON_KEY(j, "message");
	json_known(j, c->message);
	JSON_KEY(j, "media");
	json_known(j, c->media);
	JSON_KEY(j, "status_time");
	if (c->status_ns)
		json_time(j, c->status_ns, nanoseconds);
	else
		json_null(j);
	json_end_object(j);
}

static void write_group(struct json *j, const struct group *g)
{
	json_begin_object(j);
	JSON_KEY(j, "id");
	json_known(j, g->id);
	JSON_KEY(j, "name");
	json_known(j, g->name);
	JSON_KEY(j, "removed");
	json_bool(j, g->removed);
	json_end_object(j);
}

static void write_change(struct json *j, const struct presence_change *p, bool nanoseconds)
{
	json_begin_object(j);
	JSON_KEY(j, "event");
	json_u64(j, p->event);
	JSON_KEY(j, "time");
	json_time(j, p->time_ns, nanoseconds);
	JSON_KEY(j, "who");
	json_known(j, p->who);
	JSON_KEY(j, "status");
	json_known(j, p->status);
	JSON_KEY(j, "name");
	json_known(j, p->name);
	JSON_KEY(j, "message");
	json_known(j, p->message);
	JSON_KEY(j, "media");
	json_known(j, p->media);
	JSON_KEY(j, "cleared");
	json_bool(j, p->cleared);
	json_end_object(j);
}

static void write_roster(struct json *j, const struct roster_view *r, bool nanoseconds)
{
	JSON_KEY(j, "status");
	json_known(j, r->status);
	JSON_KEY(j, "message");
	json_known(j, r->message);
	JSON_KEY(j, "media");
	json_known(j, r->media);
	JSON_KEY(j, "has_lists");
	json_bool(j, r->has_lists);
	JSON_KEY(j, "contacts");
	json_begin_array(j);
	for (size_t i = 0; i < r->contact_count; i++)
		write_contact(j, r, &r->contacts[i], nanoseconds);
	json_end_array(j);
	JSON_KEY(j, "contacts_omitted");
	json_u64(j, r->contacts_omitted);
	JSON_KEY(j, "groups");
	json_begin_array(j);
	for (size_t i = 0; i < r->group_count; i++)
		write_group(j, &r->groups[i]);
	json_end_array(j);
	JSON_KEY(j, "groups_omitted");
	json_u64(j, r->groups_omitted);
	JSON_KEY(j, "presence");
	json_begin_array(j);
	for (size_t i = 0; i < r->presence_count; i++)
		write_change(j, &r->presence[i], nanoseconds);
	json_end_array(j);
	JSON_KEY(j, "presence_omitted");
	json_u64(j, r->presence_omitted);
}

void json_session_members(struct json *j, const struct user_session *s)
{
	JSON_KEY(j, "type");
	json_str(j, "session");
	write_user(j, s);
	write_connections(j, s);
	write_extent(j, s);
	write_roster(j, &s->roster, s->nanoseconds);
}
