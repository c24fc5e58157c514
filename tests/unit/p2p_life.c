/* SPDX-License-Identifier: BSD-2-Clause */
#include "p2p_life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/msnp_dissect.h"
#include "dissectors/p2p.h"
#include "util/encoding.h"
#include "util/memory.h"

#define SECOND INT64_C(1000000000)

/* --- what comes out --- */

static void add_steps(struct buffer *out, const struct object *o)
{
	buffer_printf(out, " inv%llu acc%llu first%llu last%llu end%llu", (unsigned long long)o->invited.event,
		      (unsigned long long)o->accepted.event, (unsigned long long)o->first_data.event,
		      (unsigned long long)o->last_data.event, (unsigned long long)o->ended.event);
}

static void write_object(void *ctx, const struct object *o)
{
	struct life *l = ctx;
	struct buffer *out = &l->out;

	l->objects++;
	buffer_printf(out, "%llu %s %s %s ", (unsigned long long)o->id, object_kind_name(o->kind),
		      object_state_name(o->state), o->transport);
	buffer_add_slice(out, o->from.len ? o->from : SLICE_LIT("?"));
	buffer_add_byte(out, '>');
	buffer_add_slice(out, o->to.len ? o->to : SLICE_LIT("?"));
	buffer_printf(out, " %llu", (unsigned long long)o->received);
	if (o->has_size)
		buffer_printf(out, "/%llu", (unsigned long long)o->size);
	for (size_t i = 0; i < o->missing_count; i++)
		buffer_printf(out, " -%llu+%llu", (unsigned long long)o->missing[i].offset,
			      (unsigned long long)o->missing[i].length);
	if (o->verdict != OBJECT_UNCHECKED)
		buffer_printf(out, " %s", object_verdict_name(o->verdict));
	if (o->media_type)
		buffer_printf(out, " %s", o->media_type);
	if (o->cause.len)
		buffer_printf(out, " \"%.*s\"", SLICE_ARG(o->cause));
	add_steps(out, o);
	buffer_add_byte(out, '\n');
}

static void write_data(void *ctx, const struct object *o, uint64_t offset, struct slice data)
{
	struct life *l = ctx;

	buffer_printf(&l->data, "%llu:%llu:", (unsigned long long)o->id, (unsigned long long)offset);
	buffer_add_slice(&l->data, slice_sub(data, 0, 40));
	buffer_add_byte(&l->data, '\n');
}

void life_begin(struct life *l)
{
	struct event_sink sink = {.object_data = write_data, .object = write_object, .ctx = l};

	*l = (struct life){.time_ns = SECOND, .base = {1000, 500000}};
	l->table = p2p_new(&sink);
	l->connection = (struct connection){.id = 1, .transport = "tcp", .direction_from = DIRECTION_SYN};
}

void life_expect(struct buffer *b, const char *expected)
{
	buffer_add_byte(b, 0);
	assert_string_equal((const char *)b->data, expected);
	b->len = 0;
}

void life_end(struct life *l)
{
	p2p_free(l->table);
	buffer_free(&l->out);
	buffer_free(&l->data);
	buffer_free(&l->notes);
	arena_free(&l->arena);
}

static void note_links(struct life *l, const struct field *parent)
{
	for (const struct field *f = parent->first; f; f = f->next) {
		if (f->def == &field_defs[F_P2P_ACKS])
			buffer_printf(&l->notes, "%llu acks %llu\n", (unsigned long long)l->event,
				      (unsigned long long)f->value.number);
		note_links(l, f);
	}
}

/* Findings of the rules that are made here, and what the summary says of objects. */
static void note(struct life *l)
{
	size_t at = slice_find(l->d.summary, SLICE_LIT("complete: "));

	note_links(l, &l->d.root);
	if (at < l->d.summary.len)
		buffer_printf(&l->notes, "%.*s\n", SLICE_ARG(slice_sub(l->d.summary, at, l->d.summary.len)));
	for (const struct finding *f = l->d.findings; f; f = f->next)
		buffer_printf(&l->notes, "!%s %.*s\n", f->rule->id, SLICE_ARG(f->text));
}

/* --- commands --- */

void life_observe(struct life *l, enum event_kind kind, const char *protocol, const char *name, enum msnp_sender from)
{
	struct event e = {.id = ++l->event,
			  .kind = kind,
			  .time_ns = l->time_ns += SECOND,
			  .connection = &l->connection,
			  .from = from,
			  .protocol = protocol,
			  .name = slice_str(name),
			  .dissection = &l->d};

	p2p_observe(l->table, &e, &l->d);
	note(l);
	p2p_flush(l->table);
}

