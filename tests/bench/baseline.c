/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program is held against.
 *
 * usage: baseline bare|floor FILE
 *
 * bare   only reads the packets: prints their number and bytes
 * floor  the least that a reader of MSNP could do: in-order TCP data of IPv4, cut into lines and payloads; prints the
 *        number of commands.  It checks nothing, understands nothing, and is wrong when a segment is missing.
 */
#include "config.h"

#include <inttypes.h>
#include <pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS (1u << 16)
#define KEY 12u /* both addresses and ports: one direction */
#define PENDING_MAX (1u << 18)

enum { AT_TYPE = 12, AT_IP = 14, SYN = 0x02, FIN = 0x01, RST = 0x04 };

/* One direction of a connection. */
struct flow {
	struct flow *next;
	uint8_t key[KEY];
	uint32_t seq;   /* of the next byte */
	bool other;     /* does not look like MSNP */
	uint8_t *bytes; /* that belong to a command not yet complete */
	size_t len, capacity;
};

struct floor {
	struct flow *buckets[BUCKETS];
	uint64_t commands;
};

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

/* --- connections --- */

static struct flow **find(struct floor *f, const uint8_t *key)
{
	uint32_t hash = (get32(key) * 31u + get32(key + 4)) * 31u + get32(key + 8);
	struct flow **at = &f->buckets[(hash * 2654435761u) >> 16];

	while (*at && memcmp((*at)->key, key, KEY) != 0)
		at = &(*at)->next;
	return at;
}

static void drop(struct flow **at)
{
	struct flow *flow = *at;

	*at = flow->next;
	free(flow->bytes);
	free(flow);
}

static struct flow *add(struct flow **at, const uint8_t *key, uint32_t seq)
{
	struct flow *flow = calloc(1, sizeof(*flow));

	if (!flow)
		exit(1);
	memcpy(flow->key, key, KEY);
	flow->seq = seq;
	return *at = flow;
}

/* --- commands --- */

