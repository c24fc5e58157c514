/* SPDX-License-Identifier: BSD-2-Clause */
#include "sample.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT_NET 0xc0000200u /* 192.0.2.0/24 in the samples */
#define DOMAIN "@example.com"
#define DOMAIN_DIGITS 5u /* "@exNNNNN.com" */
#define COOKIES_MAX 32u
#define FILE_MAX (1u << 20)

struct cookie {
	const uint8_t *ptr;
	uint32_t len;
};

void sample_add(struct sample *s, const uint8_t *frame, uint32_t len)
{
	if (s->used + len > s->capacity) {
		s->capacity = 2 * s->capacity + len;
		s->bytes = allocate(s->bytes, s->capacity);
	}
	if (s->count + 1 >= s->frames_capacity) {
		s->frames_capacity = 2 * s->frames_capacity + 64;
		s->frames = allocate(s->frames, s->frames_capacity * sizeof(*s->frames));
	}
	memcpy(s->bytes + s->used, frame, len);
	s->frames[s->count++] = s->used;
	s->used += len;
	s->frames[s->count] = s->used;
}

void sample_free(struct sample *s)
{
	free(s->bytes);
	free(s->frames);
	free(s->sites);
}

static uint32_t little32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The two ends of a frame, in either order. */
static bool same_connection(const uint8_t *a, const uint8_t *b)
{
	const size_t ends = 8, ports = 2;

	if (memcmp(a + AT_SOURCE, b + AT_SOURCE, ends + 2 * ports) == 0)
		return true;
	return memcmp(a + AT_SOURCE, b + AT_DESTINATION, 4) == 0 && memcmp(a + AT_DESTINATION, b + AT_SOURCE, 4) == 0 &&
	       memcmp(a + AT_TRANSPORT, b + AT_TRANSPORT + 2, 2) == 0 &&
	       memcmp(a + AT_TRANSPORT + 2, b + AT_TRANSPORT, 2) == 0;
}

static const uint8_t *find(const uint8_t *data, size_t len, const void *what, size_t what_len)
{
	for (; len >= what_len; data++, len--)
		if (memcmp(data, what, what_len) == 0)
			return data;
	return NULL;
}

/* From the answer to VER: "VER 1 MSNP8", without CVR0. */
static unsigned find_version(const struct sample *s)
{
	const uint8_t *end = s->bytes + s->used, *at = s->bytes;
	unsigned version;
	char text[16];
	int len;

	while ((at = find(at, (size_t)(end - at), "VER ", 4)) && (size_t)(end - at) > sizeof(text)) {
		memcpy(text, at, sizeof(text) - 1);
		text[sizeof(text) - 1] = 0;
		len = 0;
		if (sscanf(text, "VER %*u MSNP%u%n", &version, &len) == 1 && text[len] == '\r')
			return version;
		at += 4;
	}
	return 0;
}

void sample_load(struct sample *s, const char *path, bool first_only)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = allocate(NULL, FILE_MAX);
	size_t len = file ? fread(data, 1, FILE_MAX, file) : 0, at = PCAP_HEADER;

	if (len < PCAP_HEADER || little32(data) != 0xa1b2c3d4 || little32(data + 20) != 1)
		fail(path);
	while (at + PCAP_RECORD <= len) {
		uint32_t size = little32(data + at + 8);
		const uint8_t *frame = data + at + PCAP_RECORD;

		if (size < AT_TRANSPORT + 20 || size > len - at - PCAP_RECORD || frame[AT_IP] != 0x45)
			fail(path);
		if (!first_only || same_connection(frame, data + PCAP_HEADER + PCAP_RECORD))
			sample_add(s, frame, size);
		at += PCAP_RECORD + size;
	}
	fclose(file);
	free(data);
	sample_prepare(s);
	s->version = find_version(s);
}

/* --- what differs from one user to the next --- */

static void add_site(struct sample *s, uint32_t packet, uint32_t at, uint32_t len)
{
	if (s->site_count == s->sites_capacity) {
		s->sites_capacity = 2 * s->sites_capacity + 16;
		s->sites = allocate(s->sites, s->sites_capacity * sizeof(*s->sites));
	}
	s->sites[s->site_count++] = (struct site){packet, at, len};
}

