/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts of several collectors, merged in any order and grouping, are those of one; latencies in classes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "output/stats_tables.h"
#include "util/memory.h"

#define FILES 5u

/* --- events --- */

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static void send(const struct event_sink *sink, struct event *e, struct arena *arena, const char *finding)
{
	struct dissection d;

	arena_reset(arena);
	dissection_init(&d, arena, e->line, e->payload);
	if (finding)
		finding_add(&d, RULE_MSNP_UNKNOWN_COMMAND, NULL, "%s", finding);
	if (e->payload.len)
		field_add_text(&d, &d.root, F_MSG_CONTENT_TYPE, e->payload, SOURCE_PAYLOAD, 0, e->payload.len);
	e->dissection = &d;
	sink->event(sink->ctx, e);
}

/* A file of the same connections and events for the same number: commands with answers, errors, unknown names. */
static void play_as(struct stats *s, unsigned number, unsigned file)
{
	static const char *const names[] = {"USR", "MSG", "CVR", "aaa", "zzz", "USS", "CAL", "AAA", "911", "217"};
	static const char *const types[] = {"", "text/plain", "a/b", "text/x-clientcaps", "image/png"};
	struct capture_info info = {.file = "some.pcap", .format = "pcap"};
	struct capture_totals totals = {"some.pcap", 7 * number, 1000 * number, 2000 * number, false};
	struct connection c[3] = {{.id = 1, .transport = "tcp", .version = 8, .role = MSNP_NS},
				  {.id = 2, .transport = "http-gateway", .version = (int)(number % 3) * 4, .role = MSNP_SB},
				  {.id = 3, .transport = "tcp", .web = true}};
	struct event_sink sink = stats_sink(s);
	uint64_t state = number;
	struct arena arena;

	s->next_file = file;
	arena_init(&arena);
	sink.capture(sink.ctx, &info);
	for (uint64_t id = 1; id <= 300; id++) {
		struct event e = {.id = id, .kind = EVENT_COMMAND, .protocol = "msnp"};

		e.connection = &c[next_random(&state) % 3];
		e.name = slice_str(names[next_random(&state) % (number == 2 ? 4 : 10)]);
		e.line = e.name;
		e.payload = slice_str(types[next_random(&state) % 5]);
		e.from = next_random(&state) % 2 ? MSNP_CLIENT : MSNP_SERVER;
		if (next_random(&state) % 3 == 0 && id > 10) {
			e.reply_to = id - 1 - next_random(&state) % 9;
			e.latency_ns = (int64_t)(next_random(&state) % 1000000007);
		}
		send(&sink, &e, &arena, next_random(&state) % 7 == 0 ? "odd" : NULL);
	}
	for (size_t i = 0; i < 3; i++) {
		c[i].bytes[MSNP_CLIENT] = next_random(&state);
		c[i].end_ns = (int64_t)next_random(&state);
		sink.connection_end(sink.ctx, &c[i]);
	}
	sink.capture_end(sink.ctx, &totals);
	arena_free(&arena);
}

static void play(struct stats *s, unsigned number)
{
	play_as(s, number, number);
}

static struct stats *collector(size_t limit)
{
	struct stats *s = stats_new();

	for (size_t i = 0; limit && i < STATS_TABLES; i++)
		s->table[i].limit = limit;
	return s;
}

static struct stats *played(size_t limit, unsigned file)
{
	struct stats *s = collector(limit);

	play(s, file);
	return s;
}

static void merge(struct stats *to, struct stats *from)
{
	stats_merge(to, from);
	stats_free(from);
}

/* What one saw of a single file, which is its first. */
static void append(struct stats *to, size_t limit, unsigned number)
{
	struct stats *from = collector(limit);

	play_as(from, number, 1);
	stats_append(to, from);
	stats_free(from);
}

/* What JSON says of all, with a NUL; frees s. */
static char *all_of(struct stats *s)
{
	struct stats_style style = {.format = STATS_JSON};
	struct output out;

	output_init(&out, -1, false);
	stats_tables_write(&out, &style, s, NULL);
	buffer_add_byte(&out.buffer, 0);
	stats_free(s);
	return (char *)out.buffer.data;
}

static void assert_all(const char *expected, struct stats *s)
{
	char *got = all_of(s);

	assert_string_equal(got, expected);
	free(got);
}

/* --- merging --- */

static void test_merge(void **state)
{
	static const size_t limits[] = {0, 1, 2, 3, 5, 8, 12};

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		size_t limit = limits[i];
		struct stats *one = collector(limit), *left = collector(limit), *backwards = collector(limit);
		struct stats *appended = collector(limit);
		struct stats *tree = played(limit, 3), *right = played(limit, 5);

		for (unsigned file = 1; file <= FILES; file++) {
			play(one, file);
			append(appended, limit, file);
			merge(left, played(limit, file));
			merge(backwards, played(limit, FILES + 1 - file));
		}
		merge(right, played(limit, 1));
		merge(tree, played(limit, 4));
		merge(tree, right);
		merge(tree, played(limit, 2));
		char *expected = all_of(one);
		assert_all(expected, appended);
		assert_all(expected, left);
		assert_all(expected, backwards);
		assert_all(expected, tree);
		assert_true((strstr(expected, "\"others\":true") != NULL) == (limit != 0));
		free(expected);
	}
}

