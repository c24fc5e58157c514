/* SPDX-License-Identifier: BSD-2-Clause */
#include "pipeline_packets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/memory.h"

/* What is known of a frame: the number of its connection (0: none), and whether a wanted event came from it. */
#define FRAME_TELLS 0x80000000u
#define FRAME_CONNECTION 0x7fffffffu
/* In place of a number. */
#define FRAME_FRAGMENT FRAME_CONNECTION

struct search {
	bool (*wants)(void *ctx, const struct connection *c);
	void *ctx;
	uint32_t *frames;    /* the first is frame 1 */
	size_t count, capacity;
	uint32_t highest;    /* number of a connection */
	bool *connections;   /* by number: is it wanted? */
	bool any;
	bool too_many;
	bool nanoseconds;
	bool text;           /* the file is a dialogue kept as text */
};

/* --- the first reading: which packets --- */

/* NULL beyond the limit. */
static uint32_t *frame_of(struct search *s, uint64_t frame)
{
	if (frame == 0 || frame > PIPELINE_PACKETS_MAX) {
		s->too_many |= frame != 0;
		return NULL;
	}
	if (frame > s->capacity) {
		s->capacity = frame < 4096 ? 8192 : (size_t)frame * 2;
		s->frames = memory_realloc(s->frames, s->capacity * sizeof(s->frames[0]));
	}
	while (s->count < frame)
		s->frames[s->count++] = 0;
	return &s->frames[frame - 1];
}

static void on_packet(void *ctx, uint64_t frame, uint64_t connection)
{
	struct search *s = ctx;
	uint32_t *f = frame_of(s, frame);

	if (!f)
		return;
	if (connection == PIPELINE_FRAGMENT) {
		*f |= FRAME_FRAGMENT;
	} else if (connection < FRAME_FRAGMENT) {
		*f |= (uint32_t)connection;
		if (connection > s->highest)
			s->highest = (uint32_t)connection;
	}
}

static void on_event(void *ctx, const struct event *e)
{
	struct search *s = ctx;

	if (!s->wants(s->ctx, e->connection))
		return;
	for (size_t i = 0; i < e->frame_count; i++) {
		uint32_t *f = frame_of(s, e->frames[i]);

		if (f)
			*f |= FRAME_TELLS;
	}
}

static void on_capture(void *ctx, const struct capture_info *c)
{
	struct search *s = ctx;

	s->text = c->transcript != NULL;
}

static void on_capture_end(void *ctx, const struct capture_totals *t)
{
	struct search *s = ctx;

	s->nanoseconds = t->nanoseconds;
}

/* A connection is wanted when one of its frames is. */
static void choose_connections(struct search *s)
{
	s->connections = memory_zalloc(((size_t)s->highest + 1) * sizeof(s->connections[0]));
	for (size_t i = 0; i < s->count; i++) {
		uint32_t number = s->frames[i] & FRAME_CONNECTION;

		if (!(s->frames[i] & FRAME_TELLS) || number == 0 || number == FRAME_FRAGMENT)
			continue;
		s->connections[number] = true;
		s->any = true;
	}
}

static bool is_wanted(const struct search *s, uint64_t frame)
{
	uint32_t number = s->frames[frame - 1] & FRAME_CONNECTION;

	return number == FRAME_FRAGMENT || s->connections[number];
}

/* Events that say only that nothing came are wanted, too: their connections carry nothing else. */
static enum pipeline_result find(struct search *s, const struct pipeline_options *options, const char *path,
				 char *message)
{
	const struct pipeline_tap tap = {on_packet, s};
	const struct event_sink sink = {.capture = on_capture, .event = on_event, .capture_end = on_capture_end, .ctx = s};
	struct pipeline_options o = *options;

	o.polls = true;
	o.watch = NULL;
	o.tap = &tap;
	struct pipeline *p = pipeline_new(&o, &sink);
	enum pipeline_result result = pipeline_file(p, path, message);
	pipeline_free(p);
	if (result != PIPELINE_UNREADABLE)
		choose_connections(s);
	return result;
}

/* --- the second reading --- */

