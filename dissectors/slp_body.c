/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bodies of MSNSLP: "Name: value" lines.  Behind some routers clients spell
 * name and value of lines about addresses backwards ("srddA-lanretnI4vPI"),
 * so that nothing on the way rewrites them; such lines are turned round first.
 */
#include "dissectors/headers.h"
#include "dissectors/slp_parts.h"
#include "util/utf8.h"

enum kind { TEXT, NUMBER, BOOLEAN, GUID, OTHER };

/* Lines that are known.  OTHER: taken elsewhere, or only shown as a line. */
static const struct {
	const char *name;
	enum kind kind;
	enum field_id id;
} known[] = {
	{"EUF-GUID", GUID, F_SLP_EUF_GUID},
	{"SessionID", NUMBER, F_SLP_SESSION_ID},
	{"AppID", NUMBER, F_SLP_APP_ID},
	{"RequestFlags", NUMBER, F_SLP_REQUEST_FLAGS},
	{"AcceptedBy", TEXT, F_SLP_ACCEPTED_BY},
	{"DeclinedBy", TEXT, F_SLP_DECLINED_BY},
	{"Bridge", TEXT, F_SLP_BRIDGE},
	{"Listening", BOOLEAN, F_SLP_LISTENING},
	{"Nonce", GUID, F_SLP_NONCE},
	{"Hashed-Nonce", GUID, F_SLP_HASHED_NONCE},
	{"Conn-Type", TEXT, F_SLP_CONN_TYPE},
	{"ServerAddress", TEXT, F_SLP_TURN_SERVER},
	{"Context", OTHER, F_SLP_CONTEXT},
	{"Bridges", OTHER, F_SLP_BRIDGES},
	{"NetID", OTHER, F_SLP_NET_ID},
	{"TCP-Conn-Type", OTHER, F_SLP_BODY_LINE},
	{"UPnPNat", OTHER, F_SLP_BODY_LINE},
	{"ICF", OTHER, F_SLP_BODY_LINE},
	{"IPv6-global", OTHER, F_SLP_BODY_LINE},
	{"Nat-Trav-Msg-Type", OTHER, F_SLP_BODY_LINE},
	{"SChannelState", OTHER, F_SLP_BODY_LINE},
	{"Capabilities-Flags", OTHER, F_SLP_BODY_LINE},
	{"NeedConnectingEndpointInfo", OTHER, F_SLP_BODY_LINE},
	{"IPv4Internal-Addrs", OTHER, F_SLP_ADDRESS},
	{"IPv4Internal-Port", OTHER, F_SLP_ADDRESS},
	{"IPv4External-Addrs", OTHER, F_SLP_ADDRESS},
	{"IPv4External-Port", OTHER, F_SLP_ADDRESS},
	{"IPv6-Addrs", OTHER, F_SLP_ADDRESS},
	{"IPv6-Port", OTHER, F_SLP_ADDRESS},
	{"IPv4InternalAddrsAndPorts", OTHER, F_SLP_ADDRESS},
	{"IPv4ExternalAddrsAndPorts", OTHER, F_SLP_ADDRESS},
	{"IPv6AddrsAndPorts", OTHER, F_SLP_ADDRESS},
	{"SessionUsername", OTHER, F_SLP_BODY_LINE},
	{"SessionPassword", OTHER, F_SLP_BODY_SECRET},
};

#define KNOWN_COUNT (sizeof(known) / sizeof(known[0]))

/* Is s the name, read from its end? */
static bool is_backwards(struct slice s, const char *name)
{
	size_t i = 0;

	if (s.len != strlen(name))
		return false;
	while (i < s.len && s.ptr[s.len - 1 - i] == (uint8_t)name[i])
		i++;
	return i == s.len;
}

static struct slice turned(struct arena *arena, struct slice s)
{
	uint8_t *out = arena_alloc_raw(arena, s.len ? s.len : 1);

	for (size_t i = 0; i < s.len; i++)
		out[i] = s.ptr[s.len - 1 - i];
	return slice_of(out, s.len);
}

