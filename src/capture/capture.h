/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads packets out of capture files: pcap (through libpcap) and pcapng, plain
 * or gzip-compressed, from a file or standard input.
 */
#ifndef MSNSCOPE_CAPTURE_CAPTURE_H
#define MSNSCOPE_CAPTURE_CAPTURE_H

#include "util/slice.h"

/* Longest packet taken from a file; a longer one makes the file invalid. */
#define CAPTURE_PACKET_MAX 0x40000u
/* Interfaces of one pcapng section; more make the file invalid. */
#define CAPTURE_INTERFACES_MAX 1024u
#define CAPTURE_MESSAGE_MAX 512

struct capture; /* one open capture */

struct packet {
	uint64_t frame;    /* as Wireshark counts: 1 for the first record of the file */
	int64_t time_ns;   /* since 1970-01-01 UTC; of a pcapng simple packet, which has none, that of the packet before */
	int linktype;      /* LINKTYPE_ value as in the file (tcpdump.org/linktypes.html) */
	uint32_t wire_len; /* length on the wire; data may be shorter */
	struct slice data; /* valid until the next capture_next or capture_close */
};

enum capture_result {
	CAPTURE_PACKET, /* *packet is filled */
	CAPTURE_END,    /* the end of the file, where it should be */
	CAPTURE_CUT,    /* the file ends or is broken in mid-record; message says where */
};

/*
 * Opens a capture file; "-" is standard input.  Returns NULL when the file
 * cannot be read or is not a capture we read; message (CAPTURE_MESSAGE_MAX
 * bytes) then holds one line, without the file name and without line end, that
 * names the reason, and for formats of other analyzers the format and how to
 * convert it.  The caller ends with capture_close.
 */
struct capture *capture_open(const char *path, char *message);

/*
 * The next packet.  After CAPTURE_CUT or CAPTURE_END the capture gives no more
 * packets.  message as in capture_open; for CAPTURE_CUT it names the frame and
 * the offset in the (uncompressed) file.
 */
enum capture_result capture_next(struct capture *c, struct packet *packet, char *message);

/* "pcap" or "pcapng". */
const char *capture_format(const struct capture *c);

/*
 * Link types known so far, in order of first appearance (a pcapng file may name
 * further ones later).  Returns their number; *linktypes stays owned by c.
 */
size_t capture_linktypes(const struct capture *c, const int **linktypes);

/* Do time stamps have nanoseconds (finer than microseconds)? */
bool capture_nanoseconds(const struct capture *c);

/* Name of a link type without prefix, "EN10MB", or NULL when unknown. */
const char *capture_linktype_name(int linktype);

void capture_close(struct capture *c);

#endif
