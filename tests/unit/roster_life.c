/* SPDX-License-Identifier: BSD-2-Clause */
#include "roster_life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "session/roster_internal.h"

void life_begin(struct life *l, int version)
{
	*l = (struct life){.roster = roster_new(), .user = ME};
	l->connection = (struct connection){.id = 1, .transport = "tcp", .role = MSNP_NS};
	l->context = (struct msnp_context){MSNP_NS, {version, version}, {NULL, 0}};
}

void life_end(struct life *l)
{
	roster_free(l->roster);
	arena_free(&l->arena);
}

/* --- events --- */

static uint64_t life_observe(struct life *l, struct event e)
{
	e.id = ++l->event;
	e.time_ns = (int64_t)l->event * SECOND;
	e.connection = &l->connection;
	e.dissection = &l->d;
	roster_observe(l->roster, &e, &l->d.root, slice_str(l->user));
	arena_reset(&l->arena);
	return e.id;
}

uint64_t life_command(struct life *l, enum msnp_sender from, const char *line, const char *payload,
			uint64_t reply_to)
{
	struct msnp_message m = {.sender = from,
				 .line = slice_str(line),
				 .payload = slice_str(payload),
				 .has_payload = payload != NULL,
				 .declared = slice_str(payload).len};
	struct msnp_hints hints = {.challenge = SLICE_EMPTY};
	struct msnp_dissected r;
	uint64_t trid = 0;
	bool has_trid;

	dissection_init(&l->d, &l->arena, m.line, m.payload);
	r = msnp_dissect(&l->d, &m, &l->context, &hints);
	has_trid = r.words.count > 1 && slice_u64(r.words.word[1], &trid);
	return life_observe(l, (struct event){.kind = EVENT_COMMAND,
					 .from = from,
					 .protocol = "msnp",
					 .name = slice_sub(m.line, 0, 3),
					 .has_trid = has_trid,
					 .trid = trid,
					 .payload = m.payload,
					 .has_payload = m.has_payload,
					 .declared_length = m.declared,
					 .reply_to = reply_to});
}

void life_server(struct life *l, const char *line)
{
	life_command(l, MSNP_SERVER, line, NULL, 0);
}

uint64_t life_with(struct life *l, enum msnp_sender from, const char *line, const char *payload)
{
	char whole[128];

	snprintf(whole, sizeof(whole), "%s %zu", line, strlen(payload));
	return life_command(l, from, whole, payload, 0);
}

void life_ask(struct life *l, const char *line, const char *payload, const char *answer)
{
	uint64_t request = life_with(l, MSNP_CLIENT, line, payload);

	if (answer)
		life_command(l, MSNP_SERVER, answer, NULL, request);
}

uint64_t life_soap(struct life *l, const char *operation, const char *body, uint64_t reply_to, int status)
{
	static const char service[] = "http://www.msn.com/webservices/AddressBook/";
	struct slice text = SLICE_EMPTY;
	char action[128];
	struct header header = {SLICE_LIT("SOAPAction"), SLICE_EMPTY};
	const char *sharing = strstr(operation, "Member") ? "/abservice/SharingService.asmx" :
							    "/abservice/abservice.asmx";
	struct service_message m = {.is_request = !reply_to, .method = SLICE_LIT("POST"),
				    .path = slice_str(sharing), .status = status};

	snprintf(action, sizeof(action), "%s%s", service, operation);
	header.value = slice_str(action);
	if (body)
		text = arena_printf(&l->arena, SOAP_BEGIN "%s</%s%s></s:Body></s:Envelope>", operation,
				    reply_to ? "Response" : "", body, operation, reply_to ? "Response" : "");
	m.body = text;
	*(reply_to ? &m.request_headers : &m.headers) = &header;
	*(reply_to ? &m.request_header_count : &m.header_count) = 1;
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, text);
	struct service_result r = service_dissect(&l->d, &m);
	assert_true(slice_eq_str(r.operation, operation));
	return life_observe(l, (struct event){.kind = EVENT_EXCHANGE,
					 .from = reply_to ? MSNP_SERVER : MSNP_CLIENT,
					 .protocol = "soap",
					 .name = r.operation,
					 .reply_to = reply_to});
}

void life_call(struct life *l, const char *operation, const char *request, const char *response)
{
	life_soap(l, operation, response, life_soap(l, operation, request, 0, 0), 200);
}

/* --- what is known --- */

static void add(struct buffer *b, const char *before, struct slice s, const char *behind)
{
	if (s.len == 0)
		return;
	buffer_add_str(b, before);
	buffer_add_slice(b, s);
	buffer_add_str(b, behind);
}

void life_expect_contacts(struct life *l, const char *expected)
{
	struct roster_view v = roster_view(l->roster);
	struct buffer b = {0};

	for (size_t i = 0; i < v.contact_count; i++) {
		const struct contact *c = &v.contacts[i];

		buffer_add_slice(&b, c->account);
		if (c->network)
			buffer_printf(&b, "*%u", c->network);
		add(&b, " \"", c->name, "\"");
		buffer_printf(&b, " %u%s", c->lists, c->removed ? " removed" : "");
		for (size_t n = 0; n < c->group_count; n++) {
			const struct group *g = &v.groups[c->groups[n]];

			add(&b, n ? ", " : " [", g->name.len ? g->name : g->id, n + 1 == c->group_count ? "]" : "");
		}
		add(&b, " ", c->status, "");
		add(&b, " <", c->message, ">");
		add(&b, " {", c->media, "}");
		buffer_add_byte(&b, '\n');
	}
	buffer_add_byte(&b, 0);
	assert_string_equal((const char *)b.data, expected);
	buffer_free(&b);
}

void life_expect_groups(struct life *l, const char *expected)
{
	struct roster_view v = roster_view(l->roster);
	struct buffer b = {0};

	for (size_t i = 0; i < v.group_count; i++) {
		add(&b, "", v.groups[i].id, "");
		add(&b, " \"", v.groups[i].name, "\"");
		buffer_add_str(&b, v.groups[i].removed ? " removed\n" : "\n");
	}
	buffer_add_byte(&b, 0);
	assert_string_equal((const char *)b.data, expected);
	buffer_free(&b);
}

void life_expect_presence(struct life *l, const char *expected)
{
	struct roster_view v = roster_view(l->roster);
	struct buffer b = {0};

	for (size_t i = 0; i < v.presence_count; i++) {
		const struct presence_change *c = &v.presence[i];

		assert_int_equal(c->time_ns, (int64_t)c->event * SECOND);
		buffer_printf(&b, "#%llu ", (unsigned long long)c->event);
		buffer_add_slice(&b, c->who.len ? c->who : SLICE_LIT("own"));
		add(&b, " ", c->status, "");
		add(&b, " \"", c->name, "\"");
		add(&b, " <", c->message, ">");
		add(&b, " {", c->media, "}");
		buffer_add_str(&b, c->cleared ? " cleared\n" : "\n");
	}
	buffer_add_byte(&b, 0);
	assert_string_equal((const char *)b.data, expected);
	buffer_free(&b);
}

void life_expect_name(struct life *l, const char *account, const char *expected)
{
	struct slice name = roster_name(l->roster, slice_str(account));

	assert_int_equal(name.len, strlen(expected));
	assert_memory_equal(name.len ? name.ptr : (const uint8_t *)"", expected, name.len);
}

void life_expect_own_name(struct life *l, const char *expected)
{
	assert_true(slice_eq_str(roster_own_name(l->roster), expected));
}
