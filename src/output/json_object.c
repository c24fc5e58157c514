/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/json_object.h"

void json_known(struct json *j, struct slice s)
{
	if (s.len)
		json_string(j, s);
	else
		json_null(j);
}

void json_id(struct json *j, uint64_t id)
{
	if (id)
		json_u64(j, id);
	else
		json_null(j);
}

void json_findings(struct json *j, const uint64_t counts[3])
{
	static const enum severity order[] = {SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE};

	JSON_KEY(j, "findings");
	json_begin_object(j);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const char *name = severity_name(order[i]);

		json_key_plain(j, name, strlen(name));
		json_u64(j, counts[order[i]]);
	}
	json_end_object(j);
}

void json_step(struct json *j, uint64_t event, int64_t time_ns, bool nanoseconds)
{
	if (!event) {
		json_null(j);
		return;
	}
	json_begin_object(j);
	JSON_KEY(j, "event");
	json_u64(j, event);
	JSON_KEY(j, "time");
	json_time(j, time_ns, nanoseconds);
	json_end_object(j);
}

static void write_parties(struct json *j, const struct object *o)
{
	JSON_KEY(j, "transport");
	json_str(j, o->transport);
	JSON_KEY(j, "connection");
	json_u64(j, o->connection);
	JSON_KEY(j, "direct_connection");
	if (o->direct_connection)
		json_u64(j, o->direct_connection);
	else
		json_null(j);
	JSON_KEY(j, "from");
	json_known(j, o->from);
	JSON_KEY(j, "to");
	json_known(j, o->to);
	JSON_KEY(j, "name");
	json_known(j, o->name);
	JSON_KEY(j, "friendly");
	json_known(j, o->friendly);
	JSON_KEY(j, "call");
	if (o->call)
		json_u64(j, o->call);
	else
		json_null(j);
	JSON_KEY(j, "call_id");
	json_known(j, o->call_id);
	JSON_KEY(j, "session_id");
	json_u64(j, o->session_id);
}

static void write_bytes(struct json *j, const struct object *o)
{
	JSON_KEY(j, "size");
	if (o->has_size)
		json_u64(j, o->size);
	else
		json_null(j);
	JSON_KEY(j, "received");
	json_u64(j, o->received);
	JSON_KEY(j, "missing");
	json_begin_array(j);
	for (size_t i = 0; i < o->missing_count; i++) {
		json_begin_array(j);
		json_u64(j, o->missing[i].offset);
		json_u64(j, o->missing[i].length);
		json_end_array(j);
	}
	json_end_array(j);
	JSON_KEY(j, "sha1");
	if (o->has_sha1)
		json_hex(j, slice_of(o->sha1, sizeof(o->sha1)));
	else
		json_null(j);
	JSON_KEY(j, "sha1d");
	json_known(j, o->sha1d);
	JSON_KEY(j, "sha1d_verdict");
	json_str(j, object_verdict_name(o->verdict));
	JSON_KEY(j, "sha1c_verdict");
	json_str(j, o->sha1c);
	JSON_KEY(j, "media_type");
	json_str(j, o->media_type);
}

static void write_steps(struct json *j, const struct object *o)
{
	const struct {
		const char *name;
		const struct object_step *step;
	} steps[] = {
		{"invited", &o->invited},     {"accepted", &o->accepted}, {"first_data", &o->first_data},
		{"last_data", &o->last_data}, {"ended", &o->ended},
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		json_key_plain(j, steps[i].name, strlen(steps[i].name));
		json_step(j, steps[i].step->event, steps[i].step->time_ns, o->nanoseconds);
	}
}

void json_object_members(struct json *j, const struct object *o)
{
	JSON_KEY(j, "id");
	json_u64(j, o->id);
	JSON_KEY(j, "kind");
	json_str(j, object_kind_name(o->kind));
	JSON_KEY(j, "state");
	json_str(j, object_state_name(o->state));
	JSON_KEY(j, "cause");
	json_known(j, o->cause);
	write_parties(j, o);
	write_bytes(j, o);
	write_steps(j, o);
}
