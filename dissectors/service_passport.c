/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passport 1.4: everything stands in headers.
 *
 *	PassportURLs: DARealm=Passport.Net,DALogin=login.example.com/login2.srf,...
 *	Authorization: Passport1.4 OrgVerb=GET,OrgURL=...,sign-in=...,pwd=...,lc=1033,...
 *	Authentication-Info: Passport1.4 da-status=success,tname=...,from-PP='t=...&p=...',ru=...
 *	WWW-Authenticate: Passport1.4 da-status=failed,...,cburl=...,cbtxt=reason
 *	Location: with 302, another server to ask
 *
 * Source: web services 1 (HYPOTHETIC, PECAN, YELLOWS111, ESCARGOT).
 */
#include "dissectors/service_table.h"
#include "util/encoding.h"

#define SCHEME "Passport1.4"

/* Names in these headers with fields of their own; the rest goes into a dictionary. */
static const struct {
	const char *name;
	enum field_id field;
} known[] = {
	{"sign-in", F_PASSPORT_SIGN_IN},     {"pwd", F_PASSPORT_PASSWORD},  {"da-status", F_PASSPORT_DA_STATUS},
	{"from-PP", F_PASSPORT_TICKET},      {"cbtxt", F_PASSPORT_REASON},  {"DALogin", F_PASSPORT_DA_LOGIN},
	{"ru", F_PASSPORT_RETURN_URL},
};

/* One "name=value" of a list, the value without its apostrophes. */
struct pair {
	struct slice name, value;
};

static bool next_pair(struct slice *rest, struct pair *pair)
{
	size_t equals = slice_find_byte(*rest, '='), end = slice_find_byte(*rest, ',');

	if (rest->len == 0)
		return false;
	struct slice value = slice_sub(*rest, equals + 1, rest->len);
	if (equals < end && value.len && value.ptr[0] == '\'') {
		size_t close = slice_find_byte(slice_sub(value, 1, value.len), '\'');

		pair->name = slice_trim(slice_sub(*rest, 0, equals));
		pair->value = slice_sub(value, 1, close);
		value = slice_sub(value, close + 2, value.len);
		*rest = slice_sub(value, slice_find_byte(value, ',') + 1, value.len);
		return true;
	}
	if (equals > end)
		equals = end;
	pair->name = slice_trim(slice_sub(*rest, 0, equals));
	pair->value = slice_trim(slice_sub(*rest, equals + 1, end > equals ? end - equals - 1 : 0));
	*rest = slice_sub(*rest, end + 1, rest->len);
	return true;
}

/* A header of pairs; further pairs go into a dictionary, when there are any. */
struct pairs {
	struct range range;
	enum field_id dict_id, other;
	struct field *dict; /* or NULL */
};

static void add_pair(struct dissection *d, struct pairs *pairs, const struct pair *pair)
{
	enum field_id other = pairs->other;
	struct slice head = d->sources[SOURCE_LINE].data, text = percent_decode(d->arena, pair->value);
	size_t offset = pair->value.len ? (size_t)(pair->value.ptr - head.ptr) : 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct field_def *def = &field_defs[known[i].field];

		if (!slice_eq_str(pair->name, known[i].name))
			continue;
		if (field_child(&d->root, def)) {
			/* A second one. */
			if (def->flags & FIELD_SECRET)
				other = F_PASSPORT_SECRET_PARAMETER;
			break;
		}
		/* The ticket goes into USR as it stands there. */
		field_add_text(d, &d->root, known[i].field,
			       known[i].field == F_PASSPORT_TICKET ? pair->value : text, SOURCE_LINE, offset,
			       pair->value.len);
		return;
	}
	if (!pairs->dict)
		pairs->dict = field_add(d, &d->root, pairs->dict_id, SOURCE_LINE, pairs->range.offset,
					pairs->range.length);
	field_add_text(d, pairs->dict, other, text, SOURCE_LINE, offset, pair->value.len)->key = pair->name;
}

/* A header of pairs; the scheme, if it has one, is passed over. */
static void add_pairs(const struct service_call *c, const char *header, enum field_id dict_id, enum field_id other)
{
	struct dissection *d = c->d;
	struct slice head = d->sources[SOURCE_LINE].data;
	struct pairs pairs = {service_header_range(head, header), dict_id, other, NULL};
	struct slice rest = slice_sub(head, pairs.range.offset, pairs.range.length);
	struct pair pair;

	if (slice_case_has_prefix(rest, SLICE_LIT(SCHEME)))
		rest = slice_sub(rest, strlen(SCHEME), rest.len);
	while (next_pair(&rest, &pair))
		if (pair.name.len)
			add_pair(d, &pairs, &pair);
}

static struct slice value_of(const struct service_call *c, enum field_id id)
{
	const struct field *f = field_child(&c->d->root, &field_defs[id]);

