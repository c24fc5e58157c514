/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "output/escape.h"
#include "output/event_text.h"
#include "tui/app_internal.h"
#include "tui/menu.h"
#include "tui/row_text.h"
#include "tui/save.h"
#include "tui/timeline_columns.h"
#include "util/memory.h"

/* How often the reader is asked for its status. */
#define STATUS_NS 100000000

static struct panel *(*const makers[PANEL_COUNT])(struct app *) = {
	[PANEL_SESSIONS] = panel_sessions_new,
	[PANEL_SESSION_REPORT] = panel_session_report_new,
	[PANEL_TIMELINE] = panel_timeline_new,
	[PANEL_DETAIL] = panel_detail_new,
	[PANEL_BYTES] = panel_bytes_new,
	[PANEL_LADDER] = panel_ladder_new,
	[PANEL_CONVERSATIONS] = panel_conversations_new,
	[PANEL_CHAT] = panel_chat_new,
	[PANEL_FINDINGS] = panel_findings_new,
	[PANEL_STATISTICS] = panel_statistics_new,
	[PANEL_REFERENCE] = panel_reference_new,
	[PANEL_REFERENCE_TEXT] = panel_reference_text_new,
	[PANEL_HELP] = panel_help_new,
};

/* --- beginning and end --- */

struct app *app_new(const struct tui_options *options)
{
	struct app *app = memory_zalloc(sizeof(*app));

	app->options = options;
	app->store = options->model->store;
	theme_default(&app->theme);
	keymap_default(&app->keymap);
	app->screen = SCREEN_TIMELINE;
	app->view = view_new(app->store);
	app->only_session = app->only_connection = STORE_NONE;
	app->row = app->session = app->conversation = app->find.origin = STORE_NONE;
	app->current.row = STORE_NONE;
	masks_init(&app->current.masks, options->show_secrets);
	app->row_texts = row_texts_new(app->store, options->show_secrets);
	app->columns = COLUMNS_DEFAULT;
	app->generation = UINT64_MAX;
	canvas_resize(&app->canvas, 24, 80);
	for (size_t i = 0; i < PANEL_COUNT; i++)
		app->panels[i] = makers[i](app);
	if (options->reader)
		options->reader->status(options->reader->ctx, &app->status);
	/* What went wrong before the screen was there is still to be told. */
	app->status.message[0] = 0;
	app->follow = app->status.live;
	if (options->filter) {
		struct filter_error error;

		app_filter(app, slice_str(options->filter), &error);
	}
	return app;
}

void app_free(struct app *app)
{
	if (!app)
		return;
	save_cancel(app);
	menu_close(app);
	for (size_t i = 0; i < PANEL_COUNT; i++)
		app->panels[i]->class->free(app->panels[i]);
	row_texts_free(app->row_texts);
	view_free(app->view);
	buffer_free(&app->settings_folder);
	buffer_free(&app->settings_wrong);
	buffer_free(&app->filter_text);
	buffer_free(&app->find.text);
	prompt_free(&app->prompt);
	for (size_t i = 0; i < ASK_COUNT; i++)
		line_history_free(&app->history[i]);
	masks_free(&app->current.masks);
	arena_free(&app->current.arena);
	buffer_free(&app->current.packed);
	free(app->marks);
	canvas_free(&app->canvas);
	free(app);
}

void app_resize(struct app *app, int rows, int columns)
{
	canvas_resize(&app->canvas, rows, columns);
	app->generation = UINT64_MAX;
}

/* --- going on --- */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool app_step(struct app *app, int64_t budget_ns)
{
	bool more = false;

	if (!app->paused) {
		app->viewing = view_step(app->view, budget_ns);
		more |= app->viewing;
	}
	more |= app_find_step(app, budget_ns);
	if (app->save)
		more |= save_step(app, budget_ns);
	return more;
}

bool app_changed(struct app *app)
{
	struct tui_status before = app->status;
	int64_t now = now_ns();

	if (app->options->reader && now - app->asked_ns >= STATUS_NS) {
		app->asked_ns = now;
		app->options->reader->status(app->options->reader->ctx, &app->status);
		if (strcmp(before.message, app->status.message) != 0 && app->status.message[0]) {
			struct buffer text = {NULL, 0, 0};

			escape_add_str(&text, app->status.message);
			app_say(app, LOOK_ERROR, "%.*s", SLICE_ARG(buffer_slice(&text)));
			buffer_free(&text);
		}
	}
	store_lock(app->store);
	uint64_t generation = store_generation(app->store);
	store_unlock(app->store);
	return generation != app->generation || before.running != app->status.running || before.packets != app->status.packets ||
	       before.bytes != app->status.bytes || before.dropped != app->status.dropped;
}

