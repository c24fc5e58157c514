/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments in, ordered bytes out: what must come of each situation, as steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stream_recorder.h"

/* So many packets make a gap of an acknowledged hole. */
#define LATER STREAM_REORDER_PACKETS

#define SYN(from) {from, TCP_SYN, 0, 0, "", .repeat = 1}
#define SYN_DATA(from, text) {from, TCP_SYN, 0, 0, text, .repeat = 1}
#define SYN_AT(from, isn) {from, TCP_SYN, isn, 0, "", .repeat = 1}
#define SYN_ACK(from) {from, TCP_SYN | TCP_ACK, 0, 0, "", .repeat = 1}
#define SYN_ACK_AT(from, isn, n) {from, TCP_SYN | TCP_ACK, isn, n, "", .repeat = 1}
#define ACK(from, seq, n) {from, TCP_ACK, seq, n, "", .repeat = 1}
#define ACKS(from, seq, n, times) {from, TCP_ACK, seq, n, "", .repeat = times}
#define DATA(from, seq, text) {from, TCP_PSH, seq, 0, text, .repeat = 1}
#define DATA_ACK(from, seq, text, n) {from, TCP_PSH | TCP_ACK, seq, n, text, .repeat = 1}
#define CUT(from, seq, text, bytes) {from, TCP_PSH, seq, 0, text, .cut = bytes}
#define FIN(from, seq, text, n) {from, TCP_FIN | TCP_ACK, seq, n, text, .repeat = 1}
#define RST(from, seq) {from, TCP_RST, seq, 0, "", .repeat = 1}
#define AFTER(ms, from, seq, n) {from, TCP_ACK, seq, n, "", .wait_ms = ms}
#define SYN_PORT(number) {A, TCP_SYN, 0, 0, "", .port = number}
#define DATA_PORT(number, seq, text) {A, TCP_PSH, seq, 0, text, .port = number}
#define OPEN SYN(A), SYN_ACK(B), ACK(A, 0, 0)
#define CLOSE(a, b) FIN(A, a, "", b), FIN(B, b, "", (a) + 1), ACK(A, (a) + 1, (b) + 1)

static const uint32_t isns[] = {1000, 0xffffffff, 0xfffffffe, 0xfffffff8, 0xbfffffff, 0x7ffffffd, 0};

static void play_limited(const struct stream_limits *limits, const struct step *steps, size_t n, const char *expected)
{
	for (size_t i = 0; i < sizeof(isns) / sizeof(isns[0]); i++) {
		struct recorder r;

		recorder_init(&r, limits, isns[i]);
		for (size_t s = 0; s < n; s++)
			recorder_send(&r, &steps[s]);
		assert_string_equal(recorder_finish(&r), expected);
		recorder_free(&r);
	}
}

/* PLAY(expected, steps...): the steps, at several initial sequence numbers, give this log. */
#define PLAY_LIMITED(limits, expected, ...)                                                  \
	do {                                                                                 \
		const struct step steps[] = {__VA_ARGS__};                                   \
		play_limited(limits, steps, sizeof(steps) / sizeof(steps[0]), expected);     \
	} while (0)
#define PLAY(expected, ...) PLAY_LIMITED(&(struct stream_limits){0}, expected, __VA_ARGS__)