static struct slp_line line_of(const struct slp *m, struct field *f)
{
	struct slp_line l = {f->key, f->value.text, f, false};

	for (size_t i = 0; i < KNOWN_COUNT; i++) {
		bool backwards = is_backwards(f->key, known[i].name);

		if (!backwards && !slice_case_eq(f->key, slice_str(known[i].name)))
			continue;
		if (known[i].id == F_SLP_BODY_SECRET)
			f->def = &field_defs[F_SLP_BODY_SECRET];
		if (backwards)
			l = (struct slp_line){slice_str(known[i].name), turned(m->d->arena, f->value.text), f, true};
		return l;
	}
	return l;
}

static void add_backwards(const struct slp *m, const struct slp_line *l)
{
	const struct slice data = m->d->sources[m->source].data;
	size_t at = (size_t)(l->field->key.ptr - data.ptr);

	field_add_text(m->d, m->message, F_SLP_REVERSED, l->name, m->source, at, l->name.len);
}

static void read_lines(struct slp *m, struct field *dict)
{
	size_t count = 0;

	for (const struct field *f = dict->first; f; f = f->next)
		count++;
	m->lines = arena_alloc(m->d->arena, (count + 1) * sizeof(*m->lines));
	for (struct field *f = dict->first; f && m->line_count < count; f = f->next) {
		struct slp_line l = line_of(m, f);

		if (l.backwards)
			add_backwards(m, &l);
		m->lines[m->line_count++] = l;
	}
}

static void lift(const struct slp *m, enum kind kind, enum field_id id, const struct slp_line *l)
{
	switch (kind) {
	case TEXT:
		slp_add_text(m, id, l);
		break;
	case NUMBER:
		slp_add_number(m, id, l, UINT32_MAX);
		break;
	case BOOLEAN:
		slp_add_bool(m, id, l);
		break;
	case GUID:
		slp_add_guid(m, id, l, l->value);
		break;
	case OTHER:
		break;
	}
}

static void check_application(const struct slp *m)
{
	const struct field *f = field_child(m->message, &field_defs[F_SLP_EUF_GUID]);

	if (f && !field_enum(f))
		finding_add(m->d, RULE_SLP_UNKNOWN, f, "application %.*s",
			    SLICE_ARG(utf8_cut(f->value.text, SLP_FINDING_MAX)));
}

static void lift_lines(const struct slp *m)
{
	const struct field *method = field_child(m->message, &field_defs[F_SLP_METHOD]);
	const struct slp_line *context = slp_line_find(m, "Context");

	for (size_t i = 0; i < KNOWN_COUNT; i++) {
		const struct slp_line *l = slp_line_find(m, known[i].name);

		if (l)
			lift(m, known[i].kind, known[i].id, l);
	}
	check_application(m);
	slp_transport_dissect(m);
	if (context)
		slp_context_dissect(m, context, method && slice_eq_str(method->value.text, "BYE"));
}

/* Does the text begin with a line that is no "Name: value" and not empty? */
static bool is_no_block(struct slice text)
{
	size_t at = 0;

	while (at < text.len && text.ptr[at] != ':' && text.ptr[at] != '\r' && text.ptr[at] != '\n')
		at++;
	return at > 0 && (at == text.len || text.ptr[at] != ':');
}

void slp_body_dissect(struct slp *m, size_t offset, size_t length)
{
	struct slice text = slice_sub(m->d->sources[m->source].data, offset, length);
	bool ended;

	if (text.len == 0)
		return;
	if (is_no_block(text)) {
		field_add_range(m->d, m->message, F_SLP_BODY_TEXT, m->source, offset, length);
		return;
	}
	struct field *dict = field_add(m->d, m->message, F_SLP_BODY, m->source, offset, 0);
	size_t used = headers_dissect(m->d, dict, F_SLP_BODY_LINE, m->source, offset, length, &ended);
	if (used < length)
		field_add_range(m->d, m->message, F_SLP_BODY_TEXT, m->source, offset + used, length - used);
	read_lines(m, dict);
	lift_lines(m);
}