/* Known commands stay, in whatever order the names come; nothing is lost. */
static void test_limit(void **state)
{
	static const char *const names[] = {"zzz", "AAA", "VER", "USR", "BBB", "MSG"};
	struct stats *s = collector(3);
	struct event_sink sink = stats_sink(s);
	struct capture_info info = {.file = "a"};
	struct connection c = {.id = 1, .transport = "tcp", .role = MSNP_NS, .version = 8};
	struct stats_rows *t = &s->table[STATS_COMMANDS];
	struct arena arena;

	(void)state;
	arena_init(&arena);
	sink.capture(sink.ctx, &info);
	for (size_t i = 0; i < 60; i++) {
		struct event e = {.id = i + 1, .kind = EVENT_COMMAND, .protocol = "msnp", .connection = &c};

		e.name = slice_str(names[i % 6]);
		/* The answer to zzz comes when its row has given way. */
		if (i == 7)
			e.reply_to = 1;
		e.latency_ns = 5;
		send(&sink, &e, &arena, NULL);
	}
	assert_int_equal(t->count, 3);
	assert_true(slice_eq_str(stats_key_text(&t->row[0]->key, 1), "MSG"));
	assert_true(slice_eq_str(stats_key_text(&t->row[1]->key, 1), "USR"));
	assert_true(slice_eq_str(stats_key_text(&t->row[2]->key, 1), "VER"));
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(t->row[i]->sum[SUM_COUNT], 10);
	assert_int_equal(t->others->sum[SUM_COUNT], 30);
	assert_int_equal(t->others->latency.count, 1);
	arena_free(&arena);
	stats_free(s);
}

/* Names longer than what is kept, and replies to what was not seen. */
static void test_odd_events(void **state)
{
	struct stats *s = collector(0);
	struct event_sink sink = stats_sink(s);
	struct capture_info info = {.file = "a"};
	struct connection c = {.id = UINT64_MAX, .transport = "tcp", .version = -1};
	struct arena arena;
	uint8_t name[1000];

	(void)state;
	arena_init(&arena);
	sink.capture(sink.ctx, &info);
	memset(name, 'x', sizeof(name));
	struct event e = {.id = UINT64_MAX, .kind = EVENT_COMMAND, .protocol = "msnp", .connection = &c, .reply_to = 12345};
	e.name = slice_of(name, sizeof(name));
	send(&sink, &e, &arena, NULL);
	e.id = 12345 + STATS_REQUESTS_MAX;
	send(&sink, &e, &arena, NULL);
	send(&sink, &e, &arena, NULL);
	assert_int_equal(s->table[STATS_COMMANDS].count, 1);
	assert_int_equal(stats_key_text(&s->table[STATS_COMMANDS].row[0]->key, 1).len, STATS_TEXT_MAX);
	assert_int_equal(s->table[STATS_COMMANDS].row[0]->latency.count, 0);
	arena_free(&arena);
	stats_free(s);
}

/* --- latencies --- */

static int compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void assert_near(uint64_t got, int64_t exact)
{
	uint64_t e = (uint64_t)exact, away = got > e ? got - e : e - got;

	assert_true(away <= e / 64);
}

static void test_quantiles(void **state)
{
	static const unsigned permilles[] = {1, 100, 500, 950, 999, 1000};
	static const size_t sizes[] = {1, 2, 3, 19, 20, 21, 1000};
	int64_t span[1000];
	uint64_t random = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct latency l = {0};
		size_t n = sizes[i];

		for (size_t k = 0; k < n; k++) {
			/* All magnitudes up to 2^62. */
			span[k] = (int64_t)((next_random(&random) << 31 | next_random(&random)) >> next_random(&random) % 62);
			latency_add(&l, span[k]);
		}
		qsort(span, n, sizeof(span[0]), compare);
		assert_int_equal(l.min, span[0]);
		assert_int_equal(l.max, span[n - 1]);
		for (size_t p = 0; p < sizeof(permilles) / sizeof(permilles[0]); p++)
			assert_near(latency_quantile(&l, permilles[p]), span[(n * permilles[p] + 999) / 1000 - 1]);
		latency_free(&l);
	}
}

static void test_extremes(void **state)
{
	struct latency l = {0}, empty = {0};

	(void)state;
	assert_int_equal(latency_quantile(&l, 500), 0);
	latency_merge(&l, &empty);
	assert_int_equal(l.count, 0);
	latency_add(&l, INT64_MIN);
	assert_int_equal(l.max, 0);
	for (int i = 0; i < 4; i++)
		latency_add(&l, INT64_MAX);
	assert_int_equal(l.sum, UINT64_MAX);
	assert_int_equal(l.min, 0);
	assert_near(latency_quantile(&l, 500), INT64_MAX);
	latency_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge),	  cmocka_unit_test(test_limit),	   cmocka_unit_test(test_odd_events),
		cmocka_unit_test(test_quantiles), cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
