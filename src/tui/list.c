/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/list.h"

static void show_selected(struct list *l)
{
	if (l->selected < l->top)
		l->top = l->selected;
	if (l->selected >= l->top + l->page)
		l->top = l->selected - l->page + 1;
	/* No blank lines below the last one while there are lines above. */
	if (l->top + l->page > l->count)
		l->top = l->count > l->page ? l->count - l->page : 0;
}

void list_layout(struct list *l, uint32_t count, int rows)
{
	l->count = count;
	l->page = rows > 0 ? (uint32_t)rows : 1;
	list_select(l, l->selected);
}

void list_select(struct list *l, uint32_t line)
{
	l->selected = line < l->count ? line : l->count ? l->count - 1 : 0;
	show_selected(l);
}

void list_jump(struct list *l, uint32_t line)
{
	if (line < l->top || line >= l->top + l->page)
		l->top = line > l->page / 2 ? line - l->page / 2 : 0;
	list_select(l, line);
}

/* How far an action moves; 0 when it does not. */
static int64_t distance(const struct list *l, enum action a)
{
	int64_t page = l->page > 1 ? l->page - 1 : 1, half = l->page > 1 ? l->page / 2 : 1;

	switch (a) {
	case ACTION_UP:
		return -1;
	case ACTION_DOWN:
		return 1;
	case ACTION_PAGE_UP:
		return -page;
	case ACTION_PAGE_DOWN:
		return page;
	case ACTION_HALF_UP:
		return -half;
	case ACTION_HALF_DOWN:
		return half;
	case ACTION_TOP:
		return -(int64_t)UINT32_MAX;
	case ACTION_BOTTOM:
		return UINT32_MAX;
	default:
		return 0;
	}
}

static uint32_t moved(uint32_t from, int64_t by, uint32_t last)
{
	int64_t to = (int64_t)from + by;

	return to < 0 ? 0 : to > last ? last : (uint32_t)to;
}

bool list_act(struct list *l, enum action a)
{
	int64_t by = distance(l, a);

	if (by)
		list_select(l, moved(l->selected, by, l->count ? l->count - 1 : 0));
	return by != 0;
}

bool list_scroll(struct list *l, enum action a)
{
	int64_t by = distance(l, a);

	if (by)
		l->top = moved(l->top, by, l->count > l->page ? l->count - l->page : 0);
	l->selected = l->top;
	return by != 0;
}
