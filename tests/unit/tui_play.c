/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/tui_play.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/sample_model.h"

#define STEP_NS 100000000

static void no_status(void *ctx, struct tui_status *out)
{
	(void)ctx;
	*out = (struct tui_status){.running = false};
}

static void do_all(struct tui_play *p)
{
	while (app_step(p->app, STEP_NS))
		continue;
}

void tui_play_begin(struct tui_play *p, const char *sample)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	if (!p->reader.status)
		p->reader.status = no_status;
	p->model = sample_model(sample);
	p->options.model = p->model;
	p->options.reader = &p->reader;
	p->options.name = sample ? sample : "none";
	p->app = app_new(&p->options);
	do_all(p);
	if (store_rows(p->app->store))
		p->app->row = 0;
}

void tui_play_end(struct tui_play *p)
{
	app_free(p->app);
	tui_model_free(p->model);
	buffer_free(&p->dump);
}

void tui_play_key(struct tui_play *p, uint32_t key)
{
	app_key(p->app, key);
	do_all(p);
}

void tui_play_type(struct tui_play *p, const char *keys)
{
	for (; *keys; keys++)
		tui_play_key(p, *keys == '\n' ? KEYS_ENTER : (uint32_t)(uint8_t)*keys);
}

void tui_play_go(struct tui_play *p, uint64_t event)
{
	p->app->row = (uint32_t)(event - 1);
}

static const char *dump(struct tui_play *p, const struct canvas *c, bool looks)
{
	p->dump.len = 0;
	canvas_dump(c, looks, &p->dump);
	buffer_add_byte(&p->dump, 0);
	return (const char *)p->dump.data;
}

const char *tui_play_screen(struct tui_play *p, int rows, int columns)
{
	do_all(p);
	app_resize(p->app, rows, columns);
	app_draw(p->app);
	return dump(p, &p->app->canvas, false);
}

const char *tui_play_panel(struct tui_play *p, enum panel_id id, int rows, int columns, bool looks)
{
	struct panel *panel = p->app->panels[id];
	struct canvas c = {.cells = NULL};

	canvas_resize(&c, rows, columns);
	store_lock(p->app->store);
	panel->class->draw(panel, &c, canvas_area(&c), true);
	store_unlock(p->app->store);
	dump(p, &c, looks);
	canvas_free(&c);
	return (const char *)p->dump.data;
}

bool tui_play_act(struct tui_play *p, enum panel_id id, enum action a)
{
	struct panel *panel = p->app->panels[id];

	store_lock(p->app->store);
	bool done = panel->class->act(panel, a);
	store_unlock(p->app->store);
	return done;
}

bool tui_play_find(struct tui_play *p, enum panel_id id, const char *text, bool forward)
{
	struct panel *panel = p->app->panels[id];

	store_lock(p->app->store);
	bool found = panel->class->find(panel, slice_str(text), forward);
	store_unlock(p->app->store);
	return found;
}
