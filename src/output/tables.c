/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/tables.h"

#include <inttypes.h>
#include <stdlib.h>

#include "util/memory.h"
#include "util/utf8.h"

/* Words of a command that no form fits, and bytes of each, that its shape tells. */
#define SHAPE_WORDS_MAX 12u
/* Bytes of data shown in hexadecimal. */
#define BYTES_SHOWN 32u

const char *tables_manner_name(enum tables_manner m)
{
	static const char *const names[MANNERS] = {"initiated", "reply", "unsolicited"};

	return names[m];
}

const char *tables_client_name(enum tables_client c)
{
	static const char *const names[CLIENTS] = {"unknown", "official", "other"};

	return names[c];
}

const char *tables_fit_name(enum tables_fit f)
{
	static const char *const names[TABLES_FITS] = {"yes", "other version", "other server", "no such form", "no such command"};

	return names[f];
}

struct tables *tables_new(const struct tables_wanted *wanted)
{
	struct tables *t = memory_zalloc(sizeof(*t));

	t->wanted = wanted;
	t->commands.limit = t->waiting.limit = TABLES_COMMANDS_MAX;
	t->types.limit = TABLES_TYPES_MAX;
	t->value_limit = TABLES_VALUES_MAX;
	return t;
}

void tables_free(struct tables *t)
{
	stats_rows_free(&t->commands);
	stats_rows_free(&t->waiting);
	stats_rows_free(&t->types);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (t->values[i])
			stats_rows_free(t->values[i]);
		free(t->values[i]);
	}
	for (size_t i = 0; i < t->file_count; i++)
		free(t->files[i]);
	free(t->files);
	free(t->clients);
	free(t);
}

static void count_row(const struct tables *t, struct stats_row *r, const struct event *e)
{
	r->sum[SUM_COUNT]++;
	stats_row_first(r, t->file_count, e->id, e->frame_count ? e->frames[0] : 0);
}

/* --- commands --- */

static enum tables_fit fit_of(const struct event *e)
{
	static const struct {
		enum finding_rule_id rule;
		enum tables_fit fit;
	} rows[] = {
		{RULE_MSNP_UNKNOWN_COMMAND, FIT_UNKNOWN_COMMAND},
		{RULE_MSNP_UNKNOWN_FORM, FIT_UNKNOWN_FORM},
		{RULE_MSNP_WRONG_VERSION, FIT_VERSION},
		{RULE_MSNP_NOT_IN_VERSION, FIT_VERSION},
		{RULE_MSNP_WRONG_ROLE, FIT_ROLE},
	};

	for (const struct finding *f = e->dissection->findings; f; f = f->next)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (f->rule == &finding_rules[rows[i].rule])
				return rows[i].fit;
	return e->form ? FIT_SPECIFIED : FIT_UNKNOWN_COMMAND;
}

/* A reply whose request is not in the capture is known by its form, unless TrID 0 says that nobody asked. */
static enum tables_manner manner_of(const struct event *e)
{
	bool answers = e->form && *e->form->reply_to && !(e->has_trid && e->trid == 0);

	if (e->reply_to || answers)
		return MANNER_REPLY;
	return e->from == MSNP_CLIENT ? MANNER_INITIATED : MANNER_UNSOLICITED;
}

static bool is_literal(struct slice word)
{
	for (size_t i = 0; i < msnp_forms_count; i++) {
		for (const struct msnp_param *p = msnp_forms[i].params; p->rule != WORD_END; p++) {
			struct slice words = p->rule == WORD_LITERAL || p->rule == WORD_OPTIONAL_LITERAL ? slice_str(p->words) : SLICE_EMPTY;

			for (size_t end; words.len; words = slice_sub(words, end + 1, words.len))
				if (slice_eq(slice_sub(words, 0, end = slice_find_byte(words, '|')), word))
					return true;
		}
	}
	return false;
}

static const char *word_shape(struct slice word)
{
	uint64_t n;

	if (slice_u64(word, &n))
		return "number";
	if (slice_find_byte(word, '@') < word.len)
		return "address";
	return "word";
}

