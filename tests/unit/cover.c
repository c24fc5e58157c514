/* SPDX-License-Identifier: BSD-2-Clause */
#include "cover.h"

#include <stdlib.h>

/* Is the field broken up within its own source? */
static bool broken_up(const struct field *f)
{
	for (const struct field *child = f->first; child; child = child->next)
		if (child->source != f->source)
			return false;
	return f->first != NULL;
}

static void mark(uint8_t *seen, size_t len, size_t from, size_t to)
{
	for (size_t at = from; at < to && at < len; at++)
		seen[at] = 1;
}

static void cover(const struct field *f, unsigned source, uint8_t *seen, size_t len)
{
	for (; f; f = f->next) {
		size_t end = (size_t)f->offset + f->length;

		cover(f->first, source, seen, len);
		if (f->source != source)
			continue;
		mark(seen, len, f->offset - f->lead, f->offset);
		mark(seen, len, end, end + f->trail);
		if (!broken_up(f))
			mark(seen, len, f->offset, end);
	}
}

size_t cover_first_missing(const struct dissection *d, unsigned source)
{
	size_t len = d->sources[source].data.len;
	uint8_t *seen = calloc(len + 1, 1);

	if (!seen)
		abort();
	cover(d->root.first, source, seen, len);
	/* The byte behind the last is never marked. */
	size_t missing = (size_t)((uint8_t *)memchr(seen, 0, len + 1) - seen);
	free(seen);
	return missing;
}
