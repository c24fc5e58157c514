/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps packets of a live capture as a pcap file. */
#include "config.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

#include "capture/live.h"
#include "util/memory.h"

struct capture_dump {
	pcap_dumper_t *dumper;
	const char *path;
	bool nanoseconds;
	int error; /* errno of the first write that failed, 0: none */
};

struct capture_dump *live_dump_open(const struct live *l, const char *path, char *message)
{
	pcap_dumper_t *dumper = pcap_dump_open(l->pcap, path);

	if (!dumper) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s", pcap_geterr(l->pcap));
		return NULL;
	}
	struct capture_dump *d = memory_alloc(sizeof(*d));
	*d = (struct capture_dump){dumper, path, l->nanoseconds, 0};
	return d;
}

/* libpcap does not tell that a write failed, only stdio knows. */
static void note_error(struct capture_dump *d)
{
	if (!d->error && ferror(pcap_dump_file(d->dumper)))
		d->error = errno ? errno : EIO;
}

/* The field for microseconds holds nanoseconds when the file says so in its header, as pcap_dump_open made it. */
void capture_dump_packet(struct capture_dump *d, const struct packet *packet)
{
	int64_t second = packet->time_ns / 1000000000, rest = packet->time_ns % 1000000000;
	struct pcap_pkthdr header = {.caplen = (bpf_u_int32)packet->data.len, .len = packet->wire_len};

	header.ts.tv_sec = (time_t)second;
	header.ts.tv_usec = (suseconds_t)(d->nanoseconds ? rest : rest / 1000);
	errno = 0;
	pcap_dump((u_char *)d->dumper, &header, packet->data.ptr);
	note_error(d);
}

bool capture_dump_flush(struct capture_dump *d, char *message)
{
	errno = 0;
	pcap_dump_flush(d->dumper);
	note_error(d);
	if (d->error)
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s: %s", d->path, strerror(d->error));
	return d->error == 0;
}

void capture_dump_close(struct capture_dump *d)
{
	if (!d)
		return;
	pcap_dump_close(d->dumper);
	free(d);
}
