/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames (Ethernet, IPv4, TCP or UDP) and the capture file they are written to, for the benchmark inputs. */
#ifndef MSNSCOPE_BENCH_FRAME_H
#define MSNSCOPE_BENCH_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };
enum { CLIENT, SERVER };

#define FRAME_MAX 1514u
#define SEGMENT_MAX 1460u /* bytes that a TCP segment carries */
#define PCAP_HEADER 24u
#define PCAP_RECORD 16u

/* Offsets in a frame; IPv4 headers have no options. */
enum { AT_IP = 14, AT_SOURCE = 26, AT_DESTINATION = 30, AT_TRANSPORT = 34 };

/* splitmix64: the same numbers everywhere. */
struct prng {
	uint64_t state;
};
uint64_t prng_next(struct prng *r);
/* A number from lo to hi, both included. */
uint32_t prng_between(struct prng *r, uint32_t lo, uint32_t hi);

/* The capture being written.  Times go on by `step` microseconds a packet, give or take half of that. */
struct writer {
	FILE *file;
	struct prng prng;
	uint64_t clock; /* microseconds since 1970 */
	uint32_t step;
	uint64_t bytes, packets;
};

void writer_open(struct writer *w, const char *path, uint32_t step);
void writer_close(struct writer *w, const char *path);
/* Fills in the checksums of a frame in place and writes it.  Returns its size in the file. */
uint32_t writer_frame(struct writer *w, uint8_t *frame, uint32_t len);

/* Both ends of a TCP or UDP flow. */
struct ends {
	uint32_t ip[2];
	uint16_t port[2];
	uint32_t seq[2]; /* TCP: sequence number to come */
};

/* Builds a segment in frame, which holds FRAME_MAX bytes; the sequence number goes on.  Returns its length. */
uint32_t frame_tcp(uint8_t *frame, struct ends *e, int from, unsigned flags, const void *data, uint32_t len);
uint32_t frame_udp(uint8_t *frame, const struct ends *e, int from, const void *data, uint32_t len);

uint16_t get16(const uint8_t *p);
uint32_t get32(const uint8_t *p);
void put16(uint8_t *p, uint32_t value);
void put32(uint8_t *p, uint32_t value);

_Noreturn void fail(const char *what);
void *allocate(void *old, size_t size);

#endif
