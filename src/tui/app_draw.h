/* SPDX-License-Identifier: BSD-2-Clause */
/* How the screen is shared out. */
#ifndef MSNSCOPE_TUI_APP_DRAW_H
#define MSNSCOPE_TUI_APP_DRAW_H

#include "tui/app.h"

/* Panels on the screen, with their areas; of a pane that is not shown the area is empty. */
struct layout {
	enum panel_id panes[SCREEN_PANES];
	struct area areas[SCREEN_PANES];
	size_t count;
	int divider_row;    /* of the line between the upper and the lower panes; -1: none */
	int divider_column; /* of the line between left and right; -1: none */
};

struct layout app_layout(const struct app *app);

#endif
