/* SPDX-License-Identifier: BSD-2-Clause */
#include "pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "decode/decode.h"
#include "session/log.h"
#include "session/session.h"
#include "stream/keep.h"
#include "transcript/transcript.h"
#include "transport/transport.h"
#include "util/memory.h"

/* Link types of one file that are told to the user. */
#define LINKTYPES_SHOWN 16u
/* How often packets that were dropped are asked for, and buffers written to files. */
#define LIVE_TICK_NS 1000000000u
/* A watch is asked so often; every so many packets the clock is looked at. */
#define WATCH_NS 100000000u
#define WATCH_PACKETS 64u
/* How long at most packets are still taken that the system holds when the capture is ended. */
#define LIVE_DRAIN_NS 1000000000u

struct pipeline {
	struct pipeline_options options;
	struct event_sink sink;
	struct session *session;
	uint64_t packets, lines; /* packets counts lines of texts, too */
	struct keep *keep; /* while packets of MSN connections are written; else NULL */
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
	struct stream_consumer transport_stream; /* with keep */
	const struct pipeline_live *live; /* NULL: a file */
	struct capture_drops dropped;     /* told so far */
	uint64_t ticked;            /* when they were asked for */
	uint64_t watched;           /* when the watch was asked; 0: not yet */
	bool stopped;               /* it said no */
	bool full_told;             /* that no more packets are kept */
	const struct transcript_form *form; /* of a text; else NULL */
};

static void on_frames(void *ctx, const uint64_t *frames, size_t count)
{
	struct pipeline *p = ctx;

	if (p->keep)
		keep_frames(p->keep, frames, count);
}

struct pipeline *pipeline_new(const struct pipeline_options *options, const struct event_sink *sink)
{
	struct pipeline *p = memory_zalloc(sizeof(*p));
	struct session_options session = {options->hold_events, options->hold_bytes, on_frames, p};

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
	struct capture_info info = {r->path, capture_format(r->capture), r->form ? r->form->name : NULL, names, count};
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
	if (capture_secrets_skipped(r->capture))
		notice(r, SEVERITY_WARNING, "%" PRIu64 " blocks of decryption secrets are too long and were passed over",
		       capture_secrets_skipped(r->capture));
	if (capture_stray_rows(r->capture))
		notice(r, SEVERITY_WARNING, "%" PRIu64 " rows of the hex dump continue no packet: passed over", capture_stray_rows(r->capture));
	if (!capture_has_times(r->capture))
		notice(r, SEVERITY_NOTE, "the hex dump gives no times of its packets");
	if (s->evicted)
		notice(r, SEVERITY_WARNING, "%" PRIu64 " connections gave way at the limit on tracked connections", s->evicted);
}

static void tell_tap(const struct run *r, const struct packet *packet, uint64_t connection)
{
	const struct pipeline_tap *tap = r->pipeline->options.tap;

	if (tap)
		tap->packet(tap->ctx, packet->frame, connection);
}

static void take_segment(struct run *r, const struct packet *packet, const struct segment *segment)
{
	struct keep *keep = r->pipeline->keep;

	if (keep)
		keep_begin(keep, packet, segment);
	uint64_t connection = stream_table_segment(r->streams, segment);
	if (keep)
		keep_end(keep);
	tell_tap(r, packet, connection);
}

static void take_fragment(struct run *r, const struct packet *packet)
{
	if (r->pipeline->keep)
		capture_dump_packet(r->live->msn, packet);
	tell_tap(r, packet, PIPELINE_FRAGMENT);
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
		take_segment(r, packet, &segment);
		break;
	case DECODE_UNSUPPORTED:
		if (!r->unsupported_frame) {
			r->unsupported_frame = packet->frame;
			r->unsupported_linktype = packet->linktype;
		}
		break;
	case DECODE_FRAGMENT:
		take_fragment(r, packet);
		break;
	case DECODE_OTHER:
	case DECODE_BROKEN:
		break;
	}
}

static void end_capture(struct run *r)
{
	const struct event_sink *sink = &r->pipeline->sink;

	r->pipeline->packets += r->totals.packets;
	if (r->form)
		r->pipeline->lines += r->totals.packets;
	r->totals.file = r->path;
	r->totals.nanoseconds = capture_nanoseconds(r->capture);
	if (sink->capture_end)
		sink->capture_end(sink->ctx, &r->totals);
}

