/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dialogues that people keep as text: examples of pages about the protocol,
 * debug logs of clients and servers, streams and packets as Wireshark writes
 * them.  Sorts the lines of such a text by what its form says of them; what
 * they are in the protocol, and which of them are payload, is for session/ to
 * tell.  Pure: bytes in, records out.
 */
#ifndef MSNSCOPE_TRANSCRIPT_TRANSCRIPT_H
#define MSNSCOPE_TRANSCRIPT_TRANSCRIPT_H

#include "util/address.h"
#include "util/slice.h"

/* Bytes at the beginning of a text that tell its form: a log may say a lot before its first command. */
#define TRANSCRIPT_LOOK_MAX (1u << 20)
/* Longest line; the rest of a longer one is left out, and counted. */
#define TRANSCRIPT_LINE_MAX (1u << 19)
/* Longest name of a connection; longer ones are cut. */
#define TRANSCRIPT_KEY_MAX 64u

enum transcript_kind {
	TRANSCRIPT_COMMAND, /* the form says that a command begins here */
	TRANSCRIPT_MAYBE,   /* a command, or part of the payload of the one before: the form does not tell */
	TRANSCRIPT_BODY,    /* behind a command: a line of its payload, or talk */
	TRANSCRIPT_OTHER,   /* no part of the dialogue: payload in front of it has ended */
	TRANSCRIPT_DUMP,    /* bytes of the payload of the command before, at that offset, as they were */
	TRANSCRIPT_BYTES,   /* bytes of the stream as they were */
	TRANSCRIPT_OPEN,    /* a connection begins */
	TRANSCRIPT_CLOSE,   /* it ends */
};

enum transcript_side {
	TRANSCRIPT_CLIENT,
	TRANSCRIPT_SERVER,
	TRANSCRIPT_FIRST,   /* the two ends can be told from each other, but not which is the client */
	TRANSCRIPT_SECOND,
	TRANSCRIPT_UNKNOWN,
};

enum transcript_role { TRANSCRIPT_NO_ROLE, TRANSCRIPT_DS, TRANSCRIPT_NS, TRANSCRIPT_SB };

/* How a line ended where it was sent. */
enum transcript_ending { ENDING_LOST, ENDING_CRLF, ENDING_LF };

/* Slices are valid during the call. */
struct transcript_record {
	enum transcript_kind kind;
	enum transcript_side side;
	enum transcript_role role;
	int version;                   /* that the text names for the connection, 0: none */
	struct slice key;              /* the connection's name in the text; empty: it names none */
	struct address address[2];     /* of client and server, or first and second; version 0: not there */
	uint64_t line;                 /* in the text, from 1 */
	int64_t time_ns;               /* TIME_NONE: not there; a time of day counts from 1970-01-01 */
	struct slice text;             /* of a line, without its end; bytes */
	enum transcript_ending ending;
	size_t indent;                 /* of text: bytes of indentation in front */
	size_t offset;                 /* TRANSCRIPT_DUMP */
	bool altered;                  /* what was sent does not stand here to the byte: mark-up, marks of omission, dots */
};

struct transcript_counters {
	uint64_t lines, bytes;
	uint64_t cut_lines;            /* beyond TRANSCRIPT_LINE_MAX */
};

/* A form of text. */
struct transcript_form {
	const char *name;  /* "pidgin", "arrows", ... */
	bool fine_times;   /* finer than a second, and those of the dialogue, not of a log being written */
	bool whole;        /* nothing is left out between first and last line */
	bool named;        /* each connection has a name that no other one has */
	bool dated;        /* its times have dates */
};

/*
 * What form has a text that begins with these bytes (whole: they are all of
 * it)?  NULL: it holds no dialogue that can be read.
 */
const struct transcript_form *transcript_recognise(struct slice beginning, bool whole);

/* Name and meaning of all forms; NULL behind the last. */
const struct transcript_form *transcript_form_at(size_t i);

struct transcript_parser;
typedef void transcript_output(void *ctx, const struct transcript_record *r);

/* Ends with transcript_parser_free.  beginning as above. */
struct transcript_parser *transcript_parser_new(const struct transcript_form *form, struct slice beginning, transcript_output *output,
				  void *ctx);

/* The next bytes of the text, split anywhere. */
void transcript_parser_data(struct transcript_parser *t, struct slice data);

/* No more bytes come: hands over what is left. */
void transcript_parser_end(struct transcript_parser *t);

const struct transcript_counters *transcript_parser_counters(const struct transcript_parser *t);

void transcript_parser_free(struct transcript_parser *t);

#endif
