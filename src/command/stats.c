/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/stats.h"

#include <stdlib.h>

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/stats_tables.h"
#include "util/memory.h"

struct counting {
	struct output *out;
	struct stats_style style;
	bool each;
	struct stats *stats;
	bool begun;
};

/* What has been counted so far, unless nothing has. */
static void write_tables(struct counting *n)
{
	const struct stats_rows *files = &n->stats->table[STATS_FILES];

	if (files->count == 0)
		return;
	if (!n->begun)
		stats_tables_begin(n->out, &n->style);
	n->begun = true;
	stats_tables_write(n->out, &n->style, n->stats, n->each ? files->row[0]->facts->name : NULL);
}

/* With --each: the tables of the last file, and a new beginning. */
static void next_set(struct counting *n)
{
	uint64_t next = n->stats->next_file;

	if (!n->each)
		return;
	write_tables(n);
	stats_free(n->stats);
	n->stats = stats_new();
	n->stats->next_file = next;
}

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct counting *n = ctx;
	struct event_sink inner;

	next_set(n);
	inner = stats_sink(n->stats);
	inner.capture(inner.ctx, c);
}

static void on_event(void *ctx, const struct event *e)
{
	struct counting *n = ctx;
	struct event_sink inner = stats_sink(n->stats);

	inner.event(inner.ctx, e);
}

static void on_connection_end(void *ctx, const struct connection *c)
{
	struct counting *n = ctx;
	struct event_sink inner = stats_sink(n->stats);

	inner.connection_end(inner.ctx, c);
}

static void on_capture_end(void *ctx, const struct capture_totals *t)
{
	struct counting *n = ctx;
	struct event_sink inner = stats_sink(n->stats);

	inner.capture_end(inner.ctx, t);
}

static void *open_counting(const struct options *o, const struct run *r, struct output *out)
{
	struct counting *n = memory_zalloc(sizeof(*n));

	n->out = out;
	n->each = o->each;
	n->style = (struct stats_style){
		.format = o->json ? STATS_JSON : o->csv ? STATS_CSV : STATS_TEXT,
		.tables = o->tables,
		.colour = r->colour,
		.sets = o->each,
	};
	n->stats = stats_new();
	return n;
}

static struct event_sink sink_of(void *counting)
{
	return (struct event_sink){
		.capture = on_capture,
		.event = on_event,
		.connection_end = on_connection_end,
		.capture_end = on_capture_end,
		.ctx = counting,
	};
}

static void free_counting(struct counting *n)
{
	stats_free(n->stats);
	free(n);
}

/* What a worker counted of the next file; its output is gone already. */
static void join(void *total, void *counting)
{
	struct counting *n = total, *from = counting;

	if (from->stats->table[STATS_FILES].count)
		next_set(n);
	stats_append(n->stats, from->stats);
	free_counting(from);
}

static void close_counting(void *counting)
{
	struct counting *n = counting;

	write_tables(n);
	free_counting(n);
}

int command_stats(const struct options *o)
{
	static const struct run_writer writer = {.open = open_counting, .sink = sink_of, .close = close_counting, .join = join};
	struct run run;

	if (o->json && o->csv) {
		message("--json and --csv: one or the other");
		return STATUS_UNUSABLE;
	}
	if (!run_open(&run, o, true))
		return STATUS_UNUSABLE;
	run_files(&run, o, &writer);
	return run_close(&run);
}