/* --- packets of MSN connections --- */

static enum stream_verdict on_data(void *ctx, struct stream_connection *c, int side, struct slice data,
				   const struct stream_origin *origin)
{
	struct run *r = ctx;
	enum stream_verdict verdict = r->transport_stream.data(r->transport_stream.ctx, c, side, data, origin);

	keep_verdict(r->pipeline->keep, c, verdict);
	return verdict;
}

static enum stream_verdict on_gap(void *ctx, struct stream_connection *c, int side, uint64_t len,
				  const struct stream_origin *origin)
{
	struct run *r = ctx;
	enum stream_verdict verdict = r->transport_stream.gap(r->transport_stream.ctx, c, side, len, origin);

	keep_verdict(r->pipeline->keep, c, verdict);
	return verdict;
}

static void on_end(void *ctx, struct stream_connection *c, enum stream_end why)
{
	const struct run *r = ctx;

	r->transport_stream.end(r->transport_stream.ctx, c, why);
}

static void on_anomaly(void *ctx, struct stream_connection *c, int side, enum stream_anomaly what,
		       const struct stream_origin *origin)
{
	const struct run *r = ctx;

	r->transport_stream.anomaly(r->transport_stream.ctx, c, side, what, origin);
}

static void write_kept(void *ctx, const struct packet *packet)
{
	const struct run *r = ctx;

	capture_dump_packet(r->live->msn, packet);
}

/* --- the watch --- */

static uint64_t steady_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void ask(struct run *r)
{
	const struct pipeline_watch *watch = r->pipeline->options.watch;
	struct pipeline_progress progress = {.packets = r->totals.packets};

	if (r->capture) {
		struct capture_place place = capture_place(r->capture);

		progress.bytes = place.bytes;
		progress.total_bytes = place.total;
	}
	if (r->live) {
		const struct capture_drops *drops = capture_drops(r->capture);

		progress.drops = drops->late + drops->interface;
	}
	session_so_far(r->pipeline->session);
	r->stopped |= !watch->go_on(watch->ctx, &progress);
}

/* With a watch: is reading to go on?  Asks when it is time. */
static bool look_at_watch(struct run *r)
{
	uint64_t now = steady_now();

	if (r->stopped || (r->watched && now - r->watched < WATCH_NS))
		return !r->stopped;
	ask(r);
	r->watched = now;
	return !r->stopped;
}

static bool goes_on(struct run *r)
{
	return !r->pipeline->options.watch || r->totals.packets % WATCH_PACKETS || look_at_watch(r);
}

/* Before more is read from a pipe. */
static bool on_wait(void *ctx, bool idle)
{
	struct run *r = ctx;

	if (idle)
		session_tick(r->pipeline->session, steady_now());
	return look_at_watch(r);
}

/* --- beginning and end of a file --- */

static void on_key_log(void *ctx, struct slice text)
{
	const struct run *r = ctx;

	transport_key_log(r->transport, text);
}

/* Some programs write secrets behind the packets that need them. */
static bool on_more_key_logs(void *ctx)
{
	struct run *r = ctx;

	return !r->live && capture_all_key_logs(r->capture, r->path, on_key_log, r) > 0;
}

/* r has its pipeline, path and capture, and what it is from when live. */
static void begin(struct run *r)
{
	struct pipeline *p = r->pipeline;
	struct transport_consumer inner = session_transport_consumer(p->session);
	struct transport_options options = {p->options.polls, p->options.secrets, on_more_key_logs, r};

	r->decoder = decoder_new(p->options.verify_checksums);
	r->transport = transport_new(&options, &inner);
	capture_on_key_log(r->capture, on_key_log, r);
	r->transport_stream = transport_stream(r->transport);
	struct stream_consumer consumer = r->transport_stream;
	if (r->live && r->live->msn) {
		p->keep = keep_new(write_kept, r);
		consumer = (struct stream_consumer){on_data, on_gap, on_end, on_anomaly, r};
	}
	r->streams = stream_table_new(&p->options.stream, &consumer);
	session_set_file(p->session, r->path);
	session_set_nanoseconds(p->session, capture_nanoseconds(r->capture));
}

static void finish(struct run *r)
{
	if (r->stopped && !r->live)
		notice(r, SEVERITY_WARNING, "reading was interrupted behind frame %" PRIu64 ": what follows was not read",
		       r->totals.packets);
	stream_table_finish(r->streams);
	transport_finish(r->transport);
	session_end_file(r->pipeline->session);
	tell_losses(r);
}

