/* SPDX-License-Identifier: BSD-2-Clause */
#include "pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/decode.h"
#include "session/session.h"
#include "transport/transport.h"
#include "util/memory.h"

/* Link types of one file that are told to the user. */
#define LINKTYPES_SHOWN 16u

struct pipeline {
	struct pipeline_options options;
	struct event_sink sink;
	struct session *session;
	uint64_t packets;
};

/* One file on its way through. */
struct run {
	struct pipeline *pipeline;
	const char *path;
	struct capture *capture;
	struct decoder *decoder;
	struct stream_table *streams;
	struct transport *transport;
	uint64_t unsupported_frame; /* first packet of an unknown link type, 0 when none */
	int unsupported_linktype;
	uint64_t cut_packets;       /* shorter than on the wire */
	struct capture_totals totals;
};

struct pipeline *pipeline_new(const struct pipeline_options *options, const struct event_sink *sink)
{
	struct pipeline *p = memory_zalloc(sizeof(*p));
	struct session_options session = {options->hold_events, options->hold_bytes};

	p->options = *options;
	p->sink = *sink;
	p->session = session_new(&session, sink);
	return p;
}

void pipeline_free(struct pipeline *p)
{
	session_free(p->session);
	free(p);
}

static void show_capture(struct run *r)
{
	const struct event_sink *sink = &r->pipeline->sink;
	const char *names[LINKTYPES_SHOWN];
	char unknown[LINKTYPES_SHOWN][16];
	const int *linktypes;
	size_t count = capture_linktypes(r->capture, &linktypes);

	if (!sink->capture)
		return;
	if (count > LINKTYPES_SHOWN)
		count = LINKTYPES_SHOWN;
	for (size_t i = 0; i < count; i++) {
		names[i] = capture_linktype_name(linktypes[i]);
		if (names[i])
			continue;
		snprintf(unknown[i], sizeof(unknown[i]), "%d", linktypes[i]);
		names[i] = unknown[i];
	}
	struct capture_info info = {r->path, capture_format(r->capture), names, count};
	sink->capture(sink->ctx, &info);
}

__attribute__((format(printf, 3, 4))) static void notice(struct run *r, enum severity severity, const char *format, ...)
{
	const struct event_sink *sink = &r->pipeline->sink;
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	struct notice n = {r->path, severity, slice_str(text)};
	if (sink->notice)
		sink->notice(sink->ctx, &n);
}

/* What was lost or passed over in the file as a whole. */
static void tell_losses(struct run *r)
{
	const struct decode_counters *d = decoder_finish(r->decoder);
	const struct stream_counters *s = stream_table_counters(r->streams);

	if (r->unsupported_frame) {
		const char *name = capture_linktype_name(r->unsupported_linktype);

		notice(r, SEVERITY_WARNING, "link type %s (%d) is not supported: %" PRIu64 " packets passed over, first frame %" PRIu64,
		       name ? name : "unknown", r->unsupported_linktype, d->unsupported, r->unsupported_frame);
	}
	if (r->cut_packets)
		notice(r, SEVERITY_NOTE, "%" PRIu64 " packets were cut by the snapshot length of the capture", r->cut_packets);
	if (d->datagrams_lost)
		notice(r, SEVERITY_WARNING, "%" PRIu64 " fragmented datagrams could not be put together", d->datagrams_lost);
	if (d->fragment_conflicts)
		notice(r, SEVERITY_WARNING, "%" PRIu64 " IP fragments overlap with other bytes; the first copy was kept",
		       d->fragment_conflicts);
	if (d->broken)
		notice(r, SEVERITY_NOTE, "%" PRIu64 " packets have broken or cut headers", d->broken);
	if (d->tunnels)
		notice(r, SEVERITY_NOTE, "%" PRIu64 " packets in GRE or IP-in-IP tunnels passed over", d->tunnels);
	if (d->bad_checksums)
		notice(r, SEVERITY_NOTE, "%" PRIu64 " packets have a wrong checksum", d->bad_checksums);
	uint64_t given_up = transport_counters(r->transport)->http_given_up;
	if (given_up)
		notice(r, SEVERITY_WARNING, "parts of %" PRIu64 " HTTP connections could not be read: broken, or beyond a limit",
		       given_up);
	if (s->evicted)
		notice(r, SEVERITY_WARNING, "%" PRIu64 " connections gave way at the limit on tracked connections", s->evicted);
}

static void take_packet(struct run *r, const struct packet *packet)
{
	struct segment segment;
	struct capture_totals *t = &r->totals;

	if (t->packets == 0 || packet->time_ns < t->first_ns)
		t->first_ns = packet->time_ns;
	if (t->packets == 0 || packet->time_ns > t->last_ns)
		t->last_ns = packet->time_ns;
	t->packets++;
	if (packet->data.len < packet->wire_len)
		r->cut_packets++;
	switch (decoder_packet(r->decoder, packet, &segment)) {
	case DECODE_TCP:
		stream_table_segment(r->streams, &segment);
		break;
	case DECODE_UNSUPPORTED:
		if (!r->unsupported_frame) {
			r->unsupported_frame = packet->frame;
			r->unsupported_linktype = packet->linktype;
		}
		break;
	case DECODE_OTHER:
	case DECODE_FRAGMENT:
	case DECODE_BROKEN:
		break;
	}
}

static void end_capture(struct run *r)
{
	const struct event_sink *sink = &r->pipeline->sink;

	r->pipeline->packets += r->totals.packets;
	r->totals.file = r->path;
	r->totals.nanoseconds = capture_nanoseconds(r->capture);
	if (sink->capture_end)
		sink->capture_end(sink->ctx, &r->totals);
}

enum pipeline_result pipeline_file(struct pipeline *p, const char *path, char *message)
{
	struct transport_consumer inner = session_transport_consumer(p->session);
	struct transport_options options = {p->options.polls};
	struct run r = {.pipeline = p, .path = path};
	enum capture_result result;
	struct packet packet;

	r.capture = capture_open(path, message);
	if (!r.capture)
		return PIPELINE_UNREADABLE;
	r.decoder = decoder_new(p->options.verify_checksums);
	r.transport = transport_new(&options, &inner);
	struct stream_consumer consumer = transport_stream(r.transport);
	r.streams = stream_table_new(&p->options.stream, &consumer);
	session_set_file(p->session, path);
	session_set_nanoseconds(p->session, capture_nanoseconds(r.capture));
	/* The first packet comes before the record of the file: pcapng names its link types on the way. */
	result = capture_next(r.capture, &packet, message);
	show_capture(&r);
	while (result == CAPTURE_PACKET) {
		take_packet(&r, &packet);
		result = capture_next(r.capture, &packet, message);
	}
	stream_table_finish(r.streams);
	transport_finish(r.transport);
	session_end_file(p->session);
	tell_losses(&r);
	if (result == CAPTURE_CUT)
		notice(&r, SEVERITY_ERROR, "%s", message);
	end_capture(&r);
	stream_table_free(r.streams);
	transport_free(r.transport);
	decoder_free(r.decoder);
	capture_close(r.capture);
	return result == CAPTURE_CUT ? PIPELINE_DAMAGED : PIPELINE_DONE;
}

struct summary pipeline_summary(const struct pipeline *p)
{
	const struct session_totals *t = session_totals(p->session);

	return (struct summary){p->packets, t->events, t->connections, {t->findings[0], t->findings[1], t->findings[2]}};
}
