/* SPDX-License-Identifier: BSD-2-Clause */
/* Conversations: commands in, lines out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dissectors/msnp_dissect.h"
#include "session/split.h"
#include "session/talks.h"
#include "util/buffer.h"

#define SECOND INT64_C(1000000000)
#define START (INT64_C(1053111770) * SECOND)

/* One run: commands of several connections, and what comes of them, a line each. */
struct run {
	struct talks *talks;
	struct users *users;
	struct split_table *split;
	struct arena arena;
	struct dissection d;
	struct connection connections[4]; /* by id, 0 is not used */
	struct buffer out;
	uint64_t event, failing; /* reply_to of the next command */
	int64_t time_ns;
	uint64_t texts, typings, nudges, objects; /* of the latest conversation that ended */
};

static void on_start(void *ctx, const struct conversation_info *c)
{
	struct run *r = ctx;

	buffer_printf(&r->out, "%llu begins: %s", (unsigned long long)c->id, conversation_kind_name(c->kind));
	for (size_t i = 0; i < c->participant_count; i++)
		buffer_printf(&r->out, " %.*s", SLICE_ARG(c->participants[i]));
	buffer_add_byte(&r->out, '\n');
}

/* "1 text alice@example.com=Alice>bob@example.com: hello (own, offline, about 3)" */
static void on_talk(void *ctx, const struct talk *t)
{
	struct run *r = ctx;

	buffer_printf(&r->out, "%llu %s", (unsigned long long)t->conversation, talk_kind_name(t->kind));
	buffer_printf(&r->out, "%s%.*s", t->who.len ? " " : "", SLICE_ARG(t->who));
	buffer_printf(&r->out, "%s%.*s", t->name.len ? "=" : "", SLICE_ARG(t->name));
	buffer_printf(&r->out, "%s%.*s", t->whom.len ? ">" : "", SLICE_ARG(t->whom));
	buffer_printf(&r->out, "%s%.*s", t->text.len ? ": " : "", SLICE_ARG(t->text));
	buffer_add_str(&r->out, t->own ? " (own)" : "");
	buffer_add_str(&r->out, t->offline ? " (offline)" : "");
	if (t->about)
		buffer_printf(&r->out, " (about %llu)", (unsigned long long)t->about);
	buffer_add_byte(&r->out, '\n');
}

static void on_end(void *ctx, const struct conversation_info *c)
{
	struct run *r = ctx;

	r->texts = c->texts;
	r->typings = c->typings;
	r->nudges = c->nudges;
	r->objects = c->objects;
	buffer_printf(&r->out, "%llu ends: %.*s", (unsigned long long)c->id, SLICE_ARG(c->user));
	for (size_t i = 0; i < c->participant_count; i++)
		buffer_printf(&r->out, " %.*s", SLICE_ARG(c->participants[i]));
	if (c->participants_omitted)
		buffer_printf(&r->out, " and %llu", (unsigned long long)c->participants_omitted);
	if (c->same_as)
		buffer_printf(&r->out, ", same as %llu", (unsigned long long)c->same_as);
	buffer_add_byte(&r->out, '\n');
}

static void begin(struct run *r)
{
	struct event_sink sink = {.conversation_start = on_start, .talk = on_talk, .conversation_end = on_end, .ctx = r};
	struct event_sink none = {0};

	*r = (struct run){.time_ns = START, .users = users_new(&none), .split = split_new()};
	r->talks = talks_new(&sink, r->users);
	for (uint64_t i = 0; i < 4; i++)
		r->connections[i] = (struct connection){.id = i, .transport = "tcp", .role = MSNP_SB, .versions = {12, 12}, .version = 12};
}

static void expect(struct run *r, const char *expected)
{
	buffer_add_byte(&r->out, 0);
	assert_string_equal((const char *)r->out.data, expected);
	r->out.len = 0;
}

static void end(struct run *r)
{
	talks_finish(r->talks);
	talks_free(r->talks);
	users_free(r->users);
	split_free(r->split);
	buffer_free(&r->out);
	arena_free(&r->arena);
}

