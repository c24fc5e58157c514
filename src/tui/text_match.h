/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking for text in what panels show. */
#ifndef MSNSCOPE_TUI_TEXT_MATCH_H
#define MSNSCOPE_TUI_TEXT_MATCH_H

#include "tui/list.h"
#include "util/slice.h"

/* Does text hold what is wanted?  ASCII case is ignored unless wanted has capitals.  No text holds nothing. */
bool text_match(struct slice text, struct slice wanted);

/*
 * Moves the cursor of a list to the next line (or the one before) for which
 * holds() is true.  Returns false, and leaves it, when there is none.
 */
bool list_find(struct list *l, bool forward, bool (*holds)(void *ctx, uint32_t line, struct slice wanted), void *ctx,
	       struct slice wanted);

#endif
