/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/stats.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/memory.h"
#include "util/utf8.h"

static const struct {
	const char *name;
	size_t limit;
} tables[STATS_TABLES] = {
	[STATS_FILES] = {"files", STATS_FILES_MAX},
	[STATS_VERSIONS] = {"versions", STATS_OTHER_MAX},
	[STATS_ROLES] = {"roles", STATS_OTHER_MAX},
	[STATS_TRANSPORTS] = {"transports", STATS_OTHER_MAX},
	[STATS_CONNECTIONS] = {"connections", STATS_CONNECTIONS_MAX},
	[STATS_COMMANDS] = {"commands", STATS_COMMANDS_MAX},
	[STATS_CONTENT_TYPES] = {"content-types", STATS_OTHER_MAX},
	[STATS_OPERATIONS] = {"operations", STATS_OTHER_MAX},
	[STATS_ERRORS] = {"errors", STATS_OTHER_MAX},
	[STATS_FINDINGS] = {"findings", STATS_OTHER_MAX},
};

const char *stats_table_name(enum stats_table t)
{
	return tables[t].name;
}

struct stats *stats_new(void)
{
	struct stats *s = memory_zalloc(sizeof(*s));

	for (size_t i = 0; i < STATS_TABLES; i++)
		s->table[i].limit = tables[i].limit;
	s->next_file = 1;
	s->requests = memory_zalloc(STATS_REQUESTS_MAX * sizeof(*s->requests));
	return s;
}

static void forget_requests(struct stats *s)
{
	for (size_t i = 0; i < STATS_REQUESTS_MAX; i++) {
		if (s->requests[i].event)
			stats_row_release(s->requests[i].row);
		s->requests[i] = (struct stats_request){.event = 0};
	}
}

void stats_free(struct stats *s)
{
	forget_requests(s);
	for (size_t i = 0; i < STATS_TABLES; i++)
		stats_rows_free(&s->table[i]);
	free(s->requests);
	free(s);
}

/* --- what an event is --- */

static bool is_command(const struct event *e)
{
	return e->kind == EVENT_COMMAND || e->kind == EVENT_EXCHANGE || e->kind == EVENT_PEER;
}

static bool is_msnp_error(const struct event *e)
{
	return e->kind == EVENT_COMMAND && msnp_is_error_name(e->name);
}

/* Does it say that what was asked failed? */
static bool is_error(const struct event *e)
{
	const struct field *root = &e->dissection->root;

	if (e->kind != EVENT_EXCHANGE)
		return is_msnp_error(e);
	const struct field *status = field_child(root, &field_defs[F_HTTP_STATUS]);
	return (status && status->has_value && status->value.number >= 400) || field_child(root, &field_defs[F_SOAP_FAULT]);
}

/* As in the other outputs: web services and other clients speak no version of MSNP. */
static int version_of(const struct connection *c)
{
	return c->web || c->peer || c->version < 0 ? 0 : c->version;
}

/* The first content type in the tree, but for those of a message that was put together: its parts have counted. */
static const struct field *content_type(const struct field *root)
{
	const struct field *f = root->first;

	while (f) {
		if (f->def == &field_defs[F_MSG_CONTENT_TYPE] && f->has_value)
			return f;
		if (f->first && f->def != &field_defs[F_MSG_JOINED]) {
			f = f->first;
			continue;
		}
		while (!f->next && f->parent && f->parent != root)
			f = f->parent;
		f = f->next;
	}
	return NULL;
}

/* --- rows --- */

/*
 * Key: 0 for known names of MSNP and all of other protocols, 1 for the rest,
 * so that broken traffic displaces no real command; name, protocol, sender, role.
 */
static struct stats_row *command_row(struct stats *s, const struct event *e)
{
	struct stats_key k = {.len = 0};
	const struct msnp_form *form;
	bool known = e->kind != EVENT_COMMAND || msnp_is_error_name(e->name) || msnp_forms_named(e->name, &form) > 0;

	stats_key_add_number(&k, known ? 0 : 1);
	stats_key_add_text(&k, e->name);
	stats_key_add_text(&k, slice_str(e->protocol));
	stats_key_add_text(&k, e->from == MSNP_CLIENT ? SLICE_LIT("client") : SLICE_LIT("server"));
	stats_key_add_text(&k, slice_str(connection_role_name(e->connection)));
	return stats_rows_at(&s->table[STATS_COMMANDS], &k);
}

static struct stats_row *number_row(struct stats *s, enum stats_table t, uint64_t n)
{
	struct stats_key k = {.len = 0};

	stats_key_add_number(&k, n);
	return stats_rows_at(&s->table[t], &k);
}

static struct stats_row *text_row(struct stats *s, enum stats_table t, struct slice text)
{
	struct stats_key k = {.len = 0};

	stats_key_add_text(&k, text);
	return stats_rows_at(&s->table[t], &k);
}