/* What a command looks like that no form fits: its parameters by their looks, those that the protocol knows as they are. */
static void add_shape(struct buffer *out, const struct event *e)
{
	const struct slice *params = NULL;
	size_t count = event_params(e, &params);

	if (e->has_trid)
		buffer_add_str(out, " trid");
	for (size_t i = 0; i < count && i < SHAPE_WORDS_MAX; i++) {
		buffer_add_byte(out, ' ');
		if (is_literal(params[i]))
			buffer_add_slice(out, params[i]);
		else
			buffer_add_str(out, word_shape(params[i]));
	}
	if (count > SHAPE_WORDS_MAX)
		buffer_add_str(out, " ...");
}

static void key_add_name(struct stats_key *k, struct slice name, size_t max)
{
	stats_key_add_text(k, utf8_cut(name, max));
}

static int version_of(const struct connection *c)
{
	return c->version < 0 ? 0 : c->version;
}

/* The key of commands of a session; 0 with a client that is known. */
static struct stats_key command_key(const struct event *e, enum tables_client client, uint64_t session)
{
	enum tables_fit fit = fit_of(e);
	bool is_form = e->form && fit != FIT_UNKNOWN_FORM;
	struct stats_key k = {.len = 0};
	struct buffer shape = {NULL, 0, 0};

	if (!is_form)
		add_shape(&shape, e);
	stats_key_add_number(&k, fit == FIT_UNKNOWN_COMMAND);
	key_add_name(&k, msnp_is_error_name(e->name) ? SLICE_LIT("NNN") : e->name, TABLES_NAME_MAX);
	stats_key_add_number(&k, (uint64_t)version_of(e->connection));
	stats_key_add_number(&k, e->connection->version_from);
	stats_key_add_number(&k, e->from);
	stats_key_add_number(&k, is_form ? (uint64_t)(e->form - msnp_forms) + 1 : 0);
	stats_key_add_text(&k, buffer_slice(&shape));
	stats_key_add_text(&k, slice_str(connection_role_name(e->connection)));
	stats_key_add_number(&k, manner_of(e));
	stats_key_add_number(&k, client);
	stats_key_add_number(&k, fit);
	stats_key_add_number(&k, e->has_payload);
	stats_key_add_number(&k, session);
	buffer_free(&shape);
	return k;
}

/* --- clients --- */

static enum tables_client client_named(struct slice name)
{
	if (name.len == 0)
		return CLIENT_UNKNOWN;
	return enum_find(&enum_sets[SET_cvr_product], name) ? CLIENT_OFFICIAL : CLIENT_OTHER;
}

static enum tables_client client_of(const struct tables *t, uint64_t session)
{
	return session < t->client_room ? (enum tables_client)t->clients[session] : CLIENT_UNKNOWN;
}

static void learn_client(struct tables *t, uint64_t session, enum tables_client client)
{
	if (session == 0 || session > TABLES_SESSIONS_MAX || client == CLIENT_UNKNOWN)
		return;
	if (session >= t->client_room) {
		size_t room = (size_t)session * 2 + 16;

		t->clients = memory_realloc(t->clients, room);
		memset(t->clients + t->client_room, CLIENT_UNKNOWN, room - t->client_room);
		t->client_room = room;
	}
	t->clients[session] = (uint8_t)client;
}

static void count_command(struct tables *t, const struct event *e)
{
	const struct field *name = field_child(&e->dissection->root, &field_defs[P_client_name]);

	if (e->from == MSNP_CLIENT && slice_eq_str(e->name, "CVR") && name && name->has_value)
		learn_client(t, e->session, client_named(name->value.text));
	enum tables_client client = client_of(t, e->session);
	bool wait = client == CLIENT_UNKNOWN && e->session;
	struct stats_key k = command_key(e, client, wait ? e->session : 0);
	count_row(t, stats_rows_at(wait ? &t->waiting : &t->commands, &k), e);
}

/* The same key with the client of its session. */
static struct stats_key settled_key(const struct tables *t, const struct stats_key *old)
{
	struct stats_key k = {.len = 0};

