/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines behind a command in a transcript, and the payload that they were. */
#ifndef MSNSCOPE_SESSION_LOG_BODY_H
#define MSNSCOPE_SESSION_LOG_BODY_H

#include "session/log.h"
#include "util/buffer.h"

struct log_body_line {
	size_t at, len; /* in text */
	enum transcript_ending ending;
	size_t indent;
	uint64_t line;  /* in the transcript */
};

struct log_body {
	struct buffer text;
	struct log_body_line *lines;
	size_t count, capacity;
	struct buffer dump;   /* bytes from offset dump_at on, shown as a dump */
	size_t dump_at;
	bool has_dump;
	bool altered;         /* some line does not stand as it was sent */
	size_t left_out;      /* lines beyond the limits */
};

void log_body_clear(struct log_body *b);
void log_body_free(struct log_body *b);

/* Takes a TRANSCRIPT_BODY, TRANSCRIPT_MAYBE or TRANSCRIPT_DUMP. */
void log_body_add(struct log_body *b, const struct transcript_record *r);

/*
 * Appends the payload of a command that declares so many bytes (above 0) to
 * out.  Line ends that the text lost are those that make the length right.
 * Returns 0 when it is there to the byte, as far as its length can tell, else
 * MSNP_UNRELIABLE_ bits; with MSNP_UNRELIABLE_ABSENT nothing was appended.
 * *used: lines that were taken for it.
 */
unsigned log_body_payload(const struct log_body *b, uint64_t declared, struct buffer *out, size_t *used);

#endif