static void role(struct run *r, uint64_t connection, unsigned what, int version)
{
	r->connections[connection].role = what;
	r->connections[connection].versions = (struct msnp_versions){version, version};
	r->connections[connection].version = version;
}

/* A command: ">>> line" or "<<< line" on a connection, with its payload (NULL: none).  Returns the event. */
static uint64_t say(struct run *r, uint64_t connection, const char *text, const char *payload)
{
	struct connection *n = &r->connections[connection];
	struct msnp_context context = {n->role, n->versions, SLICE_EMPTY};
	struct msnp_hints hints = {.length_wrong = false};
	char line[1024];

	snprintf(line, sizeof(line), payload ? "%s %zu" : "%s", text + 4, payload ? strlen(payload) : 0);
	struct msnp_message m = {.sender = text[0] == '>' ? MSNP_CLIENT : MSNP_SERVER,
				 .line = slice_str(line),
				 .payload = slice_str(payload),
				 .has_payload = payload != NULL,
				 .declared = payload ? strlen(payload) : 0};
	dissection_init(&r->d, &r->arena, m.line, m.payload);
	struct msnp_dissected what = msnp_dissect(&r->d, &m, &context, &hints);
	struct event e = {.id = ++r->event,
			  .kind = EVENT_COMMAND,
			  .time_ns = r->time_ns += SECOND,
			  .connection = n,
			  .from = m.sender,
			  .protocol = "msnp",
			  .name = what.words.word[0],
			  .has_trid = what.match.has_trid,
			  .trid = what.match.trid,
			  .words = what.words,
			  .form = what.match.form,
			  .line = m.line,
			  .payload = m.payload,
			  .has_payload = m.has_payload,
			  .declared_length = m.declared,
			  .reply_to = r->failing,
			  .dissection = &r->d};

	r->failing = 0;
	split_observe(r->split, &e, &r->d, &context);
	users_observe(r->users, &e, &r->d.root);
	talks_observe(r->talks, &e, &r->d.root);
	arena_reset(&r->arena);
	return e.id;
}

static void close_connection(struct run *r, uint64_t connection, const char *reason)
{
	r->connections[connection].end_reason = reason;
	r->connections[connection].end_ns = r->time_ns;
	users_connection_end(r->users, &r->connections[connection]);
	talks_connection_end(r->talks, &r->connections[connection]);
}

#define TEXT(text) "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n" text
#define NAMED(nick, text) "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nP4-Context: " nick "\r\n\r\n" text
#define TYPING(who) "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: " who "\r\n\r\n\r\n"
#define DATACAST(rest) "MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\n" rest

/* --- switchboards --- */

static void open_board(struct run *r)
{
	say(r, 1, ">>> USR 1 alice@example.com 17262740.1053.24", NULL);
	say(r, 1, "<<< USR 1 OK alice@example.com Alice", NULL);
	say(r, 1, ">>> CAL 2 bob@example.com", NULL);
	say(r, 1, "<<< CAL 2 RINGING 11752013", NULL);
	say(r, 1, "<<< JOI bob@example.com Bob 0", NULL);
}

#define OPENED \
	"1 begins: switchboard alice@example.com\n" \
	"1 join alice@example.com=Alice (own)\n" \
	"1 invite alice@example.com=Alice>bob@example.com (own)\n" \
	"1 join bob@example.com=Bob\n"

static void test_switchboard(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	open_board(&r);
	expect(&r, OPENED);
	say(&r, 1, ">>> MSG 3 U", TYPING("alice@example.com"));
	say(&r, 1, ">>> MSG 4 N", TEXT("hello"));
	say(&r, 1, "<<< MSG bob@example.com Bobby", TEXT("hi\r\nthere"));
	say(&r, 1, "<<< MSG bob@example.com Bobby", NAMED("Bob at work", "busy"));
	say(&r, 1, "<<< BYE bob@example.com 1", NULL);
	close_connection(&r, 1, "fin");
	expect(&r, "1 typing alice@example.com=Alice (own)\n"
		   "1 text alice@example.com=Alice: hello (own)\n"
		   "1 text bob@example.com=Bobby: hi\r\nthere\n"
		   "1 text bob@example.com=Bob at work: busy\n"
		   "1 leave bob@example.com=Bobby: idle\n"
		   "1 closed\n"
		   "1 ends: alice@example.com alice@example.com bob@example.com\n");
	end(&r);
}

