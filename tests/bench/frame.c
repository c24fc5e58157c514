/* SPDX-License-Identifier: BSD-2-Clause */
#include "frame.h"

#include <stdlib.h>
#include <string.h>

#define CLOCK_START UINT64_C(1104537600000000) /* 2005-01-01 */
#define WINDOW 64240u
#define FILE_BUFFER (1u << 20)

void fail(const char *what)
{
	perror(what);
	exit(1);
}

void *allocate(void *old, size_t size)
{
	void *p = realloc(old, size);

	if (!p)
		fail("memory");
	return p;
}

uint64_t prng_next(struct prng *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint32_t prng_between(struct prng *r, uint32_t lo, uint32_t hi)
{
	return lo + (uint32_t)(prng_next(r) % (hi - lo + 1));
}

uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

void put16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

void put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value);
}

static void little32(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* --- checksums --- */

static uint64_t sum(const uint8_t *p, uint32_t len)
{
	uint64_t total = 0;

	for (; len > 1; p += 2, len -= 2)
		total += get16(p);
	return len ? total + ((uint64_t)p[0] << 8) : total;
}

static uint16_t fold(uint64_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

static void set_checksums(uint8_t *frame)
{
	uint8_t *ip = frame + AT_IP, *transport = frame + AT_TRANSPORT;
	uint32_t len = get16(ip + 2) - 20u;
	bool tcp = ip[9] == 6;
	uint8_t *field = transport + (tcp ? 16 : 6);

	put16(ip + 10, 0);
	put16(ip + 10, fold(sum(ip, 20)));
	put16(field, 0);
	put16(field, fold(sum(ip + 12, 8) + ip[9] + len + sum(transport, len)));
}

/* --- the file --- */

void writer_open(struct writer *w, const char *path, uint32_t step)
{
	uint8_t header[PCAP_HEADER] = {0};

	*w = (struct writer){.prng = {1999}, .clock = CLOCK_START, .step = step};
	w->file = fopen(path, "wb");
	if (!w->file || setvbuf(w->file, NULL, _IOFBF, FILE_BUFFER) != 0)
		fail(path);
	little32(header, 0xa1b2c3d4);
	header[4] = 2;
	header[6] = 4;
	little32(header + 16, 65535);
	header[20] = 1;
	fwrite(header, 1, sizeof(header), w->file);
	w->bytes = sizeof(header);
}

void writer_close(struct writer *w, const char *path)
{
	if (ferror(w->file) || fclose(w->file) != 0)
		fail(path);
}

uint32_t writer_frame(struct writer *w, uint8_t *frame, uint32_t len)
{
	uint8_t record[PCAP_RECORD];

	w->clock += w->step / 2 + prng_between(&w->prng, 0, w->step);
	set_checksums(frame);
	little32(record, (uint32_t)(w->clock / 1000000));
	little32(record + 4, (uint32_t)(w->clock % 1000000));
	little32(record + 8, len);
	little32(record + 12, len);
	fwrite(record, 1, sizeof(record), w->file);
	fwrite(frame, 1, len, w->file);
	w->bytes += sizeof(record) + len;
	w->packets++;
	return PCAP_RECORD + len;
}

/* --- frames --- */

static void headers(uint8_t *frame, const struct ends *e, int from, uint8_t protocol, uint32_t len)
{
	static const uint8_t mac[2][6] = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};
	uint8_t *ip = frame + AT_IP;

	memcpy(frame, mac[!from], 6);
	memcpy(frame + 6, mac[from], 6);
	put16(frame + 12, 0x0800);
	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 2, 20 + len);
	put16(ip + 4, e->seq[from] & 0xffff);
	ip[6] = 0x40;
	ip[8] = from == CLIENT ? 64 : 52;
	ip[9] = protocol;
	put32(ip + 12, e->ip[from]);
	put32(ip + 16, e->ip[!from]);
	put16(frame + AT_TRANSPORT, e->port[from]);
	put16(frame + AT_TRANSPORT + 2, e->port[!from]);
}

uint32_t frame_tcp(uint8_t *frame, struct ends *e, int from, unsigned flags, const void *data, uint32_t len)
{
	uint8_t *tcp = frame + AT_TRANSPORT;
	uint32_t header = flags & SYN ? 24 : 20;

	headers(frame, e, from, 6, header + len);
	put32(tcp + 4, e->seq[from]);
	put32(tcp + 8, flags & ACK ? e->seq[!from] : 0);
	tcp[12] = (uint8_t)(header << 2);
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, WINDOW);
	put32(tcp + 16, 0);
	if (flags & SYN)
		put32(tcp + 20, 0x02040000 | SEGMENT_MAX);
	if (len)
		memcpy(tcp + header, data, len);
	e->seq[from] += len + ((flags & (SYN | FIN)) != 0);
	return AT_TRANSPORT + header + len;
}

uint32_t frame_udp(uint8_t *frame, const struct ends *e, int from, const void *data, uint32_t len)
{
	uint8_t *udp = frame + AT_TRANSPORT;

	headers(frame, e, from, 17, 8 + len);
	put16(udp + 4, 8 + len);
	put16(udp + 6, 0);
	memcpy(udp + 8, data, len);
	return AT_TRANSPORT + 8 + len;
}
