/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the user has set: the files `theme` and `keys` in
 * $XDG_CONFIG_HOME/msnscope, else ~/.config/msnscope.  They are only read.
 */
#ifndef MSNSCOPE_TUI_SETTINGS_H
#define MSNSCOPE_TUI_SETTINGS_H

#include "tui/app.h"

/* Bytes of a file and of one line; the rest is not read, and a message says so. */
#define SETTINGS_FILE_MAX 65536u
#define SETTINGS_LINE_MAX 1024u
/* Messages that are kept; of further ones the number. */
#define SETTINGS_WRONG_MAX 50u

/*
 * Reads both files into app->theme and app->keymap.  What is wrong in them goes
 * to app->settings_wrong, as "theme:3: no such thing is shown", the first also
 * to the last line of the screen; all other lines count.
 */
void settings_read(struct app *app);

#endif
