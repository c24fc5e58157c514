/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/capture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/foreign.h"
#include "capture/hex_file.h"
#include "capture/live.h"
#include "capture/pcap_file.h"
#include "capture/pcapng_file.h"
#include "capture/source.h"
#include "util/memory.h"

#define PCAPNG_MAGIC SLICE_LIT("\x0a\x0d\x0d\x0a")
/* The longest magic number of foreign formats fits, and what tells a text. */
#define MAGIC_BYTES 256u
/* Bytes of a text that are handed over at a time. */
#define TEXT_PIECE 65536u

struct capture {
	struct source *source;
	bool is_pcapng, is_text, is_hex;
	bool ended;
	struct pcap_file pcap;
	struct pcapng pcapng;
	struct hex_file hex;
	struct live live;
};

/* A text that holds packets is read as a capture. */
static void look_for_packets(struct capture *c)
{
	struct slice beginning;
	int linktype;

	source_need(c->source, HEX_FILE_LOOK_MAX, &beginning);
	c->is_hex = hex_file_recognise(slice_sub(beginning, 0, HEX_FILE_LOOK_MAX), &linktype);
	c->is_text = !c->is_hex;
	if (c->is_hex)
		hex_file_open(&c->hex, linktype);
}

static bool open_format(struct capture *c, char *message)
{
	struct slice first;

	source_need(c->source, MAGIC_BYTES, &first);
	if (foreign_message(first, message))
		return false;
	c->is_pcapng = slice_has_prefix(first, PCAPNG_MAGIC);
	c->is_text = !c->is_pcapng && foreign_is_text(slice_sub(first, 0, MAGIC_BYTES));
	if (c->is_text) {
		look_for_packets(c);
		return true;
	}
	if (!c->is_pcapng)
		return pcap_file_open(&c->pcap, c->source, message);
	return pcapng_file_open(&c->pcapng, c->source, message);
}

struct capture *capture_open(const char *path, char *message)
{
	static const struct capture_wait none = {NULL, NULL};

	return capture_open_waiting(path, &none, message);
}

struct capture *capture_open_waiting(const char *path, const struct capture_wait *wait, char *message)
{
	struct source *source = source_open(path, wait, message);

	if (!source)
		return NULL;
	struct capture *c = memory_zalloc(sizeof(*c));
	c->source = source;
	if (!open_format(c, message)) {
		if (source->stopped)
			snprintf(message, CAPTURE_MESSAGE_MAX, "%s", SOURCE_STOPPED);
		capture_close(c);
		return NULL;
	}
	return c;
}

struct capture *capture_open_live(const char *interface, const char *filter, char *message)
{
	struct capture *c = memory_zalloc(sizeof(*c));

	if (live_open(&c->live, interface, filter, message))
		return c;
	capture_close(c);
	return NULL;
}

struct capture_place capture_place(const struct capture *c)
{
	if (!c->source)
		return (struct capture_place){0, 0};
	return (struct capture_place){c->source->taken, c->source->total};
}

const struct capture_drops *capture_drops(struct capture *c)
{
	return live_drops(&c->live);
}

struct capture_dump *capture_dump_open(const struct capture *c, const char *path, char *message)
{
	return live_dump_open(&c->live, path, message);
}

enum capture_result capture_next(struct capture *c, struct packet *packet, char *message)
{
	enum capture_result result;

	if (c->ended || c->is_text)
		return CAPTURE_END;
	if (c->live.pcap)
		result = live_next(&c->live, packet, message);
	else if (c->is_hex)
		result = hex_file_next(&c->hex, c->source, packet, message);
	else if (c->is_pcapng)
		result = pcapng_file_next(&c->pcapng, c->source, packet, message);
	else
		result = pcap_file_next(&c->pcap, c->source, packet, message);
	if (result != CAPTURE_PACKET && c->source && c->source->stopped)
		result = CAPTURE_STOPPED;
	c->ended = result == CAPTURE_END || result == CAPTURE_CUT || result == CAPTURE_STOPPED;
	return result;
}

bool capture_is_text(const struct capture *c)
{
	return c->is_text;
}

struct slice capture_text_peek(struct capture *c, size_t max, bool *whole)
{
	struct slice data;

	*whole = !source_need(c->source, max, &data);
	return slice_sub(data, 0, max);
}

enum capture_result capture_text_next(struct capture *c, struct slice *text, char *message)
{
	source_need(c->source, 1, text);
	*text = slice_sub(*text, 0, TEXT_PIECE);
	source_consume(c->source, text->len);
	if (text->len)
		return CAPTURE_PACKET;
	if (c->source->stopped)
		return CAPTURE_STOPPED;
	if (!c->source->failure)
		return CAPTURE_END;
	snprintf(message, CAPTURE_MESSAGE_MAX, "%s, at offset %" PRIu64, c->source->failure, c->source->offset);
	return CAPTURE_CUT;
}

bool capture_has_times(const struct capture *c)
{
	return !c->is_hex || c->hex.timed;
}

uint64_t capture_stray_rows(const struct capture *c)
{
	return c->hex.stray_rows;
}

const char *capture_format(const struct capture *c)
{
	if (c->live.pcap)
		return "live";
	if (c->is_text)
		return "transcript";
	if (c->is_hex)
		return "hex-dump";
	return c->is_pcapng ? "pcapng" : "pcap";
}

size_t capture_linktypes(const struct capture *c, const int **linktypes)
{
	if (c->live.pcap) {
		*linktypes = &c->live.linktype;
		return 1;
	}
	if (c->is_text)
		return 0;
	if (c->is_hex) {
		*linktypes = &c->hex.linktype;
		return 1;
	}
	*linktypes = c->is_pcapng ? c->pcapng.linktypes : &c->pcap.linktype;
	return c->is_pcapng ? c->pcapng.linktype_count : 1;
}

bool capture_nanoseconds(const struct capture *c)
{
	if (c->live.pcap)
		return c->live.nanoseconds;
	if (c->is_hex)
		return c->hex.nanoseconds;
	return c->is_pcapng ? c->pcapng.nanoseconds : c->pcap.nanoseconds;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	pcap_file_close(&c->pcap); /* before the source, which its stream may read from */
	pcapng_free(&c->pcapng);
	hex_file_close(&c->hex);
	live_close(&c->live);
	source_free(c->source);
	free(c);
}

void capture_on_key_log(struct capture *c, void (*key_log)(void *ctx, struct slice text), void *ctx)
{
	c->pcapng.key_log = key_log;
	c->pcapng.key_log_ctx = ctx;
}

uint64_t capture_secrets_skipped(const struct capture *c)
{
	return c->pcapng.secrets_skipped;
}

uint64_t capture_all_key_logs(const struct capture *c, const char *path, void (*key_log)(void *ctx, struct slice text),
			      void *ctx)
{
	char message[CAPTURE_MESSAGE_MAX];
	struct packet packet;
	uint64_t count = 0;

	if (capture_place(c).total == 0 || strcmp(capture_format(c), "pcapng") != 0)
		return 0;
	struct capture *again = capture_open(path, message);
	if (!again)
		return 0;
	capture_on_key_log(again, key_log, ctx);
	while (capture_next(again, &packet, message) == CAPTURE_PACKET)
		continue;
	count = again->pcapng.key_logs;
	capture_close(again);
	return count;
}
