/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text in the character sets of mail (RFC 2045, 2047) as UTF-8.  What is not
 * UTF-8 is converted by the system's iconv(3), and only the sets of a table of
 * ours: a name from the wire never reaches the system.
 */
#ifndef MSNSCOPE_DISSECTORS_CHARSET_H
#define MSNSCOPE_DISSECTORS_CHARSET_H

#include "util/arena.h"

/* Longest text that is converted. */
#define CHARSET_TEXT_MAX (1u << 20)

/*
 * Converts; an empty charset counts as UTF-8.  Bytes that mean nothing in the
 * set become U+FFFD (in UTF-8 and ASCII they stay) and clear *sound, which is
 * set otherwise.  Returns false when the set is not known or the text too
 * long; *out is then the text itself.
 */
bool charset_decode(struct arena *arena, struct slice charset, struct slice text, struct slice *out, bool *sound);

#endif
