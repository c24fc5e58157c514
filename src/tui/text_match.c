/* SPDX-License-Identifier: BSD-2-Clause */
#include "tui/text_match.h"

#include "util/wanted.h"

bool text_match(struct slice text, struct slice wanted)
{
	struct wanted w = wanted_text(wanted);

	return wanted_in(text, &w);
}

bool list_find(struct list *l, bool forward, bool (*holds)(void *ctx, uint32_t line, struct slice wanted), void *ctx,
	       struct slice wanted)
{
	uint32_t line = l->selected;

	while (forward ? line + 1 < l->count : line > 0) {
		line = forward ? line + 1 : line - 1;
		if (holds(ctx, line, wanted)) {
			list_jump(l, line);
			return true;
		}
	}
	return false;
}
