/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoded words of mail headers (RFC 2047) and quoted-printable (RFC 2045 section 6.7). */
#ifndef MSNSCOPE_DISSECTORS_ENCODED_WORD_H
#define MSNSCOPE_DISSECTORS_ENCODED_WORD_H

#include "util/arena.h"

/* Longest text whose encoded words are decoded; a longer one stays as it is. */
#define ENCODED_TEXT_MAX 8192u

/*
 * Text with its encoded words (=?charset?B?...?= and Q) decoded to UTF-8.
 * Blanks between two of them go away.  More is accepted than the RFC allows,
 * as notices have it: words of any length and place, blanks inside, characters
 * split between neighbours of the same set.  A word that cannot be decoded, or
 * whose set is not known, stays as it is; *sound says whether there was none.
 */
struct slice encoded_words_decode(struct arena *arena, struct slice text, bool *sound);

/*
 * Decodes quoted-printable: =XX, and line ends behind "=" go away.  What does
 * not fit stays as it is and clears *sound, which is set otherwise.
 */
struct slice quoted_printable_decode(struct arena *arena, struct slice text, bool *sound);

#endif