/* One switchboard that is used for several people stays one conversation. */
static void test_reuse(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	open_board(&r);
	say(&r, 1, "<<< BYE bob@example.com", NULL);
	say(&r, 1, "<<< BYE bob@example.com", NULL);
	say(&r, 1, ">>> CAL 3 carol@example.com", NULL);
	say(&r, 1, "<<< JOI carol@example.com Carol 0", NULL);
	say(&r, 1, "<<< JOI bob@example.com Bob 0", NULL);
	close_connection(&r, 1, "rst");
	expect(&r, OPENED "1 leave bob@example.com=Bob\n"
			  "1 invite alice@example.com=Alice>carol@example.com (own)\n"
			  "1 join carol@example.com=Carol\n"
			  "1 join bob@example.com=Bob\n"
			  "1 closed: connection reset\n"
			  "1 ends: alice@example.com alice@example.com bob@example.com carol@example.com\n");
	end(&r);
}

/* MSNP16 and later: each endpoint has a line, and the account has one. */
static void test_endpoints(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	role(&r, 1, MSNP_SB, 18);
#define E1 ";{11111111-1111-4111-8111-111111111111}"
#define E2 ";{22222222-2222-4222-8222-222222222222}"
	say(&r, 1, ">>> ANS 1 alice@example.com" E1 " 17262740.1053.24 11752013", NULL);
	say(&r, 1, "<<< IRO 1 1 3 bob@example.com" E1 " Bob 2788999228:48", NULL);
	say(&r, 1, "<<< IRO 1 2 3 bob@example.com" E2 " Bob 2788999228:48", NULL);
	say(&r, 1, "<<< IRO 1 3 3 bob@example.com Bob 2788999228:48", NULL);
	say(&r, 1, "<<< ANS 1 OK", NULL);
	say(&r, 1, "<<< JOI alice@example.com" E2 " Alice 2788999228:48", NULL);
	expect(&r, "1 begins: switchboard alice@example.com bob@example.com\n"
		   "1 join bob@example.com=Bob\n1 join alice@example.com (own)\n");
	say(&r, 1, ">>> CAL 2 alice@example.com", NULL);
	say(&r, 1, "<<< BYE alice@example.com" E2, NULL);
	say(&r, 1, "<<< BYE bob@example.com" E1, NULL);
	expect(&r, "");
	say(&r, 1, "<<< BYE bob@example.com" E2, NULL);
	say(&r, 1, "<<< BYE bob@example.com", NULL);
	expect(&r, "1 leave bob@example.com=Bob\n");
	end(&r);
}

