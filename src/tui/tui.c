/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/tui.h"

#include <stdio.h>

#include "tui/app.h"
#include "tui/settings.h"
#include "tui/terminal.h"

/* How long one step of work may take before keys are looked for again. */
#define STEP_NS 10000000
/* How often the screen is drawn at the most while there is work, and looked at while reading goes on. */
#define DRAW_MS 40
#define WATCH_MS 100
#define IDLE_MS 1000

static void take_event(struct app *app, struct terminal *t, const struct terminal_event *e)
{
	int rows, columns;

	switch (e->kind) {
	case TERMINAL_KEY:
		app_key(app, e->key);
		break;
	case TERMINAL_CLICK:
		app_click(app, e->row, e->column);
		break;
	case TERMINAL_RESIZE:
		terminal_size(t, &rows, &columns);
		app_resize(app, rows, columns);
		app->redraw = true;
		break;
	case TERMINAL_END:
		app->done = true;
		break;
	case TERMINAL_NOTHING:
		break;
	}
	if (app->suspend)
		terminal_suspend(t);
	app->redraw |= app->suspend;
	app->suspend = false;
	if (app->mouse_changed)
		terminal_mouse(t, app->mouse);
	app->mouse_changed = false;
}

static void show(struct app *app, struct terminal *t)
{
	app_draw(app);
	terminal_show(t, &app->canvas, app->redraw);
	app->redraw = false;
}

/* Takes all keys that wait, so that a key held down is not ahead of the screen. */
static void take_events(struct app *app, struct terminal *t, int timeout_ms)
{
	struct terminal_event e = terminal_read(t, timeout_ms);

	take_event(app, t, &e);
	while (e.kind == TERMINAL_KEY && !app->done && !app->redraw) {
		e = terminal_read(t, 0);
		take_event(app, t, &e);
	}
}

static void loop(struct app *app, struct terminal *t)
{
	while (!app->done) {
		bool more = app_step(app, STEP_NS), running = app->status.running;

		if (app_changed(app) || app->redraw)
			show(app, t);
		take_events(app, t, more ? 0 : running ? WATCH_MS : IDLE_MS);
	}
}

bool tui_run(const struct tui_options *o, char *message)
{
	struct app *app = app_new(o);
	int rows, columns;

	settings_read(app);
	struct terminal *t = terminal_open(&app->theme, o->colour, message);
	if (t) {
		terminal_size(t, &rows, &columns);
		app_resize(app, rows, columns);
		loop(app, t);
	}
	terminal_close(t);
	app_free(app);
	return t != NULL;
}
