/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/json_events.h"

#include "output/json_fields.h"
#include "output/json_object.h"
#include "output/json_session.h"

struct json *json_record_begin(struct json_events *w, const char *type)
{
	struct json *j = &w->json;

	json_begin_object(j);
	JSON_KEY(j, "type");
	json_str(j, type);
	return j;
}

void json_record_end(struct json_events *w)
{
	json_end_object(&w->json);
	if (!w->options.pretty)
		buffer_add_byte(&w->out->buffer, '\n');
	output_record(w->out);
}

static void write_capture(void *ctx, const struct capture_info *c)
{
	struct json_events *w = ctx;
	struct json *j = json_record_begin(w, "capture");

	JSON_KEY(j, "schema");
	json_u64(j, JSON_SCHEMA);
	JSON_KEY(j, "file");
	json_str(j, c->file);
	JSON_KEY(j, "format");
	json_str(j, c->format);
	if (c->transcript) {
		JSON_KEY(j, "transcript");
		json_str(j, c->transcript);
	}
	JSON_KEY(j, "linktypes");
	json_begin_array(j);
	for (size_t i = 0; i < c->linktype_count; i++)
		json_str(j, c->linktypes[i]);
	json_end_array(j);
	json_record_end(w);
}

/* Connections with web services and between clients have none. */
static bool has_version(const struct connection *c)
{
	return !c->web && !c->peer;
}

static void write_role(struct json *j, const struct connection *c)
{
	JSON_KEY(j, "role");
	json_str(j, connection_role_name(c));
}

static void write_version(struct json *j, const struct connection *c)
{
	JSON_KEY(j, "version");
	if (c->version > 0 && has_version(c))
		json_u64(j, (uint64_t)c->version);
	else
		json_null(j);
}

static void write_lost(struct json *j, uint64_t bytes)
{
	if (bytes == EVENT_LOST_UNKNOWN)
		json_null(j);
	else
		json_u64(j, bytes);
}

static void write_frames(struct json *j, const struct event *e)
{
	JSON_KEY(j, "frames");
	json_begin_array(j);
	for (size_t i = 0; i < e->frame_count; i++)
		json_u64(j, e->frames[i]);
	json_end_array(j);
	if (e->frames_omitted) {
		JSON_KEY(j, "frames_omitted");
		json_u64(j, e->frames_omitted);
	}
}

static void write_origin(struct json *j, const struct event *e)
{
	JSON_KEY(j, "id");
	json_u64(j, e->id);
	JSON_KEY(j, "time");
	json_time(j, e->time_ns, e->nanoseconds);
	write_frames(j, e);
	JSON_KEY(j, "connection");
	json_u64(j, e->connection->id);
	JSON_KEY(j, "session");
	json_id(j, e->session);
	if (e->exchange) {
		JSON_KEY(j, "exchange");
		json_u64(j, e->exchange);
	}
	JSON_KEY(j, "from");
	json_str(j, e->from == MSNP_CLIENT ? "client" : "server");
	write_role(j, e->connection);
	write_version(j, e->connection);
}

static void write_params(struct json *j, const struct event *e)
{
	const struct slice *params = NULL;
	size_t count = e->kind == EVENT_COMMAND ? event_params(e, &params) : 0;

	JSON_KEY(j, "params");
	json_begin_array(j);
	for (size_t i = 0; i < count; i++)
		json_string(j, params[i]);
	json_end_array(j);
}

static void write_line(struct json *j, const struct event *e)
{
	JSON_KEY(j, "line");
	if (e->kind != EVENT_COMMAND && e->kind != EVENT_EXCHANGE && (e->kind != EVENT_PEER || !e->line.len)) {
		json_null(j);
		return;
	}
	if (json_string(j, e->line))
		return;
	JSON_KEY(j, "line_base64");
	json_base64(j, e->line);
}

static void write_command(struct json *j, const struct event *e)
{
	JSON_KEY(j, "protocol");
	json_str(j, e->protocol);
	JSON_KEY(j, "name");
	json_string(j, e->name);
	JSON_KEY(j, "trid");
	if (e->has_trid)
		json_u64(j, e->trid);
	else
		json_null(j);
	write_params(j, e);
	write_line(j, e);
}

static void write_reply(struct json *j, const struct event *e)
{
	JSON_KEY(j, "reply_to");
	json_id(j, e->reply_to);
	JSON_KEY(j, "reply_by");
	json_str(j, e->reply_by);
	JSON_KEY(j, "latency");
	if (e->reply_to && e->latency_ns != TIME_NONE)
		json_seconds(j, e->latency_ns, e->nanoseconds);
	else
		json_null(j);
	if (e->about) {
		JSON_KEY(j, "about");
		json_u64(j, e->about);
	}
}

