/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/tabs.h"

/* With a blank on each side. */
static int width_of(const char *name)
{
	return (int)strlen(name) + 2;
}

/* The first name that is shown: so that the chosen one still has room. */
static size_t first_shown(const char *const *names, size_t chosen, int columns)
{
	size_t first = chosen;
	int width = width_of(names[chosen]);

	while (first > 0 && width + width_of(names[first - 1]) <= columns)
		width += width_of(names[--first]);
	return first;
}

void tabs_draw(struct canvas *c, struct area a, const char *const *names, size_t count, size_t chosen)
{
	/* Room for the signs that there are more. */
	size_t i = first_shown(names, chosen, a.columns - 2);
	int at = 1, end = a.columns - 1;

	canvas_fill(c, area_rows(a, 0, 1), LOOK_HEADER);
	if (i > 0)
		canvas_str(c, a.row, a.column, 1, LOOK_HEADER, "<");
	for (; i < count && (i == chosen || at + width_of(names[i]) <= end); i++) {
		enum look look = i == chosen ? LOOK_SELECTED : LOOK_HEADER;

		at += canvas_printf(c, a.row, a.column + at, end - at, look, " %s ", names[i]);
	}
	if (i < count)
		canvas_str(c, a.row, a.column + end, 1, LOOK_HEADER, ">");
}
