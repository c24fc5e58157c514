/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of the events of the view, whose cursor is that of the application: several panels show it, each in its way. */
#ifndef MSNSCOPE_TUI_VIEW_LIST_H
#define MSNSCOPE_TUI_VIEW_LIST_H

#include "tui/app.h"

/* Before each drawing, with the lines that there is room for.  app->row comes to be an event of the view, if there is any. */
void view_list_layout(struct app *app, struct list *l, int rows);

/* Moves the cursor.  Returns false when the action is none that moves it. */
bool view_list_act(struct app *app, struct list *l, enum action a);

/* A line on the screen was clicked, counted from the first event that is shown. */
void view_list_click(struct app *app, struct list *l, int line);

/* Draws in the first column of an area that an event is marked, or has findings. */
void view_list_draw_mark(const struct app *app, struct canvas *c, struct area a, uint32_t row);

/* Tints the event under the cursor, and its request and reply. */
void view_list_tint(const struct app *app, struct canvas *c, struct area a, uint32_t row, bool focused);

/* What is said where there are no events. */
void view_list_draw_empty(const struct app *app, struct canvas *c, struct area a);

#endif