static void write_lengths(struct json *j, const struct event *e)
{
	JSON_KEY(j, "payload_length");
	json_u64(j, e->payload.len);
	switch (e->kind) {
	case EVENT_GATEWAY:
	case EVENT_MISSING:
	case EVENT_TLS:
		break;
	case EVENT_COMMAND:
	case EVENT_EXCHANGE:
	case EVENT_PEER:
		if (e->has_payload && e->declared_length != e->payload.len) {
			JSON_KEY(j, "declared_length");
			json_u64(j, e->declared_length);
		}
		if (e->lost_bytes) {
			JSON_KEY(j, "payload_lost");
			write_lost(j, e->lost_bytes);
		}
		if (e->skipped_bytes) {
			JSON_KEY(j, "skipped_bytes");
			json_u64(j, e->skipped_bytes);
		}
		break;
	case EVENT_LOST:
		JSON_KEY(j, "lost_bytes");
		write_lost(j, e->lost_bytes);
		break;
	case EVENT_SKIPPED:
		JSON_KEY(j, "skipped_bytes");
		json_u64(j, e->skipped_bytes);
		break;
	}
}

/* What of the event is not as it was sent. */
static void write_unreliable(struct json *j, const struct event *e)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {{MSNP_UNRELIABLE_LINE, "line"}, {MSNP_UNRELIABLE_PAYLOAD, "payload"}, {MSNP_UNRELIABLE_ABSENT, "absent"}};

	if (!e->unreliable)
		return;
	JSON_KEY(j, "unreliable");
	json_begin_array(j);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (e->unreliable & names[i].bit)
			json_str(j, names[i].name);
	json_end_array(j);
}

static void write_finding(struct json *j, const struct finding *f)
{
	json_begin_object(j);
	JSON_KEY(j, "id");
	json_str(j, f->rule->id);
	JSON_KEY(j, "severity");
	json_str(j, severity_name(f->rule->severity));
	JSON_KEY(j, "verdict");
	json_str(j, verdict_name(f->rule->verdict));
	JSON_KEY(j, "text");
	json_string(j, f->text);
	JSON_KEY(j, "field");
	json_str(j, f->field && f->field->def ? f->field->def->name : NULL);
	JSON_KEY(j, "reference");
	json_str(j, f->rule->reference && *f->rule->reference ? f->rule->reference : NULL);
	json_end_object(j);
}

static void write_findings(struct json *j, const struct finding *f)
{
	JSON_KEY(j, "findings");
	json_begin_array(j);
	for (; f; f = f->next)
		write_finding(j, f);
	json_end_array(j);
}

static void write_event(void *ctx, const struct event *e)
{
	struct json_events *w = ctx;
	struct json *j = json_record_begin(w, "event");

	w->nanoseconds = e->nanoseconds;
	write_origin(j, e);
	write_command(j, e);
	JSON_KEY(j, "fields");
	json_fields(j, &e->dissection->root);
	JSON_KEY(j, "summary");
	json_string(j, e->dissection->summary);
	write_reply(j, e);
	write_lengths(j, e);
	write_unreliable(j, e);
	if (w->options.payload) {
		JSON_KEY(j, "payload_base64");
		json_base64(j, e->payload);
	}
	write_findings(j, e->dissection->findings);
	if (w->options.ranges) {
		JSON_KEY(j, "sources");
		json_sources(j, e->dissection);
		JSON_KEY(j, "ranges");
		json_ranges(j, e->dissection);
	}
	json_record_end(w);
}

static void write_address(struct json *j, const struct address *a)
{
	char text[ADDRESS_TEXT_MAX];

	if (a->version)
		json_string(j, slice_of(text, address_text(a, text)));
	else
		json_null(j);
}

static void write_parties(struct json *j, const struct connection *c)
{
	JSON_KEY(j, "id");
	json_u64(j, c->id);
	JSON_KEY(j, "session");
	json_id(j, c->session);
	JSON_KEY(j, "client");
	write_address(j, &c->client);
	JSON_KEY(j, "server");
	write_address(j, &c->server);
	JSON_KEY(j, "direction_from");
	json_str(j, direction_from_name(c->direction_from));
	JSON_KEY(j, "transport");
	json_str(j, c->transport);
	if (c->transcript) {
		JSON_KEY(j, "transcript");
		json_str(j, c->transcript);
		JSON_KEY(j, "log_name");
		json_str(j, c->log_name);
	}
	JSON_KEY(j, "outer");
	json_begin_array(j);
	for (size_t i = 0; i < CONNECTION_OUTER_MAX && c->outer[i]; i++)
		json_str(j, c->outer[i]);
	json_end_array(j);
	JSON_KEY(j, "target");
	json_str(j, c->target);
	JSON_KEY(j, "gateway_session");
	json_str(j, c->gateway_session);
}

static void write_protocol(struct json *j, const struct connection *c)
{
	write_role(j, c);
	JSON_KEY(j, "role_from");
	json_str(j, !has_version(c) ? version_from_name(VERSION_INFERRED) : c->role ? version_from_name(c->role_from) : NULL);
	write_version(j, c);
	JSON_KEY(j, "version_from");
	json_str(j, has_version(c) ? version_from_name(c->version_from) : NULL);
	JSON_KEY(j, "version_range");
	if (!has_version(c)) {
		json_null(j);
		return;
	}
	json_begin_array(j);
	json_u64(j, (uint64_t)c->versions.lo);
	json_u64(j, (uint64_t)c->versions.hi);
	json_end_array(j);
}

