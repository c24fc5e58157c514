/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes little-endian pcapng blocks for tests. */
#ifndef MSNSCOPE_TESTS_BLOCKS_H
#define MSNSCOPE_TESTS_BLOCKS_H

#include "util/buffer.h"

void blocks_le32(struct buffer *b, uint32_t n);

/* Type and total length of a block; the body follows, and the total length again: body + 12. */
void blocks_begin(struct buffer *b, uint32_t type, uint32_t body);

#define BLOCKS_INTERFACE_BYTES 20u

/* A section header of 28 bytes and the description of one Ethernet interface, BLOCKS_INTERFACE_BYTES. */
void blocks_start(struct buffer *b);

#endif
