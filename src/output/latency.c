/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/latency.h"

#include <stdlib.h>
#include <string.h>

#include "util/memory.h"

/* Classes of each doubling, and its logarithm. */
#define STEPS 32u
#define STEP_BITS 5u

/* --- classes --- */

/* Below STEPS each span is a class of its own. */
static uint32_t class_of(uint64_t ns)
{
	unsigned shift = 0;

	while (ns >> shift >= 2 * STEPS)
		shift++;
	if (ns < STEPS)
		return (uint32_t)ns;
	return (shift << STEP_BITS) + (uint32_t)(ns >> shift);
}

/* The middle of a class. */
static uint64_t span_of(uint32_t index)
{
	unsigned shift = index < 2 * STEPS ? 0 : (index >> STEP_BITS) - 1;

	if (shift == 0)
		return index;
	return (uint64_t)(index - (shift << STEP_BITS)) << shift | (uint64_t)1 << (shift - 1);
}

/* The place of a class, or where it belongs. */
static uint32_t place_of(const struct latency *l, uint32_t index)
{
	uint32_t low = 0, high = l->used;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (l->classes[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void count(struct latency *l, uint32_t index, uint64_t n)
{
	uint32_t at = place_of(l, index);

	if (at < l->used && l->classes[at].index == index) {
		l->classes[at].count += n;
		return;
	}
	if (l->used == l->room) {
		l->room = l->room ? 2 * l->room : 4;
		l->classes = memory_realloc(l->classes, l->room * sizeof(*l->classes));
	}
	memmove(&l->classes[at + 1], &l->classes[at], (l->used - at) * sizeof(*l->classes));
	l->classes[at] = (struct latency_class){index, n};
	l->used++;
}

/* --- all of them --- */

static void widen(struct latency *l, uint64_t n, uint64_t sum, uint64_t min, uint64_t max)
{
	if (l->count == 0 || min < l->min)
		l->min = min;
	if (max > l->max)
		l->max = max;
	l->count += n;
	l->sum = sum > UINT64_MAX - l->sum ? UINT64_MAX : l->sum + sum;
}

void latency_add(struct latency *l, int64_t ns)
{
	uint64_t span = ns < 0 ? 0 : (uint64_t)ns;

	widen(l, 1, span, span, span);
	count(l, class_of(span), 1);
}

void latency_merge(struct latency *to, const struct latency *from)
{
	if (from->count == 0)
		return;
	widen(to, from->count, from->sum, from->min, from->max);
	for (uint32_t i = 0; i < from->used; i++)
		count(to, from->classes[i].index, from->classes[i].count);
}

uint64_t latency_quantile(const struct latency *l, unsigned permille)
{
	/* Rounded up without overflow. */
	uint64_t rank = l->count / 1000 * permille + (l->count % 1000 * permille + 999) / 1000, seen = 0;

	for (uint32_t i = 0; i < l->used; i++) {
		seen += l->classes[i].count;
		if (seen < rank)
			continue;
		uint64_t span = span_of(l->classes[i].index);
		return span < l->min ? l->min : span > l->max ? l->max : span;
	}
	return l->max;
}

void latency_free(struct latency *l)
{
	free(l->classes);
	*l = (struct latency){0};
}
