/* SPDX-License-Identifier: BSD-2-Clause */
/* User sessions: what is asked for while they run, and limits.  The rules stand in tests/sessions.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "users_play.h"

struct seen {
	uint64_t count, last_id, connections, omitted;
	char user[64];
	enum session_link how; /* of the last two connections */
	enum session_link how_before;
	enum session_end end;
};

static void on_session(void *ctx, const struct user_session *s)
{
	struct seen *seen = ctx;

	/* In the order in which they began. */
	assert_true(s->id > seen->last_id);
	seen->last_id = s->id;
	seen->count++;
	seen->connections = s->connection_count;
	seen->omitted = s->connections_omitted;
	seen->end = s->end;
	if (s->connection_count >= 2) {
		seen->how = s->connections[s->connection_count - 1].how;
		seen->how_before = s->connections[s->connection_count - 2].how;
	}
	snprintf(seen->user, sizeof(seen->user), "%.*s", SLICE_ARG(s->user));
}

static void begin(struct users_play *p, struct seen *seen)
{
	struct event_sink sink = {.user_session = on_session, .ctx = seen};

	*seen = (struct seen){.count = 0};
	users_play_begin(p, &sink);
}

__attribute__((format(printf, 4, 5))) static uint64_t say(struct users_play *p, const struct connection *c,
							   enum msnp_sender from, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	return users_play_command(p, c, from, slice_str(line), SLICE_EMPTY);
}

static struct connection sign_in(struct users_play *p, uint64_t id, uint8_t host, const char *account)
{
	struct connection c = users_play_connection(p, id, MSNP_NS, host, 250);

	say(p, &c, MSNP_CLIENT, "VER 1 MSNP8 CVR0");
	say(p, &c, MSNP_CLIENT, "USR 2 TWN I %s", account);
	say(p, &c, MSNP_SERVER, "USR 3 OK %s Some%%20Name 1 0", account);
	return c;
}

static void assert_text(struct slice s, const char *wanted)
{
	assert_int_equal(s.len, strlen(wanted));
	assert_memory_equal(s.ptr, wanted, s.len);
}

static void what_is_asked(void **state)
{
	struct users_play p;
	struct seen seen;

	(void)state;
	begin(&p, &seen);
	struct connection ns = sign_in(&p, 1, 10, "Alice@example.com");
	assert_int_equal(users_session(p.users, 1), 1);
	assert_int_equal(users_session(p.users, 2), 0);
	assert_text(users_account(p.users, 1), "Alice@example.com");
	assert_text(users_account(p.users, 2), "");
	assert_text(users_name(p.users, 1, SLICE_LIT("alice@EXAMPLE.com")), "Some Name");
	assert_text(users_name(p.users, 1, SLICE_LIT("bob@example.com")), "");
	say(&p, &ns, MSNP_SERVER, "NLN NLN bob@example.com Bob 0");
	assert_text(users_name(p.users, 1, SLICE_LIT("bob@example.com")), "Bob");
	assert_int_equal(users_play_close(&p, &ns, "rst"), 1);
	/* Also behind the end. */
	assert_int_equal(users_session(p.users, 1), 1);
	users_finish(p.users);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.end, SESSION_END_RESET);
	assert_int_equal(users_session(p.users, 1), 0);
	users_play_end(&p);
}

struct so_far {
	uint64_t count, id, events;
	int64_t end_ns;
	enum session_end end;
	char name[64];
};

static void on_so_far(void *ctx, const struct user_session *s)
{
	struct so_far *seen = ctx;

	seen->count++;
	seen->id = s->id;
	seen->events = s->events;
	seen->end_ns = s->end_ns;
	seen->end = s->end;
	snprintf(seen->name, sizeof(seen->name), "%.*s", SLICE_ARG(s->name));
}

/* Each that has changed, and no other. */
static void told_so_far(void **state)
{
	struct so_far seen = {.count = 0};
	struct event_sink sink = {.user_session_so_far = on_so_far, .ctx = &seen};
	struct users_play p;

	(void)state;
	users_play_begin(&p, &sink);
	users_so_far(p.users);
	assert_int_equal(seen.count, 0);
	struct connection alice = sign_in(&p, 1, 10, "alice@example.com");
	struct connection bob = sign_in(&p, 2, 11, "bob@example.com");
	users_so_far(p.users);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.id, 2);
	assert_int_equal(seen.events, 3);
	assert_int_equal(seen.end, SESSION_END_CAPTURE);
	assert_int_equal(seen.end_ns, p.now_ns);
	users_so_far(p.users);
	assert_int_equal(seen.count, 2);
	say(&p, &alice, MSNP_CLIENT, "CHG 4 NLN 0");
	users_so_far(p.users);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.id, 1);
	assert_int_equal(seen.events, 4);
	assert_string_equal(seen.name, "Some Name");
	users_play_close(&p, &bob, "rst");
	users_so_far(p.users);
	assert_int_equal(seen.count, 4);
	assert_int_equal(seen.id, 2);
	assert_int_equal(seen.end, SESSION_END_RESET);
	users_play_end(&p);
	assert_int_equal(seen.count, 4);
}

