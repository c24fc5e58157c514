/* SPDX-License-Identifier: BSD-2-Clause */
/* The columns of the timeline. */
#ifndef MSNSCOPE_TUI_TIMELINE_COLUMNS_H
#define MSNSCOPE_TUI_TIMELINE_COLUMNS_H

#include "tui/app.h"

/* Columns that are shown unless the user chooses others. */
#define COLUMNS_DEFAULT (COLUMN_NUMBER | COLUMN_TIME | COLUMN_CONNECTION | COLUMN_COMMAND | COLUMN_SUMMARY)

/* Draw one line: headings, or the event at that place of the view.  With the store locked. */
void columns_header(struct app *app, struct canvas *c, struct area a);
void columns_draw(struct app *app, struct canvas *c, struct area a, uint32_t place);

/* Lets the user choose. */
void columns_menu(struct app *app);

/* Adds the time of an event in the mode of the application; before is the row before it, or STORE_NONE. */
void columns_add_time(const struct app *app, struct buffer *out, uint32_t row, uint32_t before);

/* Heading and width of that time. */
const char *columns_time_title(const struct app *app);
int columns_time_width(const struct app *app);

#endif