/* --- what panels ask for --- */

const struct event *app_current(struct app *app)
{
	struct current *current = &app->current;

	if (current->row != app->row) {
		arena_reset(&current->arena);
		current->row = app->row;
		current->made++;
		current->field = NULL;
		current->there = app->row != STORE_NONE &&
				 store_event(app->store, app->row, &current->arena, &current->packed, &current->event);
		if (current->there)
			event_text_masks(&current->masks, &current->event);
	}
	return current->there ? &current->event : NULL;
}

bool app_go_to_row(struct app *app, uint32_t row)
{
	uint32_t place = view_place(app->view, row);

	if (place >= view_count(app->view) || view_row(app->view, place) != row) {
		app_say(app, LOOK_WARNING, "that event is not among those shown; u shows all");
		return false;
	}
	app->row = row;
	app->follow = false;
	return true;
}

void app_show(struct app *app, enum screen_id screen)
{
	if (screen == app->screen)
		return;
	if (app->back_count == SCREENS_BACK) {
		memmove(app->back, app->back + 1, (SCREENS_BACK - 1) * sizeof(app->back[0]));
		app->back_count--;
	}
	app->back[app->back_count++] = app->screen;
	app->screen = screen;
	app->zoomed = false;
}

static struct filter *compile(const struct app *app, struct filter_error *error)
{
	struct buffer text = {NULL, 0, 0};
	struct filter *filter = NULL;

	if (app->filter_text.len) {
		buffer_add_slice(&text, buffer_slice(&app->filter_text));
		buffer_add_byte(&text, 0);
		filter = filter_compile((const char *)text.data, error);
	}
	buffer_free(&text);
	return filter;
}

void app_only(struct app *app, uint32_t session, uint32_t connection)
{
	struct filter_error error;

	app->only_session = session;
	app->only_connection = connection;
	view_set(app->view, compile(app, &error), session, connection);
	app->viewing = true;
	app->find.running = false;
}

bool app_filter(struct app *app, struct slice expression, struct filter_error *error)
{
	struct buffer before = app->filter_text;

	app->filter_text = (struct buffer){NULL, 0, 0};
	buffer_add_slice(&app->filter_text, slice_trim(expression));
	struct filter *filter = compile(app, error);
	if (app->filter_text.len && !filter) {
		buffer_free(&app->filter_text);
		app->filter_text = before;
		return false;
	}
	buffer_free(&before);
	view_set(app->view, filter, app->only_session, app->only_connection);
	app->viewing = true;
	app->find.running = false;
	return true;
}

void app_say(struct app *app, enum look look, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(app->message, sizeof(app->message), format, ap);
	va_end(ap);
	app->message_look = look;
	app->generation = UINT64_MAX;
}

bool app_is_marked(const struct app *app, uint32_t row)
{
	size_t low = 0, high = app->mark_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (app->marks[middle] == row)
			return true;
		if (app->marks[middle] < row)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* --- panes --- */

size_t app_panes(const struct app *app, enum panel_id panes[SCREEN_PANES])
{
	static const enum panel_id all[SCREEN_COUNT][SCREEN_PANES] = {
		[SCREEN_SESSIONS] = {PANEL_SESSIONS, PANEL_SESSION_REPORT, PANEL_NONE},
		[SCREEN_TIMELINE] = {PANEL_TIMELINE, PANEL_DETAIL, PANEL_BYTES},
		[SCREEN_LADDER] = {PANEL_LADDER, PANEL_DETAIL, PANEL_BYTES},
		[SCREEN_CHAT] = {PANEL_CONVERSATIONS, PANEL_CHAT, PANEL_NONE},
		[SCREEN_FINDINGS] = {PANEL_FINDINGS, PANEL_NONE, PANEL_NONE},
		[SCREEN_STATISTICS] = {PANEL_STATISTICS, PANEL_NONE, PANEL_NONE},
		[SCREEN_REFERENCE] = {PANEL_REFERENCE, PANEL_REFERENCE_TEXT, PANEL_NONE},
		[SCREEN_HELP] = {PANEL_HELP, PANEL_NONE, PANEL_NONE},
	};
	size_t count = 0;

	while (count < SCREEN_PANES && all[app->screen][count] != PANEL_NONE) {
		/* Detail and bytes are opened by the user. */
		if (all[app->screen][count] == PANEL_DETAIL && !app->detail_open)
			break;
		panes[count] = all[app->screen][count];
		count++;
	}
	return count;
}

enum panel_id app_focused(const struct app *app)
{
	enum panel_id panes[SCREEN_PANES];
	size_t count = app_panes(app, panes), focus = app->focus[app->screen];

	return panes[focus < count ? focus : 0];
}
