/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures from an interface through libpcap, and keeps packets as pcap files. */
#ifndef MSNSCOPE_CAPTURE_LIVE_H
#define MSNSCOPE_CAPTURE_LIVE_H

#include "capture/capture.h"

struct pcap;

struct live {
	struct pcap *pcap; /* libpcap's pcap_t; NULL: not live */
	int linktype;
	bool nanoseconds;
	uint64_t frames;   /* so far */
	struct capture_drops drops;
	unsigned last_drop, last_ifdrop; /* libpcap's counters, which wrap around */
};

/* As capture_open_live. */
bool live_open(struct live *l, const char *interface, const char *filter, char *message);

/* As capture_next. */
enum capture_result live_next(struct live *l, struct packet *packet, char *message);

const struct capture_drops *live_drops(struct live *l);

/* As capture_dump_open. */
struct capture_dump *live_dump_open(const struct live *l, const char *path, char *message);

void live_close(struct live *l);

#endif
