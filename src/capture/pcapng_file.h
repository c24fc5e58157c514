/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a pcapng file block by block. */
#ifndef MSNSCOPE_CAPTURE_PCAPNG_FILE_H
#define MSNSCOPE_CAPTURE_PCAPNG_FILE_H

#include "capture/pcapng.h"
#include "capture/source.h"

/*
 * Reads the section header and the interface descriptions that follow it
 * directly.  Returns false with a message when there is no good section header.
 */
bool pcapng_file_open(struct pcapng *p, struct source *s, char *message);

/* As capture_next. */
enum capture_result pcapng_file_next(struct pcapng *p, struct source *s, struct packet *packet, char *message);

#endif
