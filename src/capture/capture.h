/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads packets out of capture files: pcap (through libpcap) and pcapng, plain
 * or gzip-compressed, from a file or standard input; packets printed in
 * hexadecimal; or from an interface.  Of other files of text, which may hold a
 * dialogue written down, it gives the bytes.
 */
#ifndef MSNSCOPE_CAPTURE_CAPTURE_H
#define MSNSCOPE_CAPTURE_CAPTURE_H

#include "util/slice.h"

/* Longest packet taken from a file; a longer one makes the file invalid. */
#define CAPTURE_PACKET_MAX 0x40000u
/* Interfaces of one pcapng section; more make the file invalid. */
#define CAPTURE_INTERFACES_MAX 1024u
#define CAPTURE_MESSAGE_MAX 512
/* How long capture_next waits for a packet from an interface, and for data of a pipe before it asks whether to go on. */
#define CAPTURE_WAIT_MS 100

struct capture; /* one open capture */

struct packet {
	uint64_t frame;    /* as Wireshark counts: 1 for the first record of the file */
	int64_t time_ns;   /* since 1970-01-01 UTC; of a packet that has none that of the packet before; TIME_NONE: not known */
	int linktype;      /* LINKTYPE_ value as in the file (tcpdump.org/linktypes.html) */
	uint32_t wire_len; /* length on the wire; data may be shorter */
	struct slice data; /* valid until the next capture_next or capture_close */
};

enum capture_result {
	CAPTURE_PACKET, /* *packet is filled */
	CAPTURE_END,    /* the end of the file, where it should be */
	CAPTURE_CUT,    /* the file ends or is broken in mid-record, message says where; the interface is gone */
	CAPTURE_STOPPED, /* the wait of capture_open_waiting was over before the packet was there */
	CAPTURE_NOTHING, /* of an interface only: no packet for CAPTURE_WAIT_MS, or a signal came */
};

/*
 * Opens a capture file; "-" is standard input.  Returns NULL when the file
 * cannot be read or is not a capture we read; message (CAPTURE_MESSAGE_MAX
 * bytes) then holds one line, without the file name and without line end, that
 * names the reason, and for formats of other analyzers the format and how to
 * convert it.  The caller ends with capture_close.
 */
struct capture *capture_open(const char *path, char *message);

/* Who may not wait for ever for a file that is no regular one. */
struct capture_wait {
	/* Asked before each time that more is read; idle: nothing came for CAPTURE_WAIT_MS.  False ends reading. */
	bool (*go_on)(void *ctx, bool idle);
	void *ctx;
};

/* The same; wait is copied.  A pipe that nobody has opened for writing yet is waited for in the same way. */
struct capture *capture_open_waiting(const char *path, const struct capture_wait *wait, char *message);

/*
 * Is it a text, as far as its first bytes tell?  Then it is no capture, but may
 * be a transcript: capture_next gives no packets, capture_text_next the text.
 */
bool capture_is_text(const struct capture *c);

/* The beginning of the text, without taking it: max bytes, or all where there are fewer (*whole).  Valid until the next call. */
struct slice capture_text_peek(struct capture *c, size_t max, bool *whole);

/* The next piece of the text; CAPTURE_PACKET: it is there, valid until the next call.  message as in capture_next. */
enum capture_result capture_text_next(struct capture *c, struct slice *text, char *message);

/* How far a file was read. */
struct capture_place {
	uint64_t bytes; /* taken from the file as it lies there, compressed or not; what is buffered counts */
	uint64_t total; /* all of them; 0 when nobody knows: a pipe, an interface */
};
struct capture_place capture_place(const struct capture *c);

/*
 * Begins to capture from an interface ("any" is all of them where the system
 * has it), whole packets, in promiscuous mode.  filter is an expression of
 * pcap-filter(7), or NULL.  Returns NULL after a message, as capture_open; one
 * about missing privileges says how to get them.
 */
struct capture *capture_open_live(const char *interface, const char *filter, char *message);

/*
 * Tells each interface, the most likely first; description may be NULL.
 * Returns their number, 0 after a message.
 */
size_t capture_interfaces(void (*tell)(void *ctx, const char *name, const char *description), void *ctx, char *message);

/* Packets of an interface that are missing, since the beginning. */
struct capture_drops {
	uint64_t late;      /* dropped by the kernel: they were not taken in time */
	uint64_t interface; /* dropped by the interface or its driver */
};

/* Asks the system; only for interfaces. */
const struct capture_drops *capture_drops(struct capture *c);

/*
 * The next packet.  After CAPTURE_CUT or CAPTURE_END the capture gives no more
 * packets.  message as in capture_open; for CAPTURE_CUT it names the frame and
 * the offset in the (uncompressed) file.
 */
enum capture_result capture_next(struct capture *c, struct packet *packet, char *message);

/*
 * From now on, key_log gets the TLS key logs in Decryption Secrets Blocks of a
 * pcapng file as they are read, each valid during the call.
 */
void capture_on_key_log(struct capture *c, void (*key_log)(void *ctx, struct slice text), void *ctx);

/*
 * Reads a file once more, from its beginning, for those key logs alone; returns
 * their number.  path and c are as of capture_open; nothing is read of what is
 * no regular pcapng file.
 */
uint64_t capture_all_key_logs(const struct capture *c, const char *path, void (*key_log)(void *ctx, struct slice text),
			      void *ctx);

/* Decryption Secrets Blocks that were too long to be read. */
uint64_t capture_secrets_skipped(const struct capture *c);

/* Have packets times, as far as was read?  Those of a hex dump may have none. */
bool capture_has_times(const struct capture *c);

/* Rows of a hex dump so far that continue no packet. */
uint64_t capture_stray_rows(const struct capture *c);

/* "pcap", "pcapng", "hex-dump", "live", or "transcript" for other text. */
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

/* A pcap file that packets are written to. */
struct capture_dump;

/*
 * Makes the file; its time stamps are as fine as those of c, which is an
 * interface.  c and path outlive it.  Returns NULL after a message.  Ends with
 * capture_dump_close, before which capture_dump_flush tells of lost data.
 */
struct capture_dump *capture_dump_open(const struct capture *c, const char *path, char *message);

/* The same for packets of a file.  A file that is there already is not touched: that is an error. */
struct capture_dump *capture_dump_create(const char *path, int linktype, bool nanoseconds, char *message);

/* From now on only packets are written with which the file stays below so many bytes. */
void capture_dump_limit(struct capture_dump *d, uint64_t bytes);

void capture_dump_packet(struct capture_dump *d, const struct packet *packet);

/* Were packets left out because of the limit? */
bool capture_dump_full(const struct capture_dump *d);

/* Writes what is buffered.  Returns false after a message when this or an earlier write failed. */
bool capture_dump_flush(struct capture_dump *d, char *message);

/* NULL does nothing. */
void capture_dump_close(struct capture_dump *d);

#endif
