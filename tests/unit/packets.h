/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets written as hexadecimal digits, for tests of the decoder. */
#ifndef MSNSCOPE_TESTS_PACKETS_H
#define MSNSCOPE_TESTS_PACKETS_H

#include "decode/decode.h"
#include "util/buffer.h"

/* 2001:db8::10 and 2001:db8::80. */
#define ADDRESSES6                                                                             \
	"20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 10 20 01 0d b8 00 00 00 00 00 00 00 00 " \
	"00 00 00 80"
#define TCP6 "04 13 07 47 00 00 03 fb 00 00 13 96 50 18 ff ff 83 78 00 00 4f 55 54 0d 0a"

/* Appends the bytes of these digits; blanks are skipped. */
void packets_hex(struct buffer *b, const char *hex);

struct buffer packets_from_hex(const char *hex);

/*
 * Decodes the first len bytes of a packet, as frame 7 at time 8, from memory
 * that ends with them.  The caller frees *memory, which the segment points into.
 */
enum decode_result packets_decode_cut(struct decoder *d, int linktype, const struct buffer *b, size_t len,
				      struct segment *segment, uint8_t **memory);

/* Decodes a whole packet; the payload of the segment cannot be looked at. */
enum decode_result packets_decode_hex(struct decoder *d, int linktype, const char *hex, struct segment *segment);

#endif