static void test_kinds(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	open_board(&r);
	r.out.len = 0;
	say(&r, 1, "<<< MSG bob@example.com Bob", DATACAST("ID: 1\r\n\r\n"));
	say(&r, 1, "<<< MSG bob@example.com Bob",
	    DATACAST("ID: 2\r\nData: <msnobj Creator=\"bob@example.com\" Size=\"204\" Type=\"8\" Location=\"a.tmp\" "
		     "Friendly=\"dABlAGEAAAA=\" SHA1D=\"5TEliooxFtXKRz+KcZhv32Ybfvw=\"/>\r\n\r\n"));
	say(&r, 1, "<<< MSG bob@example.com Bob", DATACAST("ID: 4\r\nData: Bob waves\r\n\r\n"));
	say(&r, 1, "<<< MSG bob@example.com Bob", DATACAST("ID: 77\r\n\r\n"));
	say(&r, 1, "<<< MSG bob@example.com Bob",
	    "MIME-Version: 1.0\r\nContent-Type: text/x-mms-emoticon\r\n\r\n(tea)\t<msnobj Creator=\"bob@example.com\" "
	    "Size=\"9\" Type=\"2\" Location=\"t\" Friendly=\"AAA=\" SHA1D=\"5TEliooxFtXKRz+KcZhv32Ybfvw=\"/>\t");
	say(&r, 1, "<<< MSG bob@example.com Bob",
	    "MIME-Version: 1.0\r\nContent-Type: image/gif\r\n\r\nbase64:R0lGODlhAQABAAAAACw=");
	say(&r, 1, "<<< MSG bob@example.com Bob",
	    "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\nApplication-Name: File Transfer\r\n"
	    "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\nInvitation-Command: INVITE\r\n"
	    "Invitation-Cookie: 33267\r\nApplication-File: notes.txt\r\nApplication-FileSize: 15\r\n\r\n");
	say(&r, 1, ">>> MSG 5 N",
	    "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\nInvitation-Command: ACCEPT\r\n"
	    "Invitation-Cookie: 33267\r\n\r\n");
	expect(&r, "1 nudge bob@example.com=Bob\n"
		   "1 wink bob@example.com=Bob: tea\n"
		   "1 action bob@example.com=Bob: Bob waves\n"
		   "1 emoticon bob@example.com=Bob: (tea)\n"
		   "1 ink bob@example.com=Bob\n"
		   "1 offer bob@example.com=Bob: File Transfer \"notes.txt\", 15 bytes\n");
	end(&r);
}

