/* SPDX-License-Identifier: BSD-2-Clause */
/* A small list in the middle of the screen that something is chosen from. */
#ifndef MSNSCOPE_TUI_MENU_H
#define MSNSCOPE_TUI_MENU_H

#include "tui/app.h"

#define MENU_ITEMS_MAX 32u

struct menu_item {
	const char *text;     /* outlives the menu */
	int id;
	bool ticked;          /* of a menu with ticks */
	bool absent;          /* cannot be chosen now */
};

/*
 * Takes the place of a menu that is open.  Enter or the number before an item
 * chooses it and closes the menu.  In a menu with ticks Space or the number
 * puts a tick or takes it away, and it stays open until Enter.  chosen is
 * called without the store locked; it may open the next menu.  Items beyond
 * MENU_ITEMS_MAX are left out.
 */
void menu_open(struct app *app, const char *title, const struct menu_item *items, size_t count, bool ticks,
	       void (*chosen)(struct app *app, int id, bool ticked));
/* Does nothing when none is open. */
void menu_close(struct app *app);

/* With a menu open; without the store locked. */
void menu_key(struct app *app, uint32_t key);
void menu_draw(const struct app *app, struct canvas *c);

#endif
