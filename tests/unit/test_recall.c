/* SPDX-License-Identifier: BSD-2-Clause */
/* Events held against what came before: commands of a connection in, findings out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dissectors/msnp_dissect.h"
#include "session/recall.h"
#include "util/buffer.h"

#define SECOND INT64_C(1000000000)

/* A connection, and what was found on it: ids, each behind the number of its command from 1. */
struct run {
	struct recall recall;
	struct connection connection;
	struct arena arena;
	struct buffer found;
	int64_t now_ns;
	unsigned unreliable; /* of the commands to come */
	unsigned command;
};

static void begin(struct run *r, unsigned role, int version)
{
	*r = (struct run){.connection = {.id = 1, .role = role, .version = version}};
	r->connection.versions = (struct msnp_versions){version, version};
	r->connection.direction_from = DIRECTION_SYN;
}

static void note(struct run *r, const struct finding *f)
{
	for (; f; f = f->next)
		buffer_printf(&r->found, "%s%u %s", r->found.len ? ", " : "", r->command, f->rule->id);
}

/* ">USR 7 OK" of the client, "<..." of the server, a second later than the last one.  Only findings made here count. */
static void say(struct run *r, const char *line, const char *payload)
{
	struct msnp_message m = {.sender = *line == '>' ? MSNP_CLIENT : MSNP_SERVER,
				 .line = slice_str(line + 1),
				 .payload = slice_str(payload),
				 .has_payload = *payload != 0,
				 .declared = strlen(payload),
				 .unreliable = r->unreliable};
	struct msnp_context context = {r->connection.role, r->connection.versions, SLICE_EMPTY};
	struct msnp_hints hints = {.challenge = SLICE_EMPTY};
	struct dissection d;

	dissection_init(&d, &r->arena, m.line, m.payload);
	struct msnp_dissected parts = msnp_dissect(&d, &m, &context, &hints);
	struct event e = {.kind = EVENT_COMMAND,
			  .time_ns = r->now_ns,
			  .connection = &r->connection,
			  .from = m.sender,
			  .name = parts.words.word[0],
			  .line = m.line,
			  .payload = m.payload,
			  .unreliable = m.unreliable};
	d.findings = d.last_finding = NULL;
	r->now_ns += SECOND;
	r->command++;
	recall_observe(&r->recall, &e, &d);
	note(r, d.findings);
}

static void lose(struct run *r)
{
	struct event e = {.kind = EVENT_LOST, .connection = &r->connection, .lost_bytes = 3};
	struct dissection d;

	dissection_init(&d, &r->arena, SLICE_EMPTY, SLICE_EMPTY);
	r->command++;
	recall_observe(&r->recall, &e, &d);
	note(r, d.findings);
}

static void end(struct run *r, const char *expected)
{
	buffer_add_byte(&r->found, 0);
	assert_string_equal((const char *)r->found.data, expected);
	buffer_free(&r->found);
	recall_free(&r->recall);
	arena_free(&r->arena);
}

#define TYPE(type) "MIME-Version: 1.0\r\nContent-Type: " type "\r\n\r\n"
#define PROFILE "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\nLoginTime: 1057914004\r\n\r\n"

static void test_profile(void **state)
{
	struct run r;

	(void)state;
	begin(&r, MSNP_NS, 8);
	say(&r, ">VER 1 MSNP8 CVR0", "");
	say(&r, "<USR 4 OK alice@example.com Alice 1 0", "");
	say(&r, "<MSG Hotmail Hotmail 1", PROFILE);
	say(&r, "<MSG Hotmail Hotmail 1", TYPE("text/plain"));
	say(&r, "<MSG Hotmail Hotmail 1", PROFILE);
	/* A new sign-in on the same connection. */
	say(&r, ">VER 9 MSNP8 CVR0", "");
	say(&r, "<MSG Hotmail Hotmail 1", PROFILE);
	end(&r, "5 msg.second_profile");
}

#define TYPING(who) "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\n" who "\r\n\r\n\r\n"

static void test_typing(void **state)
{
	struct run r;

	(void)state;
	begin(&r, MSNP_SB, 8);
	say(&r, ">MSG 1 U 1", TYPING("TypingUser: bob@example.com")); /* nobody knows who the user is */
	say(&r, ">USR 2 alice@example.com 17.1", "");
	say(&r, ">MSG 3 U 1", TYPING("TypingUser: Alice@example.com"));
	say(&r, ">MSG 4 U 1", TYPING("TypingUser: bob@example.com"));
	say(&r, ">MSG 5 U 1", TYPING("RecordingUser: bob@example.com"));
	say(&r, "<MSG bob@example.com Bob 1", TYPING("TypingUser: bob@example.com"));
	end(&r, "4 msg.control, 5 msg.control");
}

