/* SPDX-License-Identifier: BSD-2-Clause */
/* Properties of events that are no fields. */
#include "timeline/filter_internal.h"

static bool one_integer(value_visit *visit, void *ctx, uint64_t n)
{
	struct value v = value_integer(n);

	return visit(ctx, &v);
}

static bool one_text(value_visit *visit, void *ctx, struct slice s)
{
	struct value v = value_text(s);

	return visit(ctx, &v);
}

static bool one_word(value_visit *visit, void *ctx, const char *word)
{
	return word && one_text(visit, ctx, slice_str(word));
}

#define PROPERTY_FUNCTION(name) \
	static bool each_##name(const struct event *e, value_visit *visit, void *ctx)

PROPERTY_FUNCTION(id)
{
	return one_integer(visit, ctx, e->id);
}

PROPERTY_FUNCTION(time)
{
	return e->time_ns != TIME_NONE && one_integer(visit, ctx, (uint64_t)e->time_ns);
}

PROPERTY_FUNCTION(frame)
{
	for (size_t i = 0; i < e->frame_count; i++)
		if (one_integer(visit, ctx, e->frames[i]))
			return true;
	return false;
}

PROPERTY_FUNCTION(connection)
{
	return one_integer(visit, ctx, e->connection->id);
}

PROPERTY_FUNCTION(session)
{
	return e->session && one_integer(visit, ctx, e->session);
}

PROPERTY_FUNCTION(exchange)
{
	return e->exchange && one_integer(visit, ctx, e->exchange);
}

PROPERTY_FUNCTION(from)
{
	return one_word(visit, ctx, e->from == MSNP_CLIENT ? "client" : "server");
}

PROPERTY_FUNCTION(role)
{
	return one_word(visit, ctx, connection_role_name(e->connection));
}

PROPERTY_FUNCTION(version)
{
	return e->connection->version > 0 && one_integer(visit, ctx, (uint64_t)e->connection->version);
}

PROPERTY_FUNCTION(protocol)
{
	return one_word(visit, ctx, e->protocol);
}

PROPERTY_FUNCTION(name)
{
	return one_text(visit, ctx, e->name);
}

PROPERTY_FUNCTION(trid)
{
	return e->has_trid && one_integer(visit, ctx, e->trid);
}

PROPERTY_FUNCTION(param)
{
	const struct slice *params = NULL;
	size_t count = e->kind == EVENT_COMMAND ? event_params(e, &params) : 0;

	for (size_t i = 0; i < count; i++)
		if (one_text(visit, ctx, params[i]))
			return true;
	return false;
}

PROPERTY_FUNCTION(line)
{
	return e->line.len && one_text(visit, ctx, e->line);
}

PROPERTY_FUNCTION(summary)
{
	return one_text(visit, ctx, e->dissection->summary);
}

PROPERTY_FUNCTION(payload)
{
	return e->has_payload && one_text(visit, ctx, e->payload);
}

PROPERTY_FUNCTION(payload_length)
{
	return e->has_payload && one_integer(visit, ctx, e->payload.len);
}

PROPERTY_FUNCTION(reply_to)
{
	return e->reply_to && one_integer(visit, ctx, e->reply_to);
}

PROPERTY_FUNCTION(reply_by)
{
	return e->reply_to && one_word(visit, ctx, e->reply_by);
}

PROPERTY_FUNCTION(about)
{
	return e->about && one_integer(visit, ctx, e->about);
}

PROPERTY_FUNCTION(latency)
{
	struct value v = value_decimal((double)e->latency_ns / 1e9);

	return e->reply_to && e->latency_ns != TIME_NONE && visit(ctx, &v);
}

PROPERTY_FUNCTION(lost_bytes)
{
	return e->lost_bytes && one_integer(visit, ctx, e->lost_bytes);
}

PROPERTY_FUNCTION(skipped_bytes)
{
	return e->skipped_bytes && one_integer(visit, ctx, e->skipped_bytes);
}

PROPERTY_FUNCTION(finding)
{
	uint64_t count = 0;

	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		count++;
	return count && one_integer(visit, ctx, count);
}

PROPERTY_FUNCTION(finding_id)
{
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		if (one_word(visit, ctx, f->rule->id))
			return true;
	return false;
}

PROPERTY_FUNCTION(finding_severity)
{
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		if (one_integer(visit, ctx, (uint64_t)f->rule->severity))
			return true;
	return false;
}

PROPERTY_FUNCTION(finding_verdict)
{
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		if (one_word(visit, ctx, verdict_name(f->rule->verdict)))
			return true;
	return false;
}

PROPERTY_FUNCTION(finding_text)
{
	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		if (one_text(visit, ctx, f->text))
			return true;
	return false;
}

static bool each_address(const struct address *a, value_visit *visit, void *ctx)
{
	char text[ADDRESS_TEXT_MAX];

	address_text(a, text);
	return a->version && one_word(visit, ctx, text);
}

PROPERTY_FUNCTION(client)
{
	return each_address(&e->connection->client, visit, ctx);
}

PROPERTY_FUNCTION(server)
{
	return each_address(&e->connection->server, visit, ctx);
}

