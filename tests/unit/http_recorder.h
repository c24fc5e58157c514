/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays both sides of a connection to the transport stage and writes down what comes out. */
#ifndef MSNSCOPE_TESTS_HTTP_RECORDER_H
#define MSNSCOPE_TESTS_HTTP_RECORDER_H

#include "transport/transport.h"
#include "util/buffer.h"

/* The client has side 0. */
enum { CLIENT, SERVER };

struct http_step {
	enum { STEP_DATA, STEP_GAP, STEP_ANOMALY, STEP_CLOSE } kind;
	int side;
	struct slice data;
	uint64_t len; /* STEP_GAP */
};

#define C(text) {STEP_DATA, CLIENT, {(const uint8_t *)("" text), sizeof(text) - 1}, 0}
#define S(text) {STEP_DATA, SERVER, {(const uint8_t *)("" text), sizeof(text) - 1}, 0}
#define GAP(side, len) {STEP_GAP, side, {NULL, 0}, len}
#define ANOMALY(side) {STEP_ANOMALY, side, {NULL, 0}, 0}
#define CLOSE(side) {STEP_CLOSE, side, {NULL, 0}, 0}

#define GET(path) C("GET " path " HTTP/1.1\r\nHost: a\r\n\r\n")
#define OK(length, body) S("HTTP/1.1 200 OK\r\nContent-Length: " length "\r\n\r\n" body)
#define CONNECT C("CONNECT ns.example.com:1863 HTTP/1.0\r\nProxy-Connection: Keep-Alive\r\n\r\n")
#define CONNECTED S("HTTP/1.0 200 Connection established\r\n\r\n")

/*
 * What came out, joined by blanks.  Exchanges are numbered: "1>POST target"
 * and its body in braces for a request, "1<200" for a response, "1." when it
 * is done; behind a message "!word" for each flag that is set, "[at+len]" for
 * each hole of its body.  Raw streams begin with "raw" and what is around them
 * in parentheses; then "A:bytes", "B:bytes", "A:[5]" for a gap, "!" for an
 * anomaly, and "end".  Pieces of one side that follow each other are one.
 */
struct http_recorder {
	struct transport *transport;
	struct stream_consumer stream;
	struct stream_connection tcp;
	struct buffer log;
	uint64_t frame;
	bool ignored;     /* the connection, by its consumer */
	bool tunnels;     /* exchanges say what is around them */
	int last_side;    /* of raw data at the end of log, else -1 */
	unsigned open;    /* raw streams that had a callback and no end */
	unsigned connections; /* of HTTP, that had an exchange and have not ended */
	enum stream_end why;  /* the latest of these ended */
	const char *ignore_at; /* raw data that contains this is answered with STREAM_IGNORE */
	bool no_bodies;   /* of the consumer: it wants nothing */
	struct http_message last[2]; /* the latest request and response; what they point to is gone */
};

/* opener as in struct stream_connection. */
void http_recorder_init(struct http_recorder *r, int opener);

/* Plays a step in pieces of that many bytes, the first of `first`; 0 means all. */
void http_recorder_play(struct http_recorder *r, const struct http_step *step, size_t first, size_t piece);

/* Ends the connection and the transport; the log is then complete and ends in NUL. */
const char *http_recorder_finish(struct http_recorder *r, enum stream_end why);
void http_recorder_free(struct http_recorder *r);

/* Plays steps whole; the same with a text some times in a row. */
void http_recorder_play_all(struct http_recorder *r, const struct http_step *steps, size_t count);
void http_recorder_repeat(struct http_recorder *r, int side, const char *text, size_t times);

/*
 * Plays the steps whole, byte by byte, and cut in two at every byte, and
 * asserts that the log is the expected one each time.
 */
void http_play(int opener, const struct http_step *steps, size_t count, const char *expected);

/* The same without cuts: what becomes of bytes that make no sense depends on where segments start. */
void http_play_whole(int opener, const struct http_step *steps, size_t count, const char *expected);

#define PLAY_FROM(opener, expected, ...)                                               \
	do {                                                                           \
		const struct http_step steps[] = {__VA_ARGS__};                        \
		http_play(opener, steps, sizeof(steps) / sizeof(steps[0]), expected);  \
	} while (0)
#define PLAY(expected, ...) PLAY_FROM(CLIENT, expected, __VA_ARGS__)
#define PLAY_WHOLE_FROM(opener, expected, ...)                                              \
	do {                                                                                \
		const struct http_step steps[] = {__VA_ARGS__};                             \
		http_play_whole(opener, steps, sizeof(steps) / sizeof(steps[0]), expected); \
	} while (0)
#define PLAY_WHOLE(expected, ...) PLAY_WHOLE_FROM(CLIENT, expected, __VA_ARGS__)

#define PLAY_ALL(r, ...)                                                                  \
	do {                                                                              \
		const struct http_step steps[] = {__VA_ARGS__};                           \
		http_recorder_play_all(r, steps, sizeof(steps) / sizeof(steps[0]));       \
	} while (0)

#define FINISH(r, expected)                                                                 \
	do {                                                                                \
		assert_string_equal(http_recorder_finish(r, STREAM_END_CAPTURE), expected); \
		http_recorder_free(r);                                                      \
	} while (0)

#endif
