/* SPDX-License-Identifier: BSD-2-Clause */
/* One panel of the TUI at work, without a terminal: over a sample, or over what a test hands to the sink. */
#ifndef MSNSCOPE_TESTS_UNIT_PANEL_PLAY_H
#define MSNSCOPE_TESTS_UNIT_PANEL_PLAY_H

#include "tui/app.h"

struct panel_play {
	struct tui_model *model;
	struct tui_options options;
	struct app *app;
	struct canvas canvas;
	struct buffer dump, looks;
};

/* sample: a file of samples/, or NULL: the model is empty.  Ends with panel_play_end. */
void panel_play_begin(struct panel_play *p, const char *sample);
void panel_play_end(struct panel_play *p);

/* Draws the panel as if it had the keys, into a canvas of its own; as text that lives until the next call. */
const char *panel_play_draw(struct panel_play *p, enum panel_id panel, int rows, int columns);

/* The looks of that drawing, a letter a cell: see canvas_dump. */
const char *panel_play_looks(struct panel_play *p);

/* The look of the first cell of a text that was drawn. */
enum look panel_play_look_of(struct panel_play *p, const char *text);

/* Returns what the panel returns. */
bool panel_play_act(struct panel_play *p, enum panel_id panel, enum action a);
bool panel_play_find(struct panel_play *p, enum panel_id panel, const char *text, bool forward);

/* Line of the last drawing, from 0, that holds the text; -1: none does. */
int panel_play_line(const struct panel_play *p, const char *text);

/* --- events by hand --- */

/* A connection of that role, with the server 192.0.2.<id>. */
struct connection panel_play_connection(uint64_t id, unsigned role);

/* Hands over an event with that command line, and with findings of a rule as many as there are texts. */
void panel_play_event(struct panel_play *p, const struct connection *c, uint64_t id, enum msnp_sender from, const char *line,
		      enum finding_rule_id rule, const char *const *findings, size_t count);

#endif
