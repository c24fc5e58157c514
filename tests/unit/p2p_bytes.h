/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets and payloads for tests of P2P, written in hexadecimal. */
#ifndef MSNSCOPE_TESTS_UNIT_P2P_BYTES_H
#define MSNSCOPE_TESTS_UNIT_P2P_BYTES_H

#include "dissectors/p2p.h"

/* Longest packet or payload of these tests. */
#define ROOM 2048u

struct bytes {
	uint8_t at[ROOM];
	size_t len;
};

/* Pairs of hexadecimal digits in lower case; blanks are left out. */
void add_hex(struct bytes *b, const char *hex);
void add_text(struct bytes *b, const char *text);

void assert_text(struct slice is, const char *should);

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* "this stands in for a", " tiny picture" */
#define PICTURE_1 "74686973207374616e647320696e20666f722061"
#define PICTURE_2 "2074696e792070696374757265"
/* "tiny SLP text stands here", NUL */
#define SLP_TEXT "74696e7920534c502074657874207374616e6473206865726500"
#define GUID_BYTES "67452301ab89efcd0123456789abcdef"

#define V1_DATA                                                                                           \
	"87d61200 b1cb7400 0000000000000000 2100000000000000 21000000 20000000 44332211 00000000 " \
	"0000000000000000" PICTURE_1 PICTURE_2 "0000000c"
#define V1_ACK                                                                                            \
	"87d61200 00cc7400 0000000000000000 0000000000000000 00000000 02000000 b1cb7400 44332211 " \
	"2100000000000000 00000000"
#define V1_PREPARATION                                                                                    \
	"87d61200 b0cb7400 0000000000000000 0400000000000000 04000000 00000000 00332211 00000000 " \
	"0000000000000000 00000000 0000000c"
#define V1_HANDSHAKE                                                                              \
	"00000000 64cc7400 0000000000000000 0000000000000000 00000000 00010000" GUID_BYTES
#define PEER_INFO "010c 00020000000e00000f010000"
#define V2_SYN "1803 0022 000003e8" PEER_INFO "0000 0801 0000 00000000" SLP_TEXT "00000000"
#define V2_SYNACK "1c03 0000 00001388 0204 0000040a" PEER_INFO "00000000"
#define V2_ACK "1000 0000 00001388 0204 0000040a 0000 00000000"
#define V2_RAK "0802 0000 0000040a 00000000"
#define V2_DATA_1 "0800 0028 0000040a 1405 0001 0012d687 0108 000000000000000d 0000" PICTURE_1 "00000000"
#define V2_DATA_2 "0800 0015 00000432 0804 0001 0012d687" PICTURE_2 "00000000"
#define SDG_1 "0800 0018 000007d0 1405 0002 0012d687 0108 0000000000000004 0000 61626364 00000000"
#define SDG_2 "0800 000c 000007e8 0804 0002 0012d687 65666768 00000000"
/* An answer of Windows Live Messenger 2009. */
#define V2_WLM_SYNACK "1c03 0000 263efe3e 0204 d3b794cf 010c 00020000000e616e0f010000 00000000"
/* Preparation as aMSN writes it: SYN alone, peer info in big-endian order, session four bytes late. */
#define AMSN_INFO "010c 020000000e0000000000010f 0000"
#define V2_AMSN_PREPARATION "1801 0010 d1aaf6f3" AMSN_INFO "0801 0000 00000000 0012d687 00000000 00000000"

/* Beginning and end of headers of version 1. */
#define V1_START "87d61200 b1cb7400 "
#define V1_NO_ACKS "00000000 00000000 0000000000000000 "

#endif
