/* SPDX-License-Identifier: BSD-2-Clause */
/* The TUI over a sample, without a terminal: keys go in, the screen or one panel comes out as text. */
#ifndef MSNSCOPE_TESTS_TUI_PLAY_H
#define MSNSCOPE_TESTS_TUI_PLAY_H

#include "tui/app.h"

struct tui_play {
	struct tui_model *model;
	struct tui_reader reader; /* the test may give it what it wants before tui_play_begin */
	struct tui_options options;
	struct app *app;
	struct buffer dump;
};

/* Zero-initialised but for what the test sets.  Reads samples/NAME; NULL: an empty store. */
void tui_play_begin(struct tui_play *p, const char *sample);
void tui_play_end(struct tui_play *p);

/* Characters are keys; "\n" is Enter. */
void tui_play_type(struct tui_play *p, const char *keys);
void tui_play_key(struct tui_play *p, uint32_t key);

/* Puts the cursor on an event of a store with one file. */
void tui_play_go(struct tui_play *p, uint64_t event);

/* Does all that is to be done and draws the whole screen. */
const char *tui_play_screen(struct tui_play *p, int rows, int columns);

/* Draws one panel alone. */
const char *tui_play_panel(struct tui_play *p, enum panel_id panel, int rows, int columns, bool looks);

bool tui_play_act(struct tui_play *p, enum panel_id panel, enum action a);
bool tui_play_find(struct tui_play *p, enum panel_id panel, const char *text, bool forward);

#endif