static void test_split(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	open_board(&r);
	r.out.len = 0;
	say(&r, 1, "<<< MSG bob@example.com Bob",
	    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nMessage-ID: {1}\r\nChunks: 2\r\n\r\nfirst, ");
	say(&r, 1, "<<< MSG bob@example.com Bob", "Message-ID: {1}\r\nChunk: 1\r\n\r\nsecond");
	expect(&r, "1 text bob@example.com=Bob: first, second\n");
	end(&r);
}

static void test_failed(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	say(&r, 1, ">>> USR 1 alice@example.com 17262740.1053.24", NULL);
	say(&r, 1, "<<< USR 1 OK alice@example.com Alice", NULL);
	r.failing = say(&r, 1, ">>> CAL 2 bob@example.com", NULL);
	say(&r, 1, "<<< 217 2", NULL);
	uint64_t first = say(&r, 1, ">>> MSG 3 N", TEXT("one"));
	say(&r, 1, ">>> MSG 4 N", TEXT("two"));
	say(&r, 1, "<<< NAK 3", NULL);
	say(&r, 1, "<<< NAK 3", NULL);
	say(&r, 1, "<<< NAK 9", NULL);
	assert_int_equal(first, 5);
	expect(&r, "1 begins: switchboard alice@example.com\n"
		   "1 join alice@example.com=Alice (own)\n"
		   "1 invite alice@example.com=Alice>bob@example.com (own)\n"
		   "1 failed alice@example.com=Alice: error 217, contact is offline, hidden or not taking messages (own) (about 3)\n"
		   "1 text alice@example.com=Alice: one (own)\n"
		   "1 text alice@example.com=Alice: two (own)\n"
		   "1 failed alice@example.com=Alice: not delivered (own) (about 5)\n");
	end(&r);
}

/* Of a capture that begins late: who is there shows little by little. */
static void test_missing_start(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	say(&r, 1, "<<< MSG carol@example.com Carol", TEXT("as I was saying"));
	say(&r, 1, ">>> MSG 9 N", TEXT("go on"));
	say(&r, 1, "<<< BYE dave@example.com", NULL);
	say(&r, 1, ">>> MSG 10 U", TYPING("alice@example.com"));
	say(&r, 1, ">>> MSG 11 N", TEXT("please"));
	close_connection(&r, 1, "capture");
	expect(&r, "1 begins: switchboard carol@example.com\n"
		   "1 text carol@example.com=Carol: as I was saying\n"
		   "1 text: go on (own)\n"
		   "1 leave dave@example.com\n"
		   "1 typing alice@example.com (own)\n"
		   "1 text alice@example.com: please (own)\n"
		   "1 closed: the capture ends\n"
		   "1 ends: alice@example.com carol@example.com dave@example.com alice@example.com\n");
	end(&r);
}

/* --- views of the same conversation --- */

/* The number of the session tells. */
static void test_both_ends(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	open_board(&r);
	say(&r, 2, ">>> ANS 1 bob@example.com 17262740.1053.24 11752013", NULL);
	say(&r, 2, "<<< IRO 1 1 1 alice@example.com Alice 0", NULL);
	say(&r, 2, "<<< ANS 1 OK", NULL);
	/* Another server, the same number. */
	r.connections[3].server.ip[0] = 7;
	say(&r, 3, ">>> ANS 1 bob@example.com 17262740.1053.24 11752013", NULL);
	say(&r, 3, "<<< ANS 1 OK", NULL);
	r.out.len = 0;
	for (uint64_t i = 1; i < 4; i++)
		close_connection(&r, i, "fin");
	expect(&r, "1 closed\n1 ends: alice@example.com alice@example.com bob@example.com\n"
		   "2 closed\n2 ends: bob@example.com bob@example.com alice@example.com, same as 1\n"
		   "3 closed\n3 ends: bob@example.com bob@example.com\n");
	end(&r);
}

/* Without it: the same people and the same text at the same time. */
static void test_same_text(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	for (uint64_t i = 1; i < 4; i++)
		role(&r, i, MSNP_NS, 18);
	say(&r, 1, "<<< USR 3 OK alice@example.com 1 0", NULL);
	say(&r, 2, "<<< USR 3 OK bob@example.com 1 0", NULL);
	say(&r, 3, "<<< USR 3 OK carol@example.com 1 0", NULL);
	say(&r, 1, ">>> UUM 8 bob@example.com 32 1", TEXT("hello"));
	say(&r, 2, "<<< UBM alice@example.com 32 bob@example.com 1 1", TEXT("hello"));
	say(&r, 3, "<<< UBM alice@example.com 32 carol@example.com 1 1", TEXT("hello"));
	r.out.len = 0;
	for (uint64_t i = 1; i < 4; i++)
		close_connection(&r, i, "fin");
	expect(&r, "1 closed\n1 ends: alice@example.com alice@example.com bob@example.com\n"
		   "2 closed\n2 ends: bob@example.com bob@example.com alice@example.com, same as 1\n"
		   "3 closed\n3 ends: carol@example.com carol@example.com alice@example.com\n");
	/* Long afterwards it is another conversation. */
	say(&r, 1, "<<< USR 3 OK alice@example.com 1 0", NULL);
	say(&r, 2, "<<< USR 3 OK bob@example.com 1 0", NULL);
	say(&r, 1, ">>> UUM 8 bob@example.com 32 1", TEXT("again"));
	r.time_ns += 60 * SECOND;
	say(&r, 2, "<<< UBM alice@example.com 32 bob@example.com 1 1", TEXT("again"));
	r.out.len = 0;
	close_connection(&r, 2, "fin");
	expect(&r, "5 closed\n5 ends: bob@example.com bob@example.com alice@example.com\n");
	end(&r);
}

/* --- over the notification server --- */

#define SDG(to, from, channel, messaging) \
	"Routing: 1.0\r\nTo: " to "\r\nFrom: " from "\r\n" channel "\r\nReliability: 1.0\r\n\r\nMessaging: 2.0\r\n" messaging
#define SDG_TEXT(length, text) \
	"Message-Type: Text\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: " length "\r\n\r\n" text
#define SDG_KIND(kind) "Message-Type: " kind "\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: 0\r\n\r\n"
#define ALICE "1:alice@example.com;epid={4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}"
#define BOB "1:bob@example.com;epid={7d2e9f10-3c4b-4a5d-9e6f-80a1b2c3d4e5}"

static void test_direct(void **state)
{
	struct run r;
	struct offline_message m = {.from = SLICE_LIT("dave@example.com"), .has_text = true, .text = SLICE_LIT("old")};

	(void)state;
	begin(&r);
	role(&r, 1, MSNP_NS, 21);
	say(&r, 1, ">>> SDG 1", SDG("1:bob@example.com", ALICE, "", SDG_KIND("Control/Typing")));
	say(&r, 1, ">>> SDG 2", SDG("1:bob@example.com", ALICE, "", SDG_TEXT("2", "hi")));
	say(&r, 1, "<<< SDG 0", SDG(ALICE, BOB, "", SDG_KIND("Nudge")));
	say(&r, 1, "<<< SDG 0", SDG(ALICE, BOB, "", SDG_KIND("Signal/CloseIMWindow")));
	/* From another place of alice's. */
	say(&r, 1, "<<< SDG 0", SDG("1:bob@example.com", "1:Alice@example.com", "", SDG_TEXT("4", "me 2")));
	m.fetched.event = say(&r, 1, "<<< SDG 0", SDG("1:alice@example.com", "1:dave@example.com",
						     "Service-Channel: IM/Offline\r\n", SDG_TEXT("3", "old")));
	/* It comes again when the file ends. */
	talks_offline(r.talks, &m);
	close_connection(&r, 1, "fin");
	expect(&r, "1 begins: direct alice@example.com bob@example.com\n"
		   "1 typing alice@example.com (own)\n"
		   "1 text alice@example.com: hi (own)\n"
		   "1 nudge bob@example.com\n"
		   "1 text Alice@example.com: me 2 (own)\n"
		   "2 begins: direct alice@example.com dave@example.com\n"
		   "2 text dave@example.com: old (offline)\n"
		   "2 closed\n2 ends: alice@example.com alice@example.com dave@example.com\n"
		   "1 closed\n1 ends: alice@example.com alice@example.com bob@example.com\n");
	end(&r);
}

/* Names are those of the time. */
static void test_names(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	role(&r, 1, MSNP_NS, 14);
	say(&r, 1, "<<< USR 3 OK alice@example.com Alice 1 0", NULL);
	say(&r, 1, "<<< NLN NLN bob@example.com 32 Bob 0 0", NULL);
	say(&r, 1, "<<< UBM bob@example.com 32 1", TEXT("hi"));
	say(&r, 1, "<<< NLN NLN bob@example.com 32 Bob%20away 0 0", NULL);
	say(&r, 1, "<<< UBM bob@example.com 32 1", TEXT("later"));
	expect(&r, "1 begins: direct alice@example.com bob@example.com\n"
		   "1 text bob@example.com=Bob: hi\n"
		   "1 text bob@example.com=Bob away: later\n");
	end(&r);
}

#define GROUP "5d5d5d5d-3c3c-0001-4444-2b2b00000000@live.com"
#define ROSTER(users) "<circle><roster><id>IM</id>" users "</roster></circle>"
#define MEMBER(who) "<user><id>1:" who "@example.com</id></user>"
#define PENDING(who) "<user><id>1:" who "@example.com</id><state>pending</state></user>"
#define PUT(to, type, length, body) \
	"Routing: 1.0\r\nTo: " to "\r\nFrom: " ALICE "\r\n\r\nReliability: 1.0\r\n\r\nPublication: 1.0\r\nUri: /circle\r\n" \
	"Content-Type: application/" type "+xml\r\nContent-Length: " length "\r\n\r\n" body
#define NFY(from, uri, length, body) \
	"Routing: 1.0\r\nTo: 1:alice@example.com\r\nFrom: " from "\r\n\r\nReliability: 1.0\r\n\r\nNotification: 1.0\r\n" \
	"NotifNum: 1\r\nUri: " uri "\r\nNotifType: Partial\r\nContent-Type: application/circles+xml\r\n" \
	"Content-Length: " length "\r\n\r\n" body

static void test_group(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	role(&r, 1, MSNP_NS, 21);
	say(&r, 1, ">>> PUT 1", PUT("10:00000000-0000-0000-0000-000000000000@live.com", "multiparty", "0", ""));
	expect(&r, "");
	say(&r, 1, ">>> PUT 2", PUT("10:" GROUP, "circles", "86", ROSTER(MEMBER("alice"))));
	say(&r, 1, ">>> PUT 3", PUT("10:" GROUP ";path=IM", "multiparty", "84", ROSTER(MEMBER("bob"))));
	say(&r, 1, "<<< NFY PUT", NFY("10:" GROUP, "/circle", "147", ROSTER(MEMBER("bob") PENDING("carol"))));
	say(&r, 1, "<<< SDG 0", SDG("10:" GROUP ";path=IM", BOB, "", SDG_TEXT("3", "hi!")));
	say(&r, 1, "<<< NFY DEL", NFY("10:" GROUP, "/circle/roster(IM)/user(1:bob@example.com)", "0", ""));
	say(&r, 1, ">>> DEL 4",
	    "Routing: 1.0\r\nTo: 10:" GROUP "\r\nFrom: " ALICE "\r\n\r\nReliability: 1.0\r\n\r\nPublication: 1.0\r\n"
	    "Uri: /circle/roster(IM)/user(1:alice@example.com)\r\nContent-Type: application/circles+xml\r\n"
	    "Content-Length: 0\r\n\r\n");
	close_connection(&r, 1, "fin");
	expect(&r, "1 begins: group alice@example.com\n"
		   "1 join alice@example.com (own)\n"
		   "1 invite alice@example.com>bob@example.com (own)\n"
		   "1 join bob@example.com\n"
		   "1 text bob@example.com: hi!\n"
		   "1 leave bob@example.com\n"
		   "1 leave alice@example.com (own)\n"
		   "1 ends: alice@example.com alice@example.com bob@example.com\n");
	end(&r);
}

/* A circle in which nobody says anything is no conversation. */
static void test_circle(void **state)
{
#define CIRCLE "9:00000000-0000-0000-0009-5f1e2d3c4b5a@live.com"
	struct run r;

	(void)state;
	begin(&r);
	role(&r, 1, MSNP_NS, 18);
	say(&r, 1, ">>> PUT 1", PUT(CIRCLE, "circles", "86", ROSTER(MEMBER("alice"))));
	say(&r, 1, "<<< NFY PUT", NFY(CIRCLE, "/circle", "169", ROSTER(MEMBER("bob") MEMBER("carol") MEMBER("dave"))));
	say(&r, 1, "<<< NFY DEL", NFY(CIRCLE, "/circle/roster(IM)/user(1:dave@example.com)", "0", ""));
	expect(&r, "");
	say(&r, 1, "<<< SDG 0", SDG(CIRCLE ";path=IM", BOB, "", SDG_TEXT("3", "hi!")));
	close_connection(&r, 1, "fin");
	expect(&r, "1 begins: circle alice@example.com bob@example.com carol@example.com dave@example.com\n"
		   "1 join alice@example.com (own)\n1 join bob@example.com\n1 join carol@example.com\n"
		   "1 text bob@example.com: hi!\n"
		   "1 closed\n1 ends: alice@example.com alice@example.com bob@example.com carol@example.com dave@example.com\n");
	end(&r);
}

/* --- stored messages --- */

static void test_offline(void **state)
{
	struct run r;
	struct offline_message m = {.from = SLICE_LIT("alice@example.com"), .to = SLICE_LIT("bob@example.com"),
				    .has_text = true, .text = SLICE_LIT("later"), .sent = {7, START}, .refused = {8, START}};

	(void)state;
	begin(&r);
	talks_offline(r.talks, &m);
	m.refused.event = m.sent.event = 0;
	m.fetched = (struct offline_step){9, START};
	talks_offline(r.talks, &m);
	m.has_text = false;
	talks_offline(r.talks, &m);
	talks_finish(r.talks);
	expect(&r, "1 begins: offline alice@example.com bob@example.com\n"
		   "1 text alice@example.com: later (own) (offline)\n"
		   "1 failed alice@example.com: the service refuses it (own) (about 7)\n"
		   "2 begins: offline bob@example.com alice@example.com\n"
		   "2 text alice@example.com: later (offline)\n"
		   "1 ends: alice@example.com alice@example.com bob@example.com\n"
		   "2 ends: bob@example.com bob@example.com alice@example.com\n");
	/* What a conversation told already is not told again. */
	role(&r, 1, MSNP_NS, 18);
	say(&r, 1, "<<< USR 3 OK alice@example.com 1 0", NULL);
	m.has_text = true;
	m.fetched.event = 0;
	m.sent.event = say(&r, 1, ">>> UUM 8 bob@example.com 1 1",
			   "MIME-Version: 1.0\r\nContent-Type: text/plain\r\nDest-Agent: client\r\n\r\nlater");
	talks_offline(r.talks, &m);
	expect(&r, "1 begins: direct alice@example.com bob@example.com\n"
		   "1 text alice@example.com: later (own) (offline)\n");
	end(&r);
}

/* --- objects and limits --- */

static void test_object(void **state)
{
	struct run r;
	struct object o = {.id = 1, .connection = 1, .kind = OBJECT_FILE, .from = SLICE_LIT("bob@example.com" E1),
			   .to = SLICE_LIT("alice@example.com"), .name = SLICE_LIT("a.txt"), .ended = {6, START}};

	(void)state;
	begin(&r);
	open_board(&r);
	r.out.len = 0;
	talks_object(r.talks, &o);
	o.connection = 2;
	talks_object(r.talks, &o);
	expect(&r, "1 object bob@example.com=Bob>alice@example.com: a.txt\n");
	say(&r, 1, ">>> MSG 3 U", TYPING("alice@example.com"));
	say(&r, 1, ">>> MSG 4 N", TEXT("thanks"));
	say(&r, 1, "<<< MSG bob@example.com Bob", TEXT("well"));
	say(&r, 1, "<<< MSG bob@example.com Bob", DATACAST("ID: 1\r\n\r\n"));
	close_connection(&r, 1, "fin");
	assert_true(r.texts == 2 && r.typings == 1 && r.nudges == 1 && r.objects == 1);
	end(&r);
}

static void test_many(void **state)
{
	struct run r;
	char line[128];

	(void)state;
	begin(&r);
	for (unsigned i = 0; i < CONVERSATION_PARTICIPANTS_MAX + 2; i++) {
		snprintf(line, sizeof(line), "<<< JOI user%u@example.com User 0", i);
		say(&r, 1, line, NULL);
	}
	r.out.len = 0;
	talks_finish(r.talks);
	buffer_add_byte(&r.out, 0);
	assert_non_null(strstr((const char *)r.out.data, " user63@example.com and 2\n"));
	r.out.len = 0;
	/* The oldest conversation ends. */
	role(&r, 2, MSNP_NS, 18);
	for (unsigned i = 0; i < TALKS_MAX + 1; i++) {
		snprintf(line, sizeof(line), "<<< UBM user%u@example.com 1 alice@example.com 1 1", i);
		say(&r, 2, line, TEXT("x"));
	}
	buffer_add_byte(&r.out, 0);
	assert_non_null(strstr((const char *)r.out.data, "\n1 ends: alice@example.com alice@example.com user0@example.com\n"));
	assert_null(strstr((const char *)r.out.data, "\n2 ends:"));
	end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_switchboard),   cmocka_unit_test(test_reuse),	cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_kinds),	      cmocka_unit_test(test_split),	cmocka_unit_test(test_failed),
		cmocka_unit_test(test_missing_start), cmocka_unit_test(test_both_ends), cmocka_unit_test(test_same_text),
		cmocka_unit_test(test_direct),	      cmocka_unit_test(test_names),	cmocka_unit_test(test_group),
		cmocka_unit_test(test_circle),	      cmocka_unit_test(test_offline),	cmocka_unit_test(test_object),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
