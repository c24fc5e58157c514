/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "capture/pcap_file.h"

#include <pcap/pcap.h>

#include "capture/place.h"
#include "util/reader.h"

/*
 * File header (draft-ietf-opsawg-pcap): magic (4), major version (2), minor
 * version (2), reserved (8), snapshot length (4), link type (4), in the byte
 * order of the machine that wrote it.
 */
#define FILE_HEADER_BYTES 24u
#define SNAPSHOT_LENGTH_AT 16u
#define MAGIC_MICROSECONDS 0xa1b2c3d4u
#define MAGIC_NANOSECONDS 0xa1b23c4du
#define MAGIC_KUZNETZOV 0xa1b2cd34u /* longer record headers */
#define RECORD_HEADER_BYTES 16u
#define RECORD_HEADER_BYTES_KUZNETZOV 24u
/* the upper bits hold the length of the frame check sequence */
#define LINKTYPE_MASK 0x03ffffffu

static bool known_magic(uint32_t magic)
{
	return magic == MAGIC_MICROSECONDS || magic == MAGIC_NANOSECONDS || magic == MAGIC_KUZNETZOV;
}

/*
 * libpcap reads the header, too, but gives the link type as its own DLT_ value
 * and does not tell the resolution of time stamps.
 */
static bool read_header(struct pcap_file *f, struct slice first, char *message)
{
	struct reader r = reader_over(first);
	uint32_t magic = reader_be32(&r);

	f->big_endian = known_magic(magic);
	if (!f->big_endian) {
		r.at = 0;
		magic = reader_le32(&r);
	}
	if (!known_magic(magic)) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "not a capture file (neither pcap nor pcapng)");
		return false;
	}
	reader_skip(&r, 16);
	uint32_t linktype = f->big_endian ? reader_be32(&r) : reader_le32(&r);
	if (r.truncated) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "the capture header is cut short (%zu bytes of %u)", first.len,
			 FILE_HEADER_BYTES);
		return false;
	}
	f->linktype = (int)(linktype & LINKTYPE_MASK);
	f->nanoseconds = magic == MAGIC_NANOSECONDS;
	f->header_bytes = magic == MAGIC_KUZNETZOV ? RECORD_HEADER_BYTES_KUZNETZOV : RECORD_HEADER_BYTES;
	f->offset = FILE_HEADER_BYTES;
	return true;
}

/*
 * libpcap cuts packets to the snapshot length in the file header without
 * telling.  Some programs write headers with a shorter one than their packets
 * have; so libpcap is shown the longest that is taken.
 */
static void lift_snapshot_length(const struct pcap_file *f, struct source *s)
{
	uint8_t *field = s->data + s->start + SNAPSHOT_LENGTH_AT;

	for (unsigned i = 0; i < 4; i++)
		field[f->big_endian ? 3 - i : i] = (uint8_t)(CAPTURE_PACKET_MAX >> i * 8);
}

bool pcap_file_open(struct pcap_file *f, struct source *s, char *message)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	struct slice first;

	source_need(s, FILE_HEADER_BYTES, &first);
	if (!read_header(f, slice_sub(first, 0, FILE_HEADER_BYTES), message))
		return false;
	lift_snapshot_length(f, s);
	FILE *stream = source_stdio(s);
	if (!stream) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "the file cannot be read as a stream");
		return false;
	}
	f->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, error);
	if (!f->pcap) {
		fclose(stream);
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s", error);
		return false;
	}
	return true;
}

static enum capture_result cut(const struct pcap_file *f, const struct source *s, const char *why, char *message)
{
	snprintf(message, CAPTURE_MESSAGE_MAX, "%s", s->failure ? s->failure : why);
	place_append(message, f->frames + 1, f->offset, source_compressed(s));
	return CAPTURE_CUT;
}

enum capture_result pcap_file_next(struct pcap_file *f, const struct source *s, struct packet *packet, char *message)
{
	struct pcap_pkthdr *header;
	const u_char *data;

	switch (pcap_next_ex(f->pcap, &header, &data)) {
	case 1:
		break;
	case PCAP_ERROR_BREAK: /* the end of the file */
		return s->failure ? cut(f, s, "", message) : CAPTURE_END;
	default:
		return cut(f, s, pcap_geterr(f->pcap), message);
	}
	packet->frame = ++f->frames;
	/* seconds are unsigned in the file; in the nanosecond precision that was asked for, tv_usec counts nanoseconds */
	packet->time_ns = (int64_t)(uint32_t)header->ts.tv_sec * 1000000000 + (int64_t)header->ts.tv_usec;
	packet->linktype = f->linktype;
	packet->wire_len = header->len > header->caplen ? header->len : header->caplen;
	packet->data = slice_of(data, header->caplen);
	f->offset += f->header_bytes + header->caplen;
	return CAPTURE_PACKET;
}

void pcap_file_close(struct pcap_file *f)
{
	if (f->pcap)
		pcap_close(f->pcap);
	f->pcap = NULL;
}
