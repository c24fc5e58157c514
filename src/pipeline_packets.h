/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of chosen connections out of a capture file, as a pcap file. */
#ifndef MSNSCOPE_PIPELINE_PACKETS_H
#define MSNSCOPE_PIPELINE_PACKETS_H

#include "pipeline.h"

/* Packets of one file that are looked at; what follows is not, and the message says so. */
#define PIPELINE_PACKETS_MAX (64u << 20)

/*
 * Reads the file twice and writes the packets of every TCP connection that a
 * wanted event came from, whole connections with their handshakes, in the order
 * of the file, to a new file.  An HTTP connection comes whole also when several
 * gateway sessions went over it.  IP fragments are always written, as only the
 * last one tells their connection.  A pcap file has one link type, that of the
 * first packet; others are left out.  Time stamps are as fine as in the file.
 *
 * options are those of the first reading, so that connections are recognised in
 * the same way; watch and tap are not used.  wants is asked for each event.
 *
 * Returns false after a message (CAPTURE_MESSAGE_MAX bytes): nothing wanted,
 * path cannot be read (again), to_path exists or cannot be written; no new file
 * is left then.  Else message is empty, or says what could not be written.
 */
bool pipeline_packets(const struct pipeline_options *options, const char *path,
		      bool (*wants)(void *ctx, const struct connection *c), void *ctx, const char *to_path,
		      uint64_t *written, char *message);

#endif