static void start(void **state)
{
	(void)state;
	PLAY("A:VER B:OK end:FIN", OPEN, DATA_ACK(A, 0, "VER", 0), DATA_ACK(B, 0, "OK", 3), CLOSE(3, 2));
	/* without a handshake, from data, or from the acknowledgement of what was sent before */
	PLAY("A:VER B:OK end:CAPTURE", DATA_ACK(A, 0, "VER", 0), DATA_ACK(B, 0, "OK", 3));
	PLAY("A:def end:CAPTURE", DATA(A, 3, "def"));
	PLAY("A:abcdef end:CAPTURE", ACK(B, 0, 0), DATA(A, 3, "def"), DATA(A, 0, "abc"));
	PLAY("A:[3]def end:CAPTURE", ACK(B, 0, 0), DATA(A, 3, "def"));
	PLAY("A:[3]defghi end:CAPTURE", ACK(B, 0, 0), DATA(A, 3, "def"), ACKS(B, 0, 6, LATER + 1), DATA(A, 6, "ghi"));
	/* nothing was delivered yet, so earlier bytes can still go first */
	PLAY("B:abcdef end:CAPTURE", ACK(A, 0, 3), DATA(B, 0, "abc"), DATA(B, 3, "def"));
	/* delivered already, so earlier bytes are too late */
	PLAY("A:def end:CAPTURE", DATA(A, 3, "def"), DATA(A, 0, "abc"));
	/* a handshake in any order */
	PLAY("A:ab end:CAPTURE", SYN_ACK(B), SYN(A), ACK(A, 0, 0), DATA(A, 0, "ab"));
	PLAY("A:ab end:CAPTURE", SYN(A), ACK(A, 0, 0), SYN_ACK(B), DATA(A, 0, "ab"));
	PLAY("A:ab B:cd end:CAPTURE", SYN(A), DATA_ACK(A, 0, "ab", 0), SYN_ACK(B), DATA(B, 0, "cd"));
	PLAY("A:abcd end:CAPTURE", DATA(A, 0, "ab"), SYN(A), SYN_ACK(B), SYN(A), DATA(A, 2, "cd"));
	PLAY("A:abcde end:CAPTURE", ACK(B, 0, 2), DATA(A, 4, "e"), SYN(A), SYN(A), DATA(A, 0, "abcd"));
	/* simultaneous open, repeated SYN */
	PLAY("A:ab B:cd end:FIN", SYN(A), SYN(B), SYN_ACK(A), SYN_ACK(B), DATA(A, 0, "ab"), DATA(B, 0, "cd"), CLOSE(2, 2));
	PLAY("A:ab end:CAPTURE", SYN(A), SYN(A), SYN_ACK(B), SYN(A), SYN_ACK(B), DATA(A, 0, "ab"), SYN(A), SYN_ACK(B));
	/* data in the SYN, sent again after the handshake */
	PLAY("A:abcd end:CAPTURE", SYN_DATA(A, "abc"), SYN_ACK(B), DATA(A, 0, "abcd"));
	/* SYN cookies: two answers, the acknowledged one counts */
	PLAY("A:a B:b end:CAPTURE", SYN(A), SYN_ACK_AT(B, 0, 0), SYN_ACK_AT(B, 900000000, 0), ACK(A, 0, 900000000),
	     DATA(A, 0, "a"), DATA(B, 900000000, "b"));
	PLAY("A:a B:b end:CAPTURE", SYN(A), SYN_ACK_AT(B, 900000000, 0), SYN_ACK_AT(B, 0, 0), ACK(A, 0, 900000000),
	     DATA(A, 0, "a"), DATA(B, 900000000, "b"));
}

static void order(void **state)
{
	(void)state;
	PLAY("A:abcdef end:CAPTURE", OPEN, DATA(A, 3, "def"), DATA(A, 0, "abc"));
	PLAY("A:abcdefghi end:CAPTURE", OPEN, DATA(A, 6, "ghi"), DATA(A, 3, "def"), DATA(A, 0, "abc"));
	PLAY("A:abcdefghi end:CAPTURE", OPEN, DATA(A, 3, "def"), DATA(A, 6, "ghi"), DATA(A, 0, "abc"));
	/* acknowledged before it was captured */
	PLAY("A:abcdef end:CAPTURE", OPEN, DATA(A, 3, "def"), ACKS(B, 0, 6, LATER), DATA(A, 0, "abc"));
	PLAY("A:abc end:CAPTURE", OPEN, ACKS(B, 0, 3, LATER), DATA(A, 0, "abc"));
	/* no acknowledgements at all: the hole stays open, however many packets pass */
	PLAY("A:abcdef end:CAPTURE", SYN(A), DATA(A, 3, "def"), ACKS(A, 6, 0, 100), DATA(A, 0, "abc"));
	/* both directions at once */
	PLAY("B:uvwxyz A:abcdef end:CAPTURE", OPEN, DATA(A, 3, "def"), DATA(B, 3, "xyz"), DATA(B, 0, "uvw"),
	     DATA(A, 0, "abc"));
}

