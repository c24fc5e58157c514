/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests, replies and links: command lines in, what belongs to what out. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "dissectors/msnp_dissect.h"
#include "session/pairs.h"
#include "util/buffer.h"

#define MS INT64_C(1000000)
#define CONNECTIONS 12

/* One run; out gets what every event answers and is linked to, and what is missing. */
struct run {
	struct pairs *pairs;
	struct arena arena;
	struct dissection d;
	struct connection connections[CONNECTIONS + 1];
	uint64_t event;
	int64_t time_ns;
	struct buffer out;
};

static void begin(struct run *r)
{
	*r = (struct run){.pairs = pairs_new(), .time_ns = 1000 * MS};
	for (uint64_t i = 1; i <= CONNECTIONS; i++)
		r->connections[i] = (struct connection){.id = i,
							.direction_from = DIRECTION_SYN,
							.role = MSNP_NS,
							.version = 8,
							.version_from = VERSION_NEGOTIATED};
}

static void expect(struct run *r, const char *expected)
{
	buffer_add_byte(&r->out, 0);
	assert_string_equal((const char *)r->out.data, expected);
	r->out.len = 0;
}

static void end(struct run *r)
{
	expect(r, "");
	pairs_free(r->pairs);
	arena_free(&r->arena);
	buffer_free(&r->out);
}

static void as(struct run *r, uint64_t connection, unsigned role, int version)
{
	r->connections[connection].role = role;
	r->connections[connection].version = version;
}

static void report(struct run *r, const struct event *e)
{
	const struct field *mode = field_child(&r->d.root, &field_defs[F_PAIR_ACK_MODE]);

	if (e->reply_to)
		buffer_printf(&r->out, "%" PRIu64 ">%" PRIu64 " %s %" PRId64 "%s%.*s\n", e->id, e->reply_to, e->reply_by,
			      e->latency_ns / MS, mode ? " " : "", SLICE_ARG(mode ? mode->value.text : SLICE_EMPTY));
	else
		assert_null(e->reply_by);
	for (const struct field *f = r->d.root.first; f; f = f->next)
		if (f->def == &field_defs[F_PAIR_LINK])
			buffer_printf(&r->out, "%" PRIu64 "~%" PRIu64 " %.*s\n", e->id,
				      field_child(f, &field_defs[F_PAIR_LINK_EVENT])->value.number,
				      SLICE_ARG(f->value.text));
}

/* A command 10 ms after the last event; "<" in front of the line is the server's. */
static void say_with(struct run *r, uint64_t connection, const char *line, const char *payload, uint64_t lost)
{
	struct connection *c = &r->connections[connection];
	enum msnp_sender from = line[0] == '<' ? MSNP_SERVER : MSNP_CLIENT;
	struct msnp_message m = {.sender = from,
				 .line = slice_str(line + 1),
				 .payload = slice_str(payload),
				 .has_payload = payload != NULL,
				 .declared = slice_str(payload).len,
				 .lost_bytes = lost};
	struct msnp_context context = {c->role, {c->version, c->version}, SLICE_EMPTY};
	struct msnp_hints hints = {.length_wrong = false};
	uint64_t trid;

	r->time_ns += 10 * MS;
	c->end_ns = r->time_ns;
	arena_reset(&r->arena);
	struct slice rest = slice_sub(m.line, 4, m.line.len);
	if (from == MSNP_SERVER && slice_u64(slice_sub(rest, 0, slice_find_byte(rest, ' ')), &trid))
		context.request = pairs_request(r->pairs, c->id, trid);
	dissection_init(&r->d, &r->arena, m.line, m.payload);
	struct msnp_dissected x = msnp_dissect(&r->d, &m, &context, &hints);
	struct event e = {.id = ++r->event,
			  .kind = EVENT_COMMAND,
			  .time_ns = r->time_ns,
			  .connection = c,
			  .from = from,
			  .protocol = "msnp",
			  .name = x.words.word[0],
			  .has_trid = x.match.has_trid,
			  .trid = x.match.trid,
			  .words = x.words,
			  .line = m.line,
			  .payload = m.payload,
			  .lost_bytes = lost,
			  .form = x.match.form,
			  .dissection = &r->d};
	pairs_observe(r->pairs, &e, &r->d);
	report(r, &e);
}

static void say(struct run *r, uint64_t connection, const char *line)
{
	say_with(r, connection, line, NULL, 0);
}

