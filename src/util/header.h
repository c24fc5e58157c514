/* SPDX-License-Identifier: BSD-2-Clause */
/* A header line of a message, cut into name and value. */
#ifndef MSNSCOPE_UTIL_HEADER_H
#define MSNSCOPE_UTIL_HEADER_H

#include "util/slice.h"

struct header {
	struct slice name;  /* as on the wire */
	struct slice value; /* without blanks at both ends, folded lines joined */
};

/* The value of the first header of that name, compared without case; empty when there is none. */
static inline struct slice header_find(const struct header *headers, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (slice_case_eq(headers[i].name, slice_str(name)))
			return headers[i].value;
	return SLICE_EMPTY;
}

#endif
