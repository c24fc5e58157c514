/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pcapng blocks (draft-ietf-opsawg-pcapng): from the bytes of one block to a
 * packet.  libpcap is not used for pcapng: it refuses files whose interfaces
 * differ in link type or snapshot length.  Knows nothing of files; see
 * pcapng_file.h for that.
 */
#ifndef MSNSCOPE_CAPTURE_PCAPNG_H
#define MSNSCOPE_CAPTURE_PCAPNG_H

#include "capture/capture.h"

/* What pcapng_header looks at: block type, total length and what would be the byte-order magic. */
#define PCAPNG_HEADER_BYTES 12u
/* Longest block that is read as a whole: the longest packet and generous options.  Blocks that are skipped may be longer. */
#define PCAPNG_BLOCK_MAX (CAPTURE_PACKET_MAX + (1u << 20))

struct pcapng_interface {
	int linktype;
	uint32_t snaplen;  /* 0: no limit */
	uint8_t tsresol;   /* option if_tsresol: power of 10, or of 2 with the top bit set */
	uint64_t scale;    /* of a power of 10: nanoseconds per unit, or units per nanosecond when finer is set */
	bool finer;        /* a unit is shorter than a nanosecond */
	int64_t offset_ns; /* option if_tsoffset */
};

struct pcapng {
	bool big_endian; /* of this section */
	bool in_section; /* a section header was read */
	struct pcapng_interface *interfaces; /* of this section */
	size_t interface_count;
	uint64_t frames;  /* so far */
	int64_t time_ns;  /* of the latest packet that had a time */
	int *linktypes;   /* of all sections, each once, in order of appearance */
	size_t linktype_count;
	bool nanoseconds; /* some interface counts finer than microseconds */
	void (*key_log)(void *ctx, struct slice text); /* gets what Decryption Secrets Blocks hold for TLS, or NULL */
	void *key_log_ctx;
	uint64_t key_logs;        /* given to it */
	uint64_t secrets_skipped; /* such blocks, longer than PCAPNG_BLOCK_MAX */
};

struct pcapng_block {
	uint32_t type;
	uint32_t length; /* of the whole block, a multiple of 4 */
};

enum pcapng_result {
	PCAPNG_PACKET,  /* *packet is filled */
	PCAPNG_NOTHING, /* a good block without a packet */
	PCAPNG_BROKEN,  /* message says why */
};

/* Zero-initialised memory is a fresh struct pcapng. */
void pcapng_free(struct pcapng *p);

/*
 * Reads type and length of the block that begins with these bytes, at least
 * PCAPNG_HEADER_BYTES; a section header sets the byte order.  Returns false
 * with a message (CAPTURE_MESSAGE_MAX bytes) when they cannot be right.
 */
bool pcapng_header(struct pcapng *p, struct slice first, struct pcapng_block *block, char *message);

/* Must pcapng_block see the block, or is it one to skip with pcapng_skipped? */
bool pcapng_wanted(const struct pcapng_block *block);

/* Does the block describe the section or an interface? */
bool pcapng_describes(const struct pcapng_block *block);

/* Reads the block; whole is all of it, block->length bytes.  packet->data points into it. */
enum pcapng_result pcapng_block(struct pcapng *p, const struct pcapng_block *block, struct slice whole,
				struct packet *packet, char *message);

/* The block was skipped; tail is its last 4 bytes.  Returns false with a message when they contradict its length. */
bool pcapng_skipped(struct pcapng *p, const struct pcapng_block *block, struct slice tail, char *message);

#endif