static void wait_ms(struct run *r, int64_t ms)
{
	r->time_ns += ms * MS;
}

static void lose(struct run *r, uint64_t connection)
{
	struct event e = {.id = ++r->event, .kind = EVENT_LOST, .time_ns = r->time_ns,
			  .connection = &r->connections[connection], .lost_bytes = 5};

	dissection_init(&r->d, &r->arena, SLICE_EMPTY, SLICE_EMPTY);
	pairs_observe(r->pairs, &e, &r->d);
}

static void on_missing(void *ctx, const struct pair_missing *m)
{
	struct run *r = ctx;

	assert_true(m->rule == RULE_PAIR_UNANSWERED || m->rule == RULE_PAIR_UNREQUESTED);
	buffer_printf(&r->out, "%s %.*s", m->rule == RULE_PAIR_UNANSWERED ? "unanswered" : "unrequested", SLICE_ARG(m->name));
	if (m->has_trid)
		buffer_printf(&r->out, " %" PRIu64, m->trid);
	buffer_printf(&r->out, " #%" PRIu64 "\n", m->event);
}

/* The connection ends so long after its last command. */
static void close_after(struct run *r, uint64_t connection, int64_t ms, const char *why)
{
	struct connection *c = &r->connections[connection];

	c->end_ns += ms * MS;
	c->end_reason = why;
	pairs_connection_end(r->pairs, c, on_missing, r);
}

/* --- by TrID --- */

static void by_trid(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	say(&r, 1, ">VER 1 MSNP8 CVR0");
	say(&r, 1, "<VER 1 MSNP8");
	expect(&r, "2>1 trid 10\n");
	/* Answers of another name: XFR, errors; none to what was not asked on this connection. */
	say(&r, 1, ">USR 3 TWN I alice@example.com");
	say(&r, 1, "<XFR 3 NS 198.51.100.7:1863 0 198.51.100.8:1863");
	say(&r, 2, "<XFR 3 NS 198.51.100.7:1863 0 198.51.100.8:1863");
	expect(&r, "4>3 trid 10\n");
	say(&r, 1, ">XFR 4 SB");
	say(&r, 1, ">CHG 5 AWY");
	say(&r, 1, "<913 4");
	say(&r, 1, "<CHG 5 AWY");
	expect(&r, "8>6 trid 20\n9>7 trid 20\n");
	/* What does not answer that request: the TrID of another. */
	say(&r, 1, ">REA 6 bob@example.com Bob");
	say(&r, 1, "<CHG 6 BSY");
	expect(&r, "");
	/* Several answers. */
	say(&r, 1, ">CHG 7 NLN");
	say(&r, 1, "<CHG 7 NLN");
	say(&r, 1, "<ILN 7 NLN bob@example.com Bob 0");
	say(&r, 1, "<ILN 7 AWY carol@example.com Carol 0");
	expect(&r, "13>12 trid 10\n14>12 trid 20\n15>12 trid 30\n");
	/* Nobody asked. */
	say(&r, 1, "<CHG 0 HDN");
	say(&r, 1, "<ADD 0 RL 5 bob@example.com Bob");
	expect(&r, "");
	end(&r);
}

static void reused(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	/* At the same time. */
	say(&r, 1, ">CHG 5 AWY");
	say(&r, 1, ">PRP 5 PHH 1");
	say(&r, 1, "<CHG 5 AWY");
	say(&r, 1, "<PRP 5 3 PHH 1");
	expect(&r, "3>1 trid 20\n4>2 trid 20\n");
	say(&r, 1, ">CHG 5 BSY");
	say(&r, 1, ">CHG 5 NLN");
	say(&r, 1, "<CHG 5 BSY");
	say(&r, 1, "<CHG 5 NLN");
	expect(&r, "7>5 trid 20\n8>6 trid 20\n");
	/* One that was never answered is not meant much later. */
	say(&r, 1, ">CHG 5 AWY");
	wait_ms(&r, 6000);
	say(&r, 1, ">CHG 5 BSY");
	say(&r, 1, "<CHG 5 BSY");
	expect(&r, "11>10 trid 10\n");
	/* Third-party software may use 0 for all. */
	say(&r, 1, ">CHG 0 AWY");
	say(&r, 1, "<CHG 0 AWY");
	say(&r, 1, "<CHG 0 AWY");
	expect(&r, "13>12 order 10\n");
	as(&r, 2, MSNP_NS, 21);
	say_with(&r, 2, ">SDG 0 1", "x", 0);
	say_with(&r, 2, "<SDG 0 1", "x", 0);
	as(&r, 3, MSNP_NS, 24);
	say_with(&r, 3, ">SDG 5 MSGR 1", "x", 0);
	say_with(&r, 3, "<SDG 5 MSGR 1", "x", 0);
	expect(&r, "");
	/* Asked for, a challenge has the number. */
	say(&r, 1, ">CHL 6");
	say(&r, 1, "<CHL 6 12345678901234567890");
	expect(&r, "20>19 trid 10\n");
	say_with(&r, 3, ">OUT 6 CON 1", "x", 0);
	say_with(&r, 3, "<OUT 6 CON 1", "x", 0);
	expect(&r, "22>21 trid 10\n");
	end(&r);
}

