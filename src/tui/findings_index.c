/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/findings_index.h"

#include <stdlib.h>

#include "util/memory.h"

/* Done at a time: rows, and events read to learn the severities of several findings. */
#define ROWS_AT_A_TIME 1000000u
#define EVENTS_AT_A_TIME 1000u

void findings_index_free(struct findings_index *x)
{
	free(x->entries);
	free(x->shown);
	arena_free(&x->arena);
	buffer_free(&x->packed);
	*x = (struct findings_index){.count = 0};
}

static void show(struct findings_index *x, uint32_t entry)
{
	if (x->entries[entry].severity < (uint8_t)x->least)
		return;
	if (x->shown_count == x->shown_capacity) {
		x->shown_capacity = x->shown_capacity ? x->shown_capacity + x->shown_capacity / 2 : 256;
		x->shown = memory_realloc(x->shown, x->shown_capacity * sizeof(*x->shown));
	}
	x->shown[x->shown_count++] = entry;
}

static void add(struct findings_index *x, uint32_t row, uint8_t nth, enum severity severity)
{
	x->counts[severity]++;
	if (x->count == FINDINGS_MAX) {
		x->omitted++;
		return;
	}
	if (x->count == x->capacity) {
		x->capacity = x->capacity ? x->capacity + x->capacity / 2 : 256;
		x->entries = memory_realloc(x->entries, x->capacity * sizeof(*x->entries));
	}
	x->entries[x->count] = (struct finding_entry){row, nth, (uint8_t)severity};
	show(x, x->count++);
}

/* A row says how severe the worst one is; where there are several, the event tells the others. */
static void add_several(struct findings_index *x, struct store *s, uint32_t row, const struct store_row *r)
{
	struct event e;
	uint8_t nth = 0;

	if (store_event(s, row, &x->arena, &x->packed, &e)) {
		for (const struct finding *f = e.dissection->findings; f && nth < UINT8_MAX; f = f->next)
			add(x, row, nth++, f->rule->severity);
	} else {
		while (nth < r->findings)
			add(x, row, nth++, (enum severity)(r->severity - 1));
	}
	arena_reset(&x->arena);
}

bool findings_index_step(struct findings_index *x, struct store *s)
{
	uint32_t rows = store_rows(s), end = rows - x->looked > ROWS_AT_A_TIME ? x->looked + ROWS_AT_A_TIME : rows;
	unsigned events = 0;

	for (; x->looked < end && events < EVENTS_AT_A_TIME; x->looked++) {
		const struct store_row *r = store_row(s, x->looked);

		if (r->findings == 1)
			add(x, x->looked, 0, (enum severity)(r->severity - 1));
		else if (r->findings > 1 && ++events)
			add_several(x, s, x->looked, r);
	}
	return x->looked < rows;
}

void findings_index_limit(struct findings_index *x, enum severity least)
{
	x->least = least;
	x->shown_count = 0;
	for (uint32_t i = 0; i < x->count; i++)
		show(x, i);
}

uint32_t findings_index_place(const struct findings_index *x, uint32_t row)
{
	uint32_t low = 0, high = x->shown_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (x->entries[x->shown[middle]].row < row)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct finding *findings_index_read(struct findings_index *x, struct store *s, uint32_t entry, struct event *e)
{
	const struct finding *f;

	arena_reset(&x->arena);
	if (!store_event(s, x->entries[entry].row, &x->arena, &x->packed, e))
		return NULL;
	f = e->dissection->findings;
	for (unsigned i = 0; f && i < x->entries[entry].nth; i++)
		f = f->next;
	return f;
}
