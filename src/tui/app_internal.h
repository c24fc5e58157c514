/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of the application. */
#ifndef MSNSCOPE_TUI_APP_INTERNAL_H
#define MSNSCOPE_TUI_APP_INTERNAL_H

#include "tui/app.h"

/* --- app.c --- */

/* Panels of the screen as it is, and their number. */
size_t app_panes(const struct app *app, enum panel_id panes[SCREEN_PANES]);
/* The panel that has the keys. */
enum panel_id app_focused(const struct app *app);

/* --- app_jump.c; with the store locked --- */

/* Returns false when the action is no jump. */
bool app_jump(struct app *app, enum action a);
/* To what the user typed: an event's number, or a time.  Returns false after *p->error was filled in. */
bool app_jump_to(struct app *app, struct prompt *p);

/* --- app_find.c --- */

/* Looks for the text typed so far, from where the cursor was; with the store locked. */
void app_find_begin(struct app *app, struct slice text, bool forward);
/* The next place, in the direction of the search or against it; with the store locked. */
void app_find_again(struct app *app, bool same_direction);
/* Without the lock.  Returns whether there is more to search. */
bool app_find_step(struct app *app, int64_t budget_ns);

/* --- app_ask.c; with the store locked --- */

void app_ask(struct app *app, enum asked what, const char *label, struct slice text);
void app_ask_key(struct app *app, uint32_t key);
void app_ask_end(struct app *app);

#endif
