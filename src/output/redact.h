/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Line and payload of an event with placeholders where something private
 * stands, and a payload length that is right again.
 */
#ifndef MSNSCOPE_OUTPUT_REDACT_H
#define MSNSCOPE_OUTPUT_REDACT_H

#include "output/placeholder.h"
#include "session/event.h"

/* A part of a source that a placeholder stands for. */
struct redact_piece {
	size_t begin, end;
	const struct field *field;
};

struct redaction {
	struct placeholders *placeholders;
	struct buffer head, payload; /* of the latest event: its line (of web services the whole head), its payload */
	struct buffer scratch;
	struct redact_piece *pieces;
	size_t count, capacity;
};

/* placeholders outlive it.  Ends with redaction_free. */
void redaction_init(struct redaction *r, struct placeholders *placeholders);
void redaction_free(struct redaction *r);

/*
 * Fills head and payload.  Bytes that no field accounts for lose their
 * accounts, addresses and GUIDs; a payload that nobody understood at all is
 * replaced whole.
 */
void redaction_event(struct redaction *r, const struct event *e);

#endif
