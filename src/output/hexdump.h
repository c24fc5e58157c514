/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes for reading: offset, hexadecimal, ASCII. */
#ifndef MSNSCOPE_OUTPUT_HEXDUMP_H
#define MSNSCOPE_OUTPUT_HEXDUMP_H

#include "output/mask.h"

/* Adds lines of 16 bytes, each behind indent; a secret byte stands as "**" and "*". */
void hexdump_add(struct buffer *out, struct slice bytes, const struct mask *mask, const char *indent);

/* The same for the bytes from that offset on alone. */
void hexdump_add_from(struct buffer *out, struct slice bytes, size_t from, const struct mask *mask, const char *indent);

#endif