#define PRIVATE \
	"<Data><PSM></PSM><PrivateEndpointData id=\"{4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}\"><EpName>x</EpName>" \
	"</PrivateEndpointData></Data>"

static void test_private(void **state)
{
	struct run r;

	(void)state;
	begin(&r, MSNP_NS, 16);
	say(&r, "<UBX bob@example.com 1 1", PRIVATE);
	say(&r, ">USR 2 SSO I alice@example.com", "");
	say(&r, "<UBX alice@example.com 1 1", PRIVATE);
	say(&r, "<UBX bob@example.com 1 1", PRIVATE);
	say(&r, "<UBX bob@example.com 1 1", "<Data><PSM></PSM></Data>");
	end(&r, "4 presence.private");
}

#define INVITE(lines) TYPE("text/x-msmsgsinvite; charset=UTF-8") lines "\r\n"
#define FILE_INVITE(cookie) \
	INVITE("Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\nInvitation-Command: INVITE\r\n" \
	       "Invitation-Cookie: " cookie "\r\nApplication-File: a.txt\r\nApplication-FileSize: 3\r\n")
#define CANCEL(cookie) INVITE("Invitation-Command: CANCEL\r\nInvitation-Cookie: " cookie "\r\nCancel-Code: REJECT\r\n")
#define ADDRESS(cookie, more) \
	INVITE("Invitation-Command: ACCEPT\r\nInvitation-Cookie: " cookie "\r\nIP-Address: 192.0.2.1\r\nPort: 6891\r\n" more)

static void test_invitations(void **state)
{
	struct run r;

	(void)state;
	begin(&r, MSNP_SB, 8);
	say(&r, ">MSG 1 A 1", FILE_INVITE("7"));
	say(&r, "<MSG bob@example.com Bob 1", CANCEL("7"));
	say(&r, "<MSG bob@example.com Bob 1", CANCEL("8"));
	say(&r, "<MSG bob@example.com Bob 1", CANCEL(""));
	say(&r, "<MSG bob@example.com Bob 1", FILE_INVITE("8"));
	say(&r, ">MSG 2 A 1", CANCEL("8"));
	say(&r, "<MSG bob@example.com Bob 1", ADDRESS("8", "AuthCookie: 5\r\n"));
	say(&r, "<MSG bob@example.com Bob 1", ADDRESS("8", ""));
	say(&r, ">MSG 3 A 1", INVITE("Invitation-Cookie: 9\r\n")); /* no command: told otherwise */
	end(&r, "3 invite.cookie, 8 invite.broken");
}

/* The invitation may be among what is missing. */
static void test_invitations_missing(void **state)
{
	struct run r;

	(void)state;
	begin(&r, MSNP_SB, 8);
	lose(&r);
	say(&r, "<MSG bob@example.com Bob 1", CANCEL("8"));
	end(&r, "");
	begin(&r, MSNP_SB, 8);
	r.connection.direction_from = DIRECTION_COMMANDS;
	say(&r, "<MSG bob@example.com Bob 1", CANCEL("8"));
	end(&r, "");
	begin(&r, MSNP_SB, 8);
	r.connection.partial = true;
	say(&r, "<MSG bob@example.com Bob 1", CANCEL("8"));
	end(&r, "");
	/* More than are remembered. */
	begin(&r, MSNP_SB, 8);
	for (unsigned i = 0; i <= RECALL_INVITATIONS_MAX; i++)
		say(&r, ">MSG 1 A 1", FILE_INVITE("7"));
	say(&r, "<MSG bob@example.com Bob 1", CANCEL("8"));
	end(&r, "");
}

#define NUDGE TYPE("text/x-msnmsgr-datacast") "ID: 1\r\n\r\n"
#define ACTION TYPE("text/x-msnmsgr-datacast") "ID: 4\r\nData: x\r\n\r\n"

