/* SPDX-License-Identifier: BSD-2-Clause */
#include "coverage.h"

#include <stdlib.h>

static void mark(const struct field *f, unsigned source, uint8_t *seen, size_t len)
{
	bool leaf = f->def && (f->has_value || !f->first);

	if (f->def && f->source == source) {
		size_t begin = f->offset, end = begin + f->length;

		for (size_t i = begin - f->lead; i < end + f->trail && i < len; i++)
			seen[i] |= leaf || i < begin || i >= end;
	}
	for (const struct field *child = f->first; child; child = child->next)
		mark(child, source, seen, len);
}

size_t first_uncovered(const struct dissection *d, unsigned source)
{
	size_t len = d->sources[source].data.len, at = 0;
	uint8_t *seen = calloc(len + 1, 1);

	if (!seen)
		abort();
	mark(&d->root, source, seen, len);
	while (at < len && seen[at])
		at++;
	free(seen);
	return at;
}
