/* SPDX-License-Identifier: BSD-2-Clause */
/* What keys do when the panel that has them does not know. */
#include "tui/app_internal.h"
#include "tui/menu.h"
#include "tui/save.h"
#include "tui/timeline_columns.h"

/* --- screens and panes --- */

static void move_focus(struct app *app, bool forward)
{
	enum panel_id panes[SCREEN_PANES];
	size_t count = app_panes(app, panes), *focus = &app->focus[app->screen];

	*focus = *focus < count ? *focus : 0;
	*focus = (*focus + (forward ? 1 : count - 1)) % count;
}

static bool has_detail(const struct app *app)
{
	return app->screen == SCREEN_TIMELINE || app->screen == SCREEN_LADDER;
}

static void open_detail(struct app *app)
{
	if (!has_detail(app))
		return;
	app->detail_open = true;
	app->focus[app->screen] = 1;
}

static void leave_screen(struct app *app)
{
	app->screen = app->back[--app->back_count];
	/* A session was opened from there. */
	if (app->screen == SCREEN_SESSIONS && app->only_session != STORE_NONE)
		app_only(app, STORE_NONE, STORE_NONE);
}

static void go_back(struct app *app)
{
	if (app->zoomed) {
		app->zoomed = false;
	} else if (has_detail(app) && app->detail_open) {
		app->detail_open = false;
		app->focus[app->screen] = 0;
	} else if (app->back_count) {
		leave_screen(app);
	} else if (app->key == KEYS_ESCAPE || app->key == KEYS_BACKSPACE) {
		/* A key too many does not end the program. */
		app_say(app, LOOK_NORMAL, "q ends the program");
	} else {
		app->done = true;
	}
}

/* --- what is shown --- */

static void only(struct app *app, bool connection)
{
	const struct store_row *row = app->row == STORE_NONE ? NULL : store_row(app->store, app->row);
	uint32_t session = row && !connection ? store_row_session(app->store, row) : app->only_session;

	if (connection)
		app_only(app, app->only_session, app->only_connection != STORE_NONE || !row ? STORE_NONE : row->connection);
	else if (app->only_session != STORE_NONE)
		app_only(app, STORE_NONE, app->only_connection);
	else if (session == STORE_NONE)
		app_say(app, LOOK_WARNING, "this event belongs to no session that is known");
	else
		app_only(app, session, app->only_connection);
}

static void show_all(struct app *app)
{
	struct filter_error error;

	app->only_session = app->only_connection = STORE_NONE;
	app_filter(app, SLICE_EMPTY, &error);
}

static void look_up(struct app *app)
{
	const struct store_row *row = app->row == STORE_NONE ? NULL : store_row(app->store, app->row);

	if (row)
		app->look_up = store_name(app->store, row->name);
	app_show(app, SCREEN_REFERENCE);
}

static void pause_live(struct app *app)
{
	if (!app->status.live)
		app_say(app, LOOK_WARNING, "only a live capture can be paused");
	else
		app->paused = !app->paused;
}

static void interrupt(struct app *app)
{
	if (app->find.running) {
		app->find.running = false;
		app_say(app, LOOK_NORMAL, "the search was ended");
	} else if (app->save) {
		save_cancel(app);
		app_say(app, LOOK_NORMAL, "nothing was saved");
	} else if (app->status.running && !app->interrupted && app->options->reader) {
		app->interrupted = true;
		app->options->reader->stop(app->options->reader->ctx);
		app_say(app, LOOK_NORMAL, "reading is ended; what was read stays. Once more ends the program");
	} else {
		app->done = true;
	}
}

/* --- actions --- */

static bool ask(struct app *app, enum action a)
{
	switch (a) {
	case ACTION_FILTER:
		app_ask(app, ASK_FILTER, "Filter: ", buffer_slice(&app->filter_text));
		return true;
	case ACTION_SEARCH:
		app_ask(app, ASK_SEARCH, "/", SLICE_EMPTY);
		return true;
	case ACTION_SEARCH_BACK:
		app_ask(app, ASK_SEARCH_BACK, "\\", SLICE_EMPTY);
		return true;
	case ACTION_GO_TO:
		app_ask(app, ASK_GO_TO, "Go to event or time: ", SLICE_EMPTY);
		return true;
	case ACTION_FIND_NEXT:
	case ACTION_FIND_PREVIOUS:
		app_find_again(app, a == ACTION_FIND_NEXT);
		return true;
	default:
		return false;
	}
}

static bool change_screen(struct app *app, enum action a)
{
	if (a >= ACTION_SCREEN_SESSIONS && a <= ACTION_SCREEN_REFERENCE)
		app_show(app, (enum screen_id)(SCREEN_SESSIONS + (a - ACTION_SCREEN_SESSIONS)));
	else if (a == ACTION_HELP)
		app_show(app, SCREEN_HELP);
	else if (a == ACTION_LOOK_UP)
		look_up(app);
	else if (a == ACTION_BACK)
		go_back(app);
	else if (a == ACTION_OPEN)
		open_detail(app);
	else if (a == ACTION_NEXT_PANE || a == ACTION_PREVIOUS_PANE)
		move_focus(app, a == ACTION_NEXT_PANE);
	else if (a == ACTION_ZOOM)
		app->zoomed = !app->zoomed;
	else
		return false;
	return true;
}

static void act_otherwise(struct app *app, enum action a)
{
	switch (a) {
	case ACTION_ONLY_CONNECTION:
	case ACTION_ONLY_SESSION:
		only(app, a == ACTION_ONLY_CONNECTION);
		break;
	case ACTION_ALL:
		show_all(app);
		break;
	case ACTION_TIME:
		app->time_mode = (enum time_mode)((app->time_mode + 1) % TIME_MODES);
		break;
	case ACTION_COLUMNS:
		columns_menu(app);
		break;
	case ACTION_MOUSE:
		app->mouse = !app->mouse;
		app->mouse_changed = true;
		app_say(app, LOOK_NORMAL, "the mouse is %s", app->mouse ? "used here" : "the terminal's");
		break;
	case ACTION_PAUSE:
		pause_live(app);
		break;
	case ACTION_SAVE:
		save_ask(app);
		break;
	case ACTION_REDRAW:
		app->redraw = true;
		break;
	case ACTION_SUSPEND:
		app->suspend = true;
		break;
	case ACTION_INTERRUPT:
		interrupt(app);
		break;
	case ACTION_QUIT:
		app->done = true;
		break;
	default:
		break;
	}
}

void app_act(struct app *app, enum action a)
{
	struct panel *p = app->panels[app_focused(app)];

	store_lock(app->store);
	if (a != ACTION_NONE && !p->class->act(p, a) && !change_screen(app, a) && !ask(app, a) && !app_jump(app, a))
		act_otherwise(app, a);
	store_unlock(app->store);
	app->generation = UINT64_MAX;
}

void app_key(struct app *app, uint32_t key)
{
	app->key = key;
	app->message[0] = 0;
	app->generation = UINT64_MAX;
	if (app->menu) {
		menu_key(app, key);
	} else if (app->asked != ASK_NOTHING) {
		store_lock(app->store);
		app_ask_key(app, key);
		store_unlock(app->store);
	} else {
		app_act(app, keymap_action(&app->keymap, key));
	}
}
