/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps packets as a pcap file. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/live.h"
#include "util/memory.h"
#include "util/moment.h"

/* draft-ietf-opsawg-pcap; numbers in the byte order of this machine. */
struct file_header {
	uint32_t magic; /* says the resolution of time stamps, too */
	uint16_t major, minor;
	uint32_t reserved[2];
	uint32_t snapshot_length, linktype;
};

struct record_header {
	uint32_t seconds, fraction, captured, length;
};

struct capture_dump {
	FILE *stream;
	pcap_dumper_t *dumper; /* that it belongs to, or NULL */
	const char *path;
	bool nanoseconds;
	int error; /* errno of the first write that failed, 0: none */
	uint64_t room; /* bytes that records may still take */
	bool full;
};

struct capture_dump *live_dump_open(const struct live *l, const char *path, char *message)
{
	pcap_dumper_t *dumper = pcap_dump_open(l->pcap, path);

	if (!dumper) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s", pcap_geterr(l->pcap));
		return NULL;
	}
	struct capture_dump *d = memory_alloc(sizeof(*d));
	*d = (struct capture_dump){pcap_dump_file(dumper), dumper, path, l->nanoseconds, 0, UINT64_MAX, false};
	return d;
}

static void write_bytes(struct capture_dump *d, const void *bytes, size_t n)
{
	errno = 0;
	if (fwrite(bytes, 1, n, d->stream) != n && !d->error)
		d->error = errno ? errno : EIO;
}

/* Not by libpcap: it knows link types by other numbers than files do, and does not tell all of them. */
struct capture_dump *capture_dump_create(const char *path, int linktype, bool nanoseconds, char *message)
{
	const struct file_header header = {nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 2, 4, {0, 0}, CAPTURE_PACKET_MAX,
					   (uint32_t)linktype};
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *stream = fd >= 0 ? fdopen(fd, "wb") : NULL;

	if (!stream) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s: %s", path,
			 errno == EEXIST ? "is there already; not overwritten" : strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	struct capture_dump *d = memory_alloc(sizeof(*d));
	*d = (struct capture_dump){stream, NULL, path, nanoseconds, 0, UINT64_MAX, false};
	write_bytes(d, &header, sizeof(header));
	return d;
}

void capture_dump_limit(struct capture_dump *d, uint64_t bytes)
{
	d->room = bytes;
}

bool capture_dump_full(const struct capture_dump *d)
{
	return d->full;
}

void capture_dump_packet(struct capture_dump *d, const struct packet *packet)
{
	int64_t time_ns = packet->time_ns == TIME_NONE ? 0 : packet->time_ns, rest = time_ns % 1000000000;
	struct record_header header = {(uint32_t)(time_ns / 1000000000),
				       (uint32_t)(d->nanoseconds ? rest : rest / 1000), (uint32_t)packet->data.len,
				       packet->wire_len};

	/* All or nothing from there on: a hole in the middle would be taken for lost packets. */
	d->full |= sizeof(header) + packet->data.len > d->room;
	if (d->full)
		return;
	d->room -= sizeof(header) + packet->data.len;
	write_bytes(d, &header, sizeof(header));
	write_bytes(d, packet->data.ptr, packet->data.len);
}

bool capture_dump_flush(struct capture_dump *d, char *message)
{
	errno = 0;
	if (fflush(d->stream) != 0 && !d->error)
		d->error = errno ? errno : EIO;
	if (d->error)
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s: %s", d->path, strerror(d->error));
	return d->error == 0;
}

void capture_dump_close(struct capture_dump *d)
{
	if (!d)
		return;
	if (d->dumper)
		pcap_dump_close(d->dumper);
	else
		fclose(d->stream);
	free(d);
}