static void most_sessions(void **state)
{
	struct users_play p;
	struct seen seen;
	char account[32];

	(void)state;
	begin(&p, &seen);
	for (uint64_t i = 1; i <= USERS_MAX + 100; i++) {
		snprintf(account, sizeof(account), "u%u@example.com", (unsigned)i);
		sign_in(&p, i, (uint8_t)i, account);
	}
	assert_int_equal(seen.count, 100);
	assert_string_equal(seen.user, "u100@example.com");
	/* The first was handed over and forgotten. */
	assert_text(users_account(p.users, 100), "");
	assert_text(users_account(p.users, 101), "u101@example.com");
	users_finish(p.users);
	assert_int_equal(seen.count, USERS_MAX + 100);
	users_play_end(&p);
}

static void most_cookies(void **state)
{
	struct users_play p;
	struct seen seen;

	(void)state;
	begin(&p, &seen);
	struct connection ns = sign_in(&p, 1, 10, "alice@example.com");
	for (unsigned i = 0; i <= USERS_TOKENS_MAX; i++)
		say(&p, &ns, MSNP_SERVER, "RNG %u 192.0.2.240:1863 CKI cookie%u bob@example.com Bob", i, i);
	/* The oldest was forgotten: the account has to tell. */
	struct connection first = users_play_connection(&p, 2, MSNP_SB, 20, 240);
	struct connection last = users_play_connection(&p, 3, MSNP_SB, 20, 240);
	assert_int_equal(say(&p, &first, MSNP_CLIENT, "ANS 1 alice@example.com cookie0 0"), 1);
	assert_int_equal(say(&p, &last, MSNP_CLIENT, "ANS 1 alice@example.com cookie%u 1", USERS_TOKENS_MAX), 1);
	users_finish(p.users);
	assert_int_equal(seen.connections, 3);
	assert_int_equal(seen.how_before, LINK_ACCOUNT);
	assert_int_equal(seen.how, LINK_RING);
	users_play_end(&p);
}

static void most_connections(void **state)
{
	struct users_play p;
	struct seen seen;

	(void)state;
	begin(&p, &seen);
	struct connection ns = sign_in(&p, 1, 10, "alice@example.com");
	for (unsigned i = 2; i <= 300; i++) {
		struct connection sb = users_play_connection(&p, i, MSNP_SB, 10, 240);

		say(&p, &ns, MSNP_SERVER, "XFR 9 SB 192.0.2.240:1863 CKI cookie%u", i);
		assert_int_equal(say(&p, &sb, MSNP_CLIENT, "USR 1 alice@example.com cookie%u", i), 1);
		assert_int_equal(users_play_close(&p, &sb, "fin"), 1);
	}
	users_finish(p.users);
	assert_int_equal(seen.connections, SESSION_CONNECTIONS_MAX);
	assert_int_equal(seen.omitted, 300 - SESSION_CONNECTIONS_MAX);
	users_play_end(&p);
}

static void most_waiting(void **state)
{
	struct users_play p;
	struct seen seen;

	(void)state;
	begin(&p, &seen);
	struct connection ns = sign_in(&p, 1, 10, "alice@example.com");
	struct connection web = users_play_connection(&p, 2, 0, 10, 230);
	users_play_web(&p, &web, MSNP_CLIENT, SLICE_LIT("/config"), SLICE_LIT("x"));
	assert_int_equal(users_play_close(&p, &web, "fin"), 1);
	for (uint64_t i = 3; i < USERS_WAITING_MAX + 3; i++) {
		struct connection other = users_play_connection(&p, i, 0, 99, 230);

		users_play_web(&p, &other, MSNP_CLIENT, SLICE_LIT("/config"), SLICE_LIT("x"));
		assert_int_equal(users_play_close(&p, &other, "fin"), 0);
	}
	assert_int_equal(users_session(p.users, 2), 0);
	assert_int_equal(users_session(p.users, 1), 1);
	users_play_close(&p, &ns, "fin");
	users_finish(p.users);
	assert_int_equal(seen.connections, 2);
	users_play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked), cmocka_unit_test(told_so_far),      cmocka_unit_test(most_sessions),
		cmocka_unit_test(most_cookies),  cmocka_unit_test(most_connections), cmocka_unit_test(most_waiting),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