static void overlap(void **state)
{
	(void)state;
	PLAY("A:abcdef end:CAPTURE", OPEN, DATA(A, 0, "abc"), DATA(A, 0, "abc"), DATA(A, 0, "abcdef"), DATA(A, 2, "cd"));
	PLAY("A:abcdef end:CAPTURE", OPEN, DATA(A, 2, "cd"), DATA(A, 0, "abcdef"));
	PLAY("A:abcdef end:CAPTURE", OPEN, DATA(A, 1, "b"), DATA(A, 3, "d"), DATA(A, 5, "f"), DATA(A, 0, "abcdef"));
	PLAY("A:abcdefg end:CAPTURE", OPEN, DATA(A, 1, "b"), DATA(A, 3, "d"), DATA(A, 5, "f"), DATA(A, 1, "bcdefg"),
	     DATA(A, 0, "ab"));
	PLAY("A:abcdef end:CAPTURE", OPEN, DATA(A, 2, "cde"), DATA(A, 1, "bcd"), DATA(A, 4, "ef"), DATA(A, 0, "a"));
	/* the first copy wins: against waiting bytes, on both sides, and against delivered ones */
	PLAY("!conflict A:abcd end:CAPTURE", OPEN, DATA(A, 2, "cd"), DATA(A, 1, "bX"), DATA(A, 0, "a"));
	PLAY("A:a !conflict A:bcdef end:CAPTURE", OPEN, DATA(A, 1, "bcd"), DATA(A, 0, "aXcdef"));
	PLAY("!conflict A:abcdefg end:CAPTURE", OPEN, DATA(A, 2, "cd"), DATA(A, 1, "bcXef"), DATA(A, 0, "a"), DATA(A, 6, "g"));
	PLAY("A:abc !conflict A:def end:CAPTURE", OPEN, DATA(A, 0, "abc"), DATA(A, 1, "bXdef"));
	PLAY("A:abcdef !conflict end:CAPTURE", OPEN, DATA(A, 0, "abcdef"), DATA(A, 2, "XY"));
	/* bytes of a gap are not known and cannot conflict */
	PLAY("A:ab[2]ef end:CAPTURE", OPEN, DATA(A, 0, "ab"), DATA(A, 4, "ef"), ACKS(B, 0, 6, LATER + 1), DATA(A, 0, "XXXX"));
}

static void probes(void **state)
{
	(void)state;
	/* keep-alives: one byte of anything, or none, before the next */
	PLAY("A:abcdef end:CAPTURE", OPEN, DATA(A, 0, "abc"), ACK(B, 0, 3), DATA(A, 2, "?"), ACK(A, 2, 0), ACK(B, 0, 3),
	     DATA(A, 3, "def"));
	PLAY("A:ab end:CAPTURE", OPEN, DATA(A, -1, "?"), ACK(B, 0, 0), DATA(A, 0, "ab"));
	PLAY("A:def end:CAPTURE", ACK(A, 2, 0), ACK(B, 0, 3), DATA(A, 3, "def"));
	PLAY("A:def end:CAPTURE", ACK(B, 0, 3), DATA(A, 2, "?"), DATA(A, 3, "def"));
	/* a zero-window probe is the next byte, sent again with others later */
	PLAY("A:abcd end:CAPTURE", OPEN, DATA(A, 0, "ab"), ACK(B, 0, 2), DATA(A, 2, "c"), ACK(B, 0, 2), DATA(A, 2, "c"),
	     ACK(B, 0, 2), DATA(A, 2, "cd"), ACK(B, 0, 4));
}

