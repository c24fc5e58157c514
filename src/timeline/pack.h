/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events as bytes and back: how an event is kept after the call that handed it
 * over.  The form is that of one run of the program: descriptions, rules and
 * rows of the command table stand as their numbers.
 */
#ifndef MSNSCOPE_TIMELINE_PACK_H
#define MSNSCOPE_TIMELINE_PACK_H

#include "session/event.h"
#include "util/buffer.h"

/*
 * Adds everything about the event but its connection.  Returns where in out the
 * bytes of the payload stand, 0 when they do not.
 */
size_t event_pack(struct buffer *out, const struct event *e);

/*
 * Makes the event again.  It, its dissection and all they point to lie in
 * packed or in the arena.  The connection is the caller's.  Returns false when
 * the bytes are not those of event_pack; the event is then not to be used.
 */
bool event_unpack(struct slice packed, const struct connection *connection, struct arena *arena, struct event *e);

#endif