PROPERTY_FUNCTION(transport)
{
	return one_word(visit, ctx, e->connection->transport);
}

PROPERTY_FUNCTION(gateway_session)
{
	return one_word(visit, ctx, e->connection->gateway_session);
}

PROPERTY_FUNCTION(outer)
{
	for (size_t i = 0; i < CONNECTION_OUTER_MAX; i++)
		if (one_word(visit, ctx, e->connection->outer[i]))
			return true;
	return false;
}

PROPERTY_FUNCTION(unreliable)
{
	return ((e->unreliable & MSNP_UNRELIABLE_LINE) && one_word(visit, ctx, "line")) ||
	       ((e->unreliable & MSNP_UNRELIABLE_PAYLOAD) && one_word(visit, ctx, "payload")) ||
	       ((e->unreliable & MSNP_UNRELIABLE_ABSENT) && one_word(visit, ctx, "absent"));
}

PROPERTY_FUNCTION(transcript)
{
	return one_word(visit, ctx, e->connection->transcript);
}

PROPERTY_FUNCTION(log_name)
{
	return one_word(visit, ctx, e->connection->log_name);
}

#define ROW(name, function, type, kind, meaning) {{name, kind, meaning}, PROPERTY_##type, each_##function}
static const struct property properties[] = {
	ROW("id", id, NUMBER, "number", "number of the event"),
	ROW("time", time, TIME, "time", "time of the frame that completed it, UTC"),
	ROW("frame", frame, NUMBER, "number", "frames that carried it"),
	ROW("connection", connection, NUMBER, "number", "connection it came on"),
	ROW("session", session, NUMBER, "number", "user session it belongs to"),
	ROW("exchange", exchange, NUMBER, "number", "HTTP exchange it came in"),
	ROW("from", from, WORDS, "client, server", "who sent it"),
	ROW("role", role, WORDS, "DS, NS, SB, WS, P2P", "kind of server, web service, or connection between clients"),
	ROW("version", version, NUMBER, "number", "protocol version"),
	ROW("protocol", protocol, TEXT, "text", "msnp, soap, http, p2p, ..."),
	ROW("name", name, TEXT, "text", "command, operation of a web service, lost, skipped, unanswered, unrequested, incomplete"),
	ROW("trid", trid, NUMBER, "number", "transaction id"),
	ROW("param", param, TEXT, "text", "parameters of the command line"),
	ROW("line", line, TEXT, "text", "command line"),
	ROW("summary", summary, TEXT, "text", "one-line summary"),
	ROW("payload", payload, TEXT, "text", "bytes of the payload"),
	ROW("payload_length", payload_length, NUMBER, "number", "bytes of payload that are there"),
	ROW("reply_to", reply_to, NUMBER, "number", "event that it answers"),
	ROW("reply_by", reply_by, WORDS, "trid, order, link", "how that was found"),
	ROW("latency", latency, SECONDS, "seconds", "time since that event"),
	ROW("about", about, NUMBER, "number", "event that unanswered, unrequested and incomplete are about"),
	ROW("lost_bytes", lost_bytes, NUMBER, "number", "bytes that the capture lacks"),
	ROW("skipped_bytes", skipped_bytes, NUMBER, "number", "bytes that are no command"),
	ROW("unreliable", unreliable, WORDS, "line, payload, absent", "what a transcript did not keep as it was sent"),
	ROW("transcript", transcript, TEXT, "text", "form of the text it was read from: pidgin, arrows, ..."),
	ROW("log_name", log_name, TEXT, "text", "what that text calls the connection"),
	ROW("finding", finding, NUMBER, "number", "how many findings it has"),
	ROW("finding.id", finding_id, TEXT, "text", "rule of a finding"),
	ROW("finding.severity", finding_severity, ORDER, "note, warning, error", "how grave a finding is"),
	ROW("finding.verdict", finding_verdict, TEXT, "text", "contradicts, not covered, remark"),
	ROW("finding.text", finding_text, TEXT, "text", "what a finding says"),
	ROW("client", client, TEXT, "text", "address and port of the client"),
	ROW("server", server, TEXT, "text", "address and port of the server"),
	ROW("transport", transport, WORDS, "tcp, http-gateway, p2p, transcript", "what the stream came in"),
	ROW("gateway_session", gateway_session, TEXT, "text", "session of the HTTP gateway"),
	ROW("outer", outer, TEXT, "text", "what is around the connection: socks5, ..."),
};
#undef ROW

#define COUNT (sizeof(properties) / sizeof(properties[0]))

const struct filter_property_info *filter_property(size_t i)
{
	return i < COUNT ? &properties[i].info : NULL;
}

const struct property *property_find(struct slice name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (slice_eq_str(name, properties[i].info.name))
			return &properties[i];
	return NULL;
}

int property_word(const struct property *p, struct slice *word)
{
	struct slice rest = slice_str(p->info.kind);

	for (int n = 0; rest.len; n++) {
		size_t end = slice_find_byte(rest, ',');

		if (slice_case_eq(slice_sub(rest, 0, end), *word)) {
			*word = slice_sub(rest, 0, end);
			return n;
		}
		rest = slice_sub(rest, end + 2, rest.len);
	}
	return -1;
}