static void messages(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	as(&r, 1, MSNP_SB, 9);
	say_with(&r, 1, ">MSG 4 A 1", "x", 0);
	say_with(&r, 1, ">MSG 5 N 1", "x", 0);
	say_with(&r, 1, ">MSG 6 D 1", "x", 0);
	say_with(&r, 1, ">MSG 7 U 1", "x", 0);
	say(&r, 1, "<ACK 4");
	say(&r, 1, "<ACK 6");
	say(&r, 1, "<NAK 5");
	expect(&r, "5>1 trid 40 A\n6>3 trid 30 D\n7>2 trid 50 N\n");
	say(&r, 1, ">ANS 8 alice@example.com 1.2 99");
	say(&r, 1, "<IRO 8 1 1 bob@example.com Bob");
	say(&r, 1, "<ANS 8 OK");
	expect(&r, "9>8 trid 10\n10>8 trid 20\n");
	end(&r);
}

/* The requests that a reply may come to are limited; those that wait stay longest. */
static void many(void **state)
{
	struct run r;
	char line[64];

	(void)state;
	begin(&r);
	as(&r, 1, MSNP_SB, 9);
	for (unsigned i = 1; i <= PAIRS_WAITING_MAX + 1; i++) {
		snprintf(line, sizeof(line), ">MSG %u A 1", i);
		say_with(&r, 1, line, "x", 0);
	}
	say(&r, 1, "<ACK 1");
	expect(&r, "");
	say(&r, 1, "<ACK 2");
	expect(&r, "259>2 trid 2570 A\n");
	for (unsigned i = 258; i < 1000; i++) {
		snprintf(line, sizeof(line), ">MSG %u U 1", i);
		say_with(&r, 1, line, "x", 0);
	}
	say(&r, 1, "<ACK 257");
	expect(&r, "");
	end(&r);
}

/* --- by order --- */

static void by_order(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	say(&r, 1, ">PNG");
	say(&r, 1, "<QNG");
	say(&r, 1, "<QNG");
	expect(&r, "2>1 order 10\n");
	say(&r, 1, "<CHL 0 12345678901234567890");
	say_with(&r, 1, ">QRY 5 PROD0038W!61ZTF9 32", "0123456789abcdef0123456789abcdef", 0);
	say(&r, 1, "<QRY 5");
	say_with(&r, 1, ">QRY 6 PROD0038W!61ZTF9 32", "0123456789abcdef0123456789abcdef", 0);
	expect(&r, "5>4 order 10\n6>5 trid 10\n");
	/* The lists of MSNP8, until the server is past them. */
	say(&r, 1, ">SYN 7 0");
	say(&r, 1, "<SYN 7 9 1 1");
	say(&r, 1, "<GTC A");
	say(&r, 1, ">CHG 8 NLN");
	say(&r, 1, "<LST bob@example.com Bob 3 0");
	expect(&r, "9>8 trid 10\n10>8 order 20\n12>8 order 40\n");
	say(&r, 1, "<CHG 8 NLN");
	say(&r, 1, "<LST bob@example.com Bob 3 0");
	expect(&r, "13>11 trid 20\n");
	/* Policies of MSNP13 and later around the sign-in. */
	as(&r, 2, MSNP_NS, 15);
	say(&r, 2, ">USR 3 SSO I alice@example.com");
	say_with(&r, 2, "<GCF 0 11", "<Policies/>", 0);
	say(&r, 2, "<USR 3 SSO S MBI_KEY_OLD abc");
	expect(&r, "16>15 order 10\n17>15 trid 20\n");
	end(&r);
}