static void loss(void **state)
{
	(void)state;
	PLAY("A:ab[2]ef B:ok end:CAPTURE", OPEN, DATA(A, 0, "ab"), DATA(A, 4, "ef"), ACKS(B, 0, 6, LATER + 1),
	     DATA_ACK(B, 0, "ok", 6));
	/* the answer waits for nothing, the data behind the hole do */
	PLAY("A:ab B:ok A:[2]ef end:CAPTURE", OPEN, DATA(A, 0, "ab"), DATA(A, 4, "ef"), DATA_ACK(B, 0, "ok", 6));
	/* only the acknowledged part is overdue */
	PLAY("A:[2]cdefgh end:CAPTURE", OPEN, DATA(A, 2, "cd"), ACKS(B, 0, 4, LATER), DATA(A, 6, "gh"), ACK(B, 0, 8),
	     DATA(A, 4, "ef"));
	/* two holes, each with its own wait */
	PLAY("A:[1]b[1]d end:FIN", OPEN, DATA(A, 1, "b"), DATA(A, 3, "d"), ACKS(B, 0, 4, 2 * LATER + 2), CLOSE(4, 0));
	/* a wrong acknowledgement that is contradicted costs nothing */
	PLAY("A:ab end:CAPTURE", OPEN, ACK(B, 0, 500000), ACKS(B, 0, 0, LATER + 1), DATA(A, 0, "ab"), ACK(B, 0, 2));
	/* acknowledged at the end and never seen */
	PLAY("A:ab[4] end:CAPTURE", OPEN, DATA(A, 0, "ab"), ACK(B, 0, 6));
	PLAY("A:ab[4] end:RST", OPEN, DATA(A, 0, "ab"), ACK(B, 0, 6), RST(A, 6));
	PLAY("A:ab[4] end:FIN", OPEN, DATA(A, 0, "ab"), CLOSE(6, 0));
	/* a single one is a FIN that the capture lacks */
	PLAY("A:ab end:CAPTURE", OPEN, DATA(A, 0, "ab"), ACKS(B, 0, 3, 3 * LATER));
	PLAY("A:ab[1]d end:CAPTURE", OPEN, DATA(A, 0, "ab"), ACKS(B, 0, 3, 3 * LATER), DATA(A, 3, "d"));
	/* one side only: acknowledgements tell what the other said */
	PLAY("A:ab B:[5] A:cd end:CAPTURE", OPEN, DATA_ACK(A, 0, "ab", 0), ACKS(A, 2, 5, LATER + 1), DATA_ACK(A, 2, "cd", 5));
}

static void cut_segments(void **state)
{
	(void)state;
	PLAY("A:ab !cut A:[2]ef end:CAPTURE", OPEN, CUT(A, 0, "abcd", 2), DATA(A, 4, "ef"));
	PLAY("A:ab !cut A:cdef end:CAPTURE", OPEN, CUT(A, 0, "abcd", 2), DATA(A, 4, "ef"), DATA(A, 0, "abcd"));
	PLAY("A:ab !cut A:[2] end:FIN", OPEN, CUT(A, 0, "abcd", 2), CLOSE(4, 0));
	PLAY("!cut A:[4] end:CAPTURE", OPEN, CUT(A, 0, "abcd", 4), ACK(B, 0, 4));
	PLAY("A:abcd end:CAPTURE", OPEN, DATA(A, 0, "abcd"), CUT(A, 0, "abcd", 2));
}

