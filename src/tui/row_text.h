/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of the rows that are on the screen, kept so that scrolling reads each event once. */
#ifndef MSNSCOPE_TUI_ROW_TEXT_H
#define MSNSCOPE_TUI_ROW_TEXT_H

#include "timeline/store.h"
#include "tui/look.h"

/* Rows whose texts are kept; a power of two. */
#define ROW_TEXTS 1024u
/* Bytes of each text. */
#define ROW_TEXT_MAX 2048u

struct row_text {
	uint32_t row;
	struct slice command, summary; /* escaped, secrets masked */
	struct slice finding;          /* the first one of the worst severity: "unknown command"; empty: none */
	enum look look;
	uint64_t id;                   /* of the event, in its file */
	uint64_t payload_length;
	bool has_payload;
	int64_t latency_ns;            /* with request or reply known */
	bool has_latency;
};

struct row_texts;

/* Ends with row_texts_free. */
struct row_texts *row_texts_new(struct store *s, bool show_secrets);
void row_texts_free(struct row_texts *t);

/* Valid until the next ROW_TEXTS calls.  With the store locked. */
const struct row_text *row_text(struct row_texts *t, uint32_t row);

/* Adds the time of day with as many digits as fit: "19:02:11.042460". */
void row_add_time(struct buffer *out, int64_t ns, bool nanoseconds);

#endif
