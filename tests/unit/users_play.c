/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/users_play.h"

#include "dissectors/msnp_dissect.h"
#include "dissectors/msnp_line.h"
#include "dissectors/service.h"

void users_play_begin(struct users_play *p, const struct event_sink *sink)
{
	*p = (struct users_play){.users = users_new(sink)};
}

void users_play_end(struct users_play *p)
{
	users_free(p->users);
	arena_free(&p->arena);
}

struct connection users_play_connection(const struct users_play *p, uint64_t id, unsigned role, uint8_t client,
					uint8_t server)
{
	return (struct connection){.id = id,
				   .client = {{192, 0, 2, client}, (uint16_t)(1024 + id % 60000), 4},
				   .server = {{192, 0, 2, server}, role ? 1863 : 80, 4},
				   .transport = "tcp",
				   .role = role,
				   .version = 8,
				   .web = role == 0,
				   .start_ns = p->now_ns,
				   .end_ns = p->now_ns};
}

static struct event start_event(struct users_play *p, const struct connection *c, enum msnp_sender from)
{
	p->now_ns += 1000000;
	arena_reset(&p->arena);
	return (struct event){.id = ++p->events,
			      .time_ns = p->now_ns,
			      .connection = c,
			      .from = from,
			      .dissection = &p->d};
}

uint64_t users_play_command(struct users_play *p, const struct connection *c, enum msnp_sender from,
			    struct slice line, struct slice payload)
{
	struct msnp_context context = {.roles = c->role, .versions = {c->version, c->version}};
	struct msnp_message m = {.sender = from,
				 .line = line,
				 .payload = payload,
				 .has_payload = payload.len > 0,
				 .declared = payload.len};
	struct event e = start_event(p, c, from);
	struct msnp_hints hints = {.length_wrong = false};

	dissection_init(&p->d, &p->arena, line, payload);
	struct msnp_dissected r = msnp_dissect(&p->d, &m, &context, &hints);
	e.kind = EVENT_COMMAND;
	e.protocol = "msnp";
	e.words = r.words;
	e.name = r.words.word[0];
	e.has_trid = r.match.has_trid;
	e.trid = r.match.trid;
	e.form = r.match.form;
	e.line = line;
	e.payload = payload;
	e.has_payload = m.has_payload;
	return users_observe(p->users, &e, &p->d.root);
}

uint64_t users_play_web(struct users_play *p, const struct connection *c, enum msnp_sender from, struct slice path,
			struct slice body)
{
	struct service_message m = {.is_request = from == MSNP_CLIENT,
				    .method = SLICE_LIT("POST"),
				    .target = path,
				    .path = path,
				    .status = 200,
				    .body = body};
	struct event e = start_event(p, c, from);

	dissection_init(&p->d, &p->arena, SLICE_LIT("POST / HTTP/1.1\r\n\r\n"), body);
	struct service_result r = service_dissect(&p->d, &m);
	e.kind = EVENT_EXCHANGE;
	e.protocol = r.service ? r.service->protocol : "http";
	e.name = r.operation;
	e.payload = body;
	e.has_payload = true;
	if (from == MSNP_SERVER)
		e.reply_to = e.id - 1;
	return users_observe(p->users, &e, &p->d.root);
}

uint64_t users_play_close(struct users_play *p, struct connection *c, const char *reason)
{
	c->end_ns = p->now_ns;
	c->end_reason = reason;
	return users_connection_end(p->users, c);
}
