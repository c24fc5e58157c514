/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text codings of the wire: percent-encoding, base64, UTF-16LE, hexadecimal.
 * What they decode to lies in the arena, or is the input itself where nothing
 * had to be decoded.
 */
#ifndef MSNSCOPE_UTIL_ENCODING_H
#define MSNSCOPE_UTIL_ENCODING_H

#include "util/arena.h"

/* Percent-decodes; "%" without two hex digits stays as it is. */
struct slice percent_decode(struct arena *arena, struct slice s);

/* Is each "%" followed by two hex digits? */
bool percent_is_sound(struct slice s);

/*
 * Decodes base64; blanks and line ends are ignored, padding may be missing.
 * Returns false when it is not base64; *out is then untouched.
 */
bool base64_decode(struct arena *arena, struct slice s, struct slice *out);

/* Writes the base64 of s, without NUL; out has room for BASE64_LEN(s.len). */
#define BASE64_LEN(n) (((n) + 2) / 3 * 4)
void base64_encode(struct slice s, char *out);

/*
 * UTF-16LE to UTF-8.  Lone surrogates become U+FFFD, as does an odd byte at
 * the end; *sound says whether there were none of these.
 */
struct slice utf16le_to_utf8(struct arena *arena, struct slice s, bool *sound);

/* Writes 2 * s.len lower-case hexadecimal digits, without NUL. */
void hex_encode(struct slice s, char *out);

#endif