/* --- links --- */

#define SWITCHBOARD_OF(r, connection) as(r, connection, MSNP_SB, 8)

static void cookies(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	SWITCHBOARD_OF(&r, 2);
	SWITCHBOARD_OF(&r, 3);
	SWITCHBOARD_OF(&r, 4);
	say(&r, 1, ">XFR 9 SB");
	say(&r, 1, "<XFR 9 SB 198.51.100.9:1863 CKI 17.22.33");
	say(&r, 2, ">USR 1 alice@example.com 17.22.33");
	say(&r, 2, "<USR 1 OK alice@example.com Alice");
	expect(&r, "2>1 trid 10\n3~2 cookie\n4>3 trid 10\n");
	say(&r, 3, ">USR 1 alice@example.com 17.22.34");
	expect(&r, "");
	say(&r, 5, "<RNG 77 198.51.100.9:1863 CKI 44.55 alice@example.com Alice");
	say(&r, 3, ">ANS 1 bob@example.com 44.55 78");
	say(&r, 4, ">ANS 1 bob@example.com 44.55 77");
	expect(&r, "8>6 link 20\n8~6 ring\n");
	/* A cookie of the one kind is none of the other. */
	say(&r, 2, ">ANS 1 alice@example.com 17.22.33 77");
	say(&r, 2, ">USR 1 bob@example.com 44.55");
	expect(&r, "");
	/* The next file knows nothing of it. */
	pairs_finish(r.pairs);
	say(&r, 4, ">ANS 1 bob@example.com 44.55 77");
	expect(&r, "");
	end(&r);
}

static void invitations(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	for (uint64_t i = 2; i <= 5; i++)
		SWITCHBOARD_OF(&r, i);
	say(&r, 2, ">CAL 2 Bob@example.com");
	say(&r, 2, "<CAL 2 RINGING 77");
	say(&r, 3, "<JOI bob@example.com Bob");
	say(&r, 2, "<JOI carol@example.com Carol");
	expect(&r, "2>1 trid 10\n");
	say(&r, 4, ">ANS 1 bob@example.com 44.55 77");
	say(&r, 2, "<JOI bob@example.com Bob");
	expect(&r, "6>1 link 50\n6~1 invite\n6~5 answer\n");
	/* Comes back without being asked here. */
	say(&r, 2, "<BYE bob@example.com");
	wait_ms(&r, 70000);
	say(&r, 2, "<JOI bob@example.com Bob");
	expect(&r, "");
	/* Refused, and then called by somebody else. */
	say(&r, 2, ">CAL 3 dave@example.com");
	say(&r, 2, "<217 3");
	say(&r, 2, "<JOI dave@example.com Dave");
	expect(&r, "10>9 trid 10\n");
	/* Too late to be the answer. */
	say(&r, 2, ">CAL 4 eve@example.com");
	wait_ms(&r, 61000);
	say(&r, 2, "<JOI eve@example.com Eve");
	expect(&r, "");
	/* Endpoints: each line is of the one called, and of the endpoint that came. */
	as(&r, 6, MSNP_SB, 18);
	as(&r, 7, MSNP_SB, 18);
	say(&r, 6, ">CAL 2 bob@example.com");
	say(&r, 6, "<CAL 2 RINGING 78");
	say(&r, 7, ">ANS 1 bob@example.com;{11111111-1111-4111-8111-111111111111} 44.56 78");
	say(&r, 6, "<JOI bob@example.com;{11111111-1111-4111-8111-111111111111} Bob 1:2");
	say(&r, 6, "<JOI bob@example.com Bob 1:2");
	say(&r, 6, "<JOI bob@example.com;{22222222-1111-4111-8111-111111111111} Bob 1:2");
	expect(&r, "15>14 trid 10\n17>14 link 30\n17~14 invite\n17~16 answer\n18>14 link 40\n18~14 invite\n"
		   "18~16 answer\n19>14 link 50\n19~14 invite\n");
	end(&r);
}

