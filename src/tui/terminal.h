/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal, through ncurses (the only user of it): shows a canvas, reads
 * keys.  However the program ends, the terminal is left as it was.
 */
#ifndef MSNSCOPE_TUI_TERMINAL_H
#define MSNSCOPE_TUI_TERMINAL_H

#include "tui/canvas.h"

#define TERMINAL_MESSAGE_MAX 256

struct terminal;

/*
 * Takes the terminal of standard output, with keys from standard input or, when
 * that is none, the controlling terminal.  Returns NULL after a message.  Ends
 * with terminal_close.  One at a time.
 */
struct terminal *terminal_open(const struct theme *theme, bool colour, char *message);
void terminal_close(struct terminal *t);

void terminal_size(const struct terminal *t, int *rows, int *columns);

/* Shows the canvas, which has the size of the terminal; anew: whatever the terminal may show now. */
void terminal_show(struct terminal *t, const struct canvas *c, bool anew);

enum terminal_event_kind {
	TERMINAL_NOTHING, /* the time is over */
	TERMINAL_KEY,     /* key */
	TERMINAL_CLICK,   /* row, column */
	TERMINAL_RESIZE,
	TERMINAL_END,     /* a signal asks for the end, or the terminal has hung up: nothing can be shown any more */
};

struct terminal_event {
	enum terminal_event_kind kind;
	uint32_t key;
	int row, column;
};

/* Waits for the next event, for at most that long. */
struct terminal_event terminal_read(struct terminal *t, int timeout_ms);

/* Clicks and the wheel are told; the terminal's own selection of text is then off. */
void terminal_mouse(struct terminal *t, bool on);

/* Gives the terminal back to the shell until the program is continued. */
void terminal_suspend(struct terminal *t);

#endif
