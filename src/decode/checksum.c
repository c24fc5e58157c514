/* SPDX-License-Identifier: BSD-2-Clause */
#include "decode/layers.h"

/* The Internet checksum, RFC 1071. */

uint64_t checksum_add(uint64_t sum, struct slice data)
{
	size_t even = data.len & ~(size_t)1;

	for (size_t i = 0; i < even; i += 2)
		sum += (uint32_t)data.ptr[i] << 8 | data.ptr[i + 1];
	if (data.len > even)
		sum += (uint32_t)data.ptr[even] << 8;
	return sum;
}

bool checksum_good(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}