static void presence(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	say(&r, 1, ">USR 3 TWN S t");
	say(&r, 1, "<USR 3 OK Alice@example.com Alice 1 0");
	say(&r, 1, ">CHG 4 AWY");
	say(&r, 1, "<NLN AWY alice@example.com Alice 0");
	say(&r, 2, "<NLN BSY alice@example.com Alice 0");
	say(&r, 2, "<NLN AWY bob@example.com Bob 0");
	say(&r, 2, "<NLN AWY alice@example.com Alice 0");
	say(&r, 3, "<NLN AWY alice@example.com Alice 0");
	expect(&r, "2>1 trid 10\n7~3 presence\n8~3 presence\n");
	/* Told once more: a new name, say. */
	say(&r, 2, "<NLN AWY alice@example.com Al 0");
	say(&r, 1, ">CHG 5 HDN");
	say(&r, 2, "<FLN alice@example.com");
	say(&r, 1, ">CHG 6 NLN");
	wait_ms(&r, 1000);
	say(&r, 2, "<NLN NLN alice@example.com Al 0");
	expect(&r, "11~10 presence\n");
	as(&r, 4, MSNP_NS, 18);
	say(&r, 1, ">CHG 7 LUN");
	say(&r, 4, "<NLN LUN 2:alice@example.com;via=9:x@live.com Alice 0:0");
	say(&r, 4, "<NLN LUN 1:alice@example.com Alice 0:0");
	expect(&r, "16~14 presence\n");
	end(&r);
}

static void personal(void **state)
{
	static const char a[] = "<Data><PSM>hello</PSM><CurrentMedia></CurrentMedia></Data>";
	static const char b[] = "<Data><CurrentMedia/><PSM>hello</PSM><MachineGuid/></Data>";
	static const char c[] = "<Data><PSM>other</PSM><CurrentMedia></CurrentMedia></Data>";
	struct run r;

	(void)state;
	begin(&r);
	as(&r, 1, MSNP_NS, 11);
	as(&r, 2, MSNP_NS, 11);
	say(&r, 1, ">USR 3 TWN S t");
	say(&r, 1, "<USR 3 OK alice@example.com 1 0");
	say_with(&r, 1, ">UUX 4 59", a, 0);
	say_with(&r, 2, "<UBX alice@example.com 59", c, 0);
	say_with(&r, 2, "<UBX bob@example.com 59", a, 0);
	say_with(&r, 2, "<UBX alice@example.com 58", b, 0);
	say_with(&r, 2, "<UBX alice@example.com 58", b, 0);
	say_with(&r, 2, "<UBX alice@example.com 0", "", 0);
	expect(&r, "2>1 trid 10\n6~3 personal\n");
	end(&r);
}

#define TYPING "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\nTypingUser: alice@example.com\r\n\r\n\r\n"
#define TEXT "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello"
#define FROM_ALICE "<MSG alice@example.com Alice 1"

/* alice (2), bob (3), carol (4) in one session, dave (5) in another. */
static void share(struct run *r)
{
	begin(r);
	for (uint64_t i = 2; i <= 5; i++)
		SWITCHBOARD_OF(r, i);
	say(r, 2, ">USR 1 alice@example.com 17.22.33");
	say(r, 2, ">CAL 2 bob@example.com");
	say(r, 2, "<CAL 2 RINGING 77");
	say(r, 3, ">ANS 1 bob@example.com 44.55 77");
	say(r, 4, ">ANS 1 carol@example.com 44.56 77");
	say(r, 5, ">ANS 1 dave@example.com 44.57 78");
	r->out.len = 0;
}

static void elsewhere(void **state)
{
	struct run r;

	(void)state;
	share(&r);
	say_with(&r, 2, ">MSG 3 U 1", TYPING, 0); /* 7 */
	say_with(&r, 2, ">MSG 4 N 1", TEXT, 0);
	say_with(&r, 2, ">MSG 5 U 1", TYPING, 0);
	say_with(&r, 3, FROM_ALICE, TYPING, 0); /* 10 */
	say_with(&r, 3, FROM_ALICE, TEXT, 0);
	say_with(&r, 3, FROM_ALICE, TYPING, 0);
	say_with(&r, 4, FROM_ALICE, TYPING, 0);
	expect(&r, "10~7 message\n11~8 message\n12~9 message\n13~7 message\n");
	/* Once too often; by another; in another session; not whole; own. */
	say_with(&r, 3, FROM_ALICE, TYPING, 0);
	say_with(&r, 4, "<MSG bob@example.com Bob 1", TEXT, 0);
	say_with(&r, 5, FROM_ALICE, TEXT, 0);
	say_with(&r, 4, FROM_ALICE, TEXT, 3);
	say_with(&r, 2, FROM_ALICE, TEXT, 0);
	expect(&r, "");
	/* Too late. */
	wait_ms(&r, 5000);
	say_with(&r, 4, FROM_ALICE, TEXT, 0);
	expect(&r, "");
	/* Said before bob came. */
	say_with(&r, 2, ">MSG 6 N 1", TEXT, 0);
	say(&r, 6, "<RNG 77 198.51.100.9:1863 CKI 44.55 alice@example.com Alice");
	SWITCHBOARD_OF(&r, 7);
	say(&r, 7, ">ANS 1 eve@example.com 44.58 77");
	say_with(&r, 2, ">MSG 7 N 1", TEXT, 0); /* 23 */
	say_with(&r, 7, FROM_ALICE, TEXT, 0);
	expect(&r, "24~23 message\n");
	end(&r);
}