static void find_sites(struct sample *s, uint32_t packet, const void *what, size_t what_len, uint32_t digits)
{
	const uint8_t *frame = s->bytes + s->frames[packet], *end = s->bytes + s->frames[packet + 1], *at = frame;

	while ((at = find(at, (size_t)(end - at), what, what_len))) {
		add_site(s, packet, (uint32_t)(at - frame), digits);
		at += what_len;
	}
}

static bool has_cookie(const struct cookie *cookies, uint32_t count, const struct cookie *wanted)
{
	for (uint32_t i = 0; i < count; i++)
		if (cookies[i].len == wanted->len && memcmp(cookies[i].ptr, wanted->ptr, wanted->len) == 0)
			return true;
	return false;
}

/* Numbers behind a word, of digits and that other character, a blank for none. */
static uint32_t find_numbers(const struct sample *s, const char *word, char other, struct cookie *cookies, uint32_t count)
{
	const uint8_t *end = s->bytes + s->used, *at = s->bytes;

	while (count < COOKIES_MAX && (at = find(at, (size_t)(end - at), word, strlen(word)))) {
		struct cookie c = {at += strlen(word), 0};

		while (at < end && (isdigit(*at) || *at == other) && *at != ' ')
			at++;
		c.len = (uint32_t)(at - c.ptr);
		if (c.len && !has_cookie(cookies, count, &c))
			cookies[count++] = c;
	}
	return count;
}

static uint32_t find_cookies(const struct sample *s, struct cookie *cookies)
{
	cookies[0] = (struct cookie){(const uint8_t *)TRANSFER_COOKIE, (uint32_t)strlen(TRANSFER_COOKIE)};
	return find_numbers(s, "SessionID=", ' ', cookies, find_numbers(s, " CKI ", '.', cookies, 1));
}

void sample_prepare(struct sample *s)
{
	struct cookie cookies[COOKIES_MAX];
	uint32_t count = find_cookies(s, cookies);
	bool objects = find(s->bytes, s->used, "SHA1C", 5) != NULL;

	for (uint32_t packet = 0; packet < s->count; packet++) {
		for (uint32_t i = 0; i < count; i++)
			find_sites(s, packet, cookies[i].ptr, cookies[i].len, cookies[i].len);
		if (!objects)
			find_sites(s, packet, DOMAIN, strlen(DOMAIN), 0);
	}
}

/* --- playing --- */

static void write_digits(uint8_t *p, uint32_t len, uint32_t user, unsigned base)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	while (len-- > 0) {
		if (p[len] == '.')
			continue;
		p[len] = (uint8_t)digits[user % base];
		user /= base;
	}
}

/* The last four bits of a client's address stay. */
static void replace_client(uint8_t *p, uint32_t user)
{
	uint32_t ip = get32(p);

	if ((ip & 0xffffff00) == CLIENT_NET)
		put32(p, 10u << 24 | (user & 0xfffff) << 4 | (ip & 15));
}

void player_start(struct player *p, const struct sample *s, uint32_t user)
{
	*p = (struct player){.sample = s, .user = user};
}

bool player_step(struct player *p, struct writer *w)
{
	const struct sample *s = p->sample;
	uint8_t frame[FRAME_MAX];

	if (p->next == s->count)
		return false;
	uint32_t len = (uint32_t)(s->frames[p->next + 1] - s->frames[p->next]);
	memcpy(frame, s->bytes + s->frames[p->next], len);
	replace_client(frame + AT_SOURCE, p->user);
	replace_client(frame + AT_DESTINATION, p->user);
	for (; p->site < s->site_count && s->sites[p->site].packet == p->next; p->site++) {
		const struct site *site = &s->sites[p->site];

		if (site->len)
			/* The first digit stays, so that it is none of another length. */
			write_digits(frame + site->at + 1, site->len - 1, p->user * 7919u, 10);
		else
			write_digits(frame + site->at + strlen("@ex"), DOMAIN_DIGITS, p->user, 36);
	}
	p->next++;
	writer_frame(w, frame, len);
	return true;
}
