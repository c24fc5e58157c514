/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that is looked for: ASCII case is ignored unless the text has capitals, as in less and vim with smartcase. */
#ifndef MSNSCOPE_UTIL_WANTED_H
#define MSNSCOPE_UTIL_WANTED_H

#include "util/slice.h"

struct wanted {
	struct slice text;
	bool fold; /* case is ignored; text has no capitals */
};

/* text outlives the result. */
struct wanted wanted_text(struct slice text);

/* Offset of the first place from at on, hay.len when there is none.  No text is nowhere. */
size_t wanted_find(struct slice hay, size_t at, const struct wanted *w);

static inline bool wanted_in(struct slice hay, const struct wanted *w)
{
	return wanted_find(hay, 0, w) < hay.len;
}

#endif