static struct stats_row *file_row(struct stats *s)
{
	return number_row(s, STATS_FILES, s->file);
}

static struct stats_row *connection_row(struct stats *s, const struct connection *c)
{
	struct stats_key k = {.len = 0};

	stats_key_add_number(&k, s->file);
	stats_key_add_number(&k, c->id);
	return stats_rows_at(&s->table[STATS_CONNECTIONS], &k);
}

static void write_outer(char *out, const struct connection *c)
{
	size_t at = 0;

	out[0] = 0;
	for (size_t i = 0; i < CONNECTION_OUTER_MAX && c->outer[i] && at < STATS_OUTER_MAX; i++)
		at += (size_t)snprintf(out + at, STATS_OUTER_MAX - at, "%s%s", i ? "/" : "", c->outer[i]);
}

static struct stats_row *transport_row(struct stats *s, const struct connection *c)
{
	struct stats_key k = {.len = 0};
	char outer[STATS_OUTER_MAX];

	write_outer(outer, c);
	stats_key_add_text(&k, slice_str(c->transport));
	stats_key_add_text(&k, slice_str(outer));
	return stats_rows_at(&s->table[STATS_TRANSPORTS], &k);
}

/* --- events --- */

static void remember(struct stats *s, const struct event *e, struct stats_row *row)
{
	struct stats_request *r = &s->requests[e->id % STATS_REQUESTS_MAX];

	if (r->event)
		stats_row_release(r->row);
	struct slice name = utf8_cut(e->name, STATS_ANSWERED_MAX);
	*r = (struct stats_request){.event = e->id, .row = row, .name_len = (uint8_t)name.len};
	if (name.len)
		memcpy(r->name, name.ptr, name.len);
	stats_row_hold(row);
}

/* The command that e answers; NULL when it was not seen or is too long ago. */
static const struct stats_request *request_of(const struct stats *s, const struct event *e)
{
	const struct stats_request *r = &s->requests[e->reply_to % STATS_REQUESTS_MAX];

	return e->reply_to && r->event == e->reply_to ? r : NULL;
}

static void count_error(struct stats *s, const struct event *e, const struct stats_request *request)
{
	struct stats_key k = {.len = 0};
	uint64_t number = 0;

	slice_u64(e->name, &number);
	stats_key_add_number(&k, msnp_error_find(number) ? 0 : 1);
	stats_key_add_number(&k, number);
	stats_key_add_text(&k, request ? slice_of(request->name, request->name_len) : SLICE_EMPTY);
	stats_rows_at(&s->table[STATS_ERRORS], &k)->sum[SUM_COUNT]++;
}

static void count_reply(struct stats *s, const struct event *e)
{
	const struct stats_request *request = request_of(s, e);

	if (is_msnp_error(e))
		count_error(s, e, request);
	if (!request)
		return;
	struct stats_row *row = stats_rows_current(&s->table[STATS_COMMANDS], request->row);
	if (e->latency_ns != TIME_NONE)
		latency_add(&row->latency, e->latency_ns);
	row->sum[SUM_ERRORS] += is_error(e);
}

static void count_operation(struct stats *s, const struct event *e)
{
	struct stats_key k = {.len = 0};

	stats_key_add_text(&k, e->name);
	stats_key_add_text(&k, slice_str(e->protocol));
	struct stats_row *r = stats_rows_at(&s->table[STATS_OPERATIONS], &k);
	r->sum[SUM_COUNT]++;
	r->sum[e->from == MSNP_CLIENT ? SUM_REQUESTS : SUM_RESPONSES]++;
	r->sum[e->from == MSNP_CLIENT ? SUM_BYTES_CLIENT : SUM_BYTES_SERVER] += e->payload.len;
	if (e->from == MSNP_CLIENT)
		return;
	r->sum[SUM_ERRORS] += is_error(e);
	if (e->reply_to && e->latency_ns != TIME_NONE)
		latency_add(&r->latency, e->latency_ns);
}

static uint64_t count_findings(struct stats *s, const struct event *e)
{
	uint64_t n = 0;

	for (const struct finding *f = e->dissection->findings; f; f = f->next, n++) {
		struct stats_row *r = text_row(s, STATS_FINDINGS, slice_str(f->rule->id));

		r->sum[SUM_COUNT]++;
		stats_row_first(r, s->file, e->id, e->frame_count ? e->frames[0] : 0);
	}
	return n;
}

/* What stands in every table of connections, files and so on. */
static void count_in(struct stats_row *r, const struct event *e, uint64_t findings)
{
	r->sum[SUM_EVENTS]++;
	r->sum[SUM_FINDINGS] += findings;
	if (is_command(e))
		r->sum[e->from == MSNP_CLIENT ? SUM_COMMANDS_CLIENT : SUM_COMMANDS_SERVER]++;
}