	return f && f->has_value ? service_shown(f->value.text) : SLICE_EMPTY;
}

/* --- nexus --- */

bool service_is_nexus(const struct service_message *m)
{
	return !m->is_request && service_header(m, "PassportURLs").len > 0;
}

void service_nexus_response(const struct service_call *c)
{
	add_pairs(c, "PassportURLs", F_PASSPORT_URLS, F_PASSPORT_URL);
	struct slice login = value_of(c, F_PASSPORT_DA_LOGIN);
	if (login.len)
		dissection_summary_add(c->d, "sign in at %.*s", SLICE_ARG(login));
}

/* --- sign-in --- */

static bool has_scheme(const struct header *headers, size_t count, const char *name)
{
	return slice_case_has_prefix(header_find(headers, count, name), SLICE_LIT(SCHEME));
}

bool service_is_login(const struct service_message *m)
{
	if (m->is_request)
		return has_scheme(m->headers, m->header_count, "Authorization");
	return has_scheme(m->request_headers, m->request_header_count, "Authorization") ||
	       has_scheme(m->headers, m->header_count, "Authentication-Info") ||
	       has_scheme(m->headers, m->header_count, "WWW-Authenticate");
}

void service_login_request(const struct service_call *c)
{
	add_pairs(c, "Authorization", F_PASSPORT_PARAMETERS, F_PASSPORT_PARAMETER);
	struct slice account = value_of(c, F_PASSPORT_SIGN_IN);
	if (account.len)
		dissection_summary_add(c->d, "as %.*s", SLICE_ARG(account));
}

void service_login_response(const struct service_call *c)
{
	bool failed = has_scheme(c->m->headers, c->m->header_count, "WWW-Authenticate");
	struct slice location = service_header(c->m, "Location");

	add_pairs(c, failed ? "WWW-Authenticate" : "Authentication-Info", F_PASSPORT_PARAMETERS, F_PASSPORT_PARAMETER);
	struct slice status = value_of(c, F_PASSPORT_DA_STATUS), reason = value_of(c, F_PASSPORT_REASON);
	if (failed)
		finding_add(c->d, RULE_PASSPORT_FAILED, field_child(&c->d->root, &field_defs[F_PASSPORT_DA_STATUS]),
			    "%.*s%s%.*s", SLICE_ARG(status), reason.len ? ": " : "", SLICE_ARG(reason));
	if (status.len == 0)
		return;
	dissection_summary_add(c->d, "%.*s%s", SLICE_ARG(status),
			       field_child(&c->d->root, &field_defs[F_PASSPORT_TICKET]) ? ", with a ticket" : "");
	if (reason.len)
		dissection_summary_add(c->d, "%.*s", SLICE_ARG(reason));
	if (c->m->status == 302 && location.len)
		dissection_summary_add(c->d, "go to %.*s", SLICE_ARG(service_shown(slice_sub(
							   location, 0, slice_find_byte(location, '?')))));
}

/* --- a token for a web session --- */

/* The form says where to go with the session; its other parts are secret and stay in http.secret_body. */
void service_web_login_request(const struct service_call *c)
{
	struct slice rest = c->m->body;

	while (rest.len) {
		struct slice part = slice_sub(rest, 0, slice_find_byte(rest, '&'));
		struct slice url = slice_sub(part, 3, part.len);

		rest = slice_sub(rest, part.len + 1, rest.len);
		if (!slice_has_prefix(part, SLICE_LIT("ru=")) || url.len == 0)
			continue;
		url = percent_decode(c->d->arena, url);
		field_add_text(c->d, &c->d->root, F_PASSPORT_RETURN_URL, url, SOURCE_PAYLOAD,
			       (size_t)(part.ptr - c->m->body.ptr) + 3, part.len - 3);
		dissection_summary_add(c->d, "then %.*s",
				       SLICE_ARG(service_shown(slice_sub(url, 0, slice_find_byte(url, '?')))));
		return;
	}
}

bool service_is_probe(const struct service_message *m)
{
	return slice_eq_str(m->method, "POST") && slice_eq_str(m->path, "/") &&
	       slice_case_eq(m->host, SLICE_LIT("login.live.com"));
}

/* "/5meen_us/...": version of the client, "me", language. */
bool service_is_link(const struct service_message *m)
{
	size_t digits = 0;

	if (!slice_case_eq(m->host, SLICE_LIT("g.msn.com")))
		return false;
	while (1 + digits < m->path.len && m->path.ptr[1 + digits] >= '0' && m->path.ptr[1 + digits] <= '9')
		digits++;
	return digits > 0 && slice_case_has_prefix(slice_sub(m->path, 1 + digits, m->path.len), SLICE_LIT("me"));
}