static void fin(void **state)
{
	(void)state;
	PLAY("A:abc B:xy end:FIN", OPEN, FIN(A, 0, "abc", 0), FIN(B, 0, "xy", 4));
	/* closed on one side only: the other goes on */
	PLAY("A:abc B:xyz end:FIN", OPEN, FIN(A, 0, "abc", 0), DATA(B, 0, "xy"), FIN(B, 2, "z", 4));
	PLAY("A:abc B:xy end:CAPTURE", OPEN, FIN(A, 0, "abc", 0), DATA(B, 0, "xy"));
	/* data behind a FIN do not exist, whichever came first */
	PLAY("A:abc end:CAPTURE", OPEN, FIN(A, 0, "abc", 0), DATA(A, 3, "def"), FIN(A, 6, "", 0));
	PLAY("A:abc end:CAPTURE", OPEN, DATA(A, 2, "cdef"), FIN(A, 3, "", 0), DATA(A, 0, "ab"));
	/* out of order, lost */
	PLAY("A:abc end:FIN", OPEN, FIN(A, 3, "", 0), FIN(B, 0, "", 4), DATA(A, 0, "abc"));
	PLAY("A:[3]def end:FIN", OPEN, FIN(A, 3, "def", 0), FIN(B, 0, "", 7), ACKS(A, 7, 1, LATER), DATA(A, 0, "abc"));
	PLAY("A:[3]def end:FIN", OPEN, FIN(A, 3, "def", 0), FIN(B, 0, "", 7), AFTER(1000, A, 7, 1), DATA(A, 0, "abc"));
	/* nothing was said; late segments after the end are swallowed */
	PLAY("", OPEN, CLOSE(0, 0));
	PLAY("A:abc end:FIN", OPEN, DATA(A, 0, "abc"), CLOSE(3, 0), DATA(A, 0, "abc"), FIN(A, 3, "", 0), ACK(B, 1, 4),
	     DATA(A, 4, "?"));
}

static void rst(void **state)
{
	(void)state;
	PLAY("A:abc end:RST", OPEN, DATA(A, 0, "abc"), RST(B, 0));
	/* captured late: data before the RST, and of the other side */
	PLAY("A:abcdef B:xy end:RST", OPEN, DATA(A, 0, "abc"), RST(A, 6), DATA(A, 3, "def"), DATA(B, 0, "xy"));
	PLAY("A:abc end:RST", OPEN, RST(A, 3), DATA(A, 0, "abc"));
	PLAY("A:abc[3]ghi end:RST", OPEN, DATA(A, 0, "abc"), DATA(A, 6, "ghi"), RST(B, 0));
	PLAY("A:abc end:RST", OPEN, DATA(A, 0, "abc"), RST(B, 0), ACKS(A, 3, 0, LATER), DATA(A, 3, "def"));
	PLAY("A:abc end:RST", OPEN, DATA(A, 0, "abc"), RST(B, 0), AFTER(1000, A, 3, 0), DATA(A, 3, "def"));
	/* forged: far away, or contradicted by its sender */
	PLAY("A:abc B:xy end:FIN", OPEN, DATA(A, 0, "abc"), RST(A, 50000000), RST(A, -50000000), ACKS(B, 0, 3, 2 * LATER),
	     DATA(B, 0, "xy"), CLOSE(3, 2));
	PLAY("A:abcdef B:xy end:FIN", OPEN, DATA(A, 0, "abc"), RST(A, 3), DATA(A, 3, "def"), ACKS(B, 0, 6, 2 * LATER),
	     DATA(B, 0, "xy"), CLOSE(6, 2));
	/* its sender had said more before it, and the other side has gone, too */
	PLAY("A:abcdef end:RST", OPEN, DATA(A, 0, "abc"), RST(A, 3), RST(B, 0), DATA(A, 3, "def"), ACKS(A, 6, 0, LATER),
	     DATA(A, 6, "ghi"));
	/* before the first data */
	PLAY("A:abc B:xy end:RST", OPEN, RST(B, 0), DATA(A, 0, "abc"), DATA(B, 0, "xy"), RST(A, 3));
	/* refused, and tried again */
	PLAY("A:a end:CAPTURE", SYN(A), RST(B, 0), OPEN, DATA(A, 0, "a"));
	PLAY("", RST(A, 0), SYN(A), RST(B, 0));
}