static void clean_up(struct run *r)
{
	if (r->pipeline->options.watch)
		ask(r);
	stream_table_free(r->streams);
	transport_free(r->transport);
	decoder_free(r->decoder);
	keep_free(r->pipeline->keep);
	r->pipeline->keep = NULL;
}

/* --- texts --- */

static void on_record(void *ctx, const struct transcript_record *record)
{
	session_log_record(ctx, record);
}

/* What the text as a whole did not keep. */
static void tell_text(struct run *r, const struct transcript_counters *text, const struct log_counters *log)
{
	if (log->passed_over)
		notice(r, SEVERITY_NOTE, "%" PRIu64 " of %" PRIu64 " lines are neither command nor payload: passed over",
		       log->passed_over, text->lines);
	if (text->cut_lines)
		notice(r, SEVERITY_WARNING, "%" PRIu64 " lines are longer than %u bytes: the rest of them was left out", text->cut_lines,
		       TRANSCRIPT_LINE_MAX);
	if (log->times && !r->form->fine_times)
		notice(r, SEVERITY_NOTE, "the text gives no dates: its times of day stand on 1970-01-01");
	if (log->times && r->form->fine_times && !r->form->dated)
		notice(r, SEVERITY_NOTE, "the text gives times since its first packet: they stand on 1970-01-01");
	r->totals.packets = text->lines;
	r->totals.first_ns = log->first_ns;
	r->totals.last_ns = log->last_ns;
}

/* Reads the text that capture is, whose form is known. */
static enum capture_result read_text(struct run *r, struct slice beginning, char *message)
{
	struct session *session = r->pipeline->session;
	enum capture_result result = CAPTURE_PACKET;
	struct slice text;

	session_set_file(session, r->path);
	session_set_nanoseconds(session, false);
	show_capture(r);
	struct session_log *log = session_log_new(session, r->form);
	struct transcript_parser *t = transcript_parser_new(r->form, beginning, on_record, log);
	while (result == CAPTURE_PACKET && (!r->pipeline->options.watch || look_at_watch(r))) {
		result = capture_text_next(r->capture, &text, message);
		if (result == CAPTURE_PACKET)
			transcript_parser_data(t, text);
		r->totals.packets = transcript_parser_counters(t)->lines;
	}
	transcript_parser_end(t);
	struct log_counters counters = session_log_end(log);
	if (r->stopped)
		notice(r, SEVERITY_WARNING, "reading was interrupted behind line %" PRIu64 ": what follows was not read",
		       transcript_parser_counters(t)->lines);
	session_end_file(session);
	tell_text(r, transcript_parser_counters(t), &counters);
	transcript_parser_free(t);
	return result;
}

static enum pipeline_result text_file(struct run *r, char *message)
{
	enum capture_result result;
	bool whole;
	struct slice beginning = capture_text_peek(r->capture, TRANSCRIPT_LOOK_MAX, &whole);

	r->form = transcript_recognise(beginning, whole);
	if (!r->form) {
		snprintf(message, CAPTURE_MESSAGE_MAX, "not a capture file (neither pcap nor pcapng), and no transcript of MSNP");
		return PIPELINE_UNREADABLE;
	}
	result = read_text(r, beginning, message);
	if (result == CAPTURE_CUT)
		notice(r, SEVERITY_ERROR, "%s", message);
	end_capture(r);
	if (r->pipeline->options.watch)
		ask(r);
	return result == CAPTURE_CUT ? PIPELINE_DAMAGED : PIPELINE_DONE;
}

enum pipeline_result pipeline_file(struct pipeline *p, const char *path, char *message)
{
	struct run r = {.pipeline = p, .path = path};
	enum capture_result result;
	struct packet packet;

	struct capture_wait wait = {p->options.watch ? on_wait : NULL, &r};