	for (unsigned part = 0; part < COMMAND_SESSION; part++) {
		if (part == COMMAND_CLIENT)
			stats_key_add_number(&k, client_of(t, stats_key_number(old, COMMAND_SESSION)));
		else
			stats_key_add_text(&k, stats_key_text(old, part));
	}
	stats_key_add_number(&k, 0);
	return k;
}

static void add_row(struct stats_row *to, const struct stats_row *from)
{
	to->sum[SUM_COUNT] += from->sum[SUM_COUNT];
	stats_row_first(to, from->first_file, from->first_event, from->first_frame);
}

/* At the end of a file all sessions are known. */
static void settle(struct tables *t)
{
	static const struct stats_key none = {.len = 0};

	for (size_t i = 0; i < t->waiting.count; i++) {
		struct stats_key k = settled_key(t, &t->waiting.row[i]->key);

		add_row(stats_rows_at(&t->commands, &k), t->waiting.row[i]);
	}
	if (t->waiting.others)
		add_row(stats_rows_at(&t->commands, &none), t->waiting.others);
	stats_rows_free(&t->waiting);
	free(t->clients);
	t->clients = NULL;
	t->client_room = 0;
}

/* --- values --- */

static void add_hex(struct buffer *out, struct slice s)
{
	for (size_t i = 0; i < s.len && i < BYTES_SHOWN; i++)
		buffer_printf(out, "%02x", s.ptr[i]);
	if (s.len > BYTES_SHOWN)
		buffer_add_str(out, "...");
}

static void add_value(struct buffer *out, const struct field *f)
{
	switch (f->def->type) {
	case FIELD_UINT:
		buffer_add_u64(out, f->value.number);
		break;
	case FIELD_HEX:
		buffer_printf(out, "0x%" PRIx64, f->value.number);
		break;
	case FIELD_BOOL:
		buffer_add_str(out, f->value.number ? "true" : "false");
		break;
	case FIELD_BYTES:
		add_hex(out, f->value.text);
		break;
	default:
		buffer_add_slice(out, f->value.text);
		break;
	}
}

/* Tells long values apart that begin alike; 0 for those that are kept whole. */
static uint64_t hash_of(struct slice s)
{
	uint64_t h = 0xcbf29ce484222325u;

	if (s.len <= TABLES_VALUE_MAX)
		return 0;
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.ptr[i]) * 0x100000001b3u;
	return h | 1;
}

static void key_add_value(struct stats_key *k, struct slice value)
{
	stats_key_add_text(k, value);
	stats_key_add_number(k, hash_of(value));
}

/* What parts the values of one field: its name on the wire; the property that a value is of. */
static struct slice part_of(const struct field *f)
{
	const struct field *property = NULL;

	if (f->def == &field_defs[P_value] && f->parent)
		property = field_child(f->parent, &field_defs[P_property]);
	return property && property->has_value ? property->value.text : f->key;
}

static struct stats_rows *values_of(struct tables *t, size_t field)
{
	if (!t->values[field]) {
		t->values[field] = memory_zalloc(sizeof(*t->values[field]));
		t->values[field]->limit = t->value_limit;
	}
	return t->values[field];
}

_Static_assert(FIELD_COUNT < TABLES_ALL_VALUES_MAX, "a value of each field can be kept");

static void limit_values(struct tables *t, size_t limit)
{
	t->value_limit = limit;
	t->value_count = 0;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (!t->values[i])
			continue;
		stats_rows_limit(t->values[i], limit);
		t->value_count += t->values[i]->count;
	}
}

/*
 * With too many values in all each field keeps fewer, and all as many.  The
 * limit depends on how many distinct values the fields have, not on their
 * order: tables that are merged come to the same.
 */
static void keep_fewer_values(struct tables *t)
{
	while (t->value_count > TABLES_ALL_VALUES_MAX)
		limit_values(t, t->value_limit - 1);
}