static void on_event(void *ctx, const struct event *e)
{
	struct stats *s = ctx;
	const struct connection *c = e->connection;
	uint64_t findings = count_findings(s, e);
	struct stats_row *command = command_row(s, e);

	s->file_nanoseconds |= e->nanoseconds;
	command->sum[SUM_COUNT]++;
	command->sum[SUM_PAYLOAD] += e->payload.len;
	command->sum[SUM_LINE] += e->line.len;
	count_reply(s, e);
	remember(s, e, command);
	count_in(file_row(s), e, findings);
	count_in(connection_row(s, c), e, findings);
	count_in(number_row(s, STATS_VERSIONS, (uint64_t)version_of(c)), e, findings);
	count_in(text_row(s, STATS_ROLES, slice_str(connection_role_name(c))), e, findings);
	count_in(transport_row(s, c), e, findings);
	if (e->kind == EVENT_EXCHANGE)
		count_operation(s, e);
	const struct field *type = content_type(&e->dissection->root);
	if (type) {
		struct stats_row *r = text_row(s, STATS_CONTENT_TYPES, type->value.text);

		r->sum[SUM_COUNT]++;
		r->sum[SUM_PAYLOAD] += e->payload.len;
	}
}

/* --- connections and files --- */

static struct stats_facts *connection_facts(const struct connection *c, bool nanoseconds)
{
	struct stats_facts *f = memory_zalloc(sizeof(*f));

	f->client = c->client;
	f->server = c->server;
	f->role = connection_role_name(c);
	f->transport = c->transport;
	f->end_reason = c->end_reason;
	f->version = version_of(c);
	f->version_from = c->web || c->peer ? NULL : version_from_name(c->version_from);
	write_outer(f->outer, c);
	f->spans = true;
	f->start_ns = c->start_ns;
	f->end_ns = c->end_ns;
	f->nanoseconds = nanoseconds;
	return f;
}

static void count_connection(struct stats_row *r, const struct connection *c)
{
	r->sum[SUM_CONNECTIONS]++;
	r->sum[SUM_BYTES_CLIENT] += c->bytes[MSNP_CLIENT];
	r->sum[SUM_BYTES_SERVER] += c->bytes[MSNP_SERVER];
	r->sum[SUM_LOST_CLIENT] += c->lost[MSNP_CLIENT];
	r->sum[SUM_LOST_SERVER] += c->lost[MSNP_SERVER];
}

static void on_connection_end(void *ctx, const struct connection *c)
{
	struct stats *s = ctx;
	struct stats_row *r = connection_row(s, c);

	if (!r->facts && r->key.len)
		r->facts = connection_facts(c, s->file_nanoseconds);
	count_connection(r, c);
	count_connection(file_row(s), c);
	count_connection(number_row(s, STATS_VERSIONS, (uint64_t)version_of(c)), c);
	count_connection(text_row(s, STATS_ROLES, slice_str(connection_role_name(c))), c);
	count_connection(transport_row(s, c), c);
}

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct stats *s = ctx;

	forget_requests(s);
	s->file = s->next_file++;
	s->file_nanoseconds = false;
	struct stats_row *r = file_row(s);
	if (r->facts || !r->key.len)
		return;
	size_t size = strlen(c->file) + 1;
	r->facts = memory_zalloc(sizeof(*r->facts));
	r->facts->name = memcpy(memory_alloc(size), c->file, size);
	r->facts->format = c->format;
}

static void on_capture_end(void *ctx, const struct capture_totals *t)
{
	struct stats *s = ctx;
	struct stats_row *r = file_row(s);

	r->sum[SUM_PACKETS] += t->packets;
	s->nanoseconds |= t->nanoseconds;
	if (!r->facts || t->packets == 0)
		return;
	r->facts->spans = true;
	r->facts->start_ns = t->first_ns;
	r->facts->end_ns = t->last_ns;
	r->facts->nanoseconds = t->nanoseconds;
}

struct event_sink stats_sink(struct stats *s)
{
	return (struct event_sink){
		.capture = on_capture,
		.event = on_event,
		.connection_end = on_connection_end,
		.capture_end = on_capture_end,
		.ctx = s,
	};
}

void stats_merge(struct stats *to, const struct stats *from)
{
	for (size_t i = 0; i < STATS_TABLES; i++)
		stats_rows_merge(&to->table[i], &from->table[i]);
	to->nanoseconds |= from->nanoseconds;
	if (from->next_file > to->next_file)
		to->next_file = from->next_file;
}

void stats_append(struct stats *to, struct stats *from)
{
	uint64_t by = to->next_file - 1;

	for (size_t i = 0; i < STATS_TABLES; i++)
		stats_rows_shift(&from->table[i], i == STATS_FILES || i == STATS_CONNECTIONS, by);
	from->next_file += by;
	stats_merge(to, from);
}
