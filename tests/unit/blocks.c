/* SPDX-License-Identifier: BSD-2-Clause */
#include "blocks.h"

void blocks_le32(struct buffer *b, uint32_t n)
{
	for (int i = 0; i < 32; i += 8)
		buffer_add_byte(b, (uint8_t)(n >> i));
}

void blocks_begin(struct buffer *b, uint32_t type, uint32_t body)
{
	blocks_le32(b, type);
	blocks_le32(b, body + 12);
}

void blocks_start(struct buffer *b)
{
	blocks_begin(b, 0x0a0d0d0a, 16);
	blocks_le32(b, 0x1a2b3c4d);
	blocks_le32(b, 1);
	blocks_le32(b, 0xffffffff);
	blocks_le32(b, 0xffffffff);
	blocks_le32(b, 28);
	blocks_begin(b, 1, 8);
	blocks_le32(b, 1);
	blocks_le32(b, 0);
	blocks_le32(b, 20);
}
