/* SPDX-License-Identifier: BSD-2-Clause */
/* What may come when: lines of a conversation in, findings out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/order.h"
#include "util/buffer.h"

/* A connection and what was found on it: ids, each behind the number of its line from 1. */
struct run {
	struct order order;
	struct connection connection;
	struct arena arena;
	struct buffer found;
	unsigned line;
};

static void begin(struct run *r, unsigned role, int version)
{
	*r = (struct run){.connection = {.id = 1, .role = role, .version = version}};
	r->connection.versions = (struct msnp_versions){version, version};
	r->connection.direction_from = DIRECTION_SYN;
}

static void observe(struct run *r, struct event *e)
{
	struct dissection d;

	dissection_init(&d, &r->arena, e->line, SLICE_EMPTY);
	e->connection = &r->connection;
	r->line++;
	order_observe(&r->order, e, &d);
	for (const struct finding *f = d.findings; f; f = f->next)
		buffer_printf(&r->found, "%s%u %s", r->found.len ? ", " : "", r->line, f->rule->id);
}

/* ">USR 7 OK" of the client, "<..." of the server; a number behind the name is the TrID. */
static void say(struct run *r, const char *text)
{
	struct slice line = slice_str(text + 1);
	struct event e = {.kind = EVENT_COMMAND, .from = *text == '>' ? MSNP_CLIENT : MSNP_SERVER, .line = line};

	e.words = msnp_split(line, &r->arena);
	e.name = e.words.word[0];
	e.has_trid = e.words.count > 1 && slice_u64(e.words.word[1], &e.trid);
	observe(r, &e);
}

static void say_all(struct run *r, const char *const *lines)
{
	for (; *lines; lines++)
		say(r, *lines);
}

static void end(struct run *r, const char *expected)
{
	buffer_add_byte(&r->found, 0);
	assert_string_equal((const char *)r->found.data, expected);
	buffer_free(&r->found);
	arena_free(&r->arena);
}

#define LINES(...) (const char *const[]){__VA_ARGS__, NULL}
#define SIGN_IN ">VER 1 MSNP8", "<VER 1 MSNP8", ">CVR 2", "<CVR 2", ">USR 3 TWN I", "<USR 3 TWN S", ">USR 4 TWN S", "<USR 4 OK"

