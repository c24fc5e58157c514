/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the TUI shows: the store of events and records, and what other outputs
 * gather beside it.  One thread fills it through its sink; the TUI's thread
 * reads it with the store locked.
 */
#ifndef MSNSCOPE_TUI_MODEL_H
#define MSNSCOPE_TUI_MODEL_H

#include "output/stats.h"
#include "timeline/store.h"

struct tui_model {
	struct store *store;
	struct stats *stats;      /* guarded by the store's lock */
	struct event_sink inner[2]; /* store, stats */
};

/* Ends with tui_model_free. */
struct tui_model *tui_model_new(void);
void tui_model_free(struct tui_model *m);

/* Of one thread; locks for itself. */
struct event_sink tui_model_sink(struct tui_model *m);

#endif