/* A long message: what differs far from both ends counts by its length only, at the ends by every byte. */
static void long_message(void **state)
{
	struct run r;
	char text[2001], other[2001];

	(void)state;
	share(&r);
	memset(text, 'x', 2000);
	text[2000] = 0;
	say_with(&r, 2, ">MSG 3 N 1", text, 0);
	for (size_t at = 0; at < 2000; at == 319 ? at = 1936 : at++) {
		memcpy(other, text, sizeof(other));
		other[at] = 'y';
		say_with(&r, 3, FROM_ALICE, other, 0);
		r.time_ns -= 10 * MS;
	}
	expect(&r, "");
	other[1999] = 0;
	say_with(&r, 3, FROM_ALICE, other, 0);
	expect(&r, "");
	say_with(&r, 3, FROM_ALICE, text, 0);
	r.out.len = r.out.len ? 0 : 1;
	expect(&r, "");
	end(&r);
}

/* --- at the end --- */

static void unanswered(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	say(&r, 1, ">CHG 5 AWY");
	say(&r, 1, ">PNG");
	say(&r, 1, ">REA 6 bob@example.com Bob");
	say(&r, 1, "<REA 6 9 bob@example.com Bob");
	say(&r, 1, "<QNG");
	say(&r, 1, ">PNG");
	r.out.len = 0;
	wait_ms(&r, 2000);
	say(&r, 1, ">CHG 7 NLN");
	close_after(&r, 1, 500, "fin");
	expect(&r, "unanswered CHG 5 #1\nunanswered PNG #6\n");
	/* What has no certain answer. */
	as(&r, 2, MSNP_SB, 9);
	say_with(&r, 2, ">MSG 1 U 1", "x", 0);
	say_with(&r, 2, ">MSG 2 N 1", "x", 0);
	say_with(&r, 2, ">MSG 3 D 1", "x", 0);
	say(&r, 2, ">OUT");
	close_after(&r, 2, 9000, "fin");
	as(&r, 3, MSNP_NS, 18);
	say_with(&r, 3, ">UUM 1 bob@example.com 32 1 1", "x", 0);
	say_with(&r, 3, ">SDG 2 1", "x", 0);
	say_with(&r, 3, ">VAS 3 bob@example.com 1 2 1", "x", 0);
	close_after(&r, 3, 9000, "fin");
	as(&r, 4, MSNP_NS, 5);
	say(&r, 4, ">LST 4 RL");
	say_with(&r, 4, ">PAG 5 bob@example.com 1", "x", 0);
	close_after(&r, 4, 9000, "fin");
	expect(&r, "");
	as(&r, 5, MSNP_SB, 9);
	say_with(&r, 5, ">MSG 1 A 1", "x", 0);
	close_after(&r, 5, 9000, "rst");
	expect(&r, "unanswered MSG 1 #17\n");
	end(&r);
}

static void not_told(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	/* The capture ends; gave way; bytes were lost; parts of a payload; by the stream's own count. */
	for (uint64_t i = 1; i <= 5; i++) {
		say(&r, i, ">CHG 5 AWY");
		if (i == 3)
			lose(&r, 3);
		if (i == 4)
			say_with(&r, 4, "<NOT 1", "x", 1);
		r.connections[i].lost[MSNP_SERVER] = i == 5;
		close_after(&r, i, 9000, i == 1 ? "capture" : i == 2 ? "limit" : "fin");
	}
	/* Somebody left soon after. */
	say(&r, 6, ">CHG 5 AWY");
	say(&r, 6, "<OUT OTH");
	close_after(&r, 6, 9000, "fin");
	/* Nothing more is asked for through the gateway. */
	r.connections[7].direction_from = DIRECTION_HTTP;
	say(&r, 7, "<QNG");
	say(&r, 7, ">CHG 5 AWY");
	close_after(&r, 7, 9000, "fin");
	/* Another version, or kind of server, than the one that always answers. */
	r.connections[8].version_from = VERSION_ASSUMED;
	say(&r, 8, ">CHG 5 AWY");
	close_after(&r, 8, 9000, "fin");
	as(&r, 9, MSNP_SB, 8);
	say(&r, 9, ">PNG");
	close_after(&r, 9, 9000, "fin");
	expect(&r, "");
	end(&r);
}