static const struct {
	unsigned role;
	int version;
	const char *const *lines;
	const char *expected;
} rows[] = {
	{MSNP_NS, 8, LINES(SIGN_IN, ">SYN 5 0", "<SYN 5 1", ">CHG 6 NLN", "<FLN bob", ">OUT"), ""},
	/* MSNP7: CVR comes behind the sign-in. */
	{MSNP_NS, 7, LINES(">VER 1 MSNP7", ">INF 2", ">USR 3 MD5 I", "<USR 3 MD5 S", ">USR 4 MD5 S", "<USR 4 OK", ">CVR 5", ">SYN 6 0"), ""},
	/* Everything in one request, and what the server pushes around the sign-in. */
	{MSNP_NS, 22, LINES(">VER 1 MSNP22", ">CVR 2", ">USR 3 WEB", "<GCF 0 9", "<USR 3 OK", ">PUT 4"), ""},
	{MSNP_NS, 24, LINES(">CNT 1 CON", "<CNT 1 CON", ">ATH 2", "<ATH 2", ">BND 3", ">PUT 4"), ""},
	{MSNP_NS, 18, LINES(SIGN_IN, ">USR 5 SHA A x", "<USR 5 OK"), ""},
	{MSNP_NS, 8, LINES(">PNG", "<QNG 40", "<911 3", ">OUT"), ""},
	{MSNP_NS, 8, LINES(">CVR 1", "<CVR 1", ">USR 2"), "1 order.no_version"},
	{MSNP_NS, 8, LINES(">USR 1"), "1 order.no_version"},
	{MSNP_NS, 8, LINES(">VER 1 MSNP8", ">SYN 2 0", ">CHG 3"), "2 order.sign_in"},
	{MSNP_NS, 8, LINES(">VER 1 MSNP8", "<FLN bob", "<FLN eve"), "2 order.sign_in"},
	{MSNP_NS, 8, LINES(">VER 1 MSNP8", ">USR 2 SHA A x"), "2 order.sign_in"},
	{MSNP_NS, 8, LINES(SIGN_IN, ">USR 5 TWN I"), "9 order.signed_in"},
	{MSNP_NS, 8, LINES(SIGN_IN, ">VER 5 MSNP8"), "9 order.repeated"},
	{MSNP_NS, 8, LINES(SIGN_IN, "<XFR 0 NS 0", ">VER 5 MSNP8", ">USR 6 TWN I"), ""},
	{MSNP_NS, 8, LINES(SIGN_IN, ">CHG 5 NLN"), "9 order.lists"},
	{MSNP_NS, 13, LINES(SIGN_IN, ">CHG 5 NLN"), ""},
	{MSNP_NS, 8, LINES(SIGN_IN, ">OUT", ">PNG", ">PNG", "<FLN bob", "<OUT", "<FLN bob"), "10 order.after_out, 14 order.after_out"},
	{MSNP_SB, 8, LINES(">USR 1 a 1", "<USR 1 OK", ">CAL 2 bob", "<CAL 2 RINGING 1", "<JOI bob", ">MSG 3 N 1", "<BYE bob"), ""},
	{MSNP_SB, 8, LINES(">ANS 1 a 1 1", "<IRO 1 1 1 bob", "<ANS 1 OK", ">MSG 2 N 1"), ""},
	{MSNP_SB, 8, LINES(">CAL 1 bob", ">USR 2 a 1"), "1 order.sign_in"},
	{MSNP_SB, 8, LINES(">MSG 1 N 1"), "1 order.sign_in"},
	{MSNP_SB, 8, LINES(">USR 1 a 1", "<MSG bob Bob 1"), "2 order.sign_in"},
	{MSNP_SB, 8, LINES(">USR 1 a 1", "<USR 1 OK", ">MSG 2 N 1"), "3 order.alone"},
	{MSNP_SB, 8, LINES(">USR 1 a 1", "<USR 1 OK", ">ANS 2 a 1 1"), "3 order.signed_in"},
	/* Transaction ids: 0 and none do not count, nor do those of the server. */
	{MSNP_NS, 8, LINES(">VER 5 MSNP8", ">CVR 5", "<CVR 3", ">CVR 4", ">PNG", ">CVR 0", ">CVR 6"), "2 msnp.trid, 4 msnp.trid"},
	/* Which kind of server it is nobody knows. */
	{0, 8, LINES(">CHG 1 NLN"), ""},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct run r;

		begin(&r, rows[i].role, rows[i].version);
		say_all(&r, rows[i].lines);
		end(&r, rows[i].expected);
	}
}

/* Nothing is told of a connection whose start is not there, or of which bytes are missing. */
static void test_blind(void **state)
{
	struct event lost = {.kind = EVENT_LOST, .lost_bytes = 3};
	struct run r;

	(void)state;
	begin(&r, MSNP_NS, 8);
	r.connection.direction_from = DIRECTION_COMMANDS;
	say(&r, ">CHG 1 NLN");
	end(&r, "");
	begin(&r, MSNP_NS, 8);
	say(&r, ">VER 1 MSNP8");
	observe(&r, &lost);
	say(&r, ">CHG 2 NLN");
	end(&r, "");
	/* Through the gateway: where a client begins. */
	begin(&r, MSNP_NS, 8);
	r.connection.direction_from = DIRECTION_HTTP;
	say(&r, "<NLN NLN bob");
	say(&r, ">CHG 2 NLN");
	end(&r, "");
	begin(&r, MSNP_NS, 8);
	r.connection.direction_from = DIRECTION_HTTP;
	say_all(&r, LINES(">VER 1 MSNP8", "<VER 1 MSNP8", ">CHG 2 NLN"));
	end(&r, "3 order.sign_in");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_blind)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