void life_command(struct life *l, const struct msnp_context *context, enum msnp_sender from, struct slice line,
		  struct slice payload)
{
	struct msnp_message m = {.sender = from, .line = line, .payload = payload, .has_payload = true,
				 .declared = payload.len};
	struct msnp_hints hints = {.challenge = SLICE_EMPTY};
	char name[4] = "";

	memcpy(name, line.ptr, 3);
	arena_reset(&l->arena);
	dissection_init(&l->d, &l->arena, line, payload);
	msnp_dissect(&l->d, &m, context, &hints);
	life_observe(l, EVENT_COMMAND, "msnp", name, from);
}

/* A body of that type in a MSG between alice, whose connection it is, and bob. */
void life_message(struct life *l, bool alice, const char *headers, struct slice body)
{
	static const struct msnp_context context = {MSNP_SB, {18, 18}, {NULL, 0}};
	struct buffer payload = {0}, line = {0};

	buffer_printf(&payload, "MIME-Version: 1.0\r\n%s\r\n", headers);
	buffer_add_slice(&payload, body);
	if (alice != l->bobs)
		buffer_printf(&line, "MSG 5 D %zu", payload.len);
	else
		buffer_printf(&line, "MSG %s@example.com Nick %zu", alice ? "alice" : "bob", payload.len);
	life_command(l, &context, alice != l->bobs ? MSNP_CLIENT : MSNP_SERVER, buffer_slice(&line), buffer_slice(&payload));
	buffer_free(&payload);
	buffer_free(&line);
}

void life_close(struct life *l)
{
	p2p_connection_end(l->table, &l->connection);
}

void life_lost(struct life *l)
{
	arena_reset(&l->arena);
	dissection_init(&l->d, &l->arena, SLICE_EMPTY, SLICE_EMPTY);
	life_observe(l, EVENT_LOST, "tcp", "lost", MSNP_SERVER);
}

/* --- packets --- */

static void put(struct buffer *b, uint64_t value, size_t bytes, bool little)
{
	for (size_t i = 0; i < bytes; i++)
		buffer_add_byte(b, (uint8_t)(value >> 8 * (little ? i : bytes - 1 - i)));
}

/* On a direct connection a frame, else a MSG with a footer. */
static void carry(struct life *l, bool alice, int version, struct buffer *packet, uint32_t footer)
{
	const char *headers = version == 1 ?
				      (alice ? "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: "
					       "bob@example.com\r\n" :
					       "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: "
					       "alice@example.com\r\n") :
				      (alice ? "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: "
					       "bob@example.com" END_2
					       "\r\nP2P-Src: alice@example.com" END_1 "\r\n" :
					       "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: "
					       "alice@example.com" END_1
					       "\r\nP2P-Src: bob@example.com" END_2 "\r\n");

	if (strcmp(l->connection.transport, "p2p") == 0) {
		arena_reset(&l->arena);
		dissection_init(&l->d, &l->arena, SLICE_EMPTY, buffer_slice(packet));
		p2p_packet_dissect(&l->d, &l->d.root, SOURCE_PAYLOAD, 0, packet->len, version, false);
		life_observe(l, EVENT_PEER, "p2p", "P2P", alice ? MSNP_SERVER : MSNP_CLIENT);
	} else {
		put(packet, footer, 4, false);
		life_message(l, alice, headers, buffer_slice(packet));
	}
	buffer_free(packet);
}

void life_v1(struct life *l, bool alice, struct v1 p, const char *data, size_t len)
{
	struct buffer b = {0};

	put(&b, p.session, 4, true);
	put(&b, p.id, 4, true);
	put(&b, p.offset, 8, true);
	put(&b, p.total, 8, true);
	put(&b, len, 4, true);
	put(&b, p.flags, 4, true);
	put(&b, p.ack, 4, true);
	put(&b, p.ack_sub, 4, true);
	put(&b, p.ack_size, 8, true);
	buffer_add(&b, data, len);
	carry(l, alice, 1, &b, p.footer);
}

/* Bytes from..to of PICTURE, from bob. */
void life_picture(struct life *l, uint32_t session, uint32_t id, size_t from, size_t to)
{
	life_v1(l, false,
	   (struct v1){.session = session, .id = id, .flags = 0x20, .ack = id + 7, .offset = from, .total = PICTURE_SIZE,
		       .footer = 12},
	   &PICTURE[from], to - from);
}

