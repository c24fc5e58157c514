/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/stats.h"

#include "command/command.h"
#include "command/message.h"
#include "command/run.h"
#include "output/stats_tables.h"

struct counting {
	struct run run;
	struct stats_style style;
	struct stats *stats;
	bool begun;
};

static void write_tables(struct counting *n, const char *set)
{
	if (!n->begun)
		stats_tables_begin(&n->run.out, &n->style);
	n->begun = true;
	stats_tables_write(&n->run.out, &n->style, n->stats, set);
}

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct counting *n = ctx;
	struct event_sink inner = stats_sink(n->stats);

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

/* With --each: the tables of the file, and a new beginning. */
static void on_capture_end(void *ctx, const struct capture_totals *t)
{
	struct counting *n = ctx;
	struct event_sink inner = stats_sink(n->stats);
	uint64_t next = n->stats->next_file;

	inner.capture_end(inner.ctx, t);
	write_tables(n, t->file);
	stats_free(n->stats);
	n->stats = stats_new();
	n->stats->next_file = next;
}

static void count(struct counting *n, const struct options *o)
{
	struct event_sink all = stats_sink(n->stats), each = {
		.capture = on_capture,
		.event = on_event,
		.connection_end = on_connection_end,
		.capture_end = on_capture_end,
		.ctx = n,
	};

	run_captures(&n->run, o, o->each ? &each : &all);
	if (!o->each && n->stats->table[STATS_FILES].count)
		write_tables(n, NULL);
}

int command_stats(const struct options *o)
{
	struct counting n = {.stats = NULL};

	if (o->json && o->csv) {
		message("--json and --csv: one or the other");
		return STATUS_UNUSABLE;
	}
	if (!run_open(&n.run, o, true))
		return STATUS_UNUSABLE;
	n.style = (struct stats_style){
		.format = o->json ? STATS_JSON : o->csv ? STATS_CSV : STATS_TEXT,
		.tables = o->tables,
		.colour = n.run.colour,
		.sets = o->each,
	};
	n.stats = stats_new();
	count(&n, o);
	stats_free(n.stats);
	return run_close(&n.run);
}