static void reuse(void **state)
{
	(void)state;
	const int64_t n = 700000000;

	PLAY("A:abc end:REUSE A:new end:CAPTURE", OPEN, DATA(A, 0, "abc"), SYN_AT(A, n), SYN_ACK_AT(B, n, n), DATA(A, n, "new"));
	PLAY("A:abc end:FIN A:new end:CAPTURE", OPEN, DATA(A, 0, "abc"), CLOSE(3, 0), SYN_AT(A, n), DATA(A, n, "new"));
	/* roles turned round; what waited comes first */
	PLAY("A:abc[1]e end:REUSE B:new end:CAPTURE", OPEN, DATA(A, 0, "abc"), DATA(A, 4, "e"), SYN_AT(B, n), DATA(B, n, "new"));
	/* the SYN was not captured, its answer was; neither was */
	PLAY("A:abc B:x end:REUSE A:new end:CAPTURE", OPEN, DATA(A, 0, "abc"), DATA(B, 0, "x"), SYN_ACK_AT(B, n, n),
	     DATA(A, n, "new"));
	PLAY("A:abc end:FIN A:new end:CAPTURE", OPEN, DATA(A, 0, "abc"), CLOSE(3, 0), DATA(A, n, "new"));
	/* segments captured twice, the copies behind the end */
	PLAY("A:abc end:FIN", OPEN, DATA(A, 0, "abc"), CLOSE(3, 0), OPEN, DATA(A, 0, "abc"), CLOSE(3, 0));
	/* an attempt that failed, then another */
	PLAY("A:new end:CAPTURE", SYN(A), SYN(A), SYN_AT(A, n), SYN_ACK_AT(B, n, n), DATA(A, n, "new"));
}

static void ordered(void **state)
{
	(void)state;
	PLAY("A:abc B:xy A:def end:CAPTURE", {A, 0, 0, 0, "abc", .ordered = true}, {B, 0, 0, 0, "xy", .ordered = true},
	     {A, 0, 0, 0, "def", .ordered = true});
	PLAY("A:a !cut A:[2]def end:CAPTURE", {A, 0, 0, 0, "abc", .cut = 2, .ordered = true},
	     {A, 0, 0, 0, "def", .ordered = true});
}

static void limits(void **state)
{
	struct stream_limits few_bytes = {.flow_bytes = 200}, few_total = {.total_bytes = 200}, idle = {.idle_seconds = 5};
	struct stream_limits one_flow = {.flows = 1};

	(void)state;
	/* each waiting segment counts 64 more than its bytes */
	PLAY_LIMITED(&few_bytes, "!limit A:[1]b !limit A:[1]d[1]fgh end:CAPTURE", OPEN, DATA(A, 1, "b"), DATA(A, 3, "d"),
		     DATA(A, 5, "f"), DATA(A, 7, "h"), DATA(A, 7, "h"), DATA(A, 6, "g"));
	/* the connection that waits longest pays */
	PLAY_LIMITED(&few_total, "!limit A:[1]b end:CAPTURE A:[1]x[1]y[1]z end:CAPTURE", OPEN, DATA(A, 1, "b"),
		     SYN_PORT(4001), DATA_PORT(4001, 1, "x"), DATA_PORT(4001, 3, "y"), DATA_PORT(4001, 5, "z"));
	PLAY_LIMITED(&idle, "A:a end:IDLE A:b end:CAPTURE", OPEN, DATA(A, 0, "a"), AFTER(7000, A, 1, 0), DATA(A, 1, "b"));
	PLAY_LIMITED(&idle, "A:a[1]c end:IDLE", OPEN, DATA(A, 0, "a"), DATA(A, 2, "c"),
		     {A, TCP_SYN, 0, 0, "", .wait_ms = 7000, .port = 4001});
	PLAY_LIMITED(&one_flow, "A:a end:LIMIT A:b end:CAPTURE", OPEN, DATA(A, 0, "a"),
		     DATA_PORT(4001, 0, "b"));
}

static void other_anomalies(void **state)
{
	(void)state;
	PLAY("A:abc !checksum end:CAPTURE", OPEN, {A, TCP_ACK, 0, 0, "abc", .bad_checksum = true});
	PLAY("!checksum end:CAPTURE", OPEN, {A, TCP_ACK, 5, 0, "abc", .bad_checksum = true}, FIN(A, 0, "", 0));
}

