/* SPDX-License-Identifier: BSD-2-Clause */
/* Where in a capture something is wrong. */
#ifndef MSNSCOPE_CAPTURE_PLACE_H
#define MSNSCOPE_CAPTURE_PLACE_H

#include "util/slice.h"

/*
 * Appends ", at frame 7, offset 1234" to message (CAPTURE_MESSAGE_MAX bytes);
 * of compressed files the offset is that of the decompressed data, and it says so.
 */
void place_append(char *message, uint64_t frame, uint64_t offset, bool compressed);

#endif
