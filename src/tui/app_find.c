/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking for text among the events. */
#include "tui/app_internal.h"

static void keep_text(struct app *app, struct slice text)
{
	app->find.text.len = 0;
	buffer_add_slice(&app->find.text, slice_sub(text, 0, VIEW_TEXT_MAX));
}

static void start_at(struct app *app, uint32_t row, bool ahead, bool beyond)
{
	struct finding_place *f = &app->find;

	f->start = row;
	f->ahead = ahead;
	f->beyond = beyond;
	f->running = true;
	f->placed = f->wrapped = f->failed = false;
}

void app_find_begin(struct app *app, struct slice text, bool forward)
{
	struct panel *p = app->panels[app_focused(app)];

	keep_text(app, text);
	app->find.forward = forward;
	app->find.running = false;
	if (text.len && !p->class->find)
		start_at(app, app->find.origin, forward, false);
}

void app_find_again(struct app *app, bool same_direction)
{
	struct panel *p = app->panels[app_focused(app)];
	bool ahead = app->find.forward == same_direction;

	if (app->find.text.len == 0) {
		app_say(app, LOOK_WARNING, "nothing has been looked for yet; / does");
	} else if (!p->class->find) {
		app->find.origin = app->row;
		start_at(app, app->row, ahead, true);
	} else if (!p->class->find(p, buffer_slice(&app->find.text), ahead)) {
		app_say(app, LOOK_WARNING, "not found");
	}
}

/* From the row where it starts to the place in the view, which has rows. */
static void place(struct app *app)
{
	struct finding_place *f = &app->find;
	uint32_t count = view_count(app->view), at = f->start == STORE_NONE ? 0 : view_place(app->view, f->start);

	f->placed = true;
	if (f->ahead) {
		/* The place of a row that is not in the view is that of the next one. */
		at += f->beyond && at < count && view_row(app->view, at) == f->start;
		f->wrapped = at >= count;
		f->at = at < count ? at : 0;
	} else {
		bool back = f->beyond || at >= count || view_row(app->view, at) != f->start;

		f->wrapped = back && at == 0;
		f->at = f->wrapped ? count - 1 : at - back;
	}
}

/* Returns false while there is nothing to begin with. */
static bool ready(struct app *app)
{
	bool rows;

	store_lock(app->store);
	rows = view_count(app->view) > 0;
	if (rows && !app->find.placed)
		place(app);
	store_unlock(app->store);
	return rows;
}

static void arrive(struct app *app)
{
	store_lock(app->store);
	app->row = view_row(app->view, app->find.at);
	app->follow = false;
	store_unlock(app->store);
	if (app->find.wrapped)
		app_say(app, LOOK_WARNING, "continued at the other end");
	app->generation = UINT64_MAX;
}

bool app_find_step(struct app *app, int64_t budget_ns)
{
	struct finding_place *f = &app->find;

	if (!f->running)
		return false;
	if (!ready(app) && app->viewing)
		return true;
	switch (view_find(app->view, buffer_slice(&f->text), f->ahead, &f->at, budget_ns)) {
	case VIEW_SEARCHING:
		app->generation = UINT64_MAX;
		return true;
	case VIEW_FOUND:
		f->running = false;
		arrive(app);
		return false;
	case VIEW_NOT_FOUND:
		break;
	}
	uint32_t count = view_count(app->view);
	if (f->wrapped || count == 0) {
		f->running = false;
		f->failed = true;
		app_say(app, LOOK_WARNING, "not found");
		return false;
	}
	f->wrapped = true;
	f->at = f->ahead ? 0 : count - 1;
	return true;
}