void life_v2(struct life *l, bool alice, struct v2 p, const char *data, size_t len)
{
	size_t data_header = p.remaining ? 20 : 8, message_len = len ? data_header + len : 0;
	struct buffer b = {0};

	put(&b, p.has_ack ? 16 : 8, 1, false);
	put(&b, p.operation, 1, false);
	put(&b, message_len, 2, false);
	put(&b, l->base[!alice], 4, false);
	if (p.has_ack) {
		put(&b, 0x0204, 2, false);
		put(&b, p.ack, 4, false);
		put(&b, 0, 2, false);
	}
	if (len) {
		put(&b, data_header, 1, false);
		put(&b, p.tf, 1, false);
		put(&b, p.package, 2, false);
		put(&b, p.session, 4, false);
		if (p.remaining) {
			put(&b, 0x0108, 2, false);
			put(&b, p.remaining, 8, false);
			put(&b, 0, 2, false);
		}
		buffer_add(&b, data, len);
	}
	l->base[!alice] += (uint32_t)message_len;
	carry(l, alice, 2, &b, 0);
}

void life_picture_2(struct life *l, uint32_t session, uint16_t package, size_t from, size_t to)
{
	life_v2(l, false,
	   (struct v2){.session = session, .package = package, .tf = from ? 4 : 5, .remaining = PICTURE_SIZE - to},
	   &PICTURE[from], to - from);
}

/* --- MSNSLP --- */

void life_slp_text(struct buffer *out, bool alice, const char *start, const char *call, const char *type,
		     const char *body)
{
	const char *from = alice ? "alice" : "bob", *to = alice ? "bob" : "alice";
	bool request = strncmp(start, "MSNSLP", 6) != 0;

	if (request)
		buffer_printf(out, "%s MSNMSGR:%s@example.com MSNSLP/1.0\r\n", start, to);
	else
		buffer_printf(out, "%s\r\n", start);
	buffer_printf(out,
		      "To: <msnmsgr:%s@example.com>\r\nFrom: <msnmsgr:%s@example.com>\r\n"
		      "Via: MSNSLP/1.0/TLP ;branch={00000000-1111-4222-8333-444444444444}\r\nCSeq: %d\r\n"
		      "Call-ID: %s\r\nMax-Forwards: 0\r\nContent-Type: application/x-msnmsgr-%s\r\n"
		      "Content-Length: %zu\r\n\r\n%s",
		      to, from, !request, call, type, strlen(body) + 1, body);
	buffer_add_byte(out, 0);
}

static uint32_t next_id(struct life *l)
{
	return 90000 + (uint32_t)l->event;
}

/* In one packet of version 1, or of version 2 over the switchboard. */
void life_slp(struct life *l, int version, bool alice, const char *start, const char *call, const char *type,
		const char *body)
{
	struct buffer text = {0};

	life_slp_text(&text, alice, start, call, type, body);
	if (version == 1)
		life_v1(l, alice, (struct v1){.id = next_id(l), .total = text.len, .ack = 5}, (const char *)text.data, text.len);
	else
		life_v2(l, alice, (struct v2){.tf = 1}, (const char *)text.data, text.len);
	buffer_free(&text);
}

/* alice asks bob for his picture. */
void life_ask_picture(struct life *l, int version, const char *call, uint32_t session, size_t size, const char *sha1d)
{
	struct buffer object = {0}, body = {0};

	buffer_printf(&object,
		      "<msnobj Creator=\"bob@example.com\" Size=\"%zu\" Type=\"3\" Location=\"pic1.tmp\" "
		      "Friendly=\"AAA=\" SHA1D=\"%s\"/>",
		      size, sha1d);
	buffer_add_byte(&object, 0);
	char *context = memory_zalloc(BASE64_LEN(object.len) + 1);
	base64_encode(buffer_slice(&object), context);
	buffer_printf(&body, "EUF-GUID: " OBJECTS "\r\nSessionID: %u\r\nAppID: 12\r\nContext: "
						  "%s\r\n\r\n", session, context);
	buffer_add_byte(&body, 0);
	life_slp(l, version, true, "INVITE", call, "sessionreqbody", (const char *)body.data);
	free(context);
	buffer_free(&object);
	buffer_free(&body);
}

void life_session_slp(struct life *l, int version, bool alice, const char *start, const char *call, uint32_t session)
{
	char body[64];

	snprintf(body, sizeof(body), "SessionID: %u\r\n\r\n", session);
	life_slp(l, version, alice, start, call, strncmp(start, "BYE", 3) == 0 ? "sessionclosebody" : "sessionreqbody", body);
}

void life_open_call(struct life *l, int version, const char *call, uint32_t session)
{
	life_ask_picture(l, version, call, session, PICTURE_SIZE, PICTURE_SHA1D);
	life_session_slp(l, version, false, "MSNSLP/1.0 200 OK", call, session);
}