static void count_value(struct tables *t, const struct event *e, const struct field *f)
{
	size_t id = (size_t)(f->def - field_defs);
	struct buffer value = {NULL, 0, 0};
	struct stats_key k = {.len = 0};

	struct stats_rows *rows = values_of(t, id);
	size_t before = rows->count;

	add_value(&value, f);
	key_add_name(&k, e->name, TABLES_NAME_MAX);
	stats_key_add_number(&k, e->from);
	key_add_name(&k, part_of(f), TABLES_KEY_MAX);
	key_add_value(&k, buffer_slice(&value));
	stats_key_add_number(&k, placeholder_kind(f));
	count_row(t, stats_rows_at(rows, &k), e);
	t->value_count += rows->count - before;
	buffer_free(&value);
	keep_fewer_values(t);
}

/* Are the parameters of this command wanted? */
static bool wants_command(const struct tables *t, const struct event *e)
{
	if (e->kind != EVENT_COMMAND)
		return false;
	for (size_t i = 0; i < t->wanted->name_count; i++)
		if (slice_eq_str(e->name, t->wanted->names[i]))
			return true;
	return t->wanted->every;
}

static bool is_param(const struct field *f)
{
	return msnp_is_param((enum field_id)(f->def - field_defs)) || f->def == &field_defs[F_MSNP_EXTRA];
}

static void count_values(struct tables *t, const struct event *e, const struct field *parent, bool params)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		bool wanted = t->wanted->field[f->def - field_defs] || (params && is_param(f));

		if (f->has_value && wanted)
			count_value(t, e, f);
		count_values(t, e, f, false);
	}
}

/* --- types --- */

static const struct {
	enum field_id field;
	enum tables_type type;
} typed[] = {
	{F_MSG_CONTENT_TYPE, TYPES_CONTENT},
	{F_ROUTING_CONTENT_TYPE, TYPES_CONTENT},
	{F_SLP_CONTENT_TYPE, TYPES_CONTENT},
	{F_HTTP_CONTENT_TYPE, TYPES_CONTENT},
	{F_OIM_CONTENT_TYPE, TYPES_CONTENT},
	{F_SOAP_ACTION, TYPES_OPERATION},
	{F_SOAP_OPERATION, TYPES_OPERATION},
	{F_HTTP_STATUS, TYPES_STATUS},
	{F_SLP_EUF_GUID, TYPES_APPLICATION},
	{F_INVITE_GUID, TYPES_APPLICATION},
	{F_SOAP_FAULT_CODE, TYPES_ERROR},
	{F_SOAP_FAULT_SUBCODE, TYPES_ERROR},
	{F_SOAP_ERROR_CODE, TYPES_ERROR},
	{F_OIM_FAULT, TYPES_ERROR},
	{F_CAPABILITIES_BIT, TYPES_CAPABILITY},
	{F_CAPABILITIES_BIT2, TYPES_CAPABILITY},
	{F_CAPABILITIES_CLIENT, TYPES_CAPABILITY},
	{F_HTTP_USER_AGENT, TYPES_CLIENT},
	{F_MSG_USER_AGENT, TYPES_CLIENT},
	{F_OIM_CLIENT_BUILD, TYPES_CLIENT},
	{F_PRESENCE_CLIENT_VERSION, TYPES_CLIENT},
	{F_CONFIG_VERSION, TYPES_CLIENT},
	{P_client_version, TYPES_CLIENT},
};

static void count_type(struct tables *t, const struct event *e, enum tables_type type, size_t field, struct slice value,
		       enum placeholder_kind kind)
{
	struct stats_key k = {.len = 0};

	stats_key_add_number(&k, type);
	stats_key_add_number(&k, field);
	key_add_value(&k, value);
	stats_key_add_number(&k, kind);
	count_row(t, stats_rows_at(&t->types, &k), e);
}

static void add_word(struct buffer *out, const struct field *root, enum field_id id)
{
	const struct field *f = field_child(root, &field_defs[id]);

	if (out->len)
		buffer_add_byte(out, ' ');
	if (f && f->has_value)
		add_value(out, f);
	else
		buffer_add_byte(out, '-');
}

