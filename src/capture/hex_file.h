/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets kept as text: what Wireshark and tshark -x print of them, with or
 * without the dissection above the bytes, what text2pcap reads, and tcpdump -xx.
 * A row is an offset in hexadecimal and up to 16 bytes; a row with offset 0
 * begins a packet, any other must go on where the one before ended.
 */
#ifndef MSNSCOPE_CAPTURE_HEX_FILE_H
#define MSNSCOPE_CAPTURE_HEX_FILE_H

#include "capture/source.h"
#include "util/buffer.h"

/* Bytes at the beginning of a text in which the first packet must stand. */
#define HEX_FILE_LOOK_MAX 65536u

/* A row: its offset, and bytes of it, which may be none. */
struct hex_row {
	uint64_t offset;
	uint8_t bytes[16];
	size_t count;
};

struct hex_file {
	int linktype;          /* of the latest packet that told */
	bool nanoseconds;      /* a time is finer than microseconds */
	bool timed;            /* a packet has a time */
	uint64_t frame;        /* of the latest packet */
	uint64_t stray_rows;   /* that go on nowhere */
	struct buffer bytes;   /* of the packet being read */
	bool building;         /* there is one */
	bool skipping;         /* rows are of bytes that were put together, no packet */
	struct hex_row next;   /* row that was read already and begins a packet */
	bool waiting;          /* there is one */
	bool other;            /* the heading in front of the next rows is none of a packet */
	int64_t time_ns;       /* of the latest packet; TIME_NONE: not known */
	uint64_t number, wire_len; /* that the text tells of the next packet; 0: nothing */
};

/* Does a text that begins so hold packets?  *linktype is that of the first. */
bool hex_file_recognise(struct slice beginning, int *linktype);

/* Ends with hex_file_close. */
void hex_file_open(struct hex_file *h, int linktype);

/* As capture_next. */
enum capture_result hex_file_next(struct hex_file *h, struct source *s, struct packet *packet, char *message);

void hex_file_close(struct hex_file *h);

#endif