/* Far-away sequence numbers are of no connection; they are counted. */
static void stray(void **state)
{
	const struct step steps[] = {OPEN, DATA(A, 0, "abc"), DATA(A, 0x50000000, "far"), DATA(A, -0x50000000, "far"),
				     DATA(A, 3, "d")};
	struct recorder r;

	(void)state;
	recorder_init(&r, &(struct stream_limits){0}, 77);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		recorder_send(&r, &steps[i]);
	assert_string_equal(recorder_finish(&r), "A:abcd end:CAPTURE");
	assert_int_equal(stream_table_counters(r.table)->stray_bytes, 6);
	assert_int_equal(stream_table_counters(r.table)->gaps, 0);
	recorder_free(&r);
}

static void ignored(void **state)
{
	const int64_t n = 700000000;
	const struct step steps[] = {OPEN, DATA(A, 0, "GET"), DATA(A, 3, "x"), DATA(A, 6, "y"), CLOSE(7, 0),
				     SYN_AT(A, n), DATA(A, n + 3, "VER"), DATA(A, n, "GET")};
	struct recorder r;

	(void)state;
	recorder_init(&r, &(struct stream_limits){0}, 77);
	r.ignore_at = "GET";
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		recorder_send(&r, &steps[i]);
	assert_string_equal(recorder_finish(&r), "A:GETGET");
	assert_int_equal(stream_table_counters(r.table)->connections, 2);
	assert_int_equal(stream_table_counters(r.table)->ignored, 2);
	assert_int_equal(r.ends, 0);
	recorder_free(&r);
}

/* Live connections give way last, and never more entries are kept than allowed. */
static void eviction(void **state)
{
	struct recorder r;

	(void)state;
	recorder_init(&r, &(struct stream_limits){.flows = 8}, 77);
	recorder_send(&r, &(struct step)DATA(A, 0, "kept"));
	for (uint16_t i = 0; i < 100; i++)
		recorder_send(&r, &(struct step)SYN_PORT((uint16_t)(5000 + i)));
	recorder_send(&r, &(struct step)DATA(A, 4, " on"));
	assert_string_equal(recorder_finish(&r), "A:kept on end:CAPTURE");
	assert_int_equal(stream_table_counters(r.table)->evicted, 0);
	recorder_free(&r);
	/* Only what was delivered counts as lost to the limit. */
	recorder_init(&r, &(struct stream_limits){.flows = 8}, 77);
	for (uint16_t i = 0; i < 20; i++)
		recorder_send(&r, &(struct step)DATA_PORT((uint16_t)(5000 + i), 0, "x"));
	recorder_finish(&r);
	assert_int_equal(stream_table_counters(r.table)->evicted, 12);
	recorder_free(&r);
}

/* A direction of many tiny segments that never comes in order stays within its limit. */
static void hostile(void **state)
{
	struct recorder r;

	(void)state;
	recorder_init(&r, &(struct stream_limits){0}, 77);
	recorder_send(&r, &(struct step)SYN(A));
	for (int64_t i = 0; i < 20000; i++)
		recorder_send(&r, &(struct step)DATA(A, 2 + i * 7919 % 20000 * 2, "x"));
	recorder_finish(&r);
	/* connection.h: STREAM_BLOCKS_MAX blocks of one byte, and the one that is too many */
	assert_int_equal(stream_table_counters(r.table)->buffered_peak, 4097 * 65);
	recorder_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start),    cmocka_unit_test(order),	       cmocka_unit_test(overlap),
		cmocka_unit_test(probes),   cmocka_unit_test(loss),	       cmocka_unit_test(cut_segments),
		cmocka_unit_test(fin),	    cmocka_unit_test(rst),	       cmocka_unit_test(reuse),
		cmocka_unit_test(ordered),  cmocka_unit_test(limits),	       cmocka_unit_test(other_anomalies),
		cmocka_unit_test(stray),    cmocka_unit_test(ignored),	       cmocka_unit_test(eviction),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
