/* SPDX-License-Identifier: BSD-2-Clause */
/* Marks that the add-on Messenger Plus! puts into names and texts. */
#ifndef MSNSCOPE_DISSECTORS_MSG_PLUS_H
#define MSNSCOPE_DISSECTORS_MSG_PLUS_H

#include "dissectors/dissection.h"

/*
 * The text without the marks of Messenger Plus!, in the arena, or the text
 * itself when there are none; *found says which.  What other programs would
 * write too, as [b] without [/b], is no mark.
 */
struct slice msg_plus_strip(struct arena *arena, struct slice text, bool *found);

/* Adds the text of a field without its marks as a field below parent; nothing when it has none. */
void msg_plus_add(struct dissection *d, struct field *parent, enum field_id id, const struct field *from);

#endif