static bool has_payload(const uint8_t *line, size_t len)
{
	static const char names[][4] = {"QRY", "UUX", "MSG", "UBX", "UBN", "UUN", "UBM", "UUM", "ADL", "RML", "NOT", "GCF",
					"PAG", "IPG", "FQY", "SDG", "PUT", "NFY", "DEL", "DAT", "VAS", "PGD", "SDC"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (memcmp(line, names[i], 3) == 0)
			/* The server's answers to QRY and UUX may be a number only. */
			return i > 1 || memchr(line + 4, ' ', len - 4) != NULL;
	return line[0] >= '0' && line[0] <= '9' && len > 4 && memchr(line + 4, ' ', len - 4);
}

/* The last word as a number, 0 when it is none. */
static size_t last_number(const uint8_t *line, size_t len)
{
	size_t n = 0, unit = 1;

	while (len > 0 && line[len - 1] >= '0' && line[len - 1] <= '9' && unit < PENDING_MAX) {
		n += unit * (size_t)(line[--len] - '0');
		unit *= 10;
	}
	return len > 0 && line[len - 1] == ' ' ? n : 0;
}

static bool looks_like_command(const uint8_t *line, size_t len)
{
	if (len < 3 || (len > 3 && line[3] != ' ') || (len > 4 && line[4] == '/')) /* "GET /" is HTTP */
		return false;
	for (int i = 0; i < 3; i++)
		if (!((line[i] >= 'A' && line[i] <= 'Z') || (line[i] >= '0' && line[i] <= '9')))
			return false;
	return true;
}

/* Counts the complete commands; returns the bytes they take.  *other: these are no commands. */
static size_t cut(struct floor *f, const uint8_t *data, size_t len, bool *other)
{
	size_t at = 0;

	while (at < len) {
		const uint8_t *end = memchr(data + at, '\n', len - at);
		size_t line, payload;

		if (!end) {
			*other = len - at >= 5 && !looks_like_command(data + at, 5);
			break;
		}
		line = (size_t)(end - data) - at;
		if (line > 0 && end[-1] == '\r')
			line--;
		if (!looks_like_command(data + at, line)) {
			*other = true;
			break;
		}
		payload = line > 4 && has_payload(data + at, line) ? last_number(data + at, line) : 0;
		if ((size_t)(end + 1 - data) + payload > len)
			break;
		f->commands++;
		at = (size_t)(end + 1 - data) + payload;
	}
	return at;
}

static void keep(struct flow *flow, const uint8_t *data, size_t len)
{
	if (flow->len + len > flow->capacity) {
		flow->capacity = 2 * flow->capacity + len;
		flow->bytes = realloc(flow->bytes, flow->capacity);
		if (!flow->bytes)
			exit(1);
	}
	memcpy(flow->bytes + flow->len, data, len);
	flow->len += len;
}

static void take(struct floor *f, struct flow *flow, const uint8_t *data, size_t len)
{
	size_t used;

	if (flow->len > 0) {
		keep(flow, data, len);
		used = cut(f, flow->bytes, flow->len, &flow->other);
		flow->len -= used;
		memmove(flow->bytes, flow->bytes + used, flow->len);
	} else {
		used = cut(f, data, len, &flow->other);
		if (used < len)
			keep(flow, data + used, len - used);
	}
	if (flow->other || flow->len > PENDING_MAX) {
		flow->other = true;
		free(flow->bytes);
		flow->bytes = NULL;
		flow->len = flow->capacity = 0;
	}
}

/* --- packets --- */

static void segment(struct floor *f, const uint8_t *key, const uint8_t *tcp, size_t len)
{
	size_t header = (size_t)(tcp[12] >> 4) * 4;
	unsigned flags = tcp[13];
	uint32_t seq = get32(tcp + 4);
	struct flow **at = find(f, key);

	if (header < 20 || header > len)
		return;
	if (flags & SYN) {
		if (*at)
			drop(at);
		add(at, key, seq + 1);
		return;
	}
	if (header < len) {
		struct flow *flow = *at ? *at : add(at, key, seq);

		if (flow->seq == seq) {
			if (!flow->other)
				take(f, flow, tcp + header, len - header);
			flow->seq += (uint32_t)(len - header);
		}
	}
	if ((flags & (FIN | RST)) && *at)
		drop(at);
}

static void packet(struct floor *f, const uint8_t *data, size_t captured)
{
	const uint8_t *ip = data + AT_IP;
	uint8_t key[KEY];

	if (captured < AT_IP + 20 || get16(data + AT_TYPE) != 0x0800 || ip[0] >> 4 != 4 || ip[9] != 6)
		return;
	size_t header = (size_t)(ip[0] & 15) * 4, total = get16(ip + 2);
	if (total > captured - AT_IP || header + 20 > total)
		return;
	memcpy(key, ip + 12, 8);
	memcpy(key + 8, ip + header, 4);
	segment(f, key, ip + header, total - header);
}

int main(int argc, char **argv)
{
	bool whole = argc == 3 && strcmp(argv[1], "floor") == 0;
	struct floor *f = calloc(1, sizeof(*f));
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const uint8_t *data;
	uint64_t packets = 0, bytes = 0;
	pcap_t *pcap;
	int result;

	if (!f || (!whole && (argc != 3 || strcmp(argv[1], "bare") != 0))) {
		fprintf(stderr, "usage: baseline bare|floor FILE\n");
		return 2;
	}
	pcap = pcap_open_offline(argv[2], error);
	if (!pcap) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	while ((result = pcap_next_ex(pcap, &header, &data)) == 1) {
		packets++;
		bytes += header->caplen;
		if (whole)
			packet(f, data, header->caplen);
	}
	printf("%" PRIu64 " packets %" PRIu64 " bytes %" PRIu64 " commands\n", packets, bytes, f->commands);
	pcap_close(pcap);
	return result == PCAP_ERROR_BREAK ? 0 : 1;
}
