/* SPDX-License-Identifier: BSD-2-Clause */
#include "panel_play.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/sample_model.h"

#define STEP_NS 100000000

void panel_play_begin(struct panel_play *p, const char *sample)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	*p = (struct panel_play){.model = sample_model(sample)};
	p->options = (struct tui_options){.model = p->model, .name = "test", .colour = true};
	p->app = app_new(&p->options);
}

void panel_play_end(struct panel_play *p)
{
	app_free(p->app);
	tui_model_free(p->model);
	canvas_free(&p->canvas);
	buffer_free(&p->dump);
	buffer_free(&p->looks);
}

const char *panel_play_draw(struct panel_play *p, enum panel_id panel, int rows, int columns)
{
	struct panel *drawn = p->app->panels[panel];

	while (app_step(p->app, STEP_NS))
		;
	canvas_resize(&p->canvas, rows, columns);
	store_lock(p->app->store);
	drawn->class->draw(drawn, &p->canvas, canvas_area(&p->canvas), true);
	store_unlock(p->app->store);
	p->dump.len = 0;
	canvas_dump(&p->canvas, false, &p->dump);
	buffer_add_byte(&p->dump, 0);
	return (const char *)p->dump.data;
}

const char *panel_play_looks(struct panel_play *p)
{
	struct buffer both = {NULL, 0, 0};
	struct slice looks;

	canvas_dump(&p->canvas, true, &both);
	/* The second half of the lines. */
	looks = buffer_slice(&both);
	for (int i = 0; i < p->canvas.rows; i++)
		looks = slice_sub(looks, slice_find_byte(looks, '\n') + 1, looks.len);
	p->looks.len = 0;
	buffer_add_slice(&p->looks, looks);
	buffer_add_byte(&p->looks, 0);
	buffer_free(&both);
	return (const char *)p->looks.data;
}

enum look panel_play_look_of(struct panel_play *p, const char *text)
{
	for (size_t i = 0; i < (size_t)p->canvas.rows * (size_t)p->canvas.columns; i++) {
		const struct cell *cell = &p->canvas.cells[i];
		size_t at = 0, left = (size_t)p->canvas.columns - i % (size_t)p->canvas.columns;

		for (size_t k = 0; k < left && text[at] && strncmp(cell[k].text, text + at, cell[k].len) == 0; k++)
			at += cell[k].len;
		if (!text[at])
			return (enum look)cell->look;
	}
	fail_msg("%s is not there", text);
	return LOOK_NORMAL;
}

bool panel_play_act(struct panel_play *p, enum panel_id panel, enum action a)
{
	struct panel *acts = p->app->panels[panel];

	store_lock(p->app->store);
	bool done = acts->class->act(acts, a);
	store_unlock(p->app->store);
	return done;
}

bool panel_play_find(struct panel_play *p, enum panel_id panel, const char *text, bool forward)
{
	struct panel *finds = p->app->panels[panel];

	store_lock(p->app->store);
	bool found = finds->class->find(finds, slice_str(text), forward);
	store_unlock(p->app->store);
	return found;
}

int panel_play_line(const struct panel_play *p, const char *text)
{
	const char *all = (const char *)p->dump.data, *at = strstr(all, text);
	int line = 0;

	if (!at)
		return -1;
	for (; all < at; all++)
		line += *all == '\n';
	return line;
}

/* --- events by hand --- */

struct connection panel_play_connection(uint64_t id, unsigned role)
{
	struct connection c = {.id = id, .role = role, .transport = "tcp", .version = 8, .versions = {8, 8}};

	c.client = (struct address){{10, 0, 0, 1}, (uint16_t)(40000 + id), 4};
	c.server = (struct address){{192, 0, 2, (uint8_t)id}, 1863, 4};
	return c;
}

void panel_play_event(struct panel_play *p, const struct connection *c, uint64_t id, enum msnp_sender from, const char *line,
		      enum finding_rule_id rule, const char *const *findings, size_t count)
{
	struct event_sink sink = tui_model_sink(p->model);
	struct slice text = slice_str(line);
	struct dissection d;
	struct arena arena;

	arena_init(&arena);
	dissection_init(&d, &arena, text, SLICE_EMPTY);
	for (size_t i = 0; i < count; i++)
		finding_add(&d, rule, NULL, "%s", findings[i]);
	struct event e = {.id = id,
			  .kind = EVENT_COMMAND,
			  .time_ns = 1000000000 * (int64_t)id,
			  .connection = c,
			  .session = c->session,
			  .from = from,
			  .protocol = "msnp",
			  .name = slice_sub(text, 0, slice_find_byte(text, ' ')),
			  .line = text,
			  .dissection = &d};
	e.words = (struct msnp_words){.word = &e.name, .count = 1};
	sink.event(sink.ctx, &e);
	arena_free(&arena);
}
