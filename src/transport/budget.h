/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that all connections may hold together. */
#ifndef MSNSCOPE_TRANSPORT_BUDGET_H
#define MSNSCOPE_TRANSPORT_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct http_draft;

struct budget {
	uint64_t used, max;       /* bytes */
	struct http_draft *spare; /* emptied drafts, to be used again */
	unsigned spares;
};

static inline bool budget_take(struct budget *b, uint64_t n)
{
	if (n > b->max - b->used)
		return false;
	b->used += n;
	return true;
}

/* What was taken before. */
static inline void budget_give(struct budget *b, uint64_t n)
{
	b->used -= n;
}

#endif