	r.capture = capture_open_waiting(path, &wait, message);
	if (!r.capture)
		return PIPELINE_UNREADABLE;
	if (capture_is_text(r.capture)) {
		enum pipeline_result text = text_file(&r, message);

		capture_close(r.capture);
		return text;
	}
	begin(&r);
	/* The first packet comes before the record of the file: pcapng names its link types on the way. */
	result = capture_next(r.capture, &packet, message);
	show_capture(&r);
	while (result == CAPTURE_PACKET && goes_on(&r)) {
		take_packet(&r, &packet);
		result = capture_next(r.capture, &packet, message);
	}
	finish(&r);
	if (result == CAPTURE_CUT)
		notice(&r, SEVERITY_ERROR, "%s", message);
	end_capture(&r);
	clean_up(&r);
	capture_close(r.capture);
	return result == CAPTURE_CUT ? PIPELINE_DAMAGED : PIPELINE_DONE;
}

/* --- interfaces --- */

static void tell_drops(struct run *r)
{
	const struct capture_drops *now = capture_drops(r->capture);

	if (now->late > r->dropped.late)
		notice(r, SEVERITY_WARNING, "%" PRIu64 " packets were dropped, as they came faster than they were taken (%" PRIu64 " in all)",
		       now->late - r->dropped.late, now->late);
	if (now->interface > r->dropped.interface)
		notice(r, SEVERITY_WARNING, "%" PRIu64 " packets were dropped by the interface (%" PRIu64 " in all)",
		       now->interface - r->dropped.interface, now->interface);
	r->dropped = *now;
}

static void tell_full(struct run *r)
{
	if (r->full_told || !r->live->msn || !capture_dump_full(r->live->msn))
		return;
	r->full_told = true;
	notice(r, SEVERITY_WARNING, "packets are no longer kept: their file has reached its limit");
}

static bool flush_dumps(const struct run *r, char *message)
{
	return (!r->live->msn || capture_dump_flush(r->live->msn, message)) &&
	       (!r->live->all || capture_dump_flush(r->live->all, message));
}

/* What is to be done now and then.  Returns false when packets cannot be written. */
static bool tick(struct run *r, bool idle, char *message)
{
	uint64_t now = steady_now();
	bool due = now - r->ticked >= LIVE_TICK_NS;

	session_tick(r->pipeline->session, now);
	if (due) {
		tell_drops(r);
		tell_full(r);
		r->ticked = now;
	}
	return (!due && !idle) || flush_dumps(r, message);
}

static void take_live(struct run *r, const struct packet *packet)
{
	if (r->live->all)
		capture_dump_packet(r->live->all, packet);
	take_packet(r, packet);
}

static bool live_goes_on(struct run *r)
{
	return r->live->go_on(r->live->ctx) && (!r->pipeline->options.watch || look_at_watch(r));
}

static enum pipeline_result live_loop(struct run *r, char *message)
{
	uint64_t end = UINT64_MAX;
	struct packet packet;

	while (end == UINT64_MAX || steady_now() < end) {
		if (end == UINT64_MAX && !live_goes_on(r))
			end = steady_now() + (r->stopped ? 0 : LIVE_DRAIN_NS);
		enum capture_result result = capture_next(r->capture, &packet, message);

		if (result == CAPTURE_PACKET)
			take_live(r, &packet);
		else if (result == CAPTURE_CUT)
			return PIPELINE_DAMAGED;
		else if (end != UINT64_MAX)
			break;
		if (!tick(r, result == CAPTURE_NOTHING, message))
			return PIPELINE_UNWRITTEN;
	}
	return PIPELINE_DONE;
}

enum pipeline_result pipeline_live(struct pipeline *p, const struct pipeline_live *live, char *message)
{
	struct run r = {.pipeline = p, .path = live->name, .capture = live->capture, .live = live,
			.ticked = steady_now()};
	enum pipeline_result result;

	begin(&r);
	show_capture(&r);
	result = live_loop(&r, message);
	finish(&r);
	tell_drops(&r);
	tell_full(&r);
	if (p->keep && keep_missed(p->keep))
		notice(&r, SEVERITY_NOTE, "%" PRIu64 " packets were not kept, as their connections were recognised too late",
		       keep_missed(p->keep));
	if (result == PIPELINE_DONE && !flush_dumps(&r, message))
		result = PIPELINE_UNWRITTEN;
	if (result != PIPELINE_DONE)
		notice(&r, SEVERITY_ERROR, "%s", message);
	end_capture(&r);
	clean_up(&r);
	return result;
}

struct summary pipeline_summary(const struct pipeline *p)
{
	const struct session_totals *t = session_totals(p->session);

	return (struct summary){p->packets, t->events, t->connections, p->lines, {t->findings[0], t->findings[1], t->findings[2]}};
}