/* More than are remembered: those that wait are kept up to the limit. */
static void many_unanswered(void **state)
{
	struct buffer expected = {0};
	struct run r;
	char line[64];

	(void)state;
	begin(&r);
	for (unsigned i = 1; i <= PAIRS_WAITING_MAX + 10; i++) {
		snprintf(line, sizeof(line), ">CHG %u AWY", i);
		say(&r, 1, line);
		if (i > 10)
			buffer_printf(&expected, "unanswered CHG %u #%u\n", i, i);
	}
	close_after(&r, 1, 9000, "idle");
	buffer_add_byte(&expected, 0);
	expect(&r, (const char *)expected.data);
	buffer_free(&expected);
	end(&r);
}

/* The beginning of the connection, or its end, is not in the capture; what the server said since is. */
static void unanswered_in_part(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	r.connections[1].direction_from = DIRECTION_COMMANDS;
	say(&r, 1, ">CHG 5 AWY");
	wait_ms(&r, 1500);
	say(&r, 1, ">PNG");
	say(&r, 1, "<QNG");
	r.out.len = 0;
	say(&r, 1, ">CHG 6 NLN");
	close_after(&r, 1, 9000, "capture");
	expect(&r, "unanswered CHG 5 #1\n");
	end(&r);
}

static void unrequested(void **state)
{
	struct run r;

	(void)state;
	begin(&r);
	say(&r, 1, ">CHG 5 AWY");
	say(&r, 1, "<CHG 5 AWY");
	say(&r, 1, "<CHG 7 AWY");
	say(&r, 1, "<913 9");
	say(&r, 1, "<CHG 0 AWY");
	/* Only just before its request. */
	say(&r, 1, "<REA 10 9 bob@example.com Bob");
	say(&r, 1, ">REA 10 bob@example.com Bob");
	/* All of its replies do, and the one that has no TrID. */
	say(&r, 1, "<CHG 11 NLN");
	say(&r, 1, "<ILN 11 NLN bob@example.com Bob");
	say(&r, 1, ">CHG 11 NLN");
	say(&r, 1, "<QNG");
	say(&r, 1, ">PNG");
	r.out.len = 0;
	close_after(&r, 1, 9000, "fin");
	expect(&r, "unrequested CHG 7 #3\nunrequested 913 9 #4\n");
	/* Not from the start; lost later; version assumed; what fits no form. */
	r.connections[2].direction_from = DIRECTION_COMMANDS;
	r.connections[4].version_from = VERSION_ASSUMED;
	for (uint64_t i = 2; i <= 5; i++) {
		say(&r, i, i == 5 ? "<CHG 7 AWY 1 2 3 4" : "<CHG 7 AWY");
		if (i == 3)
			lose(&r, 3);
		close_after(&r, i, 9000, "fin");
	}
	expect(&r, "");
	/* Not from the start, by the gateway's own word. */
	r.connections[6].direction_from = DIRECTION_HTTP;
	say(&r, 6, "<CHG 7 AWY");
	close_after(&r, 6, 9000, "fin");
	expect(&r, "unrequested CHG 7 #18\n");
	end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_trid),	cmocka_unit_test(reused),	   cmocka_unit_test(messages),
		cmocka_unit_test(many),		cmocka_unit_test(by_order),	   cmocka_unit_test(cookies),
		cmocka_unit_test(invitations),	cmocka_unit_test(presence),	   cmocka_unit_test(personal),
		cmocka_unit_test(elsewhere),	cmocka_unit_test(long_message),	   cmocka_unit_test(unanswered),
		cmocka_unit_test(not_told),	cmocka_unit_test(many_unanswered), cmocka_unit_test(unanswered_in_part),
		cmocka_unit_test(unrequested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