/* A client is its name, version and system in one line, a status its number and its reason. */
static void add_type(struct buffer *out, const struct event *e, const struct field *f)
{
	const struct field *root = &e->dissection->root;

	if (f->def == &field_defs[P_client_version]) {
		add_word(out, root, P_client_name);
		add_word(out, root, P_client_version);
		add_word(out, root, P_os_type);
		add_word(out, root, P_os_version);
	} else {
		add_value(out, f);
		if (f->def == &field_defs[F_HTTP_STATUS] && field_child(root, &field_defs[F_HTTP_REASON]))
			add_word(out, root, F_HTTP_REASON);
	}
}

static void count_types(struct tables *t, const struct event *e, const struct field *parent)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		for (size_t i = 0; f->has_value && i < sizeof(typed) / sizeof(typed[0]); i++) {
			if (f->def != &field_defs[typed[i].field])
				continue;
			struct buffer value = {NULL, 0, 0};

			add_type(&value, e, f);
			count_type(t, e, typed[i].type, typed[i].field, buffer_slice(&value), placeholder_kind(f));
			buffer_free(&value);
		}
		/* The parts of a message that was put together have counted. */
		if (f->def != &field_defs[F_MSG_JOINED])
			count_types(t, e, f);
	}
}

/* --- the sink --- */

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct tables *t = ctx;
	size_t size = strlen(c->file) + 1;

	if (t->file_count == t->file_room) {
		t->file_room = t->file_room ? 2 * t->file_room : 16;
		t->files = memory_realloc(t->files, t->file_room * sizeof(*t->files));
	}
	t->files[t->file_count++] = memcpy(memory_alloc(size), c->file, size);
}

static void on_event(void *ctx, const struct event *e)
{
	struct tables *t = ctx;

	t->events++;
	if (t->wanted->commands && e->kind == EVENT_COMMAND)
		count_command(t, e);
	if (t->wanted->values)
		count_values(t, e, &e->dissection->root, wants_command(t, e));
	if (t->wanted->types)
		count_types(t, e, &e->dissection->root);
	if (t->wanted->types && e->kind == EVENT_COMMAND && msnp_is_error_name(e->name))
		count_type(t, e, TYPES_ERROR, F_MSNP_NAME, e->name, PLACEHOLDER_PUBLIC);
}

static void on_connection_end(void *ctx, const struct connection *c)
{
	struct tables *t = ctx;

	t->lost += c->lost[MSNP_CLIENT] + c->lost[MSNP_SERVER];
}

static void on_user_session(void *ctx, const struct user_session *s)
{
	learn_client(ctx, s->id, client_named(s->client));
}

static void on_capture_end(void *ctx, const struct capture_totals *totals)
{
	(void)totals;
	settle(ctx);
}

struct event_sink tables_sink(struct tables *t)
{
	return (struct event_sink){
		.capture = on_capture,
		.event = on_event,
		.connection_end = on_connection_end,
		.user_session = on_user_session,
		.capture_end = on_capture_end,
		.ctx = t,
	};
}

/* --- several files --- */

static void append_rows(struct stats_rows *to, struct stats_rows *from, uint64_t files)
{
	stats_rows_shift(from, false, files);
	stats_rows_merge(to, from);
}

static void append_values(struct tables *to, struct tables *from, uint64_t files)
{
	size_t limit = to->value_limit < from->value_limit ? to->value_limit : from->value_limit;

	limit_values(to, limit);
	limit_values(from, limit);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (from->values[i])
			append_rows(values_of(to, i), from->values[i], files);
	limit_values(to, limit);
	keep_fewer_values(to);
}

void tables_append(struct tables *to, struct tables *from)
{
	uint64_t files = to->file_count;

	to->events += from->events;
	to->lost += from->lost;
	append_rows(&to->commands, &from->commands, files);
	append_rows(&to->types, &from->types, files);
	append_values(to, from, files);
	to->files = memory_realloc(to->files, (to->file_count + from->file_count + 1) * sizeof(*to->files));
	to->file_room = to->file_count + from->file_count + 1;
	for (size_t i = 0; i < from->file_count; i++)
		to->files[to->file_count++] = from->files[i];
	from->file_count = 0;
}
