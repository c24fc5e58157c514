/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a classic pcap file through libpcap. */
#ifndef MSNSCOPE_CAPTURE_PCAP_FILE_H
#define MSNSCOPE_CAPTURE_PCAP_FILE_H

#include "capture/capture.h"
#include "capture/source.h"

struct pcap;

struct pcap_file {
	struct pcap *pcap; /* libpcap's pcap_t */
	int linktype;
	bool big_endian;
	bool nanoseconds;
	uint32_t header_bytes; /* of a record header */
	uint64_t frames;       /* so far */
	uint64_t offset;       /* of the next record */
};

/* s must be as source_open left it.  Returns false with a message when it is not a good pcap file. */
bool pcap_file_open(struct pcap_file *f, struct source *s, char *message);

/* As capture_next. */
enum capture_result pcap_file_next(struct pcap_file *f, const struct source *s, struct packet *packet, char *message);

void pcap_file_close(struct pcap_file *f);

#endif
