/* SPDX-License-Identifier: BSD-2-Clause */
#include "output/hexdump.h"

#define HEXDUMP_WIDTH 16u

static void add_hex(struct buffer *out, struct slice bytes, size_t row, const struct mask *mask)
{
	static const char hex_digits[] = "0123456789abcdef";

	for (size_t at = row; at < row + HEXDUMP_WIDTH; at++) {
		char cell[] = "   ";

		if (at < bytes.len) {
			bool secret = mask_has(mask, at);

			cell[0] = secret ? '*' : hex_digits[bytes.ptr[at] >> 4];
			cell[1] = secret ? '*' : hex_digits[bytes.ptr[at] & 15];
		}
		buffer_add(out, cell, sizeof(cell) - 1);
	}
}

static void add_ascii(struct buffer *out, struct slice bytes, size_t row, const struct mask *mask)
{
	buffer_add_str(out, " |");
	for (size_t at = row; at < bytes.len && at < row + HEXDUMP_WIDTH; at++) {
		uint8_t c = bytes.ptr[at];

		buffer_add_byte(out, mask_has(mask, at) ? '*' : c >= 0x20 && c < 0x7f ? c : '.');
	}
	buffer_add_str(out, "|\n");
}

void hexdump_add_from(struct buffer *out, struct slice bytes, size_t from, const struct mask *mask, const char *indent)
{
	for (size_t row = from; row < bytes.len; row += HEXDUMP_WIDTH) {
		buffer_printf(out, "%s%04zx  ", indent, row);
		add_hex(out, bytes, row, mask);
		add_ascii(out, bytes, row, mask);
	}
}

void hexdump_add(struct buffer *out, struct slice bytes, const struct mask *mask, const char *indent)
{
	hexdump_add_from(out, bytes, 0, mask, indent);
}
