/* SPDX-License-Identifier: BSD-2-Clause */
/* A list that is scrolled: which line is under the cursor, and which is the first on the screen. */
#ifndef MSNSCOPE_TUI_LIST_H
#define MSNSCOPE_TUI_LIST_H

#include <stdint.h>

#include "tui/keys.h"

struct list {
	uint32_t count;    /* lines */
	uint32_t selected; /* below count, or 0 */
	uint32_t top;
	uint32_t page;     /* lines that fit on the screen */
};

/* Takes a new number of lines and of those that fit; the cursor stays on the screen. */
void list_layout(struct list *l, uint32_t count, int rows);

/* Moves the cursor.  Returns false when the action is none that moves it. */
bool list_act(struct list *l, enum action a);

/* Puts the cursor on a line. */
void list_select(struct list *l, uint32_t line);

/* Puts the cursor on a line, which comes to stand in the middle of the screen when it is not on it. */
void list_jump(struct list *l, uint32_t line);

/* The same for text without a cursor: the first line moves. */
bool list_scroll(struct list *l, enum action a);

#endif
