/* SPDX-License-Identifier: BSD-2-Clause */
#include "util/nearest.h"

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Letters to insert, remove, replace or swap with their neighbour to make b out of a. */
static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][NEAREST_MAX + 1];
	size_t len_a = strlen(a), len_b = strlen(b);

	if (len_a > NEAREST_MAX || len_b > NEAREST_MAX)
		return NEAREST_MAX;
	for (unsigned k = 0; k <= len_b; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= len_a; i++) {
		unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t k = 1; k <= len_b; k++) {
			now[k] = least(last[k] + 1, now[k - 1] + 1, last[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && before[k - 2] + 1 < now[k])
				now[k] = before[k - 2] + 1;
		}
	}
	return rows[len_a % 3][len_b];
}

struct nearest nearest_begin(struct slice word)
{
	struct nearest n = {.best = NULL};

	/* What is nearer than this is near. */
	n.distance = word.len < 5 ? 2 : word.len < 9 ? 3 : 4;
	if (word.len && word.len <= NEAREST_MAX)
		memcpy(n.word, word.ptr, word.len);
	return n;
}

void nearest_try(struct nearest *n, const char *name)
{
	unsigned d = name && n->word[0] ? distance(n->word, name) : n->distance;

	if (d < n->distance) {
		n->distance = d;
		n->best = name;
	}
}