static void test_nudges(void **state)
{
	struct run r;

	(void)state;
	begin(&r, MSNP_SB, 11);
	say(&r, ">MSG 1 N 1", NUDGE);
	say(&r, "<MSG bob@example.com Bob 1", NUDGE);
	say(&r, ">MSG 2 N 1", NUDGE); /* two seconds after the first */
	say(&r, ">MSG 3 N 1", ACTION);
	say(&r, "<MSG carol@example.com Carol 1", NUDGE);
	say(&r, "<MSG Carol@example.com Carol 1", NUDGE);
	end(&r, "6 datacast.rate");
	/* Times that say nothing. */
	begin(&r, MSNP_SB, 11);
	r.connection.coarse = true;
	say(&r, ">MSG 1 N 1", NUDGE);
	say(&r, ">MSG 2 N 1", NUDGE);
	end(&r, "");
	/* To different people. */
	begin(&r, MSNP_NS, 14);
	say(&r, ">UUM 1 dave@yahoo.example.com 32 3 1", NUDGE);
	say(&r, ">UUM 2 erin@yahoo.example.com 32 3 1", NUDGE);
	say(&r, ">UUM 3 erin@yahoo.example.com 32 3 1", NUDGE);
	end(&r, "3 datacast.rate");
}

#define EMOTICON(creator) \
	TYPE("text/x-mms-emoticon") "(hi)\t<msnobj Creator=\"" creator "\" Size=\"13\" Type=\"2\" Location=\"e.tmp\" Friendly=\"AAA=\" " \
	"SHA1D=\"T2XZ/+2NlbQuAj81iZmSS4KBdWs=\" SHA1C=\"uHEI3NTbGnM9QLXqyfEU4csFbsc=\"/>\t"

static void test_emoticons(void **state)
{
	struct run r;

	(void)state;
	begin(&r, MSNP_SB, 9);
	say(&r, ">MSG 1 A 1", EMOTICON("bob@example.com")); /* nobody knows who the user is */
	say(&r, ">USR 2 alice@example.com 17.1", "");
	say(&r, ">MSG 3 A 1", EMOTICON("Alice@example.com"));
	say(&r, ">MSG 4 A 1", EMOTICON("bob@example.com"));
	say(&r, "<MSG bob@example.com Bob 1", EMOTICON("bob@example.com"));
	say(&r, "<MSG carol@example.com Carol 1", EMOTICON("bob@example.com"));
	r.unreliable = MSNP_UNRELIABLE_PAYLOAD;
	say(&r, "<MSG carol@example.com Carol 1", EMOTICON("bob@example.com"));
	end(&r, "4 emoticon.creator, 6 emoticon.creator");
	/* With endpoints. */
	begin(&r, MSNP_SB, 18);
	say(&r, ">ANS 1 alice@example.com;{4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2} 17.1 5", "");
	say(&r, ">MSG 2 A 1", EMOTICON("alice@example.com"));
	say(&r, ">MSG 3 A 1", EMOTICON("bob@example.com"));
	end(&r, "3 emoticon.creator");
}

#define ROUTED(from, type) \
	"Routing: 1.0\r\nTo: 1:bob@example.com\r\nFrom: 1:" from \
	";epid={4f6c1e2a-9b3d-4c57-8a10-2e4d6f8091a2}\r\n\r\nReliability: 1.0\r\n\r\nMessaging: 2.0\r\nMessage-Type: " type \
	"\r\nContent-Length: 0\r\n\r\n"

static void test_routed(void **state)
{
	struct run r;

	(void)state;
	begin(&r, MSNP_NS, 21);
	say(&r, ">SDG 1 1", ROUTED("carol@example.com", "Text"));
	say(&r, ">USR 2 SSO I alice@example.com", "");
	say(&r, ">SDG 3 1", ROUTED("ALICE@example.com", "Text"));
	say(&r, ">SDG 4 1", ROUTED("carol@example.com", "Text"));
	say(&r, "<SDG 0 1", ROUTED("carol@example.com", "Text"));
	say(&r, "<SDG 0 1", ROUTED("carol@example.com", "Nudge"));
	say(&r, "<SDG 0 1", ROUTED("carol@example.com", "Nudge"));
	say(&r, "<SDG 0 1", ROUTED("dave@example.com", "Nudge"));
	end(&r, "4 routing.sender, 7 datacast.rate");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typing),	  cmocka_unit_test(test_private),
		cmocka_unit_test(test_profile),	  cmocka_unit_test(test_invitations), cmocka_unit_test(test_invitations_missing),
		cmocka_unit_test(test_nudges),	  cmocka_unit_test(test_emoticons),   cmocka_unit_test(test_routed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
