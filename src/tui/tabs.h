/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of names, one of which is chosen: what a panel shows of several things. */
#ifndef MSNSCOPE_TUI_TABS_H
#define MSNSCOPE_TUI_TABS_H

#include "tui/canvas.h"

/* Draws into the first row of the area; names that do not fit are left out, never the chosen one. */
void tabs_draw(struct canvas *c, struct area a, const char *const *names, size_t count, size_t chosen);

#endif