struct writing {
	const struct search *search;
	const char *path;
	struct capture_dump *dump;
	int linktype;
	uint64_t written, left_out;
	int left_out_linktype; /* of the first packet that was left out */
};

static bool write_packet(struct writing *w, const struct packet *packet, char *message)
{
	if (!w->dump) {
		w->linktype = packet->linktype;
		w->dump = capture_dump_create(w->path, w->linktype, w->search->nanoseconds, message);
	}
	if (!w->dump)
		return false;
	if (packet->linktype == w->linktype) {
		w->written++;
		capture_dump_packet(w->dump, packet);
	} else if (w->left_out++ == 0) {
		w->left_out_linktype = packet->linktype;
	}
	return true;
}

/* The file may have grown since, by packets that were not looked at. */
static bool write_packets(struct writing *w, const char *path, char *message)
{
	struct capture *c = capture_open(path, message);
	struct packet packet;
	bool good = c != NULL;

	while (good && capture_next(c, &packet, message) == CAPTURE_PACKET && packet.frame <= w->search->count)
		if (is_wanted(w->search, packet.frame))
			good = write_packet(w, &packet, message);
	capture_close(c);
	return good && (!w->dump || capture_dump_flush(w->dump, message));
}

static void add_remark(char *message, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add_remark(char *message, const char *format, ...)
{
	size_t used = strlen(message);
	va_list ap;

	if (used && used + 2 < CAPTURE_MESSAGE_MAX)
		used += (size_t)snprintf(message + used, CAPTURE_MESSAGE_MAX - used, "; ");
	va_start(ap, format);
	vsnprintf(message + used, CAPTURE_MESSAGE_MAX - used, format, ap);
	va_end(ap);
}

static const char *linktype_name(int linktype)
{
	const char *name = capture_linktype_name(linktype);

	return name ? name : "unknown";
}

static void tell_left_out(const struct writing *w, char *message)
{
	if (w->left_out)
		add_remark(message,
			   "%" PRIu64 " packets of other link types were left out (first: %s), as the file is one of %s",
			   w->left_out, linktype_name(w->left_out_linktype), linktype_name(w->linktype));
	if (w->search->too_many)
		add_remark(message, "packets behind frame %u were not looked at", PIPELINE_PACKETS_MAX);
}

static bool write_file(const struct search *s, const char *path, const char *to_path, uint64_t *written, char *message)
{
	struct writing w = {.search = s, .path = to_path};
	char remark[CAPTURE_MESSAGE_MAX] = "";
	bool good = write_packets(&w, path, message);

	capture_dump_close(w.dump);
	if (!good && w.dump)
		unlink(to_path);
	if (!good)
		return false;
	*written = w.written;
	tell_left_out(&w, remark);
	memcpy(message, remark, sizeof(remark));
	return true;
}

/* Twice: neither a pipe nor standard input. */
static bool can_be_read_again(const char *path, char *message)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && (stat(path, &st) != 0 || S_ISREG(st.st_mode)))
		return true;
	snprintf(message, CAPTURE_MESSAGE_MAX, "%s cannot be read a second time for its packets",
		 strcmp(path, "-") == 0 ? "standard input" : path);
	return false;
}

bool pipeline_packets(const struct pipeline_options *options, const char *path,
		      bool (*wants)(void *ctx, const struct connection *c), void *ctx, const char *to_path,
		      uint64_t *written, char *message)
{
	struct search s = {.wants = wants, .ctx = ctx};
	char damage[CAPTURE_MESSAGE_MAX];
	bool good = false;

	*written = 0;
	if (!can_be_read_again(path, message))
		return false;
	enum pipeline_result result = find(&s, options, path, damage);
	if (result == PIPELINE_UNREADABLE)
		memcpy(message, damage, sizeof(damage));
	else if (s.text)
		snprintf(message, CAPTURE_MESSAGE_MAX, "%s is a text: it holds no packets", path);
	else if (!s.any)
		snprintf(message, CAPTURE_MESSAGE_MAX, "none of these packets are in %s", path);
	else
		good = write_file(&s, path, to_path, written, message);
	if (good && result == PIPELINE_DAMAGED)
		add_remark(message, "%s", damage);
	free(s.frames);
	free(s.connections);
	return good;
}
