/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads dialogue files (samples/README.md) and plays them to the session
 * stage, cut into pieces as a test asks for.
 */
#ifndef MSNSCOPE_TESTS_DIALOGUE_H
#define MSNSCOPE_TESTS_DIALOGUE_H

#include "util/buffer.h"

#define DIALOGUE_CONNECTIONS_MAX 16

/*
 * Dialogues in tests/dialogues/ may have a line @raw: what they send is then
 * not what is to come out.  Lines "=>>> LINE" and "=<<< LINE" with payload and
 * expectations, "=lost client|server N" and "=skipped client|server N" list all
 * events that must come out, in order for each direction.  "@gap client|server
 * N" says that N bytes of that side were lost.
 */
enum dialogue_step_kind { STEP_COMMAND, STEP_CLOSE, STEP_GAP, STEP_EXPECTED, STEP_EXPECTED_LOST, STEP_EXPECTED_SKIPPED };

struct dialogue_expectation {
	char *key, *value;
};

struct dialogue_step {
	enum dialogue_step_kind kind;
	int connection;
	bool from_client;
	struct slice line;
	struct buffer payload;
	bool has_length; /* the line had {len} */
	size_t gap;      /* bytes; also of what is expected lost or skipped */
	struct dialogue_expectation *expectations;
	size_t expectation_count;
};

struct dialogue {
	char *text; /* the file */
	struct dialogue_step *steps;
	size_t step_count;
	bool midstream[DIALOGUE_CONNECTIONS_MAX];
	unsigned client_port[DIALOGUE_CONNECTIONS_MAX], server_port[DIALOGUE_CONNECTIONS_MAX];
	int connections;
	bool raw;
	bool loses; /* has @lose: for the capture writer, not for these tests */
};

/* Ends the test program with a message when the file cannot be read or understood. */
struct dialogue *dialogue_read(const char *path);

/* How the bytes of one command are cut. */
enum dialogue_cut {
	CUT_COMMANDS,    /* one piece for each command */
	CUT_BYTES,       /* one piece for each byte */
	CUT_JOINED,      /* one piece for all commands in a row that go the same way */
	CUT_AT,          /* as CUT_COMMANDS, with one more cut at byte number at of the dialogue */
	CUT_RANDOM,      /* at random, from the seed */
};

/*
 * Plays the dialogue; writes what came out into report: a line for every
 * event, with everything a reader may see of it.  checked: holds the events
 * against the dialogue's own lines, payloads and expectations, and appends a
 * line to failures for each difference.
 */
void dialogue_play(const struct dialogue *d, enum dialogue_cut cut, size_t at, struct buffer *report,
		   struct buffer *failures);

/* Bytes of all commands. */
size_t dialogue_size(const struct dialogue *d);

void dialogue_free(struct dialogue *d);

#endif
