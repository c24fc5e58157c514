/* SPDX-License-Identifier: BSD-2-Clause */
/* A line that the user types, with its history. */
#ifndef MSNSCOPE_TUI_PROMPT_H
#define MSNSCOPE_TUI_PROMPT_H

#include "tui/canvas.h"
#include "tui/keys.h"

/* Bytes of a line, and lines that a history keeps. */
#define PROMPT_MAX 4096u
#define HISTORY_MAX 100u

struct line_history {
	char *lines[HISTORY_MAX]; /* oldest first */
	size_t count;
};

/* Zero-initialised memory is an empty history. */
void line_history_add(struct line_history *h, struct slice line);
void line_history_free(struct line_history *h);

struct prompt {
	const char *label;        /* what is asked for */
	struct line_history *history;  /* or NULL */
	struct buffer text;
	size_t cursor;            /* offset in text */
	size_t place;             /* line of the history that is shown; its count: the user's own */
	struct buffer own;        /* the user's own line, while an older one is shown */
	char error[256];          /* what is wrong, shown until the next key; empty: nothing */
	size_t error_column;      /* character of the text that is wrong, from 1; 0: none */
};

enum prompt_result { PROMPT_GOES_ON, PROMPT_ACCEPTED, PROMPT_CANCELLED };

/* label and history outlive the prompt.  Zero-initialised memory is a prompt that is not open.  Ends with prompt_free. */
void prompt_open(struct prompt *p, const char *label, struct line_history *history, struct slice text);
void prompt_free(struct prompt *p);

/*
 * Emacs' keys for lines, as readline has them.  An accepted line goes to the
 * history; the prompt stays open until the caller frees it or opens it anew.
 */
enum prompt_result prompt_key(struct prompt *p, uint32_t key);

/* Replaces the bytes from begin to the cursor. */
void prompt_replace(struct prompt *p, size_t begin, struct slice text);

/* Draws label, text and cursor in one row; the part around the cursor when it does not fit.  An error goes to the row above. */
void prompt_draw(const struct prompt *p, struct canvas *c, int row);

#endif
