/* SPDX-License-Identifier: BSD-2-Clause */
/* What the last line asks for. */
#include <stdio.h>

#include "tui/app_internal.h"
#include "tui/save.h"

void app_ask(struct app *app, enum asked what, const char *label, struct slice text)
{
	app->asked = what;
	prompt_open(&app->prompt, label, &app->history[what], text);
	app->find.origin = app->row;
}

void app_ask_end(struct app *app)
{
	app->asked = ASK_NOTHING;
	prompt_free(&app->prompt);
}

static bool take_filter(struct app *app)
{
	struct prompt *p = &app->prompt;
	struct filter_error error;

	if (app_filter(app, buffer_slice(&p->text), &error))
		return true;
	snprintf(p->error, sizeof(p->error), "%s", error.text);
	p->error_column = error.column;
	return false;
}

/* An empty answer repeats the search before. */
static bool take_search(struct app *app)
{
	struct slice text = buffer_slice(&app->prompt.text);
	bool forward = app->asked == ASK_SEARCH;

	if (text.len == 0) {
		app->find.forward = forward;
		app_find_again(app, true);
		return true;
	}
	/* Among events, what was typed has been found already. */
	if (!app->panels[app_focused(app)]->class->find) {
		if (app->find.failed)
			app_say(app, LOOK_WARNING, "not found");
		return true;
	}
	app_find_begin(app, text, forward);
	app_find_again(app, true);
	return true;
}

/* Returns false when the answer cannot be taken: the line stays, and says why. */
static bool take(struct app *app)
{
	switch (app->asked) {
	case ASK_FILTER:
		return take_filter(app);
	case ASK_SEARCH:
	case ASK_SEARCH_BACK:
		return take_search(app);
	case ASK_GO_TO:
		return app_jump_to(app, &app->prompt);
	case ASK_FILE:
		return save_begin(app, buffer_slice(&app->prompt.text));
	case ASK_NOTHING:
	case ASK_COUNT:
		break;
	}
	return true;
}

static bool is_search(const struct app *app)
{
	return app->asked == ASK_SEARCH || app->asked == ASK_SEARCH_BACK;
}

static void cancel(struct app *app)
{
	if (is_search(app)) {
		app->find.running = false;
		app->row = app->find.origin;
	}
	if (app->asked == ASK_FILE)
		save_cancel(app);
	app_ask_end(app);
}

/* The cursor goes along with what is typed. */
static void follow_search(struct app *app)
{
	if (!app->panels[app_focused(app)]->class->find)
		app_find_begin(app, buffer_slice(&app->prompt.text), app->asked == ASK_SEARCH);
}

void app_ask_key(struct app *app, uint32_t key)
{
	size_t length = app->prompt.text.len;

	switch (prompt_key(&app->prompt, key)) {
	case PROMPT_CANCELLED:
		cancel(app);
		break;
	case PROMPT_ACCEPTED:
		if (take(app))
			app_ask_end(app);
		break;
	case PROMPT_GOES_ON:
		if (is_search(app) && app->prompt.text.len != length)
			follow_search(app);
		break;
	}
}
