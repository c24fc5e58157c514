/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Saving what is shown or selected: events as text, JSON or a wiki transcript,
 * payload bytes, a field's bytes, an object, packets.  Files are never
 * overwritten.
 */
#ifndef MSNSCOPE_TUI_SAVE_H
#define MSNSCOPE_TUI_SAVE_H

#include "tui/app.h"

/* Asks what to save, then where. */
void save_ask(struct app *app);

/* The file name was typed.  Returns false when it cannot be taken: the prompt says why and stays. */
bool save_begin(struct app *app, struct slice path);

/* Goes on writing for about that long; not to be called with the store locked.  Returns whether there is more. */
bool save_step(struct app *app, int64_t budget_ns);

/* Ends it; what was written of an unfinished file is removed. */
void save_cancel(struct app *app);

#endif