static void write_extent(struct json *j, const struct connection *c, bool nanoseconds)
{
	JSON_KEY(j, "start");
	json_time(j, c->start_ns, nanoseconds);
	JSON_KEY(j, "end");
	json_time(j, c->end_ns, nanoseconds);
	JSON_KEY(j, "end_reason");
	json_str(j, c->end_reason);
	JSON_KEY(j, "first_frame");
	json_u64(j, c->first_frame);
	JSON_KEY(j, "last_frame");
	json_u64(j, c->last_frame);
	JSON_KEY(j, "bytes_from_client");
	json_u64(j, c->bytes[MSNP_CLIENT]);
	JSON_KEY(j, "bytes_from_server");
	json_u64(j, c->bytes[MSNP_SERVER]);
	JSON_KEY(j, "lost_bytes_from_client");
	json_u64(j, c->lost[MSNP_CLIENT]);
	JSON_KEY(j, "lost_bytes_from_server");
	json_u64(j, c->lost[MSNP_SERVER]);
	JSON_KEY(j, "polls");
	json_u64(j, c->polls);
}

static void write_connection(void *ctx, const struct connection *c)
{
	struct json_events *w = ctx;
	struct json *j = json_record_begin(w, "connection");

	write_parties(j, c);
	write_protocol(j, c);
	write_extent(j, c, w->nanoseconds);
	json_record_end(w);
}

static void write_notice(void *ctx, const struct notice *n)
{
	struct json_events *w = ctx;
	struct json *j = json_record_begin(w, "notice");

	JSON_KEY(j, "file");
	json_str(j, n->file);
	JSON_KEY(j, "severity");
	json_str(j, severity_name(n->severity));
	JSON_KEY(j, "text");
	json_string(j, n->text);
	json_record_end(w);
}

static void write_offline_text(struct json *j, const struct offline_message *m)
{
	JSON_KEY(j, "text");
	if (m->has_text)
		json_string(j, m->text);
	else
		json_null(j);
	if (m->text_length > m->text.len) {
		JSON_KEY(j, "text_length");
		json_u64(j, m->text_length);
	}
}

static void write_offline_message(void *ctx, const struct offline_message *m)
{
	struct json_events *w = ctx;
	struct json *j = json_record_begin(w, "offline_message");

	JSON_KEY(j, "id");
	json_known(j, m->id);
	JSON_KEY(j, "from");
	json_known(j, m->from);
	JSON_KEY(j, "to");
	json_known(j, m->to);
	write_offline_text(j, m);
	JSON_KEY(j, "sent");
	json_step(j, m->sent.event, m->sent.time_ns, m->nanoseconds);
	JSON_KEY(j, "refused");
	json_step(j, m->refused.event, m->refused.time_ns, m->nanoseconds);
	JSON_KEY(j, "announced");
	json_step(j, m->announced.event, m->announced.time_ns, m->nanoseconds);
	JSON_KEY(j, "fetched");
	json_step(j, m->fetched.event, m->fetched.time_ns, m->nanoseconds);
	JSON_KEY(j, "deleted");
	json_step(j, m->deleted.event, m->deleted.time_ns, m->nanoseconds);
	JSON_KEY(j, "linked_by");
	json_str(j, offline_link_name(m->linked_by));
	json_record_end(w);
}

static void write_object(void *ctx, const struct object *o)
{
	struct json_events *w = ctx;

	json_object_members(json_record_begin(w, "object"), o);
	json_record_end(w);
}

static void write_session(void *ctx, const struct user_session *s)
{
	struct json_events *w = ctx;

	json_begin_object(&w->json);
	json_session_members(&w->json, s);
	json_record_end(w);
}

static void write_summary(void *ctx, const struct summary *s)
{
	struct json_events *w = ctx;
	struct json *j = json_record_begin(w, "summary");

	JSON_KEY(j, "packets");
	json_u64(j, s->packets);
	JSON_KEY(j, "events");
	json_u64(j, s->events);
	json_findings(j, s->findings);
	json_record_end(w);
}

void json_events_init(struct json_events *w, struct output *out, struct json_options options)
{
	*w = (struct json_events){.out = out, .options = options};
	w->json = json_to(&out->buffer, options.pretty);
	if (options.pretty)
		json_begin_array(&w->json);
}

struct event_sink json_events_sink(struct json_events *w)
{
	return (struct event_sink){
		.capture = write_capture,
		.event = write_event,
		.connection_end = write_connection,
		.notice = write_notice,
		.offline_message = write_offline_message,
		.object = write_object,
		.user_session = write_session,
		.summary = write_summary,
		.ctx = w,
	};
}

void json_events_end(struct json_events *w)
{
	if (!w->options.pretty)
		return;
	json_end_array(&w->json);
	buffer_add_byte(&w->out->buffer, '\n');
}
